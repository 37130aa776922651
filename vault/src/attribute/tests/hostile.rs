//! Values that must not get in, and what the refusal must not say.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::attribute;
use crate::attribute::{Catalogue, FieldViolation};

fn refusals(name: &str, value: &Value) -> Vec<FieldViolation> {
    attribute(name).validate(value).expect_err(name)
}

#[test]
fn hostile_values_are_refused_with_field_and_reason() {
    let size = |size: &str| json!({ "system": "EU", "size": size });
    let long = "x".repeat(81);
    let table: &[(&str, Value, &str, &str)] = &[
        ("body.shoe_size", Value::Null, "value", "WRONG_TYPE"),
        ("body.shoe_size", json!(39), "value", "WRONG_TYPE"),
        ("body.shoe_size", json!([]), "value", "WRONG_TYPE"),
        ("body.shoe_size", json!({}), "value.size", "REQUIRED"),
        ("body.shoe_size", json!({ "system": "EU", "size": null }), "value.size", "WRONG_TYPE"),
        ("body.shoe_size", json!({ "system": "EU", "size": 39 }), "value.size", "WRONG_TYPE"),
        ("body.shoe_size", size(""), "value.size", "WRONG_FORMAT"),
        ("body.shoe_size", size("NaN"), "value.size", "WRONG_FORMAT"),
        ("body.shoe_size", size("39'; DROP TABLE"), "value.size", "TOO_LONG"),
        ("body.shoe_size", size("39\n"), "value.size", "WRONG_FORMAT"),
        ("body.shoe_size", json!({ "system": "MARS", "size": "39" }), "value.system", "NOT_LISTED"),
        ("body.shoe_size", json!({ "system": "EU", "size": "39", "note": "hello" }), "value", "UNKNOWN_FIELD"),
        ("body.shoe_size", json!({ "system": "EU", "size": "39", "__proto__": {} }), "value", "UNKNOWN_FIELD"),
        ("body.shoe_size", size("39\u{0}"), "value", "TEXT_NOT_PLAIN"),
        ("body.shoe_size", json!({ "system": "EU", "size": "39", "si\u{0}ze": 1 }), "value", "TEXT_NOT_PLAIN"),
        ("body.height", json!({ "value": f64::NAN, "unit": "cm" }), "value.value", "WRONG_TYPE"),
        ("body.height", json!({ "value": "NaN", "unit": "cm" }), "value.value", "WRONG_TYPE"),
        ("body.height", json!({ "value": -1, "unit": "cm" }), "value.value", "OUT_OF_RANGE"),
        ("body.height", json!({ "value": 1e300, "unit": "cm" }), "value.value", "OUT_OF_RANGE"),
        ("body.height", json!({ "value": 9_007_199_254_740_992_i64, "unit": "cm" }), "value", "NUMBER_NOT_EXACT"),
        ("body.height", json!({ "value": 9_007_199_254_740_991_i64, "unit": "cm" }), "value.value", "OUT_OF_RANGE"),
        ("body.height", json!({ "value": u64::MAX, "unit": "cm" }), "value", "NUMBER_NOT_EXACT"),
        ("body.height", json!({ "value": i64::MIN, "unit": "cm" }), "value", "NUMBER_NOT_EXACT"),
        ("body.height", json!({ "value": 172, "unit": "in" }), "value.value", "OUT_OF_RANGE"),
        ("body.height", json!({ "value": 30, "unit": "cm" }), "value.value", "OUT_OF_RANGE"),
        ("body.weight", json!({ "value": 600, "unit": "kg" }), "value.value", "OUT_OF_RANGE"),
        ("identity.birth_date", json!({ "date": "1984-02-30" }), "value.date", "WRONG_FORMAT"),
        ("identity.birth_date", json!({ "date": "19840502" }), "value.date", "WRONG_FORMAT"),
        ("identity.birth_date", json!({ "date": "0000-01-01" }), "value.date", "WRONG_FORMAT"),
        ("identity.birth_date", json!({ "date": "1984-05-02T00:00:00Z" }), "value.date", "TOO_LONG"),
        ("identity.name", json!({ "given": " \t " }), "value.given", "WRONG_FORMAT"),
        ("identity.name", json!({ "given": "Anna\nMaria" }), "value.given", "WRONG_FORMAT"),
        ("identity.name", json!({ "given": long }), "value.given", "TOO_LONG"),
        ("identity.name", json!({ "given": "\u{202E}annA" }), "value", "TEXT_NOT_PLAIN"),
        ("identity.name", json!({ "given": "An\u{1B}[2Jna" }), "value", "TEXT_NOT_PLAIN"),
        ("identity.name", json!({}), "value", "TOO_FEW"),
        ("contact.email", json!({ "address": "anna" }), "value.address", "WRONG_FORMAT"),
        ("contact.email", json!({ "address": "a@b.example, c@d.example" }), "value.address", "WRONG_FORMAT"),
        ("contact.phone", json!({ "number": "0612345678" }), "value.number", "WRONG_FORMAT"),
        ("occasion.birthday", json!({ "of": "me", "day": "02-30" }), "value.day", "WRONG_FORMAT"),
        ("location.home_city", json!({ "city": "Paris", "country": "FR", "time_zone": "Mars/Base" }), "value.time_zone", "WRONG_FORMAT"),
        ("location.home_city", json!({ "city": "Paris", "country": "France" }), "value.country", "TOO_LONG"),
        (
            "purchase.basket",
            json!({ "bought_on": "1997-01-01", "quantity": 0, "amount": { "minor": 1, "currency": "USD" } }),
            "value.quantity",
            "OUT_OF_RANGE",
        ),
        (
            "purchase.basket",
            json!({ "bought_on": "1997-01-01", "quantity": 1, "amount": { "minor": 11.77, "currency": "USD" } }),
            "value.amount.minor",
            "WRONG_TYPE",
        ),
        (
            "purchase.basket",
            json!({ "bought_on": "1997-01-01", "quantity": 1, "amount": { "minor": -1, "currency": "USD" } }),
            "value.amount.minor",
            "OUT_OF_RANGE",
        ),
        (
            "purchase.basket",
            json!({ "bought_on": "1997-01-01", "quantity": 1, "amount": { "minor": 1, "currency": "usd" } }),
            "value.amount.currency",
            "WRONG_FORMAT",
        ),
        ("purchase.item", json!({ "bought_on": "1997-01-01", "quantity": 1, "item": {} }), "value.item", "TOO_FEW"),
        (
            "rules.channel",
            json!({ "channels": [{ "channel": "email", "purpose": "news", "allowed": "yes" }], "time_zone": "UTC", "automated": "no" }),
            "value.channels.0.allowed",
            "WRONG_TYPE",
        ),
        (
            "rules.channel",
            json!({ "channels": [], "time_zone": "UTC", "automated": "no", "quiet_hours": [{ "days": ["mon"], "from": "24:00", "to": "10:00" }] }),
            "value.quiet_hours.0.from",
            "WRONG_FORMAT",
        ),
        ("style.colours", json!({ "likes": ["navy", "navy"] }), "value.likes", "REPEATED"),
        ("style.colours", json!({ "likes": (0..25).map(|n| n.to_string()).collect::<Vec<_>>() }), "value.likes", "TOO_MANY"),
        ("photo.face", json!({ "bytes": 20_971_521, "media_type": "image/png", "sha256": "0".repeat(64) }), "value.bytes", "OUT_OF_RANGE"),
        ("photo.face", json!({ "bytes": 1, "media_type": "image/svg+xml", "sha256": "0".repeat(64) }), "value.media_type", "NOT_LISTED"),
    ];
    for (name, value, field, reason) in table {
        let found = refusals(name, value);
        assert!(found.iter().any(|one| one.field == *field && one.reason == *reason), "{name} {value}: {found:?}");
    }
}

