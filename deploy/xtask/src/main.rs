//! `cargo xtask`: the commands of those who work on Coffret. Each module is one of them, or one thing they need.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks through its output")]

mod apt;
mod bench;
mod browser;
mod cargo;
mod deny;
mod deploy;
mod fuzz;
mod license;
mod policy;
mod postgres;
mod proto;
mod python;
mod run;
mod session;
mod steps;
mod summary;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Commands for those who work on Coffret.
///
/// The tests need nothing but a Rust toolchain to start: PostgreSQL, Node, Chromium and Python are used where they are found,
/// installed through apt by root where they are not, and named otherwise. Tools of npm and PyPI go to target/tools.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true, max_term_width = 120)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every check and test; the last line reads `N passed, M failed, K skipped`
    Test(test::Options),
    /// Start a private PostgreSQL, print its URL, and remove it on Ctrl-C
    Postgres,
    /// Take a picture of every page of the portal, in each width and theme, to be looked at
    Shots(browser::Shots),
    /// Run a benchmark of the release build: read, write or import
    Bench(bench::Options),
    /// Look for inputs that a parser does not hold against: coverage-guided, with libFuzzer, on the stable compiler
    Fuzz(fuzz::Options),
    /// Remove the tools that the tests installed (target/tools)
    CleanTools,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Test(options) => test::run(&options),
        Command::Postgres => postgres::stay(),
        Command::Shots(options) => browser::shots(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Fuzz(options) => fuzz::command(&options),
        Command::CleanTools => session::clean_tools(),
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
