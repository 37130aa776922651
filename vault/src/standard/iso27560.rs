//! ISO/IEC TS 27560:2023 consent records, as JSON-LD with the W3C Data Privacy Vocabulary (DPV) 2.3, after the community group's guide
//! <https://w3id.org/dpv/guides/consent-27560>.
//!
//! Every property holds an array. `proto/standards` has the JSON Schema and the SHACL shapes.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::record::{ConsentRecord, Event};
use super::{Loss, lost};
use crate::attribute::Sensitivity;
use crate::consent::{Contact, DataRange, Fetch, Mode, Period, View};
use crate::ledger::Who;

/// What the form does not hold.
pub const LOSSES: [Loss; 3] = [
    lost("terms.reward", "The vocabulary has no term for what is given in return."),
    lost("used", "A consent record tells of consent, not of use."),
    lost("last_read", "A consent record tells of consent, not of use."),
];

/// The state that a decision leaves consent in, by the words of DPV 2.3.
///
/// A pause is a withdrawal that a later decision renews; the decision itself stands beside it, as the method of indication.
pub(super) fn status(decision: &str) -> &'static str {
    match decision {
        "approve" | "accept_counter" => "dpv:ConsentGiven",
        "amend" | "resume" | "reinstate" => "dpv:RenewedConsentGiven",
        "counter" => "dpv:ConsentRequestDeferred",
        "decline" => "dpv:ConsentRefused",
        "pause" | "revoke" | "supersede" => "dpv:ConsentWithdrawn",
        "expire" | "exhaust" => "dpv:ConsentExpired",
        "suspend" => "dpv:ConsentInvalidated",
        _ => "dpv:ConsentUnknown",
    }
}

fn urn(id: Uuid) -> String {
    id.urn().to_string()
}

fn node(id: &str) -> Value {
    json!({ "@id": id })
}

fn typed(kind: &str) -> Value {
    json!({ "@type": [kind] })
}

/// Writes a record.
pub fn write(record: &ConsentRecord) -> Value {
    let id = record.id.to_string();
    let mut form = json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "loc": "https://w3id.org/dpv/loc#",
            "pd": "https://w3id.org/dpv/pd#",
            "dct": "http://purl.org/dc/terms/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "dpv:isIndicatedAtTime": { "@id": "dpv:isIndicatedAtTime", "@type": "xsd:dateTime" },
        },
        "@id": urn(record.id),
        "@type": ["dpv:ConsentRecord"],
        "dct:identifier": [id],
        "dpv:hasIdentifier": [id],
        "dct:conformsTo": [node("https://w3id.org/dpv/schema/dpv-27560#record")],
        "dct:publisher": [node(&urn(record.keeper))],
        "dct:language": [record.language],
        "dpv:hasDataSubject": [{ "@id": urn(record.customer.0), "@type": ["dpv:Customer"] }],
        "dpv:hasDataController": [{
            "@id": urn(record.brand.id.0),
            "@type": ["dpv:DataController"],
            "dct:title": [record.brand.title],
            "dpv:hasName": [record.brand.legal_name],
            "dpv:hasContact": [record.brand.contact],
            "dpv:hasCountry": [node(&format!("loc:{}", record.brand.country))],
        }],
        "dpv:hasJurisdiction": [node(&format!("loc:{}", record.brand.country))],
        "dpv:hasLegalBasis": [node("dpv:ExplicitlyExpressedConsent")],
        "dpv:hasProcess": [process(record)],
        "dpv:hasConsentStatus": record.events.iter().map(|event| event_of(record, event)).collect::<Vec<_>>(),
    });
    let mut link = |property: &str, id: Option<Uuid>| {
        if let Some(id) = id {
            form[property] = json!([node(&urn(id))]);
        }
    };
    link("dct:source", record.request.map(|id| id.0));
    link("dct:isVersionOf", record.grant.map(|id| id.0));
    link("dct:replaces", record.replaces.map(|id| id.0));
    if let Some(notice) = &record.notice {
        form["dpv:hasNotice"] = json!([{
            "@type": ["dpv:ConsentNotice"],
            "dct:identifier": [format!("sha256:{}", notice.sha256)],
            "dct:language": [notice.language],
            "dct:hasVersion": [notice.version.to_string()],
        }]);
    }
    form
}

