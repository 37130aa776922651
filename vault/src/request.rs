//! A brand asks: requests, counter-offers, and the grants that come of them.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::canonical::Families;
use crate::consent::numbering::as_sent;
use crate::consent::{
    Actor, BrandView, CanonicalTerms, Grant, GrantState, Issue, NewRequest, Request, RequestState, Terms, TransitionError,
};
use crate::customer::Identifier;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, GrantId, RequestId, Subject};
use crate::ledger::{Note, Noted, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::store::draft::{ChangeKind, Draft, Write, stale};
use crate::store::entity::{brand_grant, brand_request};

/// What the brand's own row may say; everything else is pending, then closed.
const PENDING: i16 = 1;
const APPROVED: i16 = 2;
const COUNTERED: i16 = 3;
const CLOSED: i16 = 4;
/// Days until a request that nobody answers is closed.
const OPEN_DAYS: i64 = 14;
/// Days until the same may be asked again.
const QUIET_DAYS: i64 = 90;

/// What a brand asks.
#[derive(Clone, Debug)]
pub struct NewAsk {
    /// Whom.
    pub identifier: Identifier,
    /// What.
    pub terms: Terms,
    /// The least that the brand takes at once when it is offered less.
    pub accept_at_once: Option<Terms>,
}

/// A request as its brand sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandRequest {
    /// The id.
    pub id: RequestId,
    /// The brand.
    pub brand: BrandId,
    /// The brand's handle for whom it asked.
    pub handle: Subject,
    /// What was asked.
    pub terms: CanonicalTerms,
    /// Where it stands.
    pub state: BrandView,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it closes if nothing comes of it.
    pub closes_at: Timestamp,
    /// When the same may be asked again.
    pub ask_again_at: Timestamp,
    /// What the customer offers instead.
    pub counter: Option<CanonicalTerms>,
    /// The grant that came of it.
    pub grant: Option<GrantId>,
}

/// A grant as its brand sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandGrant {
    /// The grant.
    pub grant: Grant,
    /// The brand's own name for the customer.
    pub subject: Subject,
    /// Reads so far.
    pub used: u32,
    /// When the last read was.
    pub last_read: Option<Timestamp>,
}

/// A refused transition, in words for the caller.
pub(crate) fn refused(error: &TransitionError) -> Error {
    if error.violations().is_empty() {
        let mut sentence = error.to_string();
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Error::precondition(error.reason(), format!("{sentence}. Nothing was changed."))
    } else {
        Error::violations(error.violations().to_vec())
    }
}

/// As [`refused`], of items as the caller sent them: `canonical` is what became of these terms.
pub(crate) fn refused_as_sent(error: &TransitionError, sent: &Terms, canonical: &CanonicalTerms, families: &dyn Families) -> Error {
    if error.violations().is_empty() {
        return refused(error);
    }
    Error::violations(as_sent(error.violations(), sent, canonical, families))
}

/// SHA-256 (hexadecimal) of terms in JCS.
pub(crate) fn terms_hash(terms: &CanonicalTerms) -> Result<String> {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(serde_jcs::to_vec(terms)?);
    Ok(crate::ledger::hex(&digest))
}

fn row_of(row: &brand_request::Model, now: Timestamp) -> Result<BrandRequest> {
    let id = RequestId(row.request_id);
    let asked_at = Timestamp::from_micros(row.asked_at);
    let closes_at = asked_at.plus_days(OPEN_DAYS);
    let state = match row.state {
        PENDING if now < closes_at => BrandView::Pending,
        COUNTERED if now < closes_at => BrandView::Countered,
        APPROVED => BrandView::Approved,
        PENDING | COUNTERED | CLOSED => BrandView::Closed,
        _ => return Err(Error::inconsistent("brand_request", "state", id)),
    };
    Ok(BrandRequest {
        id,
        brand: BrandId(row.brand_id),
        handle: Subject::from_slice(&row.handle).ok_or_else(|| Error::inconsistent("brand_request", "handle", id))?,
        terms: serde_json::from_str(&row.terms)?,
        state,
        asked_at,
        closes_at,
        ask_again_at: asked_at.plus_days(QUIET_DAYS),
        counter: None,
        grant: row.grant_id.map(GrantId),
    })
}

