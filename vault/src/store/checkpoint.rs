//! The embedded database's checkpoints: what its write-ahead log holds is carried into the database while commits go on.
//!
//! Left to itself SQLite does this within whichever commit passes a limit, and that commit and all behind it wait for tens of
//! milliseconds. Here another connection carries most of it; only the rest, a few pages, is carried while commits wait, after which the
//! log is written from its beginning again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::mpsc;

use super::Store;
use super::append::Written;
use super::draft::Write;

/// Rows after which a checkpoint is due; each costs the log two or three pages of 4 KiB.
const ROWS: usize = 2000;
/// Bytes of a page.
const PAGE: usize = 4096;
/// Pages after which SQLite makes a checkpoint by itself, should ours fail.
pub(super) const BACKSTOP_PAGES: &str = "32000";

/// Counts what is written, and calls for a checkpoint.
pub(super) struct Checkpoints {
    rows: AtomicUsize,
    due: mpsc::Sender<()>,
}

impl Checkpoints {
    /// The counter, and what its calls arrive at.
    pub(super) fn new() -> (Self, mpsc::Receiver<()>) {
        let (due, calls) = mpsc::channel(1);
        (Self { rows: AtomicUsize::new(0), due }, calls)
    }

    /// Counts the rows of a commit.
    pub(super) fn count(&self, changes: &[Written]) {
        let large = |write: &Write| match write {
            Write::BlobPart(part) => part.body.len() / PAGE,
            Write::Record(record) => record.envelope.len() / PAGE,
            _ => 0,
        };
        let of = |change: &Written| 1 + change.rows.len() + change.writes.iter().map(|write| 1 + large(write)).sum::<usize>();
        self.add(changes.iter().map(of).sum());
    }

    /// Counts pages that were written otherwise.
    pub(super) fn count_pages(&self, pages: usize) {
        self.add(pages / 2);
    }

    fn add(&self, rows: usize) {
        if self.rows.fetch_add(rows, Ordering::Relaxed) + rows >= ROWS {
            self.rows.store(0, Ordering::Relaxed);
            // A call that waits already counts for this one, too.
            let _ = self.due.try_send(());
        }
    }
}

/// Makes checkpoints when they are called for, as long as the store lives.
pub(super) async fn keep(store: Weak<Store>, mut calls: mpsc::Receiver<()>) {
    while calls.recv().await.is_some() {
        let Some(store) = store.upgrade() else { return };
        if let Err(cause) = carry(&store).await {
            tracing::warn!(%cause, "a checkpoint failed");
        }
    }
}

async fn carry(store: &Arc<Store>) -> Result<(), DbErr> {
    let once = |on: &DatabaseConnection| {
        let on = on.clone();
        async move { on.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await }
    };
    once(store.reader()).await?;
    // What was committed meanwhile, so that least is left for the time in which commits wait.
    once(store.reader()).await?;
    once(store.writer()).await?;
    Ok(())
}
