//! Which of a caller's own items a violation means: rules are checked on canonical terms, whose items are others, in another order.

use super::canonical::{CanonicalTerms, Families};
use super::terms::Terms;
use super::violation::Violation;

/// Violations that number items as in `canonical` (`terms.items[0].view`), numbered as in `sent`, which that is the canonical form of.
/// An item that came of a family is named by the item that names the family, and one that is named twice by the first. Other fields stay.
pub(crate) fn as_sent(violations: &[Violation], sent: &Terms, canonical: &CanonicalTerms, families: &dyn Families) -> Vec<Violation> {
    let place_of = |attribute: &str| {
        let names = |pattern: &str| families.expand(pattern).is_some_and(|types| types.iter().any(|one| one == attribute));
        sent.items.iter().position(|item| names(&item.attribute))
    };
    let renumbered = |violation: &Violation| {
        let field = numbered(&violation.field).and_then(|(before, number, after)| {
            let place = place_of(&canonical.items().get(number)?.attribute)?;
            Some(format!("{before}{place}{after}"))
        });
        Violation { field: field.unwrap_or_else(|| violation.field.clone()), ..violation.clone() }
    };
    violations.iter().map(renumbered).collect()
}

/// A field within an item: what stands before the item's number, the number, and what stands after it.
fn numbered(field: &str) -> Option<(&str, usize, &str)> {
    let start = field.find(".items[")? + ".items[".len();
    let (before, rest) = field.split_at(start);
    let (number, after) = rest.split_at(rest.find(']')?);
    Some((before, number.parse().ok()?, after))
}
