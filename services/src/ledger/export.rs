//! The log handed over to an auditor, piece by piece.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use coffret_export::{Entry, Giver, Handover, Opening, Scope};
use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::error::{Error, Kind, Result};
use coffret_vault::log::{Exported, ExportedConsent, LogExport, LogExportRequest};
use futures_util::{Stream, stream};

use super::LedgerService;
use crate::caller::Caller;
use crate::names;

/// How long an export waits until its own entry is signed. The log signs every second or two.
const SIGNING: Duration = Duration::from_secs(30);
/// Entries in a piece at most.
const PIECE: usize = 1024;
/// Bytes of details, receipts and records in a piece, from which on it takes no further entry: far below the 4 MiB of a message.
const PIECE_BYTES: usize = 1 << 20;
/// A piece ends here, where whoever receives it keeps how far it has come.
const PIECES_END: u64 = coffret_export::JOURNAL_EVERY;
/// Characters of a purpose at most: a code and a version.
const PURPOSE_CHARS: usize = 100;

/// An export that is being handed over.
struct Handing {
    vault: Arc<Vault>,
    export: LogExport,
    giver: Giver,
    head: Option<v1::ExportHead>,
    /// Entries that are opened and not handed over yet.
    waiting: VecDeque<Exported>,
}

/// What the call asks for, looked through before anything is logged.
struct Asked {
    request: LogExportRequest,
    purpose: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    handover: Option<Handover>,
}

impl LedgerService {
    async fn asked(&self, caller: &Caller, asked: &v1::StreamExportRequest) -> Result<Asked> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let customers = asked.customers.iter().enumerate();
        let customers =
            customers.map(|(place, name)| names::customer(name, &format!("customers[{place}]"), caller)).collect::<Result<_>>()?;
        let brand = some(&asked.brand).map(|brand| names::brand(&brand, "brand", caller)).transpose()?;
        let moment = |written: &Option<prost_types::Timestamp>, field| written.as_ref().map(|at| names::moment(at, field)).transpose();
        let (from, to) = (moment(&asked.from_time, "from_time")?, moment(&asked.to_time, "to_time")?);
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err(Error::invalid("to_time", "TIME_INVALID", "The end lies after the beginning. Nothing was exported."));
        }
        if asked.purpose.chars().count() > PURPOSE_CHARS {
            return Err(Error::invalid("purpose", "PURPOSE_TOO_LONG", "A purpose is a code, or code@version. Nothing was exported."));
        }
        let purpose = some(&asked.purpose);
        let limited = !asked.customers.is_empty() || brand.is_some() || purpose.is_some() || from.is_some() || to.is_some();
        if asked.sealed && (limited || asked.receipts) {
            let sentence = "A sealed export opens nothing, so it has no limits and no receipts. Nothing was exported.";
            return Err(Error::invalid("sealed", "SEALED_LIMITED", sentence));
        }
        let handover = match asked.handover.as_str() {
            "" => None,
            _ if asked.origin.is_empty() => {
                return Err(Error::invalid("origin", "ORIGIN_MISSING", "To go on with an export its log is named. Nothing was exported."));
            }
            note => Some(self.handover(&asked.origin, note).await?),
        };
        let (origin, reason) = (asked.origin.clone(), asked.reason.clone());
        let request = LogExportRequest { origin, customers, brand, sealed: asked.sealed, receipts: asked.receipts, reason };
        Ok(Asked { request, purpose, from, to, handover })
    }

    /// What the log of this name has signed of an export.
    async fn handover(&self, origin: &str, note: &str) -> Result<Handover> {
        let unknown = || Error::invalid("handover", "HANDOVER_UNKNOWN", "This log has not handed this over. Nothing was exported.");
        if !self.vault.log_origins().await?.iter().any(|log| log.name == origin) {
            return Err(Error::not_found("log"));
        }
        Handover::open(note.as_bytes(), &self.vault.log_verifier_key(origin).await?).map_err(|_| unknown())
    }

    /// Begins to hand over, or goes on. When this returns, the ledger says so.
    pub(super) async fn hand_over(
        &self,
        caller: &Caller,
        asked: &v1::StreamExportRequest,
    ) -> Result<impl Stream<Item = Result<v1::StreamExportResponse>> + Send + use<>> {
        let Asked { request, purpose, from, to, handover } = self.asked(caller, asked).await?;
        let export = self.vault.begin_log_export(caller.who(), &request).await?;
        let scope = Scope {
            sealed: request.sealed,
            streams: export.streams().to_vec(),
            brand: request.brand.map(|brand| brand.0),
            purpose,
            from: from.map(|from| from.to_string()),
            to: to.map(|to| to.to_string()),
            receipts: request.receipts,
        };
        let (giver, checkpoint) = if let Some(handover) = handover {
            let giver = Giver::go_on(handover, &scope).map_err(|_| {
                Error::invalid("handover", "HANDOVER_OF_OTHER_LIMITS", "The export was begun with other limits. Nothing was exported.")
            })?;
            let checkpoint = giver.handover().checkpoint().clone().sign(export.signer()).map_err(Error::internal)?;
            (giver, checkpoint)
        } else {
            let checkpoint = self.vault.await_export_checkpoint(&export, SIGNING).await?;
            let made = jiff::Timestamp::from_microsecond(export.begun.micros()).map_err(Error::internal)?;
            (Giver::begin(&checkpoint, made, &scope).map_err(Error::internal)?, checkpoint)
        };
        let head = v1::ExportHead {
            checkpoint: Some(v1::Checkpoint {
                origin: checkpoint.checkpoint().origin().to_owned(),
                size: i64::try_from(checkpoint.checkpoint().size()).unwrap_or(i64::MAX),
                note: checkpoint.to_string(),
                verifier_key: export.log_key().to_string(),
                sign_time: None,
            }),
            begin_time: Some(names::timestamp(Timestamp::from_micros(giver.handover().made().as_microsecond()))),
            scope: Some(v1::ExportScope {
                sealed: scope.sealed,
                streams: scope.streams.iter().map(ToString::to_string).collect(),
                brand: request.brand.map(names::brand_name).unwrap_or_default(),
                purpose: scope.purpose.clone().unwrap_or_default(),
                from_time: from.map(names::timestamp),
                to_time: to.map(names::timestamp),
                receipts: scope.receipts,
            }),
            receipt_keys: if scope.receipts { self.vault.receipt_keys().to_json() } else { String::new() },
            witness_policy: self.vault.log_policy().write_for(export.log_key()),
        };
        let vault = Arc::clone(&self.vault);
        let handing = Handing { vault, export, giver, head: Some(head), waiting: VecDeque::new() };
        Ok(stream::try_unfold(handing, |mut handing| async move { Ok(handing.piece().await?.map(|piece| (piece, handing))) }))
    }
}

