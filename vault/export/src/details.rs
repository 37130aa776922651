//! What an entry says, as far as a reader of exports needs it.

use std::borrow::Cow;

use serde::Deserialize;
use uuid::Uuid;

use crate::Unreadable;

/// The details of an entry. Fields that are not listed are passed over: an older verifier reads a newer log.
#[derive(Debug, Deserialize)]
pub struct Details<'a> {
    /// The advisor for whom a brand's system read.
    #[serde(default)]
    pub(crate) advisor: Option<String>,
    /// The attribute types concerned.
    #[serde(default)]
    pub(crate) attributes: Vec<String>,
    /// The brand concerned.
    #[serde(default)]
    pub brand: Option<Uuid>,
    /// Where a grant begins: the first moment at which it is over.
    #[serde(default)]
    pub(crate) expires: Option<String>,
    /// The grant concerned.
    #[serde(default)]
    pub grant: Option<Uuid>,
    /// The purpose concerned, `code@version`.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The reason that was given.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// The records concerned.
    #[serde(default)]
    pub(crate) records: Vec<String>,
    /// The request concerned.
    #[serde(default)]
    pub(crate) request: Option<Uuid>,
    /// What came of it: `ok`, or a reason.
    #[serde(borrow)]
    pub result: Cow<'a, str>,
    /// The position in the stream, from 1.
    pub sequence: u64,
    /// The stream's random id.
    pub stream: Uuid,
    /// When, in RFC 3339.
    #[serde(borrow)]
    pub time: Cow<'a, str>,
    /// The same in microseconds since 1970, read once.
    #[serde(skip)]
    at: i64,
    /// What happened.
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    /// Where a pause begins: the first moment at which it is over; until resumed when absent.
    #[serde(default)]
    pub(crate) until: Option<String>,
    /// Who did it.
    #[serde(borrow)]
    pub(crate) who: Who<'a>,
}

/// Who did it: a role, and a name where the role has several bearers.
#[derive(Debug, Deserialize)]
pub(crate) struct Who<'a> {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(borrow)]
    pub(crate) role: Cow<'a, str>,
}

impl<'a> Details<'a> {
    /// Reads the JSON of an entry: an object on one line, with a position and a time.
    pub fn parse(json: &'a str) -> Result<Self, Unreadable> {
        // The text is put into a line as it is: white space around or between could break the line.
        let compact = json.starts_with('{') && json.ends_with('}') && !json.contains(['\n', '\r']);
        let mut details: Self = serde_json::from_str(json).ok().filter(|_| compact).ok_or(Unreadable)?;
        details.at = micros(&details.time)?;
        if details.sequence == 0 { Err(Unreadable) } else { Ok(details) }
    }

    /// When, in microseconds since 1970.
    pub const fn micros(&self) -> i64 {
        self.at
    }
}

/// Reads RFC 3339: microseconds since 1970.
pub(crate) fn micros(text: &str) -> Result<i64, Unreadable> {
    text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_microsecond).map_err(|_| Unreadable)
}
