//! Checkpoints: what a log states and signs about its tree (C2SP tlog-checkpoint v1.0.0).

use std::fmt;

use crate::encoding::parse_decimal;
use crate::error::{CheckpointError, NoteError};
use crate::note::{Note, NoteSignature, SignatureType, Signer, VerifierKey, has_control, is_key_name};
use crate::{Hash, MAX_TREE_SIZE};

/// The size and the root of a log's tree. `Display` writes the text of its note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    /// Empty, or lines that each end with a newline.
    extension: String,
}

impl Checkpoint {
    /// A checkpoint of a log of ours: its origin is the name of its key.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !is_key_name(origin) {
            return Err(CheckpointError::Origin);
        }
        Self { origin: origin.to_owned(), size, root, extension: String::new() }.checked()
    }

    /// Reads the text of a note. Extension lines are kept, and ignored.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.splitn(4, '\n');
        let mut line = || lines.next().ok_or(CheckpointError::Malformed);
        let (origin, size, root, extension) = (line()?, line()?, line()?, line()?);
        let size = parse_decimal(size).ok_or(CheckpointError::Malformed)?;
        let root = root.parse().map_err(|_| CheckpointError::Malformed)?;
        let whole = extension.is_empty() || (extension.ends_with('\n') && !extension.starts_with('\n') && !extension.contains("\n\n"));
        if origin.is_empty() || !whole || has_control(text) {
            return Err(CheckpointError::Malformed);
        }
        Self { origin: origin.to_owned(), size, root, extension: extension.to_owned() }.checked()
    }

    fn checked(self) -> Result<Self, CheckpointError> {
        if self.size > MAX_TREE_SIZE {
            return Err(CheckpointError::TreeTooLarge);
        }
        if self.size == 0 && self.root != Hash::EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(self)
    }

    /// The log: a name, such as `vault.example/ledger/2026`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub const fn root(&self) -> &Hash {
        &self.root
    }

    /// Signs it with the key of the log, whose name is the origin.
    ///
    /// Never to be called for a tree that has not been compared with the last signed one: two signed checkpoints that
    /// contradict each other are the end of a log.
    pub fn sign(self, signer: &Signer) -> Result<SignedCheckpoint, CheckpointError> {
        if !self.extension.is_empty() {
            return Err(CheckpointError::Extension);
        }
        if signer.verifier_key().name() != self.origin {
            return Err(CheckpointError::Origin);
        }
        let mut note = Note::new(&self.to_string())?;
        note.add(signer.sign(&note))?;
        Ok(SignedCheckpoint { checkpoint: self, note })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n{}", self.origin, self.size, self.root, self.extension)
    }
}

/// A checkpoint that a key of its log has signed. `Display` writes the whole note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a checkpoint and verifies that one of these keys has signed it: a key of type Ed25519 whose name is the origin.
    pub fn open(bytes: &[u8], log_keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        Self::from_note(Note::parse(bytes)?, log_keys)
    }

    pub(crate) fn from_note(note: Note, log_keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let verified = note.verify(log_keys)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        let of_log = |key: &VerifierKey| key.kind() == SignatureType::Ed25519 && key.name() == checkpoint.origin;
        if !verified.iter().any(|signature| of_log(signature.key)) {
            return Err(CheckpointError::Origin);
        }
        Ok(Self { checkpoint, note })
    }

    /// What is stated.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with all signatures.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Adds the cosignature that `witness` has made, in the place of an older one of its own; gives its time in seconds since
    /// 1970. Refused, and nothing added, unless it is valid.
    pub fn add_cosignature(&mut self, cosignature: NoteSignature, witness: &VerifierKey) -> Result<u64, NoteError> {
        let mut alone = Note::new(self.note.text())?;
        alone.add(cosignature.clone())?;
        let verified = alone.verify(std::slice::from_ref(witness))?;
        let time = verified.first().and_then(|signature| signature.time).ok_or(NoteError::InvalidSignature)?;
        self.note.add(cosignature)?;
        Ok(time)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
