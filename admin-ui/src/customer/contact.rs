//! Contact me: how, when and what for a brand can contact the customer. One record of the vault (`rules.channel`), on a page of its own.

pub(super) mod check;

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{hidden, outcome};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::sent::Sent;
use crate::texts::say;

const ATTRIBUTE: &str = "rules.channel";
const CHANNELS: [&str; 7] = ["boutique", "phone", "whatsapp", "wechat", "sms", "email", "post"];
const PURPOSES: [&str; 4] = ["orders", "advice", "events", "news"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ALWAYS: [&str; 5] = ["order_ready", "appointment", "delivery", "security", "product_recall"];
const UNMENTIONED: [&str; 7] = ["birthday", "anniversary", "wedding", "travel", "sizes", "purchases", "household"];
const AUTOMATED: [(&str, &str); 3] = [("no", "contact-none"), ("drafts", "contact-drafts"), ("yes", "contact-yes")];
/// Quiet times that the page offers; the record holds more.
const QUIET: usize = 3;

async fn rules(visit: &Visit) -> Result<Option<v1::Record>, Fault> {
    let asked = v1::ListRecordsRequest {
        parent: "customers/me".to_owned(),
        attribute: ATTRIBUTE.to_owned(),
        page_size: 1,
        page_token: String::new(),
    };
    let found = visit.gateway.record().list_records(visit.gateway.ask(asked)).await?.into_inner();
    Ok(found.records.into_iter().next())
}

fn value_of(record: Option<&v1::Record>) -> Value {
    record.and_then(|record| serde_json::from_str(&record.value_json).ok()).unwrap_or_default()
}

pub(super) async fn show(Customer(visit): Customer) -> Result<Response, Fault> {
    let record = rules(&visit).await?;
    let value = value_of(record.as_ref());
    let zone = value["time_zone"].as_str().unwrap_or(visit.look.zone.iana_name().unwrap_or("UTC")).to_owned();
    let brands = super::reads::brands(&visit).await?;
    let content = html! {
        (outcome(&visit))
        (form(&visit, record.as_ref(), &value))
        h2 { (say!(visit.look, "check-title")) }
        p { (say!(visit.look, "check-lead")) }
        @if brands.is_empty() { p { (say!(visit.look, "check-no-brands")) } }
        @else { (check::form(&visit.look, &brands, &check::Tried::first(&visit.look, &zone))) }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(visit.look, "rules-title"), &content))
}

fn form(visit: &Visit, record: Option<&v1::Record>, value: &Value) -> Markup {
    let look = &visit.look;
    html! {
        p.lead { (say!(look, if record.is_some() { "rules-lead" } else { "rules-none" })) }
        form method="post" {
            (hidden(visit))
            @if let Some(record) = record {
                input type="hidden" name="name" value=(crate::words::id(&record.name));
                input type="hidden" name="version" value=(record.version);
            }
            (matrix(look, value))
            fieldset.choices {
                legend { h2 { (say!(look, "rules-who")) } }
                @for (own, key) in AUTOMATED {
                    label.check {
                        input type="radio" name="automated" value=(own) checked[value["automated"].as_str().unwrap_or("no") == own];
                        span { (say!(look, key)) }
                    }
                }
            }
            h2 { (say!(look, "rules-when")) }
            @for row in 0..QUIET { (quiet(look, row, &value["quiet_hours"][row])) }
            (zone(look, value))
            div.field {
                label for="max" { (say!(look, "rules-most")) }
                input id="max" name="max" type="number" min="0" max="60" value=[value["max_per_month"].as_i64()];
            }
            div.field {
                label for="not-before" { (say!(look, "rules-not-before")) }
                input id="not-before" name="not_before" type="date" value=[value["not_before"].as_str()];
            }
            (several(look, "always", "rules-always", &ALWAYS, &value["always"]))
            (several(look, "unmentioned", "rules-unmentioned", &UNMENTIONED, &value["not_mention"]))
            p.row { button { (say!(look, "data-save")) } }
        }
    }
}

/// Which way for which purpose: what is not ticked is not allowed.
fn matrix(look: &Look, value: &Value) -> Markup {
    let allowed = |channel: &str, purpose: &str| {
        let rules = value["channels"].as_array().map_or(&[][..], Vec::as_slice);
        rules.iter().any(|rule| rule["channel"] == channel && rule["purpose"] == purpose && rule["allowed"] == true)
    };
    html! {
        h2 { (say!(look, "rules-ways")) }
        @for channel in CHANNELS {
            fieldset.choices.way {
                legend { strong { (look.language.say(&format!("way-{channel}"))) } }
                div.inline {
                    @for purpose in PURPOSES {
                        label.check {
                            input type="checkbox" name="way" value=(format!("{channel}/{purpose}")) checked[allowed(channel, purpose)];
                            span { (look.language.say(&format!("way-for-{purpose}"))) }
                        }
                    }
                }
            }
        }
    }
}

