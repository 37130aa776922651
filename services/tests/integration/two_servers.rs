//! Two servers on one PostgreSQL: uses are counted once, and a stop at one holds at the other from the moment it returns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use coffret_proto::v1;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tonic_types::StatusExt;

use crate::program::{Data, Postgres, Server, full, last, read, skip};

const CLIENTS: usize = 64;
const USES: u32 = 1_000;
const READERS: usize = 16;

fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_uses_over_two_servers_are_a_thousand_answers() {
    let Some(database) = Postgres::make().await else {
        return skip("COFFRET_TEST_POSTGRES names no PostgreSQL");
    };
    let data = Data::seed(Some(&database.url)).await;
    let (one, other) = (data.serve().await, data.serve().await);
    let client = &data.clients()[0];
    let token = one.customer_token(&client.0).await;
    let grant = one.grant(client, &token, USES as i32).await;
    let before = one.check_ledger().await;
    let answered = Arc::new(AtomicU32::new(0));
    let refused = Arc::new(AtomicU32::new(0));
    let lines = [one.brand("ferrante").await, other.brand("ferrante").await];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let (mut brand, grant, answered, refused) = (lines[number % 2].clone(), grant.clone(), Arc::clone(&answered), Arc::clone(&refused));
        tasks.spawn(async move {
            loop {
                match brand.read_records(read(&grant, "To cut the piece.")).await {
                    Ok(answer) => {
                        assert_eq!(answer.into_inner().records.len(), 1);
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(status) => {
                        assert_eq!(reason(&status), "GRANT_EXHAUSTED", "{}", status.message());
                        refused.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                }
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every client ended as it should");
    }
    assert_eq!(answered.load(Ordering::Relaxed), USES);
    let after = other.check_ledger().await;
    assert_eq!(after.reads_answered - before.reads_answered, i64::from(USES));
    assert_eq!(after.reads_refused - before.reads_refused, i64::from(refused.load(Ordering::Relaxed)));
    drop((one, other));
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_stop_returns_neither_server_answers() {
    let Some(database) = Postgres::make().await else {
        return skip("COFFRET_TEST_POSTGRES names no PostgreSQL");
    };
    let data = Data::seed(Some(&database.url)).await;
    let servers = [data.serve().await, data.serve().await];
    let client = &data.clients()[1];
    for round in 0..if full() { 20 } else { 6 } {
        stop_at(&servers, round % 2, client).await;
    }
    servers[0].check_ledger().await;
    drop(servers);
    database.drop().await;
}

/// Readers at both servers; the customer stops at one of them, in the middle.
async fn stop_at(servers: &[Server<'_>; 2], where_: usize, client: &(String, String)) {
    let token = servers[where_].customer_token(&client.0).await;
    let grant = servers[where_].grant(client, &token, 0).await;
    let stopped = Arc::new(OnceCell::<Instant>::new());
    let (ended, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let late = lateness(Arc::clone(&ended));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..READERS {
        let mut brand = servers[number % 2].brand("ferrante").await;
        let (grant, stopped, answered) = (grant.clone(), Arc::clone(&stopped), Arc::clone(&answered));
        tasks.spawn(async move {
            let mut worst = Duration::ZERO;
            loop {
                let begun_after = stopped.get().is_some();
                match brand.read_records(read(&grant, "To cut the piece.")).await {
                    Ok(_) => {
                        assert!(!begun_after, "a read that began after the stop had returned was answered");
                        if let Some(stopped) = stopped.get() {
                            worst = worst.max(stopped.elapsed());
                        }
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(status) => {
                        assert_eq!(reason(&status), "GRANT_REVOKED", "{}", status.message());
                        if begun_after {
                            return worst;
                        }
                    }
                }
            }
        });
    }
    while answered.load(Ordering::Relaxed) < READERS as u32 * 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut consent = servers[where_].person(&token).await.consent();
    let name = format!("{}/grants/{}", client.0, last(&grant));
    consent.revoke_grant(v1::RevokeGrantRequest { name, request_id: String::new() }).await.expect("stopped");
    stopped.set(Instant::now()).expect("once");
    let mut worst = Duration::ZERO;
    while let Some(ended) = tasks.join_next().await {
        worst = worst.max(ended.expect("no reader was answered too late"));
    }
    ended.store(true, Ordering::Relaxed);
    // An answer may have lain here, received, until this process had time for its reader.
    let allowed = Duration::from_millis(5) + late.await.expect("measured");
    assert!(worst <= allowed, "an answer in flight came {worst:?} after the stop had returned, and {allowed:?} are this process's own");
}

/// The longest that this process let a task wait beyond its time, until told to end.
fn lateness(ended: Arc<AtomicBool>) -> tokio::task::JoinHandle<Duration> {
    tokio::spawn(async move {
        let (pause, mut worst) = (Duration::from_millis(1), Duration::ZERO);
        while !ended.load(Ordering::Relaxed) {
            let begun = Instant::now();
            tokio::time::sleep(pause).await;
            worst = worst.max(begun.elapsed().saturating_sub(pause));
        }
        worst
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_told_to_stop_has_given_its_lease_back() {
    let Some(database) = Postgres::make().await else {
        return skip("COFFRET_TEST_POSTGRES names no PostgreSQL");
    };
    let data = Data::seed(Some(&database.url)).await;
    let (one, mut other) = (data.serve().await, data.serve().await);
    let mut operation = one.operator().await.operation();
    let mut servers = async || operation.get_health(v1::GetHealthRequest {}).await.expect("told").into_inner().servers;
    // The demo that made the data was killed: its lease lasts for a few seconds.
    while servers().await > 2 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(servers().await, 2);
    other.terminate().await;
    assert_eq!(servers().await, 1, "gone with the process, not seconds later");
    drop((one, other));
    database.drop().await;
}
