//! My data: what the vault holds, where it came from, who can see it; adding, correcting and deleting it.

use axum::extract::Path;
use axum::response::Response;
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::{Asked, hidden, older, outcome};
use crate::catalogue::{Catalogue, Kind, family};
use crate::fault::Fault;
use crate::frame;
use crate::look::{Customer, Look, Visit};
use crate::sent::Sent;
use crate::texts::say;
use crate::value;
use crate::words::{self, id};

const RECORDS: i32 = 200;

/// Records by family.
pub(super) async fn list(Customer(visit): Customer, asked: Asked) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let found = records(&visit, "", asked.page.as_deref().unwrap_or_default()).await?;
    let seen = seen_by(&visit).await?;
    let content = html! {
        (outcome(&visit))
        p.lead { (say!(look, "data-lead")) }
        p.row { a.button href="/data/add" { (say!(look, "data-add")) } a.button href="/data/import" { (say!(look, "bring-title")) } a.button href="/export" { (say!(look, "export-title")) } }
        @if found.records.is_empty() { p { (say!(look, "data-none")) } }
        @for (name, kinds) in catalogue.families() {
            @let own: Vec<&v1::Record> = found.records.iter().filter(|record| family(&record.attribute) == name).collect();
            @if !own.is_empty() {
                section aria-labelledby=(format!("family-{name}")) {
                    h2 id=(format!("family-{name}")) { (words::family_title(look, name)) }
                    ul.lines {
                        @for kind in kinds {
                            @for record in own.iter().filter(|record| record.attribute == kind.attribute) { li { (line(look, kind, record, &seen)) } }
                        }
                    }
                }
            }
        }
        (older(&visit, &found.next_page_token, ""))
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "data-title"), &content))
}

fn line(look: &Look, kind: &Kind, record: &v1::Record, seen: &[(String, String)]) -> Markup {
    let value: Value = serde_json::from_str(&record.value_json).unwrap_or_default();
    let who = who_sees(&record.attribute, seen);
    html! {
        a href=(format!("/data/{}", id(&record.name))) { (kind.title) } ": " bdi { (value::in_short(look, &kind.schema, &value)) }
        @if !who.is_empty() { br; span.soft { (say!(look, "data-seen-by", brands = who.join(say!(look, "list-comma").as_str()))) } }
    }
}

/// Brands that can see an attribute type now.
fn who_sees<'a>(attribute: &str, seen: &'a [(String, String)]) -> Vec<&'a str> {
    let mut who: Vec<&str> = seen.iter().filter(|(own, _)| own == attribute).map(|(_, brand)| brand.as_str()).collect();
    who.sort_unstable();
    who.dedup();
    who
}

/// Attribute types and the brands that can see them.
async fn seen_by(visit: &Visit) -> Result<Vec<(String, String)>, Fault> {
    let asked = v1::ListGrantsRequest {
        parent: "customers/me".to_owned(),
        state: v1::GrantState::Active.into(),
        page_size: RECORDS,
        page_token: String::new(),
    };
    let grants = visit.gateway.consent().list_grants(visit.gateway.ask(asked)).await?.into_inner().grants;
    let of_grant = |grant: v1::Grant| {
        let brand = grant.brand_title;
        grant.terms.unwrap_or_default().items.into_iter().map(move |item| (item.attribute, brand.clone()))
    };
    Ok(grants.into_iter().flat_map(of_grant).collect())
}

async fn records(visit: &Visit, attribute: &str, page: &str) -> Result<v1::ListRecordsResponse, Fault> {
    let asked = v1::ListRecordsRequest {
        parent: "customers/me".to_owned(),
        attribute: attribute.to_owned(),
        page_size: RECORDS,
        page_token: page.to_owned(),
    };
    Ok(visit.gateway.record().list_records(visit.gateway.ask(asked)).await?.into_inner())
}

/// Everything that can be added.
pub(super) async fn choose(Customer(visit): Customer) -> Result<Response, Fault> {
    let look = &visit.look;
    let catalogue = visit.catalogue().await?;
    let content = html! {
        p.lead { (say!(look, "add-lead")) }
        @for (name, kinds) in catalogue.families() {
            @let typed: Vec<&&Kind> = kinds.iter().filter(|kind| !kind.blob).collect();
            @if !typed.is_empty() {
                h2 { (words::family_title(look, name)) }
                ul.lines { @for kind in typed { li { a href=(format!("/data/add/{}", kind.attribute)) { (kind.title) } br; span.soft { (kind.description) } } } }
            }
        }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "add-title"), &content))
}

