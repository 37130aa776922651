//! Stops while others read: how long the customer's call takes, and whether a read is answered after it.
//!
//! Every stopped grant is read all the time by a few of the readers. Two things must never be seen: a read that began after the stop had
//! returned and was answered, and an answered read whose entry stands behind the stop's in the customer's ledger.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use coffret_proto::v1::RevokeGrantRequest;
use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use hdrhistogram::Histogram;
use tokio::time::Instant;
use tonic::transport::Channel;
use tonic::{Code, Request};

use super::load::times;
use super::read::request;
use super::report::{Report, at_most};
use super::scene::Scene;
use super::write::{Signed, signed};
use super::{Database, Failure, Plan};
use crate::names;

/// Grants that are stopped in one round.
const STOPS: usize = 100;
/// Between one stop and the next.
const PAUSE: Duration = Duration::from_millis(10);
/// What no entry's position reaches.
const NEVER: i64 = i64::MAX;

/// One grant that is read until it is stopped, and a little longer.
struct Victim {
    /// As the brand names it.
    read_as: String,
    /// As the customer names it.
    stopped_as: String,
    /// Set when the stop has returned.
    stopped: AtomicBool,
    /// Where the stop's entry stands.
    sequence: AtomicI64,
    /// The last answered read's entry.
    last_read: AtomicI64,
}

/// What the readers and the one who stops share.
#[derive(Default)]
struct Stage {
    victims: Arc<[Victim]>,
    /// Which victim is stopped next, or was last.
    at: AtomicUsize,
    /// Set when everybody goes home.
    over: AtomicBool,
    /// Reads that were answered.
    answered: AtomicU64,
    /// Reads that were refused because of a stop.
    refused: AtomicU64,
    /// Reads that began after the stop had returned and were answered.
    late: AtomicU64,
    /// Other failures.
    failed: AtomicU64,
}

impl Stage {
    /// Reads that were answered after their stop: begun after it, or with an entry behind its entry.
    fn late(&self) -> u64 {
        let behind = |victim: &&Victim| victim.last_read.load(Ordering::Acquire) > victim.sequence.load(Ordering::Acquire);
        self.late.load(Ordering::Acquire) + self.victims.iter().filter(behind).count() as u64
    }
}

pub(super) async fn run(plan: &Plan) -> Result<(), Failure> {
    let (folder, mut report) = plan.begin("stop")?;
    let mut late = 0;
    for database in plan.databases() {
        late += measure(plan, database, folder.path(), &mut report).await?;
    }
    report.end(plan.json.as_deref())?;
    if late > 0 { Err(Failure::new(format!("{late} reads were answered after a stop had returned"))) } else { Ok(()) }
}

/// Takes so many of the seeded customers as victims, from this place on.
fn victims(scene: &Scene, from: usize, count: usize) -> Arc<[Victim]> {
    let some = scene.seeded.grants.iter().skip(from).take(count);
    some.map(|(customer, grant)| Victim {
        read_as: names::brand_grant_name(scene.seeded.brand, *grant),
        stopped_as: names::customer_grant_name(*customer, *grant),
        stopped: AtomicBool::new(false),
        sequence: AtomicI64::new(NEVER),
        last_read: AtomicI64::new(0),
    })
    .collect()
}

