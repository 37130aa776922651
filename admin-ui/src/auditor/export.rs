//! U5: what the log says, as one file to be checked elsewhere. It is made while the auditor waits or does something else, and kept for an
//! hour.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use coffret_proto::v1;
use futures_util::stream;
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::packing::{Handed, Packed, Packing, Progress};
use super::{Auditor, day, outcome};
use crate::Foundation;
use crate::fault::Fault;
use crate::frame::{self, hidden};
use crate::sent::Sent;
use crate::texts::say;

/// How long a file is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// Files in the making or kept, of everybody together: each is as large as what it opens.
const MOST: usize = 8;
/// How long the server may take before it hands over: its own entry has to be signed first.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);
/// Bytes of a file that are read together.
const PIECE: usize = 64 * 1024;
/// The longest message: a piece is about 1 MiB, and one entry may have 256 KiB of details beyond it.
const LONGEST_PIECE: usize = 16 << 20;

/// How far a file is.
enum Stage {
    Running(Progress),
    Done(Arc<Kept>),
    Failed(Fault),
}

/// A file that is there until nobody holds it any more.
struct Kept(Packed);

impl Drop for Kept {
    fn drop(&mut self) {
        // Gone already is as well.
        let _ = std::fs::remove_file(&self.0.file);
    }
}

/// One export.
struct Job {
    /// The form key of the session that began it: nobody else is told that it is there.
    owner: String,
    begun: Timestamp,
    reason: String,
    origin: String,
    size: i64,
    key: String,
    state: Stage,
}

/// The exports of this process.
#[derive(Clone)]
pub(crate) struct Exports {
    packing: Arc<dyn Packing>,
    jobs: Arc<Mutex<HashMap<Uuid, Job>>>,
}

