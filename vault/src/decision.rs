//! A customer decides: yes, no, less; pause, stop, narrow. Every decision gives a receipt.

mod yes;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::consent::{Actor, Grant, GrantState, Rejected, Request, RequestState, Terms};
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::receipt::{Receipt, receipt};
use crate::request::{refused, refused_as_sent, terms_hash};
use crate::store::draft::{ChangeKind, Draft, Write, stale};
use crate::store::entity::brand_grant;
use crate::{Session, Vault};

pub use yes::Yes;

/// A grant as its customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerGrant {
    /// The grant.
    pub grant: Grant,
    /// Reads so far.
    pub used: u32,
    /// When the last read was.
    pub last_read: Option<Timestamp>,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The request decided on.
    pub request: Option<Request>,
    /// The grant that came of it or changed.
    pub grant: Option<CustomerGrant>,
    /// The receipt.
    pub receipt: Receipt,
}

/// Who decides, as the consent rules name them.
pub(crate) fn actor(who: &Who) -> Actor {
    match who {
        Who::Customer => Actor::Customer,
        Who::Delegate(name) => Actor::Delegate { id: uuid::Uuid::nil(), name: name.clone() },
        Who::Brand(_) => Actor::Brand,
        Who::Operator(_) | Who::Auditor(_) => Actor::Operator,
        Who::Clock => Actor::Clock,
    }
}

fn held(view: &crate::store::view::View, grant: &Grant) -> CustomerGrant {
    let used = view.used(GrantId(grant.id()));
    CustomerGrant { grant: grant.clone(), used: used.usage.used, last_read: (used.usage.used > 0).then_some(used.last_read) }
}

/// A verb of the consent rules that changes one grant.
type Change = fn(Grant, Option<Timestamp>, Actor, Timestamp) -> std::result::Result<Grant, Rejected<Grant>>;

impl Vault {
    /// What brands have asked a customer, newest first; in one state where given.
    pub async fn requests(&self, customer: CustomerId, state: Option<RequestState>, page: &PageRequest) -> Result<Page<Request>> {
        let session = self.fresh_session(customer).await?;
        let now = self.now();
        let after = page.after(RequestId::parse)?;
        let mut requests = self.store.load_requests(&session.keys).await?;
        requests.sort_by_key(|request| std::cmp::Reverse(request.id()));
        requests.retain(|request| {
            state.is_none_or(|state| request.effective_state(now) == state) && after.is_none_or(|after| request.id() < after.0)
        });
        requests.truncate(page.size() + 1);
        Ok(Page::cut(requests, page, |request| RequestId(request.id()).to_string()))
    }

    /// One request to a customer.
    pub async fn request(&self, customer: CustomerId, id: RequestId) -> Result<Request> {
        let session = self.session(customer).await?;
        let found = self.store.load_request(&session.keys, id).await?;
        found.map(|(request, _)| request).ok_or_else(|| Error::not_found("request"))
    }

    async fn request_row(&self, session: &Session, id: RequestId) -> Result<(Request, i64)> {
        self.store.load_request(&session.keys, id).await?.ok_or_else(|| Error::not_found("request"))
    }

