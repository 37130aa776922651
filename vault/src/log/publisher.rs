//! Puts the log out for everybody: tiles first, the checkpoint last.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use coffret_ledger::{Bundle, SignedCheckpoint, Tile, TileKind, TilePath, changed_bundles, changed_hash_tiles};

use super::consistency::damaged;
use super::guard::{Guard, refuse_behind};
use super::origin::{open_checkpoint, prefix_of};
use super::state::Published;
use super::step::{Step, step};
use super::{Settings, Steps};
use crate::Vault;
use crate::error::Result;
use crate::store::log::{Cosigned, Origin, Signed};

/// Where a log is put out: a folder, an object store.
///
/// Paths are those of C2SP tlog-tiles below `ledger/<year>/`. What is at a path is seen whole or not at all, and is durable once
/// [`Publication::put`] returns.
#[async_trait]
pub trait Publication: Send + Sync + 'static {
    /// What is at a path; nothing when nothing is.
    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>>;
    /// Puts a tile or bundle there. One that is there already stays as it is: its bytes follow from its path and the log.
    async fn put_once(&self, path: &str, bytes: Vec<u8>) -> Result<()>;
    /// Puts something there in the place of what there was: the checkpoint.
    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()>;
    /// Removes the partial tiles (`<path>.p/*`) of a tile that is full now.
    async fn remove_partials(&self, path: &str) -> Result<()>;
}

/// Publishes what was signed, from one server.
pub struct Publisher {
    vault: Arc<Vault>,
    guard: Guard,
    publication: Option<Arc<dyn Publication>>,
    steps: Arc<dyn Steps>,
    /// Of each log the size that is done, and the note as it was put out.
    done: BTreeMap<i64, (u64, String)>,
    /// The cosignatures by which the newest witnessed checkpoint was found.
    cosigned: Vec<Cosigned>,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("done", &self.done.last_key_value().map(|(log, (size, _))| (log, size))).finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher that has done nothing yet.
    pub fn new(vault: &Arc<Vault>, settings: &Settings) -> Self {
        vault.log.policy.store(Arc::new(settings.policy.clone()));
        Self {
            vault: Arc::clone(vault),
            guard: Guard(settings.kept.clone()),
            publication: settings.publication.clone(),
            steps: Arc::clone(&settings.steps),
            done: BTreeMap::new(),
            cosigned: Vec::new(),
        }
    }

    /// Publishes the newest checkpoint of each log that is not published yet, in the order of opening. Gives the size of the newest one.
    ///
    /// Each is kept outside the database before anybody sees it. One that contradicts what is kept or published already is refused. One to
    /// which cosignatures have come is published again with them.
    pub async fn publish(&mut self) -> Result<Option<u64>> {
        let origins = self.vault.store.log_origins().await?;
        let newest = self.done.last_key_value().map_or(0, |(log, _)| *log);
        // The last checkpoint of the log before the newest may still wait for a witness.
        for origin in origins.into_iter().filter(|origin| origin.log + 1 >= newest) {
            let Some(signed) = self.vault.store.last_checkpoint(origin.log).await? else { continue };
            let note = self.vault.cosigned(&signed).await?.to_string();
            if self.done.get(&origin.log).is_some_and(|(size, done)| (*size, done) == (signed.size, &note)) {
                continue;
            }
            self.publish_one(&origin, &signed, &note).await?;
            self.done.insert(signed.log, (signed.size, note.clone()));
            if newest <= signed.log {
                let published = Published { log: signed.log, origin: origin.name, size: signed.size, note, at: signed.at };
                self.vault.log.published.send_replace(Some(Arc::new(published)));
            }
        }
        self.find_witnessed().await?;
        Ok(self.done.last_key_value().map(|(_, (size, _))| *size))
    }

    /// Finds the newest checkpoint of the newest log that enough witnesses have cosigned, where more have come.
    async fn find_witnessed(&mut self) -> Result<()> {
        let policy = self.vault.log_policy();
        let (Some(newest), true) = (self.vault.log.published.borrow().clone(), policy.asks()) else { return Ok(()) };
        let cosigned = self.vault.store.cosignatures(newest.log).await?;
        if cosigned == self.cosigned {
            return Ok(());
        }
        if let Some((size, note)) = self.vault.witnessed_of(newest.log, &policy, &cosigned).await? {
            let at = self.vault.store.checkpoint_at(newest.log, size).await?.map_or(newest.at, |signed| signed.at);
            let witnessed = Published { log: newest.log, origin: newest.origin.clone(), size, note: note.to_string(), at };
            self.vault.log.witnessed.send_replace(Some(Arc::new(witnessed)));
        }
        self.cosigned = cosigned;
        Ok(())
    }

