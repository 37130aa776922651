//! What the vault knows of one customer at one position of their stream: enough to decide, nothing of their data.
//!
//! A view may be old. Every commit takes the position that follows the view's and fails when another commit came first, so an old view
//! can only cost a retry; it can never let a read through that a stop has forbidden.

mod rows;
mod tail;

use std::collections::BTreeMap;
use std::sync::Arc;

use coffret_envelope::{HeadDigest, HeadEntry, commit, envelope_hash, verify_commitment};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Store;
use super::entity::{access_grant, access_request, customer, customer_key};
use crate::clock::Timestamp;
use crate::consent::grant::Grant;
use crate::consent::request::Request;
use crate::consent::terms::Frequency;
use crate::consent::usage::Usage;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::id::{CustomerId, GrantId, RecordId, RequestId};
use crate::keys::{CustomerKeys, Keyring, Place, WrappedKey};
use crate::ledger::Row;

/// An account that is open.
pub(crate) const ACTIVE: i16 = 1;
/// An account whose key is destroyed.
pub(crate) const ERASED: i16 = 2;

/// The head of the grants themselves, so that an old state of a grant put back is noticed like an old record.
pub(crate) const GRANTS_HEAD: &str = "@grants";

/// What the customer chose for themself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The language in which the customer is addressed (BCP 47).
    pub language: String,
    /// The customer's time zone (IANA).
    pub time_zone: String,
}

/// Reads under one grant so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GrantUse {
    pub(crate) usage: Usage,
    pub(crate) last_read: Timestamp,
}

impl GrantUse {
    /// Counts a read. Moments are kept only where a frequency needs them, and no more than it counts.
    pub(crate) fn count(&mut self, frequency: Option<Frequency>, now: Timestamp) {
        self.last_read = now;
        self.usage.record(now);
        match frequency {
            None => self.usage.recent.clear(),
            Some(frequency) => {
                let surplus = self.usage.recent.len().saturating_sub(frequency.count as usize);
                self.usage.recent.drain(..surplus);
            }
        }
    }
}

/// The digest of a customer's current records of one attribute type, and the account's version when it last moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) moved_at: i64,
    pub(crate) stored: Vec<u8>,
}

/// One customer at one position of their stream. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: CustomerId,
    pub(crate) state: i16,
    pub(crate) version: i64,
    pub(crate) seq: i64,
    /// The position that the customer's row tells of; the entries after it are reads.
    pub(crate) saved: i64,
    /// An entry after it that is not what was written there: uses cannot be counted on.
    pub(crate) broken: Option<i64>,
    pub(crate) stream: Uuid,
    pub(crate) created_at: Timestamp,
    pub(crate) key: Option<Arc<WrappedKey>>,
    pub(crate) usage: Arc<BTreeMap<GrantId, GrantUse>>,
    pub(crate) heads: Arc<BTreeMap<String, Head>>,
    pub(crate) profile: Arc<Profile>,
    pub(crate) grants: Arc<BTreeMap<GrantId, Arc<Grant>>>,
    /// Version and envelope hash of each grant's row, for the head.
    pub(crate) grant_rows: Arc<BTreeMap<GrantId, (i64, [u8; 32])>>,
}

impl View {
    /// The grant, unless there is none by that id.
    pub(crate) fn grant(&self, id: GrantId) -> Option<&Arc<Grant>> {
        self.grants.get(&id)
    }

    /// Reads under a grant so far.
    pub(crate) fn used(&self, id: GrantId) -> GrantUse {
        self.usage.get(&id).cloned().unwrap_or_default()
    }

    /// Whether the account is open.
    pub(crate) fn is_active(&self) -> bool {
        self.state == ACTIVE && self.key.is_some()
    }

    /// The head of one attribute type, or an empty one.
    pub(crate) fn head<'k>(&self, keys: &'k CustomerKeys, attribute: &str) -> Result<HeadDigest<'k>> {
        match self.heads.get(attribute) {
            None => Ok(HeadDigest::new(keys.state())),
            Some(head) => HeadDigest::load(keys.state(), head.moved_at.unsigned_abs(), &head.stored)
                .map_err(|_| Error::inconsistent("customer", "heads", self.id)),
        }
    }

    /// Whether these are exactly the current records of one attribute type: none put back, left out or added behind our back.
    pub(crate) fn check_head(&self, keys: &CustomerKeys, attribute: &str, records: &[(RecordId, i64, &[u8])]) -> Result<()> {
        let mut found = HeadDigest::new(keys.state());
        for (record, version, envelope) in records {
            found.add(HeadEntry { record: record.bytes(), version: version.unsigned_abs(), envelope_hash: &envelope_hash(envelope) });
        }
        let Some(sealed) = self.heads.get(attribute) else {
            return if records.is_empty() { Ok(()) } else { Err(Error::inconsistent("record", "current", self.id)) };
        };
        let seal: &[u8; 32] = sealed.stored.first_chunk().ok_or_else(|| Error::inconsistent("customer", "heads", self.id))?;
        found.verify(sealed.moved_at.unsigned_abs(), seal).map_err(|_| Error::inconsistent("record", "current", self.id))
    }
}