    /// Says no. The brand learns nothing but that the request is closed, in its time.
    pub async fn decline(&self, customer: CustomerId, who: Who, id: RequestId, once: Option<&Once>) -> Result<Decision> {
        self.once(customer, once, || {
            self.settled_afresh(|fresh| {
                let who = who.clone();
                async move {
                    let session = self.session_of(customer, fresh).await?;
                    let (request, row_version) = self.request_row(&session, id).await?;
                    let (call, version) = (once.cloned(), session.view.version);
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let next = request.clone().decline(actor(&who), draft.now).map_err(|rejected| refused(&rejected.error))?;
                        draft.put_request(&next, Some(row_version))?;
                        let note = Note::new("request.declined", who.clone()).brand(BrandId(next.brand())).request(id);
                        let note = note.purpose(&next.purpose().code, next.purpose().version).terms(terms_hash(next.terms())?);
                        let receipt = receipt(draft.note_in_full(note)?, Some(next.terms()));
                        let decision = Decision { request: Some(next), grant: None, receipt };
                        draft.remember(call.as_ref(), &decision)?;
                        Ok(decision)
                    })
                    .await
                }
            })
        })
        .await
    }

    /// Who can see what, and who could, newest first; in one state where given.
    pub async fn grants(&self, customer: CustomerId, state: Option<GrantState>, page: &PageRequest) -> Result<Page<CustomerGrant>> {
        let session = self.fresh_session(customer).await?;
        let now = self.now();
        let after = page.after(GrantId::parse)?;
        let found = session.view.grants.values().rev().filter(|grant| {
            state.is_none_or(|state| grant.effective_state(now) == state) && after.is_none_or(|after| grant.id() < after.0)
        });
        let grants = found.take(page.size() + 1).map(|grant| held(&session.view, grant)).collect();
        Ok(Page::cut(grants, page, |held| GrantId(held.grant.id()).to_string()))
    }

    /// One grant of a customer's.
    pub async fn grant(&self, customer: CustomerId, id: GrantId) -> Result<CustomerGrant> {
        let session = self.fresh_session(customer).await?;
        session.view.grant(id).map(|grant| held(&session.view, grant)).ok_or_else(|| Error::not_found("grant"))
    }

    /// Pauses a grant, until a moment or until resumed. When this returns, no server answers a read under it.
    pub async fn pause(
        &self,
        customer: CustomerId,
        who: Who,
        id: GrantId,
        until: Option<Timestamp>,
        once: Option<&Once>,
    ) -> Result<Decision> {
        let change: Change = |grant, until, by, now| grant.pause(until, by, now);
        self.change_grant(customer, who, id, ("grant.paused", ChangeKind::Paused), until, change, once).await
    }

    /// Resumes a paused grant.
    pub async fn resume(&self, customer: CustomerId, who: Who, id: GrantId, once: Option<&Once>) -> Result<Decision> {
        let change: Change = |grant, _, by, now| grant.resume(by, now);
        self.change_grant(customer, who, id, ("grant.resumed", ChangeKind::Resumed), None, change, once).await
    }

    /// Stops a grant for good. When this returns, no server answers a read under it.
    pub async fn revoke(&self, customer: CustomerId, who: Who, id: GrantId, once: Option<&Once>) -> Result<Decision> {
        let change: Change = |grant, _, by, now| grant.revoke(by, now);
        self.change_grant(customer, who, id, ("grant.revoked", ChangeKind::Revoked), None, change, once).await
    }

    #[expect(clippy::too_many_arguments, reason = "one body for three verbs")]
    async fn change_grant(
        &self,
        customer: CustomerId,
        who: Who,
        id: GrantId,
        kind: (&'static str, ChangeKind),
        until: Option<Timestamp>,
        change: Change,
        once: Option<&Once>,
    ) -> Result<Decision> {
        let decision = self
            .once(customer, once, || {
                self.settled_afresh(|fresh| {
                    let who = who.clone();
                    async move {
                        // From memory first: a stop must be quick. What is old shows at the commit.
                        let session = self.session_of(customer, fresh).await?;
                        let session = if session.view.grant(id).is_some() { session } else { self.fresh_session(customer).await? };
                        let brand = session.view.grant(id).map(|grant| BrandId(grant.brand())).ok_or_else(|| Error::not_found("grant"))?;
                        let subject = self.subject_of(brand, customer);
                        let call = once.cloned();
                        self.commit(&session, move |draft| {
                            let grant = Arc::clone(draft.view.grant(id).ok_or_else(|| Error::not_found("grant"))?);
                            let next =
                                change((*grant).clone(), until, actor(&who), draft.now).map_err(|rejected| refused(&rejected.error))?;
                            let decision = write_change(draft, &who, kind, &next, subject)?;
                            draft.remember(call.as_ref(), &decision)?;
                            Ok(decision)
                        })
                        .await
                    }
                })
            })
            .await?;
        self.fence(customer).await?;
        self.changed.notify_waiters();
        Ok(decision)
    }

    /// Narrows a grant. The new one takes its place at once, and its uses go on counting.
    pub async fn amend(&self, customer: CustomerId, who: Who, id: GrantId, terms: Terms, once: Option<&Once>) -> Result<Decision> {
        let decision = self
            .once(customer, once, || {
                self.settled_afresh(|fresh| {
                    let (who, mut sent, catalogue) = (who.clone(), terms.clone(), self.catalogue);
                    async move {
                        let session = self.session_of(customer, fresh).await?;
                        let grant = session.view.grant(id).cloned().ok_or_else(|| Error::not_found("grant"))?;
                        sent.purpose = grant.purpose().clone();
                        let terms = sent.canonical(self.catalogue, self.now()).map_err(Error::violations)?;
                        let successor = GrantId::make(self.entropy.as_ref(), self.now())?;
                        let brand = BrandId(grant.brand());
                        let subject = self.subject_of(brand, customer);
                        let (call, version) = (once.cloned(), session.view.version);
                        self.commit(&session, move |draft| {
                            draft.require_version(version)?;
                            let usage = draft.view.used(id).usage;
                            let amended = (*grant).clone().amend(terms.clone(), successor.0, &usage, actor(&who), draft.now);
                            let amended = amended.map_err(|rejected| refused_as_sent(&rejected.error, &sent, &terms, catalogue))?;
                            draft.put_grant(amended.superseded)?;
                            draft.carry_usage(id, successor)?;
                            draft.put_grant(amended.grant.clone())?;
                            draft.writes.push(Write::BrandGrant(brand_grant::Model {
                                brand_id: brand.0,
                                grant_id: successor.0,
                                customer_id: draft.view.id.0,
                                subject: subject.0.to_vec(),
                                purpose: terms.purpose().code.clone(),
                                created_at: draft.now.micros(),
                            }));
                            draft.tell(brand, ChangeKind::Superseded, None, Some(id), Some(subject));
                            draft.tell(brand, ChangeKind::Approved, None, Some(successor), Some(subject));
                            let note = Note::new("grant.amended", who.clone()).brand(brand).grant(successor).terms(terms_hash(&terms)?);
                            let note = note.purpose(&terms.purpose().code, terms.purpose().version).reason(format!("replaces grant {id}"));
                            let note = note.expires(terms.terms().expires_at);
                            let receipt = receipt(draft.note_in_full(note)?, Some(&terms));
                            let decision = Decision { request: None, grant: Some(held(&draft.view, &amended.grant)), receipt };
                            draft.remember(call.as_ref(), &decision)?;
                            Ok(decision)
                        })
                        .await
                    }
                })
            })
            .await?;
        self.fence(customer).await?;
        self.changed.notify_waiters();
        Ok(decision)
    }

    /// Pauses every live grant, in one commit.
    pub async fn pause_all(&self, customer: CustomerId, who: Who, until: Option<Timestamp>, once: Option<&Once>) -> Result<Vec<Decision>> {
        if until.is_some_and(|until| until <= self.now()) {
            return Err(Error::invalid("until_time", "PAUSE_ENDS_IN_PAST", "A pause ends in the future."));
        }
        let change: Change = |grant, until, by, now| grant.pause(until, by, now);
        self.change_all(customer, who, ("grant.paused", ChangeKind::Paused), until, change, once).await
    }

    /// Stops every live grant for good, in one commit.
    pub async fn revoke_all(&self, customer: CustomerId, who: Who, once: Option<&Once>) -> Result<Vec<Decision>> {
        let change: Change = |grant, _, by, now| grant.revoke(by, now);
        self.change_all(customer, who, ("grant.revoked", ChangeKind::Revoked), None, change, once).await
    }

    async fn change_all(
        &self,
        customer: CustomerId,
        who: Who,
        kind: (&'static str, ChangeKind),
        until: Option<Timestamp>,
        change: Change,
        once: Option<&Once>,
    ) -> Result<Vec<Decision>> {
        let changed = self
            .once(customer, once, || {
                self.settled(|_| {
                    let who = who.clone();
                    async move {
                        let session = self.fresh_session(customer).await?;
                        let subjects: Vec<(GrantId, crate::id::Subject)> = session
                            .view
                            .grants
                            .values()
                            .map(|grant| (GrantId(grant.id()), self.subject_of(BrandId(grant.brand()), customer)))
                            .collect();
                        let (call, version) = (once.cloned(), session.view.version);
                        self.commit(&session, move |draft| {
                            draft.require_version(version)?;
                            let mut changed = Vec::new();
                            for (id, subject) in &subjects {
                                let grant = Arc::clone(draft.view.grant(*id).ok_or_else(stale)?);
                                // Those that are not live, or paused like that already, stay as they are.
                                let Ok(next) = change((*grant).clone(), until, actor(&who), draft.now) else { continue };
                                changed.push(write_change(draft, &who, kind, &next, *subject)?);
                            }
                            draft.remember(call.as_ref(), &changed)?;
                            Ok(changed)
                        })
                        .await
                    }
                })
            })
            .await?;
        self.fence(customer).await?;
        self.changed.notify_waiters();
        Ok(changed)
    }
}

/// Writes a grant's next state with its entry, and tells the brand.
pub(crate) fn write_change(
    draft: &mut Draft<'_>,
    who: &Who,
    (kind, told): (&'static str, ChangeKind),
    next: &Grant,
    subject: crate::id::Subject,
) -> Result<Decision> {
    let (id, brand) = (GrantId(next.id()), BrandId(next.brand()));
    draft.put_grant(next.clone())?;
    let note = Note::new(kind, who.clone()).brand(brand).grant(id).purpose(&next.purpose().code, next.purpose().version);
    let note = note.until(next.pause_set().and_then(|pause| pause.until).filter(|_| told == ChangeKind::Paused));
    let receipt = receipt(draft.note_in_full(note)?, Some(next.terms()));
    draft.tell(brand, told, None, Some(id), Some(subject));
    Ok(Decision { request: None, grant: Some(held(&draft.view, next)), receipt })
}
