//! `coffret export ledger` and `coffret verify` one after the other, as whoever runs a deployment and its auditor would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn coffret(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coffret")).args(words).output().expect("runs")
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A vault with lives, grants, reads and stops in it.
struct Deployment(tempfile::TempDir);

impl Deployment {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let told = coffret(&["demo", "--once", "--port", "0", "--data", folder.path().to_str().expect("a path")]);
        assert!(told.status.success(), "{}", shown(&told));
        Self(folder)
    }

    fn data(&self) -> &str {
        self.0.path().to_str().expect("a path")
    }

    fn to(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn export(&self, to: &Path, more: &[&str]) -> Output {
        let to = to.to_str().expect("a path");
        coffret(&[&["export", "ledger", "--data", self.data(), "--to", to, "--reason", "Audit of 2026, case 17"], more].concat())
    }

    /// Exports, and gives the log's key.
    fn exported(&self, to: &Path, more: &[&str]) -> String {
        let told = self.export(to, more);
        let text = shown(&told);
        assert!(told.status.success(), "{text}");
        let key = text.split("--key '").nth(1).and_then(|rest| rest.split('\'').next());
        key.expect("the key is told").to_owned()
    }

    fn clients(&self) -> Vec<String> {
        let state = std::fs::read(self.0.path().join("demo").join("state.json")).expect("the demo's state");
        let state: Value = serde_json::from_slice(&state).expect("JSON");
        state["clients"].as_array().expect("clients").iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
    }
}

fn report(key: &str, folder: &Path) -> Value {
    let told = coffret(&["verify", "--json", "--key", key, folder.to_str().expect("a path")]);
    let report: Value = serde_json::from_slice(&told.stdout).unwrap_or_else(|_| panic!("{}", shown(&told)));
    assert_eq!(told.status.success(), report["good"] == true, "{report:#}");
    report
}

/// Checks with this outcome.
fn checks<'a>(report: &'a Value, outcome: &str) -> Vec<&'a str> {
    let checks = report["checks"].as_array().expect("checks").iter().filter(|check| check["outcome"] == outcome);
    checks.map(|check| check["check"].as_str().expect("a name")).collect()
}

fn events(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("events.jsonl")).expect("events");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn the_whole_log_is_exported_and_every_check_that_can_be_made_passes() {
    let deployment = Deployment::new();
    let to = deployment.to("audit");
    let key = deployment.exported(&to, &["--proofs", "0,7"]);
    assert!(key.starts_with("demo.coffret.example/ledger/"), "{key}");
    let report = report(&key, &to);
    assert_eq!(checks(&report, "fail"), Vec::<&str>::new(), "{report:#}");
    let passed = checks(&report, "pass");
    for check in
        ["manifest", "files", "checkpoint", "tiles", "bundles", "openings", "events", "table", "streams", "reads", "expiry", "proofs"]
    {
        assert!(passed.contains(&check), "{check}: {report:#}");
    }
    let events = events(&to);
    assert_eq!(Some(events.len() as u64), report["size"].as_u64(), "every entry has a line");
    let own = events.iter().filter(|event| event["data"]["type"] == "ledger.exported").count();
    assert_eq!(own, 1, "the export's own entry is in it");
    assert!(events.iter().any(|event| event["data"]["type"] == "read"), "reads are in it");
    assert!(!deployment.to("audit.unfinished").exists());
    // What the values of records are is in no entry.
    let openings = std::fs::read_to_string(to.join("openings.jsonl")).expect("openings");
    assert!(!openings.contains("value"), "an entry never holds a value");
}

#[test]
fn a_customers_entries_are_exported_for_a_case_and_the_customer_reads_of_it() {
    let deployment = Deployment::new();
    let client = &deployment.clients()[0];
    let to = deployment.to("case");
    let key = deployment.exported(&to, &["--customer", client]);
    let report = report(&key, &to);
    assert_eq!(checks(&report, "fail"), Vec::<&str>::new(), "{report:#}");
    let events = events(&to);
    let streams: std::collections::BTreeSet<&str> = events.iter().map(|event| event["data"]["stream"].as_str().expect("opened")).collect();
    assert_eq!(streams.len(), 1, "of nobody else");
    let last = events.last().expect("entries");
    assert_eq!(last["data"]["type"], "ledger.exported");
    assert_eq!(last["data"]["reason"], "Audit of 2026, case 17");
    assert_eq!(last["data"]["who"]["name"], "operators/console");
}

#[test]
fn a_sealed_export_opens_nothing_and_a_flipped_bit_is_found() {
    let deployment = Deployment::new();
    let to = deployment.to("sealed");
    let key = deployment.exported(&to, &["--sealed"]);
    assert_eq!(std::fs::read(to.join("openings.jsonl")).expect("openings"), b"");
    assert!(events(&to).iter().all(|event| event["data"].is_null()));
    assert_eq!(report(&key, &to)["good"], true);
    let bundle = std::fs::read_dir(to.join("tile").join("entries")).expect("bundles").next().expect("one").expect("readable").path();
    let bundle =
        if bundle.is_dir() { std::fs::read_dir(bundle).expect("partial").next().expect("one").expect("readable").path() } else { bundle };
    let mut bytes = std::fs::read(&bundle).expect("a bundle");
    bytes[40] ^= 1;
    std::fs::write(&bundle, bytes).expect("written");
    assert_eq!(report(&key, &to)["good"], false);
}

