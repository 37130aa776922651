//! Coming in with a passkey: nobody is named before, so that nothing tells whether somebody has a vault.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::sync::atomic::{AtomicBool, Ordering};

use super::ceremony::{Begun, Purpose};
use super::relying_party::{Assertion, refused};
use super::{Entered, Held, RelyingParty, session_token};
use crate::Vault;
use crate::error::{Error, Kind, Result};
use crate::id::{CustomerId, PasskeyId, TokenId};
use crate::ledger::{Note, Who};
use crate::store::entity::passkey;

impl Vault {
    /// Begins to sign in. Nothing is written.
    pub fn begin_sign_in(&self, party: &RelyingParty) -> Result<Begun> {
        let ceremony = self.begin_ceremony(Purpose::SignIn, [0; 32])?;
        Ok(Begun { options_json: party.request(&ceremony.challenge())?, handle: ceremony.handle })
    }

    /// Signs in: the counter moves, the entry is written and the session begins in one commit.
    ///
    /// # Errors
    /// In one sentence whatever it is that does not hold (`PASSKEY_REFUSED`); or the ceremony has ended or was used (`CEREMONY_ENDED`).
    pub async fn finish_sign_in(&self, party: &RelyingParty, handle: &str, sent: &str, scopes: &[String]) -> Result<Entered> {
        let ceremony = self.ceremony_of(Purpose::SignIn, handle)?;
        let (challenge, assertion) = (ceremony.challenge(), RelyingParty::read_assertion(sent)?);
        let (secret, hash) = self.make_secret()?;
        let token_id = TokenId::make(self.entropy.as_ref(), self.now())?;
        let used = AtomicBool::new(false);
        let done = self
            .settled(|fresh| {
                let (assertion, ceremony, used, hash) = (&assertion, &ceremony, &used, hash.clone());
                async move {
                    let (session, held) = self.whose(assertion, fresh).await?;
                    let customer = session.view.id;
                    let result = party.check(&challenge, assertion, &held.kept.credential)?;
                    if !used.swap(true, Ordering::Relaxed) {
                        self.use_up_ceremony(ceremony).await?;
                    }
                    let (version, mut kept, row) = (session.view.version, held.kept, held.row);
                    kept.credential.update_credential(&result);
                    let (id, hash_of_credential) = (PasskeyId(row.passkey_id), self.credential_hash(assertion.credential()));
                    let new = session_token(customer, scopes);
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        kept.used_at = Some(draft.now);
                        draft.put_passkey(id, hash_of_credential, row.version, &kept)?;
                        let token = draft.put_token(token_id, &hash, &new, Some(id))?;
                        let reason = format!("passkey {id}, token {token_id}");
                        draft.note(Note::new("customer.signed_in", Who::Customer).reason(reason))?;
                        Ok((customer, token))
                    })
                    .await
                }
            })
            .await;
        let (customer, token) = done?;
        Ok(Entered { customer, token, secret })
    }

    /// The customer whose passkey this is, and the passkey; only if the authenticator names the same customer.
    async fn whose(&self, assertion: &Assertion, fresh: bool) -> Result<(crate::Session, Held)> {
        let hash = self.credential_hash(assertion.credential());
        let find = || passkey::Entity::find().filter(passkey::Column::Credential.eq(hash.to_vec()));
        let row = find().one(self.store.reader()).await?.ok_or_else(refused)?;
        let customer = CustomerId(row.customer_id);
        if assertion.user() != Some(self.user_of(customer).as_bytes().as_slice()) {
            return Err(refused());
        }
        let session = match self.session_of(customer, fresh).await {
            Err(error) if error.kind() == Kind::NotFound => return Err(refused()),
            other => other?,
        };
        // Read after the version that the commit holds to: what is newer makes it start again.
        let row = find().one(self.store.reader()).await?.ok_or_else(refused)?;
        if row.customer_id != customer.0 {
            return Err(Error::inconsistent("passkey", "customer_id", PasskeyId(row.passkey_id)));
        }
        let held = Held::open(&session.keys, row)?;
        Ok((session, held))
    }
}
