#![doc = include_str!("../README.md")]

mod blind_index;
mod cobblestone;
mod commitment;
mod context;
mod derive;
mod entropy;
mod envelope;
mod error;
mod head;
mod header;
mod identifier;
mod key;
mod padding;
mod pseudonym;
mod stream;
pub mod testing;
mod wrap;

#[cfg(test)]
mod conformance;

pub use blind_index::{BlindIndex, IndexToken};
pub use commitment::{commit, verify_commitment};
pub use context::Context;
pub use derive::Subkeys;
pub use entropy::{Entropy, Guarded, SystemEntropy};
pub use envelope::{Expected, Sealing, open, seal};
pub use error::{EntropyError, HeadMismatch, IdentifierError, OpenError, SealError};
pub use head::{HeadDigest, HeadEntry, STORED_HEAD_LEN, envelope_hash};
pub use header::{HEADER_LEN, Header, Kind};
pub use identifier::Identifier;
pub use key::{Key, KeyId};
pub use pseudonym::pairwise;
pub use stream::{Opener, Sealer};
pub use wrap::{unwrap_key, wrap_key};

/// What an unpadded envelope of one chunk adds to its plaintext, in bytes: header and one tag.
pub const OVERHEAD: usize = HEADER_LEN + cobblestone::TAG;
