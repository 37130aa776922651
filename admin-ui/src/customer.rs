//! The customer's pages: who can see my data, what is asked, what was read, and how to stop it.

mod access;
mod bring;
mod complaints;
mod contact;
mod data;
mod entry;
mod erase;
mod export;
mod help;
mod home;
mod notices;
mod passkey;
mod reads;
mod receipts;
mod requests;
mod security;
mod sign_in;
#[cfg(test)]
mod tests;

use axum::Router;
use std::convert::Infallible;

use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{StatusCode, header};
use maud::{Markup, html};

use crate::Foundation;
use crate::fault::Fault;
use crate::frame;
use crate::look::Visit;

/// A form is text that people type: more is refused before it is read.
const MOST_SENT: usize = 256 * 1024;

/// Everything that is reachable.
pub fn router(foundation: Foundation) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/past", get(home::past))
        .route("/pause-all", get(home::ask_pause_all).post(home::pause_all))
        .route("/stop-all", get(home::ask_stop_all).post(home::stop_all))
        .route("/requests", get(home::requests))
        .route("/requests/{id}", get(requests::show).post(requests::decide))
        .route("/requests/{id}/less", get(requests::less).post(requests::offer))
        .route("/access/{id}", get(access::show))
        .route("/access/{id}/pause", post(access::pause))
        .route("/access/{id}/resume", post(access::resume))
        .route("/access/{id}/stop", get(access::ask_stop).post(access::stop))
        .route("/access/{id}/less", get(access::less).post(access::narrow))
        .route("/contact", get(contact::show).post(contact::keep))
        .route("/contact/check", get(contact::check::show))
        .route("/notices", get(notices::list))
        .route("/notices/seen", post(notices::see))
        .route("/notices/settings", get(notices::settings).post(notices::keep))
        .route("/complaints", get(complaints::list).post(complaints::file))
        .route("/complaints/new", get(complaints::ask))
        .route("/complaints/{id}", get(complaints::show).post(complaints::take_back))
        .route("/complaints/{id}/report.txt", get(complaints::download))
        .route("/data", get(data::list))
        .route("/data/import", get(bring::show).post(bring::take).layer(DefaultBodyLimit::max(bring::MOST_BYTES + MOST_SENT)))
        .route("/data/add", get(data::choose))
        .route("/data/add/{attribute}", get(data::add).post(data::put))
        .route("/data/{id}", get(data::show).post(data::correct))
        .route("/data/{id}/delete", get(data::ask_delete).post(data::delete))
        .route("/reads", get(reads::list))
        .route("/receipts", get(receipts::list))
        .route("/receipts/{id}", get(receipts::show))
        .route("/receipts/{id}/receipt.jws", get(receipts::signed))
        .route("/receipts/{id}/proof.tlog-proof", get(receipts::proof))
        .route("/export", get(export::show))
        .route("/export/file", post(export::file))
        .route("/erase", get(erase::ask).post(erase::erase))
        .route("/security", get(security::show))
        .route("/security/end", post(security::end))
        .route("/security/passkeys/begin", post(passkey::begin_addition))
        .route("/security/passkeys", post(passkey::add))
        .route("/security/passkeys/{id}/remove", get(passkey::ask_remove).post(passkey::remove))
        .route("/security/recovery-code", post(passkey::make_recovery_code))
        .route("/enrol", get(passkey::enrol).post(passkey::finish_enrolment))
        .route("/enrol/begin", post(passkey::begin_enrolment))
        .route("/recover", get(passkey::ask_recover).post(passkey::recover))
        .route("/sign-in/begin", post(passkey::begin_sign_in))
        .route("/sign-in/passkey", post(passkey::sign_in))
        .route("/help", get(help::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/demo-sign-in", post(sign_in::enter_demo))
        .route("/sign-out", post(sign_in::leave))
        .route("/language", post(sign_in::language))
        .fallback(missing)
        .method_not_allowed_fallback(missing)
        .layer(middleware::from_fn_with_state(foundation.clone(), tell))
        .layer(DefaultBodyLimit::max(MOST_SENT))
        .route(frame::STYLE_PATH, get(style))
        .route(frame::SCRIPT_PATH, get(script))
        .route("/icon.svg", get(icon))
        .route("/fonts/{name}", get(font))
        .with_state(foundation)
}

async fn missing() -> Fault {
    Fault::Missing
}

/// Turns a fault into a page in the visitor's language.
async fn tell(State(foundation): State<Foundation>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&parts, &foundation);
    let response = next.run(Request::from_parts(parts, body)).await;
    let fault = response.extensions().get::<Fault>().cloned();
    fault.map_or(response, |fault| fault.page(&visit))
}

