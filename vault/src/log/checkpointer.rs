//! Signs what is stored, after reading it back.

use coffret_ledger::{Checkpoint, Hash, TILE_WIDTH, Tile, TileKind, TilePath, TileWriter};

use super::consistency::{Relation, damaged, relate};
use super::keeper::Keeper;
use super::step::{Step, step};
use crate::error::Result;
use crate::store::log::{BundleRow, Head, LEAF_LEN, Signed, stored_leaves};

/// Bundles read at once: 200 KB.
const TOGETHER: u64 = 16;
/// Bundles after which the hold on the head is renewed: a long look back must not cost it.
const RENEW_AFTER: u64 = 256;

impl Keeper {
    /// Signs the tree as it is stored now; gives how many leaves the newest checkpoint has. Nothing when another process holds the head.
    ///
    /// Everything that was appended since the last checkpoint is read back and hashed again. What does not match, or does not follow from
    /// the last checkpoint, in the database and outside it, is not signed.
    pub async fn checkpoint(&mut self) -> Result<Option<u64>> {
        let Some(epoch) = self.epoch else { return Ok(None) };
        let head = self.head().await?;
        let last = self.vault.store.last_checkpoint(head.log).await?;
        self.guard.check(&self.vault, head.tree()).await?;
        if let Some(last) = last.as_ref().filter(|last| last.size == head.size) {
            return if last.root == head.root { Ok(Some(last.size)) } else { Err(damaged("two roots for one size")) };
        }
        let from = last.as_ref().map_or((0, Hash::EMPTY_ROOT), |last| (last.size, last.root));
        self.verify(from, &head).await?;
        let name = self.origin(head.log).await?.name;
        let signer = self.vault.log_signer(&name).await?;
        let note = Checkpoint::new(&name, head.size, head.root).and_then(|checkpoint| checkpoint.sign(&signer)).map_err(damaged)?;
        let signed = Signed { log: head.log, size: head.size, root: head.root, note: note.to_string(), at: self.vault.now() };
        // Nobody has seen the signature before this is committed; what is not inserted is forgotten.
        if step(self.steps.as_ref(), Step::Sign, self.vault.store.insert_checkpoint(&signed, epoch)).await? {
            self.vault.log.signed.notify_one();
            return Ok(Some(signed.size));
        }
        match self.vault.store.checkpoint_at(signed.log, signed.size).await? {
            Some(there) if there.root != signed.root => Err(damaged("two roots for one size")),
            there => {
                self.step_back();
                Ok(there.map(|there| there.size))
            }
        }
    }

    /// Looks, when nothing is new, whether the end of the log is still what was signed.
    pub async fn check_idle(&mut self) -> Result<()> {
        let head = self.head().await?;
        self.guard.check(&self.vault, head.tree()).await?;
        let writer = self.vault.store.log_writer(head.log, head.size, &head.root).await?;
        writer.map(|_| ()).ok_or_else(|| damaged("the tiles at the end do not lead to the root"))
    }

    /// Reads back what was appended after a signed tree, and holds it against the head.
    async fn verify(&self, from: (u64, Hash), head: &Head) -> Result<()> {
        let store = &self.vault.store;
        if from.0 > head.size {
            return Err(damaged("the tree is smaller than its last checkpoint"));
        }
        if relate(store, head.log, (from.0, &from.1), (head.size, &head.root)).await? != Relation::Extends {
            return Err(damaged("the tree does not follow from its last checkpoint"));
        }
        let writer = store.log_writer(head.log, from.0, &from.1).await?;
        let mut writer = writer.ok_or_else(|| damaged("the tiles at the last checkpoint do not lead to its root"))?;
        let mut known = match TilePath::in_tree(TileKind::Hashes(0), from.0 / u64::from(TILE_WIDTH), from.0) {
            Some(path) => self.stored_tile(head.log, path).await?.hashes().to_vec(),
            None => Vec::new(),
        };
        let mut n = from.0 / u64::from(TILE_WIDTH);
        while writer.size() < head.size {
            let bundles = store.log_bundles(head.log, n, TOGETHER).await?;
            if bundles.is_empty() {
                return Err(damaged("a bundle is missing"));
            }
            for bundle in bundles {
                if writer.size() == head.size {
                    break;
                }
                if bundle.n != n {
                    return Err(damaged("a bundle is missing"));
                }
                self.verify_bundle(&mut writer, head, &bundle, &known).await?;
                known.clear();
                n += 1;
                if n.is_multiple_of(RENEW_AFTER) {
                    self.renew().await?;
                }
                tokio::task::yield_now().await;
            }
        }
        for (path, tile) in writer.partial_tiles(from.0) {
            self.compare(head.log, path, &tile).await?;
        }
        if writer.root() == head.root { Ok(()) } else { Err(damaged("the entries do not lead to the root")) }
    }

    /// Hashes one bundle; its first leaves are `known`, the others are appended.
    async fn verify_bundle(&self, writer: &mut TileWriter, head: &Head, bundle: &BundleRow, known: &[Hash]) -> Result<()> {
        let first = bundle.n * u64::from(TILE_WIDTH);
        let width = (head.size - first).min(u64::from(TILE_WIDTH)) as usize;
        let leaves = bundle.leaves.get(..width * LEAF_LEN).ok_or_else(|| damaged(format!("bundle {} is too short", bundle.n)))?;
        let mut full = Vec::new();
        for (position, leaf) in stored_leaves(leaves).enumerate() {
            let hash = leaf.hash();
            match known.get(position) {
                Some(known) if *known == hash => {}
                Some(_) => return Err(damaged(format!("bundle {} has another entry than was signed", bundle.n))),
                None => writer.append(hash, |path, tile| full.push((path, tile))),
            }
        }
        for (path, tile) in full {
            self.compare(head.log, path, &tile).await?;
        }
        Ok(())
    }

    async fn stored_tile(&self, log: i64, path: TilePath) -> Result<Tile> {
        let bytes = self.vault.store.log_tile(log, path).await?;
        bytes.and_then(|bytes| Tile::parse(path.width(), &bytes).ok()).ok_or_else(|| damaged(format!("{path} is missing")))
    }

    async fn compare(&self, log: i64, path: TilePath, tile: &Tile) -> Result<()> {
        if self.stored_tile(log, path).await? == *tile { Ok(()) } else { Err(damaged(format!("{path} is not what its entries hash to"))) }
    }
}
