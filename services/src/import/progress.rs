//! What whoever waits sees: a bar on a terminal, a line now and then elsewhere. Goes to standard error.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use super::checkpoint::Counts;

/// Between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(5);

/// The progress of one file.
pub(super) struct Progress {
    name: String,
    total: u64,
    /// Where this run began.
    start: (u64, u64),
    began: Instant,
    said: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(name: &str, total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{prefix} {bar:30} {percent:>3}% {msg}, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.with_prefix(name.to_owned())
        });
        let now = Instant::now();
        Self { name: name.to_owned(), total, start: (0, 0), began: now, said: now, bar }
    }

    /// Work begins here: what an earlier run did does not count for the speed.
    pub(super) fn begin(&mut self, position: u64, counts: &Counts) {
        self.start = (position, counts.lines);
        self.began = Instant::now();
        self.said = self.began;
        if let Some(bar) = &self.bar {
            bar.set_position(position);
            bar.reset_eta();
        }
    }

    /// Tells how far it has come.
    pub(super) fn tell(&mut self, position: u64, counts: &Counts) {
        let now = Instant::now();
        if let Some(bar) = &self.bar {
            bar.set_message(self.rate(now, counts));
            bar.set_position(position);
        } else if now.duration_since(self.said) >= PAUSE {
            self.said = now;
            let seconds = now.duration_since(self.began).as_secs_f64();
            let line = line(&self.name, self.total, self.start.0, position, seconds, &self.rate(now, counts));
            // Nobody to tell when standard error is closed.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    fn rate(&self, now: Instant, counts: &Counts) -> String {
        let seconds = now.duration_since(self.began).as_secs_f64().max(0.001);
        let lines = counts.lines.saturating_sub(self.start.1) as f64 / seconds;
        format!("{} lines, {lines:.0} a second, {} rejected", counts.lines, counts.rejected)
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn line(name: &str, total: u64, start: u64, position: u64, seconds: f64, rate: &str) -> String {
    let percent = (position * 100).checked_div(total).unwrap_or(100);
    let done = position.saturating_sub(start) as f64;
    let left = total.saturating_sub(position) as f64;
    let eta = if done > 0.0 { format!(", about {:.0} s left", left * seconds / done) } else { String::new() };
    format!("{name}: {percent}%, {rate}{eta}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_counts_this_run_alone() {
        let counts = Counts { lines: 600, rejected: 2, ..Counts::default() };
        let progress =
            Progress { name: "a".to_owned(), total: 1000, start: (500, 500), began: Instant::now(), said: Instant::now(), bar: None };
        let rate = progress.rate(progress.began + Duration::from_secs(10), &counts);
        assert_eq!(rate, "600 lines, 10 a second, 2 rejected");
        assert_eq!(line("a.csv", 1000, 500, 600, 10.0, &rate), "a.csv: 60%, 600 lines, 10 a second, 2 rejected, about 40 s left");
        // An empty file is done at once.
        assert_eq!(line("a.csv", 0, 0, 0, 0.0, "x"), "a.csv: 100%, x");
    }
}
