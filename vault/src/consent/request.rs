//! A request: what a brand asks of one customer, and what it can see of the answer.
//!
//! ```text
//! PENDING -> APPROVED | DECLINED | COUNTERED | WITHDRAWN | LAPSED
//! COUNTERED -> APPROVED | REJECTED_BY_BRAND | LAPSED
//! ```
//! A brand must not learn from an error what its view hides: what looks pending to it answers alike, and what looks closed too.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::Actor;
use super::canonical::CanonicalTerms;
use super::grant::{Grant, Origin};
use super::narrows::{Narrowing, is_at_most, narrows};
use super::purpose::{NoticeSeen, PurposeRef};
use super::transition::{Rejected, TransitionError};
use super::violation::Violation;
use crate::clock::Timestamp;

/// Days from asking until an open request lapses, and until a declined or unknown one looks closed.
const OPEN_DAYS: i64 = 14;
/// Days from asking until the same purpose may be asked again.
const QUIET_DAYS: i64 = 90;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Waits for the customer.
    Pending,
    /// A grant came of it.
    Approved,
    /// The customer said no.
    Declined,
    /// The customer offered less than is needed; waits for the brand.
    Countered,
    /// The brand took it back.
    Withdrawn,
    /// Nobody answered within 14 days.
    Lapsed,
    /// The brand did not take the counter-offer.
    RejectedByBrand,
}

/// All that a brand sees of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BrandView {
    /// Waiting, or declined, or the customer is unknown.
    Pending,
    /// There is a grant.
    Approved,
    /// There is a counter-offer.
    Countered,
    /// Nothing will come of it.
    Closed,
}

/// What a customer offers instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterOffer {
    /// The terms offered.
    pub terms: CanonicalTerms,
    /// The notice that the customer saw.
    pub notice: NoticeSeen,
    /// The customer or a delegate.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What a brand asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// Id of the request.
    pub id: Uuid,
    /// What the brand knows it by; says nothing about the customer.
    pub handle: String,
    /// Id of the brand.
    pub brand: Uuid,
    /// The terms asked for.
    pub terms: CanonicalTerms,
    /// The least that the brand takes at once when it is offered less; it narrows `terms`.
    pub auto_accept: Option<CanonicalTerms>,
}

/// Under which ids a grant is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Id of the new grant.
    pub grant: Uuid,
    /// The live grant of the same brand and purpose that it replaces, which the caller supersedes in the same transaction.
    pub supersedes: Option<Uuid>,
}

/// What an approval or a counter-offer led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Data may flow under this grant.
    Granted(Box<Grant>),
    /// Nothing flows until the brand accepts.
    Countered,
}

/// A brand's request to one customer, known or unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    id: Uuid,
    handle: String,
    brand: Uuid,
    terms: CanonicalTerms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_accept: Option<CanonicalTerms>,
    state: RequestState,
    asked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counter: Option<CounterOffer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Timestamp>,
    changed_at: Timestamp,
    changed_by: Actor,
}

impl Request {
    /// Asks. The same for an unknown customer.
    ///
    /// # Errors
    /// The fields, under `auto_accept`, in which the brand would accept more than it asks for.
    pub fn ask(new: NewRequest, now: Timestamp) -> Result<Self, Vec<Violation>> {
        if let Some(least) = &new.auto_accept {
            narrows(&new.terms, least).map_err(|mut violations| {
                for violation in &mut violations {
                    violation.field = violation.field.replacen("terms", "auto_accept", 1);
                }
                violations
            })?;
        }
        Ok(Self {
            id: new.id,
            handle: new.handle,
            brand: new.brand,
            terms: new.terms,
            auto_accept: new.auto_accept,
            state: RequestState::Pending,
            asked_at: now,
            counter: None,
            grant: None,
            withdrawn_at: None,
            changed_at: now,
            changed_by: Actor::Brand,
        })
    }

    /// Id of the request.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What the brand knows it by.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// Id of the brand.
    pub fn brand(&self) -> Uuid {
        self.brand
    }

    /// The purpose.
    pub fn purpose(&self) -> &PurposeRef {
        self.terms.purpose()
    }

    /// The terms asked for.
    pub fn terms(&self) -> &CanonicalTerms {
        &self.terms
    }

    /// The least that the brand takes at once.
    pub fn auto_accept(&self) -> Option<&CanonicalTerms> {
        self.auto_accept.as_ref()
    }

    /// The state written last; what holds now is [`Self::effective_state`].
    pub fn state(&self) -> RequestState {
        self.state
    }

