//! HMAC (RFC 2104), HKDF-Expand (RFC 5869, section 2.3) and what is derived with them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use crate::Key;

/// HMAC-SHA-256 over the parts, one after the other. The caller sees to it that they can be told
/// apart: fixed lengths, or [`hmac_prefixed`].
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-256 over a label and parts of any length, so that no two lists of parts give the same
/// input: label, a zero byte, then each part after its length as u64.
pub(crate) fn hmac_prefixed(key: &Key, label: &str, parts: &[&[u8]]) -> [u8; 32] {
    debug_assert!(!label.contains('\0'), "the zero byte ends the label");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes a key of any length");
    mac.update(label.as_bytes());
    mac.update(&[0]);
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

const SHA512_LEN: usize = 64;

/// HKDF-Expand with SHA-512. `prk` is uniformly random; the crate `hkdf` would refuse one of 32
/// bytes, the RFC's advice being the hash length, and 32 bytes are what a [`Key`] has.
pub(crate) fn hkdf_expand<const N: usize>(prk: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * SHA512_LEN, "RFC 5869 ends at 255 blocks") };
    let keyed = Hmac::<Sha512>::new_from_slice(prk).expect("HMAC takes a key of any length");
    let mut out = Zeroizing::new([0; N]);
    let mut previous = Zeroizing::new([0; SHA512_LEN]);
    for (index, block) in out.chunks_mut(SHA512_LEN).enumerate() {
        let mut mac = keyed.clone();
        if index > 0 {
            mac.update(previous.as_slice());
        }
        for part in info {
            mac.update(part);
        }
        mac.update(&[index as u8 + 1]);
        previous.copy_from_slice(&mac.finalize().into_bytes());
        block.copy_from_slice(&previous[..block.len()]);
    }
    out
}

/// A 32-byte key for one use: HKDF-Expand(parent, domain || 0x00 || label).
pub(crate) fn subkey(parent: &Key, domain: &str, label: &str) -> Key {
    let bytes = hkdf_expand::<{ Key::LEN }>(parent.expose(), &[domain.as_bytes(), &[0], label.as_bytes()]);
    Key::from_bytes(*bytes)
}

/// What a customer key is used for: HKDF-Expand-SHA-512(C, "coffret/sub/1" || 0x00 || label), 32
/// bytes each. The customer key itself seals nothing.
#[derive(Debug)]
pub struct Subkeys {
    /// K_data, label `data`: records (kind 01) and ledger openings (kind 08).
    pub data: Key,
    /// K_blob, label `blob`: wraps the own key of each photo (kind 07).
    pub blob: Key,
    /// K_state, label `state`: the head of the customer's records ([`HeadDigest`](crate::HeadDigest)).
    pub state: Key,
}

impl Subkeys {
    /// The subkeys of one generation of a customer key.
    pub fn derive(customer: &Key) -> Self {
        let derive = |label| subkey(customer, "coffret/sub/1", label);
        Self { data: derive("data"), blob: derive("blob"), state: derive("state") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subkeys_differ_from_each_other_and_from_their_parent() {
        let customer = Key::from_bytes([1; 32]);
        let Subkeys { data, blob, state } = Subkeys::derive(&customer);
        let keys = [&customer, &data, &blob, &state];
        for (i, a) in keys.iter().enumerate() {
            for b in &keys[i + 1..] {
                assert_ne!(a, b);
            }
        }
    }

    #[test]
    fn another_customer_key_gives_other_subkeys() {
        let a = Subkeys::derive(&Key::from_bytes([1; 32]));
        let b = Subkeys::derive(&Key::from_bytes([2; 32]));
        assert_ne!(a.data, b.data);
        assert_ne!(a.blob, b.blob);
        assert_ne!(a.state, b.state);
    }

    #[test]
    fn bytes_moved_between_parts_change_the_mac() {
        let key = Key::from_bytes([3; 32]);
        let mac = |label, parts: &[&[u8]]| hmac_prefixed(&key, label, parts);
        let whole = mac("x", &[b"ab", b"c"]);
        assert_ne!(whole, mac("x", &[b"a", b"bc"]));
        assert_ne!(whole, mac("x", &[b"abc"]));
        assert_ne!(whole, mac("x", &[b"ab", b"c", b""]));
        assert_ne!(whole, mac("xa", &[b"ab", b"c"]));
    }

    #[test]
    fn debug_of_subkeys_shows_no_key() {
        let shown = format!("{:?}", Subkeys::derive(&Key::from_bytes([1; 32])));
        assert_eq!(shown, "Subkeys { data: Key(..), blob: Key(..), state: Key(..) }");
    }
}
