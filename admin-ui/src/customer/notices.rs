//! Notices: what happened to the vault, newest first; and how the customer wants to be told.

use std::collections::HashMap;

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

use super::{Asked, hidden, older, outcome};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::sent::Sent;
use crate::texts::{Language, say};
use crate::words::id;

const NOTICES: i32 = 50;

/// What a notice says, and where it leads.
fn said(look: &Look, notice: &v1::CustomerNotice, brands: &HashMap<String, String>) -> (String, String) {
    use v1::NoticeKind as Kind;
    let brand = || brands.get(id(&notice.brand)).cloned().unwrap_or_else(|| say!(look, "notice-some-brand"));
    let request = || format!("/requests/{}", id(&notice.request));
    let access = || format!("/access/{}", id(&notice.grant));
    let to = |path: &str| path.to_owned();
    match v1::NoticeKind::try_from(notice.kind).unwrap_or_default() {
        Kind::RequestWaiting => (say!(look, "notice-request-waiting", brand = brand()), request()),
        Kind::RequestReminder => (say!(look, "notice-request-reminder", brand = brand()), request()),
        Kind::AccessGiven => (say!(look, "notice-access-given", brand = brand()), access()),
        Kind::AccessChanged if notice.event == "grant.amended" => (say!(look, "notice-access-changed", brand = brand()), access()),
        Kind::AccessChanged => (say!(look, "notice-access-on", brand = brand()), access()),
        Kind::AccessPaused if notice.event == "grant.suspended" => (say!(look, "notice-access-held", brand = brand()), access()),
        Kind::AccessPaused => (say!(look, "notice-access-paused", brand = brand()), access()),
        Kind::AccessStopped => (say!(look, "notice-access-stopped", brand = brand()), access()),
        Kind::AccessEnded => (say!(look, "notice-access-ended", brand = brand()), access()),
        Kind::AccessEndsInFortnight => (say!(look, "notice-access-ends", brand = brand(), days = 14), access()),
        Kind::AccessEndsInDays => (say!(look, "notice-access-ends", brand = brand(), days = 3), access()),
        Kind::StillSharing => (say!(look, "notice-still-sharing"), to("/")),
        Kind::FirstRead => (say!(look, "notice-first-read", brand = brand()), access()),
        Kind::ReadRefused => {
            (say!(look, "notice-read-refused", brand = brand()), format!("/reads?result=refused&brand={}", id(&notice.brand)))
        }
        Kind::SupportActed => {
            // What stands in the deployment's stream is a token for this customer.
            let event = if notice.event.is_empty() { "token" } else { &notice.event };
            let own = format!("notice-support-{}", event.replace(['.', '_'], "-"));
            let acted = look.language.try_say(&own, &fluent_bundle::FluentArgs::new());
            (acted.unwrap_or_else(|| say!(look, "notice-support")), to("/security"))
        }
        Kind::PasskeyAdded => (say!(look, "notice-passkey-added"), to("/security")),
        Kind::PasskeyRemoved => (say!(look, "notice-passkey-removed"), to("/security")),
        Kind::RecoveryCode => (say!(look, "notice-recovery-code"), to("/security")),
        Kind::ExportMade => (say!(look, "notice-export-made"), to("/export")),
        Kind::Complaint if notice.event == "complaint.closed" => (say!(look, "notice-complaint-closed"), to("/complaints")),
        Kind::Complaint => (say!(look, "notice-complaint-filed"), to("/complaints")),
        Kind::Unspecified => (say!(look, "notice-unknown"), to("/reads")),
    }
}

