//! What this crate promises to the others, through its public interface only.
#![allow(clippy::unwrap_used, reason = "every function here is part of a test")]

mod damage;
mod handing;
mod history;
mod hostile;
mod resuming;
mod scopes;
mod sealing;
mod streams;
mod whole;

use std::path::Path;

use coffret_export::sample::{self, Sample};
use coffret_export::verify::{CheckName, Outcome, Question, Report, verify};
use coffret_export::{Scope, SignedCheckpoint};

/// Whether long tests run whole.
#[allow(clippy::disallowed_methods, reason = "the test command tells tests so")]
pub(crate) fn full() -> bool {
    std::env::var("COFFRET_TEST_FULL").is_ok_and(|value| value == "1")
}

/// An export of a sample.
pub(crate) fn export(size: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut proofs = vec![0, size / 2, size - 1];
    proofs.dedup();
    Sample::new(size).write(folder.path(), Scope::default(), proofs).unwrap();
    folder
}

pub(crate) fn question(folder: &Path) -> Question {
    let key = sample::signer().verifier_key().clone();
    Question { threads: 2, ..Question::new(folder, key, sample::now()) }
}

pub(crate) fn check(folder: &Path) -> Report {
    verify(&question(folder), &mut |_, _| {}).unwrap()
}

pub(crate) fn check_since(folder: &Path, since: SignedCheckpoint) -> Report {
    verify(&Question { since: Some(since), ..question(folder) }, &mut |_, _| {}).unwrap()
}

/// The checks that failed.
pub(crate) fn failed(report: &Report) -> Vec<CheckName> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Fail).map(|check| check.check).collect()
}

/// Every file below a folder with its bytes, in order.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn below(folder: &Path, root: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, root, found);
            } else {
                found.push((path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    below(folder, folder, &mut found);
    found.sort();
    found
}
