//! Home: who can see my data.

use axum::extract::Query;
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

use super::entry::Details;
use super::{Asked, hidden, older, outcome};
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::sent::Sent;
use crate::texts::say;
use crate::words::{self, id};

/// Waiting requests on one page: more is a wall.
const WAITING: usize = 3;
const EVERYTHING: i32 = 200;

pub(super) async fn show(Customer(visit): Customer, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let waiting = waiting(&visit).await?;
    let grants = grants(&visit, "").await?.grants;
    let open: Vec<&v1::Grant> = grants.iter().filter(|grant| words::is_open(grant)).collect();
    let last = last_read(&visit).await?;
    let brands = {
        let mut brands: Vec<&str> = open.iter().map(|grant| grant.brand.as_str()).collect();
        brands.sort_unstable();
        brands.dedup();
        brands.len()
    };
    let content = html! {
        (outcome(&visit, asked.done.as_deref()))
        p.lead {
            (say!(look, "home-sees", count = brands)) " "
            @if !waiting.is_empty() { (say!(look, "home-asks", count = waiting.len())) " " }
            @if let Some((at, who)) = &last { (say!(look, "home-last", moment = look.ago(*at), brand = who.clone())) }
            @else { (say!(look, "home-never")) }
        }
        @if !waiting.is_empty() {
            section aria-labelledby="waiting" {
                h2 id="waiting" { (say!(look, "home-waiting")) }
                ul.cards { @for request in waiting.iter().take(WAITING) { li { (request_card(look, &catalogue, request)) } } }
                @if waiting.len() > WAITING { p { (say!(look, "home-waiting-more", count = waiting.len() - WAITING)) } }
            }
        }
        section aria-labelledby="open" {
            h2 id="open" { (say!(look, "home-open")) }
            @if open.is_empty() {
                p { (say!(look, "home-nobody")) }
            } @else {
                ul.cards { @for grant in &open { li { (grant_card(look, &catalogue, grant)) } } }
                p.row {
                    a.button href="/pause-all" { (say!(look, "pause-all")) }
                    a.button href="/stop-all" { (say!(look, "stop-all")) }
                }
            }
        }
        p { a href="/past" { (say!(look, "home-past")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "home-title"), &content))
}

fn request_card(look: &Look, catalogue: &Catalogue, request: &v1::Request) -> Markup {
    let terms = request.terms.clone().unwrap_or_default();
    html! {
        article.card {
            h3 { bdi { (request.brand_title) } }
            p { (say!(look, "request-asks", data = words::data_in_short(look, catalogue, &terms))) }
            @if let Some(end) = look.time(request.lapse_time.as_ref()) { p.soft { (say!(look, "request-lapses", until = look.until(end))) } }
            p.row { a.button href=(format!("/requests/{}", id(&request.name))) { (say!(look, "request-open", brand = request.brand_title.clone())) } }
        }
    }
}

fn grant_card(look: &Look, catalogue: &Catalogue, grant: &v1::Grant) -> Markup {
    let terms = grant.terms.clone().unwrap_or_default();
    let (page, brand) = (format!("/access/{}", id(&grant.name)), grant.brand_title.clone());
    let paused = grant.state == i32::from(v1::GrantState::Paused);
    html! {
        article.card {
            h3 { a href=(page) { bdi { (brand) } } @if grant.state != i32::from(v1::GrantState::Active) { " " span.tag { (say!(look, words::grant_state(grant.state))) } } }
            dl {
                dt { (say!(look, "card-data")) }
                dd { (words::data_in_short(look, catalogue, &terms)) }
                @if let Some(notice) = &grant.notice {
                    dt { (say!(look, "card-reason")) }
                    dd lang=(notice.language) dir="auto" { (first_sentence(&notice.text)) }
                }
                @if let Some(end) = look.time(terms.expire_time.as_ref()) {
                    dt { (say!(look, "card-until")) }
                    dd { (look.left(end)) }
                }
                dt { (say!(look, "card-read")) }
                dd {
                    @match look.time(grant.last_read_time.as_ref()) {
                        Some(at) => (say!(look, "card-reads", count = grant.used, moment = look.ago(at))),
                        None => (say!(look, "card-unread")),
                    }
                }
            }
            p.row {
                a.button href=(format!("{page}/stop")) { (say!(look, "stop")) span.unseen { " " (say!(look, "of-brand", brand = brand.clone())) } }
                a.button href=(page) { (say!(look, if paused { "details-resume" } else { "details" })) span.unseen { " " (say!(look, "of-brand", brand = brand)) } }
            }
        }
    }
}

/// What a notice says first: why.
fn first_sentence(text: &str) -> &str {
    let end = text.char_indices().find(|(place, c)| matches!(c, '。' | '؟') || (*c == '.' && text[place + 1..].starts_with(' ')));
    end.map_or(text, |(place, c)| &text[..place + c.len_utf8()])
}

async fn waiting(visit: &Visit) -> Result<Vec<v1::Request>, Fault> {
    let asked = v1::ListRequestsRequest {
        parent: "customers/me".to_owned(),
        state: v1::RequestState::Pending.into(),
        page_size: 50,
        page_token: String::new(),
    };
    Ok(visit.gateway.consent().list_requests(visit.gateway.ask(asked)).await?.into_inner().requests)
}

async fn grants(visit: &Visit, page: &str) -> Result<v1::ListGrantsResponse, Fault> {
    let asked = v1::ListGrantsRequest { parent: "customers/me".to_owned(), page_size: EVERYTHING, page_token: page.to_owned(), state: 0 };
    Ok(visit.gateway.consent().list_grants(visit.gateway.ask(asked)).await?.into_inner())
}

/// When the last read was, and whose.
async fn last_read(visit: &Visit) -> Result<Option<(jiff::Timestamp, String)>, Fault> {
    let asked = v1::ListEntriesRequest {
        parent: "customers/me".to_owned(),
        kind: "read".to_owned(),
        page_size: 1,
        ..v1::ListEntriesRequest::default()
    };
    let found = visit.gateway.ledger().list_entries(visit.gateway.ask(asked)).await?.into_inner();
    let Some(entry) = found.entries.first() else { return Ok(None) };
    let Some(at) = visit.look.time(entry.event_time.as_ref()) else { return Ok(None) };
    let grant = Details::of(entry).grant.unwrap_or_default();
    let asked = v1::GetGrantRequest { name: format!("customers/me/grants/{grant}") };
    let who = visit.gateway.consent().get_grant(visit.gateway.ask(asked)).await?.into_inner().grant.map(|grant| grant.brand_title);
    Ok(Some((at, who.unwrap_or_default())))
}

/// Access that has ended.
pub(super) async fn past(Customer(visit): Customer, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let found = grants(&visit, asked.page.as_deref().unwrap_or_default()).await?;
    let ended: Vec<&v1::Grant> = found.grants.iter().filter(|grant| !words::is_open(grant)).collect();
    let content = html! {
        @if ended.is_empty() { p { (say!(look, "past-none")) } }
        ul.cards {
            @for grant in ended {
                @let terms = grant.terms.clone().unwrap_or_default();
                li { article.card {
                    h2 { a href=(format!("/access/{}", id(&grant.name))) { bdi { (grant.brand_title) } } " " span.tag { (say!(look, words::grant_state(grant.state))) } }
                    p { (words::data_in_short(look, &catalogue, &terms)) }
                    p.soft { (say!(look, "past-used", count = grant.used)) }
                } }
            }
        }
        (older(&visit, &found.next_page_token, ""))
        p { a.button href="/" { (say!(look, "go-home")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "past-title"), &content))
}

/// Asks once more before all are paused.
pub(super) async fn ask_pause_all(Customer(visit): Customer) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "pause-all-words")) }
        form method="post" { (hidden(&visit)) p.row { button { (say!(look, "pause-all")) } a.button href="/" { (say!(look, "keep-as-it-is")) } } }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "pause-all-title"), &content)
}

pub(super) async fn pause_all(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let asked =
        v1::PauseAllGrantsRequest { parent: "customers/me".to_owned(), until_time: None, request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().pause_all_grants(visit.gateway.ask(asked)).await?;
    Ok(frame::redirect("/?done=paused-all"))
}

/// Asks once more before all are stopped.
pub(super) async fn ask_stop_all(Customer(visit): Customer) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "stop-all-words")) }
        form method="post" { (hidden(&visit)) p.row { button { (say!(look, "stop-all")) } a.button href="/" { (say!(look, "keep-as-it-is")) } } }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "stop-all-title"), &content)
}

pub(super) async fn stop_all(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::RevokeAllGrantsRequest { parent: "customers/me".to_owned(), request_id: sent.get("request_id").to_owned() };
    visit.gateway.consent().revoke_all_grants(visit.gateway.ask(asked)).await?;
    Ok(frame::redirect("/?done=stopped-all"))
}
