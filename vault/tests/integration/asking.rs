//! Promise 7: unknown, never asked and declined look the same to a brand; and what a customer can make of a request.

use coffret_vault::consent::{Allowed, BrandView, Ceiling, RequestState, View};
use coffret_vault::id::GrantId;
use coffret_vault::ledger::Who;
use coffret_vault::page::PageRequest;

use crate::databases::on_each_database;
use crate::stage::{ask, brand, customer, entries, granted, item, notice, operator, put, read, terms};

#[tokio::test]
async fn unknown_declined_and_unanswered_look_alike_until_and_after_the_request_closes() {
    on_each_database("alike", async |vault, clock| {
        let house = brand(&vault, "Maison Alba").await;
        let (ana, _ben) = (customer(&vault, "ana@example.org").await, customer(&vault, "ben@example.org").await);
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let mut requests = Vec::new();
        for email in ["ana@example.org", "ben@example.org", "nobody@example.org"] {
            requests.push(ask(&vault, house, email, asked.clone()).await.expect("asked").id);
        }
        vault.decline(ana, Who::Customer, requests[0], None).await.expect("a no");
        let seen = async || {
            let mut seen = Vec::new();
            for id in &requests {
                let request = vault.brand_request(house, *id).await.expect("a request");
                seen.push((request.state, request.counter, request.grant, request.closes_at, request.ask_again_at));
            }
            seen
        };
        let open = seen().await;
        assert_eq!(open[0].0, BrandView::Pending);
        assert!(open.iter().all(|one| one == &open[0]), "{open:?}");
        clock.advance_seconds(14 * 86_400);
        vault.tick().await.expect("a tick");
        let closed = seen().await;
        assert_eq!(closed[0].0, BrandView::Closed);
        assert!(closed.iter().all(|one| one == &closed[0]), "{closed:?}");
        for email in ["ana@example.org", "ben@example.org", "nobody@example.org"] {
            assert_eq!(
                ask(&vault, house, email, terms(&vault, asked.items.clone())).await.expect_err("too early").reason(),
                "ASKED_LATELY"
            );
        }
        clock.advance_seconds(76 * 86_400);
        for email in ["ana@example.org", "ben@example.org", "nobody@example.org"] {
            ask(&vault, house, email, terms(&vault, asked.items.clone())).await.expect("90 days are over");
        }
        let changes = vault.changes(house, None, 100).await.expect("changes");
        assert_eq!(changes, Vec::new(), "a no, a lapse and an unknown customer tell nothing");
    })
    .await;
}

#[tokio::test]
async fn withdrawing_looks_alike_too() {
    on_each_database("withdraw", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = customer(&vault, "ana@example.org").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let declined = ask(&vault, house, "ana@example.org", asked.clone()).await.expect("asked").id;
        let unknown = ask(&vault, house, "nobody@example.org", asked).await.expect("asked").id;
        vault.decline(ana, Who::Customer, declined, None).await.expect("a no");
        for id in [declined, unknown] {
            assert_eq!(vault.accept_counter(house, id, None).await.expect_err("no counter-offer").reason(), "REQUEST_NOT_COUNTERED");
        }
        for id in [declined, unknown] {
            assert_eq!(vault.withdraw_request(house, id, None).await.expect("withdrawn").state, BrandView::Closed);
            assert_eq!(vault.withdraw_request(house, id, None).await.expect_err("twice").reason(), "REQUEST_CLOSED");
        }
        assert_eq!(vault.request(ana, declined).await.expect("kept").state(), RequestState::Declined);
    })
    .await;
}

#[tokio::test]
async fn less_of_what_is_needed_is_a_counter_offer_and_nothing_flows_until_the_brand_accepts() {
    on_each_database("counter", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        put(&vault, ana, "identity.birth_date").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true), item("identity.birth_date", View::Raw, true)]);
        let request = ask(&vault, house, "ana@example.org", asked.clone()).await.expect("asked");
        let mut less = asked;
        less.items[1].view = View::Masked;
        let decision =
            vault.approve(ana, Who::Customer, request.id, Some(less), Some(notice(&vault, house).await), None).await.expect("an offer");
        assert!(decision.grant.is_none());
        assert_eq!(decision.receipt.entry.kind, "request.countered");
        let seen = vault.brand_request(house, request.id).await.expect("a request");
        assert_eq!(seen.state, BrandView::Countered);
        assert_eq!(seen.counter.expect("an offer").items()[1].view, View::Masked);
        assert_eq!(vault.brand_grants(house, false, &PageRequest::first(10)).await.expect("grants").items.len(), 0);
        let (_, held) = vault.accept_counter(house, request.id, None).await.expect("accepted");
        let released = vault.read(house, &crate::stage::reading(GrantId(held.grant.id()))).await.expect("an answer");
        let views: Vec<View> = released.records.iter().map(|one| one.view).collect();
        assert!(views.contains(&View::Masked) && views.contains(&View::Raw), "{views:?}");
    })
    .await;
}

