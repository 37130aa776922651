//! An export that somebody makes who holds no key of the log, of what the log hands over.

use std::path::Path;

use coffret_export::sample::{self, Sample};
use coffret_export::verify::{CheckName, Outcome};
use coffret_export::{Details, Entry, ExportError, ExportWriter, Giver, Handover, JOURNAL_EVERY, Opening, Scope};

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
