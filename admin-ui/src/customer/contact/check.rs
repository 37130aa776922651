//! Would this be blocked? A contact that a brand could make, tried against the customer's rules; nothing is sent.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde::Deserialize;

use super::{ALWAYS, CHANNELS, PURPOSES};
use crate::Foundation;
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::texts::say;

/// Who writes: word and text.
const AUTHORS: [(&str, &str); 3] = [("person", "check-person"), ("draft", "check-draft"), ("machine", "check-machine")];

/// What is tried, as the form has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::customer) struct Tried {
    brand: String,
    channel: String,
    purpose: String,
    /// `2026-11-26`.
    day: String,
    /// `14:30`.
    time: String,
    zone: String,
    occasion: String,
    author: String,
    made: String,
}

impl FromRequestParts<Foundation> for Tried {
    type Rejection = Infallible;

    /// What cannot be read was not written by us, and counts as not asked.
    async fn from_request_parts(parts: &mut Parts, _: &Foundation) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(asked)| asked))
    }
}

impl Tried {
    /// Now, where and as the customer would try it first.
    pub(super) fn first(look: &Look, zone: &str) -> Self {
        // The minute that begins next: an access that began in this one counts then.
        let soon = look.now.checked_add(jiff::SignedDuration::from_secs(59)).unwrap_or(look.now);
        let local = soon.to_zoned(TimeZone::get(zone).unwrap_or_else(|_| look.zone.clone()));
        Self {
            day: local.date().to_string(),
            time: local.time().strftime("%H:%M").to_string(),
            zone: zone.to_owned(),
            author: "person".to_owned(),
            ..Self::default()
        }
    }

    /// The moment that day, time and zone name. Where the clock skips it, the moment after.
    fn at(&self) -> Result<prost_types::Timestamp, Fault> {
        let zone = TimeZone::get(&self.zone).map_err(|_| Fault::Entered("entered-zone"))?;
        let local: DateTime = format!("{}T{}", self.day, self.time).parse().map_err(|_| Fault::Entered("entered-when"))?;
        let at = local.to_zoned(zone).map_err(|_| Fault::Entered("entered-when"))?.timestamp();
        Ok(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
    }
}

/// The form, in the order in which it is asked: who, how, what for, when.
pub(super) fn form(look: &Look, brands: &HashMap<String, String>, tried: &Tried) -> Markup {
    let mut sorted: Vec<(&String, &String)> = brands.iter().collect();
    sorted.sort_by_key(|(_, title)| title.as_str());
    html! {
        form method="get" action="/contact/check" {
            (pick(look, "brand", "check-brand", sorted.into_iter().map(|(own, title)| (own.as_str(), title.clone())), &tried.brand))
            (pick(look, "channel", "check-channel", CHANNELS.iter().map(|own| (*own, look.language.say(&format!("way-{own}")))), &tried.channel))
            (pick(look, "purpose", "check-purpose", PURPOSES.iter().map(|own| (*own, look.language.say(&format!("way-for-{own}")))), &tried.purpose))
            (pick(look, "occasion", "check-occasion", occasions(look), &tried.occasion))
            (pick(look, "author", "check-author", AUTHORS.iter().map(|(own, key)| (*own, look.language.say(key))), &tried.author))
            div.field { label for="check-day" { (say!(look, "check-day")) } input id="check-day" name="day" type="date" required value=(tried.day); }
            div.field { label for="check-time" { (say!(look, "check-time")) } input.short id="check-time" name="time" type="time" required value=(tried.time); }
            div.field {
                label for="check-zone" { (say!(look, "rules-zone")) }
                input id="check-zone" name="zone" value=(tried.zone) required maxlength="64" dir="ltr" spellcheck="false" autocomplete="off";
            }
            div.field {
                label for="check-made" { (say!(look, "check-made")) }
                input.short id="check-made" name="made" type="number" min="0" max="1000" value=(if tried.made.is_empty() { "0" } else { &tried.made });
            }
            p.row { button { (say!(look, "check-button")) } }
        }
    }
}

fn occasions(look: &Look) -> impl Iterator<Item = (&'static str, String)> {
    let none = std::iter::once(("", say!(look, "check-occasion-none")));
    none.chain(ALWAYS.iter().map(|own| (*own, occasion(look, own))))
}

fn occasion(look: &Look, own: &str) -> String {
    look.language.say(&format!("always-{}", own.replace('_', "-")))
}

fn pick<'a>(look: &Look, name: &str, key: &str, all: impl Iterator<Item = (&'a str, String)>, chosen: &str) -> Markup {
    html! {
        div.field {
            label for=(format!("check-{name}")) { (look.language.say(key)) }
            select id=(format!("check-{name}")) name=(name) {
                @for (own, text) in all { option value=(own) selected[own == chosen] { (text) } }
            }
        }
    }
}

