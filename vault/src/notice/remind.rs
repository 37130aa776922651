//! Reminders: what a customer is told because time has passed. Each is an entry of the ledger, given once, by whichever server comes first.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::{GrantState, RequestState};
use crate::error::Result;
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::{Note, Who};
use crate::notice::NoticeKind;
use crate::store::draft::is_stale;

/// Days after asking: three before a request lapses.
const REMIND_DAYS: i64 = 11;
/// Days from asking until a request lapses.
const OPEN_DAYS: i64 = 14;
/// When the end of an access is told.
#[derive(Clone, Copy)]
struct Ending {
    /// So many days before.
    days: i64,
    /// Not any more so many days before: then the next one is due.
    until: i64,
    kind: NoticeKind,
    event: &'static str,
}

const ENDINGS: [Ending; 2] = [
    Ending { days: 14, until: 3, kind: NoticeKind::AccessEndsInFortnight, event: "notice.access_ends_in_fortnight" },
    Ending { days: 3, until: 0, kind: NoticeKind::AccessEndsInDays, event: "notice.access_ends_in_days" },
];
/// Days after which it is told what is still shared.
const SHARING_DAYS: i64 = 90;
/// Rows in one look.
const TOGETHER: usize = 500;

/// A customer, something of theirs, and a moment of it.
type Found = (Uuid, Uuid, i64);

/// The least id (UUID version 7) of this moment or a later one.
fn least_id(micros: i64) -> Uuid {
    let millis = u128::try_from(micros / 1000).unwrap_or_default();
    Uuid::from_u128((millis << 80) | (0x7 << 76) | (0x2 << 62))
}

/// When an id of ours was made, in microseconds since 1970.
fn made_at(id: Uuid) -> i64 {
    i64::try_from((id.as_u128() >> 80) * 1000).unwrap_or(i64::MAX)
}

impl Vault {
    /// Gives the reminders that are due; tells how many. Several servers may do this at once.
    ///
    /// # Errors
    /// The database does not answer. What one customer's reminder fails of is logged, and keeps no other.
    pub async fn remind(&self) -> Result<u64> {
        let mut given = self.remind_of_requests().await?;
        for ending in ENDINGS {
            given += self.remind_of_ends(ending).await?;
        }
        Ok(given + self.remind_of_sharing().await?)
    }

