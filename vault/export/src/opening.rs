//! What a commitment was made of; `openings.jsonl` has one a line.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::Unreadable;
use crate::encoding::{parse_hex, push_hex};

/// The longest details in bytes: 256 KiB. An entry lists at most some hundreds of records.
pub const MAX_DETAILS_LEN: usize = 256 * 1024;

/// What the commitment of an entry was made of: HMAC-SHA-256 under `key` over `details`.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// The entry's own 32 random bytes.
    pub key: &'a [u8; 32],
    /// What the entry says, in JCS (RFC 8785), byte for byte.
    pub details: &'a str,
}

impl std::fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}

impl Opening<'_> {
    /// Whether the commitment was made of this.
    pub fn opens(&self, commitment: &[u8; 32]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key).expect("HMAC takes a key of any length");
        mac.update(self.details.as_bytes());
        let made: [u8; 32] = mac.finalize().into_bytes().into();
        made.ct_eq(commitment).into()
    }

    /// Writes the line of entry `index`, with its newline.
    pub(crate) fn push_line(&self, line: &mut String, index: u64) {
        line.push_str("{\"index\":");
        line.push_str(&index.to_string());
        line.push_str(",\"key\":\"");
        push_hex(line, self.key);
        line.push_str("\",\"details\":");
        push_json(line, self.details);
        line.push_str("}\n");
    }
}

/// A line of `openings.jsonl` as it was read.
#[derive(Debug)]
pub(crate) struct OpeningLine<'a> {
    key: [u8; 32],
    pub(crate) details: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    index: u64,
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    details: Cow<'a, str>,
}

impl<'a> OpeningLine<'a> {
    /// Reads a line without its newline.
    pub(crate) fn parse(line: &'a str) -> Result<Self, Unreadable> {
        let written: Written<'a> = serde_json::from_str(line).map_err(|_| Unreadable)?;
        let key = parse_hex(&written.key).ok_or(Unreadable)?;
        if index_of(line)? == written.index { Ok(Self { key, details: written.details }) } else { Err(Unreadable) }
    }

    pub(crate) fn opening(&self) -> Opening<'_> {
        Opening { key: &self.key, details: &self.details }
    }
}

/// The index of a line, which stands first in it: so that lines find their bundles without being read whole.
pub(crate) fn index_of(line: &str) -> Result<u64, Unreadable> {
    let (index, _) = line.strip_prefix("{\"index\":").and_then(|rest| rest.split_once(',')).ok_or(Unreadable)?;
    let canonical = index == "0" || (!index.starts_with('0') && index.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { index.parse().map_err(|_| Unreadable) } else { Err(Unreadable) }
}

/// A JSON string, in quotes.
pub(crate) fn push_json(text: &mut String, value: &str) {
    text.push_str(&serde_json::to_string(value).expect("a text is always JSON"));
}
