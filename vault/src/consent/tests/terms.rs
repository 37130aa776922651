//! Canonicalisation: one form for one meaning, every bound named, nothing hostile gets through or stops us.

use proptest::prelude::*;

use super::fixtures::{Catalogue, NOW, canonical, changed, item, terms};
use crate::clock::Timestamp;
use crate::consent::{CanonicalTerms, DataRange, Fetch, Frequency, Mode, Period, Terms, View};
use crate::text::tests::HOSTILE_LINES;

/// Field and reason of each violation.
fn refused(terms: &Terms) -> Vec<(String, &'static str)> {
    let violations = terms.canonical(&Catalogue, NOW).expect_err("refused");
    assert!(violations.iter().all(|violation| violation.description.ends_with('.')), "{violations:?}");
    violations.into_iter().map(|violation| (violation.field, violation.reason)).collect()
}

fn refused_once(change: impl FnOnce(&mut Terms), field: &str, reason: &'static str) {
    assert_eq!(refused(&changed(change)), [(field.to_owned(), reason)]);
}

fn accepted(change: impl FnOnce(&mut Terms)) -> CanonicalTerms {
    canonical(&changed(change))
}

#[test]
fn families_become_sorted_unique_types() {
    let terms = accepted(|terms| {
        terms.items = vec![item("purchase.*", View::Raw, false), item("purchase.watch", View::Raw, false), item("body.*", View::Raw, true)];
    });
    let names: Vec<_> = terms.items().iter().map(|item| item.attribute.as_str()).collect();
    assert_eq!(names, ["body.ring_size", "body.shoe_size", "purchase.jewel", "purchase.leather", "purchase.watch"]);
}

#[test]
fn one_attribute_asked_for_differently_is_named() {
    for (view, needed) in [(View::Masked, false), (View::Raw, true)] {
        refused_once(
            |terms| {
                terms.items =
                    vec![item("profile.city", View::Raw, true), item("purchase.*", View::Raw, false), item("purchase.watch", view, needed)];
            },
            "terms.items[2].attribute",
            "ATTRIBUTE_CONFLICT",
        );
    }
}

#[test]
fn unknown_attributes_are_named_and_not_repeated() {
    for hostile in ["", "*", "nothing.*", "purchase", "purchase.*.*", "\u{0}", &"a".repeat(1_000_000)] {
        let terms = changed(|terms| terms.items[1].attribute = hostile.to_owned());
        let violations = terms.canonical(&Catalogue, NOW).expect_err("refused");
        assert_eq!((violations[0].field.as_str(), violations[0].reason), ("terms.items[1].attribute", "ATTRIBUTE_UNKNOWN"));
        assert!(violations[0].description.len() < 100);
    }
}

#[test]
fn a_view_that_a_type_does_not_offer_is_named() {
    refused_once(|terms| terms.items[0] = item("body.*", View::Masked, true), "terms.items[0].view", "VIEW_NOT_OFFERED");
}

#[test]
fn ten_thousand_items_are_refused_as_a_list_and_200_are_not() {
    refused_once(|terms| terms.items = vec![item("purchase.*", View::Raw, false); 10_000], "terms.items", "TOO_MANY_ITEMS");
    refused_once(|terms| terms.items = vec![item("purchase.*", View::Raw, false); 201], "terms.items", "TOO_MANY_ITEMS");
    refused_once(|terms| terms.items.clear(), "terms.items", "ITEMS_MISSING");
    assert_eq!(accepted(|terms| terms.items = vec![item("purchase.*", View::Raw, false); 200]).items().len(), 3);
}

#[test]
fn a_family_of_more_than_200_types_is_refused() {
    struct Wide;
    impl crate::consent::Families for Wide {
        fn expand(&self, _: &str) -> Option<Vec<String>> {
            Some((0..201).map(|number| format!("wide.n{number}")).collect())
        }
        fn offers(&self, _: &str, _: View) -> bool {
            true
        }
    }
    let terms = changed(|terms| terms.items = vec![item("wide.*", View::Raw, false)]);
    let violations = terms.canonical(&Wide, NOW).expect_err("refused");
    assert_eq!((violations[0].field.as_str(), violations[0].reason), ("terms.items", "TOO_MANY_ITEMS"));
}

