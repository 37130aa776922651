//! The server: one listener, TLS, the services, and an end that loses nothing.

mod audit;
mod connection;
mod front;
mod gathering;
mod portal;
mod tiles;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use coffret_proto::v1::access_service_server::AccessServiceServer;
use coffret_proto::v1::consent_service_server::ConsentServiceServer;
use coffret_proto::v1::identity_service_server::IdentityServiceServer;
use coffret_proto::v1::ledger_service_server::LedgerServiceServer;
use coffret_proto::v1::operation_service_server::OperationServiceServer;
use coffret_proto::v1::record_service_server::RecordServiceServer;
use coffret_vault::Vault;
use coffret_vault::log::{self, Log};
use coffret_vault::passkey::RelyingParty;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic_health::ServingStatus;

use crate::access::AccessService;
use crate::authorization::{Policies, PolicyError};
use crate::caller::finder::Finder;
use crate::consent::{ConsentService, StepUp};
use crate::health::{Health, name_of};
use crate::identity::IdentityService;
use crate::ledger::LedgerService;
use crate::limit::{Limiter, Limits, SWEEP_EVERY};
use crate::operation::OperationService;
use crate::record::RecordService;
use crate::refusals::Refusals;
use crate::tls::{Settings, Tls, TlsError};
pub use audit::AuditParts;
use connection::Entrance;
use front::{Core, Front};
pub use portal::PortalParts;

/// What a server is started with, beside its vault.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Certificates. Without them the server speaks plaintext, and only on a loopback address.
    pub tls: Option<Tls>,
    /// How often each caller may call.
    pub limits: Limits,
    /// Connections at most; one more is closed at once.
    pub connections: usize,
    /// What assertions (RFC 7523) must name as their audience.
    pub audience: String,
    /// Whether to serve gRPC reflection; off in production.
    pub reflection: bool,
    /// How often to look whether the certificates' files have changed.
    pub reload_every: Duration,
    /// How long a stop waits for running calls.
    pub drain: Duration,
    /// Pages for browsers on the same port, for requests that are not gRPC.
    pub pages: Option<axum::Router>,
    /// How this server keeps the transparency log; not at all when absent.
    pub log: Option<LogParts>,
    /// When a yes is signed with a passkey.
    pub step_up: StepUp,
}

/// How a server keeps the transparency log.
#[derive(Clone, Debug)]
pub struct LogParts {
    /// Name, times, the file of the last checkpoint, and witnesses.
    pub settings: log::Settings,
    /// The folder of this server's own into which it publishes the log, and from which it serves it to anybody; of no use where the
    /// settings name another publication.
    pub folder: PathBuf,
}

/// How long giving the lease back may take: about as long as it would last.
const LEAVING: Duration = Duration::from_secs(5);

impl Default for Parts {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            tls: None,
            limits: Limits::default(),
            connections: 12_000,
            audience: "coffret".to_owned(),
            reflection: false,
            reload_every: Duration::from_secs(2),
            drain: Duration::from_secs(10),
            pages: None,
            log: None,
            step_up: StepUp::default(),
        }
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The contract or the services are incomplete.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The certificates cannot be used.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// Plaintext is for one machine.
    #[error("listen: without TLS the server listens on a loopback address only, and {0} is none.")]
    Plaintext(SocketAddr),
    /// The address cannot be used.
    #[error("listen: {0} cannot be used: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Files for auditors cannot be made.
    #[error("audit: {path} cannot be used: {cause}", path = .0.display(), cause = .1)]
    Workshop(PathBuf, std::io::Error),
    /// The transparency log cannot be kept.
    #[error("ledger: {0}")]
    Log(coffret_vault::error::Error),
}

/// A running server. Dropping it leaves it running; [`Server::stop`] ends it.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    tls: Option<Arc<Settings>>,
    health: Health,
    running: JoinHandle<()>,
    core: Core,
    vault: Arc<Vault>,
    portals: portal::Portals,
    party: Arc<OnceLock<RelyingParty>>,
    connections: usize,
    drain: Duration,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Starts to serve a vault. When it returns, the server answers.
    ///
    /// # Errors
    /// The address or the certificates cannot be used, or an rpc says not who may call it.
    pub async fn start(parts: Parts, vault: Arc<Vault>) -> Result<Self, StartError> {
        if parts.tls.is_none() && !parts.listen.ip().is_loopback() {
            return Err(StartError::Plaintext(parts.listen));
        }
        let tls = parts.tls.clone().map(Settings::load).transpose()?.map(Arc::new);
        let (stop, stopping) = watch::channel(false);
        let party = Arc::new(OnceLock::new());
        let (routes, served, health) = services(&parts, &vault, tls.clone(), &party).await;
        let front = Arc::new(Front {
            policies: Policies::load(coffret_proto::DESCRIPTOR, &served)?,
            finder: Finder::new(Arc::clone(&vault)),
            limiter: Limiter::new(parts.limits),
            refusals: Refusals::default(),
            stopping: stopping.clone(),
            routes: routes.prepare(),
        });
        let listener = TcpListener::bind(parts.listen).await.map_err(|cause| StartError::Listen(parts.listen, cause))?;
        let address = listener.local_addr().map_err(|cause| StartError::Listen(parts.listen, cause))?;
        let (log, pages) = keep_log(parts.log, parts.pages, &vault).await?;
        let (entrance, front_of_pages) = (Arc::new(Entrance::new(Core(Arc::clone(&front)), pages, tls.clone())), Arc::clone(&front));
        health.tell(ServingStatus::Serving).await;
        let chores = tokio::spawn(chores(Arc::clone(&vault), front, tls.clone(), parts.reload_every));
        let (leaving, portals) = (Arc::clone(&vault), portal::Portals::default());
        let (core, (connections, drain)) = (Core(front_of_pages), (parts.connections, parts.drain));
        let open_portals = portals.clone();
        let running = tokio::spawn(async move {
            connection::accept(listener, entrance, connections, stopping, drain).await;
            open_portals.ended().await;
            chores.abort();
            // The last chore holds the vault no longer than it runs.
            let _ = chores.await;
            // After the last answer, so that what was answered until now is signed and published.
            if let Some(log) = log {
                log.stop().await;
            }
            leave(&leaving).await;
        });
        tracing::info!(%address, tls = tls.is_some(), database = vault.database(), "serving");
        Ok(Self { address, stop, tls, health, running, core, vault, portals, party, connections, drain })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Reads the certificates' files again, whether or not they have changed.
    pub fn reload(&self) {
        if let Some(tls) = &self.tls {
            tls.reload(true);
        }
    }

    /// Stops: health says so, no connection is taken, running calls end (open streams are told), and after the drain time what is left is cut.
    pub async fn stop(self) {
        self.health.tell(ServingStatus::NotServing).await;
        // Nobody listens any more only when it has ended already.
        let _ = self.stop.send(true);
        if let Err(broken) = self.running.await {
            tracing::error!(panicked = broken.is_panic(), "the server's loop broke");
        }
    }
}

