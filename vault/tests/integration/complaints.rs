//! Complaints: filed with an entry that proves it, sealed, answered, and gone with their customer.

use coffret_vault::Vault;
use coffret_vault::clienteling::contact::{Allowance, Attempt, Author, Block, Channel, Purpose};
use coffret_vault::complaint::{About, ComplaintKind, NewComplaint};
use coffret_vault::consent::View;
use coffret_vault::id::{BrandId, CustomerId, GrantId};
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::notice::NoticeKind;
use coffret_vault::once::Once;
use coffret_vault::page::PageRequest;
use serde_json::json;

use crate::databases::{on_each_database, on_each_place};
use crate::stage::{brand, customer, entries, granted, item, operator, put, put_value, read, terms};

const EMAIL: &str = "ana@example.org";
const WORDS: &str = "I was in Lisbon that day.";

fn about(about: About) -> NewComplaint {
    NewComplaint { kind: ComplaintKind::NotRecognised, about, text: Some(WORDS.to_owned()), shared: false }
}

/// A brand that has read, the customer, the grant, and the read's place.
async fn a_read(vault: &Vault) -> (BrandId, CustomerId, GrantId, i64) {
    let (house, ana) = (brand(vault, "Maison Alba").await, customer(vault, EMAIL).await);
    put(vault, ana, "body.shoe_size").await;
    let asked = terms(vault, vec![item("body.shoe_size", View::Raw, true)]);
    let grant = granted(vault, house, ana, EMAIL, asked).await;
    let released = read(vault, house, &grant).await.expect("an answer");
    (house, ana, GrantId(grant.grant.id()), released.sequence)
}

#[tokio::test]
async fn a_complaint_is_filed_once_with_an_entry_and_its_words_are_the_customers_alone() {
    on_each_place("filed", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana, grant, sequence) = a_read(&vault).await;
        let call = Once::new("customers/ana", "CreateComplaint", uuid::Uuid::from_u128(1), b"asked");
        let filed = vault.file_complaint(ana, Who::Customer, about(About::Entry(sequence)), Some(&call)).await.expect("filed");
        let again = vault.file_complaint(ana, Who::Customer, about(About::Entry(sequence)), Some(&call)).await.expect("filed before");
        assert_eq!(filed, again);
        assert_eq!((filed.brand, filed.grant, filed.text.as_deref()), (Some(house), Some(grant), Some(WORDS)));
        let entry = vault.entry(ana, filed.filing).await.expect("its entry");
        assert!(entry.valid);
        assert_eq!(
            (entry.details.kind.as_str(), entry.details.reason),
            ("complaint.filed", Some(format!("not_recognised entries/{sequence}")))
        );
        let rows = place.dump("complaint").await + &place.dump("ledger_entry").await;
        for secret in [WORDS, "Lisbon", "not_recognised"] {
            assert!(!rows.contains(secret), "{secret}");
        }
        let open = vault.open_complaints(&PageRequest::first(10)).await.expect("a list").items;
        assert_eq!((open.len(), open[0].id, open[0].text.as_deref()), (1, filed.id, None), "an operator sees that there is one");
        let told = vault.notices(ana, &PageRequest::first(1)).await.expect("notices").items.remove(0);
        assert_eq!(told.kind, NoticeKind::Complaint);
    })
    .await;
}

#[tokio::test]
async fn what_the_customer_shares_operators_read_and_answer() {
    on_each_database("answered", async |vault, clock| {
        let (_, ana, grant, _) = a_read(&vault).await;
        let new = NewComplaint { shared: true, kind: ComplaintKind::Deletion, ..about(About::Grant(grant)) };
        let filed = vault.file_complaint(ana, Who::Customer, new, None).await.expect("filed");
        assert_eq!(vault.count_open_complaints().await.expect("a count"), 1);
        let open = vault.open_complaints(&PageRequest::first(10)).await.expect("a list").items.remove(0);
        assert_eq!(open.text.as_deref(), Some(WORDS));
        clock.advance_seconds(60);
        let before = entries(&vault, ana).await;
        for (who, answer) in [(operator(), None), (Who::Customer, Some("x".to_owned()))] {
            let refused = vault.close_complaint(ana, who, filed.id, answer, None).await.expect_err("refused");
            assert_eq!(refused.field_violations()[0].field, "answer");
        }
        assert_eq!(entries(&vault, ana).await, before, "what was refused changed nothing");
        let closed = vault.close_complaint(ana, operator(), filed.id, Some("We asked them.".to_owned()), None).await.expect("closed");
        assert_eq!((closed.answer.as_deref(), closed.closed_at), (Some("We asked them."), Some(vault.now())));
        assert_eq!(vault.complaint(ana, filed.id).await.expect("there"), closed);
        assert_eq!(vault.count_open_complaints().await.expect("a count"), 0);
        let twice = vault.close_complaint(ana, Who::Customer, filed.id, None, None).await.expect_err("closed");
        assert_eq!(twice.reason(), "COMPLAINT_CLOSED");
        let filter = EntryFilter { kind: Some("complaint.*".to_owned()), ..EntryFilter::default() };
        let kinds: Vec<String> = vault
            .entries(ana, &filter, &PageRequest::first(10))
            .await
            .expect("entries")
            .items
            .into_iter()
            .map(|one| one.details.kind)
            .collect();
        assert_eq!(kinds, ["complaint.closed", "complaint.filed"]);
    })
    .await;
}

