//! Against an older checkpoint.

use coffret_export::Scope;
use coffret_export::sample::{self, Sample};
use coffret_export::verify::{CheckName, Outcome};
use coffret_ledger::{Frontier, Hash};

use crate::{check_since, export};

#[test]
fn a_log_that_has_only_grown_passes_from_every_size() {
    let folder = export(600);
    let sample = Sample::new(600);
    for old in [0, 1, 2, 255, 256, 257, 511, 512, 513, 599, 600] {
        let since = sample.checkpoint(old);
        assert_eq!(check_since(folder.path(), since).check(CheckName::Since).outcome, Outcome::Pass, "{old}");
    }
}

#[test]
fn a_log_that_has_shrunk_or_forked_fails() {
    let folder = tempfile::tempdir().unwrap();
    let sample = Sample::new(600);
    // The same entries, of which the log now says that it has 500.
    let entries: Vec<_> = (0..500).map(|index| sample.entry(index)).collect();
    sample::write_entries(folder.path(), &entries, Scope::default()).unwrap();
    let report = check_since(folder.path(), sample.checkpoint(600));
    assert_eq!(report.check(CheckName::Since).outcome, Outcome::Fail);
    assert!(report.check(CheckName::Since).detail.contains("shrunk"));

    for (size, changed) in [(500, 0), (400, 399), (256, 3), (1, 0)] {
        let mut tree = Frontier::new();
        tree.extend((0..size).map(|index| if index == changed { Hash::leaf(b"another") } else { sample.entry(index).leaf.hash() }));
        let report = check_since(folder.path(), sample::sign(&tree));
        assert_eq!(report.check(CheckName::Since).outcome, Outcome::Fail, "{size}, {changed}");
        assert_eq!(crate::failed(&report), [CheckName::Since]);
    }
}
