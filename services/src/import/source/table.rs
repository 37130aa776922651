//! Parquet, row by row: only the columns that the mapping uses, page after page.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row as ParquetRow};
use parquet::schema::types::Type;

use super::{Row, Source};
use crate::import::ImportError;
use crate::import::cell::Cell;
use crate::import::mapping::{Mapping, MappingError};

/// A Parquet file.
pub(super) struct Table {
    path: PathBuf,
    rows: RowIter<'static>,
    total: u64,
    read: u64,
    /// For each column that is read, its place in the mapping's order.
    slots: Vec<usize>,
    width: usize,
    missing: Vec<String>,
    keep_raw: bool,
}

impl Table {
    pub(super) fn open(path: &Path, file: File, mapping: &Mapping, keep_raw: bool) -> Result<Self, ImportError> {
        let damaged = |_| ImportError::Damaged(path.to_owned(), 0);
        let reader = SerializedFileReader::new(file).map_err(damaged)?;
        let metadata = reader.metadata().file_metadata();
        let total = u64::try_from(metadata.num_rows()).unwrap_or_default();
        let schema = metadata.schema().clone();
        let wrong =
            |place: &str, what: String| ImportError::Mapping(MappingError { file: mapping.file.clone(), place: place.to_owned(), what });
        for wanted in &mapping.columns {
            match schema.get_fields().iter().find(|field| field.name() == wanted.name) {
                None => return Err(wrong(&wanted.place, format!("{} has no column {}.", path.display(), wanted.name))),
                Some(field) if field.is_group() => {
                    return Err(wrong(&wanted.place, format!("the column {} is a list or a group.", wanted.name)));
                }
                Some(_) => {}
            }
        }
        let slot = |field: &Arc<Type>| mapping.columns.iter().position(|wanted| wanted.name == field.name());
        let slots = schema.get_fields().iter().filter_map(slot).collect();
        let fields = schema.get_fields().iter().filter(|field| slot(field).is_some()).cloned().collect();
        let projection = Type::group_type_builder(schema.name()).with_fields(fields).build().map_err(damaged)?;
        let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection)).map_err(damaged)?;
        let missing = mapping.source.missing.clone();
        Ok(Self { path: path.to_owned(), rows, total, read: 0, slots, width: mapping.columns.len(), missing, keep_raw })
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.total
    }

    fn cells(&self, row: ParquetRow) -> Vec<Cell> {
        let mut cells = vec![Cell::Missing; self.width];
        for ((_, field), slot) in row.into_columns().into_iter().zip(&self.slots) {
            cells[*slot] = cell(field, &self.missing);
        }
        cells
    }
}

fn cell(field: Field, missing: &[String]) -> Cell {
    let moment = |moment: Result<Timestamp, jiff::Error>| moment.map_or(Cell::Nested, Cell::Moment);
    match field {
        Field::Null => Cell::Missing,
        Field::Bool(value) => Cell::Boolean(value),
        Field::Byte(number) => Cell::Integer(number.into()),
        Field::Short(number) => Cell::Integer(number.into()),
        Field::Int(number) => Cell::Integer(number.into()),
        Field::Long(number) => Cell::Integer(number),
        Field::UByte(number) => Cell::Integer(number.into()),
        Field::UShort(number) => Cell::Integer(number.into()),
        Field::UInt(number) => Cell::Integer(number.into()),
        Field::ULong(number) => i64::try_from(number).map_or_else(|_| Cell::Text(number.to_string()), Cell::Integer),
        Field::Float16(number) => Cell::number(number.into()),
        // Through text, so that 0.1 stays 0.1.
        Field::Float(number) => number.to_string().parse().map_or(Cell::Missing, Cell::number),
        Field::Double(number) => Cell::number(number),
        Field::Str(text) => Cell::text(&text, missing),
        Field::Date(days) => match jiff::Span::new().try_days(days).and_then(|days| Date::constant(1970, 1, 1).checked_add(days)) {
            Ok(date) => Cell::Date(date),
            Err(_) => Cell::Nested,
        },
        Field::TimestampMillis(at) => moment(Timestamp::from_millisecond(at)),
        Field::TimestampMicros(at) => moment(Timestamp::from_microsecond(at)),
        // Decimals, times of day and bytes in the form that the format prints.
        other @ (Field::Decimal(_) | Field::TimeMillis(_) | Field::TimeMicros(_)) => Cell::text(&other.to_string(), missing),
        Field::Bytes(bytes) => bytes.as_utf8().map_or(Cell::Nested, |text| Cell::text(text, missing)),
        _ => Cell::Nested,
    }
}

impl Source for Table {
    fn next(&mut self) -> Result<Option<Row>, ImportError> {
        let Some(row) = self.rows.next() else {
            // A file that ends before its own count lost something.
            return if self.read == self.total { Ok(None) } else { Err(ImportError::Damaged(self.path.clone(), self.read)) };
        };
        let row = row.map_err(|_| ImportError::Damaged(self.path.clone(), self.read))?;
        self.read += 1;
        let raw = if self.keep_raw { row.to_string().into_bytes() } else { Vec::new() };
        Ok(Some(Row { line: self.read, cells: Ok(self.cells(row)), raw }))
    }

    fn position(&self) -> u64 {
        self.read
    }
}
