//! How the log is, as this process knows it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OnceCell, watch};

use crate::Vault;
use crate::clock::Timestamp;
use crate::envelope::Key;
use crate::error::{Error, Result};

/// A checkpoint that this server has published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The log's number, from 1, in the order of opening.
    pub log: i64,
    /// The log's name.
    pub origin: String,
    /// Its leaves.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// How the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The newest log's name; empty before the first was opened.
    pub origin: String,
    /// Leaves that have their place.
    pub size: u64,
    /// Entries that wait for theirs.
    pub waiting: u64,
    /// Leaves under the newest signed checkpoint, and when it was signed; nothing when none was signed yet.
    pub signed: Option<(u64, Timestamp)>,
    /// Leaves under the newest checkpoint that this server has published.
    pub published: Option<u64>,
    /// Why the log stands still on this server, as a stable reason: `LOG_ROLLED_BACK`, `LOG_FORKED`, `LOG_DAMAGED`, `LOG_KEPT_UNREADABLE`.
    pub stopped: Option<&'static str>,
}

/// What the vault remembers of the log.
pub(crate) struct State {
    pub(super) key: OnceCell<Key>,
    pub(super) published: watch::Sender<Option<Arc<Published>>>,
    stopped: Mutex<Option<&'static str>>,
    /// Wakes the publisher.
    pub(super) signed: Notify,
}

impl State {
    pub(crate) fn new() -> Self {
        Self { key: OnceCell::new(), published: watch::channel(None).0, stopped: Mutex::new(None), signed: Notify::new() }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<&'static str>> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the log stands still.
    pub(super) fn stopped(&self) -> Option<&'static str> {
        *self.held()
    }

    /// It stands still from here on, when the error is one of those that no further try mends. Tells in the log, once.
    pub(super) fn stop_on(&self, error: &Error) {
        if let Some(reason) = stops(error)
            && self.held().replace(reason) != Some(reason)
        {
            tracing::error!(reason, cause = error.cause().map(ToString::to_string), "THE TRANSPARENCY LOG IS STOPPED: {error}");
        }
    }

    /// What stopped it was looked at again, and is well.
    pub(super) fn go_on(&self) {
        if let Some(reason) = self.held().take() {
            tracing::warn!(reason, "the transparency log goes on");
        }
    }
}

fn stops(error: &Error) -> Option<&'static str> {
    let reasons = ["LOG_ROLLED_BACK", "LOG_FORKED", "LOG_DAMAGED", "LOG_KEPT_UNREADABLE"];
    reasons.into_iter().find(|reason| *reason == error.reason())
}

impl Vault {
    /// How the log is.
    pub async fn log_status(&self) -> Result<Status> {
        let head = self.store.log_head().await?;
        let waiting = self.store.pending_leaves().await?;
        let (mut origin, mut signed) = (String::new(), None);
        if let Some(head) = &head {
            let origins = self.store.log_origins().await?;
            origin = origins.into_iter().find(|origin| origin.log == head.log).map(|origin| origin.name).unwrap_or_default();
            signed = self.store.last_checkpoint(head.log).await?.map(|signed| (signed.size, signed.at));
        }
        let published = self.log.published.borrow().as_ref().map(|published| published.size);
        Ok(Status { origin, size: head.map_or(0, |head| head.size), waiting, signed, published, stopped: self.log.stopped() })
    }
}
