//! What is decided together, and its commit.

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::Arc;

use sea_orm::DbErr;
use uuid::Uuid;

use super::Waiting;
use crate::id::CustomerId;
use crate::keys::CustomerKeys;
use crate::ledger::Row;
use crate::store::Store;
use crate::store::draft::{Change, Draft, Write};
use crate::store::view::View;

/// Entries after which the customer's row is written again. Until then reads move the ledger alone, and whoever loads the customer counts
/// from its entries: one row for a read instead of two, and a bounded number of entries to open.
pub(crate) const SAVED_EVERY: i64 = 16;

/// The change of one customer in one commit.
pub(crate) struct Written {
    pub(crate) is_new: bool,
    pub(crate) moved: bool,
    /// Whether the customer's row is written, too: see [`SAVED_EVERY`].
    pub(crate) saves: bool,
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) view: View,
    pub(crate) keys: Arc<CustomerKeys>,
    pub(crate) rows: Vec<Row>,
    pub(crate) writes: Vec<Write>,
    pub(crate) outbox: Vec<Change>,
}

/// Changes decided for one commit.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) written: Vec<Written>,
    /// Where each customer's change stands.
    pub(super) place: HashMap<CustomerId, usize>,
    /// Who is answered once their customer's change is durable.
    pub(super) decided: Vec<(usize, Waiting)>,
}

impl Batch {
    /// Adds what one decision leaves of its draft; tells where the customer's change stands.
    pub(super) fn add(&mut self, draft: Draft<'_>, is_new: bool) -> usize {
        let Draft { mut view, rows, writes, outbox, moved, profile, keys, .. } = draft;
        let slot = self.place.get(&view.id).copied();
        let due = !rows.is_empty() && view.seq - view.saved >= SAVED_EVERY && view.broken.is_none();
        let saves = moved || is_new || due || slot.is_some_and(|slot| self.written[slot].saves);
        // What was read is in doubt where an entry is broken: what the row tells of stays as it is, for the entry to be put right.
        if saves && view.broken.is_none() {
            view.saved = view.seq;
        }
        let Some(slot) = slot else {
            self.place.insert(view.id, self.written.len());
            self.written.push(Written { is_new, moved, saves, profile, view, keys, rows, writes, outbox });
            return self.written.len() - 1;
        };
        let change = &mut self.written[slot];
        change.view = view;
        change.rows.extend(rows);
        change.writes.extend(writes);
        change.outbox.extend(outbox);
        change.moved |= moved;
        change.saves = saves;
        change.profile = profile.or(change.profile.take());
        slot
    }

    /// Takes out what rests on changes that were not written: it is decided again.
    pub(super) fn take_out(&mut self, lost: &HashSet<CustomerId>) -> Vec<Waiting> {
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
pub(super) struct Commit {
    pub(super) written: Arc<Vec<Written>>,
    pub(super) place: HashMap<CustomerId, usize>,
    pub(super) decided: Vec<(usize, Waiting)>,
    outcome: Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

/// Which customers were written, or why none was.
pub(super) type Outcome = std::result::Result<Vec<bool>, DbErr>;

impl Commit {
    pub(super) fn begin(store: &Arc<Store>, id: Uuid, batch: Batch) -> Self {
        let Batch { written, place, decided } = batch;
        let written = Arc::new(written);
        let (store, writing) = (Arc::clone(store), Arc::clone(&written));
        let outcome = Box::pin(async move { store.in_time(store.write(id, &writing)).await });
        Self { written, place, decided, outcome }
    }

    /// Customers whose changes were not written.
    pub(super) fn lost(&self, outcome: &Outcome) -> HashSet<CustomerId> {
        let written = |slot: usize| outcome.as_ref().is_ok_and(|applied| applied[slot]);
        self.place.iter().filter(|(_, slot)| !written(**slot)).map(|(id, _)| *id).collect()
    }

    /// Waits for the end of the commit under way; for ever, when there is none. May be given up and called again.
    pub(super) async fn end(under_way: &mut Option<Self>) -> (Self, Outcome) {
        let outcome = match under_way {
            Some(commit) => commit.outcome.as_mut().await,
            None => std::future::pending().await,
        };
        (under_way.take().expect("it was under way"), outcome)
    }
}
