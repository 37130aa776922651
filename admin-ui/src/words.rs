//! Terms in words: what is asked or granted, so that nobody has to know how it is stored.

use coffret_proto::v1;
use maud::{Markup, html};

use crate::catalogue::{Catalogue, family};
use crate::look::Look;
use crate::texts::say;

const DAY: i64 = 86_400;
/// Names of data on a card, at most; the rest are counted.
const NAMED: usize = 5;

/// The plain names of the data, few enough for a card.
pub(crate) fn data_in_short(look: &Look, catalogue: &Catalogue, terms: &v1::Terms) -> String {
    let titles: Vec<&str> = terms.items.iter().map(|item| catalogue.title(&item.attribute)).collect();
    let named = if titles.len() <= NAMED + 1 { titles.len() } else { NAMED };
    let mut text = titles[..named].join(say!(look, "list-comma").as_str());
    if named < titles.len() {
        text = say!(look, "and-more", list = text, count = titles.len() - named);
    }
    text
}

/// How much of a datum is shown.
pub(crate) fn view(look: &Look, view: i32) -> String {
    match v1::View::try_from(view) {
        Ok(v1::View::Masked) => say!(look, "view-masked"),
        Ok(v1::View::Answer) => say!(look, "view-answer"),
        _ => say!(look, "view-raw"),
    }
}

/// The name of a family of data.
pub(crate) fn family_title(look: &Look, name: &str) -> String {
    let key = format!("family-{name}");
    look.language.try_say(&key, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| name.to_owned())
}

/// The data as a list, with how much of each and why.
pub(crate) fn items(look: &Look, catalogue: &Catalogue, terms: &v1::Terms) -> Markup {
    html! {
        ul.items {
            @for item in &terms.items {
                li {
                    strong { (catalogue.title(&item.attribute)) }
                    " " span.soft { (family_title(look, family(&item.attribute))) " · " (view(look, item.view)) }
                    @if !item.reason.is_empty() { br; bdi { (item.reason) } }
                }
            }
        }
    }
}

/// Everything but the data: what can be done with it, and how long.
pub(crate) fn rules(look: &Look, terms: &v1::Terms) -> Markup {
    html! {
        dl {
            @for (key, text) in rows(look, terms) {
                dt { (say!(look, key)) }
                dd { (text) }
            }
        }
    }
}

fn rows(look: &Look, terms: &v1::Terms) -> Vec<(&'static str, String)> {
    let mut rows = vec![("terms-mode", say!(look, mode(terms.mode)))];
    rows.push(("terms-often", often(look, terms)));
    if let Some(range) = &terms.data_range {
        rows.push(("terms-range", self::range(look, range)));
    }
    if let Some(start) = look.time(terms.not_before.as_ref()).filter(|start| *start > look.now) {
        rows.push(("terms-from", look.date(start)));
    }
    if let Some(end) = look.time(terms.expire_time.as_ref()) {
        rows.push(("terms-until", look.left(end)));
    }
    let kept = match kept(terms) {
        Kept::Nothing => say!(look, "kept-not"),
        Kept::Days(days) => say!(look, "kept-days", days = days),
        Kept::UntilEnd => say!(look, "kept-end"),
    };
    rows.push(("terms-kept", kept));
    let onward = if terms.onward.is_empty() { say!(look, "onward-nobody") } else { terms.onward.join(say!(look, "list-comma").as_str()) };
    rows.push(("terms-onward", onward));
    rows.push(("terms-predictions", say!(look, if terms.predictions { "predictions-yes" } else { "predictions-no" })));
    rows.push(("terms-contact", say!(look, contact(terms.automated_contact))));
    rows
}

/// How long a brand may keep what it gets.
pub(crate) enum Kept {
    /// It looks, or asks, and stores nothing.
    Nothing,
    /// So many days after each read, and not beyond the end.
    Days(i64),
    /// Until access ends.
    UntilEnd,
}

/// What the terms say of keeping.
pub(crate) fn kept(terms: &v1::Terms) -> Kept {
    if matches!(v1::Mode::try_from(terms.mode), Ok(v1::Mode::View | v1::Mode::Query)) {
        return Kept::Nothing;
    }
    match terms.data_life.as_ref().map_or(0, |life| life.seconds) {
        0 => Kept::UntilEnd,
        life => Kept::Days((life + DAY - 1) / DAY),
    }
}

fn mode(mode: i32) -> &'static str {
    match v1::Mode::try_from(mode) {
        Ok(v1::Mode::Store) => "mode-store",
        Ok(v1::Mode::Query) => "mode-query",
        Ok(v1::Mode::Stream) => "mode-stream",
        _ => "mode-view",
    }
}

pub(crate) fn contact(contact: i32) -> &'static str {
    match v1::AutomatedContact::try_from(contact) {
        Ok(v1::AutomatedContact::Drafts) => "contact-drafts",
        Ok(v1::AutomatedContact::Yes) => "contact-yes",
        _ => "contact-none",
    }
}

fn often(look: &Look, terms: &v1::Terms) -> String {
    if terms.uses == 1 || terms.fetch == i32::from(v1::Fetch::Once) {
        return say!(look, "often-once");
    }
    let mut parts = Vec::new();
    if terms.uses > 0 {
        parts.push(say!(look, "often-uses", count = terms.uses));
    }
    if let Some(frequency) = &terms.frequency {
        let key = match v1::Period::try_from(frequency.period) {
            Ok(v1::Period::Hour) => "often-hour",
            Ok(v1::Period::Month) => "often-month",
            _ => "often-day",
        };
        parts.push(say!(look, key, count = frequency.count));
    }
    if parts.is_empty() { say!(look, "often-free") } else { parts.join(say!(look, "list-comma").as_str()) }
}

fn range(look: &Look, range: &v1::DataRange) -> String {
    if range.last_months > 0 {
        return say!(look, "range-months", count = range.last_months);
    }
    let from = look.time(range.from_time.as_ref()).map(|at| look.date(at));
    let to = look.time(range.to_time.as_ref()).map(|at| look.date(at));
    match (from, to) {
        (Some(from), Some(to)) => say!(look, "range-between", from = from, to = to),
        (Some(from), None) => say!(look, "range-from", from = from),
        (None, Some(to)) => say!(look, "range-to", to = to),
        (None, None) => say!(look, "range-all"),
    }
}

/// What a grant is, in a word.
pub(crate) fn grant_state(state: i32) -> &'static str {
    match v1::GrantState::try_from(state) {
        Ok(v1::GrantState::Paused) => "grant-paused",
        Ok(v1::GrantState::Revoked) => "grant-revoked",
        Ok(v1::GrantState::Expired) => "grant-expired",
        Ok(v1::GrantState::Exhausted) => "grant-exhausted",
        Ok(v1::GrantState::Superseded) => "grant-superseded",
        Ok(v1::GrantState::Suspended) => "grant-suspended",
        _ => "grant-active",
    }
}

/// Whether somebody could read under a grant, now or after a pause.
pub(crate) fn is_open(grant: &v1::Grant) -> bool {
    use v1::GrantState::{Active, Paused, Suspended};
    v1::GrantState::try_from(grant.state).is_ok_and(|state| matches!(state, Active | Paused | Suspended))
}

/// The last part of a resource's name.
pub(crate) fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
