//! The catalogue's own promises: complete entries, strict schemas, masks that hold.

mod arbitrary;
mod broken;
mod carry;
mod entries;
mod hostile;
mod masks;

use serde_json::Value;

use super::{AttributeType, Catalogue};

fn attribute(name: &str) -> &'static AttributeType {
    Catalogue::builtin().get(name).unwrap_or_else(|| panic!("{name} is in the catalogue"))
}

/// Every single fact in a value, with its JSON pointer.
fn leaves(value: &Value) -> Vec<(String, Value)> {
    fn walk(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(place, item)| walk(item, &format!("{at}/{place}"), found));
            }
            Value::Object(fields) => fields.iter().for_each(|(name, field)| walk(field, &format!("{at}/{name}"), found)),
            single => found.push((at.to_owned(), single.clone())),
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

/// A file that is shared beside the checkout, where it is; says what is skipped where it is not.
fn shared(path: &str, skipped: &str) -> Option<String> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(path);
    let text = std::fs::read_to_string(file).ok();
    if text.is_none() {
        eprintln!("skipped: {skipped}, because shared/{path} is not here");
    }
    text
}
