//! Where a killed writer had come: `export.journal`, gone when the export is whole.

use coffret_ledger::{Hash, Tile, TileWriter};
use serde::{Deserialize, Serialize};

use crate::encoding::{hex, parse_hex};
use crate::handover::Chain;
use crate::{Counts, Scope};

/// The longest journal in bytes: 1,785 hashes, a checkpoint, a scope of 10,000 streams.
pub(crate) const MAX_LEN: usize = 1 << 22;

/// What an unfinished export is of, so that whoever goes on with it makes the same plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    /// The signed checkpoint, as a note.
    pub checkpoint: String,
    /// When it was begun (RFC 3339).
    pub made: String,
    /// What it opens.
    pub scope: Scope,
    /// When its openings are to be deleted (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openings_expire: Option<String>,
    /// SHA-256 over the whole plan, in hexadecimal.
    pub(crate) plan: String,
}

/// What is durable.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journal {
    pub(crate) begun: Begun,
    /// Entries written.
    pub(crate) entries: u64,
    /// Bytes of events, table, openings, receipts and consent records.
    pub(crate) lengths: [u64; 5],
    pub(crate) counts: Counts,
    /// The digests of openings, receipts and consent records, in hexadecimal.
    digests: [String; 3],
    /// Whether the manifest is signed: what remains is to remove what was written in plain text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) sealed: bool,
    /// What the log has signed of it, where the entries were handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) handover: Option<String>,
    /// The root of the entries so far.
    root: String,
    /// The hashes of the partial tiles, level by level.
    edge: Vec<Vec<String>>,
}

impl Journal {
    pub(crate) fn new(begun: Begun, tree: &TileWriter, lengths: [u64; 5], counts: Counts, digests: &[Chain; 3]) -> Self {
        let edge = tree.partial_tiles(0).map(|(_, tile)| tile.hashes().iter().map(Hash::to_string).collect()).collect();
        let (root, digests) = (tree.root().to_string(), digests.each_ref().map(|digest| hex(&digest.0)));
        Self { begun, entries: tree.size(), lengths, counts, digests, sealed: false, handover: None, root, edge }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("the journal is made of texts and numbers")
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The digests so far.
    pub(crate) fn digests(&self) -> Option<[Chain; 3]> {
        let read: Option<Vec<Chain>> = self.digests.iter().map(|digest| parse_hex(digest).map(Chain)).collect();
        read?.try_into().ok()
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
