//! The ledger as an auditor sees it: whole, in order, and without anything about anybody.

use std::collections::BTreeMap;

use coffret_proto::v1;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_vault::credential::Role;
use coffret_vault::id::CustomerId;
use coffret_vault::ledger::Who;
use coffret_vault::page::PageRequest;
use prost::Message;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::deployment::{Agreed, Deployment, operator};
use crate::world::{Bearer, fields, refusal};

const ANNA: &str = "anna@customer.example";
const BEN: &str = "ben@customer.example";

type Ledger = LedgerServiceClient<InterceptedService<Channel, Bearer>>;

/// Two customers, one of whom a brand reads of, and an auditor.
struct Audit {
    deployment: Deployment,
    anna: CustomerId,
    ben: CustomerId,
    agreed: Agreed,
    ledger: Ledger,
}

async fn audit() -> Audit {
    let deployment = Deployment::start().await;
    let (anna, ben) = (deployment.customer(ANNA).await, deployment.customer(BEN).await);
    let maison = deployment.brand("Maison").await;
    let agreed = deployment.granted(maison, anna, ANNA).await;
    let ledger = ledger(&deployment, Role::Auditor, "auditors/jane").await;
    Audit { deployment, anna, ben, agreed, ledger }
}

async fn ledger(deployment: &Deployment, role: Role, subject: &str) -> Ledger {
    let (client, _) = deployment.bearer(role, subject.to_owned(), 3600).await;
    let bearer = Bearer(format!("Bearer {}", client.token.expect("a token")).parse().expect("ASCII"));
    LedgerServiceClient::with_interceptor(client.channel, bearer)
}

/// The pieces of the ledger after a cursor.
async fn pieces(ledger: &mut Ledger, cursor: &str) -> Result<Vec<v1::StreamEntriesResponse>, Status> {
    let mut stream = ledger.stream_entries(v1::StreamEntriesRequest { cursor: cursor.to_owned() }).await?.into_inner();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.message().await? {
        pieces.push(piece);
    }
    Ok(pieces)
}

fn entries(pieces: &[v1::StreamEntriesResponse]) -> Vec<v1::SealedEntry> {
    pieces.iter().flat_map(|piece| piece.entries.clone()).collect()
}

async fn deployment_entries(ledger: &mut Ledger, size: i32) -> Vec<v1::Entry> {
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let list = v1::ListDeploymentEntriesRequest { page_size: size, page_token };
        let page = ledger.list_deployment_entries(list).await.expect("lists").into_inner();
        assert!(page.entries.len() <= usize::try_from(size).expect("positive"));
        found.extend(page.entries);
        if page.next_page_token.is_empty() {
            return found;
        }
        page_token = page.next_page_token;
    }
}

