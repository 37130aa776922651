//! A grant: what one customer agreed to with one brand, and what became of it.
//!
//! ```text
//! ACTIVE <-> PAUSED
//! ACTIVE | PAUSED -> REVOKED | EXPIRED | SUPERSEDED | SUSPENDED       ACTIVE -> EXHAUSTED
//! SUSPENDED -> ACTIVE or PAUSED (brand suspension lifted) | SUPERSEDED (re-consent) | REVOKED | EXPIRED
//! ```
//! Every verb looks at the state that holds at its moment ([`Grant::effective_state`]), not at the one written last.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::actor::Actor;
use super::canonical::CanonicalTerms;
use super::narrows::{Narrowing, narrows};
use super::purpose::{NoticeSeen, PurposeRef};
use super::transition::{Rejected, TransitionError};
use super::usage::Usage;
use crate::clock::Timestamp;

/// Where a grant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// Reads are answered.
    Active,
    /// The customer holds it.
    Paused,
    /// Stopped for good.
    Revoked,
    /// Its term is over.
    Expired,
    /// Its uses are spent.
    Exhausted,
    /// Another grant took its place.
    Superseded,
    /// Held until the purpose or the brand is settled.
    Suspended,
}

/// Why a grant is suspended; both may hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspension {
    /// The purpose or its notice changed; ends by re-consent only.
    PurposeChanged,
    /// The brand is suspended; ends when that is lifted.
    BrandSuspended,
}

/// A pause in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// First moment that is no longer paused; until resumed when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What a customer agreed to. Made by [`super::Request`] from terms that narrow what was asked, or by [`Grant::amend`]; nothing
/// outside this module builds one. `Deserialize` is for taking back what the store holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    id: Uuid,
    request: Uuid,
    brand: Uuid,
    terms: CanonicalTerms,
    state: GrantState,
    approved_at: Timestamp,
    decided_by: Actor,
    notice: NoticeSeen,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supersedes: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    superseded_by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    suspended_for: Vec<Suspension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    changed_at: Timestamp,
    changed_by: Actor,
}

/// What an amendment makes, to be stored in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amended {
    /// The grant that was amended.
    pub superseded: Grant,
    /// The narrower grant in its place; paused if the old one was.
    pub grant: Grant,
    /// The new grant's usage: what was read under the old one counts on.
    pub usage: Usage,
    /// `Less` or `Counter`: a customer may share less of a needed item, and the brand is told.
    pub narrowing: Narrowing,
}

/// Where a grant comes from.
pub(super) struct Origin<'a> {
    pub(super) id: Uuid,
    pub(super) request: Uuid,
    pub(super) brand: Uuid,
    pub(super) offered: &'a CanonicalTerms,
    pub(super) notice: NoticeSeen,
    pub(super) supersedes: Option<Uuid>,
    pub(super) decided_by: Actor,
    pub(super) changed_by: Actor,
}

impl Grant {
    /// The only constructor: refuses terms that do not narrow the offered ones, or have ended.
    pub(super) fn narrowed(origin: Origin<'_>, terms: CanonicalTerms, now: Timestamp) -> Result<Self, TransitionError> {
        narrows(origin.offered, &terms).map_err(TransitionError::TermsNotNarrower)?;
        if now >= terms.terms().expires_at {
            return Err(TransitionError::TermsExpired);
        }
        if origin.notice.version != terms.purpose().version {
            return Err(TransitionError::NoticeMismatch);
        }
        Ok(Self {
            id: origin.id,
            request: origin.request,
            brand: origin.brand,
            terms,
            state: GrantState::Active,
            approved_at: now,
            decided_by: origin.decided_by,
            notice: origin.notice,
            supersedes: origin.supersedes,
            superseded_by: None,
            pause: None,
            suspended_for: Vec::new(),
            ended_at: None,
            changed_at: now,
            changed_by: origin.changed_by,
        })
    }

    /// Id of the grant.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Id of the request that it answers.
    pub fn request(&self) -> Uuid {
        self.request
    }

    /// Id of the brand.
    pub fn brand(&self) -> Uuid {
        self.brand
    }

    /// The purpose.
    pub fn purpose(&self) -> &PurposeRef {
        self.terms.purpose()
    }

    /// What was agreed.
    pub fn terms(&self) -> &CanonicalTerms {
        &self.terms
    }

    /// The state written last; what holds now is [`Self::effective_state`].
    pub fn state(&self) -> GrantState {
        self.state
    }

    /// When it came into being.
    pub fn approved_at(&self) -> Timestamp {
        self.approved_at
    }

    /// First moment at which reads are answered: the agreed start, but not before the approval.
    pub fn starts_at(&self) -> Timestamp {
        self.terms.terms().not_before.map_or(self.approved_at, |start| start.max(self.approved_at))
    }

    /// First moment at which reads are no longer answered.
    pub fn expires_at(&self) -> Timestamp {
        self.terms.terms().expires_at
    }

