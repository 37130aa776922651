//! The auditor's pages, on an origin of their own: what a token covers, the log entry by entry, checks, and exports.
//!
//! They read what the log says with the auditor's own token. Nothing is opened without an entry that says who opened it, and why.

mod chart;
mod entry;
mod event;
mod export;
mod help;
mod log;
pub(crate) mod packing;
mod scope;
mod sign_in;
#[cfg(test)]
mod tests;
mod verify;

use std::convert::Infallible;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Query};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use coffret_proto::v1;
use http::request::Parts;
use http::{StatusCode, header};
use maud::{Markup, html};

use crate::audience::AUDITORS;
use crate::fault::Fault;
use crate::frame;
use crate::look::Visit;
use crate::{Foundation, assets, fault};

pub(crate) use export::Exports;

/// A form at most: a checkpoint, a proof and a receipt are pasted into one.
const MOST_SENT: usize = 4 << 20;
/// The script that checks files in the browser.
const CHECK: &str = include_str!("../assets/check.js");
/// Where it is.
const CHECK_PATH: &str = "/check.js";

/// Everything that is reachable.
pub fn router(foundation: Foundation) -> Router {
    let foundation = Foundation { audience: &AUDITORS, ..foundation };
    Router::new()
        .route("/", get(scope::show))
        .route("/checkpoint", get(scope::checkpoint))
        .route("/log", get(log::list))
        .route("/log/open", post(log::open))
        .route("/log/{index}", get(entry::show))
        .route("/log/{index}/entry.tlog-proof", get(entry::proof))
        .route("/verify", get(verify::show).post(verify::check))
        .route("/verify/files", get(verify::files))
        .route("/export", get(export::show).post(export::begin))
        .route("/export/{id}", get(export::watch))
        .route("/export/{id}/export.tar", get(export::file))
        .route("/export/{id}/remove", post(export::remove))
        .route("/help", get(help::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/demo-sign-in", post(sign_in::enter_demo))
        .route("/sign-out", post(sign_in::leave))
        .route("/language", post(sign_in::language))
        .fallback(fault::missing)
        .method_not_allowed_fallback(fault::missing)
        .layer(middleware::from_fn_with_state(foundation.clone(), fault::tell))
        .layer(DefaultBodyLimit::max(MOST_SENT))
        .route(CHECK_PATH, get(async || assets::script(CHECK)))
        .merge(assets::routes())
        .with_state(foundation)
}

/// An auditor who has signed in. The services are asked who it is each time: whoever else holds a token has nothing here.
pub(crate) struct Auditor {
    pub(crate) visit: Visit,
    pub(crate) who: v1::WhoAmIResponse,
}

impl Auditor {
    /// Whether entries can be opened.
    pub(crate) fn opens(&self) -> bool {
        self.who.scopes.iter().any(|scope| scope == "ledger.export")
    }
}

impl FromRequestParts<Foundation> for Auditor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, foundation: &Foundation) -> Result<Self, Fault> {
        let visit = Visit::of(parts, foundation);
        if visit.session.is_none() {
            return Err(Fault::SignIn);
        }
        let who = visit.gateway.identity().who_am_i(visit.gateway.ask(v1::WhoAmIRequest {})).await?.into_inner();
        if who.role == i32::from(v1::Role::Auditor) { Ok(Self { visit, who }) } else { Err(Fault::SignIn) }
    }
}

impl std::ops::Deref for Auditor {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

/// What came of a form, at the top of the page that it leads to; where focus and screen readers go.
fn outcome(visit: &Visit) -> Markup {
    const KNOWN: [&str; 3] = ["inspected", "stream-inspected", "export-removed"];
    let known = visit.done.as_deref().filter(|done| KNOWN.contains(done));
    html! {
        @if let Some(done) = known {
            p.outcome role="status" tabindex="-1" autofocus { (visit.look.language.say(&format!("audit-done-{done}"))) }
        }
    }
}

/// A file to keep.
fn file(kind: &'static str, name: &str, content: String) -> Response {
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (StatusCode::OK, frame::HEADERS, headers, content).into_response()
}

/// What stands behind the question mark of an address.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default)]
struct Asked {
    /// The inspection under which entries are opened, without `inspections/`.
    #[serde(skip_serializing_if = "String::is_empty")]
    inspection: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    /// The id of a brand, without `brands/`.
    #[serde(skip_serializing_if = "String::is_empty")]
    brand: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    purpose: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    notice: String,
    /// Days, as browsers write them.
    #[serde(skip_serializing_if = "String::is_empty")]
    from: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    page: String,
}

impl FromRequestParts<Foundation> for Asked {
    type Rejection = Infallible;

    /// What cannot be read was not written by us, and counts as not asked.
    async fn from_request_parts(parts: &mut Parts, _: &Foundation) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(asked)| asked))
    }
}

/// The beginning of a day, in the visitor's time zone; of the day after with `next`.
fn day(visit: &Visit, written: &str, next: bool) -> Result<Option<prost_types::Timestamp>, Fault> {
    if written.is_empty() {
        return Ok(None);
    }
    let wrong = || Fault::Entered("entered-day");
    let mut date: jiff::civil::Date = written.parse().map_err(|_| wrong())?;
    if next {
        date = date.tomorrow().map_err(|_| wrong())?;
    }
    let at = date.to_zoned(visit.look.zone.clone()).map_err(|_| wrong())?.timestamp();
    Ok(Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 }))
}
