//! Exports that are as they should be.

use coffret_export::Scope;
use coffret_export::sample::Sample;
use coffret_export::verify::{CheckName, Outcome, Question, verify};

use crate::{check, export, failed, files, question};

#[test]
fn a_whole_export_passes_every_check_at_every_kind_of_size() {
    // The last two have tiles of three levels, and take a while.
    let sizes = [1, 2, 255, 256, 257, 511, 1024, 1025, 4097, 65_536, 65_793];
    for &size in &sizes[..if crate::full() { 11 } else { 9 }] {
        let folder = export(size);
        let report = check(folder.path());
        assert_eq!(failed(&report), [], "{size}: {report:#?}");
        for (name, outcome) in [
            (CheckName::Since, Outcome::NotChecked),
            (CheckName::Receipts, Outcome::NotChecked),
            (CheckName::Proofs, Outcome::Pass),
            (CheckName::Reads, Outcome::Pass),
            (CheckName::Expiry, Outcome::Pass),
            (CheckName::Witnesses, Outcome::Pass),
        ] {
            assert_eq!(report.check(name).outcome, outcome, "{size}: {name:?}");
        }
        assert_eq!(report.size, Some(size));
    }
}

#[test]
fn the_log_without_entries_can_be_exported_too() {
    let folder = tempfile::tempdir().unwrap();
    Sample::new(0).write(folder.path(), Scope::default(), Vec::new()).unwrap();
    assert_eq!(failed(&check(folder.path())), []);
    assert!(!folder.path().join("tile").exists(), "no empty tile is served");
}

#[test]
fn the_same_entries_make_the_same_folder_and_any_number_of_threads_the_same_report() {
    let (one, other) = (export(3000), export(3000));
    assert_eq!(files(one.path()), files(other.path()));
    let report = |threads| verify(&Question { threads, ..question(one.path()) }, &mut |_, _| {}).unwrap();
    assert_eq!(report(1), report(5));
}

#[test]
fn progress_comes_to_the_end() {
    let folder = export(3000);
    let mut told = Vec::new();
    verify(&question(folder.path()), &mut |done, total| told.push((done, total))).unwrap();
    assert_eq!(told.last(), Some(&(3000, 3000)));
    assert!(told.is_sorted());
}

#[test]
fn each_event_carries_the_leaf_that_the_log_hashed_and_is_a_cloud_event() {
    use coffret_ledger::{Hash, Leaf};
    let folder = export(700);
    let sample = Sample::new(700);
    let text = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let mut sealed = 0;
    for (index, line) in (0..).zip(text.lines()) {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let leaf = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, event["leaf"].as_str().unwrap()).unwrap();
        let entry = sample.entry(index);
        assert_eq!(Hash::leaf(&leaf), entry.leaf.hash());
        assert_eq!(Leaf::decode(&leaf).unwrap(), entry.leaf);
        assert_eq!(event["leafindex"], index.to_string());
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["source"], "//vault.example/ledger/2026");
        // CloudEvents 1.0: names of attributes are lower-case letters and digits.
        assert!(event.as_object().unwrap().keys().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())));
        if entry.erased {
            sealed += 1;
            assert_eq!(event["type"], "coffret.ledger.sealed");
            assert_eq!(event.as_object().unwrap().len(), 6, "it says nothing else");
        } else {
            let details: serde_json::Value = serde_json::from_str(&entry.details).unwrap();
            assert_eq!(event["data"], details);
            assert_eq!(event["type"], format!("coffret.ledger.{}", details["type"].as_str().unwrap()));
            assert_eq!(event["time"], details["time"]);
            let subject = format!("{}/{}", details["stream"].as_str().unwrap(), details["sequence"]);
            assert_eq!(event["subject"], subject);
        }
    }
    assert!(sealed > 0);
    assert_eq!(text.lines().count(), 700);
}

#[test]
fn an_erased_entry_leaves_no_trace_of_its_details() {
    let folder = export(700);
    let sample = Sample::new(700);
    let erased: Vec<_> = (0..700).map(|index| sample.entry(index)).filter(|entry| entry.erased).collect();
    assert!(!erased.is_empty());
    for (name, bytes) in files(folder.path()) {
        let text = String::from_utf8_lossy(&bytes);
        for entry in &erased {
            let details: serde_json::Value = serde_json::from_str(&entry.details).unwrap();
            assert!(!text.contains(details["stream"].as_str().unwrap()), "{name}");
        }
    }
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    let folder = export(700);
    let text = std::fs::read_to_string(folder.path().join("events.csv")).unwrap();
    assert!(text.contains("HYPERLINK"), "the sample has one to try");
    assert!(!text.contains(",=") && !text.contains(",\"="));
    let mut table = csv_rows(&text);
    assert_eq!(table.remove(0).len(), 18);
    assert_eq!(table.len(), 700);
    assert!(table.iter().all(|row| row.len() == 18));
}

/// RFC 4180, read without the code that wrote it.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    rows
}
