//! The forms by the schemas that are published: ours in `proto/standards`, those of others in `../shared/conformance`.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Validator};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::arbitrary::{DECISIONS, record};
use crate::standard::{ConsentRecord, Form, Left, depa, iso27560, kantara};

fn samples() -> Vec<ConsentRecord> {
    let mut runner = TestRunner::deterministic();
    (0..128).map(|_| record().new_tree(&mut runner).expect("a record").current()).collect()
}

fn ours(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto/standards").join(file);
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file is there")).expect("JSON")
}

/// A file of `../shared/conformance`; nothing, counted as skipped, where the folder is absent.
#[expect(clippy::disallowed_methods, reason = "where the files lie is a setting of the tests, not of the product")]
fn theirs(test: &str, file: &str) -> Option<Value> {
    let shared = std::env::var_os("COFFRET_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    let folder = shared.join("conformance");
    if !folder.is_dir() {
        let line = format!("standard::{test}: ../shared/conformance is not present\n");
        eprint!("skipped: {line}");
        if let Some(path) = std::env::var_os("COFFRET_SKIPPED") {
            let list = std::fs::OpenOptions::new().create(true).append(true).open(path);
            list.and_then(|mut list| list.write_all(line.as_bytes())).expect("the file of skipped tests is writable");
        }
        return None;
    }
    Some(serde_json::from_str(&std::fs::read_to_string(folder.join(file)).expect("the file is there")).expect("JSON"))
}

fn validator(draft: Draft, schema: &Value) -> Validator {
    jsonschema::options().with_draft(draft).should_validate_formats(true).offline().build(schema).expect("a sound schema")
}

fn assert_valid(validator: &Validator, form: &Value) {
    let faults: Vec<String> = validator.iter_errors(form).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}\n{form:#}");
}

#[test]
fn iso_27560_is_valid_by_our_schema() {
    let validator = validator(Draft::Draft202012, &ours("iso27560.schema.json"));
    for record in samples() {
        assert_valid(&validator, &iso27560::write(&record));
    }
}

#[test]
fn our_schema_refuses_what_is_not_such_a_record() {
    let validator = validator(Draft::Draft202012, &ours("iso27560.schema.json"));
    let good = iso27560::write(&samples()[0]);
    let required = good.as_object().expect("an object").keys();
    let optional = ["dct:source", "dct:isVersionOf", "dct:replaces", "dpv:hasNotice"];
    for name in required.filter(|name| !optional.contains(&name.as_str())) {
        let mut less = good.clone();
        less.as_object_mut().expect("an object").remove(name);
        assert!(!validator.is_valid(&less), "without {name}");
    }
    let wrong: [(&str, Value); 10] = [
        ("/@type", json!(["dpv:ConsentReceipt"])),
        ("/@type", json!("dpv:ConsentRecord")),
        ("/dpv:hasConsentStatus", json!([])),
        ("/dpv:hasConsentStatus/0/@type", json!(["dpv:ConsentTerminated"])),
        ("/dpv:hasConsentStatus/0/dpv:isIndicatedAtTime", json!(["yesterday"])),
        ("/dpv:hasProcess/0/dpv:hasPersonalData", json!([])),
        ("/dpv:hasProcess/0/dpv:hasProcessing", json!([{"@id": "dpv:Sell"}])),
        ("/dpv:hasJurisdiction", json!([{"@id": "loc:France"}])),
        ("/dpv:hasDataController/0/dpv:hasName", json!([""])),
        ("/@context/dpv", json!("https://example.com/dpv#")),
    ];
    for (pointer, value) in wrong {
        let mut other = good.clone();
        *other.pointer_mut(pointer).expect("a part") = value.clone();
        assert!(!validator.is_valid(&other), "{pointer} = {value}");
    }
}

#[test]
fn kantara_is_valid_by_its_schema() {
    let Some(schema) = theirs("kantara_is_valid_by_its_schema", "kantara-consent-receipt-1.1.schema.json") else { return };
    let validator = validator(Draft::Draft4, &schema);
    for record in samples() {
        assert_valid(&validator, &kantara::write(&record));
    }
}

#[test]
fn depa_is_valid_by_the_schema_of_rebit() {
    let Some(schema) = theirs("depa_is_valid_by_the_schema_of_rebit", "rebit-aa-2.0.0-consent.schema.json") else { return };
    let of = |name: &str| {
        let mut schema = schema.clone();
        schema["$ref"] = json!(format!("#/definitions/{name}"));
        let whole = json!({ "$schema": schema["$schema"], "definitions": schema["definitions"], "allOf": [{ "$ref": schema["$ref"] }] });
        validator(Draft::Draft4, &whole)
    };
    let (artefact, detail) = (of("ConsentArtefact"), of("SignedConsentDetail"));
    assert!(!artefact.is_valid(&json!({})) && !detail.is_valid(&json!({})));
    for record in samples() {
        assert_valid(&detail, &depa::detail(&record));
        if let Some(form) = super::write(Form::Depa, &record) {
            assert_valid(&artefact, &form);
        }
    }
}

/// Every IRI that a form names: values of `@id` and `@type`, and names of properties, with prefixes written out.
fn iris(value: &Value, context: &Value, found: &mut BTreeSet<String>) {
    let full = |text: &str| match text.split_once(':') {
        Some((prefix, rest)) if context.get(prefix).is_some_and(Value::is_string) => {
            format!("{}{rest}", context[prefix].as_str().unwrap_or_default())
        }
        _ => text.to_owned(),
    };
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields.iter().filter(|(name, _)| *name != "@context") {
                if !name.starts_with('@') {
                    found.insert(full(name));
                } else if let Some(id) = inner.as_str() {
                    found.insert(full(id));
                } else {
                    found.extend(inner.as_array().into_iter().flatten().filter_map(Value::as_str).map(full));
                }
                iris(inner, context, found);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| iris(entry, context, found)),
        _ => {}
    }
}

