//! Connections: taking them, the TLS handshake, HTTP/2 and HTTP/1.1 within limits, and letting them go.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tonic::body::Body;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer, Service};

use super::front::Core;
use super::gathering::Gathering;
use super::told;
use crate::caller::finder::Peer;
use crate::tls::{Settings, fingerprint};

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at the same time; the others wait within their own time.
const HANDSHAKES: usize = 1024;
const KILO: u32 = 1024;

/// What is reached through an entrance.
#[derive(Clone)]
enum Behind {
    /// The services, in gRPC and gRPC-Web, and pages beside them if there are any.
    Services { core: Core, web: GrpcWebService<Core>, pages: Option<axum::Router> },
    /// Pages for people alone; whether a proxy on this machine says from where they come.
    Pages(axum::Router, bool),
}

/// What stands behind every connection.
pub(crate) struct Entrance {
    behind: Behind,
    tls: Option<Arc<Settings>>,
    handshakes: Semaphore,
    http: Builder<TokioExecutor>,
}

impl Entrance {
    /// To the services.
    pub(crate) fn new(core: Core, pages: Option<axum::Router>, tls: Option<Arc<Settings>>) -> Self {
        let web = GrpcWebLayer::new().layer(core.clone());
        Self::to(Behind::Services { core, web, pages }, tls)
    }

    /// To pages on an address of their own.
    pub(crate) fn to_pages(pages: axum::Router, tls: Option<Arc<Settings>>, forwarded: bool) -> Self {
        Self::to(Behind::Pages(pages, forwarded), tls)
    }

    fn to(behind: Behind, tls: Option<Arc<Settings>>) -> Self {
        let mut http = Builder::new(TokioExecutor::new());
        http.http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(20))
            .max_concurrent_streams(256)
            .max_header_list_size(16 * KILO)
            .initial_stream_window_size(256 * KILO)
            .initial_connection_window_size(1024 * KILO)
            .max_send_buf_size(256 * KILO as usize)
            // Streams that are opened and reset at once (CVE-2023-44487) end the connection.
            .max_pending_accept_reset_streams(20)
            .max_local_error_reset_streams(256);
        http.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10)).max_headers(64).max_buf_size(64 * KILO as usize);
        Self { behind, tls, handshakes: Semaphore::new(HANDSHAKES), http }
    }

    /// Serves one connection until it ends.
    async fn admit(self: Arc<Self>, stream: TcpStream, from: SocketAddr, stopping: watch::Receiver<bool>) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without TCP_NODELAY");
        }
        let Some(tls) = &self.tls else {
            return self.serve(stream, Peer { address: from.ip(), certificate: None }, stopping).await;
        };
        let handshake = async {
            let _turn = self.handshakes.acquire().await.ok()?;
            match TlsAcceptor::from(tls.config()).accept(stream).await {
                Ok(stream) => Some(stream),
                Err(error) => {
                    tracing::debug!(%error, "a handshake failed");
                    None
                }
            }
        };
        let Ok(Some(stream)) = tokio::time::timeout(HANDSHAKE, handshake).await else { return };
        let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).map(|leaf| fingerprint(leaf));
        self.serve(stream, Peer { address: from.ip(), certificate }, stopping).await;
    }

    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: Peer, mut stopping: watch::Receiver<bool>) {
        let peer = Arc::new(peer);
        let behind = self.behind.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| match &behind {
            Behind::Services { core, web, pages } => answer(core.clone(), web, pages.as_ref(), Arc::clone(&peer), request),
            Behind::Pages(pages, forwarded) => turn_pages(pages.clone(), address_of(&peer, *forwarded, &request), request),
        });
        let connection = self.http.serve_connection(TokioIo::new(Gathering::new(stream)), service);
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = told(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(error = error.to_string(), "a connection broke");
        }
    }
}

type Answer = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// gRPC goes to the services, gRPC-Web through its translation, and the rest to the pages if there are any.
fn answer(
    mut core: Core,
    web: &GrpcWebService<Core>,
    pages: Option<&axum::Router>,
    peer: Arc<Peer>,
    mut request: Request<Incoming>,
) -> Answer {
    let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    if kind.starts_with(b"application/grpc-web") {
        request.extensions_mut().insert(peer);
        return Box::pin(web.clone().call(request.map(Body::new)));
    }
    if kind.starts_with(b"application/grpc") {
        request.extensions_mut().insert(peer);
        return core.call(request.map(Body::new));
    }
    match pages.cloned() {
        Some(pages) => turn_pages(pages, peer.address, request),
        None => Box::pin(async {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }),
    }
}

/// A page, told from where the browser came.
fn turn_pages(mut pages: axum::Router, from: IpAddr, mut request: Request<Incoming>) -> Answer {
    request.extensions_mut().insert(coffret_admin_ui::Visitor(from));
    Box::pin(async move { pages.call(request).await.map(|response| response.map(Body::new)) })
}

/// From where a browser comes: what the proxy has added last, since everything before it is the browser's own word.
fn address_of(peer: &Peer, forwarded: bool, request: &Request<Incoming>) -> IpAddr {
    let last = || {
        let line = request.headers().get_all("x-forwarded-for").into_iter().next_back()?;
        line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    if forwarded { last().unwrap_or(peer.address) } else { peer.address }
}

/// Takes connections until the stop, then lets the open ones end within the drain time, and cuts what is left.
pub(crate) async fn accept(listener: TcpListener, entrance: Arc<Entrance>, most: usize, stopping: watch::Receiver<bool>, drain: Duration) {
    let mut connections = JoinSet::new();
    let mut stop = stopping.clone();
    loop {
        tokio::select! {
            biased;
            () = told(&mut stop) => break,
            Some(ended) = connections.join_next(), if !connections.is_empty() => tell_of_panic(&ended),
            accepted = listener.accept() => match accepted {
                Ok(_) if connections.len() >= most => tracing::debug!("a connection more than may be open"),
                Ok((stream, from)) => {
                    connections.spawn(Arc::clone(&entrance).admit(stream, from, stopping.clone()));
                }
                Err(error) => {
                    // Out of file descriptors, or the caller was gone already.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
        }
    }
    drop(listener);
    tracing::info!(connections = connections.len(), "stopping");
    let drained = tokio::time::timeout(drain, async {
        while let Some(ended) = connections.join_next().await {
            tell_of_panic(&ended);
        }
    });
    if drained.await.is_err() {
        tracing::warn!(connections = connections.len(), "calls that did not end in time are cut");
        connections.shutdown().await;
    }
    tracing::info!("stopped");
}

fn tell_of_panic(ended: &Result<(), tokio::task::JoinError>) {
    if ended.as_ref().is_err_and(tokio::task::JoinError::is_panic) {
        tracing::error!("a connection's task panicked");
    }
}
