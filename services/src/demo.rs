//! `coffret demo`: the whole product with invented data, told step by step, and then kept up to be tried.
//!
//! The demo is a client like any other: what it shows goes over gRPC with TLS, brands by certificate, people by token. Only the first
//! operator's token is made in the vault itself, as in any new deployment.

mod acts;
mod clients;
mod folder;
mod hints;
mod houses;
mod line;
mod pki;
mod screen;
mod seed;
mod stage;
mod story;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use coffret_vault::clock::{Clock, SystemClock};
use coffret_vault::envelope::SystemEntropy;
use coffret_vault::keys::file::FileRoot;
use coffret_vault::{Location, Settings, Vault};

use crate::serve::{AuditParts, LogParts, Parts, PortalParts, Server};
use clients::Client;
use folder::Folder;
use houses::Houses;
use pki::Pki;
use screen::Screen;
use stage::Stage;

/// Runs the whole product with invented data, tells a story, and stays up to be tried.
#[derive(Clone, Debug, clap::Args)]
pub struct Demo {
    /// Where data, keys and certificates are kept
    #[arg(long, value_name = "DIR", default_value = "coffret-demo")]
    pub data: PathBuf,
    /// Delete what an earlier demo left in the folder, and start over
    #[arg(long)]
    pub fresh: bool,
    /// End after the story; the exit code is 0 only if every step went as expected
    #[arg(long)]
    pub once: bool,
    /// The port of the gRPC services on this machine; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    pub port: u16,
    /// The port of the portal for browsers; the next after --port when not given
    #[arg(long, value_name = "PORT")]
    pub page_port: Option<u16>,
    /// The port of the auditor's pages; the next but one after --port when not given
    #[arg(long, value_name = "PORT")]
    pub audit_port: Option<u16>,
    /// Use this PostgreSQL instead of an SQLite file in the folder
    #[arg(long, value_name = "URL", hide = true)]
    pub database: Option<String>,
    /// Tell no story: print one line of JSON when ready, for programs, and stay up
    #[arg(long, hide = true, conflicts_with = "once")]
    pub print_json: bool,
}

/// Why the demo cannot run, in a sentence for the person who started it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl Failure {
    fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    fn file(path: &Path, cause: &std::io::Error) -> Self {
        Self(format!("{} cannot be used: {cause}.", path.display()))
    }
}

impl From<coffret_vault::error::Error> for Failure {
    fn from(error: coffret_vault::error::Error) -> Self {
        Self(error.sentence().to_owned())
    }
}

impl From<rcgen::Error> for Failure {
    fn from(cause: rcgen::Error) -> Self {
        Self(format!("The demo's certificates cannot be made: {cause}."))
    }
}

/// Runs the demo until it is told to stop. The exit code is 1 when it cannot run, or when a step of the story went otherwise.
pub async fn run(demo: &Demo) -> ExitCode {
    let mut screen = if demo.print_json { Screen::silent() } else { Screen::terminal() };
    match play(demo, &mut screen).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            Screen::complain(&failure.0);
            ExitCode::FAILURE
        }
    }
}

async fn play(demo: &Demo, screen: &mut Screen) -> Result<bool, Failure> {
    let folder = Folder::open(&demo.data, demo.fresh)?;
    let (houses, clients) = (Houses::load(), clients::load());
    screen.opening(folder.path());
    let keys: Vec<&str> = houses.house.iter().map(|house| house.key.as_str()).collect();
    let pki = Pki::open(&folder.pki(), &keys, SystemClock::machine())?;
    let vault = open_vault(demo, &folder).await?;
    let server = start(demo.port, &pki, &folder, Arc::clone(&vault)).await?;
    let told = with_server(demo, screen, &folder, &pki, &vault, &server, &houses, &clients).await;
    server.stop().await;
    told
}

#[expect(clippy::too_many_arguments, reason = "everything that was started")]
async fn with_server(
    demo: &Demo,
    screen: &mut Screen,
    folder: &Folder,
    pki: &Pki,
    vault: &Arc<Vault>,
    server: &Server,
    houses: &Houses,
    clients: &[Client],
) -> Result<bool, Failure> {
    let mut stage = Stage::enter(folder, pki, vault, server.address()).await?;
    seed::seed(&mut stage, folder, houses, clients, screen).await?;
    let page = open_portal(demo, server, &stage, clients).await?;
    let audit = open_audit(demo, server, &stage, folder).await?;
    let pages = hints::Pages { portal: &page, audit: &audit };
    // Before anybody is told that it is ready: whoever is told may end it at once.
    let end = listen_for_the_end();
    if demo.print_json {
        Screen::tell_program(&hints::for_programs(&stage, folder, pki, &pages, houses, clients));
        end.await;
        return Ok(true);
    }
    let told = story::tell(&mut stage, folder, clients, screen).await?;
    if !demo.once {
        hints::show(&stage, folder, pki, &pages, &told, screen);
        end.await;
        screen.closing();
    }
    Ok(screen.all_as_expected())
}

