//! A customer's records as a file: JSON Lines, or CSV that a spreadsheet does not run.

use bytes::Bytes;
use coffret_vault::id::CustomerId;
use coffret_vault::record::{Record, Source};

use crate::names;

/// Bytes in one piece of a stream.
pub(super) const PIECE: usize = 64 * 1024;
/// The columns, and the names in a line of JSON Lines.
const COLUMNS: [&str; 7] = ["name", "attribute", "value", "version", "record_time", "write_time", "source"];

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON object per line, UTF-8, ended by a line feed.
    JsonLines,
    /// RFC 4180 with a header; cells that a spreadsheet would run as a formula begin with an apostrophe.
    Csv,
}

impl Format {
    /// What the file begins with.
    pub(super) fn head(self) -> Vec<u8> {
        match self {
            Self::JsonLines => Vec::new(),
            Self::Csv => csv_rows([COLUMNS.map(str::to_owned)]),
        }
    }

    /// The lines of some records.
    pub(super) fn lines(self, customer: CustomerId, records: &[Record]) -> Vec<u8> {
        let rows = records.iter().map(|record| row(customer, record));
        match self {
            Self::JsonLines => rows.flat_map(|cells| json_line(&cells).into_bytes()).collect(),
            Self::Csv => csv_rows(rows),
        }
    }
}

/// Cuts bytes into pieces of a stream.
pub(super) fn pieces(bytes: Vec<u8>) -> impl Iterator<Item = Bytes> {
    let mut rest = Bytes::from(bytes);
    std::iter::from_fn(move || (!rest.is_empty()).then(|| rest.split_to(rest.len().min(PIECE))))
}

fn row(customer: CustomerId, record: &Record) -> [String; 7] {
    let source = match record.info.source {
        Source::Customer => "customer",
        Source::Import => "import",
    };
    [
        names::customer_record_name(customer, record.info.id),
        record.info.attribute.clone(),
        record.value.as_str().to_owned(),
        record.info.version.to_string(),
        record.time.to_string(),
        record.info.written_at.to_string(),
        source.to_owned(),
    ]
}

/// Value and version stand as they are, both are JSON already; the other cells are texts.
fn json_line(cells: &[String; 7]) -> String {
    let mut line = String::with_capacity(cells.iter().map(|cell| cell.len() + 20).sum());
    for (position, (column, cell)) in COLUMNS.iter().zip(cells).enumerate() {
        line.push_str(if position == 0 { "{\"" } else { ",\"" });
        line.push_str(column);
        line.push_str("\":");
        if matches!(*column, "value" | "version") {
            line.push_str(cell);
        } else {
            line.push_str(&serde_json::Value::from(cell.as_str()).to_string());
        }
    }
    line.push_str("}\n");
    line
}

fn csv_rows(rows: impl IntoIterator<Item = [String; 7]>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.map(harmless)).expect("a Vec takes every write, and every row has seven cells");
    }
    writer.into_inner().expect("a Vec takes every write")
}

/// A cell that a spreadsheet shows and does not run (OWASP, CSV injection).
fn harmless(mut cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        cell.insert(0, '\'');
    }
    cell
}

#[cfg(test)]
mod tests {
    use coffret_vault::clock::Timestamp;
    use coffret_vault::id::RecordId;
    use coffret_vault::record::RecordInfo;
    use uuid::Uuid;
    use zeroize::Zeroizing;

    use super::*;

    const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(7));

    fn record(value: &str) -> Record {
        Record {
            info: RecordInfo {
                id: RecordId(Uuid::from_u128(9)),
                attribute: "body.shoe_size".to_owned(),
                version: 3,
                written_at: Timestamp::from_seconds(86_400),
                source: Source::Import,
                blob_size: None,
            },
            time: Timestamp::from_seconds(0),
            value: Zeroizing::new(value.to_owned()),
        }
    }

    #[test]
    fn a_json_line_reads_back_with_its_value() {
        let bytes = Format::JsonLines.lines(CUSTOMER, &[record(r#"{"size":"38","note":"a\nb"}"#), record("[1]")]);
        let text = String::from_utf8(bytes).expect("UTF-8");
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["value"]["note"], "a\nb");
        assert_eq!(lines[0]["version"], 3);
        assert_eq!(lines[0]["source"], "import");
        assert_eq!(lines[0]["record_time"], "1970-01-01T00:00:00.000000Z");
        assert_eq!(lines[0]["write_time"], "1970-01-02T00:00:00.000000Z");
        assert_eq!(lines[0]["name"], format!("customers/{CUSTOMER}/records/{}", Uuid::from_u128(9)));
        assert_eq!(lines[1]["value"], serde_json::json!([1]));
    }

    #[test]
    fn csv_quotes_as_rfc_4180_says() {
        let value = r#"{"a":"x, y","b":"""#.to_owned() + "}";
        let bytes = [Format::Csv.head(), Format::Csv.lines(CUSTOMER, &[record(&value)])].concat();
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        assert!(text.starts_with("name,attribute,value,version,record_time,write_time,source\r\n"), "{text}");
        assert!(text.ends_with("import\r\n"), "{text}");
        assert!(text.contains(r#","{""a"":""x, y"",""b"":""""}","#), "{text}");
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let row = reader.records().next().expect("a row").expect("seven cells");
        assert_eq!(&row[2], value.as_str());
    }

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_made_harmless() {
        for start in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            let bytes = Format::Csv.lines(CUSTOMER, &[record(start)]);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
            let row = reader.records().next().expect("a row").expect("seven cells");
            assert_eq!(row[2], format!("'{start}"));
        }
        assert_eq!(harmless("1-2".to_owned()), "1-2");
    }

    #[test]
    fn pieces_are_the_whole_and_none_is_large() {
        let whole: Vec<u8> = (0..PIECE * 2 + 5).map(|place| (place % 251) as u8).collect();
        let cut: Vec<Bytes> = pieces(whole.clone()).collect();
        assert_eq!(cut.iter().map(Bytes::len).collect::<Vec<_>>(), [PIECE, PIECE, 5]);
        assert_eq!(cut.concat(), whole);
        assert_eq!(pieces(Vec::new()).count(), 0);
    }
}
