//! What was looked up lately about callers, so that a call does not cost a query each time.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::{Credential, Token};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::id::BrandId;
use crate::operation::Brand;

/// Seconds for which something is believed without another look.
const KNOWN_SECONDS: i64 = 1;
/// Microseconds after which one of those who ask looks again, while the others still believe.
const FRESH_MICROS: i64 = 500_000;
/// Answers kept of each kind.
const KEPT: usize = 4096;

/// Answers of one kind. Only what was found is kept, so that guesses cannot push out what is known, and what is new counts at once.
pub(crate) struct Lookup<K, V>(Mutex<State<K, V>>);

struct State<K, V> {
    /// Moves whenever everything is forgotten: an answer that was on its way then is not kept.
    turn: u64,
    kept: LruCache<K, Known<V>>,
}

struct Known<V> {
    since: Timestamp,
    value: V,
    /// Whether somebody is looking again.
    looking: bool,
}

impl<K: Hash + Eq, V: Clone> Lookup<K, V> {
    fn new() -> Self {
        Self(Mutex::new(State { turn: 0, kept: LruCache::new(NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN)) }))
    }

    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of this key for less than a second, or what `load` finds now.
    pub(crate) async fn find(&self, key: K, now: Timestamp, load: impl Future<Output = Result<Option<V>>>) -> Result<Option<V>> {
        let turn = {
            let mut state = self.state();
            if let Some(known) = state.kept.get_mut(&key)
                && known.since <= now
                && now < known.since.plus_seconds(KNOWN_SECONDS)
            {
                let fresh = now.micros() - known.since.micros() < FRESH_MICROS;
                if fresh || std::mem::replace(&mut known.looking, true) {
                    return Ok(Some(known.value.clone()));
                }
            }
            state.turn
        };
        let found = load.await?;
        let mut state = self.state();
        match &found {
            Some(value) if state.turn == turn => {
                // From before the look: it is never believed for longer than a second after it was true.
                state.kept.put(key, Known { since: now, value: value.clone(), looking: false });
            }
            Some(_) => {}
            None => {
                state.kept.pop(&key);
            }
        }
        drop(state);
        Ok(found)
    }

    fn forget(&self) {
        let mut state = self.state();
        state.turn += 1;
        state.kept.clear();
    }
}

/// What this process knows of brands and credentials. Nobody's secret: tokens are known by their SHA-256.
pub(crate) struct Lookups {
    /// Whether a brand may act.
    pub(crate) brands: Lookup<BrandId, bool>,
    /// Whose certificate.
    pub(crate) certificates: Lookup<[u8; 32], (Brand, Credential)>,
    /// Whose token.
    pub(crate) tokens: Lookup<[u8; 32], Token>,
}

impl Lookups {
    pub(crate) fn new() -> Self {
        Self { brands: Lookup::new(), certificates: Lookup::new(), tokens: Lookup::new() }
    }

    /// Forgets everything: something has changed here.
    pub(crate) fn forget(&self) {
        self.brands.forget();
        self.certificates.forget();
        self.tokens.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);

    #[expect(clippy::unnecessary_wraps, reason = "as a load answers")]
    fn gives(value: u8) -> Result<Option<u8>> {
        Ok(Some(value))
    }

    #[tokio::test]
    async fn an_answer_is_believed_for_less_than_a_second() {
        let lookup = Lookup::new();
        assert_eq!(lookup.find(1, NOW, async { gives(1) }).await.expect("found"), Some(1));
        let almost_half = Timestamp::from_micros(NOW.micros() + 499_999);
        assert_eq!(lookup.find(1, almost_half, async { gives(2) }).await.expect("found"), Some(1));
        assert_eq!(lookup.find(1, NOW.plus_seconds(1), async { gives(2) }).await.expect("found"), Some(2));
        // A clock that was set back does not make it last longer.
        assert_eq!(lookup.find(1, NOW, async { gives(3) }).await.expect("found"), Some(3));
    }

    #[tokio::test]
    async fn after_half_a_second_one_looks_again_and_the_others_go_on_believing() {
        let lookup = Lookup::new();
        let late = Timestamp::from_micros(NOW.micros() + 999_999);
        assert_eq!(lookup.find(1, NOW, async { gives(1) }).await.expect("found"), Some(1));
        let looks = lookup.find(1, late, async {
            assert_eq!(lookup.find(1, late, async { gives(3) }).await.expect("found"), Some(1));
            gives(2)
        });
        assert_eq!(looks.await.expect("found"), Some(2));
        assert_eq!(lookup.find(1, late, async { gives(4) }).await.expect("found"), Some(2));
        // One that looked and failed leaves the others no longer than the second.
        let later = late.plus_seconds(1);
        assert!(lookup.find(1, later, async { Err(crate::error::Error::unavailable("gone")) }).await.is_err());
        assert_eq!(lookup.find(1, later, async { gives(5) }).await.expect("found"), Some(5));
    }

    #[tokio::test]
    async fn what_was_not_found_is_asked_again_and_drops_what_was_known() {
        let lookup: Lookup<u8, u8> = Lookup::new();
        assert_eq!(lookup.find(1, NOW, async { Ok(None) }).await.expect("asked"), None);
        assert_eq!(lookup.find(1, NOW, async { gives(1) }).await.expect("found"), Some(1));
        assert_eq!(lookup.find(1, NOW.plus_seconds(1), async { Ok(None) }).await.expect("asked"), None);
        assert_eq!(lookup.find(1, NOW, async { gives(2) }).await.expect("found"), Some(2));
    }

    #[tokio::test]
    async fn an_answer_that_was_on_its_way_when_something_changed_is_not_kept() {
        let lookup = Lookup::new();
        let old = lookup
            .find(1, NOW, async {
                lookup.forget();
                gives(1)
            })
            .await;
        assert_eq!(old.expect("found"), Some(1));
        assert_eq!(lookup.find(1, NOW, async { gives(2) }).await.expect("found"), Some(2));
    }
}
