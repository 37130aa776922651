//! Reads of one batch, in the embedded database: the whole transaction in one hand-over.
//!
//! The driver runs SQLite in a thread of its own, and a hand-over to it costs more than a row. So the four statements of a batch go
//! together, as prepared statements that are kept by their text.

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::sqlx::{self, AssertSqlSafe, Row as _};
use sea_orm::{DbErr, RuntimeErr};
use uuid::Uuid;

use super::Written;
use super::write::placeholders;
use crate::store::Store;
use crate::store::view::encode_usage;

/// `OR FAIL`: a failure takes the whole transaction back, so SQLite need not keep what each statement alone has overwritten.
const INSERT: &str = "BEGIN IMMEDIATE; \
    INSERT OR FAIL INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening) \
    SELECT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7 FROM (VALUES ";
/// Both statements ask for the position that the change was decided on: entries follow exactly where the position moves.
const UPDATE: &str = ") AS v CROSS JOIN customer AS c WHERE c.customer_id = v.column1 AND c.seq = v.column8; \
    UPDATE OR FAIL customer SET seq = v.column3, usage = v.column4 FROM (VALUES ";
const COMMIT: &str = ") AS v WHERE customer.customer_id = v.column1 AND customer.seq = v.column2 RETURNING customer.customer_id; COMMIT";

fn lost(cause: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(cause)))
}

impl Store {
    /// Positions, uses and entries of those customers whom nobody else has moved; tells which those are.
    pub(super) async fn write_reads_embedded(&self, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        let entries: usize = changes.iter().map(|change| change.rows.len()).sum();
        let mut next = 1;
        let rows = placeholders(self.backend(), &mut next, entries, 8);
        let heads = placeholders(self.backend(), &mut next, changes.len(), 4);
        let mut query = sqlx::query(AssertSqlSafe([INSERT, &rows, UPDATE, &heads, COMMIT].concat()));
        for change in changes {
            for row in &change.rows {
                query = query.bind(row.customer.0).bind(row.sequence).bind(row.stream).bind(row.event).bind(row.time.micros());
                query = query.bind(row.commitment.to_vec()).bind(row.opening.clone()).bind(change.before);
            }
        }
        for change in changes {
            query = query.bind(change.view.id.0).bind(change.before).bind(change.view.seq).bind(encode_usage(&change.view.usage));
        }
        // Held until the transaction has ended one way or the other: nobody else must find it open.
        let mut connection = self.writer().get_sqlite_connection_pool().acquire().await.map_err(lost)?;
        match query.fetch_all(&mut *connection).await {
            Ok(rows) => {
                let moved = rows.iter().map(|row| row.try_get(0)).collect::<Result<HashSet<Uuid>, _>>().map_err(lost)?;
                Ok(changes.iter().map(|change| moved.contains(&change.view.id.0)).collect())
            }
            Err(cause) => {
                // Fails where SQLite has taken the transaction back by itself.
                let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
                Err(lost(cause))
            }
        }
    }
}
