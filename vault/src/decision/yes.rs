//! A yes, or a yes to less: to the exact text and terms, signed by a passkey where the customer has one.

use std::sync::atomic::AtomicBool;

use super::{Change, Decision, actor, held};
use crate::consent::{CanonicalTerms, Issue, NoticeSeen, Outcome, Request, Suspension, Terms};
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::{Agreement, Note, Who};
use crate::once::Once;
use crate::passkey::{Begun, Fresh, RelyingParty};
use crate::receipt::receipt;
use crate::request::{begin, issue, offer, refused_as_sent, terms_hash};
use crate::store::draft::ChangeKind;
use crate::{Session, Vault};

/// A yes, as it is sent.
#[derive(Clone, Debug, Default)]
pub struct Yes {
    /// What is granted; what is needed, as asked, where absent.
    pub terms: Option<Terms>,
    /// The notice that was on screen: its SHA-256 in hexadecimal, and its language.
    pub notice: Option<(String, String)>,
    /// The signature of the customer's passkey.
    pub fresh: Option<Fresh>,
}

/// What a yes agrees to.
struct Considered {
    request: Request,
    row_version: i64,
    brand: BrandId,
    seen: NoticeSeen,
    sent: Terms,
    granted: CanonicalTerms,
    agreement: Agreement,
}

/// What a yes gives, before it is brought into canonical form: the terms that it names, or what is needed of those that were asked.
fn wanted_terms(request: &Request, terms: Option<Terms>) -> Result<Terms> {
    if let Some(terms) = terms {
        return Ok(Terms { purpose: request.purpose().clone(), ..terms });
    }
    let mut asked = request.terms().terms().clone();
    asked.items.retain(|item| item.needed);
    if asked.items.is_empty() {
        return Err(Error::invalid("terms", "NOTHING_NEEDED", "The brand needs nothing of this; say what you want to share."));
    }
    Ok(asked)
}

impl Vault {
    /// Says yes, or yes to less, where no passkey has to sign it; see [`Self::agree`].
    pub async fn approve(
        &self,
        customer: CustomerId,
        who: Who,
        id: RequestId,
        terms: Option<Terms>,
        notice: Option<(String, String)>,
        once: Option<&Once>,
    ) -> Result<Decision> {
        Box::pin(self.agree(customer, who, id, Yes { terms, notice, fresh: None }, once)).await
    }

    /// What a yes would agree to now. Refused as the yes would be, and nothing is written.
    async fn consider(&self, session: &Session, who: &Who, id: RequestId, yes: &Yes) -> Result<Considered> {
        let (request, row_version) = self.request_row(session, id).await?;
        let brand = BrandId(request.brand());
        self.require_brand(brand).await?;
        let seen = self.notice_seen(brand, &request, yes.notice.clone()).await?;
        let sent = wanted_terms(&request, yes.terms.clone())?;
        let granted = sent.canonical(self.catalogue, self.now()).map_err(Error::violations)?;
        let nobodys = Issue { grant: uuid::Uuid::nil(), supersedes: None };
        let tried = request.clone().approve(granted.clone(), seen.clone(), nobodys, actor(who), self.now());
        tried.map_err(|rejected| refused_as_sent(&rejected.error, &sent, &granted, self.catalogue))?;
        let agreement = Agreement::new(session.view.id, id, seen.clone(), terms_hash(&granted)?);
        Ok(Considered { request, row_version, brand, seen, sent, granted, agreement })
    }

    /// Begins the signature of a yes: what the customer's passkey signs is the exact text, the exact terms and the language. None where no
    /// signature is asked for, because the customer has no key of their own.
    ///
    /// # Errors
    /// Those of the yes itself; or the customer has a recovery code alone, and makes a passkey first (`STEP_UP_REQUIRED`).
    pub async fn begin_yes(&self, party: &RelyingParty, customer: CustomerId, who: Who, id: RequestId, yes: &Yes) -> Result<Option<Begun>> {
        self.settled_afresh(|fresh| {
            let who = who.clone();
            async move {
                let session = self.session_of(customer, fresh).await?;
                let considered = self.consider(&session, &who, id, yes).await?;
                self.begin_step_up(party, &session, &considered.agreement).await
            }
        })
        .await
    }

