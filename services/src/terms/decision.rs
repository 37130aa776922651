//! Requests, grants and receipts on the wire.

use coffret_proto::v1;
use coffret_vault::clock::Timestamp;
use coffret_vault::consent::{BrandView, Grant, GrantState, NoticeSeen, Purpose, Request, RequestState};
use coffret_vault::decision::CustomerGrant;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::{BrandId, CustomerId, GrantId, RequestId};
use coffret_vault::receipt::statement::{decision_word, notice_seen};
use coffret_vault::receipt::{Receipt, SignedReceipt};
use coffret_vault::request::{BrandGrant, BrandRequest};

use super::agreed_to_wire;
use crate::names;

/// States of requests, by the numbers of the contract.
const REQUEST_STATES: [(v1::RequestState, RequestState); 7] = [
    (v1::RequestState::Pending, RequestState::Pending),
    (v1::RequestState::Approved, RequestState::Approved),
    (v1::RequestState::Declined, RequestState::Declined),
    (v1::RequestState::Countered, RequestState::Countered),
    (v1::RequestState::Withdrawn, RequestState::Withdrawn),
    (v1::RequestState::Lapsed, RequestState::Lapsed),
    (v1::RequestState::RejectedByBrand, RequestState::RejectedByBrand),
];

/// States of grants, by the numbers of the contract.
const GRANT_STATES: [(v1::GrantState, GrantState); 7] = [
    (v1::GrantState::Active, GrantState::Active),
    (v1::GrantState::Paused, GrantState::Paused),
    (v1::GrantState::Revoked, GrantState::Revoked),
    (v1::GrantState::Expired, GrantState::Expired),
    (v1::GrantState::Exhausted, GrantState::Exhausted),
    (v1::GrantState::Superseded, GrantState::Superseded),
    (v1::GrantState::Suspended, GrantState::Suspended),
];

/// The state that a list is narrowed to; nothing means all.
pub(crate) fn request_state_to_vault(wire: i32, field: &str) -> Result<Option<RequestState>> {
    state_to_vault(&REQUEST_STATES, wire, v1::RequestState::Unspecified, field)
}

/// The state that a list is narrowed to; nothing means all.
pub(crate) fn grant_state_to_vault(wire: i32, field: &str) -> Result<Option<GrantState>> {
    state_to_vault(&GRANT_STATES, wire, v1::GrantState::Unspecified, field)
}

fn state_to_vault<W: Copy + PartialEq + TryFrom<i32>, S: Copy>(states: &[(W, S)], wire: i32, all: W, field: &str) -> Result<Option<S>> {
    let unknown = || Error::invalid(field, "STATE_UNKNOWN", "The contract has no such state.");
    let wire = W::try_from(wire).map_err(|_| unknown())?;
    if wire == all {
        return Ok(None);
    }
    states.iter().find(|(known, _)| *known == wire).map(|(_, state)| Some(*state)).ok_or_else(unknown)
}

fn state_to_wire<W: Copy + Into<i32>, S: PartialEq>(states: &[(W, S)], state: &S) -> i32 {
    states.iter().find(|(_, known)| known == state).map_or(0, |(wire, _)| (*wire).into())
}

/// A request as its customer sees it at a moment.
pub(crate) fn request_to_wire(
    customer: CustomerId,
    request: &Request,
    brand_title: String,
    notice: Option<v1::Notice>,
    now: Timestamp,
) -> v1::Request {
    let brand = BrandId(request.brand());
    v1::Request {
        name: names::customer_request_name(customer, RequestId(request.id())),
        brand: names::brand_name(brand),
        brand_title,
        terms: Some(agreed_to_wire(request.terms(), brand)),
        counter_terms: request.counter_offer().map(|offer| agreed_to_wire(&offer.terms, brand)),
        state: state_to_wire(&REQUEST_STATES, &request.effective_state(now)),
        create_time: Some(names::timestamp(request.asked_at())),
        lapse_time: Some(names::timestamp(request.lapses_at())),
        notice,
    }
}

/// The notice of a purpose in a language: that very one, else one of the same primary language, else English.
pub(crate) fn notice_to_wire(purpose: &Purpose, language: &str) -> Option<v1::Notice> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let alike = |wanted: &str| {
        let exact = purpose.notices.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        exact.or_else(|| purpose.notices.iter().find(|(tag, _)| primary(tag) == primary(wanted)))
    };
    let (tag, notice) = alike(language).or_else(|| alike("en"))?;
    Some(v1::Notice {
        language: tag.clone(),
        text: notice.text.clone(),
        sha256: notice.sha256.clone(),
        purpose_version: super::number(purpose.version),
    })
}

/// A grant as its customer sees it at a moment.
pub(crate) fn customer_grant_to_wire(customer: CustomerId, held: &CustomerGrant, brand_title: String, now: Timestamp) -> v1::Grant {
    let name = |id| names::customer_grant_name(customer, id);
    grant_to_wire(&held.grant, (held.used, held.last_read), name, brand_title, now)
}

/// A grant as its brand sees it at a moment.
pub(crate) fn brand_grant_to_wire(held: &BrandGrant, brand_title: String, now: Timestamp) -> v1::Grant {
    let brand = BrandId(held.grant.brand());
    let name = |id| names::brand_grant_name(brand, id);
    let wire = grant_to_wire(&held.grant, (held.used, held.last_read), name, brand_title, now);
    v1::Grant { subject: names::subject_name(held.subject), ..wire }
}