#[tokio::test]
async fn a_complaint_is_about_the_customers_own_and_has_its_limits() {
    on_each_database("limits", async |vault, _| {
        let (_, ana, grant, sequence) = a_read(&vault).await;
        let ben = customer(&vault, "ben@example.org").await;
        let before = entries(&vault, ben).await;
        for of in [About::Grant(grant), About::Entry(sequence)] {
            let refused = vault.file_complaint(ben, Who::Customer, about(of), None).await.expect_err("another's");
            assert_eq!(refused.reason(), "NOT_FOUND");
        }
        for text in ["x".repeat(2001), String::new(), "a\u{202E}b".to_owned(), "a\0b".to_owned()] {
            let new = NewComplaint { text: Some(text), ..about(About::Entry(1)) };
            let refused = vault.file_complaint(ben, Who::Customer, new, None).await.expect_err("no text");
            assert_eq!(refused.field_violations()[0].field, "complaint.text");
        }
        assert_eq!(entries(&vault, ben).await, before);
        let filed = vault.file_complaint(ana, Who::Customer, about(About::Grant(grant)), None).await.expect("filed");
        assert_eq!(vault.complaint(ben, filed.id).await.expect_err("another's").reason(), "NOT_FOUND");
        assert_eq!(vault.complaints(ben, &PageRequest::first(10)).await.expect("a list").items, []);
        for _ in 1..100 {
            vault.file_complaint(ana, Who::Customer, about(About::Grant(grant)), None).await.expect("filed");
        }
        let refused = vault.file_complaint(ana, Who::Customer, about(About::Grant(grant)), None).await.expect_err("too many");
        assert_eq!(refused.reason(), "TOO_MANY_COMPLAINTS");
        let first = vault.complaints(ana, &PageRequest::first(60)).await.expect("a page");
        let rest = vault.complaints(ana, &PageRequest::new(60, &first.next).expect("a token")).await.expect("a page");
        assert_eq!((first.items.len(), rest.items.len(), rest.items.last().expect("the oldest").id), (60, 40, filed.id));
    })
    .await;
}

#[tokio::test]
async fn complaints_go_with_their_customer() {
    on_each_place("erased", async |place| {
        let (vault, _) = place.open().await;
        let (_, ana, grant, _) = a_read(&vault).await;
        let filed = vault.file_complaint(ana, Who::Customer, about(About::Grant(grant)), None).await.expect("filed");
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(place.number("SELECT COUNT(*) FROM complaint").await, 0);
        assert_eq!(vault.open_complaints(&PageRequest::first(10)).await.expect("a list").items, []);
        let gone = vault.close_complaint(ana, operator(), filed.id, Some("Done.".to_owned()), None).await.expect_err("gone");
        assert_eq!(gone.reason(), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_contact_is_checked_by_the_rules_and_the_access_of_now() {
    on_each_database("contact", async |vault, _| {
        let (house, ana, grant, _) = a_read(&vault).await;
        let other = brand(&vault, "Casa Ferrante").await;
        let attempt = Attempt {
            channel: Channel::Email,
            purpose: Purpose::Orders,
            at: vault.now(),
            occasion: None,
            author: Author::Person,
            made_this_month: 0,
        };
        let check = async |brand, attempt: Attempt| vault.check_contact(ana, brand, &attempt).await.expect("a verdict");
        assert_eq!(check(house, attempt).await, Err(vec![Block::NoRules]));
        let value = json!({
            "channels": [{ "channel": "email", "purpose": "orders", "allowed": true }], "time_zone": "UTC", "automated": "yes"
        });
        let before = entries(&vault, ana).await + 1;
        put_value(&vault, ana, "rules.channel", value).await;
        assert_eq!(check(house, attempt).await, Ok(Allowance::Way));
        // The access lets only a person write, whatever the rules allow.
        assert_eq!(check(house, Attempt { author: Author::Machine, ..attempt }).await, Err(vec![Block::PersonOnly]));
        assert_eq!(check(other, attempt).await, Err(vec![Block::NoAccess]));
        assert_eq!(
            check(house, Attempt { at: vault.now().plus_days(181), ..attempt }).await,
            Err(vec![Block::NoAccess]),
            "it has ended then"
        );
        vault.pause(ana, Who::Customer, grant, None, None).await.expect("paused");
        assert_eq!(check(house, attempt).await, Err(vec![Block::NoAccess]));
        assert_eq!(entries(&vault, ana).await, before + 1, "trying it out leaves no trace");
        let unknown = vault.check_contact(ana, BrandId(uuid::Uuid::from_u128(1)), &attempt).await.expect_err("unknown");
        assert_eq!(unknown.reason(), "NOT_FOUND");
    })
    .await;
}
