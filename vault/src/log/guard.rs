//! The last checkpoint, kept outside the database: it outlives a database that is put back.

use std::path::PathBuf;

use coffret_ledger::SignedCheckpoint;

use super::consistency::{Relation, damaged, relate};
use super::file;
use super::origin::open_checkpoint;
use crate::Vault;
use crate::error::{Error, Kind, Result};
use crate::store::log::Tree;

/// The file.
#[derive(Clone, Debug)]
pub(super) struct Guard(pub(super) PathBuf);

pub(super) fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(
        Kind::FailedPrecondition,
        "LOG_KEPT_UNREADABLE",
        "The checkpoint that is kept outside the database cannot be read. Nothing was signed; put it right, or take it away if it is lost.",
    )
    .because(cause)
}

fn rolled_back(cause: String) -> Error {
    let sentence = "The database is older than the last checkpoint that is kept outside it: it was put back. Nothing was signed.";
    Error::precondition("LOG_ROLLED_BACK", sentence).because(cause)
}

fn forked(cause: String) -> Error {
    let sentence = "The database tells another history than the last checkpoint that is kept outside it. Nothing was signed.";
    Error::precondition("LOG_FORKED", sentence).because(cause)
}

/// Refuses a tree that an earlier checkpoint of ours, from wherever it was kept, does not lead to; unless its log was given up.
pub(super) async fn refuse_behind(vault: &Vault, earlier: &SignedCheckpoint, now: Tree) -> Result<()> {
    match behind(vault, earlier, now).await {
        Err(error) if matches!(error.reason(), "LOG_ROLLED_BACK" | "LOG_FORKED" | "LOG_DAMAGED") => {
            let given_up = vault.store.log_loss(earlier.checkpoint().origin()).await?.is_some();
            if given_up { Ok(()) } else { Err(error) }
        }
        other => other,
    }
}

async fn behind(vault: &Vault, earlier: &SignedCheckpoint, now: Tree) -> Result<()> {
    let (origin, size, root) = (earlier.checkpoint().origin(), earlier.checkpoint().size(), earlier.checkpoint().root());
    let origins = vault.store.log_origins().await?;
    let log = origins.iter().find(|known| known.name == origin).map(|known| known.log);
    let log = log.filter(|log| *log <= now.log).ok_or_else(|| rolled_back(format!("the log {origin} is not there yet")))?;
    let against = if log == now.log {
        now
    } else {
        vault.store.last_checkpoint(log).await?.ok_or_else(|| rolled_back(format!("{origin} has no checkpoint")))?.tree()
    };
    if against.size < size {
        return Err(rolled_back(format!("{origin} had {size} leaves and has {}", against.size)));
    }
    match relate(&vault.store, log, (size, root), (against.size, &against.root)).await? {
        Relation::Extends => Ok(()),
        Relation::Contradicts => Err(forked(format!("{origin} at {size} leaves had another root"))),
        Relation::Unproven => Err(damaged(format!("{origin} has tiles that do not lead to its root"))),
    }
}

impl Guard {
    /// What is kept; nothing when nothing is.
    pub(super) async fn kept(&self, vault: &Vault) -> Result<Option<SignedCheckpoint>> {
        let path = self.0.clone();
        let Some(bytes) = file::apart(move || file::read(&path)).await.map_err(unreadable)? else { return Ok(None) };
        let key = vault.log_key().await?;
        open_checkpoint(key, &bytes).map(Some).ok_or_else(|| unreadable("not a checkpoint of this log's key"))
    }

    /// Refuses a tree that is behind what is kept, or off it; or that a checkpoint kept as evidence contradicts.
    pub(super) async fn check(&self, vault: &Vault, now: Tree) -> Result<()> {
        let kept = self.kept(vault).await?;
        for earlier in kept.into_iter().chain(self.evidence(vault).await?) {
            refuse_behind(vault, &earlier, now).await?;
        }
        Ok(())
    }

    /// Keeps a checkpoint from here on.
    pub(super) async fn keep(&self, note: &str) -> Result<()> {
        let (path, note) = (self.0.clone(), note.to_owned());
        file::apart(move || file::replace(&path, note.as_bytes())).await.map_err(|cause| {
            Error::new(Kind::Unavailable, "LOG_NOT_KEPT", "The checkpoint could not be kept outside the database, so it was not published.")
                .because(cause)
        })
    }
}