pub(in crate::customer) async fn show(Customer(visit): Customer, tried: Tried) -> Result<Response, Fault> {
    let look = &visit.look;
    let brands = super::super::reads::brands(&visit).await?;
    let (status, told) = match ask(&visit, &tried, &brands).await {
        Ok(answer) => (StatusCode::OK, answer),
        Err(fault @ (Fault::Entered(_) | Fault::Refused { .. })) => {
            (fault.status(), html! { div.fault role="alert" tabindex="-1" autofocus { p { (fault.message(look)) } } })
        }
        Err(fault) => return Err(fault),
    };
    let content = html! {
        (told)
        h2 { (say!(look, "check-again")) }
        (form(look, &brands, &tried))
        p { a href="/contact" { (say!(look, "rules-title")) } }
    };
    Ok(frame::page(&visit, status, &say!(look, "check-title"), &content))
}

async fn ask(visit: &Visit, tried: &Tried, brands: &HashMap<String, String>) -> Result<Markup, Fault> {
    let title = brands.get(&tried.brand).cloned().ok_or(Fault::Entered("entered-brand"))?;
    let known = |text: &str, all: &[&str]| all.contains(&text);
    if !known(&tried.channel, &CHANNELS) || !known(&tried.purpose, &PURPOSES) {
        return Err(Fault::Entered("entered-answer"));
    }
    let asked = v1::CheckContactRequest {
        customer: "customers/me".to_owned(),
        brand: format!("brands/{}", tried.brand),
        channel: tried.channel.clone(),
        purpose: tried.purpose.clone(),
        contact_time: Some(tried.at()?),
        occasion: tried.occasion.clone(),
        author: tried.author.clone(),
        made_this_month: if tried.made.is_empty() { 0 } else { tried.made.parse().map_err(|_| Fault::Entered("entered-made"))? },
    };
    let verdict = visit.gateway.record().check_contact(visit.gateway.ask(asked)).await?.into_inner();
    Ok(answer(&visit.look, &verdict, tried, &title))
}

/// The verdict in words.
fn answer(look: &Look, verdict: &v1::CheckContactResponse, tried: &Tried, brand: &str) -> Markup {
    let way = look.language.say(&format!("way-{}", tried.channel));
    let purpose = look.language.say(&format!("way-for-{}", tried.purpose));
    html! {
        div.outcome role="status" tabindex="-1" autofocus {
            @if verdict.allowed {
                p {
                    strong { (say!(look, "check-allowed", brand = brand.to_owned())) } " "
                    @if verdict.occasion.is_empty() { (say!(look, "check-because-way", way = way, purpose = purpose)) }
                    @else { (say!(look, "check-because-always", what = occasion(look, &verdict.occasion))) }
                }
            } @else {
                p { strong { (say!(look, "check-blocked", brand = brand.to_owned())) } }
                ul { @for block in &verdict.blocks { li { (why(look, block, &way, &purpose, brand)) } } }
            }
        }
    }
}

