//! Bundles and tiles. A row holds what its tile has so far and only ever grows, so an older tree is read from the beginnings of rows.

use std::collections::HashMap;

use coffret_ledger::{Bundle, Hash, Leaf, TILE_WIDTH, Tile, TileKind, TilePath, TileWriter};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use uuid::Uuid;

use super::{Done, count, number};
use crate::error::{Error, Result};
use crate::store::Store;
use crate::store::statement::placeholders;

/// Bytes of a stored leaf: event and commitment.
pub(crate) const LEAF_LEN: usize = 48;
/// Rows of one statement.
const ROWS: usize = 64;

/// What is appended to a tree in one transaction.
#[derive(Debug)]
pub(crate) struct Growth {
    pub(crate) log: i64,
    pub(crate) epoch: i64,
    /// The size before.
    pub(crate) before: u64,
    /// Size and root after.
    pub(crate) size: u64,
    pub(crate) root: Hash,
    /// Bundles that are new or have grown, whole.
    pub(crate) bundles: Vec<(u64, Vec<u8>)>,
    /// Hash tiles that are new or have grown, whole.
    pub(crate) tiles: Vec<(TilePath, Tile)>,
    /// Each commit with the index of its first leaf, and customer and sequence of each.
    pub(crate) batches: Vec<(u64, Uuid, Vec<u8>)>,
    /// The rows of `log_pending` that these leaves were taken from.
    pub(crate) taken: Vec<Uuid>,
}

/// A bundle as stored.
pub(crate) struct BundleRow {
    pub(crate) n: u64,
    pub(crate) leaves: Vec<u8>,
}

/// The stored form of a leaf.
pub(crate) fn stored_leaf(leaf: &Leaf) -> [u8; LEAF_LEN] {
    let mut bytes = [0; LEAF_LEN];
    bytes[..16].copy_from_slice(&leaf.id);
    bytes[16..].copy_from_slice(&leaf.commit);
    bytes
}

/// Reads what [`stored_leaf`] wrote.
pub(crate) fn stored_leaves(bytes: &[u8]) -> impl Iterator<Item = Leaf> {
    bytes.as_chunks::<LEAF_LEN>().0.iter().map(|bytes| {
        let (id, commit) = bytes.split_first_chunk().expect("48 bytes");
        Leaf { id: *id, commit: *commit.first_chunk().expect("32 bytes") }
    })
}

/// The beginning of a stored bundle, as it is published; nothing when it has fewer entries.
fn published(leaves: &[u8], width: u16) -> Option<Vec<u8>> {
    let leaves = leaves.get(..usize::from(width) * LEAF_LEN)?;
    let mut bundle = Bundle::new();
    for leaf in stored_leaves(leaves) {
        bundle.push(&leaf.encode()).ok()?;
    }
    Some(bundle.as_bytes().to_vec())
}

fn level_of(kind: TileKind) -> i16 {
    match kind {
        TileKind::Hashes(level) => i16::from(level),
        TileKind::Entries => -1,
    }
}

impl Store {
    /// Appends, unless the head has moved or changed hands, and then nothing is written.
    pub(crate) async fn grow_log(&self, growth: &Growth) -> Result<bool> {
        let grown = async {
            let on = self.begin().await?;
            let grown = self.grow_in(&on, growth).await;
            super::end(on, grown).await
        };
        let grown = self.in_time(grown).await?;
        if let Some(checkpoints) = self.checkpoints.as_ref().filter(|_| grown) {
            checkpoints.count_pages(growth.batches.len() / 32 + growth.bundles.len() * 3 + growth.tiles.len() * 2);
        }
        Ok(grown)
    }

