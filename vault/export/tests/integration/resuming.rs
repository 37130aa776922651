//! A writer that is dropped or killed anywhere, and one that is given what it must not write.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use coffret_export::sample::{self, Sample};
use coffret_export::{Entry, ExportError, ExportWriter, JOURNAL_EVERY, Opening, Scope};

use crate::{check, failed, files};

const SIZE: u64 = 2 * JOURNAL_EVERY + 300;

fn begin(folder: &Path, sample: Sample) -> ExportWriter {
    ExportWriter::create_or_resume(folder, sample.plan(Scope::default(), vec![1, SIZE - 1])).unwrap()
}

#[test]
fn a_dropped_writer_is_taken_up_again_and_makes_the_same_folder() {
    let (sample, whole, folder) = (Sample::new(SIZE), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sample.write(whole.path(), Scope::default(), vec![1, SIZE - 1]).unwrap();
    for stop in [0, 1, 300, JOURNAL_EVERY - 1, JOURNAL_EVERY, JOURNAL_EVERY + 1, 2 * JOURNAL_EVERY + 5, SIZE] {
        let mut writer = begin(folder.path(), sample);
        assert!(writer.next_index() <= stop && writer.next_index().is_multiple_of(JOURNAL_EVERY), "{stop}");
        for index in writer.next_index()..stop {
            writer.push(&sample.entry(index).entry()).unwrap();
        }
    }
    // What a writer leaves that was killed while it wrote a file.
    fs::write(folder.path().join("export.unfinished"), "half").unwrap();
    sample.write(folder.path(), Scope::default(), vec![1, SIZE - 1]).unwrap();
    assert_eq!(files(folder.path()), files(whole.path()));
    assert_eq!(failed(&check(folder.path())), []);
}

#[test]
fn a_writer_that_is_killed_again_and_again_makes_the_same_folder() {
    let (sample, whole, folder) = (Sample::new(SIZE), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sample.write(whole.path(), Scope::default(), vec![1, SIZE - 1]).unwrap();
    // This test binary is the writer: it runs the test below in a process of its own.
    let me = std::env::current_exe().unwrap();
    let mut kills = 0;
    for lines in 1.. {
        let mut child = Command::new(&me)
            .args(["resuming::the_writer_that_is_killed", "--exact", "--ignored", "--nocapture"])
            .env("COFFRET_KILLED_EXPORT", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It says a line now and then; killed after one more of them each time.
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        // Lines of the test itself come with them.
        if !(0..lines * 9).all(|_| said.next().is_some_and(|line| line.is_ok())) {
            assert!(child.wait().unwrap().success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills >= 3, "{kills}");
    assert_eq!(files(folder.path()), files(whole.path()));
}

#[test]
#[ignore = "run by the test above, as the process that it kills"]
#[allow(clippy::disallowed_methods, reason = "the test above says where")]
fn the_writer_that_is_killed() {
    let Some(folder) = std::env::var_os("COFFRET_KILLED_EXPORT") else { return };
    let sample = Sample::new(SIZE);
    let mut writer = begin(Path::new(&folder), sample);
    for index in writer.next_index()..SIZE {
        writer.push(&sample.entry(index).entry()).unwrap();
        if index % 200 == 0 {
            println!("{index}");
        }
    }
    writer.finish(&sample::signer()).unwrap();
}

#[test]
fn another_plan_or_a_folder_of_something_else_is_refused_and_left_as_it_was() {
    let (sample, folder) = (Sample::new(SIZE), tempfile::tempdir().unwrap());
    let mut writer = begin(folder.path(), sample);
    for index in 0..256 {
        writer.push(&sample.entry(index).entry()).unwrap();
    }
    drop(writer);
    let before = files(folder.path());
    for plan in [
        sample.plan(Scope::default(), vec![1]),
        sample.plan(Scope { sealed: true, ..Scope::default() }, vec![1, SIZE - 1]),
        Sample::new(SIZE + 1).plan(Scope::default(), vec![1, SIZE - 1]),
    ] {
        assert!(matches!(ExportWriter::create_or_resume(folder.path(), plan), Err(ExportError::OtherPlan(_))));
    }
    assert_eq!(files(folder.path()), before);
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("precious"), "keep").unwrap();
    let plan = sample.plan(Scope::default(), Vec::new());
    assert!(matches!(ExportWriter::create_or_resume(other.path(), plan), Err(ExportError::NotEmpty(_))));
    assert_eq!(files(other.path()).len(), 1);
}

#[test]
fn a_damaged_journal_or_text_is_not_built_on() {
    let (sample, folder) = (Sample::new(SIZE), tempfile::tempdir().unwrap());
    let mut writer = begin(folder.path(), sample);
    for index in 0..=JOURNAL_EVERY {
        writer.push(&sample.entry(index).entry()).unwrap();
    }
    drop(writer);
    let plan = || sample.plan(Scope::default(), vec![1, SIZE - 1]);
    let journal = fs::read_to_string(folder.path().join("export.journal")).unwrap();
    for changed in [
        journal.replace("\"entries\":4096,", "\"entries\":8192,"),
        journal.replace("\"root\":\"", "\"root\":\"A"),
        String::new(),
        "{}".into(),
    ] {
        assert_ne!(changed, journal);
        fs::write(folder.path().join("export.journal"), changed).unwrap();
        assert!(matches!(ExportWriter::create_or_resume(folder.path(), plan()), Err(ExportError::Damaged(_))));
    }
    fs::write(folder.path().join("export.journal"), journal).unwrap();
    fs::File::options().write(true).open(folder.path().join("events.jsonl")).unwrap().set_len(5).unwrap();
    assert!(matches!(ExportWriter::create_or_resume(folder.path(), plan()), Err(ExportError::Folder(_))));
}

#[test]
fn a_tile_that_was_lost_is_found_before_anything_is_signed() {
    for lost in ["tile/entries/003", "tile/0/003"] {
        let (sample, folder) = (Sample::new(SIZE), tempfile::tempdir().unwrap());
        let mut writer = begin(folder.path(), sample);
        for index in 0..SIZE {
            writer.push(&sample.entry(index).entry()).unwrap();
        }
        fs::write(folder.path().join(lost), "").unwrap();
        assert!(matches!(writer.finish(&sample::signer()), Err(ExportError::ReadBack(name)) if name == lost));
        assert!(!folder.path().join("manifest.sig").exists());
    }
}

#[test]
fn nothing_false_is_written() {
    let (sample, folder) = (Sample::new(SIZE), tempfile::tempdir().unwrap());
    let mut writer = begin(folder.path(), sample);
    let (entry, other) = (sample.entry(0), sample.entry(1));
    let false_opening = Entry { leaf: entry.leaf, opening: Some(Opening { key: &other.key, details: &entry.details }), ..entry.entry() };
    assert!(matches!(writer.push(&false_opening), Err(ExportError::Opening(0))));
    let no_details = entry.clone().with_details("{\"x\":1}".into());
    assert!(matches!(writer.push(&no_details.entry()), Err(ExportError::Details(0))));
    let broken_line = entry.clone().with_details(entry.details.replacen('{', "{\n", 1));
    assert!(matches!(writer.push(&broken_line.entry()), Err(ExportError::Details(0))));
    assert_eq!(writer.next_index(), 0, "what was refused was not written");
    assert!(matches!(writer.finish(&sample::signer()), Err(ExportError::TooFew { given: 0, size: SIZE })));
}

#[test]
fn entries_that_were_not_signed_are_not_signed_now() {
    let (sample, folder) = (Sample::new(300), tempfile::tempdir().unwrap());
    let mut writer = ExportWriter::create_or_resume(folder.path(), sample.plan(Scope::default(), Vec::new())).unwrap();
    for index in 0..300 {
        let entry = sample.entry(if index == 77 { 7777 } else { index });
        writer.push(&entry.entry()).unwrap();
    }
    assert!(matches!(writer.push(&sample.entry(300).entry()), Err(ExportError::TooMany(300))));
    assert!(matches!(writer.finish(&sample::signer()), Err(ExportError::Root)));
    assert!(!folder.path().join("manifest.sig").exists());
}

#[test]
fn another_key_signs_nothing() {
    let (sample, folder) = (Sample::new(9), tempfile::tempdir().unwrap());
    let mut writer = ExportWriter::create_or_resume(folder.path(), sample.plan(Scope::default(), Vec::new())).unwrap();
    for index in 0..9 {
        writer.push(&sample.entry(index).entry()).unwrap();
    }
    let other = coffret_ledger::Signer::from_seed(sample::ORIGIN, &[1; 32]).unwrap();
    assert!(matches!(writer.finish(&other), Err(ExportError::Key)));
    assert!(!folder.path().join("manifest.sig").exists());
}

#[test]
fn files_of_an_export_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("deep/export");
    Sample::new(300).write(&to, Scope::default(), Vec::new()).unwrap();
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    for (name, _) in files(&to) {
        assert_eq!(to.join(&name).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}
