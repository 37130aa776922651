//! One JSON object a line. A column is a name, or a JSON pointer (RFC 6901) that begins with `/`.

use std::fs::File;
use std::path::Path;

use serde_json::Value;

use super::line::{Line, Lines};
use super::{Row, Source};
use crate::import::ImportError;
use crate::import::cell::Cell;
use crate::import::fault::Fault;
use crate::import::mapping::Mapping;

/// A JSON Lines file.
pub(super) struct JsonLines {
    lines: Lines<File>,
    columns: Vec<String>,
    missing: Vec<String>,
}

impl JsonLines {
    pub(super) fn open(path: &Path, file: File, mapping: &Mapping) -> Self {
        let columns = mapping.columns.iter().map(|column| column.name.clone()).collect();
        Self { lines: Lines::open(path, file), columns, missing: mapping.source.missing.clone() }
    }
}

fn cells(line: &Line, columns: &[String], missing: &[String]) -> Result<Vec<Cell>, Fault> {
    if line.too_long {
        return Err(Fault::line("LINE_TOO_LONG", "The line is longer than 1 MiB."));
    }
    if std::str::from_utf8(&line.bytes).is_err() {
        return Err(Fault::line("NOT_UTF_8", "The line is not written in UTF-8."));
    }
    let value: Value = serde_json::from_slice(&line.bytes).map_err(|_| Fault::line("NOT_JSON", "The line is not a JSON value."))?;
    if !value.is_object() {
        return Err(Fault::line("NOT_AN_OBJECT", "The line is not a JSON object."));
    }
    let cell = |column: &String| {
        let found = if column.starts_with('/') { value.pointer(column) } else { value.get(column) };
        found.map_or(Cell::Missing, |found| cell(found, missing))
    };
    Ok(columns.iter().map(cell).collect())
}

fn cell(value: &Value, missing: &[String]) -> Cell {
    match value {
        Value::Null => Cell::Missing,
        Value::Bool(value) => Cell::Boolean(*value),
        Value::String(text) => Cell::text(text, missing),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => Cell::Integer(whole),
            // Beyond 64 signed bits it is an identifier rather than a number: kept digit by digit.
            (None, Some(_), _) => Cell::Text(number.to_string()),
            (None, None, real) => real.map_or(Cell::Missing, Cell::number),
        },
        Value::Array(_) | Value::Object(_) => Cell::Nested,
    }
}

impl Source for JsonLines {
    fn next(&mut self) -> Result<Option<Row>, ImportError> {
        loop {
            let Some(line) = self.lines.next()? else { return Ok(None) };
            if line.too_long || !line.bytes.trim_ascii().is_empty() {
                return Ok(Some(Row { line: line.number, cells: cells(&line, &self.columns, &self.missing), raw: line.bytes }));
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

    fn read(bytes: &[u8], columns: &[&str]) -> Result<Vec<Cell>, Fault> {
        let line = Line { number: 1, bytes: bytes.to_vec(), too_long: false };
        cells(&line, &columns.iter().map(|&name| name.to_owned()).collect::<Vec<_>>(), &[String::new(), "NA".to_owned()])
    }

    #[test]
    fn names_and_pointers_find_their_values() {
        let line = br#"{"a":1,"b":{"c":" x ","d":[1]},"n":null,"e":"NA","f":1.5,"g":true,"u":18446744073709551615}"#;
        let found = read(line, &["a", "/b/c", "/b/d", "n", "e", "f", "g", "u", "z"]).unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        let expected = [
            Cell::Integer(1),
            text("x"),
            Cell::Nested,
            Cell::Missing,
            Cell::Missing,
            Cell::Number(1.5),
            Cell::Boolean(true),
            text("18446744073709551615"),
            Cell::Missing,
        ];
        assert!(found == expected);
    }

    #[test]
    fn a_line_that_is_not_an_object_is_refused() {
        let deep = "[".repeat(100_000);
        for (line, reason) in [("{", "NOT_JSON"), ("[1]", "NOT_AN_OBJECT"), ("{} {}", "NOT_JSON"), (deep.as_str(), "NOT_JSON")] {
            assert_eq!(read(line.as_bytes(), &["a"]).err().unwrap().reason, reason);
        }
        assert_eq!(read(b"{\"a\":\"\xFF\"}", &["a"]).err().unwrap().reason, "NOT_UTF_8");
    }

    proptest! {
        #[test]
        fn no_line_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, &["a", "/a/0", "/"]);
        }
    }
}
