//! `cargo xtask test`: runs the steps, goes on after a failure, and tells all of it at the end.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use crate::session::Session;
use crate::steps::{STEPS, Step};
use crate::summary::{Row, Tally, closing};

/// Which steps run.
#[derive(Args)]
#[command(after_long_help = TEACHING)]
pub(crate) struct Options {
    /// Run these steps alone
    #[arg(long, value_name = "STEP,STEP", value_delimiter = ',', value_parser = step_names())]
    only: Vec<String>,
    /// Leave these steps out
    #[arg(long, value_name = "STEP,STEP", value_delimiter = ',', value_parser = step_names())]
    skip: Vec<String>,
    /// Run the long tests too: those marked `ignore`, the whole matrices, the many kills
    #[arg(long)]
    full: bool,
    /// List the steps and run none
    #[arg(long)]
    list: bool,
}

const TEACHING: &str = "\
What a test is told through its environment:
  COFFRET_TEST_POSTGRES  URL of a private PostgreSQL (superuser); a test makes its own database there and drops it.
                         Set it yourself, from `cargo xtask postgres`, to use one server for many runs
  COFFRET_TEST_FULL      1 under --full: widen the matrix
  COFFRET_SKIPPED        a file; a test that can check nothing here prints `skipped: <test>: <reason>` and appends
                         the line `<test>: <reason>` to it, so that it is counted as skipped and not as passed
  COFFRET_BIN            the built program (Python tests)

A test marked #[ignore = \"reason\"] counts as skipped; --full runs it.";

fn step_names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(STEPS.iter().map(|step| step.name))
}

#[expect(clippy::disallowed_methods, reason = "each step is timed for the person who waits for it")]
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    if options.list {
        for step in STEPS {
            println!("{:<8} {}", step.name, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let session = Session::new(options.full)?;
    let mut rows = Vec::new();
    for step in STEPS {
        let began = Instant::now();
        let tally = if let Some(reason) = left_out(step, options) {
            Tally::skip(reason)
        } else {
            println!("\n==> {}: {}", step.name, step.about);
            let tally = (step.run)(&session);
            let word = if tally.failed.is_empty() { "done" } else { "FAILED" };
            println!("<== {}: {word} in {:.1} s", step.name, began.elapsed().as_secs_f64());
            tally
        };
        rows.push(Row { name: step.name, tally, took: began.elapsed() });
    }
    drop(session);
    print!("{}", closing(&rows));
    let failed = rows.iter().any(|row| !row.tally.failed.is_empty());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn left_out(step: &Step, options: &Options) -> Option<&'static str> {
    let named = |list: &[String]| list.iter().any(|name| name == step.name);
    if named(&options.skip) {
        Some("left out by --skip")
    } else if !options.only.is_empty() && !named(&options.only) {
        Some("left out by --only")
    } else {
        None
    }
}
