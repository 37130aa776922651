//! Terms between the contract and the vault. Here is checked what only the wire can get wrong: enums that say nothing, negative
//! numbers, durations that are no days, two forms of one thing, lists and texts without measure. What terms may mean, the vault checks.

mod ceiling;
mod decision;
#[cfg(test)]
mod tests;

use coffret_proto::v1;
use coffret_vault::consent::{
    CanonicalTerms, Contact, DataRange, Fetch, Frequency, Item, Mode, Period, PurposeRef, Terms, View, Violation,
};
use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::id::BrandId;

use crate::names;

pub(crate) use ceiling::{ceiling_to_vault, ceiling_to_wire};
pub(crate) use decision::{
    brand_grant_to_wire, brand_request_to_wire, customer_grant_to_wire, grant_state_to_vault, hex, notice_to_wire, receipt_to_wire,
    request_state_to_vault, request_to_wire, signed_receipt_to_wire,
};

/// Items in one list at most, as the vault has it: a longer list is refused before any of it is looked at.
const MOST_ITEMS: usize = 200;
/// Processors at most, likewise.
const MOST_ONWARD: usize = 50;
/// Characters of a name and of a sentence at most.
const NAME_CHARS: usize = 100;
const TEXT_CHARS: usize = 300;
const SECONDS_PER_DAY: i64 = 86_400;

/// Collects what is wrong, so that one answer names every field.
#[derive(Default)]
struct Found(Vec<Violation>);

impl Found {
    fn add(&mut self, field: impl Into<String>, reason: &'static str, description: &str) {
        self.0.push(Violation { field: field.into(), reason, description: description.to_owned() });
    }

    /// The value, or nothing and its violations kept.
    fn keep<T>(&mut self, read: Result<T>) -> Option<T> {
        read.map_err(|error| self.0.extend_from_slice(error.field_violations())).ok()
    }

    /// A number that is not negative.
    fn count(&mut self, number: i32, field: impl Into<String>) -> u32 {
        u32::try_from(number).unwrap_or_else(|_| {
            self.add(field, "NUMBER_NEGATIVE", "This number is not negative.");
            0
        })
    }

    fn text(&mut self, text: &str, most: usize, field: impl Into<String>) {
        // Four bytes are the longest character, so most texts need no count.
        if text.len() > most && text.chars().nth(most).is_some() {
            self.add(field, "TEXT_TOO_LONG", &format!("This text has at most {most} characters."));
        }
    }
}

