//! A fresh yes: the passkey signs the exact text, the exact terms and the language, so that it can be shown later who said yes.
//!
//! No, stop, pause and less of what is given need no signature.

use std::sync::atomic::{AtomicBool, Ordering};

use super::ceremony::{Begun, Purpose};
use super::relying_party::refused;
use super::{Kept, RelyingParty};
use crate::error::{Error, Result};
use crate::id::PasskeyId;
use crate::ledger::{Agreement, Signed};
use crate::store::draft::Draft;
use crate::{Session, Vault};

/// An assertion for a yes, as the browser sent it.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Whose passkeys these are.
    pub party: RelyingParty,
    /// From [`Vault::begin_yes`].
    pub handle: String,
    /// `AuthenticationResponseJSON` (Web Authentication, section 5.1.2).
    pub assertion: String,
}

/// A signature that holds, and the passkey in its next version.
#[derive(Clone)]
pub(crate) struct Proof {
    pub(crate) signed: Signed,
    id: PasskeyId,
    hash: [u8; 16],
    version: i64,
    kept: Kept,
}

/// A yes of this customer's is signed, and this one is not.
fn required() -> Error {
    let sentence = "A yes to this is signed with a passkey of the customer's. Nothing was changed. No, stop and pause need none.";
    Error::precondition("STEP_UP_REQUIRED", sentence)
}

/// The passkey signed a yes, but not this one.
fn other() -> Error {
    let sentence = "The passkey signed another text, other terms or another language than these. Read them again.";
    Error::invalid("step_up.handle", "SIGNED_SOMETHING_ELSE", sentence)
}

impl Vault {
    /// Begins a signature over this agreement; none where the customer has no key of their own, and so none is asked for. Nothing is
    /// written.
    ///
    /// # Errors
    /// The customer has a way back and no passkey now: they make one first (`STEP_UP_REQUIRED`).
    pub(crate) async fn begin_step_up(&self, party: &RelyingParty, session: &Session, agreement: &Agreement) -> Result<Option<Begun>> {
        if !self.is_enrolled(session.view.id).await? {
            return Ok(None);
        }
        let held = self.held(&session.keys).await?;
        if held.is_empty() {
            return Err(required());
        }
        let known: Vec<_> = held.iter().map(|held| held.kept.credential.cred_id().clone()).collect();
        let ceremony = self.begin_ceremony(Purpose::Yes, agreement.digest()?)?;
        Ok(Some(Begun { options_json: party.request_of(&ceremony.yes(), &known)?, handle: ceremony.handle }))
    }

    /// The proof of a yes to this agreement; none where none is asked for. What does not hold changes nothing. `used` is set once the
    /// ceremony is used up, so that the verb may start again.
    pub(crate) async fn step_up(
        &self,
        session: &Session,
        agreement: &Agreement,
        fresh: Option<&Fresh>,
        used: &AtomicBool,
    ) -> Result<Option<Proof>> {
        let customer = session.view.id;
        let Some(fresh) = fresh else { return if self.is_enrolled(customer).await? { Err(required()) } else { Ok(None) } };
        let ceremony = self.ceremony_of(Purpose::Yes, &fresh.handle)?;
        if ceremony.subject != agreement.digest()? {
            return Err(other());
        }
        let assertion = RelyingParty::read_assertion(&fresh.assertion)?;
        let hash = self.credential_hash(assertion.credential());
        let held = self.held(&session.keys).await?.into_iter().find(|held| held.row.credential == hash).ok_or_else(refused)?;
        // The browser was told which passkeys these are, and then leaves the name out where it likes.
        if assertion.user().is_some_and(|user| user != self.user_of(customer).as_bytes()) {
            return Err(refused());
        }
        let result = fresh.party.check(&ceremony.yes(), &assertion, &held.kept.credential)?;
        if !used.load(Ordering::Relaxed) {
            self.use_up_ceremony(&ceremony).await?;
            used.store(true, Ordering::Relaxed);
        }
        let mut kept = held.kept;
        let signed = Signed::new(assertion.credential(), kept.credential.get_public_key(), &ceremony.nonce, assertion.parts())?;
        kept.credential.update_credential(&result);
        Ok(Some(Proof { signed, id: PasskeyId(held.row.passkey_id), hash, version: held.row.version, kept }))
    }
}

impl Draft<'_> {
    /// The passkey was used: its counter moves with the yes.
    pub(crate) fn use_passkey(&mut self, proof: &Proof) -> Result<()> {
        let kept = Kept { used_at: Some(self.now), ..proof.kept.clone() };
        self.put_passkey(proof.id, proof.hash, proof.version, &kept).map(|_| ())
    }
}
