//! One caller's connection to the server: with a certificate, a token, or neither.

use std::net::SocketAddr;

use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use coffret_proto::v1::identity_service_client::IdentityServiceClient;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_proto::v1::operation_service_client::OperationServiceClient;
use coffret_proto::v1::record_service_client::RecordServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};

use super::Failure;
use super::pki::{Pair, Pki};

/// Adds the caller's token to each call.
#[derive(Clone)]
pub(super) struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

type Calls = InterceptedService<Channel, Bearer>;

/// A connection as one caller.
#[derive(Clone)]
pub(super) struct Line {
    channel: Channel,
    bearer: Bearer,
}

impl Line {
    /// Connects; the server is checked against the demo's authority.
    pub(super) async fn connect(address: SocketAddr, pki: &Pki, pair: Option<&Pair>) -> Result<Self, Failure> {
        let read = |path: &std::path::Path| std::fs::read(path).map_err(|cause| Failure::file(path, &cause));
        let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(&pki.authority())?)).domain_name("localhost");
        if let Some(pair) = pair {
            tls = tls.identity(Identity::from_pem(read(&pair.certificate)?, read(&pair.key)?));
        }
        let unreachable = |cause: tonic::transport::Error| Failure::new(format!("The demo does not reach its own server: {cause}."));
        let endpoint =
            Endpoint::from_shared(format!("https://{address}")).and_then(|endpoint| endpoint.tls_config(tls)).map_err(unreachable)?;
        let channel = endpoint.tcp_nodelay(true).connect().await.map_err(unreachable)?;
        Ok(Self { channel, bearer: Bearer(None) })
    }

    /// The same connection as the holder of a token.
    pub(super) fn with_token(&self, secret: &str) -> Self {
        let mut value = MetadataValue::try_from(format!("Bearer {secret}")).ok();
        if let Some(value) = &mut value {
            value.set_sensitive(true);
        }
        Self { channel: self.channel.clone(), bearer: Bearer(value) }
    }

    pub(super) fn access(&self) -> AccessServiceClient<Calls> {
        AccessServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(super) fn consent(&self) -> ConsentServiceClient<Calls> {
        ConsentServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(super) fn identity(&self) -> IdentityServiceClient<Calls> {
        IdentityServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(super) fn ledger(&self) -> LedgerServiceClient<Calls> {
        LedgerServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(super) fn operation(&self) -> OperationServiceClient<Calls> {
        OperationServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(super) fn record(&self) -> RecordServiceClient<Calls> {
        RecordServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }
}
