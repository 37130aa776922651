//! `events.parquet` against the entries.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use coffret_ledger::Leaf;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use super::report::{CheckName, Place, Sheet};
use super::unread;
use crate::columns::ColumnsReader;
use crate::rows::{self, Broken};
use crate::scope::Limits;
use crate::seal::{Plain, Reading};
use crate::{Details, Header, name};

/// A file of the export that is read here and there, decrypted where it is encrypted.
struct Parts {
    /// Opens it anew; each part has a reader of its own.
    plain: Plain,
    length: u64,
}

impl Length for Parts {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Parts {
    type T = BufReader<Box<dyn Read + Send>>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut source = self.plain.open()?;
        source.seek(SeekFrom::Start(start))?;
        Ok(BufReader::new(Box::new(source)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A file may claim any length.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF("beyond the end of the file".to_owned()));
        }
        let mut bytes = Vec::new();
        self.get_read(start)?.take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() == length { Ok(bytes.into()) } else { Err(ParquetError::EOF("the file is cut off".to_owned())) }
    }
}

/// Holds every row against its entry; all entries and openings were good.
pub(super) fn check(reading: &Reading<'_>, header: &Header, size: u64, limits: &Limits, sheet: &mut Sheet) {
    let check = CheckName::Columns;
    if !header.parquet {
        return sheet.not_checked(check, "the export holds no Parquet");
    }
    let opened = reading.plain(name::PARQUET).and_then(|plain| Ok((plain, reading.open(crate::name::OPENINGS)?)));
    let (plain, openings) = match opened {
        Ok(opened) => opened,
        Err(closed) => return unread(check, closed, sheet),
    };
    let fail = |sheet: &mut Sheet, what: &str, place| sheet.fail(check, format!("{}: {what}", name::PARQUET), place);
    // The reader of the format is not ours, and the file may be anybody's.
    let held = catch_unwind(AssertUnwindSafe(|| {
        let length = plain.length().map_err(|_| ("it cannot be read", None))?;
        let mut columns = ColumnsReader::open(Parts { plain, length }, header.counts.events).map_err(|what| (what, None))?;
        let mut visit = |index, leaf: &Leaf, details: Option<(&Details<'_>, &str)>| {
            if columns.is_next(index, leaf, details.map(|(details, _)| details)) { Ok(()) } else { Err(index) }
        };
        rows::each(reading.folder, size, limits, openings, &mut visit).map_err(|broken| match broken {
            Broken::Folder => ("entries or openings cannot be read", None),
            Broken::Visitor(index) => ("not what the entries and their openings say", Some(index)),
        })?;
        if columns.is_at_end() { Ok(()) } else { Err(("it has more rows than there are events", None)) }
    }));
    match held {
        Ok(Ok(())) => sheet.pass(check, format!("{} entries", header.counts.events)),
        Ok(Err((what, index))) => fail(sheet, what, Place { index, ..Place::default() }),
        Err(_) => fail(sheet, "it is not a sound Parquet file", Place::default()),
    }
}