    /// When it was asked.
    pub fn asked_at(&self) -> Timestamp {
        self.asked_at
    }

    /// First moment at which it is no longer open: 14 days after asking.
    pub fn lapses_at(&self) -> Timestamp {
        self.asked_at.plus_days(OPEN_DAYS)
    }

    /// First moment at which the same purpose may be asked again: 90 days after asking, whatever the answer.
    pub fn may_ask_again_at(&self) -> Timestamp {
        self.asked_at.plus_days(QUIET_DAYS)
    }

    /// What the customer offered instead, also after the brand answered it.
    pub fn counter_offer(&self) -> Option<&CounterOffer> {
        self.counter.as_ref()
    }

    /// The grant that came of it.
    pub fn grant(&self) -> Option<Uuid> {
        self.grant
    }

    /// When the brand took it back, also where it had been declined.
    pub fn withdrawn_at(&self) -> Option<Timestamp> {
        self.withdrawn_at
    }

    /// When the last transition was, and who did it.
    pub fn changed(&self) -> (Timestamp, &Actor) {
        (self.changed_at, &self.changed_by)
    }

    /// The state that holds at a moment, whether or not the lapse has been written.
    pub fn effective_state(&self, now: Timestamp) -> RequestState {
        match self.state {
            RequestState::Pending | RequestState::Countered if now >= self.lapses_at() => RequestState::Lapsed,
            state => state,
        }
    }

    /// What the brand sees. Declined, unanswered and unknown look alike: pending for 14 days, then closed.
    pub fn brand_view(&self, now: Timestamp) -> BrandView {
        if self.withdrawn_at.is_some() {
            return BrandView::Closed;
        }
        match self.effective_state(now) {
            RequestState::Approved => BrandView::Approved,
            RequestState::Countered => BrandView::Countered,
            RequestState::Pending | RequestState::Declined if now < self.lapses_at() => BrandView::Pending,
            _ => BrandView::Closed,
        }
    }

    /// The customer agrees, to all or to less. Without a needed item this is a counter-offer, unless the brand's rule takes it at once.
    pub fn approve(
        self,
        granted: CanonicalTerms,
        notice: NoticeSeen,
        issue: Issue,
        by: Actor,
        now: Timestamp,
    ) -> Result<(Self, Outcome), Rejected<Self>> {
        self.answer(granted, notice, issue, by, now, |narrowing| Ok(narrowing != Narrowing::Counter))
    }

    /// The customer offers less and lets the brand say whether it will do, unless the brand's rule takes it at once.
    pub fn counter(
        self,
        offered: CanonicalTerms,
        notice: NoticeSeen,
        issue: Issue,
        by: Actor,
        now: Timestamp,
    ) -> Result<(Self, Outcome), Rejected<Self>> {
        self.answer(offered, notice, issue, by, now, |narrowing| match narrowing {
            Narrowing::Same => Err(TransitionError::TermsUnchanged),
            _ => Ok(false),
        })
    }

    /// The customer says no. The brand cannot tell.
    pub fn decline(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = if by.decides() { self.require_pending(now) } else { Err(TransitionError::ActorNotAllowed) };
        self.when(outcome, RequestState::Declined, by, now)
    }

    /// The brand takes the counter-offer: only now is there a grant.
    pub fn accept_counter(self, issue: Issue, by: Actor, now: Timestamp) -> Result<(Self, Grant), Rejected<Self>> {
        let built = self.require_countered(&by, now).and_then(|offer| {
            let origin = self.origin(offer.notice.clone(), issue, offer.by.clone(), by.clone());
            Grant::narrowed(origin, offer.terms.clone(), now)
        });
        match built {
            Ok(grant) => {
                let mut request = self.when(Ok(()), RequestState::Approved, by, now)?;
                request.grant = Some(grant.id());
                Ok((request, grant))
            }
            Err(error) => Err(Rejected::new(self, error)),
        }
    }

    /// The brand does not take the counter-offer.
    pub fn reject_counter(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.require_countered(&by, now).map(|_| ());
        self.when(outcome, RequestState::RejectedByBrand, by, now)
    }

    /// The brand takes its request back. A declined one stays declined and answers just like a pending one.
    pub fn withdraw(mut self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = if by == Actor::Brand {
            match self.brand_view(now) {
                BrandView::Pending => Ok(()),
                BrandView::Countered => Err(TransitionError::RequestCountered),
                BrandView::Approved => Err(TransitionError::RequestAlreadyDecided),
                BrandView::Closed => Err(TransitionError::RequestClosed),
            }
        } else {
            Err(TransitionError::ActorNotAllowed)
        };
        if outcome.is_ok() {
            self.withdrawn_at = Some(now);
        }
        let state = if self.state == RequestState::Declined { RequestState::Declined } else { RequestState::Withdrawn };
        self.when(outcome, state, by, now)
    }

