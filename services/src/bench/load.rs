//! Makes calls from a number of callers at once, each beginning its next call when the last one is answered, and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::time::Instant;
use tonic::Status;

use super::machine;

/// HTTP/2 connections over which the callers are spread.
pub(super) const CONNECTIONS: usize = 8;

/// One caller.
pub(super) trait Job: Send + 'static {
    /// Makes one call; an error of the call's, or an answer that is not the expected one, counts as a failure.
    fn call(&mut self) -> impl Future<Output = Result<(), Status>> + Send;
}

/// Which processes' time is counted.
#[derive(Clone, Copy)]
pub(super) struct Watched {
    /// The server under load.
    pub(super) server: u32,
    /// Whether the processes of PostgreSQL are counted too.
    pub(super) postgres: bool,
}

/// What happened in one measured window.
pub(super) struct Window {
    /// Calls that were answered as expected.
    pub(super) calls: u64,
    /// Calls that were not.
    pub(super) failures: u64,
    /// The first of them.
    pub(super) first_failure: Option<Status>,
    /// How long the window was.
    pub(super) lasted: Duration,
    /// Times from call to answer, in microseconds.
    pub(super) times: Histogram<u64>,
    /// Processor time of the server.
    pub(super) server: Option<Duration>,
    /// Processor time of this process, which makes the calls.
    pub(super) client: Option<Duration>,
    /// Processor time of PostgreSQL, if it was watched.
    pub(super) postgres: Option<Duration>,
}

impl Window {
    /// Calls a second.
    pub(super) fn rate(&self) -> f64 {
        self.calls as f64 / self.lasted.as_secs_f64()
    }

    /// The time below which this share of the calls were answered, in milliseconds.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        self.times.value_at_quantile(share) as f64 / 1e3
    }

    /// Processor time per call, in microseconds.
    pub(super) fn per_call(&self, time: Option<Duration>) -> Option<f64> {
        (self.calls > 0).then_some(time?.as_secs_f64() * 1e6 / self.calls as f64)
    }
}

const WARMING: u8 = 0;
const MEASURING: u8 = 1;
const OVER: u8 = 2;

struct Tally {
    calls: u64,
    failures: u64,
    first_failure: Option<Status>,
    times: Histogram<u64>,
}

/// A histogram of microseconds up to a minute, with three digits.
pub(super) fn times() -> Histogram<u64> {
    Histogram::new_with_max(60_000_000, 3).expect("three digits and a minute are within the bounds")
}

/// Lets all callers call until the window is over; counts what is answered within it.
pub(super) async fn drive<J: Job>(jobs: Vec<J>, warm: Duration, window: Duration, watched: Watched) -> Window {
    let phase = Arc::new(AtomicU8::new(WARMING));
    let callers: Vec<_> = jobs.into_iter().map(|job| tokio::spawn(keep_calling(job, Arc::clone(&phase)))).collect();
    tokio::time::sleep(warm).await;
    let before = Used::now(watched);
    let begun = Instant::now();
    phase.store(MEASURING, Ordering::Release);
    tokio::time::sleep(window).await;
    phase.store(OVER, Ordering::Release);
    let lasted = begun.elapsed();
    let after = Used::now(watched);
    let mut sum = Window {
        calls: 0,
        failures: 0,
        first_failure: None,
        lasted,
        times: times(),
        server: since(before.server, after.server),
        client: since(before.client, after.client),
        postgres: since(before.postgres, after.postgres),
    };
    for caller in callers {
        let tally = caller.await.expect("a caller does not panic");
        sum.calls += tally.calls;
        sum.failures += tally.failures;
        sum.first_failure = sum.first_failure.or(tally.first_failure);
        sum.times.add(&tally.times).expect("all histograms have the same bounds");
    }
    sum
}

async fn keep_calling<J: Job>(mut job: J, phase: Arc<AtomicU8>) -> Tally {
    let mut tally = Tally { calls: 0, failures: 0, first_failure: None, times: times() };
    loop {
        let begun = Instant::now();
        let outcome = job.call().await;
        let took = begun.elapsed();
        match phase.load(Ordering::Acquire) {
            WARMING if outcome.is_ok() => continue,
            OVER => return tally,
            _ => {}
        }
        match outcome {
            Ok(()) => {
                tally.calls += 1;
                tally.times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
            }
            Err(status) => {
                tally.failures += 1;
                tally.first_failure.get_or_insert(status);
                // A server that refuses everything is not asked as fast as it can refuse.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

struct Used {
    server: Option<Duration>,
    client: Option<Duration>,
    postgres: Option<Duration>,
}

impl Used {
    fn now(watched: Watched) -> Self {
        Self {
            server: machine::processor_time(watched.server),
            client: machine::processor_time(std::process::id()),
            postgres: if watched.postgres { machine::processor_time_of("postgres") } else { None },
        }
    }
}

fn since(before: Option<Duration>, after: Option<Duration>) -> Option<Duration> {
    after?.checked_sub(before?)
}

/// A cheap sequence of numbers that differ enough to spread calls over customers (xorshift64*; Vigna 2016).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A position within a list of this length.
    pub(super) fn below(&mut self, length: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        usize::try_from(drawn).unwrap_or_default() % length.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Every(u32);

    impl Job for Every {
        async fn call(&mut self) -> Result<(), Status> {
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.0 += 1;
            if self.0.is_multiple_of(3) { Err(Status::unavailable("third")) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn failures_are_counted_apart_and_have_no_time() {
        let watched = Watched { server: std::process::id(), postgres: false };
        let jobs = vec![Every(0), Every(0)];
        let window = drive(jobs, Duration::from_millis(5), Duration::from_millis(100), watched).await;
        assert!(window.calls > 0 && window.failures > 0);
        assert_eq!(window.times.len(), window.calls);
        assert_eq!(window.first_failure.expect("kept").message(), "third");
    }

    #[test]
    fn dice_reach_every_place() {
        let mut dice = Dice::new(1);
        let mut seen = [false; 16];
        for _ in 0..1_000 {
            seen[dice.below(16)] = true;
        }
        assert!(seen.iter().all(|seen| *seen));
        assert_eq!(dice.below(0), 0);
    }
}
