//! `.tlog-proof` files: what is read is written, and what verifies is in the log.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use coffret_export::sample::{Sample, policy, signer};
use coffret_ledger::{Hash, LogProof, ProofPlan, SignedCheckpoint, TileWriter, TiledTree, VerifierKey, WitnessPolicy};

use crate::note;

const SIZE: u64 = 3;

/// The log that the proofs are of, and its good proofs by their leaves.
struct Log {
    keys: [VerifierKey; 1],
    witnesses: WitnessPolicy,
    checkpoint: SignedCheckpoint,
    leaves: Vec<Hash>,
    proofs: BTreeMap<u64, LogProof>,
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let sample = Sample::new(SIZE);
    let leaves: Vec<Hash> = (0..SIZE).map(|index| sample.entry(index).leaf.hash()).collect();
    let checkpoint = sample.checkpoint(SIZE);
    let tiles = TileWriter::new().grow(leaves.iter().copied());
    let read = |path| tiles.iter().find(|(of, _)| *of == path).map(|(_, tile)| tile.to_bytes()).ok_or(path);
    let prove = |index: u64| {
        let plan = ProofPlan::inclusion(index, SIZE).expect("the leaf is in the tree");
        let hashes = plan.make(&mut TiledTree::new(SIZE, read)).expect("the tiles were just made");
        LogProof::new(&leaves[index as usize], index, hashes, &checkpoint).expect("the proof is a good one")
    };
    let proofs = (0..SIZE).map(|index| (index, prove(index))).collect();
    Log { keys: [signer().verifier_key().clone()], witnesses: policy(), leaves, proofs, checkpoint }
});

/// Any bytes as a file of a proof.
pub fn check(bytes: &[u8]) {
    let Ok(proof) = LogProof::parse(bytes) else { return };
    assert_eq!(proof.to_string().as_bytes(), bytes, "a proof has one spelling");
    let log = &*LOG;
    for (index, leaf) in (0..).zip(&log.leaves) {
        let Ok(signed) = proof.verify(leaf, &log.keys, &WitnessPolicy::none()) else { continue };
        assert!(note::is_signed(signed.note().text()), "what verifies was signed");
        assert_eq!((proof.index(), proof.hashes()), (index, log.proofs[&index].hashes()), "a leaf has one proof in a tree");
        let witnessed = proof.verify(leaf, &log.keys, &log.witnesses).is_ok();
        assert!(!witnessed || signed.note().signatures().len() > log.witnesses.threshold(), "whoever counts has cosigned");
    }
    let extra = proof.with_extra(bytes.to_vec());
    let written = extra.to_string();
    if let Ok(again) = LogProof::parse(written.as_bytes()) {
        assert_eq!((again.extra(), &again), (bytes, &extra), "what travels along comes through");
    }
}

/// Proofs of each leaf, with and without something that travels along.
pub fn seeds() -> Vec<Vec<u8>> {
    let log = &*LOG;
    let bare: Vec<String> = log.proofs.values().map(LogProof::to_string).collect();
    let extra = log.proofs[&0].clone().with_extra(b"extra".to_vec()).to_string();
    let alone = format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{}", log.checkpoint);
    bare.into_iter().chain([extra, alone]).map(String::into_bytes).collect()
}
