//! A task that takes all changes that wait, decides them on the newest views, and commits them together.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use coffret_envelope::Entropy;
use sea_orm::DbErr;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::batch::{Batch, Commit, Outcome, Written};
use super::views::Views;
use super::write::Held;
use super::{BATCH, ROLLED_BACK, TRIES, Waiting};
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, Kind};
use crate::id::{CustomerId, make_uuid_v7};
use crate::keys::Keyring;
use crate::store::draft::{Draft, stale};
use crate::store::view::View;
use crate::store::{Store, is_duplicate, wants_retry, was_refused};

/// One of the tasks that write.
pub(super) struct Writer {
    pub(super) store: Arc<Store>,
    pub(super) keyring: Arc<Keyring>,
    pub(super) views: Arc<Views>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Writer {
    /// While one commit is under way, what comes is decided for the next, on the views that the first will leave. What the first does not
    /// write is taken out of the next, too, and decided again.
    pub(super) async fn run(self, mut waiting: mpsc::Receiver<Waiting>) {
        let mut next = Batch::default();
        let mut under_way: Option<Commit> = None;
        let mut taken = Vec::new();
        let mut closed = false;
        loop {
            if under_way.is_none() && !next.decided.is_empty() {
                under_way = Some(Commit::begin(&self.store, self.commit_id(), std::mem::take(&mut next)));
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
        let mut draft = Draft::new(base, Arc::clone(&one.keys), self.entropy.as_ref(), now);
        // A fault of one verb must not end the writer, on which all others wait.
        let decided = std::panic::catch_unwind(AssertUnwindSafe(|| one.job.decide(&mut draft)));
        one.outcome = decided.unwrap_or_else(|_| Err(Error::internal("a decision broke off")));
        if one.outcome.is_ok() && !draft.collides() {
            one.outcome = Err(Error::internal("a change without an entry"));
        }
        if one.outcome.is_err() || (draft.rows.is_empty() && draft.writes.is_empty()) {
            // It changes nothing, but what it tells may rest on what is not durable yet.
            match (slot, under_way, before_it) {
                (Some(slot), ..) => batch.decided.push((slot, one)),
                (None, Some(commit), Some(slot)) => commit.decided.push((slot, one)),
                _ => one.finish(),
            }
            return;
        }
        let slot = batch.add(draft, one.is_new);
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
    async fn process(&self, changes: Vec<Waiting>, held: Option<Held>) -> Vec<Waiting> {
        let mut batch = Batch::default();
        let now = self.clock.now();
        for one in changes {
            self.decide(&mut batch, None, now, one);
        }
        if batch.decided.is_empty() {
            return Vec::new();
        }
        let id = self.commit_id();
        let outcome = match held {
            Some(held) => Box::pin(self.store.in_time(self.store.write_holding(held, id, &batch.written))).await,
            None => Box::pin(self.store.in_time(self.store.write(id, &batch.written))).await,
        };
        self.tell(batch.decided, &batch.written, outcome).await
    }

    /// Decides what kept losing while nobody else can move its customer.
    async fn process_holding(&self, mut batch: Vec<Waiting>) {
        batch.sort_by_key(|one| one.view.id);
        while let Some(id) = batch.last().map(|one| one.view.id) {
            let of_one = batch.split_off(batch.partition_point(|one| one.view.id < id));
            let held = match self.store.in_time(self.store.hold(id)).await {
                Ok(held) => held,
                Err(cause) => {
                    tracing::warn!(%cause, "a customer's row could not be held");
                    for one in of_one {
                        one.fail(stale());
                    }
                    continue;
                }
            };
            let fresh = self.reload_all(of_one).await;
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
        let mut lost = Vec::new();
        for (slot, one) in decided {
            if applied[slot] {
                one.finish();
            } else {
                lost.push(one);
            }
        }
        self.reload_all(lost).await
    }

    /// Keeps the view that a durable change leaves.
    fn keep(&self, change: &Written) {
        self.views.keep(&change.view);
        if change.view.key.is_none() {
            // Erased: the unwrapped key must not stay behind, and from now on no view leads to it.
            self.keyring.evict(change.view.id, change.keys.generation());
        }
    }

    /// Gives changes the newest views, each customer's loaded once; fails those whose customer is not there.
    async fn reload_all(&self, changes: Vec<Waiting>) -> Vec<Waiting> {
        let mut loaded: HashMap<CustomerId, View> = HashMap::new();
        let mut again = Vec::with_capacity(changes.len());
        for mut one in changes {
            if let Some(view) = loaded.get(&one.view.id).filter(|_| !one.is_new) {
                one.view = view.clone();
                one.tries += 1;
                again.push(one);
            } else if let Some(one) = self.reload(one).await {
                loaded.insert(one.view.id, one.view.clone());
                again.push(one);
            }
        }
        again
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
        if is_duplicate(&cause) || wants_retry(&cause) {
            // Rolled back for certain. One change's duplicate must not fail its neighbours: each goes again, alone.
            if alone && is_duplicate(&cause) {
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
        let refused = was_refused(&cause);
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

    /// An id for a commit, in the order of time.
    fn commit_id(&self) -> Uuid {
        // Without random bits it would only be found twice, and the commit refused.
        make_uuid_v7(self.entropy.as_ref(), self.clock.now()).unwrap_or_default()
    }
}