async fn measure(plan: &Plan, database: Database, within: &Path, report: &mut Report) -> Result<u64, Failure> {
    let name = database.name();
    let stops = STOPS * usize::from(plan.rounds);
    if plan.customers < stops * plan.callers.len() {
        return Err(Failure::new(format!("{} stops need as many --customers", stops * plan.callers.len())));
    }
    report.progress(&format!("{name}: making {} customers, each with a record and a grant", plan.customers));
    let scene = Scene::set(database, plan, within, stops * plan.callers.len()).await?;
    let (server, _) = scene.serve().await?;
    let readers = server.connect(&scene.certificates, true).await?;
    let customers = server.connect(&scene.certificates, false).await?;
    let tokens = signed(&scene)?;
    let mut sum = 0;
    for (turn, callers) in plan.callers.iter().copied().enumerate() {
        let stage = Arc::new(Stage { victims: victims(&scene, turn * stops, stops), ..Stage::default() });
        let reading: Vec<_> = (0..callers)
            .map(|number| {
                let client = AccessServiceClient::new(readers[usize::from(number) % readers.len()].clone());
                tokio::spawn(keep_reading(client, Arc::clone(&stage), usize::from(number)))
            })
            .collect();
        let times = stop_all(&customers[0], &tokens[turn * stops..(turn + 1) * stops], &stage).await;
        stage.over.store(true, Ordering::Release);
        for one in reading {
            one.await.map_err(|_| Failure::new("a reader ended"))?;
        }
        let times = times?;
        let late = stage.late();
        sum += late;
        let count = |of: &AtomicU64| [of.load(Ordering::Acquire) as f64];
        report.progress(&format!("{name}, {callers} readers: {} stops, {late} reads answered after them", times.len()));
        report.figure(name, &format!("stops while {callers} read"), "", &[times.len() as f64], None);
        report.figure(name, &format!("stop p50 while {callers} read"), "ms", &[times.value_at_quantile(0.5) as f64 / 1e3], None);
        report.figure(name, &format!("stop p99 while {callers} read"), "ms", &[times.value_at_quantile(0.99) as f64 / 1e3], at_most(50.0));
        report.figure(name, &format!("reads answered meanwhile, {callers} reading"), "", &count(&stage.answered), None);
        report.figure(name, &format!("reads refused after a stop, {callers} reading"), "", &count(&stage.refused), None);
        report.figure(name, &format!("reads answered after a stop, {callers} reading"), "", &[late as f64], at_most(0.0));
        report.figure(name, &format!("reads that failed otherwise, {callers} reading"), "", &count(&stage.failed), at_most(0.0));
    }
    drop(server);
    scene.strike().await?;
    Ok(sum)
}

/// Stops every victim, one after the other, by its customer's own call.
async fn stop_all(channel: &Channel, tokens: &[Signed], stage: &Stage) -> Result<Histogram<u64>, Failure> {
    let mut client = ConsentServiceClient::new(channel.clone());
    let mut taken = times();
    for (place, (victim, (_, token))) in stage.victims.iter().zip(tokens).enumerate() {
        stage.at.store(place, Ordering::Release);
        // The readers find this grant, and are in the middle of reading it when the stop comes.
        tokio::time::sleep(PAUSE).await;
        let mut request = Request::new(RevokeGrantRequest { name: victim.stopped_as.clone(), ..RevokeGrantRequest::default() });
        request.metadata_mut().insert("authorization", token.clone());
        let begun = Instant::now();
        let answer = client.revoke_grant(request).await?.into_inner();
        victim.stopped.store(true, Ordering::Release);
        taken.saturating_record(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
        let entry = answer.receipt.and_then(|receipt| receipt.entry.rsplit_once('/')?.1.parse().ok());
        victim.sequence.store(entry.ok_or_else(|| Failure::new("a stop's receipt names no entry"))?, Ordering::Release);
    }
    tokio::time::sleep(PAUSE).await;
    Ok(taken)
}

/// Reads the grant that is stopped next, and the one that was stopped last, in turn.
async fn keep_reading(mut client: AccessServiceClient<Channel>, stage: Arc<Stage>, mut turn: usize) {
    while !stage.over.load(Ordering::Acquire) {
        turn += 1;
        let place = stage.at.load(Ordering::Acquire).saturating_sub(usize::from(turn.is_multiple_of(4)));
        let Some(victim) = stage.victims.get(place) else { return };
        let stopped_before = victim.stopped.load(Ordering::Acquire);
        match client.read_records(request(&victim.read_as)).await {
            Ok(answer) => {
                stage.answered.fetch_add(1, Ordering::AcqRel);
                victim.last_read.fetch_max(answer.into_inner().sequence, Ordering::AcqRel);
                if stopped_before {
                    stage.late.fetch_add(1, Ordering::AcqRel);
                }
            }
            Err(status) if status.code() == Code::FailedPrecondition => {
                stage.refused.fetch_add(1, Ordering::AcqRel);
            }
            Err(status) => {
                tracing::warn!(%status, "a read failed");
                stage.failed.fetch_add(1, Ordering::AcqRel);
            }
        }
    }
}
