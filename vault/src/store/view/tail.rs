//! The entries that follow a customer's row. Reads write them alone; whoever loads the customer counts the uses from them.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::View;
use crate::error::Result;
use crate::keys::CustomerKeys;
use crate::ledger::{Details, Row};
use crate::store::Store;
use crate::store::append::placeholders;
use crate::store::entity::ledger_entry;

impl Store {
    /// The entries of each customer that their row does not tell of yet, in order.
    pub(super) async fn tails(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Row>>> {
        // CROSS JOIN keeps SQLite to this order: each id looks up its row, and the row its entries.
        let sql = format!(
            "SELECT e.customer_id, e.seq, e.stream, e.event_id, e.at, e.commitment, e.opening, e.batch \
             FROM (VALUES {}) AS v CROSS JOIN customer AS c CROSS JOIN ledger_entry AS e \
             WHERE c.customer_id = v.column1 AND e.customer_id = c.customer_id AND e.seq > c.seq ORDER BY e.customer_id, e.seq",
            placeholders(self.backend(), &mut 1, ids.len(), 1)
        );
        let values: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
        let mut tails: HashMap<Uuid, Vec<Row>> = HashMap::new();
        for row in self.reader().query_all_raw(self.statement(sql, values)).await? {
            let mut stored = ledger_entry::Model::from_query_result(&row, "")?;
            // One of another length matches nothing, and must not hide the rest of the customer.
            stored.commitment.resize(32, 0);
            let row = Row::try_from(stored)?;
            tails.entry(row.customer.0).or_default().push(row);
        }
        Ok(tails)
    }
}

impl View {
    /// Counts the reads that follow the customer's row. Where an entry is not what was written there, the view says so: nobody reads under
    /// it, and everything else goes on, a stop above all.
    pub(super) fn follow(&mut self, keys: &CustomerKeys, tail: &[Row]) {
        let saved = self.saved;
        for row in tail.iter().filter(|row| row.sequence > saved) {
            let sound = row.sequence == self.seq + 1 && row.stream == self.stream;
            self.seq = row.sequence;
            match row.open(keys) {
                Ok(entry) if sound && entry.valid => self.count(&entry.details),
                _ => self.broken = Some(row.sequence),
            }
        }
    }

    fn count(&mut self, details: &Details) {
        if details.kind != "read" {
            return;
        }
        let Some(id) = details.grant else { return };
        let frequency = self.grant(id).and_then(|grant| grant.terms().terms().frequency);
        Arc::make_mut(&mut self.usage).entry(id).or_default().count(frequency, details.time);
    }
}