impl Exports {
    pub(crate) fn new(packing: Arc<dyn Packing>) -> Self {
        Self { packing, jobs: Arc::default() }
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<Uuid, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of what is older than an hour; one in the making is not.
    fn sweep(&self, now: Timestamp) {
        self.jobs().retain(|_, job| matches!(job.state, Stage::Running(_)) || now.duration_since(job.begun) < KEPT);
    }

    /// What somebody's own export is like; nothing for anybody else.
    fn look<T>(&self, id: &str, auditor: &Auditor, look: impl FnOnce(&Job) -> T) -> Option<T> {
        let id = Uuid::try_parse(id).ok()?;
        let owner = auditor.session.as_ref()?.form_key();
        self.jobs().get(&id).filter(|job| job.owner == owner).map(look)
    }
}

/// What can be exported.
const WHATS: [&str; 2] = ["opened", "sealed"];

pub(super) async fn show(auditor: Auditor, State(foundation): State<Foundation>) -> Response {
    let look = &auditor.look;
    if let Some(exports) = &foundation.exports {
        exports.sweep(look.now);
    }
    let owner = auditor.session.as_ref().map(crate::session::Session::form_key).unwrap_or_default();
    let own: Vec<(Uuid, Timestamp, String)> = foundation.exports.as_ref().map_or_else(Vec::new, |exports| {
        let jobs = exports.jobs();
        jobs.iter().filter(|(_, job)| job.owner == owner).map(|(id, job)| (*id, job.begun, job.reason.clone())).collect()
    });
    let content = html! {
        (outcome(&auditor))
        p.lead { (say!(look, "audit-export-lead")) }
        @if !own.is_empty() {
            h2 { (say!(look, "audit-export-yours")) }
            ul.lines {
                @for (id, begun, reason) in &own {
                    li { a href=(format!("/export/{id}")) { bdi { (reason) } } br; span.soft { (look.ago(*begun)) } }
                }
            }
        }
        @if !auditor.opens() { p.note { (say!(look, "scope-may-not-open")) } }
        @else if foundation.exports.is_none() { p.note { (say!(look, "audit-export-not-here")) } }
        @else { (form(&auditor)) }
        h2 { (say!(look, "audit-export-command-title")) }
        p { (say!(look, "audit-export-command-words")) }
        pre.example dir="ltr" tabindex="0" { "coffret export ledger --server https://… --ca ca.pem --token-file token \\\n  --to audit --reason '…' --tar" }
    };
    frame::page(&auditor, StatusCode::OK, &say!(look, "audit-export-title"), &content)
}

fn form(auditor: &Auditor) -> Markup {
    let look = &auditor.look;
    let field = |name: &str, kind: &str, label: String, hint: Option<String>| {
        html! {
            div.field {
                label for=(name) { (label) @if let Some(hint) = &hint { " " span.soft { (hint) } } }
                input id=(name) name=(name) type=(kind) maxlength="100";
            }
        }
    };
    html! {
        form method="post" {
            (hidden(auditor))
            div.field {
                label for="reason" { (say!(look, "inspect-reason")) }
                input id="reason" name="reason" required maxlength="300" autocomplete="off";
            }
            p.soft { (say!(look, "audit-export-reason-words")) }
            fieldset {
                legend { h2 { (say!(look, "audit-export-what")) } }
                @for (place, what) in WHATS.iter().enumerate() {
                    label.check { input type="radio" name="what" value=(what) checked[place == 0]; span { (look.language.say(&format!("audit-export-{what}"))) } }
                }
                label.check { input type="checkbox" name="receipts" value="yes"; span { (say!(look, "audit-export-receipts")) } }
            }
            details {
                summary { (say!(look, "audit-export-limits")) }
                p.soft { (say!(look, "audit-export-limits-words")) }
                (field("brand", "text", say!(look, "log-brand"), Some("brands/…".to_owned())))
                (field("purpose", "text", say!(look, "log-purpose"), Some(say!(look, "log-purpose-hint"))))
                (field("from", "date", say!(look, "log-from"), None))
                (field("to", "date", say!(look, "log-to"), None))
                div.field {
                    label for="customers" { (say!(look, "audit-export-customers")) " " span.soft { "customers/…" } }
                    textarea id="customers" name="customers" rows="3" spellcheck="false" {}
                }
                p.soft { (say!(look, "audit-export-customers-words")) }
            }
            p.row { button { (say!(look, "audit-export-begin")) } }
        }
    }
}

/// Begins an export. The server logs it before anything is handed over.
pub(super) async fn begin(auditor: Auditor, State(foundation): State<Foundation>, sent: Sent) -> Result<Response, Fault> {
    let exports = foundation.exports.clone().ok_or(Fault::Missing)?;
    let now = auditor.look.now;
    exports.sweep(now);
    if exports.jobs().len() >= MOST {
        return Err(Fault::Entered("entered-too-many-exports"));
    }
    let sealed = sent.get("what") == "sealed";
    let text = |name: &str| sent.get(name).to_owned();
    let brand = sent.get("brand");
    let asked = v1::StreamExportRequest {
        reason: text("reason"),
        customers: sent.get("customers").split_whitespace().map(str::to_owned).collect(),
        brand: if brand.is_empty() || brand.starts_with("brands/") { brand.to_owned() } else { format!("brands/{brand}") },
        purpose: text("purpose"),
        from_time: day(&auditor, sent.get("from"), false)?,
        to_time: day(&auditor, sent.get("to"), true)?,
        sealed,
        receipts: sent.get("receipts") == "yes",
        ..v1::StreamExportRequest::default()
    };
    let id = Uuid::try_parse(sent.get("request_id")).ok().or_else(|| auditor.fresh_id()).ok_or(Fault::Missing)?;
    if exports.jobs().contains_key(&id) {
        // Sent twice, it is done once.
        return Ok(frame::redirect(&format!("/export/{id}")));
    }
    let mut request = auditor.gateway.ask(asked);
    // A whole log takes as long as it takes; only its beginning is waited for.
    request.metadata_mut().remove("grpc-timeout");
    let mut ledger = auditor.gateway.ledger().max_decoding_message_size(LONGEST_PIECE);
    let late = || tonic::Status::deadline_exceeded("The export did not begin in time.");
    let mut rest = match tokio::time::timeout(PATIENCE, ledger.stream_export(request)).await.map_err(|_| late())? {
        Ok(handed) => handed.into_inner(),
        Err(status) if status.code() == tonic::Code::NotFound => return Err(Fault::Entered("entered-no-such-customer")),
        Err(status) => return Err(status.into()),
    };
    let first = tokio::time::timeout(PATIENCE, rest.message()).await.map_err(|_| late())??;
    let first = first.ok_or_else(|| tonic::Status::unavailable("The server sent nothing."))?;
    let checkpoint = first.head.as_ref().and_then(|head| head.checkpoint.clone()).unwrap_or_default();
    let progress = Progress::default();
    let job = Job {
        owner: auditor.session.as_ref().map(crate::session::Session::form_key).unwrap_or_default(),
        begun: now,
        reason: text("reason"),
        origin: checkpoint.origin,
        size: checkpoint.size,
        key: checkpoint.verifier_key,
        state: Stage::Running(progress.clone()),
    };
    exports.jobs().insert(id, job);
    let making = exports.packing.pack(Handed { first, rest, progress });
    tokio::spawn(async move {
        let made = making.await;
        let mut jobs = exports.jobs();
        // Where nobody wants it any more, dropping it removes the file.
        let state = match made {
            Ok(packed) => Stage::Done(Arc::new(Kept(packed))),
            Err(Some(status)) => Stage::Failed(status.into()),
            Err(None) => Stage::Failed(Fault::Entered("entered-export-broke")),
        };
        if let Some(job) = jobs.get_mut(&id) {
            job.state = state;
        }
    });
    Ok(frame::redirect(&format!("/export/{id}")))
}

/// How far it is; what it is, once it is whole.
pub(super) async fn watch(auditor: Auditor, State(foundation): State<Foundation>, Path(id): Path<String>) -> Result<Response, Fault> {
    let look = &auditor.look;
    let exports = foundation.exports.as_ref().ok_or(Fault::Missing)?;
    exports.sweep(look.now);
    let content = exports
        .look(&id, &auditor, |job| {
            html! {
                dl {
                    dt { (say!(look, "inspect-reason")) } dd { bdi { (job.reason) } }
                    dt { (say!(look, "scope-name")) } dd { code dir="ltr" { (job.origin) } }
                    dt { (say!(look, "scope-size")) } dd { (job.size) }
                }
                @match &job.state {
                    Stage::Running(progress) => {
                        p.note role="status" { (say!(look, "audit-export-running", count = progress.get(), all = job.size)) }
                        p { a.button href=(format!("/export/{id}")) { (say!(look, "audit-export-again")) } }
                    }
                    Stage::Failed(fault) => {
                        p.fault role="alert" { (say!(look, "audit-export-failed")) " " (fault.message(look)) }
                        p { a.button href="/export" { (say!(look, "audit-export-title")) } }
                    }
                    Stage::Done(kept) => (done(&auditor, &id, job, &kept.0)),
                }
            }
        })
        .ok_or(Fault::Missing)?;
    Ok(frame::page(&auditor, StatusCode::OK, &say!(look, "audit-export-one"), &content))
}

fn done(auditor: &Auditor, id: &str, job: &Job, packed: &Packed) -> Markup {
    let look = &auditor.look;
    html! {
        p.outcome role="status" { (say!(look, "audit-export-done", count = packed.opened, all = packed.entries)) }
        dl {
            dt { (say!(look, "audit-export-bytes")) } dd { (packed.bytes) }
            dt { "SHA-256" } dd { code dir="ltr" { (packed.sha256) } }
        }
        p.row { a.button href=(format!("/export/{id}/export.tar")) download { (say!(look, "audit-export-download")) } }
        p { (say!(look, "audit-export-check")) }
        pre.example dir="ltr" tabindex="0" { "coffret verify --key '" (job.key) "' export.tar" }
        p.soft { (say!(look, "scope-key-words")) }
        p.note { (say!(look, "audit-export-plain")) }
        form method="post" action=(format!("/export/{id}/remove")) {
            (hidden(auditor))
            p.row { button { (say!(look, "audit-export-remove")) } }
        }
        p.soft { (say!(look, "audit-export-kept")) }
    }
}

/// The file, as it is read: a little at a time.
pub(super) async fn file(auditor: Auditor, State(foundation): State<Foundation>, Path(id): Path<String>) -> Result<Response, Fault> {
    let exports = foundation.exports.as_ref().ok_or(Fault::Missing)?;
    exports.sweep(auditor.look.now);
    let kept = exports.look(&id, &auditor, |job| match &job.state {
        Stage::Done(kept) => Some(Arc::clone(kept)),
        _ => None,
    });
    let kept = kept.flatten().ok_or(Fault::Missing)?;
    let source = tokio::fs::File::open(&kept.0.file).await.map_err(|_| Fault::Missing)?;
    let length = kept.0.bytes.to_string();
    // The file stays for as long as it is being read.
    let pieces = stream::try_unfold((source, kept), |(mut source, kept)| async move {
        let mut piece = vec![0; PIECE];
        let read = source.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), (source, kept))))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"export.tar\"".to_owned()),
        (header::CONTENT_LENGTH, length),
    ];
    Ok((frame::HEADERS, headers, Body::from_stream(pieces)).into_response())
}

/// Removes it before its time.
pub(super) async fn remove(
    auditor: Auditor,
    State(foundation): State<Foundation>,
    Path(id): Path<String>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let exports = foundation.exports.as_ref().ok_or(Fault::Missing)?;
    exports.look(&id, &auditor, |_| ()).ok_or(Fault::Missing)?;
    if let Ok(id) = Uuid::try_parse(&id) {
        exports.jobs().remove(&id);
    }
    Ok(frame::done("/export", "export-removed"))
}
