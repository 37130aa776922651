//! `coffret export`: the folder for an auditor, made beside the database or by the auditor, from the server.

mod handed;
mod local;
pub(crate) mod packing;
mod remote;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use coffret_export::{Begun, ExportWriter, Plan, Policy, Scope, SignedCheckpoint, VerifierKey};
use coffret_vault::clock::Timestamp;
use coffret_vault::id::{BrandId, CustomerId};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{Failure, Source};

/// What can be exported.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Writes the auditor's folder: the whole log, openings within limits, and everything to check them offline.
    Ledger(Box<LedgerArgs>),
}

const LEDGER: &str = "\
The export itself is logged first: the deployment's stream, and that of every customer named with --customer, says that there was one and
why. Then the folder is written, in constant memory. The tree is always whole; limits are to what is opened. An erased
customer's entries stay sealed.

Interrupted, the same command goes on where it stopped. With an embedded database stop the server first; with PostgreSQL it may run.
With --server the log comes from a running server, for an auditor who has a token and no access to the database; a connection that
breaks is made anew. Every beginning, and every going on, is logged.

Openings name stores, grants and reasons. With --recipient they, and all that is made of them, are encrypted: whoever has the folder
without the identity sees positions and commitments alone. Until the export is whole they lie in it in plain text, for its owner.

Examples:
  coffret export ledger --config coffret.toml --to audit-2026 --reason 'Yearly audit 2026'
  coffret export ledger --config coffret.toml --to case-17 --reason 'Case 17' --customer customers/0197... --proofs 4711
  coffret export ledger --server https://vault.example:8443 --ca ca.pem --token-file token --to audit-2026 --reason 'Audit 2026' \\
    --recipient age1...
  coffret verify --key log-key.txt audit-2026";

#[derive(Debug, Args)]
#[command(after_help = LEDGER)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    source: Source,
    /// The server to get the log from, such as https://vault.example:8443, instead of its data. For auditors and operators with a token.
    #[arg(long, requires = "token_file", conflicts_with_all = ["config", "data", "by"])]
    server: Option<String>,
    /// The file with the token; it carries the scope `ledger.export`.
    #[arg(long, requires = "server")]
    token_file: Option<PathBuf>,
    /// The authority of the server's certificate (PEM).
    #[arg(long, requires = "server")]
    ca: Option<PathBuf>,
    /// The log's public key, if it is known already: nothing is taken from another log.
    #[arg(long, requires = "server")]
    key: Option<VerifierKey>,
    /// The folder to write; empty, not there yet, or an unfinished export of the same.
    #[arg(long)]
    to: PathBuf,
    /// Why: the number of the case, or what was agreed. It stands in the log.
    #[arg(long)]
    reason: String,
    /// The name for the log of who exports.
    #[arg(long, default_value = "operators/console")]
    by: String,
    /// The log's name, such as `vault.example/ledger/2026`; the newest one when absent.
    #[arg(long)]
    log: Option<String>,
    /// Opens entries of this customer alone; may be given again.
    #[arg(long = "customer")]
    customers: Vec<String>,
    /// Opens entries that concern this brand alone.
    #[arg(long)]
    brand: Option<String>,
    /// Opens entries that concern this purpose alone: `code`, or `code@version`.
    #[arg(long)]
    purpose: Option<String>,
    /// Opens entries from this moment on (RFC 3339).
    #[arg(long)]
    from: Option<String>,
    /// Opens entries before this moment (RFC 3339).
    #[arg(long)]
    before: Option<String>,
    /// Opens nothing: commitments and positions alone.
    #[arg(long, conflicts_with_all = ["customers", "brand", "purpose", "from", "before", "receipts"])]
    sealed: bool,
    /// Adds the receipts of decisions and the consent records of grants that are opened. They name customers, which entries do not.
    /// A consent record says how a grant stands now, so none come with an end in time.
    #[arg(long)]
    receipts: bool,
    /// Writes events.parquet as well.
    #[arg(long)]
    parquet: bool,
    /// Packs the folder into one file beside it as well, with `.tar` behind its name.
    #[arg(long)]
    tar: bool,
    /// Encrypts everything that tells of entries to this recipient (age1...); may be given again.
    #[arg(long = "recipient", value_name = "AGE")]
    recipients: Vec<String>,
    /// In how many days what the export opens is to be deleted; stated in the manifest.
    #[arg(long, value_name = "DAYS", default_value = "90", value_parser = clap::value_parser!(u16).range(1..=3650))]
    openings_expire: u16,
    /// Writes inclusion proofs for these positions in the log, to hand on singly.
    #[arg(long, value_delimiter = ',')]
    proofs: Vec<u64>,
}