fn grant_to_wire(
    grant: &Grant,
    (used, last_read): (u32, Option<Timestamp>),
    name: impl Fn(GrantId) -> String,
    brand_title: String,
    now: Timestamp,
) -> v1::Grant {
    let brand = BrandId(grant.brand());
    v1::Grant {
        name: name(GrantId(grant.id())),
        brand: names::brand_name(brand),
        brand_title,
        subject: String::new(),
        terms: Some(agreed_to_wire(grant.terms(), brand)),
        state: state_to_wire(&GRANT_STATES, &grant.effective_state(now)),
        create_time: Some(names::timestamp(grant.approved_at())),
        pause_until_time: grant.paused_until(now).map(names::timestamp),
        used: i64::from(used),
        supersedes: grant.supersedes().map(|id| name(GrantId(id))).unwrap_or_default(),
        last_read_time: last_read.map(names::timestamp),
        notice: None,
    }
}

/// A request as its brand sees it.
pub(crate) fn brand_request_to_wire(request: &BrandRequest) -> v1::AccessRequest {
    let state = match request.state {
        BrandView::Pending => v1::AccessRequestState::Pending,
        BrandView::Approved => v1::AccessRequestState::Approved,
        BrandView::Countered => v1::AccessRequestState::Countered,
        BrandView::Closed => v1::AccessRequestState::Closed,
    };
    v1::AccessRequest {
        name: names::brand_request_name(request.brand, request.id),
        handle: request.handle.to_string(),
        terms: Some(agreed_to_wire(&request.terms, request.brand)),
        state: state.into(),
        create_time: Some(names::timestamp(request.asked_at)),
        close_time: Some(names::timestamp(request.closes_at)),
        ask_again_time: Some(names::timestamp(request.ask_again_at)),
        counter_terms: request.counter.as_ref().map(|terms| agreed_to_wire(terms, request.brand)),
        grant: request.grant.map(|grant| names::brand_grant_name(request.brand, grant)).unwrap_or_default(),
    }
}

/// A receipt, without its signed form.
pub(crate) fn receipt_to_wire(customer: CustomerId, receipt: &Receipt) -> v1::Receipt {
    let entry = &receipt.entry;
    v1::Receipt {
        name: names::customer_receipt_name(customer, receipt.sequence),
        decision: decision_word(&entry.kind).to_owned(),
        brand: entry.brand.map(names::brand_name).unwrap_or_default(),
        request: entry.request.map(|id| names::customer_request_name(customer, id)).unwrap_or_default(),
        grant: entry.grant.map(|id| names::customer_grant_name(customer, id)).unwrap_or_default(),
        terms: receipt.terms.as_ref().zip(entry.brand).map(|(terms, brand)| agreed_to_wire(terms, brand)),
        notice: entry.notice.as_deref().and_then(notice_seen).map(seen_to_wire),
        create_time: Some(names::timestamp(entry.time)),
        entry: names::customer_entry_name(customer, receipt.sequence),
        commitment: hex(&receipt.commitment),
        jws: String::new(),
        tlog_proof: String::new(),
        signed_with_passkey: entry.signed.is_some(),
    }
}

/// A receipt with its signed form.
pub(crate) fn signed_receipt_to_wire(customer: CustomerId, signed: SignedReceipt) -> v1::Receipt {
    let wire = receipt_to_wire(customer, &signed.receipt);
    v1::Receipt { jws: signed.jws, tlog_proof: signed.log_proof.unwrap_or_default(), ..wire }
}

/// The notice of a receipt; its text is not in the entry.
fn seen_to_wire(seen: NoticeSeen) -> v1::Notice {
    v1::Notice {
        language: seen.language,
        text: String::new(),
        sha256: seen.sha256,
        purpose_version: i32::try_from(seen.version).unwrap_or(i32::MAX),
    }
}

/// Bytes in hexadecimal, lower case.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_the_contract_has_its_own_in_the_vault() {
        for wire in 1..=7 {
            let state = request_state_to_vault(wire, "state").expect("known").expect("one");
            assert_eq!(state_to_wire(&REQUEST_STATES, &state), wire);
            let state = grant_state_to_vault(wire, "state").expect("known").expect("one");
            assert_eq!(state_to_wire(&GRANT_STATES, &state), wire);
        }
        assert_eq!(request_state_to_vault(0, "state").expect("all"), None);
        assert_eq!(grant_state_to_vault(0, "state").expect("all"), None);
        for unknown in [8, -1] {
            assert_eq!(grant_state_to_vault(unknown, "state").expect_err("unknown").field_violations()[0].field, "state");
        }
    }

    #[test]
    fn a_notice_is_found_by_tag_then_by_language_then_in_english() {
        let notice = |text: &str| coffret_vault::consent::Notice { text: text.to_owned(), sha256: "0".repeat(64) };
        let notices = [("en", "E"), ("fr", "F"), ("zh-Hans", "Z")].map(|(tag, text)| (tag.to_owned(), notice(text)));
        let purpose = Purpose { code: "care".to_owned(), version: 4, dpv_iri: String::new(), notices: notices.into() };
        for (asked, text) in [("fr", "F"), ("FR", "F"), ("fr-CA", "F"), ("zh-Hant", "Z"), ("de", "E"), ("", "E")] {
            let found = notice_to_wire(&purpose, asked).expect("English is there");
            assert_eq!((found.text.as_str(), found.purpose_version), (text, 4), "{asked}");
        }
        let none = Purpose { notices: [].into(), ..purpose };
        assert!(notice_to_wire(&none, "fr").is_none());
    }

    #[test]
    fn hexadecimal_is_lower_case() {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (0xab, 0x0f);
        assert_eq!(hex(&bytes), format!("ab{}0f", "00".repeat(30)));
    }
}
