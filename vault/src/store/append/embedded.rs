//! Reads of one batch, in the embedded database: the whole transaction in one hand-over.
//!
//! The driver runs SQLite in a thread of its own, and a hand-over to it costs more than a row. So the statements of a batch go together,
//! as prepared statements that are kept by their text.

use sea_orm::DbErr;
use sea_orm::sqlx::{self, AssertSqlSafe};
use uuid::Uuid;

use super::Written;
use super::write::{ENTRY_COLUMNS, leaf};
use crate::store::statement::{failed, placeholders};
use crate::store::view::encode_usage;
use crate::store::{Store, is_duplicate};

/// Customers' rows are saved in lots of this size, filled up with rows of nobody: so few texts are as many prepared statements.
const LOT: usize = 8;

impl Store {
    /// Entries, and the uses that are due, unless somebody else has taken one of the positions: then nothing is written. Nobody else can,
    /// as long as one process holds the database.
    pub(super) async fn write_reads_embedded(&self, batch: Uuid, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        let rows = || changes.iter().flat_map(|change| &change.rows);
        let saved: Vec<&Written> = changes.iter().filter(|change| change.saves).collect();
        let lots = saved.len().next_multiple_of(LOT);
        // `OR FAIL`: a failure takes the whole transaction back, so SQLite need not keep what each statement alone has overwritten.
        let entries = placeholders(self.backend(), &mut 1, rows().count(), 8);
        let mut sql = vec![format!("BEGIN IMMEDIATE; INSERT OR FAIL INTO ledger_entry ({ENTRY_COLUMNS}) VALUES {entries}; ")];
        if lots > 0 {
            let uses = placeholders(self.backend(), &mut 1, lots, 3);
            sql.push(format!(
                "UPDATE OR FAIL customer SET seq = v.column2, usage = v.column3 FROM (VALUES {uses}) AS v \
                 WHERE customer.customer_id = v.column1; "
            ));
        }
        sql.push("INSERT OR FAIL INTO log_pending (batch, leaves) VALUES (?, ?); COMMIT".to_owned());
        let mut query = sqlx::query(AssertSqlSafe(sql.concat()));
        for row in rows() {
            query = query.bind(row.customer.0).bind(row.sequence).bind(row.stream).bind(row.event).bind(row.time.micros());
            query = query.bind(row.commitment.to_vec()).bind(row.opening.clone()).bind(batch);
        }
        for change in &saved {
            query = query.bind(change.view.id.0).bind(change.view.seq).bind(encode_usage(&change.view.usage));
        }
        for _ in saved.len()..lots {
            query = query.bind(None::<Uuid>).bind(0_i64).bind(Vec::new());
        }
        query = query.bind(batch).bind(rows().flat_map(leaf).collect::<Vec<u8>>());
        // Held until the transaction has ended one way or the other: nobody else must find it open.
        let mut connection = self.writer().get_sqlite_connection_pool().acquire().await.map_err(failed)?;
        let Err(cause) = query.execute(&mut *connection).await.map_err(failed) else { return Ok(vec![true; changes.len()]) };
        if sqlx::query("ROLLBACK").execute(&mut *connection).await.is_err() {
            // SQLite has taken the transaction back by itself, or cannot: a new connection finds none open.
            let _ = connection.close().await;
        }
        if is_duplicate(&cause) { Ok(vec![false; changes.len()]) } else { Err(cause) }
    }
}
