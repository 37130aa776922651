//! Holds a file against the entries, row by row: no value is copied, so that one which stands in many rows is in memory once.

use std::sync::Arc;

use coffret_ledger::Leaf;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;

use super::pages::Pages;
use super::{Cell, ColumnsWriter, GROUP_ROWS, row};
use crate::Details;

/// The end of a file: the length of its footer, and `PAR1`.
const END: usize = 8;

/// Reads a file of these columns.
pub(crate) struct ColumnsReader<R: ChunkReader> {
    source: Arc<R>,
    metadata: ParquetMetaData,
    /// The next group.
    group: usize,
    /// The columns of the group that is being read, and its rows that are left.
    columns: Vec<Column>,
    left: u64,
}

enum Column {
    Numbers(Values<Int64Type>),
    Texts(Values<ByteArrayType>),
}

/// What a column holds in one row.
struct Values<T: DataType> {
    reader: ColumnReaderImpl<T>,
    found: Vec<T::T>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl<T: DataType> Values<T> {
    fn new(reader: ColumnReaderImpl<T>) -> Self {
        Self { reader, found: Vec::new(), definitions: Vec::new(), repetitions: Vec::new() }
    }

    /// The values of the next row; nothing where there is none.
    fn next(&mut self) -> Result<Option<&[T::T]>> {
        self.found.clear();
        self.definitions.clear();
        self.repetitions.clear();
        let levels = (Some(&mut self.definitions), Some(&mut self.repetitions));
        let (rows, ..) = self.reader.read_records(1, levels.0, levels.1, &mut self.found)?;
        Ok((rows == 1).then_some(self.found.as_slice()))
    }
}

fn are(found: &[ByteArray], wanted: &[String]) -> bool {
    found.iter().map(ByteArray::data).eq(wanted.iter().map(String::as_bytes))
}

impl Column {
    fn open(reader: ColumnReader) -> Result<Self> {
        match reader {
            ColumnReader::Int64ColumnReader(reader) => Ok(Self::Numbers(Values::new(reader))),
            ColumnReader::ByteArrayColumnReader(reader) => Ok(Self::Texts(Values::new(reader))),
            _ => Err(ParquetError::General("a column of another type".to_owned())),
        }
    }

    fn is_next(&mut self, wanted: &Cell) -> Result<bool> {
        Ok(match (self, wanted) {
            (Self::Numbers(column), Cell::Number(number)) => column.next()?.is_some_and(|found| found == number.as_slice()),
            (Self::Texts(column), Cell::Text(text)) => column.next()?.is_some_and(|found| are(found, text.as_slice())),
            (Self::Texts(column), Cell::List(texts)) => column.next()?.is_some_and(|found| are(found, texts)),
            _ => false,
        })
    }

    fn is_at_end(&mut self) -> Result<bool> {
        Ok(match self {
            Self::Numbers(column) => column.next()?.is_none(),
            Self::Texts(column) => column.next()?.is_none(),
        })
    }
}

impl<R: ChunkReader + 'static> ColumnsReader<R> {
    /// Opens a file that has these columns and as many rows.
    pub(crate) fn open(source: R, rows: u64) -> std::result::Result<Self, &'static str> {
        // Before the footer is read: what nests in a schema is not bounded by the reader of the format.
        if !has_our_schema(&source).map_err(|_| "it is not a Parquet file")? {
            return Err("it has other columns");
        }
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&source).map_err(|_| "it is not a Parquet file")?;
        if metadata.file_metadata().schema() != super::schema().as_ref() {
            return Err("it has other columns");
        }
        if u64::try_from(metadata.file_metadata().num_rows()) != Ok(rows) {
            return Err("it has another number of rows than there are events");
        }
        let of_group = |rows: i64| u64::try_from(rows).ok().filter(|rows| (1..=GROUP_ROWS as u64).contains(rows));
        let of_groups = metadata.row_groups().iter().try_fold(0_u64, |sum, group| Some(sum + of_group(group.num_rows())?));
        if of_groups != Some(rows) {
            return Err("its row groups have another number of rows than it states");
        }
        Ok(Self { source: Arc::new(source), metadata, group: 0, columns: Vec::new(), left: 0 })
    }

    /// Whether the next row is that of this entry.
    pub(crate) fn is_next(&mut self, index: u64, leaf: &Leaf, details: Option<&Details<'_>>) -> bool {
        self.hold(&row(index, leaf, details)).unwrap_or(false)
    }

    fn hold(&mut self, wanted: &[Cell]) -> Result<bool> {
        if self.left == 0 && !self.next_group()? {
            return Ok(false);
        }
        self.left -= 1;
        let mut same = self.columns.len() == wanted.len();
        for (column, wanted) in self.columns.iter_mut().zip(wanted) {
            same = same && column.is_next(wanted)?;
        }
        Ok(same)
    }

    /// Goes on to the next group; false where there is none, or where the last one has more than it says.
    fn next_group(&mut self) -> Result<bool> {
        if !self.group_is_at_end()? || self.group == self.metadata.num_row_groups() {
            return Ok(false);
        }
        let group = self.metadata.row_group(self.group);
        self.left = group.num_rows() as u64;
        let open = |column| {
            let pages = Pages::open(&self.source, column, self.left as usize)?;
            Column::open(get_column_reader(column.column_descr_ptr(), Box::new(pages)))
        };
        self.columns = group.columns().iter().map(open).collect::<Result<_>>()?;
        self.group += 1;
        Ok(true)
    }

    fn group_is_at_end(&mut self) -> Result<bool> {
        let mut all = self.left == 0;
        for column in &mut self.columns {
            all = all && column.is_at_end()?;
        }
        Ok(all)
    }

    /// Whether no row comes any more.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.group == self.metadata.num_row_groups() && self.group_is_at_end().unwrap_or(false)
    }
}

