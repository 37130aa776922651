//! What browsers send: gRPC-Web over HTTP/1.1, and requests that are no gRPC at all.

use std::sync::Arc;

use coffret_services::limit::Limits;
use coffret_services::serve::{Parts, Server};
use coffret_vault::credential::{NewToken, Role};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Sends a request over plaintext and gives all of the answer.
async fn ask(server: &Server, head: &str, body: &[u8]) -> String {
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.expect("connects");
    let head = format!("{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(body).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("answered");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_web_passes_the_same_checks_and_other_requests_find_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, _) = coffret_vault::testing::vault_in(folder.path(), 3).await.expect("a vault");
    let new = NewToken {
        role: Role::Operator,
        subject: "operators/otto".to_owned(),
        scopes: Vec::new(),
        certificate: None,
        lifetime_seconds: 600,
    };
    let (_, secret) = vault.issue_token(crate::deployment::operator(), new, None).await.expect("a token");
    let parts = Parts { listen: "127.0.0.1:0".parse().expect("an address"), limits: Limits::none(), ..Parts::default() };
    let server = Server::start(parts, Arc::clone(&vault)).await.expect("starts");
    let web = "POST /coffret.v1.IdentityService/WhoAmI HTTP/1.1\r\ncontent-type: application/grpc-web+proto";
    let empty = [0_u8; 5];
    let nobody = ask(&server, web, &empty).await;
    assert!(nobody.contains("grpc-status:16") || nobody.contains("grpc-status: 16"), "{nobody}");
    let known = ask(&server, &format!("{web}\r\nauthorization: Bearer {}", *secret), &empty).await;
    assert!(known.contains("operators/otto") && known.contains("grpc-status:0"), "{known}");
    let forbidden = web.replace("IdentityService/WhoAmI", "OperationService/CreateBrand");
    let forbidden = ask(&server, &format!("{forbidden}\r\nauthorization: Bearer {}", *secret), &empty).await;
    assert!(forbidden.contains("grpc-status:7") || forbidden.contains("grpc-status: 7"), "{forbidden}");
    for other in
        ["GET / HTTP/1.1", "POST /coffret.v1.IdentityService/WhoAmI HTTP/1.1", "OPTIONS /coffret.v1.IdentityService/WhoAmI HTTP/1.1"]
    {
        let answer = ask(&server, other, b"").await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{other}: {answer}");
    }
    server.stop().await;
}
