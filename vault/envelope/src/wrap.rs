//! A key sealed under another key.

use crate::{Context, Entropy, Expected, Key, OpenError, SealError, Sealing, open, seal};

/// Seals `key` under `wrapping_key`, for one place. Only for the kinds that hold a key
/// ([`Kind::holds_key`](crate::Kind::holds_key)). Unpadded it has 128 bytes.
pub fn wrap_key(
    entropy: &dyn Entropy,
    wrapping_key: &Key,
    sealing: Sealing,
    context: &Context<'_>,
    key: &Key,
) -> Result<Vec<u8>, SealError> {
    if !sealing.kind.holds_key() {
        return Err(SealError::NotAKeyKind);
    }
    seal(entropy, wrapping_key, sealing, context, key.expose())
}

/// Opens what [`wrap_key`] made.
pub fn unwrap_key(wrapping_key: &Key, expected: Expected, context: &Context<'_>, envelope: &[u8]) -> Result<Key, OpenError> {
    if !expected.kind.holds_key() {
        return Err(OpenError);
    }
    let bytes = open(wrapping_key, expected, context, envelope)?;
    Key::from_slice(&bytes).ok_or(OpenError)
}
