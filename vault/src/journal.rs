//! Reading the ledger: a customer's own entries, the deployment's, the sealed ones for auditors, and the check of all.

mod check;
mod check_log;
mod check_page;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use check::Check;
pub use check_page::CheckPage;

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId};
use crate::ledger::{Details, Entry, Row};
use crate::page::{Page, PageRequest};
use crate::store::entity::ledger_entry;

/// Rows that one call looks at, at most: kind and brand are sealed, so a filter on them opens what it passes over.
const MOST_OPENED: usize = 2_000;
/// Rows in one look.
const CHUNK: usize = 1_000;

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Of this kind, such as `read.refused`; or of a kind and all its own kinds, as `read.*`.
    pub kind: Option<String>,
    /// Concerning this brand.
    pub brand: Option<BrandId>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

impl EntryFilter {
    fn lets(&self, entry: &Entry) -> bool {
        self.lets_details(&entry.details)
    }

    /// By kind and brand; times are the query's.
    pub(crate) fn lets_details(&self, details: &Details) -> bool {
        self.kind.as_ref().is_none_or(|kind| covers(kind, &details.kind)) && self.brand.is_none_or(|brand| details.brand == Some(brand))
    }
}

/// `read.*` covers `read` and `read.refused`; another kind covers itself.
fn covers(wanted: &str, kind: &str) -> bool {
    match wanted.strip_suffix(".*") {
        Some(whole) => kind.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
        None => wanted == kind,
    }
}

/// An entry as a stranger may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    /// A random id.
    pub event: Uuid,
    /// The stream's random id.
    pub stream: Uuid,
    /// The position in the stream.
    pub sequence: i64,
    /// The commitment.
    pub commitment: [u8; 32],
    /// Where to go on after it; for the caller, not for the stranger.
    pub at_cursor: (CustomerId, i64),
}

impl Vault {
    /// A customer's entries, newest first. A page may have fewer entries than asked for, or none, and lead on all the same: when many
    /// are passed over by the filter.
    pub async fn entries(&self, customer: CustomerId, filter: &EntryFilter, page: &PageRequest) -> Result<Page<Entry>> {
        if customer == CustomerId::DEPLOYMENT {
            return Err(Error::not_found("customer"));
        }
        self.stream_entries(customer, filter, page).await
    }

    /// The deployment's own entries, newest first: acts of operators, and reads of nobody.
    pub async fn deployment_entries(&self, page: &PageRequest) -> Result<Page<Entry>> {
        self.stream_entries(CustomerId::DEPLOYMENT, &EntryFilter::default(), page).await
    }

    /// As [`Self::entries`], of any stream.
    pub(crate) async fn stream_entries(&self, customer: CustomerId, filter: &EntryFilter, page: &PageRequest) -> Result<Page<Entry>> {
        // From the database: entries stay after an erasure, and one on another server must not be answered from memory.
        let session = self.fresh_session(customer).await?;
        let mut before = page.after(|text| text.parse::<i64>().ok())?.unwrap_or(i64::MAX);
        let mut items = Vec::new();
        let mut opened = 0;
        // Most that is asked for lies near the end; what is rare is looked for in larger steps.
        let mut size = page.size() + 1;
        loop {
            let rows = self.entry_rows(customer, filter, before, size).await?;
            let last = rows.len() < size;
            opened += rows.len();
            for row in rows {
                before = row.seq;
                let entry = Row::try_from(row)?.open(&session.keys)?;
                if filter.lets(&entry) {
                    items.push(entry);
                    if items.len() > page.size() {
                        return Ok(Page::cut(items, page, |entry| entry.sequence.to_string()));
                    }
                }
            }
            if last {
                return Ok(Page { items, next: String::new() });
            }
            if opened >= MOST_OPENED {
                return Ok(Page { items, next: URL_SAFE_NO_PAD.encode(before.to_string()) });
            }
            size = CHUNK;
        }
    }

    async fn entry_rows(&self, customer: CustomerId, filter: &EntryFilter, before: i64, size: usize) -> Result<Vec<ledger_entry::Model>> {
        let mut query = ledger_entry::Entity::find()
            .filter(ledger_entry::Column::CustomerId.eq(customer.0))
            .filter(ledger_entry::Column::Seq.lt(before));
        if let Some(from) = filter.from {
            query = query.filter(ledger_entry::Column::At.gte(from.micros()));
        }
        if let Some(to) = filter.to {
            query = query.filter(ledger_entry::Column::At.lt(to.micros()));
        }
        Ok(query.order_by_desc(ledger_entry::Column::Seq).limit(size as u64).all(self.store.reader()).await?)
    }

    /// One entry of a customer's, opened and held against its commitment.
    pub async fn entry(&self, customer: CustomerId, sequence: i64) -> Result<Entry> {
        if customer == CustomerId::DEPLOYMENT {
            return Err(Error::not_found("customer"));
        }
        let session = self.fresh_session(customer).await?;
        let row = ledger_entry::Entity::find_by_id((customer.0, sequence)).one(self.store.reader()).await?;
        Row::try_from(row.ok_or_else(|| Error::not_found("entry"))?)?.open(&session.keys)
    }

    /// Entries as a stranger may see them, after a cursor, stream by stream in the order of positions; 1 to 1000 of them.
    ///
    /// What is appended to a stream that a cursor has passed is found by starting again.
    pub async fn sealed_entries(&self, after: Option<(CustomerId, i64)>, limit: u64) -> Result<Vec<SealedEntry>> {
        let mut query = ledger_entry::Entity::find();
        if let Some((customer, sequence)) = after {
            // In the next streams, or further on in this one: two ranges of the primary key.
            let here = ledger_entry::Column::CustomerId.eq(customer.0).and(ledger_entry::Column::Seq.gt(sequence));
            query = query
                .filter(ledger_entry::Column::CustomerId.gte(customer.0))
                .filter(ledger_entry::Column::CustomerId.gt(customer.0).or(here));
        }
        let rows = query
            .order_by_asc(ledger_entry::Column::CustomerId)
            .order_by_asc(ledger_entry::Column::Seq)
            .limit(limit.clamp(1, CHUNK as u64))
            .all(self.store.reader())
            .await?;
        rows.into_iter()
            .map(|row| {
                let row = Row::try_from(row)?;
                let Row { event, stream, sequence, commitment, customer, .. } = row;
                Ok(SealedEntry { event, stream, sequence, commitment, at_cursor: (customer, sequence) })
            })
            .collect()
    }
}
