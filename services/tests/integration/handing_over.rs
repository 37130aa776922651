//! `coffret export ledger --server`: an auditor with a token and nothing else makes the folder that whoever runs the deployment makes.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coffret_proto::v1;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tonic::{Code, Status};

use crate::program::{Data, Postgres, Server, read};
use crate::world::{fields, refusal};

const REASON: &str = "Audit of 2026, case 17";
const PATIENCE: Duration = Duration::from_mins(2);

/// Someone outside with a token, a folder, and the program.
struct Auditor {
    folder: tempfile::TempDir,
    authority: String,
    secret: String,
}

impl Auditor {
    async fn new(data: &Data, server: &Server<'_>, scopes: &[&str]) -> Self {
        let request = v1::IssueTokenRequest {
            role: v1::Role::Auditor.into(),
            subject: "auditors/jane".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            lifetime: Some(prost_types::Duration { seconds: 3_600, nanos: 0 }),
            ..v1::IssueTokenRequest::default()
        };
        let secret = server.operator().await.identity().issue_token(request).await.expect("issued").into_inner().secret;
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("token"), format!("{secret}\n")).expect("written");
        Self { folder, authority: data.text("/authority").to_owned(), secret }
    }

    fn to(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, address: SocketAddr, to: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.args(["export", "ledger", "--server", &format!("https://localhost:{}", address.port()), "--ca", &self.authority]);
        command.arg("--token-file").arg(self.to("token")).args(["--to", to, "--reason", REASON]).args(more);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    async fn export(&self, address: SocketAddr, to: &str, more: &[&str]) -> Output {
        let mut command = self.command(address, to, more);
        tokio::task::spawn_blocking(move || command.output().expect("runs")).await.expect("ran")
    }

    /// Exports, and gives the log's key.
    async fn exported(&self, address: SocketAddr, to: &str, more: &[&str]) -> String {
        key(&self.export(address, to, more).await)
    }
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn key(told: &Output) -> String {
    let text = shown(told);
    assert!(told.status.success(), "{text}");
    text.split("--key '").nth(1).and_then(|rest| rest.split('\'').next()).expect("the key is told").to_owned()
}

/// The report of `coffret verify`, which must be good; the checks that passed.
fn passed(key: &str, folder: &Path) -> Vec<String> {
    let mut verify = Command::new(env!("CARGO_BIN_EXE_coffret"));
    let told = verify.args(["verify", "--json", "--key", key]).arg(folder).output().expect("runs");
    let report: Value = serde_json::from_slice(&told.stdout).unwrap_or_else(|_| panic!("{}", shown(&told)));
    assert_eq!((told.status.code(), &report["good"]), (Some(0), &true.into()), "{report:#}");
    let checks = report["checks"].as_array().expect("checks").iter().filter(|check| check["outcome"] == "pass");
    checks.map(|check| check["check"].as_str().expect("a name").to_owned()).collect()
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// How many entries of this kind and reason the events have.
fn exports(folder: &Path) -> usize {
    let events = text(folder, "events.jsonl");
    let events = events.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    events.filter(|event| event["data"]["type"] == "ledger.exported" && event["data"]["reason"] == REASON).count()
}

/// Leads to a server, and breaks each connection off after so many bytes from there; stalls instead when told to.
struct Wire {
    address: SocketAddr,
    /// Bytes that one connection lets through.
    most: Arc<AtomicU64>,
    passed: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

impl Wire {
    async fn to(server: SocketAddr, stall: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let most = Arc::new(AtomicU64::new(u64::MAX));
        let (passed, connections) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (limit, count, number) = (Arc::clone(&most), Arc::clone(&passed), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                number.fetch_add(1, Ordering::SeqCst);
                // Only the next connection is cut short.
                let most = limit.swap(u64::MAX, Ordering::SeqCst);
                let count = Arc::clone(&count);
                tokio::spawn(async move {
                    let far = TcpStream::connect(server).await.expect("the server listens");
                    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
                    let up = tokio::spawn(async move { tokio::io::copy(&mut near_in, &mut far_out).await });
                    let (mut buffer, mut here) = (vec![0; 4096], 0);
                    while let Ok(read @ 1..) = far_in.read(&mut buffer).await {
                        here += read as u64;
                        if here > most {
                            if stall {
                                std::future::pending::<()>().await;
                            }
                            break;
                        }
                        count.fetch_add(read as u64, Ordering::SeqCst);
                        if near_out.write_all(&buffer[..read]).await.is_err() {
                            break;
                        }
                    }
                    up.abort();
                });
            }
        });
        Self { address, most, passed, connections }
    }
}

/// So many reads, each an entry of the log.
async fn make_entries(data: &Data, server: &Server<'_>, number: usize) {
    let client = &data.clients()[0];
    let token = server.customer_token(&client.0).await;
    let grant = server.grant(client, &token, 0).await;
    let brand = server.brand("ferrante").await;
    let reads = futures_util::stream::iter(0..number).map(|number| {
        let (mut brand, grant) = (brand.clone(), grant.clone());
        async move { brand.read_records(read(&grant, &format!("Fitting {number}."))).await.expect("read") }
    });
    reads.buffer_unordered(64).for_each(async |_| ()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_made_over_grpc_is_the_one_made_beside_the_database() {
    let postgres = Postgres::make().await;
    for database in [None, postgres.as_ref().map(|database| database.url.as_str())] {
        let data = Data::seed(database).await;
        let mut server = data.serve().await;
        make_entries(&data, &server, 20).await;
        let auditor = Auditor::new(&data, &server, &[]).await;
        let key = auditor.exported(server.address(), "audit", &["--proofs", "0,7", "--receipts"]).await;
        let passed = passed(&key, &auditor.to("audit"));
        for check in ["manifest", "files", "openings", "events", "table", "streams", "reads", "expiry", "proofs"] {
            assert!(passed.iter().any(|name| name == check), "{check}: {passed:?}");
        }
        server.terminate().await;
        let beside = auditor.to("beside");
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.args(["export", "ledger", "--config"]).arg(data.configuration(server.address())).arg("--to").arg(&beside);
        let told = command.args(["--proofs", "0,7", "--receipts", "--reason", REASON]).output().expect("runs");
        assert!(told.status.success(), "{}", shown(&told));
        // The log has grown by an entry or two, which say that there were exports. What was there before is the same, byte for byte.
        for name in ["events.jsonl", "events.csv", "openings.jsonl", "receipts.jsonl", "records.jsonl"] {
            let (over, beside) = (text(&auditor.to("audit"), name), text(&beside, name));
            assert!(!over.is_empty() && beside.starts_with(&over), "{name}");
        }
        for name in ["log-key.txt", "witness-policy.txt", "README.md", "receipt-keys.json"] {
            assert_eq!(text(&auditor.to("audit"), name), text(&beside, name), "{name}");
        }
        assert_eq!((exports(&auditor.to("audit")), exports(&beside)), (1, 2), "each export's own entry is in it");
        let who = text(&auditor.to("audit"), "events.jsonl");
        assert!(who.contains(r#"{"name":"auditors/jane","role":"auditor"}"#));
        assert!(!text(&auditor.to("audit"), "manifest.json").contains(&auditor.secret));
        drop(server);
    }
    match postgres {
        Some(database) => database.drop().await,
        None => crate::program::skip("no PostgreSQL: on SQLite alone"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_and_a_program_that_is_killed_lose_nothing() {
    let data = Data::seed(None).await;
    let server = data.serve().await;
    make_entries(&data, &server, 6000).await;
    let auditor = Auditor::new(&data, &server, &[]).await;
    let whole = Wire::to(server.address(), false).await;
    let key = auditor.exported(whole.address, "whole", &[]).await;
    passed(&key, &auditor.to("whole"));
    let most = whole.passed.load(Ordering::SeqCst) * 85 / 100;

    // Broken off behind the 4096th entry: the same run goes on, and the entries before it do not come again.
    let wire = Wire::to(server.address(), false).await;
    wire.most.store(most, Ordering::SeqCst);
    let told = auditor.export(wire.address, "broken", &[]).await;
    assert!(shown(&told).contains("The connection broke"), "{}", shown(&told));
    assert_eq!(wire.connections.load(Ordering::SeqCst), 2);
    let all = wire.passed.load(Ordering::SeqCst);
    assert!(all < most * 2, "{all} bytes of {most}: it began anew");
    self::key(&told);
    passed(&key, &auditor.to("broken"));
    for name in ["events.jsonl", "events.csv", "openings.jsonl"] {
        assert!(text(&auditor.to("broken"), name).starts_with(&text(&auditor.to("whole"), name)), "{name}");
    }

    // Killed there: the next run goes on, under the checkpoint of the first.
    let wire = Wire::to(server.address(), true).await;
    wire.most.store(most, Ordering::SeqCst);
    let mut child = auditor.command(wire.address, "killed", &[]).spawn().expect("starts");
    let journal = wait_for(&mut child, &auditor.to("killed")).await;
    child.kill().expect("killed");
    child.wait().expect("waited for");
    assert!(!auditor.to("killed").join("manifest.sig").exists());
    self::key(&auditor.export(server.address(), "killed", &[]).await);
    passed(&key, &auditor.to("killed"));
    let (begun, checkpoint) = (journal["begun"]["checkpoint"].as_str().expect("one"), text(&auditor.to("killed"), "checkpoint"));
    assert_eq!(begun, checkpoint);
    // Both calls stand in the log; the export ends with the entry of the first.
    auditor.exported(server.address(), "after", &[]).await;
    assert_eq!(exports(&auditor.to("after")), exports(&auditor.to("killed")) + 2);
    // A whole one is left alone, and nothing is logged for it.
    let again = auditor.export(server.address(), "killed", &[]).await;
    assert!(!again.status.success() && shown(&again).contains("holds an export already"), "{}", shown(&again));
    auditor.exported(server.address(), "last", &[]).await;
    assert_eq!(exports(&auditor.to("last")), exports(&auditor.to("after")) + 1);
}

/// Waits until a run has kept something, and gives its journal.
async fn wait_for(child: &mut Child, folder: &Path) -> Value {
    let kept = async {
        loop {
            let journal = std::fs::read(folder.join("export.journal")).ok();
            let journal: Option<Value> = journal.and_then(|journal| serde_json::from_slice(&journal).ok());
            if let Some(journal) = journal.filter(|journal| journal["entries"] == 4096) {
                return journal;
            }
            assert!(child.try_wait().expect("known").is_none(), "it ended before it could be killed");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, kept).await.expect("in time")
}

/// All that a call hands over.
async fn handed(server: &Server<'_>, secret: &str, asked: v1::StreamExportRequest) -> Result<Vec<v1::StreamExportResponse>, Status> {
    let mut pieces = server.person(secret).await.ledger().stream_export(asked).await?.into_inner();
    let mut all = Vec::new();
    while let Some(piece) = pieces.message().await? {
        all.push(piece);
    }
    Ok(all)
}

fn asked() -> v1::StreamExportRequest {
    v1::StreamExportRequest { reason: REASON.to_owned(), ..v1::StreamExportRequest::default() }
}

fn opened(pieces: &[v1::StreamExportResponse]) -> Vec<Value> {
    let entries = pieces.iter().flat_map(|piece| &piece.entries).filter(|entry| !entry.details_json.is_empty());
    entries.map(|entry| serde_json::from_str(&entry.details_json).expect("JSON")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_opened_beyond_role_scope_and_limits_and_what_is_refused_is_not_logged() {
    let data = Data::seed(None).await;
    let server = data.serve().await;
    let auditor = Auditor::new(&data, &server, &[]).await;
    let reader = Auditor::new(&data, &server, &["ledger.read"]).await;
    make_entries(&data, &server, 3).await;
    let client = &data.clients()[0];
    let customer = server.customer_token(&client.0).await;
    for secret in [&reader.secret, &customer] {
        let refused = handed(&server, secret, asked()).await.expect_err("not theirs");
        assert_eq!(refusal(&refused), (Code::PermissionDenied, "PERMISSION_DENIED".to_owned()));
    }
    let told = reader.export(server.address(), "audit", &[]).await;
    assert!(!told.status.success() && shown(&told).contains("PERMISSION_DENIED") && !reader.to("audit").exists(), "{}", shown(&told));
    let nobody = "customers/01970000-0000-7000-8000-000000000000".to_owned();
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let cases: [(v1::StreamExportRequest, &str); 9] = [
        (v1::StreamExportRequest { reason: String::new(), ..asked() }, "reason"),
        (v1::StreamExportRequest { customers: vec!["me".to_owned()], ..asked() }, "customers[0]"),
        (v1::StreamExportRequest { brand: "brands/7".to_owned(), ..asked() }, "brand"),
        (v1::StreamExportRequest { from_time: at(9), to_time: at(9), ..asked() }, "to_time"),
        (v1::StreamExportRequest { purpose: "p".repeat(101), ..asked() }, "purpose"),
        (v1::StreamExportRequest { sealed: true, purpose: "p".to_owned(), ..asked() }, "sealed"),
        (v1::StreamExportRequest { sealed: true, receipts: true, ..asked() }, "sealed"),
        (v1::StreamExportRequest { handover: "x".to_owned(), ..asked() }, "origin"),
        (v1::StreamExportRequest { from_time: at(i64::MAX), ..asked() }, "from_time"),
    ];
    for (asked, field) in cases {
        let refused = handed(&server, &auditor.secret, asked).await.expect_err(field);
        assert_eq!((refused.code(), fields(&refused)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    let refused = handed(&server, &auditor.secret, v1::StreamExportRequest { customers: vec![nobody], ..asked() }).await;
    assert_eq!(refused.expect_err("nobody").code(), Code::NotFound);

    // Of one customer: nothing of another is opened, and the customer reads of it.
    let of_one = v1::StreamExportRequest { customers: vec![client.0.clone()], ..asked() };
    let pieces = handed(&server, &auditor.secret, of_one.clone()).await.expect("handed over");
    let head = pieces[0].head.clone().expect("a head");
    let (scope, checkpoint) = (head.scope.expect("a scope"), head.checkpoint.expect("a checkpoint"));
    let entries: Vec<_> = pieces.iter().flat_map(|piece| &piece.entries).collect();
    assert_eq!(entries.len() as i64, checkpoint.size, "the tree is whole");
    assert!(entries.iter().zip(0..).all(|(entry, index)| entry.index == index));
    assert!(entries.iter().all(|entry| entry.key.is_empty() == entry.details_json.is_empty() && entry.receipt.is_empty()));
    let opened_of_one = opened(&pieces);
    assert!(opened_of_one.len() > 3 && opened_of_one.iter().all(|details| details["stream"] == scope.streams[0].as_str()));
    assert_eq!(
        opened_of_one.last().expect("the newest")["type"],
        "ledger.exported",
        "the only one of this export: what was refused is not there"
    );
    let own = v1::ListEntriesRequest { parent: "customers/me".to_owned(), kind: "ledger.exported".to_owned(), ..Default::default() };
    let own = server.person(&customer).await.ledger().list_entries(own).await.expect("lists").into_inner().entries;
    assert_eq!(own.len(), 1);
    assert!(own[0].details_json.contains(REASON) && own[0].details_json.contains("auditors/jane"));

    // What was handed over goes on under the same limits alone, and only of what this log has signed.
    let last = pieces.last().expect("pieces").handover.clone();
    let other = v1::StreamExportRequest { origin: checkpoint.origin.clone(), handover: last.clone(), ..asked() };
    let refused = handed(&server, &auditor.secret, other).await.expect_err("other limits");
    assert_eq!(refusal(&refused), (Code::InvalidArgument, "HANDOVER_OF_OTHER_LIMITS".to_owned()));
    let signed_by_nobody = last.replacen("handover/1", "handover/2", 1);
    for handover in [signed_by_nobody, checkpoint.note.clone(), "x".to_owned()] {
        let foreign = v1::StreamExportRequest { origin: checkpoint.origin.clone(), handover, ..of_one.clone() };
        let refused = handed(&server, &auditor.secret, foreign).await.expect_err("not the log's");
        assert_eq!(refusal(&refused), (Code::InvalidArgument, "HANDOVER_UNKNOWN".to_owned()));
    }
    let at_its_end = v1::StreamExportRequest { origin: checkpoint.origin.clone(), handover: last.clone(), ..of_one.clone() };
    let rest = handed(&server, &auditor.secret, at_its_end).await.expect("goes on");
    assert_eq!((rest.len(), rest[0].entries.len(), &rest[0].handover), (1, 0, &last));
    assert_eq!(rest[0].head.as_ref().expect("a head").checkpoint.as_ref().expect("one").note, checkpoint.note);

    // By brand, and sealed.
    let brand = data.text("/brands/ferrante/name").to_owned();
    let id = brand.strip_prefix("brands/").expect("a name");
    let of_brand =
        handed(&server, &auditor.secret, v1::StreamExportRequest { brand: brand.clone(), ..asked() }).await.expect("handed over");
    assert!(!opened(&of_brand).is_empty() && opened(&of_brand).iter().all(|details| details["brand"] == id));
    let sealed = handed(&server, &auditor.secret, v1::StreamExportRequest { sealed: true, ..asked() }).await.expect("handed over");
    assert_eq!(opened(&sealed), Vec::<Value>::new());

    // An erased customer's entries stay in the tree, and nothing opens them.
    let before = opened(&handed(&server, &auditor.secret, asked()).await.expect("handed over"));
    let stream = scope.streams[0].clone();
    assert!(before.iter().any(|details| details["stream"] == stream.as_str()));
    let erase = v1::EraseCustomerRequest { name: client.0.clone(), confirmation: "erase everything".to_owned(), ..Default::default() };
    server.person(&customer).await.identity().erase_customer(erase).await.expect("erased");
    let after = opened(&handed(&server, &auditor.secret, asked()).await.expect("handed over"));
    assert!(after.iter().all(|details| details["stream"] != stream.as_str()));
    assert_eq!(handed(&server, &auditor.secret, of_one).await.expect_err("gone").code(), Code::NotFound);
    assert!(!server.log().contains(&auditor.secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_reached_or_trusted_is_said() {
    let data = Data::seed(None).await;
    let server = data.serve().await;
    let auditor = Auditor::new(&data, &server, &[]).await;
    let told = auditor.export(server.address(), "audit", &["--key", "vault.example/ledger/2026+00000000+AAAA"]).await;
    assert!(!told.status.success(), "{}", shown(&told));
    let key = auditor.exported(server.address(), "first", &[]).await;
    self::key(&auditor.export(server.address(), "pinned", &["--key", &key]).await);
    let other = coffret_vault::tlog::Signer::from_seed(key.split('+').next().expect("a name"), &[3; 32]).expect("a key");
    let told = auditor.export(server.address(), "foreign", &["--key", &other.verifier_key().to_string()]).await;
    assert!(shown(&told).contains("another key") && !auditor.to("foreign").exists(), "{}", shown(&told));
    let mut plain = Command::new(env!("CARGO_BIN_EXE_coffret"));
    plain.args(["export", "ledger", "--server", "http://vault.example", "--to", "x", "--reason", REASON, "--token-file"]);
    let told = plain.arg(auditor.to("token")).current_dir(auditor.folder.path()).output().expect("runs");
    assert!(!told.status.success() && shown(&told).contains("TLS alone"), "{}", shown(&told));
    assert!(!auditor.to("x").exists());
}
