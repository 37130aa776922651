//! Holds one read against a grant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grant::{Grant, GrantState};
use super::permit::Permit;
use super::terms::{Mode, View};
use super::usage::Usage;
use crate::clock::Timestamp;

/// Days for which a brand is told precisely why a grant ended.
const PRECISE_DAYS: i64 = 30;

/// How the brand calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// Records, once.
    Read,
    /// Records as they come.
    Stream,
    /// An answer derived from records.
    Query,
}

impl Method {
    fn is_allowed_in(self, mode: Mode) -> bool {
        match self {
            Self::Read => matches!(mode, Mode::View | Mode::Store),
            Self::Stream => mode == Mode::Stream,
            Self::Query => mode == Mode::Query,
        }
    }
}

/// One read as a brand asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// How it calls.
    pub method: Method,
    /// Attribute types, each in a view or in the granted one; all that is granted when empty. Of one named twice the coarser view counts.
    pub attributes: Vec<(String, Option<View>)>,
    /// The brand's reason for this read, for the customer's access log.
    pub reason: String,
}

/// Why a read is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Refusal {
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
    /// The customer holds it.
    #[error("access is paused")]
    GrantPaused,
    /// Its term has not begun.
    #[error("access has not started yet")]
    GrantNotYetValid,
    /// The mode does not have this method.
    #[error("access does not allow this kind of call")]
    ModeNotGranted,
    /// Not among the granted attributes.
    #[error("access does not cover this attribute")]
    AttributeNotGranted {
        /// The attribute asked for.
        attribute: String,
    },
    /// Finer than the granted view, or an answer where records are granted.
    #[error("access does not cover this view of the attribute")]
    ViewNotGranted {
        /// The attribute asked for.
        attribute: String,
    },
    /// Too many reads within the period.
    #[error("reads come more often than agreed")]
    FrequencyExceeded {
        /// Seconds until one more read fits, at least 1.
        retry_after_seconds: u64,
    },
    /// What a brand sees where there is nothing that it may know of. Made by [`public_refusal`] and by callers without a grant.
    #[error("there is no access")]
    NoAccess,
}

impl Refusal {
    /// Stable reason in capitals.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::GrantRevoked => "GRANT_REVOKED",
            Self::GrantExpired => "GRANT_EXPIRED",
            Self::GrantExhausted => "GRANT_EXHAUSTED",
            Self::GrantSuperseded => "GRANT_SUPERSEDED",
            Self::GrantSuspended => "GRANT_SUSPENDED",
            Self::GrantPaused => "GRANT_PAUSED",
            Self::GrantNotYetValid => "GRANT_NOT_YET_VALID",
            Self::ModeNotGranted => "MODE_NOT_GRANTED",
            Self::AttributeNotGranted { .. } => "ATTRIBUTE_NOT_GRANTED",
            Self::ViewNotGranted { .. } => "VIEW_NOT_GRANTED",
            Self::FrequencyExceeded { .. } => "FREQUENCY_EXCEEDED",
            Self::NoAccess => "NO_ACCESS",
        }
    }
}

/// Whether the grant covers this read at this moment. Changes nothing: an answered read is then counted with [`Usage::record`].
///
/// # Errors
/// The first that applies of: state, start, method, attributes and views in the order asked, uses, frequency.
pub fn check(grant: &Grant, usage: &Usage, ask: &Ask, now: Timestamp) -> Result<Permit, Refusal> {
    match grant.effective_state(now) {
        GrantState::Active => {}
        GrantState::Paused => return Err(Refusal::GrantPaused),
        GrantState::Revoked => return Err(Refusal::GrantRevoked),
        GrantState::Expired => return Err(Refusal::GrantExpired),
        GrantState::Exhausted => return Err(Refusal::GrantExhausted),
        GrantState::Superseded => return Err(Refusal::GrantSuperseded),
        GrantState::Suspended => return Err(Refusal::GrantSuspended),
    }
    if now < grant.starts_at() {
        return Err(Refusal::GrantNotYetValid);
    }
    let terms = grant.terms().terms();
    if !ask.method.is_allowed_in(terms.mode) {
        return Err(Refusal::ModeNotGranted);
    }
    let items = covered(grant, ask)?;
    if terms.uses.is_some_and(|uses| usage.used >= uses) {
        return Err(Refusal::GrantExhausted);
    }
    if let Some(retry_after_seconds) = terms.frequency.and_then(|frequency| usage.retry_after(frequency, now)) {
        return Err(Refusal::FrequencyExceeded { retry_after_seconds });
    }
    Ok(Permit {
        grant: grant.id(),
        brand: grant.brand(),
        purpose: grant.purpose().clone(),
        items,
        range: terms.data_range.map(|range| range.at(now)),
        mode: terms.mode,
        expires_at: terms.expires_at,
    })
}

fn covered(grant: &Grant, ask: &Ask) -> Result<Vec<(String, View)>, Refusal> {
    if ask.attributes.is_empty() {
        return Ok(grant.terms().items().iter().map(|item| (item.attribute.clone(), item.view)).collect());
    }
    let mut items = BTreeMap::new();
    for (attribute, view) in &ask.attributes {
        let Some(item) = grant.terms().item(attribute) else {
            return Err(Refusal::AttributeNotGranted { attribute: attribute.clone() });
        };
        let view = view.unwrap_or(item.view);
        // Answers are another kind of release than records, so an answer is not just a coarser record.
        if view > item.view || (view == View::Answer) != (item.view == View::Answer) {
            return Err(Refusal::ViewNotGranted { attribute: attribute.clone() });
        }
        items.entry(attribute.clone()).and_modify(|known: &mut View| *known = view.min(*known)).or_insert(view);
    }
    Ok(items.into_iter().collect())
}

/// What the brand may be told of a refusal: precisely why while the grant lives and for 30 days after its end, then only that there
/// is no access, as if there had never been any.
pub fn public_refusal(refusal: &Refusal, grant: &Grant, now: Timestamp) -> Refusal {
    match grant.ended_at(now) {
        Some(ended) if now >= ended.plus_days(PRECISE_DAYS) => Refusal::NoAccess,
        _ => refusal.clone(),
    }
}
