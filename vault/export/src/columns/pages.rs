//! The pages of a column, within what a writer of ours makes of them.
//!
//! A page says how long it is unpacked, and how many values it has. The reader of the format believes it before it has looked: a file
//! of some hundred bytes could ask for gigabytes. So pages are read as they lie, and unpacked here.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use super::{GROUP_BYTES, GROUP_ROWS};
use crate::MAX_DETAILS_LEN;

/// The most values of a column in a group: a row ends it that goes beyond its bytes, of which each text takes eight.
const MOST_VALUES: u32 = (GROUP_ROWS + GROUP_BYTES / 8 + MAX_DETAILS_LEN) as u32;
/// The most bytes of a column in a group, packed or not: texts, their lengths, levels.
const MOST_BYTES: usize = 2 * GROUP_BYTES;
/// The most values of a dictionary, which a writer ends when it has a mebibyte, and each of which has its length before it.
const MOST_WORDS: usize = (1 << 18) + (1 << 12);
/// Snappy writes 64 bytes with three at best.
const MOST_TIMES: usize = 22;

/// Pages of one column of one group.
pub(super) struct Pages<R: ChunkReader> {
    packed: SerializedPageReader<R>,
    /// Values that may still come.
    values: u32,
}

fn odd(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

impl<R: ChunkReader> Pages<R> {
    pub(super) fn open(source: &Arc<R>, column: &ColumnChunkMetaData, rows: usize) -> Result<Self> {
        let fits = usize::try_from(column.compressed_size()).is_ok_and(|size| size <= MOST_BYTES);
        if column.compression() != Compression::SNAPPY || !fits {
            return Err(odd("a column that is packed in another way than ours"));
        }
        let packed = column.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
        Ok(Self { packed: SerializedPageReader::new(source.clone(), &packed, rows, None)?, values: MOST_VALUES })
    }
}

/// A page as it is unpacked; `values` are left of the column.
fn check(page: Page, values: &mut u32) -> Result<Page> {
    match page {
        Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, .. } => {
            *values = values.checked_sub(num_values).ok_or_else(|| odd("more values than a group has"))?;
            if ![Encoding::PLAIN, Encoding::PLAIN_DICTIONARY, Encoding::RLE_DICTIONARY].contains(&encoding) {
                return Err(odd("values in another encoding than ours"));
            }
            let buf = unpack(&buf)?;
            Ok(Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, statistics: None })
        }
        Page::DictionaryPage { buf, num_values, encoding, is_sorted } => {
            let buf = unpack(&buf)?;
            if num_values as usize > MOST_WORDS.min(buf.len() / 4) {
                return Err(odd("more values than a dictionary has"));
            }
            Ok(Page::DictionaryPage { buf, num_values, encoding, is_sorted })
        }
        Page::DataPageV2 { .. } => Err(odd("a page of another form than ours")),
    }
}

fn unpack(packed: &[u8]) -> Result<Bytes> {
    if packed.is_empty() {
        return Ok(Bytes::new());
    }
    let length = snap::raw::decompress_len(packed)?;
    if length > MOST_BYTES.min(MOST_TIMES * packed.len()) {
        return Err(odd("a page that cannot be as long as it says"));
    }
    Ok(snap::raw::Decoder::new().decompress_vec(packed)?.into())
}

impl<R: ChunkReader> PageReader for Pages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.packed.get_next_page()?.map(|page| check(page, &mut self.values)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }
}

impl<R: ChunkReader> Iterator for Pages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> Bytes {
        snap::raw::Encoder::new().compress_vec(bytes).unwrap().into()
    }

    fn data(buf: Bytes, num_values: u32, encoding: Encoding) -> Page {
        let (def_level_encoding, rep_level_encoding) = (Encoding::RLE, Encoding::RLE);
        Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, statistics: None }
    }

    fn dictionary(buf: Bytes, num_values: u32) -> Page {
        Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, is_sorted: false }
    }

    #[test]
    fn a_page_is_unpacked_and_its_values_are_counted() {
        let (plain, mut left) = ([7; 5000], 10);
        let page = check(data(packed(&plain), 4, Encoding::PLAIN), &mut left).unwrap();
        assert_eq!((page.buffer().as_ref(), left), (&plain[..], 6));
        assert!(check(data(packed(&plain), 7, Encoding::PLAIN), &mut left).is_err(), "there are six more");
        assert_eq!(check(dictionary(packed(&plain), 1250), &mut left).unwrap().num_values(), 1250);
        assert!(unpack(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_page_that_claims_what_it_cannot_hold_is_refused_before_memory_is_taken() {
        // Two gigabytes, four, and ten times as much as there is.
        for length in [&[0xff, 0xff, 0xff, 0xff, 0x07][..], &[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xe8, 0x07]] {
            assert!(unpack(&[length, b"any"].concat()).is_err());
        }
        for values in [u32::MAX, 1 << 30, 1251] {
            assert!(check(dictionary(packed(&[0; 5000]), values), &mut 10).is_err(), "{values} values");
            assert!(check(data(packed(&[0; 5000]), values.max(MOST_VALUES + 1), Encoding::PLAIN), &mut MOST_VALUES.clone()).is_err());
        }
        assert!(check(dictionary(packed(&vec![0; 4 << 20]), 1 << 20), &mut 10).is_err(), "no writer makes such a dictionary");
        assert!(check(data(packed(&[0; 50]), 1, Encoding::DELTA_BINARY_PACKED), &mut 10).is_err());
        // Nothing is as long as it can be.
        assert!(unpack(&packed(&vec![0; MOST_BYTES + 1])).is_err());
        assert_eq!(unpack(&packed(&vec![0; MOST_BYTES])).unwrap().len(), MOST_BYTES);
    }
}
