//! Ceilings: each limit alone, at it and above it.

use super::fixtures::{NOW, canonical, changed, terms};
use crate::clock::Timestamp;
use crate::consent::{Allowed, Ceiling, DataRange, Fetch, Frequency, Mode, Period, Terms, View};

fn ceiling() -> Ceiling {
    let allow = |pattern: &str, views: &[View]| Allowed { pattern: pattern.to_owned(), views: views.to_vec() };
    Ceiling {
        purpose: "fitting".to_owned(),
        term_days: None,
        data_life_days: None,
        frequency: None,
        range_months: None,
        items: None,
        allowed: vec![
            allow("body.shoe_size", &[View::Raw]),
            allow("profile.*", &[View::Masked]),
            allow("purchase.*", &[View::Masked]),
            allow("purchase.*", &[View::Raw, View::Answer]),
        ],
    }
}

fn above(ceiling: &Ceiling, terms: &Terms) -> Vec<(String, &'static str, String)> {
    match ceiling.check(&canonical(terms), NOW) {
        Ok(()) => Vec::new(),
        Err(violations) => violations.into_iter().map(|found| (found.field, found.reason, found.description)).collect(),
    }
}

fn above_names(ceiling: &Ceiling, terms: &Terms, field: &str, reason: &'static str, limit: &str) {
    let found = above(ceiling, terms);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1), (field, reason));
    assert!(found[0].2.contains(limit), "{}", found[0].2);
}

#[test]
fn terms_below_every_limit_pass() {
    let below = Ceiling { term_days: Some(90), items: Some(3), data_life_days: Some(1), ..ceiling() };
    assert_eq!(above(&below, &terms()), []);
}

#[test]
fn the_term_counts_from_the_later_of_now_and_the_start() {
    let limit = Ceiling { term_days: Some(90), ..ceiling() };
    let end = Timestamp::from_micros(NOW.plus_days(90).micros() + 1);
    let long = changed(|terms| terms.expires_at = end);
    above_names(&limit, &long, "terms.expire_time", "TERM_ABOVE_CEILING", "90 days");
    let post_dated = Terms { not_before: Some(NOW.plus_days(1)), ..long.clone() };
    assert_eq!(above(&limit, &post_dated), []);
    let back_dated = Terms { not_before: Some(NOW.plus_days(-1)), ..long };
    assert_eq!(above(&limit, &back_dated).len(), 1);
}

#[test]
fn data_life_is_limited_also_when_it_is_the_term() {
    let limit = Ceiling { data_life_days: Some(30), ..ceiling() };
    let store = |days| changed(|terms| (terms.mode, terms.data_life_days) = (Mode::Store, Some(days)));
    assert_eq!(above(&limit, &store(30)), []);
    above_names(&limit, &store(31), "terms.data_life", "DATA_LIFE_ABOVE_CEILING", "30 days");
    let until_the_end = changed(|terms| terms.mode = Mode::Stream);
    above_names(&limit, &until_the_end, "terms.data_life", "DATA_LIFE_ABOVE_CEILING", "30 days");
    assert_eq!(above(&limit, &Terms { expires_at: NOW.plus_days(30), ..until_the_end }), []);
}

#[test]
fn frequency_is_compared_as_a_rate() {
    let limit = Ceiling { frequency: Some(Frequency { count: 24, per: Period::Day }), ..ceiling() };
    let asking = |count, per| changed(|terms| terms.frequency = Some(Frequency { count, per }));
    for fine in [asking(24, Period::Day), asking(1, Period::Hour), asking(24, Period::Month)] {
        assert_eq!(above(&limit, &fine), []);
    }
    for often in [asking(25, Period::Day), asking(2, Period::Hour), asking(25, Period::Month), terms()] {
        above_names(&limit, &often, "terms.frequency", "FREQUENCY_ABOVE_CEILING", "24 per day");
    }
    assert_eq!(above(&limit, &changed(|terms| terms.fetch = Fetch::Once)), []);
}

#[test]
fn range_is_limited_and_no_range_is_above() {
    let limit = Ceiling { range_months: Some(12), ..ceiling() };
    let asking = |range| changed(|terms| terms.data_range = range);
    let (from, to) = (NOW.plus_months(-12), NOW);
    assert_eq!(above(&limit, &asking(Some(DataRange::LastMonths(12)))), []);
    assert_eq!(above(&limit, &asking(Some(DataRange::FromTo { from, to }))), []);
    let wide = Some(DataRange::FromTo { from, to: Timestamp::from_micros(to.micros() + 1) });
    let endless = Ceiling { range_months: Some(u32::MAX), ..ceiling() };
    assert_eq!(above(&endless, &asking(Some(DataRange::FromTo { from, to }))), []);
    for range in [None, Some(DataRange::LastMonths(13)), wide] {
        above_names(&limit, &asking(range), "terms.data_range", "RANGE_ABOVE_CEILING", "12 months");
    }
}

#[test]
fn items_attributes_and_views_are_limited() {
    let two = Ceiling { items: Some(2), ..ceiling() };
    above_names(&two, &terms(), "terms.items", "ITEMS_ABOVE_CEILING", "2 items");
    let ring = changed(|terms| terms.items[0].attribute = "body.ring_size".to_owned());
    above_names(&ceiling(), &ring, "terms.items[0].attribute", "ATTRIBUTE_NOT_ALLOWED", "body.ring_size");
    let raw_city = changed(|terms| terms.items[1].view = View::Raw);
    above_names(&ceiling(), &raw_city, "terms.items[1].view", "VIEW_NOT_ALLOWED", "profile.city");
    let nothing = Ceiling { allowed: Vec::new(), ..ceiling() };
    assert_eq!(above(&nothing, &terms()).len(), 3, "what nothing allows is refused");
    let other_prefix = Ceiling { allowed: vec![Allowed { pattern: "pur.*".to_owned(), views: vec![View::Raw] }], ..ceiling() };
    assert_eq!(above(&other_prefix, &terms()).len(), 3, "a prefix ends at a dot");
}

#[test]
fn a_ceiling_of_another_purpose_lets_nothing_through() {
    let other = Ceiling { purpose: "gifting".to_owned(), ..ceiling() };
    above_names(&other, &terms(), "terms.purpose", "PURPOSE_NOT_ALLOWED", "purpose");
}
