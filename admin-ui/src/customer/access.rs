//! One access: its terms, its reads, and how to pause, narrow and stop it.

use axum::extract::{Path, Query};
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};

use super::entry::Details;
use super::requests::{how_long, narrowed, narrower, shortened};
use super::{Asked, hidden, outcome};
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Visit};
use crate::sent::Sent;
use crate::texts::say;
use crate::words::{self, id};

/// Pauses that end by themselves, in days.
const PAUSES: [i64; 4] = [1, 7, 30, 90];
const DAY: i64 = 86_400;
/// Reads on the page; the rest is on the page of all reads.
const READS: i32 = 10;

fn name(own: &str) -> String {
    format!("customers/me/grants/{own}")
}

async fn grant(visit: &Visit, own: &str) -> Result<v1::Grant, Fault> {
    let asked = v1::GetGrantRequest { name: name(own) };
    visit.gateway.consent().get_grant(visit.gateway.ask(asked)).await?.into_inner().grant.ok_or(Fault::Missing)
}

pub(super) async fn show(Customer(visit): Customer, Path(own): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let look = &visit.look;
    let grant = grant(&visit, &own).await?;
    let catalogue = visit.catalogue().await?;
    let terms = grant.terms.clone().unwrap_or_default();
    let open = words::is_open(&grant);
    let paused = grant.state == i32::from(v1::GrantState::Paused);
    let content = html! {
        (outcome(&visit, asked.done.as_deref()))
        p.lead {
            (say!(look, words::grant_state(grant.state)))
            @if let Some(end) = look.time(grant.pause_until_time.as_ref()) { " " (look.until(end)) }
        }
        @if open {
            p.row {
                a.button href=(format!("/access/{own}/stop")) { (say!(look, "stop")) }
                a.button href=(format!("/access/{own}/less")) { (say!(look, "share-less")) }
            }
            @if paused {
                form method="post" action=(format!("/access/{own}/resume")) { (hidden(&visit)) button { (say!(look, "resume")) } }
            } @else {
                form.inline method="post" action=(format!("/access/{own}/pause")) {
                    (hidden(&visit))
                    label for="pause-days" { (say!(look, "pause-for")) }
                    select id="pause-days" name="days" {
                        @for days in PAUSES { option value=(days) { (say!(look, "term-days", days = days)) } }
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
        page_size: READS,
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
        @if under.is_empty() { p { (say!(look, "card-unread")) } }
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
    let life = terms.data_life.as_ref().map_or(0, |life| life.seconds);
    let content = html! {
        p.lead { (say!(look, "stop-words", brand = grant.brand_title.clone(), data = words::data_in_short(look, &catalogue, &terms))) }
        p { @if life == 0 { (say!(look, "stop-kept-not", brand = grant.brand_title.clone())) } @else { (say!(look, "stop-kept", brand = grant.brand_title.clone(), days = (life + DAY - 1) / DAY)) } }
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
    Ok(frame::redirect("/?done=stopped"))
}

pub(super) async fn pause(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let until = match sent.get("days") {
        "" => None,
        days => {
            let days = days.parse::<i64>().ok().filter(|days| PAUSES.contains(days)).ok_or(Fault::Entered("entered-term"))?;
            let until = Timestamp::from_second(visit.look.now.as_second() + days * DAY).map_err(|_| Fault::Entered("entered-term"))?;
            Some(prost_types::Timestamp { seconds: until.as_second(), nanos: 0 })
        }
    };
    let asked = v1::PauseGrantRequest { name: name(&own), until_time: until, request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().pause_grant(visit.gateway.ask(asked)).await?;
    Ok(frame::redirect(&format!("/access/{own}?done=paused")))
}

pub(super) async fn resume(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::ResumeGrantRequest { name: name(&own), request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().resume_grant(visit.gateway.ask(asked)).await?;
    Ok(frame::redirect(&format!("/access/{own}?done=resumed")))
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
            (how_long(look, &terms))
            div.decision { button { (say!(look, "share-less")) } a.button href=(format!("/access/{own}")) { (say!(look, "go-back")) } }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "narrow-title"), &content))
}

pub(super) async fn narrow(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let before = grant(&visit, &own).await?.terms.unwrap_or_default();
    let terms = narrowed(shortened(&visit.look, &before, sent.get("term"))?, &sent)?;
    if terms == before {
        return Ok(frame::redirect(&format!("/access/{own}?done=unchanged")));
    }
    let asked = v1::AmendGrantRequest { name: name(&own), terms: Some(terms), request_id: sent.get("request_id").to_owned() };
    let answer = visit.gateway.consent().amend_grant(visit.gateway.ask(asked)).await?.into_inner();
    let new = answer.grant.unwrap_or_default();
    Ok(frame::redirect(&format!("/access/{}?done=narrowed", id(&new.name))))
}
