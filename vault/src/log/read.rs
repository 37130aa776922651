//! The log as it is handed on: logs, leaves with whose they are, tiles.

use coffret_ledger::{Leaf, TILE_WIDTH, TilePath};

use super::consistency::damaged;
use super::state::Published;
use crate::Vault;
use crate::error::Result;
use crate::id::CustomerId;
use crate::store::log::{LEAF_LEN, stored_leaves};

/// Leaves in one look at most.
const MOST: u64 = 4096;
/// Leaves after which no further commit is looked at.
const ENOUGH: u64 = 1024;
/// Commits looked at first: one may have a single leaf, or thousands.
const COMMITS: u64 = 16;

/// One log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOrigin {
    /// Its number, from 1, in the order of opening.
    pub log: i64,
    /// Its name: the origin of its checkpoints.
    pub name: String,
    /// The year in which it was opened (UTC).
    pub year: i64,
}

/// A leaf, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLeaf {
    /// The position in the log, from 0.
    pub index: u64,
    /// Whose stream; [`CustomerId::DEPLOYMENT`] for the deployment's.
    pub customer: CustomerId,
    /// The position in the stream, from 1. The deployment's position 0 is no entry but what binds a log to the one before it.
    pub sequence: i64,
    /// The leaf.
    pub leaf: Leaf,
}

impl Vault {
    /// Every log, in the order of opening.
    pub async fn log_origins(&self) -> Result<Vec<LogOrigin>> {
        let origins = self.store.log_origins().await?.into_iter();
        Ok(origins.map(|origin| LogOrigin { log: origin.log, name: origin.name, year: origin.year }).collect())
    }

    /// The newest signed checkpoint of a log, published or about to be; nothing when it has none.
    pub async fn log_signed(&self, log: i64) -> Result<Option<Published>> {
        let Some(signed) = self.store.last_checkpoint(log).await? else { return Ok(None) };
        let origins = self.store.log_origins().await?;
        let origin = origins.into_iter().find(|origin| origin.log == log).ok_or_else(|| damaged("a log has no name"))?;
        let note = self.cosigned(&signed).await?.to_string();
        Ok(Some(Published { log, origin: origin.name, size: signed.size, note, at: signed.at }))
    }

    /// Leaves of a log in its order, from one on, at most 4096: with `from` set to the last index + 1 until nothing comes, all of them in
    /// constant memory. Those beyond the size of the newest checkpoint are there already, and not yet signed.
    pub async fn log_leaves(&self, log: i64, from: u64) -> Result<Vec<LogLeaf>> {
        let width = u64::from(TILE_WIDTH);
        let mut whose = self.store.log_entries(log, from, COMMITS).await?;
        if (COMMITS..ENOUGH).contains(&(whose.len() as u64)) {
            // As many more as it takes, should they be like these.
            let more = (ENOUGH - whose.len() as u64) * COMMITS / whose.len() as u64;
            whose.extend(self.store.log_entries(log, from + whose.len() as u64, more.max(1)).await?);
        }
        whose.truncate(MOST as usize);
        if whose.is_empty() {
            return Ok(Vec::new());
        }
        let bundles = (from % width + whose.len() as u64).div_ceil(width);
        let bundles = self.store.log_bundles(log, from / width, bundles).await?;
        for (expected, bundle) in (from / width..).zip(&bundles) {
            if bundle.n != expected {
                return Err(damaged("a bundle is missing"));
            }
        }
        let skipped = (from % width) as usize * LEAF_LEN;
        let bytes: Vec<u8> = bundles.into_iter().flat_map(|bundle| bundle.leaves).skip(skipped).collect();
        let leaves = (from..).zip(whose).zip(stored_leaves(&bytes));
        Ok(leaves.map(|((index, (customer, sequence)), leaf)| LogLeaf { index, customer, sequence, leaf }).collect())
    }

    /// A tile or bundle of a log, byte for byte as it is published at this path; nothing when the log has not got so far.
    pub async fn log_tile(&self, log: i64, path: TilePath) -> Result<Option<Vec<u8>>> {
        self.store.log_tile(log, path).await
    }
}
