//! Help for auditors, in the same place on every page.

use axum::response::Response;
use http::StatusCode;
use maud::html;

use crate::frame;
use crate::look::Visit;
use crate::texts::say;

/// Questions, each with an answer of the same name.
const QUESTIONS: [&str; 6] = ["see", "open", "key", "proof", "witness", "wrong"];

pub(super) async fn show(visit: Visit) -> Response {
    let look = &visit.look;
    let content = html! {
        @for one in QUESTIONS {
            h2 { (look.language.say(&format!("audit-help-{one}"))) }
            p { (look.language.say(&format!("audit-help-{one}-answer"))) }
        }
        p { a.button href="/" { (say!(look, "audit-go-home")) } }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "help-title"), &content)
}
