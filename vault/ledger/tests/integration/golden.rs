//! Published logs and proofs. They lie beside the repository, in `../shared/conformance/tlog` or where `COFFRET_SHARED` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use coffret_ledger::{
    Bundle, Checkpoint, Frontier, Hash, ProofPlan, SignedCheckpoint, Signer, Tile, TileKind, TilePath, TileWriter, TiledTree, VerifierKey,
    verify_consistency, verify_inclusion,
};
use serde::Deserialize;

const SIGNER: &str = "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
const VERIFIER: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

const ENTRIES: [&str; 15] =
    ["one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"];

/// The folder with the published data; `None`, and a line saying so, where it is absent.
#[expect(clippy::disallowed_methods, reason = "where the data lies is a setting of the tests, not of the product")]
fn folder(part: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("COFFRET_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("conformance/tlog");
    if !folder.is_dir() {
        skip("../shared/conformance/tlog is not present");
        return None;
    }
    Some(folder.join(part))
}

/// Says that the running test checks nothing here, and why.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "the test command names the file to report to")]
fn skip(reason: &str) {
    use std::io::Write as _;
    let line = format!("{}: {reason}\n", std::thread::current().name().unwrap_or("a test"));
    print!("skipped: {line}");
    if let Some(path) = std::env::var_os("COFFRET_SKIPPED") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the file of skipped tests is writable");
    }
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_published_log_is_made_again_byte_for_byte() {
    let Some(folder) = folder("log") else { return };
    let published = files(&folder);
    let signer: Signer = SIGNER.parse().unwrap();
    assert_eq!(signer.verifier_key().to_string(), VERIFIER);
    let origin = signer.verifier_key().name();

    let mut made: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let (mut writer, mut bundle) = (TileWriter::new(), Bundle::new());
    let sign = |writer: &TileWriter| {
        let signed = Checkpoint::new(origin, writer.size(), writer.root()).unwrap().sign(&signer).unwrap();
        signed.to_string().into_bytes()
    };
    made.insert("checkpoint.0".to_owned(), sign(&writer));
    for entry in ENTRIES {
        bundle.push(entry.as_bytes()).unwrap();
        let tiles = writer.grow([Hash::leaf(entry.as_bytes())]);
        made.extend(tiles.into_iter().map(|(path, tile)| (path.to_string(), tile.to_bytes())));
        let path = TilePath::in_tree(TileKind::Entries, 0, writer.size()).unwrap();
        made.insert(path.to_string(), bundle.as_bytes().to_vec());
        made.insert(format!("checkpoint.{}", writer.size()), sign(&writer));
    }
    made.insert("checkpoint".to_owned(), sign(&writer));
    assert_eq!(published.len(), 47);
    assert!(published.keys().eq(made.keys()), "{:?}", made.keys());
    for (name, bytes) in &published {
        assert!(made[name] == *bytes, "{name} was made differently");
    }
}

#[test]
fn the_published_log_is_read_verified_and_proven() {
    let Some(folder) = folder("log") else { return };
    let published = files(&folder);
    let keys: [VerifierKey; 1] = [VERIFIER.parse().unwrap()];
    let open = |size: u64| SignedCheckpoint::open(&published[&format!("checkpoint.{size}")], &keys).unwrap();
    let read = |path: TilePath| published.get(&path.to_string()).cloned().ok_or(path);
    for size in 1..=15 {
        let signed = open(size);
        let (size, root) = (signed.checkpoint().size(), *signed.checkpoint().root());
        let mut tree = TiledTree::new(size, read);
        assert_eq!(tree.root().unwrap(), root);
        let place = |kind| TilePath::in_tree(kind, 0, size).unwrap();
        let (tile, bundle) = (place(TileKind::Hashes(0)), place(TileKind::Entries));
        let tile = Tile::parse(tile.width(), &read(tile).unwrap()).unwrap();
        let bundle = Bundle::parse(bundle.width(), read(bundle).unwrap()).unwrap();
        assert_eq!(bundle.check(&tile), Ok(()));
        let mut frontier = Frontier::new();
        frontier.extend(bundle.entries().map(Hash::leaf));
        assert_eq!(frontier.root(), root);
        for (index, entry) in (0..size).zip(bundle.entries()) {
            let proof = ProofPlan::inclusion(index, size).unwrap().make(&mut tree).unwrap();
            assert_eq!(verify_inclusion(&Hash::leaf(entry), index, size, &proof, &root), Ok(()));
        }
        for old in 0..=size {
            let proof = ProofPlan::consistency(old, size).unwrap().make(&mut tree).unwrap();
            assert_eq!(verify_consistency(old, open(old).checkpoint().root(), size, &root, &proof), Ok(()));
        }
    }
}

/// A case; hashes are base64 of any length, because some cases have none of 32 bytes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case<N> {
    #[serde(flatten)]
    numbers: N,
    proof: Option<Vec<String>>,
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
}

#[derive(Deserialize)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
}

/// The answer to each case: whether it holds, or the reason why it was refused before it was looked at.
fn outcomes<N: for<'d> Deserialize<'d>>(
    folder: &Path,
    verify: impl Fn(&N, &[Hash]) -> Option<bool>,
) -> BTreeMap<String, (bool, Option<bool>)> {
    let outcome = |bytes: &[u8]| {
        let case: Case<N> = serde_json::from_slice(bytes).unwrap();
        let proof: Option<Vec<Hash>> = case.proof.unwrap_or_default().iter().map(|hash| hash.parse().ok()).collect();
        (!case.want_err, proof.and_then(|proof| verify(&case.numbers, &proof)))
    };
    files(folder).into_iter().map(|(name, bytes)| (name, outcome(&bytes))).collect()
}

#[test]
fn published_inclusion_cases_are_answered_as_they_say() {
    let Some(folder) = folder("inclusion") else { return };
    let outcomes = outcomes(&folder, |case: &Inclusion, proof| {
        let (root, leaf) = (case.root.parse().ok()?, case.leaf_hash.parse().ok()?);
        Some(verify_inclusion(&leaf, case.leaf_idx, case.tree_size, proof, &root).is_ok())
    });
    assert_eq!(outcomes.len(), 98);
    for (name, (expected, outcome)) in &outcomes {
        assert_eq!(outcome.unwrap_or(false), *expected, "{name}");
    }
    assert_eq!(outcomes.values().filter(|(_, outcome)| *outcome == Some(true)).count(), 6);
    assert!(outcomes.values().filter(|(_, outcome)| *outcome == Some(false)).count() > 60, "too few cases reach the proof");
}

#[test]
fn published_consistency_cases_are_answered_as_they_say() {
    // Roots of 12 bytes: nothing of the kind is a hash here.
    const NO_HASHES: &str = "additional/sizes-are-equal-one-and-proof-is-empty.json";
    let Some(folder) = folder("consistency") else { return };
    let outcomes = outcomes(&folder, |case: &Consistency, proof| {
        let (old, new) = (case.root1.parse().ok()?, case.root2.parse().ok()?);
        Some(verify_consistency(case.size1, &old, case.size2, &new, proof).is_ok())
    });
    assert_eq!(outcomes.len(), 98);
    for (name, (expected, outcome)) in &outcomes {
        assert_eq!(outcome.unwrap_or(false), *expected && name != NO_HASHES, "{name}");
    }
    assert_eq!(outcomes[NO_HASHES], (true, None));
    assert_eq!(outcomes.values().filter(|(_, outcome)| *outcome == Some(true)).count(), 5);
    assert!(outcomes.values().filter(|(_, outcome)| *outcome == Some(false)).count() > 60, "too few cases reach the proof");
}
