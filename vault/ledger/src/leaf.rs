//! The entries of our log: what a stranger may see.

use crate::Hash;
use crate::encoding::{Hex, parse_hex};
use crate::error::LeafError;

/// The longest leaf in bytes: 2 KiB.
pub const MAX_LEAF_LEN: usize = 2 * 1024;

/// An entry of version 1, in JCS (RFC 8785): `{"commit":"<hexadecimal>","id":"<hexadecimal>","v":1}`.
///
/// It tells a stranger nothing, not even of what kind the event was: the commitment is an HMAC under a random key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// 128 random bits.
    pub id: [u8; 16],
    /// HMAC-SHA-256(32 random bytes of this entry, the details in JCS).
    pub commit: [u8; 32],
}

impl Leaf {
    /// The bytes that the log keeps and hashes.
    pub fn encode(&self) -> Vec<u8> {
        format!("{{\"commit\":\"{}\",\"id\":\"{}\",\"v\":1}}", Hex(&self.commit), Hex(&self.id)).into_bytes()
    }

    /// Reads what [`Leaf::encode`] writes, and nothing else: no other order, spacing, spelling, field or version.
    pub fn decode(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() > MAX_LEAF_LEN {
            return Err(LeafError::TooLong);
        }
        Self::decode_text(bytes).ok_or(LeafError::Malformed)
    }

    fn decode_text(bytes: &[u8]) -> Option<Self> {
        let rest = str::from_utf8(bytes).ok()?.strip_prefix("{\"commit\":\"")?.strip_suffix("\",\"v\":1}")?;
        let (commit, id) = rest.split_once("\",\"id\":\"")?;
        Some(Self { id: parse_hex(id)?, commit: parse_hex(commit)? })
    }

    /// The hash of the leaf in the tree.
    pub fn hash(&self) -> Hash {
        Hash::leaf(&self.encode())
    }
}
