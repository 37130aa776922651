//! `coffret import`: what a brand keeps in files becomes records of its customers.
//!
//! A mapping file says which column becomes which field. Every line is checked as a whole; what is wrong with a rejected one is written to
//! a report beside the file. Lines are stored in batches, for each customer in a batch one change with one ledger entry. After a kill at any
//! moment the same command goes on where it stopped, and ends with the same counts.

mod batch;
mod cell;
mod checkpoint;
mod convert;
mod fault;
mod field;
mod mapping;
mod progress;
mod reject;
mod source;

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use coffret_vault::error::Kind;
use coffret_vault::id::BrandId;
use coffret_vault::import::ImportCustomer;
use coffret_vault::ledger::Who;
use coffret_vault::page::PageRequest;
use coffret_vault::{Location, Vault};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::cli::Failure;
use crate::config::{Config, ConfigError};
use batch::{Batch, Group, Progressed, Reader};
use checkpoint::{Checkpoint, Counts, Mark};
use fault::Fault;
use mapping::Mapping;
pub use mapping::MappingError;
use progress::Progress;
use reject::{Rejected, Report};

/// Imports files into the vaults of a brand's customers. Ends with 0 if every line was imported, 1 if some were rejected, 2 if it could not
/// run, 130 if it was interrupted.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The configuration (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data folder, instead of the one in the configuration. No server may use it meanwhile, unless the data are in a PostgreSQL.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The brand whose customers they are: its id, or its title.
    #[arg(long)]
    brand: String,
    /// The mapping file (TOML).
    #[arg(long)]
    map: PathBuf,
    /// Writes rejected lines into the report as they stand. The report then holds personal data.
    #[arg(long)]
    keep_rejected_lines: bool,
    /// The folder for the reports of rejected lines, instead of the file's own.
    #[arg(long)]
    rejected: Option<PathBuf>,
    /// Lines in one batch. Give the same number when you run an import again.
    #[arg(long, default_value = "20000", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    batch: u64,
    /// Stops after the batch that holds this line of each file, to try a mapping out. Run again without it to go on.
    #[arg(long)]
    first: Option<u64>,
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Why an import cannot run, or go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The mapping.
    #[error("{0}")]
    Mapping(#[from] MappingError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The vault did not open.
    #[error("{0}")]
    Open(#[from] Failure),
    /// The vault.
    #[error("{0}")]
    Vault(#[from] coffret_vault::error::Error),
    /// There is no vault.
    #[error("{}: there is no vault in this folder.", .0.display())]
    NoVault(PathBuf),
    /// No such brand.
    #[error("--brand: there is no brand by this id or title.")]
    NoBrand,
    /// Several brands have the title.
    #[error("--brand: several brands have this title. Give the id.")]
    SeveralBrands,
    /// A file cannot be read.
    #[error("{file}: it cannot be read: {cause}.", file = .0.display(), cause = .1)]
    Unreadable(PathBuf, std::io::Error),
    /// A file cannot be written.
    #[error("{file}: it cannot be written: {cause}.", file = .0.display(), cause = .1)]
    Unwritable(PathBuf, std::io::Error),
    /// Not a regular file.
    #[error("{}: it is not a regular file.", .0.display())]
    NotAFile(PathBuf),
    /// UTF-16.
    #[error("{}: it is written in UTF-16. Convert it to UTF-8.", .0.display())]
    NotUtf8(PathBuf),
    /// No header.
    #[error("{}: the first line does not name the columns.", .0.display())]
    NoHeader(PathBuf),
    /// A Parquet file that does not read.
    #[error("{file}: it is damaged, or not in the mapping's format, after row {row}.", file = .0.display(), row = .1)]
    Damaged(PathBuf, u64),
    /// The file is another one than at the start.
    #[error("{}: it was changed while it was imported. What was imported stays.", .0.display())]
    Changed(PathBuf),
    /// The counts do not add up.
    #[error("{}: the counts do not add up. This is a fault of the program; please report it.", .0.display())]
    Lost(PathBuf),
}

/// How an import ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    All,
    SomeRejected,
    Interrupted,
}

/// Imports the files, and tells how it went.
pub async fn run(args: ImportArgs) -> ExitCode {
    let stop = Arc::new(AtomicBool::new(false));
    let done = tokio::select! {
        done = import(&args, &stop) => done,
        // What is being stored is stored once even so: the next run finds it.
        () = stopped_twice(&stop) => Ok(End::Interrupted),
    };
    match done {
        Ok(End::All) => ExitCode::SUCCESS,
        Ok(End::SomeRejected) => ExitCode::from(1),
        Ok(End::Interrupted) => {
            let _ = writeln!(std::io::stderr(), "Interrupted. Run the same command again to go on.");
            ExitCode::from(130)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "coffret import: {error}");
            ExitCode::from(2)
        }
    }
}

