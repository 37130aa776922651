//! The report of rejected lines: one JSON object a line in `FILE.rejected.jsonl`, readable by its owner alone (0600).
//!
//! `{"line":7,"reason":"NOT_LISTED","field":"purchase.fit: fit","sentence":"This is not one of the listed choices."}`, with `more` for what
//! else is wrong. It never quotes a value, unless `--keep-rejected-lines` asked for the whole line: then it holds personal data.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::ImportError;
use super::fault::Fault;

/// A line that was not imported.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rejected {
    pub(super) line: u64,
    #[serde(flatten)]
    fault: Fault,
    /// What else is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<Fault>,
    /// The line itself, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

impl Rejected {
    /// A rejected line; with its text where that is kept. Bytes that are not UTF-8 are shown as U+FFFD.
    pub(super) fn new(line: u64, faults: Vec<Fault>, raw: Option<&[u8]>) -> Self {
        let mut faults = faults.into_iter();
        let fault = faults.next().unwrap_or_else(|| Fault::line("REJECTED", "The line cannot be imported."));
        let raw = raw.filter(|raw| !raw.is_empty()).map(|raw| String::from_utf8_lossy(raw).into_owned());
        Self { line, fault, more: faults.collect(), raw }
    }

    /// The bytes that are kept of the line.
    pub(super) fn kept(&self) -> usize {
        self.raw.as_ref().map_or(0, String::len)
    }
}

/// The report of one file; made with its first line.
#[derive(Debug)]
pub(super) struct Report {
    path: PathBuf,
    file: Option<File>,
    length: u64,
}

impl Report {
    /// The report's name for a file.
    pub(super) fn path_for(file: &Path, folder: Option<&Path>) -> PathBuf {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rejected.jsonl");
        folder.map_or_else(|| file.with_file_name(&name), |folder| folder.join(&name))
    }

    /// A report that goes on after its first `length` bytes; what a killed run wrote beyond is written again. With 0 it begins anew.
    pub(super) fn resume(path: PathBuf, length: u64) -> Result<Self, ImportError> {
        let mut report = Self { path, file: None, length };
        if report.path.symlink_metadata().is_ok() {
            let file = report.open()?;
            // Where somebody has taken it away or shortened it, it goes on from what is there.
            report.length = length.min(file.metadata().map_err(|cause| report.unwritable(cause))?.len());
            file.set_len(report.length).map_err(|cause| report.unwritable(cause))?;
            report.file = Some(file);
        } else {
            report.length = 0;
        }
        Ok(report)
    }

    fn unwritable(&self, cause: std::io::Error) -> ImportError {
        ImportError::Unwritable(self.path.clone(), cause)
    }

    fn open(&self) -> Result<File, ImportError> {
        // Through a link it could overwrite any file of ours.
        if self.path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            return Err(ImportError::NotAFile(self.path.clone()));
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&self.path).map_err(|cause| self.unwritable(cause))?;
        let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        file.set_permissions(owner).map_err(|cause| self.unwritable(cause))?;
        Ok(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes lines durably; returns the report's length in bytes.
    pub(super) fn write(&mut self, rejected: &[Rejected]) -> Result<u64, ImportError> {
        if rejected.is_empty() {
            return Ok(self.length);
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open()?,
        };
        let written = (|| {
            file.seek(SeekFrom::Start(self.length))?;
            let mut out = BufWriter::new(&mut file);
            for one in rejected {
                serde_json::to_writer(&mut out, one)?;
                out.write_all(b"\n")?;
            }
            out.flush()?;
            drop(out);
            file.sync_data()?;
            file.stream_position()
        })();
        self.length = written.map_err(|cause| self.unwritable(cause))?;
        self.file = Some(file);
        Ok(self.length)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn rejected(line: u64, raw: Option<&[u8]>) -> Rejected {
        Rejected::new(line, vec![Fault::new("REQUIRED", "a", "Needed."), Fault::new("TOO_LONG", "b", "Too long.")], raw)
    }

    #[test]
    fn a_line_of_the_report_names_line_reason_field_and_sentence() {
        let written = serde_json::to_string(&rejected(7, None)).unwrap();
        let expected = r#"{"line":7,"reason":"REQUIRED","field":"a","sentence":"Needed.","more":[{"reason":"TOO_LONG","field":"b","sentence":"Too long."}]}"#;
        assert_eq!(written, expected);
        assert!(serde_json::to_string(&rejected(7, Some(b"x,\xFFy"))).unwrap().ends_with("\"raw\":\"x,\u{FFFD}y\"}"));
    }

    #[test]
    fn without_rejected_lines_there_is_no_report() {
        let folder = tempfile::tempdir().unwrap();
        let path = Report::path_for(&folder.path().join("a.csv"), None);
        let mut report = Report::resume(path.clone(), 0).unwrap();
        assert_eq!(report.write(&[]).unwrap(), 0);
        assert!(!path.exists());
    }

    #[test]
    fn a_resumed_report_has_each_line_once_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = Report::path_for(&folder.path().join("a.csv"), None);
        assert!(path.ends_with("a.csv.rejected.jsonl"));
        let mut report = Report::resume(path.clone(), 0).unwrap();
        let kept = report.write(&[rejected(1, None)]).unwrap();
        report.write(&[rejected(2, None)]).unwrap();
        // Killed before the checkpoint of line 2.
        let mut report = Report::resume(path.clone(), kept).unwrap();
        assert_eq!(path.metadata().unwrap().len(), kept, "what is beyond the checkpoint goes, whether or not it is written again");
        report.write(&[rejected(2, None), rejected(3, None)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<u64> =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [1, 2, 3]);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_link_in_the_reports_place_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious");
        std::fs::write(&precious, "keep").unwrap();
        let path = folder.path().join("a.csv.rejected.jsonl");
        std::os::unix::fs::symlink(&precious, &path).unwrap();
        assert!(matches!(Report::resume(path, 0), Err(ImportError::NotAFile(_))));
        assert_eq!(std::fs::read_to_string(precious).unwrap(), "keep");
    }
}
