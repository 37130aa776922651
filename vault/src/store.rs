//! The one way into the database: SQLite (embedded default) or PostgreSQL, one schema, one migration set.
//!
//! Reading goes through [`Store::reader`]. What concerns a customer is written only by the [`append`] task, which joins everything that
//! waits into one durable commit; the rest goes through [`Store::transaction`].

pub(crate) mod append;
mod checkpoint;
pub(crate) mod draft;
pub(crate) mod entity;
pub(crate) mod fetch;
pub(crate) mod lease;
pub(crate) mod log;
pub(crate) mod migration;
mod patient;
pub(crate) mod pending;
pub(crate) mod postgres;
pub(crate) mod statement;
pub(crate) mod view;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions,
};
use sea_orm_migration::MigratorTrait;

use crate::clock::{SystemClock, Timestamp};
use crate::error::{Error, Kind, Result};
use checkpoint::Checkpoints;
use patient::Patient;

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file of the embedded database; its folder is made where it is missing. One server at a time.
    Sqlite(PathBuf),
    /// A PostgreSQL (or an engine that speaks its wire), by URL. Any number of servers.
    Postgres(String),
}

/// The databases' connections.
pub(crate) struct Store {
    reader: Patient,
    writer: Patient,
    postgres: bool,
    /// Of the embedded database alone.
    checkpoints: Option<Checkpoints>,
    /// Held while a process uses the embedded database; the system releases it even after kill -9.
    _lock: Option<File>,
}

/// What a transaction does, as a future that borrows it.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

impl Store {
    /// Opens the database, takes the embedded one for this process alone, and brings the schema up to date.
    pub(crate) async fn open(location: &Location) -> Result<Arc<Self>> {
        let (checkpoints, calls) = Checkpoints::new();
        let store = match location {
            Location::Sqlite(path) => Self::open_sqlite(path, checkpoints).await?,
            Location::Postgres(url) => Self::open_postgres(url).await?,
        };
        store.migrate(location).await?;
        let store = Arc::new(store);
        if !store.postgres {
            tokio::spawn(checkpoint::keep(Arc::downgrade(&store), calls));
        }
        Ok(store)
    }

