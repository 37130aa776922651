//! What witnesses have cosigned, as it is handed on.

use std::sync::Arc;

use coffret_ledger::{NoteSignature, Policy, SignedCheckpoint, VerifierKey};

use super::consistency::damaged;
use super::origin::open_checkpoint;
use super::state::Published;
use crate::Vault;
use crate::error::Result;
use crate::store::log::{Cosigned, Signed};

impl Vault {
    /// The witnesses that the log goes by, and how many of them must have cosigned. Asks for none where no log is kept.
    pub fn log_policy(&self) -> Arc<Policy> {
        self.log.policy.load_full()
    }

    /// The newest checkpoint of the newest log that enough witnesses have cosigned, as far as this server knows.
    pub fn log_witnessed(&self) -> Option<Arc<Published>> {
        self.log.witnessed.borrow().clone()
    }

    /// A checkpoint with its cosignatures. One that is not of exactly this checkpoint by a witness of the policy is left out.
    pub(super) async fn cosigned(&self, signed: &Signed) -> Result<SignedCheckpoint> {
        let policy = self.log_policy();
        let rows = if policy.witnesses().next().is_some() { self.store.cosignatures(signed.log).await? } else { Vec::new() };
        self.with_cosignatures(signed, &policy, &rows).await
    }

    async fn with_cosignatures(&self, signed: &Signed, policy: &Policy, rows: &[Cosigned]) -> Result<SignedCheckpoint> {
        let checkpoint = open_checkpoint(self.log_key().await?, signed.note.as_bytes());
        let mut checkpoint = checkpoint.ok_or_else(|| damaged("a checkpoint is not of this log's key"))?;
        for row in rows.iter().filter(|row| (row.log, row.size) == (signed.log, signed.size)) {
            let Some(witness) = policy.witnesses().find(|key| key.to_string() == row.witness) else { continue };
            if !add(&mut checkpoint, row, witness) {
                tracing::error!(witness = witness.name(), size = row.size, "a stored cosignature is not of its checkpoint");
            }
        }
        Ok(checkpoint)
    }

    /// The largest checkpoint of a log that enough witnesses have cosigned, with their cosignatures; nothing when none is asked for.
    pub(super) async fn newest_witnessed(&self, log: i64) -> Result<Option<(u64, SignedCheckpoint)>> {
        let policy = self.log_policy();
        if !policy.asks() {
            return Ok(None);
        }
        let rows = self.store.cosignatures(log).await?;
        self.witnessed_of(log, &policy, &rows).await
    }

    /// As [`Self::newest_witnessed`], of these cosignatures, which stand in the order of sizes, the largest first.
    pub(super) async fn witnessed_of(&self, log: i64, policy: &Policy, rows: &[Cosigned]) -> Result<Option<(u64, SignedCheckpoint)>> {
        for same in rows.chunk_by(|one, other| one.size == other.size) {
            let size = same[0].size;
            let Some(signed) = self.store.checkpoint_at(log, size).await? else { continue };
            let checkpoint = self.with_cosignatures(&signed, policy, same).await?;
            if policy.asks() && policy.check(&checkpoint).is_ok() {
                return Ok(Some((size, checkpoint)));
            }
        }
        Ok(None)
    }
}

fn add(checkpoint: &mut SignedCheckpoint, row: &Cosigned, witness: &VerifierKey) -> bool {
    let lines = NoteSignature::parse_lines(&row.line).unwrap_or_default();
    lines.into_iter().next().is_some_and(|line| checkpoint.add_cosignature(line, witness).is_ok())
}
