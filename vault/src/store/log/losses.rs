//! Logs that were given up after a loss.

use sea_orm::QueryResult;

use super::count;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::Store;

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
}
