//! Kill -9 in the middle of many writers and readers: what was acknowledged is there after the next start, which needs no hand.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coffret_proto::v1;
use serde_json::{Value, json};

use crate::program::{Data, Person, Postgres, Server, full, last, read, skip};

/// Half of them write, half read.
const CLIENTS: usize = 64;

/// What a server has acknowledged.
#[derive(Default)]
struct Acknowledged {
    /// Customer and record, with each version's value.
    records: HashMap<(String, String), HashMap<i64, Value>>,
    /// Customer and position, with the commitment that the brand was given.
    reads: HashMap<(String, i64), String>,
}

/// Customers with their tokens and the grant of each.
struct Cast {
    customer: String,
    token: String,
    grant: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_on_sqlite() {
    survive(&Data::seed(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_on_postgresql() {
    let Some(database) = Postgres::make().await else {
        return skip("COFFRET_TEST_POSTGRES names no PostgreSQL");
    };
    survive(&Data::seed(Some(&database.url)).await).await;
    database.drop().await;
}

async fn survive(data: &Data) {
    let mut server = data.serve().await;
    let mut cast = Vec::new();
    for client in data.clients() {
        let token = server.customer_token(&client.0).await;
        let grant = server.grant(&client, &token, 0).await;
        cast.push(Cast { customer: client.0, token, grant });
    }
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    for round in 0..if full() { 20 } else { 3 } {
        let before = totals(&acknowledged);
        storm(&mut server, &cast, &acknowledged, Duration::from_millis(400 + 90 * (round % 7))).await;
        let after = totals(&acknowledged);
        assert!(after.0 > before.0 && after.1 > before.1, "round {round}: nothing was acknowledged before the kill");
        // The same command again, and nothing else.
        let address = server.address();
        server = data.serve_at(address).await;
        let counted = server.check_ledger().await.reads_answered;
        assert!(counted >= after.1 as i64, "round {round}: {counted} reads in the ledger, {} answered", after.1);
        for one in &cast {
            verify(&server, one, &acknowledged).await;
        }
    }
}

fn totals(acknowledged: &Mutex<Acknowledged>) -> (usize, usize) {
    let held = acknowledged.lock().expect("whole");
    (held.records.values().map(HashMap::len).sum(), held.reads.len())
}

/// Writers and readers at full speed; then the kill, in the middle.
async fn storm(server: &mut Server<'_>, cast: &[Cast], acknowledged: &Arc<Mutex<Acknowledged>>, after: Duration) {
    let done = Arc::new(AtomicU64::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    let brand = server.brand("ferrante").await;
    let people = {
        let mut people = Vec::new();
        for one in cast {
            people.push(server.person(&one.token).await);
        }
        people
    };
    for number in 0..CLIENTS {
        let place = number / 2 % cast.len();
        let (one, kept, done) = (&cast[place], Arc::clone(acknowledged), Arc::clone(&done));
        if number % 2 == 0 {
            tasks.spawn(write(people[place].clone(), one.customer.clone(), kept, done));
        } else {
            let (mut brand, grant, customer) = (brand.clone(), one.grant.clone(), one.customer.clone());
            tasks.spawn(async move {
                // Until the server is gone.
                while let Ok(answer) = brand.read_records(read(&grant, "To cut the piece.")).await {
                    let answer = answer.into_inner();
                    let known = kept.lock().expect("whole").reads.insert((customer.clone(), answer.sequence), answer.commitment);
                    assert_eq!(known, None, "two answers have one entry");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    }
    tokio::time::sleep(after).await;
    while done.load(Ordering::Relaxed) < CLIENTS as u64 * 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.kill();
    while let Some(ended) = tasks.join_next().await {
        ended.expect("no client failed but by the kill");
    }
}

/// New records and new versions, each with a value of its own, until the server is gone.
async fn write(person: Person, customer: String, kept: Arc<Mutex<Acknowledged>>, done: Arc<AtomicU64>) {
    let mut client = person.record();
    let mut current: Option<(String, i64)> = None;
    for number in 0_u64.. {
        let marker = format!("{}-{number}", done.fetch_add(1, Ordering::Relaxed));
        let value = json!({ "given_on": "2026-11-22", "about": "service", "note": marker });
        let (name, expected_version) = match &current {
            // Three versions, then another record.
            Some((name, version)) if *version < 3 => (name.clone(), *version),
            _ => (String::new(), 0),
        };
        let record = v1::Record { name, attribute: "feedback.note".to_owned(), value_json: value.to_string(), ..v1::Record::default() };
        let put = v1::PutRecordRequest { customer: customer.clone(), record: Some(record), expected_version, request_id: String::new() };
        let Ok(answer) = client.put_record(put).await else { return };
        let record = answer.into_inner().record.expect("a record");
        kept.lock().expect("whole").records.entry((customer.clone(), record.name.clone())).or_default().insert(record.version, value);
        current = Some((record.name, record.version));
    }
}

/// Everything that was acknowledged to or about this customer, on the new server.
async fn verify(server: &Server<'_>, one: &Cast, acknowledged: &Mutex<Acknowledged>) {
    let person = server.person(&one.token).await;
    let (records, reads) = {
        let held = acknowledged.lock().expect("whole");
        let records: Vec<_> = held
            .records
            .iter()
            .filter(|((customer, _), _)| *customer == one.customer)
            .map(|((_, name), versions)| (name.clone(), versions.clone()))
            .collect();
        let reads: Vec<_> = held
            .reads
            .iter()
            .filter(|((customer, _), _)| *customer == one.customer)
            .map(|((_, sequence), commitment)| (*sequence, commitment.clone()))
            .collect();
        (records, reads)
    };
    let stored = versions(&person, &records).await;
    for (name, known) in &records {
        for (version, value) in known {
            assert_eq!(stored.get(&(name.clone(), *version)), Some(value), "{name} version {version}");
        }
    }
    let entries = entries(&person).await;
    for (sequence, commitment) in reads {
        let entry =
            entries.get(&sequence).unwrap_or_else(|| panic!("{}: a read was answered, and its entry {sequence} is lost", one.customer));
        assert_eq!((entry.kind.as_str(), &entry.commitment), ("read", &commitment));
        assert!(entry.details_json.contains(last(&one.grant)));
    }
    // The newest one, too, is in the transparency log soon, and the log of before the kill goes on in it.
    let newest = entries.keys().max().expect("an entry");
    let name = format!("{}/entries/{newest}", one.customer);
    let included = person.ledger().await_included(v1::AwaitIncludedRequest { name }).await.expect("included").into_inner();
    assert!(!included.proof.expect("a proof").tlog_proof.is_empty());
}

async fn versions(person: &Person, records: &[(String, HashMap<i64, Value>)]) -> HashMap<(String, i64), Value> {
    let mut found = HashMap::new();
    let mut client = person.record();
    for (name, _) in records {
        let list = v1::ListRecordVersionsRequest { name: name.clone(), page_size: 1000, page_token: String::new() };
        for record in client.list_record_versions(list).await.expect("there").into_inner().records {
            found.insert((record.name, record.version), serde_json::from_str(&record.value_json).expect("JSON"));
        }
    }
    found
}

async fn entries(person: &Person) -> HashMap<i64, v1::Entry> {
    let mut found = HashMap::new();
    let mut client = person.ledger();
    let mut list = v1::ListEntriesRequest { parent: "customers/me".to_owned(), page_size: 1000, ..v1::ListEntriesRequest::default() };
    loop {
        let page = client.list_entries(list.clone()).await.expect("listed").into_inner();
        found.extend(page.entries.into_iter().map(|entry| (entry.sequence, entry)));
        if page.next_page_token.is_empty() {
            return found;
        }
        list.page_token = page.next_page_token;
    }
}
