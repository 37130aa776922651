//! `ConsentService`: what a customer is asked, decides, and can take back.

mod directory;
mod step_up;

use std::sync::{Arc, OnceLock};

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::consent::Request as Asked;
use coffret_vault::decision::{CustomerGrant, Decision, Yes};
use coffret_vault::error::{Error, Result};
use coffret_vault::id::{BrandId, CustomerId, RequestId};
use coffret_vault::page::PageRequest;
use coffret_vault::passkey::RelyingParty;
use coffret_vault::receipt::Receipt;
use coffret_vault::standard::{Form, Loss};
use tonic::{Request, Response, Status};

use crate::caller::Caller;
use crate::names;
use crate::once::once;
use crate::status::status;
use crate::terms::{
    answer_to_vault, customer_grant_to_wire, grant_state_to_vault, receipt_to_wire, request_state_to_vault, request_to_wire,
    signed_receipt_to_wire,
};

pub(crate) use directory::Directory;
pub use step_up::StepUp;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// Serves `coffret.v1.ConsentService` from a vault.
#[derive(Clone, Debug)]
pub struct ConsentService {
    vault: Arc<Vault>,
    directory: Arc<Directory>,
    /// Whose passkeys sign; known once a portal is open.
    party: Arc<OnceLock<RelyingParty>>,
    step_up: StepUp,
}

impl ConsentService {
    /// The service over this vault; whose passkeys sign a yes, and when one is signed.
    pub fn new(vault: Arc<Vault>, party: Arc<OnceLock<RelyingParty>>, step_up: StepUp) -> Self {
        Self { directory: Arc::new(Directory::new(Arc::clone(&vault))), vault, party, step_up }
    }

    /// The language in which a customer is addressed.
    async fn language(&self, customer: CustomerId) -> Result<String> {
        Ok(self.vault.customer(customer).await?.profile.map(|profile| profile.language).unwrap_or_default())
    }

    /// A request with the brand's name and the notice in a language.
    async fn show(&self, customer: CustomerId, request: &Asked, language: &str) -> Result<v1::Request> {
        let brand = BrandId(request.brand());
        let title = self.directory.title(brand).await?;
        let notice = self.directory.notice(brand, request.purpose(), language).await?;
        Ok(request_to_wire(customer, request, title, notice, self.vault.now()))
    }

    /// A grant with the brand's name and the notice in a language.
    async fn show_grant(&self, customer: CustomerId, held: &CustomerGrant, language: &str) -> Result<v1::Grant> {
        let brand = BrandId(held.grant.brand());
        let title = self.directory.title(brand).await?;
        let notice = self.directory.notice(brand, held.grant.purpose(), language).await?;
        Ok(v1::Grant { notice, ..customer_grant_to_wire(customer, held, title, self.vault.now()) })
    }

    async fn show_grants(&self, customer: CustomerId, held: &[CustomerGrant]) -> Result<Vec<v1::Grant>> {
        let language = self.language(customer).await?;
        let mut grants = Vec::with_capacity(held.len());
        for one in held {
            grants.push(self.show_grant(customer, one, &language).await?);
        }
        Ok(grants)
    }

    /// The signed receipt of a decision.
    fn signed(&self, customer: CustomerId, receipt: Receipt) -> Result<v1::Receipt> {
        Ok(signed_receipt_to_wire(customer, self.vault.sign_receipt(customer, receipt)?))
    }

    /// What many decisions changed, each with its receipt.
    async fn show_decisions(&self, customer: CustomerId, decisions: &[Decision]) -> Result<(Vec<v1::Grant>, Vec<v1::Receipt>)> {
        let mut grants = Vec::with_capacity(decisions.len());
        for decision in decisions {
            grants.push(self.changed_grant(customer, decision).await?);
        }
        Ok((grants, decisions.iter().map(|decision| receipt_to_wire(customer, &decision.receipt)).collect()))
    }

    /// The grant of a decision that changes one.
    async fn changed_grant(&self, customer: CustomerId, decision: &Decision) -> Result<v1::Grant> {
        let held = decision.grant.as_ref().ok_or_else(|| Error::internal("a changed grant is missing from its decision"))?;
        self.show_grant(customer, held, &self.language(customer).await?).await
    }

