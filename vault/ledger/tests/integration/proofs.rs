use coffret_ledger::{
    Frontier, Hash, HashSource, MAX_PROOF_LEN, MAX_TREE_SIZE, Node, ProofError, ProofPlan, TiledTree, proof_from_lines, proof_to_lines,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::log::Log;
use crate::reference::Reference;

/// Sizes at which all pairs are tried: every one while trees are small, then those around tile boundaries.
fn sizes() -> impl Iterator<Item = u64> {
    (1..=72).chain([127, 128, 129, 200, 255, 256, 257, 300])
}

#[test]
fn every_inclusion_proof_is_that_of_the_definition_and_convinces() {
    for size in sizes() {
        let log = Log::new(size);
        let mut tree = TiledTree::new(size, |path| log.read(path));
        for index in 0..size {
            let proof = ProofPlan::inclusion(index, size).unwrap().make(&mut tree).unwrap();
            assert_eq!(proof, log.reference.path(index, size), "leaf {index} of {size}");
            assert_eq!(verify_inclusion(&log.reference.leaf(index), index, size, &proof, &log.root()), Ok(()), "leaf {index} of {size}");
        }
    }
}

#[test]
fn every_consistency_proof_is_that_of_the_definition_and_convinces() {
    for size in sizes() {
        let log = Log::new(size);
        let mut tree = TiledTree::new(size, |path| log.read(path));
        for old in 0..=size {
            let proof = ProofPlan::consistency(old, size).unwrap().make(&mut tree).unwrap();
            let defined = if old == 0 || old == size { Vec::new() } else { log.reference.proof(old, size) };
            assert_eq!(proof, defined, "{old} of {size}");
            assert_eq!(verify_consistency(old, &log.reference.root(old), size, &log.root(), &proof), Ok(()), "{old} of {size}");
        }
    }
}

#[test]
fn proofs_of_a_log_of_three_levels_are_those_of_the_definition() {
    let log = Log::new(70_000);
    let (size, root) = (log.size(), log.root());
    for place in [0, 1, 255, 256, 1000, 32_767, 32_768, 65_535, 65_536, 65_537, 69_888, 69_999] {
        let proof = log.make(&ProofPlan::inclusion(place, size).unwrap());
        assert_eq!(proof, log.reference.path(place, size), "leaf {place}");
        assert_eq!(verify_inclusion(&log.reference.leaf(place), place, size, &proof, &root), Ok(()));
        if place > 0 {
            let proof = log.make(&ProofPlan::consistency(place, size).unwrap());
            assert_eq!(proof, log.reference.proof(place, size), "{place} leaves");
            assert_eq!(verify_consistency(place, &log.reference.root(place), size, &root, &proof), Ok(()));
        }
    }
}

#[test]
fn a_plan_names_exactly_the_tiles_that_it_reads() {
    let log = Log::new(70_000);
    let size = log.size();
    let plans = [0, 300, 65_536, 69_999]
        .into_iter()
        .flat_map(|place| [ProofPlan::inclusion(place, size).unwrap(), ProofPlan::consistency(place, size).unwrap()]);
    for plan in plans {
        let mut read = std::collections::BTreeSet::new();
        let mut tree = TiledTree::new(size, |path| {
            read.insert(path);
            log.read(path)
        });
        plan.make(&mut tree).unwrap();
        assert_eq!(plan.tiles(), read);
    }
}

/// What an inclusion proof can be turned into: each with something changed, lost, added or exchanged.
fn altered(proof: &[Hash], root: Hash) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for position in 0..proof.len() {
        for bit in [0, 100, 255] {
            let mut bytes = *proof[position].as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut changed = proof.to_vec();
            changed[position] = Hash::from_bytes(bytes);
            all.push(changed);
        }
        let mut lost = proof.to_vec();
        lost.remove(position);
        all.push(lost);
        let mut exchanged = proof.to_vec();
        exchanged.swap(position, 0);
        all.extend((exchanged != proof).then_some(exchanged));
    }
    for position in 0..=proof.len() {
        for added in [root, Hash::EMPTY_ROOT].into_iter().chain(proof.first().copied()) {
            let mut longer = proof.to_vec();
            longer.insert(position, added);
            all.push(longer);
        }
    }
    all
}

