//! Coming in with a token, and leaving; the language.

use axum::response::Response;
use coffret_proto::v1;
use http::{StatusCode, header};
use maud::html;

use crate::fault::Fault;
use crate::frame::{self, hidden};
use crate::look::Visit;
use crate::sent::Sent;
use crate::session::{self, Session};
use crate::texts::{Language, say};

/// How long somebody stays signed in at most, in seconds: half a day.
const SESSION_SECONDS: i64 = 43_200;

pub(super) async fn show(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "audit-sign-in-lead")) }
        @if let Some(demo) = &visit.demo {
            section aria-labelledby="demo" {
                h2 id="demo" { (say!(look, "demo-title")) }
                p { (say!(look, "audit-demo-words")) }
                form method="post" action="/demo-sign-in" {
                    (hidden(&visit))
                    ul.people {
                        @for (place, person) in demo.people.iter().enumerate() {
                            li { button name="person" value=(place) { strong { bdi { (person.name) } } span lang="en" dir="auto" { (person.about) } } }
                        }
                    }
                }
            }
        }
        section aria-labelledby="token" {
            h2 id="token" { (say!(look, "audit-token-title")) }
            p { (say!(look, "audit-token-words")) }
            form method="post" action="/sign-in" {
                (hidden(&visit))
                div.field {
                    label for="secret" { (say!(look, "audit-token-label")) }
                    input id="secret" name="secret" type="password" autocomplete="off" required maxlength="128" spellcheck="false";
                }
                button { (say!(look, "sign-in-token-button")) }
            }
        }
        p { (say!(look, "audit-sign-in-promise")) }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "audit-sign-in-title"), &content)
}

/// Comes in with a token that an operator has given.
pub(super) async fn enter(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let secret = sent.get("secret");
    if !session::is_token(secret) {
        return Err(Fault::Entered("entered-token"));
    }
    welcome(&visit, secret.to_owned()).await
}

/// Comes in as somebody invented.
pub(super) async fn enter_demo(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let demo = visit.demo.as_ref().ok_or(Fault::Missing)?;
    let person = sent.get("person").parse().ok().and_then(|place: usize| demo.people.get(place)).ok_or(Fault::Missing)?;
    let operator = visit.gateway.with_token(&demo.operator_token);
    let asked = v1::IssueTokenRequest {
        role: v1::Role::Auditor.into(),
        subject: person.subject.clone(),
        lifetime: Some(prost_types::Duration { seconds: SESSION_SECONDS, nanos: 0 }),
        request_id: visit.make_id(),
        ..v1::IssueTokenRequest::default()
    };
    let issued = operator.identity().issue_token(operator.ask(asked)).await?.into_inner();
    welcome(&visit, issued.secret).await
}

/// Holds the token against the services, and begins a session.
async fn welcome(visit: &Visit, token: String) -> Result<Response, Fault> {
    let gateway = visit.gateway.with_token(&token);
    let who = match gateway.identity().who_am_i(gateway.ask(v1::WhoAmIRequest {})).await {
        Ok(who) => who.into_inner(),
        Err(status) if status.code() == tonic::Code::Unauthenticated => return Err(Fault::Entered("entered-token")),
        Err(status) => return Err(status.into()),
    };
    // Others have pages of their own.
    if who.role != i32::from(v1::Role::Auditor) {
        return Err(Fault::Entered("entered-token"));
    }
    let left = who.expire_time.map_or(0, |end| end.seconds - visit.look.now.as_second());
    let mut response = frame::redirect("/");
    response.headers_mut().append(header::SET_COOKIE, Session { token }.cookie(visit.audience, left.clamp(0, SESSION_SECONDS)));
    Ok(response)
}

/// Takes the token out of the browser. It is the auditor's own, and goes on to its end: others of their tools hold it as well.
pub(super) async fn leave(visit: Visit, _sent: Sent) -> Response {
    let mut response = frame::redirect("/sign-in");
    response.headers_mut().append(header::SET_COOKIE, Session::end(visit.audience));
    response
}

/// Changes the language of the pages.
pub(super) async fn language(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let language = Language::find(sent.get("language")).ok_or(Fault::Entered("entered-language"))?;
    let back = sent.get("back");
    let mut response = frame::redirect(if frame::is_own_path(back) { back } else { "/" });
    let zone = visit.look.zone.iana_name().unwrap_or("UTC");
    response.headers_mut().append(header::SET_COOKIE, session::keep_look(language.tag, zone));
    Ok(response)
}
