//! CSV (RFC 4180), and columns separated by other characters or by blanks.

use std::fs::File;
use std::path::Path;

use super::line::{Line, Lines};
use super::{LONGEST_LINE, Row, Source};
use crate::import::ImportError;
use crate::import::cell::Cell;
use crate::import::fault::Fault;
use crate::import::mapping::{Mapping, MappingError};

/// What stands between two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Byte(u8),
    /// Any run of blanks; no quotation marks.
    Whitespace,
}

impl Delimiter {
    pub(super) fn read(written: Option<&str>) -> Result<Self, String> {
        match written {
            None => Ok(Self::Byte(b',')),
            Some("whitespace") => Ok(Self::Whitespace),
            Some("tab") => Ok(Self::Byte(b'\t')),
            Some(text) => match text.as_bytes() {
                [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(Self::Byte(*byte)),
                _ => Err("delimiter: it is one character, \"tab\" or \"whitespace\".".to_owned()),
            },
        }
    }

    /// The columns of one line, as they are written.
    fn split(self, line: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Self::Whitespace => line.split(u8::is_ascii_whitespace).filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect(),
            Self::Byte(delimiter) => {
                let mut reader = csv::ReaderBuilder::new();
                reader.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(line.len().clamp(64, 8192));
                let mut record = csv::ByteRecord::new();
                match reader.from_reader(line).read_byte_record(&mut record) {
                    Ok(true) => record.iter().map(<[u8]>::to_vec).collect(),
                    // Reading from memory does not fail; a line without anything has one empty column.
                    Ok(false) | Err(_) => vec![Vec::new()],
                }
            }
        }
    }

    /// Whether a quotation mark that opens a column is never closed.
    fn is_open(self, line: &[u8]) -> bool {
        let Self::Byte(delimiter) = self else { return false };
        let (mut quoted, mut start) = (false, true);
        let mut bytes = line.iter().peekable();
        while let Some(byte) = bytes.next() {
            if quoted {
                if *byte == b'"' && bytes.next_if(|next| **next == b'"').is_none() {
                    quoted = false;
                }
            } else {
                quoted = start && *byte == b'"';
                start = *byte == delimiter || *byte == b'\n';
            }
        }
        quoted
    }
}

/// A CSV file.
pub(super) struct Delimited {
    lines: Lines<File>,
    delimiter: Delimiter,
    /// Columns that each line must have.
    width: usize,
    /// For each column of the mapping, its place in a line.
    places: Vec<usize>,
    missing: Vec<String>,
    line_breaks: bool,
}

impl Delimited {
    pub(super) fn open(path: &Path, file: File, mapping: &Mapping) -> Result<Self, ImportError> {
        let spec = &mapping.source;
        let wrong =
            |place: &str, what: String| ImportError::Mapping(MappingError { file: mapping.file.clone(), place: place.to_owned(), what });
        let delimiter = Delimiter::read(spec.delimiter.as_deref()).map_err(|what| wrong("[source]", what))?;
        let mut lines = Lines::open(path, file);
        let names = match &spec.columns {
            Some(names) => names.clone(),
            None => header(path, &mut lines, delimiter)?,
        };
        let place = |wanted: &crate::import::mapping::Wanted| {
            let mut found = names.iter().enumerate().filter(|(_, name)| **name == wanted.name).map(|(place, _)| place);
            match (found.next(), found.next()) {
                (Some(place), None) => Ok(place),
                (Some(_), Some(_)) => {
                    Err(wrong(&wanted.place, format!("{} has the column {} more than once.", path.display(), wanted.name)))
                }
                (None, _) => Err(wrong(&wanted.place, format!("{} has no column {}.", path.display(), wanted.name))),
            }
        };
        let places = mapping.columns.iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { lines, delimiter, width: names.len(), places, missing: spec.missing.clone(), line_breaks: spec.quoted_line_breaks })
    }

    /// The next line; with line breaks in quotes, several that belong together.
    fn whole_line(&mut self) -> Result<Option<Line>, ImportError> {
        let Some(mut line) = self.lines.next()? else { return Ok(None) };
        while self.line_breaks && !line.too_long && self.delimiter.is_open(&line.bytes) {
            let Some(next) = self.lines.next()? else { break };
            line.too_long = next.too_long || line.bytes.len() + 1 + next.bytes.len() > LONGEST_LINE;
            line.bytes.push(b'\n');
            line.bytes.extend(next.bytes);
        }
        Ok(Some(line))
    }

    fn cells(&self, line: &Line) -> Result<Vec<Cell>, Fault> {
        if line.too_long {
            return Err(Fault::line("LINE_TOO_LONG", "The line is longer than 1 MiB."));
        }
        if self.delimiter.is_open(&line.bytes) {
            return Err(Fault::line("QUOTE_NOT_CLOSED", "A quotation mark is not closed on this line."));
        }
        if std::str::from_utf8(&line.bytes).is_err() {
            return Err(Fault::line("NOT_UTF_8", "The line is not written in UTF-8."));
        }
        let columns = self.delimiter.split(&line.bytes);
        if columns.len() != self.width {
            return Err(Fault::line("COLUMN_COUNT", format!("The line has {} columns instead of {}.", columns.len(), self.width)));
        }
        let cell =
            |place: &usize| columns.get(*place).map_or(Cell::Missing, |text| Cell::text(&String::from_utf8_lossy(text), &self.missing));
        Ok(self.places.iter().map(cell).collect())
    }
}

