//! The one writer of what concerns customers: takes all changes that wait, decides them on the newest views, and writes them in one
//! durable commit before anybody is answered.
//!
//! A commit compares each customer's stream position with the one that the change was decided on. Where another server came first,
//! nothing of that customer is written; the view is loaded again and the change is decided again. So a read is answered only if no stop,
//! pause or other read slipped in between, on any server, and without locks held while deciding. A change that keeps losing holds the
//! customer's row while it is decided: readers elsewhere, however many, cannot keep a stop waiting.

mod embedded;
mod postgres;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use coffret_envelope::Entropy;
use lru::LruCache;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::{mpsc, oneshot};

pub(super) use write::placeholders;

use super::Store;
use super::draft::{Change, Draft, Write, stale};
use super::fetch::Fetcher;
use super::view::View;
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, Keyring};
use crate::ledger::Row;

/// Changes in one commit at most.
const BATCH: usize = 256;
/// Changes that may wait; more are refused so that a flood cannot fill the memory.
const WAITING: usize = 8192;
/// How often a change is decided again because another server came first, before the customer's row is held for it.
const TRIES: u32 = 2;
/// How often a change is tried whose commit the database takes back.
const ROLLED_BACK: u32 = 16;
/// Views kept at most.
const KEPT_VIEWS: usize = 16_384;

/// A change that waits.
struct Waiting {
    view: View,
    keys: Arc<CustomerKeys>,
    is_new: bool,
    tries: u32,
    job: Box<dyn Job>,
    /// What was decided last.
    outcome: Result<()>,
}

impl Waiting {
    /// Tells the caller what was decided.
    fn finish(self) {
        self.job.finish(self.outcome);
    }

    fn fail(self, error: Error) {
        self.job.finish(Err(error));
    }
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
        queue.try_send(Waiting { view, keys, is_new, tries: 0, job, outcome: Ok(()) }).map_err(|_| {
            Error::new(Kind::ResourceExhausted, "SERVER_BUSY", "The vault is busy. Nothing was changed; try again shortly.").retry_after(1)
        })?;
        result.await.unwrap_or_else(|_| Err(Error::unavailable("the writer has stopped")))
    }
}

/// Changes decided for one commit.
#[derive(Default)]
struct Batch {
    written: Vec<Written>,
    /// Where each customer's change stands.
    place: HashMap<CustomerId, usize>,
    /// Who is answered once their customer's change is durable.
    decided: Vec<(usize, Waiting)>,
}

impl Batch {
    /// Takes out what rests on changes that were not written: it is decided again.
    fn take_out(&mut self, lost: &HashSet<CustomerId>) -> Vec<Waiting> {
        if !lost.iter().any(|id| self.place.contains_key(id)) {
            return Vec::new();
        }
        let Self { written, decided, .. } = std::mem::take(self);
        let mut moved = Vec::with_capacity(written.len());
        for change in written {
            let id = change.view.id;
            if lost.contains(&id) {
                moved.push(None);
            } else {
                moved.push(Some(self.written.len()));
                self.place.insert(id, self.written.len());
                self.written.push(change);
            }
        }
        let mut out = Vec::new();
        for (slot, one) in decided {
            match moved[slot] {
                Some(slot) => self.decided.push((slot, one)),
                None => out.push(one),
            }
        }
        out
    }
}

/// A commit under way.
struct Commit {
    written: Arc<Vec<Written>>,
    place: HashMap<CustomerId, usize>,
    decided: Vec<(usize, Waiting)>,
    outcome: Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

/// Which customers were written, or why none was.
type Outcome = std::result::Result<Vec<bool>, DbErr>;

impl Commit {
    fn begin(store: &Arc<Store>, batch: Batch) -> Self {
        let Batch { written, place, decided } = batch;
        let written = Arc::new(written);
        let (store, writing) = (Arc::clone(store), Arc::clone(&written));
        let outcome = Box::pin(async move { store.in_time(store.write(&writing)).await });
        Self { written, place, decided, outcome }
    }

    /// Customers whose changes were not written.
    fn lost(&self, outcome: &Outcome) -> HashSet<CustomerId> {
        let written = |slot: usize| outcome.as_ref().is_ok_and(|applied| applied[slot]);
        self.place.iter().filter(|(_, slot)| !written(**slot)).map(|(id, _)| *id).collect()
    }

