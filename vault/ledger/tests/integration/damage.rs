//! Each bit of what a log publishes, flipped: nothing of it is believed.

use coffret_ledger::{
    Bundle, LogProof, ProofPlan, SignedCheckpoint, Tile, TileKind, TilePath, TileWriter, TiledTree, VerifierKey, WitnessPolicy,
    proof_from_lines, proof_to_lines, verify_consistency, verify_inclusion,
};

use crate::log::{Log, signer, witness};
use crate::reference::Reference;

/// Every value with one bit changed.
fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        (bit, changed)
    })
}

fn keys() -> [VerifierKey; 1] {
    [signer().verifier_key().clone()]
}

#[test]
fn a_checkpoint_with_a_flipped_bit_is_refused() {
    let bytes = Log::new(300).checkpoint().to_string().into_bytes();
    assert!(SignedCheckpoint::open(&bytes, &keys()).is_ok());
    for (bit, changed) in flips(&bytes) {
        assert!(SignedCheckpoint::open(&changed, &keys()).is_err(), "bit {bit}");
    }
}

#[test]
fn a_cosigned_checkpoint_with_a_flipped_bit_does_not_meet_its_policy() {
    let mut signed = Log::new(300).checkpoint();
    let witness = witness(0);
    let policy = WitnessPolicy::new(1, vec![witness.verifier_key().clone()]).unwrap();
    signed.add_cosignature(witness.cosign(&signed, 1_700_000_000).unwrap(), witness.verifier_key()).unwrap();
    let bytes = signed.to_string().into_bytes();
    let accepted = |bytes: &[u8]| SignedCheckpoint::open(bytes, &keys()).is_ok_and(|signed| policy.check(&signed).is_ok());
    assert!(accepted(&bytes));
    for (bit, changed) in flips(&bytes) {
        assert!(!accepted(&changed), "bit {bit}");
    }
}

#[test]
fn a_tile_with_a_flipped_bit_is_not_built_on_and_has_another_root() {
    let log = Log::new(300);
    let path = TilePath::in_tree(TileKind::Hashes(0), 1, 300).unwrap();
    let above = TilePath::in_tree(TileKind::Hashes(1), 0, 300).unwrap();
    let bundle_path = TilePath::in_tree(TileKind::Entries, 1, 300).unwrap();
    let bundle = Bundle::parse(44, log.files[&bundle_path].clone()).unwrap();
    let tile = |path: TilePath| Tile::parse(path.width(), &log.files[&path]).unwrap();
    assert!(TileWriter::resume(300, &log.root(), [tile(path), tile(above)]).is_ok());
    for (bit, changed) in flips(&log.files[&path]) {
        let changed_tile = Tile::parse(path.width(), &changed).unwrap();
        assert!(bundle.check(&changed_tile).is_err(), "bit {bit}");
        assert!(TileWriter::resume(300, &log.root(), [changed_tile, tile(above)]).is_err(), "bit {bit}");
        let read = |asked| if asked == path { Ok(changed.clone()) } else { log.read(asked) };
        assert_ne!(TiledTree::new(300, read).root().unwrap(), log.root(), "bit {bit}");
    }
    for (bit, changed) in flips(&log.files[&above]) {
        let changed = Tile::parse(above.width(), &changed).unwrap();
        assert!(TileWriter::resume(300, &log.root(), [tile(path), changed]).is_err(), "bit {bit} above");
    }
}

#[test]
fn a_proof_from_a_tile_with_a_flipped_bit_does_not_convince() {
    let log = Log::new(7);
    let (size, root) = (log.size(), log.root());
    let path = TilePath::in_tree(TileKind::Hashes(0), 0, size).unwrap();
    for (bit, changed) in flips(&log.files[&path]) {
        let (damaged, mut convinced) = (bit as u64 / 256, 0);
        for index in 0..size {
            let mut tree = TiledTree::new(size, |_| Ok::<_, ()>(changed.clone()));
            let proof = ProofPlan::inclusion(index, size).unwrap().make(&mut tree).unwrap();
            let verified = verify_inclusion(&log.reference.leaf(index), index, size, &proof, &root).is_ok();
            // The proof of the damaged leaf itself is made of the other leaves.
            assert_eq!(verified, index == damaged, "bit {bit}, leaf {index}");
            convinced += u64::from(verified);
        }
        assert_eq!(convinced, 1);
    }
}

#[test]
fn a_bundle_with_a_flipped_bit_does_not_match_its_tile() {
    let log = Log::new(300);
    let path = TilePath::in_tree(TileKind::Entries, 1, 300).unwrap();
    let tile = Tile::parse(44, &log.files[&TilePath::in_tree(TileKind::Hashes(0), 1, 300).unwrap()]).unwrap();
    let accepted = |bytes: Vec<u8>| Bundle::parse(path.width(), bytes).is_ok_and(|bundle| bundle.check(&tile).is_ok());
    assert!(accepted(log.files[&path].clone()));
    for (bit, changed) in flips(&log.files[&path]) {
        assert!(!accepted(changed), "bit {bit}");
    }
}

#[test]
fn a_consistency_proof_with_a_flipped_bit_is_refused() {
    let reference = Reference::new(300);
    let roots = [reference.root(77), reference.root(300)];
    let lines = proof_to_lines(&reference.proof(77, 300)).into_bytes();
    let accepted = |bytes: &[u8]| {
        let proof = str::from_utf8(bytes).ok().and_then(|text| proof_from_lines(text).ok());
        proof.is_some_and(|proof| verify_consistency(77, &roots[0], 300, &roots[1], &proof).is_ok())
    };
    assert!(accepted(&lines));
    for (bit, changed) in flips(&lines) {
        assert!(!accepted(&changed), "bit {bit}");
    }
}

#[test]
fn a_log_proof_with_a_flipped_bit_is_refused() {
    let log = Log::new(300);
    let (index, leaf) = (137, log.reference.leaf(137));
    let hashes = log.make(&ProofPlan::inclusion(index, 300).unwrap());
    let bytes = LogProof::new(&leaf, index, hashes, &log.checkpoint()).unwrap().to_string().into_bytes();
    let accepted = |bytes: &[u8]| LogProof::parse(bytes).is_ok_and(|proof| proof.verify(&leaf, &keys(), &WitnessPolicy::none()).is_ok());
    assert!(accepted(&bytes));
    for (bit, changed) in flips(&bytes) {
        assert!(!accepted(&changed), "bit {bit}");
    }
}

#[test]
fn a_key_with_a_flipped_bit_is_refused() {
    let (public, secret) = (signer().verifier_key().to_string(), signer().expose_skey());
    let read = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    for (bit, changed) in flips(public.as_bytes()) {
        assert!(read(changed).is_none_or(|text| text.parse::<VerifierKey>().is_err()), "bit {bit} of the public key");
    }
    for (bit, changed) in flips(secret.as_bytes()) {
        assert!(read(changed).is_none_or(|text| text.parse::<coffret_ledger::Signer>().is_err()), "bit {bit} of the secret key");
    }
}
