//! `NoticeService`: what a customer is told, and how they want to be told.

pub mod mail;

use std::sync::Arc;

use coffret_proto::v1;
use coffret_proto::v1::notice_service_server as server;
use coffret_vault::Vault;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::CustomerId;
use coffret_vault::notice::{Delivery, Notice, NoticeKind, NoticeSettings, Topic};
use coffret_vault::page::PageRequest;
use tonic::{Request, Response, Status, async_trait};

use crate::caller::Caller;
use crate::identity::masked;
use crate::names;
use crate::once::once;
use crate::status::status;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// Serves `coffret.v1.NoticeService` from a vault.
#[derive(Clone, Debug)]
pub struct NoticeService {
    vault: Arc<Vault>,
    /// Whether this deployment sends e-mail.
    mails: bool,
}

fn kind_to_wire(kind: NoticeKind) -> v1::NoticeKind {
    // The numbers are the same: see the test.
    v1::NoticeKind::try_from(i32::from(kind as i16)).unwrap_or_default()
}

fn topic_to_wire(topic: Topic) -> v1::NoticeTopic {
    v1::NoticeTopic::try_from(i32::from(topic as i16)).unwrap_or_default()
}

fn delivery_to_wire(delivery: Delivery) -> v1::MailDelivery {
    match delivery {
        Delivery::AtOnce => v1::MailDelivery::AtOnce,
        Delivery::Daily => v1::MailDelivery::Daily,
        Delivery::Off => v1::MailDelivery::Off,
    }
}

fn notice_to_wire(customer: CustomerId, notice: Notice) -> v1::CustomerNotice {
    v1::CustomerNotice {
        name: names::customer_notice_name(customer, notice.id),
        kind: kind_to_wire(notice.kind).into(),
        create_time: Some(names::timestamp(notice.at)),
        see_time: notice.seen_at.map(names::timestamp),
        entry: notice.entry.map(|sequence| names::customer_entry_name(customer, sequence)).unwrap_or_default(),
        event: notice.event,
        brand: notice.brand.map(names::brand_name).unwrap_or_default(),
        grant: notice.grant.map(|grant| names::customer_grant_name(customer, grant)).unwrap_or_default(),
        request: notice.request.map(|request| names::customer_request_name(customer, request)).unwrap_or_default(),
    }
}

/// A topic and when e-mail about it is sent, as asked for in place `place`.
fn topic_setting(wire: &v1::TopicSetting, place: usize) -> Result<(Topic, Delivery)> {
    let topic = Topic::ALL.into_iter().find(|topic| i32::from(*topic as i16) == wire.topic);
    let topic = topic
        .ok_or_else(|| Error::invalid(format!("settings.topics[{place}].topic"), "TOPIC_UNKNOWN", "The contract has no such topic."))?;
    let delivery = match wire.mail() {
        v1::MailDelivery::AtOnce => Delivery::AtOnce,
        v1::MailDelivery::Daily => Delivery::Daily,
        v1::MailDelivery::Off => Delivery::Off,
        v1::MailDelivery::Unspecified => {
            let field = format!("settings.topics[{place}].mail");
            return Err(Error::invalid(field, "DELIVERY_MISSING", "E-mail is sent at once, daily, or not at all."));
        }
    };
    Ok((topic, delivery))
}

impl NoticeService {
    /// The service over this vault; `mails` tells whether e-mail is sent here.
    pub fn new(vault: Arc<Vault>, mails: bool) -> Self {
        Self { vault, mails }
    }