impl Handing {
    /// The next piece; nothing at the end.
    async fn piece(&mut self) -> Result<Option<v1::StreamExportResponse>> {
        let head = self.head.take();
        let size = self.giver.handover().checkpoint().size();
        let (mut entries, mut bytes) = (Vec::new(), 0);
        // The first piece comes at once, so that whoever receives it knows what will come.
        while head.is_none() && entries.len() < PIECE && bytes < PIECE_BYTES {
            let index = self.giver.handover().next_index();
            if index == size || (!entries.is_empty() && index.is_multiple_of(PIECES_END)) {
                break;
            }
            let exported = self.next(index).await?;
            let entry = self.give(index, &exported).await?;
            bytes += entry.details_json.len() + entry.receipt.len() + entry.consent_record.len();
            entries.push(entry);
        }
        if head.is_none() && entries.is_empty() {
            return Ok(None);
        }
        let handover = self.giver.handover().sign(self.export.signer());
        Ok(Some(v1::StreamExportResponse { head, entries, handover }))
    }

    async fn next(&mut self, index: u64) -> Result<Exported> {
        if self.waiting.is_empty() {
            self.waiting = self.vault.export_leaves(&self.export, index).await?.into();
        }
        let next = self.waiting.pop_front().filter(|exported| exported.leaf.index == index);
        next.ok_or_else(|| Error::internal(format!("the log has no entry {index}, which its checkpoint states")))
    }

    async fn give(&mut self, index: u64, exported: &Exported) -> Result<v1::ExportedEntry> {
        let opening = exported.opening.as_ref().map(|opening| Opening { key: &opening.key, details: &opening.details });
        let sealed = Entry { leaf: exported.leaf.leaf, opening, receipt: None, record: None };
        let consent = if self.giver.opens(&sealed).map_err(refused)? {
            self.vault.export_consent(&self.export, exported).await?
        } else {
            ExportedConsent::default()
        };
        let whole = Entry { receipt: consent.receipt.as_deref(), record: consent.record.as_deref(), ..sealed };
        let given = self.giver.take(&whole).map_err(refused)?;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Ok(v1::ExportedEntry {
            index: i64::try_from(index).unwrap_or(i64::MAX),
            leaf: given.leaf.encode().into(),
            key: given.opening.map(|opening| opening.key.to_vec().into()).unwrap_or_default(),
            details_json: text(given.opening.map(|opening| opening.details)),
            receipt: text(given.receipt),
            consent_record: text(given.record),
        })
    }
}

/// What does not open as the log says was changed behind our back, and is not handed over.
fn refused(error: coffret_export::ExportError) -> Error {
    Error::new(Kind::Internal, "INTERNAL", "Something is broken here. The export was broken off.").because(error)
}