impl Vault {
    /// Asks a customer for access. An unknown customer, and one who may not be asked again yet, give the same answer.
    pub async fn ask(&self, brand: BrandId, ask: NewAsk, once: Option<&Once>) -> Result<BrandRequest> {
        self.require_brand(brand).await?;
        let (terms, least) = self.check_ask(brand, &ask).await?;
        let (token, ..) = self.index_token(&ask.identifier, "identifier.value")?;
        let handle = self.handle_of(brand, &token);
        let found = self.find_customer(&token).await?;
        let stream = found.unwrap_or(CustomerId::DEPLOYMENT);
        self.once(stream, once, || async {
            self.require_quiet(brand, handle, &terms.purpose().code).await?;
            let id = RequestId::make(self.entropy.as_ref(), self.now())?;
            let new = NewRequest { id: id.0, handle: handle.to_string(), brand: brand.0, terms, auto_accept: least };
            let request = self.make_request(new, &ask)?;
            self.settled(|fresh| {
                let request = request.clone();
                async move {
                    let session = self.session_of(stream, fresh).await?;
                    // A customer whom this brand asked the same of lately, under another identifier, is not bothered again.
                    let deliver = found.is_some() && !self.asked_lately(&session, brand, &request).await?;
                    let (call, version) = (once.cloned(), session.view.version);
                    let customer = found.filter(|_| deliver);
                    let handle = handle.0.to_vec();
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let terms = request.terms();
                        let row = brand_request::Model {
                            brand_id: brand.0,
                            request_id: id.0,
                            handle: handle.clone(),
                            customer_id: customer.map(|customer| customer.0),
                            purpose: terms.purpose().code.clone(),
                            state: PENDING,
                            grant_id: None,
                            asked_at: request.asked_at().micros(),
                            terms: serde_json::to_string(terms)?,
                        };
                        let seen = row_of(&row, draft.now)?;
                        draft.writes.push(Write::BrandRequest(row));
                        if deliver {
                            draft.put_request(&request, None)?;
                        }
                        let note = Note::new(if deliver { "request.asked" } else { "request.undelivered" }, Who::Brand(brand)).brand(brand);
                        let note = note.request(id).purpose(&terms.purpose().code, terms.purpose().version).terms(terms_hash(terms)?);
                        draft.note(note)?;
                        draft.remember(call.as_ref(), &seen)?;
                        Ok(seen)
                    })
                    .await
                }
            })
            .await
        })
        .await
    }

    async fn check_ask(&self, brand: BrandId, ask: &NewAsk) -> Result<(CanonicalTerms, Option<CanonicalTerms>)> {
        let code = &ask.terms.purpose.code;
        let (purpose, _) = self.purpose(brand, code).await.map_err(|error| match error.kind() {
            Kind::NotFound => Error::invalid("terms.purpose", "PURPOSE_UNKNOWN", "This brand has no such registered purpose."),
            _ => error,
        })?;
        let canonical = |mut terms: Terms, field: &str| {
            terms.purpose = purpose.reference();
            terms.canonical(self.catalogue, self.now()).map_err(|mut violations| {
                for violation in &mut violations {
                    violation.field = violation.field.replacen("terms", field, 1);
                }
                Error::violations(violations)
            })
        };
        let terms = canonical(ask.terms.clone(), "terms")?;
        if let Some(ceiling) = self.ceiling_for(code).await? {
            let held = ceiling.check(&terms, self.now());
            held.map_err(|found| Error::violations(as_sent(&found, &ask.terms, &terms, self.catalogue)))?;
        }
        let least = ask.accept_at_once.clone().map(|least| canonical(least, "accept_at_once")).transpose()?;
        Ok((terms, least))
    }

    /// Asks, as the consent rules have it; what is wrong with the least that the brand takes is told of the items as it sent them.
    fn make_request(&self, new: NewRequest, sent: &NewAsk) -> Result<Request> {
        let least = new.auto_accept.clone();
        Request::ask(new, self.now()).map_err(|found| match (&sent.accept_at_once, &least) {
            (Some(sent), Some(least)) => Error::violations(as_sent(&found, sent, least, self.catalogue)),
            _ => Error::violations(found),
        })
    }

    /// Refuses a brand that is suspended.
    pub(crate) async fn require_brand(&self, brand: BrandId) -> Result<()> {
        if self.brand_may_act(brand).await? {
            return Ok(());
        }
        Err(Error::new(Kind::PermissionDenied, "BRAND_SUSPENDED", "This brand is suspended. Nothing was changed."))
    }

    /// The same question about the same identifier waits 90 days, whatever came of it, unless access came of it.
    async fn require_quiet(&self, brand: BrandId, handle: Subject, purpose: &str) -> Result<()> {
        let newest = brand_request::Entity::find()
            .filter(brand_request::Column::BrandId.eq(brand.0))
            .filter(brand_request::Column::Handle.eq(handle.0.to_vec()))
            .filter(brand_request::Column::Purpose.eq(purpose))
            .order_by_desc(brand_request::Column::AskedAt)
            .one(self.store.reader())
            .await?;
        let Some(newest) = newest.filter(|row| row.state != APPROVED) else { return Ok(()) };
        let again = Timestamp::from_micros(newest.asked_at).plus_days(QUIET_DAYS);
        if self.now() < again {
            let wait = u64::try_from((again.micros() - self.now().micros()) / 1_000_000).unwrap_or_default();
            return Err(
                Error::precondition("ASKED_LATELY", "The same was asked less than 90 days ago. Nothing was changed.").retry_after(wait)
            );
        }
        Ok(())
    }

    async fn asked_lately(&self, session: &crate::Session, brand: BrandId, request: &Request) -> Result<bool> {
        let now = self.now();
        let asked = self.store.load_requests(&session.keys).await?;
        Ok(asked.iter().any(|known| {
            known.brand() == brand.0
                && known.purpose().code == request.purpose().code
                && known.state() != RequestState::Approved
                && now < known.may_ask_again_at()
        }))
    }

    async fn brand_request_row(&self, brand: BrandId, id: RequestId) -> Result<brand_request::Model> {
        let row = brand_request::Entity::find_by_id((brand.0, id.0)).one(self.store.reader()).await?;
        row.ok_or_else(|| Error::not_found("request"))
    }

    async fn describe_request(&self, row: &brand_request::Model) -> Result<BrandRequest> {
        let mut seen = row_of(row, self.now())?;
        if let (BrandView::Countered, Some(customer)) = (seen.state, row.customer_id) {
            let session = self.session(CustomerId(customer)).await?;
            let request = self.store.load_request(&session.keys, seen.id).await?;
            seen.counter = request.and_then(|(request, _)| request.counter_offer().map(|offer| offer.terms.clone()));
        }
        Ok(seen)
    }

    /// One request of a brand's.
    pub async fn brand_request(&self, brand: BrandId, id: RequestId) -> Result<BrandRequest> {
        self.describe_request(&self.brand_request_row(brand, id).await?).await
    }

    /// The requests of a brand, newest first.
    pub async fn brand_requests(&self, brand: BrandId, page: &PageRequest) -> Result<Page<BrandRequest>> {
        let mut query = brand_request::Entity::find().filter(brand_request::Column::BrandId.eq(brand.0));
        if let Some(after) = page.after(RequestId::parse)? {
            query = query.filter(brand_request::Column::RequestId.lt(after.0));
        }
        let rows = query.order_by_desc(brand_request::Column::RequestId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| RequestId(row.request_id).to_string());
        let mut items = Vec::with_capacity(cut.items.len());
        for row in &cut.items {
            items.push(self.describe_request(row).await?);
        }
        Ok(Page { items, next: cut.next })
    }

    /// Takes a request back. It looks alike whoever was asked, and whatever they said.
    pub async fn withdraw_request(&self, brand: BrandId, id: RequestId, once: Option<&Once>) -> Result<BrandRequest> {
        let row = self.brand_request_row(brand, id).await?;
        let customer = row.customer_id.map(CustomerId);
        let stream = customer.unwrap_or(CustomerId::DEPLOYMENT);
        self.once(stream, once, || {
            self.settled_afresh(|fresh| async move {
                let row = self.brand_request_row(brand, id).await?;
                let session = self.session_of(stream, fresh).await?;
                let request = match customer {
                    Some(_) => Some(self.store.load_request(&session.keys, id).await?.ok_or_else(|| Error::not_found("request"))?),
                    None => None,
                };
                if request.is_none() && row_of(&row, self.now())?.state == BrandView::Closed {
                    return Err(refused(&TransitionError::RequestClosed));
                }
                let (call, version) = (once.cloned(), session.view.version);
                self.commit(&session, move |draft| {
                    draft.require_version(version)?;
                    if let Some((request, row_version)) = &request {
                        let next = request.clone().withdraw(Actor::Brand, draft.now).map_err(|rejected| refused(&rejected.error))?;
                        draft.put_request(&next, Some(*row_version))?;
                    } else {
                        draft.moving();
                    }
                    draft.writes.push(Write::BrandRequestState(brand, id, CLOSED, None));
                    draft.note(Note::new("request.withdrawn", Who::Brand(brand)).brand(brand).request(id))?;
                    let seen = row_of(&brand_request::Model { state: CLOSED, ..row.clone() }, draft.now)?;
                    draft.remember(call.as_ref(), &seen)?;
                    Ok(seen)
                })
                .await
            })
        })
        .await
    }

    /// A request with its customer, for the brand's answer to a counter-offer; what is not countered answers alike for everybody.
    async fn countered(&self, brand: BrandId, id: RequestId) -> Result<(brand_request::Model, CustomerId)> {
        let row = self.brand_request_row(brand, id).await?;
        match (row.customer_id, row_of(&row, self.now())?.state) {
            (Some(customer), _) => Ok((row, CustomerId(customer))),
            (None, BrandView::Closed) => Err(refused(&TransitionError::RequestClosed)),
            (None, _) => Err(refused(&TransitionError::RequestNotCountered)),
        }
    }

    /// Accepts a counter-offer: the grant begins.
    pub async fn accept_counter(&self, brand: BrandId, id: RequestId, once: Option<&Once>) -> Result<(BrandRequest, BrandGrant)> {
        self.require_brand(brand).await?;
        let (_, customer) = self.countered(brand, id).await?;
        let subject = self.subject_of(brand, customer);
        let accepted = self
            .once(customer, once, || {
                self.settled_afresh(|fresh| async move {
                    let row = self.brand_request_row(brand, id).await?;
                    let session = self.session_of(customer, fresh).await?;
                    let (request, row_version) =
                        self.store.load_request(&session.keys, id).await?.ok_or_else(|| Error::not_found("request"))?;
                    let grant_id = GrantId::make(self.entropy.as_ref(), self.now())?;
                    let (call, version) = (once.cloned(), session.view.version);
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let issue = issue(draft, &request, grant_id);
                        let accepted = request.clone().accept_counter(issue, Actor::Brand, draft.now);
                        let (next, grant) = accepted.map_err(|rejected| refused(&rejected.error))?;
                        draft.put_request(&next, Some(row_version))?;
                        let note = Note::new("request.counter_accepted", Who::Brand(brand)).terms(terms_hash(grant.terms())?);
                        begin(draft, note, &next, &grant, subject)?;
                        let row = brand_request::Model { state: APPROVED, grant_id: Some(grant_id.0), ..row.clone() };
                        let seen = row_of(&row, draft.now)?;
                        let held = BrandGrant { grant, subject, used: 0, last_read: None };
                        draft.remember(call.as_ref(), &(&seen, &held))?;
                        Ok((seen, held))
                    })
                    .await
                })
            })
            .await?;
        self.fence(customer).await?;
        self.changed.notify_waiters();
        Ok(accepted)
    }

    /// Rejects a counter-offer.
    pub async fn reject_counter(&self, brand: BrandId, id: RequestId, once: Option<&Once>) -> Result<BrandRequest> {
        let (_, customer) = self.countered(brand, id).await?;
        self.once(customer, once, || {
            self.settled_afresh(|fresh| async move {
                let row = self.brand_request_row(brand, id).await?;
                let session = self.session_of(customer, fresh).await?;
                let (request, row_version) =
                    self.store.load_request(&session.keys, id).await?.ok_or_else(|| Error::not_found("request"))?;
                let (call, version) = (once.cloned(), session.view.version);
                self.commit(&session, move |draft| {
                    draft.require_version(version)?;
                    let next = request.clone().reject_counter(Actor::Brand, draft.now).map_err(|rejected| refused(&rejected.error))?;
                    draft.put_request(&next, Some(row_version))?;
                    draft.writes.push(Write::BrandRequestState(brand, id, CLOSED, None));
                    draft.note(Note::new("request.counter_rejected", Who::Brand(brand)).brand(brand).request(id))?;
                    let seen = row_of(&brand_request::Model { state: CLOSED, ..row.clone() }, draft.now)?;
                    draft.remember(call.as_ref(), &seen)?;
                    Ok(seen)
                })
                .await
            })
        })
        .await
    }

    /// The grants that a brand holds or held, newest first. Those of erased customers are gone.
    pub async fn brand_grants(&self, brand: BrandId, live_only: bool, page: &PageRequest) -> Result<Page<BrandGrant>> {
        let mut items = Vec::new();
        let mut after = page.after(GrantId::parse)?;
        // Ended ones are passed over a page of rows at a time, so that a page of live ones is full unless it is the last.
        loop {
            let mut query = brand_grant::Entity::find().filter(brand_grant::Column::BrandId.eq(brand.0));
            if let Some(after) = after {
                query = query.filter(brand_grant::Column::GrantId.lt(after.0));
            }
            let rows = query.order_by_desc(brand_grant::Column::GrantId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
            for row in &rows {
                after = Some(GrantId(row.grant_id));
                let Ok(session) = self.fresh_session(CustomerId(row.customer_id)).await else { continue };
                let Some(grant) = session.view.grant(GrantId(row.grant_id)) else { continue };
                let live = matches!(grant.effective_state(self.now()), GrantState::Active | GrantState::Paused | GrantState::Suspended);
                if live_only && !live {
                    continue;
                }
                let used = session.view.used(GrantId(row.grant_id));
                items.push(BrandGrant {
                    grant: (**grant).clone(),
                    subject: Subject::from_slice(&row.subject)
                        .ok_or_else(|| Error::inconsistent("brand_grant", "subject", GrantId(row.grant_id)))?,
                    used: used.usage.used,
                    last_read: (used.usage.used > 0).then_some(used.last_read),
                });
            }
            if items.len() > page.size() || rows.len() <= page.size() {
                break;
            }
        }
        Ok(Page::cut(items, page, |item| GrantId(item.grant.id()).to_string()))
    }
}

