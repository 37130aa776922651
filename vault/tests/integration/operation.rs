//! Brands, purposes, ceilings: what operators do, and what it does to grants.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use coffret_vault::consent::{Allowed, Ceiling, GrantState, View};
use coffret_vault::decision::CustomerGrant;
use coffret_vault::error::Kind;
use coffret_vault::id::{BrandId, CustomerId, GrantId};
use coffret_vault::journal::EntryFilter;
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::operation::{BrandChange, NewBrand};
use coffret_vault::page::PageRequest;
use coffret_vault::{ChangeKind, Vault};
use uuid::Uuid;

use crate::databases::{Place, on_each_database, on_each_place, on_postgres};
use crate::stage::{NOTICE, ask, brand, customer, granted, item, operator, put, read, terms};

const DPV: &str = "https://w3id.org/dpv#ServicePersonalisation";

fn maison() -> NewBrand {
    NewBrand {
        title: "Maison Alba".to_owned(),
        legal_name: "Maison Alba SA".to_owned(),
        country: "FR".to_owned(),
        contact: "privacy@example.org".to_owned(),
    }
}

fn ceiling(code: &str, days: u32) -> Ceiling {
    Ceiling {
        purpose: code.to_owned(),
        term_days: Some(days),
        data_life_days: None,
        frequency: None,
        range_months: None,
        items: None,
        allowed: vec![Allowed { pattern: "body.*".to_owned(), views: vec![View::Masked, View::Raw] }],
    }
}

fn once(verb: &str, number: u128, asked: &str) -> Once {
    Once::new("operators/test", verb, Uuid::from_u128(number), asked.as_bytes())
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect()
}

/// A customer with a shoe size, who has granted it to the brand.
async fn holder(vault: &Vault, house: BrandId, name: &str) -> (CustomerId, CustomerGrant) {
    let email = format!("{name}@example.org");
    let id = customer(vault, &email).await;
    put(vault, id, "body.shoe_size").await;
    let grant = granted(vault, house, id, &email, terms(vault, vec![item("body.shoe_size", View::Raw, true)])).await;
    (id, grant)
}

async fn state(vault: &Vault, (customer, grant): &(CustomerId, CustomerGrant)) -> GrantState {
    vault.grant(*customer, GrantId(grant.grant.id())).await.expect("a grant").grant.effective_state(vault.now())
}

async fn kinds(vault: &Vault, customer: CustomerId) -> Vec<String> {
    let entries = vault.entries(customer, &EntryFilter::default(), &PageRequest::first(100)).await.expect("entries");
    entries.items.into_iter().map(|entry| entry.details.kind).collect()
}

