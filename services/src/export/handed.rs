//! What a server hands over, as the writer of a folder takes it: nothing that it says is believed before it is read.

use coffret_export::{Entry, ExportWriter, Opening, Policy, Scope, SignedCheckpoint, VerifierKey};
use coffret_proto::v1;
use coffret_vault::tlog::Leaf;

use super::{Of, unfit};
use crate::cli::Failure;
use crate::names;

/// The checkpoint and the moment of an export that is gone on with, for its log's key.
pub(super) type Begin<'a> = &'a dyn Fn(&VerifierKey) -> Result<(SignedCheckpoint, jiff::Timestamp), Failure>;

/// What the server says that it exports; of one that is gone on with, checkpoint and time are those of its beginning.
pub(super) fn head_of(head: v1::ExportHead, pinned: Option<&VerifierKey>, begun: Option<Begin<'_>>) -> Result<Of, Failure> {
    let wrong = || unfit("The server did not say soundly what it exports.");
    let (stated, scope) = head.checkpoint.zip(head.scope).ok_or_else(wrong)?;
    let log_key: VerifierKey = stated.verifier_key.parse().map_err(|_| wrong())?;
    if pinned.is_some_and(|pinned| *pinned != log_key) {
        return Err(unfit("The server's log has another key than --key. Nothing was written."));
    }
    let (checkpoint, made) = if let Some(begun) = begun {
        begun(&log_key)?
    } else {
        let opened = SignedCheckpoint::open(stated.note.as_bytes(), std::slice::from_ref(&log_key)).map_err(|_| wrong())?;
        let made = names::moment(head.begin_time.as_ref().ok_or_else(wrong)?, "begin_time")?;
        (opened, jiff::Timestamp::from_microsecond(made.micros()).map_err(|_| wrong())?)
    };
    let moment = |at: Option<prost_types::Timestamp>| at.map(|at| names::moment(&at, "scope").map(|at| at.to_string())).transpose();
    let id = |text: &str| uuid::Uuid::try_parse(text).map_err(|_| wrong());
    let scope = Scope {
        sealed: scope.sealed,
        streams: scope.streams.iter().map(|stream| id(stream)).collect::<Result<_, _>>()?,
        brand: scope.brand.strip_prefix("brands/").map(id).transpose()?,
        purpose: Some(scope.purpose).filter(|purpose| !purpose.is_empty()),
        from: moment(scope.from_time)?,
        to: moment(scope.to_time)?,
        receipts: scope.receipts,
    };
    let witnesses = match head.witness_policy.as_str() {
        "" => Policy::none(),
        text => Policy::parse(text).map_err(|_| wrong())?,
    };
    Ok(Of { checkpoint, log_key, witnesses, scope, made, receipt_keys: head.receipt_keys })
}

/// Writes the entries of a piece.
pub(super) fn push(writer: &mut ExportWriter, piece: &v1::StreamExportResponse) -> Result<(), Failure> {
    let mut entries = Vec::with_capacity(piece.entries.len());
    for (expected, entry) in (writer.next_index()..).zip(&piece.entries) {
        let wrong = || unfit(format!("The server sent something else than entry {expected} of the log."));
        if u64::try_from(entry.index) != Ok(expected) {
            return Err(wrong());
        }
        let leaf = Leaf::decode(&entry.leaf).map_err(|_| wrong())?;
        let text = |text: &'_ String| !text.is_empty();
        let opening = match entry.key.as_ref() {
            [] => None,
            key => Some(Opening { key: key.try_into().map_err(|_| wrong())?, details: &entry.details_json }),
        };
        let (receipt, record) = (Some(&entry.receipt).filter(|it| text(it)), Some(&entry.consent_record).filter(|it| text(it)));
        entries.push(Entry { leaf, opening, receipt: receipt.map(String::as_str), record: record.map(String::as_str) });
    }
    Ok(writer.push_handed(&entries, &piece.handover)?)
}
