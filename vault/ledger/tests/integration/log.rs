//! A log in memory: its published files, by path.

use std::collections::BTreeMap;

use coffret_ledger::{
    Bundle, Cosigner, Hash, ProofPlan, SignedCheckpoint, Signer, TILE_WIDTH, TileKind, TilePath, TileWriter, TiledTree, changed_bundles,
};

use crate::reference::{Reference, entry};

pub(crate) const ORIGIN: &str = "vault.example/ledger/2026";

pub(crate) struct Log {
    pub(crate) reference: Reference,
    pub(crate) files: BTreeMap<TilePath, Vec<u8>>,
    pub(crate) writer: TileWriter,
}

impl Log {
    pub(crate) fn new(size: u64) -> Self {
        let reference = Reference::new(size);
        let mut writer = TileWriter::new();
        let tiles = writer.grow(reference.leaves(0, size));
        let mut files: BTreeMap<_, _> = tiles.into_iter().map(|(path, tile)| (path, tile.to_bytes())).collect();
        files.extend(changed_bundles(0, size).map(|path| (path, bundle(path).as_bytes().to_vec())));
        Self { reference, files, writer }
    }

    pub(crate) fn size(&self) -> u64 {
        self.writer.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.reference.root(self.size())
    }

    pub(crate) fn read(&self, path: TilePath) -> Result<Vec<u8>, TilePath> {
        self.files.get(&path).cloned().ok_or(path)
    }

    pub(crate) fn make(&self, plan: &ProofPlan) -> Vec<Hash> {
        plan.make(&mut TiledTree::new(self.size(), |path| self.read(path))).unwrap()
    }

    pub(crate) fn checkpoint(&self) -> SignedCheckpoint {
        coffret_ledger::Checkpoint::new(ORIGIN, self.size(), self.root()).unwrap().sign(&signer()).unwrap()
    }
}

/// The bundle at a path of a log of test entries.
pub(crate) fn bundle(path: TilePath) -> Bundle {
    assert_eq!(path.kind(), TileKind::Entries);
    let first = path.index() * u64::from(TILE_WIDTH);
    let mut bundle = Bundle::new();
    (first..first + u64::from(path.width())).for_each(|index| bundle.push(&entry(index)).unwrap());
    bundle
}

pub(crate) fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[7; 32]).unwrap()
}

pub(crate) fn witness(number: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness.example/w{number}"), &[0x40 + number; 32]).unwrap()
}
