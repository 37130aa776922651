//! What an import must do, and must not.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sea_orm::EntityTrait;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::keys::file::FileRoot;
use crate::page::PageRequest;
use crate::record::{NewRecord, Record};
use crate::store::entity::{customer, ledger_entry, replay};
use crate::testing::{START, vault_in};
use crate::{Location, Settings};
use coffret_envelope::testing::SeededEntropy;

const BRAND: BrandId = BrandId(Uuid::from_u128(7));

fn who() -> Who {
    Who::Operator("importer".to_owned())
}

fn profile() -> Profile {
    Profile { language: "en".to_owned(), time_zone: "UTC".to_owned() }
}

async fn opened() -> (tempfile::TempDir, Arc<Vault>, Arc<ManualClock>) {
    let folder = tempfile::tempdir().unwrap();
    let (vault, clock) = vault_in(folder.path(), 5).await.unwrap();
    (folder, vault, clock)
}

fn one(attribute: &str, value: &Value) -> ImportRecord {
    let kind = crate::attribute::Catalogue::builtin().get(attribute).unwrap();
    ImportRecord::new(kind, value).unwrap()
}

fn fit(item: &str) -> ImportRecord {
    one("purchase.fit", &json!({ "item": { "id": item }, "fit": "small", "reviewed_on": "2016-04-20" }))
}

fn height(value: u16, measured_on: Option<&str>) -> ImportRecord {
    match measured_on {
        Some(day) => one("body.height", &json!({ "value": value, "unit": "cm", "measured_on": day })),
        None => one("body.height", &json!({ "value": value, "unit": "cm" })),
    }
}

fn part(number: &str, records: Vec<ImportRecord>) -> ImportCustomer {
    ImportCustomer { identifier: Identifier::External(BRAND, number.to_owned()), records }
}

async fn try_import(vault: &Vault, batch: u8, parts: Vec<ImportCustomer>) -> Vec<Result<ImportOutcome>> {
    vault.import(who(), profile(), &[batch; 32], parts).await.unwrap()
}

async fn import(vault: &Vault, batch: u8, parts: Vec<ImportCustomer>) -> Vec<ImportOutcome> {
    try_import(vault, batch, parts).await.into_iter().map(Result::unwrap).collect()
}

async fn owner(vault: &Vault, number: &str) -> Option<CustomerId> {
    let (token, ..) = vault.index_token(&Identifier::External(BRAND, number.to_owned()), "identifier").unwrap();
    vault.find_customer(&token).await.unwrap()
}

async fn records(vault: &Vault, number: &str) -> Vec<Record> {
    let owner = owner(vault, number).await.expect("the customer has a vault");
    vault.records(owner, None, &PageRequest::first(100)).await.unwrap().items
}

async fn value(vault: &Vault, number: &str) -> Value {
    let found = records(vault, number).await;
    assert_eq!(found.len(), 1);
    serde_json::from_str(&found[0].value).unwrap()
}

async fn entries(vault: &Vault) -> usize {
    ledger_entry::Entity::find().all(vault.store.reader()).await.unwrap().len()
}

async fn customers(vault: &Vault) -> usize {
    customer::Entity::find().all(vault.store.reader()).await.unwrap().len() - 1
}

#[tokio::test]
async fn a_new_customer_gets_a_vault_and_one_entry_for_all_records() {
    let (_folder, vault, _clock) = opened().await;
    let before = entries(&vault).await;
    let done = import(&vault, 1, vec![part("1", vec![fit("a"), fit("b"), height(170, None)]), part("2", vec![fit("c")])]).await;
    assert_eq!(done[0], ImportOutcome { created: true, stored: 3, superseded: 0, unchanged: 0 });
    assert_eq!(done[1], ImportOutcome { created: true, stored: 1, superseded: 0, unchanged: 0 });
    assert_eq!(customers(&vault).await, 2);
    // For each customer: the vault was opened, records were imported.
    assert_eq!(entries(&vault).await - before, 4);
    let found = records(&vault, "1").await;
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|record| record.info.source == Source::Import && record.info.version == 1));
}

