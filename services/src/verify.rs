//! `coffret verify`: what was handed out, checked offline by whoever holds it.

mod export;
mod receipt;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Checks an auditor's export folder: offline, against a key that you bring. Needs no vault and no database.
#[derive(Debug, Args)]
#[command(after_help = export::CHECKS, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
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
    Receipt(receipt::ReceiptArgs),
}

/// Checks, and tells on standard output.
pub fn run(args: &VerifyArgs) -> io::Result<ExitCode> {
    match (&args.what, &args.export) {
        (Some(VerifyCommand::Receipt(args)), _) => receipt::run(args),
        (None, Some(args)) => Ok(export::run(args)),
        (None, None) => Err(io::Error::other("There is nothing to check: name an export folder and --key.")),
    }
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
