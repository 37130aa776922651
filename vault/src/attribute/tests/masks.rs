//! What a mask lets through, and what it must not.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{arbitrary, attribute, leaves};
use crate::attribute::{AttributeType, Catalogue, Mask, MaskRule};

/// Facts of `value` that the mask declares to pass on: kept fields, and the unit or currency beside a banded number.
fn passed_on(attribute: &AttributeType, value: &Value) -> Vec<Value> {
    let mut pointers = Vec::new();
    for rule in attribute.mask_rule().rules() {
        if rule.keeps() {
            pointers.extend(rule.fields());
        } else if let MaskRule::Band { .. } = rule {
            pointers.extend(rule.fields().into_iter().skip(1));
        }
    }
    pointers.iter().filter_map(|pointer| value.pointer(pointer)).flat_map(leaves).map(|(_, fact)| fact).collect()
}

/// No fact outside what is passed on stands in the masked value, alone or (for texts of four characters or more) inside another text.
fn leaked(attribute: &AttributeType, value: &Value, masked: &Value) -> Option<String> {
    let passed = passed_on(attribute, value);
    let masked = leaves(masked);
    leaves(value).into_iter().find_map(|(at, fact)| {
        if passed.contains(&fact) || fact.is_boolean() {
            return None;
        }
        let inside = |text: &str| fact.as_str().is_some_and(|fact| fact.chars().count() >= 4 && text.contains(fact));
        let seen = masked.iter().any(|(_, told)| *told == fact || told.as_str().is_some_and(inside));
        seen.then_some(at)
    })
}

#[test]
fn an_example_masks_to_something_without_its_masked_facts() {
    for attribute in Catalogue::builtin().all() {
        assert_eq!(leaked(attribute, attribute.example(), &attribute.mask(attribute.example())), None, "{}", attribute.name());
        let alone = attribute.mask_rule().rules().iter().any(|rule| matches!(rule, MaskRule::Presence {} | MaskRule::NoneAllowed {}));
        assert_eq!(attribute.mask(attribute.example()) == Mask::present(), alone, "{}", attribute.name());
    }
}

/// The check above must be able to fail.
#[test]
fn a_raw_value_counts_as_leaked() {
    let height = attribute("body.height");
    let raw = json!({ "value": 172, "unit": "cm", "measured_on": "2026-03-08" });
    for told in [raw.clone(), json!({ "band": 172 }), json!({ "month": "in 2026-03-08" })] {
        assert!(leaked(height, &raw, &told).is_some(), "{told}");
    }
    assert_eq!(leaked(height, &raw, &json!({ "band": "170-179", "unit": "cm" })), None);
}

