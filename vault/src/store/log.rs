//! The transparency log's rows: who may write it, its trees, and its signed checkpoints.
//!
//! There is one head. Whoever appends or signs moves it, or holds it, in the same transaction, comparing log, size and epoch with what
//! they went by: of two writers one finds nothing to move and has written nothing.

mod cosignatures;
mod losses;
mod places;
mod tree;

use coffret_ledger::Hash;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Value};
use uuid::Uuid;

pub(crate) use cosignatures::Cosigned;
pub(crate) use losses::Loss;
pub(crate) use places::{Pending, Place};
pub(crate) use tree::{BundleRow, Growth, LEAF_LEN, stored_leaf, stored_leaves};

use super::Store;
use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// What a statement within a transaction gives.
type Done<T> = std::result::Result<T, DbErr>;

/// How long the head is held without renewal.
const LEASE_SECONDS: i64 = 10;

/// The end of the newest tree, and who may move it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Which log.
    pub(crate) log: i64,
    /// Its leaves.
    pub(crate) size: u64,
    /// Its root.
    pub(crate) root: Hash,
    /// Who holds it.
    pub(crate) holder: Uuid,
    /// How often it has changed hands.
    pub(crate) epoch: i64,
}

/// One log: a year's, or one that was opened after a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Its number, from 1, in the order of opening.
    pub(crate) log: i64,
    /// Its name: origin of its checkpoints and name of its key.
    pub(crate) name: String,
    /// The year in which it was opened (UTC).
    pub(crate) year: i64,
}

/// What a checkpoint states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) log: i64,
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Head {
    pub(crate) fn tree(&self) -> Tree {
        Tree { log: self.log, size: self.size, root: self.root }
    }
}

impl Signed {
    pub(crate) fn tree(&self) -> Tree {
        Tree { log: self.log, size: self.size, root: self.root }
    }
}

/// A signed checkpoint as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) log: i64,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
    pub(crate) at: Timestamp,
}

pub(super) fn hash(bytes: &[u8], table: &'static str, row: impl std::fmt::Display) -> Result<Hash> {
    Hash::from_slice(bytes).map_err(|_| Error::inconsistent(table, "root", row))
}

/// A count or position as the database keeps it; trees have at most 2^63 - 1 leaves.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn count(row: &QueryResult, column: usize, of: (&'static str, &'static str)) -> Result<u64> {
    let value: i64 = row.try_get_by_index(column)?;
    u64::try_from(value).map_err(|_| Error::inconsistent(of.0, of.1, value))
}

fn signed(row: &QueryResult) -> Result<Signed> {
    let (log, size) = (row.try_get_by_index(0)?, count(row, 1, ("log_checkpoint", "size"))?);
    let root: Vec<u8> = row.try_get_by_index(2)?;
    let at = Timestamp::from_micros(row.try_get_by_index(4)?);
    Ok(Signed { log, size, root: hash(&root, "log_checkpoint", size)?, note: row.try_get_by_index(3)?, at })
}

const CHECKPOINT: &str = "SELECT log, size, root, note, signed_at FROM log_checkpoint";

impl Store {
    async fn log_row(&self, sql: String, values: Vec<Value>) -> Result<Option<QueryResult>> {
        Ok(self.reader().query_one_raw(self.statement(sql, values)).await?)
    }

    /// The head; nothing before the first log was opened.
    pub(crate) async fn log_head(&self) -> Result<Option<Head>> {
        let sql = "SELECT log, size, root, holder, epoch FROM log_head WHERE id = 1";
        let Some(row) = self.log_row(sql.to_owned(), Vec::new()).await? else { return Ok(None) };
        let root: Vec<u8> = row.try_get_by_index(2)?;
        Ok(Some(Head {
            log: row.try_get_by_index(0)?,
            size: count(&row, 1, ("log_head", "size"))?,
            root: hash(&root, "log_head", 1)?,
            holder: row.try_get_by_index(3)?,
            epoch: row.try_get_by_index(4)?,
        }))
    }

    /// Every log in the order of opening.
    pub(crate) async fn log_origins(&self) -> Result<Vec<Origin>> {
        let sql = "SELECT log, name, year FROM log_origin ORDER BY log";
        let rows = self.reader().query_all_raw(self.statement(sql, Vec::new())).await?;
        let origin =
            |row: QueryResult| Ok(Origin { log: row.try_get_by_index(0)?, name: row.try_get_by_index(1)?, year: row.try_get_by_index(2)? });
        rows.into_iter().map(origin).collect()
    }

    /// Opens the first log, unless there is one.
    pub(crate) async fn open_first_log(&self, name: &str, year: i64, now: Timestamp) -> Result<()> {
        self.in_time(self.open_first_in(name, year, now)).await
    }

    async fn open_first_in(&self, name: &str, year: i64, now: Timestamp) -> Result<()> {
        let on = self.begin().await?;
        let opened: Done<()> = async {
            insert_origin(self, &on, &Origin { log: 1, name: name.to_owned(), year }, now).await?;
            let sql = "INSERT INTO log_head (id, holder, epoch, expires_at, log, size, root) VALUES (1, $1, 0, 0, 1, 0, $2)";
            let values = vec![Uuid::nil().into(), Hash::EMPTY_ROOT.as_bytes().to_vec().into()];
            on.execute_raw(self.statement(sql, values)).await.map(|_| ())
        }
        .await;
        match opened {
            Ok(()) => Ok(on.commit().await?),
            Err(cause) => {
                on.rollback().await?;
                if super::is_duplicate(&cause) { Ok(()) } else { Err(cause.into()) }
            }
        }
    }

