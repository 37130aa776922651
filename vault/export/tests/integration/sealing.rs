//! What tells of entries: encrypted to somebody, in columns, with receipts, in one file.

use std::path::Path;

use age::secrecy::ExposeSecret;
use coffret_export::sample::{self, Sample};
use coffret_export::verify::{CheckName, Outcome, Question, Report, verify};
use coffret_export::{Entry, ExportError, ExportWriter, Identities, JOURNAL_EVERY, Plan, Scope, pack, unpack};
use coffret_ledger::JwsSigner;
use tar::EntryType::{Directory, GNULongName, Link, Regular, Symlink, XHeader};

use crate::{check, export, failed, files, question};

const SIZE: u64 = 700;

fn identity() -> (Identities, String) {
    let made = age::x25519::Identity::generate();
    (Identities::parse(&format!("# made now\n{}\n", made.to_string().expose_secret())).unwrap(), made.to_public().to_string())
}

fn receipt_key() -> JwsSigner {
    JwsSigner::from_seed(&[5; 32]).unwrap()
}

fn key_set(signer: &JwsSigner) -> String {
    format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"{}"}}]}}"#, signer.public().x(), signer.public().id())
}

/// The receipt of an entry, which says what the entry says, unless it is changed.
fn receipt(entry: &sample::SampleEntry, signer: &JwsSigner, change: impl FnOnce(&mut serde_json::Value)) -> String {
    let details: serde_json::Value = serde_json::from_str(&entry.details).unwrap();
    let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>();
    let mut said = serde_json::json!({"entry": {
        "stream": details["stream"], "sequence": details["sequence"], "event": uuid::Uuid::from_bytes(entry.leaf.id),
        "commitment": hex(&entry.leaf.commit), "key": hex(&entry.key), "details": details,
    }});
    change(&mut said["entry"]);
    signer.sign("consent-receipt+jwt", said.to_string().as_bytes())
}

fn plan(scope: Scope, recipients: &[&String]) -> Plan {
    let recipients = recipients.iter().map(|text| (*text).clone()).collect();
    let receipt_keys = key_set(&receipt_key());
    Plan { parquet: true, recipients, receipt_keys, openings_expire: Some(sample::now()), ..Sample::new(SIZE).plan(scope, vec![3]) }
}

/// Entries from where the writer stands, with receipts for approvals.
fn push(writer: &mut ExportWriter, end: u64, signer: &JwsSigner, change: impl Fn(&mut serde_json::Value)) -> Result<(), ExportError> {
    for index in writer.next_index()..end {
        let entry = Sample::new(SIZE).entry(index);
        let decided = entry.details.contains("\"request.approved\"");
        let made = receipt(&entry, signer, &change);
        let record = r#"{"@type":["dpv:ConsentRecord"]}"#;
        writer.push(&Entry { receipt: decided.then_some(&made), record: decided.then_some(record), ..entry.entry() })?;
    }
    Ok(())
}

fn write(folder: &Path, plan: Plan) {
    let mut writer = ExportWriter::create_or_resume(folder, plan).unwrap();
    push(&mut writer, SIZE, &receipt_key(), |_| {}).unwrap();
    writer.finish(&sample::signer()).unwrap();
}

fn receipts() -> Scope {
    Scope { receipts: true, ..Scope::default() }
}

fn check_with(folder: &Path, identities: Option<&Identities>) -> Report {
    verify(&Question { identities: identities.cloned(), ..question(folder) }, &mut |_, _| {}).unwrap()
}

#[test]
fn an_encrypted_export_tells_nothing_without_the_identity_and_all_with_it() {
    let ((jane, janes), (_, joans), (stranger, _)) = (identity(), identity(), identity());
    let (plain, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(plain.path(), plan(receipts(), &[]));
    write(folder.path(), plan(receipts(), &[&janes, &joans]));
    let told = |folder: &Path| -> Vec<String> {
        let private = |name: &String| ["events", "openings", "receipts.", "records."].iter().any(|begin| name.starts_with(begin));
        files(folder).into_iter().map(|(name, _)| name).filter(private).collect()
    };
    let encrypted: Vec<String> = told(plain.path()).into_iter().map(|name| name + ".age").collect();
    assert_eq!((told(folder.path()), encrypted.len()), (encrypted, 6));
    // Nothing of what any entry says lies in any file.
    for index in 0..SIZE {
        let entry = Sample::new(SIZE).entry(index);
        let details: serde_json::Value = serde_json::from_str(&entry.details).unwrap();
        for (name, bytes) in files(folder.path()).iter().filter(|_| index % 200 == 20) {
            for secret in ["stream", "brand", "grant", "request", "purpose", "time"] {
                let Some(secret) = details[secret].as_str() else { continue };
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{name} tells {secret}");
            }
        }
    }
    let needs = [CheckName::Openings, CheckName::Events, CheckName::Table, CheckName::Columns, CheckName::Streams, CheckName::Reads];
    for (identities, words) in [(None, "give --identity"), (Some(&stranger), "not to the given identity")] {
        let report = check_with(folder.path(), identities);
        assert_eq!(failed(&report), []);
        for check in needs.into_iter().chain([CheckName::Expiry, CheckName::Receipts]) {
            let check = report.check(check);
            assert_eq!((check.outcome, check.detail.contains(words)), (Outcome::NotChecked, true), "{check:?}");
        }
        for check in [CheckName::Manifest, CheckName::Files, CheckName::Tiles, CheckName::Bundles, CheckName::Proofs] {
            assert_eq!(report.check(check).outcome, Outcome::Pass, "{check:?}");
        }
    }
    for report in [check_with(folder.path(), Some(&jane)), check_with(plain.path(), None)] {
        assert_eq!(failed(&report), []);
        for check in needs.into_iter().chain([CheckName::Receipts]) {
            assert_eq!(report.check(check).outcome, Outcome::Pass, "{check:?}: {}", report.check(check).detail);
        }
    }
    // Each flipped byte of an encrypted file is found, and nothing of a changed one is passed on.
    for (name, bytes) in files(folder.path()).into_iter().filter(|(name, _)| name.split_once(".age").is_some()) {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            std::fs::write(folder.path().join(&name), changed).unwrap();
            // A file that a foreign reader reads is not opened when it is not the one that was listed.
            let fails = if name == "events.parquet.age" { 1 } else { 2 };
            assert!(failed(&check_with(folder.path(), Some(&jane))).len() >= fails, "{name} at {at}");
        }
        std::fs::write(folder.path().join(&name), bytes).unwrap();
    }
    assert_eq!(failed(&check_with(folder.path(), Some(&jane))), []);
}

