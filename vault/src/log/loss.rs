//! Goes on after a loss: whoever runs the deployment says, knowingly, that a log cannot be continued, and a new one begins.
//!
//! Nothing that was signed is contradicted by it. The log that is given up keeps what was published of it; the new one, under another name,
//! begins with a leaf that commits to the newest checkpoint which this database cannot account for.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use coffret_ledger::{Checkpoint, Hash, ProofPlan, SignedCheckpoint, TILE_WIDTH, TilePath, TiledTree, verify_consistency};
use serde::Serialize;
use uuid::Uuid;

use super::consistency::damaged;
use super::file;
use super::guard::{Guard, refuse_behind};
use super::origin::{check_name, name_of, open_checkpoint, prefix_of, year_of};
use super::sequencer::Loaded;
use super::{Publication, Settings, binding_leaf};
use crate::Vault;
use crate::error::{Error, Kind, Result};
use crate::id::make_uuid_v4;
use crate::ledger::{Note, Who};
use crate::store::log::{Head, Loss, Origin, Pending, Signed};
use crate::store::pending;
use crate::text::{is_line, is_text};

/// How often the head is looked at, when servers take it meanwhile.
const TRIES: usize = 8;
/// Logs of one year at most.
const MOST: u32 = 1000;

/// A loss that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedLoss {
    /// The logs that were given up, each with the leaves under its newest checkpoint that is known outside the database.
    pub given_up: Vec<(String, u64)>,
    /// Leaves of the newest of the database's logs that keep their places: they are signed, and known to be a beginning of what was
    /// published, where the log was given up.
    pub signed: u64,
    /// Entries that had their places beyond these, and wait again.
    pub waiting: u64,
    /// The log that goes on.
    pub next: String,
    /// Where the loss is recorded outside the database, with every checkpoint.
    pub record: PathBuf,
}

/// The record of a loss outside the database.
#[derive(Serialize)]
struct Record<'a> {
    at: String,
    by: &'a Who,
    reason: &'a str,
    /// Checkpoints that the database cannot account for.
    lost: Vec<String>,
    /// The database's last one of the log that it was in.
    stored: Option<&'a str>,
    next: &'a str,
}

impl Vault {
    /// Accepts that the database is not the one that the log was signed from: every log of which it cannot account for a checkpoint is
    /// given up, and a new one begins. It is recorded in the folder of the kept checkpoint, and as the entry `ledger.loss_accepted` of the
    /// deployment's stream, which is in the new log. Entries that are in the database and under no signature wait for the new log.
    /// So do those that the database has signed beyond what can be shown to begin what was given up, out of the published tiles: it may
    /// have signed another history. Those signatures are forgotten, but for the last one, which the record has. Where nothing is
    /// published, that is all of that log.
    ///
    /// # Errors
    /// `LOG_NOT_LOST`: the database accounts for everything that is kept or published. `REASON_INVALID`, `NAME_INVALID`: the reason, or the
    /// name of who accepts it, cannot be read by people. `LOG_MOVED`: a server has appended meanwhile. In each case nothing was changed.
    pub async fn accept_log_loss(&self, settings: &Settings, who: Who, reason: &str) -> Result<AcceptedLoss> {
        check_name(&settings.name)?;
        if !is_text(reason, 300) {
            let sentence = "A reason has 1 to 300 characters that can be read, and no control characters: auditors read it.";
            return Err(Error::invalid("reason", "REASON_INVALID", sentence));
        }
        if let Who::Operator(name) | Who::Auditor(name) = &who
            && !is_line(name, 200)
        {
            return Err(Error::invalid("by", "NAME_INVALID", "The name of who accepts it is one line of 1 to 200 characters."));
        }
        let head = self.store.log_head().await?.ok_or_else(not_lost)?;
        let known = self.known(settings).await?;
        let lost = self.lost(&known, &head).await?;
        // The one that was published last: of an unknown log, which is newer than all of the database's; else of the newest.
        let origins = self.store.log_origins().await?;
        let number = |name: &str| origins.iter().find(|origin| origin.name == name).map_or(i64::MAX, |origin| origin.log);
        let newest = lost.values().max_by_key(|one| (number(one.checkpoint().origin()), one.checkpoint().size())).ok_or_else(not_lost)?;
        let next = self.next_origin(settings, &head, &origins, &lost).await?;
        let stored = self.store.last_checkpoint(head.log).await?;
        let stored_size = stored.as_ref().map_or(0, |stored| stored.size);
        let current = origins.iter().find(|origin| origin.log == head.log).ok_or_else(|| damaged("the log has no name"))?;
        let signed = match (&stored, lost.get(&current.name)) {
            (Some(stored), Some(lost)) => self.shown(settings, stored, lost.checkpoint()).await?,
            _ => stored_size,
        };
        let record =
            self.record_loss(settings, &who, reason, &lost, stored.as_ref().map(|stored| stored.note.as_str()), &next.name).await?;

        let given_up: Vec<(String, u64)> = lost.iter().map(|(origin, one)| (origin.clone(), one.checkpoint().size())).collect();
        let names: Vec<String> = given_up.iter().map(|(origin, size)| format!("{origin} at {size} leaves")).collect();
        let told = format!(
            "Given up: {}. The database has {signed} signed leaves of what was known. {} follows. {reason}",
            names.join(", "),
            next.name
        );
        self.administer(move |draft| draft.note(Note::new("ledger.loss_accepted", who.clone()).reason(told.clone())).map(|_| ())).await?;

        let now = self.now();
        let losses: Vec<Loss> = lost
            .iter()
            .map(|(origin, one)| Loss { origin: origin.clone(), size: one.checkpoint().size(), note: one.to_string(), at: now })
            .collect();
        let leaf = binding_leaf(newest.checkpoint());
        let entry = pending::Leaf { customer: Uuid::nil(), sequence: 0, event: Uuid::nil(), commitment: leaf.commit };
        // A server that starts takes the head meanwhile; what it appended waits again as well. Nothing may have been signed.
        for _ in 0..TRIES {
            let current = self.store.log_head().await?.ok_or_else(moved)?;
            let newest_signed = self.store.last_checkpoint(current.log).await?.map_or(0, |stored| stored.size);
            if (current.log, newest_signed) != (head.log, stored_size) {
                break;
            }
            let again = self.store.placed_after(&current, signed).await?;
            let waiting = again.iter().map(|(_, leaves)| leaves.len() as u64).sum();
            let (_, mut first) = Loaded::empty(next.log).append(&[leaf], current.epoch + 1);
            let batch = make_uuid_v4(self.entropy.as_ref())?;
            first.batches = vec![(0, batch, Pending { batch, leaves: vec![entry] }.entries())];
            if self.store.give_up_logs(&losses, &current, (stored_size, signed), &again, (&next, &first), now).await? {
                tracing::warn!(log = next.name, "a loss was accepted; the new log begins");
                return Ok(AcceptedLoss { given_up, signed, waiting, next: next.name, record });
            }
        }
        Err(moved())
    }

