//! U2: the log, entry by entry. Sealed as everybody may have it; opened under an inspection, whose reason stands in the log.

use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};

use super::event::{Details, family, short, short_end, title};
use super::{Asked, Auditor, chart, day, outcome};
use crate::fault::Fault;
use crate::frame::{self, hidden};
use crate::look::{Look, Visit};
use crate::sent::Sent;
use crate::texts::say;

/// Entries on a page.
const ENTRIES: i32 = 100;
/// Kinds that can be asked for, each with its text.
const KINDS: [(&str, &str); 9] = [
    ("", "log-every-kind"),
    ("read.*", "event-read"),
    ("read.refused", "event-refused"),
    ("request.*", "event-request"),
    ("grant.*", "event-grant"),
    ("record.*", "event-record"),
    ("customer.*", "event-account"),
    ("ledger.*", "event-log"),
    ("purpose.*", "log-kind-purpose"),
];

/// Begins an inspection. It is written to the log before anything is opened.
pub(super) async fn open(auditor: Auditor, sent: Sent) -> Result<Response, Fault> {
    let stream = sent.get("stream");
    let asked = v1::BeginInspectionRequest { reason: sent.get("reason").to_owned(), stream: stream.to_owned() };
    let begun = match auditor.gateway.ledger().begin_inspection(auditor.gateway.ask(asked)).await {
        Ok(begun) => begun.into_inner().inspection.unwrap_or_default(),
        Err(status) if status.code() == tonic::Code::NotFound => return Err(Fault::Entered("entered-no-such-customer")),
        Err(status) => return Err(status.into()),
    };
    let id = begun.name.strip_prefix("inspections/").unwrap_or_default();
    Ok(frame::done(&format!("/log?inspection={id}"), if stream.is_empty() { "inspected" } else { "stream-inspected" }))
}

pub(super) async fn list(auditor: Auditor, asked: Asked) -> Result<Response, Fault> {
    let look = &auditor.look;
    let heading = say!(look, "log-title");
    if !auditor.opens() {
        let content = html! { p.note { (say!(look, "scope-may-not-open")) } };
        return Ok(frame::page(&auditor, StatusCode::OK, &heading, &content));
    }
    let found = match find(&auditor, &asked).await {
        // Ended, or another auditor's: what there is without one.
        Err(Fault::Missing) if !asked.inspection.is_empty() => return Ok(frame::redirect("/log")),
        found => found?,
    };
    let inspection = found.inspection.as_ref();
    let content = html! {
        (outcome(&auditor))
        @match inspection {
            Some(inspection) => {
                p.lead { (say!(look, "log-opened-lead")) }
                dl {
                    dt { (say!(look, "inspect-reason")) } dd { bdi { (inspection.reason) } }
                    @if !inspection.stream.is_empty() { dt { (say!(look, "log-stream")) } dd { code dir="ltr" { (inspection.stream) } } }
                    dt { (say!(look, "scope-until")) } dd { @if let Some(end) = look.time(inspection.expire_time.as_ref()) { (look.left(end)) } }
                }
                (filters(look, &asked))
            }
            None => {
                p.lead { (say!(look, "log-lead")) }
                (opening(&auditor, "", false))
            }
        }
        h2 { (say!(look, "log-entries")) }
        p { (searched(look, &found, &asked)) }
        @if inspection.is_some() { (chart::events(look, &found.entries)) }
        @if !found.entries.is_empty() { (table(look, &found, &asked)) }
        (further(&auditor, &found, &asked))
    };
    Ok(frame::page(&auditor, StatusCode::OK, &heading, &content))
}

async fn find(visit: &Visit, asked: &Asked) -> Result<v1::ListLogEntriesResponse, Fault> {
    let named =
        |of: &str, id: &str| if id.is_empty() { String::new() } else { format!("{of}/{}", id.strip_prefix("brands/").unwrap_or(id)) };
    let request = v1::ListLogEntriesRequest {
        origin: String::new(),
        inspection: named("inspections", &asked.inspection),
        kind: asked.kind.clone(),
        brand: named("brands", asked.brand.trim()),
        purpose: asked.purpose.trim().to_owned(),
        // As an entry writes it, with language and version behind it, or alone.
        notice_sha256: asked.notice.split_whitespace().next().unwrap_or_default().to_owned(),
        from_time: day(visit, &asked.from, false)?,
        to_time: day(visit, &asked.to, true)?,
        page_size: ENTRIES,
        page_token: asked.page.clone(),
    };
    Ok(visit.gateway.ledger().list_log_entries(visit.gateway.ask(request)).await?.into_inner())
}

/// The form that begins an inspection: of everything, or of the one stream that is named.
pub(super) fn opening(visit: &Visit, stream: &str, only: bool) -> Markup {
    let look = &visit.look;
    html! {
        form.card method="post" action="/log/open" {
            h2 { (say!(look, if only { "inspect-one-title" } else { "inspect-title" })) }
            p { (say!(look, if only { "inspect-one-words" } else { "inspect-words" })) }
            (hidden(visit))
            div.field {
                label for="reason" { (say!(look, "inspect-reason")) }
                input id="reason" name="reason" required maxlength="300" autocomplete="off";
            }
            @if only {
                input type="hidden" name="stream" value=(stream);
            } @else {
                div.field {
                    label for="stream" { (say!(look, "inspect-stream")) " " span.soft { (say!(look, "optional-field")) } }
                    input id="stream" name="stream" maxlength="36" autocomplete="off" spellcheck="false" dir="ltr";
                }
                p.soft { (say!(look, "inspect-stream-words")) }
            }
            p.row { button { (say!(look, if only { "inspect-one-button" } else { "inspect-button" })) } }
        }
    }
}