#[tokio::test]
async fn a_known_customer_is_found_and_gets_one_entry() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![fit("a")])]).await;
    let before = entries(&vault).await;
    let done = import(&vault, 2, vec![part("1", vec![fit("b"), fit("c")])]).await;
    assert_eq!(done, [ImportOutcome { created: false, stored: 2, superseded: 0, unchanged: 0 }]);
    assert_eq!(customers(&vault).await, 1);
    assert_eq!(entries(&vault).await - before, 1);
    assert_eq!(records(&vault, "1").await.len(), 3);
}

#[tokio::test]
async fn outcomes_stand_in_the_order_of_the_batch() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![fit("a")]), part("3", vec![fit("a")])]).await;
    let mixed = vec![part("4", vec![fit("b")]), part("3", vec![fit("b"), fit("c")]), part("2", vec![fit("b")]), part("1", vec![fit("b")])];
    let done = import(&vault, 2, mixed).await;
    assert_eq!(done.iter().map(|one| (one.created, one.stored)).collect::<Vec<_>>(), [(true, 1), (false, 2), (true, 1), (false, 1)]);
}

#[tokio::test]
async fn a_repeated_batch_answers_as_before_and_stores_nothing_twice() {
    let (_folder, vault, clock) = opened().await;
    let batch = || vec![part("1", vec![fit("a"), height(170, None)]), part("2", vec![fit("b")])];
    let first = import(&vault, 1, batch()).await;
    let before = entries(&vault).await;
    clock.advance_seconds(3_600);
    assert_eq!(import(&vault, 1, batch()).await, first);
    assert_eq!(entries(&vault).await, before);
    assert_eq!((records(&vault, "1").await.len(), records(&vault, "2").await.len()), (2, 1));
}

#[tokio::test]
async fn a_batch_half_stored_is_completed_by_its_repetition() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![fit("a")])]).await;
    let done = import(&vault, 1, vec![part("1", vec![fit("a")]), part("2", vec![fit("b")])]).await;
    assert!(done.iter().all(|one| one.stored == 1 && one.created));
    assert_eq!((records(&vault, "1").await.len(), records(&vault, "2").await.len()), (1, 1));
}

#[tokio::test]
async fn the_stored_request_id_does_not_tell_the_customers_number() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![fit("a")])]).await;
    let stored = replay::Entity::find().one(vault.store.reader()).await.unwrap().unwrap();
    let other = tempfile::tempdir().unwrap();
    let (vault, _clock) = vault_in(other.path(), 6).await.unwrap();
    import(&vault, 1, vec![part("1", vec![fit("a")])]).await;
    let elsewhere = replay::Entity::find().one(vault.store.reader()).await.unwrap().unwrap();
    // The same number in the same batch, under another key.
    assert_ne!(stored.request_id, elsewhere.request_id);
}

#[tokio::test]
async fn of_a_single_type_the_latest_by_its_own_time_is_kept_whatever_the_order() {
    let (_folder, vault, _clock) = opened().await;
    let values = vec![height(171, Some("2016-05-01")), height(172, Some("2016-07-01")), height(173, Some("2016-06-01"))];
    let done = import(&vault, 1, vec![part("1", values)]).await;
    assert_eq!(done[0], ImportOutcome { created: true, stored: 1, superseded: 2, unchanged: 0 });
    assert_eq!(value(&vault, "1").await["value"], 172);
    // The same rule against what is stored.
    let done = import(&vault, 2, vec![part("1", vec![height(180, Some("2016-06-30"))])]).await;
    assert_eq!((done[0].stored, done[0].superseded), (0, 1));
    assert_eq!(value(&vault, "1").await["value"], 172);
    let done = import(&vault, 3, vec![part("1", vec![height(181, Some("2016-07-02"))])]).await;
    assert_eq!((done[0].stored, done[0].superseded), (1, 0));
    assert_eq!(value(&vault, "1").await["value"], 181);
    assert_eq!(records(&vault, "1").await[0].info.version, 2);
}

