//! The check of the ledger: every stream from its first entry to its head, in constant memory, a page at a time ([`super::check_page`]).

use std::sync::Arc;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::CHUNK;
use crate::Vault;
use crate::error::Result;
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, WrappedKey};
use crate::ledger::Row;
use crate::store::append::SAVED_EVERY;
use crate::store::entity::{customer, customer_key, ledger_entry};
use crate::store::view;

/// Faults told at most, over all pages; the rest are counted.
const MOST_FAULTS: u64 = 100;

/// What a check of the ledger found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// Entries looked at.
    pub entries: u64,
    /// Streams looked at.
    pub streams: u64,
    /// Reads that were answered; further pages of one read count with it.
    pub reads_answered: u64,
    /// Reads that consent refused.
    pub reads_refused: u64,
    /// Entries whose opening was destroyed by an erasure.
    pub erased: u64,
    /// What is wrong, in words, naming streams and positions; at most 100 and a count of the others. Empty when all is well.
    pub faults: Vec<String>,
}

/// A check in progress.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) check: Check,
    /// Faults told, on this page and those before.
    pub(super) told: u64,
    /// Faults beyond those that are told.
    pub(super) untold: u64,
    /// Entries after which this page ends.
    pub(super) until: u64,
}

impl Progress {
    pub(super) fn fault(&mut self, customer: CustomerId, what: &str) {
        if self.told == MOST_FAULTS {
            self.untold += 1;
            return;
        }
        self.told += 1;
        self.check.faults.push(if customer == CustomerId::DEPLOYMENT {
            format!("The deployment's stream: {what}")
        } else {
            format!("The stream of customer {customer}: {what}")
        });
    }

    /// Whether this page has looked at enough.
    pub(super) fn is_spent(&self) -> bool {
        self.check.entries >= self.until
    }

    pub(super) fn finish(mut self) -> Check {
        if self.untold > 0 {
            self.check.faults.push(format!("And {} more.", self.untold));
        }
        self.check
    }
}

/// A stream as its account describes it.
#[derive(sea_orm::FromQueryResult)]
pub(super) struct Head {
    pub(super) customer_id: Uuid,
    state: i16,
    seq: i64,
    stream: Uuid,
}

/// How the entries of a stream can be looked into.
enum Opening {
    /// With these keys.
    Keys(Arc<CustomerKeys>),
    /// Not any more: the customer was erased.
    Erased,
    /// They should open, and do not.
    Lost,
}

impl Vault {
    /// Checks the ledger, or one customer's stream: entries from 1 to the last without a gap, none far beyond the head or without a stream, each
    /// opening opens at its place and matches its commitment, and every entry that the log has is there. Entries of erased customers are
    /// counted; of them gaps alone show.
    pub async fn check_ledger(&self, scope: Option<CustomerId>) -> Result<Check> {
        let (mut token, mut faults) = (String::new(), Vec::new());
        loop {
            let page = self.check_ledger_page(scope, &token).await?;
            faults.extend(page.check.faults);
            if page.next.is_empty() {
                return Ok(Check { faults, ..page.check });
            }
            token = page.next;
        }
    }

    /// The heads of so many streams, in the order of customers, after one.
    pub(super) async fn heads(&self, after: Option<Uuid>, most: u64) -> Result<Vec<Head>> {
        let mut query = customer::Entity::find();
        if let Some(after) = after {
            query = query.filter(customer::Column::CustomerId.gt(after));
        }
        let query = select_head(query).order_by_asc(customer::Column::CustomerId).limit(most);
        Ok(query.into_model().all(self.store.reader()).await?)
    }

    pub(super) async fn head(&self, id: CustomerId) -> Result<Option<Head>> {
        Ok(select_head(customer::Entity::find_by_id(id.0)).into_model().one(self.store.reader()).await?)
    }

    /// Checks a stream from a position on; gives the next one where the page ends before the stream does.
    pub(super) async fn check_stream(&self, progress: &mut Progress, head: &Head, from: i64) -> Result<Option<i64>> {
        let customer = CustomerId(head.customer_id);
        progress.check.streams += u64::from(from == 1);
        let opening = self.opening(progress, head).await?;
        let mut expected = from;
        loop {
            let chunk = progress.until.saturating_sub(progress.check.entries).clamp(1, CHUNK as u64);
            let rows = ledger_entry::Entity::find()
                .filter(ledger_entry::Column::CustomerId.eq(customer.0))
                .filter(ledger_entry::Column::Seq.gte(expected))
                .order_by_asc(ledger_entry::Column::Seq)
                .limit(chunk)
                .all(self.store.reader())
                .await?;
            let more = rows.len() as u64 == chunk;
            for row in rows {
                missing(progress, customer, expected, row.seq - 1);
                expected = row.seq + 1;
                check_entry(progress, head, &opening, row);
            }
            if !more {
                missing(progress, customer, expected, head.seq);
                break;
            }
            if progress.is_spent() {
                return Ok(Some(expected));
            }
        }
        self.check_ends(progress, customer).await?;
        Ok(None)
    }

