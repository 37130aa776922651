//! What an operator signs who hides or allows what must not be: the tree is sound, and the streams tell.

use coffret_export::Scope;
use coffret_export::sample::{self, Sample, SampleEntry};
use coffret_export::verify::{CheckName, Outcome, Report};

use crate::{check, failed};

const SIZE: u64 = 900;

/// An export of these entries, and what the check says of it.
fn report(entries: &[SampleEntry]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    sample::write_entries(folder.path(), entries, Scope::default()).unwrap();
    check(folder.path())
}

fn entries() -> Vec<SampleEntry> {
    let sample = Sample::new(SIZE);
    (0..SIZE).map(|index| sample.entry(index)).collect()
}

fn value(entry: &SampleEntry) -> serde_json::Value {
    serde_json::from_str(&entry.details).unwrap()
}

/// The place of the first entry of a kind in a stream that is open.
fn first(entries: &[SampleEntry], kind: &str) -> usize {
    entries.iter().position(|entry| !entry.erased && value(entry)["type"] == kind).unwrap()
}

/// Writes something else in an entry, with the commitment that goes with it.
fn change(entry: &mut SampleEntry, change: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>)) {
    let mut details = value(entry);
    change(details.as_object_mut().unwrap());
    *entry = entry.clone().with_details(serde_jcs(&details));
}

fn serde_jcs(value: &serde_json::Value) -> String {
    let sorted: std::collections::BTreeMap<&String, &serde_json::Value> = value.as_object().unwrap().iter().collect();
    serde_json::to_string(&sorted).unwrap()
}

#[test]
fn an_entry_left_out_of_a_stream_shows_and_the_next_one_is_named() {
    let mut entries = entries();
    let read = first(&entries, "read");
    let gone = value(&entries.remove(read));
    let report = report(&entries);
    assert_eq!(failed(&report), [CheckName::Streams]);
    let place = report.check(CheckName::Streams).entry;
    assert_eq!(place.stream.unwrap().to_string(), gone["stream"].as_str().unwrap());
    assert_eq!(place.sequence.unwrap(), gone["sequence"].as_u64().unwrap() + 1);
    assert!(place.index.unwrap() >= read as u64);
}

#[test]
fn an_entry_passed_off_as_erased_shows() {
    let mut entries = entries();
    let read = first(&entries, "read");
    entries[read].erased = true;
    assert_eq!(failed(&report(&entries)), [CheckName::Streams]);
}

#[test]
fn an_entry_that_is_in_its_stream_twice_shows() {
    let mut entries = entries();
    let read = first(&entries, "read");
    let mut again = entries[read].clone();
    again.leaf.id = [7; 16];
    entries.push(again);
    let report = report(&entries);
    assert_eq!(failed(&report), [CheckName::Streams]);
    assert_eq!(report.check(CheckName::Streams).entry.index, Some(SIZE));
}

#[test]
fn the_order_of_the_log_need_not_be_that_of_a_stream() {
    let mut entries = entries();
    let read = first(&entries, "read");
    // Two servers may have written them so: what counts is the position in the stream.
    let early = entries.remove(read);
    entries.push(early);
    assert_eq!(failed(&report(&entries)), []);
}

