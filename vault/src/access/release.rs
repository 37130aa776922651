//! What a permit lets out of the vault: the records that it covers, each in the view that it allows.

use std::sync::Arc;

use sea_orm::EntityTrait;
use serde_json::Value;
use zeroize::Zeroizing;

use super::page_token::Continued;
use super::{MOST_RECORDS, ReleasedRecord, StreamCursor, USUAL_RECORDS};
use crate::attribute::AttributeType;
use crate::clock::Timestamp;
use crate::consent::permit::Permit;
use crate::consent::terms::View;
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::record::open_value;
use crate::store::draft::stale;
use crate::store::entity::record;
use crate::{Session, Vault};

/// Bytes of values in one answer at most, so that an answer stays below the transport's limit of 4 MiB.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// Records found under a permit.
pub(super) struct Found {
    pub(super) records: Vec<ReleasedRecord>,
    /// The last record of this page, where more follow.
    pub(super) last: Option<RecordId>,
    /// The record written last among them.
    pub(super) newest: Option<StreamCursor>,
}

impl Vault {
    /// Opens the records that the permit covers, newest first; for a stream those after a cursor, oldest first. Everything of an attribute type is loaded and held against the head, so
    /// that a record put back, left out or slipped in by somebody with the database is noticed before anything is released.
    pub(super) async fn release(
        &self,
        session: &Session,
        permit: &Permit,
        size: usize,
        continued: Option<&Continued>,
        since: Option<StreamCursor>,
    ) -> Result<Found> {
        let kept = self.checked_rows(session, permit).await?;
        let mut rows: Vec<&record::Model> = kept.iter().filter(|row| permit.view_of(&row.attribute).is_some()).collect();
        match since {
            None => rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.record_id)),
            Some(_) => rows.sort_unstable_by_key(|row| written(row)),
        }
        let size = if size == 0 { USUAL_RECORDS } else { size.min(MOST_RECORDS) };
        let mut found = Found { records: Vec::with_capacity(rows.len().min(size)), last: None, newest: None };
        let mut bytes = 0;
        for row in rows {
            if continued.is_some_and(|page| row.record_id >= page.after.0) || since.is_some_and(|since| written(row) <= since) {
                continue;
            }
            let Some(released) = self.release_row(session, permit, row)? else { continue };
            bytes += released.value.len();
            if !found.records.is_empty() && (found.records.len() == size || bytes > MOST_BYTES) {
                found.last = found.records.last().map(|last| last.id);
                break;
            }
            found.newest = found.newest.max(Some(written(row)));
            found.records.push(released);
        }
        Ok(found)
    }

    /// All current records of the permitted attribute types, sealed, held against the heads; from memory where the account has not
    /// moved since they were. What the commit finds changed is never answered, so old ones can only cost a retry.
    async fn checked_rows(&self, session: &Session, permit: &Permit) -> Result<Arc<Vec<record::Model>>> {
        let view = &session.view;
        let attributes: Vec<&str> = permit.items().iter().map(|(attribute, _)| attribute.as_str()).collect();
        if let Some(rows) = self.kept_records.get(view.id, view.version, &attributes) {
            return Ok(rows);
        }
        let rows = self.current_rows(view.id, &attributes).await?;
        for attribute in &attributes {
            let of: Vec<_> = rows
                .iter()
                .filter(|row| row.attribute == *attribute)
                .map(|row| (RecordId(row.record_id), row.version, row.envelope.as_slice()))
                .collect();
            if let Err(error) = view.check_head(&session.keys, attribute, &of) {
                // A commit between the view and the records explains it as well: look again before crying wolf.
                let now = self.appender.fresh_view(view.id).await?;
                return if now.is_some_and(|now| now.version == view.version) { Err(error) } else { Err(stale()) };
            }
        }
        let rows = Arc::new(rows);
        self.kept_records.keep(view.id, view.version, &attributes, &rows);
        Ok(rows)
    }

    /// One record, if the permit covers it.
    pub(super) fn release_one(&self, session: &Session, permit: &Permit, row: &record::Model) -> Result<Found> {
        let records = self.release_row(session, permit, row)?.into_iter().collect();
        Ok(Found { records, last: None, newest: None })
    }

    fn release_row(&self, session: &Session, permit: &Permit, row: &record::Model) -> Result<Option<ReleasedRecord>> {
        let Some(view) = permit.view_of(&row.attribute) else { return Ok(None) };
        let kind = self.kind_of(row)?;
        // The month in clear spares opening what is certainly outside.
        if let Some((from, to)) = permit.range()
            && (row.month < from.month_bucket() || row.month > to.month_bucket())
        {
            return Ok(None);
        }
        let (text, time) = Self::view_of_row(session, kind, row, view)?;
        if !permit.covers_time(Some(time)) {
            return Ok(None);
        }
        Ok(Some(ReleasedRecord {
            id: RecordId(row.record_id),
            version: row.version,
            attribute: row.attribute.clone(),
            view,
            value: text,
            time: shown_time(view, time),
        }))
    }

    fn kind_of(&self, row: &record::Model) -> Result<&'static AttributeType> {
        self.catalogue.get(&row.attribute).ok_or_else(|| Error::inconsistent("record", "attribute", RecordId(row.record_id)))
    }

    /// The value in a view, and the record's own time.
    fn view_of_row(session: &Session, kind: &AttributeType, row: &record::Model, view: View) -> Result<(Zeroizing<String>, Timestamp)> {
        let plain = open_value(&session.keys, row)?;
        let written = Timestamp::from_micros(row.written_at);
        let value: Option<Value> = match (view, kind.time_pointer()) {
            (View::Raw, None) => None,
            _ => Some(serde_json::from_slice(&plain)?),
        };
        let time = value.as_ref().and_then(|value| kind.time(value)).unwrap_or(written);
        let text = match (view, &value) {
            (View::Masked, Some(value)) => serde_json::to_string(&kind.mask(value))?,
            // As it was stored, and not written anew.
            (View::Raw, _) => {
                std::str::from_utf8(&plain).map_err(|_| Error::inconsistent("record", "envelope", RecordId(row.record_id)))?.to_owned()
            }
            _ => return Err(Error::internal("answers do not release records")),
        };
        Ok((Zeroizing::new(text), time))
    }

    /// The same versions again, for a repeated call; what has been deleted since is left out.
    pub(super) async fn release_again(&self, session: &Session, records: &[(RecordId, i64, View)]) -> Result<Vec<ReleasedRecord>> {
        let mut released = Vec::with_capacity(records.len());
        for (id, version, view) in records {
            let key = (session.view.id.0, id.0, *version);
            let Some(row) = record::Entity::find_by_id(key).one(self.store.reader()).await? else { continue };
            let (value, time) = Self::view_of_row(session, self.kind_of(&row)?, &row, *view)?;
            released.push(ReleasedRecord {
                id: *id,
                version: *version,
                attribute: row.attribute.clone(),
                view: *view,
                value,
                time: shown_time(*view, time),
            });
        }
        Ok(released)
    }
}

/// A record's place in the order of writing.
fn written(row: &record::Model) -> StreamCursor {
    StreamCursor { written_at: Timestamp::from_micros(row.written_at), record: RecordId(row.record_id) }
}

/// A masked record shows the month of its time only.
fn shown_time(view: View, time: Timestamp) -> Timestamp {
    if view == View::Raw { time } else { time.month_start() }
}
