//! How what a server hands over becomes one file that `coffret verify` reads. Whoever opens the pages brings it: the pages know no folders
//! of exports.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use coffret_proto::v1;
use tonic::Streaming;

/// What the server hands over: the first message, which says what will come, and the stream of the others.
#[derive(Debug)]
pub struct Handed {
    /// The first message, with the head.
    pub first: v1::StreamExportResponse,
    /// The rest.
    pub rest: Streaming<v1::StreamExportResponse>,
    /// To be moved as entries come.
    pub progress: Progress,
}

/// Entries that have come so far.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// So many have come.
    pub fn set(&self, entries: u64) {
        self.0.store(entries, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The file.
#[derive(Debug)]
pub struct Packed {
    /// A tar file, for whoever runs the server alone. Removed when nobody wants it any more.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// Entries of the log.
    pub entries: u64,
    /// Of these, entries that were opened.
    pub opened: u64,
}

/// What came of it: the file, or why there is none; the status where the server ended the stream.
pub type Outcome = Result<Packed, Option<tonic::Status>>;

/// Makes files for auditors.
pub trait Packing: Send + Sync {
    /// Writes the file, in constant memory; nothing is left of one that was broken off.
    fn pack(&self, handed: Handed) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;
}
