//! Lines of text of bounded length.

use std::io::{BufRead, Read};

use crate::Unreadable;

/// Why there is no line.
#[derive(Debug)]
pub(crate) enum LineError {
    /// The machine.
    Read(std::io::Error),
    /// Too long, not UTF-8, or the file ends within it.
    Form,
}

impl From<Unreadable> for LineError {
    fn from(_: Unreadable) -> Self {
        Self::Form
    }
}

/// Reads the next line into `line`, without its newline; false at the end of the file. At most `longest` bytes.
pub(crate) fn read_line(source: &mut impl BufRead, line: &mut String, longest: usize) -> Result<bool, LineError> {
    line.clear();
    let mut bytes = std::mem::take(line).into_bytes();
    let read = source.by_ref().take(longest as u64 + 1).read_until(b'\n', &mut bytes).map_err(LineError::Read)?;
    if read == 0 {
        return Ok(false);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(LineError::Form);
    }
    *line = String::from_utf8(bytes).map_err(|_| LineError::Form)?;
    Ok(true)
}
