//! `coffret export`: what whoever runs the deployment hands to an auditor.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use coffret_export::{Entry, ExportWriter, Finished, Opening, Plan, Policy, Scope, SignedCheckpoint, VerifierKey};
use coffret_vault::Vault;
use coffret_vault::id::{BrandId, CustomerId};
use coffret_vault::ledger::Who;
use coffret_vault::log::{Exported, Log, LogExport, LogExportRequest};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};

use crate::cli::{Failure, Source};
use crate::serve::{LogParts, leave};

/// How long the export's own entry may take to be signed. More than waits in a log that was never kept takes.
const SIGNING: Duration = Duration::from_mins(10);

/// What can be exported.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Writes the auditor's folder: the whole log, openings within limits, and everything to check them offline.
    Ledger(LedgerArgs),
}

const LEDGER: &str = "\
The export itself is logged first: the deployment's stream, and that of every customer named with --customer, says that there was one and
why. Then the folder is written, in constant memory. The tree is always whole; limits are to what is opened. An erased
customer's entries stay sealed.

Interrupted, the same command goes on where it stopped. With an embedded database stop the server first; with PostgreSQL it may run.

The openings in the folder are plain text: hand it over encrypted, and have it deleted when the audit ends.

Examples:
  coffret export ledger --config coffret.toml --to audit-2026 --reason 'Yearly audit 2026'
  coffret export ledger --config coffret.toml --to case-17 --reason 'Case 17' --customer customers/0197... --proofs 4711
  coffret verify --key log-key.txt audit-2026";

#[derive(Debug, Args)]
#[command(after_help = LEDGER)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    source: Source,
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
    #[arg(long, conflicts_with_all = ["customers", "brand", "purpose", "from", "before"])]
    sealed: bool,
    /// Writes inclusion proofs for these positions in the log, to hand on singly.
    #[arg(long, value_delimiter = ',')]
    proofs: Vec<u64>,
}

/// What an interrupted export goes on with, beside the folder.
#[derive(Serialize, Deserialize)]
struct Begun {
    checkpoint: String,
    made: String,
}

/// Exports, and tells on standard output.
pub(crate) async fn run(command: &ExportCommand) -> Result<(), Failure> {
    let ExportCommand::Ledger(args) = command;
    let request = args.request()?;
    let config = args.source.load()?;
    let LogParts { settings, .. } = config.log_parts()?;
    let vault = config.open().await?;
    let log = Log::start(&vault, &settings).await?;
    let exported = args.export(&vault, &request).await;
    log.stop().await;
    leave(&vault).await;
    let (finished, key) = exported?;
    let mut out = io::stdout().lock();
    let (header, to) = (&finished.header, args.to.display());
    writeln!(out, "{}: {} entries, {} in events.jsonl, {} opened", header.origin, header.size, header.counts.events, header.counts.opened)?;
    writeln!(out, "{} files, {} bytes in {to}", finished.files, finished.bytes)?;
    writeln!(out, "Check it with the log's key, which the auditor takes from somewhere else than this folder:")?;
    writeln!(out, "  coffret verify --key '{key}' {to}")?;
    Ok(())
}

fn unfit(sentence: impl Into<String>) -> Failure {
    Failure::Unfit(sentence.into())
}

impl LedgerArgs {
    fn request(&self) -> Result<LogExportRequest, Failure> {
        let customer = |text: &String| {
            let id = CustomerId::parse(text.strip_prefix("customers/").unwrap_or(text));
            id.ok_or_else(|| unfit(format!("--customer: {text:?} is not customers/<id>. Nothing was exported.")))
        };
        let brand = |text: &String| {
            let id = BrandId::parse(text.strip_prefix("brands/").unwrap_or(text));
            id.ok_or_else(|| unfit(format!("--brand: {text:?} is not brands/<id>. Nothing was exported.")))
        };
        for (option, moment) in [("--from", &self.from), ("--before", &self.before)] {
            if let Some(moment) = moment
                && moment.parse::<jiff::Timestamp>().is_err()
            {
                return Err(unfit(format!("{option}: {moment:?} is not a moment such as 2026-11-26T00:00:00Z. Nothing was exported.")));
            }
        }
        Ok(LogExportRequest {
            origin: self.log.clone().unwrap_or_default(),
            customers: self.customers.iter().map(customer).collect::<Result<_, _>>()?,
            brand: self.brand.as_ref().map(brand).transpose()?,
            sealed: self.sealed,
            reason: self.reason.clone(),
        })
    }

