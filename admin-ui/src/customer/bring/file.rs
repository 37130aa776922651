//! Lines of a file: JSON Lines, or CSV (RFC 4180) with a header.

use serde_json::Value;

/// One record of a file.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) attribute: String,
    pub(super) value: Value,
}

/// Each line that is not empty by its number from 1: a record, or the text that says why it is none.
pub(super) fn lines(file: &[u8]) -> Vec<(usize, Result<Line, &'static str>)> {
    let file = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file);
    let Ok(text) = std::str::from_utf8(file) else { return vec![(1, Err("bring-not-text"))] };
    if text.trim_start().starts_with(['{', '[']) { json_lines(text) } else { table(text) }
}

fn json_lines(text: &str) -> Vec<(usize, Result<Line, &'static str>)> {
    let numbered = text.lines().enumerate().map(|(place, line)| (place + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty()).map(|(number, line)| (number, json_line(line))).collect()
}

fn json_line(line: &str) -> Result<Line, &'static str> {
    let mut object: Value = serde_json::from_str(line).map_err(|_| "bring-not-json")?;
    let value = object["value"].take();
    match object["attribute"].as_str() {
        Some(attribute) if value.is_object() => Ok(Line { attribute: attribute.to_owned(), value }),
        _ => Err("bring-no-fields"),
    }
}

fn table(text: &str) -> Vec<(usize, Result<Line, &'static str>)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let column = |name: &str, header: &csv::StringRecord| header.iter().position(|own| own.trim().eq_ignore_ascii_case(name));
    let columns = reader.headers().ok().and_then(|header| Some((column("attribute", header)?, column("value", header)?)));
    let Some((attribute, value)) = columns else { return vec![(1, Err("bring-no-columns"))] };
    let mut lines = Vec::new();
    for row in reader.records() {
        // As a spreadsheet numbers its rows, the header being the first.
        let number = lines.len() + 2;
        let Ok(row) = row else {
            lines.push((number, Err("bring-not-table")));
            continue;
        };
        let cell = |place: usize| row.get(place).unwrap_or_default().trim();
        let parsed = serde_json::from_str::<Value>(cell(value)).ok().filter(Value::is_object);
        let line = parsed.map(|value| Line { attribute: cell(attribute).to_owned(), value });
        lines.push((number, line.ok_or("bring-not-json")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_export_writes_is_read() {
        let line = "{\"name\":\"customers/a/records/b\",\"attribute\":\"body.height\",\"value\":{\"value\":172,\"unit\":\"cm\"},\"version\":1}\n\n{\"attribute\":7}\nnone\n";
        let read = lines(line.as_bytes());
        assert_eq!(read[0], (1, Ok(Line { attribute: "body.height".to_owned(), value: json!({"value": 172, "unit": "cm"}) })));
        assert_eq!(read[1..], [(3, Err("bring-no-fields")), (4, Err("bring-not-json"))]);
        let table =
            "\u{feff}name,attribute,value\r\nx,body.height,\"{\"\"value\"\":172,\"\"unit\"\":\"\"cm\"\"}\"\r\ny,style.words,none\r\n";
        let read = lines(table.as_bytes());
        assert_eq!(read[0].1.as_ref().expect("a line").value, json!({"value": 172, "unit": "cm"}));
        assert_eq!(read[1], (3, Err("bring-not-json")));
        assert_eq!(lines(b"a;b\n1;2\n"), [(1, Err("bring-no-columns"))]);
        assert_eq!(lines(&[0xff, 0xfe]), [(1, Err("bring-not-text"))]);
        assert!(lines(b"").iter().all(|(_, line)| line.is_err()));
    }

    proptest! {
        #[test]
        fn no_file_breaks_the_reader(file in proptest::collection::vec(any::<u8>(), 0..400), start in "(\\{|attribute,value\n|)") {
            let _ = lines(&[start.as_bytes(), &file].concat());
        }
    }
}
