//! `AccessService`: a brand asks, reads what is granted, and hears of changes.

#[cfg(test)]
mod tests;
mod watch;

use std::sync::Arc;

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::access::{Read, Released, ReleasedRecord, Target};
use coffret_vault::consent::View;
use coffret_vault::customer::Identifier;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::{BrandId, Subject};
use coffret_vault::page::PageRequest;
use coffret_vault::request::{BrandGrant, NewAsk};
use futures_util::{StreamExt, stream};
use tonic::{Request, Response, Status};

use crate::caller::Caller;
use crate::consent::Directory;
use crate::names;
use crate::once::once;
use crate::record::blob;
use crate::status::{status, unauthenticated};
use crate::terms::{brand_grant_to_wire, brand_request_to_wire, hex, renamed, terms_to_vault, view_to_vault, view_to_wire};
use watch::Pieces;

/// Items in one read at most, as the vault has it: a longer list is refused before any of it is looked at.
const MOST_ITEMS: usize = 200;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// Serves `coffret.v1.AccessService` from a vault.
#[derive(Clone, Debug)]
pub struct AccessService {
    vault: Arc<Vault>,
    directory: Arc<Directory>,
}

impl AccessService {
    /// The service over this vault.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { directory: Arc::new(Directory::new(Arc::clone(&vault))), vault }
    }

    async fn ask(&self, caller: &Caller, asked: v1::RequestAccessRequest) -> Result<v1::RequestAccessResponse> {
        let brand = caller.brand()?;
        let once = once(caller, "RequestAccess", &asked.request_id, &asked)?;
        let identifier = identifier(asked.identifier, caller)?;
        let terms = terms_to_vault(asked.terms, "terms", brand)?;
        let accept_at_once = match asked.accept_at_once {
            None => None,
            least => Some(terms_to_vault(least, "accept_at_once", brand)?),
        };
        if accept_at_once.as_ref().is_some_and(|least| least.purpose.code != terms.purpose.code) {
            return Err(Error::invalid("accept_at_once.purpose", "PURPOSE_DIFFERS", "The purpose is the one of the terms."));
        }
        let request = self.vault.ask(brand, NewAsk { identifier, terms, accept_at_once }, once.as_ref()).await;
        let request = request.map_err(|error| renamed(error, "auto_accept", "accept_at_once"))?;
        Ok(v1::RequestAccessResponse { request: Some(brand_request_to_wire(&request)) })
    }

    async fn list_requests(&self, caller: &Caller, asked: &v1::ListAccessRequestsRequest) -> Result<v1::ListAccessRequestsResponse> {
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.brand_requests(caller.brand()?, &page).await?;
        Ok(v1::ListAccessRequestsResponse {
            requests: found.items.iter().map(brand_request_to_wire).collect(),
            next_page_token: found.next,
        })
    }

    async fn withdraw(&self, caller: &Caller, asked: &v1::WithdrawAccessRequestRequest) -> Result<v1::WithdrawAccessRequestResponse> {
        let (brand, id) = names::brand_request(&asked.name, "name", caller)?;
        let once = once(caller, "WithdrawAccessRequest", &asked.request_id, asked)?;
        let request = self.vault.withdraw_request(brand, id, once.as_ref()).await?;
        Ok(v1::WithdrawAccessRequestResponse { request: Some(brand_request_to_wire(&request)) })
    }

    async fn accept(&self, caller: &Caller, asked: &v1::AcceptCounterOfferRequest) -> Result<v1::AcceptCounterOfferResponse> {
        let (brand, id) = names::brand_request(&asked.name, "name", caller)?;
        let once = once(caller, "AcceptCounterOffer", &asked.request_id, asked)?;
        let (request, grant) = self.vault.accept_counter(brand, id, once.as_ref()).await?;
        Ok(v1::AcceptCounterOfferResponse {
            request: Some(brand_request_to_wire(&request)),
            grant: Some(self.show_grant(brand, &grant).await?),
        })
    }

    async fn reject(&self, caller: &Caller, asked: &v1::RejectCounterOfferRequest) -> Result<v1::RejectCounterOfferResponse> {
        let (brand, id) = names::brand_request(&asked.name, "name", caller)?;
        let once = once(caller, "RejectCounterOffer", &asked.request_id, asked)?;
        let request = self.vault.reject_counter(brand, id, once.as_ref()).await?;
        Ok(v1::RejectCounterOfferResponse { request: Some(brand_request_to_wire(&request)) })
    }

    async fn show_grant(&self, brand: BrandId, grant: &BrandGrant) -> Result<v1::Grant> {
        Ok(brand_grant_to_wire(grant, self.directory.title(brand).await?, self.vault.now()))
    }

    async fn list_grants(&self, caller: &Caller, asked: &v1::ListAccessGrantsRequest) -> Result<v1::ListAccessGrantsResponse> {
        let brand = caller.brand()?;
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.brand_grants(brand, asked.live_only, &page).await?;
        let mut grants = Vec::with_capacity(found.items.len());
        for grant in &found.items {
            grants.push(self.show_grant(brand, grant).await?);
        }
        Ok(v1::ListAccessGrantsResponse { grants, next_page_token: found.next })
    }

    async fn attest(&self, caller: &Caller, asked: &v1::AttestDeletionRequest) -> Result<v1::AttestDeletionResponse> {
        let (brand, grant) = names::brand_grant(&asked.grant, "grant", caller)?;
        let once = once(caller, "AttestDeletion", &asked.request_id, asked)?;
        let Some(deleted) = &asked.delete_time else {
            return Err(Error::invalid("delete_time", "TIME_MISSING", "An attestation says when the data was deleted."));
        };
        let deleted = names::moment(deleted, "delete_time")?;
        let backups = asked.backups_within.as_ref().map(|within| names::seconds(within, "backups_within")).transpose()?;
        let sequence = self.vault.attest_deletion(brand, grant, deleted, backups, once.as_ref()).await?;
        Ok(v1::AttestDeletionResponse { sequence })
    }
}

