//! The errors of this crate: closed, with a plain sentence for people and a stable reason for
//! programs. None carries a value, a key or a plaintext.

use thiserror::Error;

/// A ciphertext did not open. Deliberately one value for every cause: which check failed (format,
/// key, context, tag, padding) would tell an attacker what to change next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The ciphertext could not be opened.")]
pub struct OpenError;

impl OpenError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        "CIPHERTEXT_NOT_OPENED"
    }
}

/// A plaintext was not sealed. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The source of randomness failed or was refused.
    #[error("The plaintext was not sealed, because no good randomness was available.")]
    Entropy(#[from] EntropyError),
    /// A context field is longer than the 65,535 bytes that its length prefix can say.
    #[error("A field of the context is too long.")]
    ContextTooLong,
    /// The value is longer than a padded length (2^32 - 1 bytes) or 2^38 chunks can say.
    #[error("The value is too long to be sealed.")]
    ValueTooLong,
    /// A stream cannot be padded: its length is not known when it begins.
    #[error("A stream cannot be padded.")]
    PaddedStream,
    /// The kind asked for is not one that wraps a key.
    #[error("This kind of envelope does not hold a key.")]
    NotAKeyKind,
}

impl SealError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Entropy(error) => error.reason(),
            Self::ContextTooLong => "CONTEXT_TOO_LONG",
            Self::ValueTooLong => "VALUE_TOO_LONG",
            Self::PaddedStream => "PADDED_STREAM",
            Self::NotAKeyKind => "NOT_A_KEY_KIND",
        }
    }
}

/// No randomness, or randomness that is visibly broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EntropyError {
    /// The source gave nothing.
    #[error("The source of randomness is not available.")]
    Unavailable,
    /// The source repeats itself ([`Guarded`](crate::Guarded)).
    #[error("The source of randomness repeats itself.")]
    Stuck,
}

impl EntropyError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unavailable => "ENTROPY_UNAVAILABLE",
            Self::Stuck => "ENTROPY_STUCK",
        }
    }
}

/// The records do not add up to the stored head: one was removed, put back or exchanged, or the
/// head itself was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The records do not match their head.")]
pub struct HeadMismatch;

impl HeadMismatch {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        "HEAD_MISMATCH"
    }
}

/// An identifier cannot be brought to the one form in which it is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdentifierError {
    /// Not `local@domain`, longer than 254 bytes, or with spaces or control characters inside.
    #[error("This is not an e-mail address.")]
    Email,
    /// Not an international number of 7 to 15 digits, written with + or 00.
    #[error("This is not a phone number in international form.")]
    Phone,
    /// Empty, longer than 1,024 bytes, or with control characters; or the brand is.
    #[error("This is not an external id.")]
    ExternalId,
}

impl IdentifierError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Email => "EMAIL_INVALID",
            Self::Phone => "PHONE_INVALID",
            Self::ExternalId => "EXTERNAL_ID_INVALID",
        }
    }
}
