//! Exports of the log: an entry says so before anything is opened.

use std::time::Duration;

use coffret_ledger::{SignedCheckpoint, Signer, VerifierKey};
use tokio::time::Instant;
use uuid::Uuid;

use super::LogOrigin;
use super::opening::LogOpening;
use super::read::LogLeaf;
use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId};
use crate::ledger::{Details, Note, Who};
use crate::receipt::is_decision_kind;
use crate::standard::Form;
use crate::text::{is_line, is_text};

/// How long an export waits for witnesses, and how often it looks.
const WITNESSING: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(200);
/// Customers that one export names at most.
const MOST_CUSTOMERS: usize = 1000;

/// What of the log somebody asks for. The log itself is always given whole; limits are to what is opened.
#[derive(Clone, Debug)]
pub struct LogExportRequest {
    /// The log's name; the newest one's when empty.
    pub origin: String,
    /// Of these customers alone; of all when empty.
    pub customers: Vec<CustomerId>,
    /// Concerning this brand alone.
    pub brand: Option<BrandId>,
    /// Nothing is opened.
    pub sealed: bool,
    /// With receipts and consent records, which name customers: see [`Vault::export_consent`].
    pub receipts: bool,
    /// Why: the number of the case, or what was agreed. It stands in the log, and the customers who are named read it.
    pub reason: String,
}

/// An export of the log that stands in the ledger. Made by [`Vault::begin_log_export`] alone, so nothing is opened without its entry.
#[derive(Debug)]
pub struct LogExport {
    log: LogOrigin,
    sealed: bool,
    receipts: bool,
    /// Who was named; everybody when empty.
    customers: Vec<CustomerId>,
    streams: Vec<Uuid>,
    /// The position of the export's own entry in the deployment's stream.
    pub sequence: i64,
    /// When it was begun.
    pub begun: Timestamp,
    signer: Signer,
}

/// A leaf of the log, with what it was made of where that may be seen and is not erased.
#[derive(Debug)]
pub struct Exported {
    /// The leaf.
    pub leaf: LogLeaf,
    /// What it was made of.
    pub opening: Option<LogOpening>,
}

/// What a decision gave to those concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportedConsent {
    /// The receipt, a compact JWS.
    pub receipt: Option<String>,
    /// The consent record of a grant that begins with the decision, as it stands now: ISO/IEC TS 27560 in JSON-LD.
    pub record: Option<String>,
}

/// Kinds of entry with which a grant begins.
const BEGINNINGS: [&str; 3] = ["request.approved", "request.counter_accepted", "grant.amended"];

impl LogExport {
    /// The log.
    pub fn log(&self) -> &LogOrigin {
        &self.log
    }

    /// The streams of the customers who were named.
    pub fn streams(&self) -> &[Uuid] {
        &self.streams
    }

    /// The log's public key.
    pub fn log_key(&self) -> &VerifierKey {
        self.signer.verifier_key()
    }

    /// Signs what was exported, as the log.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }
}

impl Vault {
    /// Begins an export. When this returns, the entry `ledger.exported` is durable in the deployment's stream, and in the stream of every
    /// customer who was named.
    ///
    /// # Errors
    /// `REASON_INVALID`: the reason cannot be read by people. `NOT_FOUND`: there is no such log or customer. Then there is no
    /// export.
    pub async fn begin_log_export(&self, who: Who, request: &LogExportRequest) -> Result<LogExport> {
        if !is_text(&request.reason, 300) {
            let sentence = "A reason has 1 to 300 characters that can be read, and no control characters: the customers concerned read it.";
            return Err(Error::invalid("reason", "REASON_INVALID", sentence));
        }
        if let Who::Operator(name) | Who::Auditor(name) = &who
            && !is_line(name, 200)
        {
            let sentence =
                "The name of who exports is one line of 1 to 200 characters: the customers concerned read it. Nothing was exported.";
            return Err(Error::invalid("by", "NAME_INVALID", sentence));
        }
        if request.customers.len() > MOST_CUSTOMERS {
            return Err(Error::invalid("customers", "TOO_MANY_CUSTOMERS", "An export names at most 1000 customers. Export all of them."));
        }
        let wanted = |origin: &LogOrigin| request.origin.is_empty() || origin.name == request.origin;
        let log = self.log_origins().await?.into_iter().rfind(wanted).ok_or_else(|| Error::not_found("log"))?;
        let signer = self.log_signer(&log.name).await?;
        let note = || {
            let note = Note::new("ledger.exported", who.clone()).reason(request.reason.clone());
            request.brand.into_iter().fold(note, Note::brand)
        };
        let mut streams = Vec::with_capacity(request.customers.len());
        for id in &request.customers {
            let session = self.fresh_session(*id).await?;
            let told = note();
            self.commit(&session, move |draft| draft.note(told.clone())).await?;
            streams.push(session.view.stream);
        }
        let told = note();
        let (sequence, begun) = self.administer(move |draft| Ok((draft.note(told.clone())?.0, draft.now))).await?;
        Ok(LogExport {
            log,
            sealed: request.sealed,
            receipts: request.receipts,
            customers: request.customers.clone(),
            streams,
            sequence,
            begun,
            signer,
        })
    }

