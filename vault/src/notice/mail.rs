//! Which e-mail is due to whom. The notices themselves are the outbox: a row says when mail about it is to be tried next.
//!
//! Whoever takes a row moves that moment on by the lease, in one statement that compares it, so of two servers one has it; when that one is
//! killed, the row is due again. Between handing a letter over and writing that down a crash sends it twice, under the same Message-ID;
//! none is lost. What concerns one customer and is due together is one letter: it says nothing but that there is something new.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Delivery, NoticeKind};
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::id::{CustomerId, NoticeId};
use crate::record::open_value;
use crate::store::entity::notice;
use crate::{Session, Vault};

/// Where a customer's own e-mail address is kept.
pub(super) const ADDRESS: &str = "contact.email";
/// For how long a letter belongs to the server that took it, in seconds: longer than a delivery can take.
const LEASE_SECONDS: i64 = 120;
/// Tries at most; the last one is about two hours after the first.
const TRIES: i32 = 8;
/// Mail about what happened longer ago than this is not sent: it was off, or nothing could be sent for long.
const STALE_DAYS: i64 = 3;
/// The hour of the daily letter, in the customer's own time zone.
const DAILY_HOUR: i8 = 8;
/// Rows in one look.
const TOGETHER: u64 = 200;
/// The moment of mail that was given up.
const GIVEN_UP: i64 = i64::MAX;

/// A letter that this server has taken to send. It says what to write to whom, and nothing of what happened.
#[derive(Clone)]
pub struct Letter {
    /// To whom; one address.
    pub address: Zeroizing<String>,
    /// The language in which the customer is written to (BCP 47).
    pub language: String,
    /// The part of the Message-ID before the `@`: the same whenever the letter about this notice is tried.
    pub message_id: String,
    customer: CustomerId,
    notices: Vec<NoticeId>,
    tries: i32,
    lease: i64,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("notices", &self.notices.len()).field("tries", &self.tries).finish_non_exhaustive()
    }
}

impl Letter {
    /// Whether it belongs to this server for long enough that it can be sent.
    pub fn is_held(&self, now: Timestamp) -> bool {
        now.plus_seconds(LEASE_SECONDS / 2).micros() <= self.lease
    }

    /// How many notices it is about.
    pub fn notices(&self) -> usize {
        self.notices.len()
    }
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was handed over to the mail server.
    Sent,
    /// It was not, and is tried again later.
    Failed,
    /// It never will be: the address is none, or the mail server refused it for good.
    Hopeless,
}

/// How the mail is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailHealth {
    /// Notices whose mail is due and was tried before.
    pub retrying: u64,
    /// Notices whose mail was given up.
    pub given_up: u64,
}

/// The first daily hour after a moment, in this time zone.
fn next_daily(at: Timestamp, zone: &str) -> Timestamp {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let Ok(moment) = jiff::Timestamp::from_microsecond(at.micros()) else { return at };
    let local = moment.to_zoned(zone.clone());
    let mut date = local.date();
    loop {
        // Where clocks skip the hour, it is the moment after; dates end in the year 9999.
        let Ok(morning) = date.at(DAILY_HOUR, 0, 0, 0).to_zoned(zone.clone()) else { return at };
        if morning.timestamp() > moment {
            return Timestamp::from_micros(morning.timestamp().as_microsecond());
        }
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => return at,
        }
    }
}

/// Seconds until the next try.
fn backoff(tries: i32) -> i64 {
    60 << tries.clamp(0, 7)
}

impl Vault {
    /// Takes letters that are due, each for this server alone for two minutes. Tell what became of each: [`Self::letter_done`].
    ///
    /// # Errors
    /// The database does not answer. A customer whose letter cannot be made is logged, and keeps no other.
    pub async fn take_letters(&self) -> Result<Vec<Letter>> {
        let due = notice::Entity::find()
            .filter(notice::Column::MailAt.lte(self.now().micros()))
            .order_by_asc(notice::Column::MailAt)
            .limit(TOGETHER)
            .all(self.store.reader())
            .await?;
        let mut by_customer: BTreeMap<Uuid, Vec<notice::Model>> = BTreeMap::new();
        for row in due {
            by_customer.entry(row.customer_id).or_default().push(row);
        }
        let mut letters = Vec::new();
        for (customer, rows) in by_customer {
            match self.take_letter(CustomerId(customer), rows).await {
                Ok(letter) => letters.extend(letter),
                Err(error) => tracing::error!(?error, "a customer's letter could not be made"),
            }
        }
        Ok(letters)
    }

    async fn take_letter(&self, customer: CustomerId, rows: Vec<notice::Model>) -> Result<Option<Letter>> {
        let now = self.now();
        let session = match self.fresh_session(customer).await {
            Err(error) if error.kind() == Kind::NotFound => {
                // Erased: nobody is written to.
                for row in &rows {
                    self.move_mail(row, None, row.tries).await?;
                }
                return Ok(None);
            }
            other => other?,
        };
        let settings = self.settings_of(&session).await?;
        let address = self.address_of(&session).await?;
        let lease = now.plus_seconds(LEASE_SECONDS).micros();
        let (mut notices, mut tries) = (Vec::new(), 0);
        for row in &rows {
            let Some(kind) = NoticeKind::of_number(row.kind) else { continue };
            let at = Timestamp::from_micros(row.at);
            let due = match settings.delivery(kind.topic()) {
                Delivery::AtOnce => at,
                Delivery::Daily => next_daily(at, &session.view.profile.time_zone),
                Delivery::Off => Timestamp::MAX,
            };
            let stale = due < now.plus_days(-STALE_DAYS);
            if address.is_none() || stale || due == Timestamp::MAX {
                self.move_mail(row, None, row.tries).await?;
            } else if due > now {
                self.move_mail(row, Some(due.micros()), row.tries).await?;
            } else if self.move_mail(row, Some(lease), row.tries + 1).await? {
                notices.push(NoticeId(row.notice_id));
                tries = tries.max(row.tries + 1);
            }
        }
        notices.sort_unstable();
        let (Some(address), Some(first)) = (address, notices.first()) else { return Ok(None) };
        let message_id = coffret_envelope::pairwise(&self.pairwise, "mail", &[customer.bytes(), first.bytes()]);
        Ok(Some(Letter {
            address,
            language: settings.language.unwrap_or_else(|| session.view.profile.language.clone()),
            message_id: crate::ledger::hex(&message_id),
            customer,
            notices,
            tries,
            lease,
        }))
    }

