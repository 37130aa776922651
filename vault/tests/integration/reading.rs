//! Promise 1: no datum leaves without a live grant that covers it.

use coffret_vault::access::{Read, StreamCursor};
use coffret_vault::consent::{DataRange, Fetch, Frequency, Mode, Period, View};
use coffret_vault::error::Kind;
use coffret_vault::id::{GrantId, RecordId};
use coffret_vault::ledger::Who;
use coffret_vault::once::Once;
use coffret_vault::page::PageRequest;
use serde_json::json;

use crate::databases::{on_each_database, on_each_place};
use crate::stage::{ask, brand, customer, entries, granted, item, put, put_value, read, reading, terms};

#[tokio::test]
async fn a_brand_reads_what_is_granted_in_the_view_that_is_granted() {
    on_each_database("reads", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        put_value(&vault, ana, "identity.birth_date", json!({ "date": "1984-05-17" })).await;
        put(&vault, ana, "identity.name").await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true), item("identity.birth_date", View::Masked, true)]);
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        let released = read(&vault, house, &grant).await.expect("an answer");
        let seen: Vec<(&str, View)> = released.records.iter().map(|one| (one.attribute.as_str(), one.view)).collect();
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen.contains(&("body.shoe_size", View::Raw)) && seen.contains(&("identity.birth_date", View::Masked)));
        let masked = released.records.iter().find(|one| one.view == View::Masked).expect("the masked one");
        assert!(!masked.value.contains("05-17"), "a masked date of birth shows neither month nor day");
        assert!(masked.value.contains("1984"));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_granted_is_refused_and_the_refusal_is_logged() {
    on_each_database("refuses", async |vault, _| {
        let (house, other) = (brand(&vault, "Maison Alba").await, brand(&vault, "Casa Ferrante").await);
        let ana = customer(&vault, "ana@example.org").await;
        put(&vault, ana, "body.shoe_size").await;
        put(&vault, ana, "identity.birth_date").await;
        let grant =
            granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("identity.birth_date", View::Masked, true)])).await;
        let id = GrantId(grant.grant.id());
        let before = entries(&vault, ana).await;
        let mut other_attribute = reading(id);
        other_attribute.items = vec![("body.shoe_size".to_owned(), None)];
        assert_eq!(vault.read(house, &other_attribute).await.expect_err("refused").reason(), "ATTRIBUTE_NOT_GRANTED");
        let mut finer = reading(id);
        finer.items = vec![("identity.birth_date".to_owned(), Some(View::Raw))];
        assert_eq!(vault.read(house, &finer).await.expect_err("refused").reason(), "VIEW_NOT_GRANTED");
        assert_eq!(entries(&vault, ana).await, before + 2, "each refusal by consent is one entry");
        // Another brand hears the same as for a grant that does not exist, and nothing is written to the customer's stream.
        let foreign = vault.read(other, &reading(id)).await.expect_err("refused");
        let unknown =
            vault.read(other, &reading(GrantId::parse("0192f0c1-2345-7abc-8def-0123456789ab").expect("an id"))).await.expect_err("refused");
        assert_eq!((foreign.kind(), foreign.reason(), foreign.sentence()), (unknown.kind(), unknown.reason(), unknown.sentence()));
        assert_eq!((foreign.kind(), foreign.reason()), (Kind::NotFound, "NO_ACCESS"));
        assert_eq!(entries(&vault, ana).await, before + 2);
    })
    .await;
}

#[tokio::test]
async fn a_grant_counts_from_its_start_inclusive_to_its_end_exclusive() {
    on_each_database("bounds", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        let (start, end) = (vault.now().plus_days(1), vault.now().plus_days(2));
        asked.not_before = Some(start);
        asked.expires_at = end;
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        assert_eq!(read(&vault, house, &grant).await.expect_err("too early").reason(), "GRANT_NOT_YET_VALID");
        clock.set(start);
        read(&vault, house, &grant).await.expect("the first moment counts");
        clock.set(coffret_vault::clock::Timestamp::from_micros(end.micros() - 1));
        read(&vault, house, &grant).await.expect("the last moment counts");
        clock.set(end);
        assert_eq!(read(&vault, house, &grant).await.expect_err("ended").reason(), "GRANT_EXPIRED");
        clock.set(end.plus_days(31));
        assert_eq!(read(&vault, house, &grant).await.expect_err("ended long ago").reason(), "NO_ACCESS");
    })
    .await;
}