#[test]
fn what_cannot_be_exported_is_said_and_nothing_is_written() {
    let deployment = Deployment::new();
    for (more, said) in [
        (&["--customer", "ana"][..], "--customer"),
        (&["--brand", "brands/7"], "--brand"),
        (&["--from", "yesterday"], "--from"),
        (&["--by", "operators/\u{202E}enaj"], "name of who exports"),
        (&["--customer", "customers/01970000-0000-7000-8000-000000000000"], "customer"),
        (&["--log", "vault.example/ledger/1999"], "log"),
        (&["--proofs", "999999"], "proof"),
    ] {
        let to = deployment.to("never");
        let told = deployment.export(&to, more);
        let text = shown(&told);
        assert!(!told.status.success() && text.contains(said), "{more:?}: {text}");
        assert!(!to.exists() && !deployment.to("never.unfinished").exists(), "{more:?} leaves no folder");
    }
    let full = deployment.to("full");
    std::fs::create_dir(&full).expect("made");
    std::fs::write(full.join("letter"), "mine").expect("written");
    let told = deployment.export(&full, &[]);
    assert!(!told.status.success() && shown(&told).contains("not empty"), "{}", shown(&told));
    assert_eq!(std::fs::read_dir(&full).expect("readable").count(), 1);
}

/// Keys of nobody, made for this test.
const IDENTITY: &str = "AGE-SECRET-KEY-1ZNH2KLAKG62P7972QLQYD2NTENU4AEJUVDRF23VRC9AXA4NCPUNS3ZLU4Y";
const RECIPIENT: &str = "age1a52shsssmpqyrcgn3hzrkng594zec0y8rky3u6n6grkjdvwth4eqn8ewqq";

#[test]
fn an_export_for_one_auditor_goes_out_as_one_file_that_tells_others_nothing() {
    let deployment = Deployment::new();
    let to = deployment.to("audit");
    let more = ["--recipient", RECIPIENT, "--receipts", "--parquet", "--tar", "--openings-expire", "30"];
    let key = deployment.exported(&to, &more);
    let (tar, identity) = (deployment.to("audit.tar"), deployment.to("identity"));
    std::fs::write(&identity, format!("{IDENTITY}\n")).expect("written");
    for export in [&to, &tar] {
        let closed = report(&key, export);
        assert_eq!(checks(&closed, "fail"), Vec::<&str>::new(), "{closed:#}");
        for check in ["openings", "events", "table", "columns", "streams", "reads", "receipts"] {
            assert!(checks(&closed, "not_checked").contains(&check), "{closed:#}");
        }
        let told = coffret(&["verify", "--json", "--key", &key, "--identity", identity.to_str().unwrap(), export.to_str().unwrap()]);
        let open: Value = serde_json::from_slice(&told.stdout).unwrap_or_else(|_| panic!("{}", shown(&told)));
        assert_eq!((told.status.code(), checks(&open, "fail")), (Some(0), Vec::new()), "{open:#}");
        for check in ["openings", "events", "table", "columns", "streams", "reads", "receipts"] {
            assert!(checks(&open, "pass").contains(&check), "{open:#}");
        }
    }
    // Who was named in what, and why: in no file in clear.
    let bytes = std::fs::read(&tar).expect("a tar");
    for secret in ["Audit of 2026, case 17", "request.approved", "made_to_measure", "brand.created"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
    let again = deployment.export(&deployment.to("other"), &["--recipient", "age1nobody"]);
    assert!(!again.status.success() && shown(&again).contains("recipient") && !deployment.to("other").exists(), "{}", shown(&again));
}

#[test]
fn an_export_that_is_killed_goes_on_wherever_the_folder_is_named_from() {
    use std::process::Stdio;
    let deployment = Deployment::new();
    let to = deployment.to("here");
    std::fs::create_dir(&to).expect("made");
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.args(["export", "ledger", "--data", deployment.data(), "--to", ".", "--reason", "Case 18"]).current_dir(&to);
        command
    };
    let mut child = command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    // As soon as there is something to go on with.
    let journal = loop {
        if let Ok(journal) = std::fs::read(to.join("export.journal")) {
            break journal;
        }
        assert!(child.try_wait().expect("known").is_none(), "it ended before it could be killed");
        std::thread::sleep(std::time::Duration::from_micros(200));
    };
    child.kill().expect("killed");
    child.wait().expect("waited for");
    // Whoever closes the database last takes its journal away.
    let beside = || {
        let names = std::fs::read_dir(deployment.0.path()).expect("readable").map(|one| one.expect("one").file_name());
        names.filter(|name| !name.to_string_lossy().starts_with("vault.db-")).collect::<std::collections::BTreeSet<_>>()
    };
    let before = beside();
    let killed = !to.join("manifest.sig").exists();
    // Of an export of which nothing had come, nothing is left to go on with.
    let begun = to.join("tile").exists();
    let told = command().output().expect("runs");
    let text = shown(&told);
    if killed {
        assert!(told.status.success(), "{text}");
        let key = text.split("--key '").nth(1).and_then(|rest| rest.split('\'').next()).expect("the key is told");
        assert_eq!(report(key, &to)["good"], true);
        let journal: Value = serde_json::from_slice(&journal).expect("JSON");
        let checkpoint = std::fs::read_to_string(to.join("checkpoint")).expect("a checkpoint");
        if begun {
            assert_eq!(journal["begun"]["checkpoint"], checkpoint, "it is the export that was begun");
        }
    } else {
        assert!(text.contains("holds an export already"), "{text}");
    }
    assert_eq!(beside(), before, "nothing is left beside the folder");
}
