//! What the page says, and what it must never do.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::*;

async fn get(path: &str, status: Status) -> (StatusCode, axum::http::HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let answer = router(status).oneshot(request).await.expect("infallible");
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("short");
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).expect("text"))
}

fn status() -> Status {
    Status { version: "0.1.0", grpc: "127.0.0.1:8443".to_owned(), database: "sqlite" }
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    for (path, code) in [("/", StatusCode::OK), (STYLE_PATH, StatusCode::OK), ("/nowhere", StatusCode::NOT_FOUND)] {
        let (found, headers, _) = get(path, status()).await;
        assert_eq!(found, code, "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn content_has_its_own_type() {
    assert_eq!(get("/", status()).await.1[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(get(STYLE_PATH, status()).await.1[header::CONTENT_TYPE], "text/css; charset=utf-8");
}

#[tokio::test]
async fn the_page_needs_nothing_that_the_policy_forbids() {
    let (_, _, text) = get("/", status()).await;
    for forbidden in ["<script", "style=", "<style", "<img", "<form", "http://", "https://", "onclick"] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
    assert!(text.contains(r#"<html lang="en" dir="ltr">"#) && text.contains("The portal comes later"));
}

#[tokio::test]
async fn what_is_shown_is_escaped() {
    let status = Status { version: "<b>&", grpc: r#""><script>alert(1)</script>"#.to_owned(), database: "sqlite" };
    let (_, _, text) = get("/", status).await;
    assert!(!text.contains("<script") && !text.contains("<b>"), "{text}");
    assert!(text.contains("&lt;script&gt;") && text.contains("&lt;b&gt;&amp;"));
}
