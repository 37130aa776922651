//! The portal in a real browser: Playwright drives Debian's Chromium against the built program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::session::{Session, root};
use crate::summary::Tally;
use crate::{apt, run};

pub(crate) fn run(session: &Session) -> Tally {
    let tests = root().join("admin-ui/e2e");
    let ready = tools(session, &tests).and_then(|tools| Ok((tools, chromium()?, session.binary()?)));
    let (tools, chromium, binary) = match ready {
        Ok(ready) => ready,
        Err(reason) => return Tally::of(Err(reason)),
    };
    let mut playwright = playwright(&tools, "playwright.config.mjs", &binary, &chromium);
    session.tell(&mut playwright);
    // A colour is a letter to whoever reads the report.
    playwright.env("FORCE_COLOR", "0").env("CI", "1");
    let mut report = Report::default();
    let outcome = run::watch(&mut playwright, |line| report.read(line));
    report.close(outcome)
}

/// What pictures are taken.
#[derive(Args)]
pub(crate) struct Shots {
    /// Where they go
    #[arg(long, value_name = "DIR", default_value = "target/shots")]
    out: PathBuf,
    /// In which languages
    #[arg(long, value_name = "TAG,TAG", value_delimiter = ',', default_values_t = ["en", "zh-Hans", "ar"].map(String::from))]
    languages: Vec<String>,
}

/// Takes a picture of every page, in three widths, two themes and some languages.
pub(crate) fn shots(options: &Shots) -> Result<ExitCode, String> {
    let session = Session::new(false)?;
    let tools = tools(&session, &root().join("admin-ui/e2e"))?;
    let out = std::path::absolute(&options.out).map_err(|error| format!("{}: {error}", options.out.display()))?;
    let mut playwright = playwright(&tools, "shots.config.mjs", &session.binary()?, &chromium()?);
    playwright.env("COFFRET_SHOTS", &out).env("COFFRET_LANGUAGES", options.languages.join(","));
    run::check(&mut playwright)?;
    println!("The pictures are in {}.", out.display());
    Ok(ExitCode::SUCCESS)
}

fn playwright(tools: &Path, config: &str, binary: &Path, chromium: &Path) -> std::process::Command {
    let mut playwright = run::program(tools.join("node_modules/.bin/playwright"));
    playwright.args(["test", "--reporter=list", "--config"]).arg(tools.join(config)).current_dir(tools);
    playwright.env("COFFRET_BIN", binary).env("COFFRET_CHROMIUM", chromium).env("COFFRET_E2E_OUT", tools.join("out"));
    playwright.env("COFFRET_ASSETS", root().join("admin-ui/assets")).env("COFFRET_PROTO", root().join("proto"));
    playwright
}

/// A folder that holds the tests and what npm adds to them: the source stays as it is.
fn tools(session: &Session, tests: &Path) -> Result<PathBuf, String> {
    if run::find("npm").is_none() {
        apt::install(&["nodejs", "npm"]).map_err(|error| format!("the browser tests need Node and npm; {error}"))?;
    }
    let tools = session.tools("e2e");
    let failed = |error: std::io::Error| format!("{}: {error}", tools.display());
    std::fs::create_dir_all(&tools).map_err(failed)?;
    for entry in std::fs::read_dir(&tools).map_err(failed)?.flatten() {
        let old = entry.path();
        if old.extension().is_some_and(|extension| extension == "mjs") {
            std::fs::remove_file(old).map_err(failed)?;
        }
    }
    let locked = std::fs::read(tools.join("package-lock.json")).unwrap_or_default();
    for entry in std::fs::read_dir(tests).map_err(failed)?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            std::fs::copy(entry.path(), tools.join(entry.file_name())).map_err(failed)?;
        }
    }
    let wanted = std::fs::read(tools.join("package-lock.json")).map_err(failed)?;
    if locked != wanted || !tools.join("node_modules/.bin/playwright").exists() {
        let mut npm = run::program("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run::check(npm.current_dir(&tools))?;
    }
    Ok(tools)
}

/// Debian's Chromium, installed by root where it is missing.
fn chromium() -> Result<PathBuf, String> {
    let found = || run::find("chromium").or_else(|| run::find("chromium-browser")).or_else(|| run::find("google-chrome"));
    if let Some(found) = found() {
        return Ok(found);
    }
    apt::install(&["chromium", "fonts-noto-cjk"]).map_err(|error| format!("the browser tests need Chromium; {error}"))?;
    found().ok_or_else(|| "Chromium was installed, and is not in PATH".to_owned())
}

/// Reads Playwright's list: a line for each test, `✓`, `✘` or `-`, and sums at the end.
#[derive(Default)]
struct Report {
    tally: Tally,
}

impl Report {
    fn read(&mut self, line: &str) {
        let line = line.trim();
        let name = |line: &str| line.split_once(" › ").map_or(line, |(_, name)| name).to_owned();
        if line.starts_with('✓') || line.starts_with("ok ") {
            self.tally.passed += 1;
        } else if line.starts_with('✘') || line.starts_with('x') && line.contains(" › ") {
            self.tally.failed.push(name(line));
        } else if line.starts_with("- ") && line.contains(" › ") {
            self.tally.skipped.push(name(line));
        }
    }

    fn close(mut self, outcome: Result<bool, String>) -> Tally {
        if matches!(outcome, Ok(true)) && self.tally.passed == 0 {
            self.tally.failed.push("playwright found no test".into());
        }
        self.tally.ended(outcome, "playwright failed")
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn playwright_is_counted_by_its_list() {
        let mut report = Report::default();
        let text = "Running 3 tests using 1 worker\n\n  ✓  1 a.spec.mjs:1:1 › one (1.5s)\n  ✘  2 a.spec.mjs:2:1 › two (6.2s)\n  -  3 a.spec.mjs:3:1 › three\n\n  1 failed";
        text.lines().for_each(|line| report.read(line));
        let tally = report.close(Ok(false));
        assert_eq!((tally.passed, tally.failed.len(), tally.skipped.len()), (1, 1, 1));
        assert_eq!(tally.failed[0], "two (6.2s)");
        assert_eq!(Report::default().close(Ok(true)).failed.len(), 1);
    }
}
