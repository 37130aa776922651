//! Sealed records of customers that are read often, kept as they were at one version of the account.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::id::CustomerId;
use crate::store::entity::record;

/// Bytes of sealed records kept at most, over all shards.
const KEPT_BYTES: usize = 24 * 1024 * 1024;
/// Customers with more than this are not kept.
const MOST_BYTES: usize = 256 * 1024;
const SHARDS: usize = 16;
/// What a row takes beside its envelope, about.
const ROW_BYTES: usize = 200;

struct Kept {
    version: i64,
    attributes: Vec<String>,
    rows: Arc<Vec<record::Model>>,
    bytes: usize,
}

struct Shard {
    customers: LruCache<CustomerId, Kept>,
    bytes: usize,
}

/// Ciphertext only; whoever takes it needs the customer's key, and a commit that finds the account unmoved.
pub(crate) struct KeptRecords(Vec<Mutex<Shard>>);

impl KeptRecords {
    pub(crate) fn new() -> Self {
        let most = NonZeroUsize::new(KEPT_BYTES / SHARDS / ROW_BYTES).unwrap_or(NonZeroUsize::MIN);
        Self((0..SHARDS).map(|_| Mutex::new(Shard { customers: LruCache::new(most), bytes: 0 })).collect())
    }

    fn shard(&self, id: CustomerId) -> MutexGuard<'_, Shard> {
        self.0[usize::from(id.bytes()[15]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current records of at least these attribute types at this version of the account.
    pub(super) fn get(&self, id: CustomerId, version: i64, attributes: &[&str]) -> Option<Arc<Vec<record::Model>>> {
        let mut shard = self.shard(id);
        let kept = shard.customers.get(&id).filter(|kept| kept.version == version)?;
        let covers = attributes.iter().all(|asked| kept.attributes.iter().any(|kept| kept == asked));
        covers.then(|| Arc::clone(&kept.rows))
    }

    /// Keeps what was fetched and checked; what was read longest ago makes room.
    pub(super) fn keep(&self, id: CustomerId, version: i64, attributes: &[&str], rows: &Arc<Vec<record::Model>>) {
        let bytes: usize = ROW_BYTES + rows.iter().map(|row| row.envelope.len() + ROW_BYTES).sum::<usize>();
        if bytes > MOST_BYTES {
            return;
        }
        let attributes = attributes.iter().map(|&attribute| attribute.to_owned()).collect();
        let mut shard = self.shard(id);
        shard.bytes += bytes;
        if let Some((_, replaced)) = shard.customers.push(id, Kept { version, attributes, rows: Arc::clone(rows), bytes }) {
            shard.bytes -= replaced.bytes;
        }
        while shard.bytes > KEPT_BYTES / SHARDS {
            let Some((_, oldest)) = shard.customers.pop_lru() else { break };
            shard.bytes -= oldest.bytes;
        }
    }

    /// Forgets a customer.
    pub(crate) fn forget(&self, id: CustomerId) {
        let mut shard = self.shard(id);
        if let Some(gone) = shard.customers.pop(&id) {
            shard.bytes -= gone.bytes;
        }
    }
}