    /// Customers, something of theirs each, and a number; page by page in the order of both.
    async fn found(&self, sql: &str, values: Vec<Value>, after: (Uuid, Uuid)) -> Result<Vec<Found>> {
        let mut all = vec![after.0.into(), after.1.into()];
        all.extend(values);
        let sql = format!("{sql} LIMIT {TOGETHER}");
        let rows = self.store.reader().query_all_raw(self.store.statement(sql, all)).await?;
        let found = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?));
        rows.iter().map(found).collect()
    }

    async fn remind_of_requests(&self) -> Result<u64> {
        let now = self.now();
        let sql = "SELECT customer_id, request_id, asked_at FROM access_request AS r WHERE (customer_id, request_id) > ($1, $2) \
                   AND open = TRUE AND asked_at > $3 AND asked_at <= $4 AND NOT EXISTS \
                   (SELECT 1 FROM notice AS n WHERE n.customer_id = r.customer_id AND n.kind = $5 AND n.about = r.request_id) \
                   ORDER BY customer_id, request_id";
        let values = vec![
            now.plus_days(-OPEN_DAYS).micros().into(),
            now.plus_days(-REMIND_DAYS).micros().into(),
            (NoticeKind::RequestReminder as i16).into(),
        ];
        let (mut given, mut after) = (0, (Uuid::nil(), Uuid::nil()));
        loop {
            let found = self.found(sql, values.clone(), after).await?;
            for (customer, request, _) in &found {
                given += count(self.remind_of_request(CustomerId(*customer), RequestId(*request)).await);
            }
            match found.last() {
                Some(last) if found.len() == TOGETHER => after = (last.0, last.1),
                _ => return Ok(given),
            }
        }
    }

    async fn remind_of_request(&self, customer: CustomerId, id: RequestId) -> Result<bool> {
        let session = self.fresh_session(customer).await?;
        let version = session.view.version;
        let Some((request, _)) = self.store.load_request(&session.keys, id).await? else { return Ok(false) };
        if request.effective_state(self.now()) != RequestState::Pending
            || self.was_told(customer, NoticeKind::RequestReminder, Some(id.0), 0).await?
        {
            return Ok(false);
        }
        let note = Note::new("notice.request_waits", Who::Clock).brand(BrandId(request.brand())).request(id);
        self.commit(&session, move |draft| {
            draft.require_version(version)?;
            draft.moving();
            draft.note(note.clone()).map(|_| true)
        })
        .await
    }

    async fn remind_of_ends(&self, ending: Ending) -> Result<u64> {
        let now = self.now();
        let sql = "SELECT customer_id, grant_id, due_at FROM access_grant AS g WHERE (customer_id, grant_id) > ($1, $2) \
                   AND live = TRUE AND due_at > $3 AND due_at <= $4 AND NOT EXISTS \
                   (SELECT 1 FROM notice AS n WHERE n.customer_id = g.customer_id AND n.kind = $5 AND n.about = g.grant_id) \
                   ORDER BY customer_id, grant_id";
        let values =
            vec![now.plus_days(ending.until).micros().into(), now.plus_days(ending.days).micros().into(), (ending.kind as i16).into()];
        let (mut given, mut after) = (0, (Uuid::nil(), Uuid::nil()));
        loop {
            let found = self.found(sql, values.clone(), after).await?;
            for (customer, grant, due) in &found {
                // What was given for no longer than that is not opened again and again.
                if made_at(*grant) < Timestamp::from_micros(*due).plus_days(-ending.days).micros() {
                    given += count(self.remind_of_end(CustomerId(*customer), GrantId(*grant), ending).await);
                }
            }
            match found.last() {
                Some(last) if found.len() == TOGETHER => after = (last.0, last.1),
                _ => return Ok(given),
            }
        }
    }

    async fn remind_of_end(&self, customer: CustomerId, id: GrantId, ending: Ending) -> Result<bool> {
        let Ending { days, until, kind, event } = ending;
        let session = self.fresh_session(customer).await?;
        let (version, now) = (session.view.version, self.now());
        let Some(grant) = session.view.grant(id) else { return Ok(false) };
        let lasts = matches!(grant.effective_state(now), GrantState::Active | GrantState::Paused | GrantState::Suspended);
        let ends_soon = grant.expires_at() > now.plus_days(until) && grant.expires_at() <= now.plus_days(days);
        // What was given for no longer than that is fresh in mind.
        let was_longer = grant.approved_at() < grant.expires_at().plus_days(-days);
        if !(lasts && ends_soon && was_longer) || self.was_told(customer, kind, Some(id.0), 0).await? {
            return Ok(false);
        }
        let note = Note::new(event, Who::Clock).brand(BrandId(grant.brand())).grant(id).expires(grant.expires_at());
        self.commit(&session, move |draft| {
            draft.require_version(version)?;
            draft.moving();
            draft.note(note.clone()).map(|_| true)
        })
        .await
    }

    async fn remind_of_sharing(&self) -> Result<u64> {
        let now = self.now();
        let long_ago = now.plus_days(-SHARING_DAYS).micros();
        let sql = "SELECT customer_id, customer_id AS again, COUNT(*) FROM access_grant AS g WHERE customer_id > $1 AND customer_id <> $2 \
                   AND live = TRUE AND due_at > $3 AND grant_id < $4 AND NOT EXISTS \
                   (SELECT 1 FROM notice AS n WHERE n.customer_id = g.customer_id AND n.kind = $5 AND n.at > $6) \
                   GROUP BY customer_id ORDER BY customer_id";
        let values = vec![now.micros().into(), least_id(long_ago).into(), (NoticeKind::StillSharing as i16).into(), long_ago.into()];
        let (mut given, mut after) = (0, Uuid::nil());
        loop {
            let found = self.found(sql, values.clone(), (after, Uuid::nil())).await?;
            for (customer, ..) in &found {
                given += count(self.remind_of_sharing_of(CustomerId(*customer), long_ago).await);
            }
            match found.last() {
                Some((last, ..)) if found.len() == TOGETHER => after = *last,
                _ => return Ok(given),
            }
        }
    }

    /// One reminder of all that is shared: a customer of many brands is told once.
    async fn remind_of_sharing_of(&self, customer: CustomerId, long_ago: i64) -> Result<bool> {
        let session = self.fresh_session(customer).await?;
        let (version, now) = (session.view.version, self.now());
        let shares = session.view.grants.values().any(|grant| {
            matches!(grant.effective_state(now), GrantState::Active | GrantState::Paused) && grant.approved_at().micros() <= long_ago
        });
        if !shares || self.was_told(customer, NoticeKind::StillSharing, None, long_ago).await? {
            return Ok(false);
        }
        self.commit(&session, move |draft| {
            draft.require_version(version)?;
            draft.moving();
            draft.note(Note::new("notice.still_sharing", Who::Clock)).map(|_| true)
        })
        .await
    }

    /// Whether there is such a notice since a moment. Asked after the view is loaded: one given since then moved the account's version.
    async fn was_told(&self, customer: CustomerId, kind: NoticeKind, about: Option<Uuid>, since: i64) -> Result<bool> {
        let mut sql = "SELECT 1 FROM notice WHERE customer_id = $1 AND kind = $2 AND at > $3".to_owned();
        let mut values: Vec<Value> = vec![customer.0.into(), (kind as i16).into(), since.into()];
        if let Some(about) = about {
            sql.push_str(" AND about = $4");
            values.push(about.into());
        }
        sql.push_str(" LIMIT 1");
        Ok(self.store.writer().query_one_raw(self.store.statement(sql, values)).await?.is_some())
    }
}

/// One that was given counts. One that another server gives at this moment does not, and one that fails is tried at the next look.
fn count(given: Result<bool>) -> u64 {
    match given {
        Ok(given) => u64::from(given),
        Err(error) if is_stale(&error) || error.reason() == "NOT_FOUND" => 0,
        Err(error) => {
            tracing::error!(?error, "a reminder could not be given");
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::make_uuid_v7;

    #[test]
    fn ids_are_in_the_order_of_their_moments() {
        let entropy = coffret_envelope::SystemEntropy;
        let at = Timestamp::from_micros(1_795_000_000_123_456);
        let id = make_uuid_v7(&entropy, at).expect("an id");
        assert_eq!(made_at(id), 1_795_000_000_123_000);
        assert!(least_id(at.micros()) <= id && id < least_id(at.micros() + 1000));
    }
}
