//! Recovery codes: the way back for whoever lost every passkey.

use zeroize::Zeroizing;

use super::code::{CodeKind, RECOVERY, REENTRY_SECONDS};
use super::enrolment::Invitation;
use crate::Vault;
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::ledger::{Note, Who};
use crate::once::Once;

fn unknown() -> Error {
    Error::invalid("recovery_code", "RECOVERY_CODE_INVALID", "This recovery code is not valid or was used.")
}

impl Vault {
    /// Makes a recovery code in place of the one before, and of every other code.
    ///
    /// # Errors
    /// This call made one already (`RECOVERY_CODE_ALREADY_MADE`), since a code is shown once.
    pub async fn create_recovery_code(&self, customer: CustomerId, who: Who, once: Option<&Once>) -> Result<Zeroizing<String>> {
        self.refuse_made(customer, once).await?;
        let session = self.fresh_session(customer).await?;
        let (code, digest) = self.make_code()?;
        let call = once.cloned();
        let made = self
            .commit(&session, move |draft| {
                draft.put_code(CodeKind::Recovery, digest, None);
                draft.note(Note::new("recovery_code.created", who.clone()))?;
                draft.remember(call.as_ref(), &())
            })
            .await;
        // Also after a failure: it may have been written all the same.
        self.lookups.forget();
        match made {
            // The same call at the same time: the other one was first.
            Err(error) if error.kind() == Kind::AlreadyExists => {
                self.refuse_made(customer, once).await?;
                Err(error)
            }
            other => other.map(|()| code),
        }
    }

    async fn refuse_made(&self, customer: CustomerId, once: Option<&Once>) -> Result<()> {
        let Some(call) = once else { return Ok(()) };
        match self.replayed::<()>(customer, call).await? {
            Some(_) => Err(Error::new(
                Kind::AlreadyExists,
                "RECOVERY_CODE_ALREADY_MADE",
                "A recovery code was made under this request id, and it is shown once. Use a new id: the new code ends the first.",
            )),
            None => Ok(()),
        }
    }

    /// Exchanges a recovery code for another code, which leads to a new passkey within an hour ([`Vault::begin_enrolment`]). The recovery
    /// code counts until that passkey is made: neither a browser that fails on the way nor somebody who saw the code and did nothing with
    /// it locks its owner out. A second exchange ends what the first one gave. The passkeys that there are stay, until the customer
    /// removes them.
    pub async fn use_recovery_code(&self, written: &str) -> Result<Invitation> {
        let (code, digest) = self.make_code()?;
        let expires_at = self
            .settled_afresh(|fresh| async move {
                let row = self.find_code(written, RECOVERY).await?.ok_or_else(unknown)?;
                let session = match self.session_of(CustomerId(row.customer_id), fresh).await {
                    Err(error) if error.kind() == Kind::NotFound => return Err(unknown()),
                    other => other?,
                };
                let version = session.view.version;
                // Looked at again under the version that the commit holds to.
                self.find_code(written, RECOVERY).await?.ok_or_else(unknown)?;
                self.commit(&session, move |draft| {
                    draft.require_version(version)?;
                    let expires_at = draft.now.plus_seconds(REENTRY_SECONDS);
                    draft.put_code(CodeKind::Reentry, digest, Some(expires_at));
                    draft.note(Note::new("recovery_code.used", Who::Customer))?;
                    Ok(expires_at)
                })
                .await
            })
            .await?;
        Ok(Invitation { code, expires_at })
    }
}
