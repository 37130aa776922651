//! The auditor's pages over a real server: who is let in, what is logged before it is shown, and a file that the verifier takes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use coffret_services::serve::{AuditParts, LogParts, Parts, PortalParts, Server};
use coffret_vault::Vault;
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::id::CustomerId;
use coffret_vault::journal::EntryFilter;
use coffret_vault::page::PageRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::deployment::operator;

/// A server with customers' and auditors' pages, and a log that signs.
struct Pages {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
    server: Server,
    portal: String,
    audit: String,
}

/// An answer: its status, its head, its body.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn location(&self) -> &str {
        self.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default()
    }
}

impl Pages {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, _) = coffret_vault::testing::vault_in(folder.path(), 5).await.expect("a vault");
        let log = folder.path().join("log");
        let mut settings = coffret_vault::log::Settings::new("vault.test", log.join("checkpoint"));
        settings.every = Duration::from_millis(50);
        let parts = Parts {
            listen: "127.0.0.1:0".parse().expect("an address"),
            log: Some(LogParts { settings, folder: log.join("public") }),
            ..Parts::default()
        };
        let server = Server::start(parts, Arc::clone(&vault)).await.expect("starts");
        let listen: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        let portal = server.open_portal(PortalParts { listen, origin: None, relying_party: None, plaintext: true }, None).await;
        let workshop = folder.path().join("audit");
        let audit = server.open_audit(AuditParts { listen, origin: None, plaintext: true, workshop }, None).await;
        Self { vault, portal: portal.expect("opens"), audit: audit.expect("opens"), server, folder }
    }

    async fn token(&self, role: Role, subject: &str, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let new = NewToken { role, subject: subject.to_owned(), scopes, certificate: None, lifetime_seconds: 600 };
        self.vault.issue_token(operator(), new, None).await.expect("a token").1.as_str().to_owned()
    }

    async fn auditor(&self) -> String {
        self.token(Role::Auditor, "auditors/jane", &["ledger.read", "ledger.export"]).await
    }

    async fn customer(&self) -> CustomerId {
        let identifiers = vec![Identifier::Email("ana@customer.example".to_owned())];
        let new = NewCustomer { language: "en".to_owned(), time_zone: "Europe/Paris".to_owned(), identifiers };
        self.vault.create_customer(operator(), new, None).await.expect("a customer").id
    }
}

async fn send(origin: &str, head: &str, body: &str) -> Answer {
    let host = origin.strip_prefix("http://").expect("plaintext");
    let port = host.rsplit(':').next().expect("a port");
    let mut stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.expect("connects");
    let text = format!("{head}\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("answered");
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let mut body = answer[split + 4..].to_vec();
    if head.contains("transfer-encoding: chunked") {
        body = unchunked(&body);
    }
    Answer { status, head, body }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n").expect("a length");
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).expect("text"), 16).expect("a length");
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 4 + length..];
    }
}

async fn get(origin: &str, path: &str, cookie: &str) -> Answer {
    send(origin, &format!("GET {path} HTTP/1.1\r\ncookie: {cookie}"), "").await
}

async fn post(origin: &str, path: &str, cookie: &str, from: &str, body: &str) -> Answer {
    let kind = "content-type: application/x-www-form-urlencoded";
    send(origin, &format!("POST {path} HTTP/1.1\r\ncookie: {cookie}\r\norigin: {from}\r\n{kind}"), body).await
}

