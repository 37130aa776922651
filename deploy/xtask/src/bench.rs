//! `cargo xtask bench`: the program's own benchmarks, in the release build, with a PostgreSQL to compare with.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

use crate::cargo::cargo;
use crate::postgres::Postgres;

/// All of it goes to `coffret bench`.
#[derive(Args)]
pub(crate) struct Options {
    /// read, write, stop, log, pages or import, then the options of `coffret bench`, such as --json FILE
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    arguments: Vec<OsString>,
}

/// Paths among the arguments keep their meaning: the program runs where we were called.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let server = Postgres::given_or_started("COFFRET_BENCH_POSTGRES")?;
    let mut command = cargo();
    command.current_dir(here).args(["run", "--release", "--package", "coffret-services", "--", "bench"]);
    command.args(&options.arguments).env("COFFRET_BENCH_POSTGRES", server.url());
    let status = command.status().map_err(|error| format!("cargo did not start: {error}"))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