/// Reads terms. `field` is where they stand in the call; their purpose is one of `brand`, and has the version that the wire names or 1:
/// the vault puts the version in force in its place.
///
/// # Errors
/// Every violation that was found, with the path of its field; of a list that is too long, the list alone.
pub(crate) fn terms_to_vault(wire: Option<v1::Terms>, field: &str, brand: BrandId) -> Result<Terms> {
    let Some(wire) = wire else { return Err(Error::invalid(field, "TERMS_MISSING", "The call names its terms.")) };
    if wire.items.len() > MOST_ITEMS {
        return Err(Error::invalid(format!("{field}.items"), "TOO_MANY_ITEMS", "At most 200 items can be asked for."));
    }
    if wire.onward.len() > MOST_ONWARD {
        return Err(Error::invalid(format!("{field}.onward"), "TOO_MANY_PROCESSORS", "At most 50 processors can be named."));
    }
    let mut found = Found::default();
    let at = |name: &str| format!("{field}.{name}");

    let code = found.keep(purpose(&wire.purpose, &at("purpose"), brand));
    let version = found.count(wire.purpose_version, at("purpose_version")).max(1);
    let mode = mode(wire.mode, &at("mode"), &mut found);
    let data_range = wire.data_range.map(|range| data_range(&range, &at("data_range"), &mut found));
    let not_before = wire.not_before.map(|moment| found.keep(names::moment(&moment, &at("not_before"))));
    let missing = || Error::invalid(at("expire_time"), "TIME_MISSING", "Access has an end.");
    let end = wire.expire_time.as_ref().ok_or_else(missing).and_then(|moment| names::moment(moment, &at("expire_time")));
    let expires_at = found.keep(end);
    let fetch = fetch(wire.fetch, &at("fetch"), &mut found);
    let uses = Some(found.count(wire.uses, at("uses"))).filter(|uses| *uses > 0);
    let frequency = wire.frequency.map(|wire| frequency(wire, &at("frequency"), &mut found));
    let data_life_days = wire.data_life.map(|life| whole_days(&life, &at("data_life"), &mut found));
    for (place, processor) in wire.onward.iter().enumerate() {
        found.text(processor, NAME_CHARS, format!("{field}.onward[{place}]"));
    }
    found.text(&wire.reward, TEXT_CHARS, at("reward"));
    let contact = contact(wire.automated_contact, &at("automated_contact"), &mut found);
    let items: Vec<Item> = wire.items.into_iter().enumerate().filter_map(|(place, wire)| item(wire, field, place, &mut found)).collect();

    let read = (|| {
        Some(Terms {
            purpose: PurposeRef { code: code?, version },
            items,
            mode: mode?,
            data_range: lift(data_range)?,
            not_before: lift(not_before)?,
            expires_at: expires_at?,
            fetch: fetch?,
            uses,
            frequency: lift(frequency)?,
            data_life_days: lift(data_life_days)?,
            onward: wire.onward,
            predictions: wire.predictions,
            contact: contact?,
            reward: Some(wire.reward).filter(|reward| !reward.is_empty()),
        })
    })();
    match read {
        Some(terms) if found.0.is_empty() => Ok(terms),
        _ => Err(Error::violations(found.0)),
    }
}

/// What is absent stays absent, what could not be read makes the whole unreadable.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn lift<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(None) => None,
        Some(value) => Some(value),
    }
}

/// The code of a purpose of this brand.
fn purpose(name: &str, field: &str, brand: BrandId) -> Result<String> {
    let (of, code) = names::purpose(name, field)?;
    if of == brand { Ok(code) } else { Err(Error::invalid(field, "PURPOSE_FOREIGN", "The purpose is one of the asking brand's own.")) }
}

fn item(wire: v1::Item, terms: &str, place: usize, found: &mut Found) -> Option<Item> {
    let field = |name: &str| format!("{terms}.items[{place}].{name}");
    found.text(&wire.attribute, NAME_CHARS, field("attribute"));
    found.text(&wire.reason, TEXT_CHARS, field("reason"));
    let view = match view_to_vault(wire.view, &field("view")) {
        Ok(Some(view)) => Some(view),
        Ok(None) => {
            found.add(field("view"), "VIEW_MISSING", "Each item names its view.");
            None
        }
        Err(error) => found.keep(Err(error)),
    };
    Some(Item { attribute: wire.attribute, view: view?, needed: wire.needed, reason: wire.reason })
}

fn data_range(wire: &v1::DataRange, field: &str, found: &mut Found) -> Option<DataRange> {
    match (&wire.from_time, &wire.to_time, wire.last_months) {
        (None, None, 0) => {
            found.add(field, "RANGE_MISSING", "A data range has a start and an end, or a number of months.");
            None
        }
        (None, None, months) => Some(DataRange::LastMonths(found.count(months, format!("{field}.last_months")))),
        (Some(from), Some(to), 0) => {
            let from = found.keep(names::moment(from, &format!("{field}.from_time")));
            let to = found.keep(names::moment(to, &format!("{field}.to_time")));
            Some(DataRange::FromTo { from: from?, to: to? })
        }
        (Some(_), None, 0) => {
            found.add(format!("{field}.to_time"), "TIME_MISSING", "A data range with a start has an end.");
            None
        }
        (None, Some(_), 0) => {
            found.add(format!("{field}.from_time"), "TIME_MISSING", "A data range with an end has a start.");
            None
        }
        _ => {
            found.add(
                format!("{field}.last_months"),
                "RANGE_TWICE",
                "A data range has a start and an end, or a number of months, not both.",
            );
            None
        }
    }
}

