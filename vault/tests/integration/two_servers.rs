//! Two servers on one PostgreSQL: limits are never over-spent, and a stop on one holds on the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use coffret_vault::consent::View;
use coffret_vault::id::GrantId;
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::page::PageRequest;

use crate::databases::on_postgres;
use crate::stage::{brand, customer, granted, item, put, read, reading, terms};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_give_exactly_a_thousand_answers_for_a_thousand_uses() {
    on_postgres("two_thousand", async |place| {
        let (one, _) = place.open().await;
        let (two, _) = place.open().await;
        let (house, ana) = (brand(&one, "Maison Alba").await, customer(&one, "ana@example.org").await);
        put(&one, ana, "body.shoe_size").await;
        let mut asked = terms(&one, vec![item("body.shoe_size", View::Raw, true)]);
        asked.uses = Some(1000);
        let grant = GrantId(granted(&one, house, ana, "ana@example.org", asked).await.grant.id());
        let answered = Arc::new(AtomicU32::new(0));
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..64 {
            let vault = Arc::clone(if caller % 2 == 0 { &one } else { &two });
            let answered = Arc::clone(&answered);
            callers.spawn(async move {
                loop {
                    match vault.read(house, &reading(grant)).await {
                        Ok(_) => {
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        // Both servers move the same stream: after many tries one may give up, having changed nothing.
                        Err(error) if error.reason() == "CHANGED_MEANWHILE" => {}
                        Err(error) => break assert_eq!(error.reason(), "GRANT_EXHAUSTED"),
                    }
                }
            });
        }
        while let Some(done) = callers.join_next().await {
            done.expect("no caller fails");
        }
        assert_eq!(answered.load(Ordering::SeqCst), 1000);
        let check = one.check_ledger(Some(ana)).await.expect("a check");
        assert_eq!((check.reads_answered, check.reads_refused), (1000, 64));
        assert_eq!(check.faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_follows_a_stop_on_the_other_server() {
    on_postgres("two_stop", async |place| {
        let (one, _) = place.open().await;
        let (two, _) = place.open().await;
        let (house, ana) = (brand(&one, "Maison Alba").await, customer(&one, "ana@example.org").await);
        put(&one, ana, "body.shoe_size").await;
        for round in 0..5 {
            let asked = terms(&one, vec![item("body.shoe_size", View::Raw, true)]);
            let grant = granted(&one, house, ana, "ana@example.org", asked).await;
            read(&two, house, &grant).await.expect("the other server answers");
            let id = GrantId(grant.grant.id());
            let stopped = Arc::new(AtomicBool::new(false));
            let mut readers = tokio::task::JoinSet::new();
            for _ in 0..8 {
                let (vault, stopped) = (Arc::clone(&two), Arc::clone(&stopped));
                readers.spawn(async move {
                    let mut answers = 0_u32;
                    loop {
                        match vault.read(house, &reading(id)).await {
                            Ok(released) => {
                                // The share is held here: the stop, wherever it is, cannot have returned.
                                assert!(!stopped.load(Ordering::SeqCst), "an answer after the stop returned");
                                drop(released);
                                answers += 1;
                            }
                            Err(error) if error.reason() == "CHANGED_MEANWHILE" => {}
                            Err(error) => {
                                assert_eq!(error.reason(), "GRANT_REVOKED");
                                return answers;
                            }
                        }
                    }
                });
            }
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            one.revoke(ana, Who::Customer, id, None).await.expect("a stop");
            stopped.store(true, Ordering::SeqCst);
            let mut answers = 0;
            while let Some(done) = readers.join_next().await {
                answers += done.expect("no reader fails");
            }
            assert!(answers > 0, "round {round} has read something");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_other_server_resumed_can_be_paused_here_again() {
    on_postgres("two_pauses", async |place| {
        let (one, _) = place.open().await;
        let (other, _) = place.open().await;
        let (house, ana) = (brand(&one, "Maison Alba").await, customer(&one, "ana@example.org").await);
        put(&one, ana, "body.shoe_size").await;
        let asked = terms(&one, vec![item("body.shoe_size", View::Raw, true)]);
        let first = granted(&one, house, ana, "ana@example.org", asked).await;
        let grant = GrantId(first.grant.id());
        for _ in 0..2 {
            one.pause(ana, Who::Customer, grant, None, None).await.expect("paused, whatever is remembered here");
            assert_eq!(read(&other, house, &first).await.expect_err("paused").reason(), "GRANT_PAUSED");
            other.resume(ana, Who::Customer, grant, None).await.expect("resumed there");
        }
        read(&one, house, &first).await.expect("resumed");
    })
    .await;
}

#[tokio::test]
async fn a_read_decided_on_an_old_position_leaves_no_entry_there() {
    on_postgres("two_positions", async |place| {
        let (one, _) = place.open().await;
        let (two, _) = place.open().await;
        let (house, ana) = (brand(&one, "Maison Alba").await, customer(&one, "ana@example.org").await);
        put(&one, ana, "body.shoe_size").await;
        let grant = granted(&one, house, ana, "ana@example.org", terms(&one, vec![item("body.shoe_size", View::Raw, true)])).await;
        let here = read(&one, house, &grant).await.expect("an answer");
        let there = read(&two, house, &grant).await.expect("an answer");
        assert_eq!(there.sequence, here.sequence + 1);
        // The first server remembers the position before: its entry comes after the other's, which stays as it is.
        let after = read(&one, house, &grant).await.expect("decided again on the new position");
        assert_eq!(after.sequence, there.sequence + 1);
        let entries = one.entries(ana, &EntryFilter::default(), &PageRequest::first(3)).await.expect("entries").items;
        let found: Vec<_> = entries.iter().map(|entry| (entry.sequence, entry.commitment)).collect();
        assert_eq!(found, [&after, &there, &here].map(|read| (read.sequence, read.commitment)));
    })
    .await;
}
