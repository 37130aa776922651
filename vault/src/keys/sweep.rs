//! Keys leave the memory when their time is over, and when their customer was erased on another server.
//!
//! The server that erases a customer forgets the key with that commit. Another one would refuse every read by it, since the customer's row
//! has moved on, and would still hold the key, and with the view what it knew of the account. So each asks again and again which of
//! those whose keys it held lately are erased.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::Vault;
use crate::error::Result;
use crate::id::CustomerId;
use crate::store::entity::customer;
use crate::store::view::ERASED;

/// How often. Also when this server was cut off from the others for a while.
const EVERY: Duration = Duration::from_mins(1);
/// Customers asked about in one statement.
const TOGETHER: usize = 500;

/// Sweeps for as long as the vault lives.
pub(crate) fn keep(vault: &Arc<Vault>) {
    let (vault, lapsed) = (Arc::downgrade(vault), vault.lease.lapsed());
    tokio::spawn(async move {
        loop {
            let _ = tokio::time::timeout(EVERY, lapsed.notified()).await;
            let Some(vault) = vault.upgrade() else { return };
            if let Err(error) = vault.sweep_keys().await {
                tracing::warn!(?error, "keys of customers who were erased elsewhere may still be in memory");
            }
        }
    });
}

impl Vault {
    /// Forgets the keys whose time is over, and everything of customers who were erased elsewhere; tells how many those are.
    pub(crate) async fn sweep_keys(&self) -> Result<usize> {
        let seen = self.keyring.expire();
        if !self.store.is_postgres() {
            // Nobody else erases.
            return Ok(0);
        }
        let mut forgotten = 0;
        for some in seen.chunks(TOGETHER) {
            let erased: Vec<Uuid> = customer::Entity::find()
                .select_only()
                .column(customer::Column::CustomerId)
                .filter(customer::Column::CustomerId.is_in(some.iter().map(|id| id.0)))
                .filter(customer::Column::State.eq(ERASED))
                .into_tuple()
                .all(self.store.reader())
                .await?;
            for id in erased.into_iter().map(CustomerId) {
                // The view of an erased customer takes the place of the one before, and leads to no key.
                self.appender.fresh_view(id).await?;
                self.kept_records.forget(id);
                self.keyring.forget(id);
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Location;
    use crate::clock::ManualClock;
    use crate::customer::NewCustomer;
    use crate::journal::EntryFilter;
    use crate::ledger::Who;
    use crate::page::PageRequest;
    use crate::store::postgres::tests::{server, skip};
    use crate::testing::{create_database, drop_database, vault_at, vault_in};

    async fn customer(vault: &Vault) -> CustomerId {
        let new = NewCustomer { language: "en".to_owned(), time_zone: "UTC".to_owned(), identifiers: Vec::new() };
        vault.create_customer(Who::Operator("operators/test".to_owned()), new, None).await.expect("a customer").id
    }

    /// Whether an unwrapped key is in memory.
    fn holds(vault: &Vault, id: CustomerId) -> bool {
        let shard = vault.keyring.shard(id).lock().expect("whole");
        shard.iter().any(|((whose, _), (_, keys))| *whose == id && keys.is_some())
    }

    async fn knows(vault: &Vault, id: CustomerId) -> bool {
        vault.appender.view(id).await.expect("a view").expect("an account").key.is_some()
    }

    #[tokio::test]
    async fn a_key_leaves_the_memory_when_its_time_is_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, clock) = vault_in(folder.path(), 1).await.expect("a vault");
        let ana = customer(&vault).await;
        vault.session(ana).await.expect("a session");
        clock.advance_seconds(59);
        vault.sweep_keys().await.expect("swept");
        assert!(holds(&vault, ana));
        clock.advance_seconds(1);
        vault.sweep_keys().await.expect("swept");
        assert!(!holds(&vault, ana));
        vault.session(ana).await.expect("unwrapped again");
        assert!(holds(&vault, ana));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_server_forgets_who_was_erased_on_another() {
        let Some(server) = server() else { return skip("no PostgreSQL is named") };
        let name = format!("coffret_sweep_{}", std::process::id());
        let url = create_database(&server, &name).await.expect("made");
        let keys = tempfile::tempdir().expect("a folder");
        let open = async |seed| -> (Arc<Vault>, Arc<ManualClock>) {
            vault_at(Location::Postgres(url.clone()), keys.path(), seed).await.expect("a vault")
        };
        let ((one, _), (other, clock)) = (open(1).await, open(2).await);
        let (ana, ben) = (customer(&one).await, customer(&one).await);
        for id in [ana, ben] {
            let page = other.entries(id, &EntryFilter::default(), &PageRequest::first(10)).await.expect("entries");
            assert_eq!(page.items.len(), 1);
        }
        // Long after: the keys' time is over, the views are still there.
        clock.advance_seconds(60);
        assert_eq!(other.sweep_keys().await.expect("swept"), 0);
        assert!(!holds(&other, ana) && knows(&other, ana).await);
        other.session(ben).await.expect("a session");
        for id in [ana, ben] {
            one.erase_customer(id, Who::Customer).await.expect("erased");
            assert!(knows(&other, id).await, "nothing has told the other server yet");
        }
        // What is asked for is answered from the database all the same.
        let refused = other.entries(ben, &EntryFilter::default(), &PageRequest::first(10)).await.expect_err("erased");
        assert_eq!(refused.reason(), "NOT_FOUND");
        assert_eq!(other.entry(ben, 1).await.expect_err("erased").reason(), "NOT_FOUND");
        assert!(holds(&other, ben) && knows(&other, ana).await, "that alone does not empty the memory");
        other.sweep_keys().await.expect("swept");
        for id in [ana, ben] {
            assert!(!holds(&other, id) && !knows(&other, id).await);
        }
        assert_eq!(other.sweep_keys().await.expect("swept"), 0, "they are not asked about for ever");
        drop((one, other));
        drop_database(&server, &name).await.expect("dropped");
    }
}
