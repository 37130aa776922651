//! The transparency log: checkpoints and proofs.

use bytes::Bytes;
use coffret_proto::v1;
use coffret_vault::error::{Error, Result};
use coffret_vault::log::{Inclusion, Published};
use coffret_vault::tlog::Hash;

use super::LedgerService;
use crate::caller::Caller;
use crate::names;

fn hashes(hashes: &[Hash]) -> Vec<Bytes> {
    hashes.iter().map(|hash| Bytes::copy_from_slice(hash.as_bytes())).collect()
}

fn size(size: i64, field: &str) -> Result<u64> {
    u64::try_from(size).map_err(|_| Error::invalid(field, "SIZE_INVALID", "A size is not negative."))
}

impl LedgerService {
    async fn shown(&self, origin: &str, size: u64, note: String) -> Result<v1::Checkpoint> {
        let verifier_key = self.vault.log_verifier_key(origin).await?.to_string();
        Ok(v1::Checkpoint { origin: origin.to_owned(), size: i64::try_from(size).unwrap_or(i64::MAX), note, verifier_key, sign_time: None })
    }

    async fn published(&self, published: &Published) -> Result<v1::Checkpoint> {
        let shown = self.shown(&published.origin, published.size, published.note.clone()).await?;
        Ok(v1::Checkpoint { sign_time: Some(names::timestamp(published.at)), ..shown })
    }

    pub(super) async fn checkpoint(&self) -> Result<v1::GetCheckpointResponse> {
        let newest = self.vault.log_checkpoint()?;
        let witnessed = self.vault.log_witnessed().filter(|witnessed| witnessed.log == newest.log);
        let witnessed = match witnessed {
            Some(witnessed) => Some(self.published(&witnessed).await?),
            None => None,
        };
        Ok(v1::GetCheckpointResponse {
            checkpoint: Some(self.published(&newest).await?),
            witnessed_size: witnessed.as_ref().map_or(0, |witnessed| witnessed.size),
            witnessed,
            disagreeing_witnesses: self.vault.log_disagreeing(),
        })
    }

    pub(super) async fn consistency(&self, asked: &v1::GetConsistencyProofRequest) -> Result<v1::GetConsistencyProofResponse> {
        let (old, new) = (size(asked.old_size, "old_size")?, size(asked.new_size, "new_size")?);
        let proved = self.vault.consistency(&asked.origin, old, new).await?;
        Ok(v1::GetConsistencyProofResponse {
            old_root: Bytes::copy_from_slice(proved.old_root.as_bytes()),
            hashes: hashes(&proved.hashes),
            checkpoint: Some(self.published(&proved.checkpoint).await?),
        })
    }

    pub(super) async fn inclusion(&self, caller: &Caller, name: &str) -> Result<v1::GetInclusionProofResponse> {
        let (customer, sequence) = names::entry(name, "name", caller)?;
        let proved = self.vault.inclusion(customer, sequence).await?;
        Ok(v1::GetInclusionProofResponse { proof: Some(self.proof(proved).await?) })
    }

    pub(super) async fn included(&self, caller: &Caller, name: &str) -> Result<v1::AwaitIncludedResponse> {
        let (customer, sequence) = names::entry(name, "name", caller)?;
        let proved = self.vault.await_inclusion(customer, sequence).await?;
        Ok(v1::AwaitIncludedResponse { proof: Some(self.proof(proved).await?) })
    }

    pub(super) async fn proof(&self, proved: Inclusion) -> Result<v1::InclusionProof> {
        let stated = proved.checkpoint.checkpoint();
        let checkpoint = self.shown(stated.origin(), stated.size(), proved.checkpoint.to_string()).await?;
        Ok(v1::InclusionProof {
            index: i64::try_from(proved.index).unwrap_or(i64::MAX),
            leaf: proved.leaf.encode().into(),
            hashes: hashes(&proved.hashes),
            checkpoint: Some(checkpoint),
            tlog_proof: proved.tlog_proof,
        })
    }
}
