//! The transparency log, as customers, auditors and strangers reach it.

use std::sync::Arc;
use std::time::Duration;

use coffret_proto::v1;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_services::limit::Limits;
use coffret_services::serve::{LogParts, Parts, Server};
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::id::CustomerId;
use coffret_vault::ledger::Who;
use coffret_vault::log::Settings;
use coffret_vault::tlog::{Bundle, Hash, Leaf, LogProof, SignedCheckpoint, VerifierKey, WitnessPolicy, verify_consistency};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::deployment::{Deployment, operator};
use crate::world::{Bearer, fields, refusal};

type Ledger = LedgerServiceClient<InterceptedService<Channel, Bearer>>;

/// A second server on the deployment's vault, in plaintext, which keeps the log.
struct Kept {
    deployment: Deployment,
    server: Server,
    anna: CustomerId,
    ben: CustomerId,
    _folder: tempfile::TempDir,
}

async fn kept() -> Kept {
    let deployment = Deployment::start().await;
    let (anna, ben) = (deployment.customer("anna@customer.example").await, deployment.customer("ben@customer.example").await);
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::new("vault.test", folder.path().join("checkpoint"));
    settings.every = Duration::from_millis(50);
    let parts = Parts {
        listen: "127.0.0.1:0".parse().expect("an address"),
        limits: Limits::none(),
        log: Some(LogParts { settings, folder: folder.path().join("public") }),
        ..Parts::default()
    };
    let server = Server::start(parts, Arc::clone(&deployment.vault)).await.expect("starts");
    Kept { deployment, server, anna, ben, _folder: folder }
}

impl Kept {
    async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.server.address())).expect("an address").connect().await.expect("connects")
    }

    async fn ledger(&self, role: Role, subject: &str) -> Ledger {
        let scopes = vec!["ledger.read".to_owned(), "operation.read".to_owned()];
        let new = NewToken { role, subject: subject.to_owned(), scopes, certificate: None, lifetime_seconds: 600 };
        let (_, secret) = self.deployment.vault.issue_token(operator(), new, None).await.expect("a token");
        let bearer = Bearer(format!("Bearer {}", *secret).parse().expect("ASCII"));
        LedgerServiceClient::with_interceptor(self.channel().await, bearer)
    }

    /// What a plain HTTP client gets: status line, headers, body.
    async fn get(&self, path: &str) -> (String, String, Vec<u8>) {
        let mut stream = tokio::net::TcpStream::connect(self.server.address()).await.expect("connects");
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("answered");
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
        let (status, headers) = head.split_once("\r\n").expect("headers");
        (status.to_owned(), headers.to_owned(), answer[end + 4..].to_vec())
    }
}

fn key(checkpoint: &v1::Checkpoint) -> VerifierKey {
    checkpoint.verifier_key.parse().expect("a key")
}

