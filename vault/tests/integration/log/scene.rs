//! A vault with its log: entries to wait for, keepers and publishers to start, and an auditor who looks at everything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coffret_vault::Vault;
use coffret_vault::clock::ManualClock;
use coffret_vault::log::{Folder, Keeper, Log, Publisher, Settings, Steps};
use coffret_vault::tlog::{Bundle, Hash, Leaf, Note, SignedCheckpoint, Tile, TileKind, TilePath, TileWriter};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::databases::Place;

pub(crate) struct Scene<'a> {
    pub(crate) place: &'a Place,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) settings: Settings,
    folder: PathBuf,
    /// Removed with the scene.
    own: Option<tempfile::TempDir>,
}

/// The root that a note states, whoever signed it.
pub(crate) fn whole(note: &str) -> Hash {
    let note = Note::parse(note.as_bytes()).expect("a note");
    *coffret_vault::tlog::Checkpoint::parse(note.text()).expect("a checkpoint").root()
}

impl<'a> Scene<'a> {
    /// A server on this place.
    pub(crate) async fn new(place: &'a Place) -> Self {
        let (vault, clock) = place.open().await;
        Self::over(place, vault, clock)
    }

    pub(crate) fn over(place: &'a Place, vault: Arc<Vault>, clock: Arc<ManualClock>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut scene = Self::over_folder(place, vault, clock, folder.path());
        scene.own = Some(folder);
        scene
    }

    /// A server that publishes into this folder.
    pub(crate) fn over_folder(place: &'a Place, vault: Arc<Vault>, clock: Arc<ManualClock>, folder: &Path) -> Self {
        Self { place, vault, clock, settings: settings(folder), folder: folder.to_owned(), own: None }
    }

    pub(crate) fn published(&self) -> PathBuf {
        debug_assert!(self.own.as_ref().is_none_or(|own| own.path() == self.folder));
        self.folder.join("public")
    }

    /// Where a log lies in the publication.
    pub(crate) fn published_as(&self, name: &str) -> PathBuf {
        self.published().join("ledger").join(name.rsplit('/').next().expect("a name"))
    }

    /// All that is published is whole and true, whether or not it is everything.
    pub(crate) async fn audit_published(&self) {
        for origin in self.vault.log_origins().await.expect("logs") {
            let key = self.vault.log_verifier_key(&origin.name).await.expect("a key");
            audit_folder(&self.published_as(&origin.name), &key);
        }
    }

    /// A keeper and a publisher, as after a start.
    pub(crate) async fn start(&self) -> (Keeper, Publisher) {
        let keeper = Keeper::new(&self.vault, &self.settings).await.expect("a keeper");
        (keeper, Publisher::new(&self.vault, &self.settings))
    }

    /// As [`Self::start`], with somebody who is told of the steps.
    pub(crate) async fn start_told(&self, steps: Arc<dyn Steps>) -> (Keeper, Publisher) {
        let settings = Settings { steps, ..self.settings.clone() };
        (Keeper::new(&self.vault, &settings).await.expect("a keeper"), Publisher::new(&self.vault, &settings))
    }

    /// The tasks of a server.
    pub(crate) async fn run(&self) -> Log {
        let settings = Settings { every: Duration::from_millis(50), ..self.settings.clone() };
        Log::start(&self.vault, &settings).await.expect("started")
    }

    /// Leaves of nobody, so many at a time.
    pub(crate) async fn leave(&self, leaves: usize, together: usize) {
        leave(self.place, leaves, together).await;
    }

    /// Goes on until nothing waits and all is published; gives the size.
    pub(crate) async fn settle(&self, keeper: &mut Keeper, publisher: &mut Publisher) -> u64 {
        assert!(keeper.hold().await.expect("held"));
        keeper.turn().await.expect("looked at");
        while keeper.sequence().await.expect("sequenced").more {}
        let size = keeper.checkpoint().await.expect("signed").expect("the head is held");
        assert_eq!(publisher.publish().await.expect("published"), Some(size));
        size
    }

