//! How many witnesses must have seen a checkpoint.

use crate::SignedCheckpoint;
use crate::error::{NoteError, WitnessError};
use crate::note::{SignatureType, Verified, VerifierKey};

/// Witnesses, and how many of them must have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessPolicy {
    threshold: usize,
    witnesses: Vec<VerifierKey>,
}

impl WitnessPolicy {
    /// At least `threshold` of these witnesses; 0 asks for none. Each must have a public key of its own, since names are free.
    pub fn new(threshold: usize, witnesses: Vec<VerifierKey>) -> Result<Self, WitnessError> {
        if threshold > witnesses.len() {
            return Err(WitnessError::Threshold);
        }
        for (position, witness) in witnesses.iter().enumerate() {
            if witness.kind() != SignatureType::CosignatureV1 {
                return Err(WitnessError::Type);
            }
            if witnesses[..position].iter().any(|other| other.public_key() == witness.public_key()) {
                return Err(WitnessError::Duplicate);
            }
        }
        Ok(Self { threshold, witnesses })
    }

    /// No witnesses, none asked for.
    pub const fn none() -> Self {
        Self { threshold: 0, witnesses: Vec::new() }
    }

    /// How many must have cosigned.
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }

    /// The cosignatures of these witnesses, one for each, its latest; refused when there are too few, or when one of a named
    /// witness is not valid. What their times must be is for the caller to say.
    pub fn check(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<Verified<'_>>, WitnessError> {
        let mut latest: Vec<Verified<'_>> = Vec::new();
        let verified = match checkpoint.note().verify(&self.witnesses) {
            Ok(verified) => verified,
            Err(NoteError::Unsigned) => Vec::new(),
            Err(_) => return Err(WitnessError::InvalidCosignature),
        };
        for cosignature in verified {
            match latest.iter_mut().find(|other| other.key == cosignature.key) {
                Some(other) => other.time = other.time.max(cosignature.time),
                None => latest.push(cosignature),
            }
        }
        if latest.len() < self.threshold { Err(WitnessError::Quorum) } else { Ok(latest) }
    }
}
