//! The built program as processes of their own: seeded by its demo, then served, killed and started again.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use coffret_proto::v1;
use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use coffret_proto::v1::identity_service_client::IdentityServiceClient;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_proto::v1::operation_service_client::OperationServiceClient;
use coffret_proto::v1::record_service_client::RecordServiceClient;
use serde_json::{Value, json};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::world::Bearer;

const PATIENCE: Duration = Duration::from_mins(2);

/// Says that the running test checks nothing here, and why.
#[allow(clippy::disallowed_methods, clippy::print_stdout, reason = "the test command names the file to report to")]
pub(crate) fn skip(reason: &str) {
    use std::io::Write;
    let line = format!("{}: {reason}\n", std::thread::current().name().unwrap_or("a test"));
    print!("skipped: {line}");
    if let Some(path) = std::env::var_os("COFFRET_SKIPPED") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the file of skipped tests is writable");
    }
}

/// Whether long tests run whole.
#[allow(clippy::disallowed_methods, reason = "the test command tells tests so")]
pub(crate) fn full() -> bool {
    std::env::var("COFFRET_TEST_FULL").is_ok_and(|value| value == "1")
}

/// A database of the running test's own on the PostgreSQL of the test command; dropped by [`Postgres::drop`].
pub(crate) struct Postgres {
    server: String,
    name: String,
    pub(crate) url: String,
}

impl Postgres {
    /// Makes it; nothing where there is no PostgreSQL.
    #[allow(clippy::disallowed_methods, reason = "the test command tells tests so")]
    pub(crate) async fn make() -> Option<Self> {
        let server = std::env::var("COFFRET_TEST_POSTGRES").ok().filter(|url| !url.is_empty())?;
        let name = format!("coffret_services_{}", uuid::Uuid::new_v4().simple());
        let url = coffret_vault::testing::create_database(&server, &name).await.expect("the PostgreSQL for tests makes databases");
        Some(Self { server, name, url })
    }

    pub(crate) async fn drop(self) {
        coffret_vault::testing::drop_database(&self.server, &self.name).await.expect("dropped");
    }
}

/// A folder that the demo has filled, and what it told of it.
pub(crate) struct Data {
    folder: tempfile::TempDir,
    told: Value,
    database: Option<String>,
}

impl Data {
    /// Has the demo make houses and clients, in SQLite or in this PostgreSQL, and ends it.
    pub(crate) async fn seed(database: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.args(["demo", "--print-json", "--port", "0", "--data"]).arg(folder.path().join("data")).stdout(Stdio::piped());
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        let line = tokio::task::spawn_blocking(move || {
            let mut demo = command.spawn().expect("starts");
            let mut line = String::new();
            BufReader::new(demo.stdout.take().expect("piped")).read_line(&mut line).expect("readable");
            // What it has told is durable by now.
            demo.kill().expect("runs");
            demo.wait().expect("waited for");
            line
        });
        let line = tokio::time::timeout(PATIENCE, line).await.expect("in time").expect("a line");
        Self { folder, told: serde_json::from_str(&line).expect("JSON"), database: database.map(ToOwned::to_owned) }
    }

    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.told.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("the demo tells {pointer}"))
    }

    /// `customers/{customer}` and e-mail address of everybody.
    pub(crate) fn clients(&self) -> Vec<(String, String)> {
        let clients = self.told["clients"].as_array().expect("a list");
        clients.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["email"].as_str().unwrap().to_owned())).collect()
    }

    /// The secret of the demo's operator, who is one for a day.
    pub(crate) fn operator_token(&self) -> String {
        std::fs::read_to_string(self.text("/operator_token")).expect("readable")
    }

    pub(crate) fn configuration(&self, address: SocketAddr) -> PathBuf {
        let data = self.text("/data");
        let unlimited = json!({ "per_second": 0, "at_once": 0 });
        let mut settings = json!({
            "listen": address.to_string(),
            "data": data,
            "tls": {
                "certificate": self.text("/server/certificate"),
                "key": self.text("/server/key"),
                "client_authorities": [self.text("/authority")],
            },
            "keys": { "folder": format!("{data}/keys") },
            "limits": { "brand": unlimited, "customer": unlimited, "staff": unlimited, "address": unlimited },
            "log": { "level": "debug" },
        });
        if let Some(url) = &self.database {
            settings["database"] = json!({ "url": url });
        }
        let path = self.folder.path().join(format!("coffret-{}.toml", address.port()));
        std::fs::write(&path, toml::to_string(&settings).expect("TOML")).expect("written");
        path
    }

    /// Starts a server on a free port and waits until it answers.
    pub(crate) async fn serve(&self) -> Server<'_> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).expect("a free port");
        self.serve_at(address).await
    }

    /// Starts a server at this address and waits until it answers. Nothing is done for it beforehand.
    pub(crate) async fn serve_at(&self, address: SocketAddr) -> Server<'_> {
        let log = self.folder.path().join(format!("{}.log", address.port()));
        let output = std::fs::OpenOptions::new().append(true).create(true).open(&log).expect("writable");
        let process = Command::new(env!("CARGO_BIN_EXE_coffret"))
            .args(["serve", "--config"])
            .arg(self.configuration(address))
            // The most that a log can be asked for from outside.
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("writable"))
            .stderr(output)
            .spawn()
            .expect("starts");
        let mut server = Server { data: self, process, address, log };
        let ready = async {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                if let Some(status) = server.process.try_wait().expect("known") {
                    panic!("the server ended with {status}: {}", server.log());
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("the server listens in time");
        server
    }
}

