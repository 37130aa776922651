//! The auditor's pages without a vault behind them: who is let in, and what they never do. With one: `services/tests/integration/audit.rs`.

use http::{Request, StatusCode, header};

use super::router;
use crate::testing::{ask, foundation};

const HERE: &str = "https://audit.example.org";
const TOKEN: &str = "cft_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const PATHS: [&str; 8] = ["/", "/checkpoint", "/log", "/log/7", "/log/7/entry.tlog-proof", "/verify", "/verify/files", "/export"];

/// Pages over services that answer every call with this status.
fn pages(status: tonic::Status) -> axum::Router {
    router(foundation(status, HERE))
}

fn get(path: &str, cookie: &str) -> http::request::Builder {
    Request::get(path).header("cookie", format!("{cookie}={TOKEN}"))
}

#[tokio::test]
async fn without_a_session_of_their_own_every_page_leads_to_the_door() {
    for path in PATHS {
        for request in [Request::get(path), get(path, "__Host-coffret-my")] {
            let (answer, _) = ask(pages(tonic::Status::internal("not asked")), request, "").await;
            let led = (answer.status(), &answer.headers()[header::LOCATION]);
            assert_eq!(led, (StatusCode::SEE_OTHER, &"/sign-in".parse().expect("a header")), "{path}");
        }
    }
}

#[tokio::test]
async fn who_it_is_is_asked_for_every_page_and_a_session_that_is_over_ends() {
    for path in PATHS {
        let (answer, _) = ask(pages(tonic::Status::unauthenticated("over")), get(path, "__Host-coffret-audit"), "").await;
        assert_eq!(answer.headers()[header::LOCATION], "/sign-in", "{path}");
        let ended = answer.headers()[header::SET_COOKIE].to_str().expect("a text").to_owned();
        assert!(ended.starts_with("__Host-coffret-audit=; ") && ended.contains("Max-Age=0"), "{ended}");
        let (answer, text) = ask(pages(tonic::Status::unavailable("a secret cause")), get(path, "__Host-coffret-audit"), "").await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!text.contains("a secret cause"));
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_and_the_demos_door_reach_nothing() {
    for (path, body) in [("/log/open", "reason=x"), ("/export", "reason=x"), ("/verify", "key="), ("/sign-out", "")] {
        for origin in ["https://evil.example", "null", "https://my.example.org"] {
            let post = Request::post(path).header("origin", origin).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let post = post.header("cookie", format!("__Host-coffret-audit={TOKEN}"));
            let (answer, _) = ask(pages(tonic::Status::unauthenticated("reached")), post, body).await;
            // Who it is is asked before a form is read; either way nothing is done.
            assert!(answer.status() == StatusCode::FORBIDDEN || answer.status() == StatusCode::SEE_OTHER, "{path} {origin}");
        }
    }
    let post = Request::post("/demo-sign-in").header("origin", HERE).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let (answer, _) = ask(pages(tonic::Status::internal("not asked")), post, "person=0").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let (_, text) = ask(pages(tonic::Status::internal("not asked")), Request::get("/sign-in"), "").await;
    assert!(!text.contains("demo-sign-in") && text.contains("For auditors"), "{text}");
}

#[tokio::test]
async fn the_customers_pages_are_not_here() {
    for path in ["/data", "/reads", "/receipts", "/erase", "/stop-all", "/passkey.js"] {
        let (answer, _) = ask(pages(tonic::Status::internal("not asked")), get(path, "__Host-coffret-audit"), "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