    /// The pause that was set last and not ended by hand; it may have run out.
    pub fn pause_set(&self) -> Option<Pause> {
        self.pause
    }

    /// End of the pause that holds now; `None` when not paused, or paused until resumed.
    pub fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        if self.effective_state(now) == GrantState::Paused { self.pause.and_then(|pause| pause.until) } else { None }
    }

    /// Why it is, or was when it ended, suspended.
    pub fn suspended_for(&self) -> &[Suspension] {
        &self.suspended_for
    }

    /// Who agreed to it: the customer or a delegate.
    pub fn decided_by(&self) -> &Actor {
        &self.decided_by
    }

    /// The notice that they saw.
    pub fn notice(&self) -> &NoticeSeen {
        &self.notice
    }

    /// The grant that it replaced.
    pub fn supersedes(&self) -> Option<Uuid> {
        self.supersedes
    }

    /// The grant that replaced it.
    pub fn superseded_by(&self) -> Option<Uuid> {
        self.superseded_by
    }

    /// When the last transition was, and who did it.
    pub fn changed(&self) -> (Timestamp, &Actor) {
        (self.changed_at, &self.changed_by)
    }

    /// The state that holds at a moment, whether or not the clock's transitions have been written: a pause that ran out is over,
    /// a term that ended has ended. Start inclusive, end exclusive.
    pub fn effective_state(&self, now: Timestamp) -> GrantState {
        match self.state {
            GrantState::Active | GrantState::Paused | GrantState::Suspended if now >= self.expires_at() => GrantState::Expired,
            GrantState::Paused if !self.pause_holds(now) => GrantState::Active,
            state => state,
        }
    }

    /// When it ended, if it has by now.
    pub fn ended_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.effective_state(now) {
            GrantState::Expired => Some(self.expires_at()),
            _ => self.ended_at,
        }
    }

    /// Holds the grant, until a moment or until resumed. A grant that is paused gets the new end without a gap.
    pub fn pause(self, until: Option<Timestamp>, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let allowed = by.decides() || by == Actor::Operator;
        let outcome = self.permit_actor(allowed).and_then(|()| match self.effective_state(now) {
            _ if until.is_some_and(|until| until <= now) => Err(TransitionError::PauseEndsInPast),
            GrantState::Paused if self.pause == Some(Pause { until }) => Err(TransitionError::GrantAlreadyPaused),
            GrantState::Active | GrantState::Paused => Ok(()),
            state => Err(refusal(state)),
        });
        self.when(outcome, GrantState::Paused, by, now, |grant| grant.pause = Some(Pause { until }))
    }

    /// Ends a pause. Only who decides may: an operator cannot open what a customer closed.
    pub fn resume(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.permit_actor(by.decides()).and_then(|()| match self.effective_state(now) {
            GrantState::Paused => Ok(()),
            GrantState::Active => Err(TransitionError::GrantNotPaused),
            state => Err(refusal(state)),
        });
        self.when(outcome, GrantState::Active, by, now, |grant| grant.pause = None)
    }

    /// Stops it for good. Anyone but the clock may: a brand may give access up.
    pub fn revoke(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.permit_actor(by != Actor::Clock).and_then(|()| self.require_live(now));
        self.when(outcome, GrantState::Revoked, by, now, |grant| grant.ended_at = Some(now))
    }

    /// Writes down that the term is over; it ended at `expires_at`, however late this is done.
    pub fn expire(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.permit_actor(by == Actor::Clock).and_then(|()| match (self.state, self.effective_state(now)) {
            (GrantState::Expired, _) => Err(TransitionError::GrantExpired),
            (_, GrantState::Expired) => Ok(()),
            (_, GrantState::Active | GrantState::Paused | GrantState::Suspended) => Err(TransitionError::GrantNotExpired),
            (_, state) => Err(refusal(state)),
        });
        let end = self.expires_at();
        self.when(outcome, GrantState::Expired, by, now, |grant| grant.ended_at = Some(end))
    }

    /// Writes down that all uses are spent, by the clock or by the brand's last read.
    pub fn exhaust(self, usage: &Usage, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let allowed = matches!(by, Actor::Clock | Actor::Brand);
        let outcome = self.permit_actor(allowed).and_then(|()| match self.effective_state(now) {
            GrantState::Active if self.terms.terms().uses.is_some_and(|uses| usage.used >= uses) => Ok(()),
            GrantState::Active => Err(TransitionError::GrantNotExhausted),
            state => Err(refusal(state)),
        });
        self.when(outcome, GrantState::Exhausted, by, now, |grant| grant.ended_at = Some(now))
    }

    /// Makes room for another grant that the customer agreed to (re-consent).
    pub fn supersede(self, successor: Uuid, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.permit_actor(by.decides()).and_then(|()| self.require_live(now));
        self.when(outcome, GrantState::Superseded, by, now, |grant| {
            grant.superseded_by = Some(successor);
            grant.ended_at = Some(now);
        })
    }

    /// Holds it for a reason that is not the customer's. A second reason is added to the first.
    pub fn suspend(self, reason: Suspension, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.permit_actor(!by.decides()).and_then(|()| match self.effective_state(now) {
            GrantState::Suspended if self.suspended_for.contains(&reason) => Err(TransitionError::GrantSuspended),
            GrantState::Active | GrantState::Paused | GrantState::Suspended => Ok(()),
            state => Err(refusal(state)),
        });
        self.when(outcome, GrantState::Suspended, by, now, |grant| {
            grant.suspended_for.push(reason);
            grant.suspended_for.sort_unstable();
        })
    }

    /// Lifts the suspension of the brand. The grant goes back to what it was, a pause that still holds included; it stays
    /// suspended if the purpose has changed meanwhile.
    pub fn reinstate(self, by: Actor, now: Timestamp) -> Result<Self, Rejected<Self>> {
        let outcome = self.permit_actor(by == Actor::Operator).and_then(|()| match self.effective_state(now) {
            GrantState::Suspended if self.suspended_for.contains(&Suspension::BrandSuspended) => Ok(()),
            GrantState::Suspended => Err(TransitionError::PurposeChanged),
            GrantState::Active | GrantState::Paused => Err(TransitionError::GrantNotSuspended),
            state => Err(refusal(state)),
        });
        let state = if self.suspended_for.contains(&Suspension::PurposeChanged) {
            GrantState::Suspended
        } else if self.pause_holds(now) {
            GrantState::Paused
        } else {
            GrantState::Active
        };
        self.when(outcome, state, by, now, |grant| grant.suspended_for.retain(|held| *held != Suspension::BrandSuspended))
    }

    /// Replaces it by a grant with less. Uses and frequency go on counting what was read before; a pause goes on too.
    pub fn amend(
        self,
        terms: CanonicalTerms,
        successor: Uuid,
        usage: &Usage,
        by: Actor,
        now: Timestamp,
    ) -> Result<Amended, Rejected<Self>> {
        let outcome = self.permit_actor(by.decides()).and_then(|()| match self.effective_state(now) {
            GrantState::Active | GrantState::Paused => Ok(()),
            state => Err(refusal(state)),
        });
        let built = outcome.and_then(|()| {
            let narrowing = narrows(&self.terms, &terms).map_err(TransitionError::TermsNotNarrower)?;
            if narrowing == Narrowing::Same {
                return Err(TransitionError::TermsUnchanged);
            }
            let origin = Origin {
                id: successor,
                request: self.request,
                brand: self.brand,
                offered: &self.terms,
                notice: self.notice.clone(),
                supersedes: Some(self.id),
                decided_by: by.clone(),
                changed_by: by.clone(),
            };
            Ok((Self::narrowed(origin, terms, now)?, narrowing))
        });
        let (mut grant, narrowing) = match built {
            Ok(built) => built,
            Err(error) => return Err(Rejected::new(self, error)),
        };
        if self.pause_holds(now) {
            grant.state = GrantState::Paused;
            grant.pause = self.pause;
        }
        let superseded = self.supersede(successor, by, now)?;
        Ok(Amended { superseded, grant, usage: usage.clone(), narrowing })
    }

    fn pause_holds(&self, now: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.until.is_none_or(|until| now < until))
    }

    #[expect(clippy::unused_self, reason = "reads as the first step of every verb")]
    fn permit_actor(&self, allowed: bool) -> Result<(), TransitionError> {
        if allowed { Ok(()) } else { Err(TransitionError::ActorNotAllowed) }
    }

    fn require_live(&self, now: Timestamp) -> Result<(), TransitionError> {
        match self.effective_state(now) {
            GrantState::Active | GrantState::Paused | GrantState::Suspended => Ok(()),
            state => Err(refusal(state)),
        }
    }

    fn when(
        mut self,
        outcome: Result<(), TransitionError>,
        state: GrantState,
        by: Actor,
        now: Timestamp,
        change: impl FnOnce(&mut Self),
    ) -> Result<Self, Rejected<Self>> {
        if let Err(error) = outcome {
            return Err(Rejected::new(self, error));
        }
        self.state = state;
        self.changed_at = now;
        self.changed_by = by;
        change(&mut self);
        Ok(self)
    }
}

/// What a verb answers in a state that it does not leave.
fn refusal(state: GrantState) -> TransitionError {
    match state {
        GrantState::Active => TransitionError::GrantNotPaused,
        GrantState::Paused => TransitionError::GrantPaused,
        GrantState::Revoked => TransitionError::GrantRevoked,
        GrantState::Expired => TransitionError::GrantExpired,
        GrantState::Exhausted => TransitionError::GrantExhausted,
        GrantState::Superseded => TransitionError::GrantSuperseded,
        GrantState::Suspended => TransitionError::GrantSuspended,
    }
}
