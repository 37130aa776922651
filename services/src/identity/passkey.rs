//! Passkeys of customers: invitations, enrolment, sign-in, recovery.

use coffret_proto::v1;
use coffret_vault::credential::Token;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::CustomerId;
use coffret_vault::passkey::{Added, Enrolled, Entered, Passkey, RelyingParty};

use super::IdentityService;
use super::token::{scopes, token_to_wire};
use crate::caller::Caller;
use crate::names;
use crate::once::once;

fn passkey_to_wire(customer: CustomerId, passkey: &Passkey) -> v1::Passkey {
    v1::Passkey {
        name: names::customer_passkey_name(customer, passkey.id),
        create_time: Some(names::timestamp(passkey.created_at)),
        use_time: passkey.used_at.map(names::timestamp),
    }
}

/// A session on the wire: its token, and the secret.
fn entered_to_wire(entered: Entered) -> (Option<v1::Token>, String) {
    let Entered { token, secret, .. } = entered;
    let token: Token = token;
    (Some(token_to_wire(token)), secret.as_str().to_owned())
}

impl IdentityService {
    /// Whose passkeys these are.
    ///
    /// # Errors
    /// No portal has an address with a name.
    fn party(&self) -> Result<&RelyingParty> {
        let sentence = "There are no passkeys here: no portal is open under an address with a name.";
        self.party.get().ok_or_else(|| Error::precondition("PASSKEYS_UNAVAILABLE", sentence))
    }

    pub(super) async fn invite(&self, caller: &Caller, asked: &v1::CreateInvitationRequest) -> Result<v1::CreateInvitationResponse> {
        let once = once(caller, "CreateInvitation", &asked.request_id, asked)?;
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let made = self.vault.invite(customer, caller.who(), once.as_ref()).await?;
        // Behind `#` it stays in the browser: no server, proxy or log sees it.
        let link = self.party.get().map(|party| format!("{}/enrol#{}", party.origin(), *made.code)).unwrap_or_default();
        Ok(v1::CreateInvitationResponse { code: made.code.as_str().to_owned(), expire_time: Some(names::timestamp(made.expires_at)), link })
    }

    pub(super) async fn enrol(&self, asked: &v1::BeginEnrolmentRequest) -> Result<v1::BeginEnrolmentResponse> {
        let begun = self.vault.begin_enrolment(self.party()?, &asked.invitation_code).await?;
        Ok(v1::BeginEnrolmentResponse { handle: begun.handle, options_json: begun.options_json })
    }

    pub(super) async fn end_enrolment(&self, asked: &v1::FinishEnrolmentRequest) -> Result<v1::FinishEnrolmentResponse> {
        let scopes = scopes(&[], v1::Role::Customer)?;
        let done = self.vault.finish_enrolment(self.party()?, &asked.handle, &asked.credential_json, &scopes).await?;
        let passkey = passkey_to_wire(done.entered.customer, &done.passkey);
        let (token, secret) = entered_to_wire(done.entered);
        Ok(v1::FinishEnrolmentResponse { passkey: Some(passkey), token, secret, recovery_code: done.recovery_code.as_str().to_owned() })
    }

    pub(super) fn sign_in(&self) -> Result<v1::BeginSignInResponse> {
        let begun = self.vault.begin_sign_in(self.party()?)?;
        Ok(v1::BeginSignInResponse { handle: begun.handle, options_json: begun.options_json })
    }

    pub(super) async fn end_sign_in(&self, asked: &v1::FinishSignInRequest) -> Result<v1::FinishSignInResponse> {
        let scopes = scopes(&[], v1::Role::Customer)?;
        let entered = self.vault.finish_sign_in(self.party()?, &asked.handle, &asked.credential_json, &scopes).await?;
        let (token, secret) = entered_to_wire(entered);
        Ok(v1::FinishSignInResponse { token, secret })
    }

    pub(super) async fn add_passkey(&self, caller: &Caller, asked: &v1::BeginAddPasskeyRequest) -> Result<v1::BeginAddPasskeyResponse> {
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let begun = self.vault.begin_passkey(self.party()?, customer).await?;
        Ok(v1::BeginAddPasskeyResponse { handle: begun.handle, options_json: begun.options_json })
    }

    pub(super) async fn end_addition(&self, caller: &Caller, asked: &v1::FinishAddPasskeyRequest) -> Result<v1::FinishAddPasskeyResponse> {
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let party = self.party()?;
        let scopes = scopes(&[], v1::Role::Customer)?;
        let added = self.vault.finish_passkey(party, customer, caller.who(), &asked.handle, &asked.credential_json, &scopes).await?;
        let passkey = Some(passkey_to_wire(customer, added.passkey()));
        let Added::First(first) = added else {
            return Ok(v1::FinishAddPasskeyResponse { passkey, ..v1::FinishAddPasskeyResponse::default() });
        };
        let Enrolled { entered, recovery_code, .. } = *first;
        let (token, secret) = entered_to_wire(entered);
        Ok(v1::FinishAddPasskeyResponse { passkey, token, secret, recovery_code: recovery_code.as_str().to_owned() })
    }

    pub(super) async fn passkeys(&self, caller: &Caller, asked: &v1::ListPasskeysRequest) -> Result<v1::ListPasskeysResponse> {
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let entrances = self.vault.entrances(customer).await?;
        Ok(v1::ListPasskeysResponse {
            passkeys: entrances.passkeys.iter().map(|passkey| passkey_to_wire(customer, passkey)).collect(),
            recovery_code_create_time: entrances.recovery_code_since.map(names::timestamp),
        })
    }

    pub(super) async fn end_passkey(&self, caller: &Caller, asked: &v1::RemovePasskeyRequest) -> Result<v1::RemovePasskeyResponse> {
        let once = once(caller, "RemovePasskey", &asked.request_id, asked)?;
        let (customer, id) = names::customer_passkey(&asked.name, "name", caller)?;
        let gone = self.vault.remove_passkey(customer, caller.who(), id, once.as_ref()).await?;
        Ok(v1::RemovePasskeyResponse { passkey: Some(passkey_to_wire(customer, &gone)) })
    }

    pub(super) async fn make_recovery_code(
        &self,
        caller: &Caller,
        asked: &v1::CreateRecoveryCodeRequest,
    ) -> Result<v1::CreateRecoveryCodeResponse> {
        let once = once(caller, "CreateRecoveryCode", &asked.request_id, asked)?;
        let customer = names::customer(&asked.customer, "customer", caller)?;
        let code = self.vault.create_recovery_code(customer, caller.who(), once.as_ref()).await?;
        Ok(v1::CreateRecoveryCodeResponse { recovery_code: code.as_str().to_owned() })
    }

    pub(super) async fn recover(&self, asked: &v1::UseRecoveryCodeRequest) -> Result<v1::UseRecoveryCodeResponse> {
        let made = self.vault.use_recovery_code(&asked.recovery_code).await?;
        Ok(v1::UseRecoveryCodeResponse {
            invitation_code: made.code.as_str().to_owned(),
            expire_time: Some(names::timestamp(made.expires_at)),
        })
    }
}