async fn open_vault(demo: &Demo, folder: &Folder) -> Result<Arc<Vault>, Failure> {
    let location = demo.database.clone().map_or_else(|| Location::Sqlite(folder.database()), Location::Postgres);
    let entropy = Arc::new(SystemEntropy);
    let root = Arc::new(FileRoot::open(&folder.keys(), entropy.as_ref(), true)?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    Ok(Vault::open(Settings { location, root, clock, entropy }).await?)
}

async fn start(port: u16, pki: &Pki, folder: &Folder, vault: Arc<Vault>) -> Result<Server, Failure> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let parts = Parts { listen, tls: Some(pki.tls()), reflection: true, log: Some(log_parts(folder)), ..Parts::default() };
    Server::start(parts, vault).await.map_err(|error| match error {
        crate::serve::StartError::Listen(address, cause) => port_failure(address, &cause, "--port"),
        other => Failure::new(other.to_string()),
    })
}

fn log_parts(folder: &Folder) -> LogParts {
    let log = folder.log();
    LogParts { settings: coffret_vault::log::Settings::new("demo.coffret.example", log.join("checkpoint")), folder: log.join("public") }
}

fn port_failure(address: SocketAddr, cause: &std::io::Error, option: &str) -> Failure {
    if cause.kind() == std::io::ErrorKind::AddrInUse {
        let port = address.port();
        return Failure::new(format!("Port {port} is in use by another program. Stop that one, or name another port with {option}."));
    }
    Failure::new(format!("{address} cannot be listened on: {cause}. Name another port with {option}."))
}

/// Opens the portal for browsers, on this machine only, with the demo's people at its door.
async fn open_portal(demo: &Demo, server: &Server, stage: &Stage, clients: &[Client]) -> Result<String, Failure> {
    let next = if demo.port == 0 { 0 } else { demo.port.saturating_add(1) };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, demo.page_port.unwrap_or(next)));
    let people = stage.state.clients.iter().zip(clients).map(|(customer, client)| client.person(customer)).collect();
    let door = coffret_admin_ui::Demo { people, operator_token: stage.operator_token().to_owned() };
    let parts = PortalParts { listen, origin: None, relying_party: None, plaintext: true };
    server.open_portal(parts, Some(door)).await.map_err(|error| match error {
        crate::serve::StartError::Listen(address, cause) => port_failure(address, &cause, "--page-port"),
        other => Failure::new(other.to_string()),
    })
}

/// Opens the auditor's pages, on this machine only, with an invented auditor at their door.
async fn open_audit(demo: &Demo, server: &Server, stage: &Stage, folder: &Folder) -> Result<String, Failure> {
    let next = if demo.port == 0 { 0 } else { demo.port.saturating_add(2) };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, demo.audit_port.unwrap_or(next)));
    let auditor = coffret_admin_ui::DemoPerson {
        name: "Ingrid Solberg".to_owned(),
        subject: "auditors/ingrid-solberg".to_owned(),
        language: "en".to_owned(),
        about: "invented auditor, for the yearly audit".to_owned(),
    };
    let door = coffret_admin_ui::Demo { people: vec![auditor], operator_token: stage.operator_token().to_owned() };
    let parts = AuditParts { listen, origin: None, plaintext: true, workshop: folder.path().join("audit") };
    server.open_audit(parts, Some(door)).await.map_err(|error| match error {
        crate::serve::StartError::Listen(address, cause) => port_failure(address, &cause, "--audit-port"),
        other => Failure::new(other.to_string()),
    })
}

/// Listens from now on for Ctrl-C, and for the signal that service managers send; the future ends at the first of them.
fn listen_for_the_end() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let mut signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok())
    };
    async move {
        #[cfg(unix)]
        if let [Some(interrupt), Some(terminate)] = &mut signals {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        // Without a handler nobody can end the wait but by ending the process.
        let _ = tokio::signal::ctrl_c().await;
    }
}
