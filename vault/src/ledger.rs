//! Ledger rows: who did what under which grant, committed to in the open and readable only with the customer's key.
//!
//! A row's commitment is HMAC-SHA-256 under 32 random bytes over the details in JCS (RFC 8785). The random bytes and the details
//! (the *opening*) are sealed under the customer's key; erasing the customer destroys both, and the log stays whole.

mod signed;

use coffret_envelope::{Entropy, Key, commit, verify_commitment};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RecordId, RequestId, make_uuid_v4};
use crate::keys::CustomerKeys;
use crate::store::entity::ledger_entry;

pub(crate) use signed::challenge;
pub use signed::{Agreement, PublicKey, Signed};

/// What an entry says. Never a value of a record.
///
/// The fields stand in the order of their names, so that plain JSON of them is JCS (RFC 8785): every read writes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The advisor for whom a brand's system read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advisor: Option<String>,
    /// The attribute types concerned, each with the view released where there is one (`body.shoe_size:raw`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// The brand concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// Where a grant begins: the first moment at which it is over. Who has the log alone then sees which reads came too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The grant concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// SHA-256 (hexadecimal) of the notice that was on screen, with its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The purpose concerned, `code@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The reason that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The records concerned, `id@version`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// The request concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// What came of it: `ok`, or the reason of the refusal.
    pub result: String,
    /// The position in the stream, from 1.
    pub sequence: i64,
    /// Of a yes that a passkey signed: the signature, and what it is held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signed>,
    /// The stream's random id.
    pub stream: Uuid,
    /// SHA-256 (hexadecimal) of the terms decided on, in JCS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_sha256: Option<String>,
    /// When.
    pub time: Timestamp,
    /// What happened, such as `read`, `read.refused`, `grant.revoked`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where a pause begins: the first moment at which it is over; until resumed when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who did it.
    pub who: Who,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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

impl Serialize for Who {
    /// `name` before `role`, as JCS orders them.
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let brand;
        let (name, role) = match self {
            Self::Customer => (None, "customer"),
            Self::Clock => (None, "clock"),
            Self::Delegate(name) => (Some(name), "delegate"),
            Self::Operator(name) => (Some(name), "operator"),
            Self::Auditor(name) => (Some(name), "auditor"),
            Self::Brand(id) => {
                brand = id.to_string();
                (Some(&brand), "brand")
            }
        };
        let mut fields = serializer.serialize_struct("Who", 1 + usize::from(name.is_some()))?;
        if let Some(name) = name {
            fields.serialize_field("name", name)?;
        }
        fields.serialize_field("role", role)?;
        fields.end()
    }
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
                expires: None,
                request: None,
                grant: None,
                until: None,
                purpose: None,
                attributes: Vec::new(),
                records: Vec::new(),
                reason: None,
                advisor: None,
                result: "ok".to_owned(),
                signed: None,
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

    /// When the grant that begins here is over.
    #[must_use]
    pub fn expires(mut self, at: Timestamp) -> Self {
        self.details.expires = Some(at);
        self
    }

    /// When the pause that begins here is over, unless it lasts until resumed.
    #[must_use]
    pub fn until(mut self, at: Option<Timestamp>) -> Self {
        self.details.until = at;
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

    /// The passkey's signature over a yes.
    #[must_use]
    pub fn signed(mut self, signed: Option<Signed>) -> Self {
        self.details.signed = signed;
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
    ) -> Result<(Row, Noted)> {
        self.details.stream = stream;
        self.details.sequence = sequence;
        self.details.time = time;
        let details = serde_json::to_vec(&self.details)?;
        let key = Key::generate(entropy)?;
        let commitment = commit(&key, &details);
        let mut plain = Zeroizing::new(Vec::with_capacity(Key::LEN + details.len()));
        plain.extend_from_slice(key.expose());
        plain.extend_from_slice(&details);
        let event = make_uuid_v4(entropy)?;
        let opening = keys.seal_opening(entropy, stream, sequence, &plain)?;
        let noted = Noted { details: self.details, event, commitment, key: EntryKey(*key.expose()) };
        Ok((Row { customer: keys.customer(), sequence, stream, event, time, commitment, opening }, noted))
    }
}

/// An entry that was just written.
pub(crate) struct Noted {
    pub(crate) details: Details,
    pub(crate) event: Uuid,
    pub(crate) commitment: [u8; 32],
    pub(crate) key: EntryKey,
}

/// The commitment of an entry; 64 digits of hexadecimal in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Commitment(pub [u8; 32]);

/// The 32 random bytes that open the commitment of one entry, and of no other; 64 digits of hexadecimal in JSON, and nothing in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EntryKey([u8; 32]);

impl EntryKey {
    /// As a key.
    pub(crate) fn key(&self) -> Key {
        Key::from_bytes(self.0)
    }
}

impl std::fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EntryKey")
    }
}

impl Drop for EntryKey {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

macro_rules! hexadecimal {
    ($($name:ident),*) => {$(
        impl From<$name> for String {
            fn from(bytes: $name) -> Self {
                hex(&bytes.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> std::result::Result<Self, &'static str> {
                parse_hex(&text).map(Self).ok_or("64 lower-case digits of hexadecimal are asked for")
            }
        }
    )*};
}

hexadecimal!(Commitment, EntryKey);

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
    /// What opens the commitment.
    pub key: EntryKey,
    /// What the entry says.
    pub details: Details,
    /// Whether the details match the commitment and their place.
    pub valid: bool,
}

impl TryFrom<ledger_entry::Model> for Row {
    type Error = Error;

    fn try_from(row: ledger_entry::Model) -> Result<Self> {
        let commitment = row.commitment.as_slice().try_into().map_err(|_| Error::inconsistent("ledger_entry", "commitment", row.seq))?;
        Ok(Self {
            customer: CustomerId(row.customer_id),
            sequence: row.seq,
            stream: row.stream,
            event: row.event_id,
            time: Timestamp::from_micros(row.at),
            commitment,
            opening: row.opening,
        })
    }
}

impl Row {
    /// The opening: the commitment's key and the details, one after the other.
    pub(crate) fn open_raw(&self, keys: &CustomerKeys) -> Result<Zeroizing<Vec<u8>>> {
        keys.open_opening(self.stream, self.sequence, &self.opening)
    }

    /// Opens the details and compares them with the commitment and their place in the stream.
    pub(crate) fn open(&self, keys: &CustomerKeys) -> Result<Entry> {
        let plain = self.open_raw(keys)?;
        let Some((key, details)) = plain.split_first_chunk::<{ Key::LEN }>() else {
            return Err(Error::inconsistent("ledger_entry", "opening", self.sequence));
        };
        let matches = verify_commitment(&Key::from_bytes(*key), details, &self.commitment);
        let details: Details = serde_json::from_slice(details)?;
        let valid = matches && details.stream == self.stream && details.sequence == self.sequence && details.time == self.time;
        Ok(Entry { sequence: self.sequence, event: self.event, commitment: self.commitment, key: EntryKey(*key), details, valid })
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

/// 32 bytes, if the text is what [`hex`] writes for them.
fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase()).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