#[tokio::test]
async fn a_yes_that_widens_or_names_another_notice_is_refused_and_changes_nothing() {
    on_each_database("widen", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        let asked = terms(&vault, vec![item("body.shoe_size", View::Masked, true)]);
        let request = ask(&vault, house, "ana@example.org", asked.clone()).await.expect("asked");
        let before = entries(&vault, ana).await;
        let mut wider = asked.clone();
        wider.items[0].view = View::Raw;
        wider.expires_at = vault.now().plus_days(300);
        let shown = notice(&vault, house).await;
        let refused = vault.approve(ana, Who::Customer, request.id, Some(wider), Some(shown.clone()), None).await.expect_err("wider");
        let fields: Vec<&str> = refused.field_violations().iter().map(|one| one.field.as_str()).collect();
        assert!(fields.contains(&"terms.items[0].view") && fields.contains(&"terms.expire_time"), "{fields:?}");
        let other = ("00".repeat(32), "en".to_owned());
        assert_eq!(
            vault.approve(ana, Who::Customer, request.id, None, Some(other), None).await.expect_err("other text").reason(),
            "NOTICE_CHANGED"
        );
        assert_eq!(vault.approve(ana, Who::Customer, request.id, None, None, None).await.expect_err("no text").reason(), "NOTICE_REQUIRED");
        assert_eq!(entries(&vault, ana).await, before);
        assert_eq!(vault.request(ana, request.id).await.expect("open").state(), RequestState::Pending);
    })
    .await;
}

#[tokio::test]
async fn a_second_yes_for_the_same_purpose_takes_the_first_ones_place() {
    on_each_database("supersede", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let first = granted(&vault, house, ana, "ana@example.org", asked.clone()).await;
        let second = granted(&vault, house, ana, "ana@example.org", asked).await;
        assert_eq!(read(&vault, house, &first).await.expect_err("replaced").reason(), "GRANT_SUPERSEDED");
        read(&vault, house, &second).await.expect("the new one holds");
    })
    .await;
}

#[tokio::test]
async fn an_amendment_narrows_and_goes_on_counting() {
    on_each_database("amend", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.uses = Some(5);
        let grant = granted(&vault, house, ana, "ana@example.org", asked.clone()).await;
        read(&vault, house, &grant).await.expect("an answer");
        let mut wider = asked.clone();
        wider.uses = Some(6);
        let refused = vault.amend(ana, Who::Customer, GrantId(grant.grant.id()), wider, None).await.expect_err("wider");
        assert_eq!(refused.field_violations()[0].field, "terms.uses");
        asked.uses = Some(2);
        let narrowed =
            vault.amend(ana, Who::Customer, GrantId(grant.grant.id()), asked, None).await.expect("narrower").grant.expect("a grant");
        assert_eq!(read(&vault, house, &grant).await.expect_err("replaced").reason(), "GRANT_SUPERSEDED");
        assert_eq!(read(&vault, house, &narrowed).await.expect("the second read").uses_left, Some(0));
        assert_eq!(read(&vault, house, &narrowed).await.expect_err("used up").reason(), "GRANT_EXHAUSTED");
    })
    .await;
}

#[tokio::test]
async fn a_changed_notice_suspends_and_a_suspended_brand_reads_nothing() {
    on_each_database("suspend", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        vault.suspend_brand(crate::stage::operator(), house, "under review".to_owned(), None).await.expect("suspended");
        assert_eq!(read(&vault, house, &grant).await.expect_err("suspended").reason(), "BRAND_SUSPENDED");
        vault.reinstate_brand(crate::stage::operator(), house, None).await.expect("reinstated");
        read(&vault, house, &grant).await.expect("an answer");
        crate::stage::publish(&vault, house, "advice", "We use this for something else.").await;
        assert_eq!(read(&vault, house, &grant).await.expect_err("another notice").reason(), "GRANT_SUSPENDED");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_item_is_told_of_the_item_as_it_was_sent() {
    on_each_database("as_sent", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = customer(&vault, "ana@example.org").await;
        let (shoe, height) = (item("body.shoe_size", View::Raw, true), item("body.height", View::Masked, true));
        let granted = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![shoe.clone(), height.clone()])).await;
        let finer = terms(&vault, vec![shoe.clone(), item("body.height", View::Raw, true)]);
        let id = GrantId(granted.grant.id());
        let refused = vault.amend(ana, Who::Customer, id, finer, None).await.expect_err("more than was granted");
        assert_eq!(refused.field_violations()[0].field, "terms.items[1].view");

        let allowed = vec![Allowed { pattern: "body.*".to_owned(), views: vec![View::Masked] }];
        let ceiling = Ceiling {
            purpose: "*".to_owned(),
            term_days: None,
            data_life_days: None,
            frequency: None,
            range_months: None,
            items: None,
            allowed,
        };
        vault.set_ceiling(operator(), ceiling, None).await.expect("set");
        let waist = item("body.waist", View::Masked, false);
        let above = terms(&vault, vec![waist, item("identity.name", View::Masked, false), shoe, height]);
        let refused = ask(&vault, house, "ben@example.org", above).await.expect_err("above the ceiling");
        let fields: Vec<&str> = refused.field_violations().iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["terms.items[2].view", "terms.items[1].attribute"]);
    })
    .await;
}
