//! What every audience's door has: a token that is typed in, the demo's people, the language. Who is let in, each audience says itself.

use axum::response::Response;
use coffret_proto::v1;
use http::{HeaderValue, header};
use maud::{Markup, html};

use crate::fault::Fault;
use crate::frame::{self, hidden};
use crate::gateway::Gateway;
use crate::look::Visit;
use crate::sent::Sent;
use crate::session::{self, Session};
use crate::texts::{Language, say};

/// How long somebody stays signed in at most, in seconds: half a day.
const SESSION_SECONDS: i64 = 43_200;

/// The people who can be tried out in the demo, with what is said of them.
pub(crate) fn people(visit: &Visit, words: &str) -> Markup {
    let look = &visit.look;
    html! {
        @if let Some(demo) = &visit.demo {
            section aria-labelledby="demo" {
                h2 id="demo" { (say!(look, "demo-title")) }
                p { (words) }
                form method="post" action="/demo-sign-in" {
                    (hidden(visit))
                    ul.people {
                        @for (place, person) in demo.people.iter().enumerate() {
                            li { button name="person" value=(place) { strong { bdi { (person.name) } } span lang="en" dir="auto" { (person.about) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Where a token is typed in.
pub(crate) fn token_form(visit: &Visit, label: &str) -> Markup {
    html! {
        form method="post" action="/sign-in" {
            (hidden(visit))
            div.field {
                label for="secret" { (label) }
                input id="secret" name="secret" type="password" autocomplete="off" required maxlength="128" spellcheck="false";
            }
            button { (say!(visit.look, "sign-in-token-button")) }
        }
    }
}

/// The token that was typed in.
pub(crate) fn typed(sent: &Sent) -> Result<String, Fault> {
    let secret = sent.get("secret");
    if session::is_token(secret) { Ok(secret.to_owned()) } else { Err(Fault::Entered("entered-token")) }
}

/// A token of somebody invented, from the demo's operator.
pub(crate) async fn demo_token(visit: &Visit, sent: &Sent, role: v1::Role) -> Result<String, Fault> {
    let demo = visit.demo.as_ref().ok_or(Fault::Missing)?;
    let person = sent.get("person").parse().ok().and_then(|place: usize| demo.people.get(place)).ok_or(Fault::Missing)?;
    let operator = visit.gateway.with_token(&demo.operator_token);
    let asked = v1::IssueTokenRequest {
        role: role.into(),
        subject: person.subject.clone(),
        lifetime: Some(prost_types::Duration { seconds: SESSION_SECONDS, nanos: 0 }),
        request_id: visit.make_id(),
        ..v1::IssueTokenRequest::default()
    };
    Ok(operator.identity().issue_token(operator.ask(asked)).await?.into_inner().secret)
}

/// The cookie of a session with this token, which is held against the services. Whoever has another role has pages of their own, and would
/// only see refusals here.
pub(crate) async fn cookie(visit: &Visit, gateway: &Gateway, token: String, role: v1::Role) -> Result<HeaderValue, Fault> {
    let who = match gateway.identity().who_am_i(gateway.ask(v1::WhoAmIRequest {})).await {
        Ok(who) => who.into_inner(),
        Err(status) if status.code() == tonic::Code::Unauthenticated => return Err(Fault::Entered("entered-token")),
        Err(status) => return Err(status.into()),
    };
    if who.role != i32::from(role) {
        return Err(Fault::Entered("entered-token"));
    }
    let left = who.expire_time.map_or(0, |end| end.seconds - visit.look.now.as_second());
    Ok(Session { token }.cookie(visit.audience, left.clamp(0, SESSION_SECONDS)))
}

/// The language that was chosen.
pub(crate) fn chosen(sent: &Sent) -> Result<&'static Language, Fault> {
    Language::find(sent.get("language")).ok_or(Fault::Entered("entered-language"))
}

/// Keeps the language, and goes back to the page on which it was chosen.
pub(crate) fn keep(sent: &Sent, language: &Language, zone: &str) -> Response {
    let back = sent.get("back");
    let mut response = frame::redirect(if frame::is_own_path(back) { back } else { "/" });
    response.headers_mut().append(header::SET_COOKIE, session::keep_look(language.tag, zone));
    response
}
