//! Keys that verify notes, and the ids they go by (C2SP signed-note: vkeys and key ids).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::NoteSignature;
use crate::encoding::{Hex, base64, parse_base64, parse_hex};
use crate::error::KeyError;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the text of a note.
    Ed25519,
    /// 0x04: `cosignature/v1`, Ed25519 over a time and the text of a checkpoint (C2SP tlog-cosignature).
    CosignatureV1,
}

impl SignatureType {
    /// The byte assigned by C2SP signed-note.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    pub(super) const fn from_byte(byte: u8) -> Result<Self, KeyError> {
        match byte {
            0x01 => Ok(Self::Ed25519),
            0x04 => Ok(Self::CosignatureV1),
            _ => Err(KeyError::Type),
        }
    }
}

/// The short name of a key beside its name: not a fingerprint, two keys can be made to share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// SHA-256(name || 0x0A || type || public key), the first four bytes.
    pub(super) fn of(name: &str, kind: SignatureType, key: &VerifyingKey) -> Self {
        let hash = Sha256::new().chain_update(name).chain_update([b'\n', kind.byte()]).chain_update(key.as_bytes()).finalize();
        Self([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Whether this can be the name of a key: not empty, without Unicode spaces, plus signs and control characters.
pub(crate) fn is_key_name(name: &str) -> bool {
    let excluded = |character: char| character.is_whitespace() || character == '+' || character < ' ';
    !name.is_empty() && !name.contains(excluded)
}

/// A public key with its name; written as a vkey: `<name>+<id, hexadecimal>+<base64 of type and key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    kind: SignatureType,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key of 32 bytes (RFC 8032), refused unless it is a sound one.
    pub fn new(name: &str, kind: SignatureType, key: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::Bytes)?;
        if key.is_weak() {
            return Err(KeyError::Bytes);
        }
        Ok(Self { name: name.to_owned(), id: KeyId::of(name, kind, &key), kind, key })
    }

    /// The name; of a log's key, the origin of its checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// What the key signs.
    pub const fn kind(&self) -> SignatureType {
        self.kind
    }

    /// The public key (RFC 8032).
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether a signature claims to be of this key.
    pub(super) fn is_named_by(&self, signature: &NoteSignature) -> bool {
        self.id == signature.id() && self.name == signature.name()
    }

    /// Strict: refuses what RFC 8032 leaves to the verifier, so that all of ours answer alike.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, base64(&typed))
    }
}

/// Reads a vkey: what `Display` writes, and nothing else.
impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Malformed)?;
        let (id, typed) = rest.split_once('+').ok_or(KeyError::Malformed)?;
        let id = parse_hex(id).map(KeyId).ok_or(KeyError::Malformed)?;
        let typed = parse_base64(typed).ok_or(KeyError::Malformed)?;
        let (kind, bytes) = typed.split_first().ok_or(KeyError::Malformed)?;
        let kind = SignatureType::from_byte(*kind)?;
        let key = Self::new(name, kind, bytes.try_into().map_err(|_| KeyError::Malformed)?)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }
}
