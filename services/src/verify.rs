//! `coffret verify`: what was handed out, checked offline by whoever holds it.

mod export;
mod receipt;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// How every check of `coffret verify` ends.
const EXIT_CODES: &str = "\
Exit codes:
  0  no check failed (what was not checked is told, and why)
  1  a check failed: do not rely on it
  2  nothing was checked: the command line is wrong, or a file is missing, too long, or not what it should be";

/// A check failed.
const FAILED: u8 = 1;
/// Nothing was checked.
const UNCHECKED: u8 = 2;

/// Checks an auditor's export folder: offline, against a key that you bring. Needs no vault and no database.
#[derive(Debug, Args)]
#[command(after_help = [export::CHECKS, EXIT_CODES, export::EXAMPLES].join("\n\n"), args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct VerifyArgs {
    #[command(subcommand)]
    what: Option<VerifyCommand>,
    #[command(flatten)]
    export: Option<export::ExportArgs>,
}

/// What else can be checked.
#[derive(Debug, Subcommand)]
enum VerifyCommand {
    /// Checks a customer's receipt of a decision.
    #[command(long_about = receipt::LONG)]
    Receipt(receipt::ReceiptArgs),
}

/// Checks, and tells on standard output. The exit code is one of those that `coffret verify --help` lists.
pub fn run(args: &VerifyArgs) -> ExitCode {
    let checked = match (&args.what, &args.export) {
        (Some(VerifyCommand::Receipt(args)), _) => receipt::run(args).map_err(|error| error.to_string()),
        (None, Some(args)) => export::run(args).map_err(|error| error.to_string()),
        (None, None) => Err("There is nothing to check: name an export and --key.".to_owned()),
    };
    match checked {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(sentence) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "coffret verify: {}", plain(&sentence));
            ExitCode::from(UNCHECKED)
        }
    }
}

/// Names of files come from what is checked: what would steer a terminal is not printed.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
}

/// A file of at most so many bytes; the error names it.
fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}. Nothing was checked.", path.display()));
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(named)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("{} is longer than {most} bytes. Nothing was checked.", path.display())));
    }
    Ok(bytes)
}

/// As [`read_file`], of text.
fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read_file(path, most)?)
        .map_err(|_| io::Error::other(format!("{} is not text in UTF-8. Nothing was checked.", path.display())))
}
