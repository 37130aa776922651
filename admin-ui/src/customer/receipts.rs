//! Receipts of decisions, and what proves them.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use coffret_proto::v1;
use http::{StatusCode, header};
use maud::html;

use super::{Asked, older, outcome};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::texts::{Language, say};
use crate::words::{self, id};

const RECEIPTS: i32 = 50;

fn decision(look: &Look, decision: &str) -> String {
    let key = format!("decision-{}", decision.replace('_', "-"));
    look.language.try_say(&key, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| decision.to_owned())
}

pub(super) async fn list(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let wanted = v1::ListReceiptsRequest {
        parent: "customers/me".to_owned(),
        page_size: RECEIPTS,
        page_token: asked.page.clone().unwrap_or_default(),
    };
    let found = visit.gateway.consent().list_receipts(visit.gateway.ask(wanted)).await?.into_inner();
    let titles = super::reads::brands(&visit).await?;
    let content = html! {
        p.lead { (say!(look, "receipts-lead")) }
        @if found.receipts.is_empty() { p { (say!(look, "receipts-none")) } }
        ul.lines {
            @for receipt in &found.receipts {
                li {
                    a href=(format!("/receipts/{}", id(&receipt.name))) { (decision(look, &receipt.decision)) }
                    " · " bdi { (titles.get(id(&receipt.brand)).map_or("", String::as_str)) }
                    @if let Some(at) = look.time(receipt.create_time.as_ref()) { br; span.soft { (look.moment(at)) } }
                }
            }
        }
        (older(&visit, &found.next_page_token, ""))
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "receipts-title"), &content))
}

async fn receipt(visit: &Visit, own: &str) -> Result<v1::Receipt, Fault> {
    let asked = v1::GetReceiptRequest { name: format!("customers/me/receipts/{own}") };
    visit.gateway.consent().get_receipt(visit.gateway.ask(asked)).await?.into_inner().receipt.ok_or(Fault::Missing)
}

pub(super) async fn show(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let receipt = receipt(&visit, &own).await?;
    let catalogue = visit.catalogue().await?;
    let titles = super::reads::brands(&visit).await?;
    let checked =
        visit.gateway.ledger().verify_entry(visit.gateway.ask(v1::VerifyEntryRequest { name: receipt.entry.clone() })).await?.into_inner();
    let content = html! {
        (outcome(&visit))
        dl {
            dt { (say!(look, "receipt-decision")) } dd { (decision(look, &receipt.decision)) }
            dt { (say!(look, "receipt-brand")) } dd { bdi { (titles.get(id(&receipt.brand)).map_or("", String::as_str)) } }
            @if let Some(at) = look.time(receipt.create_time.as_ref()) { dt { (say!(look, "receipt-when")) } dd { (look.moment(at)) } }
            @if let Some(notice) = receipt.notice.as_ref().filter(|notice| !notice.sha256.is_empty()) {
                dt { (say!(look, "receipt-text")) }
                dd { (say!(look, "receipt-text-words", version = notice.purpose_version, language = Language::find(&notice.language).map_or(notice.language.as_str(), |own| own.name).to_owned())) br; code { (notice.sha256) } }
            }
        }
        @if let Some(terms) = &receipt.terms {
            h2 { (say!(look, "request-what")) }
            (words::items(look, &catalogue, terms))
            (words::rules(look, terms))
        }
        h2 { (say!(look, "receipt-proof")) }
        ul {
            @if receipt.signed_with_passkey { li { (say!(look, "receipt-signed")) } }
            li { (say!(look, if checked.valid { "receipt-valid" } else { "receipt-invalid" })) }
            li { (say!(look, if receipt.tlog_proof.is_empty() { "receipt-waiting" } else { "receipt-logged" })) }
        }
        p.row {
            a.button href=(format!("/receipts/{own}/receipt.jws")) download { (say!(look, "receipt-download")) }
            @if !receipt.tlog_proof.is_empty() { a.button href=(format!("/receipts/{own}/proof.tlog-proof")) download { (say!(look, "receipt-download-proof")) } }
        }
        p.soft { (say!(look, "receipt-check")) " " code dir="ltr" { "coffret verify receipt" } }
        @if !receipt.grant.is_empty() { p { a href=(format!("/access/{}", id(&receipt.grant))) { (say!(look, "reads-access")) } } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "receipt-title"), &content))
}

pub(super) async fn signed(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let receipt = receipt(&visit, &own).await?;
    Ok(file("application/jose", "receipt.jws", receipt.jws))
}

pub(super) async fn proof(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let receipt = receipt(&visit, &own).await?;
    if receipt.tlog_proof.is_empty() {
        return Err(Fault::Missing);
    }
    Ok(file("text/plain; charset=utf-8", "proof.tlog-proof", receipt.tlog_proof))
}

fn file(kind: &'static str, name: &str, content: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (StatusCode::OK, frame::HEADERS, [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], content)
        .into_response()
}
