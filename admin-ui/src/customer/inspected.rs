//! Who opened a customer's own log: auditors, each with the reason that was written down before they saw anything.

use coffret_proto::v1;
use maud::{Markup, html};
use serde_json::Value;

use crate::fault::Fault;
use crate::look::Visit;
use crate::texts::say;

/// The newest that are told.
const TOLD: i32 = 20;

/// A section where there is something to tell, and nothing where nobody opened it.
pub(super) async fn section(visit: &Visit) -> Result<Markup, Fault> {
    let look = &visit.look;
    let asked = v1::ListEntriesRequest {
        parent: "customers/me".to_owned(),
        kind: "ledger.*".to_owned(),
        page_size: TOLD,
        ..v1::ListEntriesRequest::default()
    };
    let found = visit.gateway.ledger().list_entries(visit.gateway.ask(asked)).await?.into_inner();
    let said = |entry: &v1::Entry| serde_json::from_str::<Value>(&entry.details_json).unwrap_or_default();
    Ok(html! {
        @if !found.entries.is_empty() {
            h2 { (say!(look, "security-inspected")) }
            p { (say!(look, "security-inspected-words")) }
            ul.lines {
                @for entry in &found.entries {
                    @let details = said(entry);
                    li {
                        @if let Some(at) = look.time(entry.event_time.as_ref()) { time datetime=(at.to_string()) { (look.ago(at)) } }
                        ": " bdi { (details["who"]["name"].as_str().unwrap_or_default()) }
                        br;
                        span.soft { (say!(look, "reads-reason")) ": " bdi { (details["reason"].as_str().unwrap_or_default()) } }
                    }
                }
            }
        }
    })
}
