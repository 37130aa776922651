//! Time passes: what ends by itself is written down, told to the brand, and logged. Reads never wait for it; they go by the clock.

use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Vault;
use crate::consent::{Actor, GrantState, RequestState};
use crate::decision::write_change;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::{Note, Who};
use crate::store::draft::{ChangeKind, is_stale};
use crate::store::entity::{access_grant, access_request, replay};

/// Rows looked at in one tick at most.
const MOST: u64 = 500;
/// Days for which a request id is remembered.
const REMEMBERED_DAYS: i64 = 30;

impl Vault {
    /// Writes the expiries, ends of pauses and lapses that are due; tells how many transitions were written.
    /// Several servers may do this at once: each transition is written by whoever comes first.
    pub async fn tick(&self) -> Result<u64> {
        Ok(self.end_grants().await? + self.lapse_requests().await?)
    }

    async fn end_grants(&self) -> Result<u64> {
        let due = access_grant::Entity::find()
            .filter(access_grant::Column::Live.eq(true))
            .filter(access_grant::Column::DueAt.lte(self.now().micros()))
            .order_by_asc(access_grant::Column::DueAt)
            .limit(MOST)
            .all(self.store.reader())
            .await?;
        let mut written = 0;
        for row in due {
            match self.end_grant(CustomerId(row.customer_id), GrantId(row.grant_id)).await {
                Ok(true) => written += 1,
                Ok(false) => {}
                Err(error) if is_stale(&error) => {}
                Err(error) => tracing::error!(?error, "a grant's end could not be written"),
            }
        }
        if written > 0 {
            self.changed.notify_waiters();
        }
        Ok(written)
    }

    async fn end_grant(&self, customer: CustomerId, id: GrantId) -> Result<bool> {
        let session = self.fresh_session(customer).await?;
        let Some(brand) = session.view.grant(id).map(|grant| BrandId(grant.brand())) else { return Ok(false) };
        let subject = self.subject_of(brand, customer);
        self.commit(&session, move |draft| {
            let grant = Arc::clone(draft.view.grant(id).ok_or_else(crate::store::draft::stale)?);
            match (grant.state(), grant.effective_state(draft.now)) {
                (GrantState::Active | GrantState::Paused | GrantState::Suspended, GrantState::Expired) => {
                    let ended = (*grant).clone().expire(Actor::Clock, draft.now);
                    let ended = ended.map_err(|rejected| Error::internal(rejected.error.reason()))?;
                    write_change(draft, &Who::Clock, ("grant.expired", ChangeKind::Expired), &ended, subject)?;
                    Ok(true)
                }
                // The pause is over by the clock already; writing it again moves what is due next to the grant's end.
                (GrantState::Paused, GrantState::Active) => {
                    write_change(draft, &Who::Clock, ("grant.resumed", ChangeKind::Resumed), &grant, subject)?;
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
        .await
    }

    async fn lapse_requests(&self) -> Result<u64> {
        let due = access_request::Entity::find()
            .filter(access_request::Column::Open.eq(true))
            .filter(access_request::Column::AskedAt.lte(self.now().plus_days(-14).micros()))
            .order_by_asc(access_request::Column::AskedAt)
            .limit(MOST)
            .all(self.store.reader())
            .await?;
        let mut written = 0;
        for row in due {
            match self.lapse_request(CustomerId(row.customer_id), RequestId(row.request_id)).await {
                Ok(()) => written += 1,
                Err(error) if is_stale(&error) => {}
                Err(error) => tracing::error!(?error, "a request's lapse could not be written"),
            }
        }
        Ok(written)
    }

    async fn lapse_request(&self, customer: CustomerId, id: RequestId) -> Result<()> {
        let session = self.fresh_session(customer).await?;
        let Some((request, row_version)) = self.store.load_request(&session.keys, id).await? else { return Ok(()) };
        if !matches!(request.state(), RequestState::Pending | RequestState::Countered) {
            return Ok(());
        }
        let version = session.view.version;
        self.commit(&session, move |draft| {
            draft.require_version(version)?;
            let lapsed = request.clone().lapse(Actor::Clock, draft.now).map_err(|rejected| Error::internal(rejected.error.reason()))?;
            draft.put_request(&lapsed, Some(row_version))?;
            draft.note(Note::new("request.lapsed", Who::Clock).brand(BrandId(lapsed.brand())).request(id)).map(|_| ())
        })
        .await
    }

    /// Forgets request ids that are older than 30 days.
    pub async fn forget_request_ids(&self) -> Result<()> {
        let oldest = self.now().plus_days(-REMEMBERED_DAYS).micros();
        self.store
            .transaction("forget_request_ids", |transaction| {
                Box::pin(async move {
                    replay::Entity::delete_many().filter(replay::Column::At.lt(oldest)).exec(transaction).await?;
                    Ok(())
                })
            })
            .await
    }
}