#[test]
fn the_day_by_which_an_export_is_to_be_deleted_is_said_and_when_it_has_passed() {
    let folder = tempfile::tempdir().unwrap();
    let end = sample::now().checked_add(jiff::SignedDuration::from_hours(24)).unwrap();
    write(folder.path(), Plan { openings_expire: Some(end), ..plan(Scope::default(), &[]) });
    let detail = |now| {
        let asked = Question { now, ..question(folder.path()) };
        verify(&asked, &mut |_, _| {}).unwrap().check(CheckName::Manifest).detail.clone()
    };
    assert!(detail(sample::now()).contains("to be deleted by 2026-12-23") && !detail(sample::now()).contains("PASSED"));
    assert!(detail(end).contains("PASSED"));
}

#[test]
fn what_is_no_recipient_or_identity_is_refused() {
    let (_, jane) = identity();
    for recipients in
        [vec!["age1nobody".to_owned()], vec![String::new()], vec![jane.clone(), jane.clone()], vec!["AGE-SECRET-KEY-1".into()]]
    {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("export");
        let plan = Plan { recipients, ..plan(Scope::default(), &[]) };
        assert!(matches!(ExportWriter::create_or_resume(&to, plan), Err(ExportError::Plan(_))));
        assert!(!to.exists());
    }
    for text in ["", "# nothing", &jane, "AGE-SECRET-KEY-1"] {
        assert!(Identities::parse(text).is_err());
    }
}

#[test]
fn an_unfinished_encrypted_export_goes_on_and_a_signed_one_is_whole() {
    let (jane, janes) = identity();
    let size = JOURNAL_EVERY + 9;
    let folder = tempfile::tempdir().unwrap();
    let plan = || Plan { recipients: vec![janes.clone()], ..Sample::new(size).plan(Scope::default(), Vec::new()) };
    let mut writer = ExportWriter::create_or_resume(folder.path(), plan()).unwrap();
    for index in 0..size {
        writer.push(&Sample::new(size).entry(index).entry()).unwrap();
    }
    drop(writer);
    let unfinished = files(folder.path());
    let mut writer = ExportWriter::create_or_resume(folder.path(), plan()).unwrap();
    assert_eq!(writer.next_index(), JOURNAL_EVERY);
    for index in JOURNAL_EVERY..size {
        writer.push(&Sample::new(size).entry(index).entry()).unwrap();
    }
    writer.finish(&sample::signer()).unwrap();
    assert_eq!(failed(&check_with(folder.path(), Some(&jane))), []);
    // Killed behind the signature, before the plain text was gone: whoever looks next removes it.
    let journal = unfinished.iter().find(|(name, _)| name == "export.journal").unwrap();
    let journal = String::from_utf8(journal.1.clone()).unwrap().replacen("\"root\":", "\"sealed\":true,\"root\":", 1);
    std::fs::write(folder.path().join("export.journal"), journal).unwrap();
    std::fs::write(folder.path().join("openings.jsonl"), "secret").unwrap();
    assert!(matches!(ExportWriter::begun(folder.path()), Err(ExportError::Whole(_))));
    assert!(!folder.path().join("openings.jsonl").exists() && !folder.path().join("export.journal").exists());
    assert_eq!(failed(&check_with(folder.path(), Some(&jane))), []);
}

