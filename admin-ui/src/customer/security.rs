//! Passkeys, the recovery code, where somebody is signed in, and ending that.

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::html;

use super::{Asked, hidden, inspected, older, outcome, passkey};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Visit};
use crate::sent::Sent;
use crate::texts::say;
use crate::words::id;

/// The tokens that open this vault.
pub(super) async fn show(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let (me, answer) = tokens(&visit, asked.page.as_deref()).await?;
    let known = passkey::list(&visit).await?;
    let enrolled = passkey::is_enrolled(&known);
    let live = |token: &&v1::Token| token.revoke_time.is_none() && look.time(token.expire_time.as_ref()).is_some_and(|end| end > look.now);
    let tokens: Vec<&v1::Token> = answer.tokens.iter().filter(live).collect();
    let passkeys = passkey::section(&visit, &known, me.scopes.iter().any(|scope| scope == "passkey.write"));
    let may = |scope: &str| me.scopes.iter().any(|own| own == scope);
    let inspected = if may("ledger.read") {
        inspected::section(&visit).await?
    } else {
        html! {}
    };
    let content = html! {
        (outcome(&visit))
        p.lead { (say!(look, "security-lead", count = tokens.len())) }
        (passkeys)
        h2 { (say!(look, "security-sessions")) }
        ul.cards {
            @for token in tokens {
                li.card {
                    dl {
                        dt { (say!(look, "security-began")) }
                        dd { @if let Some(at) = look.time(token.create_time.as_ref()) { (look.ago(at)) } }
                        dt { (say!(look, "security-ends")) }
                        dd { @if let Some(at) = look.time(token.expire_time.as_ref()) { (look.moment(at)) } }
                    }
                    @if enrolled && token.passkey.is_empty() { p.soft { (say!(look, "security-issued")) } }
                    @if me.credential == token.name { p { strong { (say!(look, "security-this")) } } }
                    form method="post" action="/security/end" {
                        (hidden(&visit))
                        input type="hidden" name="token" value=(id(&token.name));
                        button { (say!(look, "security-end")) }
                    }
                }
            }
        }
        (older(&visit, &answer.next_page_token, ""))
        (inspected)
        h2 { (say!(look, "security-more")) }
        ul {
            li { a href="/export" { (say!(look, "export-title")) } }
            li { a href="/erase" { (say!(look, "erase-title")) } }
        }
    };
    Ok(frame::page_with_script(&visit, StatusCode::OK, &say!(look, "security-title"), &content))
}

/// What the visitor came with, and a page of all.
async fn tokens(visit: &Visit, page: Option<&str>) -> Result<(v1::WhoAmIResponse, v1::ListTokensResponse), Fault> {
    let gateway = &visit.gateway;
    let asked = v1::ListTokensRequest { page_size: 50, page_token: page.unwrap_or_default().to_owned() };
    let answer = gateway.identity().list_tokens(gateway.ask(asked)).await?.into_inner();
    let who = gateway.identity().who_am_i(gateway.ask(v1::WhoAmIRequest {})).await?.into_inner();
    Ok((who, answer))
}

/// Ends one of them.
pub(super) async fn end(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let token = sent.get("token");
    let asked = v1::RevokeTokenRequest { name: format!("tokens/{token}"), request_id: sent.get("request_id").to_owned() };
    visit.gateway.identity().revoke_token(visit.gateway.ask(asked)).await?;
    Ok(frame::done("/security", "ended"))
}

/// Ends the visitor's own token; nothing is wrong where there is none any more.
pub(super) async fn end_own(visit: &Visit) -> Result<(), Fault> {
    if visit.session.is_none() {
        return Ok(());
    }
    let gateway = &visit.gateway;
    let who = match gateway.identity().who_am_i(gateway.ask(v1::WhoAmIRequest {})).await {
        Ok(who) => who.into_inner(),
        Err(status) if status.code() == tonic::Code::Unauthenticated => return Ok(()),
        Err(status) => return Err(status.into()),
    };
    let asked = v1::RevokeTokenRequest { name: who.credential, request_id: visit.make_id() };
    gateway.identity().revoke_token(gateway.ask(asked)).await?;
    Ok(())
}
