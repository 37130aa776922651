//! A PostgreSQL that stops answering without a word: callers are told in time, what happened is known afterwards, and all goes on when it
//! answers again.

use std::sync::Arc;
use std::time::Duration;

use coffret_vault::Location;
use coffret_vault::consent::View;
use coffret_vault::error::Kind;
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::operation::NewBrand;
use coffret_vault::page::PageRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::databases::{Place, on_postgres};
use crate::stage::{brand, customer, granted, item, operator, put, read, terms};

/// Longer than any caller waits: the server's own deadline for a call.
const DEADLINE: Duration = Duration::from_mins(1);

/// A line to the PostgreSQL of a place that can be held: nothing passes, and nothing breaks, as when its host is stopped.
struct Line {
    held: watch::Sender<bool>,
    url: String,
}

impl Line {
    async fn to(url: &str) -> Self {
        let (before, rest) = url.split_once('@').expect("a user");
        let (host, after) = rest.split_once('/').expect("a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address");
        let (held, holding) = watch::channel(false);
        let host = host.to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (holding, host) = (holding.clone(), host.clone());
                tokio::spawn(async move {
                    released(holding.clone()).await;
                    let server = TcpStream::connect(host).await.expect("PostgreSQL answers");
                    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                    tokio::join!(pass(from_client, to_server, holding.clone()), pass(from_server, to_client, holding));
                });
            }
        });
        Self { held, url: format!("{before}@{own}/{after}") }
    }

    fn hold(&self) {
        self.held.send(true).expect("somebody listens");
    }

    fn release(&self) {
        self.held.send(false).expect("somebody listens");
    }
}

async fn released(mut holding: watch::Receiver<bool>) {
    let _ = holding.wait_for(|held| !held).await;
}

async fn pass(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, holding: watch::Receiver<bool>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count) = from.read(&mut bytes).await {
        released(holding.clone()).await;
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

fn new_brand() -> NewBrand {
    NewBrand {
        title: "Casa Ferrante".to_owned(),
        legal_name: "Casa Ferrante SpA".to_owned(),
        country: "IT".to_owned(),
        contact: "privacy@example.org".to_owned(),
    }
}

fn of_kind(kind: &str) -> EntryFilter {
    EntryFilter { kind: Some(kind.to_owned()), ..EntryFilter::default() }
}

async fn on_a_line(name: &str, test: impl AsyncFn(&Place, &Line)) {
    on_postgres(name, async |place| {
        let Location::Postgres(url) = place.location() else { unreachable!("a PostgreSQL") };
        let line = Line::to(url).await;
        let through = place.reached_by(Location::Postgres(line.url.clone()));
        test(&through, &line).await;
        line.release();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_are_told_in_time_and_all_goes_on_after_the_stall() {
    on_a_line("stalls", async |place, line| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        read(&vault, house, &grant).await.expect("an answer");
        let before = vault.check_ledger(Some(ana)).await.expect("a check").reads_answered;
        line.hold();
        let once = Once::new("customers/ana", "UpdateCustomer", uuid::Uuid::from_u128(1), b"it");
        let update = || vault.update_customer(ana, Who::Customer, Some("it".to_owned()), None, None, Some(&once));
        let (every, first) = (EntryFilter::default(), PageRequest::first(10));
        let stalled = async {
            tokio::join!(
                read(&vault, house, &grant),
                update(),
                vault.customer(ana),
                vault.create_brand(operator(), new_brand(), None),
                vault.entries(ana, &every, &first),
            )
        };
        let (read_under, updated, found, made, entries) = tokio::time::timeout(DEADLINE, stalled).await.expect("told in time");
        for (what, error) in [
            ("a read", read_under.expect_err("stalled")),
            ("a change", updated.expect_err("stalled")),
            ("a look", found.expect_err("stalled")),
            ("an act", made.expect_err("stalled")),
            ("a list", entries.expect_err("stalled")),
        ] {
            assert_eq!(error.kind(), Kind::Unavailable, "{what}: {error:?}");
            assert!(["STORE_UNAVAILABLE", "OUTCOME_UNKNOWN"].contains(&error.reason()), "{what}: {error:?}");
        }
        line.release();
        let mut tries = 0;
        while let Err(error) = read(&vault, house, &grant).await {
            assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
            tries += 1;
            assert!(tries < 100, "the vault goes on by itself: {error:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        // What happened to the change is told to whoever repeats it.
        let settled = update().await.expect("done, once");
        assert_eq!(settled.profile.expect("a profile").language, "it");
        let changes = vault.entries(ana, &of_kind("customer.updated"), &PageRequest::first(10)).await.expect("entries");
        assert_eq!(changes.items.len(), 1, "written once, whatever the first call was told");
        let check = vault.check_ledger(Some(ana)).await.expect("a check");
        assert_eq!(check.faults, Vec::<String>::new());
        assert!(check.reads_answered > before, "and the answered read is among the entries");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_callers_than_connections_are_all_told_and_none_is_left_behind() {
    on_a_line("stalls_many", async |place, line| {
        let (vault, _) = place.open().await;
        let ana = customer(&vault, "ana@example.org").await;
        line.hold();
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let vault = Arc::clone(&vault);
            callers.spawn(async move { tokio::time::timeout(DEADLINE, vault.customers(&PageRequest::first(1))).await });
        }
        while let Some(told) = callers.join_next().await {
            let error = told.expect("no caller breaks").expect("told in time").expect_err("stalled");
            assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
        }
        line.release();
        let again = async {
            while vault.customer(ana).await.is_err() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(DEADLINE, again).await.expect("no connection is lost for good");
    })
    .await;
}

#[tokio::test]
async fn a_url_that_asks_for_commits_that_can_be_lost_is_refused() {
    on_postgres("forgetful", async |place| {
        let Location::Postgres(url) = place.location() else { unreachable!("a PostgreSQL") };
        let joint = if url.contains('?') { '&' } else { '?' };
        for (value, refused) in [("off", true), ("local", true), ("remote_write", true), ("remote_apply", false)] {
            let asking = place.reached_by(Location::Postgres(format!("{url}{joint}options[synchronous_commit]={value}")));
            match asking.try_open_again().await {
                Ok(_) => assert!(!refused, "{value}"),
                Err(error) => assert!(refused && error.reason() == "COMMITS_NOT_DURABLE", "{value}: {error:?}"),
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_somebody_else_holds_is_not_waited_for_for_ever() {
    on_postgres("row_held", async |place| {
        let (vault, _) = place.open().await;
        let ana = customer(&vault, "ana@example.org").await;
        let back = place.back_door().await;
        let holding = sea_orm::TransactionTrait::begin(&back).await.expect("begun");
        sea_orm::ConnectionTrait::execute_unprepared(&holding, "SELECT * FROM customer FOR UPDATE").await.expect("held");
        sea_orm::ConnectionTrait::execute_unprepared(&holding, "LOCK TABLE ledger_entry IN SHARE MODE").await.expect("held");
        let update = || vault.update_customer(ana, Who::Customer, Some("it".to_owned()), None, None, None);
        let refused = tokio::time::timeout(DEADLINE, update()).await.expect("in time").expect_err("held");
        assert_eq!((refused.kind(), refused.reason()), (Kind::Unavailable, "STORE_UNAVAILABLE"), "known not to have happened: {refused:?}");
        holding.rollback().await.expect("let go");
        update().await.expect("free again");
        back.close().await.expect("closed");
    })
    .await;
}
