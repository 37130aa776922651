//! The key hierarchy: root key (outside the database) -> epoch key -> customer key -> keys for records, photos and heads.
//!
//! Customer keys are cached unwrapped for a minute (module `sweep`); dropping them zeroizes. Every read of a customer's row compares the state
//! that the cache cannot know, so no cached key outlives an erasure.

pub mod file;
pub(crate) mod sweep;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use coffret_envelope::{BlindIndex, Context, Entropy, Expected, Key, KeyId, Kind, Sealing, Subkeys, open, seal, unwrap_key, wrap_key};
use lru::LruCache;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::id::{CustomerId, RecordId};
use crate::store::entity::customer_key;

/// Where the root key lives: a file, a token, a key service. Only epoch keys cross it.
#[async_trait]
pub trait RootProvider: Send + Sync + 'static {
    /// A short name for health and logs, such as `file`.
    fn name(&self) -> &'static str;
    /// The newest version of the root key.
    async fn current_version(&self) -> Result<i64>;
    /// Wraps an epoch key under a version of the root key.
    async fn wrap(&self, entropy: &dyn Entropy, version: i64, place: &EpochPlace<'_>, key: &Key) -> Result<Vec<u8>>;
    /// Unwraps an epoch key.
    async fn unwrap(&self, version: i64, place: &EpochPlace<'_>, wrapped: &[u8]) -> Result<Key>;
}

/// Where an epoch key belongs; bound into its wrap.
#[derive(Clone, Copy, Debug)]
pub struct EpochPlace<'a> {
    /// The deployment's id.
    pub deployment: &'a [u8; 16],
    /// The epoch.
    pub epoch: i64,
    /// The epoch key's random id.
    pub key_id: &'a KeyId,
}

impl EpochPlace<'_> {
    /// The context of the wrap.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            deployment: self.deployment,
            customer: &[],
            class: "epoch-key",
            record: &self.key_id.0,
            attribute: "",
            version: u64::try_from(self.epoch).unwrap_or_default(),
            schema: "",
        }
    }
}

/// The keys of one epoch, in memory.
pub(crate) struct Epoch {
    pub(crate) number: i64,
    pub(crate) key_id: KeyId,
    pub(crate) key: Key,
    pub(crate) index: BlindIndex,
}

/// A wrapped customer key, as stored.
#[derive(Clone, Debug)]
pub(crate) struct WrappedKey {
    pub(crate) generation: i64,
    pub(crate) epoch: i64,
    pub(crate) key_id: KeyId,
    pub(crate) wrapped: Vec<u8>,
}

impl TryFrom<customer_key::Model> for WrappedKey {
    type Error = Error;

    fn try_from(row: customer_key::Model) -> Result<Self> {
        let key_id = row.key_id.as_slice().try_into();
        let key_id = key_id.map_err(|_| Error::inconsistent("customer_key", "key_id", CustomerId(row.customer_id)))?;
        Ok(Self { generation: row.generation, epoch: row.epoch, key_id: KeyId(key_id), wrapped: row.wrapped })
    }
}

/// One customer's keys, unwrapped.
pub struct CustomerKeys {
    deployment: [u8; 16],
    customer: CustomerId,
    generation: i64,
    key_id: KeyId,
    subkeys: Subkeys,
}

impl std::fmt::Debug for CustomerKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerKeys").finish_non_exhaustive()
    }
}

/// Where a sealed thing belongs within a vault; bound into its ciphertext.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) class: &'static str,
    pub(crate) record: &'a [u8],
    pub(crate) attribute: &'a str,
    pub(crate) version: i64,
    pub(crate) schema: &'a str,
}

impl CustomerKeys {
    /// Whose keys these are.
    pub fn customer(&self) -> CustomerId {
        self.customer
    }

    /// The generation of the customer key.
    pub(crate) fn generation(&self) -> i64 {
        self.generation
    }

    /// The key that authenticates heads.
    pub(crate) fn state(&self) -> &Key {
        &self.subkeys.state
    }

    /// The key of photos.
    pub(crate) fn blob(&self) -> &Key {
        &self.subkeys.blob
    }