#[test]
fn texts_have_bounds() {
    for (length, fits) in [(0, false), (1, true), (300, true), (301, false)] {
        let result = changed(|terms| terms.items[2].reason = "é".repeat(length)).canonical(&Catalogue, NOW);
        assert_eq!(result.is_ok(), fits, "{length}");
    }
    for hostile in HOSTILE_LINES {
        refused_once(|terms| terms.items[2].reason = hostile.to_owned(), "terms.items[2].reason", "REASON_LENGTH");
        refused_once(|terms| terms.onward = vec![hostile.to_owned()], "terms.onward[0]", "PROCESSOR_LENGTH");
        refused_once(|terms| terms.reward = Some(hostile.to_owned()), "terms.reward", "REWARD_LENGTH");
    }
    refused_once(|terms| terms.purpose.code.clear(), "terms.purpose", "PURPOSE_CODE_LENGTH");
    refused_once(|terms| terms.purpose.version = 0, "terms.purpose_version", "PURPOSE_VERSION");
    refused_once(|terms| terms.onward = vec!["Atelier".to_owned(), String::new()], "terms.onward[1]", "PROCESSOR_LENGTH");
    refused_once(|terms| terms.onward = vec!["Atelier".to_owned(); 51], "terms.onward", "TOO_MANY_PROCESSORS");
    refused_once(|terms| terms.reward = Some("x".repeat(301)), "terms.reward", "REWARD_LENGTH");
}

#[test]
fn terms_end_in_the_future_and_within_12_calendar_months_of_their_start() {
    let micro = |moment: Timestamp, by: i64| Timestamp::from_micros(moment.micros() + by);
    refused_once(|terms| terms.expires_at = NOW, "terms.expire_time", "END_IN_PAST");
    accepted(|terms| terms.expires_at = micro(NOW, 1));
    let year = NOW.plus_months(12);
    accepted(|terms| terms.expires_at = year);
    refused_once(|terms| terms.expires_at = micro(year, 1), "terms.expire_time", "TERM_TOO_LONG");

    // Post-dated: the term is counted from the start.
    let start = NOW.plus_months(12);
    let post_dated = |start: Timestamp, end: Timestamp| move |terms: &mut Terms| (terms.not_before, terms.expires_at) = (Some(start), end);
    accepted(post_dated(start, start.plus_months(12)));
    refused_once(post_dated(start, micro(start.plus_months(12), 1)), "terms.expire_time", "TERM_TOO_LONG");
    refused_once(post_dated(micro(start, 1), start.plus_days(1)), "terms.not_before", "START_TOO_LATE");
    refused_once(post_dated(start, micro(start, 999_999)), "terms.expire_time", "TERM_EMPTY");
    accepted(post_dated(start, micro(start, 1_000_000)));
    // A start in the past does not lengthen the term.
    refused_once(post_dated(NOW.plus_days(-30), micro(year, 1)), "terms.expire_time", "TERM_TOO_LONG");
    accepted(post_dated(NOW.plus_days(-30), year));
}

#[test]
fn numbers_have_bounds() {
    for (uses, fits) in [(0, false), (1, true), (1_000_000, true), (1_000_001, false)] {
        let result = changed(|terms| terms.uses = Some(uses)).canonical(&Catalogue, NOW);
        assert_eq!(result.is_ok(), fits, "{uses}");
    }
    refused_once(|terms| terms.uses = Some(0), "terms.uses", "USES_RANGE");
    let never = Some(Frequency { count: 0, per: Period::Day });
    refused_once(|terms| terms.frequency = never, "terms.frequency.count", "FREQUENCY_RANGE");
    refused_once(|terms| terms.data_range = Some(DataRange::LastMonths(0)), "terms.data_range.last_months", "RANGE_MONTHS");
    let empty = Some(DataRange::FromTo { from: NOW, to: NOW });
    refused_once(|terms| terms.data_range = empty, "terms.data_range.to_time", "RANGE_EMPTY");
    refused_once(|terms| terms.mode = Mode::Store, "terms.data_life", "DATA_LIFE_MISSING");
    let store = |days| move |terms: &mut Terms| (terms.mode, terms.data_life_days) = (Mode::Store, Some(days));
    refused_once(store(0), "terms.data_life", "DATA_LIFE_RANGE");
    refused_once(store(3_651), "terms.data_life", "DATA_LIFE_RANGE");
    assert_eq!(accepted(store(3_650)).terms().data_life_days, Some(3_650));
}

