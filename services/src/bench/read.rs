//! The main job: a consent-checked, decrypted, durably logged read of 1 KiB over mutual TLS, beside a bare tonic call with the same bytes.

use std::path::Path;
use std::sync::Arc;

use coffret_proto::v1::access_service_client::AccessServiceClient;
use coffret_proto::v1::{ReadRecordsRequest, ReadRecordsResponse};
use prost::Message;
use tonic::Status;
use tonic::transport::Channel;

use super::load::{Dice, Job, Watched, Window, drive};
use super::machine::memory;
use super::report::{Report, at_least, at_most};
use super::scene::Scene;
use super::server::Server;
use super::{Database, Failure, Plan};
use crate::names;

/// Why the benchmark reads; the customer would see it.
const REASON: &str = "To answer what the customer wrote.";

/// Reads of random grants.
pub(super) struct Reader {
    client: AccessServiceClient<Channel>,
    grants: Arc<Vec<String>>,
    dice: Dice,
    /// Bytes of the only record's value.
    expected: usize,
}

impl Reader {
    pub(super) fn crew(channels: &[Channel], grants: &Arc<Vec<String>>, callers: u16) -> Vec<Self> {
        let one = |number: u16| Self {
            client: AccessServiceClient::new(channels[usize::from(number) % channels.len()].clone()),
            grants: Arc::clone(grants),
            dice: Dice::new(u64::from(number) + 1),
            expected: super::seed::value().to_string().len(),
        };
        (0..callers).map(one).collect()
    }
}

/// The call for one grant.
pub(super) fn request(grant: &str) -> ReadRecordsRequest {
    ReadRecordsRequest { grant: grant.to_owned(), reason: REASON.to_owned(), ..ReadRecordsRequest::default() }
}

impl Job for Reader {
    async fn call(&mut self) -> Result<(), Status> {
        let grant = &self.grants[self.dice.below(self.grants.len())];
        let answer = self.client.read_records(request(grant)).await?.into_inner();
        match answer.records.as_slice() {
            [record] if record.value_json.len() == self.expected => Ok(()),
            _ => Err(Status::data_loss("the answer is not the record that was stored")),
        }
    }
}

/// Names of all grants of a scene.
fn grant_names(scene: &Scene) -> Arc<Vec<String>> {
    Arc::new(scene.seeded.grants.iter().map(|(_, grant)| names::brand_grant_name(scene.seeded.brand, *grant)).collect())
}

/// What the real server answers to one read, with the time that it took.
pub(super) async fn first_answer(channels: &[Channel], grants: &[String]) -> Result<ReadRecordsResponse, Failure> {
    let grant = grants.first().ok_or_else(|| Failure::new("a read needs at least one customer"))?;
    Ok(AccessServiceClient::new(channels[0].clone()).read_records(request(grant)).await?.into_inner())
}

pub(super) async fn run(plan: &Plan) -> Result<(), Failure> {
    let (folder, mut report) = plan.begin("read")?;
    for database in plan.databases() {
        measure(plan, database, folder.path(), &mut report).await?;
    }
    report.end(plan.json.as_deref())
}

/// One round of both servers.
struct Round {
    echo: Window,
    read: Window,
}