    /// Waits for the end of the commit under way; for ever, when there is none. May be given up and called again.
    async fn end(under_way: &mut Option<Self>) -> (Self, Outcome) {
        let outcome = match under_way {
            Some(commit) => commit.outcome.as_mut().await,
            None => std::future::pending().await,
        };
        (under_way.take().expect("it was under way"), outcome)
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
    /// While one commit is under way, what comes is decided for the next, on the views that the first will leave. What the first does not
    /// write is taken out of the next, too, and decided again.
    async fn run(self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut next = Batch::default();
        let mut under_way: Option<Commit> = None;
        let mut taken = Vec::new();
        let mut closed = false;
        loop {
            if under_way.is_none() && !next.decided.is_empty() {
                under_way = Some(Commit::begin(&self.store, std::mem::take(&mut next)));
            }
            if closed && under_way.is_none() {
                // All senders gone: the vault is closing.
                return;
            }
            let room = BATCH.saturating_sub(next.decided.len());
            tokio::select! {
                biased;
                (commit, outcome) = Commit::end(&mut under_way) => {
                    let lost = commit.lost(&outcome);
                    let rested = next.take_out(&lost);
                    let mut again = self.settle(commit, outcome).await;
                    again.extend(rested);
                    let now = self.clock.now();
                    for one in again {
                        self.decide(&mut next, None, now, one);
                    }
                }
                count = waiting.recv_many(&mut taken, room), if room > 0 && !closed => {
                    closed = count == 0;
                    let now = self.clock.now();
                    for one in taken.drain(..) {
                        self.decide(&mut next, under_way.as_mut(), now, one);
                    }
                }
            }
        }
    }

    /// Decides one change for a batch, on the newest view: of the batch itself, of the commit under way, or of the last.
    fn decide(&self, batch: &mut Batch, mut under_way: Option<&mut Commit>, now: Timestamp, mut one: Waiting) {
        let id = one.view.id;
        let slot = batch.place.get(&id).copied();
        let before_it = under_way.as_ref().and_then(|commit| commit.place.get(&id).copied());
        let base = match (slot, &mut under_way, before_it) {
            (Some(slot), ..) => batch.written[slot].view.clone(),
            (None, Some(commit), Some(slot)) => commit.written[slot].view.clone(),
            _ => match self.views.get(id) {
                Some(kept) if kept.seq > one.view.seq => kept,
                _ => one.view.clone(),
            },
        };
        let before = base.seq;
        let mut draft = Draft::new(base, Arc::clone(&one.keys), self.entropy.as_ref(), now);
        // A fault of one verb must not end the writer, on which all others wait.
        let decided = std::panic::catch_unwind(AssertUnwindSafe(|| one.job.decide(&mut draft)));
        one.outcome = decided.unwrap_or_else(|_| Err(Error::internal("a decision broke off")));
        let changes = !(draft.rows.is_empty() && draft.writes.is_empty() && draft.outbox.is_empty()) || draft.moved;
        if one.outcome.is_err() || !changes {
            // It changes nothing, but what it tells may rest on what is not durable yet.
            match (slot, under_way, before_it) {
                (Some(slot), ..) => batch.decided.push((slot, one)),
                (None, Some(commit), Some(slot)) => commit.decided.push((slot, one)),
                _ => one.finish(),
            }
            return;
        }
        let Draft { view, rows, writes, outbox, moved, profile, .. } = draft;
        let slot = if let Some(slot) = slot {
            let change = &mut batch.written[slot];
            change.view = view;
            change.rows.extend(rows);
            change.writes.extend(writes);
            change.outbox.extend(outbox);
            change.moved |= moved;
            change.profile = profile.or(change.profile.take());
            slot
        } else {
            let (keys, is_new) = (Arc::clone(&one.keys), one.is_new);
            batch.written.push(Written { before, is_new, moved, profile, view, keys, rows, writes, outbox });
            batch.place.insert(id, batch.written.len() - 1);
            batch.written.len() - 1
        };
        batch.decided.push((slot, one));
    }

    /// Tells the callers of a commit what came of it, and holds the rows of customers whose changes keep losing; returns what must be
    /// decided again.
    async fn settle(&self, commit: Commit, outcome: Outcome) -> Vec<Waiting> {
        let again = self.tell(commit.decided, &commit.written, outcome).await;
        let (kept_losing, again): (Vec<_>, Vec<_>) = again.into_iter().partition(|one| one.tries > TRIES);
        self.process_holding(kept_losing).await;
        again
    }

    async fn tell(&self, decided: Vec<(usize, Waiting)>, written: &[Written], outcome: Outcome) -> Vec<Waiting> {
        match outcome {
            Ok(applied) => self.answer(decided, written, &applied).await,
            Err(cause) => self.recover(decided, written, cause).await,
        }
    }

    /// Decides and commits what is left of a batch that did not go through as a whole, in a transaction that holds its customer or in its
    /// own; returns what must be decided again.
    async fn process(&self, changes: Vec<Waiting>, held: Option<DatabaseTransaction>) -> Vec<Waiting> {
        let mut batch = Batch::default();
        let now = self.clock.now();
        for one in changes {
            self.decide(&mut batch, None, now, one);
        }
        if batch.decided.is_empty() {
            return Vec::new();
        }
        let outcome = match held {
            Some(held) => self.store.write_holding(held, &batch.written).await,
            None => self.store.write(&batch.written).await,
        };
        self.tell(batch.decided, &batch.written, outcome).await
    }

    /// Decides what kept losing while nobody else can move its customer.
    async fn process_holding(&self, mut batch: Vec<Waiting>) {
        batch.sort_by_key(|one| one.view.id);
        while let Some(id) = batch.last().map(|one| one.view.id) {
            let of_one = batch.split_off(batch.partition_point(|one| one.view.id < id));
            let held = match self.store.hold(id).await {
                Ok(held) => held,
                Err(cause) => {
                    tracing::warn!(%cause, "a customer's row could not be held");
                    for one in of_one {
                        one.fail(stale());
                    }
                    continue;
                }
            };
            let mut fresh = Vec::with_capacity(of_one.len());
            for one in of_one {
                fresh.extend(self.reload(one).await);
            }
            for one in self.process(fresh, Some(held)).await {
                one.fail(stale());
            }
        }
    }

    /// Tells those whose customer was written; loads again and returns the others.
    async fn answer(&self, decided: Vec<(usize, Waiting)>, written: &[Written], applied: &[bool]) -> Vec<Waiting> {
        for (change, _) in written.iter().zip(applied).filter(|(_, applied)| **applied) {
            self.keep(change);
        }
        let mut again = Vec::new();
        let mut loaded = HashSet::new();
        for (slot, mut one) in decided {
            if applied[slot] {
                one.finish();
            } else if !one.is_new && !loaded.insert(one.view.id) {
                // The newest view is kept by now.
                one.tries += 1;
                again.push(one);
            } else {
                again.extend(self.reload(one).await);
            }
        }
        again
    }

    /// Keeps the view that a durable change leaves.
    fn keep(&self, change: &Written) {
        self.views.keep(&change.view);
        if change.view.key.is_none() {
            // Erased: the unwrapped key must not stay behind, and from now on no view leads to it.
            self.keyring.evict(change.view.id, change.keys.generation());
        }
    }

    async fn reload(&self, mut one: Waiting) -> Option<Waiting> {
        if one.is_new {
            one.fail(stale());
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
                one.fail(Error::not_found("customer"));
                None
            }
            Err(error) => {
                one.fail(error);
                None
            }
        }
    }