/// Exports, and tells on standard output.
pub(crate) async fn run(command: &ExportCommand) -> Result<(), Failure> {
    let ExportCommand::Ledger(args) = command;
    let limits = args.limits()?;
    // Before anything is logged: a folder that holds something else ends it here.
    let begun = ExportWriter::begun(&args.to)?;
    if args.tar && args.tar_file().symlink_metadata().is_ok() {
        return Err(unfit(format!("--tar: {} is there already. Nothing was exported.", args.tar_file().display())));
    }
    let (finished, key) = match &args.server {
        Some(server) => remote::export(args, &limits, server, begun).await?,
        None => local::export(args, &limits, begun).await?,
    };
    let tar = args.tar.then(|| args.tar_file());
    if let Some(tar) = &tar {
        tokio::task::block_in_place(|| coffret_export::pack(&args.to, tar)).map_err(|error| unfit(error.to_string()))?;
    }
    let mut out = io::stdout().lock();
    let (header, to) = (&finished.header, args.to.display());
    writeln!(out, "{}: {} entries, {} in events.jsonl, {} opened", header.origin, header.size, header.counts.events, header.counts.opened)?;
    writeln!(out, "{} files, {} bytes in {to}", finished.files, finished.bytes)?;
    if let Some(tar) = &tar {
        writeln!(out, "The same as one file: {}", tar.display())?;
    }
    if !header.encrypted && !header.scope.sealed {
        writeln!(out, "What it opens is in plain text: see --recipient.")?;
    }
    writeln!(out, "Check it with the log's key, which the auditor takes from somewhere else than this folder:")?;
    writeln!(out, "  coffret verify --key '{key}' {to}")?;
    Ok(())
}

fn unfit(sentence: impl Into<String>) -> Failure {
    Failure::Unfit(sentence.into())
}

/// The limits of the command line, read.
struct Limits {
    customers: Vec<CustomerId>,
    brand: Option<BrandId>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl LedgerArgs {
    /// Reads what is asked for, before anything is logged.
    fn limits(&self) -> Result<Limits, Failure> {
        let customer = |text: &String| {
            let id = CustomerId::parse(text.strip_prefix("customers/").unwrap_or(text));
            id.ok_or_else(|| unfit(format!("--customer: {text:?} is not customers/<id>. Nothing was exported.")))
        };
        let brand = |text: &String| {
            let id = BrandId::parse(text.strip_prefix("brands/").unwrap_or(text));
            id.ok_or_else(|| unfit(format!("--brand: {text:?} is not brands/<id>. Nothing was exported.")))
        };
        let moment = |option: &str, text: &Option<String>| {
            let read = text.as_ref().map(|text| text.parse::<Timestamp>().map_err(|_| text)).transpose();
            let wrong = |text| format!("{option}: {text:?} is not a moment such as 2026-11-26T00:00:00Z. Nothing was exported.");
            read.map_err(|text| unfit(wrong(text)))
        };
        Ok(Limits {
            customers: self.customers.iter().map(customer).collect::<Result<_, _>>()?,
            brand: self.brand.as_ref().map(brand).transpose()?,
            from: moment("--from", &self.from)?,
            to: moment("--before", &self.before)?,
        })
    }

    /// The folder's own name, whatever way it is named here, with `.tar`.
    fn tar_file(&self) -> PathBuf {
        let to = self.to.canonicalize().or_else(|_| std::path::absolute(&self.to)).unwrap_or_else(|_| self.to.clone());
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".tar");
        to.with_file_name(name)
    }

    /// What is written of a log: as it was begun, where it was.
    fn plan(&self, of: Of) -> Result<Plan, Failure> {
        let life = jiff::SignedDuration::from_hours(24 * i64::from(self.openings_expire));
        let expire = of.made.checked_add(life).map_err(|_| unfit("--openings-expire: this day is too far away. Nothing was exported."))?;
        if of.witnesses.asks() && of.witnesses.check(&of.checkpoint).is_err() {
            writeln!(io::stderr(), "Too few witnesses have cosigned the checkpoint: the auditor's check of the witness policy will fail.")?;
        }
        Ok(Plan {
            checkpoint: of.checkpoint,
            log_key: of.log_key,
            witnesses: of.witnesses,
            scope: of.scope,
            proofs: self.proofs.clone(),
            made: of.made,
            receipt_keys: of.receipt_keys,
            parquet: self.parquet,
            recipients: self.recipients.clone(),
            openings_expire: Some(expire),
        })
    }
}

/// What of a log is written.
struct Of {
    checkpoint: SignedCheckpoint,
    log_key: VerifierKey,
    witnesses: Policy,
    scope: Scope,
    made: jiff::Timestamp,
    receipt_keys: String,
}

/// Checkpoint and time of an unfinished export; they must be of the log with this key.
fn go_on(begun: &Begun, log_key: &VerifierKey) -> Result<(SignedCheckpoint, jiff::Timestamp), Failure> {
    let checkpoint = SignedCheckpoint::open(begun.checkpoint.as_bytes(), std::slice::from_ref(log_key)).ok();
    checkpoint
        .zip(begun.made.parse().ok())
        .ok_or_else(|| unfit("The folder holds an unfinished export of another log. Name that one with --log, or take an empty folder."))
}

/// A bar on a terminal; elsewhere nothing.
fn bar(size: u64) -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {pos} of {len} entries, {per_sec}, {eta} left");
    ProgressBar::with_draw_target(Some(size), target).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl From<coffret_export::ExportError> for Failure {
    fn from(error: coffret_export::ExportError) -> Self {
        Self::Unfit(error.to_string())
    }
}
