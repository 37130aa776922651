//! Erasing everything.

use axum::response::Response;
use coffret_proto::v1;
use http::{StatusCode, header};
use maud::html;

use super::{deletions, hidden};
use crate::fault::Fault;
use crate::frame;
use crate::look::Customer;
use crate::sent::Sent;
use crate::session::Session;
use crate::texts::say;

/// What the services want to hear before they erase an account.
const CONFIRMATION: &str = "erase everything";

pub(super) async fn ask(Customer(visit): Customer) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let stored = deletions::stored(&visit).await?;
    let content = html! {
        p.lead { (say!(look, "erase-lead")) }
        ul {
            @for key in ["erase-data", "erase-access", "erase-log", "erase-brands", "erase-final"] { li { (say!(look, key)) } }
        }
        h2 { (say!(look, "deletions-title")) }
        (deletions::table(look, &catalogue, &stored))
        p { a.button href="/export" { (say!(look, "erase-export-first")) } }
        form method="post" {
            (hidden(&visit))
            label.check { input type="checkbox" name="sure" value="yes" required; span { (say!(look, "erase-sure")) } }
            p.row { button { (say!(look, "erase-button")) } a.button href="/" { (say!(look, "keep-as-it-is")) } }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "erase-title"), &content))
}

pub(super) async fn erase(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    if sent.get("sure") != "yes" {
        return Err(Fault::Entered("entered-sure"));
    }
    let asked = v1::EraseCustomerRequest {
        name: "customers/me".to_owned(),
        confirmation: CONFIRMATION.to_owned(),
        request_id: sent.get("request_id").to_owned(),
    };
    visit.gateway.identity().erase_customer(visit.gateway.ask(asked)).await?;
    let mut response = frame::done("/help", "erased");
    response.headers_mut().append(header::SET_COOKIE, Session::end(visit.audience));
    Ok(response)
}
