//! Pages without a vault behind them.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, Response};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::{Foundation, Visitor};

/// What pages stand on when the services answer every call with this status.
pub(crate) fn foundation(status: tonic::Status, origin: &str) -> Foundation {
    let services = tower::service_fn(move |_: Request<tonic::body::Body>| {
        let status = status.clone();
        async move { Ok::<_, tonic::Status>(status.into_http::<tonic::body::Body>()) }
    });
    let now = || jiff::Timestamp::from_second(1_795_000_000).expect("in range");
    Foundation::new(BoxCloneSyncService::new(services), origin, now, || Some(uuid::Uuid::nil()))
}

/// The answer of the pages to one request, with its text.
pub(crate) async fn ask(pages: Router, request: http::request::Builder, body: &str) -> (Response<()>, String) {
    let visitor = Visitor(std::net::Ipv4Addr::LOCALHOST.into());
    let request = request.extension(visitor).body(Body::from(body.to_owned())).expect("a request");
    let (parts, body) = pages.oneshot(request).await.expect("never fails").into_parts();
    let text = String::from_utf8(to_bytes(body, 1 << 20).await.expect("a body").to_vec()).expect("text");
    (Response::from_parts(parts, ()), text)
}