#[test]
fn a_receipt_that_says_something_else_is_found() {
    type Change = fn(&mut serde_json::Value);
    let changes: [Change; 5] = [
        |entry| entry["sequence"] = 9999.into(),
        |entry| entry["stream"] = uuid::Uuid::nil().to_string().into(),
        |entry| entry["event"] = uuid::Uuid::nil().to_string().into(),
        |entry| entry["commitment"] = "00".repeat(32).into(),
        |entry| entry["details"]["expires"] = "2030-01-01T00:00:00Z".into(),
    ];
    for change in changes {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = ExportWriter::create_or_resume(folder.path(), plan(receipts(), &[])).unwrap();
        push(&mut writer, SIZE, &receipt_key(), change).unwrap();
        writer.finish(&sample::signer()).unwrap();
        let report = check(folder.path());
        assert_eq!(failed(&report), [CheckName::Receipts]);
        assert!(report.check(CheckName::Receipts).detail.contains("something else"));
    }
    // Signed with another key than that of the set, and checked with another set.
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ExportWriter::create_or_resume(folder.path(), plan(receipts(), &[])).unwrap();
    let other = JwsSigner::from_seed(&[6; 32]).unwrap();
    push(&mut writer, SIZE, &other, |_| {}).unwrap();
    writer.finish(&sample::signer()).unwrap();
    assert_eq!(failed(&check(folder.path())), [CheckName::Receipts]);
    let asked = Question { receipt_keys: Some(key_set(&other)), ..question(folder.path()) };
    assert_eq!(failed(&verify(&asked, &mut |_, _| {}).unwrap()), []);
}

#[test]
fn columns_of_other_entries_are_found_and_no_bytes_make_the_check_panic() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(folder.path(), plan(Scope::default(), &[]));
    write(other.path(), plan(Scope { sealed: true, ..Scope::default() }, &[]));
    let (file, good) = (folder.path().join("events.parquet"), std::fs::read(folder.path().join("events.parquet")).unwrap());
    std::fs::copy(other.path().join("events.parquet"), &file).unwrap();
    let report = check(folder.path());
    assert_eq!((failed(&report), report.check(CheckName::Columns).outcome), (vec![CheckName::Files], Outcome::NotChecked));
    // The list of an export that was handed over is its receiver's.
    let handed = tempfile::tempdir().unwrap();
    let file_there = handed.path().join("events.parquet");
    crate::handing::write(handed.path(), plan(Scope::default(), &[]), SIZE);
    assert_eq!(failed(&check(handed.path())), []);
    // As many rows, in the same columns, which say less.
    std::fs::copy(other.path().join("events.parquet"), &file_there).unwrap();
    crate::handing::list_anew(handed.path());
    let report = check(handed.path());
    assert_eq!(failed(&report), [CheckName::Columns]);
    assert_eq!(report.check(CheckName::Columns).entry.index, Some(0));
    for length in [0, 4, good.len() / 2, good.len() - 1] {
        std::fs::write(&file_there, &good[..length]).unwrap();
        crate::handing::list_anew(handed.path());
        assert_eq!(failed(&check(handed.path())), [CheckName::Columns]);
    }
    for at in (0..good.len()).step_by(good.len() / 25) {
        let mut changed = good.clone();
        changed[at] ^= 0x55;
        std::fs::write(&file, changed).unwrap();
        assert!(failed(&check(folder.path())).contains(&CheckName::Files));
    }
    for length in [0, 4, good.len() / 2, good.len() - 1] {
        std::fs::write(&file, &good[..length]).unwrap();
        assert_eq!(failed(&check(folder.path())), [CheckName::Files]);
    }
}

#[test]
fn a_tar_is_the_folder_and_nothing_that_leads_out_is_unpacked() {
    let (folder, place) = (export(300), tempfile::tempdir().unwrap());
    let (one, other, to) = (place.path().join("one.tar"), place.path().join("other.tar"), place.path().join("back"));
    pack(folder.path(), &one).unwrap();
    pack(folder.path(), &other).unwrap();
    assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap());
    assert!(pack(folder.path(), &one).is_err(), "nothing is overwritten");
    std::fs::create_dir(&to).unwrap();
    unpack(&one, &to).unwrap();
    assert_eq!(files(&to), files(folder.path()));
    assert_eq!(failed(&check(&to)), []);
    let hostile = |name: &str, kind: tar::EntryType, twice: bool| {
        let mut builder = tar::Builder::new(Vec::new());
        for _ in 0..=usize::from(twice) {
            let mut header = tar::Header::new_ustar();
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(kind);
            header.set_size(1);
            header.set_cksum();
            builder.append(&header, &b"x"[..]).unwrap();
        }
        builder.into_inner().unwrap()
    };
    for (name, kind, twice) in [
        ("../out", Regular, false),
        ("/out", Regular, false),
        ("a/../../out", Regular, false),
        ("./x", Regular, false),
        ("a//x", Regular, false),
        ("x", Symlink, false),
        ("x", Link, false),
        ("x", Directory, false),
        ("x", GNULongName, false),
        ("x", XHeader, false),
        ("x", Regular, true),
    ] {
        let (place, file) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = file.path().join("hostile.tar");
        let to = place.path().join("in");
        std::fs::create_dir(&to).unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, hostile(name, kind, twice)).unwrap();
        assert!(unpack(&file, &to).is_err(), "{name} {kind:?}");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "{name} leads out");
    }
}
