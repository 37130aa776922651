//! Reading for many callers at once: whatever waits is fetched with one statement of each kind.
//!
//! A statement costs far more in hand-overs and round trips than in looking up a row. So callers leave what they need, a few workers take
//! all that waits, and each row costs little more than its look-up. A caller alone waits for nobody.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::{ConnectionTrait, QueryResult, Value};
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Uuid;

use super::Store;
use super::entity::record;
use super::statement::{filled, lot, placeholders};
use super::view::View;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, GrantId};
use crate::keys::Keyring;

/// Demands that one worker takes at once.
const BATCH: usize = 64;
/// Demands that may wait.
const WAITING: usize = 16_384;

/// Where an answer goes.
type Answer<T> = oneshot::Sender<Result<T>>;

/// What a caller needs.
enum Demand {
    View(CustomerId, Answer<Option<View>>),
    Records(CustomerId, Vec<String>, Answer<Vec<record::Model>>),
    Route(BrandId, GrantId, Answer<Option<CustomerId>>),
}

/// Takes demands.
pub(crate) struct Fetcher {
    queue: mpsc::Sender<Demand>,
}

fn busy<T>(_: T) -> Error {
    Error::new(Kind::ResourceExhausted, "SERVER_BUSY", "The vault is busy. Nothing was changed; try again shortly.").retry_after(1)
}

fn stopped<T>(_: T) -> Error {
    Error::unavailable("the readers have stopped")
}

impl Fetcher {
    /// Starts the workers.
    pub(crate) fn start(store: &Arc<Store>, keyring: &Arc<Keyring>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let workers = if store.is_postgres() { 4 } else { 2 };
        for _ in 0..workers {
            let worker = Worker { store: Arc::clone(store), keyring: Arc::clone(keyring), waiting: Arc::clone(&waiting) };
            tokio::spawn(worker.run());
        }
        Self { queue }
    }

    /// A customer's view as the database has it, or nothing where there is none.
    pub(crate) async fn view(&self, id: CustomerId) -> Result<Option<View>> {
        let (answer, result) = oneshot::channel();
        self.queue.try_send(Demand::View(id, answer)).map_err(busy)?;
        result.await.map_err(stopped)?
    }

    /// The current records of these attribute types.
    pub(crate) async fn records(&self, id: CustomerId, attributes: Vec<String>) -> Result<Vec<record::Model>> {
        let (answer, result) = oneshot::channel();
        self.queue.try_send(Demand::Records(id, attributes, answer)).map_err(busy)?;
        result.await.map_err(stopped)?
    }

    /// The customer of a brand's grant.
    pub(crate) async fn route(&self, brand: BrandId, grant: GrantId) -> Result<Option<CustomerId>> {
        let (answer, result) = oneshot::channel();
        self.queue.try_send(Demand::Route(brand, grant, answer)).map_err(busy)?;
        result.await.map_err(stopped)?
    }
}

struct Worker {
    store: Arc<Store>,
    keyring: Arc<Keyring>,
    waiting: Arc<Mutex<mpsc::Receiver<Demand>>>,
}

