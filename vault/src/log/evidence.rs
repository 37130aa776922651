//! Checkpoints of ours that this database cannot account for: proof, kept outside the database, that it was put back or tells another
//! history. While they lie there and the database is as it is, nothing is signed.

use std::io;
use std::path::{Path, PathBuf};

use coffret_ledger::SignedCheckpoint;
use sha2::{Digest, Sha256};

use super::file;
use super::guard::{Guard, unreadable};
use super::origin::{open_checkpoint, prefix_of};
use crate::Vault;
use crate::error::Result;
use crate::ledger::hex;

/// Files that are looked at, at most.
const MOST: usize = 1000;
/// What the name of a kept checkpoint ends with.
const ENDING: &str = ".checkpoint";

impl Guard {
    /// The folder of the file of the last checkpoint.
    pub(super) fn folder(&self) -> &Path {
        self.0.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Keeps a checkpoint that contradicts what is stored, and beside it ours, with the same name and `.ours`. Gives the file.
    pub(super) async fn keep_evidence(&self, seen: &SignedCheckpoint, ours: &str) -> io::Result<PathBuf> {
        let note = seen.to_string();
        let digest = hex(&Sha256::digest(note.as_bytes())[..8]);
        let name = format!("{}-{}-{digest}", prefix_of(seen.checkpoint().origin()).replace('/', "-"), seen.checkpoint().size());
        let folder = self.folder().join("evidence");
        let (path, beside) = (folder.join(format!("{name}{ENDING}")), folder.join(format!("{name}.ours")));
        let ours = ours.to_owned();
        file::apart(move || {
            // What was ours when it was first seen stays.
            if !path.is_file() {
                file::replace(&beside, ours.as_bytes())?;
                file::replace(&path, note.as_bytes())?;
            }
            Ok(path)
        })
        .await
    }

    /// Every checkpoint that is kept there and signed by our key. What is not signed proves nothing.
    pub(super) async fn evidence(&self, vault: &Vault) -> Result<Vec<SignedCheckpoint>> {
        let folder = self.folder().join("evidence");
        let notes = file::apart(move || notes(&folder)).await.map_err(unreadable)?;
        if notes.is_empty() {
            return Ok(Vec::new());
        }
        let key = vault.log_key().await?;
        Ok(notes.iter().filter_map(|note| open_checkpoint(key, note)).collect())
    }
}

fn notes(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let found = match std::fs::read_dir(folder) {
        Ok(found) => found,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(cause),
    };
    let mut notes = Vec::new();
    for entry in found.take(MOST) {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
            && let Some(note) = file::read(&path)?
        {
            notes.push(note);
        }
    }
    Ok(notes)
}
