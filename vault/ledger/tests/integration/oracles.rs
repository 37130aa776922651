//! What implementations of others say of the same bytes: `signed_note`, and `tlog_tiles` (whose paths are those of Go's sumdb).

use coffret_ledger::{
    Cosigner, Hash, Note, ProofPlan, Signer, TileKind, TilePath, changed_hash_tiles, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use signed_note::{StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::tlog::{self, HashReader};

use crate::log::{Log, signer};
use crate::reference::entry;

fn oracle(hash: &Hash) -> tlog::Hash {
    tlog::Hash(*hash.as_bytes())
}

/// The hashes of a log as `tlog_tiles` stores them.
struct Stored(Vec<tlog::Hash>);

impl Stored {
    fn new(size: u64) -> Self {
        let mut stored = Self(Vec::new());
        for index in 0..size {
            let hashes = tlog::stored_hashes(index, &entry(index), &stored).unwrap();
            stored.0.extend(hashes);
        }
        stored
    }
}

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

#[test]
fn roots_and_proofs_are_those_of_another_implementation() {
    let stored = Stored::new(300);
    let reference = crate::reference::Reference::new(300);
    for size in [1, 2, 3, 5, 8, 100, 255, 256, 257, 300] {
        let log = Log::new(size);
        let root = tlog::tree_hash(size, &stored).unwrap();
        assert_eq!(root, oracle(&log.writer.root()));
        for place in [0, 1, 2, size / 3, size / 2, size - 1].into_iter().filter(|place| *place < size) {
            let theirs = tlog::prove_record(size, place, &stored).unwrap();
            let ours = log.make(&ProofPlan::inclusion(place, size).unwrap());
            assert_eq!(theirs, ours.iter().map(oracle).collect::<Vec<_>>(), "leaf {place} of {size}");
            assert!(tlog::check_record(&theirs, size, root, place, oracle(&log.reference.leaf(place))).is_ok());
            let (old, theirs) = (place + 1, tlog::prove_tree(size, place + 1, &stored).unwrap());
            let ours = log.make(&ProofPlan::consistency(old, size).unwrap());
            assert_eq!(theirs, ours.iter().map(oracle).collect::<Vec<_>>(), "{old} of {size}");
            assert!(tlog::check_tree(&theirs, size, root, old, oracle(&reference.root(old))).is_ok());
        }
    }
}

/// One of their paths in our spelling: they say the height of tiles and call entries data.
fn ours(path: &tlog_tiles::tile::Tile) -> String {
    path.path().replacen("tile/8/", "tile/", 1).replacen("tile/data/", "tile/entries/", 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn verifiers_agree_on_any_proof(size in 1u64..40, at in 0u64..40, flip in prop::option::of(0usize..6), cut in 0usize..3) {
        let log = Log::new(size);
        let index = at % size;
        let altered = |mut proof: Vec<Hash>| {
            if let Some(hash) = flip.and_then(|flip| proof.get_mut(flip)) {
                *hash = Hash::EMPTY_ROOT;
            }
            proof.truncate(proof.len().saturating_sub(cut));
            let theirs: Vec<_> = proof.iter().map(oracle).collect();
            (proof, theirs)
        };
        let (root, leaf) = (log.root(), log.reference.leaf(index));
        let (proof, theirs) = altered(log.reference.path(index, size));
        prop_assert_eq!(
            verify_inclusion(&leaf, index, size, &proof, &root).is_ok(),
            tlog::check_record(&theirs, size, oracle(&root), index, oracle(&leaf)).is_ok()
        );
        let old = index + 1;
        let old_root = log.reference.root(old);
        let (proof, theirs) = altered(log.make(&ProofPlan::consistency(old, size).unwrap()));
        prop_assert_eq!(
            verify_consistency(old, &old_root, size, &root, &proof).is_ok(),
            tlog::check_tree(&theirs, size, oracle(&root), old, oracle(&old_root)).is_ok()
        );
    }

    #[test]
    fn paths_are_those_of_another_implementation(level in 0u8..3, index in any::<u32>(), width in 1u16..=256, entries: bool) {
        let level = if entries { 0 } else { level };
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
        let path = TilePath::new(kind, index.into(), width).unwrap();
        prop_assert_eq!(path.to_string(), ours(&tlog_tiles::tile::Tile::new(8, level, index.into(), width.into(), entries)));
    }

    #[test]
    fn changed_tiles_are_those_of_another_implementation(from in 0u64..200_000, more in 0u64..200_000) {
        let ours: Vec<String> = changed_hash_tiles(from, from + more).map(|path| path.to_string()).collect();
        let theirs: Vec<String> = tlog_tiles::tile::Tile::new_tiles(8, from, from + more).iter().map(self::ours).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn notes_are_read_and_verified_alike(text in "[a-z \n\u{e8}]{0,30}", seed: [u8; 32]) {
        let signer = Signer::from_seed("example.com/log", &seed).unwrap();
        let mut note = Note::new(&format!("{text}\n")).unwrap();
        note.add(signer.sign(&note)).unwrap();
        let theirs = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(theirs.text(), note.text().as_bytes());
        let verifier = StandardVerifier::new(&signer.verifier_key().to_string()).unwrap();
        prop_assert!(theirs.verify(&VerifierList::new(vec![Box::new(verifier)])).is_ok());

        let mut theirs = signed_note::Note::new(note.text().as_bytes(), &[]).unwrap();
        let standard = StandardSigner::new(&signer.expose_skey()).unwrap();
        theirs.add_sigs(&[&standard]).unwrap();
        prop_assert_eq!(theirs.to_bytes(), note.to_string().into_bytes());
    }

    #[test]
    fn what_is_a_note_here_is_one_elsewhere(at in 0usize..200, byte in prop_oneof![Just(b'\n'), Just(b' '), Just(b'+'), any::<u8>()]) {
        let mut bytes = Log::new(3).checkpoint().to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let (ours, theirs) = (Note::parse(&bytes), signed_note::Note::from_bytes(&bytes));
        prop_assert_eq!(ours.is_ok(), theirs.is_ok());
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            prop_assert_eq!(ours.to_string().into_bytes(), theirs.to_bytes());
        }
    }
}

#[test]
fn checkpoints_are_read_by_another_implementation() {
    for size in [0, 1, 300] {
        let log = Log::new(size);
        let theirs = tlog_tiles::checkpoint::Checkpoint::from_reader(&mut log.checkpoint().to_string().as_bytes(), false).unwrap();
        assert_eq!((theirs.origin(), theirs.size(), theirs.extension()), (signer().verifier_key().name(), size, ""));
        assert_eq!(*theirs.hash(), oracle(&log.root()));
    }
}

#[test]
fn keys_of_witnesses_are_refused_where_they_are_not_known() {
    // signed_note knows type 0x01 alone; were ours to write a cosigner's key as such, it would read it.
    let cosigner = Cosigner::from_seed("witness.example/w0", &[1; 32]).unwrap();
    assert!(StandardVerifier::new(&cosigner.verifier_key().to_string()).is_err());
    assert!(StandardSigner::new(&cosigner.expose_skey()).is_err());
}

/// The oracle's hash rules, on which all of its answers rest, are ours.
#[test]
fn leaves_and_nodes_are_hashed_alike() {
    let (a, b) = (Hash::leaf(b""), Hash::leaf(&[1, 0]));
    assert_eq!((tlog::record_hash(b""), tlog::record_hash(&[1, 0])), (oracle(&a), oracle(&b)));
    assert_eq!(tlog::node_hash(oracle(&a), oracle(&b)), oracle(&Hash::node(&a, &b)));
}
