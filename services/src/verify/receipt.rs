//! `coffret verify receipt`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use coffret_vault::receipt::KeySet;
use coffret_vault::receipt::verify::{CHECKS, Evidence, Outcome, Report, check};
use serde_json::json;

use super::{read_file, read_text};

/// Bytes of a receipt, a key set and a proof at most; whoever wrote them may be hostile.
const MOST: u64 = 2_000_000;

pub(super) const LONG: &str = "\
Checks a customer's receipt of a decision, offline.

FILE holds one receipt: the `jws` of a Receipt, as `GetReceipt` gives it. One line end after it is let pass, and nothing else.
--keys is the set of public keys that `ListReceiptKeys` gives to anyone. Get it once, from a place that you trust, and keep it.
With --proof and --log-key the receipt's entry is held against the log as well: the file is the receipt's `tlog_proof`, the key
that of the log (a vkey, as C2SP signed-note writes it).

Each check is told as pass, fail or not checked, and why.";

const AFTER: &str = "\
Example:
  coffret verify receipt receipt.jws --keys keys.json --proof receipt.tlog-proof --log-key 'vault.example/ledger/2026+1a2b3c4d+AX..'";

/// What to check, and with what.
#[derive(Debug, Args)]
#[command(after_help = [super::EXIT_CODES, AFTER].join("\n\n"))]
pub(super) struct ReceiptArgs {
    /// The receipt: one compact JWS.
    file: PathBuf,
    /// The public keys of receipts (JWK set).
    #[arg(long, value_name = "JWKS")]
    keys: PathBuf,
    /// That the receipt's entry is in the log (`.tlog-proof`).
    #[arg(long, value_name = "FILE", requires = "log_key")]
    proof: Option<PathBuf>,
    /// The log's public key (vkey).
    #[arg(long, value_name = "VKEY", requires = "proof")]
    log_key: Option<String>,
    /// Tells the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Whether no check failed.
pub(super) fn run(args: &ReceiptArgs) -> io::Result<bool> {
    let receipt = read_text(&args.file, MOST)?;
    let receipt = receipt.strip_suffix('\n').map_or(receipt.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    let keys = KeySet::parse(&read_text(&args.keys, MOST)?)
        .map_err(|error| io::Error::other(format!("{}: {error} Nothing was checked.", args.keys.display())))?;
    let proof = args.proof.as_deref().map(|path| read_file(path, MOST)).transpose()?;
    let evidence = proof.as_deref().zip(args.log_key.as_deref()).map(|(proof, log_key)| Evidence { proof, log_key });
    let report = check(receipt, &keys, evidence);
    let mut out = io::stdout().lock();
    if args.json {
        tell_json(&mut out, &report)?;
    } else {
        tell(&mut out, &report)?;
    }
    Ok(report.is_sound())
}

fn tell(out: &mut impl Write, report: &Report) -> io::Result<()> {
    if let Some(statement) = &report.statement {
        let consent = &statement.consent;
        writeln!(out, "{} {} on {}", statement.sub, consent.decision, consent.time)?;
        for (word, value) in [("brand", &consent.brand), ("request", &consent.request), ("grant", &consent.grant)] {
            if let Some(value) = value {
                writeln!(out, "  {word:<8} {value}")?;
            }
        }
        writeln!(out, "  entry    {} of stream {}\n", statement.entry.sequence, statement.entry.stream)?;
    }
    for (found, (_, meaning)) in report.checks.iter().zip(CHECKS) {
        let word = match found.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail => "FAIL",
            Outcome::NotChecked => "not checked",
        };
        writeln!(out, "{word:<12} {:<11} {}", found.name, found.why)?;
        if found.outcome == Outcome::Fail {
            writeln!(out, "{:24} asked for: {meaning}", "")?;
        }
    }
    writeln!(out, "\n{}", if report.is_sound() { "No check failed." } else { "A check failed: do not rely on this receipt." })
}

fn tell_json(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let told = json!({
        "sound": report.is_sound(),
        "checks": report.checks,
        "leaf_index": report.leaf_index,
        "receipt": report.statement,
    });
    writeln!(out, "{told}")
}