    async fn export(&self, vault: &Arc<Vault>, request: &LogExportRequest) -> Result<(Finished, VerifierKey), Failure> {
        let export = vault.begin_log_export(Who::Operator(self.by.clone()), request).await?;
        let (plan, resumed) = self.plan(vault, &export, request).await?;
        let mut writer = ExportWriter::create_or_resume(&self.to, plan.clone()).inspect_err(|_| {
            if !resumed {
                // Nothing was begun that could be gone on with; what cannot be removed is passed over the next time.
                let _ = fs::remove_file(self.beside());
            }
        })?;
        let size = plan.checkpoint.checkpoint().size();
        let bar = bar(size);
        while writer.next_index() < size {
            let entries = vault.export_leaves(&export, writer.next_index()).await?;
            if entries.is_empty() {
                return Err(unfit(format!("The log has no entry {}, which its checkpoint states.", writer.next_index())));
            }
            tokio::task::block_in_place(|| entries.iter().try_for_each(|entry| push(&mut writer, entry, size)))?;
            bar.set_position(writer.next_index());
        }
        bar.finish_and_clear();
        let finished = tokio::task::block_in_place(|| writer.finish(export.signer()))?;
        fs::remove_file(self.beside()).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
        Ok((finished, export.log_key().clone()))
    }

    /// What is exported, and whether it is gone on with: as it was begun, where it was, so that the folder goes on; else under the newest
    /// checkpoint, which has the export's own entry.
    async fn plan(&self, vault: &Vault, export: &LogExport, request: &LogExportRequest) -> Result<(Plan, bool), Failure> {
        let log_key = export.log_key().clone();
        let open = |note: &[u8]| SignedCheckpoint::open(note, std::slice::from_ref(&log_key)).ok();
        // In an empty folder there is nothing to go on with.
        let begun = fs::read_dir(&self.to).is_ok_and(|mut entries| entries.next().is_some());
        let kept = if begun { read(&self.beside())? } else { None };
        let resumed = kept.is_some();
        let (checkpoint, made) = if let Some(kept) = kept {
            let kept: Option<Begun> = serde_json::from_slice(&kept).ok();
            let fits = kept.and_then(|kept| Some((open(kept.checkpoint.as_bytes())?, kept.made.parse().ok()?)));
            fits.ok_or_else(|| {
                let file = self.beside();
                unfit(format!("{} is not of this log. Name the log that was begun with --log, or take an empty folder.", file.display()))
            })?
        } else {
            let signed = tokio::time::timeout(SIGNING, vault.await_inclusion(CustomerId::DEPLOYMENT, export.sequence)).await;
            signed.map_err(|_| unfit("The log is not being signed: see the server's health. Nothing was exported."))??;
            let checkpoint = vault.export_checkpoint(export).await?;
            let made = jiff::Timestamp::from_microsecond(export.begun.micros()).map_err(|cause| unfit(cause.to_string()))?;
            let begun = Begun { checkpoint: checkpoint.to_string(), made: made.to_string() };
            fs::write(self.beside(), serde_json::to_vec(&begun).map_err(io::Error::other)?)?;
            (checkpoint, made)
        };
        let witnesses = Policy::clone(&vault.log_policy());
        if witnesses.asks() && witnesses.check(&checkpoint).is_err() {
            writeln!(io::stderr(), "Too few witnesses have cosigned the checkpoint: the auditor's check of the witness policy will fail.")?;
        }
        let plan = Plan {
            checkpoint,
            log_key,
            witnesses,
            scope: Scope {
                sealed: self.sealed,
                streams: export.streams().to_vec(),
                brand: request.brand.map(|brand| brand.0),
                purpose: self.purpose.clone(),
                from: self.from.clone(),
                to: self.before.clone(),
            },
            proofs: self.proofs.clone(),
            made,
        };
        Ok((plan, resumed))
    }

    /// The file that an interrupted export goes on with.
    fn beside(&self) -> PathBuf {
        let mut name = self.to.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        self.to.with_file_name(name)
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn push(writer: &mut ExportWriter, entry: &Exported, size: u64) -> Result<(), coffret_export::ExportError> {
    if writer.next_index() == size {
        // Beyond the checkpoint: not signed yet.
        return Ok(());
    }
    let opening = entry.opening.as_ref().map(|opening| Opening { key: &opening.key, details: &opening.details });
    writer.push(&Entry { leaf: entry.leaf.leaf, opening })
}

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
