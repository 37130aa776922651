//! The command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use coffret_proto::v1;
use coffret_vault::ledger::Who;
use coffret_vault::log;
use tokio::signal::unix::{SignalKind, signal};

use crate::caller::{Caller, Identity};
use crate::config::{Config, ConfigError};
use crate::identity::new_token;
use crate::names;
use crate::serve::{LogParts, Server, StartError, leave};
use crate::telemetry;

/// What to try first, below the list of commands.
const FIRST_STEPS: &str = "\
First steps:
  coffret demo                              see everything at work, with invented data
  coffret keys create --config FILE         make the root key; keep a copy of it, apart from the data
  coffret token --help                      the first operator's token
  coffret invite --help                     let a customer make a passkey
  coffret serve --config FILE               serve; deploy/examples/ has configurations to start from
  coffret import --help                     bring a brand's files in
  coffret export ledger --help              write an auditor's folder
  coffret verify --help                     check an auditor's export, or a receipt, offline
  coffret ledger accept-loss --help         go on after a loss of the database

Every command explains itself: coffret <COMMAND> --help";

/// A consent-driven personal data vault: customers keep their data in it, encrypted; brands ask for exactly what they need, and every read is logged before it is answered.
#[derive(Debug, Parser)]
#[command(name = "coffret", version, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the whole product with invented data, tells a story, and stays up to be tried.
    Demo(crate::demo::Demo),
    /// Measures the main jobs on this machine, beside their targets.
    Bench(crate::bench::Options),
    /// Imports a brand's files into its customers' vaults.
    Import(crate::import::ImportArgs),
    /// Checks an auditor's export folder, or a receipt: offline, against a key that you bring.
    Verify(crate::verify::VerifyArgs),
    /// Exports the log for an auditor.
    Export {
        #[command(subcommand)]
        command: crate::export::ExportCommand,
    },
    /// The transparency log: what only whoever runs the deployment can decide.
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// Serves the vault over gRPC until SIGTERM or SIGINT; SIGHUP reads the certificates again.
    Serve(Serve),
    /// Brings the database's schema up to date, and makes it where there is none. Needs no root key; a new embedded database gets its first.
    Migrate(Source),
    /// Root keys.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Invites a customer to make a passkey; prints the link. Asks the running server, as an operator.
    Invite(crate::invite::InviteArgs),
    /// Issues a token, for the first operator. An embedded database is used by one process, so stop its server before.
    Token(Token),
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Makes the first root key where there is none.
    Create(Source),
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Accepts that an older database was put back, gives up the log that it cannot continue, and begins a new one.
    #[command(after_help = ACCEPT_LOSS)]
    AcceptLoss(AcceptLoss),
}

const ACCEPT_LOSS: &str = "\
When health says LOG_ROLLED_BACK or LOG_FORKED, the database is not the one that the log was signed from. First look for the right one:
putting it back is all that is needed, and nothing is lost. Only where it is gone for good is this the way on:

- The log keeps what was published of it, at the same address. It is never signed again.
- A new log begins, named <name>/ledger/<year>-2 (then -3, ...), at /ledger/<year>-2/checkpoint. Its first leaf commits to the newest
  checkpoint of the log that was given up. Tell auditors and witnesses its name; the key is the same.
- The entry ledger.loss_accepted of the deployment's stream says so, with the reason. So does a file in losses/, in the folder of the kept
  checkpoint: keep it.
- Entries that are in the database and were not signed yet go into the new log. What the database does not have is lost.
- So do signed ones that the published tiles do not show to be of the history that was published: a server that knew nothing of it may
  have signed another. That log is proved and exported up to what they show, and no further. Where no tiles are published, or they
  cannot be read, all entries of that log go into the new one.

It refuses when nothing is lost. With an embedded database stop the server first; with PostgreSQL the servers may run, and go on by
themselves. Run it where the kept checkpoint and the published folder are.

Example:
  coffret ledger accept-loss --config coffret.toml --reason 'Disk of 2026-11-03 lost; backup of the night before put back (INC-204)'";

#[derive(Debug, Args)]
struct AcceptLoss {
    #[command(flatten)]
    source: Source,
    /// What happened, for auditors. It stands in the log.
    #[arg(long)]
    reason: String,
    /// The name for the log of who accepts it.
    #[arg(long, default_value = "operators/console")]
    by: String,
}

/// Where the configuration is.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The configuration (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data folder, instead of the one in the configuration.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    source: Source,
    /// Where to listen, instead of what the configuration says.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Plaintext on a loopback address, to try things out.
    #[arg(long)]
    insecure_loopback: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StaffRole {
    Auditor,
    Operator,
}

#[derive(Debug, Args)]
struct Token {
    #[command(flatten)]
    source: Source,
    /// What the bearer is.
    #[arg(long, value_enum, default_value = "operator")]
    role: StaffRole,
    /// The name for the log, such as `operators/jane`.
    #[arg(long)]
    subject: String,
    /// How long it lives, in seconds: an operator's at most a day, an auditor's 90 days.
    #[arg(long, default_value = "3600")]
    lifetime: i64,
}

