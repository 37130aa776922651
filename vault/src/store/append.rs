//! The one writer of what concerns customers: takes all changes that wait, decides them on the newest views, and writes them in one
//! durable commit before anybody is answered.
//!
//! A commit compares each customer's stream position with the one that the change was decided on. Where another server came first,
//! nothing of that customer is written; the view is loaded again and the change is decided again. So a read is answered only if no stop,
//! pause or other read slipped in between, on any server, and without locks held while deciding.

mod embedded;
mod write;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use coffret_envelope::Entropy;
use lru::LruCache;
use tokio::sync::{mpsc, oneshot};

use super::Store;
use super::draft::{Change, Draft, Write, stale};
use super::fetch::Fetcher;
use super::view::View;
use crate::clock::Clock;
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, Keyring};
use crate::ledger::Row;

/// Changes in one commit at most.
const BATCH: usize = 256;
/// Changes that may wait; more are refused so that a flood cannot fill the memory.
const WAITING: usize = 8192;
/// How often a change is decided again because another server came first.
const TRIES: u32 = 64;
/// Views kept at most.
const KEPT_VIEWS: usize = 16_384;

/// A change that waits.
struct Waiting {
    view: View,
    keys: Arc<CustomerKeys>,
    is_new: bool,
    tries: u32,
    job: Box<dyn Job>,
}

/// What to decide, and whom to tell.
trait Job: Send {
    fn decide(&mut self, draft: &mut Draft<'_>) -> Result<()>;
    fn finish(self: Box<Self>, result: Result<()>);
}

struct Typed<T, F> {
    decide: F,
    output: Option<T>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&mut Draft<'_>) -> Result<T> + Send> Job for Typed<T, F> {
    fn decide(&mut self, draft: &mut Draft<'_>) -> Result<()> {
        self.output = Some((self.decide)(draft)?);
        Ok(())
    }

    fn finish(self: Box<Self>, result: Result<()>) {
        let Self { output, answer, .. } = *self;
        let result = result.and_then(|()| output.ok_or_else(|| Error::internal("a change was written but not decided")));
        // The caller may have gone away; what is committed stays.
        let _ = answer.send(result);
    }
}

/// The change of one customer in one commit.
pub(crate) struct Written {
    pub(crate) before: i64,
    pub(crate) is_new: bool,
    pub(crate) moved: bool,
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) view: View,
    pub(crate) keys: Arc<CustomerKeys>,
    pub(crate) rows: Vec<Row>,
    pub(crate) writes: Vec<Write>,
    pub(crate) outbox: Vec<Change>,
}

/// Views of customers that this process has seen lately.
struct Views(Vec<Mutex<LruCache<CustomerId, View>>>);

impl Views {
    fn new() -> Self {
        let size = NonZeroUsize::new(KEPT_VIEWS / 16).unwrap_or(NonZeroUsize::MIN);
        Self((0..16).map(|_| Mutex::new(LruCache::new(size))).collect())
    }

    fn shard(&self, id: CustomerId) -> std::sync::MutexGuard<'_, LruCache<CustomerId, View>> {
        self.0[usize::from(id.bytes()[15] & 15)].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, id: CustomerId) -> Option<View> {
        self.shard(id).get(&id).cloned()
    }

    /// Keeps a view unless a newer one is there.
    fn keep(&self, view: &View) {
        let mut shard = self.shard(view.id);
        if shard.peek(&view.id).is_none_or(|kept| kept.seq <= view.seq) {
            shard.put(view.id, view.clone());
        }
    }
}

/// Hands changes to the writer tasks and keeps views.
pub(crate) struct Appender {
    store: Arc<Store>,
    keyring: Arc<Keyring>,
    fetcher: Arc<Fetcher>,
    views: Arc<Views>,
    queues: Vec<mpsc::Sender<Waiting>>,
}

impl Appender {
    /// Starts the writers: one for SQLite; four for PostgreSQL, each with its own customers.
    pub(crate) fn start(
        store: &Arc<Store>,
        keyring: &Arc<Keyring>,
        fetcher: &Arc<Fetcher>,
        clock: &Arc<dyn Clock>,
        entropy: &Arc<dyn Entropy>,
    ) -> Self {
        let views = Arc::new(Views::new());
        let count = if store.is_postgres() { 4 } else { 1 };
        let queues = (0..count)
            .map(|_| {
                let (queue, waiting) = mpsc::channel(WAITING);
                let writer = Writer {
                    store: Arc::clone(store),
                    keyring: Arc::clone(keyring),
                    views: Arc::clone(&views),
                    clock: Arc::clone(clock),
                    entropy: Arc::clone(entropy),
                };
                tokio::spawn(writer.run(waiting));
                queue
            })
            .collect();
        Self { store: Arc::clone(store), keyring: Arc::clone(keyring), fetcher: Arc::clone(fetcher), views, queues }
    }

