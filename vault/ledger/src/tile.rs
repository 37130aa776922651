//! Hash tiles: 256 hashes of one level of the tree, or fewer at its right edge (C2SP tlog-tiles).

mod path;
mod tree;
mod writer;

pub use path::{TileKind, TilePath, changed_bundles, changed_hash_tiles};
pub(crate) use tree::locate;
pub use tree::{HashSource, TiledTree};
pub use writer::TileWriter;

use crate::Hash;
use crate::error::TileError;
use crate::node::{Range, fold_from_right};

/// How many hashes a full tile has, and how many entries a full bundle has.
pub const TILE_WIDTH: u16 = 256;

/// 1 to 256 hashes of one level, from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile(Vec<Hash>);

impl Tile {
    /// A tile from its bytes: exactly `width` hashes, as its path says.
    pub fn parse(width: u16, bytes: &[u8]) -> Result<Self, TileError> {
        let (hashes, rest) = bytes.as_chunks::<{ Hash::LEN }>();
        if !(1..=TILE_WIDTH).contains(&width) || !rest.is_empty() || hashes.len() != usize::from(width) {
            return Err(TileError::Length);
        }
        Ok(Self(hashes.iter().copied().map(Hash::from_bytes).collect()))
    }

    /// A tile of these hashes, 1 to 256 of them.
    pub fn new(hashes: Vec<Hash>) -> Result<Self, TileError> {
        if (1..=usize::from(TILE_WIDTH)).contains(&hashes.len()) { Ok(Self(hashes)) } else { Err(TileError::Length) }
    }

    /// The bytes: the hashes one after another, 8,192 bytes when full.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(Hash::as_bytes).copied().collect()
    }

    /// The hashes, from left to right.
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }

    /// How many hashes, 1 to 256.
    pub fn width(&self) -> u16 {
        self.0.len() as u16
    }

    /// The root of these hashes taken as leaves' hashes; of a full tile, its one hash in the level above.
    pub fn root(&self) -> Hash {
        fold_from_right(peaks(&self.0).rev()).expect("a tile has a hash")
    }
}

/// The roots of the complete subtrees that these hashes make up, from left to right.
fn peaks(hashes: &[Hash]) -> impl DoubleEndedIterator<Item = Hash> {
    Range { start: 0, end: hashes.len() as u64 }.nodes().map(|node| {
        let first = (node.index << node.level) as usize;
        complete_root(&hashes[first..first + (1 << node.level)])
    })
}

/// The root over a number of hashes that is a power of two.
fn complete_root(hashes: &[Hash]) -> Hash {
    if let [hash] = hashes {
        return *hash;
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    Hash::node(&complete_root(left), &complete_root(right))
}
