//! What a log may say, written as an export and checked: whatever the writer takes, the verifier finds in order.

use coffret_export::sample::{Sample, SampleEntry, plan, sign, signer};
use coffret_export::verify::{CheckName, Outcome, Question, verify};
use coffret_export::{ExportWriter, Plan, Scope};
use coffret_ledger::Frontier;

use crate::export::folder;
use crate::input::Input;

/// Entries of a log at most.
const MOST: usize = 40;
/// What an honest writer cannot help: the log says that something happened which should not have.
const OF_THE_LOG: [CheckName; 3] = [CheckName::Streams, CheckName::Reads, CheckName::Expiry];

/// Any texts, a line each, as the details of the entries of a log.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let how = input.byte();
    let scope = Scope {
        sealed: how & 3 == 1,
        purpose: (how & 3 == 2).then(|| "made_to_measure".to_owned()),
        from: (how & 3 == 3).then(|| "2026-11-22T12:00:02Z".to_owned()),
        ..Scope::default()
    };
    let Ok(text) = str::from_utf8(input.0) else { return };
    let entries: Vec<SampleEntry> = (0..)
        .zip(text.split('\n').take(MOST))
        .map(|(index, details)| {
            let mut entry = Sample::new(MOST as u64).entry(index).with_details(details.to_owned());
            entry.erased = details.is_empty();
            if how & 8 == 8 && index == 0 {
                // A log that follows another.
                entry.leaf.id = [0; 16];
            }
            entry
        })
        .collect();
    let mut tree = Frontier::new();
    tree.extend(entries.iter().map(|entry| entry.leaf.hash()));
    let root = folder();
    let plan = Plan { parquet: how & 4 == 4, ..plan(sign(&tree), scope, vec![0]) };
    let mut writer = ExportWriter::create_or_resume(root.path(), plan).expect("the folder is empty");
    if entries.iter().try_for_each(|entry| writer.push(&entry.entry())).is_err() {
        return;
    }
    writer.finish(&signer()).expect("what was taken can be written");
    let question = Question::new(root.path(), signer().verifier_key().clone(), coffret_export::sample::now());
    let report = verify(&question, &mut |_, _| {}).expect("the folder is there");
    for check in &report.checks {
        let of_the_log = OF_THE_LOG.contains(&check.check);
        assert!(of_the_log || check.outcome != Outcome::Fail, "{:?}: {}", check.check, check.detail);
    }
}

/// The beginnings of an invented log, in several scopes.
pub fn seeds() -> Vec<Vec<u8>> {
    let sample = Sample::new(44);
    let details: Vec<String> = (0..44).map(|index| sample.entry(index).details).collect();
    let of_one: Vec<&str> = (0..44).filter(|index| index % 3 == 1).map(|index| details[index].as_str()).take(12).collect();
    let first = details[..3].join("\n");
    let with = |how: u8, text: &str| [&[how][..], text.as_bytes()].concat();
    let mut seeds: Vec<Vec<u8>> = (0..16).map(|how| with(how, &first)).collect();
    seeds.extend([with(4, &of_one.join("\n")), with(8, &of_one[4..].join("\n")), with(0, &details[1]), with(4, "")]);
    seeds
}
