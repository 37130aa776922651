//! Ceilings: the wire names attributes and one finest view, the vault a set of views per attribute.

use coffret_proto::v1;
use coffret_vault::attribute::Catalogue;
use coffret_vault::consent::{Allowed, Ceiling, Frequency, View};
use coffret_vault::error::{Error, Result};

use super::{
    Found, MOST_ITEMS, NAME_CHARS, days_to_wire, frequency, frequency_to_wire, lift, number, view_to_vault, view_to_wire, whole_days,
};

/// Views from least to most.
const VIEWS: [View; 3] = [View::Answer, View::Masked, View::Raw];

/// Reads a ceiling. A limit that is 0 or absent is no limit; without attributes every family of the catalogue may be asked for, without a
/// finest view every view.
///
/// # Errors
/// Every violation, below `field`.
pub(crate) fn ceiling_to_vault(wire: Option<v1::Ceiling>, field: &str, catalogue: &Catalogue) -> Result<Ceiling> {
    let Some(wire) = wire else { return Err(Error::invalid(field, "CEILING_MISSING", "The call names the ceiling.")) };
    if wire.attributes.len() > MOST_ITEMS {
        return Err(Error::invalid(format!("{field}.attributes"), "TOO_MANY_ATTRIBUTES", "A ceiling names at most 200 attributes."));
    }
    let at = |name: &str| format!("{field}.{name}");
    let mut found = Found::default();
    if wire.purpose_code.is_empty() {
        found.add(at("purpose_code"), "PURPOSE_CODE_MISSING", "A ceiling names a purpose code, or * for all that have none of their own.");
    }
    found.text(&wire.purpose_code, NAME_CHARS, at("purpose_code"));
    let mut limit = |count: i32, name: &str| Some(found.count(count, at(name))).filter(|count| *count > 0);
    let (term_days, range_months, items) =
        (limit(wire.max_term_days, "max_term_days"), limit(wire.max_range_months, "max_range_months"), limit(wire.max_items, "max_items"));
    let data_life_days = wire.max_data_life.map(|life| whole_days(&life, &at("max_data_life"), &mut found));
    let frequency = wire.max_frequency.map(|wire| read_frequency(wire, &at("max_frequency"), &mut found));
    let finest = found.keep(view_to_vault(wire.finest_view, &at("finest_view"))).flatten().unwrap_or(View::Raw);
    let views: Vec<View> = VIEWS.into_iter().filter(|view| *view <= finest).collect();
    for (place, pattern) in wire.attributes.iter().enumerate() {
        if catalogue.expand(pattern).is_none() {
            found.add(format!("{field}.attributes[{place}]"), "ATTRIBUTE_UNKNOWN", "The catalogue has no such attribute or family.");
        }
    }
    let patterns = if wire.attributes.is_empty() { everything(catalogue) } else { wire.attributes };
    match (lift(data_life_days), lift(frequency)) {
        (Some(data_life_days), Some(frequency)) if found.0.is_empty() => Ok(Ceiling {
            purpose: wire.purpose_code,
            term_days,
            data_life_days: data_life_days.filter(|days| *days > 0),
            frequency,
            range_months,
            items,
            allowed: patterns.into_iter().map(|pattern| Allowed { pattern, views: views.clone() }).collect(),
        }),
        _ => Err(Error::violations(found.0)),
    }
}

fn read_frequency(wire: v1::Frequency, field: &str, found: &mut Found) -> Option<Frequency> {
    let read = frequency(wire, field, found)?;
    if read.count == 0 {
        found.add(format!("{field}.count"), "FREQUENCY_RANGE", "A frequency is at least one read per period.");
    }
    Some(read)
}

/// Every family of the catalogue.
fn everything(catalogue: &Catalogue) -> Vec<String> {
    catalogue.families().map(|family| format!("{family}.*")).collect()
}

/// A ceiling on the wire. The wire has one finest view for all attributes: of several the finest is shown.
pub(crate) fn ceiling_to_wire(ceiling: &Ceiling, catalogue: &Catalogue) -> v1::Ceiling {
    let attributes: Vec<String> = ceiling.allowed.iter().map(|allowed| allowed.pattern.clone()).collect();
    let finest = ceiling.allowed.iter().flat_map(|allowed| &allowed.views).max().copied();
    v1::Ceiling {
        purpose_code: ceiling.purpose.clone(),
        max_term_days: ceiling.term_days.map_or(0, number),
        max_data_life: ceiling.data_life_days.map(days_to_wire),
        max_frequency: ceiling.frequency.map(frequency_to_wire),
        max_range_months: ceiling.range_months.map_or(0, number),
        max_items: ceiling.items.map_or(0, number),
        attributes: if attributes == everything(catalogue) { Vec::new() } else { attributes },
        finest_view: finest.map_or(v1::View::Unspecified, view_to_wire).into(),
    }
}