/// One reason, as a sentence.
fn why(look: &Look, block: &v1::ContactBlock, way: &str, purpose: &str, brand: &str) -> String {
    match block.reason.as_str() {
        "NO_ACCESS" => say!(look, "block-no-access", brand = brand.to_owned()),
        "NO_RULES" => say!(look, "block-no-rules"),
        "WAY_NOT_ALLOWED" => say!(look, "block-way", way = way.to_owned(), purpose = purpose.to_owned()),
        "PERSON_ONLY" => say!(look, "block-person-only"),
        "PERSON_SENDS" => say!(look, "block-person-sends"),
        "LEFT_ALONE" => say!(look, "block-left-alone", date = day(look, &block.until)),
        "QUIET_TIME" => say!(look, "block-quiet", until = block.until.clone()),
        "MONTH_FULL" => say!(look, "block-month", count = block.limit),
        _ => say!(look, "block-unreadable"),
    }
}

/// A day as the language writes it.
fn day(look: &Look, text: &str) -> String {
    let day: Option<jiff::civil::Date> = text.parse().ok();
    let at = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    at.map_or_else(|| text.to_owned(), |at| look.language.date(at.timestamp(), &TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    fn look() -> Look {
        let now = "2026-11-26T11:05:00Z".parse().expect("a moment");
        Look { language: Language::find("en").expect("English"), zone: TimeZone::UTC, now }
    }

    fn tried() -> Tried {
        Tried { channel: "email".to_owned(), purpose: "orders".to_owned(), ..Tried::first(&look(), "Europe/Rome") }
    }

    #[test]
    fn it_begins_now_in_the_rules_own_time() {
        let tried = tried();
        assert_eq!((tried.day.as_str(), tried.time.as_str(), tried.zone.as_str()), ("2026-11-26", "12:05", "Europe/Rome"));
        assert_eq!(tried.at().expect("a moment").seconds, look().now.as_second());
        for odd in [
            Tried { zone: "Mars/Base".to_owned(), ..tried.clone() },
            Tried { day: "tomorrow".to_owned(), ..tried.clone() },
            Tried { time: "25:00".to_owned(), ..tried.clone() },
            Tried::default(),
        ] {
            assert!(matches!(odd.at(), Err(Fault::Entered(_))), "{odd:?}");
        }
    }

    #[test]
    fn every_reason_is_said_in_words() {
        let reasons = [
            ("NO_ACCESS", "Maison Alba"),
            ("NO_RULES", "rules"),
            ("RULES_UNREADABLE", "rules"),
            ("WAY_NOT_ALLOWED", "E-mail"),
            ("PERSON_ONLY", "person"),
            ("PERSON_SENDS", "person"),
            ("LEFT_ALONE", "December 1, 2026"),
            ("QUIET_TIME", "10:00"),
            ("MONTH_FULL", "2"),
        ];
        let mut said = Vec::new();
        for (reason, expected) in reasons {
            let until = if reason == "LEFT_ALONE" { "2026-12-01" } else { "10:00" };
            let block = v1::ContactBlock { reason: reason.to_owned(), until: until.to_owned(), limit: 2 };
            let text = why(&look(), &block, "E-mail", "My orders", "Maison Alba");
            assert!(text.contains(expected), "{reason}: {text}");
            assert!(!said.contains(&text), "{reason}: {text}");
            said.push(text);
        }
    }

    #[test]
    fn the_answer_says_what_would_come_of_it() {
        let say = |verdict: v1::CheckContactResponse| answer(&look(), &verdict, &tried(), "Maison Alba").into_string();
        let allowed = v1::CheckContactResponse { allowed: true, ..v1::CheckContactResponse::default() };
        assert!(say(allowed.clone()).contains("would be let through"), "{}", say(allowed));
        let excepted = v1::CheckContactResponse { allowed: true, occasion: "order_ready".to_owned(), blocks: Vec::new() };
        assert!(say(excepted).contains("An order is ready"));
        let block = v1::ContactBlock { reason: "NO_RULES".to_owned(), ..v1::ContactBlock::default() };
        let blocked = v1::CheckContactResponse { allowed: false, occasion: String::new(), blocks: vec![block] };
        assert!(say(blocked).contains("would be blocked"));
    }
}
