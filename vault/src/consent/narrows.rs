//! The order of terms: what is the same, what is less, and what is not less.

use super::canonical::CanonicalTerms;
use super::terms::{Fetch, Frequency, Mode, Terms};
use super::violation::Violation;
use crate::clock::Timestamp;

/// How granted terms lie below offered ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Narrowing {
    /// Every field is the same.
    Same,
    /// Less, and every needed item is there in full.
    Less,
    /// A needed item is gone or coarser: a counter-offer, under which nothing flows until the brand accepts.
    Counter,
}

/// How `granted` narrows `offered`.
///
/// # Errors
/// Each field in which `granted` gives more, or something else, than was offered; items are numbered as in `granted`.
pub fn narrows(offered: &CanonicalTerms, granted: &CanonicalTerms) -> Result<Narrowing, Vec<Violation>> {
    let found = excess(offered, granted);
    if !found.is_empty() {
        return Err(found);
    }
    if offered == granted {
        return Ok(Narrowing::Same);
    }
    let counter = offered
        .items()
        .iter()
        .filter(|item| item.needed)
        .any(|item| granted.item(&item.attribute).is_none_or(|given| given.view != item.view));
    Ok(if counter { Narrowing::Counter } else { Narrowing::Less })
}

/// The order itself: whether `a` gives at most what `b` gives, in every field. Reflexive, antisymmetric and transitive.
///
/// Reads alone decide on times, uses and frequencies: whatever history of reads `a` admits, `b` admits. Purpose, reward, and each
/// item's reason and need cannot be less, only the same. Modes compare only as `VIEW` below `STORE`: answers and
/// streams are other methods, not fewer reads.
pub fn is_at_most(a: &CanonicalTerms, b: &CanonicalTerms) -> bool {
    excess(b, a).is_empty()
}

fn excess(offered: &CanonicalTerms, granted: &CanonicalTerms) -> Vec<Violation> {
    let mut found = Vec::new();
    items(offered, granted, &mut found);
    let (offered, granted) = (offered.terms(), granted.terms());
    let mut hold = |holds: bool, field: &str, reason, description: &str| {
        if !holds {
            found.push(Violation::new(field, reason, description));
        }
    };
    hold(granted.purpose == offered.purpose, "terms.purpose", "PURPOSE_DIFFERS", "The purpose is the one that was asked for.");
    hold(mode_is_at_most(granted.mode, offered.mode), "terms.mode", "MODE_WIDER", "The mode gives more than was asked for.");
    hold(range_is_at_most(granted, offered), "terms.data_range", "RANGE_WIDER", "The data range is wider than was asked for.");
    hold(granted.not_before >= offered.not_before, "terms.not_before", "START_EARLIER", "Access starts earlier than was asked for.");
    hold(granted.expires_at <= offered.expires_at, "terms.expire_time", "END_LATER", "Access ends later than was asked for.");
    let once = granted.fetch == Fetch::Once;
    hold(once || offered.fetch == Fetch::Periodic, "terms.fetch", "FETCH_WIDER", "Only one read was asked for.");
    hold(within(granted.uses, offered.uses, |a, b| a <= b), "terms.uses", "USES_MORE", "There are more uses than were asked for.");
    // One read fits every frequency, and has none of its own in canonical terms.
    let slower = once || within(granted.frequency, offered.frequency, Frequency::is_at_most);
    hold(slower, "terms.frequency", "FREQUENCY_HIGHER", "Reads may come more often than was asked for.");
    // Under VIEW nothing is kept, which is less than any data life.
    let shorter = granted.mode == Mode::View || within(granted.data_life_days, offered.data_life_days, |a, b| a <= b);
    hold(shorter, "terms.data_life", "DATA_LIFE_LONGER", "Data is kept longer than was asked for.");
    let onward = granted.onward.iter().all(|processor| offered.onward.contains(processor));
    hold(onward, "terms.onward", "ONWARD_WIDER", "A processor is named that was not asked for.");
    hold(!granted.predictions || offered.predictions, "terms.predictions", "PREDICTIONS_ADDED", "Predictions were not asked for.");
    hold(granted.contact <= offered.contact, "terms.automated_contact", "CONTACT_WIDER", "More automated contact than was asked for.");
    hold(granted.reward == offered.reward, "terms.reward", "REWARD_DIFFERS", "The reward is the one that was offered.");
    found
}

fn items(offered: &CanonicalTerms, granted: &CanonicalTerms, found: &mut Vec<Violation>) {
    for (index, item) in granted.items().iter().enumerate() {
        let mut refuse = |field: &str, reason, description: &str| {
            found.push(Violation::new(format!("terms.items[{index}].{field}"), reason, description));
        };
        let Some(asked) = offered.item(&item.attribute) else {
            refuse("attribute", "ATTRIBUTE_ADDED", "This attribute was not asked for.");
            continue;
        };
        if item.view > asked.view {
            refuse("view", "VIEW_FINER", "This view shows more than was asked for.");
        }
        if item.needed != asked.needed {
            refuse("needed", "NEED_DIFFERS", "Whether an item is needed is what was asked.");
        }
        if item.reason != asked.reason {
            refuse("reason", "REASON_DIFFERS", "The reason is the one that was given.");
        }
    }
}

fn mode_is_at_most(granted: Mode, offered: Mode) -> bool {
    granted == offered || (granted == Mode::View && offered == Mode::Store)
}

/// Compares two limits of which an absent one is no limit.
fn within<T>(granted: Option<T>, offered: Option<T>, at_most: impl Fn(T, T) -> bool) -> bool {
    match (granted, offered) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(granted), Some(offered)) => at_most(granted, offered),
    }
}

/// Compares over the granted term. Where a rolling range meets a fixed one and the granted start is open, nothing can be shown, so
/// the answer is no: name a start to narrow from one to the other.
fn range_is_at_most(granted: &Terms, offered: &Terms) -> bool {
    let term = (granted.not_before.unwrap_or(Timestamp::MIN), granted.expires_at);
    within(granted.data_range, offered.data_range, |a, b| a.lies_within(b, term))
}
