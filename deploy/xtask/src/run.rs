//! Starting programs: found by name, given no standard input, never through a shell.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A variable of the environment; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "a developer's command is configured by its environment")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The first executable file of that name in PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| is_executable(file))
}

/// Whether this is a file that somebody may execute.
pub(crate) fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// A program that reads nothing from us.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null());
    command
}

/// Runs it with our output as its own. Err: why it could not start, or how it ended.
pub(crate) fn check(command: &mut Command) -> Result<(), String> {
    let name = name_of(command);
    let status = command.status().map_err(|error| format!("{name} did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} ended with {status}")) }
}

/// Runs it in silence and returns what it wrote to standard output. Err: how it ended, and what it wrote to standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    let name = name_of(command);
    let output = command.output().map_err(|error| format!("{name} did not start: {error}"))?;
    if output.status.success() {
        String::from_utf8(output.stdout).map_err(|_| format!("{name} wrote something other than UTF-8"))
    } else {
        Err(format!("{name} ended with {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end()))
    }
}

/// Runs it, hands each line of its standard output to `line` and prints it too. Whether it ended well.
pub(crate) fn watch(command: &mut Command, mut line: impl FnMut(&str)) -> Result<bool, String> {
    let name = name_of(command);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{name} did not start: {error}"))?;
    let mut output = BufReader::new(child.stdout.take().expect("standard output was piped above"));
    let mut bytes = Vec::new();
    while output.read_until(b'\n', &mut bytes).map_err(|error| format!("{name}: {error}"))? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        println!("{text}");
        line(text);
        bytes.clear();
    }
    let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
    Ok(status.success())
}

fn name_of(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()
}
