//! What has been read under one grant.

use serde::{Deserialize, Serialize};

use super::terms::{Frequency, Period};
use crate::clock::Timestamp;

/// Reads under one grant. Counted in the transaction that writes the read's ledger entry; goes on through an amendment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Reads so far.
    pub used: u32,
    /// Moments of reads, in any order; those older than the longest window (30 days) may be missing.
    pub recent: Vec<Timestamp>,
}

impl Usage {
    /// Counts one read and forgets moments that no window reaches any more.
    pub fn record(&mut self, now: Timestamp) {
        let oldest = now.plus_seconds(-Period::Month.seconds());
        self.used = self.used.saturating_add(1);
        self.recent.retain(|read| *read > oldest);
        self.recent.push(now);
    }

    /// Seconds (at least 1, rounded up) until one more read fits the frequency; `None` when it fits now.
    ///
    /// A read exactly one period ago no longer counts. Moments after `now` (a clock set back) count.
    pub fn retry_after(&self, frequency: Frequency, now: Timestamp) -> Option<u64> {
        let period = frequency.per.seconds();
        let oldest = now.plus_seconds(-period);
        let mut counted: Vec<_> = self.recent.iter().copied().filter(|read| *read > oldest).collect();
        let count = usize::try_from(frequency.count).unwrap_or(usize::MAX);
        if counted.len() < count {
            return None;
        }
        counted.sort_unstable();
        // Room is made when fewer than `count` remain, that is when this one leaves the window. A count of 0 never makes room.
        let Some(last) = counted.len().checked_sub(count).and_then(|index| counted.get(index)) else {
            return Some(period.unsigned_abs());
        };
        let wait = last.plus_seconds(period).micros() - now.micros();
        Some(wait.unsigned_abs().div_ceil(1_000_000).max(1))
    }
}
