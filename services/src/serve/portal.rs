//! The portal: pages for customers, on an address of their own, over the services of this process.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use coffret_admin_ui::{Demo, Foundation, Services, Visitor};
use coffret_vault::Vault;
use coffret_vault::passkey::RelyingParty;
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::body::Body;
use tower::Service;
use tower::util::BoxCloneSyncService;

use super::connection::{self, Entrance};
use super::front::Core;
use super::{Server, StartError};
use crate::caller::finder::Peer;

/// Where the portal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalParts {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address under which browsers find it, without a path: `https://my.example.org`. Where absent, `http://localhost` and the port.
    pub origin: Option<String>,
    /// What passkeys are bound to, for good: the origin's host, or a domain above it. The host where absent.
    pub relying_party: Option<String>,
    /// Without TLS, although the server has certificates: on a loopback address, for trying things out or behind a proxy.
    pub plaintext: bool,
}

/// Where pages are, whoever they are for.
pub(super) struct Address {
    pub(super) listen: SocketAddr,
    pub(super) origin: Option<String>,
    pub(super) plaintext: bool,
}

/// The portals that are open, for the stop to wait for.
#[derive(Clone, Default)]
pub(super) struct Portals(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Portals {
    /// Waits until all have ended.
    pub(super) async fn ended(&self) {
        let open = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for portal in open {
            // A panic was told where it happened.
            let _ = portal.await;
        }
    }
}

impl Server {
    /// Opens the portal; tells the address under which browsers find it. With a demo, whoever reaches it can come in as its people.
    ///
    /// # Errors
    /// The address cannot be used, or it would be reached without TLS from other machines.
    pub async fn open_portal(&self, parts: PortalParts, demo: Option<Demo>) -> Result<String, StartError> {
        let PortalParts { listen, origin, relying_party, plaintext } = parts;
        let origin =
            self.open_pages(Address { listen, origin, plaintext }, demo, "the portal is open", coffret_admin_ui::customer::router).await?;
        match RelyingParty::new(&origin, relying_party.as_deref()) {
            // All portals of a server are of one deployment: the first one's name counts.
            Ok(party) => _ = self.party.set(party),
            Err(error) => tracing::warn!(reason = error.reason(), "the portal is open without passkeys: its address has no name"),
        }
        Ok(origin)
    }

    /// Opens pages on an address of their own; tells the origin under which browsers find them.
    pub(super) async fn open_pages(
        &self,
        at: Address,
        demo: Option<Demo>,
        told: &'static str,
        pages: impl FnOnce(Foundation) -> axum::Router,
    ) -> Result<String, StartError> {
        let tls = self.tls.clone().filter(|_| !at.plaintext);
        if tls.is_none() && !at.listen.ip().is_loopback() {
            return Err(StartError::Plaintext(at.listen));
        }
        let listener = TcpListener::bind(at.listen).await.map_err(|cause| StartError::Listen(at.listen, cause))?;
        let address = listener.local_addr().map_err(|cause| StartError::Listen(at.listen, cause))?;
        // Only where a proxy is said to be in front; whoever reaches the demo could write such a line themselves.
        let forwarded = at.plaintext && demo.is_none();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let origin = at.origin.unwrap_or_else(|| format!("{scheme}://localhost:{}", address.port()));
        let foundation = foundation(&self.core, &self.vault, &origin);
        let foundation = match demo {
            Some(demo) => foundation.with_demo(demo),
            None => foundation,
        };
        let entrance = Arc::new(Entrance::to_pages(pages(foundation), tls, forwarded));
        let accepting = connection::accept(listener, entrance, self.connections, self.stop.subscribe(), self.drain);
        self.portals.0.lock().unwrap_or_else(PoisonError::into_inner).push(tokio::spawn(accepting));
        tracing::info!(%address, "{told}");
        Ok(origin)
    }
}

fn foundation(core: &Core, vault: &Arc<Vault>, origin: &str) -> Foundation {
    let services: Services = BoxCloneSyncService::new(InProcess(core.clone()));
    let (clock, ids) = (Arc::clone(vault), Arc::clone(vault));
    let now = move || jiff::Timestamp::from_microsecond(clock.now().micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    Foundation::new(services, origin, now, move || ids.make_id().ok())
}

/// The services of this process, called without a connection. A call passes everything that others pass.
#[derive(Clone)]
struct InProcess(Core);

impl Service<Request<Body>> for InProcess {
    type Response = Response<Body>;
    type Error = Status;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let visitor = request.extensions_mut().remove::<Visitor>();
        if let Some(Visitor(address)) = visitor {
            // A browser has no certificate that counts here: whoever visits is known by their token.
            request.extensions_mut().insert(Arc::new(Peer { address, certificate: None }));
        }
        let answer = self.0.call(request);
        Box::pin(async move {
            match answer.await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        })
    }
}
