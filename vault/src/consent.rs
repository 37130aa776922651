//! Consent as pure values: what is asked, what is agreed, and whether one read is covered by it.
//!
//! Nothing here does I/O or asks for the time; a moment is always a parameter. The path of an agreement:
//! [`Terms`] are made canonical ([`CanonicalTerms`]), a brand's [`Request`] carries them, a customer approves them or less
//! ([`narrows()`]), which makes a [`Grant`]; [`check()`] holds one [`Ask`] against the grant and is the only maker of a [`Permit`].

pub mod actor;
pub mod canonical;
pub mod ceiling;
pub mod check;
pub mod grant;
pub mod narrows;
pub(crate) mod numbering;
pub mod permit;
pub mod purpose;
pub mod request;
pub mod terms;
pub mod transition;
pub mod usage;
pub mod violation;

pub use actor::Actor;
pub use canonical::{CanonicalTerms, Families};
pub use ceiling::{Allowed, Ceiling};
pub use check::{Ask, Method, Refusal, check, public_refusal};
pub use grant::{Amended, Grant, GrantState, Pause, Suspension};
pub use narrows::{Narrowing, is_at_most, narrows};
pub use permit::Permit;
pub use purpose::{Notice, NoticeSeen, Purpose, PurposeRef};
pub use request::{BrandView, CounterOffer, Issue, NewRequest, Outcome, Request, RequestState};
pub use terms::{Contact, DataRange, Fetch, Frequency, Item, Mode, Period, Terms, View};
pub use transition::{Rejected, TransitionError};
pub use usage::Usage;
pub use violation::Violation;

#[cfg(test)]
mod tests;