#[tokio::test]
async fn without_times_the_last_in_the_batch_is_kept() {
    let (_folder, vault, _clock) = opened().await;
    let done = import(&vault, 1, vec![part("1", vec![height(171, None), fit("a"), height(172, None)])]).await;
    assert_eq!(done[0], ImportOutcome { created: true, stored: 2, superseded: 1, unchanged: 0 });
    let stored = records(&vault, "1").await;
    let height = stored.iter().find(|record| record.info.attribute == "body.height").unwrap();
    assert!(height.value.contains("172"));
}

#[tokio::test]
async fn the_same_value_again_is_unchanged_and_leaves_no_entry() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![height(170, Some("2016-05-01"))])]).await;
    let before = entries(&vault).await;
    let done = import(&vault, 2, vec![part("1", vec![height(170, Some("2016-05-01"))])]).await;
    assert_eq!(done[0], ImportOutcome { created: false, stored: 0, superseded: 0, unchanged: 1 });
    assert_eq!(entries(&vault).await, before);
    assert_eq!(records(&vault, "1").await[0].info.version, 1);
}

#[tokio::test]
async fn what_the_customer_entered_is_not_replaced_by_a_value_that_is_older_or_of_unknown_age() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![fit("a")])]).await;
    let id = owner(&vault, "1").await.unwrap();
    let own =
        NewRecord { id: None, attribute: "body.height".to_owned(), value: json!({ "value": 175, "unit": "cm" }), expected_version: None };
    vault.put_records(id, Who::Customer, Source::Customer, vec![own], None).await.unwrap();
    for (batch, other) in [(2, height(160, None)), (3, height(160, Some("2016-05-01")))] {
        let done = import(&vault, batch, vec![part("1", vec![other])]).await;
        assert_eq!((done[0].stored, done[0].superseded), (0, 1));
    }
    let stored = records(&vault, "1").await;
    let height = stored.iter().find(|record| record.info.attribute == "body.height").unwrap();
    assert!(height.value.contains("175") && height.info.source == Source::Customer);
}

#[tokio::test]
async fn one_customer_twice_in_a_batch_is_refused_and_the_first_stored() {
    let (_folder, vault, _clock) = opened().await;
    let done = try_import(&vault, 1, vec![part("1", vec![fit("a")]), part("1", vec![fit("b")])]).await;
    assert_eq!(done[0].as_ref().unwrap().stored, 1);
    assert_eq!(done[1].as_ref().unwrap_err().reason(), "CUSTOMER_TWICE");
    assert_eq!(records(&vault, "1").await.len(), 1);
}

#[tokio::test]
async fn two_batches_at_once_for_one_customer_are_both_stored_in_one_vault() {
    let (_folder, vault, _clock) = opened().await;
    for (one, two) in [(1, 2), (3, 4)] {
        let first = import(&vault, one, vec![part("1", vec![fit("a"), height(170 + u16::from(one), None)])]);
        let second = import(&vault, two, vec![part("1", vec![fit("b"), height(170 + u16::from(two), None)])]);
        let (first, second) = tokio::join!(first, second);
        assert_eq!((first[0].stored, second[0].stored), (2, 2));
    }
    assert_eq!(customers(&vault).await, 1);
    // Four fits, and one height in its fourth version.
    let found = records(&vault, "1").await;
    assert_eq!(found.len(), 5);
    assert!(found.iter().any(|record| record.info.attribute == "body.height" && record.info.version == 4));
}