#[test]
fn an_inclusion_proof_convinces_of_its_leaf_place_and_root_only() {
    for size in 1..=33 {
        let reference = Reference::new(size);
        let root = reference.root(size);
        for index in 0..size {
            let (leaf, proof) = (reference.leaf(index), reference.path(index, size));
            for (case, wrong) in altered(&proof, root).iter().enumerate() {
                assert!(verify_inclusion(&leaf, index, size, wrong, &root).is_err(), "case {case} of leaf {index} of {size}");
            }
            for other in (0..size + 2).filter(|other| *other != index) {
                assert!(verify_inclusion(&leaf, other, size, &proof, &root).is_err(), "leaf {index} at {other} of {size}");
            }
            assert_eq!(verify_inclusion(&Hash::EMPTY_ROOT, index, size, &proof, &root), Err(ProofError::RootMismatch));
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &Hash::EMPTY_ROOT), Err(ProofError::RootMismatch));
        }
    }
}

#[test]
fn a_consistency_proof_convinces_of_its_two_trees_only() {
    for new in 1..=33 {
        let reference = Reference::new(new);
        let new_root = reference.root(new);
        for old in 1..new {
            let (old_root, proof) = (reference.root(old), reference.proof(old, new));
            for (case, wrong) in altered(&proof, new_root).iter().chain(&altered(&proof, old_root)).enumerate() {
                assert!(verify_consistency(old, &old_root, new, &new_root, wrong).is_err(), "case {case} of {old} of {new}");
            }
            for other in (1..=new).filter(|other| *other != old) {
                let other_root = reference.root(other);
                assert!(verify_consistency(old, &other_root, new, &new_root, &proof).is_err(), "{old} of {new} with root of {other}");
            }
            assert!(verify_consistency(old, &new_root, new, &old_root, &proof).is_err(), "exchanged roots, {old} of {new}");
            assert_eq!(verify_consistency(new, &new_root, old, &old_root, &proof), Err(ProofError::SizesReversed));
        }
    }
}

#[test]
fn trees_of_one_size_have_one_root_and_no_proof() {
    let reference = Reference::new(6);
    let (root, other) = (reference.root(6), reference.root(5));
    assert_eq!(verify_consistency(6, &root, 6, &root, &[]), Ok(()));
    assert_eq!(verify_consistency(6, &root, 6, &other, &[]), Err(ProofError::RootMismatch));
    assert_eq!(verify_consistency(6, &root, 6, &root, &[root]), Err(ProofError::Length));
    assert_eq!(verify_consistency(5, &other, 6, &root, &[]), Err(ProofError::Length));
    assert_eq!(verify_consistency(4, &reference.root(4), 6, &root, &[]), Err(ProofError::Length));
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree_and_has_one_root() {
    let root = Reference::new(6).root(6);
    let empty = Hash::EMPTY_ROOT;
    for (size, root) in [(0, empty), (6, root)] {
        assert_eq!(verify_consistency(0, &empty, size, &root, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &empty, size, &root, &[empty]), Err(ProofError::Length));
    }
    assert_eq!(verify_consistency(0, &root, 6, &root, &[]), Err(ProofError::RootMismatch));
    assert_eq!(verify_consistency(0, &root, 0, &root, &[]), Err(ProofError::RootMismatch));
}

#[test]
fn places_outside_of_a_tree_have_no_proof() {
    for (index, size) in [(0, 0), (1, 1), (5, 5), (u64::MAX, 5), (5, 0)] {
        assert_eq!(ProofPlan::inclusion(index, size), Err(ProofError::IndexOutOfRange));
        assert_eq!(verify_inclusion(&Hash::EMPTY_ROOT, index, size, &[], &Hash::EMPTY_ROOT), Err(ProofError::IndexOutOfRange));
    }
    assert_eq!(ProofPlan::inclusion(0, MAX_TREE_SIZE + 1), Err(ProofError::TreeTooLarge));
    assert_eq!(ProofPlan::consistency(1, u64::MAX), Err(ProofError::TreeTooLarge));
    assert_eq!(ProofPlan::consistency(6, 5), Err(ProofError::SizesReversed));
}

/// A log of which every leaf is the same: the hash of a complete subtree depends on its height alone.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        let leaf = Hash::leaf(b"again");
        Self(std::iter::successors(Some(leaf), |hash| Some(Hash::node(hash, hash))).take(64).collect())
    }

    fn frontier(&self, size: u64) -> Frontier {
        let peaks = (0..64).rev().filter(|level| size >> level & 1 == 1).map(|level| self.0[level]).collect();
        Frontier::resume(size, peaks).unwrap()
    }
}