impl Worker {
    async fn run(self) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            if self.waiting.lock().await.recv_many(&mut batch, BATCH).await == 0 {
                return;
            }
            let (mut views, mut records, mut routes) = (Vec::new(), Vec::new(), Vec::new());
            for demand in batch.drain(..) {
                match demand {
                    Demand::View(id, answer) => views.push((id, answer)),
                    Demand::Records(id, attributes, answer) => records.push((id, attributes, answer)),
                    Demand::Route(brand, grant, answer) => routes.push((brand, grant, answer)),
                }
            }
            tokio::join!(self.views(views), self.records(records), self.routes(routes));
        }
    }

    async fn views(&self, demands: Vec<(CustomerId, Answer<Option<View>>)>) {
        let mut found: HashMap<CustomerId, View> = HashMap::new();
        if demands.len() > 1 {
            let ids: BTreeSet<CustomerId> = demands.iter().map(|demand| demand.0).collect();
            let ids: Vec<CustomerId> = ids.into_iter().collect();
            // What could not be loaded together is loaded alone below, where a failure finds its words.
            let views = self.store.load_views(&self.keyring, &ids).await.unwrap_or_default();
            found.extend(views.into_iter().map(|view| (view.id, view)));
        }
        for (id, answer) in demands {
            let view = match found.get(&id) {
                Some(view) => Ok(Some(view.clone())),
                None => self.store.load_view(&self.keyring, id).await,
            };
            // A caller that went away needs no answer; here and below.
            let _ = answer.send(view);
        }
    }

    async fn records(&self, demands: Vec<(CustomerId, Vec<String>, Answer<Vec<record::Model>>)>) {
        if demands.is_empty() {
            return;
        }
        let wanted: BTreeSet<(Uuid, &str)> =
            demands.iter().flat_map(|(id, attributes, _)| attributes.iter().map(|attribute| (id.0, attribute.as_str()))).collect();
        match self.store.current_records(&wanted).await {
            Ok(rows) => {
                for (id, attributes, answer) in demands {
                    let of = rows.get(&id.0).map(Vec::as_slice).unwrap_or_default();
                    let _ = answer.send(Ok(of.iter().filter(|row| attributes.contains(&row.attribute)).cloned().collect()));
                }
            }
            Err(error) => {
                tracing::error!(?error, "records could not be fetched");
                for (.., answer) in demands {
                    let _ = answer.send(Err(Error::unavailable("records could not be fetched")));
                }
            }
        }
    }

    async fn routes(&self, demands: Vec<(BrandId, GrantId, Answer<Option<CustomerId>>)>) {
        if demands.is_empty() {
            return;
        }
        let wanted: BTreeSet<(Uuid, Uuid)> = demands.iter().map(|(brand, grant, _)| (brand.0, grant.0)).collect();
        match self.store.grant_routes(&wanted).await {
            Ok(found) => {
                for (brand, grant, answer) in demands {
                    let _ = answer.send(Ok(found.get(&(brand.0, grant.0)).copied().map(CustomerId)));
                }
            }
            Err(error) => {
                tracing::error!(?error, "grants could not be found");
                for (.., answer) in demands {
                    let _ = answer.send(Err(Error::unavailable("grants could not be found")));
                }
            }
        }
    }
}

impl Store {
    /// Current records by customer and attribute type.
    async fn current_records(&self, wanted: &BTreeSet<(Uuid, &str)>) -> Result<HashMap<Uuid, Vec<record::Model>>> {
        let mut found: HashMap<Uuid, Vec<record::Model>> = HashMap::new();
        let wanted: Vec<&(Uuid, &str)> = wanted.iter().collect();
        for some in wanted.chunks(1000) {
            // CROSS JOIN keeps SQLite to this order: each pair looks up the index.
            let sql = format!(
                "SELECT r.customer_id, r.record_id, r.version, r.attribute, r.schema, r.month, r.source, r.written_at, r.blob_size, r.envelope \
                 FROM (VALUES {}) AS v CROSS JOIN record AS r \
                 WHERE r.customer_id = v.column1 AND r.attribute = v.column2 AND r.current = TRUE",
                placeholders(self.backend(), &mut 1, lot(some.len()), 2)
            );
            let values: Vec<Value> =
                filled(some.iter()).flat_map(|one| [one.map(|one| one.0).into(), one.map(|one| one.1.to_owned()).into()]).collect();
            for row in self.reader().query_all_raw(self.statement(sql, values)).await? {
                let row = record_of(&row)?;
                found.entry(row.customer_id).or_default().push(row);
            }
        }
        Ok(found)
    }

    async fn grant_routes(&self, wanted: &BTreeSet<(Uuid, Uuid)>) -> Result<HashMap<(Uuid, Uuid), Uuid>> {
        let sql = format!(
            "SELECT g.brand_id, g.grant_id, g.customer_id FROM (VALUES {}) AS v CROSS JOIN brand_grant AS g \
             WHERE g.brand_id = v.column1 AND g.grant_id = v.column2",
            placeholders(self.backend(), &mut 1, lot(wanted.len()), 2)
        );
        let values: Vec<Value> = filled(wanted.iter()).flat_map(|one| [one.map(|one| one.0).into(), one.map(|one| one.1).into()]).collect();
        let rows = self.reader().query_all_raw(self.statement(sql, values)).await?;
        let route = |row: &QueryResult| Ok(((row.try_get_by_index(0)?, row.try_get_by_index(1)?), row.try_get_by_index(2)?));
        rows.iter().map(route).collect()
    }
}

fn record_of(row: &QueryResult) -> Result<record::Model> {
    Ok(record::Model {
        customer_id: row.try_get_by_index(0)?,
        record_id: row.try_get_by_index(1)?,
        version: row.try_get_by_index(2)?,
        attribute: row.try_get_by_index(3)?,
        current: true,
        schema: row.try_get_by_index(4)?,
        month: row.try_get_by_index(5)?,
        source: row.try_get_by_index(6)?,
        written_at: row.try_get_by_index(7)?,
        blob_size: row.try_get_by_index(8)?,
        envelope: row.try_get_by_index(9)?,
    })
}
