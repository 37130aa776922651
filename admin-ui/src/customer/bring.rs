//! Bringing data along: a file of records, as the export writes it, or as a table with the columns `attribute` and `value`.

mod file;

use std::collections::HashSet;

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::html;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::hidden;
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Visit};
use crate::sent::Upload;
use crate::texts::say;
use file::{Line, lines};

/// Bytes of a file at most: some ten thousand records. More comes through the operator's import.
pub(super) const MOST_BYTES: usize = 5 << 20;
/// Records of one call at most.
const TOGETHER: usize = 500;
/// Refused lines that the page lists; the rest are counted.
const LISTED: usize = 100;

/// Lines that were not taken, each with why.
type Refused = Vec<(usize, Why)>;

/// Why a line was not taken.
enum Why {
    /// One of our own texts.
    Said(&'static str),
    /// The vault's sentence, in English.
    Told(String),
}

pub(super) async fn show(Customer(visit): Customer) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "bring-lead")) }
        form method="post" enctype="multipart/form-data" {
            (hidden(&visit))
            div.field {
                label for="file" { (say!(look, "bring-file")) }
                input id="file" name="file" type="file" required accept=".jsonl,.ndjson,.json,.csv,text/csv";
            }
            p.row { button { (say!(look, "bring-button")) } a.button href="/data" { (say!(look, "go-back")) } }
        }
        p.soft { (say!(look, "bring-words")) }
        pre.example dir="ltr" tabindex="0" { "{\"attribute\":\"body.height\",\"value\":{\"value\":172,\"unit\":\"cm\"}}\n{\"attribute\":\"style.colours\",\"value\":{\"likes\":[\"ivory\"]}}" }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "bring-title"), &content)
}

/// Takes what can be taken, and says line by line what cannot. What the vault has already is not taken twice.
pub(super) async fn take(Customer(visit): Customer, upload: Upload) -> Result<Response, Fault> {
    let catalogue = visit.catalogue().await?;
    let mut refused = Refused::new();
    let mut wanted = Vec::new();
    let mut known = held(&visit).await?;
    let mut double = 0;
    for (number, line) in lines(&upload.file) {
        match line {
            Err(key) => refused.push((number, Why::Said(key))),
            Ok(line) => match refusal(&catalogue, &line) {
                Some(key) => refused.push((number, Why::Said(key))),
                None if !known.insert(print(&line.attribute, &line.value)) => double += 1,
                None => wanted.push((number, line)),
            },
        }
    }
    let mut taken = 0;
    for (place, some) in wanted.chunks(TOGETHER).enumerate() {
        taken += import(&visit, some, &format!("{}/{place}", upload.sent.get("request_id")), &mut refused).await?;
    }
    refused.sort_by_key(|(number, _)| *number);
    Ok(tell(&visit, taken, double, &refused))
}

fn refusal(catalogue: &Catalogue, line: &Line) -> Option<&'static str> {
    match catalogue.find(&line.attribute) {
        None => Some("bring-unknown"),
        Some(kind) if kind.blob => Some("bring-photo"),
        Some(_) => None,
    }
}

/// What tells one record from another: the same attribute with the same value is the same.
fn print(attribute: &str, value: &Value) -> [u8; 32] {
    // serde_json writes the fields of an object in the order of their names.
    Sha256::digest(format!("{attribute}\0{value}")).into()
}

/// Everything that the vault has.
async fn held(visit: &Visit) -> Result<HashSet<[u8; 32]>, Fault> {
    let (mut held, mut page) = (HashSet::new(), String::new());
    loop {
        let asked =
            v1::ListRecordsRequest { parent: "customers/me".to_owned(), attribute: String::new(), page_size: 1000, page_token: page };
        let found = visit.gateway.record().list_records(visit.gateway.ask(asked)).await?.into_inner();
        for record in found.records {
            let value: Value = serde_json::from_str(&record.value_json).unwrap_or_default();
            held.insert(print(&record.attribute, &value));
        }
        if found.next_page_token.is_empty() {
            return Ok(held);
        }
        page = found.next_page_token;
    }
}

/// Imports some lines together. Those that the vault names as wrong are left out, and the others go again.
async fn import(visit: &Visit, lines: &[(usize, Line)], id: &str, refused: &mut Refused) -> Result<usize, Fault> {
    let mut left: Vec<&(usize, Line)> = lines.iter().collect();
    while !left.is_empty() {
        let records = left.iter().map(|(_, line)| v1::Record {
            attribute: line.attribute.clone(),
            value_json: line.value.to_string(),
            ..v1::Record::default()
        });
        let asked = v1::ImportRecordsRequest {
            customer: "customers/me".to_owned(),
            records: records.collect(),
            // Of this form and these lines: sent twice, they are taken once.
            request_id: derived(id, left.len()),
        };
        let Err(status) = visit.gateway.record().import_records(visit.gateway.ask(asked)).await else { return Ok(left.len()) };
        let fault = Fault::from(status);
        let Fault::Refused { fields, sentence, code: tonic::Code::InvalidArgument, .. } = &fault else { return Err(fault) };
        let mut wrong: Vec<(usize, String)> =
            fields.iter().filter_map(|(field, why)| Some((place_of(field)?, format!("{field}: {why}")))).collect();
        wrong.sort();
        wrong.dedup_by_key(|(place, _)| *place);
        wrong.retain(|(place, _)| *place < left.len());
        if wrong.is_empty() {
            // It does not say which: none of them is taken.
            refused.extend(left.iter().map(|(number, _)| (*number, Why::Told(sentence.clone()))));
            return Ok(0);
        }
        for (place, why) in wrong.into_iter().rev() {
            refused.push((left.remove(place).0, Why::Told(why)));
        }
    }
    Ok(0)
}

/// `records[3].value` names the fourth.
fn place_of(field: &str) -> Option<usize> {
    field.strip_prefix("records[")?.split(']').next()?.parse().ok()
}

/// A UUID of this text and number.
fn derived(id: &str, number: usize) -> String {
    let digest = Sha256::digest(format!("{id}/{number}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

fn tell(visit: &Visit, taken: usize, double: usize, refused: &Refused) -> Response {
    let look = &visit.look;
    let content = html! {
        p.outcome role="status" { (say!(look, "bring-taken", count = taken)) }
        @if double > 0 { p { (say!(look, "bring-double", count = double)) } }
        @if !refused.is_empty() {
            h2 { (say!(look, "bring-refused", count = refused.len())) }
            ul.lines {
                @for (number, why) in refused.iter().take(LISTED) {
                    li {
                        strong { (say!(look, "row", number = *number)) } ": "
                        @match why {
                            Why::Said(key) => (say!(look, key)),
                            Why::Told(sentence) => span lang="en" dir="ltr" { (sentence) },
                        }
                    }
                }
            }
            @if refused.len() > LISTED { p { (say!(look, "bring-more", count = refused.len() - LISTED)) } }
        }
        p.row { a.button href="/data" { (say!(look, "data-back")) } a.button href="/data/import" { (say!(look, "bring-again")) } }
    };
    frame::page(visit, StatusCode::OK, &say!(look, "bring-title"), &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vaults_remark_names_a_line() {
        assert_eq!(place_of("records[12].value.unit"), Some(12));
        for other in ["records", "records[x]", "customer", "records[-1]"] {
            assert_eq!(place_of(other), None, "{other}");
        }
        assert_ne!(derived("a", 1), derived("a", 2));
        assert_eq!(derived("a", 1), derived("a", 1));
    }
}
