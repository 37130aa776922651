//! Reading a file line by line in bounded memory, whatever its format.

mod delimited;
mod json_lines;
mod line;
mod table;

use std::fs::File;
use std::path::Path;

use serde::Deserialize;

use super::ImportError;
use super::cell::Cell;
use super::fault::Fault;
use super::mapping::Mapping;

/// Bytes of one line at most.
pub(super) const LONGEST_LINE: usize = 1024 * 1024;

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// Comma-separated values (RFC 4180), and their relatives.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
}

/// The table `[source]` of a mapping.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceSpec {
    format: Format,
    /// CSV: the character between two columns, `tab`, or `whitespace` for any run of blanks.
    delimiter: Option<String>,
    /// CSV: whether the first line names the columns.
    header: Option<bool>,
    /// CSV without header: the columns' names in order.
    columns: Option<Vec<String>>,
    /// CSV: whether a quoted column may hold line breaks. Without, a quotation mark left open costs one line and not those after it.
    #[serde(default)]
    quoted_line_breaks: bool,
    /// Texts that count as nothing.
    #[serde(default = "empty")]
    missing: Vec<String>,
}

fn empty() -> Vec<String> {
    vec![String::new()]
}

impl SourceSpec {
    /// Checks that the keys go together. What is wrong is said with the key's name first.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.format != Format::Csv {
            let others = self.delimiter.is_some() || self.header.is_some() || self.columns.is_some() || self.quoted_line_breaks;
            return if others {
                Err("format: delimiter, header, columns and quoted_line_breaks belong to csv.".to_owned())
            } else {
                Ok(())
            };
        }
        delimited::Delimiter::read(self.delimiter.as_deref())?;
        match (self.header.unwrap_or(true), &self.columns) {
            (true, Some(_)) => Err("columns: the header names them. Set header = false if there is none.".to_owned()),
            (false, None) => Err("columns: without a header they must be named here, in order.".to_owned()),
            (false, Some(names)) if names.is_empty() => Err("columns: there must be at least one.".to_owned()),
            _ => Ok(()),
        }
    }
}

/// One line of a source.
pub(super) struct Row {
    /// Its number from 1; in a CSV the header is line 1. In a Parquet file, the row's number.
    pub(super) line: u64,
    /// The columns that the mapping uses, in its order; or why the line cannot be read.
    pub(super) cells: Result<Vec<Cell>, Fault>,
    /// The line as it stands, where that is kept.
    pub(super) raw: Vec<u8>,
}

/// A file that is read line by line.
pub(super) trait Source: Send {
    /// The next line that is not empty.
    fn next(&mut self) -> Result<Option<Row>, ImportError>;
    /// How far it has been read: bytes, or rows.
    fn position(&self) -> u64;
}

/// How much there is to read, in what [`Source::position`] counts.
pub(super) struct Opened {
    pub(super) source: Box<dyn Source>,
    pub(super) total: u64,
}

/// Opens a file as the mapping says; a column that it does not have is an error of the mapping.
pub(super) fn open(path: &Path, mapping: &Mapping, keep_raw: bool) -> Result<Opened, ImportError> {
    let file = open_regular(path)?;
    let size = file.metadata().map_err(|cause| ImportError::Unreadable(path.to_owned(), cause))?.len();
    let spec = &mapping.source;
    Ok(match spec.format {
        Format::Csv => Opened { source: Box::new(delimited::Delimited::open(path, file, mapping)?), total: size },
        Format::JsonLines => Opened { source: Box::new(json_lines::JsonLines::open(path, file, mapping)), total: size },
        Format::Parquet => {
            let table = table::Table::open(path, file, mapping, keep_raw)?;
            Opened { total: table.rows(), source: Box::new(table) }
        }
    })
}

/// Opens a regular file for reading: a device or a pipe has no end and cannot be read again.
pub(super) fn open_regular(path: &Path) -> Result<File, ImportError> {
    let unreadable = |cause| ImportError::Unreadable(path.to_owned(), cause);
    // Asked before opening, since opening a pipe waits for its writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(ImportError::NotAFile(path.to_owned()));
    }
    File::open(path).map_err(unreadable)
}