/// Whom a brand asks: a number of a brand's own is one of the asking brand's.
fn identifier(wire: Option<v1::Identifier>, caller: &Caller) -> Result<Identifier> {
    let Some(v1::Identifier { kind, value, brand }) = wire else {
        return Err(Error::invalid("identifier", "IDENTIFIER_MISSING", "The call says who is asked."));
    };
    if value.is_empty() {
        return Err(Error::invalid("identifier.value", "IDENTIFIER_INVALID", "An identifier has a value."));
    }
    match v1::IdentifierKind::try_from(kind) {
        Ok(v1::IdentifierKind::External) if brand.is_empty() => Ok(Identifier::External(caller.brand()?, value)),
        Ok(v1::IdentifierKind::External) => Ok(Identifier::External(names::brand(&brand, "identifier.brand", caller)?, value)),
        Ok(_) if !brand.is_empty() => {
            Err(Error::invalid("identifier.brand", "IDENTIFIER_INVALID", "Only an external number belongs to a brand."))
        }
        Ok(v1::IdentifierKind::Email) => Ok(Identifier::Email(value)),
        Ok(v1::IdentifierKind::Phone) => Ok(Identifier::Phone(value)),
        Ok(v1::IdentifierKind::Unspecified) | Err(_) => {
            Err(Error::invalid("identifier.kind", "IDENTIFIER_KIND_MISSING", "An identifier names a kind of the contract."))
        }
    }
}

/// The attribute types that a read names.
fn items(wire: Vec<v1::ReadItem>) -> Result<Vec<(String, Option<View>)>> {
    if wire.len() > MOST_ITEMS {
        return Err(Error::invalid("items", "TOO_MANY_ITEMS", "A read names at most 200 attribute types."));
    }
    let mut items = Vec::with_capacity(wire.len());
    for (place, item) in wire.into_iter().enumerate() {
        if item.attribute.is_empty() || item.attribute.len() > 100 {
            return Err(Error::invalid(format!("items[{place}].attribute"), "ATTRIBUTE_UNKNOWN", "There is no such attribute type."));
        }
        let view = match item.view {
            0 => None,
            view => view_to_vault(view, &format!("items[{place}].view"))?,
        };
        items.push((item.attribute, view));
    }
    Ok(items)
}