/// Asks for a stop at the first signal, and returns at the second.
async fn stopped_twice(stop: &AtomicBool) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
        return std::future::pending().await;
    };
    for _ in 0..2 {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if !stop.swap(true, Ordering::SeqCst) {
            let _ = writeln!(std::io::stderr(), "Stopping after this batch. Once more to stop at once.");
        }
    }
}

async fn import(args: &ImportArgs, stop: &AtomicBool) -> Result<End, ImportError> {
    let mapping = Arc::new(Mapping::load(&args.map)?);
    let mut config = Config::load(args.config.as_deref())?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    if let Location::Sqlite(path) = config.location()?
        && !path.exists()
    {
        return Err(ImportError::NoVault(config.data));
    }
    // Before anything is stored, every file must open with this mapping.
    for file in &args.files {
        source::open(file, &mapping, false)?;
    }
    let vault = config.open().await?;
    let ended = import_into(&vault, mapping, config.data, args, stop).await;
    crate::serve::leave(&vault).await;
    ended
}

async fn import_into(
    vault: &Arc<Vault>,
    mapping: Arc<Mapping>,
    data: PathBuf,
    args: &ImportArgs,
    stop: &AtomicBool,
) -> Result<End, ImportError> {
    let brand = find_brand(vault, &args.brand).await?;
    let job = Job { vault: Arc::clone(vault), mapping, brand, data, args, stop };
    let mut end = End::All;
    for file in &args.files {
        end = end.max(job.import_file(file).await?);
        if end == End::Interrupted {
            break;
        }
    }
    Ok(end)
}

async fn find_brand(vault: &Vault, wanted: &str) -> Result<BrandId, ImportError> {
    if let Some(id) = BrandId::parse(wanted) {
        return match vault.brand(id).await {
            Ok(brand) => Ok(brand.id),
            Err(error) if error.kind() == Kind::NotFound => Err(ImportError::NoBrand),
            Err(error) => Err(error.into()),
        };
    }
    let mut found = None;
    let mut page = PageRequest::first(1000);
    loop {
        let brands = vault.brands(&page).await?;
        for brand in brands.items.iter().filter(|brand| brand.title == wanted) {
            if found.replace(brand.id).is_some() {
                return Err(ImportError::SeveralBrands);
            }
        }
        if brands.next.is_empty() {
            return found.ok_or(ImportError::NoBrand);
        }
        page = PageRequest::new(1000, &brands.next)?;
    }
}

/// Files on their way into one brand's vaults.
struct Job<'a> {
    vault: Arc<Vault>,
    mapping: Arc<Mapping>,
    brand: BrandId,
    data: PathBuf,
    args: &'a ImportArgs,
    stop: &'a AtomicBool,
}

