//! Exports that open a part.

use coffret_export::sample::Sample;
use coffret_export::verify::{CheckName, Outcome};
use coffret_export::{Details, ExportError, Scope};

use crate::{check, failed, files};

const SIZE: u64 = 900;

fn export(scope: Scope) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Sample::new(SIZE).write(folder.path(), scope, vec![5]).unwrap();
    folder
}

/// The details of the openings, in order.
fn opened(folder: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("openings.jsonl")).unwrap();
    let details = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["details"].as_str().unwrap().to_owned();
    text.lines().map(details).collect()
}

type Case<'a> = (Scope, Box<dyn Fn(&Details<'_>) -> bool + 'a>, Outcome);

#[test]
fn a_filtered_export_holds_exactly_what_its_scope_lets_through_and_still_verifies() {
    let sample = Sample::new(SIZE);
    let brand = sample.brand(3);
    let all: Vec<String> = (0..SIZE).map(|index| sample.entry(index)).filter(|entry| !entry.erased).map(|entry| entry.details).collect();
    let (from, to) = (Details::parse(&all[200]).unwrap().time.to_string(), Details::parse(&all[300]).unwrap().time.to_string());
    let cases: [Case<'_>; 6] = [
        (Scope { brand: Some(brand), ..Scope::default() }, Box::new(|details| details.brand == Some(brand)), Outcome::NotChecked),
        (
            Scope { purpose: Some("made_to_measure".into()), ..Scope::default() },
            Box::new(|details| details.purpose.as_deref() == Some("made_to_measure@1")),
            Outcome::NotChecked,
        ),
        (
            Scope { purpose: Some("made_to_measure@1".into()), ..Scope::default() },
            Box::new(|details| details.purpose.is_some()),
            Outcome::NotChecked,
        ),
        (
            Scope { from: Some(from.clone()), to: Some(to.clone()), ..Scope::default() },
            Box::new(|details| *details.time >= *from && *details.time < *to),
            Outcome::NotChecked,
        ),
        // A customer's own stream is whole, so it can be followed.
        (
            Scope { streams: vec![sample.stream(4), sample.stream(2)], ..Scope::default() },
            Box::new(|details| [sample.stream(2), sample.stream(4)].contains(&details.stream)),
            Outcome::Pass,
        ),
        (Scope { purpose: Some("made_to".into()), ..Scope::default() }, Box::new(|_| false), Outcome::NotChecked),
    ];
    for (scope, lets, streams) in cases {
        let folder = export(scope.clone());
        let wanted: Vec<&String> = all.iter().filter(|details| lets(&Details::parse(details).unwrap())).collect();
        assert_eq!(opened(folder.path()).iter().collect::<Vec<_>>(), wanted, "{scope:?}");
        let report = check(folder.path());
        assert_eq!(failed(&report), [], "{scope:?}");
        for check in [CheckName::Streams, CheckName::Reads] {
            assert_eq!(report.check(check).outcome, streams, "{scope:?}: {check:?}");
        }
        assert_eq!(report.check(CheckName::Bundles).outcome, Outcome::Pass, "the tree is whole");
        let events = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
        assert_eq!(events.lines().count(), wanted.len());
    }
}

#[test]
fn a_sealed_export_says_nothing_of_anybody() {
    let folder = export(Scope { sealed: true, ..Scope::default() });
    assert_eq!(opened(folder.path()), Vec::<String>::new());
    let report = check(folder.path());
    assert_eq!(failed(&report), []);
    for check in [CheckName::Openings, CheckName::Streams, CheckName::Reads, CheckName::Expiry] {
        assert_eq!(report.check(check).outcome, Outcome::NotChecked);
    }
    assert!(files(folder.path()).iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("made_to_measure")));
    assert_eq!(std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap().lines().count(), SIZE as usize);
}

#[test]
fn a_scope_that_says_nothing_is_refused_and_no_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    for scope in [
        Scope { from: Some("yesterday".into()), ..Scope::default() },
        Scope { to: Some(String::new()), ..Scope::default() },
        Scope { sealed: true, brand: Some(uuid::Uuid::nil()), ..Scope::default() },
    ] {
        let to = folder.path().join("export");
        assert!(matches!(Sample::new(9).write(&to, scope, Vec::new()), Err(ExportError::Plan(_))));
        assert!(!to.exists());
    }
}
