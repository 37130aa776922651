//! Logs that were given up after a loss.

use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult};
use uuid::Uuid;

use super::places::entries;
use super::{Done, Growth, Head, Origin, count, end, insert_origin, number, stored_leaves};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::store::pending::Leaf;

/// A log that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// Its name.
    pub(crate) origin: String,
    /// Leaves under the checkpoint that the database cannot account for.
    pub(crate) size: u64,
    /// That checkpoint.
    pub(crate) note: String,
    /// When it was given up.
    pub(crate) at: Timestamp,
}

fn loss(row: &QueryResult) -> Result<Loss> {
    Ok(Loss {
        origin: row.try_get_by_index(0)?,
        size: count(row, 1, ("log_loss", "size"))?,
        note: row.try_get_by_index(2)?,
        at: Timestamp::from_micros(row.try_get_by_index(3)?),
    })
}

impl Store {
    /// How a log was given up, if it was.
    pub(crate) async fn log_loss(&self, origin: &str) -> Result<Option<Loss>> {
        let sql = "SELECT origin, size, note, accepted_at FROM log_loss WHERE origin = $1";
        self.log_row(sql.to_owned(), vec![origin.into()]).await?.map(|row| loss(&row)).transpose()
    }

    /// Every log that was given up.
    pub(crate) async fn log_losses(&self) -> Result<Vec<Loss>> {
        let sql = "SELECT origin, size, note, accepted_at FROM log_loss ORDER BY origin";
        let rows = self.reader().query_all_raw(self.statement(sql, Vec::new())).await?;
        rows.iter().map(loss).collect()
    }

    /// Commits of the head's log from a place on, each with its leaves, as they waited before they took their places.
    pub(crate) async fn placed_after(&self, head: &Head, from: u64) -> Result<Vec<(Uuid, Vec<Leaf>)>> {
        let width = u64::from(coffret_ledger::TILE_WIDTH);
        let bundles = self.log_bundles(head.log, from / width, (head.size - from).div_ceil(width) + 1).await?;
        let bytes: Vec<u8> = bundles.into_iter().flat_map(|bundle| bundle.leaves).collect();
        let mut leaves = stored_leaves(&bytes).skip((from % width) as usize);
        let sql = "SELECT batch, entries FROM log_batch WHERE log = $1 AND first_index >= $2 ORDER BY first_index";
        let rows = self.reader().query_all_raw(self.statement(sql, vec![head.log.into(), number(from).into()])).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let (batch, stored): (Uuid, Vec<u8>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let mut placed = Vec::new();
            for (customer, sequence) in entries(&stored) {
                let leaf = leaves.next().ok_or_else(|| Error::inconsistent("log_bundle", "leaves", batch))?;
                // What binds a log to the one before it is nobody's entry.
                if sequence > 0 {
                    placed.push(Leaf { customer: customer.0, sequence, event: Uuid::from_bytes(leaf.id), commitment: leaf.commit });
                }
            }
            found.push((batch, placed));
        }
        Ok(found)
    }

    /// Gives logs up, and follows the head's by the next, whose first leaf is there already. What has its place in the head's log from one
    /// on waits again, and what was signed of it beyond is forgotten. Nothing happens where the head has moved, or its log has other
    /// signed leaves than these. The head changes hands: `next` has the epoch after the head's.
    pub(crate) async fn give_up_logs(
        &self,
        losses: &[Loss],
        head: &Head,
        (signed, from): (u64, u64),
        again: &[(Uuid, Vec<Leaf>)],
        next: (&Origin, &Growth),
        now: Timestamp,
    ) -> Result<bool> {
        let given_up = async {
            let on = self.begin().await?;
            let done = self.give_up_in(&on, losses, head, (signed, from), again, next, now).await;
            end(on, done).await
        };
        self.in_time(given_up).await
    }

    #[expect(clippy::too_many_arguments, reason = "one statement after another on the same transaction")]
    async fn give_up_in(
        &self,
        on: &DatabaseTransaction,
        losses: &[Loss],
        head: &Head,
        (signed, from): (u64, u64),
        again: &[(Uuid, Vec<Leaf>)],
        next: (&Origin, &Growth),
        now: Timestamp,
    ) -> Done<bool> {
        let sql =
            "UPDATE log_head SET log = $1, size = 0, root = $2, epoch = epoch + 1 WHERE id = 1 AND log = $3 AND size = $4 AND epoch = $5";
        let root = coffret_ledger::Hash::EMPTY_ROOT.as_bytes().to_vec();
        let values = vec![next.0.log.into(), root.into(), head.log.into(), number(head.size).into(), head.epoch.into()];
        if on.execute_raw(self.statement(sql, values)).await?.rows_affected() == 0 {
            return Ok(false);
        }
        // Whoever signs holds the head's row as well: what is signed by now is seen here, and nothing of this log is signed hereafter.
        let sql = "SELECT COALESCE(MAX(size), 0) FROM log_checkpoint WHERE log = $1";
        let row = on.query_one_raw(self.statement(sql, vec![head.log.into()])).await?;
        if row.map(|row| row.try_get_by_index::<i64>(0)).transpose()? != Some(number(signed)) {
            return Ok(false);
        }
        let sql = "DELETE FROM log_checkpoint WHERE log = $1 AND size > $2";
        on.execute_raw(self.statement(sql, vec![head.log.into(), number(from).into()])).await?;
        for loss in losses {
            let sql = "INSERT INTO log_loss (origin, size, note, accepted_at) VALUES ($1, $2, $3, $4)";
            let values = vec![loss.origin.clone().into(), number(loss.size).into(), loss.note.clone().into(), loss.at.micros().into()];
            on.execute_raw(self.statement(sql, values)).await?;
        }
        let sql = "DELETE FROM log_batch WHERE log = $1 AND first_index >= $2";
        on.execute_raw(self.statement(sql, vec![head.log.into(), number(from).into()])).await?;
        for (batch, leaves) in again.iter().filter(|(_, leaves)| !leaves.is_empty()) {
            let bytes: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.to_bytes()).collect();
            let sql = "INSERT INTO log_pending (batch, leaves) VALUES ($1, $2)";
            on.execute_raw(self.statement(sql, vec![(*batch).into(), bytes.into()])).await?;
        }
        insert_origin(self, on, next.0, now).await?;
        self.grow_in(on, next.1).await
    }
}