#[test]
fn one_meaning_has_one_form() {
    let once = accepted(|terms| {
        terms.fetch = Fetch::Once;
        terms.frequency = Some(Frequency { count: 1, per: Period::Day });
    });
    assert_eq!((once.terms().uses, once.terms().frequency), (Some(1), None));
    refused_once(|terms| (terms.fetch, terms.uses) = (Fetch::Once, Some(2)), "terms.uses", "ONCE_IS_ONE_USE");
    assert_eq!(accepted(|terms| terms.data_life_days = Some(30)).terms().data_life_days, None, "VIEW keeps nothing");
    let onward = accepted(|terms| terms.onward = ["b", "a", "b"].map(str::to_owned).to_vec());
    assert_eq!(onward.terms().onward, ["a", "b"]);
    assert_eq!(canonical(onward.terms()), onward, "canonical terms stay as they are");
}

#[test]
fn answers_and_mode_query_go_together_only() {
    refused_once(|terms| terms.items[1].view = View::Answer, "terms.items[1].view", "VIEW_NOT_IN_MODE");
    let mixed = changed(|terms| {
        terms.mode = Mode::Query;
        terms.items[2].view = View::Answer;
    });
    let fields: Vec<_> = refused(&mixed).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["terms.items[0].view", "terms.items[1].view"]);
    accepted(|terms| {
        terms.mode = Mode::Query;
        terms.items.iter_mut().for_each(|item| item.view = View::Answer);
    });
}

#[test]
fn every_fault_is_named_at_once() {
    let terms = changed(|terms| {
        terms.items[0].attribute = "nothing".to_owned();
        terms.items[1].reason.clear();
        terms.expires_at = NOW;
        terms.uses = Some(0);
    });
    let mut fields: Vec<_> = refused(&terms).into_iter().map(|(field, _)| field).collect();
    fields.sort();
    assert_eq!(fields, ["terms.expire_time", "terms.items[0].attribute", "terms.items[1].reason", "terms.uses"]);
}

#[test]
fn stored_terms_come_back_long_after_their_end_but_only_in_canonical_form() {
    let agreed = accepted(|terms| terms.items.push(item("purchase.*", View::Raw, false)));
    let json = serde_json::to_string(&agreed).expect("serialises");
    assert_eq!(serde_json::from_str::<CanonicalTerms>(&json).expect("stored"), agreed);
    let not_canonical: [fn(&mut Terms); 7] = [
        |terms| terms.items.reverse(),
        |terms| terms.items.push(terms.items[4].clone()),
        |terms| terms.items[2].attribute = "purchase.*".to_owned(),
        |terms| terms.fetch = Fetch::Once,
        |terms| terms.data_life_days = Some(1),
        |terms| terms.onward = vec!["b".to_owned(), "a".to_owned()],
        |terms| terms.uses = Some(0),
    ];
    for (index, change) in not_canonical.into_iter().enumerate() {
        let mut terms = agreed.terms().clone();
        change(&mut terms);
        let json = serde_json::to_string(&terms).expect("serialises");
        assert!(serde_json::from_str::<CanonicalTerms>(&json).is_err(), "{index}");
        assert!(CanonicalTerms::from_stored(terms).is_err(), "{index}");
    }
    let mut terms = agreed.into_terms();
    terms.items[0].reason = "\u{202E}once allowed".to_owned();
    CanonicalTerms::from_stored(terms).expect("a text that was allowed when it was agreed stays readable");
}

