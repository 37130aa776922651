//! Taking one's data away.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use coffret_proto::v1;
use futures_util::TryStreamExt;
use http::{StatusCode, header};
use maud::html;

use super::hidden;
use crate::fault::Fault;
use crate::frame;
use crate::look::Customer;
use crate::sent::Sent;
use crate::texts::say;

pub(super) async fn show(Customer(visit): Customer) -> Response {
    let look = &visit.look;
    let content = html! {
        p.lead { (say!(look, "export-lead")) }
        form method="post" action="/export/file" {
            (hidden(&visit))
            p.row {
                button name="format" value="json" { (say!(look, "export-json")) }
                button name="format" value="csv" { (say!(look, "export-csv")) }
            }
        }
        p.soft { (say!(look, "export-words")) }
    };
    frame::page(&visit, StatusCode::OK, &say!(look, "export-title"), &content)
}

/// The file, as it comes: nothing is kept here.
pub(super) async fn file(Customer(visit): Customer, sent: Sent) -> Result<Response, Fault> {
    let (format, kind, name) = match sent.get("format") {
        "csv" => (v1::ExportFormat::Csv, "text/csv; charset=utf-8", "my-data.csv"),
        "json" => (v1::ExportFormat::JsonLines, "application/x-ndjson", "my-data.jsonl"),
        _ => return Err(Fault::Entered("entered-answer")),
    };
    let mut asked = visit.gateway.ask(v1::ExportRecordsRequest { customer: "customers/me".to_owned(), format: format.into() });
    // A large vault takes longer than a page.
    asked.set_timeout(std::time::Duration::from_mins(5));
    let pieces = visit.gateway.record().export_records(asked).await?.into_inner();
    let body = Body::from_stream(pieces.map_ok(|piece| piece.content));
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((frame::HEADERS, headers, body).into_response())
}
