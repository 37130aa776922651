//! An export that somebody makes who holds no key of the log, of what the log hands over.

use std::path::Path;

use coffret_export::sample::{self, Sample};
use coffret_export::verify::{CheckName, Outcome};
use coffret_export::{Details, Entry, ExportError, ExportWriter, Giver, Handover, JOURNAL_EVERY, Opening, Plan, Scope};
use sha2::{Digest, Sha256};

use crate::{check, failed, files};

const SIZE: u64 = 2 * JOURNAL_EVERY + 300;

fn giver(sample: Sample, scope: &Scope) -> Giver {
    let plan = sample.plan(scope.clone(), Vec::new());
    Giver::begin(&plan.checkpoint, plan.made, scope).unwrap()
}

fn writer(folder: &Path, sample: Sample, scope: &Scope) -> ExportWriter {
    ExportWriter::create_or_resume(folder, sample.plan(scope.clone(), vec![3])).unwrap()
}

/// Hands over the next entries, up to `end`.
fn hand(sample: Sample, giver: &mut Giver, writer: &mut ExportWriter, end: u64) {
    let entries: Vec<_> = (writer.next_index()..end).map(|index| sample.entry(index)).collect();
    let shown: Vec<Entry<'_>> = entries.iter().map(|entry| giver.take(&entry.entry()).unwrap()).collect();
    writer.push_handed(&shown, &giver.handover().sign(&sample::signer())).unwrap();
}

/// An export of this plan, handed over.
pub(crate) fn write(folder: &Path, plan: Plan, size: u64) {
    let mut giver = Giver::begin(&plan.checkpoint, plan.made, &plan.scope).unwrap();
    let mut writer = ExportWriter::create_or_resume(folder, plan).unwrap();
    hand(Sample::new(size), &mut giver, &mut writer, size);
    writer.finish_handed().unwrap();
}

/// Lists what lies in the folder now, under the head that is there: as anybody can who has received it.
pub(crate) fn list_anew(folder: &Path) {
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let (head, _) = manifest.split_once("\"files\":[\n").unwrap();
    let digit = |half: u8| char::from_digit(u32::from(half), 16).expect("a half byte");
    let hex = |bytes: &[u8]| bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>();
    let mut listed = files(folder);
    listed.retain(|(name, _)| !name.starts_with("manifest."));
    listed.sort_by(|one, other| one.0.split('/').cmp(other.0.split('/')));
    let line = |(name, bytes): &(String, Vec<u8>)| {
        format!("{{\"path\":\"{name}\",\"bytes\":{},\"sha256\":\"{}\"}}", bytes.len(), hex(&Sha256::digest(bytes)))
    };
    let lines: Vec<String> = listed.iter().map(line).collect();
    std::fs::write(folder.join("manifest.json"), format!("{head}\"files\":[\n{}\n]}}\n", lines.join(",\n"))).unwrap();
}

#[test]
fn a_file_that_the_receiver_brings_along_is_found_though_it_is_listed() {
    let sample = Sample::new(300);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), sample.plan(Scope::default(), vec![3]), 300);
    list_anew(folder.path());
    assert_eq!(failed(&check(folder.path())), []);
    let names = ["events.parquet", "receipts.jsonl", "records.jsonl", "receipt-keys.json", "events.jsonl.age", "report.pdf", "proofs/x"];
    let tiles = ["tile/0/000.p/7", "tile/0/009", "tile/entries/999", "proofs/300.tlog-proof", "export.journal"];
    for name in names.into_iter().chain(tiles) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "x").unwrap();
        list_anew(folder.path());
        let report = check(folder.path());
        assert!(failed(&report).contains(&CheckName::Files), "{name}");
        assert!(report.check(CheckName::Files).detail.starts_with(name), "{}", report.check(CheckName::Files).detail);
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_file_that_is_no_part_of_an_export_is_not_signed() {
    let sample = Sample::new(300);
    let folder = tempfile::tempdir().unwrap();
    let plan = sample.plan(Scope::default(), Vec::new());
    let mut giver = Giver::begin(&plan.checkpoint, plan.made, &plan.scope).unwrap();
    let mut writer = ExportWriter::create_or_resume(folder.path(), plan).unwrap();
    hand(sample, &mut giver, &mut writer, 300);
    std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
    assert!(matches!(writer.finish_handed(), Err(ExportError::Stray(path)) if path.ends_with("notes.txt")));
    assert!(!folder.path().join("manifest.sig").exists());
}