    async fn open_sqlite(path: &Path, checkpoints: Checkpoints) -> Result<Self> {
        let lock = lock_beside(path)?;
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let connect = |connections: u32, cache: &'static str, url: String| async move {
            let mut options = ConnectOptions::new(url);
            options.max_connections(connections).min_connections(1).sqlx_logging(false).test_before_acquire(false);
            options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>).acquire_timeout(Duration::from_secs(30));
            options.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "FULL")
                    .pragma("busy_timeout", "10000")
                    .pragma("secure_delete", "ON")
                    .pragma("foreign_keys", "ON")
                    .pragma("cache_size", cache)
                    .pragma("mmap_size", "0")
                    // Else a large batch's own journal is written to a file of the system's folder for temporary things.
                    .pragma("temp_store", "MEMORY")
                    .pragma("wal_autocheckpoint", checkpoint::BACKSTOP_PAGES)
                    .statement_cache_capacity(512)
            });
            Database::connect(options).await
        };
        // KiB, negative as SQLite wants them. In WAL mode a reader forgets its pages, and unmaps the file, whenever somebody has
        // written: little cache, no mapping. The writer is the only one who writes, and keeps its pages.
        let writer = connect(1, "-12000", url.clone()).await?;
        let reader = connect(4, "-4000", url).await?;
        let (reader, writer) = (Patient::new(reader), Patient::new(writer));
        Ok(Self { reader, writer, postgres: false, checkpoints: Some(checkpoints), _lock: Some(lock) })
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let connections = postgres::connect(url).await?;
        let (reader, writer) = (Patient::new(connections.clone()), Patient::new(connections));
        Ok(Self { reader, writer, postgres: true, checkpoints: None, _lock: None })
    }

    /// Refuses a schema that this program does not know, then applies what is missing.
    async fn migrate(&self, location: &Location) -> Result<()> {
        let writer = match location {
            Location::Sqlite(_) => DatabaseConnection::clone(&self.writer),
            Location::Postgres(url) => postgres::connect_to_migrate(url).await?,
        };
        let known: Vec<String> = migration::Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
        migration::Migrator::install(&writer).await?;
        let applied = migration::Migrator::get_migration_models(&writer).await?;
        if let Some(unknown) = applied.iter().find(|model| !known.contains(&model.version)) {
            return Err(Error::precondition(
                "SCHEMA_TOO_NEW",
                format!(
                    "The database has the schema {}, which this version of Coffret does not know. Use the newer version.",
                    unknown.version
                ),
            ));
        }
        // Two servers may start at once on one PostgreSQL: whoever comes second finds the tables made.
        let mut tries = 0;
        while let Err(cause) = migration::Migrator::up(&writer, None).await {
            tries += 1;
            if tries == 10 {
                return Err(cause.into());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if self.postgres {
            writer.close().await?;
        }
        Ok(())
    }

    /// For reading.
    pub(crate) fn reader(&self) -> &Patient {
        &self.reader
    }

    /// Whether this is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// The database's name for people.
    pub(crate) fn name(&self) -> &'static str {
        if self.postgres { "postgresql" } else { "sqlite" }
    }

    pub(crate) fn backend(&self) -> DbBackend {
        if self.postgres { DbBackend::Postgres } else { DbBackend::Sqlite }
    }

    /// A statement with its values; placeholders are `$1`, `$2`, ... in both databases.
    pub(crate) fn statement(&self, sql: impl Into<String>, values: Vec<sea_orm::Value>) -> Statement {
        Statement::from_sql_and_values(self.backend(), sql, values)
    }

    /// The database's time; the machine's for the embedded one.
    pub(crate) async fn time(&self) -> Result<Timestamp> {
        if !self.postgres {
            return Ok(SystemClock::machine());
        }
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros";
        let row = self.writer.query_one_raw(self.statement(sql, Vec::new())).await?;
        let row = row.ok_or_else(|| Error::internal("the database does not tell the time"))?;
        Ok(Timestamp::from_micros(row.try_get("", "micros")?))
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> std::result::Result<DatabaseTransaction, DbErr> {
        let mode = (!self.postgres).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() };
        self.writer.begin(options).await
    }

    /// Waits for a piece of work on the database, but not for ever.
    pub(crate) async fn in_time<T, E: From<DbErr>>(
        &self,
        work: impl Future<Output = std::result::Result<T, E>>,
    ) -> std::result::Result<T, E> {
        self.writer.in_time(work).await
    }

    /// Runs one write statement in a commit of its own.
    pub(crate) fn writer(&self) -> &Patient {
        &self.writer
    }

    /// Runs a named piece of work in one transaction, and again from the start when the database asks for it (SQLSTATE 40001, 40P01, busy).
    pub(crate) async fn transaction<T>(
        &self,
        name: &'static str,
        work: impl for<'a> Fn(&'a DatabaseTransaction) -> Work<'a, T>,
    ) -> Result<T> {
        let mut tries = 0_u32;
        loop {
            let attempt = async {
                let transaction = self.begin().await?;
                match work(&transaction).await {
                    Ok(done) => transaction.commit().await.map(|()| done).map_err(Error::from),
                    Err(error) => {
                        transaction.rollback().await?;
                        Err(error)
                    }
                }
            };
            match self.in_time(attempt).await {
                Err(error) if tries < 8 && error.cause().is_some_and(|cause| cause.downcast_ref::<DbErr>().is_some_and(wants_retry)) => {
                    tries += 1;
                    tracing::debug!(transaction = name, tries, "retrying");
                    tokio::time::sleep(Duration::from_millis(2_u64 << tries)).await;
                }
                other => return other,
            }
        }
    }
}

/// The database's own code of a failure.
fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    cause.as_database_error().and_then(|cause| Some(cause.code()?.into_owned()))
}

/// Whether the same transaction may succeed when it is run again.
pub(crate) fn wants_retry(error: &DbErr) -> bool {
    code(error).is_some_and(|code| matches!(code.as_str(), "40001" | "40P01" | "5" | "261" | "517" | "6"))
}

/// Whether the database itself answered that it did not do it.
pub(crate) fn was_refused(error: &DbErr) -> bool {
    code(error).is_some()
}

/// Whether a unique key was there already.
pub(crate) fn is_duplicate(error: &DbErr) -> bool {
    code(error).is_some_and(|code| matches!(code.as_str(), "23505" | "1555" | "2067"))
}

/// Takes the lock file beside the database.
fn lock_beside(path: &Path) -> Result<File> {
    let unusable = |cause: std::io::Error| {
        Error::new(Kind::FailedPrecondition, "DATA_FOLDER_UNUSABLE", "The data folder cannot be used: it cannot be made or written.")
            .because(cause)
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(unusable)?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(path.with_extension("lock")).map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::precondition(
            "DATA_IN_USE",
            "Another Coffret process uses this data folder. Stop it first, or talk to it over gRPC.",
        )),
        Err(std::fs::TryLockError::Error(cause)) => Err(unusable(cause)),
    }
}