#[test]
fn a_value_is_refused_before_its_schema_runs_when_it_is_too_deep_or_too_large() {
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    let reason = |value: &Value| refusals("style.words", value)[0].reason;
    assert_eq!(reason(&nested(17)), "TOO_DEEP");
    assert_eq!(reason(&nested(16)), "WRONG_TYPE", "sixteen levels reach the schema");
    assert_eq!(reason(&nested(2_000)), "TOO_DEEP");
    let long = |bytes: usize| json!({ "x": "y".repeat(bytes - 8) });
    assert_eq!(reason(&long(32 * 1024 + 1)), "TOO_LARGE");
    assert_ne!(reason(&long(32 * 1024)), "TOO_LARGE", "32 KiB reach the schema");
}

#[test]
fn a_month_and_day_is_nothing_longer() {
    let format = json!({ "type": "string", "format": "month-day" });
    let format = crate::attribute::schema::compile(&format).expect("a schema");
    assert!(format.is_valid(&json!("02-29")));
    for other in ["02-30", "2-29", "02-29T10:00", "02-29 "] {
        assert!(!format.is_valid(&json!(other)), "{other}");
    }
}

#[test]
fn thousands_of_faults_are_told_in_a_few_lines() {
    let lines: Vec<_> = (0..3_000).map(Value::from).collect();
    let found = refusals("style.words", &json!({ "words": lines }));
    assert!(found.len() <= 32, "{}", found.len());
}

/// Names of unknown fields are the caller's words as much as values are.
#[test]
fn a_refusal_never_quotes_the_value() {
    let secret = "SECRETWORD";
    let number = json!(777_123);
    for attribute in Catalogue::builtin().all() {
        let fields = attribute.schema()["properties"].as_object().expect("closed object");
        for name in fields.keys() {
            for planted in [json!(secret), json!([secret]), json!({ secret: secret }), number.clone()] {
                let mut value = attribute.example().clone();
                value[name.as_str()] = planted;
                value[secret] = json!(secret);
                let found = attribute.validate(&value).expect_err("an unknown field");
                let told = serde_json::to_string(&found).expect("JSON") + &format!("{found:?}");
                assert!(!told.contains(secret) && !told.contains("777123"), "{}: {told}", attribute.name());
                assert!(found.iter().all(|one| one.description.ends_with('.')), "{told}");
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("value|unit|size|system|city|country|date|item|[a-z]{1,4}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Validation, time and mask take anything; a mask is an object with at least one field, the same each time.
    #[test]
    fn anything_at_all_is_taken_without_panic(value in any_json()) {
        for attribute in Catalogue::builtin().all() {
            let _ = attribute.validate(&value);
            let _ = attribute.time(&value);
            let masked = attribute.mask(&value);
            prop_assert!(masked.as_object().is_some_and(|fields| !fields.is_empty()));
            prop_assert_eq!(&masked, &attribute.mask(&value));
        }
    }
}
