//! What a receipt says: the consent record, and where its entry stands in the log.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Receipt;
use crate::clock::Timestamp;
use crate::consent::{CanonicalTerms, NoticeSeen, PurposeRef};
use crate::error::Result;
use crate::id::CustomerId;
use crate::ledger::{Commitment, Details, EntryKey, Who};

/// The `typ` of a receipt's header.
pub const KIND: &str = "consent-receipt+jwt";
/// The version of the payload.
const VERSION: u32 = 1;

/// The payload of a receipt; in JCS (RFC 8785), with the claims of RFC 7519 that fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// 1.
    pub v: u32,
    /// The deployment: `urn:uuid:<id>`.
    pub iss: String,
    /// The customer: `customers/{customer}`.
    pub sub: String,
    /// The moment of the decision, in seconds since 1970.
    pub iat: i64,
    /// The event: `urn:uuid:<id>`, the leaf's random id.
    pub jti: String,
    /// What was decided.
    pub consent: Consent,
    /// Where it stands in the log.
    pub entry: Position,
}

/// What was decided. All of it but the terms is said by the entry; the terms are bound to it by their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// `approve`, `counter`, `decline`, `pause`, `resume`, `revoke`, `amend` and so on.
    pub decision: String,
    /// Who decided.
    pub decided_by: Who,
    /// When.
    pub time: Timestamp,
    /// `brands/{brand}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// `customers/{customer}/requests/{request}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// `customers/{customer}/grants/{grant}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// The brand's purpose in its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeRef>,
    /// The notice that was on screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeSeen>,
    /// `passkey`, where the person's passkey signed the decision; the entry has the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_with: Option<String>,
    /// The terms decided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<CanonicalTerms>,
}

/// An entry of the log with what opens it: HMAC-SHA-256(key, JCS(details)) is the commitment, and JCS `{"commit","id","v":1}` the leaf.
///
/// The key opens this one entry, whose details the receipt shows anyway. Without it the holder could not prove that the entry
/// in the log is the one that the receipt speaks of, and would have to believe our signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The stream's random id.
    pub stream: Uuid,
    /// The position in the stream, from 1.
    pub sequence: i64,
    /// The leaf's random id.
    pub event: Uuid,
    /// The leaf's commitment.
    pub commitment: Commitment,
    /// What opens the commitment.
    pub key: EntryKey,
    /// What the entry says.
    pub details: Details,
}

impl Consent {
    /// What an entry and the terms decided on say together.
    pub(super) fn of(customer: CustomerId, details: &Details, terms: Option<CanonicalTerms>) -> Self {
        Self {
            decision: decision_word(&details.kind).to_owned(),
            decided_by: details.who.clone(),
            time: details.time,
            brand: details.brand.map(|id| format!("brands/{id}")),
            request: details.request.map(|id| format!("customers/{customer}/requests/{id}")),
            grant: details.grant.map(|id| format!("customers/{customer}/grants/{id}")),
            purpose: details.purpose.as_deref().and_then(purpose_decided),
            notice: details.notice.as_deref().and_then(notice_seen),
            signed_with: details.signed.as_ref().map(|_| "passkey".to_owned()),
            terms,
        }
    }
}

impl Statement {
    /// The statement of a receipt.
    pub(super) fn of(deployment: [u8; 16], customer: CustomerId, receipt: &Receipt) -> Self {
        let details = &receipt.entry;
        Self {
            v: VERSION,
            iss: Uuid::from_bytes(deployment).urn().to_string(),
            sub: format!("customers/{customer}"),
            iat: details.time.seconds(),
            jti: receipt.event.urn().to_string(),
            consent: Consent::of(customer, details, receipt.terms.clone()),
            entry: Position {
                stream: details.stream,
                sequence: receipt.sequence,
                event: receipt.event,
                commitment: Commitment(receipt.commitment),
                key: receipt.key.clone(),
                details: details.clone(),
            },
        }
    }

    /// The payload in JCS.
    pub(super) fn to_payload(&self) -> Result<Vec<u8>> {
        Ok(serde_jcs::to_vec(self)?)
    }

    /// Reads a payload, and only the one spelling of it.
    pub(super) fn from_payload(payload: &[u8]) -> Option<Self> {
        let statement: Self = serde_json::from_slice(payload).ok()?;
        (statement.v == VERSION && serde_jcs::to_vec(&statement).is_ok_and(|bytes| bytes == payload)).then_some(statement)
    }
}

/// The verb of a decision, by the kind of its entry; another kind stays as it is.
pub fn decision_word(kind: &str) -> &str {
    match kind {
        "request.approved" => "approve",
        "request.countered" => "counter",
        "request.declined" => "decline",
        "request.counter_accepted" => "accept_counter",
        "grant.paused" => "pause",
        "grant.resumed" => "resume",
        "grant.revoked" => "revoke",
        "grant.amended" => "amend",
        "grant.suspended" => "suspend",
        "grant.reinstated" => "reinstate",
        other => other,
    }
}

/// The notice of an entry, written `{sha256} {language}@{version}`.
pub fn notice_seen(written: &str) -> Option<NoticeSeen> {
    let (sha256, rest) = written.split_once(' ')?;
    let (language, version) = rest.rsplit_once('@')?;
    Some(NoticeSeen { version: version.parse().ok()?, language: language.to_owned(), sha256: sha256.to_owned() })
}

/// The purpose of an entry, written `{code}@{version}`.
fn purpose_decided(written: &str) -> Option<PurposeRef> {
    let (code, version) = written.rsplit_once('@')?;
    Some(PurposeRef { code: code.to_owned(), version: version.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notice_and_the_purpose_of_an_entry_read_back() {
        let notice = notice_seen("ab12 zh-Hans@3").expect("reads");
        assert_eq!((notice.sha256.as_str(), notice.language.as_str(), notice.version), ("ab12", "zh-Hans", 3));
        assert_eq!(notice_seen("ab12"), None);
        assert_eq!(purpose_decided("a@b@7"), Some(PurposeRef { code: "a@b".to_owned(), version: 7 }));
        assert_eq!(purpose_decided("advice"), None);
    }
}
