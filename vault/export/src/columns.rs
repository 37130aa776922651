//! `events.parquet`: the columns of `events.csv` with types of their own, for those who work with tables of any size.
//!
//! Bounded row groups, so that whoever writes or reads it needs the same memory for any number of rows.

mod pages;
mod reader;

use std::io::Write;
use std::sync::Arc;

use coffret_ledger::Leaf;
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::TypePtr;

pub(crate) use reader::ColumnsReader;

use crate::Details;
use crate::encoding::hex;

/// The columns. What a sealed entry does not say is null, its lists are empty.
const SCHEMA: &str = "
message event {
    required int64 index;
    required binary id (STRING);
    required binary commitment (STRING);
    required binary type (STRING);
    optional int64 time (TIMESTAMP(MICROS,true));
    optional binary stream (STRING);
    optional int64 sequence;
    optional binary role (STRING);
    optional binary name (STRING);
    optional binary brand (STRING);
    optional binary grant (STRING);
    optional binary request (STRING);
    optional binary purpose (STRING);
    required group attributes (LIST) { repeated group list { required binary element (STRING); } }
    required group records (LIST) { repeated group list { required binary element (STRING); } }
    optional binary reason (STRING);
    optional binary advisor (STRING);
    optional binary result (STRING);
}";
/// Rows in a group at most.
const GROUP_ROWS: usize = 16_384;
/// Bytes of texts in a group from which on it ends.
const GROUP_BYTES: usize = 16 << 20;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Number(Option<i64>),
    Text(Option<String>),
    List(Vec<String>),
}

impl Cell {
    fn len(&self) -> usize {
        match self {
            Self::Number(_) => 8,
            Self::Text(text) => text.as_ref().map_or(0, String::len),
            Self::List(texts) => texts.iter().map(|text| text.len() + 8).sum(),
        }
    }
}

/// The row of an entry.
fn row(index: u64, leaf: &Leaf, details: Option<&Details<'_>>) -> Vec<Cell> {
    let text = |text: Option<&str>| Cell::Text(text.map(str::to_owned));
    let of = |get: &dyn Fn(&Details<'_>) -> Option<String>| Cell::Text(details.and_then(get));
    let list = |list: Option<&Vec<String>>| Cell::List(list.cloned().unwrap_or_default());
    vec![
        Cell::Number(Some(index as i64)),
        text(Some(&hex(&leaf.id))),
        text(Some(&hex(&leaf.commit))),
        text(Some(details.map_or("sealed", |details| &details.kind))),
        Cell::Number(details.map(Details::micros)),
        of(&|details| Some(details.stream.to_string())),
        Cell::Number(details.map(|details| details.sequence as i64)),
        of(&|details| Some(details.who.role.to_string())),
        of(&|details| details.who.name.clone()),
        of(&|details| details.brand.map(|id| id.to_string())),
        of(&|details| details.grant.map(|id| id.to_string())),
        of(&|details| details.request.map(|id| id.to_string())),
        of(&|details| details.purpose.clone()),
        list(details.map(|details| &details.attributes)),
        list(details.map(|details| &details.records)),
        of(&|details| details.reason.clone()),
        of(&|details| details.advisor.clone()),
        of(&|details| Some(details.result.to_string())),
    ]
}

fn schema() -> TypePtr {
    Arc::new(parse_message_type(SCHEMA).expect("the schema is one"))
}

/// Writes the file.
pub(crate) struct ColumnsWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl<W: Write + Send> ColumnsWriter<W> {
    pub(crate) fn new(out: W) -> Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .set_created_by("coffret-export/1".to_owned())
            .build();
        Ok(Self { file: SerializedFileWriter::new(out, schema(), Arc::new(properties))?, rows: Vec::new(), bytes: 0 })
    }

    pub(crate) fn push(&mut self, index: u64, leaf: &Leaf, details: Option<&Details<'_>>) -> Result<()> {
        let row = row(index, leaf, details);
        self.bytes += row.iter().map(Cell::len).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() >= GROUP_ROWS || self.bytes >= GROUP_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        let mut place = 0;
        while let Some(mut column) = group.next_column()? {
            write_column(column.untyped(), self.rows.iter().map(|row| &row[place]))?;
            column.close()?;
            place += 1;
        }
        group.close()?;
        (self.rows, self.bytes) = (Vec::new(), 0);
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.file.close().map(drop)
    }
}

/// Values with their definition and repetition levels; a level that a column does not have is passed over by it.
fn write_column<'c>(column: &mut ColumnWriter<'_>, cells: impl Iterator<Item = &'c Cell>) -> Result<()> {
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    let (mut definitions, mut repetitions) = (Vec::new(), Vec::new());
    let mut level = |defined: bool, repeated: bool| {
        definitions.push(i16::from(defined));
        repetitions.push(i16::from(repeated));
    };
    for cell in cells {
        match cell {
            Cell::Number(number) => {
                level(number.is_some(), false);
                numbers.extend(number);
            }
            Cell::Text(text) => {
                level(text.is_some(), false);
                texts.extend(text.as_deref().map(ByteArray::from));
            }
            Cell::List(list) => {
                if list.is_empty() {
                    level(false, false);
                }
                for (place, text) in list.iter().enumerate() {
                    level(true, place > 0);
                    texts.push(ByteArray::from(text.as_str()));
                }
            }
        }
    }
    match column {
        ColumnWriter::Int64ColumnWriter(column) => column.write_batch(&numbers, Some(&definitions), Some(&repetitions)).map(drop),
        ColumnWriter::ByteArrayColumnWriter(column) => column.write_batch(&texts, Some(&definitions), Some(&repetitions)).map(drop),
        _ => Err(ParquetError::General("a column of another type".to_owned())),
    }
}
