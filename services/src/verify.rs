//! `coffret verify`: what was handed out, checked offline by whoever holds it.

mod receipt;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

/// What can be checked.
#[derive(Debug, Subcommand)]
pub enum VerifyCommand {
    /// Checks a customer's receipt of a decision.
    #[command(long_about = receipt::LONG)]
    Receipt(receipt::ReceiptArgs),
}

/// Checks, and tells on standard output.
pub fn run(command: &VerifyCommand) -> io::Result<ExitCode> {
    match command {
        VerifyCommand::Receipt(args) => receipt::run(args),
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
