//! A brand hears: changes of its requests and grants in order, from a cursor on; and its acknowledgements and attestations.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::GrantState;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RequestId, Subject};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::ChangeKind;
use crate::store::entity::{brand, brand_grant, outbox};

/// Changes in one piece at most.
const MOST: u64 = 1000;

/// Something that a brand must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandChange {
    /// Its number among the brand's changes, without gaps.
    pub seq: i64,
    /// What happened.
    pub kind: ChangeKind,
    /// The request concerned.
    pub request: Option<RequestId>,
    /// The grant concerned.
    pub grant: Option<GrantId>,
    /// The brand's own name for the customer.
    pub subject: Option<Subject>,
    /// When.
    pub at: Timestamp,
}

fn kind(number: i16) -> Option<ChangeKind> {
    use ChangeKind::{Approved, Countered, Erased, Exhausted, Expired, Paused, Reinstated, Resumed, Revoked, Superseded, Suspended};
    [Approved, Countered, Paused, Resumed, Revoked, Expired, Superseded, Suspended, Erased, Exhausted, Reinstated]
        .into_iter()
        .find(|kind| *kind as i16 == number)
}

impl Vault {
    /// A brand's changes after a number, in order; after the last acknowledged one where none is given.
    pub async fn changes(&self, brand: BrandId, after: Option<i64>, limit: u64) -> Result<Vec<BrandChange>> {
        let after = if let Some(after) = after {
            after
        } else {
            let row = brand::Entity::find_by_id(brand.0).one(self.store.reader()).await?;
            row.ok_or_else(|| Error::not_found("brand"))?.outbox_acked
        };
        let rows = outbox::Entity::find()
            .filter(outbox::Column::BrandId.eq(brand.0))
            .filter(outbox::Column::Seq.gt(after))
            .order_by_asc(outbox::Column::Seq)
            .limit(limit.min(MOST))
            .all(self.store.reader())
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(BrandChange {
                    seq: row.seq,
                    kind: kind(row.kind).ok_or_else(|| Error::inconsistent("outbox", "kind", row.seq))?,
                    request: row.request_id.map(RequestId),
                    grant: row.grant_id.map(GrantId),
                    subject: row.subject.as_deref().and_then(Subject::from_slice),
                    at: Timestamp::from_micros(row.at),
                })
            })
            .collect()
    }

    /// Acknowledges a brand's changes up to a number; tells how many that were. A smaller number than before changes nothing.
    pub async fn acknowledge(&self, brand: BrandId, seq: i64) -> Result<u32> {
        let row = brand::Entity::find_by_id(brand.0).one(self.store.reader()).await?.ok_or_else(|| Error::not_found("brand"))?;
        if seq < 0 || seq > row.outbox_seq {
            return Err(Error::invalid("cursor", "CURSOR_UNKNOWN", "This cursor was not given by this list."));
        }
        let sql = "UPDATE brand SET outbox_acked = $1 WHERE brand_id = $2 AND outbox_acked < $1";
        self.store.writer().execute_raw(self.store.statement(sql, vec![seq.into(), brand.0.into()])).await?;
        Ok(u32::try_from((seq - row.outbox_acked).max(0)).unwrap_or(u32::MAX))
    }

    /// Records that a brand has deleted what it read under a grant that has ended; gives the entry's position.
    pub async fn attest_deletion(
        &self,
        brand: BrandId,
        grant: GrantId,
        deleted_at: Timestamp,
        backups_within_seconds: Option<i64>,
        once: Option<&Once>,
    ) -> Result<i64> {
        if deleted_at > self.now() {
            return Err(Error::invalid("delete_time", "TIME_IN_FUTURE", "What will be deleted has not been deleted."));
        }
        if backups_within_seconds.is_some_and(|seconds| !(0..=366 * 86_400).contains(&seconds)) {
            return Err(Error::invalid("backups_within", "DURATION_OUT_OF_RANGE", "Backups are deleted within a year."));
        }
        let row = brand_grant::Entity::find_by_id((brand.0, grant.0)).one(self.store.reader()).await?;
        let customer = row.map(|row| CustomerId(row.customer_id)).ok_or_else(|| Error::not_found("grant"))?;
        self.once(customer, once, || async {
            let session = self.fresh_session(customer).await?;
            let call = once.cloned();
            self.commit(&session, move |draft| {
                let held = draft.view.grant(grant).ok_or_else(|| Error::not_found("grant"))?;
                if matches!(held.effective_state(draft.now), GrantState::Active | GrantState::Paused | GrantState::Suspended) {
                    return Err(Error::precondition("GRANT_LIVE", "This access has not ended. Nothing was changed."));
                }
                let reason = match backups_within_seconds {
                    Some(seconds) => format!("deleted at {deleted_at}, backups within {seconds} s"),
                    None => format!("deleted at {deleted_at}"),
                };
                let note = Note::new("deletion.attested", Who::Brand(brand)).brand(brand).grant(grant).reason(reason);
                let (sequence, _) = draft.note(note)?;
                draft.remember(call.as_ref(), &sequence)?;
                Ok(sequence)
            })
            .await
        })
        .await
    }
}
