//! How a page looks to its visitor: the language, the time zone, the present; and who visits.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use coffret_proto::v1;
use http::request::Parts;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::audience::Audience;
use crate::catalogue::{Catalogue, Catalogues};
use crate::fault::Fault;
use crate::gateway::{Gateway, Visitor};
use crate::session::{self, Session};
use crate::texts::{Language, say};
use crate::{Demo, Foundation};

/// How things are written for this visitor.
#[derive(Clone)]
pub(crate) struct Look {
    pub(crate) language: &'static Language,
    pub(crate) zone: TimeZone,
    pub(crate) now: Timestamp,
}

impl Look {
    /// By what the browser keeps; by what it accepts where it keeps nothing.
    pub(crate) fn of(headers: &http::HeaderMap, now: Timestamp) -> Self {
        let kept = session::kept_look(headers);
        let accepted = || {
            let header = headers.get(http::header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            header.map_or_else(Language::default, Language::accepted)
        };
        let language = kept.as_ref().and_then(|(language, _)| Language::find(language)).unwrap_or_else(accepted);
        let zone = kept.and_then(|(_, zone)| TimeZone::get(&zone).ok()).unwrap_or(TimeZone::UTC);
        Self { language, zone, now }
    }

    /// A moment on the wire; none where it is absent, or beyond what calendars hold.
    #[expect(clippy::unused_self, reason = "pages ask their look for everything about time")]
    pub(crate) fn time(&self, at: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
        at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
    }

    pub(crate) fn date(&self, at: Timestamp) -> String {
        self.language.date(at, &self.zone)
    }

    /// A day and minute.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        self.language.moment(at, &self.zone)
    }

    /// A coming day in a sentence, and how far away it is: `until 1 March 2027, in 99 days`.
    pub(crate) fn until(&self, at: Timestamp) -> String {
        self.coming("until", at)
    }

    /// A coming day for itself, and how far away it is: `1 March 2027, in 99 days`.
    pub(crate) fn left(&self, at: Timestamp) -> String {
        self.coming("left", at)
    }

    fn coming(&self, how: &str, at: Timestamp) -> String {
        let minutes = at.duration_since(self.now).as_mins();
        // Rounded up: what has begun is still there.
        let (hours, days) = ((minutes + 59) / 60, (minutes + 1439) / 1440);
        match hours.max(i64::from(at > self.now)) {
            ..1 => say!(self, &format!("{how}-over"), date = self.date(at)),
            1..48 => say!(self, &format!("{how}-hours"), date = self.moment(at), hours = hours.max(1)),
            _ => say!(self, &format!("{how}-days"), date = self.date(at), days = days),
        }
    }

    /// A past moment, and how long ago it was.
    pub(crate) fn ago(&self, at: Timestamp) -> String {
        let passed = self.now.duration_since(at);
        let moment = self.moment(at);
        let (minutes, hours) = (passed.as_mins(), passed.as_hours());
        match (minutes, hours) {
            (..1, _) => say!(self, "ago-now", moment = moment),
            (..60, _) => say!(self, "ago-minutes", moment = moment, minutes = minutes),
            (_, ..48) => say!(self, "ago-hours", moment = moment, hours = hours),
            _ => say!(self, "ago-days", moment = moment, days = hours / 24),
        }
    }
}

/// Somebody who looks at a page, signed in or not.
pub(crate) struct Visit {
    pub(crate) look: Look,
    pub(crate) gateway: Gateway,
    pub(crate) session: Option<Session>,
    pub(crate) audience: &'static Audience,
    pub(crate) demo: Option<Arc<Demo>>,
    make_id: Arc<dyn Fn() -> Option<Uuid> + Send + Sync>,
    pub(crate) path: String,
    /// Whether a form was sent, which may have changed something.
    pub(crate) posted: bool,
    /// What came of the form before.
    pub(crate) done: Option<String>,
    /// Notices that the customer has not seen.
    pub(crate) unseen: i32,
    catalogues: Catalogues,
}

impl Visit {
    pub(crate) fn of(parts: &Parts, foundation: &Foundation) -> Self {
        let visitor = parts.extensions.get::<Visitor>().copied().unwrap_or(Visitor(std::net::Ipv4Addr::UNSPECIFIED.into()));
        let session = Session::of(&parts.headers, foundation.audience);
        Self {
            look: Look::of(&parts.headers, (foundation.now)()),
            gateway: Gateway::new(foundation.services.clone(), visitor, session.as_ref().map(|session| session.token.as_str())),
            session,
            audience: foundation.audience,
            demo: foundation.demo.clone(),
            make_id: Arc::clone(&foundation.make_id),
            path: parts.uri.path().to_owned(),
            posted: parts.method == http::Method::POST,
            done: session::done(&parts.headers),
            unseen: 0,
            catalogues: foundation.catalogues.clone(),
        }
    }

    /// The attribute types, in the visitor's language.
    pub(crate) async fn catalogue(&self) -> Result<Arc<Catalogue>, Fault> {
        self.catalogues.get(&self.gateway, self.look.language.tag, self.look.now).await
    }

    /// An id that nothing else has; none where chance fails.
    pub(crate) fn fresh_id(&self) -> Option<Uuid> {
        (self.make_id)()
    }

    /// Counts for the way around. Where that fails the page itself says what is wrong.
    async fn count_unseen(&mut self) {
        let asked = v1::ListNoticesRequest { parent: "customers/me".to_owned(), page_size: 1, page_token: String::new() };
        if let Ok(found) = self.gateway.notice().list_notices(self.gateway.ask(asked)).await {
            self.unseen = found.into_inner().unseen_count;
        }
    }

    /// An id for the call that a form makes: sent twice, it is done once. Empty where chance fails; then it is done as often as it is sent.
    pub(crate) fn make_id(&self) -> String {
        self.fresh_id().map(|id| id.to_string()).unwrap_or_default()
    }
}

impl FromRequestParts<Foundation> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, foundation: &Foundation) -> Result<Self, Infallible> {
        Ok(Self::of(parts, foundation))
    }
}

/// Somebody who has signed in. Whether the session still holds is said by the services, at the first call.
pub(crate) struct Customer(pub(crate) Visit);

impl FromRequestParts<Foundation> for Customer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, foundation: &Foundation) -> Result<Self, Fault> {
        let mut visit = Visit::of(parts, foundation);
        if visit.session.is_none() {
            return Err(Fault::SignIn);
        }
        // A form leads to another page, which asks again.
        if !visit.posted {
            visit.count_unseen().await;
        }
        Ok(Self(visit))
    }
}

impl std::ops::Deref for Customer {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.0
    }
}
