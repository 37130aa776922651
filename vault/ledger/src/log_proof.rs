//! `.tlog-proof` files: that an entry is in a log, to be verified without the log (C2SP tlog-proof, draft).

use std::fmt;

use crate::encoding::{base64, parse_base64, parse_decimal};
use crate::error::{LogProofError, ProofError};
use crate::note::{Note, VerifierKey};
use crate::proof::{proof_from_lines, proof_to_lines, verify_inclusion};
use crate::{Checkpoint, Hash, SignedCheckpoint, WitnessPolicy};

/// The longest file in bytes.
const MAX_LEN: usize = 2_000_000;

const HEADER: &str = "c2sp.org/tlog-proof@v1\n";

/// An index, an inclusion proof and the checkpoint it leads to. `Display` writes the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogProof {
    extra: Vec<u8>,
    index: u64,
    hashes: Vec<Hash>,
    /// The checkpoint as it was read: verified by [`LogProof::verify`], not before.
    note: Note,
}

impl LogProof {
    /// A proof that leaf `index` is in the tree of the checkpoint; `hashes` are those of
    /// [`ProofPlan::inclusion`](crate::ProofPlan::inclusion). Verified before it is made, so that what was read from damaged
    /// tiles is not given out.
    pub fn new(leaf: &Hash, index: u64, hashes: Vec<Hash>, checkpoint: &SignedCheckpoint) -> Result<Self, ProofError> {
        verify_inclusion(leaf, index, checkpoint.checkpoint().size(), &hashes, checkpoint.checkpoint().root())?;
        Ok(Self { extra: Vec::new(), index, hashes, note: checkpoint.note().clone() })
    }

    /// Adds bytes that travel with the proof. No signature covers them.
    #[must_use]
    pub fn with_extra(self, extra: Vec<u8>) -> Self {
        Self { extra, ..self }
    }

    /// Reads a file. What was read is what `Display` writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogProofError> {
        if bytes.len() > MAX_LEN {
            return Err(LogProofError::TooLong);
        }
        Self::parse_text(str::from_utf8(bytes).map_err(|_| LogProofError::Malformed)?).ok_or(LogProofError::Malformed)
    }

    fn parse_text(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix(HEADER)?;
        let mut extra = Vec::new();
        if let Some(after) = rest.strip_prefix("extra ") {
            let encoded;
            (encoded, rest) = after.split_once('\n')?;
            extra = parse_base64(encoded).filter(|extra| !extra.is_empty())?;
        }
        let (index, rest) = rest.strip_prefix("index ")?.split_once('\n')?;
        let (hashes, note) = match rest.strip_prefix('\n') {
            Some(note) => ("", note),
            None => rest.split_once("\n\n")?,
        };
        let hashes = if hashes.is_empty() { Vec::new() } else { proof_from_lines(&rest[..=hashes.len()]).ok()? };
        let note = Note::parse(note.as_bytes()).ok()?;
        Checkpoint::parse(note.text()).ok()?;
        Some(Self { extra, index: parse_decimal(index)?, hashes, note })
    }

    /// The position of the entry in the log, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The hashes of the inclusion proof, from the leaf's sibling up.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Bytes that travel with the proof, empty if none do. No signature covers them.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// Checks that a log with one of these keys has a leaf with this hash at [`LogProof::index`], and that the witnesses have
    /// seen it; gives the checkpoint that says so.
    pub fn verify(&self, leaf: &Hash, log_keys: &[VerifierKey], witnesses: &WitnessPolicy) -> Result<SignedCheckpoint, LogProofError> {
        let signed = SignedCheckpoint::from_note(self.note.clone(), log_keys)?;
        witnesses.check(&signed)?;
        verify_inclusion(leaf, self.index, signed.checkpoint().size(), &self.hashes, signed.checkpoint().root())?;
        Ok(signed)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", base64(&self.extra))?;
        }
        write!(f, "index {}\n{}\n{}", self.index, proof_to_lines(&self.hashes), self.note)
    }
}
