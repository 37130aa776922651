//! Grants and decisions, gathered from the vault into records.

use serde_json::Value;
use uuid::Uuid;

use super::Form;
use super::record::{ConsentRecord, Event, Party, categories};
use crate::Vault;
use crate::consent::{Actor, CanonicalTerms, Grant, GrantState, NoticeSeen, PurposeRef};
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::Who;
use crate::receipt::statement::{decision_word, notice_seen};

/// The `typ` of a signed DEPA detail.
const DEPA_KIND: &str = "depa-consent-detail+json";

/// What a record has beside its brand, customer and terms.
struct Given {
    id: Uuid,
    request: Option<RequestId>,
    grant: Option<GrantId>,
    replaces: Option<GrantId>,
    notice: Option<NoticeSeen>,
    events: Vec<Event>,
    used: (u32, Option<crate::clock::Timestamp>),
}

impl Vault {
    /// A grant as it stands now, in a form.
    pub async fn export_grant(&self, customer: CustomerId, id: GrantId, form: Form) -> Result<Value> {
        let held = self.grant(customer, id).await?;
        let grant = &held.grant;
        let given = Given {
            id: id.0,
            request: Some(RequestId(grant.request())),
            grant: Some(id),
            replaces: grant.supersedes().map(GrantId),
            notice: Some(grant.notice().clone()),
            events: self.events_of(grant),
            used: (held.used, held.last_read),
        };
        let record = self.consent_record(customer, BrandId(grant.brand()), grant.terms().clone(), given).await?;
        self.write_form(form, &record)
    }

    /// A decision as it was made, in a form.
    ///
    /// # Errors
    /// `TERMS_NOT_KEPT`: the request that was decided on is no longer stored.
    pub async fn export_decision(&self, customer: CustomerId, sequence: i64, form: Form) -> Result<Value> {
        let receipt = self.receipt(customer, sequence).await?.receipt;
        let entry = &receipt.entry;
        let (Some(brand), Some(terms)) = (entry.brand, receipt.terms) else {
            return Err(Error::precondition("TERMS_NOT_KEPT", "The terms of this decision are no longer kept. Nothing was written."));
        };
        let given = Given {
            id: receipt.event,
            request: entry.request,
            grant: entry.grant,
            replaces: None,
            notice: entry.notice.as_deref().and_then(notice_seen),
            events: vec![Event { decision: decision_word(&entry.kind).to_owned(), by: entry.who.clone(), at: entry.time }],
            used: (0, None),
        };
        let record = self.consent_record(customer, brand, terms, given).await?;
        self.write_form(form, &record)
    }

    fn write_form(&self, form: Form, record: &ConsentRecord) -> Result<Value> {
        form.write(record, |detail| self.sign_statement(DEPA_KIND, detail))
    }

    /// How a grant began, and how it stands if that is another thing.
    fn events_of(&self, grant: &Grant) -> Vec<Event> {
        let who = |actor: &Actor| match actor {
            Actor::Customer => Who::Customer,
            Actor::Delegate { name, .. } => Who::Delegate(name.clone()),
            Actor::Clock => Who::Clock,
            Actor::Brand => Who::Brand(BrandId(grant.brand())),
            Actor::Operator => Who::Operator("operators".to_owned()),
        };
        let began = grant.approved_at();
        let mut events = vec![Event { decision: "approve".to_owned(), by: who(grant.decided_by()), at: began }];
        let now = self.now();
        let (changed, by) = grant.changed();
        let decision = match grant.effective_state(now) {
            GrantState::Active if changed > began || grant.state() != GrantState::Active => "resume",
            GrantState::Active => return events,
            GrantState::Paused => "pause",
            GrantState::Revoked => "revoke",
            GrantState::Expired => "expire",
            GrantState::Exhausted => "exhaust",
            GrantState::Superseded => "supersede",
            GrantState::Suspended => "suspend",
        };
        let pause_end = grant.pause_set().and_then(|pause| pause.until);
        // What time alone did is not written into the grant.
        let stored = grant.state() == grant.effective_state(now);
        let (at, by) = if stored { (changed, who(by)) } else { (grant.ended_at(now).or(pause_end).unwrap_or(changed), Who::Clock) };
        events.push(Event { decision: decision.to_owned(), by, at });
        events
    }

    async fn consent_record(&self, customer: CustomerId, brand: BrandId, terms: CanonicalTerms, given: Given) -> Result<ConsentRecord> {
        let party = self.brand(brand).await?;
        let PurposeRef { code, version } = terms.purpose().clone();
        let purpose = self.purpose_version(brand, &code, version).await?;
        let language = self.customer(customer).await?.profile.map(|profile| profile.language).unwrap_or_default();
        Ok(ConsentRecord {
            id: given.id,
            keeper: Uuid::from_bytes(self.keyring.deployment()),
            customer,
            language,
            brand: Party { id: brand, title: party.title, legal_name: party.legal_name, country: party.country, contact: party.contact },
            request: given.request,
            grant: given.grant,
            replaces: given.replaces,
            dpv_purpose: purpose.dpv_iri,
            categories: categories(&terms, self.catalogue),
            terms,
            notice: given.notice,
            events: given.events,
            used: given.used.0,
            last_read: given.used.1,
        })
    }
}
