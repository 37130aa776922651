//! Every access: who read what, when, for what reason; and what was refused.

use std::collections::HashMap;

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::html;

use super::entry::Details;
use super::{Asked, older};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Visit};
use crate::texts::say;
use crate::words::id;

const READS: i32 = 50;
/// What can be looked at: all, what was shown, what was refused.
const RESULTS: [(&str, &str, &str); 3] =
    [("", "reads-all", "read.*"), ("shown", "reads-shown", "read.*"), ("refused", "reads-refused", "read.refused")];

pub(super) async fn list(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let brands = brands(&visit).await?;
    let result = asked.result.as_deref().unwrap_or_default();
    let (_, _, kind) = RESULTS.into_iter().find(|(own, ..)| *own == result).ok_or(Fault::Missing)?;
    let brand = asked.brand.as_deref().filter(|brand| brands.contains_key(*brand)).unwrap_or_default();
    let wanted = v1::ListEntriesRequest {
        parent: "customers/me".to_owned(),
        kind: kind.to_owned(),
        brand: if brand.is_empty() { String::new() } else { format!("brands/{brand}") },
        page_size: READS,
        page_token: asked.page.clone().unwrap_or_default(),
        ..v1::ListEntriesRequest::default()
    };
    let mut found = visit.gateway.ledger().list_entries(visit.gateway.ask(wanted)).await?.into_inner();
    if result == "shown" {
        // What was shown has more than one kind: pages of one read are entries of their own.
        found.entries.retain(|entry| Details::of(entry).was_answered());
    }
    let everything = result.is_empty() && brand.is_empty() && asked.page.is_none() && found.next_page_token.is_empty();
    let mut sorted: Vec<(&String, &String)> = brands.iter().collect();
    sorted.sort_by_key(|(_, title)| title.as_str());
    let content = html! {
        p.lead { (say!(look, "reads-lead")) }
        form.inline method="get" {
            label for="result" { (say!(look, "reads-result")) }
            select id="result" name="result" { @for (own, key, _) in RESULTS { option value=(own) selected[own == result] { (say!(look, key)) } } }
            label for="brand" { (say!(look, "reads-brand")) }
            select id="brand" name="brand" {
                option value="" { (say!(look, "reads-every-brand")) }
                @for (own, title) in sorted { option value=(own) selected[own == brand] { (title) } }
            }
            button { (say!(look, "reads-filter")) }
        }
        @if found.entries.is_empty() { p { (say!(look, if everything { "reads-none" } else { "reads-none-here" })) } }
        @else {
            div.wide tabindex="0" role="region" aria-label=(say!(look, "reads-title")) {
                table {
                    thead { tr { @for key in ["reads-when", "reads-who", "reads-data", "reads-reason", "reads-result"] { th scope="col" { (say!(look, key)) } } } }
                    tbody {
                        @for entry in &found.entries {
                            @let details = Details::of(entry);
                            tr {
                                td data-label=(say!(look, "reads-when")) { @if let Some(at) = look.time(entry.event_time.as_ref()) { time datetime=(at.to_string()) { (look.moment(at)) } } }
                                td data-label=(say!(look, "reads-who")) {
                                    bdi { (details.brand.as_deref().and_then(|own| brands.get(own)).map_or("", String::as_str)) }
                                    @if let Some(advisor) = &details.advisor { br; span.soft { bdi { (advisor) } } }
                                }
                                td data-label=(say!(look, "reads-data")) { (details.data(look, &catalogue)) }
                                td data-label=(say!(look, "reads-reason")) { bdi { (details.reason.as_deref().unwrap_or_default()) } }
                                td data-label=(say!(look, "reads-result")) {
                                    (details.outcome(look))
                                    @if let Some(grant) = &details.grant { br; a href=(format!("/access/{grant}")) { (say!(look, "reads-access")) } }
                                    br; a href=(format!("/complaints/new?entry={}", id(&entry.name))) { (say!(look, "complaint-link")) }
                                }
                            }
                        }
                    }
                }
            }
        }
        (older(&visit, &found.next_page_token, &format!("result={result}&brand={brand}&")))
        p.soft { (say!(look, "reads-unknown")) " " a href="/help" { (say!(look, "nav-help")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "reads-title"), &content))
}

/// The names of brands that were ever given access, by id.
pub(super) async fn brands(visit: &Visit) -> Result<HashMap<String, String>, Fault> {
    let mut brands = HashMap::new();
    let asked = v1::ListGrantsRequest { parent: "customers/me".to_owned(), page_size: 1000, ..v1::ListGrantsRequest::default() };
    for grant in visit.gateway.consent().list_grants(visit.gateway.ask(asked)).await?.into_inner().grants {
        brands.insert(id(&grant.brand).to_owned(), grant.brand_title);
    }
    // Whoever only asked, and was refused when it read.
    let asked = v1::ListRequestsRequest { parent: "customers/me".to_owned(), page_size: 1000, ..v1::ListRequestsRequest::default() };
    for request in visit.gateway.consent().list_requests(visit.gateway.ask(asked)).await?.into_inner().requests {
        brands.insert(id(&request.brand).to_owned(), request.brand_title);
    }
    Ok(brands)
}
