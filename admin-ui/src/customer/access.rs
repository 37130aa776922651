//! One access: its terms, its reads, and how to pause, narrow and stop it.

use axum::extract::Path;
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

use super::entry::Details;
use super::requests::{how_long, narrowed, narrower, read_term, shortened, term};
use super::{hidden, outcome};
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Visit};
use crate::sent::Sent;
use crate::texts::say;
use crate::words::{self, Kept, id};

/// Pauses that end by themselves, in days.
const PAUSES: [i64; 4] = [1, 7, 30, 90];
/// Reads on the page; the rest is on the page of all reads.
const READS: i32 = 10;

fn name(own: &str) -> String {
    format!("customers/me/grants/{own}")
}

async fn grant(visit: &Visit, own: &str) -> Result<v1::Grant, Fault> {
    let asked = v1::GetGrantRequest { name: name(own) };
    visit.gateway.consent().get_grant(visit.gateway.ask(asked)).await?.into_inner().grant.ok_or(Fault::Missing)
}

pub(super) async fn show(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let grant = grant(&visit, &own).await?;
    let catalogue = visit.catalogue().await?;
    let terms = grant.terms.clone().unwrap_or_default();
    let open = words::is_open(&grant);
    let paused = grant.state == i32::from(v1::GrantState::Paused);
    // Held: the brand decides, or the customer anew; there is nothing to pause or to narrow.
    let held = grant.state == i32::from(v1::GrantState::Suspended);
    let content = html! {
        (outcome(&visit))
        p.lead {
            (say!(look, words::grant_state(grant.state)))
            @if let Some(end) = look.time(grant.pause_until_time.as_ref()) { " " (say!(look, "paused-ends", until = look.until(end))) }
        }
        @if open {
            p.row {
                a.button href=(format!("/access/{own}/stop")) { (say!(look, "stop")) }
                @if !held { a.button href=(format!("/access/{own}/less")) { (say!(look, "share-less")) } }
            }
            @if held {
            } @else if paused {
                form method="post" action=(format!("/access/{own}/resume")) { (hidden(&visit)) button { (say!(look, "resume")) } }
            } @else {
                form.inline method="post" action=(format!("/access/{own}/pause")) {
                    (hidden(&visit))
                    label for="pause-days" { (say!(look, "pause-for")) }
                    select id="pause-days" name="days" {
                        @for days in PAUSES { option value=(term(look.now, days)) { (say!(look, "term-days", days = days)) } }
                        option value="" { (say!(look, "pause-open")) }
                    }
                    button { (say!(look, "pause")) }
                }
            }
        }
        @if let Some(notice) = &grant.notice {
            h2 { (say!(look, "request-why")) }
            blockquote lang=(notice.language) dir="auto" { p { (notice.text) } }
        }
        h2 { (say!(look, "access-what")) }
        (words::items(look, &catalogue, &terms))
        h2 { (say!(look, "request-rules")) }
        (words::rules(look, &terms))
        p.soft { (say!(look, "access-promise", brand = grant.brand_title.clone())) }
        h2 { (say!(look, "access-reads", count = grant.used)) }
        (reads(&visit, &catalogue, &grant).await?)
        p { a href=(format!("/complaints/new?access={own}")) { (say!(look, "complaint-link")) } }
        @if !grant.supersedes.is_empty() {
            p { a href=(format!("/access/{}", id(&grant.supersedes))) { (say!(look, "access-before")) } }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &grant.brand_title, &content))
}

