//! Idempotency: a repeated request id answers with the first result and does nothing again.

use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, Place};
use crate::store::draft::{Draft, Write};
use crate::store::entity::replay;

/// A call that its caller may repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    caller: [u8; 32],
    request_id: Uuid,
    fingerprint: [u8; 32],
}

impl Once {
    /// A call by this caller of this verb, with the caller's id for it and the bytes of what was asked.
    pub fn new(caller: &str, verb: &str, request_id: Uuid, asked: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [caller, verb] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self { caller: hash.finalize().into(), request_id, fingerprint: Sha256::digest(asked).into() }
    }

    /// Whether this row holds the answer to this call of this customer's.
    pub(crate) fn is_of(&self, customer: CustomerId, row: &replay::Model) -> bool {
        row.customer_id == customer.0 && row.caller == self.caller && row.request_id == self.request_id
    }

    /// The answer in this call's row. Another call under the same id is refused.
    pub(crate) fn answer<T: DeserializeOwned>(&self, keys: &CustomerKeys, row: &replay::Model) -> Result<T> {
        if row.fingerprint != self.keyed(keys) {
            return Err(Error::invalid("request_id", "REQUEST_ID_REUSED", "This request id was used for another call. Use a new one."));
        }
        Ok(serde_json::from_slice(&keys.open(&self.place(), &row.answer)?)?)
    }

    fn place(&self) -> Place<'_> {
        Place { class: "replay", record: self.request_id.as_bytes(), attribute: "", version: 0, schema: "" }
    }

    /// The digest of what was asked, keyed, so that the stored one tells nothing without the customer's key.
    fn keyed(&self, keys: &CustomerKeys) -> Vec<u8> {
        coffret_envelope::commit(keys.state(), &self.fingerprint).to_vec()
    }
}

impl Draft<'_> {
    /// Keeps the answer for a repeated call.
    pub(crate) fn remember(&mut self, once: Option<&Once>, answer: &impl Serialize) -> Result<()> {
        let keys = Arc::clone(&self.keys);
        self.remember_under(&keys, once, answer)
    }

    /// As [`Self::remember`], where a repeated call is looked up under another customer than the one that changes; these are its keys.
    pub(crate) fn remember_under(&mut self, keys: &CustomerKeys, once: Option<&Once>, answer: &impl Serialize) -> Result<()> {
        let Some(once) = once else { return Ok(()) };
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(answer)?);
        let answer = keys.seal(self.entropy, &once.place(), &plain)?;
        self.writes.push(Write::Replay(replay::Model {
            customer_id: keys.customer().0,
            caller: once.caller.to_vec(),
            request_id: once.request_id,
            fingerprint: once.keyed(keys),
            answer,
            at: self.now.micros(),
        }));
        Ok(())
    }
}

impl Vault {
    /// The answer that this call had before, with its moment; nothing for a new call. Another call under the same id is refused.
    pub(crate) async fn replayed<T: DeserializeOwned>(&self, customer: CustomerId, once: &Once) -> Result<Option<(T, Timestamp)>> {
        let key = (customer.0, once.caller.to_vec(), once.request_id);
        let Some(row) = replay::Entity::find_by_id(key).one(self.store.reader()).await? else { return Ok(None) };
        let session = self.session(customer).await?;
        Ok(Some((once.answer(&session.keys, &row)?, Timestamp::from_micros(row.at))))
    }

    /// The rows of those of these calls that have an answer.
    pub(crate) async fn answered(&self, calls: &[(CustomerId, &Once)]) -> Result<Vec<replay::Model>> {
        let mut rows = Vec::new();
        for some in calls.chunks(256) {
            let of_calls = replay::Entity::find()
                .filter(replay::Column::CustomerId.is_in(some.iter().map(|(customer, _)| customer.0)))
                .filter(replay::Column::RequestId.is_in(some.iter().map(|(_, once)| once.request_id)));
            rows.extend(of_calls.all(self.store.reader()).await?);
        }
        Ok(rows)
    }

    /// Runs a verb unless the same call has an answer already.
    pub(crate) async fn once<T: DeserializeOwned, F: Future<Output = Result<T>>>(
        &self,
        customer: CustomerId,
        once: Option<&Once>,
        verb: impl FnOnce() -> F,
    ) -> Result<T> {
        let Some(call) = once else { return verb().await };
        if let Some((answer, _)) = self.replayed(customer, call).await? {
            return Ok(answer);
        }
        match verb().await {
            // The same call at the same time: the other one was first.
            Err(error) if error.kind() == Kind::AlreadyExists => match self.replayed(customer, call).await? {
                Some((answer, _)) => Ok(answer),
                None => Err(error),
            },
            other => other,
        }
    }
}
