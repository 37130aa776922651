//! Refused reads are told after their answer, not in their commit: what a brand that asks too much hears, and when, stays the same for
//! everybody, and a flood of refused reads writes one notice a day. A server that is killed in between leaves the entry alone; the next
//! refused read tells it.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use super::{NoticeKind, new_row};
use crate::Vault;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::id::{BrandId, CustomerId, make_uuid_at};
use crate::store::Store;
use crate::store::entity::notice;

/// Customers, brands and days that are remembered; of what is forgotten the database knows.
const REMEMBERED: usize = 16_384;
const DAY: i64 = 86_400;

/// Of whom it was told today who was refused.
pub(crate) struct ToldRefusals(Mutex<LruCache<(CustomerId, BrandId), i64>>);

impl ToldRefusals {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(NonZeroUsize::new(REMEMBERED).unwrap_or(NonZeroUsize::MIN))))
    }

    /// Whether this is the first of the day (UTC), as far as is remembered.
    fn is_first(&self, customer: CustomerId, brand: BrandId, day: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put((customer, brand), day) != Some(day)
    }
}

impl Vault {
    /// Tells a customer, in the background, that a brand was refused at this position of their stream.
    pub(crate) fn tell_refused(&self, customer: CustomerId, brand: BrandId, sequence: i64) {
        let now = self.now();
        if !self.told_refusals.is_first(customer, brand, now.seconds().div_euclid(DAY)) {
            return;
        }
        let (store, entropy) = (Arc::clone(&self.store), Arc::clone(&self.entropy));
        tokio::spawn(async move {
            let told = match make_uuid_at(entropy.as_ref(), now, sequence) {
                Ok(id) => {
                    let row = notice::Model {
                        entry: Some(sequence),
                        about: Some(brand.0),
                        ..new_row(customer, id, NoticeKind::ReadRefused, now)
                    };
                    store.put_refused(row, now).await
                }
                Err(error) => Err(error),
            };
            if let Err(error) = told {
                tracing::warn!(?error, "a refused read was not told; it stands in the log");
            }
        });
    }
}

impl Store {
    /// Stores the notice, unless one of the same brand and day is there, or the customer is gone.
    async fn put_refused(&self, row: notice::Model, now: Timestamp) -> Result<()> {
        let since = now.seconds().div_euclid(DAY) * DAY * 1_000_000;
        // Held against an erasure on another server: it either sees this row and deletes it, or is seen here.
        let held = if self.is_postgres() { " FOR SHARE" } else { "" };
        let sql = format!("SELECT customer_id FROM customer WHERE customer_id = $1 AND state = 1{held}");
        let open = self.statement(sql, vec![row.customer_id.into()]);
        let sql = "SELECT notice_id FROM notice WHERE customer_id = $1 AND kind = $2 AND about = $3 AND at >= $4 LIMIT 1";
        let told = self.statement(sql, vec![row.customer_id.into(), row.kind.into(), row.about.into(), since.into()]);
        self.transaction("put_refused", move |transaction| {
            let (open, told, row) = (open.clone(), told.clone(), row.clone());
            Box::pin(async move {
                let open = transaction.query_one_raw(open).await?.is_some();
                if open && transaction.query_one_raw(told).await?.is_none() {
                    notice::Entity::insert(row.into_active_model()).exec_without_returning(transaction).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
