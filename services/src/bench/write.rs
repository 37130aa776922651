//! Durable, encrypted writes: each call stores a new record of 1 KiB for one of the customers.

use std::path::Path;
use std::sync::Arc;

use coffret_proto::v1::record_service_client::RecordServiceClient;
use coffret_proto::v1::{PutRecordRequest, Record};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::load::{Dice, Job, Watched, Window, drive};
use super::read::refuse_failures;
use super::report::{Report, at_least, at_most};
use super::scene::Scene;
use super::seed::{ATTRIBUTE, value};
use super::{Database, Failure, Plan};
use crate::names;

/// Customers who write; each has a token of their own.
const WRITERS: usize = 512;

/// A customer's name and what their calls carry.
pub(super) type Signed = (String, MetadataValue<Ascii>);

/// The customers of a scene that have a token.
pub(super) fn signed(scene: &Scene) -> Result<Arc<Vec<Signed>>, Failure> {
    let one = |(customer, secret): &(_, String)| -> Result<Signed, Failure> {
        let mut value: MetadataValue<Ascii> = format!("Bearer {secret}").parse()?;
        value.set_sensitive(true);
        Ok((names::customer_name(*customer), value))
    };
    Ok(Arc::new(scene.seeded.tokens.iter().map(one).collect::<Result<_, _>>()?))
}

struct Writer {
    client: RecordServiceClient<Channel>,
    customers: Arc<Vec<Signed>>,
    value: String,
    dice: Dice,
}

impl Job for Writer {
    async fn call(&mut self) -> Result<(), Status> {
        let (customer, token) = &self.customers[self.dice.below(self.customers.len())];
        let record = Record { attribute: ATTRIBUTE.to_owned(), value_json: self.value.clone(), ..Record::default() };
        let put = PutRecordRequest { customer: customer.clone(), record: Some(record), ..PutRecordRequest::default() };
        let mut request = Request::new(put);
        request.metadata_mut().insert("authorization", token.clone());
        let stored = self.client.put_record(request).await?.into_inner().record;
        if stored.is_some_and(|record| record.version == 1) { Ok(()) } else { Err(Status::data_loss("no new record was stored")) }
    }
}

pub(super) async fn run(plan: &Plan) -> Result<(), Failure> {
    let (folder, mut report) = plan.begin("write")?;
    for database in plan.databases() {
        measure(plan, database, folder.path(), &mut report).await?;
    }
    report.end(plan.json.as_deref())
}

async fn measure(plan: &Plan, database: Database, within: &Path, report: &mut Report) -> Result<(), Failure> {
    let name = database.name();
    report.progress(&format!("{name}: making {} customers, each with a record and a grant", plan.customers));
    let scene = Scene::set(database, plan, within, WRITERS).await?;
    let (server, _) = scene.serve().await?;
    let channels = server.connect(&scene.certificates, false).await?;
    let customers = signed(&scene)?;
    let watched = Watched { server: server.process(), postgres: database == Database::Postgres };
    for callers in plan.callers.iter().copied() {
        let mut rounds = Vec::new();
        for round in 1..=plan.rounds {
            let crew = (0..callers).map(|number| Writer {
                client: RecordServiceClient::new(channels[usize::from(number) % channels.len()].clone()),
                customers: Arc::clone(&customers),
                value: value().to_string(),
                dice: Dice::new(u64::from(round) << 16 | u64::from(number)),
            });
            let window = drive(crew.collect(), plan.warm(), plan.window(), watched).await;
            refuse_failures(&window)?;
            report.progress(&format!(
                "{name}, {callers} callers, round {round}: {:.0} writes/s, p50 {:.2} ms",
                window.rate(),
                window.quantile(0.5)
            ));
            rounds.push(window);
        }
        tell(report, database, callers, &rounds);
    }
    drop(server);
    scene.strike().await
}

fn tell(report: &mut Report, database: Database, callers: u16, rounds: &[Window]) {
    let name = database.name();
    let of = |figure: fn(&Window) -> f64| -> Vec<f64> { rounds.iter().map(figure).collect() };
    let some = |figure: fn(&Window) -> Option<f64>| -> Vec<f64> { rounds.iter().filter_map(figure).collect() };
    let rate = if (32..=64).contains(&callers) { at_least(database.choose(3000.0, 1500.0)) } else { None };
    let p50 = if callers == 1 && database == Database::Sqlite { at_most(1.0) } else { None };
    report.figure(name, &format!("writes at {callers}"), "/s", &of(Window::rate), rate);
    report.figure(name, &format!("write p50 at {callers}"), "ms", &of(|window| window.quantile(0.5)), p50);
    report.figure(name, &format!("write p99 at {callers}"), "ms", &of(|window| window.quantile(0.99)), None);
    report.figure(name, &format!("write: server CPU a call at {callers}"), "us", &some(|window| window.per_call(window.server)), None);
    report.figure(
        name,
        &format!("write: PostgreSQL CPU a call at {callers}"),
        "us",
        &some(|window| window.per_call(window.postgres)),
        None,
    );
}