    /// Checkpoints that are kept, were seen elsewhere, or published.
    async fn known(&self, settings: &Settings) -> Result<Vec<SignedCheckpoint>> {
        let guard = Guard(settings.kept.clone());
        let mut known: Vec<SignedCheckpoint> = guard.kept(self).await?.into_iter().chain(guard.evidence(self).await?).collect();
        if let Some(publication) = &settings.publication {
            for origin in self.store.log_origins().await? {
                if let Some(note) = publication.get(&format!("{}/checkpoint", prefix_of(&origin.name))).await? {
                    known.extend(open_checkpoint(self.log_key().await?, &note));
                }
            }
        }
        Ok(known)
    }

    /// Of each log the newest of these that this database cannot account for.
    async fn lost(&self, known: &[SignedCheckpoint], head: &Head) -> Result<BTreeMap<String, SignedCheckpoint>> {
        let mut lost: BTreeMap<String, SignedCheckpoint> = BTreeMap::new();
        for one in known {
            match refuse_behind(self, one, head.tree()).await {
                Ok(()) => {}
                Err(error) if matches!(error.reason(), "LOG_ROLLED_BACK" | "LOG_FORKED") => {
                    let origin = one.checkpoint().origin().to_owned();
                    if lost.get(&origin).is_none_or(|other| other.checkpoint().size() < one.checkpoint().size()) {
                        lost.insert(origin, one.clone());
                    }
                }
                Err(error) => return Err(error),
            }
        }
        if lost.is_empty() { Err(not_lost()) } else { Ok(lost) }
    }

    /// The leaves under the newest stored checkpoint of a log that a lost one is shown to begin with, out of published tiles. What else
    /// is kept shows nothing: it may be of the same other history as the database.
    async fn shown(&self, settings: &Settings, last: &Signed, lost: &Checkpoint) -> Result<u64> {
        let Some(publication) = &settings.publication else { return Ok(0) };
        // What begins with a tree begins with each smaller one: the newest is looked for by halves.
        let (mut shown, mut low, mut high, mut one) = (0, 0, last.size, Some(last.clone()));
        loop {
            match one.filter(|one| one.size > shown) {
                Some(one) => {
                    if published_begins(publication.as_ref(), &one, lost).await? {
                        (shown, low) = (one.size, low.max(one.size));
                    } else {
                        high = one.size - 1;
                    }
                }
                None => low = low.max(shown),
            }
            if low >= high {
                return Ok(shown);
            }
            let middle = high - (high - low) / 2;
            one = self.store.checkpoint_up_to(last.log, middle).await?;
            if one.as_ref().is_none_or(|one| one.size <= shown) {
                low = middle;
            }
        }
    }

