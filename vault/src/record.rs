//! Records: putting, listing, deleting, photos. This module and [`crate::access`] are the only ones that see plaintext.

mod blob;
mod export;
mod put;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use coffret_envelope::envelope_hash;

use crate::Vault;
use crate::attribute::AttributeType;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::id::{CustomerId, RecordId};
use crate::keys::{CustomerKeys, record_place};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::store::entity::record;

pub use blob::MOST_BLOB_BYTES;
pub use export::Export;
pub use put::{MOST_RECORDS, NewRecord};

/// Where a record came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(i16)]
pub enum Source {
    /// The customer entered it.
    Customer = 1,
    /// It was imported.
    Import = 2,
}

/// What is known of a record without opening it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordInfo {
    /// The id.
    pub id: RecordId,
    /// The attribute type.
    pub attribute: String,
    /// From 1, one more for each change.
    pub version: i64,
    /// When this version was written.
    pub written_at: Timestamp,
    /// Where it came from.
    pub source: Source,
    /// For a photo, the size of its body in bytes.
    pub blob_size: Option<i64>,
}

/// A record, opened for its owner.
pub struct Record {
    /// What is known without opening it.
    pub info: RecordInfo,
    /// The record's own time, where its type has one; otherwise when it was written.
    pub time: Timestamp,
    /// The value as JSON text.
    pub value: Zeroizing<String>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("info", &self.info).finish_non_exhaustive()
    }
}

/// The version in a schema id such as `body.shoe_size@1`.
pub(crate) fn schema_version(kind: &AttributeType) -> i16 {
    kind.schema_id().rsplit_once('@').and_then(|(_, version)| version.parse().ok()).unwrap_or(1)
}

/// The sealed value of a stored version, opened.
pub(crate) fn open_value(keys: &CustomerKeys, row: &record::Model) -> Result<Zeroizing<Vec<u8>>> {
    let id = RecordId(row.record_id);
    let schema = format!("{}@{}", row.attribute, row.schema);
    keys.open(&record_place(&id, &row.attribute, row.version, &schema), &row.envelope)
}

pub(crate) fn info(row: &record::Model) -> Result<RecordInfo> {
    let source = match row.source {
        1 => Source::Customer,
        2 => Source::Import,
        _ => return Err(Error::inconsistent("record", "source", RecordId(row.record_id))),
    };
    Ok(RecordInfo {
        id: RecordId(row.record_id),
        attribute: row.attribute.clone(),
        version: row.version,
        written_at: Timestamp::from_micros(row.written_at),
        source,
        blob_size: row.blob_size,
    })
}

impl Vault {
    fn open_record(&self, keys: &CustomerKeys, row: &record::Model) -> Result<Record> {
        let plain = open_value(keys, row)?;
        let text = std::str::from_utf8(&plain).map_err(|_| Error::inconsistent("record", "envelope", RecordId(row.record_id)))?;
        let written = Timestamp::from_micros(row.written_at);
        let time = match self.catalogue.get(&row.attribute).filter(|kind| kind.time_pointer().is_some()) {
            Some(kind) => kind.time(&serde_json::from_str::<Value>(text)?).unwrap_or(written),
            None => written,
        };
        Ok(Record { info: info(row)?, time, value: Zeroizing::new(text.to_owned()) })
    }

    pub(crate) async fn current_row(&self, customer: CustomerId, id: RecordId) -> Result<record::Model> {
        record::Entity::find()
            .filter(record::Column::CustomerId.eq(customer.0))
            .filter(record::Column::RecordId.eq(id.0))
            .filter(record::Column::Current.eq(true))
            .one(self.store.reader())
            .await?
            .ok_or_else(|| Error::not_found("record"))
    }

    /// One record of a customer's.
    pub async fn record(&self, customer: CustomerId, id: RecordId) -> Result<Record> {
        let session = self.session(customer).await?;
        let row = self.current_row(customer, id).await?;
        self.open_record(&session.keys, &row)
    }

    /// A customer's current records, newest first; of one attribute type or family (`purchase.*`) where given.
    pub async fn records(&self, customer: CustomerId, attribute: Option<&str>, page: &PageRequest) -> Result<Page<Record>> {
        let unknown = || Error::invalid("attribute", "ATTRIBUTE_UNKNOWN", "There is no such attribute type or family.");
        let named = attribute.map(|pattern| {
            let kinds = self.catalogue.expand(pattern).ok_or_else(unknown)?;
            Ok::<Vec<String>, Error>(kinds.iter().map(|kind| kind.name().to_owned()).collect())
        });
        self.record_page(customer, named.transpose()?.as_deref(), page).await
    }

    /// A customer's current records, newest first; of these attribute types where given.
    async fn record_page(&self, customer: CustomerId, kinds: Option<&[String]>, page: &PageRequest) -> Result<Page<Record>> {
        let session = self.fresh_session(customer).await?;
        let mut query = record::Entity::find().filter(record::Column::CustomerId.eq(customer.0)).filter(record::Column::Current.eq(true));
        if let Some(kinds) = kinds {
            query = query.filter(record::Column::Attribute.is_in(kinds));
        }
        if let Some(after) = page.after(RecordId::parse)? {
            query = query.filter(record::Column::RecordId.lt(after.0));
        }
        let rows = query.order_by_desc(record::Column::RecordId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| RecordId(row.record_id).to_string());
        let items = cut.items.iter().map(|row| self.open_record(&session.keys, row)).collect::<Result<_>>()?;
        Ok(Page { items, next: cut.next })
    }

    /// The versions of one record, newest first.
    pub async fn record_versions(&self, customer: CustomerId, id: RecordId, page: &PageRequest) -> Result<Page<Record>> {
        let session = self.session(customer).await?;
        let mut query = record::Entity::find().filter(record::Column::CustomerId.eq(customer.0)).filter(record::Column::RecordId.eq(id.0));
        if let Some(after) = page.after(|text| text.parse::<i64>().ok())? {
            query = query.filter(record::Column::Version.lt(after));
        }
        let rows = query.order_by_desc(record::Column::Version).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        if rows.is_empty() && page.after(|text| Some(text.len()))?.is_none() {
            return Err(Error::not_found("record"));
        }
        let cut = Page::cut(rows, page, |row| row.version.to_string());
        let items = cut.items.iter().map(|row| self.open_record(&session.keys, row)).collect::<Result<_>>()?;
        Ok(Page { items, next: cut.next })
    }

    /// Deletes a record with all its versions and its photo.
    pub async fn delete_record(&self, customer: CustomerId, who: Who, id: RecordId, once: Option<&Once>) -> Result<()> {
        self.once(customer, once, || {
            self.settled(|fresh| {
                let (who, once) = (who.clone(), once.cloned());
                async move {
                    let session = self.session_of(customer, fresh).await?;
                    let row = self.current_row(customer, id).await?;
                    let (version, hash) = (session.view.version, envelope_hash(&row.envelope));
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        draft.delete_record(id, &row.attribute, row.version, hash)?;
                        let note = Note::new("record.deleted", who.clone());
                        draft.note(note.attributes(vec![row.attribute.clone()]).records([(id, row.version)]))?;
                        draft.remember(once.as_ref(), &())
                    })
                    .await
                }
            })
        })
        .await
    }
}
