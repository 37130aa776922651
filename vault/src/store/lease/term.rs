//! How long a lease holds, by both of the machine's clocks.
//!
//! The one that tells the time can be set: set back, it would let a lease last for ever. The steady one may stand still while the whole machine
//! sleeps, and others would have given this server up meanwhile. So a lease is over as soon as either says so.

use std::sync::atomic::{AtomicI64, Ordering};

use super::LEASE_SECONDS;
use crate::clock::SystemClock;

/// What both clocks show, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    wall: i64,
    steady: i64,
}

impl Reading {
    pub(super) fn now() -> Self {
        Self { wall: SystemClock::machine().micros(), steady: SystemClock::steady() }
    }
}

/// Until when a lease holds, by each clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term(Reading);

impl Term {
    /// Over already.
    pub(super) const OVER: Self = Self(Reading { wall: i64::MIN, steady: i64::MIN });

    /// Counted from before it was asked for, and a second less than the others wait: never longer than they believe.
    fn asked_for_at(asked: Reading) -> Self {
        let own = (LEASE_SECONDS - 1) * 1_000_000;
        Self(Reading { wall: asked.wall.saturating_add(own), steady: asked.steady.saturating_add(own) })
    }

    pub(super) fn holds_at(self, now: Reading) -> bool {
        now.wall < self.0.wall && now.steady < self.0.steady
    }
}

/// The term after a renewal that was asked for and answered at these moments, and whether the one before had ended by then: what began under
/// it must not be answered under the new one.
pub(super) fn renewed(held: Term, asked: Reading, answered: Reading) -> (Term, bool) {
    (Term::asked_for_at(asked), !(held.holds_at(asked) && held.holds_at(answered)))
}

/// A term that readers look at while it is renewed. They may see one clock's end before the other's: each is either the old or the new one,
/// and a lapse is counted before.
pub(super) struct HeldTerm {
    wall: AtomicI64,
    steady: AtomicI64,
}

impl HeldTerm {
    pub(super) fn asked_for_at(asked: Reading) -> Self {
        let Term(Reading { wall, steady }) = Term::asked_for_at(asked);
        Self { wall: AtomicI64::new(wall), steady: AtomicI64::new(steady) }
    }

    pub(super) fn without_end() -> Self {
        Self { wall: AtomicI64::new(i64::MAX), steady: AtomicI64::new(i64::MAX) }
    }

    pub(super) fn get(&self) -> Term {
        Term(Reading { wall: self.wall.load(Ordering::Acquire), steady: self.steady.load(Ordering::Acquire) })
    }

    pub(super) fn set(&self, Term(Reading { wall, steady }): Term) {
        self.wall.store(wall, Ordering::Release);
        self.steady.store(steady, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    /// A term asked for when both clocks showed 100 s: it holds for three.
    const ASKED: Reading = at(100, 100);

    const fn at(wall: i64, steady: i64) -> Reading {
        Reading { wall: wall * SECOND, steady: steady * SECOND }
    }

    #[test]
    fn a_term_holds_for_three_seconds_by_both_clocks() {
        let term = Term::asked_for_at(ASKED);
        for (now, holds) in [
            (at(100, 100), true),
            (at(102, 102), true),
            (Reading { wall: 103 * SECOND - 1, steady: 103 * SECOND - 1 }, true),
            (at(103, 103), false),
            // The time was set back: the steady clock ends it.
            (at(100 - 3600, 102), true),
            (at(100 - 3600, 103), false),
            (at(0, 1000), false),
            // The machine slept: the steady clock stood still, and the time went on.
            (at(3700, 101), false),
            // The time was set forward: over too early, never too late.
            (at(104, 100), false),
        ] {
            assert_eq!(term.holds_at(now), holds, "{now:?}");
        }
        assert!(!Term::OVER.holds_at(at(-1000, 0)));
    }

    #[test]
    fn a_renewal_counts_from_when_it_was_asked_for_and_tells_of_a_lapse() {
        let held = Term::asked_for_at(ASKED);
        for (what, asked, answered, lapsed) in [
            ("in time", at(101, 101), at(101, 101), false),
            ("answered at the last moment", at(101, 101), Reading { wall: 103 * SECOND - 1, steady: 103 * SECOND - 1 }, false),
            ("answered too late", at(102, 102), at(103, 103), true),
            ("asked too late", at(103, 103), at(103, 103), true),
            ("set back meanwhile", at(101, 101), at(50, 104), true),
            ("set back before", at(50, 101), at(50, 102), false),
            ("slept meanwhile", at(101, 101), at(200, 101), true),
        ] {
            let (term, found) = renewed(held, asked, answered);
            assert_eq!(found, lapsed, "{what}");
            assert_eq!(term, Term::asked_for_at(asked), "{what}: a slow answer makes it no longer");
        }
    }

    #[test]
    fn the_steady_clock_goes_on() {
        let first = SystemClock::steady();
        assert!(SystemClock::steady() >= first && first >= 0);
    }
}
