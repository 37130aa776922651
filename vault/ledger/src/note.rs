//! Signed notes (C2SP signed-note v1.0.0) and cosignatures (C2SP tlog-cosignature v1.0.1).

mod key;
mod signature;
mod signer;

use std::fmt;

pub(crate) use key::is_key_name;
pub use key::{KeyId, SignatureType, VerifierKey};
pub use signature::NoteSignature;
pub use signer::{Cosigner, Signer};

use crate::error::NoteError;

/// The longest note in bytes, signatures included.
pub const MAX_NOTE_LEN: usize = 1_000_000;

/// The most signatures of a note.
pub const MAX_SIGNATURES: usize = 100;

/// A text with signatures. Nothing is to be done with the text before [`Note::verify`] has found a trusted key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature that a known key has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The key.
    pub key: &'k VerifierKey,
    /// When, in seconds since 1970; cosignatures alone say it.
    pub time: Option<u64>,
}

impl Note {
    /// A note yet to be signed; the text must end with a newline and have no other control characters.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        if text.len() > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        if !text.ends_with('\n') || has_control(text) {
            return Err(NoteError::Malformed);
        }
        Ok(Self { text: text.to_owned(), signatures: Vec::new() })
    }

    /// Reads a note with at least one signature. What was read is what `Display` writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        let message = str::from_utf8(bytes).map_err(|_| NoteError::Malformed)?;
        if has_control(message) {
            return Err(NoteError::Malformed);
        }
        let split = message.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, lines) = (&message[..=split], &message[split + 2..]);
        let signatures = NoteSignature::parse_lines(lines)?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, of known and unknown keys alike.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature, in the place of those that the same key has made before. It is not verified here.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        let others = self.signatures.iter().filter(|other| (other.name(), other.id()) != (signature.name(), signature.id()));
        let mut signatures: Vec<NoteSignature> = others.cloned().collect();
        signatures.push(signature);
        let lines: usize = signatures.iter().map(|signature| signature.to_string().len()).sum();
        if signatures.len() > MAX_SIGNATURES || self.text.len() + 1 + lines > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        self.signatures = signatures;
        Ok(())
    }

    /// The signatures of these keys, at least one, in the order of the note. Those of unknown keys are passed over; but one
    /// that names a known key and is not valid refuses the whole note.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified = Vec::new();
        for signature in &self.signatures {
            // Keys that share name and id are not told apart: all must have made the signature, so that mixed-up keys fail closed.
            let named = keys.iter().filter(|key| key.is_named_by(signature));
            let made: Option<Vec<Verified<'k>>> = named.map(|key| signature.verify(&self.text, key)).collect();
            verified.extend(made.ok_or(NoteError::InvalidSignature)?.first());
        }
        if verified.is_empty() { Err(NoteError::Unsigned) } else { Ok(verified) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}

/// Whether a text has an ASCII control character other than newline.
pub(crate) fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}

/// What a cosignature signs (C2SP tlog-cosignature); `None` after 2^63 - 1 seconds.
fn cosigned_message(text: &str, time: u64) -> Option<String> {
    i64::try_from(time).ok().map(|time| format!("cosignature/v1\ntime {time}\n{text}"))
}
