//! Pages for people in a browser. So far there is one: it says what is running, and where to go on.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

/// The style sheet; an address of its own, so that the policy needs no exception for inline styles.
const STYLE: &str = include_str!("../assets/style.css");
/// Where the style sheet is.
const STYLE_PATH: &str = "/style.css";

/// Sent with every answer: nothing runs, nothing loads but our own style sheet, nobody frames us.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What the page tells.
#[derive(Clone, Debug)]
pub struct Status {
    /// The version of the server.
    pub version: &'static str,
    /// Where the gRPC services are, as `host:port`.
    pub grpc: String,
    /// The kind of database.
    pub database: &'static str,
}

/// The pages, to be served on a loopback address or behind TLS.
pub fn router(status: Status) -> Router {
    Router::new().route("/", get(home)).route(STYLE_PATH, get(style)).fallback(missing).with_state(status)
}

fn page(code: StatusCode, content: &Markup) -> Response {
    (code, HEADERS, Html(content.0.clone())).into_response()
}

async fn style() -> Response {
    // The page's own headers last: the kind of content is the sheet's.
    (HEADERS, [(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

async fn missing() -> Response {
    let content = frame("Nothing here", &html! { p { "This address leads nowhere. " a href="/" { "Go to the first page" } "." } });
    page(StatusCode::NOT_FOUND, &content)
}

async fn home(State(status): State<Status>) -> Response {
    page(StatusCode::OK, &render(&status))
}

fn render(status: &Status) -> Markup {
    frame(
        "Coffret",
        &html! {
            p.lead {
                "A vault for personal data. You keep your data in it, encrypted. Brands ask for what they need, for a reason, for a time. "
                "You say yes, no, or less."
            }
            h2 { "What runs here" }
            dl {
                dt { "Version" }
                dd { (status.version) }
                dt { "Database" }
                dd { (status.database) }
                dt { "gRPC services, with TLS" }
                dd { bdi { (status.grpc) } }
            }
            h2 { "What this page is" }
            p { "This is the only page so far. The portal comes later: there you will see who reads your data, decide, and stop access." }
            p { "Until then, everything works through the gRPC services. The terminal that started this shows calls to copy." }
            h2 { "Read on" }
            ul {
                li { code { "README.md" } ": what is promised, whom you trust with what, and where everything is." }
                li { code { "proto/coffret/v1" } ": the contract, each call with who can make it." }
                li { code { "deploy/README.md" } ": how to run it and how to work on it." }
            }
        },
    )
}

fn frame(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href=(STYLE_PATH);
            }
            body {
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