/// What the seal of all heads covers.
fn heads_message(version: i64, heads: &[u8]) -> Vec<u8> {
    let mut message = b"coffret/heads/1\0".to_vec();
    message.extend_from_slice(&version.to_be_bytes());
    message.extend_from_slice(heads);
    message
}

/// The seal of all heads at a version of the account.
pub(crate) fn seal_heads(keys: &CustomerKeys, version: i64, heads: &[u8]) -> Vec<u8> {
    commit(keys.state(), &heads_message(version, heads)).to_vec()
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

fn take_number<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    take(from, N)?.try_into().ok()
}

/// Heads as bytes: for each, name, version when moved, stored digest; names in order.
pub(crate) fn encode_heads(heads: &BTreeMap<String, Head>) -> Vec<u8> {
    let mut out = Vec::with_capacity(heads.len() * 104);
    for (name, head) in heads {
        put(&mut out, name.as_bytes());
        out.extend_from_slice(&head.moved_at.to_be_bytes());
        put(&mut out, &head.stored);
    }
    out
}

fn decode_heads(mut bytes: &[u8]) -> Option<BTreeMap<String, Head>> {
    let from = &mut bytes;
    let mut heads = BTreeMap::new();
    while !from.is_empty() {
        let length = usize::from(u16::from_be_bytes(take_number(from)?));
        let name = std::str::from_utf8(take(from, length)?).ok()?.to_owned();
        let moved_at = i64::from_be_bytes(take_number(from)?);
        let length = usize::from(u16::from_be_bytes(take_number(from)?));
        heads.insert(name, Head { moved_at, stored: take(from, length)?.to_vec() });
    }
    Some(heads)
}

/// Uses as bytes: for each grant its id, reads so far, the last one's moment, and the moments that a frequency still counts.
pub(crate) fn encode_usage(usage: &BTreeMap<GrantId, GrantUse>) -> Vec<u8> {
    let mut out = Vec::with_capacity(usage.len() * 32);
    for (grant, used) in usage {
        out.extend_from_slice(grant.bytes());
        out.extend_from_slice(&used.usage.used.to_be_bytes());
        out.extend_from_slice(&used.last_read.micros().to_be_bytes());
        out.extend_from_slice(&u32::try_from(used.usage.recent.len()).unwrap_or_default().to_be_bytes());
        for moment in &used.usage.recent {
            out.extend_from_slice(&moment.micros().to_be_bytes());
        }
    }
    out
}

fn decode_usage(mut bytes: &[u8]) -> Option<BTreeMap<GrantId, GrantUse>> {
    let from = &mut bytes;
    let mut usage = BTreeMap::new();
    while !from.is_empty() {
        let grant = GrantId(Uuid::from_bytes(take_number(from)?));
        let used = u32::from_be_bytes(take_number(from)?);
        let last_read = Timestamp::from_micros(i64::from_be_bytes(take_number(from)?));
        let count = u32::from_be_bytes(take_number(from)?) as usize;
        if from.len() < count.checked_mul(8)? {
            return None;
        }
        let recent = (0..count).map(|_| Some(Timestamp::from_micros(i64::from_be_bytes(take_number(from)?)))).collect::<Option<_>>()?;
        usage.insert(grant, GrantUse { usage: Usage { used, recent }, last_read });
    }
    Some(usage)
}

/// The place of a sealed grant; its row's version is bound in, so an older state does not open as the newer one.
pub(crate) fn grant_place(grant: &GrantId, version: i64) -> Place<'_> {
    Place { class: "grant", record: grant.bytes(), attribute: "", version, schema: "grant/1" }
}

/// The place of a sealed request.
pub(crate) fn request_place(request: &RequestId, version: i64) -> Place<'_> {
    Place { class: "request", record: request.bytes(), attribute: "", version, schema: "request/1" }
}

/// The place of the sealed profile.
pub(crate) fn profile_place(version: i64) -> Place<'static> {
    Place { class: "profile", record: &[], attribute: "", version, schema: "profile/1" }
}

