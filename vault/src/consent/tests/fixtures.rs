//! A small catalogue and plain agreements to start from.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::consent::{
    Actor, Ask, CanonicalTerms, Contact, Families, Fetch, Grant, Issue, Item, Method, Mode, NewRequest, NoticeSeen, Outcome, PurposeRef,
    Request, Terms, View,
};

/// 2026-11-22T12:00:00Z.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);

pub(super) struct Catalogue;

const TYPES: [&str; 6] = ["body.ring_size", "body.shoe_size", "profile.city", "purchase.jewel", "purchase.leather", "purchase.watch"];

impl Families for Catalogue {
    fn expand(&self, pattern: &str) -> Option<Vec<String>> {
        let family = pattern.strip_suffix('*');
        let names = |name: &&&str| family.map_or(**name == pattern, |family| family.ends_with('.') && name.starts_with(family));
        // Unsorted on purpose: canonical terms sort.
        let found: Vec<String> = TYPES.iter().rev().filter(names).map(|name| (*name).to_owned()).collect();
        (!found.is_empty()).then_some(found)
    }

    fn offers(&self, attribute: &str, view: View) -> bool {
        attribute != "body.ring_size" || view != View::Masked
    }
}

pub(super) fn item(attribute: &str, view: View, needed: bool) -> Item {
    Item { attribute: attribute.to_owned(), view, needed, reason: "To find your size.".to_owned() }
}

/// Raw shoe size (needed), masked city and raw watches (optional), for 90 days.
pub(super) fn terms() -> Terms {
    Terms {
        purpose: PurposeRef { code: "fitting".to_owned(), version: 3 },
        items: vec![
            item("body.shoe_size", View::Raw, true),
            item("profile.city", View::Masked, false),
            item("purchase.watch", View::Raw, false),
        ],
        mode: Mode::View,
        data_range: None,
        not_before: None,
        expires_at: NOW.plus_days(90),
        fetch: Fetch::Periodic,
        uses: None,
        frequency: None,
        data_life_days: None,
        onward: Vec::new(),
        predictions: false,
        contact: Contact::None,
        reward: None,
    }
}

pub(super) fn canonical(terms: &Terms) -> CanonicalTerms {
    terms.canonical(&Catalogue, NOW).expect("terms within every bound")
}

pub(super) fn changed(change: impl FnOnce(&mut Terms)) -> Terms {
    let mut terms = terms();
    change(&mut terms);
    terms
}

pub(super) fn notice() -> NoticeSeen {
    NoticeSeen { version: 3, language: "fr".to_owned(), sha256: "0".repeat(64) }
}

pub(super) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn issue(number: u128) -> Issue {
    Issue { grant: id(number), supersedes: None }
}

pub(super) fn delegate() -> Actor {
    Actor::Delegate { id: id(77), name: "Ada Example".to_owned() }
}

pub(super) fn request_for(terms: CanonicalTerms, auto_accept: Option<CanonicalTerms>) -> Request {
    let new = NewRequest { id: id(1), handle: "r-1".to_owned(), brand: id(2), terms, auto_accept };
    Request::ask(new, NOW).expect("the rule narrows the terms")
}

/// A grant of exactly these terms, approved now.
pub(super) fn grant_of(terms: CanonicalTerms) -> Grant {
    let request = request_for(terms.clone(), None);
    match request.approve(terms, notice(), issue(10), Actor::Customer, NOW) {
        Ok((_, Outcome::Granted(grant))) => *grant,
        other => panic!("not granted: {other:?}"),
    }
}

pub(super) fn grant() -> Grant {
    grant_of(canonical(&terms()))
}

pub(super) fn ask(attributes: &[(&str, Option<View>)]) -> Ask {
    let attributes = attributes.iter().map(|(name, view)| ((*name).to_owned(), *view)).collect();
    Ask { method: Method::Read, attributes, reason: "fitting on Friday".to_owned() }
}
