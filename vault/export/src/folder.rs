//! The folder: plain files below one root, read and written without following links.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::FolderError;
use crate::name;

/// Names in one folder at most: a folder of tiles has 2,000, that of proofs what a plan may ask for.
const MAX_NAMES: usize = 100_000;
/// Folders within each other at most: a bundle lies nine below the root.
const MAX_DEPTH: usize = 16;
/// What is read at once of a long file.
const BUFFER: usize = 1 << 18;

/// A folder. Names in it are made of parts that this crate writes, or come from [`Folder::walk`]: never from a file's contents.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Folders with names that are not durable yet.
    changed: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, changed: Arc::default() }
    }

    fn changed(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn failed(&self, name: &str) -> impl FnOnce(std::io::Error) -> FolderError {
        let path = self.path(name);
        |cause| FolderError::Machine(path, cause)
    }

    /// A plain file to be read.
    pub(crate) fn open(&self, name: &str) -> Result<File, FolderError> {
        // A pipe would be waited for, and a link leads out.
        let found = self.path(name).symlink_metadata().map_err(self.failed(name))?;
        if !found.is_file() {
            return Err(FolderError::NotPlain(self.path(name)));
        }
        File::open(self.path(name)).map_err(self.failed(name))
    }

    pub(crate) fn reader(&self, name: &str) -> Result<BufReader<File>, FolderError> {
        self.open(name).map(|file| BufReader::with_capacity(BUFFER, file))
    }

    /// The bytes of a short file.
    pub(crate) fn read(&self, name: &str, longest: usize) -> Result<Vec<u8>, FolderError> {
        let mut bytes = Vec::new();
        self.open(name)?.take(longest as u64 + 1).read_to_end(&mut bytes).map_err(self.failed(name))?;
        if bytes.len() > longest { Err(FolderError::TooLong(self.path(name))) } else { Ok(bytes) }
    }

    /// Size and SHA-256 of a file.
    pub(crate) fn hash(&self, name: &str) -> Result<(u64, [u8; 32]), FolderError> {
        let (mut file, mut sha256, mut size) = (self.open(name)?, Sha256::new(), 0);
        let mut buffer = vec![0; BUFFER];
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => return Ok((size, sha256.finalize().into())),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.failed(name)(error)),
            };
            sha256.update(&buffer[..read]);
            size += read as u64;
        }
    }

    /// Makes the folder that a name lies in; below the root, for its owner alone.
    fn make_parent(&self, name: &str) -> Result<(), FolderError> {
        let mut folder = self.root.clone();
        for part in name.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev() {
            let above = folder.clone();
            folder.push(part);
            match DirBuilder::new().mode(0o700).create(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
                        return Err(FolderError::NotPlain(folder));
                    }
                }
                made => {
                    made.map_err(self.failed(name))?;
                    self.changed().insert(above);
                }
            }
        }
        self.changed().insert(folder);
        Ok(())
    }

    /// Writes a whole file, in the place of an older one; whoever looks sees the one or the other. Its bytes are durable then, its name
    /// with [`Self::sync`].
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        self.write_with(name, &mut |file| file.write_all(bytes))
    }

    /// As [`Self::write`], of a file that is made while it is written.
    pub(crate) fn write_with(
        &self,
        name: &str,
        fill: &mut dyn FnMut(&mut (dyn Write + Send)) -> std::io::Result<()>,
    ) -> Result<(), FolderError> {
        self.put(name, fill, true)
    }

    /// As [`Self::write_with`], of a file that is lost with the machine: its bytes lie elsewhere as well.
    pub(crate) fn unpack(
        &self,
        name: &str,
        fill: &mut dyn FnMut(&mut (dyn Write + Send)) -> std::io::Result<()>,
    ) -> Result<(), FolderError> {
        self.put(name, fill, false)
    }

    fn put(
        &self,
        name: &str,
        fill: &mut dyn FnMut(&mut (dyn Write + Send)) -> std::io::Result<()>,
        durable: bool,
    ) -> Result<(), FolderError> {
        self.make_parent(name)?;
        let unfinished = self.path(name::UNFINISHED);
        // What a killed writer left. Never written through: it could be a link.
        let _ = std::fs::remove_file(&unfinished);
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&unfinished).map_err(self.failed(name))?;
        fill(&mut file).and_then(|()| if durable { file.sync_all() } else { Ok(()) }).map_err(self.failed(name))?;
        drop(file);
        std::fs::rename(&unfinished, self.path(name)).map_err(self.failed(name))
    }

    /// A file to be written on behind its first `length` bytes; what lies beyond goes.
    pub(crate) fn append(&self, name: &str, length: u64) -> Result<File, FolderError> {
        let path = self.path(name);
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(FolderError::NotPlain(path));
        }
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(&path).map_err(self.failed(name))?;
        let found = file.metadata().map_err(self.failed(name))?.len();
        if found < length {
            return Err(FolderError::Machine(path, std::io::ErrorKind::UnexpectedEof.into()));
        }
        file.set_len(length).map_err(self.failed(name))?;
        Ok(file)
    }

    /// Makes names durable.
    pub(crate) fn sync(&self) -> Result<(), FolderError> {
        let changed = std::mem::take(&mut *self.changed());
        for folder in changed.into_iter().filter(|folder| *folder != self.root) {
            File::open(&folder).and_then(|folder| folder.sync_all()).map_err(|cause| FolderError::Machine(folder, cause))?;
        }
        File::open(&self.root).and_then(|folder| folder.sync_all()).map_err(self.failed(""))
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), FolderError> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(self.failed(name)),
        }
    }

    /// Visits every file below the root, in the order of [`order`]; refuses links and whatever else is no plain file.
    pub(crate) fn walk<E: From<FolderError>>(&self, visit: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        self.walk_below("", 0, visit)
    }

    fn walk_below<E: From<FolderError>>(&self, below: &str, depth: usize, visit: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let mut names = Vec::new();
        for found in std::fs::read_dir(self.path(below)).map_err(self.failed(below))? {
            let found = found.map_err(self.failed(below))?;
            let kind = found.file_type().map_err(self.failed(below))?;
            let plain = kind.is_file() || kind.is_dir();
            match found.file_name().into_string() {
                Ok(name) if plain && depth < MAX_DEPTH && names.len() < MAX_NAMES => names.push((name, kind.is_dir())),
                _ => return Err(FolderError::NotPlain(found.path()).into()),
            }
        }
        names.sort_unstable();
        for (name, is_folder) in names {
            let name = if below.is_empty() { name } else { [below, &name].join("/") };
            if is_folder {
                self.walk_below(&name, depth + 1, visit)?;
            } else {
                visit(&name)?;
            }
        }
        Ok(())
    }
}

/// The order of the walk: part by part, by bytes.
pub(crate) fn order(left: &str, right: &str) -> std::cmp::Ordering {
    left.split('/').cmp(right.split('/'))
}