#[tokio::test]
async fn uses_and_frequency_hold() {
    on_each_database("limits", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.uses = Some(3);
        asked.frequency = Some(Frequency { count: 2, per: Period::Hour });
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        assert_eq!(read(&vault, house, &grant).await.expect("first").uses_left, Some(2));
        assert_eq!(read(&vault, house, &grant).await.expect("second").uses_left, Some(1));
        let refused = read(&vault, house, &grant).await.expect_err("too often");
        assert_eq!((refused.reason(), refused.retry_after_seconds()), ("FREQUENCY_EXCEEDED", Some(3600)));
        clock.advance_seconds(3600);
        assert_eq!(read(&vault, house, &grant).await.expect("third").uses_left, Some(0));
        clock.advance_seconds(3600);
        assert_eq!(read(&vault, house, &grant).await.expect_err("used up").reason(), "GRANT_EXHAUSTED");
    })
    .await;
}

#[tokio::test]
async fn a_one_time_grant_answers_once() {
    on_each_database("once", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.fetch = Fetch::Once;
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        read(&vault, house, &grant).await.expect("once");
        assert_eq!(read(&vault, house, &grant).await.expect_err("twice").reason(), "GRANT_EXHAUSTED");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_id_repeats_the_answer_and_costs_no_second_use() {
    on_each_database("repeats", async |vault, clock| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.uses = Some(2);
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        let mut call = reading(GrantId(grant.grant.id()));
        let id = coffret_vault::id::RequestId::parse("0192f0c1-2345-7abc-8def-0123456789ab").expect("an id").0;
        call.once = Some(Once::new("brands/x", "ReadRecords", id, b"asked"));
        let first = vault.read(house, &call).await.expect("first");
        let before = entries(&vault, ana).await;
        let again = vault.read(house, &call).await.expect("again");
        assert_eq!((first.sequence, first.commitment, first.uses_left), (again.sequence, again.commitment, again.uses_left));
        assert_eq!(first.records[0].value, again.records[0].value);
        assert_eq!(entries(&vault, ana).await, before, "a repeated call is one row");
        // An answer that is held is an answer under way: a stop would wait for it.
        drop((first, again));
        let mut other = call.clone();
        other.once = Some(Once::new("brands/x", "ReadRecords", id, b"something else"));
        assert_eq!(vault.read(house, &other).await.expect_err("another call").reason(), "REQUEST_ID_REUSED");
        vault.revoke(ana, Who::Customer, GrantId(grant.grant.id()), None).await.expect("a stop");
        assert_eq!(vault.read(house, &call).await.expect_err("stopped").reason(), "GRANT_REVOKED");
        clock.advance_seconds(601);
        assert_eq!(vault.read(house, &call).await.expect_err("too late").reason(), "REQUEST_ID_REUSED");
    })
    .await;
}

#[tokio::test]
async fn records_outside_the_range_stay_in_the_vault() {
    on_each_database("range", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        let example = vault.catalogue().get("purchase.item").expect("a type").example().clone();
        for date in ["2024-01-10", "2026-10-05", "2026-11-21"] {
            let mut value = example.clone();
            let pointer = vault.catalogue().get("purchase.item").expect("a type").time_pointer().expect("a time").to_owned();
            *value.pointer_mut(&pointer).expect("the time field") = json!(date);
            put_value(&vault, ana, "purchase.item", value).await;
        }
        let mut asked = terms(&vault, vec![item("purchase.*", View::Raw, true)]);
        asked.data_range = Some(DataRange::LastMonths(6));
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        let released = read(&vault, house, &grant).await.expect("an answer");
        assert_eq!(released.records.len(), 2, "the purchase of 2024 is not released");
    })
    .await;
}