    async fn list_requests(&self, caller: &Caller, asked: &v1::ListRequestsRequest) -> Result<v1::ListRequestsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let state = request_state_to_vault(asked.state, "state")?;
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.requests(customer, state, &page).await?;
        let language = self.language(customer).await?;
        let mut requests = Vec::with_capacity(found.items.len());
        for request in &found.items {
            requests.push(self.show(customer, request, &language).await?);
        }
        Ok(v1::ListRequestsResponse { requests, next_page_token: found.next })
    }

    async fn get_request(&self, caller: &Caller, asked: v1::GetRequestRequest) -> Result<v1::GetRequestResponse> {
        let (customer, id) = names::customer_request(&asked.name, "name", caller)?;
        if asked.language.len() > 35 {
            return Err(Error::invalid("language", "LANGUAGE_INVALID", "A language is written like en or zh-Hans (BCP 47)."));
        }
        let request = self.vault.request(customer, id).await?;
        let language = if asked.language.is_empty() { self.language(customer).await? } else { asked.language };
        Ok(v1::GetRequestResponse { request: Some(self.show(customer, &request, &language).await?) })
    }

    async fn approve(&self, caller: &Caller, asked: v1::ApproveRequestRequest) -> Result<v1::ApproveRequestResponse> {
        let (customer, id) = names::customer_request(&asked.name, "name", caller)?;
        let once = once(caller, "ApproveRequest", &asked.request_id, &asked)?;
        let yes = self.yes(customer, id, asked.terms, (asked.notice_sha256, asked.notice_language)).await?;
        let yes = Yes { fresh: self.fresh(asked.step_up)?, ..yes };
        let decision = self.vault.agree(customer, caller.who(), id, yes, once.as_ref()).await?;
        let grant = match &decision.grant {
            Some(held) => Some(self.show_grant(customer, held, &self.language(customer).await?).await?),
            None => None,
        };
        Ok(v1::ApproveRequestResponse {
            request: Some(self.decided_request(customer, &decision).await?),
            grant,
            receipt: Some(self.signed(customer, decision.receipt)?),
        })
    }

    /// A yes without its signature.
    async fn yes(&self, customer: CustomerId, id: RequestId, terms: Option<v1::Terms>, notice: (String, String)) -> Result<Yes> {
        let notice = match notice {
            (sha256, _) if sha256.is_empty() => None,
            (_, language) if language.is_empty() => {
                return Err(Error::invalid("notice_language", "NOTICE_MISSING", "The notice that was on screen has a language."));
            }
            seen => Some(seen),
        };
        let terms = match terms {
            None => None,
            Some(wire) => {
                let request = self.vault.request(customer, id).await?;
                Some(answer_to_vault(wire, "terms", BrandId(request.brand()), request.purpose())?)
            }
        };
        Ok(Yes { terms, notice, fresh: None })
    }

    async fn decided_request(&self, customer: CustomerId, decision: &Decision) -> Result<v1::Request> {
        let request = decision.request.as_ref().ok_or_else(|| Error::internal("a decided request is missing from its decision"))?;
        let language = self.language(customer).await?;
        self.show(customer, request, &language).await
    }

    async fn decline(&self, caller: &Caller, asked: &v1::DeclineRequestRequest) -> Result<v1::DeclineRequestResponse> {
        let (customer, id) = names::customer_request(&asked.name, "name", caller)?;
        let once = once(caller, "DeclineRequest", &asked.request_id, asked)?;
        let decision = self.vault.decline(customer, caller.who(), id, once.as_ref()).await?;
        Ok(v1::DeclineRequestResponse {
            request: Some(self.decided_request(customer, &decision).await?),
            receipt: Some(self.signed(customer, decision.receipt)?),
        })
    }

    async fn list_grants(&self, caller: &Caller, asked: &v1::ListGrantsRequest) -> Result<v1::ListGrantsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let state = grant_state_to_vault(asked.state, "state")?;
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.grants(customer, state, &page).await?;
        Ok(v1::ListGrantsResponse { grants: self.show_grants(customer, &found.items).await?, next_page_token: found.next })
    }

    async fn get_grant(&self, caller: &Caller, asked: &v1::GetGrantRequest) -> Result<v1::GetGrantResponse> {
        let (customer, id) = names::customer_grant(&asked.name, "name", caller)?;
        let held = self.vault.grant(customer, id).await?;
        Ok(v1::GetGrantResponse { grant: Some(self.show_grant(customer, &held, &self.language(customer).await?).await?) })
    }

    /// The end of a pause. A repeated call may come after it, and then the first result answers.
    fn pause_end(&self, wire: Option<&prost_types::Timestamp>, repeatable: bool) -> Result<Option<Timestamp>> {
        let until = wire.map(|moment| names::moment(moment, "until_time")).transpose()?;
        if !repeatable && until.is_some_and(|until| until <= self.vault.now()) {
            return Err(pause_ends_in_past());
        }
        Ok(until)
    }

    async fn pause(&self, caller: &Caller, asked: &v1::PauseGrantRequest) -> Result<v1::PauseGrantResponse> {
        let (customer, id) = names::customer_grant(&asked.name, "name", caller)?;
        let once = once(caller, "PauseGrant", &asked.request_id, asked)?;
        let until = self.pause_end(asked.until_time.as_ref(), once.is_some())?;
        let decision = self.vault.pause(customer, caller.who(), id, until, once.as_ref()).await;
        let decision = decision.map_err(|error| if error.reason() == "PAUSE_ENDS_IN_PAST" { pause_ends_in_past() } else { error })?;
        Ok(v1::PauseGrantResponse {
            grant: Some(self.changed_grant(customer, &decision).await?),
            receipt: Some(self.signed(customer, decision.receipt)?),
        })
    }

    async fn resume(&self, caller: &Caller, asked: &v1::ResumeGrantRequest) -> Result<v1::ResumeGrantResponse> {
        let (customer, id) = names::customer_grant(&asked.name, "name", caller)?;
        let once = once(caller, "ResumeGrant", &asked.request_id, asked)?;
        let decision = self.vault.resume(customer, caller.who(), id, once.as_ref()).await?;
        Ok(v1::ResumeGrantResponse {
            grant: Some(self.changed_grant(customer, &decision).await?),
            receipt: Some(self.signed(customer, decision.receipt)?),
        })
    }

    async fn revoke(&self, caller: &Caller, asked: &v1::RevokeGrantRequest) -> Result<v1::RevokeGrantResponse> {
        let (customer, id) = names::customer_grant(&asked.name, "name", caller)?;
        let once = once(caller, "RevokeGrant", &asked.request_id, asked)?;
        let decision = self.vault.revoke(customer, caller.who(), id, once.as_ref()).await?;
        Ok(v1::RevokeGrantResponse {
            grant: Some(self.changed_grant(customer, &decision).await?),
            receipt: Some(self.signed(customer, decision.receipt)?),
        })
    }

    async fn amend(&self, caller: &Caller, asked: v1::AmendGrantRequest) -> Result<v1::AmendGrantResponse> {
        let (customer, id) = names::customer_grant(&asked.name, "name", caller)?;
        let once = once(caller, "AmendGrant", &asked.request_id, &asked)?;
        let wire = asked.terms.ok_or_else(|| Error::invalid("terms", "TERMS_MISSING", "The call names its terms."))?;
        let held = self.vault.grant(customer, id).await?;
        let terms = answer_to_vault(wire, "terms", BrandId(held.grant.brand()), held.grant.purpose())?;
        let decision = self.vault.amend(customer, caller.who(), id, terms, once.as_ref()).await?;
        Ok(v1::AmendGrantResponse {
            grant: Some(self.changed_grant(customer, &decision).await?),
            receipt: Some(self.signed(customer, decision.receipt)?),
        })
    }

    async fn pause_all(&self, caller: &Caller, asked: &v1::PauseAllGrantsRequest) -> Result<v1::PauseAllGrantsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let once = once(caller, "PauseAllGrants", &asked.request_id, asked)?;
        let until = self.pause_end(asked.until_time.as_ref(), once.is_some())?;
        let paused = self.vault.pause_all(customer, caller.who(), until, once.as_ref()).await?;
        let (grants, receipts) = self.show_decisions(customer, &paused).await?;
        Ok(v1::PauseAllGrantsResponse { grants, receipts })
    }

    async fn revoke_all(&self, caller: &Caller, asked: &v1::RevokeAllGrantsRequest) -> Result<v1::RevokeAllGrantsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let once = once(caller, "RevokeAllGrants", &asked.request_id, asked)?;
        let stopped = self.vault.revoke_all(customer, caller.who(), once.as_ref()).await?;
        let (grants, receipts) = self.show_decisions(customer, &stopped).await?;
        Ok(v1::RevokeAllGrantsResponse { grants, receipts })
    }

    async fn list_receipts(&self, caller: &Caller, asked: &v1::ListReceiptsRequest) -> Result<v1::ListReceiptsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.receipts(customer, &page).await?;
        let receipts = found.items.iter().map(|receipt| receipt_to_wire(customer, receipt)).collect();
        Ok(v1::ListReceiptsResponse { receipts, next_page_token: found.next })
    }

    async fn get_receipt(&self, caller: &Caller, asked: &v1::GetReceiptRequest) -> Result<v1::GetReceiptResponse> {
        let (customer, sequence) = names::customer_receipt(&asked.name, "name", caller)?;
        let signed = self.vault.receipt(customer, sequence).await?;
        Ok(v1::GetReceiptResponse { receipt: Some(signed_receipt_to_wire(customer, signed)) })
    }

    async fn export(&self, caller: &Caller, asked: &v1::ExportConsentRecordRequest) -> Result<v1::ExportConsentRecordResponse> {
        let form = match asked.form() {
            v1::ConsentRecordForm::Unspecified => return Err(Error::invalid("form", "FORM_MISSING", "The call names a form.")),
            v1::ConsentRecordForm::Iso27560 => Form::Iso27560,
            v1::ConsentRecordForm::Kantara11 => Form::Kantara,
            v1::ConsentRecordForm::Depa20 => Form::Depa,
        };
        let exported = if asked.name.contains("/receipts/") {
            let (customer, sequence) = names::customer_receipt(&asked.name, "name", caller)?;
            self.vault.export_decision(customer, sequence, form).await?
        } else {
            let (customer, id) = names::customer_grant(&asked.name, "name", caller)?;
            self.vault.export_grant(customer, id, form).await?
        };
        let loss = |loss: &Loss| v1::FormLoss { field: loss.field.to_owned(), description: loss.why.to_owned() };
        Ok(v1::ExportConsentRecordResponse {
            record_json: exported.to_string(),
            media_type: form.media_type().to_owned(),
            losses: form.losses().iter().map(loss).collect(),
        })
    }
}

