//! `coffret verify` as an auditor runs it: no vault, no database, an export and a key.

use std::path::Path;
use std::process::{Command, Output};

use coffret_export::Scope;
use coffret_export::sample::{self, Sample};

fn export(size: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    Sample::new(size).write(&folder.path().join("export"), Scope::default(), vec![0]).expect("written");
    std::fs::write(folder.path().join("key"), format!("{}\n", sample::signer().verifier_key())).expect("written");
    folder
}

fn verify(folder: &Path, more: &[&str]) -> Output {
    // In an empty folder, so that no configuration and no data lie about.
    let nowhere = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
    command.arg("verify").args(more).arg(folder.join("export")).current_dir(nowhere.path());
    let output = command.output().expect("the program runs");
    assert_eq!(std::fs::read_dir(nowhere.path()).expect("a folder").count(), 0, "it writes nothing");
    output
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_good_export_ends_with_0_and_says_what_was_not_checked_and_why() {
    let folder = export(600);
    let key = sample::signer().verifier_key().to_string();
    let output = verify(folder.path(), &["--key", &key]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("pass         reads"), "{said}");
    assert!(said.contains("not checked  since       no older checkpoint was given"), "{said}");
    assert!(said.ends_with("No check failed. 3 of 17 were not made: see above why.\n"), "{said}");
}

#[test]
fn the_key_may_be_in_a_file_but_not_in_one_of_the_export() {
    let folder = export(300);
    let outside = folder.path().join("key");
    assert_eq!(verify(folder.path(), &["--key", outside.to_str().expect("plain")]).status.code(), Some(0));
    let inside = folder.path().join("export/log-key.txt");
    let output = verify(folder.path(), &["--key", inside.to_str().expect("plain")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("Take the key from somewhere else"));
}

#[test]
fn a_bad_export_ends_with_1_and_the_json_names_the_first_bad_entry() {
    let folder = export(600);
    let bundle = folder.path().join("export/tile/entries/001");
    let mut bytes = std::fs::read(&bundle).expect("read");
    // In the commitment of entry 256.
    bytes[20] ^= 1;
    std::fs::write(&bundle, bytes).expect("written");
    let key = sample::signer().verifier_key().to_string();
    let output = verify(folder.path(), &["--key", &key, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["good"], false);
    let bundles = report["checks"].as_array().expect("checks").iter().find(|check| check["check"] == "bundles").expect("there");
    assert_eq!((&bundles["outcome"], &bundles["entry"]["index"]), (&"fail".into(), &256.into()));
    let output = verify(folder.path(), &["--key", &key]);
    assert!(said(&output).contains("FAIL         bundles     tile/entries/001:"), "{}", said(&output));
    assert!(said(&output).contains("(leaf 256, stream "), "{}", said(&output));
}

#[test]
fn an_older_checkpoint_is_held_against_the_export() {
    let folder = export(600);
    let key = sample::signer().verifier_key().to_string();
    let old = folder.path().join("old");
    let with = |checkpoint: String| {
        std::fs::write(&old, checkpoint).expect("written");
        verify(folder.path(), &["--key", &key, "--since", old.to_str().expect("plain")])
    };
    assert_eq!(with(Sample::new(600).checkpoint(400).to_string()).status.code(), Some(0));
    assert_eq!(with(Sample::new(700).checkpoint(700).to_string()).status.code(), Some(1), "entries were taken away");
    let unsigned = with("vault.example/ledger/2026\n0\nx\n".to_owned());
    assert_eq!(unsigned.status.code(), Some(2));
    assert!(said(&unsigned).contains("--since: this is not a checkpoint that the key has signed."));
}

#[test]
fn what_cannot_be_checked_ends_with_2_and_says_why() {
    let folder = export(10);
    let key = sample::signer().verifier_key().to_string();
    for (arguments, words) in [
        (vec!["--key", "nonsense"], "--key: this is neither a key"),
        (vec!["--key", &key, "--witness-policy", "/nowhere"], "/nowhere: "),
        (vec!["--key", &key, "--threads", "0"], "--threads"),
        (vec![], "--key"),
    ] {
        let output = verify(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
    std::fs::remove_dir_all(folder.path().join("export")).expect("removed");
    assert_eq!(verify(folder.path(), &["--key", &key]).status.code(), Some(2));
}

#[test]
fn the_name_of_a_file_cannot_steer_the_terminal() {
    let folder = export(10);
    std::fs::write(folder.path().join("export/\u{1b}[2Jclean"), "x").expect("written");
    let key = sample::signer().verifier_key().to_string();
    let output = verify(folder.path(), &["--key", &key]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!said(&output).contains('\u{1b}'));
}

#[test]
fn the_help_says_what_each_check_and_exit_code_means() {
    let output = Command::new(env!("CARGO_BIN_EXE_coffret")).args(["verify", "--help"]).output().expect("the program runs");
    let said = said(&output);
    for check in coffret_export::verify::CheckName::ALL {
        assert!(said.contains(&format!("\n  {:<10}  ", check.word())), "{}", check.word());
    }
    assert!(said.contains("Exit codes:"));
}
