//! Coming in and leaving; the language.

use axum::response::Response;
use coffret_proto::v1;
use http::{HeaderValue, StatusCode, header};
use maud::html;

use super::{hidden, passkey};
use crate::fault::Fault;
use crate::frame;
use crate::gateway::Gateway;
use crate::look::Visit;
use crate::sent::Sent;
use crate::session::{self, Session};
use crate::texts::{Language, say};

/// How long somebody stays signed in, in seconds: half a day.
const SESSION_SECONDS: i64 = 43_200;

/// The first page for whoever is not signed in.
pub(super) async fn show(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "sign-in-lead")) }
        (passkey::way_in(&visit))
        @if let Some(demo) = &visit.demo {
            section aria-labelledby="demo" {
                h2 id="demo" { (say!(look, "demo-title")) }
                p { (say!(look, "demo-words")) }
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
            h2 id="token" { (say!(look, "sign-in-token-title")) }
            p { (say!(look, "sign-in-token-words")) " " (say!(look, "sign-in-token-once")) }
            form method="post" action="/sign-in" {
                (hidden(&visit))
                div.field {
                    label for="secret" { (say!(look, "sign-in-token-label")) }
                    input id="secret" name="secret" type="password" autocomplete="off" required maxlength="128" spellcheck="false";
                }
                button { (say!(look, "sign-in-token-button")) }
            }
        }
        p { (say!(look, "sign-in-promise")) }
    };
    frame::page_with_script(&visit, StatusCode::OK, &say!(look, "sign-in-title"), &content)
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
        role: v1::Role::Customer.into(),
        subject: person.subject.clone(),
        lifetime: Some(prost_types::Duration { seconds: SESSION_SECONDS, nanos: 0 }),
        request_id: visit.make_id(),
        ..v1::IssueTokenRequest::default()
    };
    let issued = operator.identity().issue_token(operator.ask(asked)).await?.into_inner();
    welcome(&visit, issued.secret).await
}

/// Holds the token against the services, begins a session, and ends the one that there was.
pub(super) async fn welcome(visit: &Visit, token: String) -> Result<Response, Fault> {
    let cookies = cookies(visit, token.clone()).await?;
    if visit.session.as_ref().is_some_and(|before| before.token != token) {
        // It may be over already; that is as well.
        let _ = super::security::end_own(visit).await;
    }
    let mut response = frame::redirect("/");
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The cookies of a session with this token, which is held against the services.
pub(super) async fn cookies(visit: &Visit, token: String) -> Result<Vec<HeaderValue>, Fault> {
    let gateway = visit.gateway.with_token(&token);
    let who = match gateway.identity().who_am_i(gateway.ask(v1::WhoAmIRequest {})).await {
        Ok(who) => who.into_inner(),
        Err(status) if status.code() == tonic::Code::Unauthenticated => return Err(Fault::Entered("entered-token")),
        Err(status) => return Err(status.into()),
    };
    // Others have pages of their own; here they would only see refusals.
    if who.role != i32::from(v1::Role::Customer) {
        return Err(Fault::Entered("entered-token"));
    }
    let customer = account(&gateway).await?;
    let left = who.expire_time.map_or(0, |end| end.seconds - visit.look.now.as_second());
    let language = Language::find(&customer.language).unwrap_or(visit.look.language);
    Ok(vec![
        Session { token }.cookie(visit.audience, left.clamp(0, SESSION_SECONDS)),
        session::keep_look(language.tag, &customer.time_zone),
    ])
}

async fn account(gateway: &Gateway) -> Result<v1::Customer, Fault> {
    let asked = v1::GetCustomerRequest { name: "customers/me".to_owned() };
    let answer = gateway.identity().get_customer(gateway.ask(asked)).await?.into_inner();
    Ok(answer.customer.unwrap_or_default())
}

/// Ends the session: the token opens nothing any more, wherever it was copied to.
pub(super) async fn leave(visit: Visit, _sent: Sent) -> Result<Response, Fault> {
    super::security::end_own(&visit).await?;
    let mut response = frame::redirect("/sign-in");
    response.headers_mut().append(header::SET_COOKIE, Session::end(visit.audience));
    Ok(response)
}

/// Changes the language of the pages, and of the notices and messages to whoever is signed in.
pub(super) async fn language(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let language = Language::find(sent.get("language")).ok_or(Fault::Entered("entered-language"))?;
    let mut zone = visit.look.zone.iana_name().unwrap_or("UTC").to_owned();
    if visit.session.is_some() {
        let asked = v1::UpdateCustomerRequest {
            customer: Some(v1::Customer { name: "customers/me".to_owned(), language: language.tag.to_owned(), ..v1::Customer::default() }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["language".to_owned()] }),
            request_id: visit.make_id(),
        };
        match visit.gateway.identity().update_customer(visit.gateway.ask(asked)).await {
            Ok(answer) => zone = answer.into_inner().customer.map(|customer| customer.time_zone).unwrap_or(zone),
            // Whoever's session is over still reads pages.
            Err(status) if status.code() == tonic::Code::Unauthenticated => {}
            Err(status) => return Err(status.into()),
        }
    }
    let back = sent.get("back");
    let mut response = frame::redirect(if frame::is_own_path(back) { back } else { "/" });
    response.headers_mut().append(header::SET_COOKIE, session::keep_look(language.tag, &zone));
    Ok(response)
}
