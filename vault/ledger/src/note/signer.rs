//! Keys that sign notes. Neither ever shows its secret in `Debug`.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::key::{KeyId, SignatureType, VerifierKey};
use super::{Note, NoteSignature, cosigned_message};
use crate::encoding::{base64, parse_base64, parse_hex};
use crate::error::{KeyError, NoteError};

/// Signs the text of notes: type 0x01, the key of a log. The secret is wiped when dropped.
pub struct Signer(Secret);

/// Cosigns checkpoints: type 0x04, the key of a witness. The secret is wiped when dropped.
pub struct Cosigner(Secret);

struct Secret {
    public: VerifierKey,
    key: SigningKey,
}

impl Secret {
    fn new(name: &str, kind: SignatureType, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, kind, key.verifying_key().as_bytes())?;
        Ok(Self { public, key })
    }

    /// `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`, as Go's `sumdb/note` writes it.
    fn parse(text: &str, kind: SignatureType) -> Result<Self, KeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Malformed)?;
        let (name, rest) = rest.split_once('+').ok_or(KeyError::Malformed)?;
        let (id, typed) = rest.split_once('+').ok_or(KeyError::Malformed)?;
        let id = parse_hex(id).map(KeyId).ok_or(KeyError::Malformed)?;
        let typed = Zeroizing::new(parse_base64(typed).ok_or(KeyError::Malformed)?);
        let (stated, seed) = typed.split_first().ok_or(KeyError::Malformed)?;
        if SignatureType::from_byte(*stated)? != kind {
            return Err(KeyError::Type);
        }
        let secret = Self::new(name, kind, seed.try_into().map_err(|_| KeyError::Malformed)?)?;
        if secret.public.id() == id { Ok(secret) } else { Err(KeyError::Id) }
    }

    fn expose(&self) -> Zeroizing<String> {
        let mut typed = Zeroizing::new([0; 33]);
        typed[0] = self.public.kind().byte();
        typed[1..].copy_from_slice(self.key.as_bytes());
        let encoded = Zeroizing::new(base64(typed.as_slice()));
        Zeroizing::new(["PRIVATE+KEY+", self.public.name(), "+", &self.public.id().to_string(), "+", encoded.as_str()].concat())
    }

    fn sign(&self, message: &[u8], before: &[u8]) -> NoteSignature {
        let bytes = [before, self.key.sign(message).to_bytes().as_slice()].concat();
        NoteSignature::made(&self.public, bytes)
    }
}

macro_rules! key {
    ($name:ident, $kind:expr) => {
        impl $name {
            /// A key from its seed of 32 bytes (RFC 8032), which must be uniformly random.
            pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
                Secret::new(name, $kind, seed).map(Self)
            }

            /// The public part.
            pub const fn verifier_key(&self) -> &VerifierKey {
                &self.0.public
            }

            /// The secret as text (skey): `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`.
            ///
            /// # Danger
            ///
            /// To be stored sealed, and never to be printed.
            pub fn expose_skey(&self) -> Zeroizing<String> {
                self.0.expose()
            }
        }

        /// Reads an skey: what `expose_skey` writes, and nothing else.
        impl FromStr for $name {
            type Err = KeyError;

            fn from_str(text: &str) -> Result<Self, KeyError> {
                Secret::parse(text, $kind).map(Self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("public", &self.0.public).finish_non_exhaustive()
            }
        }
    };
}

key!(Signer, SignatureType::Ed25519);
key!(Cosigner, SignatureType::CosignatureV1);

impl Signer {
    /// The signature of a note's text.
    pub fn sign(&self, note: &Note) -> NoteSignature {
        self.0.sign(note.text().as_bytes(), &[])
    }
}

impl Cosigner {
    /// The cosignature of a checkpoint: at `time`, in seconds since 1970, this was the largest consistent tree seen.
    pub fn cosign(&self, checkpoint: &crate::SignedCheckpoint, time: u64) -> Result<NoteSignature, NoteError> {
        let message = cosigned_message(checkpoint.note().text(), time).ok_or(NoteError::Time)?;
        Ok(self.0.sign(message.as_bytes(), &time.to_be_bytes()))
    }
}
