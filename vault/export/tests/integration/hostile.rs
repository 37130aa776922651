//! Folders that were made to mislead, to lead out, or to wear out.

use std::fs;
use std::os::unix::fs::symlink;

use coffret_export::verify::{CheckName, Outcome, Question, verify};
use coffret_export::{Policy, sample};

use crate::{check, export, failed, files, question};

#[test]
fn links_and_pipes_are_found_and_nothing_is_read_through_them() {
    let (folder, outside) = (export(300), tempfile::tempdir().unwrap());
    fs::rename(folder.path().join("events.jsonl"), outside.path().join("events.jsonl")).unwrap();
    symlink(outside.path().join("events.jsonl"), folder.path().join("events.jsonl")).unwrap();
    let report = check(folder.path());
    assert_eq!(failed(&report), [CheckName::Folder]);
    assert!(report.checks.iter().filter(|check| check.check != CheckName::Folder).all(|check| check.outcome == Outcome::NotChecked));
    fs::remove_file(folder.path().join("events.jsonl")).unwrap();
    fs::rename(outside.path().join("events.jsonl"), folder.path().join("events.jsonl")).unwrap();
    assert_eq!(failed(&check(folder.path())), []);

    fs::rename(folder.path().join("tile"), outside.path().join("tile")).unwrap();
    symlink(outside.path().join("tile"), folder.path().join("tile")).unwrap();
    assert_eq!(failed(&check(folder.path())), [CheckName::Folder], "nor is a folder followed");
    fs::remove_file(folder.path().join("tile")).unwrap();
    fs::rename(outside.path().join("tile"), folder.path().join("tile")).unwrap();

    fs::remove_file(folder.path().join("checkpoint")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("checkpoint")).status().unwrap();
    assert!(made.success());
    assert_eq!(failed(&check(folder.path())), [CheckName::Folder], "a pipe would be waited for for ever");
}

