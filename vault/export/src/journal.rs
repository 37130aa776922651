//! Where a killed writer had come: `export.journal`, gone when the export is whole.

use coffret_ledger::{Hash, Tile, TileWriter};
use serde::{Deserialize, Serialize};

use crate::Counts;

/// The longest journal in bytes: 1,785 hashes.
pub(crate) const MAX_LEN: usize = 1 << 18;

/// What is durable.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journal {
    /// SHA-256 of the plan, in hexadecimal.
    pub(crate) plan: String,
    /// Entries written.
    pub(crate) entries: u64,
    /// Bytes of events, table and openings.
    pub(crate) lengths: [u64; 3],
    pub(crate) counts: Counts,
    /// The root of the entries so far.
    root: String,
    /// The hashes of the partial tiles, level by level.
    edge: Vec<Vec<String>>,
}

impl Journal {
    pub(crate) fn new(plan: &str, tree: &TileWriter, lengths: [u64; 3], counts: Counts) -> Self {
        let edge = tree.partial_tiles(0).map(|(_, tile)| tile.hashes().iter().map(Hash::to_string).collect()).collect();
        Self { plan: plan.to_owned(), entries: tree.size(), lengths, counts, root: tree.root().to_string(), edge }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("the journal is made of texts and numbers")
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The tree so far.
    pub(crate) fn tree(&self) -> Option<TileWriter> {
        let tile = |hashes: &Vec<String>| {
            let hashes: Option<Vec<Hash>> = hashes.iter().map(|hash| hash.parse().ok()).collect();
            Tile::new(hashes?).ok()
        };
        let edge: Option<Vec<Tile>> = self.edge.iter().map(tile).collect();
        TileWriter::resume(self.entries, &self.root.parse().ok()?, edge?).ok()
    }
}