    /// Moves the moment of a row's next try, unless somebody else has moved it since it was seen.
    async fn move_mail(&self, row: &notice::Model, to: Option<i64>, tries: i32) -> Result<bool> {
        let sql = "UPDATE notice SET mail_at = $1, tries = $2 WHERE customer_id = $3 AND notice_id = $4 AND mail_at = $5";
        let values = vec![to.into(), tries.into(), row.customer_id.into(), row.notice_id.into(), row.mail_at.into()];
        Ok(self.store.writer().execute_raw(self.store.statement(sql, values)).await?.rows_affected() == 1)
    }

    /// The customer's own address: the private one before others, the newest before older ones.
    async fn address_of(&self, session: &Session) -> Result<Option<Zeroizing<String>>> {
        let mut rows = self.current_rows(session.view.id, &[ADDRESS]).await?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.written_at));
        let mut found: Option<Zeroizing<String>> = None;
        for row in &rows {
            let plain = open_value(&session.keys, row)?;
            let value: serde_json::Value =
                serde_json::from_slice(&plain).map_err(|_| Error::inconsistent("record", "envelope", row.version))?;
            let Some(address) = value["address"].as_str() else { continue };
            let address = Zeroizing::new(address.to_owned());
            if value["label"] == "private" {
                return Ok(Some(address));
            }
            found.get_or_insert(address);
        }
        Ok(found)
    }

    /// Writes down what became of a letter. Tells how many notices' mail was given up with it.
    ///
    /// # Errors
    /// The database does not answer; then the letter is tried again when its lease is over.
    pub async fn letter_done(&self, letter: &Letter, outcome: Outcome) -> Result<u64> {
        let now = self.now();
        let given_up = outcome == Outcome::Hopeless || (outcome == Outcome::Failed && letter.tries >= TRIES);
        let (mail_at, mailed_at) = match outcome {
            Outcome::Sent => (None, Some(now.micros())),
            _ if given_up => (Some(GIVEN_UP), None),
            _ => (Some(now.plus_seconds(backoff(letter.tries - 1)).micros()), None),
        };
        let mut written = 0;
        for notice in &letter.notices {
            // A letter that was sent was sent, whoever holds it by now; what failed concerns its holder alone.
            let held = if outcome == Outcome::Sent { "" } else { " AND mail_at = $5" };
            let sql = format!("UPDATE notice SET mail_at = $1, mailed_at = $2 WHERE customer_id = $3 AND notice_id = $4{held}");
            let mut values = vec![mail_at.into(), mailed_at.into(), letter.customer.0.into(), notice.0.into()];
            if outcome != Outcome::Sent {
                values.push(letter.lease.into());
            }
            written += self.store.writer().execute_raw(self.store.statement(sql, values)).await?.rows_affected();
        }
        Ok(if given_up { written } else { 0 })
    }

    /// How the mail is doing, by count.
    pub async fn mail_health(&self) -> Result<MailHealth> {
        let given_up = notice::Entity::find().filter(notice::Column::MailAt.eq(GIVEN_UP)).count(self.store.reader()).await?;
        let retrying = notice::Entity::find()
            .filter(notice::Column::MailAt.lt(GIVEN_UP))
            .filter(notice::Column::Tries.gt(0))
            .count(self.store.reader())
            .await?;
        Ok(MailHealth { retrying, given_up })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn the_daily_letter_comes_in_the_morning_of_the_customer() {
        for (happened, zone, sent) in [
            ("2026-11-26T09:00:00Z", "Europe/Paris", "2026-11-27T07:00:00Z"),
            ("2026-11-26T06:59:59Z", "Europe/Paris", "2026-11-26T07:00:00Z"),
            ("2026-11-26T07:00:00Z", "Europe/Paris", "2026-11-27T07:00:00Z"),
            ("2026-11-26T09:00:00Z", "Asia/Shanghai", "2026-11-27T00:00:00Z"),
            // Summer time ends, and begins.
            ("2026-10-24T20:00:00Z", "Europe/Paris", "2026-10-25T07:00:00Z"),
            ("2026-03-28T20:00:00Z", "Europe/Paris", "2026-03-29T06:00:00Z"),
            // A zone that nobody knows any more.
            ("2026-11-26T09:00:00Z", "Mars/Base", "2026-11-27T08:00:00Z"),
        ] {
            assert_eq!(next_daily(at(happened), zone), at(sent), "{happened} {zone}");
        }
    }

    #[test]
    fn tries_come_ever_more_slowly_and_end() {
        let waits: Vec<i64> = (0..TRIES - 1).map(backoff).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3840]);
        assert_eq!(backoff(100), 7680);
    }
}
