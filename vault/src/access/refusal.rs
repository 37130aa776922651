//! Reads that consent refuses: each has an entry, and the brand hears no more than it may know.

use std::sync::Arc;

use super::{Question, Read, check_page};
use crate::consent::check::{Refusal, public_refusal};
use crate::consent::grant::Grant;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, GrantId};
use crate::ledger::{Note, Who};
use crate::store::draft::stale;
use crate::{Session, Vault};

impl Vault {
    /// Logs a read of nobody in the deployment's stream, in the time that a refusal takes; gives what the brand hears.
    pub(super) async fn refuse_unknown(&self, brand: BrandId, read: &Read) -> Result<Error> {
        let note = refusal_note(brand, None, read, &Refusal::NoAccess);
        self.administer(move |draft| draft.note(note.clone()).map(|_| ())).await?;
        Ok(Error::no_access())
    }

    /// Writes the refusal that holds on the newest view; gives what the brand hears. Where it no longer holds, the read starts again.
    pub(super) async fn refuse(&self, session: &Session, question: &Question<'_>) -> Error {
        let Question { brand, grant: grant_id, continued, .. } = *question;
        let (ask, asked) = (question.ask.clone(), question.read.clone());
        let refused = self
            .commit(session, move |draft| {
                let grant = Arc::clone(draft.view.grant(grant_id).ok_or_else(stale)?);
                match check_page(&grant, &draft.view.used(grant_id).usage, &ask, draft.now, continued) {
                    Ok(_) => Err(stale()),
                    Err(refusal) => {
                        let (sequence, _) = draft.note(refusal_note(brand, Some(&grant), &asked, &refusal))?;
                        Ok((refusal, grant, sequence))
                    }
                }
            })
            .await;
        match refused {
            Ok((refusal, grant, sequence)) => {
                self.tell_refused(session.view.id, brand, sequence);
                self.public_error(&refusal, &grant)
            }
            Err(error) => error,
        }
    }

    /// What a brand hears of a refusal.
    pub(super) fn public_error(&self, refusal: &Refusal, grant: &Grant) -> Error {
        refusal_error(&public_refusal(refusal, grant, self.now()))
    }
}

pub(super) fn refusal_note(brand: BrandId, grant: Option<&Grant>, read: &Read, refusal: &Refusal) -> Note {
    let mut note = Note::new("read.refused", Who::Brand(brand)).brand(brand).result(refusal.reason()).reason(read.reason.clone());
    if let Some(grant) = grant {
        note = note.grant(GrantId(grant.id())).purpose(&grant.purpose().code, grant.purpose().version);
    }
    // Only names of the catalogue: what a brand makes up does not go into a customer's log.
    let known = read.items.iter().filter(|(attribute, _)| crate::attribute::Catalogue::builtin().get(attribute).is_some());
    note.attributes(known.map(|(attribute, _)| attribute.clone()).collect()).advisor(read.advisor.clone())
}

fn refusal_error(refusal: &Refusal) -> Error {
    let sentence = match refusal {
        Refusal::NoAccess => return Error::no_access(),
        Refusal::GrantRevoked => "The customer stopped this access.",
        Refusal::GrantExpired => "This access has ended.",
        Refusal::GrantExhausted => "All reads of this access are used.",
        Refusal::GrantSuperseded => "Another access has replaced this one.",
        Refusal::GrantSuspended => "This access is suspended.",
        Refusal::GrantPaused => "The customer has paused this access.",
        Refusal::GrantNotYetValid => "This access has not started yet.",
        Refusal::ModeNotGranted => "This access does not allow this kind of call.",
        Refusal::AttributeNotGranted { .. } => "This access does not cover this attribute type.",
        Refusal::ViewNotGranted { .. } => "This access does not cover this view of the attribute type.",
        Refusal::FrequencyExceeded { .. } => "Reads come more often than agreed.",
    };
    match refusal {
        Refusal::FrequencyExceeded { retry_after_seconds } => {
            Error::new(Kind::ResourceExhausted, refusal.reason(), sentence).retry_after(*retry_after_seconds)
        }
        Refusal::GrantExhausted => Error::new(Kind::ResourceExhausted, refusal.reason(), sentence),
        Refusal::AttributeNotGranted { .. } | Refusal::ViewNotGranted { .. } | Refusal::ModeNotGranted => {
            Error::new(Kind::PermissionDenied, refusal.reason(), sentence)
        }
        _ => Error::precondition(refusal.reason(), sentence),
    }
}
