use thiserror::Error;

/// A signed statement was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JwsError {
    /// Not three parts of base64url, in their one spelling, with a signature of 64 bytes.
    #[error("This is not a signed statement.")]
    Malformed,
    /// Longer than [`MAX_JWS_LEN`](crate::MAX_JWS_LEN).
    #[error("The signed statement is too long.")]
    TooLong,
    /// Another algorithm, another kind, or a header with other members.
    #[error("The header of the statement is not the one of its kind: Ed25519 and nothing else.")]
    Header,
    /// Of a key other than the one that it was held against.
    #[error("The statement is not signed with this key.")]
    OtherKey,
    /// Changed after it was signed, or not signed by the key that it names.
    #[error("The signature of the statement is not valid.")]
    InvalidSignature,
}

impl JwsError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "JWS_MALFORMED",
            Self::TooLong => "JWS_TOO_LONG",
            Self::Header => "JWS_HEADER",
            Self::OtherKey => "JWS_OTHER_KEY",
            Self::InvalidSignature => "SIGNATURE_INVALID",
        }
    }
}
