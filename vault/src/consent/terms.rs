//! The terms of a request and of a grant, as they are asked and stored.
//!
//! Fields follow the DEPA/ReBIT 2.0.0 consent artefact and ISO/IEC TS 27560. The JSON is snake_case, holds integers only, and
//! leaves absent fields out, so that a later optional field does not change what was signed.

use serde::{Deserialize, Serialize};

use super::purpose::PurposeRef;
use crate::clock::Timestamp;

/// How much of a datum leaves, from least to most; a finer view shows all that a coarser one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Only an insight derived from the datum.
    Answer,
    /// The datum coarsened by its attribute's own rule (year of birth, city, size band).
    Masked,
    /// The datum as it is.
    Raw,
}

/// What the brand may do; it decides which methods may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Look, not store.
    View,
    /// Look and store until the data life ends.
    Store,
    /// Ask for answers only.
    Query,
    /// Have new records pushed.
    Stream,
}

/// Whether there is one read or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fetch {
    /// One read.
    Once,
    /// As many as `uses` and `frequency` allow.
    Periodic,
}

/// Whether the brand may write to the customer by automation, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// Persons only.
    None,
    /// Automation drafts, a person sends.
    Drafts,
    /// Automation sends.
    Yes,
}

/// One attribute that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// A type (`body.shoe_size`), or before canonicalisation a family (`purchase.*`).
    pub attribute: String,
    /// How much of it leaves.
    pub view: View,
    /// Whether the purpose fails without it.
    pub needed: bool,
    /// Why, in one sentence of 1 to 300 characters that the customer reads.
    pub reason: String,
}

/// Which records count, by their own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DataRange {
    /// Fixed: from (inclusive) to (exclusive).
    FromTo {
        /// First moment that counts.
        from: Timestamp,
        /// First moment that no longer counts.
        to: Timestamp,
    },
    /// The last N calendar months before each read, the moment of the read included.
    LastMonths(u32),
}

impl DataRange {
    /// The range at one moment: from (inclusive), to (exclusive).
    pub fn at(self, now: Timestamp) -> (Timestamp, Timestamp) {
        match self {
            Self::FromTo { from, to } => (from, to),
            Self::LastMonths(months) => (months_before(now, months), after(now)),
        }
    }

    /// Whether at every moment of the window (inclusive start, exclusive end) this range lies within `other`.
    pub(super) fn lies_within(self, other: Self, (start, end): (Timestamp, Timestamp)) -> bool {
        match (self, other) {
            (Self::LastMonths(mine), Self::LastMonths(theirs)) => mine <= theirs,
            (Self::FromTo { from, to }, Self::FromTo { from: first, to: last }) => from >= first && to <= last,
            // A rolling range moves forward: its earliest start is at the window's start, its latest end at the window's last moment.
            (Self::LastMonths(mine), Self::FromTo { from, to }) => months_before(start, mine) >= from && end <= to,
            (Self::FromTo { from, to }, Self::LastMonths(theirs)) => from >= months_before(before(end), theirs) && to <= after(start),
        }
    }
}

/// A span of months for the calendar, held to the 9,999 years that it knows.
pub(super) fn calendar_months(months: u32) -> i32 {
    i32::try_from(months).map_or(ALL_MONTHS, |months| months.min(ALL_MONTHS))
}

const ALL_MONTHS: i32 = 9_999 * 12;

fn months_before(moment: Timestamp, months: u32) -> Timestamp {
    moment.plus_months(-calendar_months(months))
}

fn after(moment: Timestamp) -> Timestamp {
    Timestamp::from_micros(moment.micros().saturating_add(1))
}

fn before(moment: Timestamp) -> Timestamp {
    Timestamp::from_micros(moment.micros().saturating_sub(1))
}

/// The window of a [`Frequency`]. Windows slide; a month is 30 days of 86,400 seconds, so that no window is longer than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 3,600 seconds.
    Hour,
    /// 86,400 seconds.
    Day,
    /// 2,592,000 seconds.
    Month,
}

impl Period {
    /// Length in seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Month => 30 * 86_400,
        }
    }
}

/// At most `count` reads within any window of one period: at a read, those later than one period ago count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// Reads per period, at least 1.
    pub count: u32,
    /// The window.
    pub per: Period,
}

impl Frequency {
    /// The most reads that any window of `period` can hold under this frequency.
    fn most_within(self, period: Period) -> u64 {
        let windows = (period.seconds() / self.per.seconds()).max(1);
        u64::from(self.count).saturating_mul(windows.unsigned_abs())
    }

    /// Whether every history of reads that this frequency admits is admitted by `other` too.
    pub fn is_at_most(self, other: Self) -> bool {
        self.most_within(other.per) <= u64::from(other.count)
    }
}

/// What a brand asks for, or a customer offers instead. Not yet checked: see [`Terms::canonical`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The brand's registered purpose.
    pub purpose: PurposeRef,
    /// What is asked for: 1 to 200.
    pub items: Vec<Item>,
    /// What the brand may do with it.
    pub mode: Mode,
    /// Which records count; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_range: Option<DataRange>,
    /// Start (inclusive); the moment of approval when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// End (exclusive), at most 12 calendar months after the start.
    pub expires_at: Timestamp,
    /// One read or several.
    pub fetch: Fetch,
    /// Reads in all; unlimited when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Reads per time; unlimited when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// Days that the brand may keep each datum, never beyond the grant's end; when absent, until that end. None under [`Mode::View`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_life_days: Option<u32>,
    /// Named processors that may receive it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub onward: Vec<String>,
    /// Whether predictions may use it.
    pub predictions: bool,
    /// Whether automation may write to the customer.
    pub contact: Contact,
    /// What the brand gives for use that happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<String>,
}