impl HashSource for Uniform {
    type Error = std::convert::Infallible;

    fn hash(&mut self, node: Node) -> Result<Hash, Self::Error> {
        Ok(self.0[usize::from(node.level)])
    }
}

#[test]
fn the_largest_logs_are_proven_too() {
    let mut log = Uniform::new();
    let leaf = log.0[0];
    for size in [MAX_TREE_SIZE, MAX_TREE_SIZE - 1, 1 << 62, (1 << 62) + 1, (1 << 62) - 1, 0x5555_5555_5555_5555] {
        let root = log.frontier(size).root();
        for index in [0, 1, size / 3, size / 2, size - 2, size - 1] {
            let plan = ProofPlan::inclusion(index, size).unwrap();
            let proof = plan.make(&mut log).unwrap();
            assert!(proof.len() <= MAX_PROOF_LEN, "{} hashes", proof.len());
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()), "leaf {index} of {size}");
            assert!(!plan.tiles().is_empty());
            let old = index + 1;
            let proof = ProofPlan::consistency(old, size).unwrap().make(&mut log).unwrap();
            assert_eq!(verify_consistency(old, &log.frontier(old).root(), size, &root, &proof), Ok(()), "{old} of {size}");
        }
    }
}

#[test]
fn a_proof_as_lines_has_one_spelling() {
    let reference = Reference::new(300);
    let proof = reference.proof(100, 300);
    let lines = proof_to_lines(&proof);
    assert_eq!(proof_from_lines(&lines), Ok(proof));
    assert_eq!(proof_from_lines(""), Ok(Vec::new()));
    let crlf = lines.replace('\n', "\r\n");
    let doubled = lines.replace('\n', "\n\n");
    let padded = lines.replace('=', "");
    let (cut, spaced) = (&lines[..lines.len() - 1], format!(" {lines}"));
    for wrong in ["\n", cut, &crlf, &doubled, &padded, &spaced, &format!("{lines}\n"), "AA==\n"] {
        assert_eq!(proof_from_lines(wrong), Err(ProofError::Malformed), "{wrong:?}");
    }
    let most = vec![Hash::EMPTY_ROOT; MAX_PROOF_LEN];
    assert_eq!(proof_from_lines(&proof_to_lines(&most)), Ok(most.clone()));
    let more = [&most[..], &most[..1]].concat();
    assert_eq!(proof_from_lines(&proof_to_lines(&more)), Err(ProofError::Malformed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_sizes_or_hashes_make_a_verifier_panic_or_believe(
        numbers in prop::array::uniform2(any::<u64>()),
        shifts in prop::array::uniform2(0u32..64),
        proof in prop::collection::vec(any::<[u8; 32]>(), 0..70),
        roots in prop::array::uniform2(any::<[u8; 32]>()),
    ) {
        let (a, b) = (numbers[0] >> shifts[0], numbers[1] >> shifts[1]);
        let proof: Vec<Hash> = proof.into_iter().map(Hash::from_bytes).collect();
        let [x, y] = roots.map(Hash::from_bytes);
        prop_assert!(verify_inclusion(&x, a, b, &proof, &y).is_err());
        prop_assert!(verify_consistency(a, &x, b, &y, &proof).is_err());
    }

    #[test]
    fn whatever_lines_are_read_are_what_would_be_written(text in "([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\n){0,3}[A-Za-z0-9+/=\n]{0,3}") {
        if let Ok(proof) = proof_from_lines(&text) {
            prop_assert_eq!(proof_to_lines(&proof), text);
        }
    }
}