fn frequency(wire: v1::Frequency, field: &str, found: &mut Found) -> Option<Frequency> {
    let count = found.count(wire.count, format!("{field}.count"));
    let per = match v1::Period::try_from(wire.period) {
        Ok(v1::Period::Hour) => Period::Hour,
        Ok(v1::Period::Day) => Period::Day,
        Ok(v1::Period::Month) => Period::Month,
        Ok(v1::Period::Unspecified) | Err(_) => {
            found.add(format!("{field}.period"), "PERIOD_MISSING", "A frequency names its period.");
            return None;
        }
    };
    Some(Frequency { count, per })
}

/// A duration of whole days of 86,400 seconds.
fn whole_days(wire: &prost_types::Duration, field: &str, found: &mut Found) -> Option<u32> {
    let seconds = found.keep(names::seconds(wire, field))?;
    let days = u32::try_from(seconds / SECONDS_PER_DAY).ok().filter(|_| seconds % SECONDS_PER_DAY == 0);
    if days.is_none() {
        found.add(field, "DURATION_NOT_IN_DAYS", "This duration is a number of whole days.");
    }
    days
}

fn mode(wire: i32, field: &str, found: &mut Found) -> Option<Mode> {
    match v1::Mode::try_from(wire) {
        Ok(v1::Mode::View) => Some(Mode::View),
        Ok(v1::Mode::Store) => Some(Mode::Store),
        Ok(v1::Mode::Query) => Some(Mode::Query),
        Ok(v1::Mode::Stream) => Some(Mode::Stream),
        Ok(v1::Mode::Unspecified) | Err(_) => {
            found.add(field, "MODE_MISSING", "The terms name a mode of the contract.");
            None
        }
    }
}

fn fetch(wire: i32, field: &str, found: &mut Found) -> Option<Fetch> {
    match v1::Fetch::try_from(wire) {
        Ok(v1::Fetch::Once) => Some(Fetch::Once),
        Ok(v1::Fetch::Periodic) => Some(Fetch::Periodic),
        Ok(v1::Fetch::Unspecified) | Err(_) => {
            found.add(field, "FETCH_MISSING", "The terms say whether data is fetched once or again.");
            None
        }
    }
}

/// Not given means never: the least there is.
fn contact(wire: i32, field: &str, found: &mut Found) -> Option<Contact> {
    match v1::AutomatedContact::try_from(wire) {
        Ok(v1::AutomatedContact::None | v1::AutomatedContact::Unspecified) => Some(Contact::None),
        Ok(v1::AutomatedContact::Drafts) => Some(Contact::Drafts),
        Ok(v1::AutomatedContact::Yes) => Some(Contact::Yes),
        Err(_) => {
            found.add(field, "CONTACT_UNKNOWN", "The contract has no such kind of automated contact.");
            None
        }
    }
}

/// A view; nothing where none is given.
///
/// # Errors
/// The contract has no such view.
pub(crate) fn view_to_vault(wire: i32, field: &str) -> Result<Option<View>> {
    match v1::View::try_from(wire) {
        Ok(v1::View::Unspecified) => Ok(None),
        Ok(v1::View::Raw) => Ok(Some(View::Raw)),
        Ok(v1::View::Masked) => Ok(Some(View::Masked)),
        Ok(v1::View::Answer) => Ok(Some(View::Answer)),
        Err(_) => Err(Error::invalid(field, "VIEW_UNKNOWN", "The contract has no such view.")),
    }
}

/// A view on the wire.
pub(crate) const fn view_to_wire(view: View) -> v1::View {
    match view {
        View::Raw => v1::View::Raw,
        View::Masked => v1::View::Masked,
        View::Answer => v1::View::Answer,
    }
}