#[test]
fn consent_records_of_now_do_not_go_with_an_end() {
    let sample = Sample::new(300);
    let (open, ended) = (
        Scope { receipts: true, ..Scope::default() },
        Scope { receipts: true, to: Some("2100-01-01T00:00:00Z".to_owned()), ..Scope::default() },
    );
    for (scope, records) in [(open, true), (ended, false)] {
        let plan = sample.plan(scope.clone(), Vec::new());
        let mut giver = Giver::begin(&plan.checkpoint, plan.made, &scope).unwrap();
        let (mut receipts, mut found) = (0, 0);
        for index in 0..300 {
            let entry = sample.entry(index);
            let shown = giver.take(&Entry { receipt: Some("r"), record: Some("{}"), ..entry.entry() }).unwrap();
            (receipts, found) = (receipts + usize::from(shown.receipt.is_some()), found + usize::from(shown.record.is_some()));
        }
        assert!(receipts > 0);
        assert_eq!(found, if records { receipts } else { 0 });
    }
}

#[test]
fn an_export_of_which_nothing_came_was_not_begun() {
    let sample = Sample::new(300);
    let folder = tempfile::tempdir().unwrap();
    drop(ExportWriter::create_or_resume(folder.path(), sample.plan(Scope::default(), Vec::new())).unwrap());
    assert_eq!(ExportWriter::begun(folder.path()).unwrap(), None);
    // Another plan begins there as in an empty folder.
    write(folder.path(), Sample::new(200).plan(Scope::default(), Vec::new()), 200);
    assert_eq!(failed(&check(folder.path())), []);
}

#[test]
fn what_was_handed_over_in_parts_is_the_export_that_the_log_makes_itself() {
    let sample = Sample::new(SIZE);
    let streams = Scope { streams: vec![sample.stream(2), sample.stream(4)], ..Scope::default() };
    for scope in [Scope::default(), streams, Scope { brand: Some(sample.brand(3)), ..Scope::default() }] {
        let (whole, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        sample.write(whole.path(), scope.clone(), vec![3]).unwrap();
        // The connection breaks off behind a part that is kept, and behind one that is not.
        for stop in [JOURNAL_EVERY, JOURNAL_EVERY + 7, SIZE] {
            let mut writer = writer(folder.path(), sample, &scope);
            let mut giver = match writer.handover() {
                None => giver(sample, &scope),
                Some(note) => {
                    let handover = Handover::open(note.as_bytes(), sample::signer().verifier_key()).unwrap();
                    assert_eq!(handover.next_index(), writer.next_index());
                    Giver::go_on(handover, &scope).unwrap()
                }
            };
            while writer.next_index() < stop {
                let end = (writer.next_index() + 1000).min(writer.next_index() / JOURNAL_EVERY * JOURNAL_EVERY + JOURNAL_EVERY).min(stop);
                hand(sample, &mut giver, &mut writer, end);
            }
            if stop == SIZE {
                writer.finish_handed().unwrap();
            }
        }
        let (theirs, own) = (files(folder.path()), files(whole.path()));
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&theirs), names(&own));
        for (theirs, own) in theirs.iter().zip(&own).filter(|(theirs, _)| theirs.0 != "manifest.sig") {
            assert_eq!(theirs, own);
        }
        let report = check(folder.path());
        assert_eq!(failed(&report), []);
        assert_eq!(report.check(CheckName::Manifest).outcome, Outcome::Pass);
        assert!(report.check(CheckName::Manifest).detail.contains("handed over"));
    }
}

