//! The pages' one way to the services: the gRPC clients, with the visitor's own token. The pages have no right of their own.

use std::net::IpAddr;
use std::time::Duration;

use coffret_proto::v1::complaint_service_client::ComplaintServiceClient;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use coffret_proto::v1::identity_service_client::IdentityServiceClient;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_proto::v1::notice_service_client::NoticeServiceClient;
use coffret_proto::v1::record_service_client::RecordServiceClient;
use tonic::body::Body;
use tonic::metadata::MetadataValue;
use tower::util::BoxCloneSyncService;

/// The gRPC services: those of this process, or a channel to others. A request carries the [`Visitor`] among its extensions.
pub type Services = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, tonic::Status>;

/// From where the browser came; calls are limited by it where there is no caller yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor(pub IpAddr);

/// How long a page waits for the vault.
const PATIENCE: Duration = Duration::from_secs(10);

/// The services, as one visitor may use them.
#[derive(Clone)]
pub(crate) struct Gateway {
    services: Services,
    token: Option<MetadataValue<tonic::metadata::Ascii>>,
    visitor: Visitor,
}

impl Gateway {
    /// For a visitor who has not signed in, or with a token.
    pub(crate) fn new(services: Services, visitor: Visitor, token: Option<&str>) -> Self {
        let token = token.and_then(|token| MetadataValue::try_from(format!("Bearer {token}")).ok()).map(|mut token| {
            token.set_sensitive(true);
            token
        });
        Self { services, token, visitor }
    }

    /// The same visitor, with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self::new(self.services.clone(), self.visitor, Some(token))
    }

    /// The same visitor, as somebody who is not known.
    pub(crate) fn without_token(&self) -> Self {
        Self::new(self.services.clone(), self.visitor, None)
    }

    /// A call with this message.
    pub(crate) fn ask<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.set_timeout(PATIENCE);
        request.extensions_mut().insert(self.visitor);
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authorization", token.clone());
        }
        request
    }

    pub(crate) fn identity(&self) -> IdentityServiceClient<Services> {
        IdentityServiceClient::new(self.services.clone())
    }

    pub(crate) fn record(&self) -> RecordServiceClient<Services> {
        RecordServiceClient::new(self.services.clone())
    }

    pub(crate) fn consent(&self) -> ConsentServiceClient<Services> {
        ConsentServiceClient::new(self.services.clone())
    }

    pub(crate) fn ledger(&self) -> LedgerServiceClient<Services> {
        LedgerServiceClient::new(self.services.clone())
    }

    pub(crate) fn notice(&self) -> NoticeServiceClient<Services> {
        NoticeServiceClient::new(self.services.clone())
    }

    pub(crate) fn complaint(&self) -> ComplaintServiceClient<Services> {
        ComplaintServiceClient::new(self.services.clone())
    }
}
