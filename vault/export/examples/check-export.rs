//! Checks an export of `make-export`, and says how it ended: the verifier alone, to be measured.
//!
//!     cargo run --release -p coffret-export --example check-export -- FOLDER [THREADS]

use std::error::Error;

use coffret_export::sample;
use coffret_export::verify::{Question, verify};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say which folder")?;
    let threads = arguments.next().map_or(Ok(2), |number| number.parse())?;
    let key = sample::signer().verifier_key().clone();
    let question = Question { threads, ..Question::new(folder, key, sample::now()) };
    let report = verify(&question, &mut |_, _| {})?;
    #[allow(clippy::print_stdout, reason = "a program tells what it found")]
    for check in &report.checks {
        println!("{:?} {}: {}", check.outcome, check.check.word(), check.detail);
    }
    if report.is_good() { Ok(()) } else { Err("a check failed".into()) }
}
