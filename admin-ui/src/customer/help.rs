//! Help, in the same place on every page; and how to complain.

use axum::response::Response;
use http::StatusCode;
use maud::html;

use super::outcome;
use crate::frame;
use crate::look::Visit;
use crate::texts::say;

/// Questions, each with an answer of the same name.
const QUESTIONS: [&str; 6] = ["who", "stop", "refused", "unknown", "receipt", "complain"];

pub(super) async fn show(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        (outcome(&visit))
        @for one in QUESTIONS {
            h2 { (look.language.say(&format!("help-{one}"))) }
            p { (look.language.say(&format!("help-{one}-answer"))) }
        }
        @if visit.session.is_some() { p { a.button href="/complaints" { (say!(look, "complaints-title")) } } }
        p { a.button href="/" { (say!(look, "go-home")) } }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "help-title"), &content)
}
