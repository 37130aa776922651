//! A byte that is flipped anywhere in an export is found, by the manifest and by the check that the file is for.

use std::collections::BTreeSet;
use std::path::Path;

use coffret_export::verify::{CheckName, Outcome, Place};
use proptest::prelude::*;

use crate::{check, export, failed, files};

/// The checks of which at least one must find a flipped byte, beside that of the files themselves.
fn of_file(name: &str) -> &'static [CheckName] {
    match name {
        "checkpoint" => &[CheckName::Checkpoint, CheckName::Witnesses, CheckName::Proofs],
        "log-key.txt" => &[CheckName::Checkpoint],
        "witness-policy.txt" => &[CheckName::Witnesses],
        "events.jsonl" => &[CheckName::Events],
        "events.csv" => &[CheckName::Table],
        "openings.jsonl" => &[CheckName::Openings],
        "manifest.json" | "manifest.sig" => &[CheckName::Manifest],
        "README.md" => &[],
        name if name.starts_with("tile/entries/") => &[CheckName::Bundles],
        name if name.starts_with("tile/") => &[CheckName::Tiles],
        name if name.starts_with("proofs/") => &[CheckName::Proofs],
        other => panic!("{other} is of no known kind"),
    }
}

fn flip(folder: &Path, name: &str, at: usize, mask: u8) {
    let path = folder.join(name);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[at] ^= mask;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_flipped_byte_in_any_file_is_found_by_the_check_of_its_kind() {
    let folder = export(600);
    let mut kinds = BTreeSet::new();
    for (name, bytes) in files(folder.path()) {
        kinds.insert(of_file(&name).first().copied());
        for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            flip(folder.path(), &name, at, 0x01);
            let found = failed(&check(folder.path()));
            let listed = !matches!(name.as_str(), "manifest.json" | "manifest.sig");
            assert!(!listed || found.contains(&CheckName::Files), "{name}");
            let wanted = of_file(&name);
            assert!(wanted.is_empty() || wanted.iter().any(|check| found.contains(check)), "{name} at {at}: {found:?}");
            flip(folder.path(), &name, at, 0x01);
        }
    }
    assert_eq!(kinds.len(), 10, "every kind of file is there");
    assert_eq!(failed(&check(folder.path())), [], "and each flip was taken back");
}

#[test]
fn the_first_bad_entry_is_named() {
    let folder = export(600);
    // Entry 300 is number 44 of the second bundle; each takes two bytes of length and its leaf.
    let bundle = std::fs::read(folder.path().join("tile/entries/001")).unwrap();
    let mut at = 0;
    for _ in 0..44 {
        at += 2 + usize::from(u16::from_be_bytes([bundle[at], bundle[at + 1]]));
    }
    // A hexadecimal digit of its commitment.
    flip(folder.path(), "tile/entries/001", at + 2 + 15, 0x01);
    let report = check(folder.path());
    let bundles = report.check(CheckName::Bundles);
    assert_eq!(bundles.outcome, Outcome::Fail);
    let entry = coffret_export::sample::Sample::new(600).entry(300);
    let details = coffret_export::Details::parse(&entry.details).unwrap();
    let place = Place { index: Some(300), stream: Some(details.stream), sequence: Some(details.sequence) };
    assert_eq!(bundles.entry, place);
    assert_eq!(report.check(CheckName::Openings).entry, place);
    assert_eq!(report.check(CheckName::Tiles).outcome, Outcome::Pass, "the tiles still lead to the root");
    assert_eq!(report.check(CheckName::Reads).outcome, Outcome::NotChecked);
}

#[test]
fn a_bad_tile_above_the_leaves_is_named_with_the_one_below() {
    let folder = export(3000);
    flip(folder.path(), "tile/1/000.p/11", 32 * 7 + 3, 0x80);
    let report = check(folder.path());
    let tiles = report.check(CheckName::Tiles);
    assert_eq!(tiles.detail, "tile/1/000.p/11 and tile/0/007 contradict each other");
    assert_eq!(report.check(CheckName::Bundles).outcome, Outcome::Pass);
}

#[test]
fn a_missing_file_is_found_whichever_it_is() {
    let folder = export(600);
    for (name, bytes) in files(folder.path()) {
        std::fs::remove_file(folder.path().join(&name)).unwrap();
        assert!(!check(folder.path()).is_good(), "{name}");
        std::fs::write(folder.path().join(&name), bytes).unwrap();
    }
    assert_eq!(failed(&check(folder.path())), []);
}

#[test]
fn a_file_that_is_cut_or_longer_is_found_whichever_it_is() {
    let folder = export(600);
    for (name, bytes) in files(folder.path()) {
        for changed in [&bytes[..0], &bytes[..bytes.len() - 1], &[bytes.as_slice(), b"\n"].concat()] {
            std::fs::write(folder.path().join(&name), changed).unwrap();
            assert!(!check(folder.path()).is_good(), "{name}, {} bytes", changed.len());
        }
        std::fs::write(folder.path().join(&name), bytes).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_make_it_panic_or_pass(
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        instead in proptest::collection::vec(any::<u8>(), 0..40),
        cut in 0_usize..40,
    ) {
        thread_local! { static FOLDER: tempfile::TempDir = export(600); }
        FOLDER.with(|folder| {
            let files = files(folder.path());
            let (name, bytes) = &files[file.index(files.len())];
            let at = at.index(bytes.len());
            let end = (at + cut).min(bytes.len());
            let changed = [&bytes[..at], &instead, &bytes[end..]].concat();
            if changed != *bytes {
                std::fs::write(folder.path().join(name), changed).unwrap();
                let report = check(folder.path());
                std::fs::write(folder.path().join(name), bytes).unwrap();
                assert!(!report.is_good(), "{name} at {at}");
            }
        });
    }
}
