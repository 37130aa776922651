//! Gives what waits its places.

use coffret_ledger::{Hash, Leaf, TILE_WIDTH, TileWriter};

use super::consistency::damaged;
use super::keeper::Keeper;
use super::step::{Step, step};
use crate::error::Result;
use crate::store::log::{Growth, Head, LEAF_LEN, Pending, stored_leaf};

/// Commits in one transaction at most.
const COMMITS: u64 = 512;
/// Leaves after which a transaction takes no further commit: the writers, who share the embedded database's one connection with it, wait
/// for some milliseconds and not longer.
const LEAVES: usize = 2048;
/// Leaves of a full bundle.
const WIDTH: usize = TILE_WIDTH as usize;

/// The end of the log in memory.
pub(super) struct Loaded {
    pub(super) log: i64,
    writer: TileWriter,
    /// The leaves that no full bundle holds yet, as stored.
    rest: Vec<u8>,
}

/// What one call of [`Keeper::sequence`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sequenced {
    /// Leaves that have their places now.
    pub leaves: u64,
    /// Whether more may wait.
    pub more: bool,
}

impl Keeper {
    /// Gives leaves that wait their places, at most some thousands, in one transaction. Nothing when another process holds the head.
    pub async fn sequence(&mut self) -> Result<Sequenced> {
        let done = self.try_sequence().await;
        if done.is_err() {
            // It may have been written all the same.
            self.loaded = None;
        }
        done
    }

    async fn try_sequence(&mut self) -> Result<Sequenced> {
        let Some(epoch) = self.epoch else { return Ok(Sequenced::default()) };
        let pending = self.vault.store.pending(COMMITS, LEAVES).await?;
        if pending.is_empty() {
            return Ok(Sequenced::default());
        }
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => self.load().await?,
        };
        // Hashing takes milliseconds, for which other tasks need not wait.
        let grown = tokio::task::spawn_blocking(move || loaded.grow(pending, epoch)).await;
        let (grown, growth) = grown.map_err(damaged)?;
        let store = &self.vault.store;
        let leaves = growth.size - growth.before;
        if step(self.steps.as_ref(), Step::Sequence, store.grow_log(&growth)).await? {
            self.loaded = Some(grown);
            Ok(Sequenced { leaves, more: true })
        } else {
            // Another process moved the head.
            self.step_back();
            Ok(Sequenced { leaves: 0, more: true })
        }
    }

    /// The end of the log as stored, held against the root.
    async fn load(&mut self) -> Result<Loaded> {
        let head = self.head().await?;
        self.check_kept(&head).await?;
        self.load_at(&head).await
    }

    async fn load_at(&self, head: &Head) -> Result<Loaded> {
        let store = &self.vault.store;
        let writer = store.log_writer(head.log, head.size, &head.root).await?;
        let writer = writer.ok_or_else(|| damaged("the tiles at the end do not lead to the root"))?;
        let rest = (head.size % u64::from(TILE_WIDTH)) as usize * LEAF_LEN;
        let mut leaves = Vec::new();
        if rest > 0 {
            let n = head.size / u64::from(TILE_WIDTH);
            let bundle = store.log_bundles(head.log, n, 1).await?.pop().filter(|bundle| bundle.n == n && bundle.leaves.len() == rest);
            leaves = bundle.ok_or_else(|| damaged("the last bundle does not fit the head"))?.leaves;
        }
        Ok(Loaded { log: head.log, writer, rest: leaves })
    }
}

impl Loaded {
    /// An empty log.
    pub(super) fn empty(log: i64) -> Self {
        Self { log, writer: TileWriter::new(), rest: Vec::new() }
    }

    /// Appends commits in their order.
    fn grow(self, pending: Vec<Pending>, epoch: i64) -> (Self, Growth) {
        let mut index = self.writer.size();
        let mut leaves = Vec::new();
        let mut batches = Vec::with_capacity(pending.len());
        let mut taken = Vec::with_capacity(pending.len());
        for commit in pending {
            taken.push(commit.batch);
            if commit.leaves.is_empty() {
                continue;
            }
            batches.push((index, commit.batch, commit.entries()));
            index += commit.leaves.len() as u64;
            leaves.extend(commit.leaves.iter().map(|leaf| Leaf { id: *leaf.event.as_bytes(), commit: leaf.commitment }));
        }
        let (grown, mut growth) = self.append(&leaves, epoch);
        growth.batches = batches;
        growth.taken = taken;
        (grown, growth)
    }

    /// Appends leaves; the growth tells of no commits.
    pub(super) fn append(mut self, leaves: &[Leaf], epoch: i64) -> (Self, Growth) {
        let before = self.writer.size();
        let mut bundles = Vec::new();
        let mut n = before / WIDTH as u64;
        for leaf in leaves {
            self.rest.extend_from_slice(&stored_leaf(leaf));
            if self.rest.len() == WIDTH * LEAF_LEN {
                bundles.push((n, std::mem::take(&mut self.rest)));
                n += 1;
            }
        }
        if !self.rest.is_empty() && !leaves.is_empty() {
            bundles.push((n, self.rest.clone()));
        }
        let hashes: Vec<Hash> = leaves.iter().map(Leaf::hash).collect();
        let tiles = self.writer.grow(hashes);
        let (size, root) = (self.writer.size(), self.writer.root());
        let growth = Growth { log: self.log, epoch, before, size, root, bundles, tiles, batches: Vec::new(), taken: Vec::new() };
        (self, growth)
    }
}
