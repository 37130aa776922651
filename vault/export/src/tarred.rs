//! The folder as one file (POSIX tar, ustar), to be handed over; and back.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use tar::{Archive, Builder, EntryType, Header};

use crate::folder::Folder;
use crate::{FolderError, name};

/// Files of an export at most: tiles of four billion entries.
const MAX_FILES: u64 = 40_000_000;

fn machine(path: &Path) -> impl Fn(std::io::Error) -> FolderError {
    let path = path.to_owned();
    move |cause| FolderError::Machine(path.clone(), cause)
}

/// Packs an export; the same folder gives the same bytes. The file must not be there yet.
pub fn pack(folder: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), FolderError> {
    let (folder, to) = (Folder::new(folder.as_ref().to_owned()), to.as_ref());
    let mut options = File::options();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.write(true).create_new(true).open(to).map_err(machine(to))?;
    let mut builder = Builder::new(BufWriter::new(file));
    folder.walk(&mut |found: &str| -> Result<(), FolderError> {
        let source = folder.open(found)?;
        let mut header = Header::new_ustar();
        header.set_size(source.metadata().map_err(machine(to))?.len());
        header.set_mode(0o600);
        header.set_entry_type(EntryType::Regular);
        builder.append_data(&mut header, found, source).map_err(machine(to))
    })?;
    let file = builder.into_inner().and_then(|mut out| out.flush().and(out.into_inner().map_err(std::io::IntoInnerError::into_error)));
    file.and_then(|file| file.sync_all()).map_err(machine(to))
}

/// Unpacks an export into an empty folder: plain files below it, each once, and nothing else.
pub fn unpack(file: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), FolderError> {
    let (file, folder) = (file.as_ref(), Folder::new(to.as_ref().to_owned()));
    let mut archive = Archive::new(BufReader::new(File::open(file).map_err(machine(file))?));
    let odd = || FolderError::NotPlain(file.to_owned());
    let mut files = 0;
    // Raw: what lengthens names or describes more than files is no part of an export, and could be as long as it likes.
    for entry in archive.entries().map_err(machine(file))?.raw(true) {
        let mut entry = entry.map_err(machine(file))?;
        files += 1;
        let found = entry.path_bytes().into_owned();
        let found = String::from_utf8(found).map_err(|_| odd())?;
        let parts = || found.split('/');
        let plain =
            parts().all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0'])) && parts().count() <= 16;
        let fits = entry.header().entry_type() == EntryType::Regular && plain && found != name::UNFINISHED;
        if !fits || files > MAX_FILES || folder.path(&found).symlink_metadata().is_ok() {
            return Err(odd());
        }
        let size = entry.size();
        let mut copied = 0;
        folder.unpack(&found, &mut |out| {
            copied = std::io::copy(&mut entry.by_ref().take(size), out)?;
            Ok(())
        })?;
        if copied != size {
            return Err(odd());
        }
    }
    Ok(())
}