#[test]
fn each_unlawful_read_is_found_and_named() {
    type Wrong = (&'static str, &'static str, fn(&mut Vec<SampleEntry>) -> usize);
    let cases: [Wrong; 9] = [
        ("no grant", "no grant that is live", |entries| {
            let read = first(entries, "read");
            change(&mut entries[read], |read| drop(read.remove("grant")));
            read
        }),
        ("an unknown grant", "no grant that is live", |entries| {
            let read = first(entries, "read");
            change(&mut entries[read], |read| drop(read.insert("grant".into(), uuid::Uuid::from_u128(1).to_string().into())));
            read
        }),
        ("while paused", "paused", |entries| {
            let refused = first(entries, "read.refused");
            change(&mut entries[refused], |read| {
                read.insert("type".into(), "read".into());
                read.insert("result".into(), "ok".into());
            });
            refused
        }),
        ("while suspended", "suspended", |entries| {
            let lifted = first(entries, "grant.reinstated");
            change(&mut entries[lifted], |entry| drop(entry.insert("type".into(), "read".into())));
            lifted
        }),
        ("after the purpose changed", "suspended", |entries| {
            // The brand's suspension is lifted, that for the purpose is not: the entry after the amendment reads the old grant.
            let suspended = first(entries, "grant.suspended");
            change(&mut entries[suspended], |entry| drop(entry.insert("reason".into(), "the purpose has changed".into())));
            let amended = first(entries, "grant.amended");
            let grant = value(&entries[suspended])["grant"].clone();
            change(&mut entries[amended], |entry| {
                entry.insert("type".into(), "read".into());
                entry.insert("grant".into(), grant);
            });
            amended
        }),
        ("after the amendment, under the old grant", "no grant that is live", |entries| {
            let amended = first(entries, "grant.amended");
            let (stream, old) = (value(&entries[amended])["stream"].clone(), value(&entries[amended])["reason"].clone());
            let old = old.as_str().unwrap().strip_prefix("replaces grant ").unwrap().to_owned();
            let read = (amended + 1..entries.len())
                .find(|place| value(&entries[*place])["stream"] == stream && value(&entries[*place])["type"] == "read")
                .unwrap();
            change(&mut entries[read], |read| drop(read.insert("grant".into(), old.into())));
            read
        }),
        ("after the revocation", "no grant that is live", |entries| {
            let ended = first(entries, "grant.revoked");
            let (stream, grant) = (value(&entries[ended])["stream"].clone(), value(&entries[ended])["grant"].clone());
            let next = (ended + 1..entries.len()).find(|place| value(&entries[*place])["stream"] == stream).unwrap();
            change(&mut entries[next], |entry| {
                entry.insert("type".into(), "read.page".into());
                entry.insert("grant".into(), grant);
            });
            next
        }),
        ("by another brand", "another brand", |entries| {
            let read = first(entries, "read");
            change(&mut entries[read], |read| drop(read.insert("brand".into(), uuid::Uuid::from_u128(2).to_string().into())));
            read
        }),
        ("by a page", "no grant that is live", |entries| {
            let page = first(entries, "read.page");
            change(&mut entries[page], |page| drop(page.remove("grant")));
            page
        }),
    ];
    for (name, words, make) in cases {
        let mut entries = entries();
        let bad = make(&mut entries);
        let report = report(&entries);
        let reads = report.check(CheckName::Reads);
        assert_eq!(reads.outcome, Outcome::Fail, "{name}");
        assert!(reads.detail.contains(words), "{name}: {}", reads.detail);
        assert!(reads.entry.index.unwrap() <= bad as u64, "{name}");
        if words != "suspended" {
            assert_eq!(reads.entry.index, Some(bad as u64), "{name}");
        }
        assert_eq!(failed(&report), [CheckName::Reads], "{name}");
    }
}

#[test]
fn a_read_after_the_end_that_its_grant_states_is_found() {
    let mut entries = entries();
    let begun = first(&entries, "request.approved");
    let grant = value(&entries[begun])["grant"].clone();
    let read = (begun..entries.len()).find(|place| value(&entries[*place])["type"] == "read" && value(&entries[*place])["grant"] == grant);
    let end = value(&entries[read.unwrap()])["time"].clone();
    // Its end is exclusive: a read at that very moment is too late.
    change(&mut entries[begun], |entry| drop(entry.insert("expires".into(), end)));
    let report = report(&entries);
    assert_eq!(failed(&report), [CheckName::Expiry]);
    assert_eq!(report.check(CheckName::Expiry).entry.index, read.map(|place| place as u64));
}

#[test]
fn a_grant_that_does_not_state_its_end_leaves_the_ends_unchecked_and_the_reads_checked() {
    let mut entries = entries();
    let begun = first(&entries, "request.approved");
    change(&mut entries[begun], |entry| drop(entry.remove("expires")));
    let report = report(&entries);
    assert_eq!(failed(&report), []);
    assert_eq!(report.check(CheckName::Expiry).outcome, Outcome::NotChecked);
    assert_eq!(report.check(CheckName::Reads).outcome, Outcome::Pass);
}