/// The vocabularies beside DPV that the form may use.
const OTHERS: [&str; 3] = ["http://purl.org/dc/terms/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value", "urn:uuid:"];
/// The profile of the guide: a name, and not a term.
const PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#record";

#[test]
fn every_iri_is_a_term_of_dpv_2_3() {
    let Some(terms) = theirs("every_iri_is_a_term_of_dpv_2_3", "dpv-2.3-terms.json") else { return };
    let vocabularies: Vec<(&str, BTreeSet<&str>)> = terms
        .as_object()
        .expect("an object")
        .values()
        .map(|vocabulary| {
            let names = vocabulary["terms"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            (vocabulary["prefix"].as_str().expect("a prefix"), names)
        })
        .collect();
    let known = |iri: &str| vocabularies.iter().any(|(prefix, names)| iri.strip_prefix(prefix).is_some_and(|name| names.contains(name)));
    let mut found = BTreeSet::new();
    for record in samples() {
        let form = iso27560::write(&record);
        iris(&form, &form["@context"], &mut found);
    }
    let unknown: Vec<_> =
        found.iter().filter(|iri| !known(iri) && *iri != PROFILE && !OTHERS.iter().any(|other| iri.starts_with(other))).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(found.iter().filter(|iri| known(iri)).count() > 60, "{found:#?}");
    // What no sample happened to have.
    for decision in DECISIONS.into_iter().chain(["something.else"]) {
        let status = iso27560::status(decision).replace("dpv:", "https://w3id.org/dpv#");
        assert!(known(&status), "{status}");
    }
    for kind in crate::attribute::Catalogue::builtin().all() {
        assert!(known(kind.dpv()), "{}", kind.name());
    }
    for country in crate::operation::COUNTRIES.split_whitespace() {
        assert!(known(&format!("https://w3id.org/dpv/loc#{country}")), "{country}");
    }
    assert!(!known("https://w3id.org/dpv#ConsentTerminated"));
}

#[test]
fn what_is_lost_is_published() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto/standards/README.md");
    let text = std::fs::read_to_string(path).expect("the file is there");
    let listed: Vec<&str> = text.lines().filter(|line| line.starts_with("| `") && !line.starts_with("| `CONSENT_")).collect();
    let losses = Form::ALL.into_iter().flat_map(Form::losses).map(|loss| {
        let left = match loss.left {
            Left::Nothing => "nothing",
            Left::Seconds => "whole seconds",
            Left::Last => "the last",
        };
        format!("| `{}` | {left} | {} |", loss.field, loss.why)
    });
    assert_eq!(listed, losses.collect::<Vec<_>>());
}
