//! Certificates: whose count, whose do not, and what happens when they change.

use bytes::Bytes;
use coffret_services::tls::{Tls, TlsError};
use coffret_vault::credential::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::deployment::{Authority, Deployment, FAR, Issued, operator};
use crate::raw::Client;

const WHO: &str = "/coffret.v1.IdentityService/WhoAmI";

async fn who(deployment: &Deployment, identity: Option<&Issued>) -> Result<Bytes, Status> {
    let channel = deployment.endpoint(identity).connect_lazy();
    Client { channel, token: None }.call(WHO, Bytes::new()).await
}

/// Whether the server's services answered at all.
fn answered(answer: &Result<Bytes, Status>) -> bool {
    match answer {
        Ok(_) => true,
        Err(status) => status.get_error_details().error_info().is_some(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_certificate_is_its_brand() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.certificate(maison, "maison.example").await;
    let answer = who(&deployment, Some(&issued)).await.expect("known");
    let answer: coffret_proto::v1::WhoAmIResponse = prost::Message::decode(answer).expect("decodes");
    assert_eq!(answer.name, format!("brands/{maison}"));
    assert_eq!(answer.role(), coffret_proto::v1::Role::Brand);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority_gets_no_connection() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let foreign = Authority::new("test authority").issue("maison.example", FAR);
    let ends = deployment.vault.now().plus_days(30);
    // Not even one that is registered.
    deployment.vault.register_certificate(operator(), maison, foreign.fingerprint, ends, None).await.expect("registered");
    let answer = who(&deployment, Some(&foreign)).await;
    assert!(!answered(&answer), "{answer:?}");
    assert!(answered(&who(&deployment, None).await), "the server goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_gets_no_connection() {
    let deployment = Deployment::start().await;
    let expired = deployment.authority.issue("maison.example", 2020);
    let answer = who(&deployment, Some(&expired)).await;
    assert!(!answered(&answer), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_whose_registration_has_ended_is_nobodys() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.authority.issue("maison.example", FAR);
    let ends = deployment.vault.now().plus_days(1);
    deployment.vault.register_certificate(operator(), maison, issued.fingerprint, ends, None).await.expect("registered");
    assert!(who(&deployment, Some(&issued)).await.is_ok());
    deployment.clock.advance_seconds(86_401);
    assert_eq!(who(&deployment, Some(&issued)).await.expect_err("ended").code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_is_nobodys_at_once_also_on_an_open_connection() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.certificate(maison, "maison.example").await;
    let client = Client { channel: deployment.connect(Some(&issued)).await, token: None };
    assert!(client.call(WHO, Bytes::new()).await.is_ok());
    let credential = deployment.vault.credentials(maison).await.expect("listed")[0].id;
    deployment.vault.revoke_credential(operator(), maison, credential, None).await.expect("revoked");
    assert_eq!(client.call(WHO, Bytes::new()).await.expect_err("revoked").code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_refused_even_beside_a_good_certificate() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.certificate(maison, "maison.example").await;
    let (late, _) = deployment.bearer(Role::Operator, "operators/late".to_owned(), 60).await;
    deployment.clock.advance_seconds(61);
    for token in [late.token, Some(format!("cft_{}", "x".repeat(43))), Some("nonsense".to_owned()), Some(String::new())] {
        let client = Client { channel: deployment.connect(Some(&issued)).await, token };
        assert_eq!(client.call(WHO, Bytes::new()).await.expect_err("refused").code(), Code::Unauthenticated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_certificates_are_taken_while_calls_go_on() {
    let deployment = Deployment::start().await;
    let (before, _) = deployment.bearer(Role::Operator, "operators/otto".to_owned(), 3600).await;
    let new = Authority::new("the next authority");
    let server = new.issue("localhost", FAR);
    std::fs::write(deployment.path("server.pem"), &server.certificate).expect("written");
    std::fs::write(deployment.path("server.key"), &server.key).expect("written");
    deployment.server.reload();
    assert!(deployment.endpoint(None).connect().await.is_err(), "the new certificate is not of the old authority");
    assert!(before.call(WHO, Bytes::new()).await.is_ok(), "open connections stay");
    let next = Deployment { authority: new, ..deployment };
    assert!(next.endpoint(None).connect().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_taken_out_lets_nobody_in_any_more() {
    let deployment = Deployment::start().await;
    let maison = deployment.brand("Maison").await;
    let issued = deployment.certificate(maison, "maison.example").await;
    assert!(who(&deployment, Some(&issued)).await.is_ok());
    std::fs::write(deployment.path("brands.pem"), Authority::new("another").pem).expect("written");
    // The change is found without being told.
    let mut tries = 0;
    while answered(&who(&deployment, Some(&issued)).await) {
        tries += 1;
        assert!(tries < 200, "the old authority still counts");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plaintext_gets_no_answer_on_a_tls_port() {
    let deployment = Deployment::start().await;
    let mut stream = tokio::net::TcpStream::connect(deployment.server.address()).await.expect("connects");
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    // A reset is as good as an end.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_certificate_does_not_start() {
    use coffret_services::serve::{Parts, Server, StartError};
    let deployment = Deployment::start().await;
    let missing = Tls { certificate: "missing.pem".into(), key: "missing.key".into(), client_authorities: Vec::new() };
    let parts = Parts { listen: "127.0.0.1:0".parse().expect("an address"), tls: Some(missing), ..Parts::default() };
    let refused = Server::start(parts, std::sync::Arc::clone(&deployment.vault)).await.expect_err("refused");
    assert!(matches!(refused, StartError::Tls(TlsError::Unreadable(..))), "{refused}");
    let open = Parts { listen: "0.0.0.0:0".parse().expect("an address"), ..Parts::default() };
    let refused = Server::start(open, std::sync::Arc::clone(&deployment.vault)).await.expect_err("refused");
    assert!(matches!(refused, StartError::Plaintext(_)), "{refused}");
}
