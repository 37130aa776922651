//! A consent record as we have it: what every form is made from.

use serde::Serialize;
use uuid::Uuid;

use crate::attribute::{Catalogue, Sensitivity};
use crate::clock::Timestamp;
use crate::consent::{CanonicalTerms, NoticeSeen};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::Who;

/// One customer's consent to one brand's purpose: the terms, the notice, and what was decided when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentRecord {
    /// The record's id: of a grant its own, of a decision the event's.
    pub id: Uuid,
    /// The deployment that keeps it.
    pub keeper: Uuid,
    /// The customer.
    pub customer: CustomerId,
    /// The language in which the customer is addressed (BCP 47).
    pub language: String,
    /// The brand.
    pub brand: Party,
    /// The request that was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The grant that came of it, or was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// The grant that it replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<GrantId>,
    /// The purpose as an IRI of the Data Privacy Vocabulary.
    pub dpv_purpose: String,
    /// The terms.
    pub terms: CanonicalTerms,
    /// What each item of the terms is, in their order.
    pub categories: Vec<Category>,
    /// The notice that was on screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<NoticeSeen>,
    /// What was decided, oldest first; at least one. The last is how things stand.
    pub events: Vec<Event>,
    /// Reads so far; of a decision none.
    pub used: u32,
    /// When the last read was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_read: Option<Timestamp>,
}

/// A brand, as a customer must be able to reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The id.
    pub id: BrandId,
    /// The name for people.
    pub title: String,
    /// The legal name.
    pub legal_name: String,
    /// The country (ISO 3166-1 alpha-2).
    pub country: String,
    /// How customers reach it.
    pub contact: String,
}

/// What an attribute type is, to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Its category as an IRI of the Data Privacy Vocabulary.
    pub dpv: String,
    /// How carefully it must be treated.
    pub sensitivity: Sensitivity,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `approve`, `counter`, `decline`, `pause`, `revoke`, `expire` and so on.
    pub decision: String,
    /// Who decided.
    pub by: Who,
    /// When.
    pub at: Timestamp,
}

impl ConsentRecord {
    /// The event that says how things stand.
    pub(super) fn latest(&self) -> &Event {
        self.events.last().expect("a record is made with an event")
    }

    /// Each item of the terms with what it is.
    pub(super) fn items(&self) -> impl Iterator<Item = (&crate::consent::Item, &Category)> {
        self.terms.items().iter().zip(&self.categories)
    }
}

/// What each item of the terms is; one that the catalogue no longer has is personal data.
pub(super) fn categories(terms: &CanonicalTerms, catalogue: &Catalogue) -> Vec<Category> {
    let of = |attribute: &str| match catalogue.get(attribute) {
        Some(kind) => Category { dpv: kind.dpv().to_owned(), sensitivity: kind.sensitivity() },
        None => Category { dpv: "https://w3id.org/dpv#PersonalData".to_owned(), sensitivity: Sensitivity::Ordinary },
    };
    terms.items().iter().map(|item| of(&item.attribute)).collect()
}
