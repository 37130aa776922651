//! What every call passes, in order: policy, caller, limits, authorization, deadline, and a net for panics. Then its service.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::sync::watch;
use tokio::time::Instant;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::Service;

use super::told;
use crate::authorization::{Policies, Policy};
use crate::caller::finder::{Finder, Found, Peer, authorization};
use crate::deadline;
use crate::limit::{Limiter, Seat};
use crate::refusals::Refusals;
use crate::status;
use crate::stream::{Watched, Watchman};

/// How often an open stream asks whether its caller still may.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The parts that every call passes.
pub(crate) struct Front {
    pub(crate) policies: Policies,
    pub(crate) finder: Finder,
    pub(crate) limiter: Limiter,
    pub(crate) refusals: Refusals,
    /// True from the moment a stop begins.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) routes: Routes,
}

/// The gRPC services behind everything that a call passes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Core(pub(crate) Arc<Front>);

impl Service<Request<Body>> for Core {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let front = Arc::clone(&self.0);
        Box::pin(async move {
            if tracing::enabled!(target: "coffret::call", tracing::Level::DEBUG) {
                return Ok(front.answer_and_tell(request).await);
            }
            Ok(front.answer(request).await.unwrap_or_else(Status::into_http))
        })
    }
}

impl Front {
    /// The ordered list of what a call passes.
    async fn answer(self: Arc<Self>, mut request: Request<Body>) -> Result<Response<Body>, Status> {
        let policy = self.policies.get(request.uri().path()).ok_or_else(no_such_method)?;
        let peer = request.extensions().get::<Arc<Peer>>().cloned().ok_or_else(status::unauthenticated)?;
        let entered = self.enter(policy, &peer, request.headers()).await;
        let (credential, found, seat) = entered.inspect_err(|refused| self.refusals.count(refused.code()))?;
        let asked = deadline::asked(request.headers());
        let began = Instant::now();
        request.extensions_mut().insert(Arc::clone(&found.caller));
        let response = self.handle(policy, asked, request).await?;
        if status::is_unauthenticated(&response) {
            // An assertion that was exchanged for nothing.
            self.refusals.count(Code::Unauthenticated);
        }
        if let Some(reason) = status::reason_of_invalid(&response) {
            self.refusals.count_reason(&reason);
        }
        if !policy.streams {
            return Ok(response);
        }
        let until = asked.map(|asked| began + asked);
        let watchman = Arc::clone(&self).watch(policy.clone(), peer, credential, until);
        Ok(watched(response, watchman, seat))
    }

    /// Who calls, by which credential, and their place among their calls at once; or why they are not let in.
    async fn enter(&self, policy: &Policy, peer: &Peer, headers: &HeaderMap) -> Result<(Option<HeaderValue>, Found, Seat), Status> {
        let credential = authorization(headers)?;
        let found = self.find(peer, credential.as_ref()).await?;
        let seat = self.limiter.enter(&found.caller, peer.address)?;
        admit(policy, &found)?;
        Ok((credential, found, seat))
    }

    /// Finds the caller; a refused credential counts against the address that it came from.
    async fn find(&self, peer: &Peer, credential: Option<&HeaderValue>) -> Result<Found, Status> {
        match self.finder.find(peer, credential).await {
            Err(refused) if refused.code() == Code::Unauthenticated => {
                self.limiter.refused(peer.address)?;
                Err(refused)
            }
            other => other,
        }
    }

    /// Runs the service within its time. What it leaves behind when the time is up is what it had committed.
    async fn handle(&self, policy: &Policy, asked: Option<Duration>, request: Request<Body>) -> Result<Response<Body>, Status> {
        let mut routes = self.routes.clone();
        let handler = AssertUnwindSafe(async move { routes.call(request).await }).catch_unwind();
        match tokio::time::timeout(deadline::of_handler(policy, asked), handler).await {
            Ok(Ok(Ok(response))) => Ok(status::in_our_words(response)),
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_)) => Err(status::broken()),
            Err(_) => Err(status::deadline_exceeded()),
        }
    }

    /// Waits until an open stream has to end, and says why.
    fn watch(self: Arc<Self>, policy: Policy, peer: Arc<Peer>, credential: Option<HeaderValue>, until: Option<Instant>) -> Watchman {
        Box::pin(async move {
            let mut stopping = self.stopping.clone();
            let mut looks = tokio::time::interval_at(Instant::now() + LOOK_AGAIN, LOOK_AGAIN);
            looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let end = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::pin!(end);
            loop {
                tokio::select! {
                    () = told(&mut stopping) => return stopping_now(),
                    () = &mut end => return status::deadline_exceeded(),
                    _ = looks.tick() => {}
                }
                match self.finder.find(&peer, credential.as_ref()).await {
                    Ok(found) => {
                        if let Err(refused) = admit(&policy, &found) {
                            return refused;
                        }
                    }
                    // The store may be out of reach for a while: that takes nobody's right away, and gives nobody data.
                    Err(error) if error.code() == Code::Unavailable => {}
                    Err(refused) => return refused,
                }
            }
        })
    }

    /// As [`Self::answer`], with a line in the log: the method, the role, the outcome and the time; never who or what.
    async fn answer_and_tell(self: Arc<Self>, request: Request<Body>) -> Response<Body> {
        let method = request.uri().path().to_owned();
        let known = self.policies.get(&method).is_some();
        let began = Instant::now();
        let answer = self.answer(request).await;
        let code = answer.as_ref().err().map_or(Code::Ok, Status::code);
        let (method, micros) = (if known { &method } else { "unknown" }, began.elapsed().as_micros());
        tracing::debug!(target: "coffret::call", method, %code, micros, "call");
        answer.unwrap_or_else(Status::into_http)
    }
}

