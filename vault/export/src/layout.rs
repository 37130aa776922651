//! Which files an export has: what its head says of it leaves no choice.

use coffret_ledger::TilePath;

use crate::{Header, name};

/// Whether a file is part of an export with this head; the manifest and its signature, which list the others, are not.
pub(crate) fn has(header: &Header, path: &str) -> bool {
    let receipts = header.scope.receipts;
    if [name::CHECKPOINT, name::LOG_KEY, name::POLICY, name::README].contains(&path) || (path == name::RECEIPT_KEYS && receipts) {
        return true;
    }
    let told = if header.encrypted { path.strip_suffix(name::ENCRYPTED) } else { Some(path) };
    let tells = match told {
        Some(name::EVENTS | name::TABLE | name::OPENINGS) => true,
        Some(name::RECEIPTS | name::RECORDS) => receipts,
        Some(name::PARQUET) => header.parquet,
        _ => false,
    };
    tells || is_tile(header.size, path) || is_proof(header.size, path)
}

/// A tile or bundle of the tree of this size, in the width that it has there.
fn is_tile(size: u64, path: &str) -> bool {
    let of_tree = |tile: TilePath| TilePath::in_tree(tile.kind(), tile.index(), size) == Some(tile);
    path.parse().is_ok_and(of_tree)
}

fn is_proof(size: u64, path: &str) -> bool {
    let index = path.strip_prefix(name::PROOFS).and_then(|rest| rest.strip_prefix('/')?.strip_suffix(".tlog-proof")?.parse().ok());
    index.is_some_and(|index: u64| index < size && crate::writer::proof_name(index) == path)
}
