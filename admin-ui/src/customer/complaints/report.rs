//! A complaint as a letter to the authority: pre-filled, with the row of the log and what proves it attached. One file of plain text.

use std::fmt::Write as _;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use coffret_proto::v1;
use http::{StatusCode, header};

use super::{complaint, entry, kind};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::texts::say;
use crate::words::id;

/// What is attached: the row, and what proves it as far as there is any.
struct Attached {
    entry: v1::Entry,
    jws: String,
    proof: String,
}

pub(in crate::customer) async fn download(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let complaint = complaint(&visit, &own).await?;
    // About an access: the decision that it began with, or else the complaint's own filing.
    let subject = match (complaint.entry.is_empty(), decision_of(&visit, &complaint.grant).await?) {
        (false, _) => complaint.entry.clone(),
        (true, Some(decision)) => decision,
        (true, None) => complaint.filing.clone(),
    };
    let mut rows = vec![attached(&visit, &subject).await?];
    if subject != complaint.filing {
        rows.push(attached(&visit, &complaint.filing).await?);
    }
    let brands = super::super::reads::brands(&visit).await?;
    let brand = brands.get(id(&complaint.brand)).map(String::as_str).unwrap_or_default();
    let text = letter(&visit.look, &complaint, brand, &rows);
    let kept = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"report.txt\"")];
    Ok((StatusCode::OK, frame::HEADERS, kept, text).into_response())
}

/// The entry of the decision that an access began with.
async fn decision_of(visit: &Visit, grant: &str) -> Result<Option<String>, Fault> {
    if grant.is_empty() {
        return Ok(None);
    }
    let asked = v1::ListReceiptsRequest { parent: "customers/me".to_owned(), page_size: 1000, page_token: String::new() };
    let receipts = visit.gateway.consent().list_receipts(visit.gateway.ask(asked)).await?.into_inner().receipts;
    Ok(receipts.iter().rev().find(|receipt| id(&receipt.grant) == id(grant)).map(|receipt| receipt.entry.clone()))
}

async fn attached(visit: &Visit, name: &str) -> Result<Attached, Fault> {
    let own = id(name).to_owned();
    let entry = entry(visit, format!("customers/me/entries/{own}")).await?;
    // Only decisions have receipts, and a row is in the public log a moment after it was written: what is not there is left out.
    let asked = v1::GetReceiptRequest { name: format!("customers/me/receipts/{own}") };
    let receipt = absent(visit.gateway.consent().get_receipt(visit.gateway.ask(asked)).await)?.and_then(|answer| answer.receipt);
    let asked = v1::GetInclusionProofRequest { name: entry.name.clone() };
    let proof = absent(visit.gateway.ledger().get_inclusion_proof(visit.gateway.ask(asked)).await)?.and_then(|answer| answer.proof);
    Ok(Attached {
        entry,
        jws: receipt.map(|receipt| receipt.jws).unwrap_or_default(),
        proof: proof.map(|proof| proof.tlog_proof).unwrap_or_default(),
    })
}

/// An answer; nothing where there is none of it, or not yet.
fn absent<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> Result<Option<T>, Fault> {
    use tonic::Code::{FailedPrecondition, InvalidArgument, NotFound, Unavailable};
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(status) if matches!(status.code(), NotFound | FailedPrecondition | InvalidArgument | Unavailable) => Ok(None),
        Err(status) => Err(status.into()),
    }
}

fn letter(look: &Look, complaint: &v1::Complaint, brand: &str, rows: &[Attached]) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    };
    line(&say!(look, "report-title"));
    line("");
    for key in ["report-to", "report-from", "report-reach"] {
        line(&format!("{}: ________________", look.language.say(key)));
    }
    line("");
    line(&kind(look, complaint.kind));
    let mut field = |key: &str, value: &str| {
        if !value.is_empty() {
            line(&format!("{}: {value}", look.language.say(key)));
        }
    };
    field("receipt-brand", brand);
    let filed = look.time(complaint.create_time.as_ref());
    field("complaint-filed", &filed.map(|at| look.moment(at)).unwrap_or_default());
    field("complaint-text", &complaint.text);
    field("complaint-answer", &complaint.answer);
    line("");
    line(&say!(look, "report-attached"));
    line(&say!(look, "report-check"));
    for row in rows {
        line("");
        line(&format!("--- entry {} ---", row.entry.sequence));
        line(&format!("event_id: {}", row.entry.event_id));
        line(&format!("commitment: {}", row.entry.commitment));
        line(&format!("details: {}", row.entry.details_json));
        if !row.jws.is_empty() {
            line("");
            line("--- receipt.jws ---");
            line(&row.jws);
        }
        if !row.proof.is_empty() {
            line("");
            line("--- proof.tlog-proof ---");
            line(&row.proof);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;
    use jiff::tz::TimeZone;

    #[test]
    fn a_report_holds_the_words_the_row_and_its_proof() {
        let now = "2026-11-26T11:05:00Z".parse().expect("a moment");
        let look = Look { language: Language::find("en").expect("English"), zone: TimeZone::UTC, now };
        let complaint = v1::Complaint {
            kind: 1,
            text: "Who was that?".to_owned(),
            create_time: Some(prost_types::Timestamp { seconds: now.as_second(), nanos: 0 }),
            ..v1::Complaint::default()
        };
        let entry = v1::Entry {
            sequence: 7,
            event_id: "e".to_owned(),
            commitment: "c0".to_owned(),
            details_json: "{\"type\":\"read\"}".to_owned(),
            ..v1::Entry::default()
        };
        let row = Attached { entry, jws: "a.b.c".to_owned(), proof: "c2sp.org/tlog-proof@v1".to_owned() };
        let text = letter(&look, &complaint, "Maison Alba", &[row]);
        for expected in
            ["Maison Alba", "Who was that?", "--- entry 7 ---", "commitment: c0", "{\"type\":\"read\"}", "a.b.c", "c2sp.org/tlog-proof@v1"]
        {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }
}