/// Valid values of every type: no leak, the same each time, and masking what is masked tells nothing new.
#[test]
fn masked_values_never_hold_a_masked_fact() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 96, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    for attribute in Catalogue::builtin().all() {
        let outcome = runner.run(&arbitrary::values(attribute), |value| {
            let masked = attribute.mask(&value);
            prop_assert_eq!(leaked(attribute, &value, &masked), None, "{} -> {}", value, masked);
            prop_assert_eq!(&attribute.mask(&value), &masked);
            let again = leaves(&attribute.mask(&masked));
            let known = leaves(&masked);
            let nothing_new = again.iter().all(|fact| known.contains(fact) || *fact == ("/present".into(), json!(true)));
            prop_assert!(nothing_new, "{} -> {:?}", masked, again);
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {error}", attribute.name()));
    }
}

/// Replacing every fact that is not passed on or coarsened changes nothing: the mask is a function of what it declares.
#[test]
fn fields_that_no_rule_names_do_not_reach_the_masked_value() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 48, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    for attribute in Catalogue::builtin().all() {
        let mut named: Vec<String> = attribute.mask_rule().rules().iter().flat_map(MaskRule::fields).collect();
        named.push("/cut".to_owned());
        let outcome = runner.run(&arbitrary::values(attribute), |value| {
            let mut other = value.clone();
            for (at, _) in leaves(&value) {
                if !named.iter().any(|pointer| at == *pointer || at.starts_with(&format!("{pointer}/"))) {
                    *other.pointer_mut(&at).expect("a leaf") = json!("replaced");
                }
            }
            prop_assert_eq!(attribute.mask(&other), attribute.mask(&value));
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {error}", attribute.name()));
    }
}

#[test]
fn each_rule_gives_its_documented_shape() {
    let table: &[(&str, Value, Value)] = &[
        ("identity.birth_date", json!({ "date": "1984-05-02" }), json!({ "year": 1984 })),
        ("identity.name", json!({ "given": "amélie", "family": "Rousseau" }), json!({ "initials": "A.R." })),
        ("identity.name", json!({ "given": "小明", "family": "李" }), json!({ "initials": "小." })),
        ("identity.name", json!({ "given": "X" }), json!({ "present": true })),
        ("identity.age", json!({ "years": 34 }), json!({ "band": "30-39", "unit": "years" })),
        ("identity.age", json!({ "years": 7 }), json!({ "band": "<20", "unit": "years" })),
        ("identity.age", json!({ "years": 117 }), json!({ "band": ">=90", "unit": "years" })),
        ("body.height", json!({ "value": 160, "unit": "cm" }), json!({ "band": "160-169", "unit": "cm" })),
        ("body.height", json!({ "value": 169.9, "unit": "cm" }), json!({ "band": "160-169", "unit": "cm" })),
        ("body.height", json!({ "value": 68, "unit": "in" }), json!({ "band": "170-179", "unit": "cm" })),
        ("body.height", json!({ "value": 213, "unit": "cm" }), json!({ "band": ">=200", "unit": "cm" })),
        ("body.height", json!({ "value": 200, "unit": "cm" }), json!({ "band": ">=200", "unit": "cm" })),
        ("body.height", json!({ "value": 199.9, "unit": "cm" }), json!({ "band": "190-199", "unit": "cm" })),
        ("body.height", json!({ "value": 149.9, "unit": "cm" }), json!({ "band": "<150", "unit": "cm" })),
        ("body.height", json!({ "value": 150, "unit": "cm" }), json!({ "band": "150-159", "unit": "cm" })),
        ("body.weight", json!({ "value": 137, "unit": "lb" }), json!({ "band": "60-69", "unit": "kg" })),
        ("body.shoe_size", json!({ "system": "EU", "size": "39.5" }), json!({ "size_band": "M" })),
        ("body.shoe_size", json!({ "system": "EU", "size": "41", "cut": "men" }), json!({ "size_band": "S" })),
        ("body.shoe_size", json!({ "system": "EU", "size": "41", "cut": "women" }), json!({ "size_band": "L" })),
        ("body.hat_size", json!({ "system": "US", "size": "7 1/8" }), json!({ "size_band": "M" })),
        ("body.dress_size", json!({ "system": "INT", "size": "M" }), json!({ "present": true })),
        ("body.ring_size", json!({ "system": "UK", "size": "N1/2" }), json!({ "present": true })),
        ("contact.email", json!({ "address": "Anna@Mail.Example" }), json!({ "domain": "mail.example" })),
        ("contact.phone", json!({ "number": "+33612345678" }), json!({ "prefix": "+33" })),
        ("contact.access_need", json!({ "need": "seating" }), json!({ "present": true })),
        ("style.colours", json!({ "likes": ["navy", "ivory"] }), json!({ "count": 2 })),
        ("style.colours", json!({ "dislikes": ["neon"] }), json!({ "present": true })),
        ("address.home", json!({ "lines": ["1 rue X"], "city": "Paris", "country": "FR" }), json!({ "city": "Paris", "country": "FR" })),
        (
            "address.delivery",
            json!({ "lines": ["1 rue X"], "postcode": "75008", "city": "Paris", "country": "FR" }),
            json!({ "country": "FR", "prefix": "75" }),
        ),
        (
            "address.delivery",
            json!({ "lines": ["1 rue X"], "postcode": "AB", "city": "Paris", "country": "FR" }),
            json!({ "country": "FR" }),
        ),
        ("occasion.birthday", json!({ "of": "partner", "day": "11-22", "year": 1980 }), json!({ "of": "partner", "month": "--11" })),
        (
            "browsing.view",
            json!({ "seen_at": "2026-12-01T00:30:00+01:00", "item": { "category": "scarf" } }),
            json!({ "category": "scarf", "month": "2026-11" }),
        ),
        (
            "purchase.basket",
            json!({ "bought_on": "1997-01-12", "quantity": 5, "amount": { "minor": 7_700, "currency": "USD" } }),
            json!({ "month": "1997-01", "band": "<50000", "unit": "USD minor" }),
        ),
    ];
    for (name, value, masked) in table {
        assert_eq!(attribute(name).validate(value), Ok(()), "{name} {value}");
        assert_eq!(attribute(name).mask(value), *masked, "{name} {value}");
    }
}

/// A kept field only passes on what its schema allows: a whole address smuggled into `city` stays behind.
#[test]
fn what_was_never_valid_is_not_passed_on() {
    let present = Mask::present();
    let home = attribute("address.home");
    assert_eq!(home.mask(&json!({ "city": { "street": "12 rue des Lilas" }, "country": 75_008 })), present);
    assert_eq!(home.mask(&json!({ "city": "x".repeat(500), "country": "FR" })), json!({ "country": "FR" }));
    for (name, value) in [
        ("body.height", json!({ "value": 172 })),
        ("body.height", json!({ "value": 172, "unit": "ell" })),
        ("body.height", json!({ "value": "172", "unit": "cm" })),
        ("body.height", json!(172)),
        ("identity.birth_date", json!({ "date": "May 1984" })),
        ("identity.birth_date", json!("1984-05-02")),
        ("occasion.birthday", json!({ "day": "1122" })),
        ("occasion.birthday", json!({ "day": "13-22" })),
        ("body.shoe_size", json!({ "system": "EU", "size": "inf" })),
        ("body.hat_size", json!({ "system": "US", "size": "7 1/0" })),
        ("contact.email", json!({ "address": "anna" })),
        ("contact.email", json!({ "address": "anna@" })),
        ("contact.phone", json!({ "number": "+33" })),
    ] {
        assert_eq!(attribute(name).mask(&value), present, "{name} {value}");
    }
}

#[test]
fn the_most_intimate_types_offer_no_masked_view() {
    let refused: Vec<_> = Catalogue::builtin().all().filter(|one| !one.mask_rule().is_offered()).map(AttributeType::name).collect();
    assert_eq!(refused, ["contact.access_need", "photo.face", "style.allergies"]);
    assert!(attribute("body.height").mask_rule().is_offered());
}