/// The ids of a new grant: it takes the place of the live one of the same brand and purpose.
pub(crate) fn issue(draft: &Draft<'_>, request: &Request, grant: GrantId) -> Issue {
    let live = draft.view.grants.values().find(|held| {
        held.brand() == request.brand()
            && held.purpose().code == request.purpose().code
            && matches!(held.effective_state(draft.now), GrantState::Active | GrantState::Paused | GrantState::Suspended)
    });
    Issue { grant: grant.0, supersedes: live.map(|held| held.id()) }
}

/// Writes a new grant with everything that goes with it: the one that it replaces ends, and the brand hears of it.
pub(crate) fn begin(draft: &mut Draft<'_>, note: Note, request: &Request, grant: &Grant, subject: Subject) -> Result<Noted> {
    let brand = BrandId(grant.brand());
    let (id, request_id) = (GrantId(grant.id()), RequestId(request.id()));
    if let Some(replaced) = grant.supersedes().map(GrantId) {
        let old = draft.view.grant(replaced).ok_or_else(stale)?;
        let ended =
            (**old).clone().supersede(grant.id(), grant.decided_by().clone(), draft.now).map_err(|rejected| refused(&rejected.error))?;
        draft.put_grant(ended)?;
        draft.note(Note::new("grant.superseded", Who::Clock).brand(brand).grant(replaced))?;
        draft.tell(brand, ChangeKind::Superseded, None, Some(replaced), Some(subject));
    }
    draft.put_grant(grant.clone())?;
    draft.writes.push(Write::BrandGrant(brand_grant::Model {
        brand_id: brand.0,
        grant_id: id.0,
        customer_id: draft.view.id.0,
        subject: subject.0.to_vec(),
        purpose: grant.purpose().code.clone(),
        created_at: draft.now.micros(),
    }));
    draft.writes.push(Write::BrandRequestState(brand, request_id, APPROVED, Some(id)));
    draft.tell(brand, ChangeKind::Approved, Some(request_id), Some(id), Some(subject));
    let attributes = grant.terms().items().iter().map(|item| format!("{}:{}", item.attribute, crate::view_word(item.view))).collect();
    let note = note.brand(brand).request(request_id).grant(id).purpose(&grant.purpose().code, grant.purpose().version);
    draft.note_in_full(note.attributes(attributes).expires(grant.expires_at()))
}

/// The brand learns that there is a counter-offer.
pub(crate) fn offer(draft: &mut Draft<'_>, request: &Request) {
    let brand = BrandId(request.brand());
    draft.writes.push(Write::BrandRequestState(brand, RequestId(request.id()), COUNTERED, None));
    draft.tell(brand, ChangeKind::Countered, Some(RequestId(request.id())), None, None);
}
