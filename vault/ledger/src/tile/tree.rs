//! Hashes of any complete subtree, read from tiles.

use std::collections::BTreeMap;

use super::{Tile, TileKind, TilePath, complete_root};
use crate::error::SourceError;
use crate::node::{Node, Range, fold_from_right};
use crate::{Hash, TILE_WIDTH};

/// Where proofs get their hashes from.
pub trait HashSource {
    /// Why a hash could not be had.
    type Error;

    /// The hash of a complete subtree.
    fn hash(&mut self, node: Node) -> Result<Hash, Self::Error>;
}

/// A tree of known size whose tiles are read by `read`, each at most once.
///
/// What is read is not compared with a root: what is made from it is to be verified before it is given out.
#[derive(Debug)]
pub struct TiledTree<F> {
    size: u64,
    read: F,
    tiles: BTreeMap<TilePath, Tile>,
}

impl<F, E> TiledTree<F>
where
    F: FnMut(TilePath) -> Result<Vec<u8>, E>,
{
    /// The tree of `size` leaves; `read` gives the bytes of the tile at a path.
    pub const fn new(size: u64, read: F) -> Self {
        Self { size, read, tiles: BTreeMap::new() }
    }

    /// The root, from the tiles along the right edge.
    pub fn root(&mut self) -> Result<Hash, SourceError<E>> {
        let nodes = Range { start: 0, end: self.size }.nodes().rev();
        let hashes: Result<Vec<Hash>, _> = nodes.map(|node| self.hash(node)).collect();
        Ok(fold_from_right(hashes?).unwrap_or(Hash::EMPTY_ROOT))
    }
}

impl<F, E> HashSource for TiledTree<F>
where
    F: FnMut(TilePath) -> Result<Vec<u8>, E>,
{
    type Error = SourceError<E>;

    fn hash(&mut self, node: Node) -> Result<Hash, SourceError<E>> {
        let (path, first) = locate(node, self.size).ok_or(SourceError::NoSuchNode)?;
        if !self.tiles.contains_key(&path) {
            let bytes = (self.read)(path).map_err(SourceError::Read)?;
            self.tiles.insert(path, Tile::parse(path.width(), &bytes)?);
        }
        let hashes = self.tiles[&path].hashes();
        Ok(complete_root(&hashes[first..first + (1 << (node.level % 8))]))
    }
}

/// The tile that holds a node's hash, or the hashes just below it, in a tree of `size` leaves; and the position of the first.
pub(crate) fn locate(node: Node, size: u64) -> Option<(TilePath, usize)> {
    let width = u64::from(TILE_WIDTH);
    let (level, rank) = (node.level / 8, node.level % 8);
    let first = node.index.checked_mul(1 << rank)?;
    let path = TilePath::in_tree(TileKind::Hashes(level), first / width, size)?;
    let first = first % width;
    (first + (1 << rank) <= u64::from(path.width())).then_some((path, first as usize))
}