#[tokio::test]
async fn pages_cost_one_use_and_a_foreign_token_is_refused() {
    on_each_database("pages", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        for _ in 0..5 {
            put(&vault, ana, "purchase.item").await;
        }
        let mut asked = terms(&vault, vec![item("purchase.item", View::Raw, true)]);
        asked.uses = Some(1);
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        let mut call = reading(GrantId(grant.grant.id()));
        call.size = 2;
        let mut seen = Vec::new();
        loop {
            let page = vault.read(house, &call).await.expect("a page");
            seen.extend(page.records.iter().map(|one| one.id));
            if page.next.is_empty() {
                break;
            }
            call.page_token.clone_from(&page.next);
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 5);
        let mut forged = call.clone();
        forged.page_token = call.page_token.replace(&call.page_token[..1], if call.page_token.starts_with('A') { "B" } else { "A" });
        assert_eq!(vault.read(house, &forged).await.expect_err("forged").reason(), "PAGE_TOKEN_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_mode_gates_the_methods() {
    on_each_database("mode", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.mode = Mode::Stream;
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        assert_eq!(read(&vault, house, &grant).await.expect_err("a stream is not read").reason(), "MODE_NOT_GRANTED");
        let call = reading(GrantId(grant.grant.id()));
        let (first, cursor) = vault.read_stream(house, &call, StreamCursor::START).await.expect("a piece").expect("a record");
        assert_eq!(first.records.len(), 1);
        assert!(vault.read_stream(house, &call, cursor).await.expect("nothing new").is_none());
    })
    .await;
}

#[tokio::test]
async fn an_unknown_attribute_is_named_and_nothing_is_asked() {
    on_each_database("unknown", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        let before = entries(&vault, ana).await;
        let asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true), item("body.aura", View::Raw, true)]);
        let refused = ask(&vault, house, "ana@example.org", asked).await.expect_err("refused");
        assert_eq!(refused.field_violations()[0].field, "terms.items[1].attribute");
        assert_eq!(entries(&vault, ana).await, before);
    })
    .await;
}

#[tokio::test]
async fn uses_go_on_from_the_entries_that_the_customers_row_does_not_tell_of_yet() {
    on_each_place("uses_go_on", async |place| {
        let (vault, _) = place.open().await;
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let mut asked = terms(&vault, vec![item("body.shoe_size", View::Raw, true)]);
        asked.uses = Some(100);
        asked.frequency = Some(Frequency { count: 60, per: Period::Day });
        let grant = granted(&vault, house, ana, "ana@example.org", asked).await;
        let mut vault = Some(vault);
        let mut used = 0;
        // Around the sixteenth entry the row is written again; each start begins from what is stored.
        for reads in [1, 9, 3, 1, 1, 1, 18, 1, 24] {
            let open = vault.take().expect("open");
            for _ in 0..reads {
                used += 1;
                assert_eq!(read(&open, house, &grant).await.expect("an answer").uses_left, Some(100 - used));
            }
            drop(open);
            let (again, _) = place.open_again().await;
            let seen = again.grants(ana, None, &PageRequest::first(10)).await.expect("grants").items;
            assert_eq!(seen[0].used, used, "as the next start finds it");
            vault = Some(again);
        }
        let open = vault.expect("open");
        assert_eq!(used, 59);
        read(&open, house, &grant).await.expect("the sixtieth of the day");
        let refused = read(&open, house, &grant).await.expect_err("no more today");
        assert_eq!(refused.reason(), "FREQUENCY_EXCEEDED", "the moments are counted on as well");
    })
    .await;
}

#[tokio::test]
async fn a_reason_and_an_advisor_that_are_not_what_they_seem_are_refused_and_the_customer_never_sees_them() {
    on_each_database("hostile", async |vault, _| {
        let (house, ana) = (brand(&vault, "Maison Alba").await, customer(&vault, "ana@example.org").await);
        put(&vault, ana, "body.shoe_size").await;
        let grant = granted(&vault, house, ana, "ana@example.org", terms(&vault, vec![item("body.shoe_size", View::Raw, true)])).await;
        let good = reading(GrantId(grant.grant.id()));
        let photo = RecordId(uuid::Uuid::from_u128(1));
        let before = entries(&vault, ana).await;
        for hostile in [" ", "\u{200B}", "a\nb", "a\u{2028}b", "a\u{0}", "\u{1B}[2J", "\u{202E}annA", "\u{2067}annA\u{2069}", "\u{FEFF}a"] {
            let reason = Read { reason: hostile.to_owned(), ..good.clone() };
            let advisor = Read { advisor: Some(hostile.to_owned()), ..good.clone() };
            for (field, call) in [("reason", reason), ("advisor", advisor)] {
                let refusals = [
                    vault.read(house, &call).await.expect_err("refused"),
                    vault.read_stream(house, &call, StreamCursor::START).await.expect_err("refused"),
                    vault.read_blob(house, &call, photo).await.expect_err("refused"),
                ];
                for refused in refusals {
                    let violation = &refused.field_violations()[0];
                    assert_eq!((violation.field.as_str(), refused.reason()), (field, "TEXT_NOT_PLAIN"), "{hostile:?}");
                }
            }
        }
        assert_eq!(entries(&vault, ana).await, before, "no entry was written");
        let call = Read { reason: "\u{200F}\u{645}\u{648}\u{639}\u{62F}".to_owned(), advisor: Some("In\u{e8}s, Paris".to_owned()), ..good };
        vault.read(house, &call).await.expect("a direction mark is no disguise");
    })
    .await;
}