/// Why a command failed, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The server.
    #[error("{0}")]
    Start(#[from] StartError),
    /// The vault.
    #[error("{0}{reason}", reason = cause(.0))]
    Vault(#[from] coffret_vault::error::Error),
    /// What was asked for, or what was found.
    #[error("{0}")]
    Unfit(String),
    /// The machine.
    #[error("{0}")]
    Machine(#[from] std::io::Error),
}

/// The cause goes to whoever runs the program, who is the log's reader too.
fn cause(error: &coffret_vault::error::Error) -> String {
    error.cause().map(|cause| format!(" ({cause})")).unwrap_or_default()
}

impl Source {
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data) = &self.data {
            config.data.clone_from(data);
        }
        Ok(config)
    }
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(carry_out(cli.command)));
    match done {
        Ok(code) => code,
        Err(failure) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "coffret: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(demo) => return Ok(crate::demo::run(&demo).await),
        Command::Bench(options) => return Ok(crate::bench::run(&options).await),
        Command::Verify(args) => return Ok(crate::verify::run(&args)),
        Command::Import(args) => return Ok(crate::import::run(args).await),
        Command::Export { command } => crate::export::run(&command).await?,
        Command::Ledger { command: LedgerCommand::AcceptLoss(args) } => accept_loss(args).await?,
        Command::Serve(serve) => serve_until_told(serve).await?,
        Command::Migrate(source) => migrate(&source).await?,
        Command::Keys { command: KeysCommand::Create(source) } => source.load()?.create_key()?,
        Command::Invite(args) => crate::invite::run(args).await?,
        Command::Token(token) => issue(token).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_until_told(serve: Serve) -> Result<(), Failure> {
    let mut config = serve.source.load()?;
    config.listen = serve.listen.unwrap_or(config.listen);
    config.insecure_loopback |= serve.insecure_loopback;
    let (parts, portal, audit) = (config.parts()?, config.portal_parts()?, config.audit_parts()?);
    telemetry::start(config.log);
    // Before the start, so that a signal that comes during it is not lost.
    let (mut terminate, mut interrupt, mut hangup) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?);
    let server = Server::start(parts, config.open().await?).await?;
    if let Some(portal) = portal
        && let Err(error) = server.open_portal(portal, None).await
    {
        server.stop().await;
        return Err(error.into());
    }
    if let Some(audit) = audit
        && let Err(error) = server.open_audit(audit, None).await
    {
        server.stop().await;
        return Err(error.into());
    }
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => server.reload(),
        }
    }
    server.stop().await;
    Ok(())
}

async fn migrate(source: &Source) -> Result<(), Failure> {
    let database = source.load()?.migrate().await?;
    writeln!(std::io::stdout(), "The schema of this {database} database is up to date.")?;
    Ok(())
}

async fn accept_loss(args: AcceptLoss) -> Result<(), Failure> {
    let config = args.source.load()?;
    let LogParts { mut settings, folder } = config.log_parts()?;
    settings.publication.get_or_insert_with(|| Arc::new(log::Folder::new(folder)));
    let vault = config.open().await?;
    let accepted = vault.accept_log_loss(&settings, Who::Operator(args.by), &args.reason).await;
    leave(&vault).await;
    let accepted = accepted?;
    let mut out = std::io::stdout().lock();
    for (origin, size) in &accepted.given_up {
        writeln!(out, "Given up: {origin}, last known at {size} leaves.")?;
    }
    writeln!(out, "The database has {} signed leaves of its newest log; {} entries wait again.", accepted.signed, accepted.waiting)?;
    writeln!(out, "The new log is {}. It is signed as soon as a server runs.", accepted.next)?;
    writeln!(out, "Recorded in {}, which should be kept.", accepted.record.display())?;
    Ok(())
}

async fn issue(token: Token) -> Result<(), Failure> {
    let role = match token.role {
        StaffRole::Auditor => v1::Role::Auditor,
        StaffRole::Operator => v1::Role::Operator,
    };
    let asked = v1::IssueTokenRequest {
        role: role.into(),
        subject: token.subject,
        lifetime: Some(names::duration(token.lifetime)),
        ..v1::IssueTokenRequest::default()
    };
    let console = Caller::new(Identity::Operator("operators/console".to_owned()), Vec::new());
    let new = new_token(&asked, &console)?;
    let vault = token.source.load()?.open().await?;
    let issued = vault.issue_token(Who::Operator(console.name()), new, None).await;
    leave(&vault).await;
    let (_, secret) = issued?;
    writeln!(std::io::stdout(), "{}", *secret)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands in a text, such as `coffret serve --config FILE`; up to the end of the line or of the quotation.
    fn commands(text: &str) -> Vec<Vec<String>> {
        let of_line = |line: &str| -> Option<Vec<String>> {
            // An image's own arguments follow its entry point.
            let rest = if let Some(arguments) = line.strip_prefix("CMD [") {
                arguments.trim_end_matches(']').replace(['"', ','], "")
            } else {
                let begin = ["serve", "keys", "token", "migrate"].iter().find_map(|verb| line.find(&format!("coffret {verb} ")))?;
                line[begin + "coffret ".len()..].split(['`', ';', '&']).next().unwrap_or_default().to_owned()
            };
            Some(std::iter::once("coffret").chain(rest.split_whitespace()).map(str::to_owned).collect())
        };
        text.lines().filter_map(of_line).collect()
    }

    #[test]
    fn the_commands_that_deploy_tells_are_commands() {
        for (file, text, expected) in [
            ("Dockerfile", include_str!("../../deploy/Dockerfile"), 1),
            ("compose.yaml", include_str!("../../deploy/compose.yaml"), 2),
            ("coffret.service", include_str!("../../deploy/coffret.service"), 2),
            ("coffret.toml", include_str!("../../deploy/examples/coffret.toml"), 1),
            ("coffret.postgres.toml", include_str!("../../deploy/examples/coffret.postgres.toml"), 1),
        ] {
            let found = commands(text);
            assert_eq!(found.len(), expected, "{file}: {found:?}");
            for command in found {
                Cli::try_parse_from(&command).unwrap_or_else(|wrong| panic!("{file}: {command:?}: {wrong}"));
            }
        }
    }
}
