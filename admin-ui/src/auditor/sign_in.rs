//! Coming in with a token, and leaving; the language.

use axum::response::Response;
use coffret_proto::v1;
use http::{StatusCode, header};
use maud::html;

use crate::door;
use crate::fault::Fault;
use crate::frame;
use crate::look::Visit;
use crate::sent::Sent;
use crate::session::Session;
use crate::texts::say;

pub(super) async fn show(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "audit-sign-in-lead")) }
        (door::people(&visit, &say!(look, "audit-demo-words")))
        section aria-labelledby="token" {
            h2 id="token" { (say!(look, "audit-token-title")) }
            p { (say!(look, "audit-token-words")) }
            (door::token_form(&visit, &say!(look, "audit-token-label")))
        }
        p { (say!(look, "audit-sign-in-promise")) }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "audit-sign-in-title"), &content)
}

/// Comes in with a token that an operator has given.
pub(super) async fn enter(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    welcome(&visit, door::typed(&sent)?).await
}

/// Comes in as somebody invented.
pub(super) async fn enter_demo(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let token = door::demo_token(&visit, &sent, v1::Role::Auditor).await?;
    welcome(&visit, token).await
}

/// Holds the token against the services, and begins a session.
async fn welcome(visit: &Visit, token: String) -> Result<Response, Fault> {
    let gateway = visit.gateway.with_token(&token);
    let cookie = door::cookie(visit, &gateway, token, v1::Role::Auditor).await?;
    let mut response = frame::redirect("/");
    response.headers_mut().append(header::SET_COOKIE, cookie);
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
    let language = door::chosen(&sent)?;
    let zone = visit.look.zone.iana_name().unwrap_or("UTC");
    Ok(door::keep(&sent, language, zone))
}
