//! Valid values out of a schema, for property tests. Knows the keywords that the catalogue uses, and refuses others.

use proptest::prelude::*;
use proptest::string::string_regex;
use serde_json::{Map, Value, json};

use super::AttributeType;

/// Valid values of a type: every optional field comes and goes.
pub(super) fn values(attribute: &'static AttributeType) -> BoxedStrategy<Value> {
    let schema = attribute.schema();
    of(schema, schema).prop_filter("valid", |value| attribute.validate(value).is_ok()).boxed()
}

fn of(root: &'static Value, schema: &'static Value) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        return of(root, root.pointer(&name[1..]).expect("complete schema"));
    }
    if let Some(choices) = schema["enum"].as_array() {
        return proptest::sample::select(choices.clone()).boxed();
    }
    let bound = |name: &str| schema[name].as_f64().expect("bounded");
    match schema["type"].as_str().expect("typed") {
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => (bound("minimum") as i64..=bound("maximum") as i64).prop_map(Value::from).boxed(),
        "number" => {
            let tenths = (bound("minimum") * 10.0) as i64..=(bound("maximum") * 10.0) as i64;
            tenths.prop_map(|tenths| json!(tenths as f64 / 10.0)).boxed()
        }
        "string" => text(schema),
        "array" => {
            let items = of(root, &schema["items"]);
            let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
            let most = (schema["maxItems"].as_u64().expect("bounded") as usize).min(least + 4);
            let unique = schema["uniqueItems"] == true;
            proptest::collection::vec(items, least..=most)
                .prop_map(move |mut items| {
                    let mut seen = Vec::new();
                    items.retain(|item| {
                        !unique
                            || (!seen.contains(item) && {
                                seen.push(item.clone());
                                true
                            })
                    });
                    Value::Array(items)
                })
                .boxed()
        }
        "object" => object(root, schema),
        other => panic!("a type without a generator: {other}"),
    }
}

fn object(root: &'static Value, schema: &'static Value) -> BoxedStrategy<Value> {
    let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields: Vec<_> = schema["properties"]
        .as_object()
        .expect("closed object")
        .iter()
        .map(|(name, field)| {
            let certain = needed.contains(&name.as_str());
            (any::<bool>(), of(root, field)).prop_map(move |(there, value)| (there || certain).then(|| (name.clone(), value)))
        })
        .collect();
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect::<Map<_, _>>())).boxed()
}

fn text(schema: &'static Value) -> BoxedStrategy<Value> {
    let date = (1900..2100_i32, 1..=12_u32, 1..=28_u32).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"));
    let drawn = match schema["format"].as_str() {
        Some("date") => date.boxed(),
        Some("date-time") => (date, 0..24_u32, 0..60_u32).prop_map(|(date, h, m)| format!("{date}T{h:02}:{m:02}:09Z")).boxed(),
        Some("month-day") => (1..=12_u32, 1..=28_u32).prop_map(|(month, day)| format!("{month:02}-{day:02}")).boxed(),
        Some("email") => ("[a-z][a-z.]{3,12}[a-z]", "[a-z]{2,12}").prop_map(|(name, host)| format!("{name}@{host}.example")).boxed(),
        Some("time-zone") => proptest::sample::select(vec!["Europe/Rome", "Asia/Dubai", "Asia/Shanghai"]).prop_map(str::to_owned).boxed(),
        Some(other) => panic!("a format without a generator: {other}"),
        // The free texts: the pattern only asks that something is there. Words of many scripts.
        None if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("[^\\s]")) => {
            "[a-zA-Z]{4,20}|\\p{Han}{5,9}|\\p{Arabic}{5,12}".boxed()
        }
        None => {
            let pattern = schema["pattern"].as_str().expect("a text has a pattern, a format or a list");
            string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).expect("a plain pattern").boxed()
        }
    };
    drawn.prop_map(Value::from).boxed()
}