/// How much there is of everything that an act of an operator writes.
async fn rows(place: &Place) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["ledger_entry", "brand", "purpose", "ceiling", "replay", "outbox"] {
        counts.push(place.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts
}

#[tokio::test]
async fn a_brand_is_registered_found_listed_and_changed() {
    on_each_database("brands", async |vault, clock| {
        let made = vault.create_brand(operator(), maison(), None).await.expect("a brand");
        assert_eq!((made.suspended, made.created_at), (false, vault.now()));
        assert_eq!(vault.brand(made.id).await.expect("found"), made);
        for title in ["Casa Ferrante", "Haus Linden"] {
            clock.advance_seconds(1);
            vault.create_brand(operator(), NewBrand { title: title.to_owned(), ..maison() }, None).await.expect("a brand");
        }
        let first = vault.brands(&PageRequest::first(2)).await.expect("a page");
        assert_eq!(first.items.iter().map(|one| one.title.as_str()).collect::<Vec<_>>(), ["Maison Alba", "Casa Ferrante"]);
        let rest = vault.brands(&PageRequest::new(2, &first.next).expect("a page")).await.expect("a page");
        assert_eq!((rest.items.len(), rest.items[0].title.as_str(), rest.next.as_str()), (1, "Haus Linden", ""));
        let change = BrandChange { contact: Some("hello@example.org".to_owned()), ..BrandChange::default() };
        let changed = vault.update_brand(operator(), made.id, change, None).await.expect("changed");
        assert_eq!((changed.contact.as_str(), changed.title.as_str()), ("hello@example.org", "Maison Alba"));
        assert_eq!(vault.brand(made.id).await.expect("found"), changed);
        let entries = vault.deployment_entries(&PageRequest::first(10)).await.expect("entries");
        let newest = &entries.items[0].details;
        assert_eq!((newest.kind.as_str(), newest.brand, &newest.who), ("brand.updated", Some(made.id), &operator()));
    })
    .await;
}

#[tokio::test]
async fn a_refused_act_names_its_fields_and_changes_nothing() {
    on_each_place("refused_acts", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let before = rows(place).await;
        let bad: [(&str, NewBrand); 10] = [
            ("brand.title", NewBrand { title: String::new(), ..maison() }),
            ("brand.title", NewBrand { title: "x".repeat(101), ..maison() }),
            ("brand.title", NewBrand { title: "two\nlines".to_owned(), ..maison() }),
            ("brand.legal_name", NewBrand { legal_name: "   ".to_owned(), ..maison() }),
            ("brand.country", NewBrand { country: "fr".to_owned(), ..maison() }),
            ("brand.country", NewBrand { country: "UK".to_owned(), ..maison() }),
            ("brand.country", NewBrand { country: "FRA".to_owned(), ..maison() }),
            ("brand.contact", NewBrand { contact: "\u{7}".to_owned(), ..maison() }),
            ("brand.title", NewBrand { title: "\u{202E}ablA nosiaM".to_owned(), ..maison() }),
            ("brand.legal_name", NewBrand { legal_name: "Alba\u{2028}SA".to_owned(), ..maison() }),
        ];
        for (field, new) in bad {
            let refused = vault.create_brand(operator(), new, Some(&once("CreateBrand", 1, "x"))).await.expect_err("refused");
            assert_eq!((refused.kind(), refused.field_violations()[0].field.as_str()), (Kind::InvalidArgument, field));
        }
        let change = BrandChange { country: Some("XX".to_owned()), ..BrandChange::default() };
        assert_eq!(vault.update_brand(operator(), house, change, None).await.expect_err("refused").reason(), "COUNTRY_UNKNOWN");
        let english = texts(&[("en", "Hello.")]);
        let bad: [(&str, &str, &str, BTreeMap<String, String>); 11] = [
            ("purpose.name", "Advice", DPV, english.clone()),
            ("purpose.name", "", DPV, english.clone()),
            ("purpose.name", &"a".repeat(51), DPV, english.clone()),
            ("purpose.dpv", "fit", "dpv:Marketing", english.clone()),
            ("purpose.dpv", "fit", "https://w3id.org/dpvx#Marketing", english.clone()),
            ("purpose.notices", "fit", DPV, texts(&[("fr", "Bonjour.")])),
            ("purpose.notices[0].text", "fit", DPV, texts(&[("en", " ")])),
            ("purpose.notices[0].text", "fit", DPV, texts(&[("en", &"x".repeat(2001))])),
            ("purpose.notices[0].text", "fit", DPV, texts(&[("en", "We do \u{2066}not\u{2069} sell it.")])),
            ("purpose.notices[0].text", "fit", DPV, texts(&[("en", "Hello.\r\u{1B}[2J")])),
            ("purpose.notices[1].language", "fit", DPV, texts(&[("en", "Hello."), ("english!", "Hello.")])),
        ];
        for (field, code, dpv, notices) in bad {
            let published = vault.publish_purpose(operator(), house, code.to_owned(), dpv.to_owned(), notices, None).await;
            assert_eq!(published.expect_err("refused").field_violations()[0].field, field, "{code} {dpv}");
        }
        let unknown = BrandId(Uuid::from_u128(7));
        let published = vault.publish_purpose(operator(), unknown, "fit".to_owned(), DPV.to_owned(), english, None).await;
        assert_eq!(published.expect_err("refused").kind(), Kind::NotFound);
        assert_eq!(vault.suspend_brand(operator(), unknown, "why".to_owned(), None).await.expect_err("refused").kind(), Kind::NotFound);
        for reason in ["", "\u{202D}why", "why\u{0}", "two\nlines"] {
            let refused = vault.suspend_brand(operator(), house, reason.to_owned(), None).await.expect_err("refused");
            assert_eq!((refused.kind(), refused.field_violations()[0].field.as_str()), (Kind::InvalidArgument, "reason"), "{reason:?}");
        }
        assert!(!vault.brand(house).await.expect("found").suspended);
        assert_eq!(vault.reinstate_brand(operator(), unknown, None).await.expect_err("refused").kind(), Kind::NotFound);
        let nowhere = vec![Allowed { pattern: "nothing.*".to_owned(), views: vec![View::Raw] }];
        let viewless = vec![Allowed { pattern: "body.*".to_owned(), views: Vec::new() }];
        for (field, set) in [
            ("ceiling.purpose_code", ceiling("Advice", 30)),
            ("ceiling.max_term_days", ceiling("advice", 0)),
            ("ceiling.attributes[0]", Ceiling { allowed: nowhere, ..ceiling("advice", 30) }),
            ("ceiling.finest_view", Ceiling { allowed: viewless, ..ceiling("advice", 30) }),
        ] {
            assert_eq!(vault.set_ceiling(operator(), set, None).await.expect_err("refused").field_violations()[0].field, field);
        }
        assert_eq!(rows(place).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_id_answers_the_same_and_does_nothing_again() {
    on_each_place("repeated_acts", async |place| {
        let (vault, clock) = place.open().await;
        let call = once("CreateBrand", 1, "maison");
        let made = vault.create_brand(operator(), maison(), Some(&call)).await.expect("a brand");
        let before = rows(place).await;
        clock.advance_seconds(60);
        assert_eq!(vault.create_brand(operator(), maison(), Some(&call)).await.expect("again"), made);
        let other = once("CreateBrand", 1, "another");
        assert_eq!(vault.create_brand(operator(), maison(), Some(&other)).await.expect_err("refused").reason(), "REQUEST_ID_REUSED");
        assert_eq!(rows(place).await, before);
        // An act that took several commits.
        let publish = once("PublishPurpose", 2, "advice");
        let notices = texts(&[("en", NOTICE)]);
        let published = async |call: &Once, text: &str| {
            let notices = if text.is_empty() { notices.clone() } else { texts(&[("en", text)]) };
            vault.publish_purpose(operator(), made.id, "advice".to_owned(), DPV.to_owned(), notices, Some(call)).await
        };
        let first = published(&publish, "").await.expect("published");
        let (ana, _) = holder(&vault, made.id, "ana").await;
        let suspend = once("SuspendBrand", 3, "suspend");
        let suspended = vault.suspend_brand(operator(), made.id, "why".to_owned(), Some(&suspend)).await.expect("suspended");
        assert_eq!((suspended.0.suspended, suspended.1), (true, 1));
        let reinstate = once("ReinstateBrand", 4, "reinstate");
        let reinstated = vault.reinstate_brand(operator(), made.id, Some(&reinstate)).await.expect("reinstated");
        assert_eq!((reinstated.0.suspended, reinstated.1), (false, 1));
        let before = (rows(place).await, kinds(&vault, ana).await);
        assert_eq!(published(&publish, "").await.expect("again"), first);
        assert_eq!(published(&once("PublishPurpose", 2, "other"), "Other.").await.expect_err("refused").reason(), "REQUEST_ID_REUSED");
        // The answer of then, though the brand is no longer suspended: it is not suspended again.
        let again = vault.suspend_brand(operator(), made.id, "why".to_owned(), Some(&suspend)).await.expect("again");
        assert_eq!(again, suspended);
        assert!(!vault.brand(made.id).await.expect("found").suspended);
        assert_eq!(vault.reinstate_brand(operator(), made.id, Some(&reinstate)).await.expect("again"), reinstated);
        assert_eq!((rows(place).await, kinds(&vault, ana).await), before);
    })
    .await;
}

#[tokio::test]
async fn the_same_call_at_the_same_time_makes_one_brand() {
    on_each_place("same_time", async |place| {
        let (vault, _) = place.open().await;
        let calls = (0..16).map(|_| {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move { vault.create_brand(operator(), maison(), Some(&once("CreateBrand", 1, "x"))).await })
        });
        let mut made = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            made.push(call.await.expect("no panic").expect("a brand"));
        }
        assert!(made.iter().all(|one| *one == made[0]));
        assert_eq!(place.number("SELECT COUNT(*) FROM brand").await, 1);
    })
    .await;
}

#[tokio::test]
async fn suspending_a_brand_holds_its_grants_and_nobody_elses() {
    on_each_database("suspending", async |vault, _| {
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let mut holders = Vec::new();
        for name in ["ana", "ben", "cleo"] {
            holders.push(holder(&vault, house, name).await);
        }
        let (ana, ben) = (&holders[0], &holders[1]);
        let elsewhere =
            granted(&vault, other, ana.0, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        vault.pause(ben.0, Who::Customer, GrantId(ben.1.grant.id()), None, None).await.expect("paused");
        let revoked = holder(&vault, house, "dora").await;
        vault.revoke(revoked.0, Who::Customer, GrantId(revoked.1.grant.id()), None).await.expect("revoked");
        let (seen, count) = vault.suspend_brand(operator(), house, "under review".to_owned(), None).await.expect("suspended");
        assert_eq!((seen.suspended, count), (true, 3));
        for holder in &holders {
            assert_eq!(state(&vault, holder).await, GrantState::Suspended);
            assert!(read(&vault, house, &holder.1).await.is_err());
            assert_eq!(kinds(&vault, holder.0).await.iter().filter(|kind| *kind == "grant.suspended").count(), 1);
        }
        assert_eq!(state(&vault, &revoked).await, GrantState::Revoked);
        read(&vault, other, &elsewhere).await.expect("another brand reads on");
        let asked = ask(&vault, house, "eve@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        assert_eq!(asked.expect_err("refused").reason(), "BRAND_SUSPENDED");
        // Again: nothing is left to do, and nothing is written.
        let before = kinds(&vault, ana.0).await;
        assert_eq!(vault.suspend_brand(operator(), house, "again".to_owned(), None).await.expect("suspended").1, 0);
        assert_eq!(kinds(&vault, ana.0).await, before);
        assert_eq!(vault.reinstate_brand(operator(), house, None).await.expect("reinstated").1, 3);
        assert_eq!(state(&vault, ana).await, GrantState::Active);
        assert_eq!(state(&vault, ben).await, GrantState::Paused, "a customer's pause outlasts a suspension");
        read(&vault, house, &ana.1).await.expect("an answer");
        let told: Vec<ChangeKind> = vault.changes(house, Some(0), 100).await.expect("changes").iter().map(|one| one.kind).collect();
        let count = |kind| told.iter().filter(|one| **one == kind).count();
        assert_eq!((count(ChangeKind::Suspended), count(ChangeKind::Reinstated)), (3, 3));
        let acts = vault.deployment_entries(&PageRequest::first(100)).await.expect("entries").items;
        let suspensions: Vec<_> = acts.iter().filter(|entry| entry.details.kind == "brand.suspended").collect();
        assert_eq!((suspensions.len(), suspensions[0].details.reason.as_deref()), (1, Some("under review")));
        assert_eq!(vault.check_ledger(None).await.expect("a check").faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn more_holders_than_one_page_are_all_held() {
    on_each_database("many_holders", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let names: Vec<String> = (0..270).map(|number| format!("n{number}")).collect();
        for some in names.chunks(54) {
            let held = some.iter().map(|name| holder(&vault, house, name));
            futures_util::future::join_all(held).await;
        }
        assert_eq!(vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended").1, 270);
        assert_eq!(vault.reinstate_brand(operator(), house, None).await.expect("reinstated").1, 270);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn once_a_suspension_has_returned_no_read_is_answered() {
    on_each_database("race", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let mut holders = Vec::new();
        for name in ["ana", "ben", "cleo", "dora"] {
            holders.push(holder(&vault, house, name).await.1);
        }
        let returned = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicU32::new(0));
        let readers: Vec<_> = holders
            .iter()
            .cycle()
            .take(12)
            .cloned()
            .map(|grant| {
                let (vault, returned, answered) = (Arc::clone(&vault), Arc::clone(&returned), Arc::clone(&answered));
                tokio::spawn(async move {
                    loop {
                        let over = returned.load(Ordering::SeqCst);
                        match read(&vault, house, &grant).await {
                            Ok(released) => {
                                // The answer is still held: a suspension that returned would have waited for it.
                                assert!(!returned.load(Ordering::SeqCst), "answered after the suspension had returned");
                                answered.fetch_add(1, Ordering::SeqCst);
                                drop(released);
                            }
                            Err(_) if over => return,
                            Err(_) => {}
                        }
                    }
                })
            })
            .collect();
        while answered.load(Ordering::SeqCst) < 20 {
            tokio::task::yield_now().await;
        }
        vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended");
        returned.store(true, Ordering::SeqCst);
        for reader in readers {
            reader.await.expect("no read was answered late");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn operators_who_disagree_leave_grants_that_agree_with_the_brand() {
    on_each_database("disagree", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let mut holders = Vec::new();
        for number in 0..30 {
            holders.push(holder(&vault, house, &format!("n{number}")).await);
        }
        for _ in 0..4 {
            let suspending = {
                let vault = Arc::clone(&vault);
                tokio::spawn(async move { vault.suspend_brand(operator(), house, "why".to_owned(), None).await })
            };
            // The other operator acts as soon as the brand is suspended, while its grants are being held.
            while !vault.brand(house).await.expect("found").suspended {
                tokio::task::yield_now().await;
            }
            vault.reinstate_brand(operator(), house, None).await.expect("reinstated");
            suspending.await.expect("no panic").expect("suspended");
            assert!(!vault.brand(house).await.expect("found").suspended);
            for holder in &holders {
                assert_eq!(state(&vault, holder).await, GrantState::Active);
            }
        }
        assert_eq!(vault.check_ledger(None).await.expect("a check").faults, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_suspension_cut_short_goes_on_where_it_was() {
    on_each_place("cut_short", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let (ana, ben) = (holder(&vault, house, "ana").await, holder(&vault, house, "ben").await);
        // As after a crash between the brand's commit and the grants': the brand is suspended, the grants are not.
        place.tamper(&["UPDATE brand SET state = 2".to_owned()]).await;
        assert_eq!(state(&vault, &ana).await, GrantState::Active);
        assert_eq!(vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended").1, 2);
        assert_eq!((state(&vault, &ana).await, state(&vault, &ben).await), (GrantState::Suspended, GrantState::Suspended));
    })
    .await;
}

#[tokio::test]
async fn a_vault_that_cannot_be_opened_does_not_keep_others_from_being_held() {
    on_each_place("broken_vault", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let (ana, ben) = (holder(&vault, house, "ana").await, holder(&vault, house, "ben").await);
        let broken = place.id(ana.0.0);
        place.tamper(&[format!("UPDATE customer SET heads_seal = {} WHERE customer_id = {broken}", place.bytes(&[7; 32]))]).await;
        let failed = vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect_err("one is broken");
        assert_eq!(failed.kind(), Kind::Internal);
        assert!(vault.brand(house).await.expect("found").suspended);
        assert_eq!(state(&vault, &ben).await, GrantState::Suspended);
    })
    .await;
}

#[tokio::test]
async fn a_purpose_has_versions_and_the_same_again_is_none() {
    on_each_place("purposes", async |place| {
        let (vault, clock) = place.open().await;
        let house = vault.create_brand(operator(), maison(), None).await.expect("a brand").id;
        let publish = async |code: &str, dpv: &str, notices: &[(&str, &str)]| {
            vault.publish_purpose(operator(), house, code.to_owned(), dpv.to_owned(), texts(notices), None).await.expect("published")
        };
        assert_eq!(vault.purpose(house, "advice").await.expect_err("none").kind(), Kind::NotFound);
        let (first, at, _) = publish("advice", DPV, &[("en", "abc")]).await;
        assert_eq!((first.version, at), (1, vault.now()));
        // SHA-256 of "abc" (FIPS 180-4, example 1).
        assert_eq!(first.notices["en"].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        clock.advance_seconds(60);
        let before = rows(place).await;
        assert_eq!(publish("advice", DPV, &[("en", "abc")]).await, (first.clone(), at, 0));
        assert_eq!(rows(place).await, before);
        let (second, later, _) = publish("advice", DPV, &[("en", "abc"), ("fr", "abc")]).await;
        assert_eq!((second.version, later), (2, vault.now()));
        let (other, ..) = publish("a_fitting", DPV, &[("en", "abc")]).await;
        assert_eq!(vault.purpose(house, "advice").await.expect("found"), (second.clone(), later));
        let all: Vec<_> = vault.purposes(house).await.expect("purposes").into_iter().map(|(purpose, _)| purpose).collect();
        assert_eq!(all, [other, second]);
        assert_eq!(vault.purpose_version(house, "advice", 1).await.expect("found"), first);
        for version in [0, 3, u32::MAX] {
            assert_eq!(vault.purpose_version(house, "advice", version).await.expect_err("none").kind(), Kind::NotFound);
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_purpose_holds_the_grants_of_those_who_agreed_to_something_else() {
    on_each_database("changed_purpose", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = holder(&vault, house, "ana").await;
        let publish = async |code: &str, dpv: &str, notices: &[(&str, &str)]| {
            let published = vault.publish_purpose(operator(), house, code.to_owned(), dpv.to_owned(), texts(notices), None).await;
            published.expect("published").2
        };
        assert_eq!(publish("advice", DPV, &[("en", NOTICE), ("fr", "Pour votre visite.")]).await, 0, "another language changes nothing");
        assert_eq!(publish("other", DPV, &[("en", "Something else.")]).await, 0, "another purpose changes nothing");
        assert_eq!(state(&vault, &ana).await, GrantState::Active);
        read(&vault, house, &ana.1).await.expect("an answer");
        let ben = holder(&vault, house, "ben").await;
        assert_eq!(publish("advice", DPV, &[("en", "For something else."), ("fr", "Pour votre visite.")]).await, 2);
        assert_eq!((state(&vault, &ana).await, state(&vault, &ben).await), (GrantState::Suspended, GrantState::Suspended));
        assert!(read(&vault, house, &ana.1).await.is_err());
        // Back to the old words: only the customer lifts this.
        assert_eq!(publish("advice", DPV, &[("en", NOTICE)]).await, 0);
        assert_eq!(state(&vault, &ana).await, GrantState::Suspended);
        // The brand's suspension comes and goes; this one stays, and the brand is not told that access is back.
        assert_eq!(vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended").1, 0);
        assert_eq!(vault.reinstate_brand(operator(), house, None).await.expect("reinstated").1, 0);
        assert_eq!(state(&vault, &ana).await, GrantState::Suspended);
        let told: Vec<ChangeKind> = vault.changes(house, Some(0), 100).await.expect("changes").iter().map(|one| one.kind).collect();
        assert_eq!(told.iter().filter(|kind| **kind == ChangeKind::Suspended).count(), 2);
        assert!(!told.contains(&ChangeKind::Reinstated));
    })
    .await;
}

#[tokio::test]
async fn a_purpose_that_means_something_else_holds_its_grants() {
    on_each_database("changed_meaning", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = holder(&vault, house, "ana").await;
        let dpv = "https://w3id.org/dpv#Marketing".to_owned();
        let published = vault.publish_purpose(operator(), house, "advice".to_owned(), dpv, texts(&[("en", NOTICE)]), None).await;
        assert_eq!(published.expect("published").2, 1);
        assert_eq!(state(&vault, &ana).await, GrantState::Suspended);
    })
    .await;
}

#[tokio::test]
async fn a_purpose_without_a_ceiling_has_the_one_for_all_others() {
    on_each_database("ceilings", async |vault, _| {
        assert_eq!(vault.ceiling_for("advice").await.expect("asked"), None);
        vault.set_ceiling(operator(), ceiling("*", 90), None).await.expect("set");
        vault.set_ceiling(operator(), ceiling("fitting", 30), None).await.expect("set");
        assert_eq!(vault.ceiling_for("advice").await.expect("asked"), Some(ceiling("advice", 90)));
        assert_eq!(vault.ceiling_for("fitting").await.expect("asked"), Some(ceiling("fitting", 30)));
        vault.set_ceiling(operator(), ceiling("fitting", 60), None).await.expect("set again");
        assert_eq!(vault.ceilings().await.expect("all"), [ceiling("*", 90), ceiling("fitting", 60)]);
    })
    .await;
}

#[tokio::test]
async fn a_request_above_the_ceiling_is_refused_before_anybody_is_bothered() {
    on_each_place("above_ceiling", async |place| {
        let (vault, _) = place.open().await;
        let house = brand(&vault, "Maison Alba").await;
        let ana = customer(&vault, "ana@example.org").await;
        vault.set_ceiling(operator(), ceiling("*", 90), None).await.expect("set");
        let before = rows(place).await;
        let asked = ask(&vault, house, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        assert_eq!(asked.expect_err("refused").reason(), "TERM_ABOVE_CEILING");
        assert_eq!(rows(place).await, before);
        assert!(vault.requests(ana, None, &PageRequest::first(10)).await.expect("requests").items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn health_counts_what_there_is() {
    on_each_database("health", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let ana = holder(&vault, house, "ana").await;
        customer(&vault, "ben@example.org").await;
        let health = vault.health().await.expect("healthy");
        assert_eq!((health.database, health.keys_available), (vault.database(), true));
        assert_eq!((health.customers, health.brands, health.servers, health.outbox_waiting), (2, 1, 1, 1));
        assert!(health.write_latency_ms > 0.0);
        vault.acknowledge(house, 1).await.expect("acknowledged");
        vault.erase_customer(ana.0, Who::Customer).await.expect("erased");
        vault.acknowledge(house, 2).await.expect("acknowledged");
        let health = vault.health().await.expect("healthy");
        assert_eq!((health.customers, health.outbox_waiting), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn health_says_when_keys_cannot_be_unwrapped() {
    on_each_place("lost_keys", async |place| {
        let (vault, _) = place.open().await;
        assert!(vault.health().await.expect("healthy").keys_available);
        place.tamper(&[format!("UPDATE customer_key SET wrapped = {}", place.bytes(&[7; 60]))]).await;
        assert!(!vault.health().await.expect("still answers").keys_available);
    })
    .await;
}

#[tokio::test]
async fn a_suspension_on_one_server_holds_on_the_other() {
    on_postgres("two_servers", async |place| {
        let ((one, _), (two, clock)) = (place.open().await, place.open().await);
        let house = brand(&one, "Maison Alba").await;
        let ana = holder(&one, house, "ana").await;
        read(&two, house, &ana.1).await.expect("an answer");
        let asked = |email: &'static str| ask(&two, house, email, terms(&two, vec![item("body.shoe_size", View::Raw, true)]));
        asked("ben@example.org").await.expect("asked");
        assert_eq!(two.health().await.expect("healthy").servers, 2);
        one.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended");
        assert!(read(&two, house, &ana.1).await.is_err());
        clock.advance_seconds(1);
        assert_eq!(asked("cleo@example.org").await.expect_err("refused").reason(), "BRAND_SUSPENDED");
    })
    .await;
}

#[tokio::test]
async fn a_suspension_waits_for_answers_under_way() {
    on_each_database("under_way", async |vault, _| {
        let house = brand(&vault, "Maison Alba").await;
        let (ana, ben) = (holder(&vault, house, "ana").await, holder(&vault, house, "ben").await);
        let suspending = |wait: bool| {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move {
                if wait {
                    vault.suspend_brand(operator(), house, "why".to_owned(), None).await.expect("suspended");
                } else {
                    let notices = texts(&[("en", "For something else.")]);
                    vault.publish_purpose(operator(), house, "advice".to_owned(), DPV.to_owned(), notices, None).await.expect("published");
                }
            })
        };
        for brand_itself in [true, false] {
            let answers = [read(&vault, house, &ana.1).await.expect("an answer"), read(&vault, house, &ben.1).await.expect("an answer")];
            let act = suspending(brand_itself);
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert!(!act.is_finished(), "it returned while answers were under way");
            assert_eq!(state(&vault, &ana).await, GrantState::Suspended, "what comes later is refused meanwhile");
            drop(answers);
            act.await.expect("done");
            vault.reinstate_brand(operator(), house, None).await.expect("reinstated");
        }
    })
    .await;
}