/// A read as asked for. Nothing is looked up, and nothing is copied that can be moved.
fn read_of(caller: &Caller, mut asked: v1::ReadRecordsRequest) -> Result<Read> {
    let once = once(caller, "ReadRecords", &asked.request_id, &asked)?;
    let target = match (asked.grant.is_empty(), asked.subject.is_empty() && asked.purpose.is_empty()) {
        (false, true) => Target::Grant(names::brand_grant(&asked.grant, "grant", caller)?.1),
        (true, false) => {
            let subject = names::subject(&asked.subject, "subject")?;
            Target::Subject(subject, names::purpose_for(&asked.purpose, "purpose", caller)?.1)
        }
        (true, true) => return Err(Error::invalid("grant", "TARGET_MISSING", "A read names a grant, or a subject with a purpose.")),
        (false, false) => {
            return Err(Error::invalid("grant", "TARGET_TWICE", "A read names a grant, or a subject with a purpose, not both."));
        }
    };
    let size =
        usize::try_from(asked.page_size).map_err(|_| Error::invalid("page_size", "PAGE_SIZE_NEGATIVE", "A page size is not negative."))?;
    Ok(Read {
        target,
        items: items(std::mem::take(&mut asked.items))?,
        reason: asked.reason,
        advisor: Some(asked.advisor).filter(|advisor| !advisor.is_empty()),
        size,
        page_token: asked.page_token,
        once,
    })
}

/// A datum on the wire: the value is moved, not copied.
fn released_record(subject: Subject, mut record: ReleasedRecord) -> v1::ReleasedRecord {
    v1::ReleasedRecord {
        attribute: record.attribute,
        view: view_to_wire(record.view).into(),
        value_json: std::mem::take(&mut *record.value),
        name: names::subject_record_name(subject, record.id),
        version: record.version,
        record_time: Some(names::timestamp(record.time)),
    }
}

/// An answer that holds off a stop until its head has been handed to the transport, which is when its extensions are dropped.
fn released(brand: BrandId, released: Released) -> Response<v1::ReadRecordsResponse> {
    let Released { records, grant, subject, sequence, commitment, read_at, uses_left, delete_by, next, answering } = released;
    let mut response = Response::new(v1::ReadRecordsResponse {
        records: records.into_iter().map(|record| released_record(subject, record)).collect(),
        grant: names::brand_grant_name(brand, grant),
        sequence,
        commitment: hex(&commitment),
        read_time: Some(names::timestamp(read_at)),
        uses_left: uses_left.map_or(-1, i64::from),
        delete_by_time: delete_by.map(names::timestamp),
        next_page_token: next,
    });
    response.extensions_mut().insert(answering);
    response
}

#[tonic::async_trait]
impl v1::access_service_server::AccessService for AccessService {
    type StreamRecordsStream = Pieces<v1::StreamRecordsResponse>;
    type ReadBlobStream = Pieces<v1::ReadBlobResponse>;
    type WatchGrantsStream = Pieces<v1::WatchGrantsResponse>;