#[test]
fn json_is_snake_case_without_absent_fields_and_is_read_back() {
    let terms = changed(|terms| {
        terms.items.truncate(1);
        terms.data_range = Some(DataRange::LastMonths(12));
        terms.frequency = Some(Frequency { count: 2, per: Period::Day });
    });
    let json = serde_json::to_value(&terms).expect("serialises");
    let expected = serde_json::json!({
        "purpose": {"code": "fitting", "version": 3},
        "items": [{"attribute": "body.shoe_size", "view": "raw", "needed": true, "reason": "To find your size."}],
        "mode": "view",
        "data_range": {"last_months": 12},
        "expires_at": "2027-02-20T12:00:00.000000Z",
        "fetch": "periodic",
        "frequency": {"count": 2, "per": "day"},
        "predictions": false,
        "contact": "none",
    });
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<Terms>(json).expect("own JSON"), terms);
}

#[test]
fn unknown_fields_are_refused_at_every_depth() {
    let range = DataRange::FromTo { from: NOW, to: NOW.plus_days(1) };
    let full = changed(|terms| {
        terms.data_range = Some(range);
        terms.frequency = Some(Frequency { count: 2, per: Period::Day });
    });
    for pointer in ["", "/purpose", "/items/0", "/data_range/from_to", "/frequency"] {
        let mut json = serde_json::to_value(&full).expect("serialises");
        json.pointer_mut(pointer).and_then(|value| value.as_object_mut()).expect("an object").insert("extra".to_owned(), true.into());
        assert!(serde_json::from_value::<Terms>(json).is_err(), "{pointer}");
    }
}

fn hostile_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(|number| serde_json::json!(number)),
        ".{0,20}".prop_map(Into::into),
        Just("9999-12-31T23:59:59.999999Z".into()),
        Just("-9999-01-01T00:00:00Z".into()),
        Just(u64::MAX.into()),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((".{0,8}", inner), 0..4).prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}

const POINTERS: [&str; 16] = [
    "/purpose",
    "/purpose/version",
    "/items",
    "/items/0",
    "/items/0/attribute",
    "/items/0/view",
    "/items/0/reason",
    "/mode",
    "/data_range",
    "/not_before",
    "/expires_at",
    "/uses",
    "/frequency",
    "/data_life_days",
    "/onward",
    "/contact",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_json_never_panics(places in prop::collection::vec((prop::sample::select(&POINTERS[..]), hostile_json()), 1..4)) {
        let full = changed(|terms| {
            terms.not_before = Some(NOW);
            terms.uses = Some(2);
            terms.data_range = Some(DataRange::LastMonths(2));
            terms.frequency = Some(Frequency { count: 2, per: Period::Day });
            terms.onward = vec!["Atelier".to_owned()];
            terms.data_life_days = Some(3);
        });
        let mut json = serde_json::to_value(&full).expect("serialises");
        for (pointer, value) in places {
            if let Some(place) = json.pointer_mut(pointer) {
                *place = value;
            }
        }
        if let Ok(terms) = serde_json::from_value::<Terms>(json)
            && let Ok(canonical) = terms.canonical(&Catalogue, NOW) {
            prop_assert!(CanonicalTerms::from_stored(canonical.clone().into_terms()).is_ok());
            prop_assert!(crate::consent::is_at_most(&canonical, &canonical));
        }
    }

    #[test]
    fn hostile_text_never_panics(text in ".{0,200}") {
        let _ = serde_json::from_str::<Terms>(&text);
        let mut json = serde_json::to_string(&terms()).expect("serialises");
        json.truncate(json.len().saturating_sub(1));
        let closes = text.trim_start().starts_with(['}', ',']);
        prop_assert!(closes || serde_json::from_str::<Terms>(&(json + &text)).is_err());
    }
}

#[test]
fn extreme_numbers_never_overflow() {
    for micros in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX] {
        let moment = Timestamp::from_micros(micros);
        for change in [
            changed(|terms| terms.expires_at = moment),
            changed(|terms| terms.not_before = Some(moment)),
            changed(|terms| terms.data_range = Some(DataRange::FromTo { from: moment, to: moment })),
        ] {
            for now in [Timestamp::MIN, NOW, Timestamp::MAX] {
                let _ = change.canonical(&Catalogue, now);
            }
        }
        assert!(DataRange::LastMonths(u32::MAX).at(moment).0 <= moment);
    }
}
