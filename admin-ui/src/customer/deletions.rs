//! What brands have stored and must delete: by when, and whether they said that they did.

use std::collections::HashMap;

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::entry::Details;
use super::home;
use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::texts::say;
use crate::words::{self, Kept, id};

const EVERYTHING: i32 = 1000;
/// With these entries access ends.
const ENDS: [&str; 4] = ["grant.revoked", "grant.expired", "grant.exhausted", "grant.superseded"];

/// What one brand has stored under one grant.
pub(super) struct Stored {
    grant: v1::Grant,
    state: State,
}

/// How far its deletion is.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Access is on; what was read so far has to go by then.
    On(Timestamp),
    /// Access has ended; it has to go by then.
    Waiting(Timestamp),
    /// The brand said at this moment that it has deleted it.
    Done(Timestamp),
    /// It had to go by then, and the brand has not said that it did.
    Late(Timestamp),
}

/// By when the copy of the last read has to go, as the brand was told with it: after its time, and not beyond the end of access.
fn due(terms: &v1::Terms, read: Timestamp, expires: Timestamp, ended: Option<Timestamp>) -> Option<Timestamp> {
    match words::kept(terms) {
        Kept::Nothing => None,
        Kept::UntilEnd => Some(ended.unwrap_or(expires).min(expires)),
        Kept::Days(_) => {
            let life = terms.data_life.as_ref().map_or(0, |life| life.seconds);
            Some(read.checked_add(SignedDuration::from_secs(life)).unwrap_or(Timestamp::MAX).min(expires))
        }
    }
}

fn state(is_on: bool, due: Timestamp, told: Option<Timestamp>, now: Timestamp) -> State {
    match told {
        _ if is_on => State::On(due),
        Some(told) => State::Done(told),
        None if now > due => State::Late(due),
        None => State::Waiting(due),
    }
}

/// All that brands have stored; what is late comes first, what is done last.
pub(super) async fn stored(visit: &Visit) -> Result<Vec<Stored>, Fault> {
    let look = &visit.look;
    let told = moments(visit, "deletion.attested", &["deletion.attested"]).await?;
    let ended = moments(visit, "grant.*", &ENDS).await?;
    let mut stored = Vec::new();
    for grant in home::every_access(visit).await? {
        let terms = grant.terms.clone().unwrap_or_default();
        let (read, expires) = (look.time(grant.last_read_time.as_ref()), look.time(terms.expire_time.as_ref()));
        let (Some(read), Some(expires)) = (read, expires) else { continue };
        let own = id(&grant.name);
        let Some(due) = due(&terms, read, expires, ended.get(own).copied()) else { continue };
        let state = state(words::is_open(&grant), due, told.get(own).copied(), look.now);
        stored.push(Stored { grant, state });
    }
    stored.sort_by_key(|one| match one.state {
        State::Late(at) => (0, at),
        State::Waiting(at) => (1, at),
        State::On(at) => (2, at),
        State::Done(at) => (3, at),
    });
    Ok(stored)
}

/// The last entry of these kinds, by grant.
async fn moments(visit: &Visit, filter: &str, kinds: &[&str]) -> Result<HashMap<String, Timestamp>, Fault> {
    let mut moments: HashMap<String, Timestamp> = HashMap::new();
    let mut page = String::new();
    loop {
        let asked = v1::ListEntriesRequest {
            parent: "customers/me".to_owned(),
            kind: filter.to_owned(),
            page_size: EVERYTHING,
            page_token: page,
            ..v1::ListEntriesRequest::default()
        };
        let found = visit.gateway.ledger().list_entries(visit.gateway.ask(asked)).await?.into_inner();
        for entry in &found.entries {
            let details = Details::of(entry);
            let (Some(grant), Some(at)) = (details.grant, visit.look.time(entry.event_time.as_ref())) else { continue };
            if kinds.contains(&details.kind.as_str()) {
                let last = moments.entry(grant).or_insert(at);
                *last = at.max(*last);
            }
        }
        if found.next_page_token.is_empty() {
            return Ok(moments);
        }
        page = found.next_page_token;
    }
}