    async fn request_access(&self, request: Request<v1::RequestAccessRequest>) -> Answer<v1::RequestAccessResponse> {
        let caller = Caller::of(&request)?;
        self.ask(&caller, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn get_access_request(&self, request: Request<v1::GetAccessRequestRequest>) -> Answer<v1::GetAccessRequestResponse> {
        let caller = Caller::of(&request)?;
        let (brand, id) = names::brand_request(&request.get_ref().name, "name", &caller).map_err(status)?;
        let found = self.vault.brand_request(brand, id).await.map_err(status)?;
        Ok(Response::new(v1::GetAccessRequestResponse { request: Some(brand_request_to_wire(&found)) }))
    }

    async fn list_access_requests(&self, request: Request<v1::ListAccessRequestsRequest>) -> Answer<v1::ListAccessRequestsResponse> {
        let caller = Caller::of(&request)?;
        self.list_requests(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn withdraw_access_request(
        &self,
        request: Request<v1::WithdrawAccessRequestRequest>,
    ) -> Answer<v1::WithdrawAccessRequestResponse> {
        let caller = Caller::of(&request)?;
        self.withdraw(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn accept_counter_offer(&self, request: Request<v1::AcceptCounterOfferRequest>) -> Answer<v1::AcceptCounterOfferResponse> {
        let caller = Caller::of(&request)?;
        self.accept(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn reject_counter_offer(&self, request: Request<v1::RejectCounterOfferRequest>) -> Answer<v1::RejectCounterOfferResponse> {
        let caller = Caller::of(&request)?;
        self.reject(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_access_grants(&self, request: Request<v1::ListAccessGrantsRequest>) -> Answer<v1::ListAccessGrantsResponse> {
        let caller = Caller::of(&request)?;
        self.list_grants(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn read_records(&self, request: Request<v1::ReadRecordsRequest>) -> Answer<v1::ReadRecordsResponse> {
        // The caller is borrowed, not cloned: nothing is answered more often than this.
        let (_, extensions, asked) = request.into_parts();
        let caller = extensions.get::<Arc<Caller>>().ok_or_else(unauthenticated)?;
        let brand = caller.brand().map_err(status)?;
        let read = read_of(caller, asked).map_err(status)?;
        let found = self.vault.read(brand, &read).await.map_err(status)?;
        Ok(released(brand, found))
    }

    async fn stream_records(&self, request: Request<v1::StreamRecordsRequest>) -> Answer<Self::StreamRecordsStream> {
        let caller = Caller::of(&request)?;
        let brand = caller.brand().map_err(status)?;
        let asked = request.into_inner();
        let since = watch::place_of(&asked.cursor).map_err(status)?;
        let wire =
            v1::ReadRecordsRequest { grant: asked.grant, items: asked.items, reason: asked.reason, ..v1::ReadRecordsRequest::default() };
        let read = read_of(&caller, wire).map_err(status)?;
        Ok(Response::new(watch::records(Arc::clone(&self.vault), brand, read, since)))
    }

    async fn read_blob(&self, request: Request<v1::ReadBlobRequest>) -> Answer<Self::ReadBlobStream> {
        let caller = Caller::of(&request)?;
        let brand = caller.brand().map_err(status)?;
        let asked = request.into_inner();
        let once = once(&caller, "ReadBlob", &asked.request_id, &asked).map_err(status)?;
        let (_, id) = names::subject_record(&asked.record, "record").map_err(status)?;
        let wire = v1::ReadRecordsRequest { grant: asked.grant, reason: asked.reason, ..v1::ReadRecordsRequest::default() };
        let read = Read { once, ..read_of(&caller, wire).map_err(status)? };
        let (body, answering) = self.vault.read_blob(brand, &read, id).await.map_err(status)?;
        let pieces = blob::pieces(body).map(|content| Ok(v1::ReadBlobResponse { content }));
        let mut response = Response::new(stream::iter(pieces).boxed());
        response.extensions_mut().insert(answering);
        Ok(response)
    }

    async fn watch_grants(&self, request: Request<v1::WatchGrantsRequest>) -> Answer<Self::WatchGrantsStream> {
        let caller = Caller::of(&request)?;
        let brand = caller.brand().map_err(status)?;
        let cursor = &request.get_ref().cursor;
        let after = if cursor.is_empty() { None } else { Some(watch::number_of(cursor).map_err(status)?) };
        Ok(Response::new(watch::changes(Arc::clone(&self.vault), brand, after)))
    }

    async fn acknowledge_changes(&self, request: Request<v1::AcknowledgeChangesRequest>) -> Answer<v1::AcknowledgeChangesResponse> {
        let caller = Caller::of(&request)?;
        let brand = caller.brand().map_err(status)?;
        let up_to = watch::number_of(&request.get_ref().cursor).map_err(status)?;
        let acknowledged = self.vault.acknowledge(brand, up_to).await.map_err(status)?;
        Ok(Response::new(v1::AcknowledgeChangesResponse { acknowledged: i32::try_from(acknowledged).unwrap_or(i32::MAX) }))
    }

    async fn attest_deletion(&self, request: Request<v1::AttestDeletionRequest>) -> Answer<v1::AttestDeletionResponse> {
        let caller = Caller::of(&request)?;
        self.attest(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }
}