/// A running server; killed when dropped.
pub(crate) struct Server<'a> {
    data: &'a Data,
    process: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server<'_> {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).expect("readable")).into_owned()
    }

    /// SIGKILL: nothing of the process runs any more when this returns.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("runs");
        self.process.wait().expect("waited for");
    }

    /// SIGTERM: an end in order, which this waits for.
    pub(crate) async fn terminate(&mut self) {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().expect("sent");
        assert!(told.success());
        let ended = async {
            loop {
                if let Some(ended) = self.process.try_wait().expect("waited for") {
                    return ended;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, ended).await.expect("in time").success());
    }

    async fn connect(&self, pair: Option<&str>) -> Channel {
        let read = |path: &str| std::fs::read(path).expect("readable");
        let mut tls =
            ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(self.data.text("/authority")))).domain_name("localhost");
        if let Some(pair) = pair {
            let part = |part: &str| read(self.data.text(&format!("{pair}/{part}")));
            tls = tls.identity(Identity::from_pem(part("certificate"), part("key")));
        }
        let endpoint = Endpoint::from_shared(format!("https://{}", self.address)).expect("an address").tls_config(tls).expect("settings");
        endpoint.tcp_nodelay(true).connect().await.expect("connects")
    }

    /// A house, by its certificate.
    pub(crate) async fn brand(&self, key: &str) -> AccessServiceClient<Channel> {
        AccessServiceClient::new(self.connect(Some(&format!("/brands/{key}/pair"))).await)
    }

    /// The holder of a token.
    pub(crate) async fn person(&self, secret: &str) -> Person {
        let bearer = Bearer(format!("Bearer {secret}").parse().expect("ASCII"));
        Person { channel: self.connect(None).await, bearer }
    }

    pub(crate) async fn operator(&self) -> Person {
        self.person(&self.data.operator_token()).await
    }

    /// A token for a client, from the operator.
    pub(crate) async fn customer_token(&self, customer: &str) -> String {
        let request = v1::IssueTokenRequest {
            role: v1::Role::Customer.into(),
            subject: customer.to_owned(),
            lifetime: Some(prost_types::Duration { seconds: 3_600, nanos: 0 }),
            ..v1::IssueTokenRequest::default()
        };
        self.operator().await.identity().issue_token(request).await.expect("issued").into_inner().secret
    }

    /// Has Casa Ferrante ask for the height, to cut a piece, and the client say yes. Gives the grant's name for the brand.
    pub(crate) async fn grant(&self, client: &(String, String), token: &str, uses: i32) -> String {
        let (customer, email) = client;
        let terms = v1::Terms {
            purpose: format!("{}/purposes/made_to_measure", self.data.text("/brands/ferrante/name")),
            items: vec![v1::Item {
                attribute: "body.height".to_owned(),
                view: v1::View::Raw.into(),
                needed: true,
                reason: "To cut the piece.".to_owned(),
            }],
            mode: v1::Mode::Store.into(),
            data_range: Some(v1::DataRange { last_months: 240, ..v1::DataRange::default() }),
            expire_time: Some(in_days(60)),
            fetch: v1::Fetch::Periodic.into(),
            uses,
            data_life: Some(prost_types::Duration { seconds: 30 * 86_400, nanos: 0 }),
            automated_contact: v1::AutomatedContact::None.into(),
            ..v1::Terms::default()
        };
        let identifier = v1::Identifier { kind: v1::IdentifierKind::Email.into(), value: email.clone(), brand: String::new() };
        let ask = v1::RequestAccessRequest { identifier: Some(identifier), terms: Some(terms), ..v1::RequestAccessRequest::default() };
        let mut brand = self.brand("ferrante").await;
        let request = brand.request_access(ask).await.expect("asked").into_inner().request.unwrap();
        let mut consent = self.person(token).await.consent();
        let name = format!("{customer}/requests/{}", last(&request.name));
        let get = v1::GetRequestRequest { name: name.clone(), language: "en".to_owned() };
        let notice = consent.get_request(get).await.expect("there").into_inner().request.unwrap().notice.unwrap();
        let (notice_sha256, notice_language) = (notice.sha256, notice.language);
        let approve =
            v1::ApproveRequestRequest { name, terms: None, notice_sha256, notice_language, ..v1::ApproveRequestRequest::default() };
        let grant = consent.approve_request(approve).await.expect("approved").into_inner().grant.expect("a grant");
        format!("{}/grants/{}", self.data.text("/brands/ferrante/name"), last(&grant.name))
    }

    /// Checks every stream; a fault fails the test.
    pub(crate) async fn check_ledger(&self) -> v1::CheckLedgerResponse {
        let mut ledger = self.operator().await.ledger();
        let mut check = v1::CheckLedgerRequest::default();
        loop {
            let found = ledger.check_ledger(check.clone()).await.expect("checked").into_inner();
            assert_eq!(found.faults, Vec::<String>::new());
            if found.next_page_token.is_empty() {
                return found;
            }
            check.page_token = found.next_page_token;
        }
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The holder of a token, connected.
#[derive(Clone)]
pub(crate) struct Person {
    channel: Channel,
    bearer: Bearer,
}

type Calls = InterceptedService<Channel, Bearer>;

impl Person {
    pub(crate) fn consent(&self) -> ConsentServiceClient<Calls> {
        ConsentServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(crate) fn identity(&self) -> IdentityServiceClient<Calls> {
        IdentityServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(crate) fn ledger(&self) -> LedgerServiceClient<Calls> {
        LedgerServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(crate) fn operation(&self) -> OperationServiceClient<Calls> {
        OperationServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }

    pub(crate) fn record(&self) -> RecordServiceClient<Calls> {
        RecordServiceClient::with_interceptor(self.channel.clone(), self.bearer.clone())
    }
}

/// A read of all that a grant covers.
pub(crate) fn read(grant: &str, reason: &str) -> v1::ReadRecordsRequest {
    v1::ReadRecordsRequest { grant: grant.to_owned(), reason: reason.to_owned(), ..v1::ReadRecordsRequest::default() }
}

/// The last part of a resource name.
pub(crate) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

fn in_days(days: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: coffret_vault::clock::SystemClock::machine().plus_days(days).seconds(), nanos: 0 }
}

#[test]
fn an_invitation_sends_its_token_over_tls_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let (authority, token) = (write("ca.pem", ""), write("token", "cft_secret"));
    // Nobody may hear even that somebody tries.
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
    listener.set_nonblocking(true).expect("set");
    let port = listener.local_addr().expect("an address").port();
    for host in ["0.0.0.0", "vault.example"] {
        let mut invite = Command::new(env!("CARGO_BIN_EXE_coffret"));
        invite.args(["invite", "--server", &format!("http://{host}:{port}"), "--customer", "customers/x"]);
        let told = invite.arg("--authority").arg(&authority).arg("--token").arg(&token).output().expect("runs");
        let text = String::from_utf8_lossy(&told.stderr);
        assert!(!told.status.success() && text.contains("a token goes over TLS alone") && text.contains("Nobody was invited"), "{text}");
    }
    assert!(listener.accept().is_err(), "something was sent");
}