fn admit(policy: &Policy, found: &Found) -> Result<(), Status> {
    policy.check(&found.caller)?;
    if found.suspended && !policy.open_to_suspended { Err(status::suspended()) } else { Ok(()) }
}

fn no_such_method() -> Status {
    status::refusal(Code::Unimplemented, "METHOD_UNKNOWN", "There is no such method.")
}

fn stopping_now() -> Status {
    status::refusal(Code::Unavailable, "SERVER_STOPPING", "This server is stopping. Go on with another, or a little later.")
}

/// An answer of several messages under watch. One that is a refusal already has no body to watch.
fn watched(response: Response<Body>, watchman: Watchman, seat: Seat) -> Response<Body> {
    if response.headers().contains_key("grpc-status") {
        return response;
    }
    response.map(|body| Watched::body(body, watchman, seat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::limit::{Limits, Rate};
    use axum::Router;
    use axum::routing::any;
    use coffret_vault::Vault;
    use tonic_types::StatusExt;

    const OPEN: &str = "/coffret.v1.IdentityService/ExchangeAssertion";

    async fn core(routes: Router) -> (Core, Arc<Vault>, tempfile::TempDir) {
        core_with(routes, Limits::none()).await
    }

    async fn core_with(routes: Router, limits: Limits) -> (Core, Arc<Vault>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, _) = coffret_vault::testing::vault_in(folder.path(), 1).await.expect("a vault");
        let front = Front {
            policies: Policies::load(coffret_proto::DESCRIPTOR, &[]).expect("complete"),
            finder: Finder::new(Arc::clone(&vault)),
            limiter: Limiter::new(limits),
            refusals: Refusals::default(),
            stopping: watch::channel(false).1,
            routes: routes.into(),
        };
        (Core(Arc::new(front)), vault, folder)
    }

    async fn call(core: &Core, timeout: Option<&str>) -> Status {
        call_with(core, OPEN, timeout.map(|timeout| ("grpc-timeout", timeout))).await
    }

    async fn call_with(core: &Core, path: &str, header: Option<(&'static str, &str)>) -> Status {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().expect("a path");
        if let Some((name, value)) = header {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        }
        let peer = Peer { address: std::net::Ipv4Addr::LOCALHOST.into(), certificate: None };
        request.extensions_mut().insert(Arc::new(peer));
        let response = core.clone().call(request).await.expect("never fails");
        Status::from_header_map(response.headers()).expect("a status")
    }

    #[tokio::test]
    async fn a_handler_that_panics_answers_that_something_is_broken_and_not_with_what() {
        async fn breaks() {
            panic!("a secret")
        }
        let routes = Router::new().route(OPEN, any(breaks));
        let (core, ..) = core(routes).await;
        let status = call(&core, None).await;
        assert_eq!(status.code(), Code::Internal);
        assert!(!format!("{status:?}").contains("secret"));
        assert!(!status.get_error_details().error_info().expect("ours").metadata["reference"].is_empty());
    }

    #[tokio::test]
    async fn a_handler_that_hangs_is_given_up_when_its_caller_would_give_up() {
        let (core, ..) = core(Router::new().route(OPEN, any(std::future::pending::<()>))).await;
        let answer = tokio::time::timeout(Duration::from_secs(5), call(&core, Some("50m"))).await.expect("in time");
        assert_eq!(answer.code(), Code::DeadlineExceeded);
    }

    #[tokio::test]
    async fn refused_credentials_and_too_many_calls_are_counted_and_other_refusals_are_not() {
        async fn exchanged_for_nothing() -> Response<Body> {
            status::unauthenticated().into_http()
        }
        const READ: &str = "/coffret.v1.AccessService/ReadRecords";
        let routes = Router::new().route(OPEN, any(exchanged_for_nothing));
        let limits = Limits { address: Rate { per_second: 0, at_once: 1 }, ..Limits::none() };
        let (core, ..) = core_with(routes, limits).await;
        assert_eq!(call_with(&core, "/coffret.v1.AccessService/Nothing", None).await.code(), Code::Unimplemented);
        assert_eq!(core.0.refusals.counted(), (0, 0, 0));
        let guess = format!("Bearer cft_{}", "x".repeat(43));
        assert_eq!(call_with(&core, READ, Some(("authorization", &guess))).await.code(), Code::Unauthenticated);
        assert_eq!(call_with(&core, READ, None).await.code(), Code::Unauthenticated);
        assert_eq!(call_with(&core, OPEN, None).await.code(), Code::Unauthenticated);
        assert_eq!(core.0.refusals.counted(), (3, 0, 0), "a guess, no credential, and an assertion that was refused");
        let _seat = core.0.limiter.enter(&Caller::anyone(None), std::net::Ipv4Addr::LOCALHOST.into()).expect("the one place");
        assert_eq!(call_with(&core, OPEN, None).await.code(), Code::ResourceExhausted);
        assert_eq!(core.0.refusals.counted(), (3, 1, 0));
    }

    #[tokio::test]
    async fn refused_passkeys_and_codes_are_counted() {
        async fn refuses() -> Response<Body> {
            let refused = coffret_vault::error::Error::invalid("credential_json", "PASSKEY_REFUSED", "The passkey does not hold here.");
            status::status(refused).into_http()
        }
        let (core, ..) = core(Router::new().route(OPEN, any(refuses))).await;
        for _ in 0..2 {
            assert_eq!(call(&core, None).await.code(), Code::InvalidArgument);
        }
        assert_eq!(core.0.refusals.counted(), (0, 0, 2));
    }
}
