//! Importing: what a brand knows of its customers already becomes their records, many customers at a time.
//!
//! Each customer's records of one batch are one change with one ledger entry; a customer who has no vault yet gets one in the same change.
//! The changes of a batch wait together, so that they share durable commits. Repeating a batch stores nothing twice.

mod look;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use coffret_envelope::envelope_hash;

use crate::attribute::{AttributeType, Cardinality, FieldViolation};
use crate::clock::Timestamp;
use crate::customer::{Identifier, check_language, check_time_zone};
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, RecordId, make_uuid_v4};
use crate::keys::{CustomerKeys, record_place};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::record::{MOST_RECORDS, Source, schema_version};
use crate::store::draft::{Draft, is_stale, new_view};
use crate::store::entity::record;
use crate::{Profile, Vault};
use look::{Look, Sought, Token};

/// Customers of a batch that are worked on at the same time: enough that the next commit is full when the one before ends.
const AT_ONCE: usize = 1024;

/// A value that passed every check of its attribute type.
pub struct ImportRecord {
    kind: &'static AttributeType,
    plain: Zeroizing<Vec<u8>>,
    time: Option<Timestamp>,
}

impl std::fmt::Debug for ImportRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportRecord").field("attribute", &self.kind.name()).finish_non_exhaustive()
    }
}

impl ImportRecord {
    /// Checks a value. The violations name fields and rules, never what the value holds.
    pub fn new(kind: &'static AttributeType, value: &Value) -> std::result::Result<Self, Vec<FieldViolation>> {
        let wrong =
            |reason, description: &str| vec![FieldViolation { field: "value".to_owned(), description: description.to_owned(), reason }];
        if kind.is_blob() {
            return Err(wrong("ATTRIBUTE_KIND", "A photo is uploaded, not imported."));
        }
        kind.validate(value)?;
        let plain = serde_json::to_vec(value).map_err(|_| wrong("VALUE_INVALID", "The value is not JSON."))?;
        Ok(Self { kind, plain: Zeroizing::new(plain), time: kind.time(value) })
    }

    /// Bytes of the value.
    #[expect(clippy::len_without_is_empty, reason = "no value is empty")]
    pub fn len(&self) -> usize {
        self.plain.len()
    }

    fn is_single(&self) -> bool {
        self.kind.cardinality() == Cardinality::Single
    }
}

/// What a batch holds of one customer.
#[derive(Debug)]
pub struct ImportCustomer {
    /// Who it is; a vault is opened for them where there is none.
    pub identifier: Identifier,
    /// 1 to [`MOST_RECORDS`] values, in the order of the source.
    pub records: Vec<ImportRecord>,
}

/// What became of one customer's records; `stored + superseded + unchanged` is their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOutcome {
    /// Whether a vault was opened.
    pub created: bool,
    /// Stored, as new records or next versions.
    pub stored: u64,
    /// Not stored: of a type that a customer has once, and the batch or the vault holds a later value.
    pub superseded: u64,
    /// Not stored: the vault holds this very value.
    pub unchanged: u64,
}

/// A sealed version, with number and envelope hash of the one that it replaces.
type Version = (record::Model, Option<(i64, [u8; 32])>);

/// Everything about a customer's part of a batch that does not depend on what is stored.
struct Part {
    who: Who,
    brand: Option<BrandId>,
    token: Token,
    kept: Vec<ImportRecord>,
    superseded: u64,
    once: Once,
}

