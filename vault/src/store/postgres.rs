//! How the vault talks to PostgreSQL: what each session is told, and what is asked of the server before it is used.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::patient::Patient;
use crate::error::{Error, Result};

/// What a session is told unless the URL says otherwise (`?options[lock_timeout]=3s`).
///
/// A statement that takes longer is taken back by the server, so that it is known not to have happened. A commit that waits for a
/// synchronous standby is not among them: PostgreSQL stops counting before it commits, or an answer could be lost with the standby. The
/// last five let the server find out that a vault has vanished, and release what it held.
const USUAL: [(&str, &str); 8] = [
    ("synchronous_commit", "on"),
    ("statement_timeout", "12s"),
    ("lock_timeout", "8s"),
    ("idle_in_transaction_session_timeout", "15s"),
    ("tcp_keepalives_idle", "15"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
];

/// What a session is always told: positions are compared row by row as they are at that moment, not as they were when a transaction began.
const ALWAYS: (&str, &str) = ("default_transaction_isolation", "read committed");

/// What a migration is told instead: it takes as long as it takes.
const MIGRATING: (&str, &str) = ("statement_timeout", "0");

fn told(options: PgConnectOptions, first: Option<(&'static str, &'static str)>) -> PgConnectOptions {
    let said = options.get_options().unwrap_or_default().to_owned();
    let usual = USUAL.into_iter().filter(|(name, _)| !said.contains(name));
    options.options(usual).options(first).options([ALWAYS]).statement_cache_capacity(512).application_name("coffret")
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(16).min_connections(2).sqlx_logging(false);
    // Covers making a connection, too.
    options.acquire_timeout(Duration::from_secs(10));
    // What the server, or something on the way, has closed while nobody looked.
    options.test_before_acquire_if_idle_for(Duration::from_secs(30));
    options.map_sqlx_postgres_opts(|postgres| told(postgres, None));
    options
}

/// Connections to a server that keeps what it has confirmed.
pub(crate) async fn connect(url: &str) -> Result<DatabaseConnection> {
    let connections = Database::connect(options(url)).await?;
    refuse_forgetful(&connections).await?;
    Ok(connections)
}

/// A connection for the schema alone, whose statements may take long.
pub(crate) async fn connect_to_migrate(url: &str) -> Result<DatabaseConnection> {
    let mut options = options(url);
    options.max_connections(2).min_connections(0);
    options.map_sqlx_postgres_opts(|postgres| told(postgres, Some(MIGRATING)));
    Ok(Database::connect(options).await?)
}

/// Refuses sessions that confirm what may still be lost. The server's own setting does not matter, since each session says `on`; the URL can
/// ask for less, and is not followed. Whether the server flushes at all is its operator's to know: some keep what they confirm by other means.
async fn refuse_forgetful(connections: &DatabaseConnection) -> Result<()> {
    let sql = "SELECT current_setting('synchronous_commit') AS commits, current_setting('fsync') AS flushes";
    let row = Patient::new(connections.clone()).query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    let row = row.ok_or_else(|| Error::internal("the database does not tell its settings"))?;
    let (commits, flushes): (String, String) = (row.try_get("", "commits")?, row.try_get("", "flushes")?);
    if !matches!(commits.as_str(), "on" | "remote_apply") {
        return Err(Error::precondition(
            "COMMITS_NOT_DURABLE",
            "The database's URL sets synchronous_commit to something else than on or remote_apply: a confirmed commit could be lost. \
             Take it out of the URL.",
        ));
    }
    if flushes != "on" {
        tracing::warn!("PostgreSQL runs with fsync off: what it confirms is lost when its machine fails, unless its storage sees to it");
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{create_database, drop_database};

    fn said(url: &str, first: Option<(&'static str, &'static str)>) -> String {
        told(url.parse().expect("a URL"), first).get_options().expect("options").to_owned()
    }

    #[test]
    fn the_url_may_change_limits_but_not_the_isolation() {
        let plain = said("postgres://one@host/two", None);
        for (name, value) in USUAL {
            assert!(plain.contains(&format!("-c {name}={value}")), "{plain}");
        }
        let own = said("postgres://one@host/two?options[lock_timeout]=3s&options[default_transaction_isolation]=serializable", None);
        assert!(own.contains("lock_timeout=3s") && !own.contains("lock_timeout=8s"), "{own}");
        assert!(own.ends_with(r"-c default_transaction_isolation=read\ committed"), "the last one counts: {own}");
        let migrating = said("postgres://one@host/two", Some(MIGRATING));
        assert!(migrating.find("statement_timeout=0") > migrating.find("statement_timeout=12s"), "{migrating}");
    }

    #[tokio::test]
    async fn sessions_are_as_told_whatever_the_database_says_for_itself() {
        let Some(server) = server() else { return skip("no PostgreSQL is named") };
        let name = format!("coffret_sessions_{}", std::process::id());
        let url = create_database(&server, &name).await.expect("made");
        let back = Database::connect(&url).await.expect("a connection");
        for setting in ["synchronous_commit = off", "default_transaction_isolation = 'serializable'", "statement_timeout = 0"] {
            back.execute_unprepared(&format!("ALTER DATABASE {name} SET {setting}")).await.expect("set");
        }
        back.close().await.expect("closed");
        let (usual, migrating) = (connect(&url).await.expect("connects"), connect_to_migrate(&url).await.expect("connects"));
        for (name, value) in USUAL.into_iter().chain([ALWAYS]) {
            // Of a session over a Unix socket TCP's settings read as 0.
            let told = setting(&usual, name).await;
            assert!(told == value || (name.starts_with("tcp_") && told == "0"), "{name}: {told}");
        }
        assert_eq!(setting(&migrating, "statement_timeout").await, "0");
        assert_eq!(setting(&migrating, "synchronous_commit").await, "on");
        for connections in [usual, migrating] {
            connections.close().await.expect("closed");
        }
        drop_database(&server, &name).await.expect("dropped");
    }

    async fn setting(connections: &DatabaseConnection, name: &str) -> String {
        let sql = format!("SELECT current_setting('{name}') AS told");
        let row = connections.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("runs").expect("a row");
        row.try_get("", "told").expect("a text")
    }

    #[expect(clippy::disallowed_methods, reason = "the test command names the server to test with")]
    pub(crate) fn server() -> Option<String> {
        std::env::var("COFFRET_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
    }

    /// Says that the running test checks nothing here, and why.
    #[expect(clippy::disallowed_methods, reason = "the test command names the file to report to")]
    pub(crate) fn skip(reason: &str) {
        use std::io::Write as _;
        let line = format!("{}: {reason}\n", std::thread::current().name().unwrap_or("a test"));
        print!("skipped: {line}");
        if let Some(path) = std::env::var_os("COFFRET_SKIPPED") {
            let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
            file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the file of skipped tests is writable");
        }
    }
}
