//! How the deployment is.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::Vault;
use crate::clock::SystemClock;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::store::entity::{brand, customer, meta};
use crate::store::lease::Lease;
use crate::store::view;

/// How the deployment is.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// `sqlite` or `postgresql`.
    pub database: &'static str,
    /// Milliseconds that a durable write took just now.
    pub write_latency_ms: f64,
    /// Whether keys can be unwrapped.
    pub keys_available: bool,
    /// Customers whose vault is open.
    pub customers: u64,
    /// Brands.
    pub brands: u64,
    /// Servers with a lease on this database.
    pub servers: u64,
    /// Changes that brands have not yet acknowledged.
    pub outbox_waiting: u64,
    /// The transparency log.
    pub log: crate::log::Status,
    /// E-mail to customers.
    pub mail: crate::notice::MailHealth,
    /// Complaints that nobody has closed yet.
    pub complaints_open: u64,
}

impl Vault {
    /// Looks how the deployment is: writes something durably, unwraps a key, and counts.
    pub async fn health(&self) -> Result<Health> {
        let customers = customer::Entity::find()
            .filter(customer::Column::State.eq(view::ACTIVE))
            .filter(customer::Column::CustomerId.ne(CustomerId::DEPLOYMENT.0))
            .count(self.store.reader())
            .await?;
        let sql = "SELECT CAST(COALESCE(SUM(outbox_seq - outbox_acked), 0) AS BIGINT) FROM brand";
        let waiting = self.store.reader().query_one_raw(self.store.statement(sql, Vec::new())).await?;
        let waiting: i64 = waiting.ok_or_else(|| Error::internal("a sum without a row"))?.try_get_by_index(0)?;
        Ok(Health {
            database: self.database(),
            write_latency_ms: self.write_latency().await?,
            keys_available: self.keys_available().await,
            customers,
            brands: brand::Entity::find().count(self.store.reader()).await?,
            servers: Lease::servers(&self.store).await?,
            outbox_waiting: waiting.unsigned_abs(),
            log: self.log_status().await?,
            mail: self.mail_health().await?,
            complaints_open: self.count_open_complaints().await?,
        })
    }

    /// Bytes that the database takes on disk, without what it has free for later.
    pub async fn database_bytes(&self) -> Result<i64> {
        let sql = if self.store.is_postgres() {
            "SELECT pg_database_size(current_database())"
        } else {
            "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) \
             - (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)"
        };
        let row = self.store.reader().query_one_raw(self.store.statement(sql, Vec::new())).await?;
        Ok(row.ok_or_else(|| Error::internal("a size without a row"))?.try_get_by_index(0)?)
    }

    /// By the machine's clock: the vault's own may stand still.
    async fn write_latency(&self) -> Result<f64> {
        let row = meta::ActiveModel {
            name: ActiveValue::Set("health".to_owned()),
            value: ActiveValue::Set(self.now().micros().to_be_bytes().to_vec()),
        };
        let conflict = OnConflict::column(meta::Column::Name).update_column(meta::Column::Value).to_owned();
        let before = SystemClock::machine();
        meta::Entity::insert(row).on_conflict(conflict).exec_without_returning(self.store.writer()).await?;
        Ok((SystemClock::machine().micros() - before.micros()).max(0) as f64 / 1000.0)
    }

    /// Unwraps the deployment's key again, from the database.
    async fn keys_available(&self) -> bool {
        let Ok(session) = self.session(CustomerId::DEPLOYMENT).await else { return false };
        self.keyring.evict(CustomerId::DEPLOYMENT, session.keys.generation());
        self.fresh_session(CustomerId::DEPLOYMENT).await.is_ok()
    }
}