    /// Writes down that 14 days have passed.
    pub fn lapse(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = match (self.state, self.effective_state(now)) {
            _ if by != Actor::Clock => Err(TransitionError::ActorNotAllowed),
            (RequestState::Lapsed, _) => Err(TransitionError::RequestLapsed),
            (_, RequestState::Lapsed) => Ok(()),
            (_, RequestState::Pending | RequestState::Countered) => Err(TransitionError::RequestStillOpen),
            (_, RequestState::Withdrawn) => Err(TransitionError::RequestWithdrawn),
            _ => Err(TransitionError::RequestAlreadyDecided),
        };
        self.when(outcome, RequestState::Lapsed, by, now)
    }

    /// `grants` says whether a narrowing makes a grant at once even without the brand's rule.
    fn answer(
        self,
        terms: CanonicalTerms,
        notice: NoticeSeen,
        issue: Issue,
        by: Actor,
        now: Timestamp,
        grants: impl FnOnce(Narrowing) -> Result<bool, TransitionError>,
    ) -> Result<(Self, Outcome), Rejected<Self>> {
        let decided = (|| {
            if !by.decides() {
                return Err(TransitionError::ActorNotAllowed);
            }
            self.require_pending(now)?;
            let narrowing = narrows(&self.terms, &terms).map_err(TransitionError::TermsNotNarrower)?;
            let taken = self.auto_accept.as_ref().is_some_and(|least| is_at_most(least, &terms));
            let origin = self.origin(notice.clone(), issue, by.clone(), by.clone());
            // A counter-offer is held to the same conditions as the grant that it may become.
            let grant = Grant::narrowed(origin, terms.clone(), now)?;
            Ok((grants(narrowing)? || taken).then_some(grant))
        })();
        match decided {
            Err(error) => Err(Rejected::new(self, error)),
            Ok(Some(grant)) => {
                let mut request = self.when(Ok(()), RequestState::Approved, by, now)?;
                request.grant = Some(grant.id());
                Ok((request, Outcome::Granted(Box::new(grant))))
            }
            Ok(None) => {
                let offer = CounterOffer { terms, notice, by: by.clone(), at: now };
                let mut request = self.when(Ok(()), RequestState::Countered, by, now)?;
                request.counter = Some(offer);
                Ok((request, Outcome::Countered))
            }
        }
    }

    fn origin(&self, notice: NoticeSeen, issue: Issue, decided_by: Actor, changed_by: Actor) -> Origin<'_> {
        let Issue { grant: id, supersedes } = issue;
        Origin { id, request: self.id, brand: self.brand, offered: &self.terms, notice, supersedes, decided_by, changed_by }
    }

    fn require_pending(&self, now: Timestamp) -> Result<(), TransitionError> {
        match self.effective_state(now) {
            RequestState::Pending => Ok(()),
            RequestState::Countered => Err(TransitionError::RequestCountered),
            RequestState::Withdrawn => Err(TransitionError::RequestWithdrawn),
            RequestState::Lapsed => Err(TransitionError::RequestLapsed),
            RequestState::Approved | RequestState::Declined | RequestState::RejectedByBrand => Err(TransitionError::RequestAlreadyDecided),
        }
    }

    fn require_countered(&self, by: &Actor, now: Timestamp) -> Result<&CounterOffer, TransitionError> {
        if *by != Actor::Brand {
            return Err(TransitionError::ActorNotAllowed);
        }
        match (self.brand_view(now), &self.counter) {
            (BrandView::Countered, Some(offer)) => Ok(offer),
            (BrandView::Pending | BrandView::Countered, _) => Err(TransitionError::RequestNotCountered),
            (BrandView::Approved, _) => Err(TransitionError::RequestAlreadyDecided),
            (BrandView::Closed, _) => Err(TransitionError::RequestClosed),
        }
    }

    fn when(
        mut self,
        outcome: Result<(), TransitionError>,
        state: RequestState,
        by: Actor,
        now: Timestamp,
    ) -> Result<Self, Rejected<Self>> {
        if let Err(error) = outcome {
            return Err(Rejected::new(self, error));
        }
        self.state = state;
        self.changed_at = now;
        self.changed_by = by;
        Ok(self)
    }
}
