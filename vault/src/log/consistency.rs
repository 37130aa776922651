//! Whether one tree is the beginning of another, by what is stored.

use coffret_ledger::{Hash, ProofPlan, TiledTree, verify_consistency};

use crate::error::{Error, Result};
use crate::store::Store;

/// Whether the tree of this size and root is the beginning of the other one. What is read is held against both roots.
pub(super) async fn extends(store: &Store, log: i64, old: (u64, &Hash), new: (u64, &Hash)) -> Result<bool> {
    let proof = consistency_proof(store, log, old.0, new.0).await?;
    Ok(proof.is_some_and(|proof| verify_consistency(old.0, old.1, new.0, new.1, &proof).is_ok()))
}

/// A proof out of stored tiles, not held against anything yet; nothing where there is none, or tiles are missing.
pub(super) async fn consistency_proof(store: &Store, log: i64, old: u64, new: u64) -> Result<Option<Vec<Hash>>> {
    let Ok(plan) = ProofPlan::consistency(old, new) else { return Ok(None) };
    let tiles = store.log_tiles(log, plan.tiles()).await?;
    let mut tree = TiledTree::new(new, |path| tiles.get(&path).cloned().ok_or(path));
    Ok(plan.make(&mut tree).ok())
}

/// What is stored contradicts itself.
pub(super) fn damaged(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(
        crate::error::Kind::Internal,
        "LOG_DAMAGED",
        "What is stored of the transparency log does not match its hashes. Nothing was signed.",
    )
    .because(what)
}
