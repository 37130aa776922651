//! Promise 3: after stop or pause returns, no answer follows; and limits hold whatever the number of callers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use coffret_vault::consent::View;
use coffret_vault::id::GrantId;
use coffret_vault::ledger::Who;

use crate::databases::on_each_database;
use crate::stage::{Stage, brand, customer, granted, item, put, read, reading, terms};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_callers_of_a_grant_with_a_thousand_uses_get_exactly_a_thousand_answers() {
    on_each_database("thousand", async |vault, _| {
        let vault: Stage = vault;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.uses = Some(1000);
        let grant = GrantId(granted(&vault, house, ana, "ana@example.org", asked).await.grant.id());
        let answered = Arc::new(AtomicU32::new(0));
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (vault, answered) = (Arc::clone(&vault), Arc::clone(&answered));
            callers.spawn(async move {
                loop {
                    match vault.read(house, &reading(grant)).await {
                        Ok(_) => answered.fetch_add(1, Ordering::SeqCst),
                        Err(error) => break assert_eq!(error.reason(), "GRANT_EXHAUSTED"),
                    };
                }
            });
        }
        while let Some(done) = callers.join_next().await {
            done.expect("no caller fails");
        }
        assert_eq!(answered.load(Ordering::SeqCst), 1000);
        let check = vault.check_ledger(Some(ana)).await.expect("a check");
        assert_eq!((check.reads_answered, check.reads_refused), (1000, 64));
        assert_eq!(check.faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_follows_a_stop() {
    on_each_database("stop", async |vault, _| {
        let vault: Stage = vault;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        let grant = GrantId(grant.grant.id());
        let stopped = Arc::new(AtomicBool::new(false));
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (vault, stopped) = (Arc::clone(&vault), Arc::clone(&stopped));
            readers.spawn(async move {
                let mut answers = 0_u32;
                loop {
                    match vault.read(house, &reading(grant)).await {
                        Ok(released) => {
                            // The share is held here: the stop cannot have returned.
                            assert!(!stopped.load(Ordering::SeqCst), "an answer after the stop returned");
                            drop(released);
                            answers += 1;
                        }
                        Err(error) => {
                            assert_eq!(error.reason(), "GRANT_REVOKED");
                            return answers;
                        }
                    }
                }
            });
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        vault.revoke(ana, Who::Customer, grant, None).await.expect("a stop");
        stopped.store(true, Ordering::SeqCst);
        let mut answers = 0;
        while let Some(done) = readers.join_next().await {
            answers += done.expect("no reader fails");
        }
        assert!(answers > 0, "the test has read something");
    })
    .await;
}

#[tokio::test]
async fn a_pause_holds_until_it_ends_and_all_grants_stop_at_once() {
    on_each_database("pause", async |vault, clock| {
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let ana = customer(&vault, "ana@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let one = granted(&vault, house, ana, "ana@example.org", asked.clone()).await;
        let two = granted(&vault, other, ana, "ana@example.org", asked).await;
        let until = vault.now().plus_seconds(60);
        vault.pause(ana, Who::Customer, GrantId(one.grant.id()), Some(until), None).await.expect("a pause");
        assert_eq!(read(&vault, house, &one).await.expect_err("paused").reason(), "GRANT_PAUSED");
        read(&vault, other, &two).await.expect("the other goes on");
        clock.advance_seconds(60);
        read(&vault, house, &one).await.expect("the pause is over");
        assert_eq!(vault.tick().await.expect("a tick"), 1, "the end of the pause is written down once");
        assert_eq!(vault.tick().await.expect("a tick"), 0);
        let stopped = vault.revoke_all(ana, Who::Customer, None).await.expect("all stopped");
        assert_eq!(stopped.len(), 2);
        assert_eq!(read(&vault, house, &one).await.expect_err("stopped").reason(), "GRANT_REVOKED");
        assert_eq!(read(&vault, other, &two).await.expect_err("stopped").reason(), "GRANT_REVOKED");
        let again = vault.revoke(ana, Who::Customer, GrantId(one.grant.id()), None).await.expect_err("stopped already");
        assert_eq!(again.reason(), "GRANT_REVOKED");
    })
    .await;
}