    /// The customer as this process last saw them, or as the database has them. May be old: see [`super::view`].
    pub(crate) async fn view(&self, id: CustomerId) -> Result<Option<View>> {
        match self.views.get(id) {
            Some(view) => Ok(Some(view)),
            None => self.fresh_view(id).await,
        }
    }

    /// The customer as the database has them now.
    pub(crate) async fn fresh_view(&self, id: CustomerId) -> Result<Option<View>> {
        let view = self.fetcher.view(id).await?;
        if let Some(view) = &view {
            self.views.keep(view);
        }
        Ok(view)
    }

    /// Many customers at once, those that are not kept with few statements; with `fresh` as the database has them now.
    pub(crate) async fn views(&self, ids: &[CustomerId], fresh: bool) -> Result<HashMap<CustomerId, View>> {
        let mut found: HashMap<CustomerId, View> = HashMap::with_capacity(ids.len());
        if !fresh {
            found.extend(ids.iter().filter_map(|id| Some((*id, self.views.get(*id)?))));
        }
        let missing: Vec<CustomerId> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        for some in missing.chunks(256) {
            for view in self.store.load_views(&self.keyring, some).await? {
                self.views.keep(&view);
                found.insert(view.id, view);
            }
        }
        for id in missing {
            if !found.contains_key(&id)
                && let Some(view) = self.fresh_view(id).await?
            {
                found.insert(id, view);
            }
        }
        Ok(found)
    }

    /// Decides on the newest view and commits. Returns once the commit is durable.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        view: View,
        keys: Arc<CustomerKeys>,
        is_new: bool,
        decide: impl FnMut(&mut Draft<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let queue = &self.queues[usize::from(view.id.bytes()[14]) % self.queues.len()];
        let (answer, result) = oneshot::channel();
        let job = Box::new(Typed { decide, output: None, answer });
        queue.try_send(Waiting { view, keys, is_new, tries: 0, job }).map_err(|_| {
            Error::new(Kind::ResourceExhausted, "SERVER_BUSY", "The vault is busy. Nothing was changed; try again shortly.").retry_after(1)
        })?;
        result.await.unwrap_or_else(|_| Err(Error::unavailable("the writer has stopped")))
    }
}

