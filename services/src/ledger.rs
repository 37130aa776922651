//! `LedgerService`: reading and checking the log of everything that was asked, decided and read.

mod cursor;
mod export;
mod inspection;
mod proof;

use std::sync::Arc;

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::id::CustomerId;
use coffret_vault::journal::{CheckPage, EntryFilter, SealedEntry};
use coffret_vault::ledger::Entry;
use coffret_vault::page::PageRequest;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tonic::{Request, Response, Status};

use crate::caller::{Caller, Identity};
use crate::names;
use crate::status::status;
use crate::terms::hex;
use cursor::Cursors;

/// Entries in one piece of a stream.
const PIECE: u64 = 500;
/// Characters of a kind of entry at most.
const KIND_CHARS: usize = 64;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// Serves `coffret.v1.LedgerService` from a vault.
#[derive(Clone, Debug)]
pub struct LedgerService {
    vault: Arc<Vault>,
    cursors: Arc<Cursors>,
}

impl LedgerService {
    /// The service over this vault.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault, cursors: Arc::default() }
    }

    async fn list(&self, caller: &Caller, asked: &v1::ListEntriesRequest) -> Result<v1::ListEntriesResponse> {
        let customer = names::customer(&asked.parent, "parent", caller)?;
        if asked.kind.chars().count() > KIND_CHARS {
            return Err(Error::invalid("kind", "KIND_TOO_LONG", "A kind of entry has at most 64 characters."));
        }
        let filter = EntryFilter {
            kind: Some(asked.kind.clone()).filter(|kind| !kind.is_empty()),
            brand: if asked.brand.is_empty() { None } else { Some(names::brand(&asked.brand, "brand", caller)?) },
            from: asked.from_time.as_ref().map(|from| names::moment(from, "from_time")).transpose()?,
            to: asked.to_time.as_ref().map(|to| names::moment(to, "to_time")).transpose()?,
        };
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.entries(customer, &filter, &page).await?;
        let entries = found.items.iter().map(|entry| customer_entry(customer, entry)).collect::<Result<_>>()?;
        Ok(v1::ListEntriesResponse { entries, next_page_token: found.next })
    }

    async fn list_deployment(&self, asked: &v1::ListDeploymentEntriesRequest) -> Result<v1::ListDeploymentEntriesResponse> {
        let page = PageRequest::new(asked.page_size, &asked.page_token)?;
        let found = self.vault.deployment_entries(&page).await?;
        let shown = found.items.iter().map(|entry| entry_to_wire(names::deployment_entry_name(entry.sequence), entry));
        Ok(v1::ListDeploymentEntriesResponse { entries: shown.collect::<Result<_>>()?, next_page_token: found.next })
    }

    async fn verify(&self, caller: &Caller, asked: &v1::VerifyEntryRequest) -> Result<v1::VerifyEntryResponse> {
        let (customer, sequence) = names::customer_entry(&asked.name, "name", caller)?;
        match self.vault.entry(customer, sequence).await {
            Ok(entry) => {
                Ok(v1::VerifyEntryResponse { valid: entry.valid, checks: checks(&entry), entry: Some(customer_entry(customer, &entry)?) })
            }
            // What was changed behind our back does not open, and that is an answer. What could not be reached is none.
            Err(error) if error.kind() == Kind::Internal => Ok(v1::VerifyEntryResponse {
                valid: false,
                entry: None,
                checks: vec!["The stored entry does not open with the customer's key, or not at its place.".to_owned()],
            }),
            Err(error) => Err(error),
        }
    }

    async fn check(&self, caller: &Caller, asked: &v1::CheckLedgerRequest) -> Result<v1::CheckLedgerResponse> {
        let everything = asked.parent.is_empty() && !matches!(caller.identity, Identity::Customer(_));
        let scope = if everything { None } else { Some(names::customer(&asked.parent, "parent", caller)?) };
        let CheckPage { check, all_streams, next } = self.vault.check_ledger_page(scope, &asked.page_token).await?;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(v1::CheckLedgerResponse {
            entries: count(check.entries),
            streams: count(check.streams),
            reads_answered: count(check.reads_answered),
            reads_refused: count(check.reads_refused),
            faults: check.faults,
            erased: count(check.erased),
            all_streams: count(all_streams),
            next_page_token: next,
        })
    }

    /// Everything after a position, a piece at a time.
    fn sealed(&self, after: Option<(CustomerId, i64)>) -> impl Stream<Item = Result<v1::StreamEntriesResponse>> + Send + use<> {
        let (vault, cursors) = (Arc::clone(&self.vault), Arc::clone(&self.cursors));
        stream::try_unfold(after, move |after| {
            let (vault, cursors) = (Arc::clone(&vault), Arc::clone(&cursors));
            async move {
                let found = vault.sealed_entries(after, PIECE).await?;
                let Some(last) = found.last() else { return Ok(None) };
                let (next, cursor) = (Some(last.at_cursor), cursors.give(last));
                let entries = found.iter().map(sealed_to_wire).collect();
                Ok(Some((v1::StreamEntriesResponse { entries, cursor }, next)))
            }
        })
    }
}

