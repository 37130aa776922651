//! How far an import has come: a line for each batch that is stored, appended durably to a small file in the data folder.
//!
//! What a killed run stored after its last line is stored once all the same: the vault knows the batch again. The file saves the time to
//! offer it, and keeps the counts.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ImportError;

/// What became of the lines read, and of the records made of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counts {
    /// Lines that are not empty.
    pub(super) lines: u64,
    pub(super) imported: u64,
    pub(super) rejected: u64,
    /// Records made of the imported lines.
    pub(super) records: u64,
    pub(super) stored: u64,
    pub(super) superseded: u64,
    pub(super) unchanged: u64,
    /// Vaults opened.
    pub(super) created: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.imported += other.imported;
        self.rejected += other.rejected;
        self.records += other.records;
        self.stored += other.stored;
        self.superseded += other.superseded;
        self.unchanged += other.unchanged;
        self.created += other.created;
    }

    /// Whether nothing is lost: every line and every record has become something.
    pub(super) fn is_whole(&self) -> bool {
        self.lines == self.imported + self.rejected && self.records == self.stored + self.superseded + self.unchanged
    }
}

/// One line of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// Batches stored.
    pub(super) batches: u64,
    /// Counts since the start.
    pub(super) counts: Counts,
    /// Length of the report of rejected lines, in bytes.
    pub(super) report: u64,
    /// Whether that was all.
    pub(super) complete: bool,
}

/// The file of one import.
#[derive(Debug)]
pub(super) struct Checkpoint {
    path: PathBuf,
    file: File,
}

impl Checkpoint {
    /// Opens the file of an import; gives its last whole line, or the start.
    pub(super) fn open(data: &Path, import: &str) -> Result<(Self, Mark), ImportError> {
        let folder = data.join("imports");
        let path = folder.join(format!("{import}.jsonl"));
        let opened = (|| {
            std::fs::create_dir_all(&folder)?;
            let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let (mark, whole) = last_mark(&bytes);
            // Half a line is from a kill in the middle of writing it.
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            file.sync_all()?;
            File::open(&folder)?.sync_all()?;
            Ok((file, mark))
        })();
        let (file, mark) = opened.map_err(|cause| ImportError::Unwritable(path.clone(), cause))?;
        Ok((Self { path, file }, mark))
    }

    /// Appends a line; durable when this returns.
    pub(super) fn write(&mut self, mark: &Mark) -> Result<(), ImportError> {
        let written = (|| {
            let mut line = serde_json::to_vec(mark)?;
            line.push(b'\n');
            self.file.write_all(&line)?;
            self.file.sync_data()
        })();
        written.map_err(|cause| ImportError::Unwritable(self.path.clone(), cause))
    }
}

/// The last line that is whole and reads, and the bytes up to its end.
fn last_mark(bytes: &[u8]) -> (Mark, u64) {
    let (mut mark, mut whole) = (Mark::default(), 0);
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        match serde_json::from_slice(line) {
            Ok(read) if line.ends_with(b"\n") => (mark, whole) = (read, end),
            _ => break,
        }
    }
    (mark, whole as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(batches: u64) -> Mark {
        Mark { batches, counts: Counts { lines: batches * 10, imported: batches * 10, ..Counts::default() }, report: 0, complete: false }
    }

    #[test]
    fn goes_on_from_the_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, start) = Checkpoint::open(folder.path(), "a").unwrap();
        assert_eq!(start, Mark::default());
        file.write(&mark(1)).unwrap();
        file.write(&mark(2)).unwrap();
        drop(file);
        let path = folder.path().join("imports/a.jsonl");
        let mut bytes = std::fs::read(&path).unwrap();
        let whole = bytes.len();
        bytes.extend_from_slice(br#"{"batches":3,"cou"#);
        std::fs::write(&path, &bytes).unwrap();
        let (file, found) = Checkpoint::open(folder.path(), "a").unwrap();
        assert_eq!(found, mark(2));
        assert_eq!(path.metadata().unwrap().len(), whole as u64);
        // A line without its end is not whole, even where it reads.
        bytes.truncate(whole);
        bytes.extend(serde_json::to_vec(&mark(3)).unwrap());
        drop(file);
        std::fs::write(&path, &bytes).unwrap();
        let (mut file, found) = Checkpoint::open(folder.path(), "a").unwrap();
        assert_eq!(found, mark(2));
        file.write(&mark(3)).unwrap();
        assert_eq!(Checkpoint::open(folder.path(), "a").unwrap().1, mark(3));
        assert_eq!(Checkpoint::open(folder.path(), "b").unwrap().1, Mark::default());
    }

    #[test]
    fn a_line_lost_or_a_record_lost_is_noticed() {
        let good = Counts { lines: 3, imported: 2, rejected: 1, records: 5, stored: 3, superseded: 1, unchanged: 1, created: 1 };
        assert!(good.is_whole());
        assert!(!Counts { imported: 1, ..good }.is_whole());
        assert!(!Counts { stored: 4, ..good }.is_whole());
    }
}
