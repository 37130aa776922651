//! Lines of text of bounded length.

use std::io::{BufRead, Read};

use crate::Unreadable;

/// Reads the next line into `line`, without its newline; false at the end of the file. Refuses one of more than `longest` bytes, one
/// that is not UTF-8, and one without a newline at its end.
pub(crate) fn read_line(source: &mut impl BufRead, line: &mut String, longest: usize) -> Result<bool, Unreadable> {
    line.clear();
    let mut bytes = std::mem::take(line).into_bytes();
    let read = source.by_ref().take(longest as u64 + 1).read_until(b'\n', &mut bytes).map_err(|_| Unreadable)?;
    if read == 0 {
        return Ok(false);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(Unreadable);
    }
    *line = String::from_utf8(bytes).map_err(|_| Unreadable)?;
    Ok(true)
}
