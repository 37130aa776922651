//! Each form holds what it says, loses what it says and nothing else, and is valid by its schema.

mod arbitrary;
mod forms;
mod published;
mod readers;

use serde_json::Value;

use super::{ConsentRecord, Form, Left, Loss};
use crate::clock::Timestamp;

/// Our record without what a form loses.
fn minus(record: &ConsentRecord, losses: &[Loss]) -> Value {
    let mut ours = serde_json::to_value(record).expect("serializes");
    for loss in losses {
        let path: Vec<&str> = loss.field.split('.').collect();
        lose(&mut ours, &path, loss.left);
    }
    ours
}

fn lose(value: &mut Value, path: &[&str], left: Left) {
    let (step, rest) = path.split_first().expect("a path has a step");
    let (name, each) = step.strip_suffix("[]").map_or((*step, false), |name| (name, true));
    match (each, rest) {
        (true, []) => {
            assert_eq!(left, Left::Last);
            let list = value[name].as_array_mut().expect("a list");
            list.drain(..list.len() - 1);
        }
        (true, rest) => value[name].as_array_mut().expect("a list").iter_mut().for_each(|entry| lose(entry, rest, left)),
        (false, []) => match left {
            Left::Nothing => drop(value.as_object_mut().expect("an object").remove(name)),
            Left::Seconds => value[name] = seconds(&value[name]),
            Left::Last => panic!("only a list has a last entry"),
        },
        // An absent part has nothing to lose.
        (false, rest) => {
            if let Some(part) = value.get_mut(name) {
                lose(part, rest, left);
            }
        }
    }
}

fn seconds(moment: &Value) -> Value {
    let moment: Timestamp = serde_json::from_value(moment.clone()).expect("a moment");
    serde_json::json!(Timestamp::from_seconds(moment.seconds()))
}

/// Whether the record has the field of a loss.
fn has(value: &Value, path: &[&str]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    match step.strip_suffix("[]") {
        Some(name) => value.get(name).and_then(Value::as_array).is_some_and(|list| list.iter().any(|entry| has(entry, rest))),
        None => value.get(step).is_some_and(|part| has(part, rest)),
    }
}

/// What a form is written like in tests; the signature is left out.
fn write(form: Form, record: &ConsentRecord) -> Option<Value> {
    form.write(record, |_| "signature".to_owned()).ok()
}
