//! A folder as a publication: to be served as it is, or copied elsewhere.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::file;
use super::publisher::Publication;
use crate::error::{Error, Kind, Result};

/// Publishes into a folder of this server's own.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder; made where it is missing.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn place(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }
}

fn unwritable(cause: io::Error) -> Error {
    Error::new(Kind::Unavailable, "LOG_NOT_PUBLISHED", "The log could not be written to its folder. What was published before stays.")
        .because(cause)
}

fn remove_partials(full: &Path) -> io::Result<()> {
    let Some(name) = full.file_name() else { return Ok(()) };
    let mut partials = name.to_owned();
    partials.push(".p");
    match std::fs::remove_dir_all(full.with_file_name(partials)) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

#[async_trait]
impl Publication for Folder {
    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let place = self.place(path);
        file::apart(move || file::read(&place)).await.map_err(unwritable)
    }

    async fn put_once(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let place = self.place(path);
        let put = move || if place.is_file() { Ok(()) } else { file::replace(&place, &bytes) };
        file::apart(put).await.map_err(unwritable)
    }

    async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let place = self.place(path);
        file::apart(move || file::replace(&place, &bytes)).await.map_err(unwritable)
    }

    async fn remove_partials(&self, path: &str) -> Result<()> {
        let place = self.place(path);
        file::apart(move || remove_partials(&place)).await.map_err(unwritable)
    }
}
