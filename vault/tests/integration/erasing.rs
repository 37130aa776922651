//! Promise 5, as far as it goes today: after erasure nothing live opens, and the ledger still verifies.

use coffret_vault::ChangeKind;
use coffret_vault::consent::View;
use coffret_vault::ledger::Who;
use coffret_vault::page::PageRequest;

use serde_json::json;

use crate::databases::on_each_database;
use crate::stage::{ask, brand, customer, granted, item, put, read, terms};

#[tokio::test]
async fn an_erased_customer_is_gone_and_looks_unknown() {
    on_each_database("erase", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        let ben = customer(&vault, "ben@example.org").await;
        let record = put(&vault, ana, "body.shoe_size").await;
        put(&vault, ben, "body.shoe_size").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let grant = granted(&vault, house, ana, "ana@example.org", asked.clone()).await;
        read(&vault, house, &grant).await.expect("an answer");
        let erased_at = vault.erase_customer(ana, Who::Customer).await.expect("erased");
        clock.advance_seconds(60);
        assert_eq!(vault.erase_customer(ana, Who::Customer).await.expect("erased before"), erased_at, "a repeat tells when it happened");
        let refused = read(&vault, house, &grant).await.expect_err("erased");
        assert_eq!(refused.reason(), "NO_ACCESS");
        assert_eq!(vault.record(ana, record.id).await.expect_err("gone").reason(), "NOT_FOUND");
        assert!(vault.customer(ana).await.expect("a stub").erased);
        assert_eq!(vault.records(ana, None, &PageRequest::first(10)).await.expect_err("gone").reason(), "NOT_FOUND");
        let told: Vec<ChangeKind> = vault.changes(house, None, 10).await.expect("changes").iter().map(|one| one.kind).collect();
        assert_eq!(told, [ChangeKind::Approved, ChangeKind::Erased]);
        // The address is free again and tells nothing.
        let again = ask(&vault, house, "ana@example.org", asked).await;
        assert!(again.is_ok(), "{again:?}");
        let check = vault.check_ledger(None).await.expect("a check");
        assert_eq!(check.faults, Vec::<String>::new());
        assert!(check.erased > 0);
        vault.records(ben, None, &PageRequest::first(10)).await.expect("the living can be read");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_record_is_gone_with_all_its_versions() {
    on_each_database("delete", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let first = put(&vault, ana, "body.shoe_size").await;
        let second = put(&vault, ana, "body.shoe_size").await;
        assert_eq!((first.id, second.version), (second.id, 2), "a customer has one shoe size; a put is its next version");
        let versions = vault.record_versions(ana, first.id, &PageRequest::first(10)).await.expect("versions");
        assert_eq!(versions.items.len(), 2);
        vault.delete_record(ana, Who::Customer, first.id, None).await.expect("deleted");
        assert_eq!(vault.record_versions(ana, first.id, &PageRequest::first(10)).await.expect_err("gone").reason(), "NOT_FOUND");
        let third = put(&vault, ana, "body.shoe_size").await;
        assert_eq!(third.version, 1);
    })
    .await;
}

/// Of the photo below.
const SHA256: &str = "4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f";

#[tokio::test]
async fn a_photo_comes_back_as_it_went_in() {
    on_each_database("photo", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let body: Vec<u8> = (0..3_000_000_u32).map(|byte| (byte % 251) as u8).collect();
        let sha256 = "f5aba6a5d0b2d4c3a8b5d6b1f6a4ea9ee8d1d8b1a5a7e6c1f8a44d0f2c9c7c00";
        let value = json!({ "bytes": body.len(), "media_type": "image/jpeg", "sha256": sha256 });
        let refused = vault.put_blob(ana, Who::Customer, "photo.look", &value, &body, None).await.expect_err("another photo");
        assert_eq!(refused.field_violations()[0].field, "header.value_json.sha256");
        let value = json!({ "bytes": body.len(), "media_type": "image/jpeg", "sha256": SHA256 });
        let info = vault.put_blob(ana, Who::Customer, "photo.look", &value, &body, None).await.expect("stored");
        assert_eq!(vault.blob(ana, info.id).await.expect("read").as_slice(), body);
        vault.delete_record(ana, Who::Customer, info.id, None).await.expect("deleted");
        assert_eq!(vault.blob(ana, info.id).await.expect_err("gone").reason(), "NOT_FOUND");
        let large = vec![0_u8; 20 * 1024 * 1024 + 1];
        let refused = vault.put_blob(ana, Who::Customer, "photo.look", &value, &large, None).await.expect_err("too large");
        assert_eq!(refused.field_violations()[0].field, "header.size");
    })
    .await;
}
