//! Proofs about published checkpoints, each verified before it leaves.

use std::sync::Arc;
use std::time::Duration;

use coffret_ledger::{Hash, Leaf, LogProof, ProofPlan, SignedCheckpoint, TILE_WIDTH, TiledTree, verify_consistency};

use super::consistency::{consistency_proof, damaged, root_at};
use super::origin::open_checkpoint;
use super::state::Published;
use crate::Vault;
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::store::log::{LEAF_LEN, Place, stored_leaves};

/// That an entry is in the log.
#[derive(Clone, Debug)]
pub struct Inclusion {
    /// The position in the log, from 0.
    pub index: u64,
    /// The leaf, as the log has it.
    pub leaf: Leaf,
    /// The hashes of the proof, from the leaf's sibling up (RFC 6962, section 2.1.1).
    pub hashes: Vec<Hash>,
    /// The checkpoint that they lead to.
    pub checkpoint: SignedCheckpoint,
    /// All of it as a `.tlog-proof` file (C2SP tlog-proof).
    pub tlog_proof: String,
}

/// That one tree is the beginning of another.
#[derive(Clone, Debug)]
pub struct Consistency {
    /// The root of the older tree.
    pub old_root: Hash,
    /// The hashes of the proof (RFC 6962, section 2.1.2).
    pub hashes: Vec<Hash>,
    /// The checkpoint of the newer tree.
    pub checkpoint: Arc<Published>,
}

/// How often whoever waits looks by themselves, should nobody wake them.
const LOOK: Duration = Duration::from_secs(1);

fn not_yet() -> Error {
    let sentence = "The entry is written, and not under a published checkpoint yet. This takes a second or two; try again.";
    Error::new(Kind::FailedPrecondition, "NOT_YET_PUBLISHED", sentence).retry_after(1)
}

impl Vault {
    /// The newest checkpoint that this server has published.
    ///
    /// # Errors
    /// `LOG_NOT_PUBLISHED_HERE`: this server has published none.
    pub fn log_checkpoint(&self) -> Result<Arc<Published>> {
        self.log.published.borrow().clone().ok_or_else(|| {
            Error::precondition("LOG_NOT_PUBLISHED_HERE", "This server has not published a checkpoint of the log yet.").retry_after(1)
        })
    }

    /// The last published checkpoint of a log: the newest one's, or the one with which an earlier log ended. Nothing where there is none.
    pub(super) async fn published_of(&self, log: i64) -> Result<Option<Arc<Published>>> {
        let Some(newest) = self.log.published.borrow().clone() else { return Ok(None) };
        if newest.log == log {
            return Ok(Some(newest));
        }
        if newest.log < log {
            return Ok(None);
        }
        // One that was given up may have none that is known to be sound.
        let Some(signed) = self.store.last_checkpoint(log).await? else { return Ok(None) };
        let origins = self.store.log_origins().await?;
        let origin = origins.into_iter().find(|origin| origin.log == log).ok_or_else(|| damaged("a log has no name"))?;
        let note = self.cosigned(&signed).await?.to_string();
        Ok(Some(Arc::new(Published { log, origin: origin.name, size: signed.size, note, at: signed.at })))
    }

    /// Proves that an entry is in the log, under the newest published checkpoint of the log that it is in. The deployment's own stream is
    /// that of [`CustomerId::DEPLOYMENT`].
    ///
    /// # Errors
    /// `NOT_FOUND`: there is no such entry. `NOT_YET_PUBLISHED`: it is not under a published checkpoint yet.
    pub async fn inclusion(&self, customer: CustomerId, sequence: i64) -> Result<Inclusion> {
        let place = self.store.log_place(customer, sequence).await?.ok_or_else(not_yet)?;
        let published = self.published_of(place.log).await?.filter(|published| place.index < published.size).ok_or_else(not_yet)?;
        self.prove(place, &published).await
    }