fn kind_of<'a>(catalogue: &'a Catalogue, attribute: &str) -> Result<&'a Kind, Fault> {
    catalogue.find(attribute).filter(|kind| !kind.blob).ok_or(Fault::Missing)
}

/// The form for a new record. Of what there is one of, the one that there is.
pub(super) async fn add(Customer(visit): Customer, Path(attribute): Path<String>) -> Result<Response, Fault> {
    let catalogue = visit.catalogue().await?;
    let kind = kind_of(&catalogue, &attribute)?;
    if kind.single
        && let Some(record) = records(&visit, &attribute, "").await?.records.first()
    {
        return Ok(frame::redirect(&format!("/data/{}", id(&record.name))));
    }
    Ok(form(&visit, kind, &Value::Null, 0, StatusCode::OK, None))
}

/// A form for a value; after a refusal with what was entered, and why it was refused.
fn form(visit: &Visit, kind: &Kind, value: &Value, version: i64, status: StatusCode, refused: Option<&Fault>) -> Response {
    let look = &visit.look;
    let content = html! {
        @if let Some(fault) = refused { (refusal(look, fault)) }
        p.lead { (kind.description) }
        @if kind.sensitive { p.note { (say!(look, "data-sensitive")) } }
        form method="post" {
            (hidden(visit))
            @if version > 0 { input type="hidden" name="version" value=(version); }
            (value::fields(look, &kind.schema, value))
            p.row { button { (say!(look, "data-save")) } a.button href="/data" { (say!(look, "go-back")) } }
        }
    };
    frame::page(visit, status, &kind.title, &content)
}

/// Why the vault did not take a value, above the form that still holds it.
pub(super) fn refusal(look: &Look, fault: &Fault) -> Markup {
    html! {
        div.fault role="alert" tabindex="-1" autofocus {
            p { strong { (say!(look, "data-not-saved")) } }
            @match fault {
                Fault::Entered(key) => p { (say!(look, key)) },
                Fault::Refused { sentence, fields, reason, .. } => {
                    @let own = format!("reason-{}", reason.to_ascii_lowercase().replace('_', "-"));
                    @if let Some(text) = look.language.try_say(&own, &fluent_bundle::FluentArgs::new()) { p { (text) } }
                    @else if fields.is_empty() { p lang="en" dir="ltr" { (sentence) } }
                    ul { @for (field, why) in fields { li {
                        @let way = way_of(field);
                        a href=(format!("#f-v-{}", way.replace('/', "-"))) { (value::label(look, way.rsplit('/').next().unwrap_or_default())) }
                        ": " span lang="en" dir="ltr" { (why) }
                    } } }
                },
                _ => {},
            }
        }
    }
}

/// The way to a field in the form: `record.value_json.item.name` is `item/name`.
fn way_of(field: &str) -> String {
    field.trim_start_matches("record.value_json").trim_start_matches(['.', '/']).replace(['.', '['], "/").replace(']', "")
}

pub(super) async fn put(Customer(visit): Customer, Path(attribute): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let catalogue = visit.catalogue().await?;
    let kind = kind_of(&catalogue, &attribute)?;
    let value = value::from_form(&kind.schema, &sent.0);
    // Of what there is one of, another page may have made one meanwhile.
    if kind.single && !records(&visit, &attribute, "").await?.records.is_empty() {
        return Ok(form(&visit, kind, &value, 0, StatusCode::CONFLICT, Some(&Fault::Entered("entered-exists"))));
    }
    let record = v1::Record { attribute: attribute.clone(), value_json: value.to_string(), ..v1::Record::default() };
    store(&visit, kind, &value, record, 0, &sent, "added").await
}

