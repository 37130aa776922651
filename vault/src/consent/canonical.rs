//! Canonical terms: families written out, every bound checked, one form for one meaning.

use serde::{Deserialize, Deserializer, Serialize};

use super::purpose::PurposeRef;
use super::terms::{DataRange, Fetch, Item, Mode, Terms, View};
use super::violation::Violation;
use crate::clock::Timestamp;
use crate::text::is_line;

/// What canonicalisation needs of the attribute catalogue.
pub trait Families {
    /// The types that a pattern names: the type itself, or all of a family (`purchase.*`). `None` when it names nothing.
    fn expand(&self, pattern: &str) -> Option<Vec<String>>;
    /// Whether a type can be shown in a view.
    fn offers(&self, attribute: &str, view: View) -> bool;
}

const MOST_ITEMS: usize = 200;
const MOST_MONTHS: i32 = 12;
const MOST_USES: u32 = 1_000_000;
const MOST_RANGE_MONTHS: u32 = 1_200;
const MOST_LIFE_DAYS: u32 = 3_650;
const MOST_ONWARD: usize = 50;
const NAME_CHARS: usize = 100;
const TEXT_CHARS: usize = 300;

/// Terms in their one form: items are types, sorted and unique; `Once` has one use and no frequency; [`Mode::View`] has no data
/// life (nothing may be kept); processors are sorted and unique.
///
/// Made by [`Terms::canonical`]; [`Self::from_stored`] and `Deserialize` take only what already has that form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CanonicalTerms(Terms);

impl CanonicalTerms {
    /// Takes back what [`Terms::canonical`] made earlier. Asks neither the clock nor the catalogue: what is stored stays as it was agreed.
    pub fn from_stored(terms: Terms) -> Result<Self, Vec<Violation>> {
        let mut found = Vec::new();
        bounds(&terms, was_line, &mut found);
        if found.is_empty() && !has_one_form(&terms) {
            found.push(Violation::new("terms", "NOT_CANONICAL", "Stored terms are not in their canonical form."));
        }
        if found.is_empty() { Ok(Self(terms)) } else { Err(found) }
    }

    /// All fields.
    pub fn terms(&self) -> &Terms {
        &self.0
    }

    /// Gives the fields back, to be changed and made canonical again.
    pub fn into_terms(self) -> Terms {
        self.0
    }

    /// The purpose.
    pub fn purpose(&self) -> &PurposeRef {
        &self.0.purpose
    }

    /// The items, sorted by attribute.
    pub fn items(&self) -> &[Item] {
        &self.0.items
    }

    /// The item of one attribute type.
    pub fn item(&self, attribute: &str) -> Option<&Item> {
        let index = self.0.items.binary_search_by(|item| item.attribute.as_str().cmp(attribute)).ok()?;
        self.0.items.get(index)
    }
}

impl<'de> Deserialize<'de> for CanonicalTerms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let terms = Terms::deserialize(deserializer)?;
        Self::from_stored(terms).map_err(|_| serde::de::Error::custom("stored terms are not in their canonical form"))
    }
}

impl Terms {
    /// Checks every bound, writes families out and brings the terms into their one form.
    ///
    /// # Errors
    /// Every violation that was found, in the order of the fields; a list of items that is too long is named as a whole.
    pub fn canonical(&self, families: &dyn Families, now: Timestamp) -> Result<CanonicalTerms, Vec<Violation>> {
        let mut found = Vec::new();
        bounds(self, is_line, &mut found);
        times(self, now, &mut found);
        if self.items.len() > MOST_ITEMS {
            return Err(found);
        }
        let items = expand(&self.items, families, &mut found);
        if !found.is_empty() {
            return Err(found);
        }
        let mut terms = Self { items, ..self.clone() };
        terms.onward.sort_unstable();
        terms.onward.dedup();
        if terms.fetch == Fetch::Once {
            terms.uses = Some(1);
            terms.frequency = None;
        }
        if terms.mode == Mode::View {
            terms.data_life_days = None;
        }
        Ok(CanonicalTerms(terms))
    }
}

/// Whether the terms are what canonicalisation would leave as it is. Bounds are checked apart.
fn has_one_form(terms: &Terms) -> bool {
    terms.items.is_sorted_by(|a, b| a.attribute < b.attribute)
        && terms.items.iter().all(|item| !item.attribute.contains('*'))
        && terms.onward.is_sorted_by(|a, b| a < b)
        && (terms.fetch != Fetch::Once || (terms.uses == Some(1) && terms.frequency.is_none()))
        && (terms.mode != Mode::View || terms.data_life_days.is_none())
}

/// What counted as a text when the first terms were stored: a stricter rule must not make them unreadable.
fn was_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().nth(most).is_none() && !text.chars().any(char::is_control)
}

