//! Vaults for tests: a database of their own, a clock that stands still, randomness that repeats.

use std::path::Path;
use std::sync::Arc;

use coffret_envelope::testing::SeededEntropy;

use crate::clock::{ManualClock, Timestamp};
use crate::error::Result;
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
