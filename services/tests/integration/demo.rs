//! The demo as people start it: once, again, on a port that is taken, and where something has gone wrong.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use coffret_proto::v1;

use crate::program::Data;

fn demo(data: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
    command.args(["demo", "--once", "--port", "0", "--data"]).arg(data).args(more).output().expect("runs")
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_story_goes_as_expected_at_every_start() {
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
    let fresh = shown(&demo(folder.path(), &["--fresh"]));
    assert!(fresh.contains("Camille stops") && fresh.contains("were made over gRPC"), "{fresh}");
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
