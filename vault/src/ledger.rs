//! Ledger rows: who did what under which grant, committed to in the open and readable only with the customer's key.
//!
//! A row's commitment is HMAC-SHA-256 under 32 random bytes over the details in JCS (RFC 8785). The random bytes and the details
//! (the *opening*) are sealed under the customer's key; erasing the customer destroys both, and the log stays whole.

use coffret_envelope::{Entropy, Key, commit, verify_commitment};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RecordId, RequestId, make_uuid_v4};
use crate::keys::CustomerKeys;

/// What an entry says. Never a value of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// What happened, such as `read`, `read.refused`, `grant.revoked`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When.
    pub time: Timestamp,
    /// The stream's random id.
    pub stream: Uuid,
    /// The position in the stream, from 1.
    pub sequence: i64,
    /// Who did it.
    pub who: Who,
    /// The brand concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// The request concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The grant concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// The purpose concerned, `code@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The attribute types concerned, each with the view released where there is one (`body.shoe_size:raw`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// The records concerned, `id@version`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// The reason that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The advisor for whom a brand's system read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisor: Option<String>,
    /// What came of it: `ok`, or the reason of the refusal.
    pub result: String,
    /// SHA-256 (hexadecimal) of the terms decided on, in JCS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_sha256: Option<String>,
    /// SHA-256 (hexadecimal) of the notice that was on screen, with its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role", content = "name")]
pub enum Who {
    /// The customer.
    Customer,
    /// Somebody who acts for the customer, by name.
    Delegate(String),
    /// A brand's system.
    Brand(BrandId),
    /// An operator, by name.
    Operator(String),
    /// An auditor, by name.
    Auditor(String),
    /// Time passed.
    Clock,
}

/// The parts of an entry that a verb knows; stream, sequence and time are filled in at the append.
#[derive(Clone, Debug)]
pub struct Note {
    details: Details,
}

impl Note {
    /// An entry of this kind by this actor, with result `ok`.
    pub fn new(kind: &'static str, who: Who) -> Self {
        Self {
            details: Details {
                kind: kind.to_owned(),
                time: Timestamp::default(),
                stream: Uuid::nil(),
                sequence: 0,
                who,
                brand: None,
                request: None,
                grant: None,
                purpose: None,
                attributes: Vec::new(),
                records: Vec::new(),
                reason: None,
                advisor: None,
                result: "ok".to_owned(),
                terms_sha256: None,
                notice: None,
            },
        }
    }

    /// The brand concerned.
    #[must_use]
    pub fn brand(mut self, brand: BrandId) -> Self {
        self.details.brand = Some(brand);
        self
    }

    /// The request concerned.
    #[must_use]
    pub fn request(mut self, request: RequestId) -> Self {
        self.details.request = Some(request);
        self
    }

    /// The grant concerned.
    #[must_use]
    pub fn grant(mut self, grant: GrantId) -> Self {
        self.details.grant = Some(grant);
        self
    }

    /// The purpose concerned.
    #[must_use]
    pub fn purpose(mut self, code: &str, version: u32) -> Self {
        self.details.purpose = Some(format!("{code}@{version}"));
        self
    }

    /// The attribute types concerned.
    #[must_use]
    pub fn attributes(mut self, attributes: Vec<String>) -> Self {
        self.details.attributes = attributes;
        self
    }

    /// The records concerned; of more than 500 the first 500 and a count, so that an entry stays small.
    #[must_use]
    pub fn records(mut self, records: impl IntoIterator<Item = (RecordId, i64)>) -> Self {
        self.details.records = records.into_iter().map(|(id, version)| format!("{id}@{version}")).collect();
        self
    }

    /// The reason that was given.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.details.reason = Some(reason.into());
        self
    }

    /// The advisor for whom a brand's system read.
    #[must_use]
    pub fn advisor(mut self, advisor: Option<String>) -> Self {
        self.details.advisor = advisor;
        self
    }

    /// What came of it, other than `ok`.
    #[must_use]
    pub fn result(mut self, result: &str) -> Self {
        result.clone_into(&mut self.details.result);
        self
    }

    /// The hash of the terms decided on.
    #[must_use]
    pub fn terms(mut self, sha256: String) -> Self {
        self.details.terms_sha256 = Some(sha256);
        self
    }

    /// The notice that was on screen.
    #[must_use]
    pub fn notice(mut self, notice: String) -> Self {
        self.details.notice = Some(notice);
        self
    }

    /// Gives the note its place and seals it.
    pub(crate) fn seal(
        mut self,
        entropy: &dyn Entropy,
        keys: &CustomerKeys,
        stream: Uuid,
        sequence: i64,
        time: Timestamp,
    ) -> Result<(Row, Details)> {
        self.details.stream = stream;
        self.details.sequence = sequence;
        self.details.time = time;
        let details = serde_jcs::to_vec(&self.details)?;
        let key = Key::generate(entropy)?;
        let commitment = commit(&key, &details);
        let mut plain = Zeroizing::new(Vec::with_capacity(Key::LEN + details.len()));
        plain.extend_from_slice(key.expose());
        plain.extend_from_slice(&details);
        let event = make_uuid_v4(entropy)?;
        let opening = keys.seal_opening(entropy, stream, sequence, &plain)?;
        Ok((Row { customer: keys.customer(), sequence, stream, event, time, commitment, opening }, self.details))
    }
}

/// A sealed entry, as stored.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose stream.
    pub customer: CustomerId,
    /// The position in the stream.
    pub sequence: i64,
    /// The stream's random id.
    pub stream: Uuid,
    /// A random id.
    pub event: Uuid,
    /// When.
    pub time: Timestamp,
    /// The commitment.
    pub commitment: [u8; 32],
    /// The sealed opening.
    pub opening: Vec<u8>,
}

/// An entry with its details.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The stored row's position.
    pub sequence: i64,
    /// A random id.
    pub event: Uuid,
    /// The commitment.
    pub commitment: [u8; 32],
    /// What the entry says.
    pub details: Details,
    /// Whether the details match the commitment and their place.
    pub valid: bool,
}

impl Row {
    /// Opens the details and compares them with the commitment and their place in the stream.
    pub(crate) fn open(&self, keys: &CustomerKeys) -> Result<Entry> {
        let plain = keys.open_opening(self.stream, self.sequence, &self.opening)?;
        let Some((key, details)) = plain.split_first_chunk::<{ Key::LEN }>() else {
            return Err(Error::inconsistent("ledger_entry", "opening", self.sequence));
        };
        let matches = verify_commitment(&Key::from_bytes(*key), details, &self.commitment);
        let details: Details = serde_json::from_slice(details)?;
        let valid = matches && details.stream == self.stream && details.sequence == self.sequence && details.time == self.time;
        Ok(Entry { sequence: self.sequence, event: self.event, commitment: self.commitment, details, valid })
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
