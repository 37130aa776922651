//! What lies in the folder.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use coffret_vault::Vault;
use coffret_vault::error::Result;
use coffret_vault::log::{Folder, Keeper, Publication, Publisher, Settings};

use super::scene::{Scene, audit_folder};
use crate::databases::on_each_place;

fn files(folder: &Path, found: &mut BTreeMap<PathBuf, u64>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.insert(path.clone(), std::fs::metadata(&path).expect("a file").ino());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn full_tiles_are_written_once_and_partial_ones_go_when_they_are_full() {
    on_each_place("log_folder", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        let mut before = BTreeMap::new();
        for leaves in [100, 100, 100, 500] {
            scene.leave(leaves, 10).await;
            scene.settle(&mut keeper, &mut publisher).await;
            let mut now = BTreeMap::new();
            files(&scene.published(), &mut now);
            for (path, inode) in &now {
                let name = path.strip_prefix(scene.published().join("ledger/2026")).expect("all of it").display().to_string();
                assert!(name == "checkpoint" || name.parse::<coffret_vault::tlog::TilePath>().is_ok(), "{name} has no business there");
                if name != "checkpoint" {
                    assert!(before.get(path).is_none_or(|old| old == inode), "{name} was written again");
                }
            }
            before = now;
        }
        for full in ["tile/entries/000", "tile/0/000", "tile/entries/001", "tile/0/001"] {
            let path = scene.published().join("ledger/2026").join(full);
            assert!(path.is_file() && !path.with_file_name(format!("{}.p", &full[full.len() - 3..])).exists(), "{full}");
        }
    })
    .await;
}

/// A publication into which another server publishes in the moment in which this one looks.
struct Overtaken {
    folder: Folder,
    vault: Arc<Vault>,
    settings: Settings,
    overtakes: AtomicBool,
}

#[async_trait]
impl Publication for Overtaken {
    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        if self.overtakes.swap(false, Ordering::SeqCst) {
            let mut keeper = Keeper::new(&self.vault, &self.settings).await?;
            assert!(keeper.hold().await?);
            while keeper.sequence().await?.more {}
            keeper.checkpoint().await?;
            Publisher::new(&self.vault, &self.settings).publish().await?;
            keeper.release().await?;
        }
        self.folder.get(path).await
    }

    async fn put_once(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.folder.put_once(path, bytes).await
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.folder.put(path, bytes).await
    }

    async fn remove_partials(&self, path: &str) -> Result<()> {
        self.folder.remove_partials(path).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_another_has_overtaken_takes_nothing_back_and_is_not_stopped() {
    on_each_place("log_overtaken", async |place| {
        let scene = Scene::new(place).await;
        let (mut keeper, mut publisher) = scene.start().await;
        scene.leave(30, 10).await;
        scene.settle(&mut keeper, &mut publisher).await;
        scene.leave(30, 10).await;
        assert!(keeper.hold().await.expect("held"));
        while keeper.sequence().await.expect("sequenced").more {}
        let signed = keeper.checkpoint().await.expect("signed").expect("held");
        keeper.release().await.expect("released");
        scene.leave(30, 10).await;
        let overtaken = Overtaken {
            folder: Folder::new(scene.published()),
            vault: scene.vault.clone(),
            settings: scene.settings.clone(),
            overtakes: AtomicBool::new(true),
        };
        let settings = Settings { publication: Some(Arc::new(overtaken)), ..scene.settings.clone() };
        let mut publisher = Publisher::new(&scene.vault, &settings);
        assert_eq!(publisher.publish().await.expect("nothing is wrong"), Some(signed));
        let key = scene.vault.log_verifier_key("vault.example/ledger/2026").await.expect("a key");
        let (_, size) = audit_folder(&scene.published_as("vault.example/ledger/2026"), &key);
        assert_eq!(size, signed + 30, "what the other has published stays");
        assert_eq!(publisher.publish().await.expect("published"), Some(size));
        scene.audit().await;
    })
    .await;
}
