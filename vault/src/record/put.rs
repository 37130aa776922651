//! Putting records: validated, sealed, and written with one ledger entry for the whole batch.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use zeroize::Zeroizing;

use coffret_envelope::envelope_hash;

use super::{RecordInfo, Source, info, schema_version};
use crate::attribute::{AttributeType, Cardinality};
use crate::clock::Timestamp;
use crate::consent::violation::Violation;
use crate::error::{Error, Kind, Result};
use crate::id::{CustomerId, RecordId};
use crate::keys::record_place;
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::entity::record;
use crate::{Session, Vault};

/// Records in one call at most.
pub const MOST_RECORDS: usize = 500;

/// A record to put.
#[derive(Clone)]
pub struct NewRecord {
    /// The record whose next version this is; none for a new one.
    pub id: Option<RecordId>,
    /// The attribute type.
    pub attribute: String,
    /// The value.
    pub value: Value,
    /// Only if the current version is this one.
    pub expected_version: Option<i64>,
}

/// A record that passed every check.
struct Checked {
    id: Option<RecordId>,
    kind: &'static AttributeType,
    plain: Zeroizing<Vec<u8>>,
    time: Option<Timestamp>,
    expected_version: Option<i64>,
    blob_size: Option<i64>,
}

/// A value that meets its attribute type's schema: the type, the value's bytes, and its own time where the type has one.
pub(super) type CheckedValue = (&'static AttributeType, Zeroizing<Vec<u8>>, Option<Timestamp>);

/// A sealed row, with version and envelope hash of what it replaces.
pub(super) type Prepared = (record::Model, Option<(i64, [u8; 32])>);

/// The version that a record replaces.
#[derive(Clone, Copy)]
struct Before {
    id: RecordId,
    version: i64,
    hash: [u8; 32],
}

impl Vault {
    /// Stores records, all or none: new ones, and next versions of those that exist. Of a type that a customer has once, a put is the
    /// next version of the one there is.
    pub async fn put_records(
        &self,
        customer: CustomerId,
        who: Who,
        source: Source,
        records: Vec<NewRecord>,
        once: Option<&Once>,
    ) -> Result<Vec<RecordInfo>> {
        if records.is_empty() || records.len() > MOST_RECORDS {
            return Err(Error::invalid("records", "RECORDS_COUNT", "A call stores 1 to 500 records."));
        }
        let checked = self.check_records(records)?;
        self.once(customer, once, || {
            self.settled(|fresh| {
                let (who, checked) = (who.clone(), &checked);
                async move {
                    let session = self.session_of(customer, fresh).await?;
                    let prepared = self.prepare(&session, source, checked).await?;
                    self.write_records(&session, who, "record.put", prepared, Vec::new(), once.cloned()).await
                }
            })
        })
        .await
    }

    fn check_records(&self, records: Vec<NewRecord>) -> Result<Vec<Checked>> {
        let mut violations = Vec::new();
        let alone = records.len() == 1;
        let mut checked = Vec::with_capacity(records.len());
        for (position, new) in records.into_iter().enumerate() {
            let field = |name: &str| if alone { format!("record.{name}") } else { format!("records[{position}].{name}") };
            match self.check_value(&new.attribute, &new.value, false) {
                Ok((kind, plain, time)) => {
                    checked.push(Checked { id: new.id, kind, plain, time, expected_version: new.expected_version, blob_size: None });
                }
                Err(found) => violations.extend(found.into_iter().map(|mut violation| {
                    violation.field = field(&violation.field);
                    violation
                })),
            }
            if violations.len() >= 100 {
                break;
            }
        }
        if violations.is_empty() { Ok(checked) } else { Err(Error::violations(violations)) }
    }

    /// Checks a value against its attribute type; fields are named as in a record of the contract.
    pub(super) fn check_value(&self, attribute: &str, value: &Value, blob: bool) -> std::result::Result<CheckedValue, Vec<Violation>> {
        let wrong = |field: &str, reason, description: &str| {
            vec![Violation { field: field.to_owned(), reason, description: description.to_owned() }]
        };
        let kind =
            self.catalogue.get(attribute).ok_or_else(|| wrong("attribute", "ATTRIBUTE_UNKNOWN", "There is no such attribute type."))?;
        if kind.is_blob() != blob {
            let description = if blob { "This attribute type is not a photo." } else { "A photo is uploaded, not put." };
            return Err(wrong("attribute", "ATTRIBUTE_KIND", description));
        }
        kind.validate(value).map_err(|found| {
            found
                .into_iter()
                .map(|one| Violation {
                    field: one.field.replacen("value", "value_json", 1),
                    reason: one.reason,
                    description: one.description,
                })
                .collect::<Vec<_>>()
        })?;
        let plain = serde_json::to_vec(value).map_err(|_| wrong("value_json", "VALUE_INVALID", "The value is not JSON."))?;
        Ok((kind, Zeroizing::new(plain), kind.time(value)))
    }

    /// What each record replaces, and the rows sealed for their places.
    async fn prepare(&self, session: &Session, source: Source, records: &[Checked]) -> Result<Vec<Prepared>> {
        let customer = session.view.id;
        let mut current: BTreeMap<RecordId, Before> = BTreeMap::new();
        let mut single: BTreeMap<&str, RecordId> = BTreeMap::new();
        self.load_current(session, records, &mut current, &mut single).await?;
        let now = self.now();
        let mut rows = Vec::with_capacity(records.len());
        for (position, new) in records.iter().enumerate() {
            let name = new.kind.name();
            let known = new.id.or_else(|| single.get(name).copied());
            let before = match known {
                Some(id) => {
                    let before = current.get(&id).copied();
                    if before.is_none() {
                        return Err(Error::not_found("record"));
                    }
                    before
                }
                None => None,
            };
            if let Some(expected) = new.expected_version
                && before.map_or(0, |before| before.version) != expected
            {
                return Err(Error::new(Kind::Aborted, "VERSION_MISMATCH", "The record has another version. Nothing was changed."));
            }
            let id = match before {
                Some(before) => before.id,
                None => RecordId::make(self.entropy.as_ref(), now)?,
            };
            let version = before.map_or(1, |before| before.version + 1);
            let schema = schema_version(new.kind);
            let schema_id = format!("{name}@{schema}");
            let envelope = session.keys.seal(self.entropy.as_ref(), &record_place(&id, name, version, &schema_id), &new.plain)?;
            let hash = envelope_hash(&envelope);
            current.insert(id, Before { id, version, hash });
            if new.kind.cardinality() == Cardinality::Single {
                single.insert(name, id);
            }
            let _ = position;
            rows.push((
                record::Model {
                    customer_id: customer.0,
                    record_id: id.0,
                    version,
                    attribute: name.to_owned(),
                    current: true,
                    schema,
                    month: new.time.unwrap_or(now).month_bucket(),
                    source: source as i16,
                    written_at: now.micros(),
                    blob_size: new.blob_size,
                    envelope,
                },
                before.map(|before| (before.version, before.hash)),
            ));
        }
        Ok(rows)
    }

    /// Loads the current versions that the new records may replace.
    async fn load_current<'a>(
        &self,
        session: &Session,
        records: &'a [Checked],
        current: &mut BTreeMap<RecordId, Before>,
        single: &mut BTreeMap<&'a str, RecordId>,
    ) -> Result<()> {
        let singles: Vec<&str> = records
            .iter()
            .filter(|new| new.kind.cardinality() == Cardinality::Single && session.view.heads.contains_key(new.kind.name()))
            .map(|new| new.kind.name())
            .collect();
        let named: Vec<uuid::Uuid> = records.iter().filter_map(|new| new.id.map(|id| id.0)).collect();
        let of_customer =
            || record::Entity::find().filter(record::Column::CustomerId.eq(session.view.id.0)).filter(record::Column::Current.eq(true));
        let mut rows = Vec::new();
        if !singles.is_empty() {
            rows.extend(of_customer().filter(record::Column::Attribute.is_in(singles.iter().copied())).all(self.store.reader()).await?);
        }
        if !named.is_empty() {
            rows.extend(of_customer().filter(record::Column::RecordId.is_in(named)).all(self.store.reader()).await?);
        }
        for row in &rows {
            let id = RecordId(row.record_id);
            current.insert(id, Before { id, version: row.version, hash: envelope_hash(&row.envelope) });
            for new in records {
                if new.kind.name() == row.attribute && new.kind.cardinality() == Cardinality::Single {
                    single.insert(new.kind.name(), id);
                }
                if new.id == Some(id) && new.kind.name() != row.attribute {
                    return Err(Error::invalid("record.attribute", "ATTRIBUTE_CHANGED", "A record keeps its attribute type."));
                }
            }
        }
        Ok(())
    }

    /// Writes prepared rows with one entry.
    pub(super) async fn write_records(
        &self,
        session: &Session,
        who: Who,
        kind: &'static str,
        rows: Vec<Prepared>,
        parts: Vec<crate::store::entity::blob_part::Model>,
        once: Option<Once>,
    ) -> Result<Vec<RecordInfo>> {
        // A first version depends on nothing that is stored; a next one only on what it replaces, and the account's version tells.
        let replaces = rows.iter().any(|(_, before)| before.is_some());
        let single =
            rows.iter().any(|(row, _)| self.catalogue.get(&row.attribute).is_some_and(|kind| kind.cardinality() == Cardinality::Single));
        let version = (replaces || single).then_some(session.view.version);
        let written = self
            .commit(session, move |draft| {
                version.map_or(Ok(()), |version| draft.require_version(version))?;
                let mut infos = Vec::with_capacity(rows.len());
                let mut attributes: Vec<String> = Vec::new();
                for (row, before) in &rows {
                    // The moment of the commit: streams go by the order of writing.
                    let row = record::Model { written_at: draft.now.micros(), ..row.clone() };
                    infos.push(info(&row)?);
                    attributes.push(row.attribute.clone());
                    draft.put_record(row, *before)?;
                }
                for part in &parts {
                    draft.writes.push(crate::store::draft::Write::BlobPart(part.clone()));
                }
                attributes.sort_unstable();
                attributes.dedup();
                let note = Note::new(kind, who.clone()).attributes(attributes).records(infos.iter().map(|one| (one.id, one.version)));
                draft.note(note)?;
                draft.remember(once.as_ref(), &infos)?;
                Ok(infos)
            })
            .await?;
        self.changed.notify_waiters();
        Ok(written)
    }
}
