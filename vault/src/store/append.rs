//! The one writer of what concerns customers: takes all changes that wait, decides them on the newest views, and writes them in one
//! durable commit before anybody is answered.
//!
//! Each change puts an entry at the next position of its customer's stream, and a position is taken once. Where another server came first,
//! nothing of that customer is written; the view is loaded again and the change is decided again. So a read is answered only if no stop,
//! pause or other read slipped in between, on any server, and without locks held while deciding. A change that keeps losing holds
//! the next position while it is decided: readers elsewhere, however many, cannot keep a stop waiting.

mod batch;
mod embedded;
mod postgres;
#[cfg(test)]
mod tests;
mod views;
mod write;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use coffret_envelope::Entropy;
use tokio::sync::{mpsc, oneshot};

pub(crate) use batch::{SAVED_EVERY, Written};

use super::Store;
use super::draft::Draft;
use super::fetch::Fetcher;
use super::view::View;
use crate::clock::Clock;
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, Keyring};
use views::Views;
use writer::Writer;

/// Changes in one commit at most.
const BATCH: usize = 256;
/// Changes that may wait; more are refused so that a flood cannot fill the memory.
const WAITING: usize = 8192;
/// How often a change is decided again because another server came first, before the next position is held for it.
const TRIES: u32 = 2;
/// How often a change is tried whose commit the database takes back.
const ROLLED_BACK: u32 = 16;

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
