//! A fresh yes: the customer's passkey signs the exact text and terms.

use coffret_proto::v1;
use coffret_vault::error::{Error, Result};
use coffret_vault::passkey::{Fresh, RelyingParty};
use serde::Deserialize;

use super::ConsentService;
use crate::caller::Caller;
use crate::names;

/// When a yes is signed with a passkey. No, stop, pause and less of what is given never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepUp {
    /// By every customer who has a passkey or a recovery code.
    #[default]
    RequiredIfEnrolled,
    /// By everybody: whoever has no passkey makes one first.
    Required,
}

fn required() -> Error {
    let sentence = "Here a yes is signed with a passkey, and the customer has none. They make one first. Nothing was changed.";
    Error::precondition("STEP_UP_REQUIRED", sentence)
}

impl ConsentService {
    fn party(&self) -> Result<&RelyingParty> {
        let sentence = "There are no passkeys here: no portal is open under an address with a name.";
        self.party.get().ok_or_else(|| Error::precondition("PASSKEYS_UNAVAILABLE", sentence))
    }

    /// The signature of a yes. Whether this customer has to sign is for the vault to say; here, whether everybody has.
    pub(super) fn fresh(&self, sent: Option<v1::StepUp>) -> Result<Option<Fresh>> {
        match sent {
            None if self.step_up == StepUp::Required => Err(required()),
            None => Ok(None),
            Some(v1::StepUp { handle, credential_json }) => {
                Ok(Some(Fresh { party: self.party()?.clone(), handle, assertion: credential_json }))
            }
        }
    }

    pub(super) async fn begin_yes(&self, caller: &Caller, asked: v1::BeginApprovalRequest) -> Result<v1::BeginApprovalResponse> {
        let (customer, id) = names::customer_request(&asked.name, "name", caller)?;
        // Who is told that there are no passkeys here is told nothing of others' requests.
        self.vault.request(customer, id).await?;
        let yes = self.yes(customer, id, asked.terms, (asked.notice_sha256, asked.notice_language)).await?;
        match self.vault.begin_yes(self.party()?, customer, caller.who(), id, &yes).await? {
            None if self.step_up == StepUp::Required => Err(required()),
            None => Ok(v1::BeginApprovalResponse::default()),
            Some(begun) => Ok(v1::BeginApprovalResponse { handle: begun.handle, options_json: begun.options_json }),
        }
    }
}
