//! Invitations, the first passkey, and further ones.

use webauthn_rs::prelude::Passkey as Credential;
use zeroize::Zeroizing;

use super::ceremony::{Begun, Ceremony, Purpose};
use super::code::{CodeKind, ENROLLING, INVITATION_DAYS, INVITATIONS};
use super::{Entered, Held, Kept, MOST_PASSKEYS, Passkey, RelyingParty, session_token};
use crate::clock::Timestamp;
use crate::credential::{NewToken, Token};
use crate::error::{Error, Kind, Result};
use crate::id::{CustomerId, PasskeyId, TokenId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::Write;
use crate::store::entity::code;
use crate::{Session, Vault};

/// An invitation that was made.
pub struct Invitation {
    /// The code, given here and never again.
    pub code: Zeroizing<String>,
    /// First moment at which it no longer counts.
    pub expires_at: Timestamp,
}

/// Somebody who has their first passkey, or a new one after a recovery.
pub struct Enrolled {
    /// The session that begins.
    pub entered: Entered,
    /// The passkey.
    pub passkey: Passkey,
    /// The recovery code, given here and never again.
    pub recovery_code: Zeroizing<String>,
}

/// A passkey that somebody who is signed in added.
pub enum Added {
    /// Their first one: as with an invitation, a session of theirs begins, and there is a way back. Tokens that were issued to them stand
    /// for support from now on ([`crate::credential::Token::supports`]).
    First(Box<Enrolled>),
    /// One more.
    Further(Passkey),
}

impl Added {
    /// The passkey.
    pub fn passkey(&self) -> &Passkey {
        match self {
            Self::First(enrolled) => &enrolled.passkey,
            Self::Further(passkey) => passkey,
        }
    }
}

/// What begins with a first passkey, or with one after a recovery.
struct Beginning {
    secret: Zeroizing<String>,
    hash: Vec<u8>,
    token: TokenId,
    recovery_code: Zeroizing<String>,
    recovery: [u8; 32],
}

fn not_invited() -> Error {
    let sentence = "This code is not valid, was used, or has ended. Ask for a new one.";
    Error::invalid("invitation_code", "INVITATION_INVALID", sentence)
}

fn taken(error: Error) -> Error {
    if error.kind() != Kind::AlreadyExists {
        return error;
    }
    Error::new(Kind::AlreadyExists, "PASSKEY_TAKEN", "This passkey is known already. Nothing was changed.")
}

fn too_many() -> Error {
    Error::precondition("TOO_MANY_PASSKEYS", "A vault has at most 20 passkeys. Remove one first. Nothing was changed.")
}

/// The customer as the subject of a ceremony.
fn subject(customer: CustomerId) -> [u8; 32] {
    let mut subject = [0; 32];
    subject[..16].copy_from_slice(customer.bytes());
    subject
}

impl Vault {
    /// Invites a customer to make their first passkey. The code counts once, for 14 days; a new one ends the one before.
    ///
    /// # Errors
    /// The customer has a passkey or a recovery code (`CUSTOMER_ENROLLED`): nobody but they let another one in. Or this call made one
    /// already (`INVITATION_ALREADY_MADE`), since a code is shown once.
    pub async fn invite(&self, customer: CustomerId, who: Who, once: Option<&Once>) -> Result<Invitation> {
        if customer == CustomerId::DEPLOYMENT {
            return Err(Error::not_found("customer"));
        }
        if let Some(call) = once
            && self.replayed::<()>(customer, call).await?.is_some()
        {
            let sentence =
                "An invitation was made under this request id, and its code is shown once. Use a new id: the new one ends the first.";
            return Err(Error::new(Kind::AlreadyExists, "INVITATION_ALREADY_MADE", sentence));
        }
        let (code, digest) = self.make_code()?;
        let expires_at = self
            .settled_afresh(|fresh| {
                let (who, call) = (who.clone(), once.cloned());
                async move {
                    let session = self.session_of(customer, fresh).await?;
                    if self.is_enrolled(customer).await? {
                        let sentence =
                            "This customer has a passkey or a recovery code. They add passkeys themselves, or come back with that code.";
                        return Err(Error::precondition("CUSTOMER_ENROLLED", sentence));
                    }
                    let version = session.view.version;
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let expires_at = draft.now.plus_days(INVITATION_DAYS);
                        draft.put_code(CodeKind::Invitation, digest, Some(expires_at));
                        draft.note(Note::new("customer.invited", who.clone()))?;
                        draft.remember(call.as_ref(), &())?;
                        Ok(expires_at)
                    })
                    .await
                }
            })
            .await?;
        Ok(Invitation { code, expires_at })
    }

    /// Begins an enrolment with an invitation, or with what a recovery code was exchanged for. The code is used up at the end.
    pub async fn begin_enrolment(&self, party: &RelyingParty, code: &str) -> Result<Begun> {
        let row = self.find_code(code, ENROLLING).await?.ok_or_else(not_invited)?;
        let digest = row.digest.as_slice().try_into().map_err(|_| Error::inconsistent("code", "digest", "a row"))?;
        let (session, held) = self.invited(&row, false).await?;
        let ceremony = self.begin_ceremony(Purpose::Enrolment, digest)?;
        self.offer(party, &session, &held, &ceremony)
    }

    fn offer(&self, party: &RelyingParty, session: &Session, held: &[Held], ceremony: &Ceremony) -> Result<Begun> {
        let known = held.iter().map(|held| held.kept.credential.cred_id().clone()).collect();
        let options_json = party.creation(self.user_of(session.view.id), known, &ceremony.challenge())?;
        Ok(Begun { handle: ceremony.handle.clone(), options_json })
    }

    /// The customer whom this code lets in, with the passkeys that they have.
    async fn invited(&self, row: &code::Model, fresh: bool) -> Result<(Session, Vec<Held>)> {
        let session = match self.session_of(CustomerId(row.customer_id), fresh).await {
            Err(error) if error.kind() == Kind::NotFound => return Err(not_invited()),
            other => other?,
        };
        let held = self.held(&session.keys).await?;
        // Whoever has a key of their own is let in by their own code alone. That one is not held to the number of passkeys: who lost them all
        // cannot remove one first.
        if row.kind == CodeKind::Invitation as i16 && self.is_enrolled(session.view.id).await? {
            return Err(not_invited());
        }
        Ok((session, held))
    }

    /// Ends an enrolment: the passkey is stored, the code is used up, a recovery code is made, and a session begins; all in one commit.
    pub async fn finish_enrolment(&self, party: &RelyingParty, handle: &str, sent: &str, scopes: &[String]) -> Result<Enrolled> {
        let ceremony = self.ceremony_of(Purpose::Enrolment, handle)?;
        let row = self.find_digest(&ceremony.subject, ENROLLING).await?.ok_or_else(not_invited)?;
        let customer = CustomerId(row.customer_id);
        let made = party.made(self.user_of(customer), &ceremony.challenge(), sent)?;
        self.use_up_ceremony(&ceremony).await?;
        let begins = self.begin_own()?;
        let (id, token_id, recovery) = (PasskeyId::make(self.entropy.as_ref(), self.now())?, begins.token, begins.recovery);
        let credential_hash = self.credential_hash(made.cred_id());
        let new = session_token(customer, scopes);
        let done = self
            .settled_afresh(|fresh| {
                let (made, hash, new, digest) = (made.clone(), begins.hash.clone(), new.clone(), ceremony.subject);
                async move {
                    let row = self.find_digest(&digest, ENROLLING).await?.ok_or_else(not_invited)?;
                    let (session, _) = self.invited(&row, fresh).await?;
                    let version = session.view.version;
                    // Looked at again under the version that the commit holds to.
                    self.find_digest(&digest, ENROLLING).await?.ok_or_else(not_invited)?;
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        let kept = Kept { credential: made.clone(), created_at: draft.now, used_at: Some(draft.now) };
                        let passkey = draft.put_passkey(id, credential_hash, 0, &kept)?;
                        draft.put_code(CodeKind::Recovery, recovery, None);
                        let token = draft.put_token(token_id, &hash, &new, Some(id))?;
                        let reason = format!("passkey {id}, token {token_id}");
                        draft.note(Note::new("passkey.enrolled", Who::Customer).reason(reason))?;
                        Ok((passkey, token))
                    })
                    .await
                }
            })
            .await;
        // Also after a failure: it may have been written all the same.
        self.lookups.forget();
        let (passkey, token) = done.map_err(taken)?;
        Ok(begins.enrolled(customer, token, passkey))
    }

    fn begin_own(&self) -> Result<Beginning> {
        let ((secret, hash), (recovery_code, recovery)) = (self.make_secret()?, self.make_code()?);
        let token = TokenId::make(self.entropy.as_ref(), self.now())?;
        Ok(Beginning { secret, hash, token, recovery_code, recovery })
    }

    /// Begins to add a passkey to those of a customer who is signed in.
    pub async fn begin_passkey(&self, party: &RelyingParty, customer: CustomerId) -> Result<Begun> {
        let session = self.fresh_session(customer).await?;
        let held = self.held(&session.keys).await?;
        if held.len() >= MOST_PASSKEYS {
            return Err(too_many());
        }
        let ceremony = self.begin_ceremony(Purpose::Addition, subject(customer))?;
        self.offer(party, &session, &held, &ceremony)
    }

    /// Adds the passkey. Invitations that are still out end with it.
    pub async fn finish_passkey(
        &self,
        party: &RelyingParty,
        customer: CustomerId,
        who: Who,
        handle: &str,
        sent: &str,
        scopes: &[String],
    ) -> Result<Added> {
        let ceremony = self.ceremony_of(Purpose::Addition, handle)?;
        if ceremony.subject != subject(customer) {
            return Err(super::ceremony::ended());
        }
        let made = party.made(self.user_of(customer), &ceremony.challenge(), sent)?;
        self.use_up_ceremony(&ceremony).await?;
        let begins = self.begin_own()?;
        let added = self.add(customer, who, made, &begins, &session_token(customer, scopes)).await;
        // Also after a failure: it may have been written all the same.
        self.lookups.forget();
        let (passkey, token) = added.map_err(taken)?;
        Ok(match token {
            Some(token) => Added::First(Box::new(begins.enrolled(customer, token, passkey))),
            None => Added::Further(passkey),
        })
    }

    /// Adds a passkey; with the first one also what begins with it.
    async fn add(
        &self,
        customer: CustomerId,
        who: Who,
        made: Credential,
        begins: &Beginning,
        new: &NewToken,
    ) -> Result<(Passkey, Option<Token>)> {
        let (id, hash_of_credential) = (PasskeyId::make(self.entropy.as_ref(), self.now())?, self.credential_hash(made.cred_id()));
        let (token_id, recovery) = (begins.token, begins.recovery);
        self.settled_afresh(|fresh| {
            let (who, made, hash, new) = (who.clone(), made.clone(), begins.hash.clone(), new.clone());
            async move {
                let session = self.session_of(customer, fresh).await?;
                let version = session.view.version;
                if self.held(&session.keys).await?.len() >= MOST_PASSKEYS {
                    return Err(too_many());
                }
                let is_first = !self.is_enrolled(customer).await?;
                self.commit(&session, move |draft| {
                    draft.require_version(version)?;
                    let kept = Kept { credential: made.clone(), created_at: draft.now, used_at: is_first.then_some(draft.now) };
                    let passkey = draft.put_passkey(id, hash_of_credential, 0, &kept)?;
                    draft.writes.push(Write::CodesGone(INVITATIONS));
                    let mut reason = format!("passkey {id}");
                    let mut token = None;
                    if is_first {
                        draft.put_code(CodeKind::Recovery, recovery, None);
                        token = Some(draft.put_token(token_id, &hash, &new, Some(id))?);
                        reason = format!("{reason}, token {token_id}");
                    }
                    draft.note(Note::new("passkey.added", who.clone()).reason(reason))?;
                    Ok((passkey, token))
                })
                .await
            }
        })
        .await
    }
}

impl Beginning {
    fn enrolled(self, customer: CustomerId, token: Token, passkey: Passkey) -> Enrolled {
        let Self { secret, recovery_code, .. } = self;
        Enrolled { entered: Entered { customer, token, secret }, passkey, recovery_code }
    }
}
