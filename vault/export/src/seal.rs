//! What tells of entries, encrypted to somebody's key (age v1, <https://age-encryption.org/v1>), and read with theirs.

use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::sync::Arc;

use age::stream::StreamReader;
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};

use crate::folder::Folder;
use crate::{ExportError, FolderError, name};

/// Recipients of an export at most.
const MAX_RECIPIENTS: usize = 100;
/// The longest head of an encrypted file in bytes: some hundred recipients.
const MAX_HEAD: u64 = 1 << 16;
/// The longest file of identities in bytes.
const MAX_IDENTITIES: usize = 1 << 16;

/// To whom an export is encrypted.
#[derive(Clone)]
pub(crate) struct Recipients(Vec<Recipient>);

impl std::fmt::Debug for Recipients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Recipients").field(&self.0.len()).finish()
    }
}

impl Recipients {
    /// Reads `age1...`, each once.
    pub(crate) fn parse(texts: &[String]) -> Option<Self> {
        let once: std::collections::BTreeSet<&String> = texts.iter().collect();
        let read = texts.iter().map(|text| text.parse().ok()).collect::<Option<Vec<Recipient>>>();
        read.filter(|_| once.len() == texts.len() && texts.len() <= MAX_RECIPIENTS).map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes a file: as it is, or encrypted under its name with `.age`.
    pub(crate) fn write(
        &self,
        folder: &Folder,
        name: &str,
        fill: &mut dyn FnMut(&mut (dyn Write + Send)) -> std::io::Result<()>,
    ) -> Result<(), ExportError> {
        if self.is_empty() {
            return Ok(folder.write_with(name, fill)?);
        }
        let encrypted = [name, name::ENCRYPTED].concat();
        let written = folder.write_with(&encrypted, &mut |out| {
            let recipients = self.0.iter().map(|recipient| recipient as &dyn age::Recipient);
            let encryptor = Encryptor::with_recipients(recipients).map_err(std::io::Error::other)?;
            let mut out = encryptor.wrap_output(out)?;
            fill(&mut out)?;
            out.finish().map(drop)
        });
        Ok(written?)
    }
}

/// The secret keys with which an auditor reads what was encrypted to them.
#[derive(Clone)]
pub struct Identities(Arc<Vec<Identity>>);

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Identities").field(&self.0.len()).finish()
    }
}

impl Identities {
    /// Reads a file of identities, as `age-keygen` writes it: `AGE-SECRET-KEY-1...` a line, and comments.
    ///
    /// # Errors
    /// It is none, in words that hold nothing of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        if text.len() > MAX_IDENTITIES {
            return Err("this file is too long for one of identities");
        }
        let read: Option<Vec<Identity>> = lines.map(|line| line.parse().ok()).collect();
        match read {
            Some(read) if !read.is_empty() => Ok(Self(Arc::new(read))),
            _ => Err("this is not a file of age identities (AGE-SECRET-KEY-1...)"),
        }
    }
}

/// Why a file of the export is not read.
#[derive(Debug)]
pub(crate) enum Closed {
    /// It is encrypted, and not to a given identity: nothing can be said of it.
    Encrypted(&'static str),
    /// It should be there, and is not, or is damaged.
    Bad(String),
}

fn decrypted<R: BufRead>(source: R, identities: &Identities) -> Result<StreamReader<R>, DecryptError> {
    let keys = identities.0.iter().map(|identity| identity as &dyn age::Identity);
    Decryptor::new_buffered(source).and_then(|decryptor| decryptor.decrypt(keys))
}

/// Whether the head of an encrypted file ends soon: one without an end would be read into memory.
fn has_head(source: impl Read) -> bool {
    let mut head = Vec::new();
    source.take(MAX_HEAD).read_to_end(&mut head).is_ok() && head.windows(5).any(|window| window == b"\n--- ")
}

/// What an encrypted file holds, as far as it is whole; nothing where its head is not in its form, or names none of these identities.
pub(crate) fn open_bytes(bytes: &[u8], identities: &Identities) -> Option<(Vec<u8>, bool)> {
    let mut source = has_head(bytes).then(|| decrypted(bytes, identities).ok())??;
    let mut plain = Vec::new();
    let whole = source.read_to_end(&mut plain).is_ok();
    Some((plain, whole))
}

/// A file in plain text, whether it lies so or not.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    folder: Folder,
    name: String,
    identities: Option<Identities>,
}

impl Plain {
    pub(crate) fn open(&self) -> std::io::Result<Box<dyn ReadSeek>> {
        let source = self.folder.reader(&self.name).map_err(std::io::Error::other)?;
        Ok(match &self.identities {
            None => Box::new(source),
            Some(identities) => Box::new(decrypted(source, identities).map_err(std::io::Error::other)?),
        })
    }

    /// Its bytes. An encrypted file that is cut off has none.
    pub(crate) fn length(&self) -> std::io::Result<u64> {
        self.open()?.seek(std::io::SeekFrom::End(0))
    }
}

/// What is read here and there.
pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// Reads the files of an export that tell of entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) folder: &'a Folder,
    pub(crate) encrypted: bool,
    pub(crate) identities: Option<&'a Identities>,
}

impl Reading<'_> {
    /// Opens a file, decrypted where it is encrypted.
    pub(crate) fn open(&self, name: &str) -> Result<Box<dyn BufRead + Send>, Closed> {
        if !self.encrypted {
            return Ok(Box::new(self.folder.reader(name).map_err(|error| Closed::Bad(error.to_string()))?));
        }
        let plain = self.plain(name)?.open().map_err(|error| Closed::Bad(format!("{name}{}: {error}", name::ENCRYPTED)))?;
        Ok(Box::new(BufReader::with_capacity(1 << 16, plain)))
    }

    /// A file that can be opened, again and again.
    pub(crate) fn plain(&self, name: &str) -> Result<Plain, Closed> {
        let bad = |error: FolderError| Closed::Bad(error.to_string());
        if !self.encrypted {
            self.folder.open(name).map_err(bad)?;
            return Ok(Plain { folder: self.folder.clone(), name: name.to_owned(), identities: None });
        }
        let name = [name, name::ENCRYPTED].concat();
        let source = self.folder.reader(&name).map_err(bad)?;
        let Some(identities) = self.identities else { return Err(Closed::Encrypted("it is encrypted: give --identity")) };
        self.check_head(&name)?;
        match decrypted(source, identities) {
            Ok(_) => Ok(Plain { folder: self.folder.clone(), name, identities: Some(identities.clone()) }),
            Err(DecryptError::NoMatchingKeys) => Err(Closed::Encrypted("it is encrypted, and not to the given identity")),
            Err(_) => Err(Closed::Bad(format!("{name}: it is not in the form of an encrypted file"))),
        }
    }

    fn check_head(&self, name: &str) -> Result<(), Closed> {
        let file = self.folder.open(name).map_err(|error| Closed::Bad(error.to_string()))?;
        if has_head(file) { Ok(()) } else { Err(Closed::Bad(format!("{name}: it is not in the form of an encrypted file"))) }
    }
}
