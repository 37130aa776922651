//! Randomness for tests: repeatable, stuck and broken. Never for production keys.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::derive::hmac_sha256;
use crate::{Entropy, EntropyError};

/// A repeatable source: HMAC-SHA-256 in counter mode under a small seed.
///
/// The same seed and the same sequence of draws give the same bytes. Anyone who can guess the
/// seed knows every key made from it.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    next: AtomicU64,
}

impl SeededEntropy {
    /// A source that always begins at the same place for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        for block in out.chunks_mut(32) {
            let counter = self.next.fetch_add(1, Ordering::Relaxed);
            let bytes = hmac_sha256(&self.seed.to_be_bytes(), &[&counter.to_be_bytes()]);
            block.copy_from_slice(&bytes[..block.len()]);
        }
        Ok(())
    }
}

/// A source that starts again from the same bytes at every draw.
#[derive(Clone, Debug)]
pub struct StuckEntropy(Vec<u8>);

impl StuckEntropy {
    /// Every draw is `pattern`, over and over. An empty pattern leaves the output as it is.
    pub const fn repeating(pattern: Vec<u8>) -> Self {
        Self(pattern)
    }
}

impl Entropy for StuckEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        out.iter_mut().zip(self.0.iter().cycle()).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// A source that never answers.
#[derive(Clone, Copy, Debug)]
pub struct BrokenEntropy;

impl Entropy for BrokenEntropy {
    fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError::Unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(entropy: &SeededEntropy, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        entropy.fill(&mut out).unwrap();
        out
    }

    #[test]
    fn one_seed_is_one_sequence_and_another_seed_another() {
        let (a, b, c) = (SeededEntropy::new(1), SeededEntropy::new(1), SeededEntropy::new(2));
        let first = draw(&a, 100);
        assert_eq!(first, draw(&b, 100));
        assert_ne!(first, draw(&c, 100));
        assert_ne!(first, draw(&a, 100), "the second draw repeats the first");
    }
}