fn event_of(record: &ConsentRecord, event: &Event) -> Value {
    let named = |kind: &str, name: &str| json!({ "@type": [kind], "dpv:hasName": [name] });
    let by = match &event.by {
        Who::Customer => json!({ "@id": urn(record.customer.0), "@type": ["dpv:DataSubject"] }),
        Who::Delegate(name) => named("dpv:Representative", name),
        Who::Brand(id) => json!({ "@id": urn(id.0), "@type": ["dpv:DataController"] }),
        Who::Operator(name) => named("dpv:ServiceProvider", name),
        Who::Auditor(name) => named("dpv:Authority", name),
        Who::Clock => typed("dpv:Technology"),
    };
    json!({
        "@type": [status(&event.decision)],
        "dpv:isIndicatedBy": [by],
        "dpv:hasIndicationMethod": [event.decision],
        "dpv:isIndicatedAtTime": [event.at],
    })
}

fn process(record: &ConsentRecord) -> Value {
    let terms = record.terms.terms();
    let items: Vec<Value> = record.items().map(|(item, category)| personal_data(item, category)).collect();
    let mut recipients = vec![json!({ "@id": urn(record.brand.id.0), "@type": ["dpv:DataController"] })];
    recipients.extend(terms.onward.iter().map(|name| json!({ "@type": ["dpv:DataProcessor"], "dpv:hasName": [name] })));
    let mut processing = vec![node(match terms.mode {
        Mode::View => "dpv:Consult",
        Mode::Store => "dpv:Store",
        Mode::Query => "dpv:Query",
        Mode::Stream => "dpv:Transmit",
    })];
    if terms.predictions {
        processing.push(node("dpv:Profiling"));
    }
    let start = terms.not_before.map_or_else(|| "..".to_owned(), |start| start.to_string());
    let mut durations = vec![json!({ "@type": ["dpv:UntilTimeDuration"], "dct:valid": [format!("{start}/{}", terms.expires_at)] })];
    if let Some(uses) = terms.uses {
        durations.push(json!({ "@type": ["dpv:FixedOccurrencesDuration"], "rdf:value": [uses] }));
    }
    let mut form = Map::new();
    let mut put = |property: &str, value: Value| form.insert(property.to_owned(), value);
    put("@type", json!(["dpv:Process"]));
    put(
        "dpv:hasPurpose",
        json!([{
            "@type": [record.dpv_purpose],
            "dct:identifier": [terms.purpose.code],
            "dct:hasVersion": [terms.purpose.version.to_string()],
        }]),
    );
    put("dpv:hasPersonalData", json!(items));
    put("dpv:hasProcessing", json!(processing));
    put("dpv:hasRecipient", json!(recipients));
    put("dpv:hasDuration", json!(durations));
    put("dpv:hasFrequency", json!([frequency(record)]));
    put(
        "dpv:hasAutomationLevel",
        json!([node(match terms.contact {
            Contact::None => "dpv:NotAutomated",
            Contact::Drafts => "dpv:AssistiveAutomation",
            Contact::Yes => "dpv:FullAutomation",
        })]),
    );
    if let Some(range) = terms.data_range {
        put(
            "dct:temporal",
            match range {
                DataRange::FromTo { from, to } => json!([format!("{from}/{to}")]),
                DataRange::LastMonths(months) => json!([format!("P{months}M")]),
            },
        );
    }
    if let Some(days) = terms.data_life_days {
        put("dpv:hasStorageCondition", json!([{ "@type": ["dpv:StorageDuration"], "dpv:hasDuration": [format!("P{days}D")] }]));
    }
    Value::Object(form)
}

fn personal_data(item: &crate::consent::Item, category: &super::Category) -> Value {
    let view = match item.view {
        View::Raw => "dpv:CollectedPersonalData",
        View::Masked => "dpv:DerivedPersonalData",
        View::Answer => "dpv:InferredPersonalData",
    };
    let mut kinds = vec![category.dpv.as_str(), view];
    match category.sensitivity {
        Sensitivity::Ordinary => {}
        Sensitivity::Sensitive => kinds.push("dpv:SensitivePersonalData"),
        Sensitivity::Special => kinds.push("dpv:SpecialCategoryPersonalData"),
    }
    json!({
        "@type": kinds,
        "dct:identifier": [item.attribute],
        "dct:description": [item.reason],
        "dpv:hasNecessity": [node(if item.needed { "dpv:Required" } else { "dpv:Optional" })],
    })
}

/// How often: once, or from time to time with the most in each sliding window (`3/P1D`).
fn frequency(record: &ConsentRecord) -> Value {
    let terms = record.terms.terms();
    if terms.fetch == Fetch::Once {
        return typed("dpv:SingularFrequency");
    }
    let Some(most) = terms.frequency else { return typed("dpv:SporadicFrequency") };
    let window = match most.per {
        Period::Hour => "PT1H",
        Period::Day => "P1D",
        Period::Month => "P30D",
    };
    json!({ "@type": ["dpv:SporadicFrequency"], "rdf:value": [format!("{}/{window}", most.count)] })
}