    async fn list(&self, caller: &Caller, asked: &v1::ListNoticesRequest) -> Result<v1::ListNoticesResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let page = self.vault.notices(customer, &PageRequest::new(asked.page_size, &asked.page_token)?).await?;
        let unseen = self.vault.unseen_notices(customer).await?;
        Ok(v1::ListNoticesResponse {
            notices: page.items.into_iter().map(|notice| notice_to_wire(customer, notice)).collect(),
            next_page_token: page.next,
            unseen_count: i32::try_from(unseen).unwrap_or(i32::MAX),
        })
    }

    async fn see(&self, caller: &Caller, asked: &v1::MarkNoticesSeenRequest) -> Result<v1::MarkNoticesSeenResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let last = match asked.last_notice.as_str() {
            "" => None,
            name => {
                let (of, id) = names::customer_notice(name, "last_notice", caller)?;
                if of != customer {
                    return Err(Error::not_found("notice"));
                }
                Some(id)
            }
        };
        let seen = self.vault.see_notices(customer, last).await?;
        Ok(v1::MarkNoticesSeenResponse { seen_count: i32::try_from(seen).unwrap_or(i32::MAX) })
    }

    async fn shown(&self, customer: CustomerId, settings: NoticeSettings) -> Result<v1::NoticeSettings> {
        let topics = Topic::ALL.into_iter().map(|topic| {
            let allowed = [Delivery::AtOnce, Delivery::Daily, Delivery::Off].into_iter();
            let allowed = allowed.filter(|delivery| settings.clone().with(topic, *delivery).is_ok());
            v1::TopicSetting {
                topic: topic_to_wire(topic).into(),
                mail: delivery_to_wire(settings.delivery(topic)).into(),
                allowed: allowed.map(|delivery| delivery_to_wire(delivery).into()).collect(),
            }
        });
        Ok(v1::NoticeSettings {
            name: names::notice_settings_name(customer),
            topics: topics.collect(),
            language: settings.language.clone().unwrap_or_default(),
            mail_enabled: self.mails,
            address_known: self.vault.has_mail_address(customer).await?,
        })
    }

    async fn settings(&self, caller: &Caller, name: &str) -> Result<v1::GetNoticeSettingsResponse> {
        let customer = names::notice_settings(name, "name", caller)?;
        let settings = self.vault.notice_settings(customer).await?;
        Ok(v1::GetNoticeSettingsResponse { settings: Some(self.shown(customer, settings).await?) })
    }

    async fn update(&self, caller: &Caller, asked: v1::UpdateNoticeSettingsRequest) -> Result<v1::UpdateNoticeSettingsResponse> {
        let once = once(caller, "UpdateNoticeSettings", &asked.request_id, &asked)?;
        let wanted = asked.settings.ok_or_else(|| Error::invalid("settings", "SETTINGS_MISSING", "The call says what to change."))?;
        let customer = names::notice_settings(&wanted.name, "settings.name", caller)?;
        let known = [("language", !wanted.language.is_empty()), ("topics", !wanted.topics.is_empty())];
        let paths = masked(asked.update_mask.as_ref(), &known)?;
        let language = paths.contains(&"language").then(|| Some(wanted.language.clone()).filter(|language| !language.is_empty()));
        let topics: Vec<(Topic, Delivery)> = if paths.contains(&"topics") {
            wanted.topics.iter().enumerate().map(|(place, topic)| topic_setting(topic, place)).collect::<Result<_>>()?
        } else {
            Vec::new()
        };
        let settings = self.vault.change_notice_settings(customer, caller.who(), language, &topics, once.as_ref()).await?;
        Ok(v1::UpdateNoticeSettingsResponse { settings: Some(self.shown(customer, settings).await?) })
    }
}

#[async_trait]
impl server::NoticeService for NoticeService {
    async fn list_notices(&self, request: Request<v1::ListNoticesRequest>) -> Answer<v1::ListNoticesResponse> {
        let caller = Caller::of(&request)?;
        self.list(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn mark_notices_seen(&self, request: Request<v1::MarkNoticesSeenRequest>) -> Answer<v1::MarkNoticesSeenResponse> {
        let caller = Caller::of(&request)?;
        self.see(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_notice_settings(&self, request: Request<v1::GetNoticeSettingsRequest>) -> Answer<v1::GetNoticeSettingsResponse> {
        let caller = Caller::of(&request)?;
        self.settings(&caller, &request.get_ref().name).await.map(Response::new).map_err(status)
    }

    async fn update_notice_settings(&self, request: Request<v1::UpdateNoticeSettingsRequest>) -> Answer<v1::UpdateNoticeSettingsResponse> {
        let caller = Caller::of(&request)?;
        self.update(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_mean_the_same_on_the_wire_and_in_the_vault() {
        for (kind, word) in [
            (NoticeKind::RequestWaiting, "NOTICE_KIND_REQUEST_WAITING"),
            (NoticeKind::AccessEnded, "NOTICE_KIND_ACCESS_ENDED"),
            (NoticeKind::StillSharing, "NOTICE_KIND_STILL_SHARING"),
            (NoticeKind::FirstRead, "NOTICE_KIND_FIRST_READ"),
            (NoticeKind::ReadRefused, "NOTICE_KIND_READ_REFUSED"),
            (NoticeKind::Complaint, "NOTICE_KIND_COMPLAINT"),
        ] {
            assert_eq!(kind_to_wire(kind).as_str_name(), word);
        }
        for (topic, word) in [(Topic::Requests, "NOTICE_TOPIC_REQUESTS"), (Topic::Vault, "NOTICE_TOPIC_VAULT")] {
            assert_eq!(topic_to_wire(topic).as_str_name(), word);
        }
    }

    #[test]
    fn a_setting_that_is_none_names_its_place() {
        for (wire, field) in [
            (v1::TopicSetting { topic: 0, mail: 1, allowed: Vec::new() }, "settings.topics[2].topic"),
            (v1::TopicSetting { topic: 99, mail: 1, allowed: Vec::new() }, "settings.topics[2].topic"),
            (v1::TopicSetting { topic: 1, mail: 0, allowed: Vec::new() }, "settings.topics[2].mail"),
            (v1::TopicSetting { topic: 1, mail: 99, allowed: Vec::new() }, "settings.topics[2].mail"),
        ] {
            assert_eq!(topic_setting(&wire, 2).expect_err("none").field_violations()[0].field, field);
        }
    }
}
