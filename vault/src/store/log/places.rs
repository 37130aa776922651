//! Which entry has which place in the log, and which wait for one.

use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use super::{count, number};
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::store::Store;
use crate::store::pending::Leaf;

/// Bytes of an entry in `log_batch`: customer and sequence.
const ENTRY_LEN: usize = 24;

/// A leaf's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which log.
    pub(crate) log: i64,
    /// The position in it, from 0.
    pub(crate) index: u64,
}

/// A commit that waits.
pub(crate) struct Pending {
    pub(crate) batch: Uuid,
    pub(crate) leaves: Vec<Leaf>,
}

impl Pending {
    /// Customer and sequence of each leaf, for `log_batch`.
    pub(crate) fn entries(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.leaves.len() * ENTRY_LEN);
        for leaf in &self.leaves {
            bytes.extend_from_slice(leaf.customer.as_bytes());
            bytes.extend_from_slice(&leaf.sequence.to_be_bytes());
        }
        bytes
    }
}

pub(super) fn entries(bytes: &[u8]) -> impl Iterator<Item = (CustomerId, i64)> {
    bytes.as_chunks::<ENTRY_LEN>().0.iter().map(|bytes| {
        let (customer, sequence) = bytes.split_first_chunk().expect("24 bytes");
        (CustomerId(Uuid::from_bytes(*customer)), i64::from_be_bytes(*sequence.first_chunk().expect("8 bytes")))
    })
}

fn pending(row: &QueryResult) -> Result<Pending> {
    let (batch, leaves): (Uuid, Vec<u8>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let leaves = Leaf::all(&leaves).ok_or_else(|| Error::inconsistent("log_pending", "leaves", batch))?.collect();
    Ok(Pending { batch, leaves })
}

impl Store {
    /// Commits that wait, in order: at most so many, and no more once there are so many leaves.
    pub(crate) async fn pending(&self, commits: u64, leaves: usize) -> Result<Vec<Pending>> {
        // Lengths first: a commit of an import, or of an upgrade, has thousands of leaves.
        let sql = "SELECT batch, CAST(length(leaves) AS BIGINT) FROM log_pending ORDER BY batch LIMIT $1";
        let rows = self.reader().query_all_raw(self.statement(sql, vec![number(commits).into()])).await?;
        let (mut taken, mut bytes) = (0_u64, 0_usize);
        for row in &rows {
            taken += 1;
            bytes += usize::try_from(count(row, 1, ("log_pending", "leaves"))?).unwrap_or(usize::MAX / 2);
            if bytes >= leaves * Leaf::LEN {
                break;
            }
        }
        if taken == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT batch, leaves FROM log_pending ORDER BY batch LIMIT $1";
        let rows = self.reader().query_all_raw(self.statement(sql, vec![number(taken).into()])).await?;
        rows.iter().map(pending).collect()
    }

    /// Commits that wait, in order, after one.
    pub(crate) async fn pending_after(&self, after: Option<Uuid>, commits: u64) -> Result<Vec<Pending>> {
        let sql = "SELECT batch, leaves FROM log_pending WHERE batch > $1 ORDER BY batch LIMIT $2";
        let values = vec![after.unwrap_or(Uuid::nil()).into(), number(commits).into()];
        let rows = self.reader().query_all_raw(self.statement(sql, values)).await?;
        rows.iter().map(pending).collect()
    }

    /// Commits of all logs that begin at a place or later, in order: log, first index, and whose the entries are. What binds a log to the
    /// one before it is left out.
    pub(crate) async fn log_batches(&self, log: i64, from: u64, commits: u64) -> Result<Vec<(i64, u64, Vec<(CustomerId, i64)>)>> {
        let sql = "SELECT log, first_index, entries FROM log_batch WHERE (log, first_index) >= ($1, $2) ORDER BY log, first_index LIMIT $3";
        let values = vec![log.into(), number(from).into(), number(commits).into()];
        let rows = self.reader().query_all_raw(self.statement(sql, values)).await?;
        let batch = |row: &QueryResult| {
            let stored: Vec<u8> = row.try_get_by_index(2)?;
            let entries = entries(&stored).filter(|(_, sequence)| *sequence > 0).collect();
            Ok((row.try_get_by_index(0)?, count(row, 1, ("log_batch", "first_index"))?, entries))
        };
        rows.iter().map(batch).collect()
    }

    /// How many leaves wait.
    pub(crate) async fn pending_leaves(&self) -> Result<u64> {
        let sql = "SELECT CAST(COALESCE(SUM(length(leaves)), 0) AS BIGINT) FROM log_pending";
        let row = self.log_row(sql.to_owned(), Vec::new()).await?.ok_or_else(|| Error::internal("a sum without a row"))?;
        Ok(count(&row, 0, ("log_pending", "leaves"))? / Leaf::LEN as u64)
    }

    /// Where an entry is in the log: nothing while it waits. One that is not there is not found.
    pub(crate) async fn log_place(&self, customer: CustomerId, sequence: i64) -> Result<Option<Place>> {
        let sql = "SELECT batch FROM ledger_entry WHERE customer_id = $1 AND seq = $2";
        let row = self.log_row(sql.to_owned(), vec![customer.0.into(), sequence.into()]).await?;
        let batch: Option<Uuid> = row.ok_or_else(|| Error::not_found("entry"))?.try_get_by_index(0)?;
        let Some(batch) = batch else { return Ok(None) };
        let sql = "SELECT log, first_index, entries FROM log_batch WHERE batch = $1";
        let Some(row) = self.log_row(sql.to_owned(), vec![batch.into()]).await? else { return Ok(None) };
        let (log, first): (i64, u64) = (row.try_get_by_index(0)?, count(&row, 1, ("log_batch", "first_index"))?);
        let stored: Vec<u8> = row.try_get_by_index(2)?;
        let position = entries(&stored).position(|entry| entry == (customer, sequence));
        let position = position.ok_or_else(|| Error::inconsistent("log_batch", "entries", batch))?;
        Ok(Some(Place { log, index: first + position as u64 }))
    }

    /// Whose the leaves from one on are, in the order of the log: at most so many commits', and nothing before `from`.
    pub(crate) async fn log_entries(&self, log: i64, from: u64, commits: u64) -> Result<Vec<(CustomerId, i64)>> {
        let sql = "SELECT first_index, entries FROM log_batch WHERE log = $1 AND first_index >= \
                   COALESCE((SELECT MAX(first_index) FROM log_batch WHERE log = $1 AND first_index <= $2), 0) \
                   ORDER BY first_index LIMIT $3";
        let values = vec![log.into(), number(from).into(), number(commits).into()];
        let rows = self.reader().query_all_raw(self.statement(sql, values)).await?;
        let mut found = Vec::new();
        let mut next = from;
        for row in rows {
            let (first, stored): (u64, Vec<u8>) = (count(&row, 0, ("log_batch", "first_index"))?, row.try_get_by_index(1)?);
            let before = next.checked_sub(first).ok_or_else(|| Error::inconsistent("log_batch", "first_index", first))?;
            let here = entries(&stored).skip(usize::try_from(before).unwrap_or(usize::MAX));
            let already = found.len() as u64;
            found.extend(here);
            next += found.len() as u64 - already;
        }
        Ok(found)
    }
}