impl Job<'_> {
    async fn import_file(&self, path: &Path) -> Result<End, ImportError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = path.to_owned();
        let content = tokio::task::spawn_blocking(move || digest(&read)).await.map_err(|_| ImportError::Damaged(path.to_owned(), 0))??;
        let import = self.import_id(&content);
        let (mut checkpoint, mut mark) = Checkpoint::open(&self.data, &hex(&import))?;
        let mut report = Report::resume(Report::path_for(path, self.args.rejected.as_deref()), mark.report)?;
        let mut progress = Progress::new(&name, 0);
        if mark.complete {
            tell(&format!("{name}: it was imported before."));
        } else {
            if mark.batches > 0 {
                tell(&format!("{name}: going on after {} lines.", mark.counts.lines));
            }
            let ended = self.store(path, &import, &mut checkpoint, &mut mark, &mut report, &mut progress).await;
            progress.end();
            if !ended? {
                summarise(&name, &mark.counts, report.path());
                return Ok(if self.has_first(&mark) { rejected(&mark) } else { End::Interrupted });
            }
            // The id is of what was there at the start; what was read must be the same.
            let read = path.to_owned();
            let after =
                tokio::task::spawn_blocking(move || digest(&read)).await.map_err(|_| ImportError::Damaged(path.to_owned(), 0))??;
            if after != content {
                return Err(ImportError::Changed(path.to_owned()));
            }
            if !mark.counts.is_whole() {
                return Err(ImportError::Lost(path.to_owned()));
            }
            mark.complete = true;
            checkpoint.write(&mark)?;
        }
        summarise(&name, &mark.counts, report.path());
        Ok(rejected(&mark))
    }

    /// Whether so much is stored as was asked for.
    fn has_first(&self, mark: &Mark) -> bool {
        self.args.first.is_some_and(|first| mark.counts.lines >= first)
    }

    /// Stores batch after batch; false when it was told to stop.
    async fn store(
        &self,
        path: &Path,
        import: &[u8; 32],
        checkpoint: &mut Checkpoint,
        mark: &mut Mark,
        report: &mut Report,
        progress: &mut Progress,
    ) -> Result<bool, ImportError> {
        let reader = Reader {
            vault: Arc::clone(&self.vault),
            mapping: Arc::clone(&self.mapping),
            path: path.to_owned(),
            brand: self.brand,
            lines: self.args.batch,
            keep_raw: self.args.keep_rejected_lines,
            skip: mark.counts.lines,
        };
        let (sender, mut batches) = mpsc::channel(1);
        let reading = tokio::task::spawn_blocking(move || reader.run(&sender));
        while let Some(next) = batches.recv().await {
            let batch = match next? {
                Progressed::Begun { position, total } => {
                    *progress = Progress::new(&path.file_name().unwrap_or_default().to_string_lossy(), total);
                    progress.begin(position, &mark.counts);
                    if self.has_first(mark) {
                        return Ok(false);
                    }
                    continue;
                }
                Progressed::Batch(batch) => batch,
            };
            let position = batch.position;
            let (counts, rejected) = self.store_batch(import, mark.batches, batch).await?;
            mark.batches += 1;
            mark.counts.add(&counts);
            mark.report = report.write(&rejected)?;
            checkpoint.write(mark)?;
            progress.tell(position, &mark.counts);
            if self.stop.load(Ordering::SeqCst) || self.has_first(mark) {
                return Ok(false);
            }
        }
        // A reader that ended without a word has met bytes that its library does not survive.
        reading.await.map_err(|_| ImportError::Damaged(path.to_owned(), mark.counts.lines))?;
        Ok(true)
    }

    async fn store_batch(&self, import: &[u8; 32], number: u64, batch: Batch) -> Result<(Counts, Vec<Rejected>), ImportError> {
        let Batch { rounds, mut rejected, mut counts, .. } = batch;
        for (round, groups) in rounds.into_iter().enumerate() {
            let key = Sha256::new()
                .chain_update(b"coffret/import-batch/1\0")
                .chain_update(import)
                .chain_update(number.to_be_bytes())
                .chain_update((round as u64).to_be_bytes())
                .finalize()
                .into();
            let (mut customers, mut parts) = (Vec::with_capacity(groups.len()), Vec::with_capacity(groups.len()));
            for Group { identifier, records, lines } in groups {
                parts.push((lines, records.len() as u64));
                customers.push(ImportCustomer { identifier, records });
            }
            let who = Who::Operator("operators/console".to_owned());
            let outcomes = self.vault.import(who, self.mapping.profile.clone(), &key, customers).await?;
            for ((lines, records), outcome) in parts.into_iter().zip(outcomes) {
                match outcome {
                    Ok(outcome) => {
                        counts.imported += lines.len() as u64;
                        counts.records += records;
                        counts.stored += outcome.stored;
                        counts.superseded += outcome.superseded;
                        counts.unchanged += outcome.unchanged;
                        counts.created += u64::from(outcome.created);
                    }
                    // Only of this customer; anything else ends the run, which can be repeated.
                    Err(error) if matches!(error.kind(), Kind::InvalidArgument | Kind::NotFound) => {
                        let fault = Fault::line(error.reason(), "The vault refused this customer's records.");
                        counts.rejected += lines.len() as u64;
                        rejected.extend(lines.into_iter().map(|line| Rejected::new(line, vec![fault.clone()], None)));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
        rejected.sort_by_key(|one| one.line);
        Ok((counts, rejected))
    }

    /// What makes two imports the same: the file's content, the mapping, the brand, and the size of the batches.
    fn import_id(&self, content: &[u8; 32]) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"coffret/import/1\0")
            .chain_update(content)
            .chain_update(self.mapping.digest)
            .chain_update(self.brand.bytes())
            .chain_update(self.args.batch.to_be_bytes())
            .finalize()
            .into()
    }
}

fn rejected(mark: &Mark) -> End {
    if mark.counts.rejected == 0 { End::All } else { End::SomeRejected }
}

/// SHA-256 of a file.
fn digest(path: &Path) -> Result<[u8; 32], ImportError> {
    let mut file: File = source::open_regular(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(&buffer[..read]),
            Err(cause) => return Err(ImportError::Unreadable(path.to_owned(), cause)),
        }
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Nobody is left to tell when standard output is closed.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn summarise(name: &str, counts: &Counts, report: &Path) {
    let Counts { lines, imported, rejected, records, stored, superseded, unchanged, created } = counts;
    tell(&format!("{name}: {lines} lines read = {imported} imported + {rejected} rejected."));
    tell(&format!(
        "{records} records = {stored} stored + {superseded} superseded by later ones + {unchanged} unchanged. {created} vaults opened."
    ));
    if *rejected > 0 {
        tell(&format!("What is wrong with the rejected lines: {}", report.display()));
    }
}
