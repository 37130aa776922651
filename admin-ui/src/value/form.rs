//! Forms made from schemas (JSON Schema 2020-12, as the catalogue writes it), and values made from what was entered.
//!
//! A field's name is the way to its place in the value: `item/name`, `channels/0/channel`. The vault checks the value; here it is only
//! put together, so that what was entered comes back as it was when the vault refuses it.

use std::collections::HashMap;

use maud::{Markup, html};
use serde_json::{Map, Number, Value};

use super::{choice, label};
use crate::look::Look;
use crate::texts::say;

/// How deep values go at most.
const DEPTH: usize = 6;
/// Empty rows that a list offers beyond what it holds.
const ROWS: usize = 2;
/// What stands before a field's way, so that no field is taken for another part of the form.
const PREFIX: &str = "v/";

/// A part of a schema, with its references followed.
#[derive(Clone, Copy)]
struct Part<'a> {
    root: &'a Value,
    here: &'a Value,
    /// Whether it is part of something that can be left out as a whole: a list's row, or an optional group. Nothing in it is demanded then.
    in_optional: bool,
}

impl<'a> Part<'a> {
    fn new(root: &'a Value, here: &'a Value) -> Self {
        let mut here = here;
        for _ in 0..DEPTH {
            let Some(name) = here["$ref"].as_str().and_then(|way| way.strip_prefix("#/$defs/")) else { break };
            here = &root["$defs"][name];
        }
        Self { root, here, in_optional: false }
    }

    fn child(self, here: &'a Value) -> Self {
        Self { in_optional: self.in_optional, ..Self::new(self.root, here) }
    }

    fn kind(self) -> &'a str {
        if self.here["enum"].is_array() { "enum" } else { self.here["type"].as_str().unwrap_or("string") }
    }

    fn properties(self) -> impl Iterator<Item = (&'a String, Self)> {
        // What must be there first, in the order in which it is declared as needed.
        let all = self.here["properties"].as_object();
        let needed: Vec<&str> = self.here["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut sorted: Vec<_> = all.into_iter().flatten().collect();
        sorted.sort_by_key(|(name, _)| needed.iter().position(|one| one == name).unwrap_or(usize::MAX));
        sorted.into_iter().map(move |(name, here)| (name, self.child(here)))
    }

    fn needs(self, name: &str) -> bool {
        self.here["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
    }
}

/// The fields for a value of this schema, filled with what is there.
pub(crate) fn fields(look: &Look, schema: &Value, value: &Value) -> Markup {
    object(look, Part::new(schema, schema), value, PREFIX, 0)
}

fn object(look: &Look, part: Part<'_>, value: &Value, way: &str, depth: usize) -> Markup {
    html! {
        @for (name, child) in part.properties() {
            (field(look, child, name, &value[name.as_str()], &format!("{way}{name}"), part.needs(name), depth))
        }
    }
}

fn field(look: &Look, part: Part<'_>, name: &str, value: &Value, way: &str, needed: bool, depth: usize) -> Markup {
    let demanded = needed && !part.in_optional;
    let title = html! { (label(look, name)) @if !needed { " " span.soft { (say!(look, "optional-field")) } } };
    let id = format!("f-{}", way.replace('/', "-"));
    match part.kind() {
        "object" if depth < DEPTH => html! {
            fieldset { legend { (title) } (object(look, Part { in_optional: !demanded, ..part }, value, &format!("{way}/"), depth + 1)) }
        },
        "array" => array(look, part, name, value, way, &title, depth),
        "boolean" => html! {
            div.field {
                label for=(id) { (title) }
                select id=(id) name=(way) {
                    @if !demanded { option value="" {} }
                    @for (text, key, is) in [("true", "yes", true), ("false", "no", false)] {
                        option value=(text) selected[value.as_bool() == Some(is)] { (say!(look, key)) }
                    }
                }
            }
        },
        "enum" => html! {
            div.field {
                label for=(id) { (title) }
                select id=(id) name=(way) required[demanded] {
                    @if !demanded || value.is_null() { option value="" {} }
                    @for one in part.here["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                        option value=(one) selected[value.as_str() == Some(one)] { (choice(look, name, one)) }
                    }
                }
            }
        },
        kind => html! {
            div.field {
                label for=(id) { (title) }
                @let text = plain(value);
                @let most = part.here["maxLength"].as_u64();
                @if kind == "string" && most.is_some_and(|most| most > 120) {
                    textarea id=(id) name=(way) rows="3" maxlength=[most] required[demanded] { (text) }
                } @else {
                    input id=(id) name=(way) value=(text) type=(input(kind, part)) required[demanded] maxlength=[most]
                        step=[(kind == "number").then_some("any")] min=[part.here["minimum"].as_f64()] max=[part.here["maximum"].as_f64()];
                }
            }
        },
    }
}

fn array(look: &Look, part: Part<'_>, name: &str, value: &Value, way: &str, title: &Markup, depth: usize) -> Markup {
    let items = part.child(&part.here["items"]);
    let held = value.as_array().map_or(&[][..], Vec::as_slice);
    if items.kind() == "enum" {
        return html! {
            fieldset.choices {
                legend { (title) }
                @for one in items.here["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    label.check {
                        input type="checkbox" name=(format!("{way}/")) value=(one) checked[held.iter().any(|held| held == one)];
                        span { (choice(look, name, one)) }
                    }
                }
            }
        };
    }
    if items.kind() != "object" {
        let id = format!("f-{}", way.replace('/', "-"));
        let text = held.iter().map(plain).collect::<Vec<_>>().join("\n");
        return html! {
            div.field {
                label for=(id) { (title) }
                textarea id=(id) name=(format!("{way}/")) rows="3" aria-describedby=(format!("{id}-hint")) { (text) }
                p.soft id=(format!("{id}-hint")) { (say!(look, "one-a-line")) }
            }
        };
    }
    let most = part.here["maxItems"].as_u64().map_or(usize::MAX, |most| most as usize);
    let rows = (held.len() + ROWS).min(most).max(held.len());
    html! {
        fieldset {
            legend { (title) }
            @for row in 0..rows {
                @let value = held.get(row).unwrap_or(&Value::Null);
                details open[row < held.len() || row == 0] {
                    summary { (say!(look, "row", number = row + 1)) }
                    // A row that is left empty is none: nothing in it can be demanded by the browser.
                    (object(look, Part { in_optional: true, ..items }, value, &format!("{way}/{row}/"), depth + 1))
                }
            }
        }
    }
}