async fn store(
    visit: &Visit,
    kind: &Kind,
    value: &Value,
    record: v1::Record,
    expected_version: i64,
    sent: &Sent,
    done: &str,
) -> Result<Response, Fault> {
    let asked = v1::PutRecordRequest {
        customer: "customers/me".to_owned(),
        record: Some(record),
        expected_version,
        request_id: sent.get("request_id").to_owned(),
    };
    match visit.gateway.record().put_record(visit.gateway.ask(asked)).await.map_err(Fault::from) {
        Ok(_) => Ok(frame::done("/data", done)),
        // What was entered is not lost, whatever the reason.
        Err(fault @ Fault::Refused { .. }) => Ok(form(visit, kind, value, expected_version, fault.status(), Some(&fault))),
        Err(fault) => Err(fault),
    }
}

async fn record(visit: &Visit, own: &str) -> Result<v1::Record, Fault> {
    let asked = v1::GetRecordRequest { name: format!("customers/me/records/{own}") };
    visit.gateway.record().get_record(visit.gateway.ask(asked)).await?.into_inner().record.ok_or(Fault::Missing)
}

/// One record: its value, where it came from, who can see it; correcting it.
pub(super) async fn show(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let record = record(&visit, &own).await?;
    let catalogue = visit.catalogue().await?;
    let seen = seen_by(&visit).await?;
    let value: Value = serde_json::from_str(&record.value_json).unwrap_or_default();
    let title = catalogue.title(&record.attribute).to_owned();
    let who = who_sees(&record.attribute, &seen);
    let source = if record.source == i32::from(v1::RecordSource::Import) { "source-import" } else { "source-customer" };
    let content = html! {
        (value::in_words(look, catalogue.find(&record.attribute).map_or(&Value::Null, |kind| &kind.schema), &value))
        dl {
            dt { (say!(look, "data-source")) }
            dd { (say!(look, source)) @if let Some(at) = look.time(record.write_time.as_ref()) { ", " (look.moment(at)) } }
            dt { (say!(look, "data-who")) }
            dd { @if who.is_empty() { (say!(look, "data-nobody")) } @else { (who.join(say!(look, "list-comma").as_str())) } }
        }
        p { a.button href=(format!("/data/{own}/delete")) { (say!(look, "data-delete")) } }
        @if let Some(kind) = catalogue.find(&record.attribute).filter(|kind| !kind.blob) {
            details {
                summary { (say!(look, "data-correct")) }
                form method="post" {
                    (hidden(&visit))
                    input type="hidden" name="version" value=(record.version);
                    (value::fields(look, &kind.schema, &value))
                    p { button { (say!(look, "data-save")) } }
                }
            }
        }
        p { a href="/data" { (say!(look, "data-back")) } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &title, &content))
}

pub(super) async fn correct(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let before = record(&visit, &own).await?;
    let catalogue = visit.catalogue().await?;
    let kind = kind_of(&catalogue, &before.attribute)?;
    let value = value::from_form(&kind.schema, &sent.0);
    let record = v1::Record {
        name: format!("customers/me/records/{own}"),
        attribute: before.attribute.clone(),
        value_json: value.to_string(),
        ..v1::Record::default()
    };
    let version = sent.get("version").parse().unwrap_or(before.version);
    store(&visit, kind, &value, record, version, &sent, "corrected").await
}

pub(super) async fn ask_delete(Customer(visit): Customer, Path(own): Path<String>) -> Result<Response, Fault> {
    let look = &visit.look;
    let record = record(&visit, &own).await?;
    let catalogue = visit.catalogue().await?;
    let title = catalogue.title(&record.attribute).to_owned();
    let content = html! {
        p.lead { (say!(look, "delete-words")) }
        form method="post" { (hidden(&visit)) p.row { button { (say!(look, "data-delete")) } a.button href=(format!("/data/{own}")) { (say!(look, "keep-as-it-is")) } } }
    };
    Ok(frame::page(&visit, StatusCode::OK, &say!(look, "delete-title", title = title), &content))
}

pub(super) async fn delete(Customer(visit): Customer, Path(own): Path<String>, sent: Sent) -> Result<Response, Fault> {
    let asked = v1::DeleteRecordRequest { name: format!("customers/me/records/{own}"), request_id: sent.get("request_id").to_owned() };
    visit.gateway.record().delete_record(visit.gateway.ask(asked)).await?;
    Ok(frame::done("/data", "deleted"))
}
