//! What lies in the folder.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::scene::Scene;
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