fn customer_entry(customer: CustomerId, entry: &Entry) -> Result<v1::Entry> {
    entry_to_wire(names::customer_entry_name(customer, entry.sequence), entry)
}

fn entry_to_wire(name: String, entry: &Entry) -> Result<v1::Entry> {
    Ok(v1::Entry {
        name,
        sequence: entry.sequence,
        event_id: entry.event.to_string(),
        commitment: hex(&entry.commitment),
        event_time: Some(names::timestamp(entry.details.time)),
        kind: entry.details.kind.clone(),
        details_json: serde_json::to_string(&entry.details)?,
    })
}

fn sealed_to_wire(entry: &SealedEntry) -> v1::SealedEntry {
    v1::SealedEntry {
        event_id: entry.event.to_string(),
        stream: entry.stream.to_string(),
        sequence: entry.sequence,
        commitment: bytes::Bytes::copy_from_slice(&entry.commitment),
    }
}

fn checks(entry: &Entry) -> Vec<String> {
    let opened = format!("The sealed entry {} opens with the customer's key at its place in the stream.", entry.sequence);
    let compared = if entry.valid {
        "HMAC-SHA-256 over the details (RFC 8785) is the commitment, and the details name this stream, position and time."
    } else {
        "HMAC-SHA-256 over the details (RFC 8785) is not the commitment, or the details name another stream, position or time."
    };
    vec![opened, compared.to_owned()]
}

#[tonic::async_trait]
impl v1::ledger_service_server::LedgerService for LedgerService {
    type StreamExportStream = std::pin::Pin<Box<dyn Stream<Item = std::result::Result<v1::StreamExportResponse, Status>> + Send>>;
    type StreamEntriesStream = std::pin::Pin<Box<dyn Stream<Item = std::result::Result<v1::StreamEntriesResponse, Status>> + Send>>;

    async fn list_entries(&self, request: Request<v1::ListEntriesRequest>) -> Answer<v1::ListEntriesResponse> {
        let caller = Caller::of(&request)?;
        self.list(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn stream_entries(&self, request: Request<v1::StreamEntriesRequest>) -> Answer<Self::StreamEntriesStream> {
        let after = match request.get_ref().cursor.as_str() {
            "" => None,
            cursor => Some(self.cursors.find(&self.vault, cursor).await.map_err(status)?),
        };
        Ok(Response::new(self.sealed(after).map_err(status).boxed()))
    }

    async fn list_deployment_entries(
        &self,
        request: Request<v1::ListDeploymentEntriesRequest>,
    ) -> Answer<v1::ListDeploymentEntriesResponse> {
        self.list_deployment(request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn verify_entry(&self, request: Request<v1::VerifyEntryRequest>) -> Answer<v1::VerifyEntryResponse> {
        let caller = Caller::of(&request)?;
        self.verify(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn stream_export(&self, request: Request<v1::StreamExportRequest>) -> Answer<Self::StreamExportStream> {
        let caller = Caller::of(&request)?;
        let pieces = self.hand_over(&caller, request.get_ref()).await.map_err(status)?;
        Ok(Response::new(pieces.map_err(status).boxed()))
    }

    async fn begin_inspection(&self, request: Request<v1::BeginInspectionRequest>) -> Answer<v1::BeginInspectionResponse> {
        let caller = Caller::of(&request)?;
        self.begin_inspection(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn list_log_entries(&self, request: Request<v1::ListLogEntriesRequest>) -> Answer<v1::ListLogEntriesResponse> {
        let caller = Caller::of(&request)?;
        self.list_log(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_log_entry(&self, request: Request<v1::GetLogEntryRequest>) -> Answer<v1::GetLogEntryResponse> {
        let caller = Caller::of(&request)?;
        self.log_entry(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_checkpoint(&self, _: Request<v1::GetCheckpointRequest>) -> Answer<v1::GetCheckpointResponse> {
        self.checkpoint().await.map(Response::new).map_err(status)
    }

    async fn get_consistency_proof(&self, request: Request<v1::GetConsistencyProofRequest>) -> Answer<v1::GetConsistencyProofResponse> {
        self.consistency(request.get_ref()).await.map(Response::new).map_err(status)
    }

    async fn get_inclusion_proof(&self, request: Request<v1::GetInclusionProofRequest>) -> Answer<v1::GetInclusionProofResponse> {
        let caller = Caller::of(&request)?;
        self.inclusion(&caller, &request.get_ref().name).await.map(Response::new).map_err(status)
    }

    async fn await_included(&self, request: Request<v1::AwaitIncludedRequest>) -> Answer<v1::AwaitIncludedResponse> {
        let caller = Caller::of(&request)?;
        self.included(&caller, &request.get_ref().name).await.map(Response::new).map_err(status)
    }

    async fn check_ledger(&self, request: Request<v1::CheckLedgerRequest>) -> Answer<v1::CheckLedgerResponse> {
        let caller = Caller::of(&request)?;
        self.check(&caller, request.get_ref()).await.map(Response::new).map_err(status)
    }
}
