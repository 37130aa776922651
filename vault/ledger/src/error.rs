//! The errors of this crate: closed, with a plain sentence for people and a stable reason for programs. None carries what was
//! read: an input may be hostile, or longer than a log line should be.

mod jws;
mod note;
mod tree;

pub use jws::JwsError;
pub use note::{CheckpointError, KeyError, LogProofError, NoteError, PolicyError, WitnessError};
pub use tree::{BundleError, FrontierError, HashError, LeafError, PathError, ProofError, ResumeError, SourceError, TileError};
