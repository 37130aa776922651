//! The pages without a vault behind them: what they say when it refuses or is away, and what they never do.

use http::{Request, StatusCode, header};

use super::router;
use crate::testing::{ask, foundation};

const HERE: &str = "https://my.example.org";
const COOKIE: &str = "__Host-coffret-my=cft_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Pages over services that answer every call with this status.
fn pages(status: tonic::Status) -> axum::Router {
    router(foundation(status, HERE))
}

fn get(path: &str) -> http::request::Builder {
    Request::get(path).header("cookie", COOKIE)
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_door() {
    for path in
        ["/", "/data", "/reads", "/receipts", "/export", "/erase", "/security", "/requests/x", "/access/x/stop", "/data/add/body.height"]
    {
        let (answer, _) = ask(pages(tonic::Status::internal("not asked")), Request::get(path), "").await;
        assert_eq!(
            (answer.status(), &answer.headers()[header::LOCATION]),
            (StatusCode::SEE_OTHER, &"/sign-in".parse().expect("a header")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_taken_out_of_the_browser() {
    let (answer, _) = ask(pages(tonic::Status::unauthenticated("over")), get("/"), "").await;
    assert_eq!(answer.headers()[header::LOCATION], "/sign-in");
    assert!(answer.headers()[header::SET_COOKIE].to_str().expect("a text").starts_with("__Host-coffret-my=; "), "and ends");
    assert!(answer.headers()[header::SET_COOKIE].to_str().expect("a text").contains("Max-Age=0"));
}

#[tokio::test]
async fn a_vault_that_is_away_is_said_to_be_shut() {
    let (answer, text) = ask(pages(tonic::Status::unavailable("a secret cause")), get("/"), "").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text.contains("No one can read your data through it while this lasts."), "{text}");
    assert!(!text.contains("a secret cause"));
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn what_is_unknown_and_what_is_refused_are_said_in_the_visitors_language() {
    let french = get("/").header("accept-language", "fr");
    let (answer, text) = ask(pages(tonic::Status::not_found("gone")), french, "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(text.contains("<html lang=\"fr\" dir=\"ltr\">"), "{text}");
    let (answer, text) = ask(pages(tonic::Status::failed_precondition("<script>no</script>")), get("/"), "").await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("&lt;script&gt;no&lt;/script&gt;") && !text.contains("<script>"), "the sentence is text: {text}");
    let (answer, _) = ask(pages(tonic::Status::internal("")), Request::delete("/data"), "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "another method finds nothing");
}

#[tokio::test]
async fn a_form_from_elsewhere_reaches_no_service() {
    // A service that is reached would answer with its own status.
    for (origin, body) in [("https://evil.example", "secret=x"), ("null", "secret=x"), (HERE, "form_key=wrong&secret=x")] {
        let post = Request::post("/security/end").header("cookie", COOKIE).header("origin", origin);
        let post = post.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (answer, _) = ask(pages(tonic::Status::data_loss("reached")), post, body).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
    }
}

#[tokio::test]
async fn the_demos_door_is_not_there_outside_the_demo() {
    let post = Request::post("/demo-sign-in").header("origin", HERE).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let (answer, _) = ask(pages(tonic::Status::internal("not asked")), post, "person=0").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let (_, text) = ask(pages(tonic::Status::internal("not asked")), Request::get("/sign-in"), "").await;
    assert!(!text.contains("demo-sign-in") && !text.contains("Demo:"), "{text}");
}
