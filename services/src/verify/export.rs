//! `coffret verify DIR`: an auditor's check of an export folder, offline.
//!
//! Needs no vault, no database and no network: the folder, and the log's key from somewhere else.

use std::hash::{BuildHasher, RandomState};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use coffret_export::verify::{Outcome, Question, Report, verify};
use coffret_export::{FolderError, Identities, Policy, PolicyError, SignedCheckpoint, VerifierKey};
use coffret_vault::clock::SystemClock;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plain;

/// What each check means, below the options.
pub(super) const CHECKS: &str = "\
Checks, each with the answer pass, FAIL or not checked, and why:
  folder      nothing but plain files: otherwise nothing else is opened
  manifest    manifest.sig is the log's signature over manifest.json, which is of this checkpoint
  files       every file is the one that the manifest lists; none is missing, none is more
  checkpoint  the checkpoint is signed by --key, and log-key.txt claims no other key
  witnesses   enough witnesses have cosigned the checkpoint
  since       the log has only grown from the checkpoint of --since
  tiles       every hash tile leads to the root of the checkpoint
  bundles     every entry hashes to its place in its tile
  openings    every opening opens the commitment of its entry
  events      events.jsonl says what entries and openings say, byte for byte
  table       events.csv does
  columns     events.parquet does, value by value
  streams     every stream counts from 1 without a gap
  reads       every answered read was under a grant that was live at its place in the stream
  expiry      every answered read was before the end of its grant, by the times in the log
  proofs      every inclusion proof proves its entry
  receipts    every receipt is signed, and says what its entry says

A filtered or sealed export leaves streams, reads and expiry unchecked; an encrypted one, without --identity, everything that
needs what was opened. In a log that follows another (the year before, or one that was given up) streams go on from there, and
reads under grants that began there are not judged: check both exports. What streams cannot show is an entry left out at
the end of a stream: keep old checkpoints for --since.";

pub(super) const EXAMPLES: &str = "\
Examples:
  coffret verify --key 'vault.example/ledger/2026+2f0e1d7c+AdQz...' export/
  coffret verify --key log-key.txt --since last-year/checkpoint --witness-policy ours.txt export/
  coffret verify --key log-key.txt --identity age-key.txt export.tar
  coffret verify --key log-key.txt --json export/ | jq '.checks[] | select(.outcome == \"fail\")'";

/// An export folder to check.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The log's public key (a vkey, `<name>+<id>+<base64>`), or a file that holds it. Not from the export itself, which may claim any.
    #[arg(long)]
    key: String,
    /// An older checkpoint of the log, such as the file `checkpoint` of the last export: the log must have grown from it.
    #[arg(long)]
    since: Option<PathBuf>,
    /// Which witnesses must have cosigned (C2SP tlog-policy), instead of the policy in the export.
    #[arg(long)]
    witness_policy: Option<PathBuf>,
    /// The file of age identities (AGE-SECRET-KEY-1...) that opens what the export encrypts.
    #[arg(long)]
    identity: Option<PathBuf>,
    /// The public keys of receipts (JWK set), instead of those in the export.
    #[arg(long, value_name = "JWKS")]
    receipt_keys: Option<PathBuf>,
    /// Prints the report as JSON.
    #[arg(long)]
    json: bool,
    /// Threads to work with. All processors when absent.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,
    /// The export: a folder, or a tar file, which is unpacked beside the others of this machine's temporary files for as long as it takes.
    folder: PathBuf,
}