    pub(super) async fn grow_in(&self, on: &DatabaseTransaction, growth: &Growth) -> Done<bool> {
        // First, so that a second writer waits here and then finds that it came too late.
        let sql = "UPDATE log_head SET size = $1, root = $2 WHERE id = 1 AND log = $3 AND size = $4 AND epoch = $5";
        let values: Vec<Value> = vec![
            number(growth.size).into(),
            growth.root.as_bytes().to_vec().into(),
            growth.log.into(),
            number(growth.before).into(),
            growth.epoch.into(),
        ];
        if on.execute_raw(self.statement(sql, values)).await?.rows_affected() == 0 {
            return Ok(false);
        }
        for some in growth.taken.chunks(ROWS) {
            let list = placeholders(self.backend(), &mut 1, 1, some.len());
            let sql = format!("DELETE FROM log_pending WHERE batch IN {list}");
            let gone = on.execute_raw(self.statement(sql, some.iter().map(|batch| (*batch).into()).collect())).await?;
            if gone.rows_affected() != some.len() as u64 {
                // Somebody who does not move the head has taken them.
                return Ok(false);
            }
        }
        for some in growth.batches.chunks(ROWS) {
            let rows = placeholders(self.backend(), &mut 1, some.len(), 4);
            let sql = format!("INSERT INTO log_batch (log, first_index, batch, entries) VALUES {rows}");
            let values = some.iter().flat_map(|(first, batch, entries)| -> [Value; 4] {
                [growth.log.into(), number(*first).into(), (*batch).into(), entries.clone().into()]
            });
            on.execute_raw(self.statement(sql, values.collect())).await?;
        }
        for (n, leaves) in &growth.bundles {
            let sql =
                "INSERT INTO log_bundle (log, n, leaves) VALUES ($1, $2, $3) ON CONFLICT (log, n) DO UPDATE SET leaves = excluded.leaves";
            on.execute_raw(self.statement(sql, vec![growth.log.into(), number(*n).into(), leaves.clone().into()])).await?;
        }
        for (path, tile) in &growth.tiles {
            let sql = "INSERT INTO log_tile (log, level, n, hashes) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (log, level, n) DO UPDATE SET hashes = excluded.hashes";
            let values = vec![growth.log.into(), level_of(path.kind()).into(), number(path.index()).into(), tile.to_bytes().into()];
            on.execute_raw(self.statement(sql, values)).await?;
        }
        Ok(true)
    }

    /// A tile or a bundle exactly as it is published at this path; nothing when the log has not got so far.
    pub(crate) async fn log_tile(&self, log: i64, path: TilePath) -> Result<Option<Vec<u8>>> {
        let n = number(path.index());
        if path.kind() == TileKind::Entries {
            let sql = "SELECT leaves FROM log_bundle WHERE log = $1 AND n = $2";
            let Some(row) = self.log_row(sql.to_owned(), vec![log.into(), n.into()]).await? else { return Ok(None) };
            let leaves: Vec<u8> = row.try_get_by_index(0)?;
            return Ok(published(&leaves, path.width()));
        }
        let sql = "SELECT hashes FROM log_tile WHERE log = $1 AND level = $2 AND n = $3";
        let row = self.log_row(sql.to_owned(), vec![log.into(), level_of(path.kind()).into(), n.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let hashes: Vec<u8> = row.try_get_by_index(0)?;
        Ok(hashes.get(..usize::from(path.width()) * Hash::LEN).map(<[u8]>::to_vec))
    }

    /// Hash tiles, each as in a tree that has it in this width; those that are missing are left out.
    pub(crate) async fn log_tiles(&self, log: i64, paths: impl IntoIterator<Item = TilePath>) -> Result<HashMap<TilePath, Vec<u8>>> {
        let mut found = HashMap::new();
        for path in paths {
            if let Some(bytes) = self.log_tile(log, path).await? {
                found.insert(path, bytes);
            }
        }
        Ok(found)
    }

    /// A writer at the end of a tree of this size, from stored tiles; nothing unless they lead to this root.
    pub(crate) async fn log_writer(&self, log: i64, size: u64, root: &Hash) -> Result<Option<TileWriter>> {
        let mut tiles = Vec::new();
        for path in TileWriter::edge_tiles(size) {
            let bytes = self.log_tile(log, path).await?;
            let Some(tile) = bytes.and_then(|bytes| Tile::parse(path.width(), &bytes).ok()) else { return Ok(None) };
            tiles.push(tile);
        }
        Ok(TileWriter::resume(size, root, tiles).ok())
    }

    /// Bundles from one on, in order.
    pub(crate) async fn log_bundles(&self, log: i64, from: u64, limit: u64) -> Result<Vec<BundleRow>> {
        let sql = "SELECT n, leaves FROM log_bundle WHERE log = $1 AND n >= $2 ORDER BY n LIMIT $3";
        let values = vec![log.into(), number(from).into(), number(limit).into()];
        let rows = self.reader().query_all_raw(self.statement(sql, values)).await?;
        let bundle = |row: sea_orm::QueryResult| -> Result<BundleRow> {
            let (n, leaves): (_, Vec<u8>) = (count(&row, 0, ("log_bundle", "n"))?, row.try_get_by_index(1)?);
            if leaves.len() % LEAF_LEN != 0 || leaves.len() > usize::from(TILE_WIDTH) * LEAF_LEN {
                return Err(Error::inconsistent("log_bundle", "leaves", n));
            }
            Ok(BundleRow { n, leaves })
        };
        rows.into_iter().map(bundle).collect()
    }
}
