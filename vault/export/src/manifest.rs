//! `manifest.json`: what the export is of, and every file in it with its size and SHA-256; `manifest.sig`: the log's signature.
//!
//! One JSON object, written so that it can be read line by line: the head, then a line for each file in the order of the walk.

use std::fmt::Write as _;
use std::io::BufRead;

use coffret_ledger::{Note, Signer, VerifierKey};
use serde::{Deserialize, Serialize};

use crate::encoding::{hex, parse_hex};
use crate::line::read_line;
use crate::opening::push_json;
use crate::{Scope, Unreadable};

/// The form of the folder, and the first line of what is signed: no checkpoint begins so, its second line is a number.
pub(crate) const FORMAT: &str = "coffret-export/1";
/// The longest head in bytes: a scope may list streams.
const MAX_HEAD: usize = 1 << 20;
/// The longest line of a file in bytes.
const MAX_LINE: usize = 1024;

/// What an export is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// `coffret-export/1`.
    pub format: String,
    /// The log.
    pub origin: String,
    /// The entries of its checkpoint.
    pub size: u64,
    /// The root of its checkpoint, in base64.
    pub root: String,
    /// When the export was made (RFC 3339).
    pub made: String,
    /// What it opens.
    pub scope: Scope,
    /// When what it opens is to be deleted (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openings_expire: Option<String>,
    /// Whether what tells of entries is encrypted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
    /// Whether there are columns beside the table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parquet: bool,
    /// How much is in it.
    pub counts: Counts,
}

/// How much is in an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Lines of the events.
    pub events: u64,
    /// Of these, entries that were opened.
    pub opened: u64,
    /// Inclusion proofs.
    pub proofs: u64,
}

/// A file of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
}

impl Header {
    /// The head, up to the list.
    pub(crate) fn write(&self) -> String {
        let mut text = serde_json::to_string(self).expect("the head is made of texts and numbers");
        text.pop();
        text + ",\"files\":[\n"
    }
}

impl Listed {
    pub(crate) fn write(&self) -> String {
        let mut text = "{\"path\":".to_owned();
        push_json(&mut text, &self.path);
        let _ = write!(text, ",\"bytes\":{},\"sha256\":\"{}\"}}", self.bytes, hex(&self.sha256));
        text
    }

    fn parse(line: &str) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Written {
            path: String,
            bytes: u64,
            sha256: String,
        }
        let written: Written = serde_json::from_str(line).map_err(|_| Unreadable)?;
        let listed = Self { sha256: parse_hex(&written.sha256).ok_or(Unreadable)?, path: written.path, bytes: written.bytes };
        if listed.write() == line { Ok(listed) } else { Err(Unreadable) }
    }
}

/// What ends the list.
pub(crate) const END: &str = "]}\n";

/// Reads a manifest in constant memory.
pub(crate) struct ManifestReader<R> {
    source: R,
    line: String,
    /// Whether a line came without a comma, which the last one does.
    last: bool,
}

impl<R: BufRead> ManifestReader<R> {
    pub(crate) fn open(mut source: R) -> Result<(Header, Self), Unreadable> {
        let mut line = String::new();
        read_line(&mut source, &mut line, MAX_HEAD)?;
        let head = line.strip_suffix(",\"files\":[").ok_or(Unreadable)?.to_owned() + "}";
        let header: Header = serde_json::from_str(&head).map_err(|_| Unreadable)?;
        let sound = header.format == FORMAT && header.write().trim_end() == line && header.scope.limits().is_ok();
        if !sound {
            return Err(Unreadable);
        }
        Ok((header, Self { source, line, last: false }))
    }

    /// The next file; nothing at the end of the list, behind which nothing may stand.
    pub(crate) fn next(&mut self) -> Result<Option<Listed>, Unreadable> {
        if !read_line(&mut self.source, &mut self.line, MAX_LINE)? {
            return Err(Unreadable);
        }
        if self.line == END.trim_end() {
            let after = !self.source.fill_buf().map_err(|_| Unreadable)?.is_empty();
            return if after || !self.last { Err(Unreadable) } else { Ok(None) };
        }
        let line = self.line.strip_suffix(',');
        if std::mem::replace(&mut self.last, line.is_none()) {
            return Err(Unreadable);
        }
        Ok(Some(Listed::parse(line.unwrap_or(&self.line))?))
    }
}

fn signed_text(origin: &str, sha256: &[u8; 32]) -> String {
    format!("{FORMAT}\n{origin}\n{}\n", hex(sha256))
}

/// Signs a manifest by its hash.
pub(crate) fn sign(signer: &Signer, sha256: &[u8; 32]) -> String {
    let mut note = Note::new(&signed_text(signer.verifier_key().name(), sha256)).expect("an origin has no control characters");
    note.add(signer.sign(&note)).expect("one signature is not too many");
    note.to_string()
}

/// Whether this key has signed the manifest with this hash.
pub(crate) fn verify(signature: &[u8], key: &VerifierKey, sha256: &[u8; 32]) -> Result<(), &'static str> {
    let note = Note::parse(signature).map_err(|_| "it is not a signed note")?;
    if note.verify(std::slice::from_ref(key)).is_err() {
        return Err("the key has not signed it");
    }
    if note.text() == signed_text(key.name(), sha256) { Ok(()) } else { Err("it was signed for another manifest") }
}