#[test]
fn nothing_is_handed_over_beyond_the_scope() {
    let sample = Sample::new(900);
    let scope = Scope { streams: vec![sample.stream(2)], brand: Some(sample.brand(2)), ..Scope::default() };
    let mut giver = giver(sample, &scope);
    let mut opened = 0;
    for index in 0..900 {
        let entry = sample.entry(index);
        let details = Details::parse(&entry.details).unwrap();
        let within = !entry.erased && details.stream == sample.stream(2) && details.brand == Some(sample.brand(2));
        assert_eq!(giver.take(&entry.entry()).unwrap().opening.is_some(), within);
        opened += u64::from(within);
    }
    assert!(opened > 0);
    assert!(matches!(giver.take(&sample.entry(900).entry()), Err(ExportError::TooMany(900))));
}

#[test]
fn what_the_log_has_not_handed_over_is_not_kept() {
    let sample = Sample::new(300);
    let scope = Scope::default();
    let entries: Vec<_> = (0..300).map(|index| sample.entry(index)).collect();
    let shown: Vec<Entry<'_>> = entries.iter().map(coffret_export::sample::SampleEntry::entry).collect();
    let mut giver = giver(sample, &scope);
    for entry in &shown {
        giver.take(entry).unwrap();
    }
    let note = giver.handover().sign(&sample::signer());
    let sealed = |index: usize| {
        let mut less = shown.clone();
        less[index].opening = None;
        less
    };
    let other = coffret_ledger::Signer::from_seed(sample::ORIGIN, &[9; 32]).unwrap();
    let foreign = giver.handover().sign(&other);
    for (entries, note) in [(&shown[..299], &note), (&sealed(7)[..], &note), (&shown[..], &foreign), (&shown[..], &String::new())] {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = writer(folder.path(), sample, &scope);
        assert!(matches!(writer.push_handed(entries, note), Err(ExportError::Handover(_))));
        assert!(matches!(writer.finish_handed(), Err(ExportError::Handover(_))));
        assert!(!folder.path().join("manifest.sig").exists());
    }
    // Nor an opening of another entry.
    let mut wrong = shown.clone();
    wrong[7].opening = Some(Opening { key: &[1; 32], ..wrong[7].opening.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(writer(folder.path(), sample, &scope).push_handed(&wrong, &note), Err(ExportError::Opening(7))));
}

#[test]
fn an_opening_that_the_receiver_leaves_out_is_found() {
    let sample = Sample::new(600);
    let scope = Scope::default();
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path(), sample, &scope);
    let mut giver = giver(sample, &scope);
    hand(sample, &mut giver, &mut writer, 600);
    writer.finish_handed().unwrap();
    assert_eq!(failed(&check(folder.path())), []);
    let handed = std::fs::read(folder.path().join("manifest.sig")).unwrap();
    // The same, with the entries of one stream passed off as erased: all of it agrees, but the log's signature.
    let less = tempfile::tempdir().unwrap();
    let entries: Vec<_> = (0..600)
        .map(|index| {
            let mut entry = sample.entry(index);
            entry.erased |= Details::parse(&entry.details).unwrap().stream == sample.stream(3);
            entry
        })
        .collect();
    sample::write_entries(less.path(), &entries, scope).unwrap();
    std::fs::write(less.path().join("manifest.sig"), handed).unwrap();
    assert_eq!(failed(&check(less.path())), [CheckName::Manifest, CheckName::Openings]);
}

#[test]
fn a_handover_goes_on_only_as_it_was_begun() {
    let sample = Sample::new(300);
    let begun = giver(sample, &Scope::default()).handover().clone();
    let other = Scope { brand: Some(sample.brand(1)), ..Scope::default() };
    assert!(matches!(Giver::go_on(begun.clone(), &other), Err(ExportError::Plan(_))));
    let key = sample::signer().verifier_key().clone();
    let note = begun.sign(&sample::signer());
    assert_eq!(Handover::open(note.as_bytes(), &key).unwrap(), begun);
    for changed in
        [note.replace("\n0 0 0\n", "\n200 200 200\n"), note.replace("handover/1", "handover/2"), note[1..].to_owned(), String::new()]
    {
        assert_ne!(changed, note);
        assert!(Handover::open(changed.as_bytes(), &key).is_err());
    }
    // What the log signs otherwise is no handover.
    assert!(Handover::open(sample.checkpoint(300).to_string().as_bytes(), &key).is_err());
}
