//! Time and randomness as parameters: nothing in the vault asks the machine for either.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z (UTC, no leap seconds).
///
/// Stored as a 64-bit integer in both databases; RFC 3339 with six decimals in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// One second in microseconds.
const SECOND: i64 = 1_000_000;
/// The last second that RFC 3339 can write: 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;

impl Timestamp {
    /// The earliest moment that RFC 3339 can write (0001-01-01T00:00:00Z).
    pub const MIN: Self = Self(-62_135_596_800 * SECOND);
    /// The latest moment that RFC 3339 can write.
    pub const MAX: Self = Self(LAST_SECOND * SECOND + SECOND - 1);

    /// A moment from microseconds since 1970, held within [`Self::MIN`] and [`Self::MAX`].
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Self(micros)
        }
    }

    /// A moment from seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_micros(seconds.saturating_mul(SECOND))
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// This moment moved by a number of seconds (negative: earlier), held within the bounds.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// This moment moved by a number of days of 86,400 seconds.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// This moment moved by calendar months in UTC; the day is held to the month's last (31 January + 1 month = 28 or 29 February).
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let Ok(moment) = jiff::Timestamp::from_microsecond(self.0) else { return self };
        let zoned = moment.to_zoned(jiff::tz::TimeZone::UTC);
        match zoned.checked_add(jiff::Span::new().months(months)) {
            Ok(moved) => Self::from_micros(moved.timestamp().as_microsecond()),
            Err(_) if months < 0 => Self::MIN,
            Err(_) => Self::MAX,
        }
    }

    /// The first moment of the month that holds this one, in UTC.
    #[must_use]
    pub fn month_start(self) -> Self {
        let Ok(moment) = jiff::Timestamp::from_microsecond(self.0) else { return self };
        let first = moment.to_zoned(jiff::tz::TimeZone::UTC).date().first_of_month();
        first.to_zoned(jiff::tz::TimeZone::UTC).map_or(self, |first| Self::from_micros(first.timestamp().as_microsecond()))
    }

    /// The month that holds this moment in UTC, as year x 12 + month - 1: all that the store sees of a record's own time.
    pub fn month_bucket(self) -> i32 {
        let Ok(moment) = jiff::Timestamp::from_microsecond(self.0) else { return 0 };
        let date = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(f, "{moment:.6}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

/// The text is not an RFC 3339 moment or date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time is written like 2026-11-22T14:30:00Z")]
pub struct BadTimestamp;

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    /// Reads RFC 3339; a bare date counts as its midnight in UTC.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(Self::from_micros(moment.as_microsecond()));
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| BadTimestamp)?;
        let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| BadTimestamp)?;
        Ok(Self::from_micros(midnight.timestamp().as_microsecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Told by how many microseconds the database's clock is ahead of the machine's, so that all servers of one database agree.
    /// A clock that is not the machine's takes no notice.
    fn correct(&self, _ahead_micros: i64) {}
}

/// The machine's clock, corrected by what the database says and never running backwards within one process.
#[derive(Debug, Default)]
pub struct SystemClock {
    offset: AtomicI64,
    last: AtomicI64,
}

impl SystemClock {
    /// The machine's own clock, without correction.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    pub fn machine() -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    /// Microseconds since the first call in this process, which nobody can set. They may stand still while the whole machine sleeps.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's steady clock is read")]
    pub(crate) fn steady() -> i64 {
        static FIRST: OnceLock<Instant> = OnceLock::new();
        i64::try_from(FIRST.get_or_init(Instant::now).elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let raw = Self::machine().micros().saturating_add(self.offset.load(Ordering::Relaxed));
        let before = self.last.fetch_max(raw, Ordering::Relaxed);
        Timestamp::from_micros(raw.max(before))
    }

    fn correct(&self, ahead_micros: i64) {
        self.offset.store(ahead_micros, Ordering::Relaxed);
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `start`.
    pub const fn new(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.micros()))
    }

    /// Shows another moment from here on.
    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.micros(), Ordering::SeqCst);
    }

    /// Moves by a number of seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * SECOND, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_rfc_3339() {
        let moment: Timestamp = "2026-11-22T14:30:00.5Z".parse().expect("valid");
        assert_eq!(moment.to_string(), "2026-11-22T14:30:00.500000Z");
        assert_eq!("2026-11-22".parse::<Timestamp>().expect("valid").to_string(), "2026-11-22T00:00:00.000000Z");
        for bad in ["", "yesterday", "2026-13-01", "2026-11-22T25:00:00Z", "1e9"] {
            assert_eq!(bad.parse::<Timestamp>(), Err(BadTimestamp), "{bad}");
        }
    }

    #[test]
    fn months_hold_to_the_last_day() {
        let moment: Timestamp = "2027-01-31T10:00:00Z".parse().expect("valid");
        assert_eq!(moment.plus_months(1).to_string(), "2027-02-28T10:00:00.000000Z");
        assert_eq!(moment.plus_months(-1).to_string(), "2026-12-31T10:00:00.000000Z");
        assert_eq!(Timestamp::MAX.plus_months(1), Timestamp::MAX);
    }

    #[test]
    fn a_month_bucket_counts_months_since_year_zero() {
        let moment: Timestamp = "2026-11-22T14:30:00Z".parse().expect("valid");
        assert_eq!(moment.month_bucket(), 2026 * 12 + 10);
    }

    #[test]
    fn the_system_clock_never_runs_backwards() {
        let clock = SystemClock::default();
        let first = clock.now();
        clock.correct(-3_600 * SECOND);
        assert!(clock.now() >= first);
    }
}