async fn style() -> Response {
    let kept = (header::CACHE_CONTROL, "public, max-age=3600");
    // The page's own headers first: the kind of content is the sheet's.
    (frame::HEADERS, [(header::CONTENT_TYPE, "text/css; charset=utf-8"), kept], frame::STYLE).into_response()
}

async fn script() -> Response {
    let kept = (header::CACHE_CONTROL, "public, max-age=3600");
    (frame::HEADERS, [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), kept], frame::SCRIPT).into_response()
}

async fn icon() -> Response {
    const ICON: &str = include_str!("../assets/icon.svg");
    let kept = (header::CACHE_CONTROL, "public, max-age=86400");
    (frame::HEADERS, [(header::CONTENT_TYPE, "image/svg+xml"), kept], ICON).into_response()
}

/// The fonts, by name.
const FONTS: [(&str, &[u8]); 5] = [
    ("eb-garamond-latin.woff2", include_bytes!("../assets/fonts/eb-garamond-latin.woff2")),
    ("eb-garamond-latin-ext.woff2", include_bytes!("../assets/fonts/eb-garamond-latin-ext.woff2")),
    ("source-sans-3-latin.woff2", include_bytes!("../assets/fonts/source-sans-3-latin.woff2")),
    ("source-sans-3-latin-ext.woff2", include_bytes!("../assets/fonts/source-sans-3-latin-ext.woff2")),
    ("noto-naskh-arabic.woff2", include_bytes!("../assets/fonts/noto-naskh-arabic.woff2")),
];

async fn font(Path(name): Path<String>) -> Response {
    let Some((_, font)) = FONTS.into_iter().find(|(own, _)| *own == name) else { return StatusCode::NOT_FOUND.into_response() };
    let kept = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    (frame::HEADERS, [(header::CONTENT_TYPE, "font/woff2"), kept], font).into_response()
}

/// What every form carries: that it is ours, and an id, so that sent twice it is done once.
fn hidden(visit: &Visit) -> Markup {
    html! {
        @if let Some(session) = &visit.session { input type="hidden" name="form_key" value=(session.form_key()); }
        input type="hidden" name="request_id" value=(visit.make_id());
    }
}

/// What came of a form, at the top of the page that it leads to; where focus and screen readers go.
fn outcome(visit: &Visit) -> Markup {
    const KNOWN: [&str; 23] = [
        "seen",
        "told",
        "complained",
        "taken-back",
        "passkey-added",
        "passkey-removed",
        "approved",
        "countered",
        "declined",
        "stopped",
        "paused",
        "resumed",
        "narrowed",
        "stopped-all",
        "paused-all",
        "added",
        "corrected",
        "deleted",
        "ended",
        "language",
        "unchanged",
        "erased",
        "rules",
    ];
    let known = visit.done.as_deref().filter(|done| KNOWN.contains(done));
    html! {
        @if let Some(done) = known {
            p.outcome role="status" tabindex="-1" autofocus { (visit.look.language.say(&format!("done-{done}"))) }
        }
    }
}

/// What stands behind the question mark of an address.
#[derive(Debug, Default, serde::Deserialize)]
struct Asked {
    /// Where the next page of a list begins.
    page: Option<String>,
    /// Of a list of reads: answered, refused, or all.
    result: Option<String>,
    /// Of a list of reads: one brand's.
    brand: Option<String>,
    /// In which language a request is read.
    language: Option<String>,
}

impl FromRequestParts<Foundation> for Asked {
    type Rejection = Infallible;

    /// What cannot be read was not written by us, and counts as not asked.
    async fn from_request_parts(parts: &mut Parts, _: &Foundation) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(asked)| asked))
    }
}

/// The link to the older entries of a list.
fn older(visit: &Visit, next: &str, more: &str) -> Markup {
    html! {
        @if !next.is_empty() {
            p { a.button href=(format!("?{more}page={next}")) { (visit.look.language.say("older")) } }
        }
    }
}
