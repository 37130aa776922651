//! Proofs: as texts, of trees of any size, and of small trees with something changed.

use coffret_ledger::{Hash, ProofPlan, TileWriter, TiledTree, proof_from_lines, proof_to_lines, verify_consistency, verify_inclusion};

use crate::input::Input;

/// Any text as a proof; any numbers as places in trees; any change of a good proof.
pub fn check(bytes: &[u8]) {
    if let Some(hashes) = str::from_utf8(bytes).ok().and_then(|text| proof_from_lines(text).ok()) {
        assert_eq!(proof_to_lines(&hashes).as_bytes(), bytes, "a proof has one spelling");
    }
    let mut input = Input(bytes);
    match input.byte() % 3 {
        0 => any_numbers(input),
        1 => inclusion(input),
        _ => consistency(input),
    }
}

fn any_numbers(mut input: Input<'_>) {
    let (small, large, leaf, root) = (input.long(), input.long(), Hash::from_bytes(input.array()), Hash::from_bytes(input.array()));
    let hashes = hashes(&mut input);
    // No hash that the input can hold is that of another: what is proven has no hash on the way.
    if verify_inclusion(&leaf, small, large, &hashes, &root).is_ok() {
        assert_eq!((small, large, hashes.len(), leaf), (0, 1, 0, root));
    }
    if verify_consistency(small, &leaf, large, &root, &hashes).is_ok() {
        assert!(hashes.is_empty() && (small == large || small == 0));
    }
    for plan in [ProofPlan::inclusion(small, large), ProofPlan::consistency(small, large)].into_iter().flatten() {
        assert!(plan.tiles().len() <= 63 * 8, "a proof needs few tiles");
    }
}

fn hashes(input: &mut Input<'_>) -> Vec<Hash> {
    let (whole, _) = input.take(70 * Hash::LEN).as_chunks();
    whole.iter().copied().map(Hash::from_bytes).collect()
}

/// The first leaves of a small tree: its root, and what makes its proofs.
fn tree(size: u64, plan: &ProofPlan) -> (Hash, Vec<Hash>) {
    let mut writer = TileWriter::new();
    let tiles = writer.grow((0..size).map(leaf));
    let read = |path| tiles.iter().find(|(of, _)| *of == path).map(|(_, tile)| tile.to_bytes()).ok_or(path);
    let proof = plan.make(&mut TiledTree::new(size, read)).expect("the tiles were just made");
    (writer.root(), proof)
}

fn leaf(index: u64) -> Hash {
    Hash::leaf(&index.to_be_bytes())
}

/// Changes a proof as the input says; false where it stays as it was.
fn change(proof: &mut Vec<Hash>, input: &mut Input<'_>) -> bool {
    let before = proof.clone();
    match input.byte() % 4 {
        0 => proof.truncate(usize::from(input.byte())),
        1 => proof.extend(hashes(input)),
        2 if !proof.is_empty() => {
            let (one, other) = (usize::from(input.byte()) % proof.len(), usize::from(input.byte()) % proof.len());
            proof.swap(one, other);
        }
        _ => {
            let place = usize::from(input.byte());
            if let Some(hash) = proof.get_mut(place) {
                let mut bytes = *hash.as_bytes();
                bytes[usize::from(input.byte()) % Hash::LEN] ^= input.byte();
                *hash = Hash::from_bytes(bytes);
            }
        }
    }
    *proof != before
}

fn inclusion(mut input: Input<'_>) {
    let size = 1 + u64::from(input.byte() % 40);
    let index = u64::from(input.byte()) % size;
    let plan = ProofPlan::inclusion(index, size).expect("the leaf is in the tree");
    let (root, mut proof) = tree(size, &plan);
    assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, &root), Ok(()), "a good proof convinces");
    if change(&mut proof, &mut input) {
        assert!(verify_inclusion(&leaf(index), index, size, &proof, &root).is_err(), "a changed one does not");
    }
    let other = u64::from(input.byte());
    if other % size != index {
        assert!(verify_inclusion(&leaf(other % size), index, size, &proof, &root).is_err(), "nor does another leaf");
        assert!(verify_inclusion(&leaf(index), other % size, size, &proof, &root).is_err(), "nor another place");
    }
}

fn consistency(mut input: Input<'_>) {
    let new = 1 + u64::from(input.byte() % 40);
    let old = u64::from(input.byte()) % (new + 1);
    let plan = ProofPlan::consistency(old, new).expect("the older tree is not larger");
    let (root, mut proof) = tree(new, &plan);
    let mut older = TileWriter::new();
    older.grow((0..old).map(leaf));
    let old_root = older.root();
    assert_eq!(verify_consistency(old, &old_root, new, &root, &proof), Ok(()), "a good proof convinces");
    if change(&mut proof, &mut input) {
        assert!(verify_consistency(old, &old_root, new, &root, &proof).is_err(), "a changed one does not");
    }
    let other = Hash::from_bytes(input.array());
    assert!(other == old_root || verify_consistency(old, &other, new, &root, &proof).is_err(), "nor another root");
}

/// Proofs, and places in trees.
pub fn seeds() -> Vec<Vec<u8>> {
    let plan = ProofPlan::inclusion(5, 13).expect("the leaf is in the tree");
    let (root, proof) = tree(13, &plan);
    let numbers = |small: u64, large: u64| {
        let ends = [&small.to_be_bytes()[..], &large.to_be_bytes(), leaf(0).as_bytes(), root.as_bytes()].concat();
        [&[0][..], &ends, proof[0].as_bytes(), proof[1].as_bytes()].concat()
    };
    let mut seeds = vec![proof_to_lines(&proof).into_bytes(), numbers(5, 13), numbers(1 << 62, (1 << 63) - 1), numbers(u64::MAX, u64::MAX)];
    for kind in [1, 2] {
        seeds.extend((0..4).map(|way| vec![kind, 12 + way, 5, way, 1, 2, 3, 4]));
    }
    seeds
}
