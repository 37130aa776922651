//! A whole export folder: a good one, changed in whatever way, under the eyes of the verifier.
//!
//! An input is a list of changes. Where its first byte says so, the manifest is made anew over what came of them, and signed: as a
//! receiver does who makes the list, or an operator who is not honest. What lies behind the hashes is reached then.

use std::collections::BTreeMap;
use std::path::Path;

use coffret_export::sample::{now, signer};
use coffret_export::verify::{CheckName, Outcome, Question, Report, verify};
use coffret_ledger::Note;
use sha2::{Digest, Sha256};

use crate::export::{EXPORT, Export, folder, hex, put};
use crate::input::Input;

/// Names that a file more may have.
const NAMES: [&str; 12] = [
    "extra",
    "export.journal",
    "export.unfinished",
    "events.jsonl.age",
    "tile/0/001.p/1",
    "tile/entries/001",
    "tile/9/000",
    "tile/0/000.p/05",
    "proofs/0.tlog-proof",
    "proofs/007.tlog-proof",
    "proofs/99.tlog-proof",
    "manifest.json/x",
];
/// Bytes that one change can add: the changed folder stays small.
const MOST: usize = 4096;

/// Any changes of a good export.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let how = input.byte();
    let mut files = EXPORT.0.clone();
    while !input.is_empty() {
        change(&mut files, &mut input);
    }
    let mended = how & 1 == 1;
    if mended {
        mend(&mut files);
    }
    let root = folder();
    let written = files.iter().all(|(name, bytes)| put(root.path(), name, bytes));
    let report = look(root.path(), how);
    if !mended && written {
        assert_eq!(report.is_good(), files == EXPORT.0, "what was not signed does not pass: {:?}", failed(&report));
    }
    if report.is_good() {
        assert_eq!((report.size, Export::read(root.path()).0 == files), (Some(crate::export::SIZE), true));
        for name in ["events.jsonl", "events.csv", "openings.jsonl", "tile/0/000.p/5", "tile/entries/000.p/5"] {
            assert_eq!(files.get(name), EXPORT.0.get(name), "{name}: a new list does not make other entries good");
        }
    }
}

fn failed(report: &Report) -> Vec<CheckName> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Fail).map(|check| check.check).collect()
}

fn look(root: &Path, how: u8) -> Report {
    let key = signer().verifier_key().clone();
    let mut question = Question::new(root, key, now());
    if how & 2 == 2 {
        question.since =
            Some(coffret_export::sample::Sample::new(crate::export::SIZE).checkpoint(u64::from(how >> 5).min(crate::export::SIZE)));
    }
    verify(&question, &mut |_, _| {}).expect("the folder is there")
}

/// One change, as the input says.
fn change(files: &mut BTreeMap<String, Vec<u8>>, input: &mut Input<'_>) {
    let what = input.byte();
    let Some(name) = name(files, input) else { return };
    let bytes = files.entry(name.clone()).or_default();
    let at = usize::from(input.short()).min(bytes.len());
    match what % 8 {
        0 => {
            let mask = input.byte();
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= mask;
            }
        }
        1 => {
            let end = (at + usize::from(input.byte())).min(bytes.len());
            let length = usize::from(input.byte());
            bytes.splice(at..end, input.take(length).iter().copied());
        }
        2 => bytes.truncate(at),
        3 => {
            files.remove(&name);
        }
        4 => *bytes = input.take(MOST).to_vec(),
        5 => {
            let end = (at + usize::from(input.short())).min(bytes.len()).min(at + MOST);
            let again = bytes[at..end].to_vec();
            if bytes.len() < 64 * MOST {
                bytes.splice(at..at, again);
            }
        }
        6 => {
            let length = usize::from(input.byte());
            let mut more = input.take(length).to_vec();
            if bytes.len() < 64 * MOST {
                bytes.append(&mut more);
            }
        }
        _ => {
            let Some(other) = self::name(files, input) else { return };
            let taken = files.get(&other).cloned().unwrap_or_default();
            files.insert(name, taken);
        }
    }
}

/// A file that is there, or one more.
fn name(files: &BTreeMap<String, Vec<u8>>, input: &mut Input<'_>) -> Option<String> {
    let place = usize::from(input.byte()) % (files.len() + NAMES.len());
    files.keys().nth(place).cloned().or_else(|| NAMES.get(place.checked_sub(files.len())?).map(|name| (*name).to_owned()))
}

/// Makes the list of the manifest anew, in its head's words, and signs it.
fn mend(files: &mut BTreeMap<String, Vec<u8>>) {
    let Some(manifest) = files.get("manifest.json").map(|bytes| String::from_utf8_lossy(bytes).into_owned()) else { return };
    let Some((head, _)) = manifest.split_once('\n') else { return };
    let mut listed: Vec<(&String, &Vec<u8>)> = files.iter().filter(|(name, _)| !name.starts_with("manifest.")).collect();
    listed.sort_by(|(one, _), (other, _)| one.split('/').cmp(other.split('/')));
    let line = |(name, bytes): (&String, &Vec<u8>)| {
        format!(r#"{{"path":"{name}","bytes":{},"sha256":"{}"}}"#, bytes.len(), hex(&Sha256::digest(bytes)))
    };
    let lines: Vec<String> = listed.into_iter().map(line).collect();
    let manifest = format!("{head}\n{}\n]}}\n", lines.join(",\n"));
    let log = signer();
    let text = format!("coffret-export/1\n{}\n{}\n", log.verifier_key().name(), hex(&Sha256::digest(&manifest)));
    let mut note = Note::new(&text).expect("the text has no control characters");
    note.add(log.sign(&note)).expect("one signature is not too many");
    files.insert("manifest.json".to_owned(), manifest.into_bytes());
    files.insert("manifest.sig".to_owned(), note.to_string().into_bytes());
}

/// No change, and one of each kind in each file, with and without a new list.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![vec![0], vec![1], vec![2 | 3 << 5]];
    for how in [0, 1] {
        for file in 0..EXPORT.0.len() as u8 {
            seeds.push([how, file % 8, file, 0, 40, 1, 3, b'a', b'b', b'c'].into());
            seeds.push([how, 0, file, 0, 9, 1].into());
        }
    }
    seeds
}
