//! What a step found, and how all of it is told at the end.

use std::time::Duration;

/// Counts of one step. Every failure and every skip carries its name or its reason.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: Vec<String>,
    pub(crate) skipped: Vec<String>,
}

impl Tally {
    /// One check that passed, or failed for this reason.
    pub(crate) fn of(outcome: Result<(), String>) -> Self {
        let mut tally = Self::default();
        tally.add(outcome);
        tally
    }

    /// One check left out.
    pub(crate) fn skip(reason: impl Into<String>) -> Self {
        Self { skipped: vec![reason.into()], ..Self::default() }
    }

    /// Counts one more check.
    pub(crate) fn add(&mut self, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failed.push(reason),
        }
    }
}

impl Tally {
    /// The counts of a program that has ended, well or not. One that ended badly without naming a failure is one: `unnamed`.
    pub(crate) fn ended(mut self, outcome: Result<bool, String>, unnamed: &str) -> Self {
        match outcome {
            Ok(false) if self.failed.is_empty() => self.failed.push(unnamed.into()),
            Err(error) => self.failed.push(error),
            Ok(_) => {}
        }
        self
    }
}

/// A step that ran, or was left out.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
}

/// The closing text: a table, each failure, each skip, and the last line alone.
pub(crate) fn closing(rows: &[Row]) -> String {
    use std::fmt::Write;
    let mut text = format!("\n{:<8} {:>7} {:>7} {:>8} {:>9}\n", "step", "passed", "failed", "skipped", "time");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for Row { name, tally, took } in rows {
        let seconds = took.as_secs_f64();
        let counts = (tally.passed, tally.failed.len(), tally.skipped.len());
        writeln!(text, "{name:<8} {:>7} {:>7} {:>8} {seconds:>7.1} s", counts.0, counts.1, counts.2).expect("writing to a String");
        passed += counts.0;
        failed += counts.1;
        skipped += counts.2;
    }
    for (word, list) in [("skipped", &skips as &dyn Fn(&Tally) -> &Vec<String>), ("failed", &failures)] {
        for row in rows {
            for reason in list(&row.tally) {
                writeln!(text, "{word}: {}: {reason}", row.name).expect("writing to a String");
            }
        }
    }
    writeln!(text, "\n{passed} passed, {failed} failed, {skipped} skipped").expect("writing to a String");
    text
}

fn skips(tally: &Tally) -> &Vec<String> {
    &tally.skipped
}

fn failures(tally: &Tally) -> &Vec<String> {
    &tally.failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_sums_all_steps_and_stands_alone() {
        let row = |name, tally| Row { name, tally, took: Duration::from_millis(1500) };
        let cargo = Tally { passed: 7, failed: vec!["reads::stops".into()], skipped: vec!["vectors: no vectors here".into()] };
        let text = closing(&[row("fmt", Tally::of(Ok(()))), row("test", cargo), row("proto", Tally::skip("--skip"))]);
        assert_eq!(text.lines().last(), Some("8 passed, 1 failed, 2 skipped"));
        assert!(text.contains("\nfailed: test: reads::stops\n"), "{text}");
        assert!(text.contains("\nskipped: test: vectors: no vectors here\n"), "{text}");
        assert!(text.contains("\nskipped: proto: --skip\n"), "{text}");
    }
}
