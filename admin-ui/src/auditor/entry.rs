//! One entry of the log: what it says where it is opened, and the proof that it is in the log.

use axum::extract::Path;
use axum::response::Response;
use coffret_ledger::{Hash, LogProof};
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

use super::event::{Details, family, title};
use super::{Asked, Auditor, file, log, outcome};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Look, Visit};
use crate::texts::say;

async fn entry(visit: &Visit, index: &str, asked: &Asked) -> Result<(v1::LogEntry, v1::InclusionProof), Fault> {
    let inspection = if asked.inspection.is_empty() { String::new() } else { format!("inspections/{}", asked.inspection) };
    let index = index.parse().map_err(|_| Fault::Missing)?;
    let request = v1::GetLogEntryRequest { origin: String::new(), index, inspection };
    let found = visit.gateway.ledger().get_log_entry(visit.gateway.ask(request)).await?.into_inner();
    found.entry.zip(found.proof).ok_or(Fault::Missing)
}

pub(super) async fn show(auditor: Auditor, Path(index): Path<String>, asked: Asked) -> Result<Response, Fault> {
    let look = &auditor.look;
    let (entry, proof) = entry(&auditor, &index, &asked).await?;
    let opened = !entry.details_json.is_empty();
    let back = if asked.inspection.is_empty() { "/log".to_owned() } else { format!("/log?inspection={}", asked.inspection) };
    let content = html! {
        (outcome(&auditor))
        @if opened { (fields(look, &entry)) } @else { p.note { (say!(look, "log-sealed-words")) } }
        h2 { (say!(look, "entry-place")) }
        (place(look, &entry, &proof))
        p.row {
            a.button href=(format!("/log/{}/entry.tlog-proof", entry.index)) download { (say!(look, "receipt-download-proof")) }
            a.button href=(back) { (say!(look, "entry-back")) }
        }
        p.soft { (say!(look, "entry-proof-words")) " " a href="/verify/files" { (say!(look, "verify-files-title")) } }
        @if entry.deployment {} @else if opened && auditor.opens() { (log::opening(&auditor, &entry.stream, true)) }
        @else if auditor.opens() { (log::opening(&auditor, "", false)) }
    };
    Ok(frame::page(&auditor, StatusCode::OK, &say!(look, "entry-title", number = entry.index), &content))
}

fn fields(look: &Look, entry: &v1::LogEntry) -> Markup {
    let details = Details::of(entry);
    let (who, name) = details.who(look);
    let codes = [
        ("log-purpose", details.purpose.as_deref()),
        ("log-brand", details.brand.as_deref()),
        ("entry-request", details.request.as_deref()),
        ("entry-grant", details.grant.as_deref()),
        ("log-notice", details.notice.as_deref()),
        ("entry-terms", details.terms_sha256.as_deref()),
    ];
    html! {
        dl {
            dt { (say!(look, "log-what")) } dd { (title(look, family(&entry.kind))) " " code dir="ltr" { (entry.kind) } }
            @if let Some(at) = look.time(entry.event_time.as_ref()) { dt { (say!(look, "log-when")) } dd { time datetime=(at.to_string()) { (look.ago(at)) } } }
            dt { (say!(look, "log-who")) } dd { (who) @if !name.is_empty() { " " code dir="ltr" { (name) } } }
            dt { (say!(look, "entry-result")) } dd { code dir="ltr" { (details.result) } }
            @if let Some(reason) = &details.reason { dt { (say!(look, "inspect-reason")) } dd { bdi { (reason) } } }
            @if !details.attributes.is_empty() { dt { (say!(look, "reads-data")) } dd { code dir="ltr" { (details.attributes.join(", ")) } } }
            @for (key, value) in codes { @if let Some(value) = value { dt { (say!(look, key)) } dd { code dir="ltr" { (value) } } } }
            @if entry.deployment { dt { (say!(look, "log-about")) } dd { (say!(look, "log-vault")) } }
            dt { (say!(look, if entry.deployment { "entry-stream" } else { "log-stream" })) } dd { code dir="ltr" { (entry.stream) } }
            dt { (say!(look, "entry-sequence")) } dd { (entry.sequence) }
        }
        details {
            summary { (say!(look, "entry-details")) }
            pre.example dir="ltr" tabindex="0" { (pretty(&entry.details_json)) }
        }
    }
}

fn pretty(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json).ok().and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_default()
}

fn place(look: &Look, entry: &v1::LogEntry, proof: &v1::InclusionProof) -> Markup {
    let checkpoint = proof.checkpoint.clone().unwrap_or_default();
    let hashes: Vec<String> = proof.hashes.iter().filter_map(|hash| Hash::from_slice(hash).ok()).map(|hash| hash.to_string()).collect();
    html! {
        dl {
            dt { (say!(look, "log-position")) } dd { (entry.index) }
            dt { (say!(look, "entry-leaf-hash")) } dd { code dir="ltr" { (Hash::leaf(&entry.leaf)) } }
            dt { (say!(look, "log-leaf")) } dd { code dir="ltr" { (String::from_utf8_lossy(&entry.leaf)) } }
        }
        details {
            summary { (say!(look, "entry-proof", count = hashes.len())) }
            ol { @for hash in &hashes { li { code dir="ltr" { (hash) } } } }
            p { (say!(look, "entry-leads-to")) }
            pre.example dir="ltr" tabindex="0" { (checkpoint.note) }
        }
    }
}

/// The proof as a file. The leaf travels with it (C2SP tlog-proof, `extra`), so that it can be checked with the log's key alone: no
/// signature covers it, but a leaf that is not the log's proves nothing.
pub(super) async fn proof(auditor: Auditor, Path(index): Path<String>) -> Result<Response, Fault> {
    let (entry, proof) = entry(&auditor, &index, &Asked::default()).await?;
    let proof = LogProof::parse(proof.tlog_proof.as_bytes()).map_err(|_| Fault::Missing)?.with_extra(entry.leaf.to_vec());
    Ok(file("text/plain; charset=utf-8", &format!("entry-{}.tlog-proof", entry.index), proof.to_string()))
}
