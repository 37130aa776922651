//! What customers are told, once each, and nothing after they are gone; and which e-mail is due.

use std::sync::Arc;

use coffret_vault::Vault;
use coffret_vault::consent::View;
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::id::{BrandId, CustomerId, GrantId};
use coffret_vault::ledger::Who;
use coffret_vault::notice::{Delivery, Letter, MailHealth, NoticeKind, Outcome, Topic};
use coffret_vault::page::PageRequest;
use serde_json::json;

use crate::databases::{Place, on_each_database, on_each_place, on_postgres};
use crate::stage::{ask, brand, customer, entries, granted, item, operator, put, put_value, read, terms};

const DAY: i64 = 86_400;
const EMAIL: &str = "ana@example.org";

async fn told(vault: &Vault, customer: CustomerId) -> Vec<NoticeKind> {
    let page = vault.notices(customer, &PageRequest::first(1000)).await.expect("notices");
    page.items.iter().rev().map(|notice| notice.kind).collect()
}

/// As [`told`], once there are so many: refused reads are told after their answer.
async fn told_in_time(vault: &Vault, customer: CustomerId, count: usize) -> Vec<NoticeKind> {
    for _ in 0..200 {
        let found = told(vault, customer).await;
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    told(vault, customer).await
}

/// A brand, and a customer who lets it see a shoe size for six months.
async fn shared(vault: &Vault) -> (BrandId, CustomerId, coffret_vault::decision::CustomerGrant) {
    let (house, ana) = (brand(vault, "Maison Alba").await, customer(vault, EMAIL).await);
    put(vault, ana, "body.shoe_size").await;
    let asked = terms(vault, vec![item("body.shoe_size", View::Raw, true)]);
    let grant = granted(vault, house, ana, EMAIL, asked).await;
    (house, ana, grant)
}

#[tokio::test]
async fn what_happens_to_an_access_is_told_once_and_leads_to_its_entry() {
    use NoticeKind::{AccessChanged, AccessGiven, AccessPaused, AccessStopped, FirstRead, RequestWaiting};
    on_each_database("told", async |vault, _| {
        let (house, ana, grant) = shared(&vault).await;
        let ben = customer(&vault, "ben@example.org").await;
        let id = GrantId(grant.grant.id());
        read(&vault, house, &grant).await.expect("an answer");
        read(&vault, house, &grant).await.expect("an answer");
        vault.pause(ana, Who::Customer, id, None, None).await.expect("paused");
        vault.resume(ana, Who::Customer, id, None).await.expect("resumed");
        vault.revoke(ana, Who::Customer, id, None).await.expect("stopped");
        let all = [RequestWaiting, AccessGiven, FirstRead, AccessPaused, AccessChanged, AccessStopped];
        assert_eq!(told(&vault, ana).await, all, "the second read is no news");
        assert_eq!(told(&vault, ben).await, [], "what concerns another is not told");
        for notice in vault.notices(ana, &PageRequest::first(10)).await.expect("notices").items {
            let entry = vault.entry(ana, notice.entry.expect("an entry")).await.expect("its entry");
            assert_eq!((notice.at, &notice.event), (entry.details.time, &entry.details.kind));
            assert_eq!(notice.brand, Some(house));
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_leads_to_the_next_and_what_was_seen_stays_seen() {
    on_each_database("seen", async |vault, _| {
        let (_, ana, grant) = shared(&vault).await;
        let ben = customer(&vault, "ben@example.org").await;
        vault.revoke(ana, Who::Customer, GrantId(grant.grant.id()), None).await.expect("stopped");
        let first = vault.notices(ana, &PageRequest::first(2)).await.expect("a page");
        assert_eq!(first.items.iter().map(|one| one.kind).collect::<Vec<_>>(), [NoticeKind::AccessStopped, NoticeKind::AccessGiven]);
        let rest = vault.notices(ana, &PageRequest::new(2, &first.next).expect("a token")).await.expect("a page");
        assert_eq!((rest.items.len(), rest.next.as_str()), (1, ""));
        assert_eq!(vault.unseen_notices(ana).await.expect("a count"), 3);
        // Up to the one that was on the page: what came since then is new.
        assert_eq!(vault.see_notices(ana, Some(first.items[1].id)).await.expect("marked"), 2);
        assert_eq!(vault.see_notices(ana, Some(first.items[1].id)).await.expect("marked"), 0, "again is nothing");
        assert_eq!(vault.see_notices(ben, None).await.expect("marked"), 0, "another's stay as they are");
        let new: Vec<_> = vault.notices(ana, &PageRequest::first(10)).await.expect("a page").items;
        assert_eq!(new.iter().filter(|one| one.seen_at.is_none()).count(), 1);
        assert!(new[0].seen_at.is_none() && new[0].kind == NoticeKind::AccessStopped);
        assert_eq!(vault.see_notices(ana, None).await.expect("marked"), 1);
        assert_eq!(vault.unseen_notices(ana).await.expect("a count"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_refused_read_is_told_once_a_day() {
    on_each_place("refused", async |place| {
        let (vault, clock) = place.open().await;
        let (house, ana, grant) = shared(&vault).await;
        vault.revoke(ana, Who::Customer, GrantId(grant.grant.id()), None).await.expect("stopped");
        for _ in 0..5 {
            read(&vault, house, &grant).await.expect_err("stopped");
        }
        let refusals = async |count: usize| {
            let found = told_in_time(&vault, ana, 3 + count).await;
            found.iter().filter(|kind| **kind == NoticeKind::ReadRefused).count()
        };
        assert_eq!(refusals(1).await, 1);
        clock.advance_seconds(DAY);
        read(&vault, house, &grant).await.expect_err("stopped");
        assert_eq!(refusals(2).await, 2, "another day");
        let newest = vault.notices(ana, &PageRequest::first(1)).await.expect("a page").items.remove(0);
        assert_eq!((newest.brand, newest.event.as_str()), (Some(house), "read.refused"));
    })
    .await;
}

#[tokio::test]
async fn what_concerns_the_account_is_told() {
    use NoticeKind::{ExportMade, RecoveryCode, SupportActed};
    on_each_database("account", async |vault, _| {
        let ana = customer(&vault, EMAIL).await;
        assert_eq!(told(&vault, ana).await, [], "an account that begins is no news to its owner");
        vault.invite(ana, operator(), None).await.expect("invited");
        let scopes = vec!["record.read".to_owned()];
        let new = NewToken { role: Role::Customer, subject: ana.to_string(), scopes, certificate: None, lifetime_seconds: 60 };
        vault.issue_token(operator(), new, None).await.expect("a token");
        vault.begin_export(ana, Who::Customer).await.expect("an export");
        vault.create_recovery_code(ana, Who::Customer, None).await.expect("a code");
        assert_eq!(told(&vault, ana).await, [SupportActed, SupportActed, ExportMade, RecoveryCode]);
    })
    .await;
}

#[tokio::test]
async fn a_request_is_told_and_reminded_of_once() {
    on_each_database("reminded", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        ask(&vault, house, EMAIL, terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await.expect("asked");
        let reminders = async || told(&vault, ana).await.iter().filter(|kind| **kind == NoticeKind::RequestReminder).count();
        clock.advance_seconds(11 * DAY - 1);
        assert_eq!((vault.remind().await.expect("a look"), reminders().await), (0, 0));
        clock.advance_seconds(1);
        assert_eq!((vault.remind().await.expect("a look"), reminders().await), (1, 1));
        clock.advance_seconds(2 * DAY);
        assert_eq!((vault.remind().await.expect("a look"), reminders().await), (0, 1), "one reminder, and no more");
        clock.advance_seconds(DAY);
        vault.tick().await.expect("lapsed");
        assert_eq!((vault.remind().await.expect("a look"), reminders().await), (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_request_that_was_answered_is_not_reminded_of() {
    on_each_database("answered", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        let request = ask(&vault, house, EMAIL, terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await.expect("asked");
        vault.decline(ana, Who::Customer, request.id, None).await.expect("no");
        clock.advance_seconds(12 * DAY);
        assert_eq!(vault.remind().await.expect("a look"), 0);
    })
    .await;
}

#[tokio::test]
async fn an_access_that_ends_is_told_fourteen_and_three_days_before() {
    use NoticeKind::{AccessEndsInDays, AccessEndsInFortnight};
    on_each_database("ending", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, EMAIL).await);
        let ben = customer(&vault, "ben@example.org").await;
        for (of, email, days) in [(ana, EMAIL, 60), (ben, "ben@example.org", 10)] {
            put(&vault, of, "body.shoe_size").await;
            let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
            asked.expires_at = vault.now().plus_days(days);
            granted(&vault, house, of, email, asked).await;
        }
        let ends = async |of| {
            let all = told(&vault, of).await;
            all.into_iter().filter(|kind| matches!(kind, AccessEndsInFortnight | AccessEndsInDays)).collect::<Vec<_>>()
        };
        let look = async || {
            let given = vault.remind().await.expect("a look");
            assert_eq!(vault.remind().await.expect("a look"), 0, "once each");
            (given, ends(ana).await, ends(ben).await)
        };
        assert_eq!(look().await, (0, vec![], vec![]));
        // An access of ten days is not told to end in fourteen.
        clock.advance_seconds(7 * DAY);
        assert_eq!(look().await, (1, vec![], vec![AccessEndsInDays]));
        clock.advance_seconds(39 * DAY);
        assert_eq!(look().await, (1, vec![AccessEndsInFortnight], vec![AccessEndsInDays]));
        clock.advance_seconds(11 * DAY);
        assert_eq!(look().await, (1, vec![AccessEndsInFortnight, AccessEndsInDays], vec![AccessEndsInDays]));
        clock.advance_seconds(3 * DAY);
        vault.tick().await.expect("ended");
        assert_eq!(look().await.0, 0, "what has ended is told by its end");
        assert_eq!(told(&vault, ana).await.last(), Some(&NoticeKind::AccessEnded));
    })
    .await;
}

#[tokio::test]
async fn what_is_still_shared_is_told_every_ninety_days_in_one_notice() {
    on_each_database("sharing", async |vault, clock| {
        let (_, ana, grant) = shared(&vault).await;
        let other = brand(&vault, "Casa Ferrante").await;
        let second = granted(&vault, other, ana, EMAIL, terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        let before = entries(&vault, ana).await;
        clock.advance_seconds(90 * DAY - 1);
        assert_eq!(vault.remind().await.expect("a look"), 0);
        clock.advance_seconds(2);
        assert_eq!(vault.remind().await.expect("a look"), 1, "two brands, one notice");
        assert_eq!(told(&vault, ana).await.last(), Some(&NoticeKind::StillSharing));
        assert_eq!(entries(&vault, ana).await, before + 1, "that it was given can be shown");
        clock.advance_seconds(60 * DAY);
        assert_eq!(vault.remind().await.expect("a look"), 0);
        for held in [grant, second] {
            vault.revoke(ana, Who::Customer, GrantId(held.grant.id()), None).await.expect("stopped");
        }
        clock.advance_seconds(60 * DAY);
        assert_eq!(vault.remind().await.expect("a look"), 0, "nothing is shared any more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_remind_once() {
    on_postgres("remind_twice", async |place| {
        let (one, clock) = place.open().await;
        let (two, other) = place.open().await;
        let (house, ana) = (brand(&one, "Maison Alba").await, customer(&one, EMAIL).await);
        ask(&one, house, EMAIL, terms(&one, vec![item("body.shoe_size", View::Raw, true)])).await.expect("asked");
        for clock in [&clock, &other] {
            clock.set(one.now().max(two.now()));
            clock.advance_seconds(12 * DAY);
        }
        let (first, second) = tokio::join!(one.remind(), two.remind());
        assert!(first.expect("a look") + second.expect("a look") <= 1);
        one.remind().await.expect("a look");
        two.remind().await.expect("a look");
        let given = told(&one, ana).await.iter().filter(|kind| **kind == NoticeKind::RequestReminder).count();
        assert_eq!(given, 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_of_theirs_stands_in_a_notices_row_and_nothing_stays_after_an_erasure() {
    on_each_place("gone", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana, grant) = shared(&vault).await;
        read(&vault, house, &grant).await.expect("an answer");
        let own = vault.change_notice_settings(ana, Who::Customer, Some(Some("fr".to_owned())), &[], None).await.expect("chosen");
        assert_eq!(own.language.as_deref(), Some("fr"));
        let rows = place.dump("notice").await + &place.dump("notice_settings").await;
        for secret in ["Alba", "shoe", EMAIL, "advice", "appointment", "language"] {
            assert!(!rows.contains(secret), "{secret}");
        }
        vault.erase_customer(ana, Who::Customer).await.expect("erased");
        assert_eq!(place.number("SELECT COUNT(*) FROM notice").await, 0);
        assert_eq!(place.number("SELECT COUNT(*) FROM notice_settings").await, 0);
        read(&vault, house, &grant).await.expect_err("gone");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(place.number("SELECT COUNT(*) FROM notice").await, 0, "a refused read of somebody who is gone is told to nobody");
        assert_eq!(vault.notices(ana, &PageRequest::first(1)).await.expect_err("gone").reason(), "NOT_FOUND");
        assert!(vault.take_letters().await.expect("a look").is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_must_arrive_cannot_be_off() {
    on_each_database("off", async |vault, _| {
        let ana = customer(&vault, EMAIL).await;
        for (topic, delivery) in [(Topic::Receipts, Delivery::Off), (Topic::Sharing, Delivery::Off), (Topic::Security, Delivery::Daily)] {
            let chosen = [(Topic::Reads, Delivery::Off), (topic, delivery)];
            let refused = vault.change_notice_settings(ana, Who::Customer, None, &chosen, None).await.expect_err("refused");
            assert_eq!(refused.field_violations()[0].reason, "DELIVERY_NOT_ALLOWED", "{topic:?}");
        }
        let own = vault.notice_settings(ana).await.expect("settings");
        assert_eq!(own.delivery(Topic::Reads), Delivery::AtOnce, "what was refused changed nothing");
        let chosen = [(Topic::Reads, Delivery::Off), (Topic::Receipts, Delivery::Daily)];
        vault.change_notice_settings(ana, Who::Customer, None, &chosen, None).await.expect("chosen");
        let own = vault.notice_settings(ana).await.expect("settings");
        assert_eq!((own.delivery(Topic::Reads), own.delivery(Topic::Receipts)), (Delivery::Off, Delivery::Daily));
        assert_eq!(own.delivery(Topic::Requests), Delivery::AtOnce);
    })
    .await;
}

/// A customer with an address in their vault, who was told of one request.
async fn asked_by_mail(vault: &Vault) -> (BrandId, CustomerId) {
    let (house, ana) = (brand(vault, "Maison Alba").await, customer(vault, EMAIL).await);
    put_value(vault, ana, "contact.email", json!({ "address": "ana.work@example.org", "label": "work" })).await;
    put_value(vault, ana, "contact.email", json!({ "address": EMAIL, "label": "private" })).await;
    ask(vault, house, EMAIL, terms(vault, vec![item("body.shoe_size", View::Raw, true)])).await.expect("asked");
    (house, ana)
}

async fn letters(vault: &Arc<Vault>) -> Vec<Letter> {
    vault.take_letters().await.expect("a look")
}

#[tokio::test]
async fn a_letter_goes_to_the_customers_own_address_once() {
    on_each_database("letter", async |vault, clock| {
        asked_by_mail(&vault).await;
        let taken = letters(&vault).await;
        assert_eq!((taken.len(), taken[0].address.as_str(), taken[0].language.as_str()), (1, EMAIL, "en"));
        assert!(!format!("{:?}", taken[0]).contains("example.org"), "an address is not shown");
        assert!(letters(&vault).await.is_empty(), "it is taken");
        vault.letter_done(&taken[0], Outcome::Sent).await.expect("written");
        clock.advance_seconds(DAY);
        assert!(letters(&vault).await.is_empty(), "it was sent");
        assert_eq!(vault.mail_health().await.expect("health"), MailHealth::default());
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_nobody_finished_is_taken_again_under_the_same_id() {
    on_each_place("again", async |place| {
        let (vault, clock) = place.open().await;
        asked_by_mail(&vault).await;
        let first = letters(&vault).await.remove(0);
        let later = vault.now().plus_seconds(121);
        drop(vault);
        let (vault, again) = place.open_again().await;
        again.set(clock_at(&clock));
        assert!(letters(&vault).await.is_empty(), "the lease of the one that was killed is not over");
        again.set(later);
        let second = letters(&vault).await.remove(0);
        assert_eq!((&second.message_id, &second.address), (&first.message_id, &first.address));
        assert!(!first.is_held(later) && second.is_held(later));
        // The first one comes back after all: what was sent was sent.
        vault.letter_done(&first, Outcome::Sent).await.expect("written");
        vault.letter_done(&second, Outcome::Failed).await.expect("written");
        again.advance_seconds(DAY);
        assert!(letters(&vault).await.is_empty());
    })
    .await;
}

fn clock_at(clock: &coffret_vault::clock::ManualClock) -> coffret_vault::clock::Timestamp {
    use coffret_vault::clock::Clock;
    clock.now()
}

#[tokio::test]
async fn a_letter_that_fails_is_tried_ever_more_slowly_and_given_up() {
    on_each_database("given_up", async |vault, clock| {
        asked_by_mail(&vault).await;
        for wait in [60, 120, 240, 480, 960, 1920, 3840] {
            let letter = letters(&vault).await.remove(0);
            assert_eq!(vault.letter_done(&letter, Outcome::Failed).await.expect("written"), 0);
            assert_eq!(vault.mail_health().await.expect("health"), MailHealth { retrying: 1, given_up: 0 });
            clock.advance_seconds(wait - 1);
            assert!(letters(&vault).await.is_empty(), "{wait}");
            clock.advance_seconds(1);
        }
        let last = letters(&vault).await.remove(0);
        assert_eq!(vault.letter_done(&last, Outcome::Failed).await.expect("written"), 1);
        assert_eq!(vault.mail_health().await.expect("health"), MailHealth { retrying: 0, given_up: 1 });
        clock.advance_seconds(DAY);
        assert!(letters(&vault).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_refused_is_not_tried_again_and_no_address_is_no_letter() {
    on_each_database("hopeless", async |vault, clock| {
        let (house, _) = asked_by_mail(&vault).await;
        let letter = letters(&vault).await.remove(0);
        assert_eq!(vault.letter_done(&letter, Outcome::Hopeless).await.expect("written"), 1);
        assert_eq!(vault.mail_health().await.expect("health"), MailHealth { retrying: 0, given_up: 1 });
        customer(&vault, "ben@example.org").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        ask(&vault, house, "ben@example.org", asked).await.expect("asked");
        assert!(letters(&vault).await.is_empty(), "the vault holds no address of theirs");
        clock.advance_seconds(DAY);
        assert!(letters(&vault).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_daily_comes_in_one_letter_and_what_is_off_in_none() {
    on_each_database("daily", async |vault, clock| {
        let (house, ana) = asked_by_mail(&vault).await;
        vault.letter_done(&letters(&vault).await.remove(0), Outcome::Sent).await.expect("written");
        let chosen = [(Topic::Receipts, Delivery::Daily), (Topic::Vault, Delivery::Off)];
        vault.change_notice_settings(ana, Who::Customer, Some(Some("it".to_owned())), &chosen, None).await.expect("chosen");
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.purpose.code = "care".to_owned();
        crate::stage::publish(&vault, house, "care", "We use this to care.").await;
        let request = ask(&vault, house, EMAIL, asked.clone()).await.expect("asked");
        vault.letter_done(&letters(&vault).await.remove(0), Outcome::Sent).await.expect("written");
        let (purpose, _) = vault.purpose(house, "care").await.expect("a purpose");
        let seen = purpose.notice_seen("en").expect("a notice");
        let grant = vault
            .approve(ana, Who::Customer, request.id, Some(asked), Some((seen.sha256, seen.language)), None)
            .await
            .expect("yes")
            .grant
            .expect("a grant");
        vault.pause(ana, Who::Customer, GrantId(grant.grant.id()), None, None).await.expect("paused");
        vault.begin_export(ana, Who::Customer).await.expect("an export");
        assert!(letters(&vault).await.is_empty(), "not yet");
        clock.advance_seconds(DAY);
        let taken = letters(&vault).await;
        assert_eq!((taken.len(), taken[0].notices(), taken[0].language.as_str()), (1, 2, "it"));
        vault.letter_done(&taken[0], Outcome::Sent).await.expect("written");
        clock.advance_seconds(DAY);
        assert!(letters(&vault).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn mail_that_was_off_for_long_does_not_come_all_at_once() {
    on_each_database("stale", async |vault, clock| {
        asked_by_mail(&vault).await;
        clock.advance_seconds(4 * DAY);
        assert!(letters(&vault).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_takes_a_letter() {
    on_postgres("take_twice", async |place: &Place| {
        let (one, clock) = place.open().await;
        let (two, other) = place.open().await;
        let house = brand(&one, "Maison Alba").await;
        for number in 0..20 {
            let email = format!("{number}@example.org");
            let somebody = customer(&one, &email).await;
            put_value(&one, somebody, "contact.email", json!({ "address": email })).await;
            ask(&one, house, &email, terms(&one, vec![item("body.shoe_size", View::Raw, true)])).await.expect("asked");
        }
        for clock in [&clock, &other] {
            clock.set(one.now().max(two.now()));
            clock.advance_seconds(1);
        }
        let (first, second) = tokio::join!(one.take_letters(), two.take_letters());
        let (first, second) = (first.expect("a look"), second.expect("a look"));
        let mut addresses: Vec<String> = first.iter().chain(&second).map(|letter| letter.address.to_string()).collect();
        addresses.sort();
        addresses.dedup();
        assert_eq!((addresses.len(), first.len() + second.len()), (20, 20), "each once, by one of them");
    })
    .await;
}