#[tokio::test]
async fn a_wrong_identifier_fails_alone() {
    let (_folder, vault, _clock) = opened().await;
    let done = try_import(&vault, 1, vec![part("", vec![fit("a")]), part("2", vec![fit("b")])]).await;
    assert_eq!(done[0].as_ref().unwrap_err().reason(), "IDENTIFIER_INVALID");
    assert_eq!(done[1].as_ref().unwrap().stored, 1);
    assert_eq!(customers(&vault).await, 1);
    assert!(vault.check_identifier(&Identifier::External(BRAND, String::new())).is_err());
    assert!(vault.check_identifier(&Identifier::External(BRAND, "1".to_owned())).is_ok());
}

#[tokio::test]
async fn no_records_and_too_many_are_refused() {
    let (_folder, vault, _clock) = opened().await;
    let many = (0..=MOST_RECORDS).map(|item| fit(&item.to_string())).collect();
    let done = try_import(&vault, 1, vec![part("1", Vec::new()), part("2", many)]).await;
    assert!(done.iter().all(|one| one.as_ref().unwrap_err().reason() == "RECORDS_COUNT"));
    assert_eq!(customers(&vault).await, 0);
}

#[tokio::test]
async fn an_erased_customer_gets_a_new_vault_and_the_old_one_stays_empty() {
    let (_folder, vault, _clock) = opened().await;
    import(&vault, 1, vec![part("1", vec![fit("a")])]).await;
    let erased = owner(&vault, "1").await.unwrap();
    vault.erase_customer(erased, Who::Customer).await.unwrap();
    let done = import(&vault, 2, vec![part("1", vec![fit("b")])]).await;
    assert!(done[0].created);
    assert_ne!(owner(&vault, "1").await, Some(erased));
    assert!(vault.records(erased, None, &PageRequest::first(100)).await.is_err());
}

/// A clock that moves each time it is asked, so that changes of one commit have one time and no other change has it.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(START.micros() + self.0.fetch_add(1, Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_thousand_customers_share_few_commits() {
    let folder = tempfile::tempdir().unwrap();
    let entropy = Arc::new(SeededEntropy::new(9));
    let root = Arc::new(FileRoot::open(&folder.path().join("keys"), entropy.as_ref(), true).unwrap());
    let location = Location::Sqlite(folder.path().join("vault.db"));
    let vault = Vault::open(Settings { location, root, clock: Arc::new(Ticking(AtomicI64::new(0))), entropy }).await.unwrap();
    let batch = || (0..1000_u32).map(|number| part(&number.to_string(), vec![fit("a"), height(170, Some("2016-05-01"))])).collect();
    let done = import(&vault, 1, batch()).await;
    assert!(done.iter().all(|one| one.created && one.stored == 2));
    let done = import(&vault, 2, batch()).await;
    assert!(done.iter().all(|one| !one.created && one.stored == 1 && one.unchanged == 1));
    assert_eq!(customers(&vault).await, 1000);
    assert_eq!(records(&vault, "999").await.len(), 3);
    let times: HashSet<i64> = ledger_entry::Entity::find().all(vault.store.reader()).await.unwrap().iter().map(|row| row.at).collect();
    assert!(times.len() <= 24, "{} commits for 2000 changes", times.len());
}

#[test]
fn a_value_that_is_wrong_is_refused_without_quoting_it() {
    let catalogue = crate::attribute::Catalogue::builtin();
    let found = ImportRecord::new(catalogue.get("purchase.fit").unwrap(), &json!({ "item": { "id": "a" }, "fit": "secret" })).unwrap_err();
    assert_eq!((found[0].field.as_str(), found[0].reason), ("value.fit", "NOT_LISTED"));
    assert!(!format!("{found:?}").contains("secret"));
    let photo = ImportRecord::new(catalogue.get("photo.look").unwrap(), &json!({})).unwrap_err();
    assert_eq!(photo[0].reason, "ATTRIBUTE_KIND");
}

#[test]
fn debug_shows_no_value() {
    assert!(!format!("{:?}", height(179, None)).contains("179"));
}
