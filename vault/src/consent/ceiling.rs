//! Fair use: what the operator lets a brand ask for at all, per purpose.

use serde::{Deserialize, Serialize};

use super::canonical::CanonicalTerms;
use super::terms::{DataRange, Fetch, Frequency, Mode, View, calendar_months};
use super::violation::Violation;
use crate::clock::Timestamp;

/// Attributes that a purpose may ask for, and in which views.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// A type (`body.shoe_size`) or everything below a prefix (`purchase.*`).
    pub pattern: String,
    /// The views that may be asked for.
    pub views: Vec<View>,
}

impl Allowed {
    fn covers(&self, attribute: &str) -> bool {
        match self.pattern.strip_suffix(".*") {
            Some(family) => attribute.strip_prefix(family).is_some_and(|rest| rest.starts_with('.')),
            None => self.pattern == attribute,
        }
    }
}

/// The most that may be asked for one purpose code. An absent limit is no limit; an attribute that nothing allows is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// The purpose code that it holds for.
    pub purpose: String,
    /// Days of 86,400 seconds from start to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_days: Option<u32>,
    /// Days that data may be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_life_days: Option<u32>,
    /// Reads per time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// Calendar months of records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_months: Option<u32>,
    /// Items, families written out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<u32>,
    /// What may be asked for.
    pub allowed: Vec<Allowed>,
}

impl Ceiling {
    /// Whether the terms stay below, asked at `now`.
    ///
    /// # Errors
    /// Each field that is above, with its limit; items are numbered as in the canonical terms.
    pub fn check(&self, terms: &CanonicalTerms, now: Timestamp) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        self.check_items(terms, &mut found);
        let terms = terms.terms();
        let mut refuse = |field: &str, reason, description: String| found.push(Violation::new(field, reason, description));
        if terms.purpose.code != self.purpose {
            refuse("terms.purpose", "PURPOSE_NOT_ALLOWED", "Nothing may be asked for this purpose.".to_owned());
        }
        let start = terms.not_before.map_or(now, |not_before| not_before.max(now));
        let lasts_longer_than = |days: u32| terms.expires_at > start.plus_days(i64::from(days));
        if let Some(days) = self.term_days.filter(|days| lasts_longer_than(*days)) {
            refuse("terms.expire_time", "TERM_ABOVE_CEILING", format!("Access for this purpose lasts at most {days} days."));
        }
        let kept_longer_than = |days: u32| match (terms.mode, terms.data_life_days) {
            (Mode::View, _) => false,
            // No data life means until the end, so the term is what is kept.
            (_, None) => lasts_longer_than(days),
            (_, Some(life)) => life > days,
        };
        if let Some(days) = self.data_life_days.filter(|days| kept_longer_than(*days)) {
            refuse("terms.data_life", "DATA_LIFE_ABOVE_CEILING", format!("Data for this purpose is kept at most {days} days."));
        }
        let often = |most: &Frequency| terms.fetch != Fetch::Once && !terms.frequency.is_some_and(|asked| asked.is_at_most(*most));
        if let Some(Frequency { count, per }) = self.frequency.filter(often) {
            let period = format!("{per:?}").to_lowercase();
            refuse("terms.frequency", "FREQUENCY_ABOVE_CEILING", format!("Reads for this purpose are at most {count} per {period}."));
        }
        let reaches_beyond = |months: u32| match terms.data_range {
            None => true,
            Some(DataRange::LastMonths(asked)) => asked > months,
            Some(DataRange::FromTo { from, to }) => to > from.plus_months(calendar_months(months)),
        };
        if let Some(months) = self.range_months.filter(|months| reaches_beyond(*months)) {
            refuse("terms.data_range", "RANGE_ABOVE_CEILING", format!("Records for this purpose span at most {months} months."));
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn check_items(&self, terms: &CanonicalTerms, found: &mut Vec<Violation>) {
        let above = |most: &u32| terms.items().len() > usize::try_from(*most).unwrap_or(usize::MAX);
        if let Some(most) = self.items.filter(above) {
            let description = format!("At most {most} items can be asked for this purpose.");
            found.push(Violation::new("terms.items", "ITEMS_ABOVE_CEILING", description));
        }
        for (index, item) in terms.items().iter().enumerate() {
            let mut covering = self.allowed.iter().filter(|allowed| allowed.covers(&item.attribute)).peekable();
            if covering.peek().is_none() {
                let description = format!("{} cannot be asked for this purpose.", item.attribute);
                found.push(Violation::new(format!("terms.items[{index}].attribute"), "ATTRIBUTE_NOT_ALLOWED", description));
            } else if !covering.any(|allowed| allowed.views.contains(&item.view)) {
                let description = format!("{} cannot be asked in this view for this purpose.", item.attribute);
                found.push(Violation::new(format!("terms.items[{index}].view"), "VIEW_NOT_ALLOWED", description));
            }
        }
    }
}
