//! Tiles as a log grows.

use std::collections::VecDeque;

use super::path::LEVELS;
use super::{Tile, TileKind, TilePath, complete_root, peaks};
use crate::error::ResumeError;
use crate::{Frontier, Hash, MAX_TREE_SIZE, TILE_WIDTH};

/// Makes tiles from leaf hashes, in constant memory: it keeps one partial tile for each level.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TileWriter {
    size: u64,
    /// The hashes of each level that no full tile holds yet, fewer than 256; level 0 first.
    edge: [Vec<Hash>; LEVELS as usize],
}

impl TileWriter {
    /// At the beginning of a log.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tiles that [`TileWriter::resume`] wants for a tree of `size` leaves: the partial ones, level by level.
    pub fn edge_tiles(size: u64) -> impl Iterator<Item = TilePath> {
        (0..LEVELS).filter_map(move |level| {
            let kind = TileKind::Hashes(level);
            TilePath::in_tree(kind, kind.count(size) / u64::from(TILE_WIDTH), size)
        })
    }

    /// In a log of `size` leaves, from its [`TileWriter::edge_tiles`] in that order. Refused unless these hash to `root`, so
    /// that a tile that was changed where it lay is not built on.
    pub fn resume(size: u64, root: &Hash, tiles: impl IntoIterator<Item = Tile>) -> Result<Self, ResumeError> {
        if size > MAX_TREE_SIZE {
            return Err(ResumeError::TreeTooLarge);
        }
        let mut tiles: VecDeque<Tile> = tiles.into_iter().collect();
        let mut writer = Self { size, ..Self::default() };
        for path in Self::edge_tiles(size) {
            let TileKind::Hashes(level) = path.kind() else { unreachable!("an edge tile is a hash tile") };
            let tile = tiles.pop_front().filter(|tile| tile.width() == path.width()).ok_or(ResumeError::Tiles)?;
            writer.edge[usize::from(level)] = tile.0;
        }
        if !tiles.is_empty() {
            return Err(ResumeError::Tiles);
        }
        if writer.root() == *root { Ok(writer) } else { Err(ResumeError::Root) }
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.frontier().root()
    }

    /// The right edge of the tree.
    pub fn frontier(&self) -> Frontier {
        let all = self.edge.iter().rev().flat_map(|hashes| peaks(hashes)).collect();
        Frontier::resume(self.size, all).expect("the widths of the partial tiles are the digits of the size")
    }

    /// Adds a leaf by its hash and hands over each tile that is full with it, at most one for each level.
    pub fn append(&mut self, leaf: Hash, mut full: impl FnMut(TilePath, Tile)) {
        self.size += 1;
        let mut hash = leaf;
        for (level, hashes) in (0..).zip(&mut self.edge) {
            hashes.push(hash);
            if hashes.len() < usize::from(TILE_WIDTH) {
                return;
            }
            let tile = Tile(std::mem::take(hashes));
            hash = complete_root(&tile.0);
            let kind = TileKind::Hashes(level);
            let path = TilePath::new(kind, kind.count(self.size) / u64::from(TILE_WIDTH) - 1, TILE_WIDTH);
            full(path.expect("the tree is not too large"), tile);
        }
    }

    /// The partial tiles along the right edge that a tree of `since` leaves had not, or not in this width.
    pub fn partial_tiles(&self, since: u64) -> impl Iterator<Item = (TilePath, Tile)> {
        Self::edge_tiles(self.size).filter_map(move |path| {
            let TileKind::Hashes(level) = path.kind() else { unreachable!("an edge tile is a hash tile") };
            let changed = path.kind().count(since) != path.kind().count(self.size);
            changed.then(|| (path, Tile(self.edge[usize::from(level)].clone())))
        })
    }

    /// Adds leaves by their hashes; gives every tile that is new or has grown, as [`changed_hash_tiles`] names them, full ones
    /// first.
    ///
    /// [`changed_hash_tiles`]: crate::changed_hash_tiles
    pub fn grow(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<(TilePath, Tile)> {
        let (before, mut tiles) = (self.size, Vec::new());
        for leaf in leaves {
            self.append(leaf, |path, tile| tiles.push((path, tile)));
        }
        tiles.extend(self.partial_tiles(before));
        tiles
    }
}