    /// As an auditor: all that is published, recomputed from its entries alone; and then that every entry of the vault is there once.
    /// Gives the leaves of all logs.
    pub(crate) async fn audit(&self) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        for origin in self.vault.log_origins().await.expect("logs") {
            let key = self.vault.log_verifier_key(&origin.name).await.expect("a key");
            let (folder, _) = audit_folder(&self.published_as(&origin.name), &key);
            let kept = self.kept_leaves(origin.log).await;
            assert_eq!(&kept[..folder.len()], &folder[..], "what is kept is what is published");
            leaves.extend(folder);
        }
        let ids: BTreeSet<[u8; 16]> = leaves.iter().map(|leaf| leaf.id).filter(|id| *id != [0; 16]).collect();
        let bound = leaves.iter().filter(|leaf| leaf.id == [0; 16]).count();
        assert_eq!(ids.len() + bound, leaves.len(), "an entry is there twice");
        let left = self.place.left.lock().expect("whole").clone();
        let missing: Vec<_> = self.entries().await.into_iter().chain(left).filter(|id| !ids.contains(id)).collect();
        assert!(missing.is_empty(), "{} of {} entries are lost", missing.len(), ids.len());
        leaves
    }

    /// The log as an exporter reads it.
    async fn kept_leaves(&self, log: i64) -> Vec<Leaf> {
        let mut all = Vec::new();
        loop {
            let some = self.vault.log_leaves(log, all.len() as u64).await.expect("leaves");
            if some.is_empty() {
                return all;
            }
            for one in some {
                assert_eq!(one.index, all.len() as u64);
                all.push(one.leaf);
            }
        }
    }

    /// Every event of the ledger.
    async fn entries(&self) -> Vec<[u8; 16]> {
        let database = self.place.back_door().await;
        let statement = sea_orm::Statement::from_string(database.get_database_backend(), "SELECT event_id FROM ledger_entry".to_owned());
        let rows = database.query_all_raw(statement).await.expect("entries");
        database.close().await.expect("closes");
        rows.into_iter().map(|row| *row.try_get_by_index::<Uuid>(0).expect("an id").as_bytes()).collect()
    }
}

pub(crate) fn settings(folder: &Path) -> Settings {
    Settings {
        publication: Some(Arc::new(Folder::new(folder.join("public")))),
        ..Settings::new("vault.example", folder.join("kept/checkpoint"))
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Leaves so many leaves waiting, as commits of `together` would.
pub(crate) async fn leave(place: &Place, leaves: usize, together: usize) {
    let database = place.back_door().await;
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    for first in (0..leaves).step_by(together) {
        let mut bytes = Vec::new();
        for _ in first..leaves.min(first + together) {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let event = Uuid::from_u128(0xe000_0000_0000_0000_0000_0000_0000_0000 + u128::from(number));
            ids.push(*event.as_bytes());
            bytes.extend_from_slice(Uuid::from_u128(number.into()).as_bytes());
            bytes.extend_from_slice(&1_i64.to_be_bytes());
            bytes.extend_from_slice(event.as_bytes());
            bytes.extend_from_slice(Hash::leaf(event.as_bytes()).as_bytes());
        }
        let batch = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(NEXT.fetch_add(1, Ordering::Relaxed)));
        rows.push(format!("({}, {})", place.id(batch), place.bytes(&bytes)));
    }
    let sql = format!("INSERT INTO log_pending (batch, leaves) VALUES {}", rows.join(", "));
    database.execute_unprepared(&sql).await.expect("left waiting");
    database.close().await.expect("closes");
    place.left.lock().expect("whole").extend(ids);
}

/// Checks a published log: signature, root and every tile, from the entries alone. Gives the entries and the size; none where nothing was
/// published yet.
pub(crate) fn audit_folder(folder: &Path, key: &coffret_vault::tlog::VerifierKey) -> (Vec<Leaf>, u64) {
    let Ok(note) = std::fs::read(folder.join("checkpoint")) else { return (Vec::new(), 0) };
    let signed = SignedCheckpoint::open(&note, std::slice::from_ref(key)).expect("a signed checkpoint");
    let size = signed.checkpoint().size();
    let read = |path: TilePath| {
        // A full tile stands for each of its partial ones.
        let full = TilePath::new(path.kind(), path.index(), 256).expect("a path");
        std::fs::read(folder.join(path.to_string())).or_else(|_| std::fs::read(folder.join(full.to_string())))
    };
    let mut writer = TileWriter::new();
    let mut leaves = Vec::new();
    let mut expected = Vec::new();
    for index in 0..size.div_ceil(256) {
        let path = TilePath::in_tree(TileKind::Entries, index, size).expect("a path");
        let bytes = read(path).unwrap_or_else(|cause| panic!("the checkpoint is ahead of {path}: {cause}"));
        let entries = Bundle::parse(path.width(), bytes.clone()).or_else(|_| Bundle::parse(256, bytes)).expect("a whole bundle");
        for entry in entries.entries().take(path.width().into()) {
            let leaf = Leaf::decode(entry).expect("a leaf");
            writer.append(leaf.hash(), |path, tile| expected.push((path, tile)));
            leaves.push(leaf);
        }
    }
    expected.extend(writer.partial_tiles(0));
    assert_eq!((writer.size(), writer.root()), (size, *signed.checkpoint().root()), "the entries lead to the signed root");
    for (path, tile) in expected {
        let bytes = read(path).unwrap_or_else(|cause| panic!("the checkpoint is ahead of {path}: {cause}"));
        let found = Tile::parse(path.width(), &bytes).or_else(|_| Tile::parse(256, &bytes)).expect("a whole tile");
        assert_eq!(&found.hashes()[..tile.hashes().len()], tile.hashes(), "{path}");
    }
    (leaves, size)
}
