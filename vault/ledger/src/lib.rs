#![doc = include_str!("../README.md")]

mod bundle;
mod checkpoint;
mod encoding;
mod error;
mod frontier;
mod hash;
mod jws;
mod leaf;
mod log_proof;
mod node;
mod note;
mod policy;
mod proof;
mod tile;
mod witness;

pub use bundle::{Bundle, MAX_ENTRY_LEN};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use error::{
    BundleError, CheckpointError, FrontierError, HashError, JwsError, KeyError, LeafError, LogProofError, NoteError, PathError,
    PolicyError, ProofError, ResumeError, SourceError, TileError, WitnessError,
};
pub use frontier::Frontier;
pub use hash::Hash;
pub use jws::{Jws, JwsKey, JwsSigner, MAX_JWS_LEN};
pub use leaf::{Leaf, MAX_LEAF_LEN};
pub use log_proof::LogProof;
pub use node::{MAX_TREE_SIZE, Node};
pub use note::{Cosigner, KeyId, MAX_NOTE_LEN, MAX_SIGNATURES, Note, NoteSignature, SignatureType, Signer, Verified, VerifierKey};
pub use policy::{MAX_POLICY_LEN, Policy};
pub use proof::{MAX_PROOF_LEN, ProofPlan, proof_from_lines, proof_to_lines, verify_consistency, verify_inclusion};
pub use tile::{HashSource, TILE_WIDTH, Tile, TileKind, TilePath, TileWriter, TiledTree, changed_bundles, changed_hash_tiles};
pub use witness::WitnessPolicy;
