//! How a customer wants to be told.

use std::collections::BTreeMap;

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Topic;
use crate::customer::check_language;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, Place};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::Write;
use crate::store::entity::notice_settings;
use crate::{Session, Vault};

/// When e-mail about a topic is sent; numbers as in the contract. In the portal every notice is shown at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum Delivery {
    /// As soon as it happens.
    #[default]
    AtOnce = 1,
    /// With everything else of the day, in the morning of the customer's own time zone.
    Daily = 2,
    /// Not at all.
    Off = 3,
}

/// What a customer has chosen; what is absent is as by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettings {
    /// The language of e-mail (BCP 47); the account's where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// By topic's number.
    #[serde(default)]
    mail: BTreeMap<i16, Delivery>,
}

impl NoticeSettings {
    /// When e-mail about this topic is sent: at once, unless the customer chose otherwise and the topic allows it.
    pub fn delivery(&self, topic: Topic) -> Delivery {
        let chosen = self.mail.get(&(topic as i16)).copied().unwrap_or_default();
        if allows(topic, chosen) { chosen } else { Delivery::AtOnce }
    }

    /// The same with this topic's e-mail sent so.
    ///
    /// # Errors
    /// The topic does not allow it (`DELIVERY_NOT_ALLOWED`).
    pub fn with(mut self, topic: Topic, delivery: Delivery) -> Result<Self> {
        if !allows(topic, delivery) {
            let sentence = "E-mail about this must reach you: it cannot be off, and what concerns your sign-in cannot wait.";
            return Err(Error::invalid("settings.topics", "DELIVERY_NOT_ALLOWED", sentence));
        }
        self.mail.insert(topic as i16, delivery);
        Ok(self)
    }
}

const fn allows(topic: Topic, delivery: Delivery) -> bool {
    match delivery {
        Delivery::AtOnce => true,
        Delivery::Daily => topic.can_wait(),
        Delivery::Off => topic.can_be_off(),
    }
}

fn place(version: i64) -> Place<'static> {
    Place { class: "notice-settings", record: &[], attribute: "", version, schema: "notice-settings/1" }
}

fn open(keys: &CustomerKeys, row: &notice_settings::Model) -> Result<NoticeSettings> {
    Ok(serde_json::from_slice(&keys.open(&place(row.version), &row.sealed)?)?)
}

impl Vault {
    async fn settings_row(&self, customer: CustomerId) -> Result<Option<notice_settings::Model>> {
        Ok(notice_settings::Entity::find_by_id(customer.0).one(self.store.reader()).await?)
    }

    pub(super) async fn settings_of(&self, session: &Session) -> Result<NoticeSettings> {
        let row = self.settings_row(session.view.id).await?;
        row.map_or_else(|| Ok(NoticeSettings::default()), |row| open(&session.keys, &row))
    }

    /// How the customer wants to be told.
    pub async fn notice_settings(&self, customer: CustomerId) -> Result<NoticeSettings> {
        let session = self.fresh_session(customer).await?;
        self.settings_of(&session).await
    }

    /// Whether the vault holds an e-mail address to which notices can be sent.
    pub async fn has_mail_address(&self, customer: CustomerId) -> Result<bool> {
        self.fresh_session(customer).await?;
        Ok(!self.current_rows(customer, &[super::mail::ADDRESS]).await?.is_empty())
    }

    /// Changes how the customer wants to be told.
    ///
    /// # Errors
    /// The language is none, or the change is refused by the topic.
    pub async fn change_notice_settings(
        &self,
        customer: CustomerId,
        who: Who,
        language: Option<Option<String>>,
        topics: &[(Topic, Delivery)],
        once: Option<&Once>,
    ) -> Result<NoticeSettings> {
        if let Some(Some(language)) = &language {
            check_language(language).map_err(|_| {
                Error::invalid("settings.language", "LANGUAGE_INVALID", "A language is written like en or zh-Hans (BCP 47).")
            })?;
        }
        self.once(customer, once, || {
            self.settled_afresh(|_| {
                let (who, call, language) = (who.clone(), once.cloned(), language.clone());
                async move {
                    let session = self.fresh_session(customer).await?;
                    let row = self.settings_row(customer).await?;
                    let mut next = match &row {
                        Some(row) => open(&session.keys, row)?,
                        None => NoticeSettings::default(),
                    };
                    for (topic, delivery) in topics {
                        next = next.with(*topic, *delivery)?;
                    }
                    if let Some(language) = language {
                        next.language = language;
                    }
                    let (version, account) = (row.map_or(0, |row| row.version) + 1, session.view.version);
                    self.commit(&session, move |draft| {
                        draft.require_version(account)?;
                        draft.moving();
                        let plain = Zeroizing::new(serde_json::to_vec(&next)?);
                        let sealed = draft.keys.seal(draft.entropy, &place(version), &plain)?;
                        let row = notice_settings::Model { customer_id: draft.view.id.0, version, sealed };
                        draft.writes.push(Write::NoticeSettings(row));
                        draft.note(Note::new("notices.set", who.clone()))?;
                        draft.remember(call.as_ref(), &next)?;
                        Ok(next.clone())
                    })
                    .await
                }
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_arrive_is_never_off() {
        for topic in Topic::ALL {
            for delivery in [Delivery::AtOnce, Delivery::Daily, Delivery::Off] {
                let chosen = NoticeSettings::default().with(topic, delivery);
                assert_eq!(chosen.is_ok(), allows(topic, delivery), "{topic:?} {delivery:?}");
                // Put there by another version, it does not count either.
                let stored = NoticeSettings { language: None, mail: BTreeMap::from([(topic as i16, delivery)]) };
                assert_eq!(stored.delivery(topic) == delivery, allows(topic, delivery));
            }
            assert_eq!(NoticeSettings::default().delivery(topic), Delivery::AtOnce);
        }
        assert!(!allows(Topic::Receipts, Delivery::Off) && !allows(Topic::Security, Delivery::Daily));
    }
}