fn filters(look: &Look, asked: &Asked) -> Markup {
    let field = |name: &str, kind: &str, label: String, value: &str| {
        html! {
            div.field {
                label for=(name) { (label) }
                input id=(name) name=(name) type=(kind) value=(value) maxlength="100" spellcheck="false" autocomplete="off";
            }
        }
    };
    let narrowed = !Asked { inspection: String::new(), page: String::new(), ..asked.clone() }.eq(&Asked::default());
    html! {
        details open[narrowed] {
            summary { (say!(look, "log-filters")) }
            form method="get" {
                input type="hidden" name="inspection" value=(asked.inspection);
                div.fields {
                    div.field {
                        label for="kind" { (say!(look, "log-kind")) }
                        select id="kind" name="kind" {
                            @for (kind, key) in KINDS { option value=(kind) selected[kind == asked.kind] { (say!(look, key)) } }
                            @if !KINDS.iter().any(|(kind, _)| *kind == asked.kind) { option value=(asked.kind) selected { (asked.kind) } }
                        }
                    }
                    (field("brand", "text", say!(look, "log-brand"), &asked.brand))
                    (field("purpose", "text", say!(look, "log-purpose"), &asked.purpose))
                    (field("notice", "text", say!(look, "log-notice"), &asked.notice))
                    (field("from", "date", say!(look, "log-from"), &asked.from))
                    (field("to", "date", say!(look, "log-to"), &asked.to))
                }
                p.row { button { (say!(look, "reads-filter")) } }
            }
        }
    }
}

/// What was looked through: also where nothing was found.
fn searched(look: &Look, found: &v1::ListLogEntriesResponse, asked: &Asked) -> Markup {
    let limits: Vec<&str> = [&asked.kind, &asked.brand, &asked.purpose, &asked.notice, &asked.from, &asked.to]
        .into_iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    html! {
        @if found.entries.is_empty() { strong { (say!(look, "log-none")) } " " }
        (say!(look, "log-searched", count = found.looked_at, all = found.size))
        @if !limits.is_empty() { " " (say!(look, "log-searched-for")) " " @for limit in limits { code dir="ltr" { (limit) } " " } }
        @if found.entries.is_empty() && !found.next_page_token.is_empty() { " " (say!(look, "log-more")) }
    }
}

fn table(look: &Look, found: &v1::ListLogEntriesResponse, asked: &Asked) -> Markup {
    let opened = found.inspection.is_some();
    let columns: &[&str] =
        if opened { &["log-position", "log-when", "log-what", "log-who", "log-about"] } else { &["log-position", "log-leaf"] };
    let query = if asked.inspection.is_empty() { String::new() } else { format!("?inspection={}", asked.inspection) };
    html! {
        div.wide tabindex="0" role="region" aria-label=(say!(look, "log-entries")) {
            table {
                thead { tr { @for key in columns { th scope="col" { (say!(look, key)) } } } }
                tbody {
                    @for entry in &found.entries {
                        tr {
                            td data-label=(say!(look, "log-position")) { a.place href=(format!("/log/{}{query}", entry.index)) { (entry.index) } }
                            @if opened { (cells(look, entry)) }
                            @else { td data-label=(say!(look, "log-leaf")) { code dir="ltr" { (String::from_utf8_lossy(&entry.leaf)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn cells(look: &Look, entry: &v1::LogEntry) -> Markup {
    let details = Details::of(entry);
    let (who, name) = details.who(look);
    html! {
        @if entry.details_json.is_empty() {
            td data-label=(say!(look, "log-what")) colspan="4" { (say!(look, "log-sealed")) }
        } @else {
            td data-label=(say!(look, "log-when")) { @if let Some(at) = look.time(entry.event_time.as_ref()) { time datetime=(at.to_string()) { (look.moment(at)) } } }
            td data-label=(say!(look, "log-what")) { (title(look, family(&entry.kind))) br; code.soft dir="ltr" { (entry.kind) } }
            td data-label=(say!(look, "log-who")) {
                (who)
                @if details.who.role == "brand" { " " code dir="ltr" { "…" (short_end(&name)) } } @else if !name.is_empty() { br; span.soft { bdi { (name) } } }
            }
            td data-label=(say!(look, "log-about")) {
                @if entry.deployment { (say!(look, "log-vault")) } @else { code dir="ltr" { (short(&entry.stream)) "…" } }
                @if let Some(purpose) = &details.purpose { br; code dir="ltr" { (purpose) } }
                @if details.result != "ok" { br; code dir="ltr" { (details.result) } }
            }
        }
    }
}

fn further(visit: &Visit, found: &v1::ListLogEntriesResponse, asked: &Asked) -> Markup {
    let asked = Asked { page: found.next_page_token.clone(), ..asked.clone() };
    html! {
        @if !asked.page.is_empty() {
            p { a.button href=(format!("/log?{}", serde_urlencoded::to_string(&asked).unwrap_or_default())) { (visit.look.language.say("older")) } }
        }
    }
}