pub(super) async fn list(Customer(visit): Customer) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let content = html! {
        p.lead { (say!(look, "deletions-lead")) }
        (table(look, &catalogue, &stored(&visit).await?))
        p { a.button href="/" { (say!(look, "go-home")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "deletions-title"), &content))
}

/// Who, what, by when, and how far.
pub(super) fn table(look: &Look, catalogue: &Catalogue, stored: &[Stored]) -> Markup {
    html! {
        @if stored.is_empty() { p { (say!(look, "deletions-none")) } }
        @else {
            div.wide tabindex="0" role="region" aria-label=(say!(look, "deletions-title")) {
                table {
                    thead { tr { @for key in ["deletions-who", "deletions-what", "deletions-when", "deletions-state"] { th scope="col" { (say!(look, key)) } } } }
                    tbody { @for one in stored { (row(look, catalogue, one)) } }
                }
            }
        }
    }
}

fn row(look: &Look, catalogue: &Catalogue, Stored { grant, state }: &Stored) -> Markup {
    let own = id(&grant.name);
    let by = match state {
        State::On(at) | State::Waiting(at) | State::Late(at) => Some(*at),
        State::Done(_) => None,
    };
    html! {
        tr {
            td data-label=(say!(look, "deletions-who")) { a href=(format!("/access/{own}")) { bdi { (grant.brand_title) } } }
            td data-label=(say!(look, "deletions-what")) { (words::data_in_short(look, catalogue, &grant.terms.clone().unwrap_or_default())) }
            td data-label=(say!(look, "deletions-when")) { @if let Some(at) = by { time datetime=(at.to_string()) { (look.date(at)) } } }
            td data-label=(say!(look, "deletions-state")) {
                @match state {
                    State::On(_) => (say!(look, "deletions-on")),
                    State::Waiting(_) => (say!(look, "deletions-waiting")),
                    State::Done(at) => (say!(look, "deletions-done", date = look.date(*at))),
                    State::Late(_) => {
                        (say!(look, "deletions-late")) " "
                        a href=(format!("/complaints/new?access={own}")) { (say!(look, "complaint-link")) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a moment")
    }

    fn terms(mode: v1::Mode, days: i64) -> v1::Terms {
        let data_life = (days > 0).then_some(prost_types::Duration { seconds: days * 86_400, nanos: 0 });
        v1::Terms { mode: mode.into(), data_life, ..v1::Terms::default() }
    }

    #[test]
    fn a_copy_goes_after_its_time_and_not_beyond_the_end() {
        let (read, expires, day) = (at(1_000_000), at(9_000_000), 86_400);
        assert_eq!(due(&terms(v1::Mode::View, 30), read, expires, None), None, "what was only looked at");
        assert_eq!(due(&terms(v1::Mode::Store, 30), read, expires, None), Some(at(1_000_000 + 30 * day)));
        assert_eq!(due(&terms(v1::Mode::Store, 300), read, expires, None), Some(expires));
        assert_eq!(due(&terms(v1::Mode::Store, 0), read, expires, None), Some(expires));
        assert_eq!(due(&terms(v1::Mode::Store, 0), read, expires, Some(at(2_000_000))), Some(at(2_000_000)), "with a stop");
        assert_eq!(due(&terms(v1::Mode::Stream, 30), read, expires, Some(at(2_000_000))), Some(at(1_000_000 + 30 * day)));
        assert_eq!(due(&terms(v1::Mode::Store, 10_000_000), read, expires, None), Some(expires), "beyond what calendars hold");
    }

    #[test]
    fn late_is_what_nobody_said_to_have_deleted_in_time() {
        let (now, past, coming) = (at(500), at(400), at(600));
        assert_eq!(state(true, past, None, now), State::On(past));
        assert_eq!(state(false, coming, None, now), State::Waiting(coming));
        assert_eq!(state(false, now, None, now), State::Waiting(now));
        assert_eq!(state(false, past, None, now), State::Late(past));
        assert_eq!(state(false, past, Some(at(450)), now), State::Done(at(450)), "late, and said all the same");
    }
}
