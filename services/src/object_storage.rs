//! Object storage as a publication of the log: what S3 and its like keep is served by them, to any number of readers.
//!
//! A tile is created and never written again. The checkpoint is replaced only by whoever has read it: of two servers that publish into
//! one place, the one that comes late is refused, and looks again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::log::Publication;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{Error as StoreError, GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutPayload, UpdateVersion};
use tonic::async_trait;

/// Publishes into an object store, below a prefix.
#[derive(Debug)]
pub struct ObjectStorage<S> {
    store: S,
    prefix: String,
    /// What was read at a path last, and is replaced by the next [`Publication::put`] there.
    read: Mutex<HashMap<String, UpdateVersion>>,
}

fn unwritable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let sentence = "The log could not be written to its object storage. What was published before stays.";
    Error::new(Kind::Unavailable, "LOG_NOT_PUBLISHED", sentence).because(cause)
}

impl<S: ObjectStore> ObjectStorage<S> {
    /// The store; the prefix is empty, or a path without slashes at its ends.
    pub fn new(store: S, prefix: impl Into<String>) -> Self {
        Self { store, prefix: prefix.into(), read: Mutex::default() }
    }

    fn place(&self, path: &str) -> Result<Path> {
        let whole = if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) };
        Path::parse(whole).map_err(unwritable)
    }

    fn read(&self) -> std::sync::MutexGuard<'_, HashMap<String, UpdateVersion>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<S: ObjectStore> Publication for ObjectStorage<S> {
    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let found = match self.store.get_opts(&self.place(path)?, GetOptions::default()).await {
            Ok(found) => found,
            Err(StoreError::NotFound { .. }) => {
                self.read().remove(path);
                return Ok(None);
            }
            Err(cause) => return Err(unwritable(cause)),
        };
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let bytes = found.bytes().await.map_err(unwritable)?;
        self.read().insert(path.to_owned(), version);
        Ok(Some(bytes.to_vec()))
    }

    async fn put_once(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        match self.store.put_opts(&self.place(path)?, PutPayload::from(bytes), PutMode::Create.into()).await {
            Ok(_) | Err(StoreError::AlreadyExists { .. }) => Ok(()),
            Err(cause) => Err(unwritable(cause)),
        }
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let before = self.read().remove(path);
        let mode = before.map_or(PutMode::Create, PutMode::Update);
        self.store.put_opts(&self.place(path)?, PutPayload::from(bytes), mode.into()).await.map(|_| ()).map_err(unwritable)
    }

    async fn remove_partials(&self, path: &str) -> Result<()> {
        let partials = self.place(&format!("{path}.p"))?;
        let found: Vec<_> = self.store.list(Some(&partials)).try_collect().await.map_err(unwritable)?;
        for one in found {
            match self.store.delete(&one.location).await {
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(cause) => return Err(unwritable(cause)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path as File;
    use std::sync::Arc;

    use coffret_vault::customer::NewCustomer;
    use coffret_vault::ledger::Who;
    use coffret_vault::log::{Folder, Keeper, Publisher, Settings};
    use coffret_vault::testing::vault_in;
    use object_store::memory::InMemory;

    use super::*;

    fn files(folder: &File, below: &File, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, below, found);
            } else {
                let name = path.strip_prefix(below).expect("below").display().to_string();
                found.insert(name, std::fs::read(&path).expect("read"));
            }
        }
    }

    async fn objects(store: &InMemory) -> BTreeMap<String, Vec<u8>> {
        let listed: Vec<_> = store.list(None).try_collect().await.expect("listed");
        let mut found = BTreeMap::new();
        for one in listed {
            let bytes = store.get(&one.location).await.expect("there").bytes().await.expect("read");
            found.insert(one.location.to_string(), bytes.to_vec());
        }
        found
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_log_lies_in_object_storage_as_in_a_folder_byte_for_byte() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, _) = vault_in(folder.path(), 1).await.expect("a vault");
        let public = folder.path().join("public");
        let store = Arc::new(InMemory::new());
        let settings = |publication: Arc<dyn Publication>, kept: &str| Settings {
            publication: Some(publication),
            ..Settings::new("vault.example", folder.path().join(kept))
        };
        let (on_disk, in_store) = (
            settings(Arc::new(Folder::new(&public)), "one"),
            settings(Arc::new(ObjectStorage::new(Arc::clone(&store), "some/where")), "other"),
        );
        let mut keeper = Keeper::new(&vault, &on_disk).await.expect("a keeper");
        let mut publishers = [Publisher::new(&vault, &on_disk), Publisher::new(&vault, &in_store)];
        // Past a full tile, so that partial ones go.
        for customers in [3, 200, 150] {
            for _ in 0..customers {
                let new = NewCustomer { language: "en".to_owned(), time_zone: "UTC".to_owned(), identifiers: Vec::new() };
                vault.create_customer(Who::Operator("operators/test".to_owned()), new, None).await.expect("a customer");
            }
            assert!(keeper.hold().await.expect("held"));
            while keeper.sequence().await.expect("sequenced").more {}
            keeper.checkpoint().await.expect("signed");
            for publisher in &mut publishers {
                publisher.publish().await.expect("published");
            }
            let mut expected = BTreeMap::new();
            files(&public, &public, &mut expected);
            let expected: BTreeMap<_, _> = expected.into_iter().map(|(name, bytes)| (format!("some/where/{name}"), bytes)).collect();
            assert!(expected.contains_key("some/where/ledger/2026/checkpoint"));
            assert_eq!(objects(&store).await, expected);
        }
        // A start goes on from what is there.
        Publisher::new(&vault, &in_store).publish().await.expect("published");
    }

    #[tokio::test]
    async fn whoever_comes_late_replaces_nothing_and_a_tile_stays_as_it_was() {
        let store = Arc::new(InMemory::new());
        let [one, other] = [0, 1].map(|_| ObjectStorage::new(Arc::clone(&store), ""));
        one.put("ledger/2026/checkpoint", b"1".to_vec()).await.expect("the first");
        // It has not looked: there was nothing as far as it knows.
        other.put("ledger/2026/checkpoint", b"0".to_vec()).await.expect_err("late");
        for storage in [&one, &other] {
            assert_eq!(storage.get("ledger/2026/checkpoint").await.expect("read").as_deref(), Some(&b"1"[..]));
        }
        other.put("ledger/2026/checkpoint", b"2".to_vec()).await.expect("it has looked");
        let late = one.put("ledger/2026/checkpoint", b"1b".to_vec()).await.expect_err("late");
        assert_eq!(late.reason(), "LOG_NOT_PUBLISHED");
        assert_eq!(one.get("ledger/2026/checkpoint").await.expect("read").as_deref(), Some(&b"2"[..]));
        for bytes in [b"first", b"other"] {
            one.put_once("ledger/2026/tile/0/000.p/7", bytes.to_vec()).await.expect("put");
        }
        assert_eq!(one.get("ledger/2026/tile/0/000.p/7").await.expect("read").as_deref(), Some(&b"first"[..]));
        one.put_once("ledger/2026/tile/0/000", b"full".to_vec()).await.expect("put");
        one.put_once("ledger/2026/tile/0/001.p/7", b"its own".to_vec()).await.expect("put");
        one.remove_partials("ledger/2026/tile/0/000").await.expect("removed");
        let left: Vec<String> = objects(&store).await.into_keys().collect();
        assert_eq!(left, ["ledger/2026/checkpoint", "ledger/2026/tile/0/000", "ledger/2026/tile/0/001.p/7"]);
    }
}
