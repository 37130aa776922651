//! Cursors of the sealed ledger: a stream's random id and a position. Whose stream it is stays here: an auditor learns no customer's id.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffret_vault::Vault;
use coffret_vault::error::{Error, Result};
use coffret_vault::id::CustomerId;
use coffret_vault::journal::SealedEntry;
use uuid::Uuid;

/// Streams that are remembered at most; then all are forgotten.
const MOST: usize = 4096;
/// Entries that are looked at together when a stream is not remembered.
const LOOK: u64 = 500;

/// Whose streams the cursors that were given lead to. Another server, or this one after a restart, finds them again in the ledger.
#[derive(Debug, Default)]
pub(super) struct Cursors(Mutex<HashMap<Uuid, CustomerId>>);

impl Cursors {
    /// The cursor after an entry.
    pub(super) fn give(&self, entry: &SealedEntry) -> String {
        self.remember(entry.stream, entry.at_cursor.0);
        write(entry.stream, entry.sequence)
    }

    fn remember(&self, stream: Uuid, customer: CustomerId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(stream, customer);
    }

    /// Where a cursor leads.
    ///
    /// # Errors
    /// It was not given by this stream.
    pub(super) async fn find(&self, vault: &Vault, cursor: &str) -> Result<(CustomerId, i64)> {
        let (stream, sequence) = read(cursor).ok_or_else(unknown)?;
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&stream).copied();
        if let Some(customer) = known {
            return Ok((customer, sequence));
        }
        let mut after = None;
        loop {
            let entries = vault.sealed_entries(after, LOOK).await?;
            let Some(last) = entries.last() else { return Err(unknown()) };
            if let Some(found) = entries.iter().find(|entry| entry.stream == stream) {
                self.remember(stream, found.at_cursor.0);
                return Ok((found.at_cursor.0, sequence));
            }
            // The rest of the last stream is passed over: it is not the one.
            after = Some((last.at_cursor.0, i64::MAX));
        }
    }
}

fn unknown() -> Error {
    Error::invalid("cursor", "CURSOR_UNKNOWN", "This cursor was not given by this stream.")
}

fn write(stream: Uuid, sequence: i64) -> String {
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(stream.as_bytes());
    bytes[16..].copy_from_slice(&sequence.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read(cursor: &str) -> Option<(Uuid, i64)> {
    let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
    let (stream, sequence) = bytes.split_first_chunk::<16>()?;
    let sequence = i64::from_be_bytes(sequence.try_into().ok()?);
    (sequence > 0).then_some((Uuid::from_bytes(*stream), sequence))
}

#[cfg(test)]
mod tests {
    use coffret_vault::testing::vault_in;

    use super::*;

    #[test]
    fn a_cursor_reads_back_and_a_foreign_one_does_not() {
        let stream = Uuid::from_u128(3);
        assert_eq!(read(&write(stream, 7)), Some((stream, 7)));
        for foreign in ["", "%", "AAAA", &write(stream, 0), &write(stream, -1)] {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }

    #[tokio::test]
    async fn a_cursor_is_found_again_without_memory_and_tells_no_customer() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, _clock) = vault_in(folder.path(), 1).await.expect("opens");
        let entries = vault.sealed_entries(None, LOOK).await.expect("reads");
        let last = entries.last().expect("the deployment was opened");
        let cursor = Cursors::default().give(last);
        assert_eq!(Cursors::default().find(&vault, &cursor).await.expect("found"), last.at_cursor);
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("decodes");
        assert!(!bytes.windows(16).any(|window| window == last.at_cursor.0.bytes()), "no customer's id");
        let foreign = write(Uuid::from_u128(9), 1);
        assert_eq!(Cursors::default().find(&vault, &foreign).await.expect_err("foreign").field_violations()[0].field, "cursor");
    }
}