/// Why an export could not be checked.
#[derive(Debug, thiserror::Error)]
pub(super) enum VerifyError {
    #[error("{0}")]
    Folder(#[from] FolderError),
    #[error("{0}")]
    File(std::io::Error),
    #[error("{path}: it cannot be made: {cause}. Nothing was checked.", path = .0.display(), cause = .1)]
    Unreadable(PathBuf, std::io::Error),
    #[error("--identity: {0}.")]
    Identity(&'static str),
    #[error("The clock of this machine tells no time.")]
    Clock,
    #[error("--key: this is neither a key, nor a file that holds one.")]
    Key,
    #[error("--key: this file lies in the export, which may claim any key. Take the key from somewhere else.")]
    KeyInside,
    #[error("--since: this is not a checkpoint that the key has signed.")]
    Since,
    #[error("--witness-policy: {0}.")]
    Policy(#[from] PolicyError),
}

/// Checks the export, and tells what was found; whether no check failed.
pub(super) fn run(args: &ExportArgs) -> Result<bool, VerifyError> {
    let mut question = question(args)?;
    if !args.folder.is_file() {
        return check(&question, args.json);
    }
    let unpacked = Unpacked::make(&args.folder)?;
    question.folder.clone_from(&unpacked.0);
    check(&question, args.json)
}

/// A tar file as a folder; gone when dropped.
struct Unpacked(PathBuf);

impl Unpacked {
    fn make(file: &Path) -> Result<Self, VerifyError> {
        // Nobody else can tell the name, and take it first.
        let name = RandomState::new().hash_one(std::process::id());
        let folder = std::env::temp_dir().join(format!("coffret-verify-{name:016x}"));
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Made here or not at all: somebody else's would not be for us alone.
        builder.create(&folder).map_err(|cause| VerifyError::Unreadable(folder.clone(), cause))?;
        let unpacked = Self(folder);
        coffret_export::unpack(file, &unpacked.0)?;
        Ok(unpacked)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn question(args: &ExportArgs) -> Result<Question, VerifyError> {
    let key = key(&args.key, &args.folder)?;
    let since = match &args.since {
        None => None,
        Some(file) => Some(SignedCheckpoint::open(&read(file)?, std::slice::from_ref(&key)).map_err(|_| VerifyError::Since)?),
    };
    let policy = match &args.witness_policy {
        None => None,
        Some(file) => Some(Policy::parse(&String::from_utf8(read(file)?).map_err(|_| PolicyError::Line(1))?)?),
    };
    let identities = match &args.identity {
        None => None,
        Some(file) => Some(Identities::parse(&String::from_utf8_lossy(&read(file)?)).map_err(VerifyError::Identity)?),
    };
    let receipt_keys = args.receipt_keys.as_ref().map(|file| super::read_text(file, LONGEST).map_err(VerifyError::File)).transpose()?;
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let now = SystemClock::machine();
    let now = jiff::Timestamp::from_microsecond(now.micros()).map_err(|_| VerifyError::Clock)?;
    Ok(Question { policy, identities, receipt_keys, since, threads, ..Question::new(&args.folder, key, now) })
}

/// The longest key, checkpoint or policy in bytes.
const LONGEST: u64 = 1 << 20;

fn read(file: &Path) -> Result<Vec<u8>, VerifyError> {
    super::read_file(file, LONGEST).map_err(VerifyError::File)
}

fn key(given: &str, folder: &Path) -> Result<VerifierKey, VerifyError> {
    if let Ok(key) = given.parse() {
        return Ok(key);
    }
    let file = Path::new(given);
    let (Ok(place), Ok(folder)) = (file.canonicalize(), folder.canonicalize()) else { return Err(VerifyError::Key) };
    if place.starts_with(folder) {
        return Err(VerifyError::KeyInside);
    }
    let text = String::from_utf8(read(file)?).map_err(|_| VerifyError::Key)?;
    text.trim_end().parse().map_err(|_| VerifyError::Key)
}

/// Whether no check failed.
fn check(question: &Question, json: bool) -> Result<bool, VerifyError> {
    let bar = std::io::stderr().is_terminal().then(|| {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {pos} of {len} entries, {eta} left");
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let report = verify(question, &mut |done, total| {
        if let Some(bar) = &bar {
            bar.set_length(total);
            bar.set_position(done);
        }
    })?;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    // A reader that went away does not change what was found.
    let _ = if json { print_json(&report) } else { print(&report) };
    Ok(report.is_good())
}

fn print_json(report: &Report) -> std::io::Result<()> {
    let mut value = serde_json::to_value(report)?;
    value["good"] = report.is_good().into();
    writeln!(std::io::stdout(), "{value:#}")
}

fn print(report: &Report) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match (report.size, &report.root) {
        (Some(size), Some(root)) => writeln!(out, "{}: {size} entries, root {root}", plain(&report.origin))?,
        _ => writeln!(out, "{}: no checkpoint that the key has signed", plain(&report.origin))?,
    }
    let (mut failed, mut unchecked) = (0, 0);
    for check in &report.checks {
        let word = match check.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail => "FAIL",
            Outcome::NotChecked => "not checked",
        };
        failed += usize::from(check.outcome == Outcome::Fail);
        unchecked += usize::from(check.outcome == Outcome::NotChecked);
        write!(out, "{word:<11}  {:<10}  {}", check.check.word(), plain(&check.detail))?;
        let place = check.entry.to_string();
        if !place.is_empty() {
            write!(out, " ({place})")?;
        }
        writeln!(out)?;
    }
    let all = report.checks.len();
    match (failed, unchecked) {
        (0, 0) => writeln!(out, "All {all} checks passed."),
        (0, unchecked) => writeln!(out, "No check failed. {unchecked} of {all} were not made: see above why."),
        (failed, _) => writeln!(out, "{failed} of {all} checks FAILED. Do not rely on this export."),
    }
}
