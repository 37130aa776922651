//! Commitments in the ledger: a line that anyone may see, opened only by who holds the opening.

use subtle::ConstantTimeEq;

use crate::Key;
use crate::derive::hmac_sha256;

/// HMAC-SHA-256(opening, bytes).
///
/// The opening is 32 fresh random bytes for each commitment ([`Key::generate`]), kept sealed under
/// K_data (kind 08). Without it the commitment hides the bytes, even ones that can be guessed; with
/// it, no second text can be shown for the same commitment. When the opening is destroyed the
/// commitment remains, and means nothing.
pub fn commit(opening: &Key, bytes: &[u8]) -> [u8; 32] {
    hmac_sha256(opening.expose(), &[bytes])
}

/// Whether `commitment` was made from these bytes with this opening; in constant time.
#[must_use]
pub fn verify_commitment(opening: &Key, bytes: &[u8], commitment: &[u8; 32]) -> bool {
    commit(opening, bytes).ct_eq(commitment).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_opens_with_its_own_opening_and_bytes_only() {
        let opening = Key::from_bytes([1; 32]);
        let commitment = commit(&opening, b"read 1");
        assert!(verify_commitment(&opening, b"read 1", &commitment));
        assert!(!verify_commitment(&opening, b"read 2", &commitment));
        assert!(!verify_commitment(&opening, b"", &commitment));
        assert!(!verify_commitment(&Key::from_bytes([2; 32]), b"read 1", &commitment));
        for bit in 0..256 {
            let mut changed = commitment;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!verify_commitment(&opening, b"read 1", &changed), "bit {bit}");
        }
    }

    #[test]
    fn the_same_bytes_are_hidden_by_different_openings() {
        let commitment = |byte| commit(&Key::from_bytes([byte; 32]), b"yes");
        assert_ne!(commitment(1), commitment(2));
    }
}
