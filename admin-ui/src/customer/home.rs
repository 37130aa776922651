//! Home: who can see my data.

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

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

pub(super) async fn show(Customer(visit): Customer) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let waiting = waiting(&visit).await?;
    let open = open_access(&visit).await?;
    let last = last_read(&visit, &open).await?;
    let brands = {
        let sees = |grant: &&v1::Grant| grant.state == i32::from(v1::GrantState::Active) && has_begun(look, grant);
        let mut brands: Vec<&str> = open.iter().filter(sees).map(|grant| grant.brand.as_str()).collect();
        brands.sort_unstable();
        brands.dedup();
        brands.len()
    };
    let content = html! {
        (outcome(&visit))
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
                @if waiting.len() > WAITING { p { a.button href="/requests" { (say!(look, "home-waiting-more", count = waiting.len() - WAITING)) } } }
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
        p.row { a href="/requests" { (say!(look, "requests-title")) } a href="/past" { (say!(look, "home-past")) } }
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
                @if let Some(start) = look.time(terms.not_before.as_ref()).filter(|start| *start > look.now) {
                    dt { (say!(look, "terms-from")) }
                    dd { (look.date(start)) }
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

fn has_begun(look: &Look, grant: &v1::Grant) -> bool {
    let start = grant.terms.as_ref().and_then(|terms| look.time(terms.not_before.as_ref()));
    start.is_none_or(|start| start <= look.now)
}

async fn waiting(visit: &Visit) -> Result<Vec<v1::Request>, Fault> {
    of_state(visit, v1::RequestState::Pending).await
}

async fn of_state(visit: &Visit, state: v1::RequestState) -> Result<Vec<v1::Request>, Fault> {
    let asked = v1::ListRequestsRequest {
        parent: "customers/me".to_owned(),
        state: state.into(),
        page_size: EVERYTHING,
        page_token: String::new(),
    };
    Ok(visit.gateway.consent().list_requests(visit.gateway.ask(asked)).await?.into_inner().requests)
}

/// Every request that waits: for the customer, and for a brand that was offered less.
pub(super) async fn requests(Customer(visit): Customer) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let pending = waiting(&visit).await?;
    let countered = of_state(&visit, v1::RequestState::Countered).await?;
    let content = html! {
        @if pending.is_empty() && countered.is_empty() { p { (say!(look, "requests-none")) } }
        @if !pending.is_empty() {
            h2 { (say!(look, "home-waiting")) }
            ul.cards { @for request in &pending { li { (request_card(look, &catalogue, request)) } } }
        }
        @if !countered.is_empty() {
            h2 { (say!(look, "requests-countered")) }
            ul.lines { @for request in &countered { li { a href=(format!("/requests/{}", id(&request.name))) { bdi { (request.brand_title) } } } } }
        }
        p { a.button href="/" { (say!(look, "go-home")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "requests-title"), &content))
}

async fn grants(visit: &Visit, state: v1::GrantState, page: &str) -> Result<v1::ListGrantsResponse, Fault> {
    let asked = v1::ListGrantsRequest {
        parent: "customers/me".to_owned(),
        page_size: EVERYTHING,
        page_token: page.to_owned(),
        state: state.into(),
    };
    Ok(visit.gateway.consent().list_grants(visit.gateway.ask(asked)).await?.into_inner())
}

/// All access there is or was.
pub(super) async fn every_access(visit: &Visit) -> Result<Vec<v1::Grant>, Fault> {
    let (mut every, mut page) = (Vec::new(), String::new());
    loop {
        let found = grants(visit, v1::GrantState::Unspecified, &page).await?;
        every.extend(found.grants);
        if found.next_page_token.is_empty() {
            return Ok(every);
        }
        page = found.next_page_token;
    }
}

/// All access that is on, paused or held, newest first: none is left out because there is much that has ended.
pub(super) async fn open_access(visit: &Visit) -> Result<Vec<v1::Grant>, Fault> {
    let mut open = Vec::new();
    for state in [v1::GrantState::Active, v1::GrantState::Paused, v1::GrantState::Suspended] {
        let mut page = String::new();
        loop {
            let found = grants(visit, state, &page).await?;
            open.extend(found.grants);
            if found.next_page_token.is_empty() {
                break;
            }
            page = found.next_page_token;
        }
    }
    Ok(open)
}

/// When the last read was, and whose: of all access, also of what has ended.
async fn last_read(visit: &Visit, open: &[v1::Grant]) -> Result<Option<(jiff::Timestamp, String)>, Fault> {
    let ended = grants(visit, v1::GrantState::Unspecified, "").await?.grants;
    let reads =
        open.iter().chain(&ended).filter_map(|grant| Some((visit.look.time(grant.last_read_time.as_ref())?, grant.brand_title.clone())));
    Ok(reads.max_by_key(|(at, _)| *at))
}

/// Access that has ended.
pub(super) async fn past(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let found = grants(&visit, v1::GrantState::Unspecified, asked.page.as_deref().unwrap_or_default()).await?;
    let ended: Vec<&v1::Grant> = found.grants.iter().filter(|grant| !words::is_open(grant)).collect();
    let content = html! {
        @if ended.is_empty() && asked.page.is_none() && found.next_page_token.is_empty() { p { (say!(look, "past-none")) } }
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
        p.row { a.button href="/deletions" { (say!(look, "deletions-link")) } a.button href="/" { (say!(look, "go-home")) } }
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
    Ok(frame::done("/", "paused-all"))
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
    Ok(frame::done("/", "stopped-all"))
}
