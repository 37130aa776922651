//! A 32-byte secret key and the public name it goes by.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::{Entropy, EntropyError};

/// 32 secret bytes, wiped when dropped.
///
/// The bytes live on the heap, so that moving a key (into a cache, out of a function) moves a
/// pointer and leaves no second copy behind. Not `Clone`: a copy is made by name, with
/// [`Key::duplicate`]. `Debug` never shows the bytes; `==` takes the same time for every answer.
pub struct Key(Box<[u8; Self::LEN]>);

impl Key {
    /// The length of a key in bytes.
    pub const LEN: usize = 32;

    /// A new random key.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut key = Self::zeroed();
        entropy.fill(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// A key from its bytes, which must be uniformly random or the output of a key derivation.
    pub fn from_bytes(mut bytes: [u8; Self::LEN]) -> Self {
        let mut key = Self::zeroed();
        key.0.copy_from_slice(&bytes);
        bytes.zeroize();
        key
    }

    /// The secret bytes themselves.
    ///
    /// # Danger
    ///
    /// From here on nothing wipes, hides or counts the copies made. To be used only to hand a
    /// key to a root key provider or to another cipher, never to store or print it.
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// A second copy of this key in memory, wiped on its own when dropped.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let mut key = Self::zeroed();
        key.0.copy_from_slice(self.0.as_slice());
        key
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().ok()?;
        let mut key = Self::zeroed();
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    fn zeroed() -> Self {
        Self(Box::new([0; Self::LEN]))
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Key {}

/// The public name of a key: 16 random bytes that say nothing about its owner.
///
/// Stands in every envelope header, so that a reader knows the one key to fetch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; Self::LEN]);

impl KeyId {
    /// The length of a key id in bytes.
    pub const LEN: usize = 16;

    /// A new random key id.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut id = [0; Self::LEN];
        entropy.fill(&mut id)?;
        Ok(Self(id))
    }
}

impl fmt::Display for KeyId {
    /// 32 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{BrokenEntropy, SeededEntropy};

    #[test]
    fn debug_of_a_key_shows_no_byte_of_it() {
        let key = Key::from_bytes([0xAB; 32]);
        assert_eq!(format!("{key:?}"), "Key(..)");
        assert_eq!(format!("{key:#?}"), "Key(..)");
    }

    #[test]
    fn a_key_is_equal_to_its_duplicate_and_to_nothing_one_bit_away() {
        let key = Key::from_bytes([7; 32]);
        assert_eq!(key, key.duplicate());
        for bit in 0..256 {
            let mut bytes = [7; 32];
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(key, Key::from_bytes(bytes), "bit {bit}");
        }
    }

    #[test]
    fn generated_keys_and_ids_differ_and_fill_every_byte() {
        let entropy = SeededEntropy::new(1);
        let keys: Vec<Key> = (0..64).map(|_| Key::generate(&entropy).unwrap()).collect();
        for place in 0..32 {
            assert!(keys.iter().any(|key| key.expose()[place] != 0), "byte {place} is never set");
        }
        assert_ne!(keys[0], keys[1]);
        assert_ne!(KeyId::generate(&entropy).unwrap(), KeyId::generate(&entropy).unwrap());
    }

    #[test]
    fn without_entropy_there_is_no_key() {
        assert_eq!(Key::generate(&BrokenEntropy).unwrap_err(), EntropyError::Unavailable);
        assert_eq!(KeyId::generate(&BrokenEntropy).unwrap_err(), EntropyError::Unavailable);
    }

    #[test]
    fn only_32_bytes_make_a_key() {
        assert!(Key::from_slice(&[0; 31]).is_none());
        assert!(Key::from_slice(&[0; 33]).is_none());
        assert_eq!(Key::from_slice(&[5; 32]), Some(Key::from_bytes([5; 32])));
    }
}