fn input(kind: &str, part: Part<'_>) -> &'static str {
    match (kind, part.here["format"].as_str()) {
        ("integer" | "number", _) => "number",
        (_, Some("date")) => "date",
        (_, Some("email")) => "email",
        _ => "text",
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The value that a form's fields make. What is empty is left out; a number that is none stays a text, for the vault to refuse by name.
pub(crate) fn from_form(schema: &Value, sent: &[(String, String)]) -> Value {
    let mut fields: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, text) in sent {
        if let Some(way) = name.strip_prefix(PREFIX) {
            fields.entry(way).or_default().push(text.as_str());
        }
    }
    build(Part::new(schema, schema), "", &fields, 0).unwrap_or(Value::Object(Map::new()))
}

fn build(part: Part<'_>, way: &str, fields: &HashMap<&str, Vec<&str>>, depth: usize) -> Option<Value> {
    // Browsers send line breaks as two characters, of which the vault knows one.
    let first =
        || fields.get(way).and_then(|all| all.first()).map(|text| text.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty());
    match part.kind() {
        "object" if depth <= DEPTH => {
            let mut map = Map::new();
            for (name, child) in part.properties() {
                let way = if way.is_empty() { name.clone() } else { format!("{way}/{name}") };
                if let Some(value) = build(child, &way, fields, depth + 1) {
                    map.insert(name.clone(), value);
                }
            }
            (!map.is_empty()).then_some(Value::Object(map))
        }
        "array" => {
            let items = part.child(&part.here["items"]);
            let built: Vec<Value> = if items.kind() == "object" {
                let most = part.here["maxItems"].as_u64().unwrap_or(100).min(100);
                (0..most).filter_map(|row| build(items, &format!("{way}/{row}"), fields, depth + 1)).collect()
            } else {
                let all = fields.get(format!("{way}/").as_str()).into_iter().flatten().flat_map(|text| text.lines());
                all.map(str::trim).filter(|text| !text.is_empty()).map(|text| scalar(items.kind(), text)).collect()
            };
            (!built.is_empty()).then_some(Value::Array(built))
        }
        kind => first().map(|text| scalar(kind, &text)),
    }
}

fn scalar(kind: &str, text: &str) -> Value {
    let text_itself = || Value::String(text.to_owned());
    match kind {
        "boolean" => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => text_itself(),
        },
        "integer" => text.parse::<i64>().map_or_else(|_| text_itself(), Value::from),
        "number" => match text.replace(',', ".").parse::<f64>() {
            // Whole numbers stay whole: 172, not 172.0.
            Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(number as i64),
            Ok(number) => Number::from_f64(number).map_or_else(text_itself, Value::Number),
            Err(_) => text_itself(),
        },
        _ => text_itself(),
    }
}