    /// Takes the head, or renews the hold on it; gives the epoch. Nothing when another process holds it. `sole`: no other process can be
    /// there, so whoever held it is gone.
    pub(crate) async fn hold_log(&self, holder: Uuid, sole: bool) -> Result<Option<i64>> {
        let now = self.time().await?;
        let sql = "UPDATE log_head SET epoch = CASE WHEN holder = $1 THEN epoch ELSE epoch + 1 END, holder = $1, expires_at = $2 \
                   WHERE id = 1 AND (holder = $1 OR expires_at < $3) RETURNING epoch";
        let before = if sole { i64::MAX } else { now.micros() };
        let values = vec![holder.into(), now.plus_seconds(LEASE_SECONDS).micros().into(), before.into()];
        let row = self.writer().query_one_raw(self.statement(sql, values)).await?;
        row.map(|row| row.try_get_by_index(0)).transpose().map_err(Error::from)
    }

    /// Lets the head go, so that another process need not wait.
    pub(crate) async fn release_log(&self, holder: Uuid) -> Result<()> {
        let sql = "UPDATE log_head SET expires_at = 0 WHERE id = 1 AND holder = $1";
        self.writer().execute_raw(self.statement(sql, vec![holder.into()])).await?;
        Ok(())
    }

    /// Follows one log by the next, whose first leaf is there already. Nothing happens where the head has moved.
    pub(crate) async fn open_next_log(&self, head: &Head, next: &Origin, first: &Growth, now: Timestamp) -> Result<bool> {
        self.in_time(self.open_next_in(head, next, first, now)).await
    }

    async fn open_next_in(&self, head: &Head, next: &Origin, first: &Growth, now: Timestamp) -> Result<bool> {
        let on = self.begin().await?;
        let turned: Done<bool> = async {
            let sql = "UPDATE log_head SET log = $1, size = 0, root = $2 WHERE id = 1 AND log = $3 AND size = $4 AND epoch = $5";
            let root = Hash::EMPTY_ROOT.as_bytes().to_vec();
            let values = vec![next.log.into(), root.into(), head.log.into(), number(head.size).into(), head.epoch.into()];
            if on.execute_raw(self.statement(sql, values)).await?.rows_affected() == 0 {
                return Ok(false);
            }
            insert_origin(self, &on, next, now).await?;
            self.grow_in(&on, first).await
        }
        .await;
        end(on, turned).await
    }

    /// The newest checkpoint of a log.
    pub(crate) async fn last_checkpoint(&self, log: i64) -> Result<Option<Signed>> {
        let sql = format!("{CHECKPOINT} WHERE log = $1 ORDER BY size DESC LIMIT 1");
        self.log_row(sql, vec![log.into()]).await?.map(|row| signed(&row)).transpose()
    }

    /// The newest checkpoint of a log that has no more leaves than these.
    pub(crate) async fn checkpoint_up_to(&self, log: i64, size: u64) -> Result<Option<Signed>> {
        let sql = format!("{CHECKPOINT} WHERE log = $1 AND size <= $2 ORDER BY size DESC LIMIT 1");
        self.log_row(sql, vec![log.into(), number(size).into()]).await?.map(|row| signed(&row)).transpose()
    }

    /// The checkpoint of a log at exactly this size.
    pub(crate) async fn checkpoint_at(&self, log: i64, size: u64) -> Result<Option<Signed>> {
        let sql = format!("{CHECKPOINT} WHERE log = $1 AND size = $2");
        self.log_row(sql, vec![log.into(), number(size).into()]).await?.map(|row| signed(&row)).transpose()
    }

    /// Stores a checkpoint for whoever holds the head in this epoch. `false`: they hold it no more, or this size has one.
    pub(crate) async fn insert_checkpoint(&self, signed: &Signed, epoch: i64) -> Result<bool> {
        self.in_time(self.insert_checkpoint_in(signed, epoch)).await
    }

    async fn insert_checkpoint_in(&self, signed: &Signed, epoch: i64) -> Result<bool> {
        let on = self.begin().await?;
        let inserted: Done<bool> = async {
            // A log that was followed by another meanwhile is signed no more.
            let sql = "UPDATE log_head SET epoch = epoch WHERE id = 1 AND epoch = $1 AND log = $2";
            if on.execute_raw(self.statement(sql, vec![epoch.into(), signed.log.into()])).await?.rows_affected() == 0 {
                return Ok(false);
            }
            let sql = "INSERT INTO log_checkpoint (log, size, root, note, signed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
            let values = vec![
                signed.log.into(),
                number(signed.size).into(),
                signed.root.as_bytes().to_vec().into(),
                signed.note.clone().into(),
                signed.at.micros().into(),
            ];
            Ok(on.execute_raw(self.statement(sql, values)).await?.rows_affected() == 1)
        }
        .await;
        end(on, inserted).await
    }
}

async fn insert_origin(store: &Store, on: &DatabaseTransaction, origin: &Origin, now: Timestamp) -> Done<()> {
    let sql = "INSERT INTO log_origin (log, name, year, opened_at) VALUES ($1, $2, $3, $4)";
    let values = vec![origin.log.into(), origin.name.clone().into(), origin.year.into(), now.micros().into()];
    on.execute_raw(store.statement(sql, values)).await.map(|_| ())
}

/// Commits what was written whole; takes everything else back.
async fn end(on: DatabaseTransaction, done: Done<bool>) -> Result<bool> {
    match done {
        Ok(true) => {
            on.commit().await?;
            Ok(true)
        }
        Ok(false) => {
            on.rollback().await?;
            Ok(false)
        }
        Err(cause) => {
            on.rollback().await?;
            Err(cause.into())
        }
    }
}
