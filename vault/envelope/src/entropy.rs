//! Randomness as a parameter, and a guard against a source that has stopped being random.

use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::EntropyError;

/// A source of uniformly random bytes, fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills the whole of `out`. After an error the contents of `out` are unspecified.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}

impl<T: Entropy + ?Sized> Entropy for &T {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        (**self).fill(out)
    }
}

impl<T: Entropy + ?Sized> Entropy for Arc<T> {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        (**self).fill(out)
    }
}

/// The operating system's generator. In production it stands behind [`Guarded`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine is asked; everything else takes an Entropy")]
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(out).map_err(|_| EntropyError::Unavailable)
    }
}

/// Refuses a source that is visibly stuck, before a salt or key made from it is used.
///
/// Two checks on every draw, after the continuous generator test of FIPS 140-2, section 4.9.2:
/// the bytes are not all the same one, and the first 16 do not repeat those of the draw before.
/// Draws shorter than 16 bytes are taken from a longer one, so that they are checked too. A sound
/// source fails with probability below 2^-119 per draw; so the first failure is final, and every
/// later draw is refused.
///
/// It cannot find a source that is predictable but looks random.
#[derive(Debug)]
pub struct Guarded<E> {
    source: E,
    watch: Mutex<Watch>,
}

#[derive(Debug, Default)]
struct Watch {
    /// SHA-256 of the first block drawn last: the block itself may be half of a key.
    last: Option<[u8; 32]>,
    stuck: bool,
}

/// The bytes compared between draws.
const BLOCK: usize = 16;

impl<E: Entropy> Guarded<E> {
    /// Guards `source`.
    pub fn new(source: E) -> Self {
        Self { source, watch: Mutex::default() }
    }

    fn draw(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        // A source that claims success and writes nothing leaves zeros, which are refused.
        out.fill(0);
        self.source.fill(out)?;
        let constant = out.iter().all(|byte| *byte == out[0]);
        let block: [u8; 32] = Sha256::digest(&out[..BLOCK]).into();
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.stuck |= constant || watch.last == Some(block);
        watch.last = Some(block);
        if watch.stuck { Err(EntropyError::Stuck) } else { Ok(()) }
    }
}

impl<E: Entropy> Entropy for Guarded<E> {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        let drawn = if out.len() < BLOCK {
            let mut block = Zeroizing::new([0; BLOCK]);
            self.draw(block.as_mut_slice()).map(|()| out.copy_from_slice(&block[..out.len()]))
        } else {
            self.draw(out)
        };
        drawn.inspect_err(|_| out.zeroize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{BrokenEntropy, SeededEntropy, StuckEntropy};

    const SALT: usize = 24;

    /// Says that it succeeded, and writes nothing.
    struct Silent;
    impl Entropy for Silent {
        fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
            Ok(())
        }
    }

    /// Sound, but for one draw that repeats the one before it.
    struct StuckOnce(Mutex<u8>);
    impl Entropy for StuckOnce {
        fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
            let mut draw = self.0.lock().unwrap();
            *draw += 1;
            let seed = if *draw == 3 { 2 } else { u64::from(*draw) };
            SeededEntropy::new(seed).fill(out)
        }
    }

    #[test]
    fn the_systems_source_passes_its_guard() {
        let entropy = Guarded::new(SystemEntropy);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let mut salt = [0; SALT];
            entropy.fill(&mut salt).unwrap();
            assert!(seen.insert(salt), "a salt was drawn twice");
        }
    }

    #[test]
    fn a_source_that_writes_nothing_is_refused_whatever_was_there_before() {
        let mut salt: [u8; SALT] = std::array::from_fn(|i| i as u8);
        assert_eq!(Guarded::new(Silent).fill(&mut salt), Err(EntropyError::Stuck));
    }

    #[test]
    fn any_single_repeated_byte_is_refused_at_once() {
        for byte in [0, 1, 0x55, 0xFF] {
            let entropy = Guarded::new(StuckEntropy::repeating(vec![byte]));
            assert_eq!(entropy.fill(&mut [0; SALT]), Err(EntropyError::Stuck), "byte {byte}");
        }
    }

    #[test]
    fn the_same_salt_twice_in_a_row_is_refused() {
        let entropy = Guarded::new(StuckEntropy::repeating((0..64).collect()));
        entropy.fill(&mut [0; SALT]).unwrap();
        assert_eq!(entropy.fill(&mut [0; SALT]), Err(EntropyError::Stuck));
    }

    #[test]
    fn a_repeat_is_seen_across_draws_of_different_length() {
        for (first, second) in [(32, 24), (24, 32), (16, 24), (24, 1), (4, 12)] {
            let entropy = Guarded::new(StuckEntropy::repeating((0..64).collect()));
            entropy.fill(&mut vec![0; first]).unwrap();
            let refused = entropy.fill(&mut vec![0; second]);
            assert_eq!(refused, Err(EntropyError::Stuck), "{first} then {second}");
        }
    }

    #[test]
    fn what_was_refused_is_wiped_and_stays_refused() {
        let entropy = Guarded::new(StuckOnce(Mutex::new(0)));
        entropy.fill(&mut [0; SALT]).unwrap();
        entropy.fill(&mut [0; SALT]).unwrap();
        let mut salt = [0; SALT];
        assert_eq!(entropy.fill(&mut salt), Err(EntropyError::Stuck));
        assert_eq!(salt, [0; SALT]);
        assert_eq!(entropy.fill(&mut salt), Err(EntropyError::Stuck), "one failure is final");
    }

    #[test]
    fn an_unavailable_source_is_passed_on_as_such() {
        assert_eq!(Guarded::new(BrokenEntropy).fill(&mut [0; SALT]), Err(EntropyError::Unavailable));
    }

    #[test]
    fn short_draws_are_filled_from_the_source() {
        let entropy = Guarded::new(SeededEntropy::new(9));
        let draws: Vec<[u8; 8]> = (0..4)
            .map(|_| {
                let mut out = [0; 8];
                entropy.fill(&mut out).unwrap();
                out
            })
            .collect();
        assert!(draws.windows(2).all(|pair| pair[0] != pair[1]));
        entropy.fill(&mut []).unwrap();
    }
}
