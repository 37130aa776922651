//! Photos: a record that describes one, and a body sealed under a key of its own.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use sha2::Digest;
use zeroize::Zeroizing;

use coffret_envelope::{Context, Expected, HEADER_LEN, Key, KeyId, Kind, Opener, Sealer, Sealing, unwrap_key, wrap_key};

use super::put::CheckedValue;
use super::{RecordInfo, Source, schema_version};
use crate::Vault;
use crate::error::{Error, Result};
use crate::id::{CustomerId, RecordId};
use crate::keys::{CustomerKeys, Place, record_place};
use crate::ledger::Who;
use crate::once::Once;
use crate::store::entity::{blob_part, record};

/// Bytes of a photo at most.
pub const MOST_BLOB_BYTES: usize = 20 * 1024 * 1024;
/// Sealed bytes in one row.
const PART: usize = 1024 * 1024;

fn place(id: &RecordId, version: i64) -> Place<'_> {
    Place { class: "photo", record: id.bytes(), attribute: "", version, schema: "" }
}

fn wrap_sealing(keys: &CustomerKeys) -> Sealing {
    keys.sealing(Kind::DataKeyWrap, false)
}

fn body_sealing(id: &RecordId) -> Sealing {
    Sealing { kind: Kind::BlobBody, key_id: KeyId(*id.bytes()), generation: 1, padded: false }
}

/// What the description says of the body's size must be true.
fn check_size(value: &Value, size: usize) -> Result<()> {
    if size == 0 || size > MOST_BLOB_BYTES {
        return Err(Error::invalid("header.size", "BLOB_SIZE", "A photo has 1 byte to 20 MB."));
    }
    if value.get("bytes").and_then(Value::as_u64).is_some_and(|bytes| bytes != size as u64) {
        return Err(Error::invalid(
            "header.value_json.bytes",
            "BLOB_SIZE_DIFFERS",
            "The photo has another size than its description says.",
        ));
    }
    Ok(())
}

/// What the description says of the body must be true.
fn check_body(value: &Value, body: &[u8]) -> Result<()> {
    check_size(value, body.len())?;
    let digest = sha2::Sha256::digest(body);
    let sha256 = crate::ledger::hex(&digest);
    if value.get("sha256").and_then(Value::as_str).is_some_and(|told| told != sha256) {
        return Err(Error::invalid(
            "header.value_json.sha256",
            "BLOB_HASH_DIFFERS",
            "The photo is not the one that its description tells of.",
        ));
    }
    Ok(())
}

impl Vault {
    /// Checks what [`Self::put_blob`] would refuse of a photo of so many bytes, before there is any of them.
    ///
    /// # Errors
    /// There is no such attribute type, or it is no photo's; the description does not meet its schema, or tells of another size; the size
    /// is out of bounds.
    pub fn check_blob(&self, attribute: &str, value: &Value, size: usize) -> Result<()> {
        self.check_description(attribute, value)?;
        check_size(value, size)
    }

    fn check_description(&self, attribute: &str, value: &Value) -> Result<CheckedValue> {
        self.check_value(attribute, value, true).map_err(|mut violations| {
            for violation in &mut violations {
                violation.field = format!("header.{}", violation.field);
            }
            Error::violations(violations)
        })
    }

    /// Stores a photo with what describes it.
    pub async fn put_blob(
        &self,
        customer: CustomerId,
        who: Who,
        attribute: &str,
        value: &Value,
        body: &[u8],
        once: Option<&Once>,
    ) -> Result<RecordInfo> {
        let (kind, plain, time) = self.check_description(attribute, value)?;
        check_body(value, body)?;
        let written = self
            .once(customer, once, || async {
                let session = self.session(customer).await?;
                let now = self.now();
                let id = RecordId::make(self.entropy.as_ref(), now)?;
                let parts = self.seal_body(&session.keys, id, body)?;
                let schema = schema_version(kind);
                let schema_id = format!("{}@{schema}", kind.name());
                let envelope = session.keys.seal(self.entropy.as_ref(), &record_place(&id, kind.name(), 1, &schema_id), &plain)?;
                let row = record::Model {
                    customer_id: customer.0,
                    record_id: id.0,
                    version: 1,
                    attribute: kind.name().to_owned(),
                    current: true,
                    schema,
                    month: time.unwrap_or(now).month_bucket(),
                    source: Source::Customer as i16,
                    written_at: now.micros(),
                    blob_size: i64::try_from(body.len()).ok(),
                    envelope,
                };
                self.write_records(&session, who, "photo.put", vec![(row, None)], parts, once.cloned()).await
            })
            .await?;
        written.into_iter().next().ok_or_else(|| Error::internal("a stored photo has a record"))
    }

    fn seal_body(&self, keys: &CustomerKeys, id: RecordId, body: &[u8]) -> Result<Vec<blob_part::Model>> {
        let entropy = self.entropy.as_ref();
        let own = Key::generate(entropy)?;
        let place = place(&id, 1);
        let context: Context<'_> = keys.context(&place);
        let wrapped = wrap_key(entropy, keys.blob(), wrap_sealing(keys), &context, &own)?;
        let mut sealer = Sealer::new(entropy, &own, body_sealing(&id), &context)?;
        let mut sealed = sealer.push(body)?;
        sealed.extend(sealer.finish()?);
        let row = |part: usize, body: Vec<u8>| blob_part::Model {
            customer_id: keys.customer().0,
            record_id: id.0,
            part: i32::try_from(part).unwrap_or(i32::MAX),
            body,
        };
        // Part 0 is the photo's own key, wrapped; the body follows.
        let mut parts = vec![row(0, wrapped)];
        parts.extend(sealed.chunks(PART).enumerate().map(|(position, chunk)| row(position + 1, chunk.to_vec())));
        Ok(parts)
    }

    /// The body of a customer's photo.
    pub async fn blob(&self, customer: CustomerId, id: RecordId) -> Result<Zeroizing<Vec<u8>>> {
        let session = self.session(customer).await?;
        let row = self.current_row(customer, id).await?;
        self.open_body(&session.keys, &row).await
    }

    pub(crate) async fn open_body(&self, keys: &CustomerKeys, row: &record::Model) -> Result<Zeroizing<Vec<u8>>> {
        let id = RecordId(row.record_id);
        let Some(size) = row.blob_size.and_then(|size| usize::try_from(size).ok()) else {
            return Err(Error::invalid("record", "NOT_A_PHOTO", "This record is not a photo."));
        };
        let parts = blob_part::Entity::find()
            .filter(blob_part::Column::CustomerId.eq(row.customer_id))
            .filter(blob_part::Column::RecordId.eq(row.record_id))
            .order_by_asc(blob_part::Column::Part)
            .all(self.store.reader())
            .await?;
        let broken = || Error::inconsistent("blob_part", "body", id);
        let (wrapped, rest) = parts.split_first().ok_or_else(broken)?;
        let place = place(&id, 1);
        let context = keys.context(&place);
        let own = unwrap_key(keys.blob(), Expected::from(wrap_sealing(keys)), &context, &wrapped.body)?;
        let sealed: Vec<u8> = rest.iter().flat_map(|part| part.body.iter().copied()).collect();
        let (header, sealed) = sealed.split_first_chunk::<HEADER_LEN>().ok_or_else(broken)?;
        let mut opener = Opener::new(&own, Expected::from(body_sealing(&id)), &context, header)?;
        let mut body = Zeroizing::new(Vec::with_capacity(size));
        body.extend_from_slice(&opener.push(sealed)?);
        body.extend_from_slice(&opener.finish()?);
        if body.len() == size { Ok(body) } else { Err(broken()) }
    }
}
