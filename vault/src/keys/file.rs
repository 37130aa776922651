//! A root key in a file that only its owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use coffret_envelope::{Entropy, Expected, Key, KeyId, Kind, Sealing, unwrap_key, wrap_key};
use zeroize::Zeroizing;

use super::{EpochPlace, RootProvider};
use crate::error::{Error, Kind as ErrorKind, Result};

const MAGIC: &str = "coffret-root-key/1";

/// Root keys in a folder, one file a version: `root-<version>.key`, mode 0600.
#[derive(Debug)]
pub struct FileRoot {
    folder: PathBuf,
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::FailedPrecondition, "ROOT_KEY_UNUSABLE", format!("The root key file {} {why}.", path.display()))
}

impl FileRoot {
    /// Opens the folder; makes the first root key where there is none and `create` is set.
    pub fn open(folder: &Path, entropy: &dyn Entropy, create: bool) -> Result<Self> {
        let root = Self { folder: folder.to_owned() };
        if root.newest()?.is_none() {
            if !create {
                return Err(unusable(&root.path(1), "is missing; without it nothing in this database can be opened"));
            }
            fs::create_dir_all(folder).map_err(|cause| unusable(folder, "cannot be made").because(cause))?;
            root.write(1, entropy)?;
        }
        Ok(root)
    }

    fn path(&self, version: i64) -> PathBuf {
        self.folder.join(format!("root-{version}.key"))
    }

    fn newest(&self) -> Result<Option<i64>> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(None) };
        let mut newest = None;
        for entry in entries {
            let name = entry.map_err(|cause| unusable(&self.folder, "cannot be listed").because(cause))?.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix("root-")?.strip_suffix(".key")?.parse::<i64>().ok());
            newest = newest.max(version);
        }
        Ok(newest)
    }

    fn write(&self, version: i64, entropy: &dyn Entropy) -> Result<()> {
        let path = self.path(version);
        let mut bytes = Zeroizing::new([0_u8; 32]);
        entropy.fill(bytes.as_mut())?;
        let mut text = Zeroizing::new(format!("{MAGIC}\n"));
        for byte in bytes.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text.push('\n');
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(|cause| unusable(&path, "cannot be made").because(cause))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|cause| unusable(&path, "cannot be written").because(cause))?;
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|cause| unusable(&path, "cannot be made durable").because(cause))
    }

    fn read(&self, version: i64) -> Result<Key> {
        let path = self.path(version);
        let mut file = File::open(&path).map_err(|cause| unusable(&path, "cannot be read").because(cause))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = file.metadata().map_err(|cause| unusable(&path, "cannot be read").because(cause))?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(unusable(&path, "may be read by others; make it 0600"));
            }
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|cause| unusable(&path, "cannot be read").because(cause))?;
        let mut lines = text.lines();
        let (Some(MAGIC), Some(digits), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(unusable(&path, "is not a root key"));
        };
        let mut bytes = [0_u8; 32];
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(unusable(&path, "is not a root key"));
        }
        for (position, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[position * 2..position * 2 + 2], 16).map_err(|_| unusable(&path, "is not a root key"))?;
        }
        Ok(Key::from_bytes(bytes))
    }

    fn root_id(version: i64) -> KeyId {
        let mut id = [0_u8; 16];
        id[8..].copy_from_slice(&version.to_be_bytes());
        KeyId(id)
    }
}

#[async_trait]
impl RootProvider for FileRoot {
    fn name(&self) -> &'static str {
        "file"
    }

    async fn current_version(&self) -> Result<i64> {
        self.newest()?.ok_or_else(|| unusable(&self.path(1), "is missing"))
    }

    async fn wrap(&self, entropy: &dyn Entropy, version: i64, place: &EpochPlace<'_>, key: &Key) -> Result<Vec<u8>> {
        let root = self.read(version)?;
        let sealing = Sealing {
            kind: Kind::EpochKeyWrap,
            key_id: Self::root_id(version),
            generation: u32::try_from(version).unwrap_or_default(),
            padded: false,
        };
        Ok(wrap_key(entropy, &root, sealing, &place.context(), key)?)
    }

    async fn unwrap(&self, version: i64, place: &EpochPlace<'_>, wrapped: &[u8]) -> Result<Key> {
        let root = self.read(version)?;
        let expected =
            Expected { kind: Kind::EpochKeyWrap, key_id: Self::root_id(version), generation: u32::try_from(version).unwrap_or_default() };
        unwrap_key(&root, expected, &place.context(), wrapped)
            .map_err(|cause| unusable(&self.path(version), "is not the one that this database was sealed with").because(cause))
    }
}
