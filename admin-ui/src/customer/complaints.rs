//! Complaints: about a read, an access or a decision; filed, followed, and taken to the authority with what proves it.

mod report;

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, Query};
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};
use serde::Deserialize;

use super::entry::Details;
use super::{Asked, hidden, older, outcome};
use crate::Foundation;
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::sent::Sent;
use crate::texts::say;
use crate::words::id;

pub(super) use report::download;

const COMPLAINTS: i32 = 50;
/// Characters of the customer's words.
const MOST_TEXT: usize = 2000;
/// What can be asked: word, kind, text.
const KINDS: [(&str, v1::ComplaintKind, &str); 3] = [
    ("not-recognised", v1::ComplaintKind::NotRecognised, "complaint-not-recognised"),
    ("deletion", v1::ComplaintKind::Deletion, "complaint-deletion"),
    ("report", v1::ComplaintKind::Report, "complaint-report"),
];

/// What a complaint would be about: an entry or a grant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct About {
    entry: String,
    access: String,
}

impl FromRequestParts<Foundation> for About {
    type Rejection = Infallible;

    /// What cannot be read was not written by us, and counts as not asked.
    async fn from_request_parts(parts: &mut Parts, _: &Foundation) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(asked)| asked))
    }
}

fn kind(look: &Look, kind: i32) -> String {
    let key = KINDS.iter().find(|(_, own, _)| i32::from(*own) == kind).map_or("complaint-report", |(.., key)| key);
    look.language.say(key)
}

fn state(look: &Look, complaint: &v1::Complaint) -> String {
    match (complaint.state == i32::from(v1::ComplaintState::Closed), complaint.answer.is_empty()) {
        (false, _) => say!(look, "complaint-open"),
        (true, true) => say!(look, "complaint-taken-back"),
        (true, false) => say!(look, "complaint-answered"),
    }
}

