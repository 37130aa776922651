//! The auditor's file, made on the server of what a server hands over: the folder of `coffret export ledger`, packed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use coffret_admin_ui::{Handed, Outcome, Packed, Packing};
use coffret_export::{ExportWriter, Finished, Plan};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;
use tonic::Status;

use super::handed::{head_of, push};
use super::{Of, unfit};
use crate::cli::Failure;

/// In how long what an export opens is to be deleted; stated in the manifest.
const OPENINGS_LAST: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);

/// Makes files in a folder of its own, which holds nothing else.
#[derive(Debug)]
pub(crate) struct Workshop {
    folder: PathBuf,
    /// Numbers the places.
    places: AtomicU64,
}

impl Workshop {
    /// In this folder. What an earlier server left in it is deleted: nobody can ask for it any more.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)?;
        Ok(Self { folder: folder.to_owned(), places: AtomicU64::new(1) })
    }
}

/// A place in the workshop; what lies in it goes when nobody works there any more, done or not.
struct Place(PathBuf);

impl Place {
    fn take(folder: &Path, number: u64) -> std::io::Result<Self> {
        let place = Self(folder.join(number.to_string()));
        std::fs::create_dir(&place.0)?;
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(cause) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%cause, "what an export for an auditor left cannot be deleted");
        }
    }
}

impl Packing for Workshop {
    fn pack(&self, handed: Handed) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let (folder, number) = (self.folder.clone(), self.places.fetch_add(1, Ordering::Relaxed));
        Box::pin(async move {
            match make(&folder, number, handed).await {
                Ok(packed) => Ok(packed),
                Err(Broken::Server(status)) => Err(Some(status)),
                Err(Broken::Here(failure)) => {
                    tracing::warn!(cause = failure.to_string(), "an export for an auditor broke off");
                    Err(None)
                }
            }
        })
    }
}

/// Why there is no file.
enum Broken {
    Server(Status),
    Here(Failure),
}

impl<E: Into<Failure>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Here(error.into())
    }
}

async fn make(folder: &Path, number: u64, handed: Handed) -> Result<Packed, Broken> {
    let Handed { first, mut rest, progress } = handed;
    let place = Place::take(folder, number)?;
    let to = place.0.join("export");
    let tar = place.0.join("export.tar");
    let head = first.head.ok_or_else(|| unfit("The server did not say what it exports."))?;
    let of = head_of(head, None, None)?;
    let size = of.checkpoint.checkpoint().size();
    let writing = to.clone();
    let mut writer = spawn_blocking(move || -> Result<ExportWriter, Failure> {
        let mut writer = ExportWriter::create_or_resume(&writing, plan(of)?)?;
        writer.keep_handed(&first.handover)?;
        Ok(writer)
    })
    .await
    .map_err(joined)??;
    while let Some(piece) = rest.message().await.map_err(Broken::Server)? {
        writer = spawn_blocking(move || push(&mut writer, &piece).map(|()| writer)).await.map_err(joined)??;
        progress.set(writer.next_index());
    }
    if writer.next_index() < size {
        return Err(Broken::Server(Status::unavailable("The stream ended early.")));
    }
    spawn_blocking(move || -> Result<Packed, Failure> {
        let finished: Finished = writer.finish_handed()?;
        coffret_export::pack(&to, &tar).map_err(|error| unfit(error.to_string()))?;
        let (bytes, sha256) = digest(&tar)?;
        let counts = finished.header.counts;
        // The file alone stays, beside its place.
        let file = place.0.with_extension("tar");
        std::fs::rename(&tar, &file)?;
        Ok(Packed { file, bytes, sha256, entries: finished.header.size, opened: counts.opened })
    })
    .await
    .map_err(joined)?
    .map_err(Broken::Here)
}

fn joined(_: tokio::task::JoinError) -> Failure {
    unfit("The export broke off.")
}

fn plan(of: Of) -> Result<Plan, Failure> {
    let expire = of.made.checked_add(OPENINGS_LAST).map_err(|_| unfit("The export's end is too far away."))?;
    Ok(Plan {
        checkpoint: of.checkpoint,
        log_key: of.log_key,
        witnesses: of.witnesses,
        scope: of.scope,
        proofs: Vec::new(),
        made: of.made,
        receipt_keys: of.receipt_keys,
        parquet: false,
        recipients: Vec::new(),
        openings_expire: Some(expire),
    })
}

fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let (mut file, mut sha256, mut bytes) = (std::fs::File::open(path)?, Sha256::new(), 0);
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, crate::terms::hex(&sha256.finalize().into())));
        }
        bytes += read as u64;
        sha256.update(&piece[..read]);
    }
}
