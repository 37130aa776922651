//! Tiles, the trees that are read from them, and the logs that grow on them.

use std::convert::Infallible;

use coffret_ledger::{Frontier, Hash, ProofPlan, TILE_WIDTH, Tile, TilePath, TileWriter, TiledTree, verify_inclusion};

use crate::input::Input;

/// Any bytes as a tile, and as the tiles of a tree of any size.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (width, size, index) = (input.short() % 300, input.long(), input.long());
    let stored = input.0;
    if let Ok(tile) = Tile::parse(width, stored) {
        assert_eq!((tile.to_bytes().as_slice(), tile.width()), (stored, width), "a tile has one spelling");
        let mut tree = Frontier::new();
        tree.extend(tile.hashes().iter().copied());
        assert_eq!(tile.root(), tree.root(), "a tile is a small tree");
        grow(&tile, index);
    }
    read(size, index, stored);
}

/// A log that goes on from one tile, of which all hashes are right.
fn grow(tile: &Tile, other: u64) {
    let size = u64::from(tile.width());
    let edge = (tile.width() < TILE_WIDTH).then(|| tile.clone());
    // A full tile is one hash of the level above.
    let edge = edge.unwrap_or_else(|| Tile::new(vec![tile.root()]).expect("one hash makes a tile"));
    let mut writer = TileWriter::resume(size, &tile.root(), [edge.clone()]).expect("the edge is that of the tree");
    let frontier = writer.frontier();
    assert_eq!((frontier.size(), frontier.root()), (size, tile.root()));
    assert!(TileWriter::resume(size, &Hash::leaf(b""), [edge.clone()]).is_err(), "a log does not go on from another root");
    let _ = TileWriter::resume(other, &tile.root(), [edge]);
    writer.grow((0..3).map(|number: u64| Hash::leaf(&number.to_be_bytes())));
    assert_eq!(writer.size(), size + 3);
}

/// What a store answers is anything: nothing is to be made of it but an answer that does not verify.
fn read(size: u64, index: u64, stored: &[u8]) {
    let answer = |path: TilePath| -> Result<Vec<u8>, Infallible> {
        let length = usize::from(path.width()) * Hash::LEN;
        let mut bytes = if stored.is_empty() { Vec::new() } else { stored.repeat(length.div_ceil(stored.len())) };
        bytes.truncate(length);
        Ok(bytes)
    };
    let mut tree = TiledTree::new(size, answer);
    let root = tree.root();
    let plans = [ProofPlan::inclusion(index, size), ProofPlan::consistency(index, size)];
    let [inclusion, _] = plans.map(|plan| plan.ok().and_then(|plan| plan.make(&mut tree).ok()));
    if let (Ok(root), Some(proof)) = (root, inclusion) {
        // With one tile for all, the leaf is found where the tile says, if at all.
        let leaf = Hash::leaf(b"a leaf that no tile has");
        assert!(verify_inclusion(&leaf, index, size, &proof, &root).is_err(), "no proof of what is not there");
    }
}

/// Tiles of some widths.
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |width: u16, size: u64, index: u64| {
        let hashes = (0..width).flat_map(|number| *Hash::leaf(&number.to_be_bytes()).as_bytes()).collect::<Vec<u8>>();
        [&width.to_be_bytes()[..], &size.to_be_bytes(), &index.to_be_bytes(), &hashes].concat()
    };
    vec![seed(1, 1, 0), seed(3, 3, 2), seed(13, 70_000, 69_999), seed(256, 1 << 40, 255), seed(2, u64::MAX, u64::MAX)]
}