pub(super) async fn list(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let wanted = v1::ListComplaintsRequest {
        parent: "customers/me".to_owned(),
        page_size: COMPLAINTS,
        page_token: asked.page.clone().unwrap_or_default(),
    };
    let found = visit.gateway.complaint().list_complaints(visit.gateway.ask(wanted)).await?.into_inner();
    let brands = super::reads::brands(&visit).await?;
    let content = html! {
        (outcome(&visit))
        p.lead { (say!(look, "complaints-lead")) }
        @if found.complaints.is_empty() { p { (say!(look, "complaints-none")) } }
        ul.lines {
            @for complaint in &found.complaints {
                li {
                    a href=(format!("/complaints/{}", id(&complaint.name))) { (kind(look, complaint.kind)) }
                    @if let Some(brand) = brands.get(id(&complaint.brand)) { " · " bdi { (brand) } }
                    br; span.soft {
                        (state(look, complaint))
                        @if let Some(at) = look.time(complaint.create_time.as_ref()) { " · " (look.ago(at)) }
                    }
                }
            }
        }
        (older(&visit, &found.next_page_token, ""))
        p { a.button href="/reads" { (say!(look, "reads-title")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "complaints-title"), &content))
}

/// An entry of the customer's, as it is now.
async fn entry(visit: &Visit, name: String) -> Result<v1::Entry, Fault> {
    let asked = v1::VerifyEntryRequest { name };
    visit.gateway.ledger().verify_entry(visit.gateway.ask(asked)).await?.into_inner().entry.ok_or(Fault::Missing)
}

async fn grant(visit: &Visit, name: String) -> Result<v1::Grant, Fault> {
    let asked = v1::GetGrantRequest { name };
    visit.gateway.consent().get_grant(visit.gateway.ask(asked)).await?.into_inner().grant.ok_or(Fault::Missing)
}

/// What it is about, in words.
async fn about(visit: &Visit, entry_name: &str, grant_name: &str) -> Result<Markup, Fault> {
    let look = &visit.look;
    if entry_name.is_empty() {
        let grant = grant(visit, format!("customers/me/grants/{}", id(grant_name))).await?;
        return Ok(html! {
            dl {
                dt { (say!(look, "receipt-brand")) } dd { bdi { (grant.brand_title) } }
                dt { (say!(look, "complaint-about")) } dd { a href=(format!("/access/{}", id(&grant.name))) { (say!(look, "reads-access")) } }
            }
        });
    }
    let entry = entry(visit, format!("customers/me/entries/{}", id(entry_name))).await?;
    let brands = super::reads::brands(visit).await?;
    let catalogue = visit.catalogue().await?;
    Ok(row(look, &catalogue, &entry, |own| brands.get(own).cloned()))
}

fn row(look: &Look, catalogue: &Catalogue, entry: &v1::Entry, brand: impl Fn(&str) -> Option<String>) -> Markup {
    let details = Details::of(entry);
    html! {
        dl {
            @if let Some(title) = details.brand.as_deref().and_then(brand) { dt { (say!(look, "reads-who")) } dd { bdi { (title) } } }
            @if let Some(at) = look.time(entry.event_time.as_ref()) { dt { (say!(look, "reads-when")) } dd { (look.moment(at)) } }
            @if !details.attributes.is_empty() { dt { (say!(look, "reads-data")) } dd { (details.data(look, catalogue)) } }
            @if let Some(reason) = &details.reason { dt { (say!(look, "reads-reason")) } dd { bdi { (reason) } } }
            @if details.kind.starts_with("read") { dt { (say!(look, "reads-result")) } dd { (details.outcome(look)) } }
        }
    }
}

pub(super) async fn ask(Customer(visit): Customer, wanted: About) -> Result<Response, Fault> {
    page(&visit, &wanted, StatusCode::OK, &html! {}, "", "").await
}

async fn page(visit: &Visit, wanted: &About, status: StatusCode, told: &Markup, chosen: &str, text: &str) -> Result<Response, Fault> {
    let look = &visit.look;
    if wanted.entry.is_empty() == wanted.access.is_empty() {
        return Err(Fault::Missing);
    }
    let content = html! {
        (told)
        (about(visit, &wanted.entry, &wanted.access).await?)
        form method="post" action="/complaints" {
            (hidden(visit))
            input type="hidden" name="entry" value=(wanted.entry);
            input type="hidden" name="access" value=(wanted.access);
            fieldset.choices {
                legend { h2 { (say!(look, "complaint-what")) } }
                @for (word, _, key) in KINDS {
                    label.check {
                        input type="radio" name="kind" value=(word) required checked[word == chosen];
                        span { strong { (look.language.say(key)) } br; span.soft { (look.language.say(&format!("{key}-words"))) } }
                    }
                }
            }
            div.field {
                label for="text" { (say!(look, "complaint-text")) " " span.soft { (say!(look, "optional-field")) } }
                textarea id="text" name="text" rows="5" maxlength=(MOST_TEXT) dir="auto" { (text) }
            }
            label.check { input type="checkbox" name="shared" value="yes"; span { (say!(look, "complaint-share")) } }
            p.soft { (say!(look, "complaint-sealed")) }
            p.row { button { (say!(look, "complaint-file")) } a.button href="/reads" { (say!(look, "go-back")) } }
        }
    };
    Ok(frame::page(visit, status, &say!(look, "complaint-title"), &content))
}

pub(super) async fn file(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let about = About { entry: sent.get("entry").to_owned(), access: sent.get("access").to_owned() };
    // Browsers count a line's end as one letter, and send two.
    let text = sent.get("text").replace("\r\n", "\n");
    let chosen = KINDS.iter().find(|(word, ..)| *word == sent.get("kind"));
    let fault = match chosen {
        None => Some("entered-answer"),
        Some(_) if text.chars().count() > MOST_TEXT => Some("entered-complaint"),
        Some(_) => None,
    };
    if let Some(key) = fault {
        let fault = Fault::Entered(key);
        let told = html! { div.fault role="alert" tabindex="-1" autofocus { p { (fault.message(&visit.look)) } } };
        return page(&visit, &about, fault.status(), &told, sent.get("kind"), &text).await;
    }
    let name = |collection: &str, own: &str| if own.is_empty() { String::new() } else { format!("customers/me/{collection}/{own}") };
    let asked = v1::CreateComplaintRequest {
        parent: "customers/me".to_owned(),
        complaint: Some(v1::Complaint {
            kind: chosen.map_or(v1::ComplaintKind::Unspecified, |(_, kind, _)| *kind).into(),
            entry: name("entries", &about.entry),
            grant: name("grants", &about.access),
            text,
            shared: sent.get("shared") == "yes",
            ..v1::Complaint::default()
        }),
        request_id: sent.get("request_id").to_owned(),
    };
    let filed = visit.gateway.complaint().create_complaint(visit.gateway.ask(asked)).await?.into_inner().complaint.ok_or(Fault::Missing)?;
    Ok(frame::done(&format!("/complaints/{}", id(&filed.name)), "complained"))
}

async fn complaint(visit: &Visit, own: &str) -> Result<v1::Complaint, Fault> {
    let asked = v1::GetComplaintRequest { name: format!("customers/me/complaints/{own}") };
    visit.gateway.complaint().get_complaint(visit.gateway.ask(asked)).await?.into_inner().complaint.ok_or(Fault::Missing)
}

pub(super) async fn show(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let complaint = complaint(&visit, &own).await?;
    let open = complaint.state == i32::from(v1::ComplaintState::Open);
    let content = html! {
        (outcome(&visit))
        p.lead { (state(look, &complaint)) }
        (about(&visit, &complaint.entry, &complaint.grant).await?)
        dl {
            @if let Some(at) = look.time(complaint.create_time.as_ref()) { dt { (say!(look, "complaint-filed")) } dd { (look.moment(at)) } }
            @if !complaint.text.is_empty() {
                dt { (say!(look, "complaint-text")) }
                dd { bdi.lines-kept { (complaint.text) } br; span.soft { (say!(look, if complaint.shared { "complaint-shared" } else { "complaint-unshared" })) } }
            }
            @if !complaint.answer.is_empty() { dt { (say!(look, "complaint-answer")) } dd { bdi.lines-kept { (complaint.answer) } } }
        }
        h2 { (say!(look, "complaint-authority")) }
        p { (say!(look, "complaint-authority-words")) }
        p.row { a.button href=(format!("/complaints/{own}/report.txt")) download { (say!(look, "complaint-download")) } }
        @if open {
            h2 { (say!(look, "complaint-take-back")) }
            p { (say!(look, "complaint-take-back-words")) }
            form method="post" { (hidden(&visit)) p.row { button { (say!(look, "complaint-take-back")) } } }
        }
        p { a href="/complaints" { (say!(look, "complaints-title")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &kind(look, complaint.kind), &content))
}

pub(super) async fn take_back(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::CloseComplaintRequest {
        name: format!("customers/me/complaints/{own}"),
        answer: String::new(),
        request_id: sent.get("request_id").to_owned(),
    };
    visit.gateway.complaint().close_complaint(visit.gateway.ask(asked)).await?;
    Ok(frame::done(&format!("/complaints/{own}"), "taken-back"))
}
