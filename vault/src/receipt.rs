//! Receipts: what was decided, signed, with its place in the log. Made again at any time from what is stored, byte for byte, while
//! the same key signs.

mod key_set;
pub mod statement;
pub mod verify;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use key_set::SigningKeys;
pub use key_set::{KeySet, KeySetError};

use crate::consent::{CanonicalTerms, Request};
use crate::error::{Error, Result};
use crate::id::{CustomerId, RequestId};
use crate::journal::EntryFilter;
use crate::ledger::{Details, Entry, EntryKey, Noted};
use crate::page::{Page, PageRequest};
use crate::request::terms_hash;
use crate::{Session, Vault};
use statement::Statement;

/// What was decided, and where it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The entry's position in the customer's stream.
    pub sequence: i64,
    /// The entry's random id.
    pub event: Uuid,
    /// The entry's commitment.
    pub commitment: [u8; 32],
    /// What opens the commitment.
    pub key: EntryKey,
    /// What the entry says.
    pub entry: Details,
    /// The terms decided on, where the decision has terms that are still kept.
    pub terms: Option<CanonicalTerms>,
}

/// A receipt that convinces without us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReceipt {
    /// The receipt.
    pub receipt: Receipt,
    /// The same, signed: a compact JWS of kind [`statement::KIND`].
    pub jws: String,
    /// That its leaf is in the log, as a `.tlog-proof` file; absent until the log has a place for it.
    pub log_proof: Option<String>,
}

/// Kinds of entry that are decisions.
const DECISIONS: [&str; 10] = [
    "request.approved",
    "request.countered",
    "request.declined",
    "request.counter_accepted",
    "grant.paused",
    "grant.resumed",
    "grant.revoked",
    "grant.amended",
    "grant.suspended",
    "grant.reinstated",
];

/// Whether entries of this kind are decisions.
pub(crate) fn is_decision_kind(kind: &str) -> bool {
    DECISIONS.contains(&kind)
}

fn is_decision(entry: &Entry) -> bool {
    is_decision_kind(&entry.details.kind)
}

/// The receipt of a decision that is being written.
pub(crate) fn receipt(noted: Noted, terms: Option<&CanonicalTerms>) -> Receipt {
    let Noted { details, event, commitment, key } = noted;
    Receipt { sequence: details.sequence, event, commitment, key, entry: details, terms: terms.cloned() }
}

/// Whether these terms are the ones whose hash the entry has.
fn terms_are_those_of(terms: &CanonicalTerms, details: &Details) -> bool {
    details.terms_sha256.as_deref().is_some_and(|sha256| terms_hash(terms).is_ok_and(|hash| hash == sha256))
}

/// The receipt of a stored entry. Its terms are the grant's, the counter-offer's or the request's: those whose hash the entry has,
/// or the grant's where a decision changed no terms.
fn receipt_of(entry: Entry, session: &Session, requests: &[Request]) -> Receipt {
    let grant = entry.details.grant.and_then(|id| session.view.grant(id)).map(|grant| grant.terms());
    let request = requests.iter().find(|request| Some(RequestId(request.id())) == entry.details.request);
    let offered = request.and_then(|request| request.counter_offer()).map(|offer| &offer.terms);
    let asked = request.map(Request::terms);
    let terms = if entry.details.terms_sha256.is_some() {
        [grant, offered, asked].into_iter().flatten().find(|terms| terms_are_those_of(terms, &entry.details)).cloned()
    } else {
        grant.cloned()
    };
    let Entry { sequence, event, commitment, key, details, .. } = entry;
    Receipt { sequence, event, commitment, key, entry: details, terms }
}

impl Vault {
    /// The receipts of all decisions, newest first.
    pub async fn receipts(&self, customer: CustomerId, page: &PageRequest) -> Result<Page<Receipt>> {
        let session = self.fresh_session(customer).await?;
        let requests = self.store.load_requests(&session.keys).await?;
        let mut found: Vec<Receipt> = Vec::new();
        let mut at = page.clone();
        loop {
            let entries = self.entries(customer, &EntryFilter::default(), &at).await?;
            found.extend(entries.items.into_iter().filter(is_decision).map(|entry| receipt_of(entry, &session, &requests)));
            if found.len() > page.size() || entries.next.is_empty() {
                break;
            }
            at = PageRequest::new(i32::try_from(page.size()).unwrap_or(i32::MAX), &entries.next)?;
        }
        Ok(Page::cut(found, page, |receipt| receipt.sequence.to_string()))
    }

    /// The receipt of one decision, made again. What was changed behind our back is not signed.
    pub async fn receipt(&self, customer: CustomerId, sequence: i64) -> Result<SignedReceipt> {
        let missing = |error: Error| if error.reason() == "NOT_FOUND" { Error::not_found("receipt") } else { error };
        let entry = self.entry(customer, sequence).await.map_err(missing)?;
        if !is_decision(&entry) {
            return Err(Error::not_found("receipt"));
        }
        if !entry.valid {
            return Err(Error::inconsistent("ledger_entry", "opening", sequence));
        }
        let session = self.fresh_session(customer).await?;
        let request = match entry.details.request {
            Some(id) => self.store.load_request(&session.keys, id).await?.map(|(request, _)| request),
            None => None,
        };
        let signed = self.sign_receipt(customer, receipt_of(entry, &session, request.as_slice()))?;
        // The receipt is good without it: what is not under a published checkpoint yet has none.
        let log_proof = self.inclusion(customer, sequence).await.ok().map(|found| found.tlog_proof);
        Ok(SignedReceipt { log_proof, ..signed })
    }

    /// Signs the receipt of a decision.
    pub fn sign_receipt(&self, customer: CustomerId, receipt: Receipt) -> Result<SignedReceipt> {
        let payload = Statement::of(self.keyring.deployment(), customer, &receipt).to_payload()?;
        let jws = self.receipt_keys.sign(statement::KIND, &payload);
        Ok(SignedReceipt { receipt, jws, log_proof: None })
    }

    /// A statement of another kind, signed with the key of receipts.
    pub(crate) fn sign_statement(&self, kind: &str, payload: &[u8]) -> String {
        self.receipt_keys.sign(kind, payload)
    }

    /// The public keys of receipts, newest first.
    pub fn receipt_keys(&self) -> KeySet {
        self.receipt_keys.public()
    }
}

#[cfg(test)]
mod tests;
