//! Coming in and leaving; the language.

use axum::response::Response;
use coffret_proto::v1;
use http::{HeaderValue, StatusCode, header};
use maud::html;

use super::passkey;
use crate::door;
use crate::fault::Fault;
use crate::frame;
use crate::gateway::Gateway;
use crate::look::Visit;
use crate::sent::Sent;
use crate::session::{self, Session};
use crate::texts::{Language, say};

/// The first page for whoever is not signed in.
pub(super) async fn show(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "sign-in-lead")) }
        (passkey::way_in(&visit))
        (door::people(&visit, &say!(look, "demo-words")))
        section aria-labelledby="token" {
            h2 id="token" { (say!(look, "sign-in-token-title")) }
            p { (say!(look, "sign-in-token-words")) " " (say!(look, "sign-in-token-once")) }
            (door::token_form(&visit, &say!(look, "sign-in-token-label")))
        }
        p { (say!(look, "sign-in-promise")) }
    };
    frame::page_with_script(&visit, StatusCode::OK, &say!(look, "sign-in-title"), &content)
}

/// Comes in with a token that an operator has given.
pub(super) async fn enter(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    welcome(&visit, door::typed(&sent)?).await
}

/// Comes in as somebody invented.
pub(super) async fn enter_demo(visit: Visit, sent: Sent) -> Result<Response, Fault> {
    let token = door::demo_token(&visit, &sent, v1::Role::Customer).await?;
    welcome(&visit, token).await
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
    let cookie = door::cookie(visit, &gateway, token, v1::Role::Customer).await?;
    let customer = account(&gateway).await?;
    let language = Language::find(&customer.language).unwrap_or(visit.look.language);
    Ok(vec![cookie, session::keep_look(language.tag, &customer.time_zone)])
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
    let language = door::chosen(&sent)?;
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
    Ok(door::keep(&sent, language, &zone))
}