    /// A checkpoint of an export's log that has the export's own entry, for which it waits so long.
    ///
    /// # Errors
    /// `LOG_NOT_SIGNED`: the log is not being signed.
    pub async fn await_export_checkpoint(&self, export: &LogExport, longest: Duration) -> Result<SignedCheckpoint> {
        let not_signed =
            || Error::precondition("LOG_NOT_SIGNED", "The log is not being signed: see the server's health. Nothing was exported.");
        tokio::time::timeout(longest, self.await_inclusion(CustomerId::DEPLOYMENT, export.sequence)).await.map_err(|_| not_signed())??;
        self.export_checkpoint(export).await
    }

    /// The newest checkpoint of an export's log, with its cosignatures. Of the newest log, where witnesses are asked for, one that enough of
    /// them have cosigned and that has the export's own entry; but not for longer than half a minute.
    ///
    /// # Errors
    /// `LOG_NOT_SIGNED`: there is none yet.
    async fn export_checkpoint(&self, export: &LogExport) -> Result<SignedCheckpoint> {
        let log = export.log.log;
        let place = self.store.log_place(CustomerId::DEPLOYMENT, export.sequence).await?;
        if let Some(place) = place.filter(|place| place.log == log && self.log_policy().asks()) {
            let late = Instant::now() + WITNESSING;
            while Instant::now() < late {
                if let Some((_, checkpoint)) = self.newest_witnessed(log).await?.filter(|(size, _)| *size > place.index) {
                    return Ok(checkpoint);
                }
                tokio::time::sleep(LOOK).await;
            }
            tracing::warn!(log = export.log.name, "too few witnesses have cosigned; the export goes on without them");
        }
        let signed = self.store.last_checkpoint(log).await?.ok_or_else(|| {
            Error::precondition("LOG_NOT_SIGNED", "No checkpoint of this log is signed yet. Nothing was exported.").retry_after(1)
        })?;
        self.cosigned(&signed).await
    }

    /// Entries of an export in the order of the log, from one on; none at its end. Those beyond the newest checkpoint come as well.
    pub async fn export_leaves(&self, export: &LogExport, from: u64) -> Result<Vec<Exported>> {
        let leaves = self.log_leaves(export.log.log, from).await?;
        let named = |leaf: &LogLeaf| !export.sealed && (export.customers.is_empty() || export.customers.contains(&leaf.customer));
        let opened: Vec<LogLeaf> = leaves.iter().copied().filter(named).collect();
        let mut openings = self.log_openings(&opened).await?.into_iter();
        let mut opening = |leaf: &LogLeaf| if named(leaf) { openings.next().flatten() } else { None };
        Ok(leaves.into_iter().map(|leaf| Exported { opening: opening(&leaf), leaf }).collect())
    }

    /// Receipt and consent record of an entry of an export that asked for them, where it is a decision and opened. Nothing where they
    /// cannot be made any more, as after an erasure.
    pub async fn export_consent(&self, export: &LogExport, exported: &Exported) -> Result<ExportedConsent> {
        let Some(opening) = exported.opening.as_ref().filter(|_| export.receipts) else { return Ok(ExportedConsent::default()) };
        let details: Details = serde_json::from_str(&opening.details)?;
        let (customer, kind) = (exported.leaf.customer, details.kind.as_str());
        let receipt = if is_decision_kind(kind) { there(self.receipt(customer, exported.leaf.sequence).await)? } else { None };
        let record = match details.grant.filter(|_| BEGINNINGS.contains(&kind)) {
            Some(grant) => there(self.export_grant(customer, grant, Form::Iso27560).await)?,
            None => None,
        };
        Ok(ExportedConsent { receipt: receipt.map(|signed| signed.jws), record: record.map(|record| record.to_string()) })
    }
}

/// Nothing in the place of what is not there any more.
fn there<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        found => found.map(Some),
    }
}