fn pause_ends_in_past() -> Error {
    Error::invalid("until_time", "PAUSE_ENDS_IN_PAST", "A pause ends in the future.")
}

#[tonic::async_trait]
impl v1::consent_service_server::ConsentService for ConsentService {
    async fn list_requests(&self, request: Request<v1::ListRequestsRequest>) -> Answer<v1::ListRequestsResponse> {
        let caller = Caller::of(&request)?;
        self.list_requests(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_request(&self, request: Request<v1::GetRequestRequest>) -> Answer<v1::GetRequestResponse> {
        let caller = Caller::of(&request)?;
        self.get_request(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn begin_approval(&self, request: Request<v1::BeginApprovalRequest>) -> Answer<v1::BeginApprovalResponse> {
        let caller = Caller::of(&request)?;
        self.begin_yes(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn approve_request(&self, request: Request<v1::ApproveRequestRequest>) -> Answer<v1::ApproveRequestResponse> {
        let caller = Caller::of(&request)?;
        Box::pin(self.approve(&caller, request.into_inner())).await.map(Response::new).map_err(status)
    }

    async fn decline_request(&self, request: Request<v1::DeclineRequestRequest>) -> Answer<v1::DeclineRequestResponse> {
        let caller = Caller::of(&request)?;
        self.decline(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_grants(&self, request: Request<v1::ListGrantsRequest>) -> Answer<v1::ListGrantsResponse> {
        let caller = Caller::of(&request)?;
        self.list_grants(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_grant(&self, request: Request<v1::GetGrantRequest>) -> Answer<v1::GetGrantResponse> {
        let caller = Caller::of(&request)?;
        self.get_grant(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn pause_grant(&self, request: Request<v1::PauseGrantRequest>) -> Answer<v1::PauseGrantResponse> {
        let caller = Caller::of(&request)?;
        self.pause(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn resume_grant(&self, request: Request<v1::ResumeGrantRequest>) -> Answer<v1::ResumeGrantResponse> {
        let caller = Caller::of(&request)?;
        self.resume(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn revoke_grant(&self, request: Request<v1::RevokeGrantRequest>) -> Answer<v1::RevokeGrantResponse> {
        let caller = Caller::of(&request)?;
        self.revoke(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn amend_grant(&self, request: Request<v1::AmendGrantRequest>) -> Answer<v1::AmendGrantResponse> {
        let caller = Caller::of(&request)?;
        self.amend(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn pause_all_grants(&self, request: Request<v1::PauseAllGrantsRequest>) -> Answer<v1::PauseAllGrantsResponse> {
        let caller = Caller::of(&request)?;
        self.pause_all(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn revoke_all_grants(&self, request: Request<v1::RevokeAllGrantsRequest>) -> Answer<v1::RevokeAllGrantsResponse> {
        let caller = Caller::of(&request)?;
        self.revoke_all(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_receipts(&self, request: Request<v1::ListReceiptsRequest>) -> Answer<v1::ListReceiptsResponse> {
        let caller = Caller::of(&request)?;
        self.list_receipts(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_receipt(&self, request: Request<v1::GetReceiptRequest>) -> Answer<v1::GetReceiptResponse> {
        let caller = Caller::of(&request)?;
        self.get_receipt(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_receipt_keys(&self, _: Request<v1::ListReceiptKeysRequest>) -> Answer<v1::ListReceiptKeysResponse> {
        Ok(Response::new(v1::ListReceiptKeysResponse { jwks_json: self.vault.receipt_keys().to_json() }))
    }

    async fn export_consent_record(&self, request: Request<v1::ExportConsentRecordRequest>) -> Answer<v1::ExportConsentRecordResponse> {
        let caller = Caller::of(&request)?;
        self.export(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }
}
