//! Servers that share one PostgreSQL: each holds a lease, and each finishes the answers it has begun when another stops a grant.
//!
//! A read linearises at its commit. A stop that returns promises that no answer follows; what another server has committed but not yet
//! handed over must be waited for. The stopping server leaves a demand (a fence row) for each other live server, which finishes its
//! answers and removes the row. A server that cannot renew its lease stops answering by itself, so a dead one is not waited for longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use coffret_envelope::Entropy;
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use tokio::sync::Notify;
use uuid::Uuid;

use super::Store;
use super::entity::{fence, ledger_entry, node};
use crate::Vault;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::error::{Error, Result};
use crate::id::{CustomerId, make_uuid_v4};

/// How long a lease lasts without renewal.
const LEASE_SECONDS: i64 = 4;
/// How often it is renewed.
const RENEW: Duration = Duration::from_millis(800);
/// How often a server looks for demands while there are others.
const LOOK: Duration = Duration::from_millis(8);

/// This server's lease.
pub(crate) struct Lease {
    node: Uuid,
    /// The machine's time until which this server may answer; the far future for the embedded database.
    until: AtomicI64,
    /// How often the lease has ended before it was renewed.
    lapses: AtomicU64,
    /// Whether other servers are live.
    others: AtomicBool,
    /// Told when the lease has lapsed and is renewed.
    lapsed: Arc<Notify>,
}

