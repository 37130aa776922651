//! Kantara Consent Receipt 1.1 (Kantara Initiative, CR v1.1.0), as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::record::ConsentRecord;
use super::{Left, Loss, lost};
use crate::attribute::Sensitivity;

/// What the form does not hold.
pub const LOSSES: [Loss; 26] = [
    lost("keeper", "The receipt names the controller and nobody who keeps records for it."),
    lost("brand.id", "A controller goes by its name."),
    lost("request", "There is no place for what was asked."),
    lost("grant", "There is no place for what came of it."),
    lost("replaces", "Receipts do not refer to each other."),
    lost("categories", "The category is the attribute type's own name; what is intimate and what is special are one list, spiCat."),
    lost("notice.language", "The notice is a link by its hash: the policyUrl."),
    lost("notice.version", "The notice is a link by its hash: the policyUrl."),
    Loss { field: "events[]", left: Left::Last, why: "A receipt tells of one moment." },
    lost("events[].by", "The receipt does not say who decided."),
    Loss { field: "events[].at", left: Left::Seconds, why: "The time is in whole seconds." },
    lost("terms.items[].view", "Data is given or not; there is no coarser view of it."),
    lost("terms.items[].needed", "Data is not marked as needed or optional."),
    lost("terms.items[].reason", "Reasons are of the purpose as a whole, and stand in the notice."),
    lost("terms.mode", "What the brand may do is said by the notice alone."),
    lost("terms.data_range", "There is no limit by the data's own time."),
    lost("terms.not_before", "There is no start, only an end."),
    lost("terms.fetch", "There are no limits of use."),
    lost("terms.uses", "There are no limits of use."),
    lost("terms.frequency", "There are no limits of use."),
    lost("terms.data_life_days", "How long data is kept is said by the notice alone."),
    lost("terms.predictions", "Predictions are not told apart from other use."),
    lost("terms.contact", "Automated contact is not told apart from other use."),
    lost("terms.reward", "There is no place for what is given in return."),
    lost("used", "A receipt tells of consent, not of use."),
    lost("last_read", "A receipt tells of consent, not of use."),
];

/// Where the notice is, by its content (RFC 6920); empty when there was none on screen.
fn notice_link(sha256: &str) -> String {
    let digits = |pair: &[u8]| str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = sha256.as_bytes().chunks(2).map(digits).collect();
    bytes.map(|bytes| format!("ni:///sha-256;{}", URL_SAFE_NO_PAD.encode(bytes))).unwrap_or_default()
}

/// Writes a record. Required fields that we do not have (telephone, and e-mail where the contact is none) are empty.
pub fn write(record: &ConsentRecord) -> Value {
    let (terms, event) = (record.terms.terms(), record.latest());
    let email = if record.brand.contact.contains('@') { record.brand.contact.as_str() } else { "" };
    let guarded = |sensitivity: Sensitivity| sensitivity != Sensitivity::Ordinary;
    let special: Vec<&str> =
        record.items().filter(|(_, category)| guarded(category.sensitivity)).map(|(item, _)| item.attribute.as_str()).collect();
    let mut purpose = json!({
        "purpose": format!("{}@{}", terms.purpose.code, terms.purpose.version),
        "consentType": "EXPLICIT",
        "purposeCategory": [record.dpv_purpose],
        "piiCategory": terms.items.iter().map(|item| item.attribute.as_str()).collect::<Vec<_>>(),
        "primaryPurpose": true,
        "termination": terms.expires_at,
        "thirdPartyDisclosure": !terms.onward.is_empty(),
    });
    if !terms.onward.is_empty() {
        // A name holds no line break.
        purpose["thirdPartyName"] = json!(terms.onward.join("\n"));
    }
    json!({
        "version": "KI-CR-v1.1.0",
        "jurisdiction": record.brand.country,
        "consentTimestamp": event.at.seconds(),
        "collectionMethod": format!("Decision in the customer's vault: {}", event.decision),
        "consentReceiptID": record.id,
        "language": record.language,
        "piiPrincipalId": record.customer,
        "piiControllers": [{
            "piiController": record.brand.legal_name,
            "onBehalf": false,
            "contact": record.brand.contact,
            "address": { "addressCountry": record.brand.country },
            "email": email,
            "phone": "",
        }],
        "policyUrl": record.notice.as_ref().map(|notice| notice_link(&notice.sha256)).unwrap_or_default(),
        "services": [{ "service": record.brand.title, "purposes": [purpose] }],
        "sensitive": !special.is_empty(),
        "spiCat": special,
    })
}