async fn measure(plan: &Plan, database: Database, within: &Path, report: &mut Report) -> Result<(), Failure> {
    let name = database.name();
    report.progress(&format!("{name}: making {} customers, each with a record and a grant", plan.customers));
    let scene = Scene::set(database, plan, within, 0).await?;
    report.figure(name, "accounts made a second (in process)", "/s", &[scene.seeding_rate], None);
    let (server, started) = scene.serve().await?;
    let grants = grant_names(&scene);
    let channels = server.connect(&scene.certificates, true).await?;
    let answer = first_answer(&channels, &grants).await?;
    report.figure(name, "start until it listens", "ms", &[started.as_secs_f64() * 1e3], at_most(database.choose(1000.0, 2000.0)));
    report.figure(name, "answer, encoded", "bytes", &[answer.encoded_len() as f64], None);
    if let Some((idle, _)) = memory(server.process()) {
        report.figure(name, "memory after one read", "MB", &[idle], at_most(60.0));
    }
    let echo = scene.echo(&answer.encode_to_vec()).await?;
    let echo_channels = echo.connect(&scene.certificates, true).await?;
    for callers in plan.callers.iter().copied() {
        let mut rounds = Vec::new();
        for round in 1..=plan.rounds {
            let bare = go(plan, &echo, &echo_channels, &grants, callers, database).await?;
            let read = go(plan, &server, &channels, &grants, callers, database).await?;
            report.progress(&format!(
                "{name}, {callers} callers, round {round}: bare {:.0}/s, read {:.0}/s, p50 {:.2} ms, p99 {:.2} ms",
                bare.rate(),
                read.rate(),
                read.quantile(0.5),
                read.quantile(0.99)
            ));
            rounds.push(Round { echo: bare, read });
        }
        tell(report, database, callers, &rounds);
    }
    if let Some((_, most)) = memory(server.process()) {
        report.figure(name, "memory, the most under load", "MB", &[most], at_most(150.0));
    }
    drop((server, echo));
    scene.strike().await
}

async fn go(
    plan: &Plan,
    server: &Server,
    channels: &[Channel],
    grants: &Arc<Vec<String>>,
    callers: u16,
    database: Database,
) -> Result<Window, Failure> {
    let watched = Watched { server: server.process(), postgres: database == Database::Postgres };
    let window = drive(Reader::crew(channels, grants, callers), plan.warm(), plan.window(), watched).await;
    refuse_failures(&window)?;
    Ok(window)
}

/// A benchmark of failing calls would be a fast one.
pub(super) fn refuse_failures(window: &Window) -> Result<(), Failure> {
    match &window.first_failure {
        Some(status) => {
            Err(Failure::new(format!("{} of {} calls failed; the first: {status}", window.failures, window.calls + window.failures)))
        }
        None => Ok(()),
    }
}

fn tell(report: &mut Report, database: Database, callers: u16, rounds: &[Round]) {
    let name = database.name();
    let of = |figure: fn(&Round) -> f64| -> Vec<f64> { rounds.iter().map(figure).collect() };
    let some = |figure: fn(&Round) -> Option<f64>| -> Vec<f64> { rounds.iter().filter_map(figure).collect() };
    let many = (32..=64).contains(&callers);
    let (share, p50, p99) = match callers {
        1 => (None, at_most(database.choose(0.6, 1.0)), at_most(database.choose(3.0, 5.0))),
        _ if many => (at_least(database.choose(0.5, 0.2)), None, at_most(database.choose(20.0, 40.0))),
        _ => (None, None, None),
    };
    let at = format!("at {callers}");
    report.figure(name, &format!("bare tonic calls {at}"), "/s", &of(|round| round.echo.rate()), None);
    report.figure(name, &format!("reads {at}"), "/s", &of(|round| round.read.rate()), None);
    report.figure(name, &format!("reads {at}, share of bare"), "", &of(|round| round.read.rate() / round.echo.rate()), share);
    report.figure(name, &format!("bare p50 {at}"), "ms", &of(|round| round.echo.quantile(0.5)), None);
    report.figure(name, &format!("bare p99 {at}"), "ms", &of(|round| round.echo.quantile(0.99)), None);
    report.figure(name, &format!("read p50 {at}"), "ms", &of(|round| round.read.quantile(0.5)), p50);
    report.figure(name, &format!("read p99 {at}"), "ms", &of(|round| round.read.quantile(0.99)), p99);
    report.figure(name, &format!("bare: server CPU a call {at}"), "us", &some(|round| round.echo.per_call(round.echo.server)), None);
    report.figure(name, &format!("read: server CPU a call {at}"), "us", &some(|round| round.read.per_call(round.read.server)), None);
    report.figure(name, &format!("read: PostgreSQL CPU a call {at}"), "us", &some(|round| round.read.per_call(round.read.postgres)), None);
    report.figure(name, &format!("read: caller CPU a call {at}"), "us", &some(|round| round.read.per_call(round.read.client)), None);
}