impl Store {
    /// Loads a customer, or nothing where there is none.
    ///
    /// The parts are read one after the other; where a commit came in between they may contradict each other, so a contradiction
    /// counts only when nothing has moved.
    pub(crate) async fn load_view(&self, keyring: &Keyring, id: CustomerId) -> Result<Option<View>> {
        let mut tries = 0;
        let mut before = None;
        loop {
            match self.load_view_once(keyring, id).await {
                Err(error) if error.kind() == ErrorKind::Internal && tries < 8 => {
                    let now = self.position(id).await?;
                    if before == Some(now) {
                        return Err(error);
                    }
                    before = Some(now);
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    async fn position(&self, id: CustomerId) -> Result<Option<(i64, i64)>> {
        let row = customer::Entity::find_by_id(id.0).select_only().columns([customer::Column::Seq, customer::Column::Version]);
        Ok(row.into_tuple().one(self.reader()).await?)
    }

    async fn load_view_once(&self, keyring: &Keyring, id: CustomerId) -> Result<Option<View>> {
        let mut rows = self.view_rows(&[id.0]).await?;
        let Some(row) = rows.customers.pop() else { return Ok(None) };
        let Some(key) = rows.keys.remove(&id.0).filter(|_| row.state == ACTIVE) else { return Ok(Some(bare_view(&row)?)) };
        open_view(keyring, &row, key, rows.grants_of(id), rows.tail_of(id)).map(Some)
    }

    /// Loads many customers with few statements. One that is being changed at this moment may be left out: load it alone.
    pub(crate) async fn load_views(&self, keyring: &Keyring, ids: &[CustomerId]) -> Result<Vec<View>> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let mut rows = self.view_rows(&ids).await?;
        let customers = std::mem::take(&mut rows.customers);
        let view = |row: &customer::Model| {
            if row.state != ACTIVE {
                return bare_view(row).ok();
            }
            let key = rows.keys.remove(&row.customer_id)?;
            let id = CustomerId(row.customer_id);
            open_view(keyring, row, key, rows.grants_of(id), rows.tail_of(id)).ok()
        };
        Ok(customers.iter().filter_map(view).collect())
    }

    /// Loads one request of a customer with the version of its row.
    pub(crate) async fn load_request(&self, keys: &CustomerKeys, id: RequestId) -> Result<Option<(Request, i64)>> {
        let row = access_request::Entity::find_by_id((keys.customer().0, id.0)).one(self.reader()).await?;
        row.map(|row| open_request(keys, &row)).transpose()
    }

    /// Loads all requests of a customer, newest first.
    pub(crate) async fn load_requests(&self, keys: &CustomerKeys) -> Result<Vec<Request>> {
        let rows =
            access_request::Entity::find().filter(access_request::Column::CustomerId.eq(keys.customer().0)).all(self.reader()).await?;
        let mut requests = rows.iter().map(|row| open_request(keys, row).map(|(request, _)| request)).collect::<Result<Vec<_>>>()?;
        requests.sort_by_key(|request| std::cmp::Reverse((request.asked_at(), request.id())));
        Ok(requests)
    }
}

/// What a customer's own row tells without their key.
fn bare_view(row: &customer::Model) -> Result<View> {
    let id = CustomerId(row.customer_id);
    let usage = decode_usage(&row.usage).ok_or_else(|| Error::inconsistent("customer", "usage", id))?;
    Ok(View {
        id,
        state: row.state,
        version: row.version,
        seq: row.seq,
        saved: row.seq,
        broken: None,
        stream: row.stream,
        created_at: Timestamp::from_micros(row.created_at),
        key: None,
        usage: Arc::new(usage),
        heads: Arc::default(),
        profile: Arc::new(Profile { language: "en".to_owned(), time_zone: "UTC".to_owned() }),
        grants: Arc::default(),
        grant_rows: Arc::default(),
    })
}

/// The view of an open account, out of its rows.
fn open_view(
    keyring: &Keyring,
    row: &customer::Model,
    key: customer_key::Model,
    rows: &[access_grant::Model],
    tail: &[Row],
) -> Result<View> {
    let mut view = bare_view(row)?;
    let id = view.id;
    let wrapped = WrappedKey::try_from(key)?;
    let keys = keyring.unwrap(id, &wrapped)?;
    view.key = Some(Arc::new(wrapped));
    let seal: &[u8; 32] = row.heads_seal.as_slice().try_into().map_err(|_| Error::inconsistent("customer", "heads_seal", id))?;
    if !verify_commitment(keys.state(), &heads_message(row.version, &row.heads), seal) {
        return Err(Error::inconsistent("customer", "heads_seal", id));
    }
    view.heads = Arc::new(decode_heads(&row.heads).ok_or_else(|| Error::inconsistent("customer", "heads", id))?);
    let (moved_at, profile) = row.profile.split_first_chunk::<8>().ok_or_else(|| Error::inconsistent("customer", "profile", id))?;
    view.profile = Arc::new(serde_json::from_slice(&keys.open(&profile_place(i64::from_be_bytes(*moved_at)), profile)?)?);
    let mut grants = BTreeMap::new();
    let sealed: Vec<_> = rows.iter().map(|row| (RecordId(row.grant_id), row.version, row.sealed.as_slice())).collect();
    view.check_head(&keys, GRANTS_HEAD, &sealed)?;
    for row in rows {
        let grant = GrantId(row.grant_id);
        let opened = keys.open(&grant_place(&grant, row.version), &row.sealed)?;
        grants.insert(grant, Arc::new(serde_json::from_slice(&opened)?));
    }
    view.grants = Arc::new(grants);
    view.grant_rows = Arc::new(rows.iter().map(|row| (GrantId(row.grant_id), (row.version, envelope_hash(&row.sealed)))).collect());
    view.follow(&keys, tail);
    Ok(view)
}

fn open_request(keys: &CustomerKeys, row: &access_request::Model) -> Result<(Request, i64)> {
    let id = RequestId(row.request_id);
    let opened = keys.open(&request_place(&id, row.version), &row.sealed)?;
    Ok((serde_json::from_slice(&opened)?, row.version))
}