struct Writer {
    store: Arc<Store>,
    keyring: Arc<Keyring>,
    views: Arc<Views>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Writer {
    async fn run(self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut again = Vec::new();
        loop {
            let mut batch = std::mem::take(&mut again);
            if batch.is_empty() {
                // All senders gone: the vault is closing.
                if waiting.recv_many(&mut batch, BATCH).await == 0 {
                    return;
                }
            } else {
                while batch.len() < BATCH {
                    let Ok(one) = waiting.try_recv() else { break };
                    batch.push(one);
                }
            }
            again = self.process(batch).await;
        }
    }

    /// Decides and commits a batch; returns what must be decided again.
    async fn process(&self, batch: Vec<Waiting>) -> Vec<Waiting> {
        let now = self.clock.now();
        let mut written: Vec<Written> = Vec::new();
        let mut place: HashMap<CustomerId, usize> = HashMap::new();
        let mut decided: Vec<(usize, Waiting)> = Vec::new();
        for mut one in batch {
            let slot = place.get(&one.view.id).copied();
            let base = match slot {
                Some(slot) => written[slot].view.clone(),
                None => match self.views.get(one.view.id) {
                    Some(kept) if kept.seq > one.view.seq => kept,
                    _ => one.view.clone(),
                },
            };
            let before = base.seq;
            let mut draft = Draft::new(base, Arc::clone(&one.keys), self.entropy.as_ref(), now);
            if let Err(error) = one.job.decide(&mut draft) {
                one.job.finish(Err(error));
                continue;
            }
            if draft.rows.is_empty() && draft.writes.is_empty() && draft.outbox.is_empty() && !draft.moved {
                one.job.finish(Ok(()));
                continue;
            }
            let slot = slot.unwrap_or_else(|| {
                place.insert(one.view.id, written.len());
                written.push(Written {
                    before,
                    is_new: one.is_new,
                    moved: false,
                    profile: None,
                    view: draft.view.clone(),
                    keys: Arc::clone(&one.keys),
                    rows: Vec::new(),
                    writes: Vec::new(),
                    outbox: Vec::new(),
                });
                written.len() - 1
            });
            let Draft { view, rows, writes, outbox, moved, profile, .. } = draft;
            let change = &mut written[slot];
            change.view = view;
            change.rows.extend(rows);
            change.writes.extend(writes);
            change.outbox.extend(outbox);
            change.moved |= moved;
            change.profile = profile.or(change.profile.take());
            decided.push((slot, one));
        }
        if written.is_empty() {
            return Vec::new();
        }
        match self.store.write(&written).await {
            Ok(applied) => self.answer(decided, &written, &applied).await,
            Err(cause) => self.recover(decided, &written, cause).await,
        }
    }

    /// Tells those whose customer was written; loads again and returns the others.
    async fn answer(&self, decided: Vec<(usize, Waiting)>, written: &[Written], applied: &[bool]) -> Vec<Waiting> {
        for (change, _) in written.iter().zip(applied).filter(|(_, applied)| **applied) {
            if change.view.key.is_none() {
                // Erased: the unwrapped key must not stay behind.
                self.keyring.evict(change.view.id, change.keys.generation());
            }
            self.views.keep(&change.view);
        }
        let mut again = Vec::new();
        for (slot, one) in decided {
            if applied[slot] {
                one.job.finish(Ok(()));
            } else {
                again.extend(self.reload(one).await);
            }
        }
        again
    }

    async fn reload(&self, mut one: Waiting) -> Option<Waiting> {
        if one.is_new || one.tries >= TRIES {
            one.job.finish(Err(stale()));
            return None;
        }
        match self.store.load_view(&self.keyring, one.view.id).await {
            Ok(Some(view)) => {
                self.views.keep(&view);
                one.view = view;
                one.tries += 1;
                Some(one)
            }
            Ok(None) => {
                one.job.finish(Err(Error::not_found("customer")));
                None
            }
            Err(error) => {
                one.job.finish(Err(error));
                None
            }
        }
    }

    /// A commit failed, or its answer was lost. Finds out which changes are in the database, and tells each the truth.
    async fn recover(&self, decided: Vec<(usize, Waiting)>, written: &[Written], cause: sea_orm::DbErr) -> Vec<Waiting> {
        let alone = decided.len() == 1;
        if super::is_duplicate(&cause) || super::wants_retry(&cause) {
            // Rolled back for certain. One change's duplicate must not fail its neighbours: each goes again, alone.
            if alone && super::is_duplicate(&cause) {
                for (_, one) in decided {
                    one.job
                        .finish(Err(Error::new(Kind::AlreadyExists, "ALREADY_EXISTS", "It exists already. Nothing was changed.")
                            .because("unique key")));
                }
                return Vec::new();
            }
            for (_, one) in decided {
                let Some(one) = self.reload_or_keep(one).await else { continue };
                Box::pin(async {
                    let again = self.process(vec![one]).await;
                    for one in again {
                        one.job.finish(Err(stale()));
                    }
                })
                .await;
            }
            return Vec::new();
        }
        tracing::error!(%cause, "a commit failed");
        let mut outcomes = Vec::with_capacity(written.len());
        for change in written {
            outcomes.push(self.was_written(change).await);
        }
        for (slot, one) in decided {
            let result = match &outcomes[slot] {
                Some(true) => {
                    self.views.keep(&written[slot].view);
                    Ok(())
                }
                Some(false) => Err(Error::unavailable("the commit failed")),
                None => Err(Error::new(
                    Kind::Unavailable,
                    "OUTCOME_UNKNOWN",
                    "The vault lost its database in the middle of this call. Repeat it with the same request id to learn what happened.",
                )),
            };
            one.job.finish(result);
        }
        Vec::new()
    }

    async fn reload_or_keep(&self, one: Waiting) -> Option<Waiting> {
        if one.is_new { Some(one) } else { self.reload(one).await }
    }

    /// Whether the change's first entry is in the database; nothing where the database cannot say.
    async fn was_written(&self, change: &Written) -> Option<bool> {
        let first = change.rows.first()?;
        for wait in [20_u64, 100, 500, 1000, 2000] {
            tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            if let Ok(found) = self.store.has_entry(change.view.id, first.sequence, first.event).await {
                return Some(found);
            }
        }
        None
    }
}