impl Lease {
    /// Takes a lease. The embedded database needs none: its lock file keeps every other process out.
    pub(crate) async fn take(store: &Store, clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Self> {
        let node = make_uuid_v4(entropy)?;
        let held = |until, others| Self {
            node,
            until: AtomicI64::new(until),
            lapses: AtomicU64::new(0),
            others: AtomicBool::new(others),
            lapsed: Arc::default(),
        };
        if !store.is_postgres() {
            return Ok(held(i64::MAX, false));
        }
        let asked = SystemClock::machine();
        let now = correct(store, clock).await?;
        let row = node::ActiveModel {
            node_id: ActiveValue::Set(node),
            exclusive: ActiveValue::Set(false),
            started_at: ActiveValue::Set(clock.now().micros()),
            expires_at: ActiveValue::Set(now.plus_seconds(LEASE_SECONDS).micros()),
        };
        node::Entity::insert(row).exec_without_returning(store.writer()).await?;
        Ok(held(asked.plus_seconds(LEASE_SECONDS - 1).micros(), true))
    }

    /// Tells when this server was cut off from the others for a while, and no longer is.
    pub(crate) fn lapsed(&self) -> Arc<Notify> {
        Arc::clone(&self.lapsed)
    }

    /// How often the lease has lapsed: taken where an answer begins, for [`Self::check`] where it ends.
    pub(crate) fn lapses(&self) -> u64 {
        self.lapses.load(Ordering::Acquire)
    }

    /// Whether this server may still give an answer that began when the lease had lapsed so often. A stop elsewhere does not wait for a
    /// server whose lease has ended, so a lease that was renewed afterwards does not make up for it.
    pub(crate) fn check(&self, lapses_before: u64) -> Result<()> {
        if SystemClock::machine().micros() < self.until.load(Ordering::Acquire) && self.lapses() == lapses_before {
            Ok(())
        } else {
            Err(Error::unavailable("the lease could not be renewed"))
        }
    }

    /// Renews the lease and answers demands for as long as the vault lives.
    pub(crate) fn keep(vault: &Arc<Vault>) {
        if !vault.store.is_postgres() {
            return;
        }
        let renewed = Arc::downgrade(vault);
        tokio::spawn(async move {
            while let Some(vault) = renewed.upgrade() {
                // Whatever the vault's clock does: what other servers change counts here soon.
                vault.lookups.forget();
                if let Err(error) = vault.lease.renew(&vault.store, vault.clock.as_ref()).await {
                    tracing::warn!(?error, "the lease was not renewed");
                }
                drop(vault);
                tokio::time::sleep(RENEW).await;
            }
        });
        let demanded = Arc::downgrade(vault);
        tokio::spawn(async move {
            while let Some(vault) = demanded.upgrade() {
                let wait = if vault.lease.others.load(Ordering::Relaxed) { LOOK } else { RENEW / 4 };
                if let Err(error) = vault.lease.answer_demands(&vault).await {
                    tracing::warn!(?error, "demands of other servers were not answered");
                }
                drop(vault);
                tokio::time::sleep(wait).await;
            }
        });
    }

    async fn renew(&self, store: &Store, clock: &dyn Clock) -> Result<()> {
        let asked = SystemClock::machine();
        let now = correct(store, clock).await?;
        let sql = "UPDATE node SET expires_at = $1 WHERE node_id = $2";
        let values = vec![now.plus_seconds(LEASE_SECONDS).micros().into(), self.node.into()];
        store.writer().execute_raw(store.statement(sql, values)).await?;
        if asked.micros() >= self.until.load(Ordering::Acquire) || SystemClock::machine().micros() >= self.until.load(Ordering::Acquire) {
            self.lapses.fetch_add(1, Ordering::AcqRel);
            self.lapsed.notify_one();
        }
        // Counted from before the renewal was asked for: never longer than the others believe.
        self.until.store(asked.plus_seconds(LEASE_SECONDS - 1).micros(), Ordering::Release);
        let live = Self::live(store, now).await?;
        self.others.store(live.iter().any(|node| *node != self.node), Ordering::Relaxed);
        // Servers gone for an hour leave no trace.
        node::Entity::delete_many().filter(node::Column::ExpiresAt.lt(now.plus_seconds(-3600).micros())).exec(store.writer()).await?;
        Ok(())
    }

    async fn live(store: &Store, now: Timestamp) -> Result<Vec<Uuid>> {
        let nodes: Vec<Uuid> = node::Entity::find()
            .select_only()
            .column(node::Column::NodeId)
            .filter(node::Column::ExpiresAt.gt(now.micros()))
            .into_tuple()
            .all(store.writer())
            .await?;
        Ok(nodes)
    }

    /// Finishes the answers that this server has begun, then removes the demands seen before.
    async fn answer_demands(&self, vault: &Vault) -> Result<()> {
        let demands = fence::Entity::find().filter(fence::Column::NodeId.eq(self.node)).all(vault.store.writer()).await?;
        if demands.is_empty() {
            return Ok(());
        }
        for shard in &vault.answering {
            drop(shard.write().await);
        }
        let ids = demands.iter().map(|row| row.fence_id);
        fence::Entity::delete_many().filter(fence::Column::FenceId.is_in(ids)).exec(vault.store.writer()).await?;
        Ok(())
    }

    /// Returns when every other live server has finished the answers that it had begun, or its lease has ended.
    pub(crate) async fn fence_others(&self, vault: &Vault) -> Result<()> {
        let store = &vault.store;
        if !store.is_postgres() {
            return Ok(());
        }
        let now = store.time().await?;
        let others: Vec<Uuid> = Self::live(store, now).await?.into_iter().filter(|node| *node != self.node).collect();
        if others.is_empty() {
            return Ok(());
        }
        let mut demands = Vec::new();
        for other in others {
            let id = make_uuid_v4(vault.entropy.as_ref())?;
            let row = fence::ActiveModel {
                fence_id: ActiveValue::Set(id),
                node_id: ActiveValue::Set(other),
                created_at: ActiveValue::Set(now.micros()),
            };
            fence::Entity::insert(row).exec_without_returning(store.writer()).await?;
            demands.push((id, other));
        }
        loop {
            tokio::time::sleep(Duration::from_millis(4)).await;
            let open = fence::Entity::find()
                .filter(fence::Column::FenceId.is_in(demands.iter().map(|demand| demand.0)))
                .all(store.writer())
                .await?;
            if open.is_empty() {
                return Ok(());
            }
            let live = Self::live(store, store.time().await?).await?;
            if open.iter().all(|row| !live.contains(&row.node_id)) {
                fence::Entity::delete_many()
                    .filter(fence::Column::FenceId.is_in(demands.iter().map(|demand| demand.0)))
                    .exec(store.writer())
                    .await?;
                return Ok(());
            }
        }
    }

    /// How many servers are live.
    pub(crate) async fn servers(store: &Store) -> Result<u64> {
        if !store.is_postgres() {
            return Ok(1);
        }
        let now = store.time().await?;
        Ok(node::Entity::find().filter(node::Column::ExpiresAt.gt(now.micros())).count(store.reader()).await?)
    }
}

/// Sets the clock by the database's, half a round trip ago; gives the database's time.
async fn correct(store: &Store, clock: &dyn Clock) -> Result<Timestamp> {
    let asked = SystemClock::machine().micros();
    let now = store.time().await?;
    let answered = SystemClock::machine().micros();
    clock.correct(now.micros() - (asked + (answered - asked) / 2));
    Ok(now)
}

/// The newest moment in the deployment's own stream, which every start and every administrative act moves.
pub(crate) async fn newest_moment(store: &Store) -> Result<Timestamp> {
    let newest: Option<Option<i64>> = ledger_entry::Entity::find()
        .select_only()
        .column_as(ledger_entry::Column::At.max(), "newest")
        .filter(ledger_entry::Column::CustomerId.eq(CustomerId::DEPLOYMENT.0))
        .into_tuple()
        .one(store.reader())
        .await?;
    Ok(Timestamp::from_micros(newest.flatten().unwrap_or_default()))
}
