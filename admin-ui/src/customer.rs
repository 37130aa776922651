//! The customer's pages: who can see my data, what is asked, what was read, and how to stop it.

mod access;
mod bring;
mod complaints;
mod contact;
mod data;
mod deletions;
mod entry;
mod erase;
mod export;
mod help;
mod home;
mod inspected;
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

use axum::extract::{DefaultBodyLimit, FromRequestParts, Query};
use axum::middleware;
use axum::routing::{get, post};
use http::request::Parts;
use maud::{Markup, html};

use crate::Foundation;
use crate::frame::{hidden, older};
use crate::look::Visit;
use crate::{assets, fault, frame};

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
        .route("/requests/{id}/sign", post(requests::sign))
        .route("/requests/{id}/less", get(requests::less).post(requests::offer))
        .route("/requests/{id}/less/sign", post(requests::sign_less))
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
        .route("/deletions", get(deletions::list))
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
        .fallback(fault::missing)
        .method_not_allowed_fallback(fault::missing)
        .layer(middleware::from_fn_with_state(foundation.clone(), fault::tell))
        .layer(DefaultBodyLimit::max(MOST_SENT))
        .route(frame::SCRIPT_PATH, get(async || assets::script(frame::SCRIPT)))
        .merge(assets::routes())
        .with_state(foundation)
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
}

impl FromRequestParts<Foundation> for Asked {
    type Rejection = Infallible;

    /// What cannot be read was not written by us, and counts as not asked.
    async fn from_request_parts(parts: &mut Parts, _: &Foundation) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(asked)| asked))
    }
}
