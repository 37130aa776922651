//! Keeps the log of a vault until nothing waits, in a process of its own, so that its time and memory are nobody else's.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use coffret_vault::log::{Folder, Keeper, Publisher};
use tokio::time::Instant;

use super::Failure;
use super::machine::memory;
use crate::config::Config;
use crate::serve::LogParts;

#[derive(Args, Debug)]
pub(super) struct Options {
    /// The configuration of the vault's server, which does not run.
    #[arg(long)]
    config: PathBuf,
}

pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let config = Config::load(Some(&options.config))?;
    let vault = config.open().await?;
    let LogParts { mut settings, folder } = config.parts()?.log.ok_or_else(|| Failure::new("no log is configured"))?;
    settings.publication = Some(std::sync::Arc::new(Folder::new(&folder)));
    let (mut keeper, mut publisher) = (Keeper::new(&vault, &settings).await?, Publisher::new(&vault, &settings));
    let before = vault.database_bytes().await?;
    let begun = Instant::now();
    let (mut leaves, mut longest_ms) = (0, 0.0_f64);
    if !keeper.hold().await? {
        return Err(Failure::new("another process keeps the log"));
    }
    let mut held = Instant::now();
    loop {
        let one = Instant::now();
        let done = keeper.sequence().await?;
        longest_ms = longest_ms.max(one.elapsed().as_secs_f64() * 1e3);
        leaves += done.leaves;
        if !done.more {
            break;
        }
        if held.elapsed().as_secs() >= 2 {
            keeper.hold().await?;
            held = Instant::now();
        }
    }
    let sequencing_seconds = begun.elapsed().as_secs_f64();
    let grown = vault.database_bytes().await? - before;
    keeper.hold().await?;
    let begun = Instant::now();
    keeper.checkpoint().await?;
    let signing_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    publisher.publish().await?;
    let publishing_seconds = begun.elapsed().as_secs_f64();
    keeper.release().await?;
    let found = serde_json::json!({
        "leaves": leaves,
        "sequencing_seconds": sequencing_seconds,
        "longest_ms": longest_ms,
        "signing_seconds": signing_seconds,
        "publishing_seconds": publishing_seconds,
        "database_bytes": grown,
        "published_bytes": bytes_in(&folder)?,
        "most_megabytes": memory(std::process::id()).map_or(0.0, |(_, most)| most),
    });
    writeln!(std::io::stdout(), "{found}")?;
    Ok(())
}

/// Bytes in a folder and all below it.
pub(super) fn bytes_in(folder: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        sum += if about.is_dir() { bytes_in(&entry.path())? } else { about.len() };
    }
    Ok(sum)
}