    /// A commit failed, or its answer was lost. Finds out which changes are in the database, and tells each the truth.
    async fn recover(&self, decided: Vec<(usize, Waiting)>, written: &[Written], cause: DbErr) -> Vec<Waiting> {
        let alone = decided.len() == 1;
        if super::is_duplicate(&cause) || super::wants_retry(&cause) {
            // Rolled back for certain. One change's duplicate must not fail its neighbours: each goes again, alone.
            if alone && super::is_duplicate(&cause) {
                for (_, one) in decided {
                    let error = Error::new(Kind::AlreadyExists, "ALREADY_EXISTS", "It exists already. Nothing was changed.");
                    one.fail(error.because("unique key"));
                }
                return Vec::new();
            }
            let mut again = Vec::new();
            for (_, mut one) in decided {
                one.tries += 1;
                if one.tries > ROLLED_BACK {
                    one.fail(stale());
                    continue;
                }
                let Some(one) = self.reload_or_keep(one).await else { continue };
                again.extend(Box::pin(self.process(vec![one], None)).await);
            }
            return again;
        }
        tracing::error!(%cause, "a commit failed");
        // Where the connection broke the database may still be about to commit: that an entry is not there yet proves nothing.
        let refused = super::was_refused(&cause);
        let mut outcomes = Vec::with_capacity(written.len());
        for change in written {
            outcomes.push(self.was_written(change).await);
        }
        for (slot, one) in decided {
            let error = match &outcomes[slot] {
                Some(true) => {
                    self.keep(&written[slot]);
                    one.finish();
                    continue;
                }
                Some(false) if refused => Error::unavailable("the commit failed"),
                _ => Error::new(
                    Kind::Unavailable,
                    "OUTCOME_UNKNOWN",
                    "The vault lost its database in the middle of this call. Repeat it with the same request id to learn what happened.",
                ),
            };
            one.fail(error);
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
            let look = self.store.has_entry(change.view.id, first.sequence, first.event);
            if let Ok(Ok(found)) = tokio::time::timeout(std::time::Duration::from_secs(2), look).await {
                return Some(found);
            }
        }
        None
    }
}
