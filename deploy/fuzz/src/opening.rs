//! Lines of `openings.jsonl`, the details in them, and what is written of these.

use std::collections::BTreeMap;

use coffret_export::Details;
use coffret_export::fuzzing::{lines, opening};
use coffret_export::sample::Sample;
use coffret_ledger::Leaf;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Any text as a line of an opening, and as the details of an entry.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Some(written) = opening(text) {
        let line = written.strip_suffix('\n').expect("a line ends");
        assert!(!line.contains('\n'), "a line is one line");
        assert_eq!(opening(line).as_ref(), Some(&written), "what is written of an opening is read as it was written");
    }
    details(text);
}

/// What an entry says goes into a line of JSON and a row of a table, and comes out again.
fn details(text: &str) {
    let leaf = Leaf { id: [1; 16], commit: [2; 32] };
    let Some([line, row]) = lines("vault.example/a \"b\"", 7, &leaf, text) else { return };
    assert_eq!((line.matches('\n').count(), line.ends_with("}\n")), (1, true), "an event is one line");
    assert!(serde_json::from_str::<IgnoredAny>(&line).is_ok(), "an event is JSON");
    // Where it does not nest too deep to be held in memory.
    if let (Ok(event), Ok(said)) = (serde_json::from_str::<BTreeMap<String, Value>>(&line), serde_json::from_str::<Value>(text)) {
        let read = Details::parse(text).expect("they were just read");
        assert_eq!((&event["leafindex"], &event["data"]), (&"7".into(), &said), "an event says what the entry says");
        assert_eq!(event["type"].as_str(), Some(format!("coffret.ledger.{}", read.kind).as_str()));
    }
    let cells = cells(&row);
    assert_eq!(cells.len(), 18, "a row has a cell for each column: {row:?}");
    for cell in cells {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "no cell is a formula: {cell:?}");
    }
}

/// The cells of one row (RFC 4180).
fn cells(row: &str) -> Vec<String> {
    let mut characters = row.strip_suffix("\r\n").expect("a row ends").chars().peekable();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut quoted, mut begun) = (false, false);
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted || !begun => (quoted, begun) = (!quoted, true),
            ',' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                begun = false;
            }
            character => {
                assert!(quoted || !['\r', '\n', '"'].contains(&character), "what breaks a row is quoted");
                cell.push(character);
                begun = true;
            }
        }
    }
    assert!(!quoted, "a quotation mark is closed");
    cells.push(cell);
    cells
}

/// Details of a customer's life, alone and in their lines.
pub fn seeds() -> Vec<Vec<u8>> {
    let sample = Sample::new(60);
    let mut seeds = Vec::new();
    for index in [0, 1, 4, 13, 16, 22, 31, 37, 43, 49] {
        let entry = sample.entry(index);
        let line = serde_json::json!({"index": index, "key": "0".repeat(64), "details": entry.details});
        let fields = [format!("\"index\":{index}"), format!("\"key\":{}", line["key"]), format!("\"details\":{}", line["details"])];
        seeds.push(format!("{{{}}}", fields.join(",")).into_bytes());
        seeds.push(entry.details.into_bytes());
    }
    seeds
}
