//! The demo as people start it: once, again, on a port that is taken, and where something has gone wrong.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use coffret_proto::v1;
use coffret_vault::clock::SystemClock;
use coffret_vault::envelope::SystemEntropy;
use coffret_vault::keys::file::FileRoot;
use coffret_vault::page::PageRequest;
use coffret_vault::{Location, Settings, Vault};

use crate::program::Data;

fn demo(data: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
    command.args(["demo", "--once", "--port", "0", "--data"]).arg(data).args(more).output().expect("runs")
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// How many tokens count at this moment, by whom they stand for.
async fn live_tokens(folder: &Path) -> BTreeMap<String, usize> {
    let entropy = Arc::new(SystemEntropy);
    let root = Arc::new(FileRoot::open(&folder.join("keys"), entropy.as_ref(), false).expect("the demo's key"));
    let settings = Settings { location: Location::Sqlite(folder.join("vault.db")), root, clock: Arc::new(SystemClock::default()), entropy };
    let vault = Vault::open(settings).await.expect("opens");
    let mut live = BTreeMap::new();
    let tokens = vault.tokens(None, &PageRequest::first(1000)).await.expect("tokens").items;
    for token in tokens.into_iter().filter(|token| token.revoked_at.is_none() && token.expires_at > vault.now()) {
        *live.entry(token.subject).or_default() += 1;
    }
    live
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_goes_as_expected_at_every_start_and_leaves_no_further_tokens() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = String::new();
    // Often enough to come round to the first client again.
    for start in 1..=13 {
        let told = demo(folder.path(), &[]);
        let text = shown(&told);
        assert!(told.status.success(), "start {start}: {text}");
        assert!(text.contains("steps went as expected") && !text.contains("NOT AS EXPECTED"), "start {start}: {text}");
        assert!(!text.contains('\u{1b}'), "colours where no terminal is");
        for shown in ["COUNTERED", "VIEW_NOT_GRANTED", "FREQUENCY_EXCEEDED", "REVOKED", "GRANT_REVOKED", "VALID", "No fault"] {
            assert!(text.contains(shown), "start {start} lacks {shown}: {text}");
        }
        if start == 1 {
            first = text;
        } else if start < 13 {
            assert!(
                text.contains("from an earlier start") && !text.contains("Camille stops"),
                "start {start} takes another client: {text}"
            );
        }
    }
    assert!(first.contains("Camille stops") && first.contains("were made over gRPC"));
    let live = live_tokens(folder.path()).await;
    assert!(live.contains_key("operators/demo") && live.len() > 12, "{live:?}");
    assert!(live.values().all(|count| *count == 1), "one token for each, after thirteen starts: {live:?}");
    let fresh = shown(&demo(folder.path(), &["--fresh"]));
    assert!(fresh.contains("Camille stops") && fresh.contains("were made over gRPC"), "{fresh}");
}

#[test]
fn a_demo_whose_own_folder_was_deleted_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(demo(folder.path(), &[]).status.success());
    let (own, kept) = (folder.path().join("demo"), folder.path().join("kept"));
    std::fs::rename(&own, &kept).expect("moved");
    let database = std::fs::read(folder.path().join("vault.db")).expect("there");
    let told = demo(folder.path(), &[]);
    let text = shown(&told);
    assert_eq!(told.status.code(), Some(1), "{text}");
    assert!(text.contains("demo is gone") && text.contains("--fresh") && text.contains("nothing was changed"), "{text}");
    assert!(!own.exists() && std::fs::read(folder.path().join("vault.db")).expect("there") == database, "nothing was made or lost");
    std::fs::rename(&kept, &own).expect("moved back");
    assert!(shown(&demo(folder.path(), &[])).contains("from an earlier start"), "put back, it goes on");
    std::fs::remove_dir_all(&own).expect("removed");
    let fresh = demo(folder.path(), &["--fresh"]);
    assert!(fresh.status.success() && shown(&fresh).contains("were made over gRPC"), "{}", shown(&fresh));
}

#[test]
fn a_port_in_use_is_said_clearly() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("known").port().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
    let told = command.args(["demo", "--once", "--port", &port, "--data"]).arg(folder.path()).output().expect("runs");
    assert_eq!(told.status.code(), Some(1));
    assert!(shown(&told).contains(&format!("Port {port} is in use by another program")), "{}", shown(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_goes_otherwise_is_marked_and_fails_the_start() {
    let data = Data::seed(None).await;
    let mut server = data.serve().await;
    let suspend = v1::SuspendBrandRequest {
        name: data.text("/brands/alba/name").to_owned(),
        reason: "A test of what the demo says then".to_owned(),
        request_id: String::new(),
    };
    server.operator().await.operation().suspend_brand(suspend).await.expect("suspended");
    server.kill();
    let told = demo(Path::new(data.text("/data")), &[]);
    assert_eq!(told.status.code(), Some(1));
    let text = shown(&told);
    assert!(text.contains("NOT AS EXPECTED") && text.contains("BRAND_SUSPENDED"), "{text}");
    assert!(text.contains("No fault"), "what does not depend on it is still told: {text}");
}
