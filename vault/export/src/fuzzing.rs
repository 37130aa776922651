//! The parts of an export, each read as this crate reads it: for fuzz targets and property tests, which hand over whatever bytes they
//! like. A function gives what it has read as this crate would write it. Nothing for a program to use.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use coffret_ledger::Leaf;

use crate::columns::{ColumnsReader, ColumnsWriter};
use crate::event::EventLines;
use crate::journal::Journal;
use crate::manifest::{self, ManifestReader};
use crate::opening::{OpeningLine, index_of};
use crate::{Details, Identities, seal, table};

/// `manifest.json`, to its end.
pub fn manifest(bytes: &[u8]) -> Option<Vec<u8>> {
    let (header, mut reader) = ManifestReader::open(bytes).ok()?;
    let mut files = Vec::new();
    while let Some(listed) = reader.next().ok()? {
        files.push(listed.write());
    }
    Some([&header.write(), &files.join(",\n"), "\n", manifest::END].concat().into_bytes())
}

/// `export.journal`, if a writer could go on from it.
pub fn journal(bytes: &[u8]) -> Option<Vec<u8>> {
    let read = Journal::parse(bytes)?;
    let mut written = Journal::new(read.begun.clone(), &read.tree()?, read.lengths, read.counts, &read.digests()?);
    (written.sealed, written.handover) = (read.sealed, read.handover);
    Some(written.write())
}

/// A line of `openings.jsonl`, without its newline; written with one.
pub fn opening(line: &str) -> Option<String> {
    let read = OpeningLine::parse(line).ok()?;
    let mut written = String::new();
    read.opening().push_line(&mut written, index_of(line).ok()?);
    Some(written)
}

/// The line of `events.jsonl` and the row of `events.csv` that come of an entry with these details.
pub fn lines(origin: &str, index: u64, leaf: &Leaf, details: &str) -> Option<[String; 2]> {
    let read = Details::parse(details).ok()?;
    let [mut line, mut row] = [const { String::new() }; 2];
    EventLines::new(origin).push(&mut line, index, leaf, Some((&read, details)));
    table::push_row(&mut row, index, leaf, Some(&read));
    Some([line, row])
}

/// `events.parquet` against entries and their details; details that are none count as sealed.
pub fn is_of(columns: Vec<u8>, entries: &[(Leaf, &str)]) -> bool {
    // As the verifier does: the reader of the format is not ours.
    let held = catch_unwind(AssertUnwindSafe(|| {
        let mut reader = ColumnsReader::open(Bytes::from(columns), entries.len() as u64).ok()?;
        let mut rows = (0..).zip(entries);
        let same = rows.all(|(index, (leaf, details))| reader.is_next(index, leaf, Details::parse(details).ok().as_ref()));
        Some(same && reader.is_at_end())
    }));
    matches!(held, Ok(Some(true)))
}

/// The `events.parquet` of entries and their details.
pub fn columns(entries: &[(Leaf, &str)]) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut writer = ColumnsWriter::new(&mut file).ok()?;
    let mut rows = (0..).zip(entries);
    rows.try_for_each(|(index, (leaf, details))| writer.push(index, leaf, Details::parse(details).ok().as_ref())).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// What an encrypted file holds, and whether it is whole; nothing where it is not to one of these identities.
pub fn decrypt(file: &[u8], identities: &Identities) -> Option<(Vec<u8>, bool)> {
    seal::open_bytes(file, identities)
}
