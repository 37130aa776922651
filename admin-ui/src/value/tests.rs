use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::texts::Language;

fn look() -> Look {
    Look { language: Language::default(), zone: TimeZone::UTC, now: Timestamp::from_second(1_790_000_000).expect("in range") }
}

#[test]
fn values_are_written_as_people_write_them() {
    for (value, expected) in [
        (json!({"value": 172, "unit": "cm"}), "172 cm"),
        (json!({"system": "FR", "size": "39"}), "FR 39"),
        (json!({"minor": 289_000, "currency": "EUR"}), "2890.00 EUR"),
        (json!({"minor": 289_000, "currency": "JPY"}), "289000 JPY"),
        (json!({"likes": ["midnight", "ivory"]}), "midnight, ivory"),
        (json!({"bought_on": "2026-11-20", "item": {"name": "Hat"}, "quantity": 2}), "November 20, 2026 · Hat · 2"),
    ] {
        assert_eq!(in_short(&look(), &Value::Null, &value), expected);
    }
}

#[test]
fn whatever_a_value_holds_is_text_on_the_page() {
    let value = json!({"<script>alert(1)</script>": "<img src=x onerror=alert(1)>", "list": [{"name": "\"><b>"}]});
    let page = in_words(&look(), &Value::Null, &value).0;
    assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<b>"), "{page}");
}

#[test]
fn a_form_makes_the_value_that_it_was_filled_with() {
    let schema = json!({
        "type": "object",
        "required": ["value", "unit"],
        "properties": {
            "value": {"type": "number", "minimum": 19},
            "unit": {"$ref": "#/$defs/unit"},
            "gift": {"type": "boolean"},
            "days": {"type": "array", "items": {"enum": ["mon", "tue"]}},
            "notes": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "maxItems": 3, "items": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}}
        },
        "$defs": {"unit": {"enum": ["cm", "in"]}}
    });
    let sent = [
        ("v/value", "172,5"),
        ("v/unit", "cm"),
        ("v/gift", "false"),
        ("v/days/", "mon"),
        ("v/days/", "tue"),
        ("v/notes/", "iris\n\n oak "),
        ("v/rows/0/a", "1"),
        ("v/rows/1/a", ""),
        ("v/rows/2/a", "3"),
        ("request_id", "x"),
        ("v/unknown", "x"),
    ];
    let sent: Vec<(String, String)> = sent.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let value = from_form(&schema, &sent);
    assert_eq!(
        value,
        json!({"value": 172.5, "unit": "cm", "gift": false, "days": ["mon", "tue"], "notes": ["iris", "oak"], "rows": [{"a": 1}, {"a": 3}]})
    );
    let page = fields(&look(), &schema, &value).0;
    for part in ["value=\"172.5\"", "selected", "checked", "iris\noak", "name=\"v/rows/1/a\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(
        from_form(&schema, &[("v/value".to_owned(), "tall".to_owned())]),
        json!({"value": "tall"}),
        "for the vault to refuse by name"
    );
}

#[test]
fn what_people_write_is_never_taken_for_a_choice() {
    let schema = json!({
        "type": "object",
        "properties": {"days": {"type": "array", "items": {"$ref": "#/$defs/day"}}, "family": {"type": "string"}, "unit": {"enum": ["cm", "in"]}},
        "$defs": {"day": {"enum": ["mon", "sun"]}}
    });
    let value = json!({"days": ["sun"], "family": "sun"});
    assert_eq!(in_short(&look(), &schema, &value), "Sunday · sun");
    assert_eq!(choice(&look(), "unit", "cm"), "cm", "a unit is written as it is");
}
