//! U1: who the auditor is, what their token covers, and where the log stands.

use axum::response::Response;
use coffret_ledger::{SignedCheckpoint, VerifierKey};
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

use super::{Auditor, file, outcome};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Look, Visit};
use crate::texts::say;

/// The newest checkpoint, as the server gives it to anybody.
pub(super) async fn newest(visit: &Visit) -> Result<v1::GetCheckpointResponse, Fault> {
    let gateway = &visit.gateway;
    Ok(gateway.ledger().get_checkpoint(gateway.ask(v1::GetCheckpointRequest {})).await?.into_inner())
}

pub(super) async fn show(auditor: Auditor) -> Result<Response, Fault> {
    let look = &auditor.look;
    // A log that is not published yet is no reason to say nothing about the token.
    let newest = match newest(&auditor).await {
        Err(Fault::Refused { code: tonic::Code::FailedPrecondition, .. }) => None,
        newest => Some(newest?),
    };
    let content = html! {
        (outcome(&auditor))
        (token(&auditor))
        h2 { (say!(look, "scope-log")) }
        @match newest.as_ref().and_then(|newest| newest.checkpoint.as_ref().map(|checkpoint| (newest, checkpoint))) {
            Some((newest, checkpoint)) => (log(look, newest, checkpoint)),
            None => p { (say!(look, "scope-no-log")) },
        }
    };
    Ok(frame::page(&auditor, StatusCode::OK, &say!(look, "scope-title"), &content))
}

fn token(auditor: &Auditor) -> Markup {
    let look = &auditor.look;
    html! {
        dl {
            dt { (say!(look, "scope-who")) } dd { bdi { (auditor.who.name) } }
            dt { (say!(look, "scope-may")) }
            dd {
                (say!(look, "scope-may-read"))
                br;
                (say!(look, if auditor.opens() { "scope-may-open" } else { "scope-may-not-open" }))
            }
            dt { (say!(look, "scope-brands")) } dd { (say!(look, "scope-brands-all")) }
            dt { (say!(look, "scope-period")) } dd { (say!(look, "scope-period-all")) }
            dt { (say!(look, "scope-until")) }
            dd { @match look.time(auditor.who.expire_time.as_ref()) { Some(end) => (look.left(end)), None => (say!(look, "scope-no-end")) } }
            dt { (say!(look, "scope-ground")) } dd { (say!(look, "scope-ground-none")) }
        }
        p.note { (say!(look, "scope-not-narrow")) }
        p { (say!(look, "scope-never")) }
    }
}

fn log(look: &Look, newest: &v1::GetCheckpointResponse, checkpoint: &v1::Checkpoint) -> Markup {
    let signed = open(checkpoint);
    html! {
        p.lead { (say!(look, "scope-log-words", count = checkpoint.size)) }
        @if !newest.disagreeing_witnesses.is_empty() {
            p.fault role="alert" { (say!(look, "scope-disagree", names = newest.disagreeing_witnesses.join(&say!(look, "list-comma")))) }
        }
        dl {
            dt { (say!(look, "scope-name")) } dd { code dir="ltr" { (checkpoint.origin) } }
            dt { (say!(look, "scope-size")) } dd { (checkpoint.size) }
            dt { (say!(look, "scope-witnessed")) }
            dd {
                @if newest.witnessed_size > 0 { (say!(look, "scope-witnessed-size", count = newest.witnessed_size)) }
                @else { (say!(look, "scope-witnessed-none")) }
            }
            @if let Some(at) = look.time(checkpoint.sign_time.as_ref()) { dt { (say!(look, "scope-signed")) } dd { (look.ago(at)) } }
            @if let Some(signed) = &signed { dt { (say!(look, "scope-root")) } dd { code dir="ltr" { (signed.checkpoint().root()) } } }
            dt { (say!(look, "scope-key")) } dd { code dir="ltr" { (checkpoint.verifier_key) } }
        }
        p { (say!(look, "scope-key-words")) }
        p { (say!(look, "scope-keep")) }
        p.row {
            a.button href="/checkpoint" download { (say!(look, "scope-download")) }
            a.button href="/verify" { (say!(look, "audit-nav-verify")) }
        }
    }
}

/// A checkpoint that its own key has signed.
pub(super) fn open(checkpoint: &v1::Checkpoint) -> Option<SignedCheckpoint> {
    let key: VerifierKey = checkpoint.verifier_key.parse().ok()?;
    SignedCheckpoint::open(checkpoint.note.as_bytes(), std::slice::from_ref(&key)).ok()
}

/// The newest checkpoint, as a file to keep.
pub(super) async fn checkpoint(auditor: Auditor) -> Result<Response, Fault> {
    let checkpoint = newest(&auditor).await?.checkpoint.ok_or(Fault::Missing)?;
    Ok(file("text/plain; charset=utf-8", &format!("checkpoint-{}", checkpoint.size), checkpoint.note))
}