fn key_of(page: &Answer) -> String {
    page.text().split("name=\"form_key\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_audience_is_let_in_at_its_own_door_alone() {
    let pages = Pages::open().await;
    let ana = pages.customer().await;
    let customer =
        pages.token(Role::Customer, &ana.to_string(), coffret_services::caller::scopes_of(coffret_proto::v1::Role::Customer)).await;
    let operator = pages.token(Role::Operator, "operators/otto", &["ledger.read", "ledger.export"]).await;
    let auditor = pages.auditor().await;
    for (origin, secret, let_in) in [
        (&pages.audit, &auditor, true),
        (&pages.audit, &customer, false),
        (&pages.audit, &operator, false),
        (&pages.portal, &customer, true),
        (&pages.portal, &auditor, false),
    ] {
        let entered = post(origin, "/sign-in", "", origin, &format!("secret={secret}")).await;
        assert_eq!(entered.status, if let_in { 303 } else { 422 }, "{origin}");
        let name = if *origin == pages.audit { "__Host-coffret-audit=cft_" } else { "__Host-coffret-my=cft_" };
        assert_eq!(entered.head.contains(name), let_in);
    }
    // In the right cookie it is the wrong token all the same.
    for secret in [&customer, &operator] {
        for path in ["/", "/log", "/verify", "/verify/files", "/export", "/checkpoint"] {
            let answer = get(&pages.audit, path, &format!("__Host-coffret-audit={secret}")).await;
            assert_eq!((answer.status, answer.location()), (303, "/sign-in"), "{path}");
        }
    }
    assert_eq!(get(&pages.audit, "/", &format!("__Host-coffret-my={auditor}")).await.location(), "/sign-in", "the cookie has another name");
    let theirs = get(&pages.portal, "/", &format!("__Host-coffret-my={auditor}")).await;
    assert!(theirs.status == 403 || theirs.status == 404, "{}", theirs.status);

    // Who may not open is told so, and gets nothing.
    let reader = pages.token(Role::Auditor, "auditors/john", &["ledger.read"]).await;
    let scope = get(&pages.audit, "/", &format!("__Host-coffret-audit={reader}")).await;
    assert!(scope.status == 200 && scope.text().contains("It does not open entries"), "{}", scope.text());
    let cookie = format!("__Host-coffret-audit={reader}");
    let refused = post(&pages.audit, "/log/open", &cookie, &pages.audit, &format!("reason=x&form_key={}", key_of(&scope))).await;
    assert_eq!(refused.status, 403);
    pages.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_opened_was_logged_before_and_a_foreign_form_logs_nothing() {
    let pages = Pages::open().await;
    let ana = pages.customer().await;
    let cookie = format!("__Host-coffret-audit={}", pages.auditor().await);
    let newest = async || pages.vault.deployment_entries(&PageRequest::first(1)).await.expect("entries").items.remove(0).details;
    let before = newest().await.sequence;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let sealed = get(&pages.audit, "/log", &cookie).await;
    let key = key_of(&sealed);
    assert!(sealed.status == 200 && sealed.text().contains("&quot;commit&quot;"), "{}", sealed.text());
    for (from, key) in [("https://evil.example", key.as_str()), (&pages.portal, &key), (&pages.audit, "wrong"), (&pages.audit, "")] {
        for path in ["/log/open", "/export", "/verify"] {
            let refused = post(&pages.audit, path, &cookie, from, &format!("reason=Case+17&form_key={key}")).await;
            assert_eq!(refused.status, 403, "{path} {from}");
        }
    }
    assert_eq!(newest().await.sequence, before, "nothing was logged, and nothing opened");

    let opened = post(&pages.audit, "/log/open", &cookie, &pages.audit, &format!("reason=Case+17&form_key={key}")).await;
    assert_eq!(opened.status, 303);
    assert_eq!((newest().await.kind.as_str(), newest().await.reason.as_deref()), ("ledger.inspected", Some("Case 17")));
    let list = get(&pages.audit, opened.location(), &cookie).await.text();
    assert!(list.contains("customer.created") && list.contains("Case 17"), "{list}");
    assert!(!list.contains("ana@customer.example") && !list.contains(&ana.to_string()), "no personal datum, no customer's id");
    let none = get(&pages.audit, &format!("{}&kind=read.*&purpose=advice", opened.location()), &cookie).await.text();
    assert!(none.contains("No such entries here.") && none.contains("Looked at"), "{none}");

    // One customer alone: they read it.
    let own = async || pages.vault.entries(ana, &EntryFilter::default(), &PageRequest::first(9)).await.expect("entries").items;
    let stream = own().await[0].details.stream;
    let body = format!("reason=Case+18&stream={stream}&form_key={key}");
    let opened = post(&pages.audit, "/log/open", &cookie, &pages.audit, &body).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    let told = own().await.remove(0).details;
    assert_eq!((told.kind.as_str(), told.reason.as_deref()), ("ledger.stream_inspected", Some("Case 18")));
    let secret =
        pages.token(Role::Customer, &ana.to_string(), coffret_services::caller::scopes_of(coffret_proto::v1::Role::Customer)).await;
    let security = get(&pages.portal, "/security", &format!("__Host-coffret-my={secret}")).await.text();
    assert!(security.contains("Case 18") && security.contains("auditors/jane") && !security.contains("Case 17"), "{security}");
    // Another auditor's inspection opens nothing.
    let other = format!("__Host-coffret-audit={}", pages.token(Role::Auditor, "auditors/john", &["ledger.read", "ledger.export"]).await);
    assert_eq!(get(&pages.audit, opened.location(), &other).await.location(), "/log");
    pages.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_one_file_that_the_verifier_takes_and_nobody_elses() {
    let pages = Pages::open().await;
    pages.customer().await;
    let cookie = format!("__Host-coffret-audit={}", pages.auditor().await);
    let key = key_of(&get(&pages.audit, "/export", &cookie).await);
    let begin = async |what: &str| post(&pages.audit, "/export", &cookie, &pages.audit, &format!("{what}&form_key={key}")).await;
    assert_eq!(begin("reason=").await.status, 422, "no reason, no export");
    assert_eq!(begin("reason=x&customers=customers%2Fnobody").await.status, 422);
    let begun = begin("reason=Yearly+audit&what=opened&receipts=yes").await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let place = begun.location().to_owned();
    let mut page = get(&pages.audit, &place, &cookie).await.text();
    for _ in 0..100 {
        if page.contains("SHA-256") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        page = get(&pages.audit, &place, &cookie).await.text();
    }
    let file = get(&pages.audit, &format!("{place}/export.tar"), &cookie).await;
    assert_eq!(file.status, 200, "{page}");
    let digest = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&file.body));
    let digest = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    assert!(page.contains(&digest) && page.contains("coffret verify --key"), "{page}");
    let tar = pages.folder.path().join("taken.tar");
    std::fs::write(&tar, &file.body).expect("written");
    let vkey = page.split("--key '").nth(1).and_then(|rest| rest.split('\'').next()).expect("the key").to_owned();
    let told = std::process::Command::new(env!("CARGO_BIN_EXE_coffret"))
        .args(["verify", "--json", "--key", &vkey])
        .arg(&tar)
        .output()
        .expect("runs");
    let report: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!((told.status.code(), &report["good"]), (Some(0), &true.into()), "{report:#}");

    // It is of this session alone, and gone when it is removed.
    let other = format!("__Host-coffret-audit={}", pages.auditor().await);
    for path in [place.clone(), format!("{place}/export.tar")] {
        assert_eq!(get(&pages.audit, &path, &other).await.status, 404, "{path}");
    }
    let removed = post(&pages.audit, &format!("{place}/remove"), &cookie, &pages.audit, &format!("form_key={key}")).await;
    assert_eq!(removed.status, 303);
    assert_eq!(get(&pages.audit, &format!("{place}/export.tar"), &cookie).await.status, 404);
    let left = || std::fs::read_dir(pages.folder.path().join("audit")).expect("the workshop").flatten().count();
    assert_eq!(left(), 0, "nothing lies about");
    // What is not taken goes with the server.
    let place = begin("reason=Again&what=sealed").await.location().to_owned();
    for _ in 0..100 {
        if get(&pages.audit, &format!("{place}/export.tar"), &cookie).await.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(left(), 1);
    pages.server.stop().await;
    assert_eq!(left(), 0, "nothing lies about when the server has stopped");
}
