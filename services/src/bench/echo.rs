//! The floor: a bare tonic server that answers `ReadRecords` with the same bytes for everybody. No caller, no consent, no storage, no log;
//! the same transport security, connections and sizes as the server.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use coffret_proto::v1::{ReadRecordsRequest, ReadRecordsResponse};
use prost::Message;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};
use tower::Service;

use super::Failure;

/// What the floor needs to run; the benchmark passes it.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Where it listens
    #[arg(long)]
    listen: SocketAddr,
    /// Folder with server.pem, server.key and ca.pem
    #[arg(long)]
    certificates: PathBuf,
    /// File with the encoded answer
    #[arg(long)]
    answer: PathBuf,
}

/// Serves until it is killed.
pub(super) async fn serve(options: &Options) -> Result<(), Failure> {
    let file = |name: &str| std::fs::read(options.certificates.join(name)).map_err(|cause| Failure::new(format!("{name}: {cause}")));
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(file("server.pem")?, file("server.key")?))
        .client_ca_root(Certificate::from_pem(file("ca.pem")?));
    let answer = std::fs::read(&options.answer).map_err(|cause| Failure::new(format!("answer: {cause}")))?;
    let answer = ReadRecordsResponse::decode(answer.as_slice()).map_err(|cause| Failure::new(format!("answer: {cause}")))?;
    // The same windows and streams as the server's.
    let mut server = Server::builder()
        .tls_config(tls)?
        .tcp_nodelay(true)
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024)
        .max_concurrent_streams(256);
    server.add_service(Echo(answer)).serve(options.listen).await?;
    Ok(())
}

#[derive(Clone)]
struct Echo(ReadRecordsResponse);

impl NamedService for Echo {
    const NAME: &'static str = "coffret.v1.AccessService";
}

impl UnaryService<ReadRecordsRequest> for Echo {
    type Response = ReadRecordsResponse;
    type Future = std::future::Ready<Result<Response<ReadRecordsResponse>, Status>>;

    fn call(&mut self, _: Request<ReadRecordsRequest>) -> Self::Future {
        std::future::ready(Ok(Response::new(self.0.clone())))
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            let mut grpc = Grpc::new(tonic_prost::ProstCodec::default());
            Ok(grpc.unary(echo, request).await)
        })
    }
}
