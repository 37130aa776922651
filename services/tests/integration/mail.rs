//! E-mail to customers, over a real socket: one for each thing that happened, nothing in it, and a mail server that is away stops nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use coffret_services::notice::mail::{MailParts, Security, SmtpSender, SmtpSettings, Tally, send_due};
use coffret_services::serve::{Parts, Server};
use coffret_vault::clock::ManualClock;
use coffret_vault::consent::View;
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::id::{BrandId, CustomerId};
use coffret_vault::ledger::Who;
use coffret_vault::notice::{Delivery, Topic};
use coffret_vault::operation::NewBrand;
use coffret_vault::record::{NewRecord, Source};
use coffret_vault::{Location, Vault};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const ORIGIN: &str = "https://my.house.example";

/// How the mail server answers what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// It takes it.
    Takes,
    /// Not now (RFC 5321, section 4.2.3).
    Later,
    /// There is no such mailbox.
    NoMailbox,
    /// It takes the letter and is cut off before it says so.
    TakesAndDies,
}

/// A small mail server (RFC 5321) that keeps what it is given.
struct Sink {
    port: u16,
    letters: Arc<Mutex<Vec<(String, String)>>>,
    mood: Arc<Mutex<Mood>>,
    running: JoinHandle<()>,
}

impl Sink {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (letters, mood) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Mood::Takes)));
        let (kept, asked) = (Arc::clone(&letters), Arc::clone(&mood));
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, mood) = (Arc::clone(&kept), *asked.lock().expect("a mood"));
                // A client that goes away in the middle has sent nothing.
                tokio::spawn(async move { speak(stream, &kept, mood).await.ok() });
            }
        });
        Self { port, letters, mood, running }
    }

    fn be(&self, mood: Mood) {
        *self.mood.lock().expect("a mood") = mood;
    }

    /// Recipients and texts, in the order in which they came.
    fn letters(&self) -> Vec<(String, String)> {
        self.letters.lock().expect("letters").clone()
    }

    fn parts(&self) -> MailParts {
        let settings = SmtpSettings {
            server: "127.0.0.1".to_owned(),
            port: Some(self.port),
            security: Security::None,
            credentials: None,
            from: "Coffret <vault@house.example>".to_owned(),
            authorities: None,
        };
        let mut parts = MailParts::new(Arc::new(SmtpSender::new(&settings).expect("fits")), ORIGIN);
        parts.every = Duration::from_millis(20);
        parts
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn speak(stream: TcpStream, kept: &Mutex<Vec<(String, String)>>, mood: Mood) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink.example ESMTP\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match line.trim_end() {
            greeting if greeting.starts_with("EHLO") => "250 sink.example",
            rcpt if rcpt.starts_with("RCPT TO:") => {
                to = rcpt["RCPT TO:".len()..].trim_matches(['<', '>']).to_owned();
                match mood {
                    Mood::NoMailbox => "550 no such mailbox here: ana@example.org",
                    Mood::Later => "451 try again later",
                    _ => "250 OK",
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                loop {
                    line.clear();
                    if stream.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    text.push_str(&line);
                }
                kept.lock().expect("letters").push((to.clone(), text));
                if mood == Mood::TakesAndDies {
                    return Ok(());
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 OK",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// Runs a test in SQLite, and in PostgreSQL where one is named.
async fn on_each_database(name: &str, test: impl AsyncFn(Arc<Vault>, Arc<ManualClock>)) {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    let (vault, clock) =
        coffret_vault::testing::vault_at(Location::Sqlite(folder.path().join("vault.db")), &keys, 7).await.expect("a vault");
    test(vault, clock).await;
    let Some(server) = postgres() else { return };
    let database = format!("coffret_mail_{name}_{}", std::process::id());
    let url = coffret_vault::testing::create_database(&server, &database).await.expect("a database");
    let (vault, clock) = coffret_vault::testing::vault_at(Location::Postgres(url), &keys, 8).await.expect("a vault");
    test(vault, clock).await;
    coffret_vault::testing::drop_database(&server, &database).await.expect("dropped");
}

#[expect(clippy::disallowed_methods, reason = "the test command names the server to test with")]
fn postgres() -> Option<String> {
    std::env::var("COFFRET_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

fn operator() -> Who {
    Who::Operator("operators/test".to_owned())
}

async fn brand(vault: &Vault) -> BrandId {
    let new = NewBrand {
        title: "Maison Alba".to_owned(),
        legal_name: "Maison Alba SA".to_owned(),
        country: "FR".to_owned(),
        contact: "privacy@brand.example".to_owned(),
    };
    let brand = vault.create_brand(operator(), new, None).await.expect("a brand").id;
    let notices = [("en".to_owned(), "To prepare your visit.".to_owned())].into();
    let dpv = "https://w3id.org/dpv#ServicePersonalisation".to_owned();
    vault.publish_purpose(operator(), brand, "advice".to_owned(), dpv, notices, None).await.expect("a purpose");
    brand
}

async fn customer(vault: &Vault, email: &str, language: &str) -> CustomerId {
    let new = NewCustomer {
        language: language.to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        identifiers: vec![Identifier::Email(email.to_owned())],
    };
    let id = vault.create_customer(operator(), new, None).await.expect("a customer").id;
    let value = serde_json::json!({ "address": email });
    let record = NewRecord { id: None, attribute: "contact.email".to_owned(), value, expected_version: None };
    vault.put_records(id, Who::Customer, Source::Customer, vec![record], None).await.expect("an address");
    id
}

async fn ask(vault: &Vault, brand: BrandId, email: &str) {
    use coffret_vault::consent::{Contact, Fetch, Item, Mode, PurposeRef, Terms};
    let item = Item { attribute: "body.height".to_owned(), view: View::Raw, needed: true, reason: "To prepare your visit.".to_owned() };
    let terms = Terms {
        purpose: PurposeRef { code: "advice".to_owned(), version: 1 },
        items: vec![item],
        mode: Mode::View,
        data_range: None,
        not_before: None,
        expires_at: vault.now().plus_days(180),
        fetch: Fetch::Periodic,
        uses: None,
        frequency: None,
        data_life_days: None,
        onward: Vec::new(),
        predictions: false,
        contact: Contact::None,
        reward: None,
    };
    let ask = coffret_vault::request::NewAsk { identifier: Identifier::Email(email.to_owned()), terms, accept_at_once: None };
    vault.ask(brand, ask, None).await.expect("asked");
}

fn sent(count: u64) -> Tally {
    Tally { sent: count, ..Tally::default() }
}

fn failed(count: u64) -> Tally {
    Tally { failed: count, ..Tally::default() }
}

/// The line of a header.
fn header<'a>(letter: &'a str, name: &str) -> &'a str {
    let line = letter.lines().find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("no {name} in {letter}")).trim_end()
}

#[tokio::test]
async fn one_letter_for_each_event_and_nothing_in_it() {
    on_each_database("one", async |vault, clock| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        let ana = customer(&vault, "ana@example.org", "en").await;
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally::default(), "nothing happened");
        ask(&vault, house, "ana@example.org").await;
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), sent(1));
        clock.advance_seconds(60);
        vault.create_recovery_code(ana, Who::Customer, None).await.expect("a code");
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), sent(1));
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally::default(), "each once");
        let letters = sink.letters();
        assert_eq!(letters.len(), 2);
        for (to, text) in &letters {
            assert_eq!(to, "ana@example.org");
            assert!(
                text.contains("There is something new in your vault.") && text.contains("https://my.house.example/notices\r\n"),
                "{text}"
            );
            assert!(text.contains("https://my.house.example/notices/settings"), "{text}");
            for secret in ["Alba", "height", "passkey", "recovery", "request", "access", &ana.to_string()] {
                assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{secret} in {text}");
            }
            assert_eq!(text.matches("ana@example.org").count(), 1, "{text}");
        }
        assert_ne!(header(&letters[0].1, "Message-ID:"), header(&letters[1].1, "Message-ID:"));
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_written_in_the_customers_language() {
    on_each_database("words", async |vault, _| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        customer(&vault, "ana@example.org", "fr-CH").await;
        ask(&vault, house, "ana@example.org").await;
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), sent(1));
        let (_, text) = sink.letters().remove(0);
        assert_eq!(
            (header(&text, "Subject:"), header(&text, "Content-Language:")),
            ("Subject: Du nouveau dans votre coffre", "Content-Language: fr")
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_daily_comes_in_one_letter() {
    on_each_database("daily", async |vault, clock| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        let ana = customer(&vault, "ana@example.org", "en").await;
        let chosen = [(Topic::Requests, Delivery::Daily), (Topic::Vault, Delivery::Daily)];
        vault.change_notice_settings(ana, Who::Customer, None, &chosen, None).await.expect("chosen");
        ask(&vault, house, "ana@example.org").await;
        vault.begin_export(ana, Who::Customer).await.expect("an export");
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally::default());
        clock.advance_seconds(86_400);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), sent(1));
        assert_eq!(sink.letters().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_erased_gets_none() {
    on_each_database("erased", async |vault, _| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        let ana = customer(&vault, "ana@example.org", "en").await;
        ask(&vault, house, "ana@example.org").await;
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally::default());
        assert_eq!(sink.letters(), []);
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_or_says_no_loses_nothing() {
    on_each_database("away", async |vault, clock| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        customer(&vault, "ana@example.org", "en").await;
        ask(&vault, house, "ana@example.org").await;
        sink.be(Mood::Later);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), failed(1));
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally::default(), "not at once again");
        // Nobody listens there.
        let gone = Sink::start().await;
        let nobody = gone.parts();
        drop(gone);
        clock.advance_seconds(60);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(send_due(&vault, &nobody).await.expect("a look"), failed(1));
        clock.advance_seconds(120);
        sink.be(Mood::Takes);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), sent(1));
        assert_eq!(sink.letters().len(), 1);
        assert_eq!(vault.mail_health().await.expect("health").given_up, 0);
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_is_none_is_given_up_at_once() {
    on_each_database("none", async |vault, clock| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        customer(&vault, "ana@example.org", "en").await;
        ask(&vault, house, "ana@example.org").await;
        sink.be(Mood::NoMailbox);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally { sent: 0, failed: 1, given_up: 1 });
        clock.advance_seconds(86_400);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), Tally::default());
        assert_eq!(vault.mail_health().await.expect("health").given_up, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_before_a_crash_comes_again_under_the_same_id_and_is_never_lost() {
    on_each_database("crash", async |vault, clock| {
        let (sink, house) = (Sink::start().await, brand(&vault).await);
        customer(&vault, "ana@example.org", "en").await;
        ask(&vault, house, "ana@example.org").await;
        // Taken, and the word of it is lost on the way back: as if this server had been killed then.
        sink.be(Mood::TakesAndDies);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), failed(1));
        sink.be(Mood::Takes);
        clock.advance_seconds(60);
        assert_eq!(send_due(&vault, &sink.parts()).await.expect("a look"), sent(1));
        let letters = sink.letters();
        assert_eq!(letters.len(), 2);
        assert_eq!(header(&letters[0].1, "Message-ID:"), header(&letters[1].1, "Message-ID:"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_sends_by_itself_and_a_restart_sends_nothing_again() {
    let (folder, sink) = (tempfile::tempdir().expect("a folder"), Sink::start().await);
    let parts = |mail| Parts { listen: "127.0.0.1:0".parse().expect("an address"), mail, ..Parts::default() };
    let (vault, _) = coffret_vault::testing::vault_in(folder.path(), 7).await.expect("a vault");
    let house = brand(&vault).await;
    customer(&vault, "ana@example.org", "en").await;
    // Off: nothing is sent.
    let server = Server::start(parts(None), Arc::clone(&vault)).await.expect("starts");
    ask(&vault, house, "ana@example.org").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop().await;
    assert_eq!(sink.letters(), []);
    // On, with a mail server that is away at first: the server starts, answers and stops all the same.
    sink.be(Mood::Later);
    let server = Server::start(parts(Some(sink.parts())), Arc::clone(&vault)).await.expect("starts");
    let mut waited = 0;
    while vault.mail_health().await.expect("answers").retrying == 0 && waited < 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        waited += 1;
    }
    assert_eq!(vault.mail_health().await.expect("health").retrying, 1);
    server.stop().await;
    drop(vault);
    sink.be(Mood::Takes);
    for (seed, letters) in [(8, 1), (9, 1)] {
        let (vault, clock) = again(folder.path(), seed).await;
        clock.advance_seconds(3600);
        let server = Server::start(parts(Some(sink.parts())), Arc::clone(&vault)).await.expect("starts");
        let mut waited = 0;
        while sink.letters().len() < letters && waited < 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waited += 1;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.stop().await;
        assert_eq!(sink.letters().len(), letters);
    }
}

/// Opens the vault after the one before was dropped: what it had running ends a moment later.
async fn again(folder: &std::path::Path, seed: u64) -> (Arc<Vault>, Arc<ManualClock>) {
    for _ in 0..200 {
        if let Ok(open) = coffret_vault::testing::vault_in(folder, seed).await {
            return open;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the vault does not open again");
}