    /// Says yes, or yes to less. Without terms: what is needed, as asked. The notice that was on screen is part of the decision, and a
    /// customer who has a key of their own signs it afresh.
    ///
    /// # Errors
    /// It is not signed and has to be (`STEP_UP_REQUIRED`), something else was signed (`SIGNED_SOMETHING_ELSE`), the signature does not
    /// hold (`PASSKEY_REFUSED`), or counted before or took too long (`CEREMONY_ENDED`). Nothing was changed then.
    pub async fn agree(&self, customer: CustomerId, who: Who, id: RequestId, yes: Yes, once: Option<&Once>) -> Result<Decision> {
        let (yes, used) = (&yes, &AtomicBool::new(false));
        let decision = self
            .once(customer, once, || {
                self.settled_afresh(|fresh| {
                    let who = who.clone();
                    async move {
                        let session = self.session_of(customer, fresh).await?;
                        let considered = Box::pin(self.consider(&session, &who, id, yes)).await?;
                        let proof = Box::pin(self.step_up(&session, &considered.agreement, yes.fresh.as_ref(), used)).await?;
                        let Considered { request, row_version, brand, seen, sent, granted, .. } = considered;
                        let catalogue = self.catalogue;
                        let grant_id = GrantId::make(self.entropy.as_ref(), self.now())?;
                        let subject = self.subject_of(brand, customer);
                        let (call, version) = (once.cloned(), session.view.version);
                        self.commit(&session, move |draft| {
                            draft.require_version(version)?;
                            let issue = issue(draft, &request, grant_id);
                            let approved = request.clone().approve(granted.clone(), seen.clone(), issue, actor(&who), draft.now);
                            let (next, outcome) =
                                approved.map_err(|rejected| refused_as_sent(&rejected.error, &sent, &granted, catalogue))?;
                            if let Some(proof) = &proof {
                                draft.use_passkey(proof)?;
                            }
                            draft.put_request(&next, Some(row_version))?;
                            let noted = |kind| -> Result<Note> {
                                let shown = format!("{} {}@{}", seen.sha256, seen.language, seen.version);
                                let note = Note::new(kind, who.clone()).terms(terms_hash(&granted)?).notice(shown);
                                Ok(note.signed(proof.as_ref().map(|proof| proof.signed.clone())))
                            };
                            let (grant, receipt) = match outcome {
                                Outcome::Granted(grant) => {
                                    let entry = begin(draft, noted("request.approved")?, &next, &grant, subject)?;
                                    (Some(held(&draft.view, &grant)), receipt(entry, Some(&granted)))
                                }
                                Outcome::Countered => {
                                    offer(draft, &next);
                                    let note = noted("request.countered")?.brand(brand).request(id);
                                    let note = note.purpose(&next.purpose().code, next.purpose().version);
                                    (None, receipt(draft.note_in_full(note)?, Some(&granted)))
                                }
                            };
                            let decision = Decision { request: Some(next), grant, receipt };
                            draft.remember(call.as_ref(), &decision)?;
                            Ok(decision)
                        })
                        .await
                    }
                })
            })
            .await?;
        // A purpose published between the look and the commit: its pass over the grants may have missed this one.
        if let Some(held) = &decision.grant
            && let Ok((purpose, _)) = self.purpose(BrandId(held.grant.brand()), &held.grant.purpose().code).await
            && purpose.notices.get(&held.grant.notice().language).is_none_or(|notice| notice.sha256 != held.grant.notice().sha256)
        {
            return self.suspend_new(customer, decision).await;
        }
        // A grant that took another's place ended it: no answer under the old one follows.
        if decision.grant.as_ref().is_some_and(|held| held.grant.supersedes().is_some()) {
            self.fence(customer).await?;
        }
        self.changed.notify_waiters();
        Ok(decision)
    }

    /// Holds a grant whose purpose changed while it was being decided.
    async fn suspend_new(&self, customer: CustomerId, mut decision: Decision) -> Result<Decision> {
        let Some(held) = &decision.grant else { return Ok(decision) };
        let change: Change = |grant, _, by, now| grant.suspend(Suspension::PurposeChanged, by, now);
        let kind = ("grant.suspended", ChangeKind::Suspended);
        match self.change_grant(customer, Who::Clock, GrantId(held.grant.id()), kind, None, change, None).await {
            Ok(suspended) => decision.grant = suspended.grant,
            // The other pass was first.
            Err(error) if error.reason() == "GRANT_SUSPENDED" => {
                decision.grant = Some(self.grant(customer, GrantId(held.grant.id())).await?);
            }
            Err(error) => return Err(error),
        }
        Ok(decision)
    }

    /// The notice that the customer saw must be the one in force for the purpose that was asked for.
    async fn notice_seen(&self, brand: BrandId, request: &Request, notice: Option<(String, String)>) -> Result<NoticeSeen> {
        let Some((sha256, language)) = notice else {
            return Err(Error::invalid(
                "notice_sha256",
                "NOTICE_REQUIRED",
                "A yes names the notice that was on screen: its SHA-256 and language.",
            ));
        };
        let (purpose, _) = self.purpose(brand, &request.purpose().code).await?;
        let seen = purpose.notice_seen(&language).filter(|seen| seen.sha256 == sha256 && purpose.version == request.purpose().version);
        seen.ok_or_else(|| {
            Error::precondition(
                "NOTICE_CHANGED",
                "The notice that was on screen is not the one in force. Nothing was changed; read it again.",
            )
        })
    }
}
