//! How often, and how many times at once, each caller may call: one caller's flood takes nothing from the others.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use tonic::Status;
use uuid::Uuid;

use crate::caller::{Caller, Identity};
use crate::status;

/// The limits of one kind of caller. 0 means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Calls in a second; so many may come in one burst.
    pub per_second: u32,
    /// Calls that run at the same time, open streams included.
    pub at_once: u32,
}

/// The limits of all kinds of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Each brand.
    pub brand: Rate,
    /// Each customer.
    pub customer: Rate,
    /// Each auditor and each operator.
    pub staff: Rate,
    /// Each address (IPv6: each /64) of callers who are not known, and of those whose credential is refused.
    pub address: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            brand: Rate { per_second: 5_000, at_once: 256 },
            customer: Rate { per_second: 50, at_once: 32 },
            staff: Rate { per_second: 100, at_once: 32 },
            address: Rate { per_second: 20, at_once: 64 },
        }
    }
}

impl Limits {
    /// No limits, for tests and benchmarks that look at something else.
    pub const fn none() -> Self {
        let none = Rate { per_second: 0, at_once: 0 };
        Self { brand: none, customer: none, staff: none, address: none }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Brand(Uuid),
    Customer(Uuid),
    Staff(String),
    Address(IpAddr),
}

/// An IPv6 host has a whole /64 to call from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[derive(Debug)]
struct Meter {
    bucket: Option<DefaultDirectRateLimiter>,
    running: AtomicU32,
    at_once: u32,
    /// The sweep in which it was used last.
    used: AtomicU64,
}

impl Meter {
    fn new(rate: Rate) -> Self {
        let bucket = NonZeroU32::new(rate.per_second).map(|most| RateLimiter::direct(Quota::per_second(most)));
        Self { bucket, running: AtomicU32::new(0), at_once: rate.at_once, used: AtomicU64::new(0) }
    }
}

/// A running call's place among its caller's calls at once; dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct Seat(Arc<Meter>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

const SHARDS: usize = 16;

/// Counts the calls of each caller.
#[derive(Debug)]
pub(crate) struct Limiter {
    limits: Limits,
    clock: DefaultClock,
    hasher: RandomState,
    shards: [Mutex<HashMap<Key, Arc<Meter>>>; SHARDS],
    sweeps: AtomicU64,
}

/// How long to wait when too many calls run at once.
const SHORTLY: Duration = Duration::from_millis(50);
/// A meter that nobody used for so many sweeps is forgotten. Its bucket is full again after a second.
const KEPT_SWEEPS: u64 = 3;
/// How often to sweep.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_secs(10);

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        let shards = std::array::from_fn(|_| Mutex::new(HashMap::new()));
        Self { limits, clock: DefaultClock::default(), hasher: RandomState::new(), shards, sweeps: AtomicU64::new(0) }
    }

    fn meter(&self, key: Key, rate: Rate) -> Arc<Meter> {
        let shard = &self.shards[usize::try_from(self.hasher.hash_one(&key)).unwrap_or_default() % SHARDS];
        let meter =
            Arc::clone(shard.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_insert_with(|| Arc::new(Meter::new(rate))));
        meter.used.store(self.sweeps.load(Ordering::Relaxed), Ordering::Relaxed);
        meter
    }

    fn meter_of(&self, caller: &Caller, address: IpAddr) -> Arc<Meter> {
        let limits = &self.limits;
        match &caller.identity {
            Identity::Brand(id) => self.meter(Key::Brand(id.0), limits.brand),
            Identity::Customer(id) => self.meter(Key::Customer(id.0), limits.customer),
            Identity::Auditor(name) | Identity::Operator(name) => self.meter(Key::Staff(name.clone()), limits.staff),
            Identity::Anyone => self.meter(Key::Address(network(address)), limits.address),
        }
    }

    fn spend(&self, meter: &Meter) -> Result<(), Status> {
        match meter.bucket.as_ref().map(RateLimiter::check) {
            Some(Err(until)) => Err(status::rate_limited(until.wait_time_from(self.clock.now()))),
            _ => Ok(()),
        }
    }

    /// Lets a call in, or says when to try again.
    pub(crate) fn enter(&self, caller: &Caller, address: IpAddr) -> Result<Seat, Status> {
        let meter = self.meter_of(caller, address);
        let before = meter.running.fetch_add(1, Ordering::Relaxed);
        let seat = Seat(meter);
        if seat.0.at_once != 0 && before >= seat.0.at_once {
            return Err(status::rate_limited(SHORTLY));
        }
        self.spend(&seat.0)?;
        Ok(seat)
    }

    /// Counts a refused credential against the address that it came from.
    pub(crate) fn refused(&self, address: IpAddr) -> Result<(), Status> {
        self.spend(&self.meter(Key::Address(network(address)), self.limits.address))
    }

    /// Forgets who has not called for a while.
    pub(crate) fn sweep(&self) {
        let now = self.sweeps.fetch_add(1, Ordering::Relaxed) + 1;
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.retain(|_, meter| meter.running.load(Ordering::Relaxed) > 0 || meter.used.load(Ordering::Relaxed) + KEPT_SWEEPS > now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coffret_vault::id::BrandId;
    use tonic::Code;
    use tonic_types::StatusExt;

    fn brand(number: u128) -> Caller {
        Caller::new(Identity::Brand(BrandId(Uuid::from_u128(number))), Vec::new())
    }

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn limiter(per_second: u32, at_once: u32) -> Limiter {
        Limiter::new(Limits { brand: Rate { per_second, at_once }, address: Rate { per_second, at_once }, ..Limits::none() })
    }

    #[test]
    fn one_brands_flood_takes_nothing_from_another() {
        let limiter = limiter(3, 0);
        let answers: Vec<_> = (0..10).map(|_| limiter.enter(&brand(1), HOME)).collect();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
        let refused = answers[9].as_ref().expect_err("flood");
        assert_eq!(refused.code(), Code::ResourceExhausted);
        let details = refused.get_error_details();
        assert_eq!(details.error_info().expect("present").reason, "RATE_LIMITED");
        assert!(details.retry_info().expect("present").retry_delay.expect("present") > Duration::ZERO);
        assert!(limiter.enter(&brand(2), HOME).is_ok());
    }

    #[test]
    fn a_place_is_given_back_when_the_call_ends() {
        let limiter = limiter(0, 2);
        let first = limiter.enter(&brand(1), HOME).expect("first");
        let _second = limiter.enter(&brand(1), HOME).expect("second");
        for _ in 0..5 {
            assert!(limiter.enter(&brand(1), HOME).is_err(), "a refused call takes no place");
        }
        drop(first);
        assert!(limiter.enter(&brand(1), HOME).is_ok());
    }

    #[test]
    fn refused_credentials_count_against_their_address() {
        let limiter = limiter(2, 0);
        assert!(limiter.refused(HOME).is_ok());
        assert!(limiter.refused(HOME).is_ok());
        assert!(limiter.refused(HOME).is_err());
        assert!(limiter.enter(&Caller::anyone(None), HOME).is_err());
        assert!(limiter.enter(&brand(1), HOME).is_ok(), "a known caller at the same address is not hindered");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let limiter = limiter(1, 0);
        assert!(limiter.refused("2001:db8::1".parse().expect("valid")).is_ok());
        assert!(limiter.refused("2001:db8::ffff:2".parse().expect("valid")).is_err());
        assert!(limiter.refused("2001:db8:0:1::1".parse().expect("valid")).is_ok());
        assert!(limiter.refused("::ffff:127.0.0.1".parse().expect("valid")).is_ok());
        assert!(limiter.refused(HOME).is_err(), "the same host, written in two ways");
    }

    #[test]
    fn who_is_gone_is_forgotten_and_who_runs_is_not() {
        let limiter = limiter(1, 1);
        let _seat = limiter.enter(&brand(1), HOME).expect("enters");
        drop(limiter.enter(&brand(2), HOME).expect("enters"));
        for _ in 0..KEPT_SWEEPS {
            limiter.sweep();
        }
        let kept: usize = limiter.shards.iter().map(|shard| shard.lock().expect("sound").len()).sum();
        assert_eq!(kept, 1);
        assert!(limiter.enter(&brand(1), HOME).is_err());
    }
}
