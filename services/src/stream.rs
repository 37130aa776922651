//! Answers of several messages: each ends when its time is up, when its caller's credential ends, and when the server stops.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use crate::limit::Seat;
use crate::status;

/// Resolves with the reason for which the stream ends before its time.
pub(crate) type Watchman = Pin<Box<dyn Future<Output = Status> + Send>>;

/// A body that a watchman may end. It holds its caller's place among the calls at once.
pub(crate) struct Watched {
    inner: Body,
    watchman: Watchman,
    ended: bool,
    _seat: Seat,
}

impl Watched {
    /// Watches over a body.
    pub(crate) fn body(inner: Body, watchman: Watchman, seat: Seat) -> Body {
        Body::new(Self { inner, watchman, ended: false, _seat: seat })
    }

    fn end(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.ended = true;
        let mut trailers = HeaderMap::new();
        // The status is ours; were it not writable, the stream would end without one, which is a failure for the caller too.
        let _ = status.add_header(&mut trailers);
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(status) = self.watchman.as_mut().poll(context) {
            return self.end(&status);
        }
        let this = &mut *self;
        match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut this.inner).poll_frame(context))) {
            Ok(polled) => polled,
            Err(_) => self.end(&status::broken()),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::limit::{Limiter, Limits};
    use http_body_util::BodyExt;
    use tonic::Code;

    struct Endless;

    impl HttpBody for Endless {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"more")))))
        }
    }

    struct Panics;

    impl HttpBody for Panics {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            panic!("a secret")
        }
    }

    fn seat() -> Seat {
        let home = std::net::Ipv4Addr::LOCALHOST.into();
        Limiter::new(Limits::none()).enter(&Caller::anyone(None), home).expect("no limits")
    }

    async fn end(mut body: Body) -> Code {
        loop {
            let frame = body.frame().await.expect("a last frame").expect("no failure");
            if let Ok(trailers) = frame.into_trailers() {
                assert!(body.frame().await.is_none(), "nothing comes after the end");
                return Status::from_header_map(&trailers).expect("a status").code();
            }
        }
    }

    #[tokio::test]
    async fn a_stream_that_always_has_more_ends_when_the_watchman_says_so() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let watchman = Box::pin(async move { told.await.expect("told") });
        let mut body = Watched::body(Body::new(Endless), watchman, seat());
        assert!(body.frame().await.expect("a frame").expect("no failure").is_data());
        tell.send(status::unauthenticated()).expect("heard");
        assert_eq!(end(body).await, Code::Unauthenticated);
    }

    #[tokio::test]
    async fn a_stream_that_panics_ends_as_broken() {
        let body = Watched::body(Body::new(Panics), Box::pin(std::future::pending()), seat());
        assert_eq!(end(body).await, Code::Internal);
    }
}
