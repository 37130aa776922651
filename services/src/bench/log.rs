//! The transparency log: how fast entries that are stored already get their places, are signed and published, and what that takes; then
//! how long a new entry waits for its published checkpoint while others read; then the export of all of it, and its check.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use coffret_proto::v1;
use coffret_proto::v1::ledger_service_client::LedgerServiceClient;
use coffret_proto::v1::record_service_client::RecordServiceClient;
use serde::Deserialize;
use tokio::time::Instant;
use tonic::Request;
use tonic::transport::Channel;

use super::load::{Watched, drive};
use super::machine::memory;
use super::read::{Reader, refuse_failures};
use super::report::{Report, at_least, at_most};
use super::scene::Scene;
use super::seed::{ATTRIBUTE, value};
use super::write::{Signed, signed};
use super::{Database, Failure, Plan};
use crate::names;

/// Customers who write and wait.
const WAITING: usize = 8;

/// What the process that kept the log found.
#[derive(Debug, Deserialize)]
struct Kept {
    leaves: u64,
    sequencing_seconds: f64,
    longest_ms: f64,
    signing_seconds: f64,
    publishing_seconds: f64,
    database_bytes: i64,
    published_bytes: u64,
    most_megabytes: f64,
}

pub(super) async fn run(plan: &Plan) -> Result<(), Failure> {
    let (folder, mut report) = plan.begin("log")?;
    for database in plan.databases() {
        measure(plan, database, folder.path(), &mut report).await?;
    }
    report.end(plan.json.as_deref())
}

async fn measure(plan: &Plan, database: Database, within: &Path, report: &mut Report) -> Result<(), Failure> {
    let name = database.name();
    report.progress(&format!("{name}: making {} customers, whose entries wait", plan.customers));
    let scene = Scene::set(database, plan, within, WAITING).await?;
    let kept = keep(&scene).await?;
    let leaves = kept.leaves as f64;
    report.progress(&format!("{name}: {} entries sequenced in {:.1} s", kept.leaves, kept.sequencing_seconds));
    report.figure(name, "entries stored before", "", &[leaves], None);
    let target = at_least(database.choose(20_000.0, 10_000.0));
    report.figure(name, "sequenced", "/s", &[leaves / kept.sequencing_seconds], target);
    report.figure(name, "the longest transaction of them", "ms", &[kept.longest_ms], None);
    report.figure(name, "verified and signed in one checkpoint", "/s", &[leaves / kept.signing_seconds], None);
    report.figure(name, "published", "/s", &[leaves / kept.publishing_seconds], None);
    report.figure(name, "database, more for an entry", "bytes", &[kept.database_bytes as f64 / leaves], None);
    report.figure(name, "published, for an entry", "bytes", &[kept.published_bytes as f64 / leaves], None);
    report.figure(name, "memory, the most", "MB", &[kept.most_megabytes], None);
    under_load(plan, database, &scene, report).await?;
    let config = scene.configure(super::server::free_address()?)?;
    super::audit::measure(database, &config, within, report).await?;
    scene.strike().await
}

/// Has a process of its own keep the log until nothing waits.
async fn keep(scene: &Scene) -> Result<Kept, Failure> {
    let config = scene.configure(super::server::free_address()?)?;
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(["bench", "keep", "--config"]).arg(config).stderr(std::process::Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    if !output.status.success() {
        return Err(Failure::new(format!("the process that keeps the log ended with {}", output.status)));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

async fn under_load(plan: &Plan, database: Database, scene: &Scene, report: &mut Report) -> Result<(), Failure> {
    let name = database.name();
    let (server, _) = scene.serve().await?;
    let (brands, people) = (server.connect(&scene.certificates, true).await?, server.connect(&scene.certificates, false).await?);
    let customers = signed(scene)?;
    // Those who write get further records, and a reader expects the one that was seeded.
    let writes = |customer| scene.seeded.tokens.iter().any(|(writer, _)| *writer == customer);
    let grants = scene.seeded.grants.iter().filter(|(customer, _)| !writes(*customer));
    let grants = Arc::new(grants.map(|(_, grant)| names::brand_grant_name(scene.seeded.brand, *grant)).collect::<Vec<_>>());
    let watched = Watched { server: server.process(), postgres: database == Database::Postgres };
    for callers in plan.callers.iter().copied() {
        let (mut rates, mut middle, mut most) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=plan.rounds {
            let load = drive(Reader::crew(&brands, &grants, callers), plan.warm(), plan.window(), watched);
            let lags = lags(&people[0], &customers, plan.warm() + plan.window());
            let (window, lags) = tokio::join!(load, lags);
            refuse_failures(&window)?;
            let mut lags = lags?;
            lags.sort_unstable();
            let milliseconds = |lag: Option<&Duration>| lag.map_or(f64::NAN, |lag| lag.as_secs_f64() * 1e3);
            rates.push(window.rate());
            middle.push(milliseconds(lags.get(lags.len() / 2)));
            most.push(milliseconds(lags.last()));
            report.progress(&format!(
                "{name}, {callers} readers, round {round}: {:.0} reads/s, {} entries waited for, p50 {:.0} ms",
                window.rate(),
                lags.len(),
                middle[middle.len() - 1]
            ));
        }
        report.figure(name, &format!("reads at {callers}, log kept"), "/s", &rates, None);
        report.figure(name, &format!("written until published, p50 at {callers}"), "ms", &middle, at_most(2000.0));
        report.figure(name, &format!("written until published, the longest at {callers}"), "ms", &most, None);
    }
    if let Some((_, most)) = memory(server.process()) {
        report.figure(name, "memory of the server, the most", "MB", &[most], at_most(150.0));
    }
    Ok(())
}

/// For so long: writes, and waits until that is under a published checkpoint.
async fn lags(channel: &Channel, customers: &[Signed], lasting: Duration) -> Result<Vec<Duration>, Failure> {
    let (mut records, mut ledger) = (RecordServiceClient::new(channel.clone()), LedgerServiceClient::new(channel.clone()));
    let begun = Instant::now();
    let mut lags = Vec::new();
    for (customer, token) in customers.iter().cycle() {
        if begun.elapsed() >= lasting {
            break;
        }
        let record = v1::Record { attribute: ATTRIBUTE.to_owned(), value_json: value().to_string(), ..v1::Record::default() };
        let put = v1::PutRecordRequest { customer: customer.clone(), record: Some(record), ..v1::PutRecordRequest::default() };
        records.put_record(carrying(put, token)).await?;
        let written = Instant::now();
        let list = v1::ListEntriesRequest { parent: customer.clone(), page_size: 1, ..v1::ListEntriesRequest::default() };
        let newest = ledger.list_entries(carrying(list, token)).await?.into_inner().entries;
        let newest = newest.into_iter().next().ok_or_else(|| Failure::new("a write left no entry"))?;
        ledger.await_included(carrying(v1::AwaitIncludedRequest { name: newest.name }, token)).await?;
        lags.push(written.elapsed());
    }
    Ok(lags)
}

fn carrying<T>(message: T, token: &tonic::metadata::MetadataValue<tonic::metadata::Ascii>) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", token.clone());
    request
}
