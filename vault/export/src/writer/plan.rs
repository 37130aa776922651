//! What to export.

use coffret_ledger::{SignedCheckpoint, VerifierKey};
use sha2::{Digest, Sha256};

use crate::encoding::hex;
use crate::journal::Begun;
use crate::scope::Limits;
use crate::seal::Recipients;
use crate::{ExportError, Policy, Scope};

/// The most inclusion proofs that a plan asks for.
pub const MAX_PROOFS: usize = 10_000;
/// Streams that a scope names at most.
const MAX_STREAMS: usize = 10_000;

/// What to export. Two writers with the same plan and the same entries make the same folder, byte for byte.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the log has signed: the export holds exactly its entries.
    pub checkpoint: SignedCheckpoint,
    /// The log's key.
    pub log_key: VerifierKey,
    /// Which witnesses the log goes by.
    pub witnesses: Policy,
    /// What is opened.
    pub scope: Scope,
    /// Leaf indexes for which a `.tlog-proof` is written, at most [`MAX_PROOFS`].
    pub proofs: Vec<u64>,
    /// When the export is made.
    pub made: jiff::Timestamp,
    /// The public keys of receipts (JWK set); written where the scope has receipts.
    pub receipt_keys: String,
    /// Whether the events are written as Parquet too.
    pub parquet: bool,
    /// Recipients of age (`age1...`) to whom everything that tells of entries is encrypted; in plain text when empty.
    pub recipients: Vec<String>,
    /// When what the export opens is to be deleted.
    pub openings_expire: Option<jiff::Timestamp>,
}

impl Plan {
    pub(super) fn check(&self) -> Result<Limits, ExportError> {
        let stated = self.checkpoint.checkpoint();
        let unsigned = self.checkpoint.note().verify(std::slice::from_ref(&self.log_key)).is_err();
        if unsigned || self.log_key.name() != stated.origin() {
            return Err(ExportError::Plan("the key has not signed the checkpoint"));
        }
        if self.proofs.len() > MAX_PROOFS || self.proofs.iter().any(|index| *index >= stated.size()) {
            return Err(ExportError::Plan("a proof is asked for that the log does not have, or too many"));
        }
        let mut once = self.proofs.clone();
        once.sort_unstable();
        once.dedup();
        if once.len() != self.proofs.len() {
            return Err(ExportError::Plan("a proof is asked for twice"));
        }
        if self.scope.streams.len() > MAX_STREAMS {
            return Err(ExportError::Plan("more streams are named than a manifest can list"));
        }
        if Recipients::parse(&self.recipients).is_none() {
            return Err(ExportError::Plan("a recipient is not one of age (age1...), or named twice"));
        }
        self.scope.limits().map_err(|_| ExportError::Plan("a limit of the scope is not one"))
    }

    /// What is kept of the plan while the export is unfinished.
    pub(super) fn begun(&self) -> Begun {
        Begun {
            checkpoint: self.checkpoint.to_string(),
            made: self.made.to_string(),
            scope: self.scope.clone(),
            openings_expire: self.openings_expire.map(|expire| expire.to_string()),
            plan: self.digest(),
        }
    }

    /// What makes two plans the same.
    fn digest(&self) -> String {
        let policy = self.witnesses.write_for(&self.log_key);
        let scope = serde_json::to_string(&self.scope).expect("a scope is made of texts");
        let proofs: Vec<String> = self.proofs.iter().map(u64::to_string).collect();
        let expire = self.openings_expire.map(|expire| expire.to_string()).unwrap_or_default();
        let more = [self.receipt_keys.clone(), self.parquet.to_string(), self.recipients.join(","), expire];
        let parts = [self.checkpoint.to_string(), policy, scope, proofs.join(","), self.made.to_string()].into_iter().chain(more);
        let mut sha256 = Sha256::new();
        for part in parts {
            sha256.update((part.len() as u64).to_be_bytes());
            sha256.update(part);
        }
        hex(&sha256.finalize())
    }
}

pub(super) fn readme(plan: &Plan) -> String {
    include_str!("../folder-readme.md")
        .replace("{origin}", plan.checkpoint.checkpoint().origin())
        .replace("{key}", &plan.log_key.to_string())
}