    pub(crate) fn sealing(&self, kind: Kind, padded: bool) -> Sealing {
        Sealing { kind, key_id: self.key_id, generation: u32::try_from(self.generation).unwrap_or_default(), padded }
    }

    pub(crate) fn context<'a>(&'a self, place: &Place<'a>) -> Context<'a> {
        Context {
            deployment: &self.deployment,
            customer: self.customer.bytes(),
            class: place.class,
            record: place.record,
            attribute: place.attribute,
            version: u64::try_from(place.version).unwrap_or_default(),
            schema: place.schema,
        }
    }

    /// Seals something that belongs at this place.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        Ok(seal(entropy, &self.subkeys.data, self.sealing(Kind::Attribute, true), &self.context(place), plain)?)
    }

    /// Opens what was sealed at this place, and nowhere else.
    pub(crate) fn open(&self, place: &Place<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let expected = Expected::from(self.sealing(Kind::Attribute, true));
        Ok(open(&self.subkeys.data, expected, &self.context(place), envelope)?)
    }

    pub(crate) fn seal_opening(&self, entropy: &dyn Entropy, stream: Uuid, sequence: i64, plain: &[u8]) -> Result<Vec<u8>> {
        let place = Place { class: "ledger", record: stream.as_bytes(), attribute: "", version: sequence, schema: "" };
        Ok(seal(entropy, &self.subkeys.data, self.sealing(Kind::LedgerOpening, true), &self.context(&place), plain)?)
    }

    pub(crate) fn open_opening(&self, stream: Uuid, sequence: i64, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let place = Place { class: "ledger", record: stream.as_bytes(), attribute: "", version: sequence, schema: "" };
        let expected = Expected::from(self.sealing(Kind::LedgerOpening, true));
        Ok(open(&self.subkeys.data, expected, &self.context(&place), envelope)?)
    }
}

/// The place of one version of a record.
pub(crate) fn record_place<'a>(record: &'a RecordId, attribute: &'a str, version: i64, schema: &'a str) -> Place<'a> {
    Place { class: "record", record: record.bytes(), attribute, version, schema }
}

/// Unwrapped keys by customer and generation, each with the moment from which it is kept. A key that was kept long enough leaves its place
/// behind: whose key was here may still have a view in memory.
type Unwrapped = LruCache<(CustomerId, i64), (Timestamp, Option<Arc<CustomerKeys>>)>;

/// Unwraps customer keys and keeps them for a short while.
pub(crate) struct Keyring {
    deployment: [u8; 16],
    epochs: Vec<Epoch>,
    cache: Vec<Mutex<Unwrapped>>,
    clock: Arc<dyn Clock>,
}

/// How long an unwrapped customer key is kept, in seconds.
const KEPT_SECONDS: i64 = 60;
/// Unwrapped customer keys kept at most, over all shards.
const KEPT_KEYS: usize = 16_384;
const SHARDS: usize = 16;

impl Keyring {
    pub(crate) fn new(deployment: [u8; 16], epochs: Vec<Epoch>, clock: Arc<dyn Clock>) -> Self {
        let shard = NonZeroUsize::new(KEPT_KEYS / SHARDS).unwrap_or(NonZeroUsize::MIN);
        let cache = (0..SHARDS).map(|_| Mutex::new(LruCache::new(shard))).collect();
        Self { deployment, epochs, cache, clock }
    }

    /// The deployment's id.
    pub(crate) fn deployment(&self) -> [u8; 16] {
        self.deployment
    }

    fn shard(&self, customer: CustomerId) -> &Mutex<Unwrapped> {
        &self.cache[usize::from(customer.bytes()[15]) % SHARDS]
    }

    fn epoch(&self, number: i64) -> Result<&Epoch> {
        self.epochs.iter().find(|epoch| epoch.number == number).ok_or_else(|| {
            Error::new(ErrorKind::Unavailable, "KEYS_UNAVAILABLE", "The keys of this vault are not available.").because("unknown epoch")
        })
    }

    fn newest(&self) -> Result<&Epoch> {
        self.epochs.last().ok_or_else(|| Error::internal("no epoch"))
    }