    async fn publish_one(&self, origin: &Origin, signed: &Signed, note: &str) -> Result<()> {
        let Some(publication) = &self.publication else { return self.keep(signed).await };
        let prefix = prefix_of(&origin.name);
        let path = format!("{prefix}/checkpoint");
        let before = match publication.get(&path).await? {
            Some(note) => Some(
                open_checkpoint(self.vault.log_key().await?, &note)
                    .ok_or_else(|| damaged(format!("what is published at {path} is not a checkpoint of this log's key")))?,
            ),
            None => None,
        };
        // Nothing is kept in the place of what there was before that is held against what is published.
        if let Some(before) = &before {
            // Read after it: another server may have signed and published since.
            refuse_behind(&self.vault, before, self.newest().await?.tree()).await?;
        }
        self.keep(signed).await?;
        if before.as_ref().is_some_and(|before| before.checkpoint().size() > signed.size) {
            // Another server has published a later one.
            return Ok(());
        }
        // Of a log that was given up, what was put out stays; it is put out anew only where nothing is, and only if it was not another
        // history.
        if let Some(loss) = self.vault.store.log_loss(&origin.name).await?
            && (before.is_some() || loss.size <= signed.size)
        {
            return Ok(());
        }
        let from = before.as_ref().map_or(0, |before| before.checkpoint().size());
        self.publish_tiles(publication.as_ref(), prefix, signed, from).await?;
        let put = publication.put(&path, note.as_bytes().to_vec());
        step(self.steps.as_ref(), Step::PublishCheckpoint, put).await?;
        let full = changed_hash_tiles(from, signed.size).chain(changed_bundles(from, signed.size)).filter(|path| path.is_full());
        for path in full {
            let path = format!("{prefix}/{path}");
            step(self.steps.as_ref(), Step::Tidy, publication.remove_partials(&path)).await?;
        }
        Ok(())
    }

    /// Keeps a checkpoint outside the database, unless what is kept is newer: an earlier log's last one is published again at a start.
    async fn keep(&self, signed: &Signed) -> Result<()> {
        let kept = self.guard.kept(&self.vault).await?;
        if let Some(kept) = &kept {
            let newest = self.newest().await?;
            refuse_behind(&self.vault, kept, newest.tree()).await?;
            if self.is_older(signed, kept).await? {
                return Ok(());
            }
        }
        step(self.steps.as_ref(), Step::Keep, self.guard.keep(&signed.note)).await
    }

    async fn newest(&self) -> Result<Signed> {
        for origin in self.vault.store.log_origins().await?.into_iter().rev() {
            if let Some(signed) = self.vault.store.last_checkpoint(origin.log).await? {
                return Ok(signed);
            }
        }
        Err(damaged("no checkpoint where there was one"))
    }

    /// Whether a checkpoint is older than the one that is kept, or is that one.
    async fn is_older(&self, signed: &Signed, kept: &SignedCheckpoint) -> Result<bool> {
        let origins = self.vault.store.log_origins().await?;
        let log = origins.iter().find(|origin| origin.name == kept.checkpoint().origin()).map_or(0, |origin| origin.log);
        Ok((signed.log, signed.size) <= (log, kept.checkpoint().size()))
    }

    async fn publish_tiles(&self, publication: &dyn Publication, prefix: &str, signed: &Signed, from: u64) -> Result<()> {
        for path in changed_bundles(from, signed.size) {
            let bundle = self.stored(signed.log, path).await?;
            // With each bundle the tile of its hashes, and only if they match.
            let over = TilePath::in_tree(TileKind::Hashes(0), path.index(), signed.size);
            let over = over.ok_or_else(|| damaged("a bundle without a tile"))?;
            let hashes = self.stored(signed.log, over).await?;
            let tile = Tile::parse(over.width(), &hashes).map_err(damaged)?;
            Bundle::parse(path.width(), bundle.clone()).and_then(|bundle| bundle.check(&tile)).map_err(damaged)?;
            self.put(publication, prefix, path, bundle).await?;
            self.put(publication, prefix, over, hashes).await?;
        }
        for path in changed_hash_tiles(from, signed.size).filter(|path| path.kind() != TileKind::Hashes(0)) {
            let hashes = self.stored(signed.log, path).await?;
            self.put(publication, prefix, path, hashes).await?;
        }
        Ok(())
    }

    async fn stored(&self, log: i64, path: TilePath) -> Result<Vec<u8>> {
        self.vault.store.log_tile(log, path).await?.ok_or_else(|| damaged(format!("{path} is missing")))
    }

    async fn put(&self, publication: &dyn Publication, prefix: &str, path: TilePath, bytes: Vec<u8>) -> Result<()> {
        let path = format!("{prefix}/{path}");
        step(self.steps.as_ref(), Step::PublishTile, publication.put_once(&path, bytes)).await
    }
}