/// Whether the footer begins as that of a file of ours, up to the number of rows.
fn has_our_schema(source: &impl ChunkReader) -> Result<bool> {
    let footer = |file: &[u8]| footer(file.len() as u64, file.last_chunk()).map(|start| file[start as usize..].to_vec());
    let (none, one) = (footer(&written(&[])?), footer(&written(&[Leaf { id: [0; 16], commit: [0; 32] }])?));
    let (Some(none), Some(one)) = (none, one) else { return Ok(false) };
    let same = none.iter().zip(&one).take_while(|(none, one)| none == one).count();
    let Some(end) = source.len().checked_sub(END as u64) else { return Ok(false) };
    let end = source.get_bytes(end, END)?;
    let Some(start) = self::footer(source.len(), end.first_chunk()) else { return Ok(false) };
    // The file ends with the footer, so that what is asked for beyond it is not there.
    Ok(source.get_bytes(start, same).is_ok_and(|found| found == none[..same]))
}

/// Where the footer begins in a file that is so long and ends so.
fn footer(length: u64, end: Option<&[u8; END]>) -> Option<u64> {
    let [a, b, c, d, b'P', b'A', b'R', b'1'] = *end? else { return None };
    length.checked_sub(END as u64)?.checked_sub(u64::from(u32::from_le_bytes([a, b, c, d])))
}

/// A file of sealed entries.
fn written(leaves: &[Leaf]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut writer = ColumnsWriter::new(&mut file)?;
    (0..).zip(leaves).try_for_each(|(index, leaf)| writer.push(index, leaf, None))?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::basic::{Compression, GzipLevel};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;

    use super::*;

    const LEAF: Leaf = Leaf { id: [0; 16], commit: [0; 32] };

    fn is_of(file: Vec<u8>, leaves: &[Leaf]) -> bool {
        let Ok(mut reader) = ColumnsReader::open(Bytes::from(file), leaves.len() as u64) else { return false };
        (0..).zip(leaves).all(|(index, leaf)| reader.is_next(index, leaf, None)) && reader.is_at_end()
    }

    #[test]
    fn groups_are_read_one_after_the_other() {
        let leaves: Vec<Leaf> = (0..GROUP_ROWS + 2).map(|number| Leaf { id: [number as u8; 16], ..LEAF }).collect();
        let file = written(&leaves).unwrap();
        assert!(is_of(file.clone(), &leaves));
        let mut reader = ColumnsReader::open(Bytes::from(file.clone()), leaves.len() as u64).unwrap();
        assert!(!reader.is_at_end());
        assert!(reader.is_next(0, &leaves[0], None) && !reader.is_at_end());
        assert!(!reader.is_next(1, &leaves[0], None));
        assert!(!is_of(file.clone(), &leaves[1..]));
        let mut others = leaves;
        others[GROUP_ROWS + 1].commit[31] ^= 1;
        assert!(!is_of(file, &others));
    }

    #[test]
    fn a_schema_that_nests_without_an_end_is_not_read() {
        let deep = 1_000_000_u32;
        let element = [0x35, 0, 0x18, 1, b'a', 0x15, 2, 0];
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        footer.extend([0x80 | (deep & 0x7f) as u8, 0x80 | (deep >> 7 & 0x7f) as u8, (deep >> 14) as u8]);
        footer.extend(element.repeat(deep as usize));
        footer.extend([0x16, 0, 0x19, 0x0c, 0]);
        let length = (footer.len() as u32).to_le_bytes();
        assert!(!is_of([&b"PAR1"[..], &footer, &length, b"PAR1"].concat(), &[]));
    }

    #[test]
    fn a_file_that_is_packed_in_another_way_is_not_read() {
        for (packing, whole) in
            [(Compression::SNAPPY, true), (Compression::GZIP(GzipLevel::default()), false), (Compression::UNCOMPRESSED, false)]
        {
            let mut file = Vec::new();
            let properties = WriterProperties::builder().set_compression(packing).build();
            let inner = SerializedFileWriter::new(&mut file, super::super::schema(), Arc::new(properties)).unwrap();
            let mut writer = ColumnsWriter { file: inner, rows: Vec::new(), bytes: 0 };
            writer.push(0, &LEAF, None).unwrap();
            writer.finish().unwrap();
            assert_eq!(is_of(file, &[LEAF]), whole, "{packing:?}");
        }
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        let file = written(&[LEAF]).unwrap();
        for cut in 0..file.len() {
            assert!(!is_of(file[..cut].to_vec(), &[LEAF]), "cut at {cut}");
        }
        for end in [&b"\xff\xff\xff\xffPAR1"[..], b"\0\0\0\0PAR1", b"PAR1", b""] {
            assert!(!is_of([&file[..file.len() - END], end].concat(), &[LEAF]));
        }
    }
}