impl Vault {
    /// Stores a batch. Customers are found by their identifier; those without a vault get one with this profile.
    ///
    /// Of a type that a customer has once, the value with the latest time of its own is kept; where that time is equal or missing, the
    /// later one in the batch. A value that is older than the stored one is not stored, nor one without a time where the customer
    /// entered the stored one.
    ///
    /// `batch` is the same for a repetition of the same batch, and another for every other one; a customer occurs in it once.
    /// An outcome for each customer, in order; a failure there concerns that customer alone, and nothing of theirs was stored.
    pub async fn import(
        &self,
        who: Who,
        profile: Profile,
        batch: &[u8; 32],
        customers: Vec<ImportCustomer>,
    ) -> Result<Vec<Result<ImportOutcome>>> {
        check_language(&profile.language)?;
        check_time_zone(&profile.time_zone)?;
        let mut seen = HashSet::with_capacity(customers.len());
        let parts: Vec<Result<Part>> = customers.into_iter().map(|customer| self.part(&who, batch, customer, &mut seen)).collect();
        let good: Vec<&Part> = parts.iter().flatten().collect();
        let owners = self.owners(good.iter().map(|part| part.token.0)).await?;
        let known: Vec<Sought<'_>> = good.iter().filter_map(|part| Some(part.sought(*owners.get(&part.token.0)?))).collect();
        let look = self.look(&known, false).await?;
        let (look, owners, profile) = (&look, &owners, &profile);
        // In the order of the tables, so that the rows of one commit lie close together; the new ones come last.
        let mut work: Vec<(usize, Result<Part>)> = parts.into_iter().enumerate().collect();
        let owner = |part: &Result<Part>| part.as_ref().ok().and_then(|part| owners.get(&part.token.0));
        work.sort_by_key(|(_, part)| owner(part).map_or((1, CustomerId::DEPLOYMENT), |owner| (0, *owner)));
        let work = work.into_iter().map(|(position, part)| async move {
            let done = match &part {
                Ok(part) => match owners.get(&part.token.0) {
                    Some(owner) => self.import_into(*owner, part, look).await,
                    None => self.import_new(part, profile, look).await,
                },
                Err(error) => Err(Error::violations(error.field_violations().to_vec())),
            };
            (position, done)
        });
        let mut outcomes: Vec<(usize, Result<ImportOutcome>)> = stream::iter(work).buffered(AT_ONCE).collect().await;
        outcomes.sort_by_key(|(position, _)| *position);
        self.changed.notify_waiters();
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// Whether customers can be found by this identifier; which field is wrong is called `identifier`.
    pub fn check_identifier(&self, identifier: &Identifier) -> Result<()> {
        self.index_token(identifier, "identifier").map(|_| ())
    }

    fn part(&self, who: &Who, batch: &[u8; 32], customer: ImportCustomer, seen: &mut HashSet<[u8; 16]>) -> Result<Part> {
        let ImportCustomer { identifier, records } = customer;
        if records.is_empty() || records.len() > MOST_RECORDS {
            return Err(Error::invalid("records", "RECORDS_COUNT", "A customer has 1 to 500 records in a batch."));
        }
        let token = self.index_token(&identifier, "identifier")?;
        if !seen.insert(token.0) {
            return Err(Error::invalid("identifier", "CUSTOMER_TWICE", "A customer occurs in a batch once."));
        }
        let brand = match identifier {
            Identifier::External(brand, _) => Some(brand),
            Identifier::Email(_) | Identifier::Phone(_) => None,
        };
        let (kept, superseded) = latest(records);
        Ok(Part { who: who.clone(), brand, token, kept, superseded, once: once(batch, &token.0) })
    }

    async fn import_new(&self, part: &Part, profile: &Profile, look: &Look) -> Result<ImportOutcome> {
        let id = CustomerId::make(self.entropy.as_ref(), self.now())?;
        let (wrapped, keys) = self.keyring.make(self.entropy.as_ref(), id)?;
        let view = new_view(id, make_uuid_v4(self.entropy.as_ref())?, profile.clone(), wrapped.clone(), self.now());
        let mut rows = Vec::with_capacity(part.kept.len());
        for new in &part.kept {
            rows.push((self.seal_version(&keys, new, None)?, None));
        }
        let outcome = ImportOutcome { created: true, stored: rows.len() as u64, superseded: part.superseded, unchanged: 0 };
        let change = part.change(rows, outcome);
        let (who, profile, (token, kind, brand)) = (part.who.clone(), profile.clone(), part.token);
        let made = self
            .appender
            .change(view, keys, true, move |draft| {
                draft.put_profile(profile.clone())?;
                draft.put_key(&wrapped);
                draft.put_identifier(token, kind, brand);
                draft.note(Note::new("customer.created", who.clone()))?;
                change(draft)
            })
            .await;
        match made {
            // Somebody else opened a vault for this customer meanwhile.
            Err(error) if error.kind() == Kind::AlreadyExists => match self.find_customer(&part.token.0).await? {
                Some(owner) => Box::pin(self.import_into(owner, part, look)).await,
                None => Err(error),
            },
            other => other,
        }
    }

    async fn import_into(&self, owner: CustomerId, part: &Part, look: &Look) -> Result<ImportOutcome> {
        let mut tries = 0;
        let mut done = if look.has(owner) { self.import_seen(owner, part, look).await } else { Err(crate::store::draft::stale()) };
        while let Err(error) = &done {
            // Changed meanwhile, or the same batch by somebody else, who was first.
            if tries == 64 || !(is_stale(error) || error.kind() == Kind::AlreadyExists) {
                break;
            }
            tries += 1;
            let fresh = self.look(&[part.sought(owner)], true).await?;
            done = self.import_seen(owner, part, &fresh).await;
        }
        done
    }

    async fn import_seen(&self, owner: CustomerId, part: &Part, look: &Look) -> Result<ImportOutcome> {
        let session = self.open_session(look.view(owner)?)?;
        if let Some(row) = look.answer(owner, &part.once) {
            return part.once.answer(&session.keys, row);
        }
        let mut outcome = ImportOutcome { superseded: part.superseded, ..ImportOutcome::default() };
        let mut rows = Vec::with_capacity(part.kept.len());
        for new in &part.kept {
            let before = look.current(owner, new.kind).filter(|_| new.is_single());
            match before.map(|row| standing(&session.keys, new, row)).transpose()? {
                Some(Standing::Same) => outcome.unchanged += 1,
                Some(Standing::Older) => outcome.superseded += 1,
                Some(Standing::Later) | None => {
                    outcome.stored += 1;
                    let replaced = before.map(|row| (row.version, envelope_hash(&row.envelope)));
                    rows.push((self.seal_version(&session.keys, new, before)?, replaced));
                }
            }
        }
        if rows.is_empty() {
            return Ok(outcome);
        }
        let version = part.kept.iter().any(ImportRecord::is_single).then_some(session.view.version);
        let change = part.change(rows, outcome);
        self.commit(&session, move |draft| {
            version.map_or(Ok(()), |version| draft.require_version(version))?;
            change(draft)
        })
        .await
    }

    /// The sealed row of a first version, or of the next one after `before`.
    fn seal_version(&self, keys: &CustomerKeys, new: &ImportRecord, before: Option<&record::Model>) -> Result<record::Model> {
        let now = self.now();
        let id = before.map_or_else(|| RecordId::make(self.entropy.as_ref(), now), |row| Ok(RecordId(row.record_id)))?;
        let version = before.map_or(1, |row| row.version + 1);
        let name = new.kind.name();
        let place = record_place(&id, name, version, new.kind.schema_id());
        Ok(record::Model {
            customer_id: keys.customer().0,
            record_id: id.0,
            version,
            attribute: name.to_owned(),
            current: true,
            schema: schema_version(new.kind),
            month: new.time.unwrap_or(now).month_bucket(),
            source: Source::Import as i16,
            written_at: now.micros(),
            blob_size: None,
            envelope: keys.seal(self.entropy.as_ref(), &place, &new.plain)?,
        })
    }
}

impl Part {
    fn sought(&self, owner: CustomerId) -> Sought<'_> {
        let mut singles: Vec<&'static str> = self.kept.iter().filter(|new| new.is_single()).map(|new| new.kind.name()).collect();
        singles.dedup();
        Sought { owner, once: &self.once, singles }
    }