    /// Makes a customer's first key.
    pub(crate) fn make(&self, entropy: &dyn Entropy, customer: CustomerId) -> Result<(WrappedKey, Arc<CustomerKeys>)> {
        let epoch = self.newest()?;
        let key = Key::generate(entropy)?;
        let key_id = KeyId::generate(entropy)?;
        let generation = 1_i64;
        let place = self.wrap_context(&customer, generation, &key_id);
        let sealing = Sealing {
            kind: Kind::CustomerKeyWrap,
            key_id: epoch.key_id,
            generation: u32::try_from(epoch.number).unwrap_or_default(),
            padded: false,
        };
        let wrapped = wrap_key(entropy, &epoch.key, sealing, &place, &key)?;
        let keys = Arc::new(self.split(customer, generation, key_id, &key));
        Ok((WrappedKey { generation, epoch: epoch.number, key_id, wrapped }, keys))
    }

    fn wrap_context<'a>(&'a self, customer: &'a CustomerId, generation: i64, key_id: &'a KeyId) -> Context<'a> {
        Context {
            deployment: &self.deployment,
            customer: customer.bytes(),
            class: "customer-key",
            record: &key_id.0,
            attribute: "",
            version: u64::try_from(generation).unwrap_or_default(),
            schema: "",
        }
    }

    fn split(&self, customer: CustomerId, generation: i64, key_id: KeyId, key: &Key) -> CustomerKeys {
        CustomerKeys { deployment: self.deployment, customer, generation, key_id, subkeys: Subkeys::derive(key) }
    }

    /// Unwraps a customer's key, or gives the one kept.
    pub(crate) fn unwrap(&self, customer: CustomerId, stored: &WrappedKey) -> Result<Arc<CustomerKeys>> {
        let now = self.clock.now();
        let slot = (customer, stored.generation);
        {
            let mut shard = self.shard(customer).lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((since, Some(keys))) = shard.get(&slot)
                && keys.key_id == stored.key_id
                && now < since.plus_seconds(KEPT_SECONDS)
            {
                return Ok(Arc::clone(keys));
            }
        }
        let epoch = self.epoch(stored.epoch)?;
        let place = self.wrap_context(&customer, stored.generation, &stored.key_id);
        let expected =
            Expected { kind: Kind::CustomerKeyWrap, key_id: epoch.key_id, generation: u32::try_from(epoch.number).unwrap_or_default() };
        let key = unwrap_key(&epoch.key, expected, &place, &stored.wrapped)?;
        let keys = Arc::new(self.split(customer, stored.generation, stored.key_id, &key));
        let mut shard = self.shard(customer).lock().unwrap_or_else(PoisonError::into_inner);
        shard.put(slot, (now, Some(Arc::clone(&keys))));
        Ok(keys)
    }

    /// Forgets a customer's key; the last holder's drop zeroizes it.
    pub(crate) fn evict(&self, customer: CustomerId, generation: i64) {
        self.shard(customer).lock().unwrap_or_else(PoisonError::into_inner).pop(&(customer, generation));
    }

    /// Forgets the keys that were kept long enough, whether anybody asks for them again or not; tells whose keys were here lately.
    fn expire(&self) -> Vec<CustomerId> {
        let now = self.clock.now();
        let mut seen = Vec::new();
        for shard in &self.cache {
            for ((customer, _), (since, keys)) in shard.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
                seen.push(*customer);
                if now >= since.plus_seconds(KEPT_SECONDS) {
                    *keys = None;
                }
            }
        }
        seen
    }

    /// Forgets every key of a customer, and that it was here.
    fn forget(&self, customer: CustomerId) {
        let mut shard = self.shard(customer).lock().unwrap_or_else(PoisonError::into_inner);
        let slots: Vec<(CustomerId, i64)> = shard.iter().map(|(slot, _)| *slot).filter(|(whose, _)| *whose == customer).collect();
        for slot in slots {
            shard.pop(&slot);
        }
    }

    /// The blind indexes in force.
    pub(crate) fn index(&self) -> Result<&BlindIndex> {
        Ok(&self.newest()?.index)
    }
}
