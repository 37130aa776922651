//! DEPA, India's consent for account aggregators: a ReBIT 2.0.0 `ConsentArtefact` with its `SignedConsentDetail`.
//!
//! The form is for financial information, so this is a profile of it. Every item is one of `Accounts` with `fiType` `OTHER`: its attribute
//! type is `accType` and `linkRefNumber`, its view `maskedAccNumber`. The brand is the consumer (`FIU`), the vault the aggregator (`AA`).

use serde_json::{Value, json};

use super::record::ConsentRecord;
use super::{Left, Loss, lost};
use crate::clock::Timestamp;
use crate::consent::{DataRange, Fetch, Mode, Period, View};

/// What the form does not hold.
pub const LOSSES: [Loss; 22] = [
    lost("language", "There is no place for it."),
    lost("brand.title", "A consumer goes by its id."),
    lost("brand.legal_name", "A consumer goes by its id."),
    lost("brand.country", "A consumer goes by its id."),
    lost("brand.contact", "A consumer goes by its id."),
    lost("grant", "An artefact is the grant."),
    lost("replaces", "Artefacts do not refer to each other."),
    lost("categories", "All data is of the type OTHER."),
    lost("notice", "What was on screen is not part of the artefact."),
    Loss { field: "events[]", left: Left::Last, why: "An artefact has one state and one time." },
    lost("events[].decision", "Of the decision the state is left: ACTIVE, PAUSED, REVOKED or EXPIRED."),
    lost("events[].by", "The artefact does not say who decided."),
    lost("terms.items[].needed", "Data is not marked as needed or optional."),
    lost("terms.items[].reason", "Reasons have no place."),
    lost("terms.data_range", "Months back from each read, and no limit at all, are written as fixed times."),
    lost("terms.uses", "The total number of reads is written only where there is no frequency, as reads a year."),
    lost("terms.data_life_days", "No data life of its own is written as 0 days under VIEW, and as the days of the term otherwise."),
    lost("terms.not_before", "A start of its own is not told apart from the moment of the decision."),
    lost("terms.onward", "Processors have no place."),
    lost("terms.predictions", "Predictions are not told apart from other use."),
    lost("terms.contact", "Automated contact has no place."),
    lost("terms.reward", "There is no place for what is given in return."),
];

/// Reads a year when nothing limits them: as many as terms can name.
const UNLIMITED: u32 = 1_000_000;

fn state(decision: &str) -> Option<&'static str> {
    match decision {
        "approve" | "accept_counter" | "amend" | "resume" | "reinstate" => Some("ACTIVE"),
        "pause" | "suspend" => Some("PAUSED"),
        "revoke" | "supersede" => Some("REVOKED"),
        "expire" | "exhaust" => Some("EXPIRED"),
        _ => None,
    }
}

/// Writes an artefact, its detail signed by `sign`; nothing where no consent was given.
pub fn write(record: &ConsentRecord, sign: impl FnOnce(&[u8]) -> String) -> Option<Value> {
    let event = record.latest();
    let status = state(&event.decision)?;
    let detail = detail(record);
    let signed = serde_jcs::to_vec(&detail).ok()?;
    Some(json!({
        "ver": "2.0.0",
        "txnid": record.request.map_or(record.id, |id| id.0),
        "consentId": record.id,
        "status": status,
        "createTimestamp": event.at,
        "signedConsent": sign(&signed),
        "ConsentUse": {
            "logUri": format!("urn:uuid:{}", record.keeper),
            "count": record.used,
            "lastUseDateTime": record.last_read.unwrap_or(event.at),
        },
    }))
}

/// The `SignedConsentDetail`.
pub fn detail(record: &ConsentRecord) -> Value {
    let terms = record.terms.terms();
    let start = terms.not_before.unwrap_or(record.events[0].at);
    let (from, to) = match terms.data_range {
        Some(DataRange::FromTo { from, to }) => (from, to),
        Some(rolling @ DataRange::LastMonths(_)) => (rolling.at(start).0, terms.expires_at),
        None => (Timestamp::from_seconds(0), terms.expires_at),
    };
    let term_days = (terms.expires_at.seconds() - start.seconds()).max(0) / 86_400;
    let life = match (terms.mode, terms.data_life_days) {
        (Mode::View, _) => 0,
        (_, Some(days)) => i64::from(days),
        (_, None) => term_days,
    };
    let (unit, count) = match terms.frequency {
        Some(most) => (period(most.per), most.count),
        None => ("YEAR", terms.uses.unwrap_or(UNLIMITED)),
    };
    let kind = |name: &str| if name.starts_with("purchase.") { "TRANSACTIONS" } else { "PROFILE" };
    let mut kinds: Vec<&str> = terms.items.iter().map(|item| kind(&item.attribute)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let account = |item: &crate::consent::Item| {
        json!({
            "fiType": "OTHER",
            "fipId": record.keeper,
            "accType": item.attribute,
            "linkRefNumber": item.attribute,
            "maskedAccNumber": view(item.view),
        })
    };
    json!({
        "consentStart": start,
        "consentExpiry": terms.expires_at,
        "consentMode": mode(terms.mode),
        "fetchType": if terms.fetch == Fetch::Once { "ONETIME" } else { "PERIODIC" },
        "consentTypes": kinds,
        "fiTypes": ["OTHER"],
        "DataConsumer": { "id": record.brand.id, "type": "FIU" },
        "DataProvider": { "id": record.keeper, "type": "AA" },
        "Customer": { "id": format!("{}@{}", record.customer, record.keeper) },
        "Purpose": {
            "code": terms.purpose.code,
            "refUri": record.dpv_purpose,
            "text": format!("{}@{}", terms.purpose.code, terms.purpose.version),
            "Category": { "type": "The brand's own code" },
        },
        "FIDataRange": { "from": from, "to": to },
        "DataLife": { "unit": "DAY", "value": life },
        "Frequency": { "unit": unit, "value": count },
        "Accounts": terms.items.iter().map(account).collect::<Vec<_>>(),
    })
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::View => "VIEW",
        Mode::Store => "STORE",
        Mode::Query => "QUERY",
        Mode::Stream => "STREAM",
    }
}

const fn period(period: Period) -> &'static str {
    match period {
        Period::Hour => "HOUR",
        Period::Day => "DAY",
        Period::Month => "MONTH",
    }
}

const fn view(view: View) -> &'static str {
    match view {
        View::Answer => "answer",
        View::Masked => "masked",
        View::Raw => "raw",
    }
}
