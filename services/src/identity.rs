//! `IdentityService`: customers' accounts and passkeys, the credentials of brands, and tokens.

mod assertion;
mod credential;
mod passkey;
mod token;

pub(crate) use token::new_token;

use std::sync::{Arc, OnceLock};

use coffret_proto::v1;
use coffret_proto::v1::identity_service_server as server;
use coffret_vault::Vault;
use coffret_vault::customer::{Customer, Identifier, IdentifierKind, NewCustomer};
use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::page::PageRequest;
use coffret_vault::passkey::RelyingParty;
use tonic::{Request, Response, Status, async_trait};

use crate::caller::{Caller, Credential};
use crate::names;
use crate::once::once;
use crate::status::status;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// Serves `coffret.v1.IdentityService` from a vault.
#[derive(Clone, Debug)]
pub struct IdentityService {
    vault: Arc<Vault>,
    /// What assertions must name as their audience.
    audience: String,
    /// Whose passkeys these are; known once a portal is open.
    party: Arc<OnceLock<RelyingParty>>,
}

fn answer<T>(result: Result<T>) -> Answer<T> {
    result.map(Response::new).map_err(status)
}

fn identifier_kind(kind: IdentifierKind) -> v1::Identifier {
    let (kind, brand) = match kind {
        IdentifierKind::Email => (v1::IdentifierKind::Email, String::new()),
        IdentifierKind::Phone => (v1::IdentifierKind::Phone, String::new()),
        IdentifierKind::External(brand) => (v1::IdentifierKind::External, names::brand_name(brand)),
    };
    v1::Identifier { kind: kind.into(), value: String::new(), brand }
}

/// An account on the wire.
fn customer_to_wire(customer: Customer) -> v1::Customer {
    let state = if customer.erased { v1::CustomerState::Erased } else { v1::CustomerState::Active };
    let (language, time_zone) = customer.profile.map(|profile| (profile.language, profile.time_zone)).unwrap_or_default();
    v1::Customer {
        name: names::customer_name(customer.id),
        language,
        time_zone,
        create_time: Some(names::timestamp(customer.created_at)),
        state: state.into(),
        identifiers: customer.identifiers.into_iter().map(identifier_kind).collect(),
        etag: customer.version.to_string(),
    }
}

/// An identifier of the wire.
fn identifier_to_vault(wire: Option<&v1::Identifier>, field: &str, caller: &Caller) -> Result<Identifier> {
    let wire = wire.ok_or_else(|| Error::invalid(field, "IDENTIFIER_MISSING", "The call names an identifier."))?;
    let stray = || Error::invalid(format!("{field}.brand"), "IDENTIFIER_BRAND_STRAY", "Only an external number belongs to a brand.");
    match v1::IdentifierKind::try_from(wire.kind) {
        Ok(v1::IdentifierKind::Email) if wire.brand.is_empty() => Ok(Identifier::Email(wire.value.clone())),
        Ok(v1::IdentifierKind::Phone) if wire.brand.is_empty() => Ok(Identifier::Phone(wire.value.clone())),
        Ok(v1::IdentifierKind::Email | v1::IdentifierKind::Phone) => Err(stray()),
        Ok(v1::IdentifierKind::External) => {
            Ok(Identifier::External(names::brand(&wire.brand, &format!("{field}.brand"), caller)?, wire.value.clone()))
        }
        _ => Err(Error::invalid(
            format!("{field}.kind"),
            "IDENTIFIER_KIND_MISSING",
            "An identifier is an e-mail address, a telephone number or an external number.",
        )),
    }
}

