//! Recovery codes: the way back for whoever lost every passkey.

use zeroize::Zeroizing;

use super::code::{CodeKind, RECOVERY, REENTRY_SECONDS};
use super::enrolment::Invitation;
use crate::Vault;
use crate::error::{Error, Kind, Result};
use crate::id::CustomerId;
use crate::ledger::{Note, Who};

fn unknown() -> Error {
    Error::invalid("recovery_code", "RECOVERY_CODE_INVALID", "This recovery code is not valid or was used.")
}

impl Vault {
    /// Makes a recovery code in place of the one before.
    pub async fn create_recovery_code(&self, customer: CustomerId, who: Who) -> Result<Zeroizing<String>> {
        let session = self.fresh_session(customer).await?;
        let (code, digest) = self.make_code()?;
        self.commit(&session, move |draft| {
            draft.put_code(CodeKind::Recovery, digest, None);
            draft.note(Note::new("recovery_code.created", who.clone()))?;
            Ok(())
        })
        .await?;
        Ok(code)
    }

    /// Exchanges a recovery code for another code, which leads to a new passkey within an hour ([`Vault::begin_enrolment`]): a browser that
    /// fails on the way does not use up the last way in. The passkeys that there are stay, until the customer removes them.
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
