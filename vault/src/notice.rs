//! Notices: what happened, told to the customer in the portal, and by e-mail where that is set up.
//!
//! A notice is a row of a kind, ids and times, written in the commit of what it tells of; what that was stands in the ledger's entry, sealed.
//! What only time brings (a reminder) is an entry of its own, so that it can be shown that it was given.

mod kind;
mod mail;
mod refused;
mod remind;
mod settings;

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use kind::{NoticeKind, Topic};
pub use mail::{Letter, MailHealth, Outcome};
pub use settings::{Delivery, NoticeSettings};

pub(crate) use refused::ToldRefusals;

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, NoticeId, RequestId, make_uuid_at};
use crate::ledger::{Details, Row};
use crate::page::{Page, PageRequest};
use crate::store::draft::{Draft, Write};
use crate::store::entity::{ledger_entry, notice};

/// Something that a customer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The id.
    pub id: NoticeId,
    /// What it tells.
    pub kind: NoticeKind,
    /// When it happened.
    pub at: Timestamp,
    /// When the customer saw it in the portal.
    pub seen_at: Option<Timestamp>,
    /// The position of the entry that it tells of, in the customer's stream.
    pub entry: Option<i64>,
    /// What happened (the entry's kind); empty where the entry is in another stream.
    pub event: String,
    /// The brand concerned.
    pub brand: Option<BrandId>,
    /// The grant concerned.
    pub grant: Option<GrantId>,
    /// The request concerned.
    pub request: Option<RequestId>,
}

/// A row without a state yet; mail about it is due at once, whatever becomes of that.
pub(crate) fn new_row(customer: CustomerId, id: Uuid, kind: NoticeKind, at: Timestamp) -> notice::Model {
    notice::Model {
        customer_id: customer.0,
        notice_id: id,
        kind: kind as i16,
        at: at.micros(),
        entry: None,
        about: None,
        seen_at: None,
        mail_at: Some(at.micros()),
        tries: 0,
        mailed_at: None,
    }
}

impl Draft<'_> {
    /// Tells the customer of an entry that was just noted, where it is something to tell.
    pub(crate) fn give_notice_of(&mut self, details: &Details) -> Result<()> {
        match NoticeKind::of_entry(details) {
            Some(kind) => self.give_notice(kind, details.grant.map(|id| id.0).or(details.request.map(|id| id.0))),
            None => Ok(()),
        }
    }

    /// Tells the customer of the entry that was noted last.
    pub(crate) fn give_notice(&mut self, kind: NoticeKind, about: Option<Uuid>) -> Result<()> {
        if self.view.id == CustomerId::DEPLOYMENT {
            return Ok(());
        }
        let id = make_uuid_at(self.entropy, self.now, self.view.seq)?;
        let row = notice::Model { entry: Some(self.view.seq), about, ..new_row(self.view.id, id, kind, self.now) };
        self.writes.push(Write::Notice(row));
        Ok(())
    }

    /// Tells a customer of something in the deployment's stream.
    pub(crate) fn give_notice_to(&mut self, customer: CustomerId, kind: NoticeKind, about: Uuid) -> Result<()> {
        let id = make_uuid_at(self.entropy, self.now, 0)?;
        self.writes.push(Write::Notice(notice::Model { about: Some(about), ..new_row(customer, id, kind, self.now) }));
        Ok(())
    }
}

impl Vault {
    /// A customer's notices, newest first.
    pub async fn notices(&self, customer: CustomerId, page: &PageRequest) -> Result<Page<Notice>> {
        let session = self.fresh_session(customer).await?;
        let mut query = notice::Entity::find().filter(notice::Column::CustomerId.eq(customer.0));
        if let Some(after) = page.after(NoticeId::parse)? {
            query = query.filter(notice::Column::NoticeId.lt(after.0));
        }
        let rows = query.order_by_desc(notice::Column::NoticeId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| NoticeId(row.notice_id).to_string());
        let positions: Vec<i64> = cut.items.iter().filter_map(|row| row.entry).collect();
        let mut entries: HashMap<i64, Details> = HashMap::new();
        if !positions.is_empty() {
            let found = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::CustomerId.eq(customer.0))
                .filter(ledger_entry::Column::Seq.is_in(positions))
                .all(self.store.reader())
                .await?;
            for row in found {
                let entry = Row::try_from(row)?.open(&session.keys)?;
                entries.insert(entry.sequence, entry.details);
            }
        }
        let items = cut.items.iter().map(|row| describe(row, row.entry.and_then(|at| entries.get(&at)))).collect::<Result<_>>()?;
        Ok(Page { items, next: cut.next })
    }

    /// How many notices the customer has not seen.
    pub async fn unseen_notices(&self, customer: CustomerId) -> Result<u64> {
        self.fresh_session(customer).await?;
        let unseen = notice::Entity::find().filter(notice::Column::CustomerId.eq(customer.0)).filter(notice::Column::SeenAt.is_null());
        Ok(unseen.count(self.store.reader()).await?)
    }

    /// Marks a customer's notices as seen, up to this one; all of them where none is named. Tells how many that were. What is seen is
    /// no act that anybody has to prove: it has no entry.
    pub async fn see_notices(&self, customer: CustomerId, up_to: Option<NoticeId>) -> Result<u64> {
        self.fresh_session(customer).await?;
        let last = up_to.map_or(Uuid::max(), |id| id.0);
        let sql = "UPDATE notice SET seen_at = $1 WHERE customer_id = $2 AND notice_id <= $3 AND seen_at IS NULL";
        let values = vec![self.now().micros().into(), customer.0.into(), last.into()];
        Ok(self.store.writer().execute_raw(self.store.statement(sql, values)).await?.rows_affected())
    }
}

fn describe(row: &notice::Model, details: Option<&Details>) -> Result<Notice> {
    let id = NoticeId(row.notice_id);
    let kind = NoticeKind::of_number(row.kind).ok_or_else(|| Error::inconsistent("notice", "kind", id))?;
    Ok(Notice {
        id,
        kind,
        at: Timestamp::from_micros(row.at),
        seen_at: row.seen_at.map(Timestamp::from_micros),
        entry: row.entry,
        event: details.map(|details| details.kind.clone()).unwrap_or_default(),
        brand: details.and_then(|details| details.brand),
        grant: details.and_then(|details| details.grant),
        request: details.and_then(|details| details.request),
    })
}