/// The paths of a mask; without one, those of the fields that are not empty (AIP-134).
pub(crate) fn masked<'a>(mask: Option<&'a prost_types::FieldMask>, known: &[(&'a str, bool)]) -> Result<Vec<&'a str>> {
    let paths: Vec<&str> = match mask {
        Some(mask) if !mask.paths.is_empty() => mask.paths.iter().map(String::as_str).collect(),
        _ => known.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect(),
    };
    if paths.iter().any(|path| !known.iter().any(|(name, _)| name == path)) {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        return Err(Error::invalid("update_mask", "FIELD_UNKNOWN", format!("The fields that can change are {}.", names.join(", "))));
    }
    if paths.is_empty() {
        return Err(Error::invalid("update_mask", "FIELD_MISSING", "The call changes at least one field."));
    }
    Ok(paths)
}

impl IdentityService {
    /// The service over this vault, for assertions with this audience. Passkeys work once the relying party is set.
    pub fn new(vault: Arc<Vault>, audience: String, party: Arc<OnceLock<RelyingParty>>) -> Self {
        Self { vault, audience, party }
    }

    async fn create(&self, caller: &Caller, asked: v1::CreateCustomerRequest) -> Result<v1::CreateCustomerResponse> {
        let once = once(caller, "CreateCustomer", &asked.request_id, &asked)?;
        let account = asked.customer.ok_or_else(|| Error::invalid("customer", "CUSTOMER_MISSING", "The call describes the account."))?;
        let identifiers = account
            .identifiers
            .iter()
            .enumerate()
            .map(|(place, wire)| identifier_to_vault(Some(wire), &format!("customer.identifiers[{place}]"), caller))
            .collect::<Result<_>>()?;
        let new = NewCustomer { language: account.language, time_zone: account.time_zone, identifiers };
        let customer = self.vault.create_customer(caller.who(), new, once.as_ref()).await?;
        Ok(v1::CreateCustomerResponse { customer: Some(customer_to_wire(customer)) })
    }

    async fn list(&self, asked: v1::ListCustomersRequest) -> Result<v1::ListCustomersResponse> {
        let page = self.vault.customers(&PageRequest::new(asked.page_size, &asked.page_token)?).await?;
        Ok(v1::ListCustomersResponse { customers: page.items.into_iter().map(customer_to_wire).collect(), next_page_token: page.next })
    }

    async fn update(&self, caller: &Caller, asked: v1::UpdateCustomerRequest) -> Result<v1::UpdateCustomerResponse> {
        let once = once(caller, "UpdateCustomer", &asked.request_id, &asked)?;
        let account = asked.customer.ok_or_else(|| Error::invalid("customer", "CUSTOMER_MISSING", "The call describes the account."))?;
        let id = names::customer(&account.name, "customer.name", caller)?;
        let known = [("language", !account.language.is_empty()), ("time_zone", !account.time_zone.is_empty())];
        let paths = masked(asked.update_mask.as_ref(), &known)?;
        let language = paths.contains(&"language").then_some(account.language);
        let time_zone = paths.contains(&"time_zone").then_some(account.time_zone);
        let version = match account.etag.as_str() {
            "" => None,
            etag => Some(etag.parse().map_err(|_| {
                Error::new(Kind::Aborted, "ETAG_MISMATCH", "The account has changed since you read it. Nothing was changed.")
            })?),
        };
        let customer = self.vault.update_customer(id, caller.who(), language, time_zone, version, once.as_ref()).await?;
        Ok(v1::UpdateCustomerResponse { customer: Some(customer_to_wire(customer)) })
    }

    async fn add(&self, caller: &Caller, asked: v1::AddIdentifierRequest) -> Result<v1::AddIdentifierResponse> {
        let once = once(caller, "AddIdentifier", &asked.request_id, &asked)?;
        let id = names::customer(&asked.customer, "customer", caller)?;
        let identifier = identifier_to_vault(asked.identifier.as_ref(), "identifier", caller)?;
        let customer = self.vault.add_identifier(id, caller.who(), &identifier, once.as_ref()).await?;
        Ok(v1::AddIdentifierResponse { customer: Some(customer_to_wire(customer)) })
    }

    async fn remove(&self, caller: &Caller, asked: v1::RemoveIdentifierRequest) -> Result<v1::RemoveIdentifierResponse> {
        let once = once(caller, "RemoveIdentifier", &asked.request_id, &asked)?;
        let id = names::customer(&asked.customer, "customer", caller)?;
        let identifier = identifier_to_vault(asked.identifier.as_ref(), "identifier", caller)?;
        let customer = self.vault.remove_identifier(id, caller.who(), &identifier, once.as_ref()).await?;
        Ok(v1::RemoveIdentifierResponse { customer: Some(customer_to_wire(customer)) })
    }

    async fn erase(&self, caller: &Caller, asked: &v1::EraseCustomerRequest) -> Result<v1::EraseCustomerResponse> {
        let id = names::customer(&asked.name, "name", caller)?;
        // Erasing again is the same erasure; the id is only held to its form.
        once(caller, "EraseCustomer", &asked.request_id, asked)?;
        if asked.confirmation != "erase everything" {
            return Err(Error::invalid(
                "confirmation",
                "CONFIRMATION_MISSING",
                "To erase the vault, confirm with the words: erase everything.",
            ));
        }
        let erased_at = self.vault.erase_customer(id, caller.who()).await?;
        Ok(v1::EraseCustomerResponse { erase_time: Some(names::timestamp(erased_at)) })
    }
}

#[async_trait]
impl server::IdentityService for IdentityService {
    async fn who_am_i(&self, request: Request<v1::WhoAmIRequest>) -> Answer<v1::WhoAmIResponse> {
        let caller = Caller::of(&request)?;
        let (role, name, expire_time) = (caller.role.into(), caller.name(), caller.expires_at.map(names::timestamp));
        let credential = match caller.credential {
            Some(Credential::Token(id)) => names::token_name(id),
            Some(Credential::Certificate(brand, id)) => names::credential_name(brand, id),
            None => String::new(),
        };
        Ok(Response::new(v1::WhoAmIResponse { role, name, scopes: caller.scopes, expire_time, credential }))
    }

    async fn create_customer(&self, request: Request<v1::CreateCustomerRequest>) -> Answer<v1::CreateCustomerResponse> {
        let caller = Caller::of(&request)?;
        answer(self.create(&caller, request.into_inner()).await)
    }

    async fn get_customer(&self, request: Request<v1::GetCustomerRequest>) -> Answer<v1::GetCustomerResponse> {
        let caller = Caller::of(&request)?;
        let id = names::customer(&request.get_ref().name, "name", &caller).map_err(status)?;
        let customer = self.vault.customer(id).await.map_err(status)?;
        Ok(Response::new(v1::GetCustomerResponse { customer: Some(customer_to_wire(customer)) }))
    }

    async fn list_customers(&self, request: Request<v1::ListCustomersRequest>) -> Answer<v1::ListCustomersResponse> {
        answer(self.list(request.into_inner()).await)
    }

    async fn update_customer(&self, request: Request<v1::UpdateCustomerRequest>) -> Answer<v1::UpdateCustomerResponse> {
        let caller = Caller::of(&request)?;
        answer(self.update(&caller, request.into_inner()).await)
    }

    async fn add_identifier(&self, request: Request<v1::AddIdentifierRequest>) -> Answer<v1::AddIdentifierResponse> {
        let caller = Caller::of(&request)?;
        answer(self.add(&caller, request.into_inner()).await)
    }

    async fn remove_identifier(&self, request: Request<v1::RemoveIdentifierRequest>) -> Answer<v1::RemoveIdentifierResponse> {
        let caller = Caller::of(&request)?;
        answer(self.remove(&caller, request.into_inner()).await)
    }

    async fn erase_customer(&self, request: Request<v1::EraseCustomerRequest>) -> Answer<v1::EraseCustomerResponse> {
        let caller = Caller::of(&request)?;
        answer(self.erase(&caller, request.get_ref()).await)
    }

    async fn register_certificate(&self, request: Request<v1::RegisterCertificateRequest>) -> Answer<v1::RegisterCertificateResponse> {
        let caller = Caller::of(&request)?;
        answer(self.bind_certificate(&caller, request.get_ref()).await)
    }

    async fn list_credentials(&self, request: Request<v1::ListCredentialsRequest>) -> Answer<v1::ListCredentialsResponse> {
        let caller = Caller::of(&request)?;
        answer(self.credentials(&caller, request.get_ref()).await)
    }

    async fn revoke_credential(&self, request: Request<v1::RevokeCredentialRequest>) -> Answer<v1::RevokeCredentialResponse> {
        let caller = Caller::of(&request)?;
        answer(self.end_credential(&caller, request.get_ref()).await)
    }

    async fn register_client_key(&self, request: Request<v1::RegisterClientKeyRequest>) -> Answer<v1::RegisterClientKeyResponse> {
        let caller = Caller::of(&request)?;
        answer(self.bind_client_key(&caller, request.get_ref()).await)
    }

    async fn exchange_assertion(&self, request: Request<v1::ExchangeAssertionRequest>) -> Answer<v1::ExchangeAssertionResponse> {
        let caller = Caller::of(&request)?;
        self.exchange(&caller, request.get_ref()).await.map(Response::new)
    }

    async fn issue_token(&self, request: Request<v1::IssueTokenRequest>) -> Answer<v1::IssueTokenResponse> {
        let caller = Caller::of(&request)?;
        answer(self.issue(&caller, request.into_inner()).await)
    }

    async fn list_tokens(&self, request: Request<v1::ListTokensRequest>) -> Answer<v1::ListTokensResponse> {
        let caller = Caller::of(&request)?;
        answer(self.tokens(&caller, request.get_ref()).await)
    }

    async fn revoke_token(&self, request: Request<v1::RevokeTokenRequest>) -> Answer<v1::RevokeTokenResponse> {
        let caller = Caller::of(&request)?;
        answer(self.end_token(&caller, request.get_ref()).await)
    }

    async fn create_invitation(&self, request: Request<v1::CreateInvitationRequest>) -> Answer<v1::CreateInvitationResponse> {
        let caller = Caller::of(&request)?;
        answer(self.invite(&caller, request.get_ref()).await)
    }

    async fn begin_enrolment(&self, request: Request<v1::BeginEnrolmentRequest>) -> Answer<v1::BeginEnrolmentResponse> {
        Caller::of(&request)?;
        answer(self.enrol(request.get_ref()).await)
    }

    async fn finish_enrolment(&self, request: Request<v1::FinishEnrolmentRequest>) -> Answer<v1::FinishEnrolmentResponse> {
        Caller::of(&request)?;
        answer(self.end_enrolment(request.get_ref()).await)
    }

    async fn begin_sign_in(&self, request: Request<v1::BeginSignInRequest>) -> Answer<v1::BeginSignInResponse> {
        Caller::of(&request)?;
        answer(self.sign_in())
    }

    async fn finish_sign_in(&self, request: Request<v1::FinishSignInRequest>) -> Answer<v1::FinishSignInResponse> {
        Caller::of(&request)?;
        answer(self.end_sign_in(request.get_ref()).await)
    }

    async fn begin_add_passkey(&self, request: Request<v1::BeginAddPasskeyRequest>) -> Answer<v1::BeginAddPasskeyResponse> {
        let caller = Caller::of(&request)?;
        answer(self.add_passkey(&caller, request.get_ref()).await)
    }

    async fn finish_add_passkey(&self, request: Request<v1::FinishAddPasskeyRequest>) -> Answer<v1::FinishAddPasskeyResponse> {
        let caller = Caller::of(&request)?;
        answer(self.end_addition(&caller, request.get_ref()).await)
    }

    async fn list_passkeys(&self, request: Request<v1::ListPasskeysRequest>) -> Answer<v1::ListPasskeysResponse> {
        let caller = Caller::of(&request)?;
        answer(self.passkeys(&caller, request.get_ref()).await)
    }

    async fn remove_passkey(&self, request: Request<v1::RemovePasskeyRequest>) -> Answer<v1::RemovePasskeyResponse> {
        let caller = Caller::of(&request)?;
        answer(self.end_passkey(&caller, request.get_ref()).await)
    }

    async fn create_recovery_code(&self, request: Request<v1::CreateRecoveryCodeRequest>) -> Answer<v1::CreateRecoveryCodeResponse> {
        let caller = Caller::of(&request)?;
        answer(self.make_recovery_code(&caller, request.get_ref()).await)
    }

    async fn use_recovery_code(&self, request: Request<v1::UseRecoveryCodeRequest>) -> Answer<v1::UseRecoveryCodeResponse> {
        Caller::of(&request)?;
        answer(self.recover(request.get_ref()).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_names_known_fields_and_at_least_one() {
        let known = [("language", true), ("time_zone", false)];
        let mask = |paths: &[&str]| prost_types::FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() };
        assert_eq!(masked(None, &known).expect("what is given"), ["language"]);
        assert_eq!(masked(Some(&mask(&["time_zone"])), &known).expect("named"), ["time_zone"]);
        for bad in [mask(&["state"]), mask(&["language", "etag"]), mask(&["*"])] {
            assert_eq!(masked(Some(&bad), &known).expect_err("unknown").field_violations()[0].field, "update_mask");
        }
        assert!(masked(None, &[("language", false)]).is_err());
    }
}
