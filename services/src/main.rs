//! The `coffret` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    coffret_services::cli::run()
}