fn header(path: &Path, lines: &mut Lines<File>, delimiter: Delimiter) -> Result<Vec<String>, ImportError> {
    let unfit = || ImportError::NoHeader(path.to_owned());
    let line =
        lines.next()?.filter(|line| !line.too_long && !line.bytes.is_empty() && !delimiter.is_open(&line.bytes)).ok_or_else(unfit)?;
    let names = delimiter.split(&line.bytes).into_iter().map(|name| String::from_utf8(name).map(|name| name.trim().to_owned()));
    names.collect::<Result<_, _>>().map_err(|_| unfit())
}

impl Source for Delimited {
    fn next(&mut self) -> Result<Option<Row>, ImportError> {
        loop {
            let Some(line) = self.whole_line()? else { return Ok(None) };
            if line.too_long || !line.bytes.trim_ascii().is_empty() {
                return Ok(Some(Row { line: line.number, cells: self.cells(&line), raw: line.bytes }));
            }
        }
    }

    fn position(&self) -> u64 {
        self.lines.position()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMA: Delimiter = Delimiter::Byte(b',');

    #[test]
    fn a_delimiter_is_one_character_or_a_word() {
        assert_eq!(Delimiter::read(Some(";")), Ok(Delimiter::Byte(b';')));
        assert_eq!(Delimiter::read(Some("tab")), Ok(Delimiter::Byte(b'\t')));
        for wrong in ["", ",,", "\"", "\n", "\u{e9}"] {
            assert!(Delimiter::read(Some(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn blanks_of_any_number_separate() {
        assert_eq!(Delimiter::Whitespace.split(b" 00001 19970101  1   11.77\t"), [&b"00001"[..], b"19970101", b"1", b"11.77"]);
    }

    #[test]
    fn a_quotation_mark_counts_only_where_a_column_begins() {
        for (line, open) in [
            ("a,\"b\"", false),
            ("a,\"b", true),
            ("\"a\"\"", true),
            ("\"a\"\"b\"", false),
            ("5' 8\",x", false),
            ("\"5' 8\"\"\",x", false),
            ("\"\n,\"", false),
        ] {
            assert_eq!(COMMA.is_open(line.as_bytes()), open, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn what_a_csv_writer_writes_reads_back(fields in prop::collection::vec("[a-z\", \u{e9}']{0,10}", 2..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let line = writer.into_inner().unwrap();
            let line = line.strip_suffix(b"\n").unwrap();
            prop_assert!(!COMMA.is_open(line));
            prop_assert_eq!(COMMA.split(line), fields.into_iter().map(String::into_bytes).collect::<Vec<_>>());
        }

        #[test]
        fn no_line_breaks_it(line in prop::collection::vec(any::<u8>(), 0..200)) {
            for delimiter in [COMMA, Delimiter::Whitespace, Delimiter::Byte(b'\t')] {
                let _ = delimiter.is_open(&line);
                let _ = delimiter.split(&line);
            }
        }
    }
}