async fn included(ledger: &mut Ledger, name: String) -> Result<v1::InclusionProof, Status> {
    Ok(ledger.await_included(v1::AwaitIncludedRequest { name }).await?.into_inner().proof.expect("a proof"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_proves_their_entry_with_what_anybody_can_fetch() {
    let kept = kept().await;
    let mut anna = kept.ledger(Role::Customer, &kept.anna.to_string()).await;
    kept.deployment.vault.update_customer(kept.anna, Who::Customer, Some("fr".to_owned()), None, None, None).await.expect("updated");
    let proof = included(&mut anna, "customers/me/entries/2".to_owned()).await.expect("included");
    let checkpoint = proof.checkpoint.clone().expect("a checkpoint");
    let leaf = Leaf::decode(&proof.leaf).expect("a leaf");
    let own = kept.deployment.vault.entry(kept.anna, 2).await.expect("an entry");
    assert_eq!((leaf.id, leaf.commit), (*own.event.as_bytes(), own.commitment));
    let file = LogProof::parse(proof.tlog_proof.as_bytes()).expect("a proof");
    file.verify(&leaf.hash(), &[key(&checkpoint)], &WitnessPolicy::none()).expect("convinces");
    let again = anna.get_inclusion_proof(v1::GetInclusionProofRequest { name: "customers/me/entries/2".to_owned() }).await;
    assert_eq!(again.expect("proved").into_inner().proof.expect("a proof").index, proof.index);

    // A stranger, by gRPC and by plain HTTP.
    let mut anybody = LedgerServiceClient::new(kept.channel().await);
    let newest = anybody.get_checkpoint(v1::GetCheckpointRequest {}).await.expect("public").into_inner().checkpoint.expect("one");
    assert_eq!((newest.origin.as_str(), &newest.verifier_key), ("vault.test/ledger/2026", &checkpoint.verifier_key));
    let (status, headers, note) = kept.get("/ledger/2026/checkpoint").await;
    assert!(status.contains("200") && headers.contains("content-type: text/plain") && headers.contains("cache-control: no-cache"));
    let signed = SignedCheckpoint::open(&note, &[key(&newest)]).expect("signed by the same key");
    let size = signed.checkpoint().size();
    let (status, headers, bundle) = kept.get(&format!("/ledger/2026/tile/entries/000.p/{size}")).await;
    assert!(status.contains("200") && headers.contains("application/octet-stream") && headers.contains("immutable"), "{status} {headers}");
    let bundle = Bundle::parse(u16::try_from(size).expect("few"), bundle).expect("a bundle");
    assert_eq!(bundle.entries().nth(usize::try_from(proof.index).expect("few")), Some(proof.leaf.as_ref()));
    for none in
        ["/ledger/2026/tile/entries/000", "/ledger/2026/tile/0/999", "/ledger/1999/checkpoint", "/ledger/2026/../../vault.db", "/ledger/"]
    {
        assert!(kept.get(none).await.0.contains("404"), "{none}");
    }

    // An older checkpoint and the newest go together.
    let asked = v1::GetConsistencyProofRequest { old_size: checkpoint.size, ..Default::default() };
    let answer = anybody.get_consistency_proof(asked).await.expect("public").into_inner();
    let (new, old_root) = (answer.checkpoint.expect("one"), Hash::from_slice(&answer.old_root).expect("a hash"));
    let root = |checkpoint: &v1::Checkpoint| {
        *SignedCheckpoint::open(checkpoint.note.as_bytes(), &[key(checkpoint)]).expect("signed").checkpoint().root()
    };
    assert_eq!(old_root, root(&checkpoint));
    let hashes: Vec<Hash> = answer.hashes.iter().map(|hash| Hash::from_slice(hash).expect("a hash")).collect();
    verify_consistency(checkpoint.size as u64, &old_root, new.size as u64, &root(&new), &hashes).expect("consistent");
    for (old_size, new_size, field) in [(-1, 0, "old_size"), (0, -1, "new_size"), (i64::MAX, 0, "old_size"), (0, i64::MAX, "new_size")] {
        let refused = anybody.get_consistency_proof(v1::GetConsistencyProofRequest { origin: String::new(), old_size, new_size }).await;
        let refused = refused.expect_err("refused");
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    kept.server.stop().await;
    kept.deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_of_entries_are_for_their_customers_auditors_and_operators() {
    let kept = kept().await;
    let mut ben = kept.ledger(Role::Customer, &kept.ben.to_string()).await;
    let name = format!("customers/{}/entries/1", kept.anna);
    assert_eq!(included(&mut ben, name.clone()).await.expect_err("not his").code(), Code::NotFound);
    assert_eq!(included(&mut ben, "deployment/entries/1".to_owned()).await.expect_err("not his").code(), Code::InvalidArgument);
    assert_eq!(included(&mut ben, "customers/me/entries/99".to_owned()).await.expect_err("none").code(), Code::NotFound);
    for (role, subject) in [(Role::Auditor, "auditors/jane"), (Role::Operator, "operators/otto")] {
        let mut ledger = kept.ledger(role, subject).await;
        included(&mut ledger, name.clone()).await.expect("included");
        included(&mut ledger, "deployment/entries/1".to_owned()).await.expect("included");
    }
    let mut anybody = LedgerServiceClient::new(kept.channel().await);
    let refused = anybody.get_inclusion_proof(v1::GetInclusionProofRequest { name: name.clone() }).await.expect_err("nobody");
    assert_eq!(refused.code(), Code::Unauthenticated);
    // The other server keeps no log: it says so at once, and whoever waits there waits as long as they like.
    let channel = kept.deployment.connect(None).await;
    let refused = LedgerServiceClient::new(channel).get_checkpoint(v1::GetCheckpointRequest {}).await;
    // Both serve one vault here, so it is published for both.
    assert!(refused.is_ok());
    kept.server.stop().await;
    kept.deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_log_says_so_and_a_wait_ends_with_its_deadline() {
    let deployment = Deployment::start().await;
    let anna = deployment.customer("anna@customer.example").await;
    let mut anybody = LedgerServiceClient::new(deployment.connect(None).await);
    let none = anybody.get_checkpoint(v1::GetCheckpointRequest {}).await.expect_err("none yet");
    assert_eq!(refusal(&none), (Code::FailedPrecondition, "LOG_NOT_PUBLISHED_HERE".to_owned()));
    let (client, _) = deployment.bearer(Role::Customer, anna.to_string(), 600).await;
    let bearer = Bearer(format!("Bearer {}", client.token.expect("a token")).parse().expect("ASCII"));
    let mut ledger = LedgerServiceClient::with_interceptor(client.channel, bearer);
    let name = "customers/me/entries/1".to_owned();
    let not_yet = ledger.get_inclusion_proof(v1::GetInclusionProofRequest { name: name.clone() }).await.expect_err("not yet");
    assert_eq!(refusal(&not_yet), (Code::FailedPrecondition, "NOT_YET_PUBLISHED".to_owned()));
    let mut wait = tonic::Request::new(v1::AwaitIncludedRequest { name });
    wait.set_timeout(Duration::from_millis(200));
    let over = ledger.await_included(wait).await.expect_err("nobody keeps it");
    assert!(matches!(over.code(), Code::DeadlineExceeded | Code::Cancelled), "{over:?}");
    deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_how_the_log_is_and_a_stop_leaves_nothing_unsigned() {
    let kept = kept().await;
    let mut jane = kept.ledger(Role::Auditor, "auditors/jane").await;
    included(&mut jane, format!("customers/{}/entries/1", kept.ben)).await.expect("included");
    let before = kept.deployment.vault.health().await.expect("known").log;
    assert_eq!((before.origin.as_str(), before.stopped), ("vault.test/ledger/2026", None));
    assert!(before.published.is_some_and(|size| size > 0) && before.signed.is_some());
    for _ in 0..20 {
        kept.deployment.vault.update_customer(kept.ben, Who::Customer, Some("fr".to_owned()), None, None, None).await.expect("updated");
    }
    kept.server.stop().await;
    let after = kept.deployment.vault.health().await.expect("known").log;
    assert_eq!((after.waiting, after.published, after.signed.map(|signed| signed.0)), (0, Some(after.size), Some(after.size)));
    kept.deployment.server.stop().await;
}
