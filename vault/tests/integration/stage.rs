//! A vault with brands, a purpose and customers on it, for tests about consent.

use std::collections::BTreeMap;
use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::access::{Read, Released, Target};
use coffret_vault::consent::{Contact, Fetch, Item, Mode, PurposeRef, Terms, View};
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::decision::CustomerGrant;
use coffret_vault::error::Error;
use coffret_vault::id::{BrandId, CustomerId, GrantId};
use coffret_vault::ledger::Who;
use coffret_vault::operation::NewBrand;
use coffret_vault::record::{NewRecord, Source};
use coffret_vault::request::{BrandRequest, NewAsk};
use serde_json::Value;

pub(crate) const NOTICE: &str = "We use this to prepare your visit.";

pub(crate) fn operator() -> Who {
    Who::Operator("operators/test".to_owned())
}

/// A registered brand with the purpose `advice`.
pub(crate) async fn brand(vault: &Vault, title: &str) -> BrandId {
    let new = NewBrand {
        title: title.to_owned(),
        legal_name: format!("{title} SA"),
        country: "FR".to_owned(),
        contact: "privacy@example.org".to_owned(),
    };
    let brand = vault.create_brand(operator(), new, None).await.expect("a brand").id;
    publish(vault, brand, "advice", NOTICE).await;
    brand
}

pub(crate) async fn publish(vault: &Vault, brand: BrandId, code: &str, notice: &str) {
    let notices = BTreeMap::from([("en".to_owned(), notice.to_owned())]);
    let dpv = "https://w3id.org/dpv#ServicePersonalisation".to_owned();
    vault.publish_purpose(operator(), brand, code.to_owned(), dpv, notices, None).await.expect("a purpose");
}

/// A customer found by this address.
pub(crate) async fn customer(vault: &Vault, email: &str) -> CustomerId {
    let new = NewCustomer {
        language: "en".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        identifiers: vec![Identifier::Email(email.to_owned())],
    };
    vault.create_customer(operator(), new, None).await.expect("a customer").id
}

/// An example value of an attribute type, put by the customer.
pub(crate) async fn put(vault: &Vault, customer: CustomerId, attribute: &str) -> coffret_vault::record::RecordInfo {
    let value = vault.catalogue().get(attribute).expect("a known type").example().clone();
    put_value(vault, customer, attribute, value).await
}

pub(crate) async fn put_value(vault: &Vault, customer: CustomerId, attribute: &str, value: Value) -> coffret_vault::record::RecordInfo {
    let record = NewRecord { id: None, attribute: attribute.to_owned(), value, expected_version: None };
    let put = vault.put_records(customer, Who::Customer, Source::Customer, vec![record], None).await.expect("a record");
    put.into_iter().next().expect("one record")
}

pub(crate) fn item(attribute: &str, view: View, needed: bool) -> Item {
    Item { attribute: attribute.to_owned(), view, needed, reason: "To prepare your visit.".to_owned() }
}

/// Terms for six months from now, as a brand asks them.
pub(crate) fn terms(vault: &Vault, items: Vec<Item>) -> Terms {
    Terms {
        purpose: PurposeRef { code: "advice".to_owned(), version: 1 },
        items,
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
    }
}

pub(crate) async fn ask(vault: &Vault, brand: BrandId, email: &str, terms: Terms) -> Result<BrandRequest, Error> {
    let ask = NewAsk { identifier: Identifier::Email(email.to_owned()), terms, accept_at_once: None };
    vault.ask(brand, ask, None).await
}

/// The notice in force, as a customer names it in a yes.
pub(crate) async fn notice(vault: &Vault, brand: BrandId) -> (String, String) {
    let (purpose, _) = vault.purpose(brand, "advice").await.expect("a purpose");
    let seen = purpose.notice_seen("en").expect("an English notice");
    (seen.sha256, seen.language)
}

/// Asks and says yes to everything.
pub(crate) async fn granted(vault: &Vault, brand: BrandId, customer: CustomerId, email: &str, terms: Terms) -> CustomerGrant {
    let request = ask(vault, brand, email, terms.clone()).await.expect("a request");
    let notice = notice(vault, brand).await;
    let decision = vault.approve(customer, Who::Customer, request.id, Some(terms), Some(notice), None).await.expect("a yes");
    decision.grant.expect("a grant")
}

pub(crate) fn reading(grant: GrantId) -> Read {
    Read {
        target: Target::Grant(grant),
        items: Vec::new(),
        reason: "An appointment.".to_owned(),
        advisor: None,
        size: 0,
        page_token: String::new(),
        once: None,
    }
}

pub(crate) async fn read(vault: &Vault, brand: BrandId, grant: &CustomerGrant) -> Result<Released, Error> {
    vault.read(brand, &reading(GrantId(grant.grant.id()))).await
}

/// How many entries a customer's stream has.
pub(crate) async fn entries(vault: &Vault, customer: CustomerId) -> u64 {
    let check = vault.check_ledger(Some(customer)).await.expect("a check");
    assert_eq!(check.faults, Vec::<String>::new());
    check.entries
}

pub(crate) type Stage = Arc<Vault>;