fn quiet(look: &Look, row: usize, value: &Value) -> Markup {
    let on = |day: &str| value["days"].as_array().is_some_and(|days| days.iter().any(|own| own == day));
    html! {
        fieldset.choices {
            legend { strong { (say!(look, "rules-quiet", number = row + 1)) } }
            div.inline {
                @for day in DAYS {
                    label.check { input type="checkbox" name=(format!("quiet{row}")) value=(day) checked[on(day)]; span { (look.language.say(&format!("day-{day}"))) } }
                }
            }
            div.inline {
                label for=(format!("from{row}")) { (say!(look, "rules-from")) }
                input.short id=(format!("from{row}")) name=(format!("from{row}")) type="time" value=[value["from"].as_str()];
                label for=(format!("to{row}")) { (say!(look, "rules-to")) }
                input.short id=(format!("to{row}")) name=(format!("to{row}")) type="time" value=[value["to"].as_str()];
            }
        }
    }
}

fn zone(look: &Look, value: &Value) -> Markup {
    let own = value["time_zone"].as_str().unwrap_or(look.zone.iana_name().unwrap_or("UTC"));
    html! {
        div.field {
            label for="zone" { (say!(look, "rules-zone")) }
            input id="zone" name="zone" value=(own) required maxlength="64" dir="ltr" spellcheck="false" autocomplete="off";
        }
    }
}

fn several(look: &Look, name: &str, title: &str, all: &[&str], value: &Value) -> Markup {
    html! {
        fieldset.choices {
            legend { h2 { (say!(look, title)) } }
            div.inline {
                @for one in all {
                    label.check {
                        input type="checkbox" name=(name) value=(one) checked[value.as_array().is_some_and(|own| own.iter().any(|own| own == one))];
                        span { (look.language.say(&format!("{name}-{}", one.replace('_', "-")))) }
                    }
                }
            }
        }
    }
}

/// The rules that the form holds, and what of it cannot be taken. What the page does not offer stays as it was.
fn rules_of(sent: &Sent, before: &Value) -> (Value, Option<Fault>) {
    let mut fault = None;
    let mut rules = before.as_object().cloned().unwrap_or_else(Map::new);
    let ways: Vec<&str> = sent.all("way").collect();
    let channels = CHANNELS.iter().flat_map(|channel| PURPOSES.iter().map(move |purpose| (channel, purpose)));
    let channels = channels.map(|(channel, purpose)| {
        let allowed = ways.contains(&format!("{channel}/{purpose}").as_str());
        json!({ "channel": channel, "purpose": purpose, "allowed": allowed })
    });
    rules.insert("channels".to_owned(), channels.collect());
    let automated = Some(sent.get("automated")).filter(|own| AUTOMATED.iter().any(|(known, _)| known == own)).unwrap_or("no");
    rules.insert("automated".to_owned(), json!(automated));
    if TimeZone::get(sent.get("zone")).is_err() {
        fault = Some(Fault::Entered("entered-zone"));
    }
    rules.insert("time_zone".to_owned(), json!(sent.get("zone")));
    let mut quiet: Vec<Value> = Vec::new();
    for row in 0..QUIET {
        let days: Vec<&str> = sent.all(&format!("quiet{row}")).filter(|day| DAYS.contains(day)).collect();
        let (from, to) = (sent.get(&format!("from{row}")), sent.get(&format!("to{row}")));
        match (days.is_empty(), from.is_empty() || to.is_empty()) {
            (true, true) => {}
            (false, false) => quiet.push(json!({ "days": days, "from": from, "to": to })),
            _ => {
                quiet.push(json!({ "days": days, "from": from, "to": to }));
                fault = Some(Fault::Entered("entered-quiet"));
            }
        }
    }
    quiet.extend(before["quiet_hours"].as_array().into_iter().flatten().skip(QUIET).cloned());
    put(&mut rules, "quiet_hours", (!quiet.is_empty()).then(|| json!(quiet)));
    let most =
        Some(sent.get("max")).filter(|most| !most.is_empty()).map(|most| most.parse::<i64>().ok().filter(|most| (0..=60).contains(most)));
    if most == Some(None) {
        fault = Some(Fault::Entered("entered-most"));
    }
    put(&mut rules, "max_per_month", most.flatten().map(Value::from));
    put(&mut rules, "not_before", Some(sent.get("not_before")).filter(|day| !day.is_empty()).map(Value::from));
    for (name, field, known) in [("always", "always", &ALWAYS[..]), ("unmentioned", "not_mention", &UNMENTIONED[..])] {
        let own: Vec<&str> = sent.all(name).filter(|one| known.contains(one)).collect();
        put(&mut rules, field, (!own.is_empty()).then(|| json!(own)));
    }
    (Value::Object(rules), fault)
}

