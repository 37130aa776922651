//! Too much: too many calls, too large messages, too many connections, too long.

use std::time::Duration;

use bytes::Bytes;
use coffret_proto::v1;
use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_services::limit::{Limits, Rate};
use coffret_vault::credential::Role;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::deployment::Deployment;
use crate::raw::Client;
use crate::world::refusal;

const WHO: &str = "/coffret.v1.IdentityService/WhoAmI";

fn is_limited(status: &Status) -> bool {
    let details = status.get_error_details();
    status.code() == Code::ResourceExhausted
        && details.error_info().is_some_and(|info| info.reason == "RATE_LIMITED")
        && details.retry_info().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_brands_flood_is_refused_and_the_other_brand_is_answered() {
    let limits = Limits { brand: Rate { per_second: 5, at_once: 4 }, ..Limits::none() };
    let deployment = Deployment::start_with(limits, Duration::from_secs(5)).await;
    let (maison, atelier) = (deployment.brand("Maison").await, deployment.brand("Atelier").await);
    let (loud, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let (quiet, _) = deployment.bearer(Role::Brand, atelier.to_string(), 600).await;
    let mut refused = 0;
    for _ in 0..50 {
        if let Err(status) = loud.call(WHO, Bytes::new()).await {
            assert!(is_limited(&status), "{status:?}");
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
    assert!(quiet.call(WHO, Bytes::new()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_count_among_the_calls_at_once() {
    let limits = Limits { brand: Rate { per_second: 0, at_once: 2 }, ..Limits::none() };
    let deployment = Deployment::start_with(limits, Duration::from_secs(5)).await;
    let maison = deployment.brand("Maison").await;
    let (client, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let watch = || {
        let mut access = AccessServiceClient::new(client.channel.clone());
        let request = client.request(v1::WatchGrantsRequest::default());
        async move { access.watch_grants(request).await }
    };
    let first = watch().await.expect("opens");
    let _second = watch().await.expect("opens");
    assert!(is_limited(&watch().await.expect_err("one too many")));
    drop(first);
    let mut tries = 0;
    while let Err(status) = watch().await {
        assert!(is_limited(&status), "{status:?}");
        tries += 1;
        assert!(tries < 100, "the place of a closed stream is not given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_tokens_is_slowed_down_and_hinders_no_known_caller() {
    let limits = Limits { address: Rate { per_second: 5, at_once: 0 }, ..Limits::none() };
    let deployment = Deployment::start_with(limits, Duration::from_secs(5)).await;
    let (known, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 600).await;
    let guess = Client { token: Some(format!("cft_{}", "x".repeat(43))), ..known.clone() };
    let mut limited = 0;
    for _ in 0..30 {
        let status = guess.call(WHO, Bytes::new()).await.expect_err("a guess");
        limited += usize::from(is_limited(&status));
    }
    assert!(limited > 10, "{limited}");
    assert!(known.call(WHO, Bytes::new()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_above_the_limit_and_one_that_is_none_are_refused() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let (client, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let read = "/coffret.v1.AccessService/ReadRecords";
    let large = client.call(read, Bytes::from(vec![0_u8; 5 * 1024 * 1024])).await.expect_err("refused");
    assert_eq!(refusal(&large), (Code::InvalidArgument, "MESSAGE_TOO_LARGE".to_owned()));
    assert!(large.get_error_details().retry_info().is_none(), "trying again does not help");
    let broken = client.call(read, Bytes::from_static(&[0xff; 64])).await.expect_err("refused");
    assert_eq!(refusal(&broken), (Code::InvalidArgument, "MESSAGE_INVALID".to_owned()));
    assert!(client.call(WHO, Bytes::new()).await.is_ok(), "the server goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_above_the_limit_are_refused() {
    let deployment = Deployment::start().await;
    let (client, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 600).await;
    let mut identity = v1::identity_service_client::IdentityServiceClient::new(client.channel.clone());
    let mut request = client.request(v1::WhoAmIRequest {});
    request.metadata_mut().insert("x-much", "x".repeat(32 * 1024).parse().expect("a header"));
    assert!(identity.who_am_i(request).await.is_err());
    assert!(identity.who_am_i(client.request(v1::WhoAmIRequest {})).await.is_ok(), "the server goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_callers_deadline() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let (client, _) = deployment.bearer(Role::Brand, maison.to_string(), 600).await;
    let mut request = client.request(v1::WatchGrantsRequest::default());
    request.metadata_mut().insert("grpc-timeout", "300m".parse().expect("a header"));
    let mut changes = AccessServiceClient::new(client.channel.clone()).watch_grants(request).await.expect("opens").into_inner();
    let ended = tokio::time::timeout(Duration::from_secs(5), changes.message()).await.expect("in time").expect_err("ended");
    assert_eq!(ended.code(), Code::DeadlineExceeded);
    assert_eq!(ended.get_error_details().error_info().expect("ours").reason, "DEADLINE_EXCEEDED");
}

async fn idle_connections(count: usize) {
    let deployment = Deployment::start().await;
    let (client, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 600).await;
    let mut idle = Vec::with_capacity(count);
    for _ in 0..count {
        idle.push(tokio::net::TcpStream::connect(deployment.server.address()).await.expect("connects"));
    }
    assert!(client.call(WHO, Bytes::new()).await.is_ok());
    // A new caller, beside those who said nothing, is answered too.
    assert!(deployment.endpoint(None).connect().await.is_ok());
    assert_eq!(idle.len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_connections_that_say_nothing_hinder_nobody() {
    idle_connections(500).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs 10,000 file descriptors here and as many in the program"]
async fn ten_thousand_connections_that_say_nothing_hinder_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut child, address) = crate::stopping::program(folder.path());
    let mut idle = Vec::with_capacity(10_000);
    for _ in 0..10_000 {
        idle.push(tokio::net::TcpStream::connect(&address).await.expect("connects"));
    }
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).expect("an address");
    let client = Client { channel: endpoint.connect().await.expect("connects"), token: None };
    let answer = client.call(WHO, Bytes::new()).await.expect_err("nobody");
    assert_eq!(answer.code(), Code::Unauthenticated);
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    println!("{memory}");
    assert_eq!(idle.len(), 10_000);
    child.kill().expect("ended");
    child.wait().expect("ended");
}