#[test]
fn a_file_more_is_found_wherever_it_lies() {
    let folder = export(300);
    for name in ["extra", "zzz", "tile/0/000.p/7", "tile/entries/999", "tile/9", ".hidden", "proofs/x", "export.journal"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        let report = check(folder.path());
        assert!(failed(&report).contains(&CheckName::Files), "{name}");
        assert!(report.check(CheckName::Files).detail.starts_with(name), "{}", report.check(CheckName::Files).detail);
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_path_in_the_manifest_is_never_followed() {
    let (folder, outside) = (export(300), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret"), "x").unwrap();
    let manifest = fs::read_to_string(folder.path().join("manifest.json")).unwrap();
    for path in ["../secret", "/etc/passwd", "tile/../../secret", "./README.md", "tile//0", "", "README.md\\u0000"] {
        let line = format!("{{\"path\":\"{path}\",\"bytes\":1,\"sha256\":\"{}\"}},\n", "0".repeat(64));
        let changed = manifest.replacen("\"files\":[\n", &format!("\"files\":[\n{line}"), 1);
        fs::write(folder.path().join("manifest.json"), changed).unwrap();
        let report = check(folder.path());
        assert!(failed(&report).starts_with(&[CheckName::Manifest, CheckName::Files]), "{path}");
    }
}

#[test]
fn a_manifest_that_names_a_file_twice_or_out_of_order_is_refused() {
    let folder = export(300);
    let manifest = fs::read_to_string(folder.path().join("manifest.json")).unwrap();
    let lines: Vec<&str> = manifest.split_inclusive('\n').collect();
    let twice = [&lines[..2], &lines[1..]].concat().concat();
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    for changed in [twice, swapped.concat(), manifest.replace("]}\n", "]}\n\n"), manifest.replace("\"}\n]", "\"},\n]")] {
        assert_ne!(changed, manifest);
        fs::write(folder.path().join("manifest.json"), changed).unwrap();
        assert!(failed(&check(folder.path())).contains(&CheckName::Files));
    }
}

#[test]
fn endless_lines_are_not_read_into_memory() {
    let folder = export(300);
    let original = files(folder.path());
    for name in ["openings.jsonl", "manifest.json", "events.jsonl", "events.csv", "checkpoint", "witness-policy.txt", "manifest.sig"] {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        // A hole: nothing on the disk, four gigabytes to whoever reads it whole.
        file.set_len(if name == "openings.jsonl" { 1 << 32 } else { 1 << 26 }).unwrap();
        if name == "openings.jsonl" {
            // Hashed whole by the check of the files; the line is given up early.
            file.set_len(1 << 28).unwrap();
        }
        assert!(!check(folder.path()).is_good(), "{name}");
        fs::write(folder.path().join(name), &original.iter().find(|(of, _)| of == name).unwrap().1).unwrap();
    }
}

#[test]
fn another_key_is_not_taken_for_the_logs() {
    let folder = export(300);
    let other = coffret_ledger::Signer::from_seed(sample::ORIGIN, &[9; 32]).unwrap();
    let asked = Question { key: other.verifier_key().clone(), ..question(folder.path()) };
    let report = verify(&asked, &mut |_, _| {}).unwrap();
    assert!(failed(&report).starts_with(&[CheckName::Manifest, CheckName::Checkpoint]));
    assert_eq!(report.size, None);
    assert_eq!(report.check(CheckName::Tiles).outcome, Outcome::NotChecked);
}

#[test]
fn a_folder_that_is_signed_anew_with_another_key_does_not_pass_with_the_pinned_one() {
    // All of it is sound, and claims its own key: only the pinned one tells.
    let folder = export(300);
    let other = coffret_ledger::Signer::from_seed(sample::ORIGIN, &[9; 32]).unwrap();
    let stated = sample::Sample::new(300).checkpoint(300).checkpoint().clone();
    let forged = stated.sign(&other).unwrap();
    fs::write(folder.path().join("checkpoint"), forged.to_string()).unwrap();
    fs::write(folder.path().join("log-key.txt"), format!("{}\n", other.verifier_key())).unwrap();
    assert!(failed(&check(folder.path())).contains(&CheckName::Checkpoint));
}

#[test]
fn a_policy_of_the_auditors_own_is_the_one_that_counts() {
    let folder = export(300);
    let [_, second, third] = sample::witnesses();
    let with = |text: String| {
        let asked = Question { policy: Some(Policy::parse(&text).unwrap()), ..question(folder.path()) };
        verify(&asked, &mut |_, _| {}).unwrap().check(CheckName::Witnesses).outcome
    };
    let (seen, unseen) = (second.verifier_key(), third.verifier_key());
    assert_eq!(with(format!("witness a {seen}\nquorum a\n")), Outcome::Pass);
    assert_eq!(with(format!("witness a {unseen}\nquorum a\n")), Outcome::Fail);
    assert_eq!(with(format!("witness a {seen}\nwitness b {unseen}\ngroup g any a b\nquorum g\n")), Outcome::Pass);
    assert_eq!(with(format!("witness a {seen}\nwitness b {unseen}\ngroup g all a b\nquorum g\n")), Outcome::Fail);
    assert_eq!(with(format!("witness a {seen}\nwitness b {unseen}\ngroup g 1 a\ngroup h 2 g b\nquorum h\n")), Outcome::Fail);
    assert_eq!(with("quorum none\n".to_owned()), Outcome::NotChecked);
}

#[test]
fn a_text_that_is_no_policy_is_refused() {
    let witness = sample::witnesses()[0].verifier_key().clone();
    let log = sample::signer().verifier_key().clone();
    for text in [
        String::new(),
        "quorum\n".to_owned(),
        "quorum a\n".to_owned(),
        "quorum none\nquorum none\n".to_owned(),
        format!("witness a {witness}\nwitness b {witness}\nquorum a\n"),
        format!("witness a {log}\nquorum a\n"),
        format!("log {witness}\nquorum none\n"),
        format!("log {log}\nlog {log}\nquorum none\n"),
        format!("witness none {witness}\nquorum none\n"),
        format!("witness a {witness}\ngroup g 0 a\nquorum g\n"),
        format!("witness a {witness}\ngroup g 2 a\nquorum g\n"),
        format!("witness a {witness}\ngroup g any\nquorum g\n"),
        format!("witness a {witness}\ngroup g any a a\nquorum g\n"),
        format!("witness a {witness}\ngroup g any a\ngroup h any a\nquorum h\n"),
        format!("group g any a\nwitness a {witness}\nquorum g\n"),
        "quorum none\u{1}\n".to_owned(),
    ] {
        assert!(Policy::parse(&text).is_err(), "{text:?}");
    }
    let written = Policy::write(&log, &sample::policy());
    assert!(Policy::parse(&format!("# a comment\n\n\t{written}")).unwrap().asks());
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_policy_panic(text in "(log|witness|group|quorum|none|any|all|[ab 12\\t\\n#+])*") {
        let _ = Policy::parse(&text);
    }

    #[test]
    fn no_text_makes_the_details_panic(text in "\\PC*|(\\{|\\}|\"|:|,|time|type|who|role|stream|sequence|result|[0-9]|null)*") {
        let _ = coffret_export::Details::parse(&text);
    }
}
