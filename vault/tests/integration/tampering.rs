//! Somebody with the database cannot put an old record or an old grant back: it is noticed before anything is released.

use coffret_vault::consent::View;
use coffret_vault::error::Kind;
use coffret_vault::id::GrantId;
use coffret_vault::ledger::Who;
use coffret_vault::testing::START;

use crate::databases::on_each_place;
use crate::stage::{brand, customer, granted, item, put, read, terms};

#[tokio::test]
async fn an_old_record_put_back_is_noticed_before_it_is_released() {
    on_each_place("old_record", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let second = put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        read(&vault, house, &grant).await.expect("an answer");
        let id = place.id(second.id.0);
        place
            .tamper(&[
                format!("DELETE FROM record WHERE record_id = {id} AND version = 2"),
                format!("UPDATE record SET current = TRUE WHERE record_id = {id} AND version = 1"),
            ])
            .await;
        // What this process remembers is the true record; another server reads what is stored, and notices.
        let released = read(&vault, house, &grant).await.expect("an answer");
        assert_eq!(released.records[0].version, 2);
        drop((released, vault));
        let (again, _) = place.open_again().await;
        let refused = read(&again, house, &grant).await.expect_err("noticed");
        assert_eq!(refused.kind(), Kind::Internal);
    })
    .await;
}

#[tokio::test]
async fn a_record_moved_to_another_customer_does_not_open() {
    on_each_place("moved_record", async |place| {
        let (vault, _) = place.open().await;
        let (ana, ben) = (customer(&vault, "ana@example.org").await, customer(&vault, "ben@example.org").await);
        let record = put(&vault, ana, "body.shoe_size").await;
        let (ben_id, id) = (place.id(ben.0), place.id(record.id.0));
        place.tamper(&[format!("UPDATE record SET customer_id = {ben_id} WHERE record_id = {id}")]).await;
        assert_eq!(vault.record(ben, record.id).await.expect_err("another key, another place").kind(), Kind::Internal);
    })
    .await;
}

#[tokio::test]
async fn a_stopped_grant_put_back_stays_stopped() {
    on_each_place("old_grant", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        let id = place.id(grant.grant.id());
        place.keep("access_grant").await;
        vault.revoke(ana, Who::Customer, GrantId(grant.grant.id()), None).await.expect("a stop");
        place
            .tamper(&[format!(
                "UPDATE access_grant SET sealed = kept.sealed, version = kept.version, live = kept.live FROM kept \
                 WHERE access_grant.grant_id = kept.grant_id AND access_grant.grant_id = {id}"
            )])
            .await;
        drop(vault);
        let (again, _) = place.open_again().await;
        let refused = read(&again, house, &grant).await.expect_err("noticed");
        assert_eq!(refused.kind(), Kind::Internal, "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn an_entry_in_the_way_takes_the_whole_read_back_and_the_next_one_goes_on() {
    on_each_place("entry_in_the_way", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        let before = read(&vault, house, &grant).await.expect("an answer").sequence;
        let (own, next) = (place.id(ana.0), before + 1);
        place
            .tamper(&[format!(
                "INSERT INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening) \
                 SELECT customer_id, {next}, stream, event_id, at, commitment, opening FROM ledger_entry \
                 WHERE customer_id = {own} AND seq = {before}"
            )])
            .await;
        read(&vault, house, &grant).await.expect_err("its place is taken");
        let written = format!("SELECT count(*) FROM ledger_entry WHERE customer_id = {own} AND seq >= {before}");
        assert_eq!(place.number(&written).await, 2, "nothing was written beside it");
        place.tamper(&[format!("DELETE FROM ledger_entry WHERE customer_id = {own} AND seq = {next}")]).await;
        assert_eq!(read(&vault, house, &grant).await.expect("an answer").sequence, next);
        assert_eq!(place.number(&written).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_damaged_entry_after_the_customers_row_stops_reads_until_it_is_put_right_and_nothing_else() {
    on_each_place("damaged_tail", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        let damaged = read(&vault, house, &grant).await.expect("an answer").sequence;
        place.keep("ledger_entry").await;
        let (own, at) = (place.id(ana.0), format!("customer_id = {} AND seq = {damaged}", place.id(ana.0)));
        for damage in ["opening", "commitment"] {
            place.tamper(&[format!("UPDATE ledger_entry SET {damage} = {} WHERE {at}", place.bytes(&[7; 9]))]).await;
        }
        drop(vault);
        let (again, _) = place.open_again().await;
        assert_eq!(read(&again, house, &grant).await.expect_err("how often it was read is in doubt").kind(), Kind::Internal);
        put(&again, ana, "body.height").await;
        let refused = read(&again, house, &grant).await.expect_err("what came after it does not bury it");
        assert_eq!(refused.kind(), Kind::Internal);
        place
            .tamper(&[format!(
                "UPDATE ledger_entry SET opening = kept.opening, commitment = kept.commitment FROM kept \
                 WHERE ledger_entry.customer_id = kept.customer_id AND ledger_entry.seq = kept.seq AND kept.customer_id = {own}"
            )])
            .await;
        assert_eq!(read(&again, house, &grant).await.expect("put right").sequence, damaged + 2);
        place.tamper(&[format!("UPDATE ledger_entry SET opening = {} WHERE {at}", place.bytes(&[7; 9]))]).await;
        drop(again);
        let (again, _) = place.open_again().await;
        again.revoke(ana, coffret_vault::ledger::Who::Customer, GrantId(grant.grant.id()), None).await.expect("a stop always goes");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_went_back_keeps_the_vault_from_starting() {
    on_each_place("clock", async |place| {
        let (vault, clock) = place.open().await;
        clock.set(START.plus_days(2));
        brand(&vault, "Maison Alba").await;
        drop(vault);
        let refused = place.try_open_again().await.expect_err("the clock shows the day before yesterday");
        assert_eq!(refused.reason(), "CLOCK_WENT_BACK");
    })
    .await;
}
