//! `coffret import` as a process: killed, interrupted, repeated, refused; and over real data where they are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use coffret_vault::clock::SystemClock;
use coffret_vault::envelope::SystemEntropy;
use coffret_vault::journal::EntryFilter;
use coffret_vault::keys::file::FileRoot;
use coffret_vault::ledger::Who;
use coffret_vault::operation::NewBrand;
use coffret_vault::page::PageRequest;
use coffret_vault::{Location, Settings, Vault};
use serde_json::Value;

use crate::program::{Postgres, skip};

const BRAND: &str = "Maison Alba";

/// A data folder with one brand in it, and files to import.
struct House {
    folder: tempfile::TempDir,
    database: Option<String>,
}

/// What a vault holds: for each customer the records' types and values in order, and how many entries say that records were imported.
type Held = Vec<(Vec<(String, String)>, usize)>;

impl House {
    fn new(database: Option<&str>) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap(), database: database.map(ToOwned::to_owned) };
        if let Some(url) = &house.database {
            let text = format!("data = \"{}\"\n[database]\nurl = {url:?}\n", house.data().display());
            std::fs::write(house.path("coffret.toml"), text).unwrap();
        }
        house.with_vault(async |vault| {
            let brand = NewBrand {
                title: BRAND.to_owned(),
                legal_name: "Maison Alba SAS".to_owned(),
                country: "FR".to_owned(),
                contact: "privacy@alba.example".to_owned(),
            };
            vault.create_brand(Who::Operator("tests".to_owned()), brand, None).await.unwrap();
        });
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Opens the vault for a while. In a thread and a runtime of its own: nothing holds the data folder afterwards.
    fn with_vault<T: Send>(&self, work: impl AsyncFnOnce(Arc<Vault>) -> T + Send) -> T {
        let location =
            self.database.as_ref().map_or_else(|| Location::Sqlite(self.data().join("vault.db")), |url| Location::Postgres(url.clone()));
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let root = FileRoot::open(&self.data().join("keys"), &SystemEntropy, true).unwrap();
                    let (clock, entropy) = (Arc::new(SystemClock::default()), Arc::new(SystemEntropy));
                    let vault = Vault::open(Settings { location, root: Arc::new(root), clock, entropy }).await.unwrap();
                    work(vault).await
                })
            });
            thread.join().unwrap()
        })
    }

    fn command(&self, map: &Path, more: &[&str], files: &[&Path]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.arg("import").arg("--data").arg(self.data()).args(["--brand", BRAND, "--map"]).arg(map).args(more);
        if self.database.is_some() {
            command.arg("--config").arg(self.path("coffret.toml"));
        }
        command.args(files).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn import(&self, map: &Path, more: &[&str], files: &[&Path]) -> Ended {
        self.command(map, more, files).output().unwrap().into()
    }

    /// What the vault holds, whoever the customers are.
    fn held(&self) -> Held {
        self.with_vault(async |vault| {
            let mut held = Vec::new();
            let mut page = PageRequest::first(1000);
            loop {
                let customers = vault.customers(&page).await.unwrap();
                for customer in &customers.items {
                    let mut records = Vec::new();
                    let mut of_customer = PageRequest::first(1000);
                    loop {
                        let some = vault.records(customer.id, None, &of_customer).await.unwrap();
                        records.extend(some.items.iter().map(|record| (record.info.attribute.clone(), record.value.to_string())));
                        if some.next.is_empty() {
                            break;
                        }
                        of_customer = PageRequest::new(1000, &some.next).unwrap();
                    }
                    records.sort();
                    let imported = EntryFilter { kind: Some("record.imported".to_owned()), ..EntryFilter::default() };
                    let entries = vault.entries(customer.id, &imported, &PageRequest::first(1000)).await.unwrap().items;
                    held.push((records, entries.len()));
                }
                if customers.next.is_empty() {
                    break;
                }
                page = PageRequest::new(1000, &customers.next).unwrap();
            }
            let check = vault.check_ledger(None).await.unwrap();
            assert_eq!(check.faults, Vec::<String>::new());
            held.sort();
            held
        })
    }

    /// Batches that a checkpoint says are stored.
    fn marks(&self) -> usize {
        let Ok(entries) = std::fs::read_dir(self.data().join("imports")) else { return 0 };
        let lines = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default().lines().count();
        entries.map(|entry| lines(entry.unwrap().path())).sum()
    }

    /// Waits until so many batches are stored.
    fn wait_for_marks(&self, wanted: usize, running: &mut Child) {
        for _ in 0..60_000 {
            if self.marks() >= wanted || running.try_wait().unwrap().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("the import does not get on");
    }
}

/// How a run ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    told: String,
    complained: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), told: text(output.stdout), complained: text(output.stderr) }
    }
}