/// Whether any of these bytes tell whose they are or what they say.
fn tells(bytes: &[u8], audit: &Audit) -> Option<String> {
    let texts = [ANNA, BEN, "customer.example", "body.height", "Maison", "request.asked", "record.put", &audit.agreed.height];
    let ids = [audit.anna.to_string(), audit.ben.to_string(), audit.agreed.grant.clone(), audit.agreed.record.clone()];
    let within = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let raw = [audit.anna, audit.ben].into_iter().find(|id| within(id.bytes())).map(|id| id.to_string());
    texts.into_iter().map(str::to_owned).chain(ids).find(|text| within(text.as_bytes())).or(raw)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_streams_every_entry_once_and_learns_of_nobody() {
    let mut audit = audit().await;
    let check = audit.deployment.vault.check_ledger(None).await.expect("checks");
    let all = pieces(&mut audit.ledger, "").await.expect("streams");
    let found = entries(&all);
    assert_eq!(found.len() as u64, check.entries);
    let mut streams: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for entry in &found {
        assert_eq!(entry.commitment.len(), 32);
        streams.entry(&entry.stream).or_default().push(entry.sequence);
    }
    assert_eq!(streams.len() as u64, check.streams);
    for (stream, sequences) in &streams {
        let gapless: Vec<i64> = (1..=i64::try_from(sequences.len()).expect("few")).collect();
        assert_eq!(sequences, &gapless, "{stream} is in the order of writing, without gaps");
    }
    // A customer's own look at an entry shows the same commitment.
    let own = audit.deployment.vault.entry(audit.anna, 2).await.expect("an entry");
    assert!(found.iter().any(|entry| entry.event_id == own.event.to_string() && entry.commitment.as_ref() == own.commitment));
    for piece in &all {
        assert_eq!(tells(&piece.encode_to_vec(), &audit), None);
    }
    audit.deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_after_its_cursor_on_any_server_and_after_an_erasure() {
    let mut audit = audit().await;
    let all = pieces(&mut audit.ledger, "").await.expect("streams");
    let last = all.last().expect("a piece").cursor.clone();
    assert!(entries(&pieces(&mut audit.ledger, &last).await.expect("streams")).is_empty(), "nothing is new");

    // The last stream by its customer's id is the one that the cursor is in; what is new there comes next.
    let newest = audit.anna.max(audit.ben);
    audit.deployment.vault.update_customer(newest, Who::Customer, Some("fr".to_owned()), None, None, None).await.expect("updated");
    let more = entries(&pieces(&mut audit.ledger, &last).await.expect("streams"));
    assert_eq!(more.len(), 1);
    assert!(!entries(&all).iter().any(|entry| entry.event_id == more[0].event_id));

    // Another server has given no cursor, and finds its place in the ledger.
    let parts = coffret_services::serve::Parts {
        listen: "127.0.0.1:0".parse().expect("an address"),
        limits: coffret_services::limit::Limits::none(),
        ..coffret_services::serve::Parts::default()
    };
    let second = coffret_services::serve::Server::start(parts, std::sync::Arc::clone(&audit.deployment.vault)).await.expect("starts");
    let channel = Channel::from_shared(format!("http://{}", second.address())).expect("an address").connect().await.expect("connects");
    let (client, _) = audit.deployment.bearer(Role::Auditor, "auditors/joan".to_owned(), 3600).await;
    let bearer = Bearer(format!("Bearer {}", client.token.expect("a token")).parse().expect("ASCII"));
    let mut elsewhere = LedgerServiceClient::with_interceptor(channel, bearer);
    // Her token is one more entry of the deployment's stream, which the cursor has passed.
    assert_eq!(entries(&pieces(&mut elsewhere, &last).await.expect("streams")), more);
    drop(elsewhere);
    second.stop().await;

    let before = entries(&pieces(&mut audit.ledger, "").await.expect("streams"));
    audit.deployment.vault.erase_customer(audit.anna, Who::Customer).await.expect("erased");
    let after = entries(&pieces(&mut audit.ledger, "").await.expect("streams"));
    assert!(before.iter().all(|entry| after.contains(entry)), "the erased customer's entries stay as they were");
    for cursor in ["x", "%", "AAAA", &format!("{last}AA")] {
        let refused = pieces(&mut audit.ledger, cursor).await.expect_err("no cursor of ours");
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec!["cursor".to_owned()]), "{cursor}");
    }
    audit.deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_reads_the_acts_of_operators_and_nothing_of_customers() {
    let mut audit = audit().await;
    // Of a customer's token the deployment keeps that there is one, not whose.
    audit.deployment.bearer(Role::Customer, audit.ben.to_string(), 60).await;
    let found = deployment_entries(&mut audit.ledger, 2).await;
    let kinds: Vec<&str> = found.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["token.issued", "token.issued", "purpose.published", "brand.created", "deployment.opened"], "newest first");
    for (entry, sequence) in found.iter().zip((1..=5).rev()) {
        assert_eq!((entry.sequence, entry.name.as_str()), (sequence, format!("deployment/entries/{sequence}").as_str()));
        let details: serde_json::Value = serde_json::from_str(&entry.details_json).expect("JSON");
        assert_eq!((&details["type"], &details["sequence"]), (&entry.kind.as_str().into(), &sequence.into()));
        let whole = entry.encode_to_vec();
        assert_eq!(tells(&whole, &audit).filter(|told| told != "Maison"), None, "{entry:?}");
        let secret = b"cft_";
        assert!(!whole.windows(secret.len()).any(|window| window == secret));
    }
    assert!(found[0].details_json.contains("of a customer") && found[1].details_json.contains("auditors/jane"));
    let who = &serde_json::from_str::<serde_json::Value>(&found[3].details_json).expect("JSON")["who"];
    assert_eq!((&who["role"], &who["name"]), (&"operator".into(), &"operators/test".into()));

    // The customers' own streams are closed to them, by name and by position.
    for parent in [format!("customers/{}", audit.anna), "customers/me".to_owned(), "deployment".to_owned()] {
        let list = v1::ListEntriesRequest { parent, ..Default::default() };
        let refused = audit.ledger.list_entries(list).await.expect_err("a customer's");
        assert_eq!(refusal(&refused), (Code::PermissionDenied, "PERMISSION_DENIED".to_owned()));
    }
    let verify = v1::VerifyEntryRequest { name: format!("customers/{}/entries/1", audit.anna) };
    assert_eq!(audit.ledger.verify_entry(verify).await.expect_err("a customer's").code(), Code::PermissionDenied);
    audit.deployment.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sealed_ledger_is_the_auditors_alone_and_reading_it_leaves_it_as_it_is() {
    let mut audit = audit().await;
    let mut otto = ledger(&audit.deployment, Role::Operator, "operators/otto").await;
    let mut anna = ledger(&audit.deployment, Role::Customer, &audit.anna.to_string()).await;
    let before = audit.deployment.vault.check_ledger(None).await.expect("checks");
    for other in [&mut otto, &mut anna] {
        assert_eq!(pieces(other, "").await.expect_err("not theirs").code(), Code::PermissionDenied);
    }
    let acts = anna.list_deployment_entries(v1::ListDeploymentEntriesRequest::default()).await.expect_err("not hers");
    assert_eq!(acts.code(), Code::PermissionDenied);
    let page = PageRequest::first(100);
    let there = audit.deployment.vault.deployment_entries(&page).await.expect("entries").items.len();
    assert_eq!(deployment_entries(&mut otto, 100).await.len(), there);
    pieces(&mut audit.ledger, "").await.expect("streams");
    assert_eq!(audit.deployment.vault.check_ledger(None).await.expect("checks"), before);
    let revoked = audit.deployment.vault.tokens(Some("auditors/jane"), &page).await.expect("tokens").items[0].id;
    audit.deployment.vault.revoke_token(operator(), revoked, None).await.expect("revoked");
    assert_eq!(pieces(&mut audit.ledger, "").await.expect_err("over").code(), Code::Unauthenticated);
    audit.deployment.server.stop().await;
}