    /// The keys of a stream's entries.
    async fn opening(&self, progress: &mut Progress, head: &Head) -> Result<Opening> {
        let customer = CustomerId(head.customer_id);
        let key = customer_key::Entity::find()
            .filter(customer_key::Column::CustomerId.eq(customer.0))
            .order_by_desc(customer_key::Column::Generation)
            .one(self.store.reader())
            .await?;
        let lost = match (head.state, key) {
            (view::ACTIVE, Some(key)) => match WrappedKey::try_from(key) {
                Ok(wrapped) => match self.keyring.unwrap(customer, &wrapped) {
                    Ok(keys) => return Ok(Opening::Keys(keys)),
                    Err(_) => "its key cannot be unwrapped.",
                },
                Err(_) => "its key has no good id.",
            },
            (view::ACTIVE, None) => {
                // An erasure between the two looks explains it as well.
                if self.head(customer).await?.is_some_and(|now| now.state == view::ERASED) {
                    return Ok(Opening::Erased);
                }
                "its key is missing."
            }
            (view::ERASED, None) => return Ok(Opening::Erased),
            (view::ERASED, Some(_)) => "the customer is erased, and the key is still there.",
            _ => "its account is in no known state.",
        };
        progress.fault(customer, lost);
        Ok(Opening::Lost)
    }

    /// Nothing lies before the first entry, and beyond the head no more than reads may leave there. The head is read last: a commit moves
    /// it together with its entries.
    async fn check_ends(&self, progress: &mut Progress, customer: CustomerId) -> Result<()> {
        let of = || {
            ledger_entry::Entity::find()
                .select_only()
                .column(ledger_entry::Column::Seq)
                .filter(ledger_entry::Column::CustomerId.eq(customer.0))
        };
        let first: Option<i64> = of().order_by_asc(ledger_entry::Column::Seq).into_tuple().one(self.store.reader()).await?;
        let last: Option<i64> = of().order_by_desc(ledger_entry::Column::Seq).into_tuple().one(self.store.reader()).await?;
        let head = self.head(customer).await?.map_or(0, |head| head.seq);
        if let Some(last) = last.filter(|last| *last >= head + SAVED_EVERY) {
            progress.fault(customer, &format!("entry {last} lies beyond the head at {head}."));
        }
        if let Some(first) = first.filter(|first| *first < 1) {
            progress.fault(customer, &format!("entry {first} lies before the first."));
        }
        Ok(())
    }

    /// Entries whose account is gone: an erasure keeps it. Of customers after one and up to another.
    pub(super) async fn check_orphans(&self, progress: &mut Progress, after: Option<Uuid>, to: Option<Uuid>) -> Result<()> {
        // From one stream to the next, passing over its entries: the database looks at one row of each.
        let sql = "WITH RECURSIVE stream (id) AS ( \
                     SELECT (SELECT customer_id FROM ledger_entry WHERE customer_id >= $1 AND customer_id <= $2 ORDER BY customer_id LIMIT 1) \
                     UNION ALL \
                     SELECT (SELECT customer_id FROM ledger_entry WHERE customer_id > stream.id AND customer_id <= $2 ORDER BY customer_id LIMIT 1) \
                     FROM stream WHERE stream.id IS NOT NULL) \
                   SELECT id FROM stream WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customer WHERE customer.customer_id = stream.id)";
        // The one after which they begin has an account, or there is none before.
        let bounds = vec![after.unwrap_or(Uuid::nil()).into(), to.unwrap_or(Uuid::max()).into()];
        for orphan in self.store.reader().query_all_raw(self.store.statement(sql, bounds)).await? {
            progress.fault(CustomerId(orphan.try_get_by_index(0)?), "its account is missing.");
        }
        Ok(())
    }
}

fn select_head(query: sea_orm::Select<customer::Entity>) -> sea_orm::Select<customer::Entity> {
    use customer::Column::{CustomerId, Seq, State, Stream};
    query.select_only().columns([CustomerId, State, Seq, Stream])
}

fn missing(progress: &mut Progress, customer: CustomerId, from: i64, to: i64) {
    if from == to {
        progress.fault(customer, &format!("entry {from} is missing."));
    } else if from < to {
        progress.fault(customer, &format!("entries {from} to {to} are missing."));
    }
}

fn check_entry(progress: &mut Progress, head: &Head, opening: &Opening, row: ledger_entry::Model) {
    let customer = CustomerId(head.customer_id);
    let sequence = row.seq;
    progress.check.entries += 1;
    if row.stream != head.stream {
        return progress.fault(customer, &format!("entry {sequence} belongs to another stream."));
    }
    let Ok(row) = Row::try_from(row) else {
        return progress.fault(customer, &format!("entry {sequence} has no good commitment."));
    };
    let keys = match opening {
        Opening::Keys(keys) => keys,
        Opening::Erased => {
            progress.check.erased += 1;
            return;
        }
        Opening::Lost => return,
    };
    match row.open(keys) {
        Err(_) => progress.fault(customer, &format!("entry {sequence} does not open at its place.")),
        Ok(entry) if !entry.valid => progress.fault(customer, &format!("entry {sequence} does not match its commitment or its time.")),
        Ok(entry) => match entry.details.kind.as_str() {
            "read" => progress.check.reads_answered += 1,
            "read.refused" => progress.check.reads_refused += 1,
            _ => {}
        },
    }
}
