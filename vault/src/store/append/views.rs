//! Views of customers that this process has seen lately.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;

use crate::id::CustomerId;
use crate::store::view::View;

/// Views kept at most.
const KEPT_VIEWS: usize = 16_384;

/// Views by customer, in sixteen shards.
pub(super) struct Views(Vec<Mutex<LruCache<CustomerId, View>>>);

impl Views {
    pub(super) fn new() -> Self {
        let size = NonZeroUsize::new(KEPT_VIEWS / 16).unwrap_or(NonZeroUsize::MIN);
        Self((0..16).map(|_| Mutex::new(LruCache::new(size))).collect())
    }

    fn shard(&self, id: CustomerId) -> std::sync::MutexGuard<'_, LruCache<CustomerId, View>> {
        self.0[usize::from(id.bytes()[15] & 15)].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: CustomerId) -> Option<View> {
        self.shard(id).get(&id).cloned()
    }

    /// Keeps a view unless a newer one is there. One that is broken is looked at again each time: somebody may put right what is wrong.
    pub(super) fn keep(&self, view: &View) {
        if view.broken.is_some() {
            return;
        }
        let mut shard = self.shard(view.id);
        if shard.peek(&view.id).is_none_or(|kept| kept.seq <= view.seq) {
            shard.put(view.id, view.clone());
        }
    }
}
