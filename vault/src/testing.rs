//! Vaults for tests: a database of their own, a clock that stands still, randomness that repeats.

use std::path::Path;
use std::sync::Arc;

use coffret_envelope::testing::SeededEntropy;
use sea_orm::{ConnectionTrait, Database};

use crate::clock::{ManualClock, Timestamp};
use crate::error::{Error, Result};
use crate::keys::file::FileRoot;
use crate::{Location, Settings, Vault};

/// The moment at which test clocks start: 2026-11-22T12:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_795_348_800);

/// A vault in a folder, with the clock that it goes by.
pub async fn vault_in(folder: &Path, seed: u64) -> Result<(Arc<Vault>, Arc<ManualClock>)> {
    vault_at(Location::Sqlite(folder.join("vault.db")), &folder.join("keys"), seed).await
}

/// A vault at a location, with its root key in a folder.
pub async fn vault_at(location: Location, keys: &Path, seed: u64) -> Result<(Arc<Vault>, Arc<ManualClock>)> {
    let clock = Arc::new(ManualClock::new(START));
    let entropy = Arc::new(SeededEntropy::new(seed));
    let root = Arc::new(FileRoot::open(keys, entropy.as_ref(), true)?);
    let vault = Vault::open(Settings { location, root, clock: Arc::<ManualClock>::clone(&clock), entropy }).await?;
    Ok((vault, clock))
}

/// Makes a database on a PostgreSQL server (`postgres://user@host:port/database`); gives its URL. The name: `[a-z0-9_]`, 1 to 63 bytes.
pub async fn create_database(server: &str, name: &str) -> Result<String> {
    administer(server, &format!("CREATE DATABASE {}", checked(name)?)).await?;
    let (address, query) = server.split_once('?').unwrap_or((server, ""));
    // The last slash leads to the database, unless it is one of the two before the address.
    let base = address.rsplit_once('/').map_or(address, |(base, _)| if base.ends_with('/') { address } else { base });
    Ok(if query.is_empty() { format!("{base}/{name}") } else { format!("{base}/{name}?{query}") })
}

/// Drops a database, whoever is connected to it.
pub async fn drop_database(server: &str, name: &str) -> Result<()> {
    administer(server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", checked(name)?)).await
}

fn checked(name: &str) -> Result<&str> {
    let good =
        (1..=63).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if good { Ok(name) } else { Err(Error::internal("a database has a name of [a-z0-9_]")) }
}

async fn administer(server: &str, sql: &str) -> Result<()> {
    let connection = Database::connect(server).await?;
    connection.execute_unprepared(sql).await?;
    connection.close().await?;
    Ok(())
}
