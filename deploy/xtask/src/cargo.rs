//! The steps that cargo itself runs, and what libtest's output says.

use std::collections::BTreeSet;
use std::process::Command;

use crate::run;
use crate::session::{Session, root};
use crate::summary::Tally;

/// The cargo that runs us, at the root of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = run::program(run::variable("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

pub(crate) fn fmt(_: &Session) -> Tally {
    Tally::of(run::check(cargo().args(["fmt", "--all", "--check"])).map_err(|error| format!("{error} (run `cargo fmt --all`)")))
}

pub(crate) fn clippy(_: &Session) -> Tally {
    Tally::of(run::check(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])))
}

/// Builds everything in one set of features: `cargo test` finds it fresh, and so does whoever runs the program.
pub(crate) fn build() -> Result<(), String> {
    run::check(cargo().args(["build", "--workspace", "--all-targets"]))
}

pub(crate) fn built(session: &Session) -> Tally {
    Tally::of(session.built())
}

pub(crate) fn doc(_: &Session) -> Tally {
    Tally::of(run::check(cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings")))
}

pub(crate) fn test(session: &Session) -> Tally {
    let mut report = Report::default();
    if let Err(reason) = session.postgres() {
        report.tally.failed.push(format!("no PostgreSQL to test with: {reason}"));
    }
    if let Err(error) = std::fs::write(session.skip_file(), "") {
        report.tally.failed.push(format!("{}: {error}", session.skip_file().display()));
    }
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    if session.full {
        command.args(["--", "--include-ignored"]);
    }
    session.tell(&mut command);
    let outcome = run::watch(&mut command, |line| report.read(line));
    let skips = std::fs::read_to_string(session.skip_file()).unwrap_or_default();
    report.close(outcome, &skips)
}

/// Reads the lines of libtest (the "pretty" form, which cargo writes when nothing else is asked).
#[derive(Default)]
struct Report {
    tally: Tally,
    /// Failures that the result lines count; each should have been named before.
    counted: usize,
    named: usize,
    /// A test program said how many tests it runs, and has not said how they went.
    open: bool,
    programs: usize,
}

impl Report {
    fn read(&mut self, line: &str) {
        if line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")) {
            self.end_of_program();
            self.open = true;
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            self.open = false;
            self.programs += 1;
            self.tally.passed += number_before(counts, " passed");
            self.counted += number_before(counts, " failed");
        } else if let Some(test) = line.strip_prefix("test ") {
            if let Some(name) = test.strip_suffix(" ... FAILED") {
                self.named += 1;
                self.tally.failed.push(name.into());
            } else if let Some((name, reason)) = test.split_once(" ... ignored") {
                let reason = reason.trim_start_matches(", ");
                self.tally.skipped.push(format!("{name}: {}", if reason.is_empty() { "marked #[ignore]" } else { reason }));
            }
        }
    }

    fn end_of_program(&mut self) {
        if self.open {
            self.open = false;
            self.tally.failed.push("a test program ended before it told its result".into());
        }
    }

    /// `skips`: what the tests wrote to the skip file, one `<test>: <reason>` a line. libtest counted each as passed.
    fn close(mut self, outcome: Result<bool, String>, skips: &str) -> Tally {
        self.end_of_program();
        let unnamed = self.counted.saturating_sub(self.named);
        self.tally.failed.extend((0..unnamed).map(|_| "a test whose name was lost in the output".into()));
        let skips: BTreeSet<&str> = skips.lines().filter(|line| !line.trim().is_empty()).collect();
        self.tally.passed = self.tally.passed.saturating_sub(skips.len());
        self.tally.skipped.extend(skips.into_iter().map(String::from));
        if matches!(outcome, Ok(true)) && self.programs == 0 {
            self.tally.failed.push("cargo test ran no test program".into());
        }
        self.tally.ended(outcome, "cargo test failed before or after the tests")
    }
}

/// The number that stands before a word: 3 in `ok. 3 passed; 1 failed`. 0 when the word is missing.
pub(crate) fn number_before(text: &str, word: &str) -> usize {
    let digits = text.split_once(word).map_or("", |(before, _)| before.rsplit([' ', ',', ';']).next().unwrap_or_default());
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str, succeeded: bool, skips: &str) -> Tally {
        let mut report = Report::default();
        lines.lines().for_each(|line| report.read(line));
        report.close(Ok(succeeded), skips)
    }

    const GOOD: &str = "running 2 tests\ntest a ... ok\ntest b ... ignored, long\n\n\
        test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
    const BAD: &str = "running 3 tests\ntest c ... ok\ntest d ... FAILED\ntest e ... ok\n\n\
        test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn programs_are_summed_and_failures_named() {
        let tally = read(&format!("{GOOD}{BAD}"), false, "");
        assert_eq!(tally.passed, 3);
        assert_eq!(tally.failed, ["d"]);
        assert_eq!(tally.skipped, ["b: long"]);
    }

    #[test]
    fn a_test_that_skipped_itself_does_not_count_as_passed() {
        let tally = read(BAD, false, "e: no vectors here\ne: no vectors here\n\n");
        assert_eq!(tally.passed, 1);
        assert_eq!(tally.skipped, ["e: no vectors here"]);
    }

    #[test]
    fn a_program_that_dies_is_a_failure() {
        let tally = read(&format!("running 5 tests\ntest x ... ok\n{GOOD}"), false, "");
        assert_eq!(tally.failed.len(), 1);
        assert_eq!(read("running 1 test\n", false, "").failed.len(), 1);
    }

    #[test]
    fn silence_is_a_failure() {
        assert_eq!(read("", true, "").failed.len(), 1);
        assert_eq!(read("", false, "").failed.len(), 1);
        assert_eq!(read(GOOD, false, "").failed.len(), 1);
        assert_eq!(read(GOOD, true, "").failed.len(), 0);
    }

    #[test]
    fn a_failure_without_a_name_is_still_counted() {
        let tally = read(&BAD.replace("test d ... FAILED", "noise test d ... FAILED"), false, "");
        assert_eq!(tally.failed.len(), 1);
    }
}