    /// The records, their entry and the answer to a repetition, as one change.
    fn change(&self, rows: Vec<Version>, outcome: ImportOutcome) -> impl Fn(&mut Draft<'_>) -> Result<ImportOutcome> + Send + 'static {
        let mut attributes: Vec<String> = rows.iter().map(|(row, _)| row.attribute.clone()).collect();
        attributes.sort_unstable();
        attributes.dedup();
        let records = rows.iter().map(|(row, _)| (RecordId(row.record_id), row.version));
        let mut note = Note::new("record.imported", self.who.clone()).attributes(attributes).records(records);
        if let Some(brand) = self.brand {
            note = note.brand(brand);
        }
        let once = self.once.clone();
        move |draft| {
            for (row, before) in &rows {
                draft.put_record(row.clone(), *before)?;
            }
            draft.note(note.clone())?;
            draft.remember(Some(&once), &outcome)?;
            Ok(outcome)
        }
    }
}

/// The request id of a customer's part: from the identifier's keyed index and not from the identifier, which it would tell to whoever
/// guesses.
fn once(batch: &[u8; 32], token: &[u8; 16]) -> Once {
    let digest = Sha256::new().chain_update(b"coffret/import-part/1\0").chain_update(batch).chain_update(token).finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    Once::new("import", "record.import", uuid::Builder::from_custom_bytes(id).into_uuid(), &digest)
}

/// Of each type that a customer has once, the latest value; and how many were left out.
fn latest(records: Vec<ImportRecord>) -> (Vec<ImportRecord>, u64) {
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (position, new) in records.iter().enumerate().filter(|(_, new)| new.is_single()) {
        let kept = last.entry(new.kind.name()).or_insert(position);
        let older = matches!((new.time, records[*kept].time), (Some(new), Some(kept)) if new < kept);
        if !older {
            *kept = position;
        }
    }
    let before = records.len();
    let kept: Vec<ImportRecord> = records
        .into_iter()
        .enumerate()
        .filter(|(position, new)| !new.is_single() || last.get(new.kind.name()) == Some(position))
        .map(|(_, new)| new)
        .collect();
    let superseded = (before - kept.len()) as u64;
    (kept, superseded)
}

enum Standing {
    Same,
    Older,
    Later,
}

/// How a value stands to the stored one of its type.
fn standing(keys: &CustomerKeys, new: &ImportRecord, stored: &record::Model) -> Result<Standing> {
    let plain = crate::record::open_value(keys, stored)?;
    if *plain == *new.plain {
        return Ok(Standing::Same);
    }
    let value: Value = serde_json::from_slice(&plain)?;
    let written = Timestamp::from_micros(stored.written_at);
    Ok(match new.time {
        Some(time) if time < new.kind.time(&value).unwrap_or(written) => Standing::Older,
        None if stored.source == Source::Customer as i16 => Standing::Older,
        _ => Standing::Later,
    })
}
