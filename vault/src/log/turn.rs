//! The turn of the year: the old log gets its last checkpoint, and the new one begins with it.

use coffret_ledger::{Checkpoint, Leaf, Note};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::consistency::damaged;
use super::keeper::Keeper;
use super::origin::{name_of, year_of};
use super::sequencer::Loaded;
use super::step::{Step, step};
use crate::error::Result;
use crate::id::make_uuid_v4;
use crate::store::log::{Origin, Pending};
use crate::store::pending;

/// The first leaf of a log that follows another: `id` is 16 zero bytes, `commit` is SHA-256 of the last checkpoint of the log before it, as
/// the text that was signed (origin, size and root, each with its newline). It is nobody's entry; anybody can make it from the two logs.
pub fn binding_leaf(last: &Checkpoint) -> Leaf {
    Leaf { id: [0; 16], commit: Sha256::digest(last.to_string()).into() }
}

impl Keeper {
    /// Begins the year's log, if the head is in an earlier year's: signs what the old one has, then moves on. `true` when it did.
    pub async fn turn(&mut self) -> Result<bool> {
        let Some(epoch) = self.epoch else { return Ok(false) };
        let head = self.head().await?;
        let (now, old) = (self.vault.now(), self.origin(head.log).await?);
        let year = year_of(now);
        if year <= old.year {
            return Ok(false);
        }
        if self.checkpoint().await? != Some(head.size) {
            // The head moved meanwhile, or is another's.
            return Ok(false);
        }
        let last = self.vault.store.checkpoint_at(head.log, head.size).await?.ok_or_else(|| damaged("the last checkpoint is missing"))?;
        let note = Note::parse(last.note.as_bytes()).map_err(damaged)?;
        let leaf = binding_leaf(&Checkpoint::parse(note.text()).map_err(damaged)?);
        let next = Origin { log: head.log + 1, name: name_of(&self.name, year), year };
        let (loaded, mut first) = Loaded::empty(next.log).append(&[leaf], epoch);
        // In the lists of whose the leaves are it stands as entry 0 of the deployment's stream, which begins with 1.
        let entry = pending::Leaf { customer: Uuid::nil(), sequence: 0, event: Uuid::nil(), commitment: leaf.commit };
        let batch = make_uuid_v4(self.vault.entropy.as_ref())?;
        first.batches = vec![(0, batch, Pending { batch, leaves: vec![entry] }.entries())];
        self.loaded = None;
        let turned = step(self.steps.as_ref(), Step::Turn, self.vault.store.open_next_log(&head, &next, &first, now)).await?;
        if turned {
            tracing::info!(log = next.name, after = old.name, size = head.size, "the year's log begins");
            self.loaded = Some(loaded);
        } else {
            self.step_back();
        }
        Ok(turned)
    }
}
