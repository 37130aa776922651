//! Reads of one batch, in PostgreSQL: entries, and the uses that are due, in one statement and one round trip.
//!
//! The rows go as arrays, a column each: the statement's text is the same for every batch, so it is parsed and planned once.

use std::collections::HashSet;

use sea_orm::DbErr;
use sea_orm::sqlx::{self, Row as _};
use uuid::Uuid;

use super::Written;
use super::write::{applied, leaf};
use crate::ledger::Row;
use crate::store::Store;
use crate::store::statement::failed;
use crate::store::view::encode_usage;

/// A customer's first entry decides: where its position is taken, nothing of that customer is written. First entries are written in the
/// order of customers, so that two servers never wait for each other in a circle.
const WRITE: &str = "WITH r AS (SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bytea[], \
      $7::bytea[], $8::boolean[], $9::bytea[]) WITH ORDINALITY \
      AS r (customer_id, seq, stream, event_id, at, commitment, opening, first, leaf, place)), \
    won AS (INSERT INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening, batch) \
      SELECT customer_id, seq, stream, event_id, at, commitment, opening, $10 FROM r WHERE first ORDER BY customer_id \
      ON CONFLICT (customer_id, seq) DO NOTHING RETURNING customer_id), \
    others AS (INSERT INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening, batch) \
      SELECT customer_id, seq, stream, event_id, at, commitment, opening, $10 FROM r \
      WHERE NOT first AND customer_id IN (SELECT customer_id FROM won)), \
    saved AS (UPDATE customer SET seq = s.seq, usage = s.usage FROM unnest($11::uuid[], $12::bigint[], $13::bytea[]) AS s (id, seq, usage) \
      WHERE customer.customer_id = s.id AND s.id IN (SELECT customer_id FROM won)), \
    pending AS (INSERT INTO log_pending (batch, leaves) SELECT $10, string_agg(leaf, ''::bytea ORDER BY place) FROM r \
      WHERE customer_id IN (SELECT customer_id FROM won) HAVING count(*) > 0) \
    SELECT customer_id FROM won";

impl Store {
    /// Entries and uses of those customers whom nobody else has moved; tells which those are.
    pub(super) async fn write_reads_postgres(&self, batch: Uuid, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        fn each<'a, A, T>(all: &[&'a A], of: impl Fn(&'a A) -> T) -> Vec<T> {
            all.iter().map(|one| of(one)).collect()
        }
        let rows: Vec<&Row> = changes.iter().flat_map(|change| &change.rows).collect();
        let first = changes.iter().flat_map(|change| (0..change.rows.len()).map(|place| place == 0));
        let saved: Vec<&Written> = changes.iter().filter(|change| change.saves).collect();
        let query = sqlx::query(WRITE)
            .bind(each(&rows, |row| row.customer.0))
            .bind(each(&rows, |row| row.sequence))
            .bind(each(&rows, |row| row.stream))
            .bind(each(&rows, |row| row.event))
            .bind(each(&rows, |row| row.time.micros()))
            .bind(each(&rows, |row| row.commitment.as_slice()))
            .bind(each(&rows, |row| row.opening.as_slice()))
            .bind(first.collect::<Vec<bool>>())
            .bind(each(&rows, leaf))
            .bind(batch)
            .bind(each(&saved, |change| change.view.id.0))
            .bind(each(&saved, |change| change.view.seq))
            .bind(each(&saved, |change| encode_usage(&change.view.usage)));
        let won = query.fetch_all(self.writer().get_postgres_connection_pool()).await.map_err(failed)?;
        let won = won.iter().map(|row| row.try_get(0)).collect::<Result<HashSet<Uuid>, _>>().map_err(failed)?;
        Ok(applied(changes, &won))
    }
}