/// Terms on the wire: nothing of them is lost.
pub(crate) fn terms_to_wire(terms: &Terms, brand: BrandId) -> v1::Terms {
    v1::Terms {
        purpose: names::purpose_name(brand, &terms.purpose.code),
        purpose_version: number(terms.purpose.version),
        items: terms
            .items
            .iter()
            .map(|item| v1::Item {
                attribute: item.attribute.clone(),
                view: view_to_wire(item.view).into(),
                needed: item.needed,
                reason: item.reason.clone(),
            })
            .collect(),
        mode: match terms.mode {
            Mode::View => v1::Mode::View,
            Mode::Store => v1::Mode::Store,
            Mode::Query => v1::Mode::Query,
            Mode::Stream => v1::Mode::Stream,
        }
        .into(),
        data_range: terms.data_range.map(|range| match range {
            DataRange::FromTo { from, to } => {
                v1::DataRange { from_time: Some(names::timestamp(from)), to_time: Some(names::timestamp(to)), last_months: 0 }
            }
            DataRange::LastMonths(months) => v1::DataRange { from_time: None, to_time: None, last_months: number(months) },
        }),
        not_before: terms.not_before.map(names::timestamp),
        expire_time: Some(names::timestamp(terms.expires_at)),
        fetch: match terms.fetch {
            Fetch::Once => v1::Fetch::Once,
            Fetch::Periodic => v1::Fetch::Periodic,
        }
        .into(),
        uses: terms.uses.map_or(0, number),
        frequency: terms.frequency.map(frequency_to_wire),
        data_life: terms.data_life_days.map(days_to_wire),
        onward: terms.onward.clone(),
        predictions: terms.predictions,
        automated_contact: match terms.contact {
            Contact::None => v1::AutomatedContact::None,
            Contact::Drafts => v1::AutomatedContact::Drafts,
            Contact::Yes => v1::AutomatedContact::Yes,
        }
        .into(),
        reward: terms.reward.clone().unwrap_or_default(),
    }
}

/// Canonical terms on the wire.
pub(crate) fn agreed_to_wire(terms: &CanonicalTerms, brand: BrandId) -> v1::Terms {
    terms_to_wire(terms.terms(), brand)
}

fn frequency_to_wire(frequency: Frequency) -> v1::Frequency {
    let period = match frequency.per {
        Period::Hour => v1::Period::Hour,
        Period::Day => v1::Period::Day,
        Period::Month => v1::Period::Month,
    };
    v1::Frequency { count: number(frequency.count), period: period.into() }
}

fn days_to_wire(days: u32) -> prost_types::Duration {
    names::duration(i64::from(days) * SECONDS_PER_DAY)
}

/// The bounds of terms are far below what the wire's numbers hold.
fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Terms that a customer sends back, about a request or grant whose terms are `asked`: the same purpose, in the same version where one
/// is named.
///
/// # Errors
/// As [`terms_to_vault`]; the purpose is another one.
pub(crate) fn answer_to_vault(wire: v1::Terms, field: &str, brand: BrandId, asked: &PurposeRef) -> Result<Terms> {
    let named = wire.purpose_version != 0;
    let mut terms = terms_to_vault(Some(wire), field, brand)?;
    if terms.purpose.code != asked.code {
        return Err(Error::invalid(format!("{field}.purpose"), "PURPOSE_DIFFERS", "The purpose is the one that was asked for."));
    }
    if named && terms.purpose.version != asked.version {
        let description = "The purpose's version is the one that was asked for.";
        return Err(Error::invalid(format!("{field}.purpose_version"), "PURPOSE_DIFFERS", description));
    }
    terms.purpose.version = asked.version;
    Ok(terms)
}

/// The same failure with the field `from`, and what lies below it, named `to`.
pub(crate) fn renamed(error: Error, from: &str, to: &str) -> Error {
    let touches = |field: &str| field.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    if error.kind() != Kind::InvalidArgument || !error.field_violations().iter().any(|violation| touches(&violation.field)) {
        return error;
    }
    let renamed = error.field_violations().iter().cloned().map(|mut violation| {
        if touches(&violation.field) {
            violation.field.replace_range(..from.len(), to);
        }
        violation
    });
    Error::violations(renamed.collect())
}
