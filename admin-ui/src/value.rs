//! Values of records: shown in words, and entered in forms that are made from an attribute type's schema.

mod form;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use form::{fields, from_form};
pub(crate) use show::{in_short, in_words};

use serde_json::Value;

use crate::look::Look;

/// The word for a field of a value: our text where there is one, else the field's own name, made readable.
pub(crate) fn label(look: &Look, field: &str) -> String {
    let key = format!("field-{}", field.replace('_', "-"));
    look.language.try_say(&key, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| readable(field))
}

/// Whether a text is one of a field's choices, somewhere in a schema: what people write themselves is never taken for one.
fn is_choice(schema: &Value, field: &str, text: &str) -> bool {
    let has = |part: &Value| part["enum"].as_array().is_some_and(|all| all.iter().any(|one| one == text));
    let own = |part: &Value| {
        let part = part["$ref"].as_str().and_then(|way| way.strip_prefix("#/$defs/")).map_or(part, |name| &schema["$defs"][name]);
        let items = &part["items"];
        let items = items["$ref"].as_str().and_then(|way| way.strip_prefix("#/$defs/")).map_or(items, |name| &schema["$defs"][name]);
        has(part) || has(items)
    };
    search(schema, field, &own)
}

/// Whether a property of this name, at any depth, is such.
fn search(part: &Value, field: &str, own: &impl Fn(&Value) -> bool) -> bool {
    match part {
        Value::Object(map) => {
            let here = map.get("properties").and_then(|properties| properties.get(field)).is_some_and(own);
            here || map.values().any(|part| search(part, field, own))
        }
        Value::Array(parts) => parts.iter().any(|part| search(part, field, own)),
        _ => false,
    }
}

/// The word for one of a field's choices.
fn choice(look: &Look, field: &str, choice: &str) -> String {
    let empty = fluent_bundle::FluentArgs::new();
    let slug: String = choice.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let own = format!("choice-{}-{slug}", field.replace('_', "-"));
    let any = format!("choice-{slug}");
    look.language.try_say(&own, &empty).or_else(|| look.language.try_say(&any, &empty)).unwrap_or_else(|| readable(choice))
}

/// `measured_on` as `Measured on`; what is not written that way, and units, stay as they are.
fn readable(word: &str) -> String {
    if word.len() <= 2 || !word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return word.to_owned();
    }
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
