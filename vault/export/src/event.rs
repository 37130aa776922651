//! A line of `events.jsonl`: an entry as a CloudEvent 1.0 (JSON format).
//!
//! `leaf` carries the bytes that the log hashed, in base64 (CloudEvents: Binary), `leafindex` where, as a text (an Integer of
//! CloudEvents ends at 2^31). An entry without an opening is of the type `coffret.ledger.sealed` and says no more.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coffret_ledger::Leaf;

use crate::Details;
use crate::encoding::push_hex;
use crate::opening::push_json;

/// Writes the lines of one log.
#[derive(Clone, Debug)]
pub(crate) struct EventLines {
    /// `,"source":"//<origin>"`: who says so, a URI reference.
    source: String,
}

impl EventLines {
    pub(crate) fn new(origin: &str) -> Self {
        let mut source = ",\"source\":\"//".to_owned();
        for byte in origin.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/:@!$&()*,;=".contains(&byte) {
                source.push(char::from(byte));
            } else {
                source.push('%');
                // Writing to a String cannot fail.
                let _ = write!(source, "{byte:02X}");
            }
        }
        source.push('"');
        Self { source }
    }

    /// Writes the line of an entry, with its newline. `details` is what was opened, and the text that it was read from.
    pub(crate) fn push(&self, line: &mut String, index: u64, leaf: &Leaf, details: Option<(&Details<'_>, &str)>) {
        line.push_str("{\"leafindex\":\"");
        line.push_str(&index.to_string());
        line.push_str("\",\"specversion\":\"1.0\",\"id\":\"");
        push_hex(line, &leaf.id);
        line.push('"');
        line.push_str(&self.source);
        line.push_str(",\"leaf\":\"");
        STANDARD.encode_string(leaf.encode(), line);
        line.push_str("\",\"type\":");
        match details {
            None => line.push_str("\"coffret.ledger.sealed\""),
            Some((details, text)) => {
                push_json(line, &["coffret.ledger.", &details.kind].concat());
                line.push_str(",\"subject\":\"");
                line.push_str(details.stream.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
                line.push('/');
                line.push_str(&details.sequence.to_string());
                line.push_str("\",\"time\":");
                push_json(line, &details.time);
                line.push_str(",\"datacontenttype\":\"application/json\",\"data\":");
                line.push_str(text);
            }
        }
        line.push_str("}\n");
    }
}
