//! Pseudonyms that differ from one party to the next.

use crate::Key;
use crate::derive::{hmac_prefixed, hmac_sha256};

/// A keyed pseudonym: the first 16 bytes of an HMAC-SHA-256 over the label and the parts, each
/// after its length, so that no two lists of parts are taken for one another.
///
/// With the brand among the parts, two brands get names for one customer that they cannot join,
/// and that nobody can recompute or reverse without the key.
pub fn pairwise(key: &Key, label: &str, parts: &[&[u8]]) -> [u8; 16] {
    // A key of its own for each label, so that a label may hold any byte and the key have other uses.
    let labelled = Key::from_bytes(hmac_sha256(key.expose(), &[b"coffret/pairwise/1\0", label.as_bytes()]));
    let mac = hmac_prefixed(&labelled, "parts", parts);
    *mac.first_chunk().expect("an HMAC-SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_has_one_stable_name_per_brand() {
        let key = Key::from_bytes([1; 32]);
        let name = |brand: &[u8]| pairwise(&key, "customer", &[brand, b"c1"]);
        assert_eq!(name(b"maison"), name(b"maison"));
        assert_ne!(name(b"maison"), name(b"atelier"));
    }

    #[test]
    fn key_label_and_every_boundary_between_parts_count() {
        let key = Key::from_bytes([1; 32]);
        let name = pairwise(&key, "l", &[b"ab", b"c"]);
        assert_ne!(name, pairwise(&Key::from_bytes([2; 32]), "l", &[b"ab", b"c"]));
        assert_ne!(name, pairwise(&key, "m", &[b"ab", b"c"]));
        assert_ne!(name, pairwise(&key, "l", &[b"a", b"bc"]));
        assert_ne!(name, pairwise(&key, "l", &[b"abc"]));
        assert_ne!(name, pairwise(&key, "l", &[b"c", b"ab"]));
    }
}