    /// As [`Self::inclusion`], but waits until the entry is under a published checkpoint, for as long as the caller does.
    pub async fn await_inclusion(&self, customer: CustomerId, sequence: i64) -> Result<Inclusion> {
        let mut published = self.log.published.subscribe();
        loop {
            published.mark_unchanged();
            match self.inclusion(customer, sequence).await {
                Err(error) if error.reason() == "NOT_YET_PUBLISHED" => {}
                other => return other,
            }
            // Either way it is looked at again.
            let _ = tokio::time::timeout(LOOK, published.changed()).await;
        }
    }

    pub(super) async fn prove(&self, place: Place, published: &Published) -> Result<Inclusion> {
        let Place { log, index } = place;
        let leaf = self.stored_leaf(place).await?;
        let plan = ProofPlan::inclusion(index, published.size).map_err(damaged)?;
        let tiles = self.store.log_tiles(log, plan.tiles()).await?;
        let mut tree = TiledTree::new(published.size, |path| tiles.get(&path).cloned().ok_or(path));
        let hashes = plan.make(&mut tree).map_err(|_| damaged("a tile of a proof is missing"))?;
        let checkpoint = open_checkpoint(self.log_key().await?, published.note.as_bytes());
        let checkpoint = checkpoint.ok_or_else(|| damaged("a published checkpoint is not of this log's key"))?;
        let proof = LogProof::new(&leaf.hash(), index, hashes, &checkpoint).map_err(damaged)?;
        Ok(Inclusion { index, leaf, hashes: proof.hashes().to_vec(), tlog_proof: proof.to_string(), checkpoint })
    }

    async fn stored_leaf(&self, place: Place) -> Result<Leaf> {
        let (n, position) = (place.index / u64::from(TILE_WIDTH), (place.index % u64::from(TILE_WIDTH)) as usize);
        let bundle = self.store.log_bundles(place.log, n, 1).await?.pop().filter(|bundle| bundle.n == n);
        let leaf = bundle.and_then(|bundle| stored_leaves(bundle.leaves.get(position * LEAF_LEN..)?).next());
        leaf.ok_or_else(|| damaged(format!("bundle {n} has no entry {position}")))
    }

    /// Proves that the first `old` leaves of a log are those of a published checkpoint of `new` leaves; of the newest one when `new` is 0.
    /// The log is named by its origin; the newest one when this is empty.
    ///
    /// # Errors
    /// `NOT_FOUND`: there is no such log. `SIZE_INVALID`, with the field: there is no published checkpoint of `new` leaves, or `old` is greater.
    pub async fn consistency(&self, origin: &str, old: u64, new: u64) -> Result<Consistency> {
        let newest = self.log_checkpoint()?;
        let log = if origin.is_empty() {
            newest.log
        } else {
            let origins = self.store.log_origins().await?;
            origins.iter().find(|known| known.name == origin).ok_or_else(|| Error::not_found("log"))?.log
        };
        let last = self.published_of(log).await?.ok_or_else(|| Error::not_found("log"))?;
        let wrong = |field, sentence| Error::invalid(field, "SIZE_INVALID", sentence);
        let checkpoint = if new == 0 || new == last.size {
            last
        } else {
            let there = if new < last.size { self.store.checkpoint_at(log, new).await? } else { None };
            let there = there.ok_or_else(|| wrong("new_size", "There is no published checkpoint of this size."))?;
            Arc::new(Published { log, origin: last.origin.clone(), size: new, note: there.note, at: there.at })
        };
        if old > checkpoint.size {
            return Err(wrong("old_size", "The older tree is not larger than the newer one."));
        }
        let signed = open_checkpoint(self.log_key().await?, checkpoint.note.as_bytes());
        let root = *signed.ok_or_else(|| damaged("a checkpoint is not of this log's key"))?.checkpoint().root();
        let old_root = root_at(&self.store, log, old).await?.ok_or_else(|| damaged("a tile at the edge is missing"))?;
        let hashes = consistency_proof(&self.store, log, old, checkpoint.size).await?;
        let hashes = hashes.ok_or_else(|| damaged("a tile of a proof is missing"))?;
        verify_consistency(old, &old_root, checkpoint.size, &root, &hashes).map_err(damaged)?;
        Ok(Consistency { old_root, hashes, checkpoint })
    }
}
