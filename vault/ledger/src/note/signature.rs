//! Signature lines of notes.

use std::borrow::Cow;
use std::fmt;

use super::key::{KeyId, SignatureType, VerifierKey, is_key_name};
use super::{MAX_NOTE_LEN, MAX_SIGNATURES, Verified, cosigned_message};
use crate::encoding::{base64, parse_base64};
use crate::error::NoteError;

/// The mark at the beginning of a signature line: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// What one key says it has signed; written as `— <name> <base64 of id and signature>` and a newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl NoteSignature {
    pub(super) fn made(key: &VerifierKey, bytes: Vec<u8>) -> Self {
        Self { name: key.name().to_owned(), id: key.id(), bytes }
    }

    /// Reads signature lines, 1 to [`MAX_SIGNATURES`], as they end a note or come back from a witness.
    pub fn parse_lines(lines: &str) -> Result<Vec<Self>, NoteError> {
        if lines.len() > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Vec<Self> =
            lines.split('\n').take(MAX_SIGNATURES + 1).map(Self::parse_line).collect::<Option<_>>().ok_or(NoteError::Malformed)?;
        if signatures.len() > MAX_SIGNATURES { Err(NoteError::TooLong) } else { Ok(signatures) }
    }

    fn parse_line(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(MARK)?.split_once(' ')?;
        let bytes = parse_base64(encoded)?;
        let (id, signature) = bytes.split_first_chunk()?;
        let sound = is_key_name(name) && !signature.is_empty();
        sound.then(|| Self { name: name.to_owned(), id: KeyId(*id), bytes: signature.to_vec() })
    }

    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of that key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether this key has signed this text, and when, where its type says when.
    pub(super) fn verify<'k>(&self, text: &str, key: &'k VerifierKey) -> Option<Verified<'k>> {
        let (time, message, signature) = match key.kind() {
            SignatureType::Ed25519 => (None, Cow::Borrowed(text), self.bytes.as_slice()),
            SignatureType::CosignatureV1 => {
                let (time, signature) = self.bytes.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                (Some(time), Cow::Owned(cosigned_message(text, time)?), signature)
            }
        };
        key.verify(message.as_bytes(), signature.try_into().ok()?).then_some(Verified { key, time })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.bytes].concat();
        writeln!(f, "{MARK}{} {}", self.name, base64(&bytes))
    }
}
