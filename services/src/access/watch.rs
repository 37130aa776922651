//! What comes as it happens: new records under a grant, and changes of a brand's requests and grants.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffret_proto::v1;
use coffret_vault::access::{Read, Released, StreamCursor};
use coffret_vault::clock::Timestamp;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::{BrandId, RecordId};
use coffret_vault::outbox::BrandChange;
use coffret_vault::{ChangeKind, Vault};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tonic::Status;

use super::released_record;
use crate::names;
use crate::status::status;
use crate::terms::hex;

/// How long a stream waits at most before it looks again: changes that another server wrote wake nobody here.
const RECORDS_WAIT: Duration = Duration::from_secs(1);
const CHANGES_WAIT: Duration = Duration::from_millis(500);
/// Changes that are fetched at once.
const CHANGES_AT_ONCE: u64 = 100;

/// An answer of several messages.
pub(super) type Pieces<T> = Pin<Box<dyn Stream<Item = std::result::Result<T, Status>> + Send>>;

fn unknown_cursor() -> Error {
    Error::invalid("cursor", "CURSOR_UNKNOWN", "This cursor was not given by this stream.")
}

/// The number in a cursor of changes, in decimal.
pub(super) fn number_of(cursor: &str) -> Result<i64> {
    let plain = cursor.bytes().all(|byte| byte.is_ascii_digit());
    cursor.parse().ok().filter(|_| plain).ok_or_else(unknown_cursor)
}

/// The place in a cursor of records: moment of writing and id of the last record given so far. Without a cursor, before all.
pub(super) fn place_of(cursor: &str) -> Result<StreamCursor> {
    if cursor.is_empty() {
        return Ok(StreamCursor::START);
    }
    let bytes: Option<[u8; 24]> = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| bytes.try_into().ok());
    let bytes = bytes.ok_or_else(unknown_cursor)?;
    let (moment, record) = bytes.split_first_chunk::<8>().ok_or_else(unknown_cursor)?;
    let micros = i64::from_be_bytes(*moment);
    let record = uuid::Uuid::from_slice(record).map_err(|_| unknown_cursor())?;
    let written_at = Some(Timestamp::from_micros(micros)).filter(|moment| moment.micros() == micros).ok_or_else(unknown_cursor)?;
    Ok(StreamCursor { written_at, record: RecordId(record) })
}

fn cursor_of(place: StreamCursor) -> String {
    let mut bytes = place.written_at.micros().to_be_bytes().to_vec();
    bytes.extend_from_slice(place.record.bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is granted, then what is new. Ends with the refusal when the grant ends.
pub(super) fn records(vault: Arc<Vault>, brand: BrandId, read: Read, since: StreamCursor) -> Pieces<v1::StreamRecordsResponse> {
    let pieces = stream::try_unfold((vault, read, since), move |(vault, read, since)| async move {
        loop {
            let changed = vault.changed();
            // Armed before the look, so that what comes in between wakes too.
            let mut woken = pin!(changed.notified());
            woken.as_mut().enable();
            if let Some((released, newest)) = vault.read_stream(brand, &read, since).await.map_err(status)? {
                return Ok(Some((piece(released, newest), (vault, read, newest))));
            }
            let _ = tokio::time::timeout(RECORDS_WAIT, woken).await;
        }
    });
    pieces.boxed()
}

/// Lets go of the hold on stops as it goes out: a brand that reads slowly must not keep a customer from stopping it.
fn piece(released: Released, newest: StreamCursor) -> v1::StreamRecordsResponse {
    let Released { records, subject, sequence, commitment, answering: _, .. } = released;
    v1::StreamRecordsResponse {
        records: records.into_iter().map(|record| released_record(subject, record)).collect(),
        cursor: cursor_of(newest),
        sequence,
        commitment: hex(&commitment),
    }
}

/// Changes after a number, or after the last acknowledged one, as they come.
pub(super) fn changes(vault: Arc<Vault>, brand: BrandId, after: Option<i64>) -> Pieces<v1::WatchGrantsResponse> {
    let batches = stream::try_unfold((vault, after), move |(vault, after)| async move {
        loop {
            let changed = vault.changed();
            let mut woken = pin!(changed.notified());
            woken.as_mut().enable();
            let batch = vault.changes(brand, after, CHANGES_AT_ONCE).await.map_err(status)?;
            if let Some(last) = batch.last().map(|last| last.seq) {
                return Ok::<_, Status>(Some((batch, (vault, Some(last)))));
            }
            let _ = tokio::time::timeout(CHANGES_WAIT, woken).await;
        }
    });
    batches.map_ok(move |batch| stream::iter(batch.into_iter().map(move |change| Ok(change_to_wire(brand, &change))))).try_flatten().boxed()
}

fn change_to_wire(brand: BrandId, change: &BrandChange) -> v1::WatchGrantsResponse {
    v1::WatchGrantsResponse {
        cursor: change.seq.to_string(),
        kind: kind_to_wire(change.kind).into(),
        request: change.request.map(|request| names::brand_request_name(brand, request)).unwrap_or_default(),
        grant: change.grant.map(|grant| names::brand_grant_name(brand, grant)).unwrap_or_default(),
        subject: change.subject.map(names::subject_name).unwrap_or_default(),
        change_time: Some(names::timestamp(change.at)),
    }
}

fn kind_to_wire(kind: ChangeKind) -> v1::ChangeKind {
    match kind {
        ChangeKind::Approved => v1::ChangeKind::Approved,
        ChangeKind::Countered => v1::ChangeKind::Countered,
        ChangeKind::Paused => v1::ChangeKind::Paused,
        ChangeKind::Resumed => v1::ChangeKind::Resumed,
        ChangeKind::Revoked => v1::ChangeKind::Revoked,
        ChangeKind::Expired => v1::ChangeKind::Expired,
        ChangeKind::Superseded => v1::ChangeKind::Superseded,
        ChangeKind::Suspended => v1::ChangeKind::Suspended,
        ChangeKind::Erased => v1::ChangeKind::Erased,
        ChangeKind::Exhausted => v1::ChangeKind::Exhausted,
        ChangeKind::Reinstated => v1::ChangeKind::Reinstated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_records_reads_back_and_a_foreign_one_is_named() {
        for micros in [0, 1_795_348_800_123_456, -1] {
            let place = StreamCursor { written_at: Timestamp::from_micros(micros), record: RecordId(uuid::Uuid::from_u128(7)) };
            assert_eq!(place_of(&cursor_of(place)).expect("reads"), place);
        }
        assert_eq!(place_of("").expect("the start"), StreamCursor::START);
        let beyond = URL_SAFE_NO_PAD.encode([0x7f_u8; 24]);
        for foreign in ["%", "AAAA", "12", &beyond, "AAAAAAAAAAAAAA"] {
            assert_eq!(place_of(foreign).expect_err("foreign").field_violations()[0].field, "cursor", "{foreign}");
        }
    }

    #[test]
    fn a_cursor_of_changes_is_a_plain_number() {
        assert_eq!(number_of("42").expect("reads"), 42);
        for foreign in ["", "-1", "+1", "1.0", " 1", "9223372036854775808", "x"] {
            assert_eq!(number_of(foreign).expect_err("foreign").field_violations()[0].field, "cursor", "{foreign}");
        }
    }

    #[test]
    fn kinds_of_change_have_the_numbers_of_the_contract() {
        for kind in [ChangeKind::Approved, ChangeKind::Revoked, ChangeKind::Erased, ChangeKind::Exhausted, ChangeKind::Reinstated] {
            assert_eq!(kind_to_wire(kind) as i32, i32::from(kind as i16));
        }
    }
}
