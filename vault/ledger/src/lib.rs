//! Tamper-evident log: Merkle tree, tiles, proofs; bytes in, bytes out.

mod bundle;
mod encoding;
mod error;
mod frontier;
mod hash;
mod leaf;
mod node;
mod proof;
mod tile;

pub use bundle::{Bundle, MAX_ENTRY_LEN};
pub use error::{BundleError, FrontierError, HashError, LeafError, PathError, ProofError, ResumeError, SourceError, TileError};
pub use frontier::Frontier;
pub use hash::Hash;
pub use leaf::{Leaf, MAX_LEAF_LEN};
pub use node::{MAX_TREE_SIZE, Node};
pub use proof::{MAX_PROOF_LEN, ProofPlan, proof_from_lines, proof_to_lines, verify_consistency, verify_inclusion};
pub use tile::{HashSource, TILE_WIDTH, Tile, TileKind, TilePath, TileWriter, TiledTree, changed_bundles, changed_hash_tiles};