/// The bounds that need neither clock nor catalogue, with the rule for texts.
fn bounds(terms: &Terms, is_line: fn(&str, usize) -> bool, found: &mut Vec<Violation>) {
    let mut refuse = |field: &str, reason, description: &str| found.push(Violation::new(field, reason, description));
    if !is_line(&terms.purpose.code, NAME_CHARS) {
        refuse("terms.purpose", "PURPOSE_CODE_LENGTH", "A purpose code has 1 to 100 characters.");
    }
    if terms.purpose.version == 0 {
        refuse("terms.purpose_version", "PURPOSE_VERSION", "Purpose versions start at 1.");
    }
    if terms.items.is_empty() {
        refuse("terms.items", "ITEMS_MISSING", "At least one item is asked for.");
    }
    if terms.items.len() > MOST_ITEMS {
        refuse("terms.items", "TOO_MANY_ITEMS", "At most 200 items can be asked for.");
    } else {
        for (index, item) in terms.items.iter().enumerate() {
            if !is_line(&item.reason, TEXT_CHARS) {
                let field = format!("terms.items[{index}].reason");
                refuse(&field, "REASON_LENGTH", "A reason is one sentence of 1 to 300 characters, and no control characters.");
            }
            if (terms.mode == Mode::Query) != (item.view == View::Answer) {
                let field = format!("terms.items[{index}].view");
                refuse(&field, "VIEW_NOT_IN_MODE", "Mode QUERY has answers only, and only mode QUERY has answers.");
            }
        }
    }
    match terms.data_range {
        Some(DataRange::FromTo { from, to }) if from >= to => {
            refuse("terms.data_range.to_time", "RANGE_EMPTY", "A data range ends after it starts.");
        }
        Some(DataRange::LastMonths(months)) if !(1..=MOST_RANGE_MONTHS).contains(&months) => {
            refuse("terms.data_range.last_months", "RANGE_MONTHS", "A data range goes back 1 to 1,200 months.");
        }
        _ => {}
    }
    // At least a second, so that a rolling data range moves within the term and is never the same as a fixed one.
    if terms.not_before.is_some_and(|start| terms.expires_at < start.plus_seconds(1)) {
        refuse("terms.expire_time", "TERM_EMPTY", "Access ends at least one second after it starts.");
    }
    match (terms.fetch, terms.uses) {
        (Fetch::Once, Some(uses)) if uses != 1 => {
            refuse("terms.uses", "ONCE_IS_ONE_USE", "A one-time fetch has exactly one use.");
        }
        (_, Some(uses)) if !(1..=MOST_USES).contains(&uses) => {
            refuse("terms.uses", "USES_RANGE", "Uses are 1 to 1,000,000.");
        }
        _ => {}
    }
    if terms.frequency.is_some_and(|frequency| !(1..=MOST_USES).contains(&frequency.count)) {
        refuse("terms.frequency.count", "FREQUENCY_RANGE", "A frequency is 1 to 1,000,000 reads per period.");
    }
    match (terms.mode, terms.data_life_days) {
        (Mode::Store, None) => {
            refuse("terms.data_life", "DATA_LIFE_MISSING", "Mode STORE says how many days data may be kept.");
        }
        (_, Some(days)) if !(1..=MOST_LIFE_DAYS).contains(&days) => {
            refuse("terms.data_life", "DATA_LIFE_RANGE", "Data life is 1 to 3,650 days.");
        }
        _ => {}
    }
    if terms.onward.len() > MOST_ONWARD {
        refuse("terms.onward", "TOO_MANY_PROCESSORS", "At most 50 processors can be named.");
    } else {
        for (index, processor) in terms.onward.iter().enumerate() {
            if !is_line(processor, NAME_CHARS) {
                let field = format!("terms.onward[{index}]");
                refuse(&field, "PROCESSOR_LENGTH", "A processor's name has 1 to 100 characters, and no control characters.");
            }
        }
    }
    if terms.reward.as_ref().is_some_and(|reward| !is_line(reward, TEXT_CHARS)) {
        refuse("terms.reward", "REWARD_LENGTH", "A reward is described in 1 to 300 characters on one line, and no control characters.");
    }
}

/// Start and end against the present.
fn times(terms: &Terms, now: Timestamp, found: &mut Vec<Violation>) {
    let start = terms.not_before.map_or(now, |not_before| not_before.max(now));
    if start > now.plus_months(MOST_MONTHS) {
        let description = "Access starts at most 12 months from now.";
        found.push(Violation::new("terms.not_before", "START_TOO_LATE", description));
    }
    if terms.expires_at <= now {
        found.push(Violation::new("terms.expire_time", "END_IN_PAST", "Access ends in the future."));
    } else if terms.expires_at > start.plus_months(MOST_MONTHS) {
        let description = "Access lasts at most 12 months from its start.";
        found.push(Violation::new("terms.expire_time", "TERM_TOO_LONG", description));
    }
}

/// Items as types, sorted. Where two patterns name one type alike, the first one's reason stays.
fn expand(items: &[Item], families: &dyn Families, found: &mut Vec<Violation>) -> Vec<Item> {
    let mut expanded = std::collections::BTreeMap::<String, Item>::new();
    for (index, item) in items.iter().enumerate() {
        let attribute_field = || format!("terms.items[{index}].attribute");
        let known = is_line(&item.attribute, NAME_CHARS).then(|| families.expand(&item.attribute)).flatten();
        let Some(types) = known.filter(|types| !types.is_empty()) else {
            let description = "The catalogue has no such attribute or family.";
            found.push(Violation::new(attribute_field(), "ATTRIBUTE_UNKNOWN", description));
            continue;
        };
        if let Some(attribute) = types.iter().find(|attribute| !families.offers(attribute, item.view)) {
            let description = format!("{attribute} is not offered in this view.");
            found.push(Violation::new(format!("terms.items[{index}].view"), "VIEW_NOT_OFFERED", description));
        }
        for attribute in types {
            let single = Item { attribute: attribute.clone(), ..item.clone() };
            let earlier = expanded.entry(attribute).or_insert_with(|| single.clone());
            if (earlier.view, earlier.needed) != (single.view, single.needed) {
                let description = format!("{} is asked for twice, differently.", single.attribute);
                found.push(Violation::new(attribute_field(), "ATTRIBUTE_CONFLICT", description));
                break;
            }
        }
    }
    if expanded.len() > MOST_ITEMS {
        let description = "At most 200 attributes can be asked for, families written out.";
        found.push(Violation::new("terms.items", "TOO_MANY_ITEMS", description));
    }
    expanded.into_values().collect()
}