fn put(rules: &mut Map<String, Value>, field: &str, value: Option<Value>) {
    match value {
        Some(value) => rules.insert(field.to_owned(), value),
        None => rules.remove(field),
    };
}

pub(super) async fn keep(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let before = rules(&visit).await?;
    let (value, fault) = rules_of(&sent, &value_of(before.as_ref()));
    if let Some(fault) = fault {
        return Ok(again(&visit, before.as_ref(), &value, &fault));
    }
    // Where there were none when the page was opened, and there are now, the page does not know them.
    if before.is_some() && sent.get("name").is_empty() {
        return Ok(again(&visit, before.as_ref(), &value, &Fault::Entered("reason-version-mismatch")));
    }
    let name = before.as_ref().map(|_| format!("customers/me/records/{}", sent.get("name")));
    let asked = v1::PutRecordRequest {
        customer: "customers/me".to_owned(),
        record: Some(v1::Record {
            name: name.unwrap_or_default(),
            attribute: ATTRIBUTE.to_owned(),
            value_json: value.to_string(),
            ..v1::Record::default()
        }),
        expected_version: sent.get("version").parse().unwrap_or_default(),
        request_id: sent.get("request_id").to_owned(),
    };
    match visit.gateway.record().put_record(visit.gateway.ask(asked)).await.map_err(Fault::from) {
        Ok(_) => Ok(frame::done("/contact", "rules")),
        Err(fault @ Fault::Refused { .. }) => Ok(again(&visit, before.as_ref(), &value, &fault)),
        Err(fault) => Err(fault),
    }
}

/// The form with what was entered, and why it was not kept.
fn again(visit: &Visit, record: Option<&v1::Record>, value: &Value, fault: &Fault) -> Response {
    let content = html! { (super::data::refusal(&visit.look, fault)) (form(visit, record, value)) };
    frame::page(visit, fault.status(), &say!(visit.look, "rules-title"), &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Sent {
        Sent(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn what_is_not_ticked_is_not_allowed() {
        let rules = rules_of(&sent(&[("zone", "Europe/Rome"), ("way", "email/orders"), ("way", "pigeon/orders")]), &Value::Null).0;
        let allowed: Vec<&Value> = rules["channels"].as_array().expect("a list").iter().filter(|rule| rule["allowed"] == true).collect();
        assert_eq!(rules["channels"].as_array().expect("a list").len(), 28);
        assert_eq!(allowed, [&json!({ "channel": "email", "purpose": "orders", "allowed": true })]);
        assert_eq!(rules["automated"], "no", "a person only, unless said otherwise");
        assert!(rules.get("quiet_hours").is_none() && rules.get("max_per_month").is_none());
    }

    #[test]
    fn what_the_page_does_not_offer_stays() {
        let before = json!({ "advisor": { "name": "Giulia" }, "quiet_hours": [1, 2, 3, { "days": ["sun"] }], "always": ["delivery"] });
        let form = [("zone", "UTC"), ("quiet0", "mon"), ("from0", "20:00"), ("to0", "10:00"), ("max", "0"), ("unmentioned", "wedding")];
        let rules = rules_of(&sent(&form), &before).0;
        assert_eq!(rules["advisor"]["name"], "Giulia");
        assert_eq!(rules["quiet_hours"], json!([{ "days": ["mon"], "from": "20:00", "to": "10:00" }, { "days": ["sun"] }]));
        assert_eq!((&rules["max_per_month"], &rules["not_mention"]), (&json!(0), &json!(["wedding"])));
        assert!(rules.get("always").is_none(), "all taken off");
    }

    #[test]
    fn half_a_quiet_time_is_asked_again() {
        for form in [
            vec![("zone", "UTC"), ("quiet0", "mon")],
            vec![("zone", "UTC"), ("from1", "10:00"), ("to1", "11:00")],
            vec![("zone", "Mars/Base")],
        ] {
            assert!(matches!(rules_of(&sent(&form), &Value::Null), (_, Some(Fault::Entered(_)))), "{form:?}");
        }
    }
}
