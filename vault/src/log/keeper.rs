//! Who appends and signs: at most one process at a time, whatever each of them believes.

use std::sync::Arc;

use uuid::Uuid;

use super::consistency::damaged;
use super::guard::Guard;
use super::origin::{check_name, name_of, year_of};
use super::sequencer::Loaded;
use super::step::{Step, step};
use super::{Settings, Steps};
use crate::Vault;
use crate::error::{Error, Result};
use crate::id::make_uuid_v4;
use crate::store::log::{Head, Origin};

/// Sequencer and checkpointer of one process.
///
/// Each method does one step and may be called again after any error: what it knows of the log is loaded anew then. Several keepers on one
/// database are safe; those that do not hold the head do nothing.
pub struct Keeper {
    pub(super) vault: Arc<Vault>,
    pub(super) name: String,
    pub(super) guard: Guard,
    pub(super) steps: Arc<dyn Steps>,
    holder: Uuid,
    /// The epoch in which this process holds the head.
    pub(super) epoch: Option<i64>,
    /// The end of the log, as this process left it.
    pub(super) loaded: Option<Loaded>,
    /// Whether the process can be the only one, and has not held the head before.
    sole: bool,
    /// Whether what is kept outside the database was held against it since the head was taken.
    pub(super) checked: bool,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").field("name", &self.name).field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Keeper {
    /// Opens the first log and makes the signing key, where there are none.
    ///
    /// # Errors
    /// `LOG_NAME`: the name is none that a log can have.
    pub async fn new(vault: &Arc<Vault>, settings: &Settings) -> Result<Self> {
        check_name(&settings.name)?;
        let now = vault.now();
        vault.log_key().await?;
        if vault.store.log_head().await?.is_none() {
            vault.store.open_first_log(&name_of(&settings.name, year_of(now)), year_of(now), now).await?;
        }
        let keeper = Self {
            vault: Arc::clone(vault),
            name: settings.name.clone(),
            guard: Guard(settings.kept.clone()),
            steps: Arc::clone(&settings.steps),
            holder: make_uuid_v4(vault.entropy.as_ref())?,
            epoch: None,
            loaded: None,
            sole: !vault.store.is_postgres(),
            checked: false,
        };
        keeper.warn_unguarded().await?;
        Ok(keeper)
    }

    /// A deployment that has signed before and keeps nothing outside the database is not protected against an older one put back.
    async fn warn_unguarded(&self) -> Result<()> {
        let head = self.head().await?;
        if self.vault.store.last_checkpoint(head.log).await?.is_some_and(|last| last.size > 0)
            && matches!(self.guard.kept(&self.vault).await, Ok(None))
        {
            tracing::warn!(file = %self.guard.0.display(), "no checkpoint is kept outside the database; the next one will be");
        }
        Ok(())
    }

    /// Takes the head, or renews the hold on it, for ten seconds. `false`: another process has it.
    pub async fn hold(&mut self) -> Result<bool> {
        let held = step(self.steps.as_ref(), Step::Hold, self.vault.store.hold_log(self.holder, self.sole)).await;
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                self.step_back();
                return Err(error);
            }
        };
        self.sole = false;
        if held.is_none() || held != self.epoch {
            self.step_back();
        }
        self.epoch = held;
        self.vault.log.set_holds(held.is_some());
        Ok(held.is_some())
    }

    /// Renews the hold within a long step.
    pub(super) async fn renew(&self) -> Result<()> {
        let held = self.vault.store.hold_log(self.holder, false).await?;
        if held == self.epoch { Ok(()) } else { Err(Error::unavailable("the log's head has changed hands")) }
    }

    /// Lets the head go, for another process to take it at once.
    pub async fn release(&mut self) -> Result<()> {
        self.step_back();
        self.vault.store.release_log(self.holder).await
    }

    /// Forgets what it knew: the next step begins with what is stored.
    pub(super) fn step_back(&mut self) {
        self.loaded = None;
        self.epoch = None;
        self.checked = false;
        self.vault.log.set_holds(false);
    }

    /// The stored head.
    pub(super) async fn head(&self) -> Result<Head> {
        self.vault.store.log_head().await?.ok_or_else(|| damaged("the log has no head"))
    }

    /// The log that the head is in.
    pub(super) async fn origin(&self, log: i64) -> Result<Origin> {
        let origins = self.vault.store.log_origins().await?;
        origins.into_iter().find(|origin| origin.log == log).ok_or_else(|| damaged("the log has no name"))
    }

    /// Before the first append of an epoch: nothing is built on a database that was put back.
    pub(super) async fn check_kept(&mut self, head: &Head) -> Result<()> {
        if !self.checked {
            self.guard.check(&self.vault, head.tree()).await?;
            self.checked = true;
        }
        Ok(())
    }
}
