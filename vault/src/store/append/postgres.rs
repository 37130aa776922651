//! Reads of one batch, in PostgreSQL: positions, uses and entries in one statement and one round trip.
//!
//! The rows go as arrays, a column each: the statement's text is the same for every batch, so it is parsed and planned once.

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::sqlx::{self, Row as _};
use sea_orm::{DbErr, RuntimeErr};
use uuid::Uuid;

use super::Written;
use crate::store::Store;
use crate::store::view::encode_usage;

/// The rows are locked in the order of their ids, so that two servers never wait for each other in a circle.
const WRITE: &str = "WITH v AS (SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bytea[]) AS v (id, before, seq, usage)), \
    locked AS (SELECT c.customer_id FROM customer AS c JOIN v ON c.customer_id = v.id ORDER BY c.customer_id FOR UPDATE OF c), \
    moved AS (UPDATE customer SET seq = v.seq, usage = v.usage FROM v, locked \
      WHERE customer.customer_id = v.id AND customer.seq = v.before AND locked.customer_id = v.id RETURNING customer.customer_id), \
    entries AS (INSERT INTO ledger_entry (customer_id, seq, stream, event_id, at, commitment, opening) \
      SELECT r.* FROM unnest($5::uuid[], $6::bigint[], $7::uuid[], $8::uuid[], $9::bigint[], $10::bytea[], $11::bytea[]) \
        AS r (customer_id, seq, stream, event_id, at, commitment, opening) \
      WHERE r.customer_id IN (SELECT customer_id FROM moved)) \
    SELECT customer_id FROM moved";

impl Store {
    /// Positions, uses and entries of those customers whom nobody else has moved; tells which those are.
    pub(super) async fn write_reads_postgres(&self, changes: &[Written]) -> Result<Vec<bool>, DbErr> {
        fn each<'a, T>(changes: &'a [Written], of: impl Fn(&'a Written) -> T) -> Vec<T> {
            changes.iter().map(of).collect()
        }
        let rows = || changes.iter().flat_map(|change| &change.rows);
        let query = sqlx::query(WRITE)
            .bind(each(changes, |change| change.view.id.0))
            .bind(each(changes, |change| change.before))
            .bind(each(changes, |change| change.view.seq))
            .bind(each(changes, |change| encode_usage(&change.view.usage)))
            .bind(rows().map(|row| row.customer.0).collect::<Vec<_>>())
            .bind(rows().map(|row| row.sequence).collect::<Vec<_>>())
            .bind(rows().map(|row| row.stream).collect::<Vec<_>>())
            .bind(rows().map(|row| row.event).collect::<Vec<_>>())
            .bind(rows().map(|row| row.time.micros()).collect::<Vec<_>>())
            .bind(rows().map(|row| row.commitment.as_slice()).collect::<Vec<_>>())
            .bind(rows().map(|row| row.opening.as_slice()).collect::<Vec<_>>());
        let lost = |cause| DbErr::Query(RuntimeErr::SqlxError(Arc::new(cause)));
        let rows = query.fetch_all(self.writer().get_postgres_connection_pool()).await.map_err(lost)?;
        let moved = rows.iter().map(|row| row.try_get(0)).collect::<Result<HashSet<Uuid>, _>>().map_err(lost)?;
        Ok(changes.iter().map(|change| moved.contains(&change.view.id.0)).collect())
    }
}
