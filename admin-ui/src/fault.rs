//! What goes wrong, in words: what happened, what did not happen, and what to do.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use maud::html;
use tonic::Code;
use tonic_types::StatusExt;

use crate::look::{Look, Visit};
use crate::session::Session;
use crate::texts::say;
use crate::{Foundation, frame};

/// Why there is no page.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Nobody is signed in, or no longer.
    SignIn,
    /// There is nothing at this address, or it is somebody else's.
    Missing,
    /// The form was not sent by our own page, or by one of an older session.
    Foreign,
    /// What was entered cannot be taken; the text says why.
    Entered(&'static str),
    /// The vault refused, or did not answer.
    Refused {
        /// The kind of refusal.
        code: Code,
        /// The stable reason.
        reason: String,
        /// The vault's own sentence, in English.
        sentence: String,
        /// Fields that cannot be taken, each with why.
        fields: Vec<(String, String)>,
        /// The number under which its cause is in the log.
        reference: Option<String>,
    },
}

/// Where an address leads nowhere.
pub(crate) async fn missing() -> Fault {
    Fault::Missing
}

/// Turns a fault into a page in the visitor's language.
pub(crate) async fn tell(State(foundation): State<Foundation>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&parts, &foundation);
    let response = next.run(Request::from_parts(parts, body)).await;
    let fault = response.extensions().get::<Fault>().cloned();
    fault.map_or(response, |fault| fault.page(&visit))
}

impl From<tonic::Status> for Fault {
    fn from(status: tonic::Status) -> Self {
        match status.code() {
            Code::Unauthenticated => Self::SignIn,
            Code::NotFound => Self::Missing,
            code => {
                let details = status.get_error_details();
                let info = details.error_info();
                Self::Refused {
                    code,
                    reason: info.map(|info| info.reason.clone()).unwrap_or_default(),
                    sentence: status.message().to_owned(),
                    fields: details
                        .bad_request()
                        .map(|bad| bad.field_violations.iter().map(|one| (one.field.clone(), one.description.clone())).collect())
                        .unwrap_or_default(),
                    reference: info.and_then(|info| info.metadata.get("reference").cloned()),
                }
            }
        }
    }
}

impl IntoResponse for Fault {
    /// Carries the fault to [`Fault::page`], which knows the visitor's language.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Fault {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Entered(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused { code, .. } => match code {
                Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
                Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
                Code::PermissionDenied => StatusCode::FORBIDDEN,
                Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
                Code::Unavailable | Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// Says it in one sentence, where there is a page already; in English where there is no text of ours.
    pub(crate) fn message(&self, look: &Look) -> String {
        match self {
            Self::SignIn | Self::Foreign => say!(look, "fault-foreign"),
            Self::Missing => say!(look, "fault-missing"),
            Self::Entered(key) => say!(look, key),
            Self::Refused { code: Code::Unavailable | Code::DeadlineExceeded, .. } => say!(look, "fault-unreachable"),
            Self::Refused { reason, sentence, .. } => {
                let own = format!("reason-{}", reason.to_ascii_lowercase().replace('_', "-"));
                look.language.try_say(&own, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| sentence.clone())
            }
        }
    }

    /// Says it on a page, in the visitor's language.
    pub(crate) fn page(&self, visit: &Visit) -> Response {
        let look = &visit.look;
        let (title, words) = match self {
            Self::SignIn => {
                let mut response = frame::redirect("/sign-in");
                if visit.session.is_some() {
                    response.headers_mut().append(http::header::SET_COOKIE, Session::end(visit.audience));
                }
                return response;
            }
            Self::Missing => (say!(look, "fault-missing-title"), html! { p { (say!(look, "fault-missing")) } }),
            Self::Foreign => (say!(look, "fault-foreign-title"), html! { p { (say!(look, "fault-foreign")) } }),
            Self::Entered(key) => {
                (say!(look, "fault-entered-title"), html! { p { (say!(look, key)) } p { (say!(look, "fault-nothing-changed")) } })
            }
            Self::Refused { code: Code::Unavailable | Code::DeadlineExceeded, reason, reference, .. } => {
                let late = reason == "DEADLINE_EXCEEDED" || matches!(self, Self::Refused { code: Code::DeadlineExceeded, .. });
                // A change that was cut off may have been written all the same.
                let then = match (visit.posted, late || reason == "OUTCOME_UNKNOWN") {
                    (true, true) => "fault-outcome-unknown",
                    (true, false) => "fault-try-again",
                    (false, _) => "fault-later",
                };
                let words = html! {
                    p { (say!(look, if late { "fault-slow" } else { "fault-unreachable" })) }
                    p { (say!(look, then)) }
                    @if let Some(reference) = reference { p.soft { (say!(look, "fault-reference", reference = reference.clone())) } }
                };
                (say!(look, "fault-unreachable-title"), words)
            }
            Self::Refused { code, reason, sentence, reference, .. } => {
                let unknown = matches!(code, Code::Internal | Code::Unknown | Code::Cancelled | Code::DataLoss);
                let own = format!("reason-{}", reason.to_ascii_lowercase().replace('_', "-"));
                let words = html! {
                    @match look.language.try_say(&own, &fluent_bundle::FluentArgs::new()) {
                        Some(text) => p { (text) },
                        // Better in English than not at all.
                        None => p lang="en" dir="ltr" { (sentence) },
                    }
                    @if visit.posted { p { (say!(look, if unknown { "fault-outcome-unknown" } else { "fault-nothing-changed" })) } }
                    @if let Some(reference) = reference { p.soft { (say!(look, "fault-reference", reference = reference.clone())) } }
                };
                (say!(look, "fault-refused-title"), words)
            }
        };
        let content = html! {
            (words)
            p { a.button href="/" { (say!(look, visit.audience.home)) } }
        };
        frame::page(visit, self.status(), &title, &content)
    }
}
