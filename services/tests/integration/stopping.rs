//! Ends: of the server, and of streams whose caller may no longer.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use coffret_proto::v1;
use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_services::limit::Limits;
use coffret_vault::credential::Role;
use tonic::{Code, Streaming};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::deployment::{Deployment, operator};
use crate::raw::Client;

async fn watch(client: &Client) -> Streaming<v1::WatchGrantsResponse> {
    let request = client.request(v1::WatchGrantsRequest::default());
    AccessServiceClient::new(client.channel.clone()).watch_grants(request).await.expect("opens").into_inner()
}

async fn ended(mut stream: Streaming<v1::WatchGrantsResponse>) -> (Code, String) {
    let status = tokio::time::timeout(Duration::from_secs(5), stream.message()).await.expect("in time").expect_err("ended");
    (status.code(), status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_tells_open_streams_and_takes_no_new_connection() {
    let deployment = Deployment::start_with(Limits::none(), Duration::from_secs(20)).await;
    let maison = deployment.brand("Maison").await;
    let (client, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let stream = watch(&client).await;
    let endpoint = deployment.endpoint(None);
    let Deployment { server, folder, .. } = deployment;
    // Well before the drain time: nothing keeps the server from ending.
    let stopped = tokio::time::timeout(Duration::from_secs(5), server.stop());
    let (stopped, ended) = tokio::join!(stopped, ended(stream));
    stopped.expect("in time");
    assert_eq!(ended, (Code::Unavailable, "SERVER_STOPPING".to_owned()));
    assert!(endpoint.connect().await.is_err());
    drop(folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_ends_its_open_stream() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let (client, token) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let stream = watch(&client).await;
    deployment.vault.revoke_token(operator(), token, None).await.expect("revoked");
    assert_eq!(ended(stream).await, (Code::Unauthenticated, "UNAUTHENTICATED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_ends_its_open_stream() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let (client, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let stream = watch(&client).await;
    deployment.clock.advance_seconds(601);
    assert_eq!(ended(stream).await, (Code::Unauthenticated, "UNAUTHENTICATED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_brands_open_stream_ends() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.certificate(maison, "maison.example").await;
    let stream = watch(&Client { channel: deployment.connect(Some(&issued)).await, token: None }).await;
    deployment.vault.suspend_brand(operator(), maison, "A test.".to_owned(), None).await.expect("suspended");
    assert_eq!(ended(stream).await, (Code::PermissionDenied, "BRAND_SUSPENDED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_open_to_anybody_and_says_when_a_stop_begins() {
    let deployment = Deployment::start().await;
    let anyone = deployment.anyone().await;
    let mut health = HealthClient::new(anyone.channel.clone());
    for service in ["", "coffret.v1.AccessService", "coffret.v1.IdentityService"] {
        let asked = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(asked).await.expect("open").into_inner().status(), ServingStatus::Serving);
    }
    let mut watched = health.watch(HealthCheckRequest::default()).await.expect("open").into_inner();
    assert_eq!(watched.message().await.expect("open").expect("a state").status(), ServingStatus::Serving);
    let Deployment { server, folder, .. } = deployment;
    let stopped = tokio::spawn(server.stop());
    match tokio::time::timeout(Duration::from_secs(5), watched.message()).await.expect("in time") {
        Ok(Some(state)) => assert_eq!(state.status(), ServingStatus::NotServing),
        Ok(None) => panic!("the watch ended without a word"),
        Err(status) => assert_eq!(status.code(), Code::Unavailable),
    }
    stopped.await.expect("stops");
    drop(folder);
}

/// Starts the program on a free port over plaintext; gives it with its address.
pub(crate) fn program(folder: &std::path::Path) -> (std::process::Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coffret"))
        .args(["serve", "--insecure-loopback", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder)
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("address=")?;
        rest.split_whitespace().next().map(str::to_owned)
    });
    // The pipe is read to its end, or the program could not write.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address.expect("it says where it listens"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_ends_on_sigterm_and_on_sigint_with_code_0() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut child, address) = program(folder.path());
        let channel =
            tonic::transport::Endpoint::from_shared(format!("http://{address}")).expect("an address").connect().await.expect("connects");
        let refused = Client { channel, token: None }.call("/coffret.v1.IdentityService/WhoAmI", Bytes::new()).await.expect_err("nobody");
        assert_eq!(refused.code(), Code::Unauthenticated);
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().expect("sent").success());
        let ended = tokio::task::spawn_blocking(move || child.wait()).await.expect("waited").expect("ended");
        assert_eq!(ended.code(), Some(0), "{signal}");
    }
}

#[test]
fn the_program_says_what_is_wrong_with_its_configuration_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("coffret.toml");
    std::fs::write(&path, "[tls]\ncertificat = \"x\"\n").expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_coffret")).args(["serve", "--config"]).arg(&path).output().expect("runs");
    let told = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("coffret.toml line 2, certificat: unknown field `certificat`"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}