async fn reads(visit: &Visit, catalogue: &Catalogue, grant: &v1::Grant) -> Result<Markup, Fault> {
    let look = &visit.look;
    let asked = v1::ListEntriesRequest {
        parent: "customers/me".to_owned(),
        kind: "read.*".to_owned(),
        brand: grant.brand.clone(),
        page_size: 5 * READS,
        ..v1::ListEntriesRequest::default()
    };
    let found = visit.gateway.ledger().list_entries(visit.gateway.ask(asked)).await?.into_inner();
    let own = id(&grant.name);
    let under: Vec<(&v1::Entry, Details)> = found
        .entries
        .iter()
        .map(|entry| (entry, Details::of(entry)))
        .filter(|(_, details)| details.grant.as_deref() == Some(own))
        .collect();
    Ok(html! {
        @if grant.used == 0 && under.is_empty() { p { (say!(look, "card-unread")) } }
        ul.lines {
            @for (entry, details) in under {
                li {
                    @if let Some(at) = look.time(entry.event_time.as_ref()) { time datetime=(at.to_string()) { (look.moment(at)) } }
                    ": " (details.data(look, catalogue)) ". " (details.outcome(look))
                    @if let Some(reason) = &details.reason { br; span.soft { (say!(look, "reads-reason")) ": " bdi { (reason) } } }
                }
            }
        }
        p { a href=(format!("/reads?brand={}", id(&grant.brand))) { (say!(look, "access-all-reads")) } }
    })
}

/// What stops, before it stops.
pub(super) async fn ask_stop(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let grant = grant(&visit, &own).await?;
    if !words::is_open(&grant) {
        return Ok(frame::redirect(&format!("/access/{own}")));
    }
    let catalogue = visit.catalogue().await?;
    let terms = grant.terms.clone().unwrap_or_default();
    let brand = grant.brand_title.clone();
    let kept = match words::kept(&terms) {
        Kept::Nothing => say!(look, "stop-kept-not", brand = brand),
        Kept::Days(days) => say!(look, "stop-kept", brand = brand, days = days),
        Kept::UntilEnd => say!(look, "stop-kept-end", brand = brand),
    };
    let content = html! {
        p.lead { (say!(look, "stop-words", brand = grant.brand_title.clone(), data = words::data_in_short(look, &catalogue, &terms))) }
        p { (kept) }
        form method="post" {
            (hidden(&visit))
            p.row { button autofocus { (say!(look, "stop")) } a.button href=(format!("/access/{own}")) { (say!(look, "keep")) } }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "stop-title", brand = grant.brand_title.clone()), &content))
}

pub(super) async fn stop(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::RevokeGrantRequest { name: name(&own), request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().revoke_grant(visit.gateway.ask(asked)).await?;
    Ok(frame::done("/", "stopped"))
}

pub(super) async fn pause(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let until = match sent.get("days") {
        "" => None,
        chosen => Some(read_term(visit.look.now, chosen, &PAUSES).ok_or(Fault::Entered("entered-term"))?),
    };
    let asked = v1::PauseGrantRequest { name: name(&own), until_time: until, request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().pause_grant(visit.gateway.ask(asked)).await?;
    Ok(frame::done(&format!("/access/{own}"), "paused"))
}

pub(super) async fn resume(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::ResumeGrantRequest { name: name(&own), request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().resume_grant(visit.gateway.ask(asked)).await?;
    Ok(frame::done(&format!("/access/{own}"), "resumed"))
}

/// Less of it, from now on.
pub(super) async fn less(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let grant = grant(&visit, &own).await?;
    if !words::is_open(&grant) {
        return Ok(frame::redirect(&format!("/access/{own}")));
    }
    let catalogue = visit.catalogue().await?;
    let terms = grant.terms.clone().unwrap_or_default();
    let content = html! {
        p.lead { (say!(look, "narrow-lead", brand = grant.brand_title.clone())) }
        form method="post" {
            (hidden(&visit))
            (narrower(look, &catalogue, &terms, true))
            (how_long(look, &terms, grant.used == 0))
            div.decision { button { (say!(look, "share-less")) } a.button href=(format!("/access/{own}")) { (say!(look, "go-back")) } }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "narrow-title"), &content))
}

pub(super) async fn narrow(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let before = grant(&visit, &own).await?.terms.unwrap_or_default();
    let terms = narrowed(shortened(&visit.look, &before, sent.get("term"))?, &sent)?;
    if terms == before {
        return Ok(frame::done(&format!("/access/{own}"), "unchanged"));
    }
    let asked = v1::AmendGrantRequest { name: name(&own), terms: Some(terms), request_id: sent.get("request_id").to_owned() };
    let answer = visit.gateway.consent().amend_grant(visit.gateway.ask(asked)).await?.into_inner();
    let new = answer.grant.unwrap_or_default();
    Ok(frame::done(&format!("/access/{}", id(&new.name)), "narrowed"))
}
