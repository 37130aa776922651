//! Tests in Python: clients that another toolchain makes from our contract, against the built program.

use std::path::{Path, PathBuf};

use crate::cargo::number_before;
use crate::session::{Session, root};
use crate::summary::Tally;
use crate::{apt, run};

/// A verifier and a witness of transparency logs that need a newer Python than the others.
const AICS: &str = "aics-tlog>=0.2,<0.3\naics-witness>=0.1,<0.2\n";

/// What every such test may import. `requirements.txt` beside the tests names what else they need.
const PACKAGES: &str = "grpcio>=1.76,<2\ngrpcio-tools>=1.76,<2\npytest>=8,<10\n";

pub(crate) fn run(session: &Session) -> Tally {
    let tests = root().join("services/tests/python");
    if !tests.is_dir() {
        return Tally::skip("there are no tests in services/tests/python");
    }
    let (python, binary) = match environment(session, &tests).and_then(|python| Ok((python, session.binary()?))) {
        Ok(found) => found,
        Err(reason) => return Tally::of(Err(reason)),
    };
    let mut pytest = run::program(python);
    pytest.args(["-m", "pytest", "services/tests/python", "-q", "-rfEs", "-p", "no:cacheprovider"]).current_dir(root());
    session.tell(&mut pytest);
    pytest.env("COFFRET_BIN", binary).env("PYTHONDONTWRITEBYTECODE", "1");
    // Where there is none, the tests that want it say so.
    if let Ok(maker) = session.example("make-export") {
        pytest.env("COFFRET_MAKE_EXPORT", maker);
    }
    if let Ok(newer) = newer_environment(session) {
        pytest.env("COFFRET_AICS_PYTHON", newer);
    }
    let mut report = Report::default();
    let outcome = run::watch(&mut pytest, |line| report.read(line));
    report.close(outcome)
}

/// The interpreter of a virtual environment that holds the packages.
fn environment(session: &Session, tests: &Path) -> Result<PathBuf, String> {
    let wanted = PACKAGES.to_owned() + &std::fs::read_to_string(tests.join("requirements.txt")).unwrap_or_default();
    let make = |folder: &Path| run::capture(run::program("python3").args(["-m", "venv", "--clear"]).arg(folder)).map(|_| ());
    installed(&session.tools("venv"), &wanted, &|folder| {
        if make(folder).is_err() {
            apt::install(&["python3", "python3-venv"]).map_err(|error| format!("the tests need Python with venv; {error}"))?;
            make(folder)?;
        }
        Ok(())
    })
}

/// The same with a Python of 3.12 or newer, where one is.
fn newer_environment(session: &Session) -> Result<PathBuf, String> {
    installed(&session.tools("venv-newer"), AICS, &|folder| {
        let new = "import sys; sys.exit(sys.version_info < (3, 12))";
        for version in ["3", "3.12", "3.13", "3.14"] {
            // pyenv hides what it is not told to use; nobody else listens to this.
            let python = || {
                let mut python = run::program(format!("python{version}"));
                python.env("PYENV_VERSION", version);
                python
            };
            if run::capture(python().args(["-c", new])).is_ok()
                && run::capture(python().args(["-m", "venv", "--clear"]).arg(folder)).is_ok()
            {
                return Ok(());
            }
        }
        Err("there is no Python of 3.12 or newer".into())
    })
}

/// The interpreter of a virtual environment with these packages; made where it is missing, or holds others.
fn installed(folder: &Path, wanted: &str, make: &dyn Fn(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let python = folder.join("bin/python");
    let list = folder.join("installed.txt");
    if std::fs::read_to_string(&list).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    make(folder)?;
    let asked = folder.join("wanted.txt");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::write(&asked, wanted).map_err(failed)?;
    let mut pip = run::program(&python);
    run::check(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&asked))?;
    std::fs::rename(&asked, &list).map_err(failed)?;
    Ok(python)
}

/// Reads pytest's short summary and its last line, such as `1 failed, 2 passed, 1 skipped in 0.31s`.
#[derive(Default)]
struct Report {
    tally: Tally,
    named: usize,
    counted: usize,
}

impl Report {
    fn read(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR ")) {
            self.named += 1;
            self.tally.failed.push(name.into());
        } else if let Some(reason) = line.strip_prefix("SKIPPED [") {
            let (count, reason) = reason.split_once("] ").unwrap_or(("1", reason));
            let count = count.parse().unwrap_or(1);
            self.tally.skipped.extend((0..count).map(|_| reason.to_owned()));
        } else if line.contains(" in ") && [" passed", " failed", " skipped", " error"].iter().any(|word| line.contains(word)) {
            self.tally.passed = number_before(line, " passed");
            self.counted = number_before(line, " failed") + number_before(line, " error");
        }
    }

    fn close(mut self, outcome: Result<bool, String>) -> Tally {
        let unnamed = self.counted.saturating_sub(self.named);
        self.tally.failed.extend((0..unnamed).map(|_| "a test whose name was lost in the output".into()));
        self.tally.ended(outcome, "pytest failed, or found no test")
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn pytest_is_counted_by_its_summary() {
        let mut report = Report::default();
        let text = "..Fs\nSKIPPED [2] services/tests/python/test_a.py:3: no browser\nFAILED test_a.py::test_b - assert 1 == 2\n\
            ERROR test_a.py::test_c\n1 failed, 2 passed, 2 skipped, 1 error in 0.31s";
        text.lines().for_each(|line| report.read(line));
        let tally = report.close(Ok(false));
        assert_eq!((tally.passed, tally.failed.len(), tally.skipped.len()), (2, 2, 2));
        assert_eq!(Report::default().close(Ok(false)).failed.len(), 1);
    }
}
