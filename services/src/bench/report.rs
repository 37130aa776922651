//! What was measured, beside what it ought to be: a table for people, JSON for programs.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark speaks through its output")]

use std::path::Path;

use serde::Serialize;

use super::Failure;
use super::machine::Machine;

/// Which side of a bound is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Good {
    /// At least the bound.
    AtLeast,
    /// At most the bound.
    AtMost,
}

/// What a figure ought to be.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Target {
    good: Good,
    bound: f64,
}

/// At least this much.
#[expect(clippy::unnecessary_wraps, reason = "a figure may have no target")]
pub(super) const fn at_least(bound: f64) -> Option<Target> {
    Some(Target { good: Good::AtLeast, bound })
}

/// At most this much.
#[expect(clippy::unnecessary_wraps, reason = "a figure may have no target")]
pub(super) const fn at_most(bound: f64) -> Option<Target> {
    Some(Target { good: Good::AtMost, bound })
}

/// One figure: the median of its rounds, with the least and the greatest.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    /// The database, or what else it is about.
    of: String,
    what: String,
    unit: &'static str,
    median: f64,
    least: f64,
    greatest: f64,
    rounds: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    /// Whether the median meets the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
}

impl Figure {
    fn new(of: &str, what: &str, unit: &'static str, values: &[f64], target: Option<Target>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (least, greatest) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], sorted[middle]) } else { sorted[middle] };
        let met = target.map(|target| match target.good {
            Good::AtLeast => median >= target.bound,
            Good::AtMost => median <= target.bound,
        });
        Some(Self { of: of.to_owned(), what: what.to_owned(), unit, median, least, greatest, rounds: sorted.len(), target, met })
    }
}

/// Everything that one run measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    benchmark: &'static str,
    machine: Machine,
    settings: serde_json::Value,
    figures: Vec<Figure>,
    /// What a reader of the figures ought to know.
    remarks: Vec<String>,
}

impl Report {
    /// A report on this machine, before anything was measured.
    pub(super) fn begin(benchmark: &'static str, machine: Machine, settings: serde_json::Value) -> Self {
        println!("coffret bench {benchmark}, coffret {}", machine.version);
        println!("{settings}");
        let load = machine.load_before.map_or_else(|| "unknown".to_owned(), |load| format!("{load:.2}"));
        println!(
            "{} processors ({}), load before {load}, a durable append of 4 KiB takes {:.2} ms (p50)",
            machine.processors,
            machine.processor.as_deref().unwrap_or("unknown"),
            machine.flush_p50_ms
        );
        let mut remarks = Vec::new();
        if machine.load_before.is_some_and(|load| load > 0.5) {
            remarks.push("The machine was not idle before the first round: compare only figures of one round with each other.".to_owned());
        }
        if machine.flush_p50_ms > 0.5 {
            remarks.push(
                "The disk takes longer than 0.5 ms to make an append durable: the durable latencies say more of it than of us.".to_owned(),
            );
        }
        Self { benchmark, machine, settings, figures: Vec::new(), remarks }
    }

    /// A figure that was measured once or in several rounds; one that could not be measured is left out.
    pub(super) fn figure(&mut self, of: &str, what: &str, unit: &'static str, values: &[f64], target: Option<Target>) {
        self.figures.extend(Figure::new(of, what, unit, values, target));
    }

    /// Says something beside the figures.
    pub(super) fn remark(&mut self, text: String) {
        println!("note: {text}");
        self.remarks.push(text);
    }

    /// Says what is done now.
    #[expect(clippy::unused_self, reason = "progress belongs to the report of this run")]
    pub(super) fn progress(&self, text: &str) {
        println!("  {text}");
    }

    /// Prints the table, writes the JSON where one is wanted.
    pub(super) fn end(&self, json: Option<&Path>) -> Result<(), Failure> {
        let width = self.figures.iter().map(|figure| figure.what.chars().count()).max().unwrap_or_default();
        println!("\n{:10}  {:width$}  {:>12}  {:>25}  {:>14}", "", "", "median", "least .. greatest", "target");
        for figure in &self.figures {
            let range = if figure.rounds > 1 { format!("{} .. {}", short(figure.least), short(figure.greatest)) } else { String::new() };
            let target = figure.target.map_or_else(String::new, |target| {
                format!("{} {}", if target.good == Good::AtLeast { ">=" } else { "<=" }, short(target.bound))
            });
            let met = figure.met.map_or("", |met| if met { "met" } else { "NOT MET" });
            println!(
                "{:10}  {:width$}  {:>12}  {range:>25}  {target:>14}  {met}",
                figure.of,
                figure.what,
                format!("{} {}", short(figure.median), figure.unit).trim_end()
            );
        }
        if let Some(path) = json {
            let text = serde_json::to_string_pretty(self).map_err(|cause| Failure::new(cause.to_string()))?;
            std::fs::write(path, text + "\n").map_err(|cause| Failure::new(format!("{}: {cause}", path.display())))?;
            println!("\nwritten to {}", path.display());
        }
        Ok(())
    }
}

/// Says why a benchmark did not come to its end.
pub(super) fn complain(reason: &str) {
    eprintln!("coffret bench: {reason}");
}

/// A number with about three digits.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || size.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(values: &[f64], target: Option<Target>) -> Option<Figure> {
        Figure::new("sqlite", "reads", "/s", values, target)
    }

    #[test]
    fn the_median_decides_whether_a_target_is_met() {
        let made = figure(&[9.0, 1.0, 5.0], at_least(5.0)).expect("values");
        assert_eq!((made.median, made.least, made.greatest, made.met), (5.0, 1.0, 9.0, Some(true)));
        assert_eq!(figure(&[4.0, 6.0], at_least(5.1)).expect("values").met, Some(false));
        assert_eq!(figure(&[4.0], at_most(4.0)).expect("values").met, Some(true));
        assert_eq!(figure(&[4.1], at_most(4.0)).expect("values").met, Some(false));
    }

    #[test]
    fn what_was_not_measured_has_no_figure() {
        assert!(figure(&[], at_least(1.0)).is_none());
        assert!(figure(&[f64::NAN], None).is_none());
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([short(0.0), short(0.456), short(12.34), short(8123.4)], ["0", "0.46", "12.3", "8123"]);
    }
}
