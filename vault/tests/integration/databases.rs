//! Every test runs on each database: SQLite always, PostgreSQL where one is named, in a database of its own that goes with the test.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use coffret_vault::clock::ManualClock;
use coffret_vault::testing::vault_at;
use coffret_vault::{Location, Vault};
use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

/// A database that is there for one test.
pub(crate) struct Place {
    location: Location,
    keys: PathBuf,
    seeds: AtomicU32,
    /// Events that a test left waiting for the log behind the vault's back.
    pub(crate) left: std::sync::Mutex<Vec<[u8; 16]>>,
    _folder: Option<TempDir>,
}

impl Place {
    fn new(location: impl FnOnce(&TempDir) -> Location) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            location: location(&folder),
            keys: folder.path().join("keys"),
            seeds: AtomicU32::new(1),
            left: std::sync::Mutex::default(),
            _folder: Some(folder),
        }
    }

    /// Where it is.
    pub(crate) fn location(&self) -> &Location {
        &self.location
    }

    /// The same database with the same keys, reached in another way. Lives no longer than this place.
    pub(crate) fn reached_by(&self, location: Location) -> Self {
        Self { location, keys: self.keys.clone(), seeds: AtomicU32::new(1000), left: std::sync::Mutex::default(), _folder: None }
    }

    /// Opens the vault: another server each time, with randomness and a clock of its own.
    pub(crate) async fn open(&self) -> (Arc<Vault>, Arc<ManualClock>) {
        let seed = self.seeds.fetch_add(1, Ordering::Relaxed);
        vault_at(self.location.clone(), &self.keys, seed.into()).await.expect("the vault opens")
    }

    /// Opens the vault after the one before was dropped: what it had running ends a moment later.
    pub(crate) async fn try_open_again(&self) -> coffret_vault::error::Result<(Arc<Vault>, Arc<ManualClock>)> {
        let mut tries = 0;
        loop {
            let seed = self.seeds.fetch_add(1, Ordering::Relaxed);
            match vault_at(self.location.clone(), &self.keys, seed.into()).await {
                Err(error) if error.reason() == "DATA_IN_USE" && tries < 100 => tries += 1,
                other => return other,
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// As [`Self::try_open_again`], where nothing may keep it from opening.
    pub(crate) async fn open_again(&self) -> (Arc<Vault>, Arc<ManualClock>) {
        self.try_open_again().await.expect("the vault opens")
    }

    /// The folder of root keys.
    pub(crate) fn keys(&self) -> &std::path::Path {
        &self.keys
    }

    /// Keeps a copy of a table as it is now, as `kept`.
    pub(crate) async fn keep(&self, table: &str) {
        let database = self.back_door().await;
        database.execute_unprepared(&format!("CREATE TABLE kept AS SELECT * FROM {table}")).await.expect("a copy");
        database.close().await.expect("closes");
    }

    /// A way into the database behind the vault's back.
    pub(crate) async fn back_door(&self) -> DatabaseConnection {
        let url = match &self.location {
            Location::Sqlite(path) => format!("sqlite://{}?mode=rw", path.display()),
            Location::Postgres(url) => url.clone(),
        };
        Database::connect(url).await.expect("the database opens")
    }

    /// Runs statements behind the vault's back; each must change at least one row.
    pub(crate) async fn tamper(&self, statements: &[String]) {
        let database = self.back_door().await;
        for statement in statements {
            let done = database.execute_unprepared(statement).await.expect("the statement runs");
            assert!(done.rows_affected() > 0, "nothing was tampered with: {statement}");
        }
        database.close().await.expect("closes");
    }

    /// One number out of the database.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let database = self.back_door().await;
        let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql.to_owned());
        let row = database.query_one_raw(statement).await.expect("the question is good").expect("a row");
        database.close().await.expect("closes");
        row.try_get_by_index(0).expect("a number")
    }

    /// A literal for an id or other bytes in a statement.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let hex = hex(bytes);
        match self.location {
            Location::Sqlite(_) => format!("x'{hex}'"),
            Location::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// A literal for an id in a statement.
    pub(crate) fn id(&self, id: uuid::Uuid) -> String {
        match self.location {
            Location::Sqlite(_) => self.bytes(id.as_bytes()),
            Location::Postgres(_) => format!("'{id}'::uuid"),
        }
    }

    /// Every value of every row, as text or hexadecimal: to look for what must not be there.
    pub(crate) async fn dump(&self, table: &str) -> String {
        let database = self.back_door().await;
        let statement = sea_orm::Statement::from_string(database.get_database_backend(), format!("SELECT * FROM {table}"));
        let rows = database.query_all_raw(statement).await.expect("a table");
        let mut text = String::new();
        for row in rows {
            for column in row.column_names() {
                if let Ok(value) = row.try_get::<String>("", &column) {
                    text.push_str(&value);
                } else if let Ok(value) = row.try_get::<Vec<u8>>("", &column) {
                    text.push_str(&String::from_utf8_lossy(&value));
                    text.push_str(&hex(&value));
                } else if let Ok(value) = row.try_get::<i64>("", &column) {
                    text.push_str(&value.to_string());
                }
                text.push('\n');
            }
        }
        database.close().await.expect("closes");
        text
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

/// Runs a test on a place in SQLite, and on one in PostgreSQL where there is one.
pub(crate) async fn on_each_place(name: &str, test: impl AsyncFn(&Place)) {
    test(&Place::new(|folder| Location::Sqlite(folder.path().join("vault.db")))).await;
    if let Some(server) = server() {
        on_server(&server, name, &test).await;
    }
}

/// Runs a test on a vault in each database.
pub(crate) async fn on_each_database(name: &str, test: impl AsyncFn(Arc<Vault>, Arc<ManualClock>)) {
    on_each_place(name, async |place| {
        let (vault, clock) = place.open().await;
        test(vault, clock).await;
    })
    .await;
}

/// Runs a test that needs several servers on one database.
pub(crate) async fn on_postgres(name: &str, test: impl AsyncFn(&Place)) {
    match server() {
        Some(server) => on_server(&server, name, &test).await,
        None => skip("no PostgreSQL is named"),
    }
}

async fn on_server(server: &str, name: &str, test: &impl AsyncFn(&Place)) {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let database = format!("coffret_{name}_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let host = address.rsplit_once('/').map_or(address, |(host, _)| host);
    let url = format!("{host}/{database}?{options}");
    let manager = Database::connect(server).await.expect("the named PostgreSQL answers");
    manager.execute_unprepared(&format!("CREATE DATABASE {database}")).await.expect("a database is made");
    let place = Place::new(|_| Location::Postgres(url));
    let outcome = AssertUnwindSafe(test(&place)).catch_unwind().await;
    manager.execute_unprepared(&format!("DROP DATABASE {database} WITH (FORCE)")).await.expect("the database is dropped");
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command names the server to test with")]
fn server() -> Option<String> {
    std::env::var("COFFRET_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Says that the running test checks nothing here, and why.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "the test command names the file to report to")]
fn skip(reason: &str) {
    use std::io::Write as _;
    let line = format!("{}: {reason}\n", std::thread::current().name().unwrap_or("a test"));
    print!("skipped: {line}");
    if let Some(path) = std::env::var_os("COFFRET_SKIPPED") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the file of skipped tests is writable");
    }
}
