//! Values in words.

use jiff::civil;
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{choice, is_choice, label};
use crate::look::Look;
use crate::texts::say;

/// A value as a short text: `172 cm`, `FR 39`, `midnight, ivory`.
pub(crate) fn in_short(look: &Look, schema: &Value, value: &Value) -> String {
    let text = match value {
        Value::Object(map) => known(map).unwrap_or_else(|| {
            let parts = map.iter().map(|(field, part)| match part {
                Value::Object(map) => known(map).unwrap_or_default(),
                part => scalar(look, schema, field, part),
            });
            parts.filter(|part| !part.is_empty()).take(4).collect::<Vec<_>>().join(" · ")
        }),
        other => scalar(look, schema, "", other),
    };
    let mut short: String = text.chars().take(120).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// A value with all its fields.
pub(crate) fn in_words(look: &Look, schema: &Value, value: &Value) -> Markup {
    let Value::Object(map) = value else { return html! { bdi { (scalar(look, schema, "", value)) } } };
    html! {
        dl.value {
            @for (field, part) in map {
                dt { (label(look, field)) }
                dd { (part_in_words(look, schema, field, part)) }
            }
        }
    }
}

fn part_in_words(look: &Look, schema: &Value, field: &str, part: &Value) -> Markup {
    match part {
        Value::Object(map) => match known(map) {
            Some(text) => html! { bdi { (text) } },
            None => in_words(look, schema, part),
        },
        Value::Array(parts) if parts.iter().any(Value::is_object) => html! {
            ul { @for part in parts { li { (part_in_words(look, schema, field, part)) } } }
        },
        other => html! { bdi { (scalar(look, schema, field, other)) } },
    }
}

/// Shapes that people write in one piece.
fn known(map: &Map<String, Value>) -> Option<String> {
    let text = |field: &str| map.get(field).and_then(Value::as_str);
    if let (Some(Value::Number(value)), Some(unit)) = (map.get("value"), text("unit")) {
        return Some(format!("{value} {unit}"));
    }
    if let (Some(system), Some(size)) = (text("system"), text("size")) {
        return Some(if system == "INT" || system == "vendor" { size.to_owned() } else { format!("{system} {size}") });
    }
    if let (Some(minor), Some(currency)) = (map.get("minor").and_then(Value::as_i64), text("currency")) {
        return Some(amount(minor, currency));
    }
    if let Some(name) = text("name") {
        let more = ["colour", "category"].into_iter().find_map(text);
        return Some(more.map_or_else(|| name.to_owned(), |more| format!("{name} ({more})")));
    }
    None
}

/// Whole minor units: cents, and the yen as they are (ISO 4217).
fn amount(minor: i64, currency: &str) -> String {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" => format!("{minor} {currency}"),
        "KWD" | "BHD" | "OMR" | "JOD" | "TND" => format!("{}.{:03} {currency}", minor / 1000, minor % 1000),
        _ => format!("{}.{:02} {currency}", minor / 100, minor % 100),
    }
}

fn scalar(look: &Look, schema: &Value, field: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => say!(look, if *yes { "yes" } else { "no" }),
        Value::Number(number) => number.to_string(),
        Value::String(text) => match text.parse::<civil::Date>() {
            // A day is the same day everywhere.
            Ok(day) if text.len() == 10 => day
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map_or_else(|_| text.clone(), |day| look.language.date(day.timestamp(), &jiff::tz::TimeZone::UTC)),
            _ if is_choice(schema, field, text) => choice(look, field, text),
            _ => text.clone(),
        },
        Value::Array(parts) => parts
            .iter()
            .map(|part| match part {
                Value::Object(map) => known(map).unwrap_or_else(|| in_short(look, schema, part)),
                other => scalar(look, schema, field, other),
            })
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(_) => in_short(look, schema, value),
    }
}
