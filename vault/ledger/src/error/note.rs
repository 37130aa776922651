use thiserror::Error;

use super::ProofError;

/// A key was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not `name+id+key`, in its one spelling.
    #[error("This is not a key for signed notes.")]
    Malformed,
    /// The name is empty, or has a space, a plus or a control character.
    #[error("This is not the name of a key.")]
    Name,
    /// The id is not the hash of name, type and key.
    #[error("The id of the key does not belong to its name and bytes.")]
    Id,
    /// A type that is not supported here, or not in this place.
    #[error("This type of key is not supported here.")]
    Type,
    /// Not a point of the curve, or one of the few for which anybody can make signatures.
    #[error("The bytes of the key are not those of a sound Ed25519 key.")]
    Bytes,
}

impl KeyError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "KEY_MALFORMED",
            Self::Name => "KEY_NAME",
            Self::Id => "KEY_ID",
            Self::Type => "KEY_TYPE",
            Self::Bytes => "KEY_BYTES",
        }
    }
}

/// A signed note was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Not a text, a blank line and signature lines, in UTF-8 without control characters.
    #[error("This is not a signed note.")]
    Malformed,
    /// Longer than 1,000,000 bytes, or more than 100 signatures.
    #[error("The signed note is too long.")]
    TooLong,
    /// A signature that claims to be of a known key is not.
    #[error("A signature of a known key is not valid.")]
    InvalidSignature,
    /// No signature of a known key.
    #[error("The note is not signed by a known key.")]
    Unsigned,
    /// A cosignature cannot be of a time after 2^63 - 1 seconds.
    #[error("The time of the cosignature is too late.")]
    Time,
}

impl NoteError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "NOTE_MALFORMED",
            Self::TooLong => "NOTE_TOO_LONG",
            Self::InvalidSignature => "SIGNATURE_INVALID",
            Self::Unsigned => "NOTE_UNSIGNED",
            Self::Time => "COSIGNATURE_TIME",
        }
    }
}

/// A checkpoint was not made or was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The note around it was refused.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not origin, size and root, or with an empty extension line.
    #[error("This is not a checkpoint.")]
    Malformed,
    /// A size above [`MAX_TREE_SIZE`](crate::MAX_TREE_SIZE).
    #[error("The tree is larger than a log can be.")]
    TreeTooLarge,
    /// Size 0 with a root other than that of the empty tree.
    #[error("An empty tree has another root.")]
    EmptyRoot,
    /// An origin that cannot be the name of a key, or a key of another name.
    #[error("The origin of the checkpoint does not fit the key.")]
    Origin,
    /// Extension lines are read, but not signed: nobody audits them.
    #[error("A checkpoint with further lines is not signed.")]
    Extension,
}

impl CheckpointError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Note(error) => error.reason(),
            Self::Malformed => "CHECKPOINT_MALFORMED",
            Self::TreeTooLarge => "TREE_TOO_LARGE",
            Self::EmptyRoot => "EMPTY_ROOT",
            Self::Origin => "ORIGIN_MISMATCH",
            Self::Extension => "CHECKPOINT_EXTENSION",
        }
    }
}

/// A witness policy was refused, or a checkpoint does not meet it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WitnessError {
    /// More witnesses asked for than named.
    #[error("The policy asks for more witnesses than it names.")]
    Threshold,
    /// One public key twice, under whatever names: it would count twice.
    #[error("The policy names one witness twice.")]
    Duplicate,
    /// A key that is not one for cosignatures.
    #[error("The policy names a key that is not a witness's.")]
    Type,
    /// A cosignature of a named witness is not valid.
    #[error("A cosignature of a known witness is not valid.")]
    InvalidCosignature,
    /// Fewer witnesses have cosigned than asked for.
    #[error("Too few witnesses have cosigned the checkpoint.")]
    Quorum,
}

impl WitnessError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Threshold => "WITNESS_THRESHOLD",
            Self::Duplicate => "WITNESS_DUPLICATE",
            Self::Type => "WITNESS_KEY_TYPE",
            Self::InvalidCosignature => "COSIGNATURE_INVALID",
            Self::Quorum => "WITNESS_QUORUM",
        }
    }
}

/// A `.tlog-proof` file was refused, or does not convince.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LogProofError {
    /// Not the format, or not the one spelling of its content.
    #[error("This is not a proof of an entry in a log.")]
    Malformed,
    /// Longer than 2,000,000 bytes.
    #[error("The proof is too long.")]
    TooLong,
    /// The checkpoint was refused.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The policy of witnesses is not met.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The inclusion proof does not convince.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl LogProofError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "LOG_PROOF_MALFORMED",
            Self::TooLong => "LOG_PROOF_TOO_LONG",
            Self::Checkpoint(error) => error.reason(),
            Self::Witness(error) => error.reason(),
            Self::Proof(error) => error.reason(),
        }
    }
}

/// A text is no witness policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// Not in the form.
    #[error("line {0} is not in the form of a witness policy")]
    Line(usize),
    /// Not one quorum.
    #[error("a witness policy has exactly one quorum line")]
    Quorum,
    /// Too much.
    #[error("the witness policy is too long")]
    TooLong,
}

impl PolicyError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Line(_) => "POLICY_LINE",
            Self::Quorum => "POLICY_QUORUM",
            Self::TooLong => "POLICY_TOO_LONG",
        }
    }
}
