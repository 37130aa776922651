//! Cosignatures of signed checkpoints.

use sea_orm::{ConnectionTrait, QueryResult};

use super::{count, number};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::Store;

/// Sizes of a log whose cosignatures are kept at most, should never enough witnesses agree on one.
const SIZES: u64 = 64;
/// Rows in one look; there are [`SIZES`] for each witness at most.
const MOST: u64 = 4096;

/// A witness's cosignature of the checkpoint of a log at a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cosigned {
    pub(crate) log: i64,
    pub(crate) size: u64,
    /// The witness's key.
    pub(crate) witness: String,
    /// The signature line.
    pub(crate) line: String,
    /// When, as the witness says.
    pub(crate) at: Timestamp,
}

impl Store {
    /// Keeps a cosignature, in the place of an older one of the same witness and checkpoint.
    pub(crate) async fn insert_cosignature(&self, cosigned: &Cosigned) -> Result<()> {
        let sql = "INSERT INTO log_cosignature (log, size, witness, line, cosigned_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (log, size, witness) DO UPDATE SET line = excluded.line, cosigned_at = excluded.cosigned_at \
                   WHERE log_cosignature.cosigned_at < excluded.cosigned_at";
        let values = vec![
            cosigned.log.into(),
            number(cosigned.size).into(),
            cosigned.witness.clone().into(),
            cosigned.line.clone().into(),
            cosigned.at.micros().into(),
        ];
        self.writer().execute_raw(self.statement(sql, values)).await?;
        Ok(())
    }

    /// What witnesses have cosigned of a log, the largest sizes first.
    pub(crate) async fn cosignatures(&self, log: i64) -> Result<Vec<Cosigned>> {
        let sql = "SELECT size, witness, line, cosigned_at FROM log_cosignature WHERE log = $1 ORDER BY size DESC, witness LIMIT $2";
        let rows = self.reader().query_all_raw(self.statement(sql, vec![log.into(), number(MOST).into()])).await?;
        let cosigned = |row: QueryResult| {
            Ok(Cosigned {
                log,
                size: count(&row, 0, ("log_cosignature", "size"))?,
                witness: row.try_get_by_index(1)?,
                line: row.try_get_by_index(2)?,
                at: Timestamp::from_micros(row.try_get_by_index(3)?),
            })
        };
        rows.into_iter().map(cosigned).collect()
    }

    /// Forgets cosignatures of sizes that nobody asks for any more: below one, and beyond the newest 64.
    pub(crate) async fn forget_cosignatures(&self, log: i64, below: u64) -> Result<()> {
        let sql = "DELETE FROM log_cosignature WHERE log = $1 AND (size < $2 OR size < COALESCE((SELECT MIN(size) FROM \
                   (SELECT DISTINCT size FROM log_cosignature WHERE log = $1 ORDER BY size DESC LIMIT $3) AS newest), 0))";
        self.writer().execute_raw(self.statement(sql, vec![log.into(), number(below).into(), number(SIZES).into()])).await?;
        Ok(())
    }
}
