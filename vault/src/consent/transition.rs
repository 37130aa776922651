//! Why a transition was refused. A refused transition changes nothing: it gives its input back.

use super::violation::Violation;

/// A refused transition, with what it would have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<T> {
    /// The request or grant as it was.
    pub unchanged: Box<T>,
    /// Why.
    pub error: TransitionError,
}

impl<T> Rejected<T> {
    pub(super) fn new(unchanged: T, error: TransitionError) -> Self {
        Self { unchanged: Box::new(unchanged), error }
    }
}

impl<T> From<Rejected<T>> for TransitionError {
    fn from(rejected: Rejected<T>) -> Self {
        rejected.error
    }
}

/// Why a request or a grant cannot go where it was told to. The text is a public sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// This kind of actor never does this.
    #[error("this cannot be done by this kind of caller")]
    ActorNotAllowed,
    /// Approved, declined, or its counter-offer rejected.
    #[error("the request has been decided already")]
    RequestAlreadyDecided,
    /// Said to the customer only.
    #[error("the brand has withdrawn the request")]
    RequestWithdrawn,
    /// Fourteen days have passed. Said to the customer and the clock only.
    #[error("the request has lapsed")]
    RequestLapsed,
    /// The counter-offer waits for the brand.
    #[error("the request waits for the brand to answer a counter-offer")]
    RequestCountered,
    /// Said to the brand for everything that looks pending to it.
    #[error("the request has no counter-offer")]
    RequestNotCountered,
    /// Said to the brand for everything that looks closed to it.
    #[error("the request is closed")]
    RequestClosed,
    /// It has not been open for 14 days.
    #[error("the request is still open")]
    RequestStillOpen,
    /// The customer stopped it, or the brand gave it up.
    #[error("access was stopped")]
    GrantRevoked,
    /// Its term is over.
    #[error("access has ended")]
    GrantExpired,
    /// All uses are spent.
    #[error("all uses of this access are spent")]
    GrantExhausted,
    /// Another grant has taken its place.
    #[error("another access has replaced this one")]
    GrantSuperseded,
    /// The purpose or the brand has to be settled first.
    #[error("access is suspended")]
    GrantSuspended,
    /// It is paused, which this cannot be done to.
    #[error("access is paused")]
    GrantPaused,
    /// Paused until the same moment.
    #[error("access is paused already")]
    GrantAlreadyPaused,
    /// There is no pause to end.
    #[error("access is not paused")]
    GrantNotPaused,
    /// Its term is not over.
    #[error("access has not ended yet")]
    GrantNotExpired,
    /// There are uses left.
    #[error("access has uses left")]
    GrantNotExhausted,
    /// There is no suspension to lift.
    #[error("access is not suspended")]
    GrantNotSuspended,
    /// Only a new decision of the customer ends this suspension.
    #[error("the purpose has changed: access waits for a new decision of the customer")]
    PurposeChanged,
    /// A pause ends in the future.
    #[error("a pause ends in the future")]
    PauseEndsInPast,
    /// The terms give more than they may.
    #[error("the terms give more than was asked for")]
    TermsNotNarrower(Vec<Violation>),
    /// A counter-offer or an amendment with the same terms.
    #[error("the terms are the same")]
    TermsUnchanged,
    /// The terms end before they could start.
    #[error("the terms have ended already")]
    TermsExpired,
    /// The notice belongs to another version of the purpose.
    #[error("the notice that was shown is not the one of this purpose")]
    NoticeMismatch,
}

impl TransitionError {
    /// Stable reason in capitals.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::ActorNotAllowed => "ACTOR_NOT_ALLOWED",
            Self::RequestAlreadyDecided => "REQUEST_ALREADY_DECIDED",
            Self::RequestWithdrawn => "REQUEST_WITHDRAWN",
            Self::RequestLapsed => "REQUEST_LAPSED",
            Self::RequestCountered => "REQUEST_COUNTERED",
            Self::RequestNotCountered => "REQUEST_NOT_COUNTERED",
            Self::RequestClosed => "REQUEST_CLOSED",
            Self::RequestStillOpen => "REQUEST_STILL_OPEN",
            Self::GrantRevoked => "GRANT_REVOKED",
            Self::GrantExpired => "GRANT_EXPIRED",
            Self::GrantExhausted => "GRANT_EXHAUSTED",
            Self::GrantSuperseded => "GRANT_SUPERSEDED",
            Self::GrantSuspended => "GRANT_SUSPENDED",
            Self::GrantPaused => "GRANT_PAUSED",
            Self::GrantAlreadyPaused => "GRANT_ALREADY_PAUSED",
            Self::GrantNotPaused => "GRANT_NOT_PAUSED",
            Self::GrantNotExpired => "GRANT_NOT_EXPIRED",
            Self::GrantNotExhausted => "GRANT_NOT_EXHAUSTED",
            Self::GrantNotSuspended => "GRANT_NOT_SUSPENDED",
            Self::PurposeChanged => "PURPOSE_CHANGED",
            Self::PauseEndsInPast => "PAUSE_ENDS_IN_PAST",
            Self::TermsNotNarrower(_) => "TERMS_NOT_NARROWER",
            Self::TermsUnchanged => "TERMS_UNCHANGED",
            Self::TermsExpired => "TERMS_EXPIRED",
            Self::NoticeMismatch => "NOTICE_MISMATCH",
        }
    }

    /// The fields at fault, when the terms are.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::TermsNotNarrower(violations) => violations,
            _ => &[],
        }
    }
}
