//! An export of a customer's records is one entry in their ledger, and there is no export without it.

use coffret_vault::Vault;
use coffret_vault::error::Kind;
use coffret_vault::id::CustomerId;
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::{Entry, Who};
use coffret_vault::page::PageRequest;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::databases::{on_each_database, on_each_place};
use crate::stage::{customer, entries, put, put_value};

async fn exports(vault: &Vault, customer: CustomerId) -> Vec<Entry> {
    let filter = EntryFilter { kind: Some("record.exported".to_owned()), ..EntryFilter::default() };
    vault.entries(customer, &filter, &PageRequest::first(10)).await.expect("entries").items
}

#[tokio::test]
async fn an_export_names_who_and_which_types_and_tells_no_value() {
    on_each_database("exports", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        put_value(&vault, ana, "identity.birth_date", json!({ "date": "1984-05-17" })).await;
        put(&vault, ana, "body.shoe_size").await;
        let gone = put(&vault, ana, "identity.name").await;
        vault.delete_record(ana, Who::Customer, gone.id, None).await.expect("deleted");
        let before = entries(&vault, ana).await;
        let export = vault.begin_export(ana, Who::Customer).await.expect("begins");
        assert_eq!(entries(&vault, ana).await, before + 1);
        let entry = exports(&vault, ana).await.remove(0);
        assert!(entry.valid);
        assert_eq!((entry.details.who.clone(), entry.details.result.as_str()), (Who::Customer, "ok"));
        assert_eq!(entry.details.attributes, ["body.shoe_size", "identity.birth_date"], "what is there, not what was");
        assert!(!serde_json::to_string(&entry.details).expect("JSON").contains("1984-05-17"));

        // What came in after the entry is not in it, and not in the export.
        put(&vault, ana, "identity.name").await;
        let page = vault.exported(&export, &PageRequest::first(1)).await.expect("a page");
        let rest = vault.exported(&export, &PageRequest::new(1, &page.next).expect("a page")).await.expect("a page");
        let mut given: Vec<_> = page.items.iter().chain(&rest.items).map(|record| record.info.attribute.as_str()).collect();
        // Both were written in the same moment.
        given.sort_unstable();
        assert_eq!((given, rest.next.as_str()), (vec!["body.shoe_size", "identity.birth_date"], ""));
        assert_eq!(entries(&vault, ana).await, before + 2, "pages are no exports of their own");
    })
    .await;
}

#[tokio::test]
async fn an_empty_vault_and_a_repeated_export_are_in_the_ledger_too() {
    on_each_database("exports_of_nothing", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        let export = vault.begin_export(ana, Who::Customer).await.expect("begins");
        assert!(vault.exported(&export, &PageRequest::first(10)).await.expect("a page").items.is_empty());
        vault.begin_export(ana, Who::Customer).await.expect("begins");
        let found = exports(&vault, ana).await;
        assert_eq!(found.iter().map(|entry| entry.details.attributes.len()).collect::<Vec<_>>(), [0, 0]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_exported_once_the_account_is_erased() {
    on_each_database("exports_erased", async |vault, _| {
        let ana = customer(&vault, "ana@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        let export = vault.begin_export(ana, Who::Customer).await.expect("begins");
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(vault.exported(&export, &PageRequest::first(10)).await.expect_err("gone").kind(), Kind::NotFound);
        assert_eq!(vault.begin_export(ana, Who::Customer).await.expect_err("gone").kind(), Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn an_export_whose_entry_cannot_be_written_does_not_begin() {
    on_each_place("exports_unwritten", async |place| {
        let (vault, _) = place.open().await;
        let ana = customer(&vault, "ana@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        let database = place.back_door().await;
        database.execute_unprepared("ALTER TABLE ledger_entry RENAME TO elsewhere").await.expect("renamed");
        vault.begin_export(ana, Who::Customer).await.expect_err("no entry, no export");
        database.execute_unprepared("ALTER TABLE elsewhere RENAME TO ledger_entry").await.expect("renamed");
        database.close().await.expect("closes");
    })
    .await;
}