pub(super) async fn list(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let wanted = v1::ListNoticesRequest {
        parent: "customers/me".to_owned(),
        page_size: NOTICES,
        page_token: asked.page.clone().unwrap_or_default(),
    };
    let found = visit.gateway.notice().list_notices(visit.gateway.ask(wanted)).await?.into_inner();
    let brands = super::reads::brands(&visit).await?;
    let content = html! {
        (outcome(&visit))
        p.lead { (say!(look, "notices-unseen", count = found.unseen_count)) }
        @if found.notices.is_empty() { p { (say!(look, "notices-none")) } }
        @if let Some(newest) = found.notices.first().filter(|_| found.unseen_count > 0 && asked.page.is_none()) {
            form method="post" action="/notices/seen" {
                (hidden(&visit))
                input type="hidden" name="last" value=(id(&newest.name));
                p.row { button { (say!(look, "notices-see")) } }
            }
        }
        ul.lines {
            @for notice in &found.notices {
                @let (text, address) = said(look, notice, &brands);
                li {
                    a href=(address) { (text) }
                    @if notice.see_time.is_none() { " " span.tag { (say!(look, "notice-new")) } }
                    @if let Some(at) = look.time(notice.create_time.as_ref()) { br; time.soft datetime=(at.to_string()) { (look.ago(at)) } }
                }
            }
        }
        (older(&visit, &found.next_page_token, ""))
        p { a href="/notices/settings" { (say!(look, "notices-settings-title")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "notices-title"), &content))
}

pub(super) async fn see(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let last = sent.get("last");
    let asked = v1::MarkNoticesSeenRequest {
        parent: "customers/me".to_owned(),
        last_notice: if last.is_empty() { String::new() } else { format!("customers/me/notices/{last}") },
    };
    visit.gateway.notice().mark_notices_seen(visit.gateway.ask(asked)).await?;
    Ok(frame::done("/notices", "seen"))
}

/// The topics' own texts, by number.
const TOPICS: [(v1::NoticeTopic, &str, &str); 7] = [
    (v1::NoticeTopic::Requests, "requests", "topic-requests"),
    (v1::NoticeTopic::Receipts, "receipts", "topic-receipts"),
    (v1::NoticeTopic::Ending, "ending", "topic-ending"),
    (v1::NoticeTopic::Sharing, "sharing", "topic-sharing"),
    (v1::NoticeTopic::Reads, "reads", "topic-reads"),
    (v1::NoticeTopic::Security, "security", "topic-security"),
    (v1::NoticeTopic::Vault, "vault", "topic-vault"),
];

fn delivery(delivery: i32) -> (&'static str, &'static str) {
    match v1::MailDelivery::try_from(delivery) {
        Ok(v1::MailDelivery::Daily) => ("daily", "mail-daily"),
        Ok(v1::MailDelivery::Off) => ("off", "mail-off"),
        _ => ("once", "mail-at-once"),
    }
}

async fn read_settings(visit: &Visit) -> Result<v1::NoticeSettings, Fault> {
    let asked = v1::GetNoticeSettingsRequest { name: "customers/me/noticeSettings".to_owned() };
    let answer = visit.gateway.notice().get_notice_settings(visit.gateway.ask(asked)).await?.into_inner();
    Ok(answer.settings.unwrap_or_default())
}

pub(super) async fn settings(Customer(visit): Customer) -> Result<Response, Fault> {
    let look = &visit.look;
    let settings = read_settings(&visit).await?;
    let content = html! {
        (outcome(&visit))
        p.lead { (say!(look, "notices-settings-lead")) }
        p { (say!(look, "notices-settings-mail")) }
        @if !settings.mail_enabled {
            p.fault { (say!(look, if visit.demo.is_some() { "notices-mail-demo" } else { "notices-mail-none" })) }
        } @else if !settings.address_known {
            p.fault { (say!(look, "notices-mail-address")) " " a href="/data/add/contact.email" { (say!(look, "data-add")) } }
        }
        form method="post" {
            (hidden(&visit))
            (topics(look, &settings))
            div.field {
                label for="language" { (say!(look, "notices-mail-language")) }
                select id="language" name="language" {
                    option value="" selected[settings.language.is_empty()] { (say!(look, "notices-mail-language-own")) }
                    @for language in Language::all() {
                        option value=(language.tag) lang=(language.tag) selected[language.tag == settings.language] { (language.name) }
                    }
                }
            }
            p.row { button { (say!(look, "data-save")) } }
        }
        p.soft { (say!(look, "notices-settings-must")) }
        p { a href="/notices" { (say!(look, "notices-title")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "notices-settings-title"), &content))
}

fn topics(look: &Look, settings: &v1::NoticeSettings) -> Markup {
    html! {
        @for (topic, name, key) in TOPICS {
            @if let Some(own) = settings.topics.iter().find(|own| own.topic == i32::from(topic)) {
                div.field {
                    label for=(name) { (look.language.say(key)) }
                    select id=(name) name=(name) {
                        @for allowed in &own.allowed {
                            @let (word, text) = delivery(*allowed);
                            option value=(word) selected[*allowed == own.mail] { (look.language.say(text)) }
                        }
                    }
                }
            }
        }
    }
}

pub(super) async fn keep(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let topics = TOPICS.iter().filter_map(|(topic, name, _)| {
        let mail = match sent.get(name) {
            "once" => v1::MailDelivery::AtOnce,
            "daily" => v1::MailDelivery::Daily,
            "off" => v1::MailDelivery::Off,
            _ => return None,
        };
        Some(v1::TopicSetting { topic: (*topic).into(), mail: mail.into(), allowed: Vec::new() })
    });
    let language = sent.get("language");
    if !language.is_empty() && Language::find(language).is_none() {
        return Err(Fault::Entered("entered-language"));
    }
    let asked = v1::UpdateNoticeSettingsRequest {
        settings: Some(v1::NoticeSettings {
            name: "customers/me/noticeSettings".to_owned(),
            language: language.to_owned(),
            topics: topics.collect(),
            ..v1::NoticeSettings::default()
        }),
        update_mask: Some(prost_types::FieldMask { paths: vec!["language".to_owned(), "topics".to_owned()] }),
        request_id: sent.get("request_id").to_owned(),
    };
    visit.gateway.notice().update_notice_settings(visit.gateway.ask(asked)).await?;
    Ok(frame::done("/notices/settings", "told"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    #[test]
    fn every_kind_says_something_of_its_own_and_leads_into_the_portal() {
        let look = Look { language: Language::find("en").expect("English"), zone: TimeZone::UTC, now: Timestamp::UNIX_EPOCH };
        let brands = HashMap::from([("b".to_owned(), "Maison Alba".to_owned())]);
        let mut texts = Vec::new();
        for kind in 1..=18 {
            let notice = v1::CustomerNotice {
                kind,
                brand: "brands/b".to_owned(),
                grant: "customers/c/grants/g".to_owned(),
                request: "customers/c/requests/r".to_owned(),
                ..v1::CustomerNotice::default()
            };
            let (text, address) = said(&look, &notice, &brands);
            assert!(!texts.contains(&text), "{kind}: {text}");
            assert!(frame::is_own_path(&address), "{address}");
            texts.push(text);
        }
        let unknown = said(&look, &v1::CustomerNotice { kind: 99, ..v1::CustomerNotice::default() }, &brands);
        assert_eq!(unknown.1, "/reads");
        let stranger = v1::CustomerNotice { kind: 11, brand: "brands/x".to_owned(), ..v1::CustomerNotice::default() };
        assert!(said(&look, &stranger, &brands).0.contains("A brand"), "a brand that the pages do not know");
    }
}
