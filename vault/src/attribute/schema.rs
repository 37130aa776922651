//! Completing an entry's schema: references, closed objects, bounds everywhere, the formats we check.

use std::collections::BTreeSet;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value, json};

use super::entry::Fault;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const REFERENCE: &str = "#/$defs/";

/// The schema parts that several entries share, by name.
pub(super) struct Definitions(Map<String, Value>);

impl Definitions {
    /// Takes the definitions as they are written, and completes them.
    pub(super) fn new(data: &Value) -> Result<Self, Fault> {
        let mut parts = data.as_object().cloned().unwrap_or_default();
        for part in parts.values_mut() {
            write_out(part);
            check_strict(part)?;
        }
        Ok(Self(parts))
    }

    /// The full schema of an entry: dialect, id, closed objects, and the definitions it uses.
    pub(super) fn complete(&self, written: &Value, schema_id: &str) -> Result<Value, Fault> {
        let mut schema = written.clone();
        if let Value::Object(map) = &mut schema {
            map.entry("type").or_insert_with(|| json!("object"));
        }
        write_out(&mut schema);
        check_strict(&schema)?;
        if schema["type"] != "object" {
            return Err(Fault::Loose("a value is an object".to_owned()));
        }
        let mut used = BTreeSet::new();
        self.collect(&schema, &mut used)?;
        let parts: Map<String, Value> = used.into_iter().filter_map(|name| Some((name.clone(), self.0.get(&name)?.clone()))).collect();
        if let Value::Object(map) = &mut schema {
            map.insert("$schema".to_owned(), json!(DIALECT));
            map.insert("$id".to_owned(), json!(format!("urn:coffret:attribute:{schema_id}")));
            if !parts.is_empty() {
                map.insert("$defs".to_owned(), Value::Object(parts));
            }
        }
        Ok(schema)
    }

    fn collect(&self, schema: &Value, used: &mut BTreeSet<String>) -> Result<(), Fault> {
        match schema {
            Value::Object(map) => {
                if let Some(name) = reference(schema) {
                    let part = self.0.get(name).ok_or_else(|| Fault::NoDefinition(name.to_owned()))?;
                    if used.insert(name.to_owned()) {
                        self.collect(part, used)?;
                    }
                }
                map.values().try_for_each(|child| self.collect(child, used))
            }
            Value::Array(children) => children.iter().try_for_each(|child| self.collect(child, used)),
            _ => Ok(()),
        }
    }
}

/// Compiles a completed schema. Patterns run in linear time; a format that nobody checks is an error.
pub(super) fn compile(schema: &Value) -> Result<Validator, Fault> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_format("month-day", is_month_day)
        .with_format("time-zone", |name: &str| jiff::tz::db().get(name).is_ok())
        .offline()
        .build(schema)
        .map_err(|error| Fault::Schema(error.to_string()))
}

/// The schema of the field that a JSON pointer names, references followed; none if there is no such field.
pub(super) fn field<'a>(schema: &'a Value, pointer: &str) -> Option<&'a Value> {
    let mut here = schema;
    for name in pointer.strip_prefix('/')?.split('/') {
        here = follow(schema, here.get("properties")?.get(name)?)?;
    }
    Some(here)
}

/// A schema of its own for one field of `schema`.
pub(super) fn field_alone(schema: &Value, pointer: &str) -> Option<Value> {
    let mut alone = field(schema, pointer)?.clone();
    let map = alone.as_object_mut()?;
    map.insert("$schema".to_owned(), json!(DIALECT));
    if let Some(parts) = schema.get("$defs") {
        map.insert("$defs".to_owned(), parts.clone());
    }
    Some(alone)
}

fn follow<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match reference(schema) {
        Some(name) => root.get("$defs")?.get(name),
        None => Some(schema),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(REFERENCE)
}

/// A day of any year: `02-29` is one, `02-30` is not.
fn is_month_day(text: &str) -> bool {
    text.len() == 5 && format!("2000-{text}").parse::<jiff::civil::Date>().is_ok()
}

/// Writes the shorthands out: a word is a reference, an object that says nothing takes no other fields.
fn write_out(schema: &mut Value) {
    match schema {
        Value::String(name) => *schema = json!({ "$ref": format!("{REFERENCE}{name}") }),
        Value::Object(map) => {
            for (keyword, child) in map.iter_mut() {
                match (keyword.as_str(), child) {
                    ("properties", Value::Object(children)) => children.values_mut().for_each(write_out),
                    ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(children)) => {
                        children.iter_mut().for_each(write_out);
                    }
                    ("items" | "contains" | "not" | "if" | "then" | "else", child) => write_out(child),
                    _ => {}
                }
            }
            if map.get("type") == Some(&json!("object")) {
                map.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        _ => {}
    }
}

/// Every text, number and list has a bound, every object is closed, every field has a type.
fn check_strict(schema: &Value) -> Result<(), Fault> {
    let Some(map) = schema.as_object() else { return Err(Fault::Loose("a field without a schema".to_owned())) };
    let has = |keyword: &str| map.contains_key(keyword);
    let listed = has("enum") || has("const");
    let missing = match map.get("type").map(|kind| kind.as_str().unwrap_or_default()) {
        Some("string") if !listed && !has("maxLength") => Some("a text without maxLength"),
        Some("number" | "integer") if !listed && (!has("minimum") || !has("maximum")) => Some("a number without minimum and maximum"),
        Some("array") if !has("maxItems") || !has("items") => Some("a list without maxItems and items"),
        Some("object") if map["additionalProperties"] != false => Some("an object that takes any field"),
        Some("object") if !has("properties") => Some("an object without properties"),
        Some("string" | "number" | "integer" | "array" | "object" | "boolean") => None,
        Some(_) => Some("a type that is not one word"),
        None if listed || has("$ref") => None,
        None => Some("a field without a type"),
    };
    if let Some(missing) = missing {
        return Err(Fault::Loose(missing.to_owned()));
    }
    if let Some(children) = map.get("properties").and_then(Value::as_object) {
        children.values().try_for_each(check_strict)?;
    }
    map.get("items").map_or(Ok(()), check_strict)
}