fn mapping(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings").join(name)
}

/// Invented visits of 300 customers; every 97th line is wrong. Heights change, so that the latest must win over all batches.
fn invented(house: &House, lines: u32) -> PathBuf {
    let mut text = "number;day;article;category;pieces;amount;where;gift;height;weight;likes\n".to_owned();
    for line in 0..lines {
        let pieces = if line % 97 == 0 { "none" } else { "1" };
        let (customer, day, inch) = (line * 7919 % 300, line % 28 + 1, line % 11);
        let _ = writeln!(text, "C-{customer};March {day:02}, 2026;AL-{line};Coat;{pieces};{line}.50;B;no;5' {inch};13{}lbs;", line % 10);
    }
    let path = house.path("visits.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn report(file: &Path) -> Vec<Value> {
    let path = file.with_file_name(format!("{}.rejected.jsonl", file.file_name().unwrap().to_str().unwrap()));
    std::fs::read_to_string(path).unwrap_or_default().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines of the summary, without the one that says how it went on.
fn summary(told: &str) -> Vec<&str> {
    told.lines().filter(|line| !line.contains("going on") && !line.contains("rejected.jsonl")).collect()
}

#[test]
fn the_example_becomes_what_its_mapping_says() {
    let house = House::new(None);
    let file = house.path("example.csv");
    std::fs::copy(mapping("example.csv"), &file).unwrap();
    let ended = house.import(&mapping("example.toml"), &[], &[&file]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.told.contains("example.csv: 6 lines read = 4 imported + 2 rejected."), "{ended:?}");
    assert!(ended.told.contains("11 records = 9 stored + 2 superseded by later ones + 0 unchanged. 3 vaults opened."), "{ended:?}");
    let held = house.held();
    assert_eq!(held.len(), 3);
    let values: BTreeMap<&str, Vec<Value>> =
        held.iter().flat_map(|(records, _)| records).fold(BTreeMap::new(), |mut values, (attribute, value)| {
            let value: Value = serde_json::from_str(value).unwrap();
            values.entry(attribute.as_str()).or_insert_with(Vec::new).push(value);
            values
        });
    let heights: Vec<&Value> = values["body.height"].iter().map(|value| &value["value"]).collect();
    assert!(heights.contains(&&serde_json::json!(172.7)) && heights.contains(&&serde_json::json!(185.4)), "{heights:?}");
    // Of two weights the later one.
    assert_eq!(values["body.weight"][0]["value"], 61.7);
    assert_eq!(values["style.colours"].len(), 2);
    assert!(values["purchase.item"].iter().any(|value| value["amount"]["minor"] == 189_000 && value["item"]["category"] == "coat"));
    let found: Vec<(u64, String, String)> = report(&file)
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["reason"].as_str().unwrap().to_owned(), one["field"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [(6, "WRONG_FORMAT", "pieces"), (7, "NOT_IN_MAP", "where")];
    assert_eq!(found, expected.map(|(line, reason, field)| (line, reason.to_owned(), field.to_owned())));
}

#[test]
fn a_killed_import_goes_on_and_ends_as_if_it_had_not_been_killed() {
    survive(&House::new(None), &House::new(None));
}

#[tokio::test]
async fn a_killed_import_goes_on_on_postgresql() {
    let (Some(one), Some(two)) = (Postgres::make().await, Postgres::make().await) else {
        return skip("COFFRET_TEST_POSTGRES names no PostgreSQL");
    };
    let (first, second) = (one.url.clone(), two.url.clone());
    tokio::task::spawn_blocking(move || survive(&House::new(Some(&first)), &House::new(Some(&second)))).await.unwrap();
    one.drop().await;
    two.drop().await;
}

fn survive(whole: &House, broken: &House) {
    const LINES: u32 = 4_000;
    let map = mapping("example.toml");
    let size = ["--batch", "250"];
    let (file, other) = (invented(whole, LINES), invented(broken, LINES));
    let uninterrupted = whole.import(&map, &size, &[&file]);
    assert_eq!(uninterrupted.code, Some(1), "{uninterrupted:?}");
    let mut kills = 0;
    for (round, wanted) in [1, 3, 5, 6, 9, 12].into_iter().enumerate() {
        let mut running = broken.command(&map, &size, &[&other]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        broken.wait_for_marks(wanted, &mut running);
        // Into the middle of a batch, at another place each time.
        std::thread::sleep(Duration::from_millis(7 * round as u64 % 40));
        running.kill().unwrap();
        kills += usize::from(running.wait().unwrap().code().is_none());
    }
    assert!(kills >= 3, "the import was killed {kills} times only");
    let resumed = broken.import(&map, &size, &[&other]);
    assert_eq!(resumed.code, Some(1), "{resumed:?}");
    assert!(resumed.told.contains("going on after"), "{resumed:?}");
    assert_eq!(summary(&resumed.told), summary(&uninterrupted.told));
    assert_eq!(report(&other), report(&file));
    assert!(!report(&file).is_empty());
    assert!(broken.held() == whole.held(), "the killed import stored something else");
    // And once more: nothing happens.
    let again = broken.import(&map, &size, &[&other]);
    assert_eq!((again.code, again.told.contains("it was imported before")), (Some(1), true));
    assert!(broken.held() == whole.held(), "the repetition stored something");
}

#[test]
fn a_killed_import_goes_on_without_its_checkpoint_too() {
    let (whole, broken) = (House::new(None), House::new(None));
    let map = mapping("example.toml");
    let (file, other) = (invented(&whole, 1_000), invented(&broken, 1_000));
    let uninterrupted = whole.import(&map, &["--batch", "200"], &[&file]);
    broken.import(&map, &["--batch", "200", "--first", "600"], &[&other]);
    std::fs::remove_dir_all(broken.data().join("imports")).unwrap();
    let resumed = broken.import(&map, &["--batch", "200"], &[&other]);
    assert_eq!(summary(&resumed.told), summary(&uninterrupted.told));
    assert!(broken.held() == whole.held(), "what was stored before the checkpoint was lost is stored twice");
}

#[test]
fn an_interrupted_import_ends_cleanly_and_goes_on() {
    let house = House::new(None);
    let file = invented(&house, 4_000);
    let map = mapping("example.toml");
    let mut running = house.command(&map, &["--batch", "250"], &[&file]).spawn().unwrap();
    house.wait_for_marks(2, &mut running);
    let told = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(told.success());
    let ended: Ended = running.wait_with_output().unwrap().into();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.complained.contains("Run the same command again to go on."), "{ended:?}");
    let resumed = house.import(&map, &["--batch", "250"], &[&file]);
    assert_eq!(resumed.code, Some(1), "{resumed:?}");
    assert!(resumed.told.contains("visits.csv: 4000 lines read = 3958 imported + 42 rejected."), "{resumed:?}");
}

#[test]
fn each_customer_has_one_entry_for_a_batch() {
    let house = House::new(None);
    let file = house.path("visits.csv");
    let mut text = "number;day;article;category;pieces;amount;where;gift;height;weight;likes\n".to_owned();
    for line in 0..12 {
        let _ = writeln!(text, "C-{};March 08, 2026;AL-{line};Coat;1;10.00;B;no;;;", line % 3);
    }
    std::fs::write(&file, text).unwrap();
    assert_eq!(house.import(&mapping("example.toml"), &["--batch", "6"], &[&file]).code, Some(0));
    let held = house.held();
    assert_eq!(held.iter().map(|(records, entries)| (records.len(), *entries)).collect::<Vec<_>>(), [(4, 2), (4, 2), (4, 2)]);
    assert!(report(&file).is_empty() && !house.path("visits.csv.rejected.jsonl").exists());
}

#[test]
fn a_customer_with_more_records_than_one_change_takes_loses_none() {
    let house = House::new(None);
    let file = house.path("visits.csv");
    let mut text = "number;day;article;category;pieces;amount;where;gift;height;weight;likes\n".to_owned();
    for line in 0..1_203 {
        let _ = writeln!(text, "C-1;March 08, 2026;AL-{line};Coat;1;10.00;B;no;;;");
    }
    std::fs::write(&file, text).unwrap();
    let ended = house.import(&mapping("example.toml"), &[], &[&file]);
    assert!(ended.told.contains("1203 records = 1203 stored"), "{ended:?}");
    let held = house.held();
    assert_eq!((held.len(), held[0].0.len(), held[0].1), (1, 1_203, 3));
}

#[test]
fn lines_that_cannot_be_read_are_reported_by_number_and_the_rest_is_imported() {
    let house = House::new(None);
    let file = house.path("visits.csv");
    let good = "C-1;March 08, 2026;AL-1;Coat;1;10.00;B;no;;;";
    let mut bytes = b"\xEF\xBB\xBFnumber;day;article;category;pieces;amount;where;gift;height;weight;likes\r\n".to_vec();
    bytes.extend_from_slice(format!("{good}\r\n\r\n").as_bytes());
    bytes.extend_from_slice(b"C-2;March 08, 2026;\xFF;Coat;1;10.00;B;no;;;\n");
    bytes.extend_from_slice(b"C-3;too few\n");
    bytes.extend_from_slice(b"C-4;\"March 08, 2026;AL-1;Coat;1;10.00;B;no;;;\n");
    bytes.extend(std::iter::repeat_n(b'x', 1024 * 1024 + 2));
    bytes.extend_from_slice(format!("\n{good}").as_bytes());
    std::fs::write(&file, bytes).unwrap();
    let ended = house.import(&mapping("example.toml"), &[], &[&file]);
    assert!(ended.told.contains("6 lines read = 2 imported + 4 rejected."), "{ended:?}");
    let found: Vec<(u64, String)> =
        report(&file).iter().map(|one| (one["line"].as_u64().unwrap(), one["reason"].as_str().unwrap().to_owned())).collect();
    let expected = [(4, "NOT_UTF_8"), (5, "COLUMN_COUNT"), (6, "QUOTE_NOT_CLOSED"), (7, "LINE_TOO_LONG")];
    assert_eq!(found, expected.map(|(line, reason)| (line, reason.to_owned())));
}

#[test]
fn a_report_quotes_nothing_unless_whole_lines_were_asked_for() {
    let line = "C-77001;March 08, 2026;AL-1;Coat;seven-of-them;10.00;B;no;;;";
    let text = format!("number;day;article;category;pieces;amount;where;gift;height;weight;likes\n{line}\n");
    for (more, kept) in [(&[][..], false), (&["--keep-rejected-lines"][..], true)] {
        let house = House::new(None);
        let file = house.path("visits.csv");
        std::fs::write(&file, &text).unwrap();
        let ended = house.import(&mapping("example.toml"), more, &[&file]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let path = house.path("visits.csv.rejected.jsonl");
        let report = std::fs::read_to_string(&path).unwrap();
        assert_eq!(report.contains(line), kept);
        let quotes = |text: &str| text.contains("seven-of-them") || text.contains("77001");
        assert_eq!(quotes(&report), kept);
        assert!(!quotes(&ended.told) && !quotes(&ended.complained));
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o077, 0);
    }
}

#[test]
fn json_lines_are_imported_by_name_and_by_pointer() {
    let house = House::new(None);
    let map = house.path("map.toml");
    let mapping = "[source]\nformat = 'json_lines'\n[customer]\nid = { column = '/who/number' }\n[[record]]\nattribute = 'body.shoe_size'\n\
                   [record.value]\nsystem = { const = 'EU' }\nsize = { column = 'size' }\n";
    std::fs::write(&map, mapping).unwrap();
    let file = house.path("sizes.jsonl");
    std::fs::write(&file, "{\"who\":{\"number\":7},\"size\":39.5}\n{\"size\":40}\n[]\n{\"who\":{\"number\":8},\"size\":\"38\"}\n").unwrap();
    let ended = house.import(&map, &[], &[&file]);
    assert!(ended.told.contains("4 lines read = 2 imported + 2 rejected."), "{ended:?}");
    let held: Vec<String> = house.held().into_iter().map(|(records, _)| records[0].1.clone()).collect();
    assert_eq!(held, [r#"{"size":"38","system":"EU"}"#, r#"{"size":"39.5","system":"EU"}"#]);
}

#[test]
fn what_cannot_run_says_why_and_stores_nothing() {
    let house = House::new(None);
    let file = invented(&house, 10);
    let map = house.path("map.toml");
    let example = std::fs::read_to_string(mapping("example.toml")).unwrap();
    let cases = [
        ("there is no such attribute type", example.replace("body.height", "body.wings")),
        ("[[record]] 2 (body.height), value.value: ", example.replace("\"height\", convert", "\"tallness\", convert")),
        ("format: ", example.replace("%B %d, %Y", "%Q")),
        ("map.toml, line 1: ", "[source\n".to_owned()),
    ];
    for (expected, text) in cases {
        std::fs::write(&map, text).unwrap();
        let ended = house.import(&map, &[], &[&file]);
        assert_eq!(ended.code, Some(2), "{expected}: {ended:?}");
        assert!(ended.complained.contains(expected) && ended.complained.contains("map.toml"), "{expected}: {ended:?}");
    }
    let good = mapping("example.toml");
    let missing = house.path("missing.csv");
    for (expected, files) in
        [("missing.csv: it cannot be read", vec![file.as_path(), &missing]), ("it is not a regular file", vec![Path::new("/dev/zero")])]
    {
        let ended = house.import(&good, &[], &files);
        assert_eq!((ended.code, ended.complained.contains(expected)), (Some(2), true), "{ended:?}");
    }
    // A pipe must be refused, not waited for.
    let pipe = house.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(house.import(&good, &[], &[&pipe]).code, Some(2));
    let mut unknown = Command::new(env!("CARGO_BIN_EXE_coffret"));
    unknown.arg("import").arg("--data").arg(house.data()).args(["--brand", "Nobody", "--map"]).arg(&good).arg(&file);
    assert!(Ended::from(unknown.output().unwrap()).complained.contains("there is no brand"));
    let mut nowhere = Command::new(env!("CARGO_BIN_EXE_coffret"));
    nowhere.arg("import").arg("--data").arg(house.path("nowhere")).args(["--brand", BRAND, "--map"]).arg(&good).arg(&file);
    assert_eq!(nowhere.output().unwrap().status.code(), Some(2));
    assert!(!house.path("nowhere").exists());
    assert!(house.held().is_empty());
}

#[test]
fn a_vault_in_use_is_left_alone() {
    let house = House::new(None);
    let file = invented(&house, 10);
    let ended = house.with_vault(async |_vault| house.import(&mapping("example.toml"), &[], &[&file]));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.complained.contains("Another Coffret process uses this data folder."), "{ended:?}");
    assert!(house.held().is_empty());
}

/// A file of the real data, or nothing where they are not.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    path.exists().then_some(path)
}

#[test]
fn fit_feedback_of_5000_real_rows_is_imported_whole() {
    let Some(file) = shared("rtr_fit/rtr_cleandata.parquet") else { return skip("../shared/data/rtr_fit is not here") };
    let house = House::new(None);
    let reports = house.path("reports");
    let ended =
        house.import(&mapping("rtr_fit.toml"), &["--batch", "1000", "--first", "5000", "--rejected", reports.to_str().unwrap()], &[&file]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.told.contains("rtr_cleandata.parquet: 5000 lines read = 5000 imported + 0 rejected."), "{ended:?}");
    let held = house.held();
    let of = |name: &str| held.iter().flat_map(|(records, _)| records).filter(|(attribute, _)| attribute == name).count();
    assert_eq!(of("purchase.fit"), 5000);
    assert!(of("body.height") > 4000 && of("body.height") <= held.len());
}

#[test]
fn purchases_of_5000_real_lines_are_imported_whole() {
    let Some(file) = shared("cdnow/CDNOW_master.txt") else { return skip("../shared/data/cdnow is not here") };
    let house = House::new(None);
    let reports = house.path("reports");
    let ended =
        house.import(&mapping("cdnow.toml"), &["--batch", "1000", "--first", "5000", "--rejected", reports.to_str().unwrap()], &[&file]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.told.contains("5000 records = 5000 stored + 0 superseded by later ones + 0 unchanged."), "{ended:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    let first: Vec<Vec<&str>> = text.lines().skip(1).take(5000).map(|line| line.split_whitespace().collect()).collect();
    let cents: u64 = first.iter().map(|line| line[3].replace('.', "").parse::<u64>().unwrap()).sum();
    let stored: u64 = house
        .held()
        .iter()
        .flat_map(|(records, _)| records)
        .map(|(_, value)| serde_json::from_str::<Value>(value).unwrap()["amount"]["minor"].as_u64().unwrap())
        .sum();
    assert_eq!(stored, cents);
}
