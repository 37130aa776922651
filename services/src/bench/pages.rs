//! The portal's pages for a customer with a long history: many grants, many reads, each page asked for again and again over a connection
//! that stays open. What is measured is the whole of it: look-ups through the services, decryption, and the page made from them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::COOKIE;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::Status;

use super::load::{Job, Watched, Window, drive};
use super::read::refuse_failures;
use super::report::{Report, at_most};
use super::scene::Scene;
use super::seed::{Busy, Wish};
use super::{Database, Failure, Plan};

/// What the customer has given, and how often it was read.
const BUSY: Busy = Busy { grants: 50, reads: 10_000 };
/// What a page may take at one caller, in milliseconds.
const MOST_MS: f64 = 50.0;

/// A connection of a browser's, with the customer's cookie.
struct Browser {
    sender: http1::SendRequest<Empty<Bytes>>,
    cookie: String,
    path: Arc<str>,
}

impl Browser {
    async fn open(portal: SocketAddr, token: &str, path: &Arc<str>) -> Result<Self, Failure> {
        let stream = TcpStream::connect(portal).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what breaks it, the next page tells.
        tokio::spawn(connection);
        Ok(Self { sender, cookie: format!("__Host-coffret-my={token}"), path: Arc::clone(path) })
    }

    /// The page's text.
    async fn page(&mut self) -> Result<Bytes, Status> {
        let asked = Request::get(&*self.path).header("host", "localhost").header(COOKIE, &self.cookie).body(Empty::new());
        let asked = asked.map_err(|cause| Status::internal(cause.to_string()))?;
        self.sender.ready().await.map_err(|cause| Status::unavailable(cause.to_string()))?;
        let answer = self.sender.send_request(asked).await.map_err(|cause| Status::unavailable(cause.to_string()))?;
        let status = answer.status();
        let text = answer.into_body().collect().await.map_err(|cause| Status::unavailable(cause.to_string()))?.to_bytes();
        if status == StatusCode::OK { Ok(text) } else { Err(Status::unknown(format!("{} was answered with {status}", self.path))) }
    }
}

impl Job for Browser {
    async fn call(&mut self) -> Result<(), Status> {
        self.page().await.map(|_| ())
    }
}

pub(super) async fn run(plan: &Plan) -> Result<(), Failure> {
    let (folder, mut report) = plan.begin("pages")?;
    for database in plan.databases() {
        measure(plan, database, folder.path(), &mut report).await?;
    }
    report.end(plan.json.as_deref())
}

async fn measure(plan: &Plan, database: Database, within: &Path, report: &mut Report) -> Result<(), Failure> {
    let name = database.name();
    report.progress(&format!(
        "{name}: making a customer with {} grants and {} reads, among {} others",
        BUSY.grants, BUSY.reads, plan.customers
    ));
    let wish = Wish { busy: Some(BUSY), ..Wish::of(plan, 0) };
    let scene = Scene::make(database, plan, within, wish).await?;
    let (_, token) = scene.seeded.busy.clone().ok_or_else(|| Failure::new("the customer was not made"))?;
    let (server, portal) = scene.serve_portal().await?;
    let watched = Watched { server: server.process(), postgres: database == Database::Postgres };
    for (what, path) in pages(portal, &token).await? {
        let size = Browser::open(portal, &token, &path).await?.page().await?.len();
        report.figure(name, &format!("{what}: size"), "bytes", &[size as f64], None);
        for callers in plan.callers.iter().copied() {
            let mut rounds = Vec::new();
            for _ in 0..plan.rounds {
                let mut crew = Vec::with_capacity(callers.into());
                for _ in 0..callers {
                    crew.push(Browser::open(portal, &token, &path).await?);
                }
                let window = drive(crew, plan.warm(), plan.window(), watched).await;
                refuse_failures(&window)?;
                rounds.push(window);
            }
            tell(report, name, what, callers, &rounds);
        }
    }
    drop(server);
    scene.strike().await
}

/// The pages that a customer with a history looks at; some are found as the customer would, by a link.
async fn pages(portal: SocketAddr, token: &str) -> Result<Vec<(&'static str, Arc<str>)>, Failure> {
    let mut all: Vec<(&'static str, Arc<str>)> = Vec::new();
    let plain = [("home", "/"), ("every access", "/reads"), ("refused accesses", "/reads?result=refused"), ("my data", "/data")];
    let more = [("receipts", "/receipts"), ("contact", "/contact"), ("export", "/export"), ("security", "/security")];
    all.extend(plain.into_iter().chain(more).map(|(what, path)| (what, Arc::from(path))));
    all.push(("one access", link(portal, token, "/", "/access/").await?));
    let mut older: Arc<str> = Arc::from("/reads");
    for _ in 0..5 {
        older = link(portal, token, &older, "page=").await?;
        older = Arc::from(format!("/reads{older}"));
    }
    all.push(("every access, five pages on", older));
    Ok(all)
}

/// The first link of a page that has this in it.
async fn link(portal: SocketAddr, token: &str, page: &str, part: &str) -> Result<Arc<str>, Failure> {
    let text = Browser::open(portal, token, &Arc::from(page)).await?.page().await?;
    let text = String::from_utf8_lossy(&text);
    let found = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).find(|link| link.contains(part));
    // Written as HTML writes it.
    found.map(|link| link.replace("&amp;", "&").into()).ok_or_else(|| Failure::new(format!("{page} has no link to {part}")))
}

fn tell(report: &mut Report, database: &str, what: &str, callers: u16, rounds: &[Window]) {
    let of = |figure: &dyn Fn(&Window) -> f64| -> Vec<f64> { rounds.iter().map(figure).collect() };
    let target = if callers == 1 { at_most(MOST_MS) } else { None };
    let p99 = of(&|window| window.quantile(0.99));
    report.progress(&format!("{database}, {what}, {callers} callers: p99 {:.1} ms", p99.iter().copied().fold(f64::NAN, f64::max)));
    report.figure(database, &format!("{what}: p50 at {callers}"), "ms", &of(&|window| window.quantile(0.5)), None);
    report.figure(database, &format!("{what}: p99 at {callers}"), "ms", &p99, target);
}