/// Gives the vault's lease back, so that no other server waits for this one. Where that fails they wait until it ends.
pub(crate) async fn leave(vault: &Vault) {
    match tokio::time::timeout(LEAVING, vault.leave()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(cause = error.cause().map(ToString::to_string), "the lease was not given back"),
        Err(_) => tracing::warn!("the lease was not given back in time"),
    }
}

/// Starts to keep the log, and puts its files beside the pages.
async fn keep_log(
    parts: Option<LogParts>,
    pages: Option<axum::Router>,
    vault: &Arc<Vault>,
) -> Result<(Option<Log>, Option<axum::Router>), StartError> {
    let Some(LogParts { mut settings, folder }) = parts else { return Ok((None, pages)) };
    // What lies in object storage is served from there.
    let elsewhere = settings.publication.is_some();
    if !elsewhere {
        settings.publication = Some(Arc::new(log::Folder::new(&folder)));
    }
    let log = Log::start(vault, &settings).await.map_err(StartError::Log)?;
    Ok((Some(log), if elsewhere { pages } else { Some(tiles::router(folder).merge(pages.unwrap_or_default())) }))
}

/// Returns when the server is told to stop; never, when nobody is left who could tell it.
async fn told(stopping: &mut watch::Receiver<bool>) {
    let gone = stopping.wait_for(|stopping| *stopping).await.is_err();
    if gone {
        std::future::pending::<()>().await;
    }
}

/// Every service that is reachable on the port.
async fn services(
    parts: &Parts,
    vault: &Arc<Vault>,
    tls: Option<Arc<Settings>>,
    party: &Arc<OnceLock<RelyingParty>>,
) -> (Routes, Vec<&'static str>, Health) {
    let certificate = Arc::new(move || tls.as_ref().map(|tls| tls.expires_at()));
    let identity = IdentityServiceServer::new(IdentityService::new(Arc::clone(vault), parts.audience.clone(), Arc::clone(party)));
    let operation = OperationServiceServer::new(OperationService::new(Arc::clone(vault), certificate));
    let record = RecordServiceServer::new(RecordService::new(Arc::clone(vault)));
    let consent = ConsentServiceServer::new(ConsentService::new(Arc::clone(vault), Arc::clone(party), parts.step_up));
    let access = AccessServiceServer::new(AccessService::new(Arc::clone(vault)));
    let ledger = LedgerServiceServer::new(LedgerService::new(Arc::clone(vault)));
    let mut served = vec![name_of(&identity), name_of(&operation), name_of(&record), name_of(&consent), name_of(&access), name_of(&ledger)];
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let health = Health::new(reporter, served.clone()).await;
    served.push(name_of(&health_service));
    let mut routes = Routes::new(access)
        .add_service(record)
        .add_service(consent)
        .add_service(ledger)
        .add_service(identity)
        .add_service(operation)
        .add_service(health_service);
    if parts.reflection {
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(coffret_proto::DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()
            .expect("the embedded descriptors decode");
        served.push(name_of(&reflection));
        routes = routes.add_service(reflection);
    }
    (routes, served, health)
}

/// What has to be done again and again while the server runs.
async fn chores(vault: Arc<Vault>, front: Arc<Front>, tls: Option<Arc<Settings>>, reload_every: Duration) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut hour = tokio::time::interval(Duration::from_hours(1));
    let mut reload = tokio::time::interval(reload_every.max(Duration::from_millis(10)));
    loop {
        tokio::select! {
            _ = second.tick() => tell("tick", vault.tick().await.map(|_| ())),
            _ = sweep.tick() => {
                front.limiter.sweep();
                front.refusals.tell();
            }
            _ = hour.tick() => {
                tell("request ids", vault.forget_request_ids().await);
                tell("assertions", vault.forget_assertions().await.map(|_| ()));
                tell("tokens", vault.forget_tokens().await.map(|_| ()));
            }
            _ = reload.tick() => if let Some(tls) = &tls { tls.reload(false) },
        }
    }
}

/// A chore that failed is done again in its time.
fn tell(chore: &str, done: coffret_vault::error::Result<()>) {
    if let Err(error) = done {
        tracing::error!(chore, reason = error.reason(), cause = error.cause().map(ToString::to_string), "a chore failed");
    }
}
