//! Whether one tree is the beginning of another, by what is stored.

use coffret_ledger::{Hash, ProofPlan, TileWriter, TiledTree, verify_consistency};

use crate::error::{Error, Result};
use crate::store::Store;

/// How an older tree and a newer one of the same log go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The older one is the beginning of the newer one.
    Extends,
    /// What is stored leads to the newer root, and shows that it began otherwise.
    Contradicts,
    /// What is stored does not lead to the newer root, so it shows nothing.
    Unproven,
}

/// Whether the tree of this size and root is the beginning of the other one. What is read is held against both roots.
pub(super) async fn relate(store: &Store, log: i64, old: (u64, &Hash), new: (u64, &Hash)) -> Result<Relation> {
    let Some(proof) = consistency_proof(store, log, old.0, new.0).await? else { return Ok(Relation::Unproven) };
    let leads_from = |root: &Hash| verify_consistency(old.0, root, new.0, new.1, &proof).is_ok();
    if leads_from(old.1) {
        return Ok(Relation::Extends);
    }
    let began = root_at(store, log, old.0).await?;
    Ok(if began.is_some_and(|began| leads_from(&began)) { Relation::Contradicts } else { Relation::Unproven })
}

/// The root that a tree had at this size, out of stored tiles and not held against anything; nothing where some are missing.
pub(super) async fn root_at(store: &Store, log: i64, size: u64) -> Result<Option<Hash>> {
    let tiles = store.log_tiles(log, TileWriter::edge_tiles(size)).await?;
    Ok(TiledTree::new(size, |path| tiles.get(&path).cloned().ok_or(path)).root().ok())
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
