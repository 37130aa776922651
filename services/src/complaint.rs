//! `ComplaintService`: what customers complain of.

use std::sync::Arc;

use coffret_proto::v1;
use coffret_proto::v1::complaint_service_server as server;
use coffret_vault::Vault;
use coffret_vault::complaint::{About, Complaint, ComplaintKind, NewComplaint};
use coffret_vault::error::{Error, Result};
use coffret_vault::page::PageRequest;
use tonic::{Request, Response, Status, async_trait};

use crate::caller::{Caller, Identity};
use crate::names;
use crate::once::once;
use crate::status::status;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// Serves `coffret.v1.ComplaintService` from a vault.
#[derive(Clone, Debug)]
pub struct ComplaintService {
    vault: Arc<Vault>,
}

fn complaint_to_wire(complaint: Complaint) -> v1::Complaint {
    let customer = complaint.customer;
    let (entry, grant) = match complaint.about {
        About::Entry(sequence) => (names::customer_entry_name(customer, sequence), None),
        About::Grant(grant) => (String::new(), Some(grant)),
    };
    let kind = match complaint.kind {
        ComplaintKind::NotRecognised => v1::ComplaintKind::NotRecognised,
        ComplaintKind::Deletion => v1::ComplaintKind::Deletion,
        ComplaintKind::Report => v1::ComplaintKind::Report,
    };
    let state = if complaint.closed_at.is_some() { v1::ComplaintState::Closed } else { v1::ComplaintState::Open };
    v1::Complaint {
        name: names::customer_complaint_name(customer, complaint.id),
        kind: kind.into(),
        state: state.into(),
        entry,
        grant: grant.or(complaint.grant).map(|grant| names::customer_grant_name(customer, grant)).unwrap_or_default(),
        brand: complaint.brand.map(names::brand_name).unwrap_or_default(),
        text: complaint.text.unwrap_or_default(),
        shared: complaint.shared,
        create_time: Some(names::timestamp(complaint.filed_at)),
        close_time: complaint.closed_at.map(names::timestamp),
        answer: complaint.answer.unwrap_or_default(),
        filing: names::customer_entry_name(customer, complaint.filing),
    }
}

/// As an operator sees it: unless the customer shares it, that there is one, what kind it is, and when.
fn complaint_for_operators(complaint: Complaint) -> v1::Complaint {
    let wire = complaint_to_wire(complaint.for_operators());
    if wire.shared {
        return wire;
    }
    v1::Complaint { entry: String::new(), grant: String::new(), brand: String::new(), filing: String::new(), ..wire }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl ComplaintService {
    /// The service over this vault.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }

    async fn file(&self, caller: &Caller, asked: &v1::CreateComplaintRequest) -> Result<v1::CreateComplaintResponse> {
        let once = once(caller, "CreateComplaint", &asked.request_id, asked)?;
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let missing = || Error::invalid("complaint", "COMPLAINT_MISSING", "The call describes the complaint.");
        let wanted = asked.complaint.as_ref().ok_or_else(missing)?;
        let kind = match wanted.kind() {
            v1::ComplaintKind::NotRecognised => ComplaintKind::NotRecognised,
            v1::ComplaintKind::Deletion => ComplaintKind::Deletion,
            v1::ComplaintKind::Report => ComplaintKind::Report,
            v1::ComplaintKind::Unspecified => {
                return Err(Error::invalid("complaint.kind", "KIND_MISSING", "A complaint says what it asks."));
            }
        };
        let (of, about) = match (wanted.entry.as_str(), wanted.grant.as_str()) {
            (entry, "") if !entry.is_empty() => {
                let (of, sequence) = names::customer_entry(entry, "complaint.entry", caller)?;
                (of, About::Entry(sequence))
            }
            ("", grant) if !grant.is_empty() => {
                let (of, grant) = names::customer_grant(grant, "complaint.grant", caller)?;
                (of, About::Grant(grant))
            }
            _ => return Err(Error::invalid("complaint.entry", "SUBJECT_MISSING", "A complaint is about one entry or one grant.")),
        };
        if of != customer {
            return Err(Error::not_found("complaint"));
        }
        let new = NewComplaint { kind, about, text: text(&wanted.text), shared: wanted.shared };
        let filed = self.vault.file_complaint(customer, caller.who(), new, once.as_ref()).await?;
        Ok(v1::CreateComplaintResponse { complaint: Some(complaint_to_wire(filed)) })
    }

    async fn get(&self, caller: &Caller, name: &str) -> Result<v1::GetComplaintResponse> {
        let (customer, id) = names::customer_complaint(name, "name", caller)?;
        let complaint = self.vault.complaint(customer, id).await?;
        Ok(v1::GetComplaintResponse { complaint: Some(complaint_to_wire(complaint)) })
    }

    async fn list(&self, caller: &Caller, asked: &v1::ListComplaintsRequest) -> Result<v1::ListComplaintsResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        let page = self.vault.complaints(customer, &PageRequest::new(asked.page_size, &asked.page_token)?).await?;
        let complaints = page.items.into_iter().map(complaint_to_wire).collect();
        Ok(v1::ListComplaintsResponse { complaints, next_page_token: page.next })
    }

    async fn close(&self, caller: &Caller, asked: &v1::CloseComplaintRequest) -> Result<v1::CloseComplaintResponse> {
        let once = once(caller, "CloseComplaint", &asked.request_id, asked)?;
        let (customer, id) = names::customer_complaint(&asked.name, "name", caller)?;
        let closed = self.vault.close_complaint(customer, caller.who(), id, text(&asked.answer), once.as_ref()).await?;
        let shown =
            if matches!(caller.identity, Identity::Customer(_)) { complaint_to_wire(closed) } else { complaint_for_operators(closed) };
        Ok(v1::CloseComplaintResponse { complaint: Some(shown) })
    }

    async fn list_open(&self, asked: &v1::ListOpenComplaintsRequest) -> Result<v1::ListOpenComplaintsResponse> {
        let page = self.vault.open_complaints(&PageRequest::new(asked.page_size, &asked.page_token)?).await?;
        Ok(v1::ListOpenComplaintsResponse {
            complaints: page.items.into_iter().map(complaint_for_operators).collect(),
            next_page_token: page.next,
            open_count: i32::try_from(self.vault.count_open_complaints().await?).unwrap_or(i32::MAX),
        })
    }
}

#[async_trait]
impl server::ComplaintService for ComplaintService {
    async fn create_complaint(&self, request: Request<v1::CreateComplaintRequest>) -> Answer<v1::CreateComplaintResponse> {
        let caller = Caller::of(&request)?;
        self.file(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_complaint(&self, request: Request<v1::GetComplaintRequest>) -> Answer<v1::GetComplaintResponse> {
        let caller = Caller::of(&request)?;
        self.get(&caller, &request.get_ref().name).await.map(Response::new).map_err(status)
    }

    async fn list_complaints(&self, request: Request<v1::ListComplaintsRequest>) -> Answer<v1::ListComplaintsResponse> {
        let caller = Caller::of(&request)?;
        self.list(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn close_complaint(&self, request: Request<v1::CloseComplaintRequest>) -> Answer<v1::CloseComplaintResponse> {
        let caller = Caller::of(&request)?;
        self.close(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_open_complaints(&self, request: Request<v1::ListOpenComplaintsRequest>) -> Answer<v1::ListOpenComplaintsResponse> {
        self.list_open(request.get_ref()).await.map(Response::new).map_err(status)
    }
}