    /// The new log, under a name that nothing was ever signed or published under, as far as anybody here knows.
    async fn next_origin(
        &self,
        settings: &Settings,
        head: &Head,
        origins: &[Origin],
        lost: &BTreeMap<String, SignedCheckpoint>,
    ) -> Result<Origin> {
        let current = origins.iter().find(|origin| origin.log == head.log).ok_or_else(|| damaged("the log has no name"))?;
        let year = year_of(self.now()).max(current.year);
        let base = name_of(&settings.name, year);
        let given_up = self.store.log_losses().await?;
        for number in 1..=MOST {
            let name = if number == 1 { base.clone() } else { format!("{base}-{number}") };
            let published = match &settings.publication {
                Some(publication) => publication.get(&format!("{}/checkpoint", prefix_of(&name))).await?.is_some(),
                None => false,
            };
            let taken = published
                || origins.iter().any(|origin| origin.name == name)
                || lost.contains_key(&name)
                || given_up.iter().any(|loss| loss.origin == name)
                || record_of(settings, &name).exists();
            if !taken {
                return Ok(Origin { log: head.log + 1, name, year });
            }
        }
        Err(Error::precondition("LOG_NAME", "Too many logs of this year were given up. Nothing was changed."))
    }

    async fn record_loss(
        &self,
        settings: &Settings,
        who: &Who,
        reason: &str,
        lost: &BTreeMap<String, SignedCheckpoint>,
        stored: Option<&str>,
        next: &str,
    ) -> Result<PathBuf> {
        let lost = lost.values().map(ToString::to_string).collect();
        let record = Record { at: self.now().to_string(), by: who, reason, lost, stored, next };
        let (path, bytes) = (record_of(settings, next), serde_json::to_vec_pretty(&record)?);
        let written = file::apart(move || file::replace(&path, &bytes).map(|()| path)).await;
        written.map_err(|cause| {
            Error::new(Kind::Unavailable, "LOG_NOT_KEPT", "The loss could not be recorded outside the database. Nothing was given up.")
                .because(cause)
        })
    }
}

/// Whether a published tree begins with this one, by its published tiles: they are held against both roots.
async fn published_begins(publication: &dyn Publication, part: &Signed, whole: &Checkpoint) -> Result<bool> {
    let Ok(plan) = ProofPlan::consistency(part.size, whole.size()) else { return Ok(false) };
    let mut tiles = HashMap::new();
    for path in plan.tiles() {
        let at = |path: TilePath| format!("{}/{path}", prefix_of(whole.origin()));
        let mut bytes = publication.get(&at(path)).await?;
        if bytes.is_none()
            && let Ok(full) = TilePath::new(path.kind(), path.index(), TILE_WIDTH)
        {
            let grown = publication.get(&at(full)).await?;
            bytes = grown.and_then(|bytes| Some(bytes.get(..usize::from(path.width()) * Hash::LEN)?.to_vec()));
        }
        let Some(bytes) = bytes else { return Ok(false) };
        tiles.insert(path, bytes);
    }
    let mut tree = TiledTree::new(whole.size(), |path| tiles.get(&path).cloned().ok_or(path));
    let Ok(proof) = plan.make(&mut tree) else { return Ok(false) };
    Ok(verify_consistency(part.size, &part.root, whole.size(), whole.root(), &proof).is_ok())
}

fn moved() -> Error {
    let sentence = "A server has moved the log meanwhile. Nothing was given up; look again, and try again.";
    Error::new(Kind::Aborted, "LOG_MOVED", sentence)
}

fn not_lost() -> Error {
    let sentence = "Nothing is lost: the database accounts for every checkpoint that is kept or published. Nothing was changed.";
    Error::precondition("LOG_NOT_LOST", sentence)
}

/// Where the loss after which this log begins is recorded.
fn record_of(settings: &Settings, next: &str) -> PathBuf {
    let guard = Guard(settings.kept.clone());
    guard.folder().join("losses").join(format!("{}.json", prefix_of(next).replace('/', "-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_lies_beside_what_is_kept() {
        let settings = Settings::new("vault.example", PathBuf::from("/elsewhere/checkpoint"));
        assert_eq!(record_of(&settings, "vault.example/ledger/2026-2"), PathBuf::from("/elsewhere/losses/ledger-2026-2.json"));
    }
}
