//! Lines of a text file, each of bounded length.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::LONGEST_LINE;
use crate::import::ImportError;

const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Reads lines that end with `\n` or `\r\n`. A byte order mark at the start is passed over.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    path: PathBuf,
    /// Lines read so far.
    number: u64,
    position: u64,
}

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// Without its end; empty where it is too long.
    pub(super) bytes: Vec<u8>,
    /// It is longer than [`LONGEST_LINE`], and was passed over.
    pub(super) too_long: bool,
}

impl Lines<File> {
    pub(super) fn open(path: &Path, file: File) -> Self {
        Self::new(path, file)
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(path: &Path, reader: R) -> Self {
        Self { reader: BufReader::with_capacity(256 * 1024, reader), path: path.to_owned(), number: 0, position: 0 }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The next line; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Line>, ImportError> {
        let mut bytes = Vec::with_capacity(160);
        let mut too_long = false;
        let mut any = false;
        loop {
            let buffer = self.reader.fill_buf().map_err(|cause| ImportError::Unreadable(self.path.clone(), cause))?;
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |end| end + 1);
            let text = &buffer[..end.unwrap_or(taken)];
            // A carriage return at the end does not count.
            too_long |= bytes.len() + text.len() > LONGEST_LINE + 1;
            if too_long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(text);
            }
            self.reader.consume(taken);
            self.position += taken as u64;
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        if self.number == 1 {
            if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
                return Err(ImportError::NotUtf8(self.path.clone()));
            }
            if bytes.starts_with(&MARK) {
                bytes.drain(..MARK.len());
            }
        }
        if bytes.len() > LONGEST_LINE {
            too_long = true;
            bytes = Vec::new();
        }
        Ok(Some(Line { number: self.number, bytes, too_long }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8]) -> Vec<Line> {
        let mut lines = Lines::new(Path::new("a"), bytes);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(line);
        }
        assert_eq!(lines.position(), bytes.len() as u64);
        found
    }

    fn texts(bytes: &[u8]) -> Vec<Vec<u8>> {
        all(bytes).into_iter().map(|line| line.bytes).collect()
    }

    #[test]
    fn lines_end_in_both_ways_and_the_mark_goes() {
        assert_eq!(texts(b"\xEF\xBB\xBFa\r\nb\n\nc"), [&b"a"[..], b"b", b"", b"c"]);
        assert_eq!(texts(b"a\n"), [b"a"]);
        assert_eq!(texts(b""), Vec::<Vec<u8>>::new());
        // Only the start has a mark.
        assert_eq!(texts(b"a\n\xEF\xBB\xBFb"), [&b"a"[..], b"\xEF\xBB\xBFb"]);
    }

    #[test]
    fn a_line_too_long_is_passed_over_and_the_next_is_read() {
        let mut bytes = vec![b'x'; LONGEST_LINE];
        bytes.extend_from_slice(b"\r\n");
        bytes.extend(std::iter::repeat_n(b'y', LONGEST_LINE + 1));
        bytes.extend_from_slice(b"\nend\n");
        bytes.extend(std::iter::repeat_n(b'z', 3 * LONGEST_LINE));
        let lines = all(&bytes);
        assert_eq!(lines.iter().map(|line| line.too_long).collect::<Vec<_>>(), [false, true, false, true]);
        assert_eq!((lines[0].bytes.len(), lines[1].bytes.len()), (LONGEST_LINE, 0));
        assert_eq!((lines[2].number, lines[2].bytes.as_slice()), (3, &b"end"[..]));
    }

    #[test]
    fn utf_16_is_refused_by_name() {
        let mut lines = Lines::new(Path::new("a"), &b"\xFF\xFEa\0\n\0"[..]);
        assert!(matches!(lines.next(), Err(ImportError::NotUtf8(_))));
    }

    proptest! {
        #[test]
        fn no_line_is_lost(lines in prop::collection::vec("[a-z,\"]{0,12}", 0..40), windows in any::<bool>()) {
            let end = if windows { "\r\n" } else { "\n" };
            let text = lines.iter().flat_map(|line| [line.as_str(), end]).collect::<String>();
            prop_assert_eq!(texts(text.as_bytes()), lines.iter().map(|line| line.clone().into_bytes()).collect::<Vec<_>>());
        }

        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut lines = Lines::new(Path::new("a"), bytes.as_slice());
            while let Ok(Some(_)) = lines.next() {}
        }
    }
}
