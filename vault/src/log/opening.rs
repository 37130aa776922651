//! Openings of entries, in the order of the log: what an auditor may be shown.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::consistency::damaged;
use super::read::LogLeaf;
use crate::Vault;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::keys::{CustomerKeys, WrappedKey};
use crate::ledger::Row;
use crate::store::entity::{customer, customer_key, ledger_entry};
use crate::store::statement::{filled, lot, placeholders};
use crate::store::view::ACTIVE;

/// Leaves in one look.
const TOGETHER: usize = 512;

/// What an entry was made of. Whoever holds it can show that the leaf commits to these details.
pub struct LogOpening {
    /// The key of the commitment: `commit` of the leaf is HMAC-SHA-256(key, details).
    pub key: Zeroizing<[u8; 32]>,
    /// The details, JSON text.
    pub details: Zeroizing<String>,
}

impl std::fmt::Debug for LogOpening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogOpening").finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the entries of leaves; nothing where an erasure has destroyed the opening, and for the leaf that binds a log to the one
    /// before it. Only under an export or an inspection that stands in the ledger: see [`Vault::begin_log_export`] and
    /// [`Vault::begin_inspection`].
    pub(super) async fn log_openings(&self, leaves: &[LogLeaf]) -> Result<Vec<Option<LogOpening>>> {
        let mut openings = Vec::with_capacity(leaves.len());
        for some in leaves.chunks(TOGETHER) {
            let rows = self.entries_of(some).await?;
            let keys = self.keys_of(some).await?;
            for leaf in some {
                openings.push(open(leaf, &rows, &keys)?);
            }
        }
        Ok(openings)
    }

    async fn entries_of(&self, leaves: &[LogLeaf]) -> Result<HashMap<(CustomerId, i64), Row>> {
        let sql = format!(
            "SELECT e.customer_id, e.seq, e.stream, e.event_id, e.at, e.commitment, e.opening, e.batch \
             FROM (VALUES {}) AS v CROSS JOIN ledger_entry AS e WHERE e.customer_id = v.column1 AND e.seq = v.column2",
            placeholders(self.store.backend(), &mut 1, lot(leaves.len()), 2)
        );
        let values: Vec<Value> = filled(leaves.iter())
            .flat_map(|leaf| [leaf.map(|leaf| leaf.customer.0).into(), leaf.map(|leaf| leaf.sequence).into()])
            .collect();
        let mut entries = HashMap::with_capacity(leaves.len());
        for row in self.store.reader().query_all_raw(self.store.statement(sql, values)).await? {
            let row = Row::try_from(ledger_entry::Model::from_query_result(&row, "")?)?;
            entries.insert((row.customer, row.sequence), row);
        }
        Ok(entries)
    }

    /// The keys of those who are not erased.
    async fn keys_of(&self, leaves: &[LogLeaf]) -> Result<HashMap<CustomerId, Arc<CustomerKeys>>> {
        let mut ids: Vec<Uuid> = leaves.iter().map(|leaf| leaf.customer.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let living = customer::Entity::find()
            .filter(customer::Column::CustomerId.is_in(filled(ids.iter().copied())))
            .filter(customer::Column::State.eq(ACTIVE))
            .all(self.store.reader())
            .await?;
        let stored = customer_key::Entity::find()
            .filter(customer_key::Column::CustomerId.is_in(filled(living.iter().map(|row| row.customer_id))))
            .order_by_asc(customer_key::Column::Generation)
            .all(self.store.reader())
            .await?;
        let mut keys = HashMap::with_capacity(stored.len());
        for key in stored {
            let id = CustomerId(key.customer_id);
            // Of several generations the newest comes last, and stays.
            keys.insert(id, self.keyring.unwrap(id, &WrappedKey::try_from(key)?)?);
        }
        Ok(keys)
    }
}

fn open(
    leaf: &LogLeaf,
    rows: &HashMap<(CustomerId, i64), Row>,
    keys: &HashMap<CustomerId, Arc<CustomerKeys>>,
) -> Result<Option<LogOpening>> {
    if leaf.sequence == 0 {
        return Ok(None);
    }
    let row = rows.get(&(leaf.customer, leaf.sequence)).ok_or_else(|| damaged("an entry of the log is not in its stream"))?;
    if row.commitment != leaf.leaf.commit || row.event.as_bytes() != &leaf.leaf.id {
        return Err(damaged("an entry is not what the log says"));
    }
    let Some(keys) = keys.get(&leaf.customer) else { return Ok(None) };
    let opened = row.open_raw(keys)?;
    let wrong = || Error::inconsistent("ledger_entry", "opening", row.sequence);
    let (key, details) = opened.split_first_chunk().ok_or_else(wrong)?;
    let details = std::str::from_utf8(details).map_err(|_| wrong())?;
    Ok(Some(LogOpening { key: Zeroizing::new(*key), details: Zeroizing::new(details.to_owned()) }))
}
