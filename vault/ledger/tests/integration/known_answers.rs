//! The same bytes as an implementation that shares no code with this one (`tests/known-answers.json`); its roots of the eight
//! leaves are those that every implementation of RFC 6962 is tested with.

use std::fmt::Write as _;

use coffret_ledger::{
    Bundle, Checkpoint, Cosigner, Frontier, Hash, Leaf, LogProof, Note, ProofPlan, SignedCheckpoint, Signer, TilePath, TileWriter,
    TiledTree, VerifierKey, WitnessPolicy, verify_consistency, verify_inclusion,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::log::{Log, ORIGIN};
use crate::reference::entry;

fn answers() -> Value {
    serde_json::from_str(include_str!("../known-answers.json")).unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap()
}

fn list(value: &Value) -> &[Value] {
    let list = value.as_array().unwrap();
    assert!(!list.is_empty());
    list
}

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
}

fn array<const N: usize>(value: &Value, name: &str) -> [u8; N] {
    bytes(text(value, name)).try_into().unwrap()
}

fn hash(value: &Value) -> Hash {
    Hash::from_slice(&bytes(value.as_str().unwrap())).unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn the_leaves_of_rfc_6962_have_the_known_roots() {
    let answers = answers();
    let mut frontier = Frontier::new();
    let roots = hashes(&answers["rfc6962"]["roots"]);
    let entries = list(&answers["rfc6962"]["entries"]);
    assert_eq!((roots.len(), entries.len()), (9, 8));
    for (root, entry) in roots.iter().zip(entries) {
        assert_eq!(frontier.root(), *root, "{} leaves", frontier.size());
        frontier.append(Hash::leaf(&bytes(entry.as_str().unwrap())));
    }
    assert_eq!(frontier.root(), roots[8]);
    assert_eq!(Frontier::default().root(), Hash::EMPTY_ROOT);
}

#[test]
fn roots_are_the_ones_written_down() {
    let answers = answers();
    for case in list(&answers["roots"]) {
        let mut frontier = Frontier::new();
        frontier.extend((0..number(case, "size")).map(|index| Hash::leaf(&entry(index))));
        assert_eq!(frontier.root(), hash(&case["root"]), "{} leaves", case["size"]);
    }
}

#[test]
fn proofs_are_the_ones_written_down() {
    let (answers, log) = (answers(), Log::new(600));
    for case in list(&answers["inclusion"]) {
        let (index, size, proof) = (number(case, "index"), number(case, "size"), hashes(&case["proof"]));
        let smaller = Log::new(size);
        assert_eq!(smaller.make(&ProofPlan::inclusion(index, size).unwrap()), proof, "leaf {index} of {size}");
        let leaf = Hash::leaf(&entry(index));
        assert_eq!(verify_inclusion(&leaf, index, size, &proof, &smaller.root()), Ok(()), "leaf {index} of {size}");
    }
    for case in list(&answers["consistency"]) {
        let (old, new, proof) = (number(case, "old"), number(case, "new"), hashes(&case["proof"]));
        let files = Log::new(new).files;
        let plan = ProofPlan::consistency(old, new).unwrap();
        assert_eq!(plan.make(&mut TiledTree::new(new, |path| files.get(&path).cloned().ok_or(()))).unwrap(), proof, "{old} of {new}");
        let (old_root, new_root) = (log.reference.root(old), log.reference.root(new));
        assert_eq!(verify_consistency(old, &old_root, new, &new_root, &proof), Ok(()), "{old} of {new}");
    }
}

#[test]
fn tiles_and_bundles_are_the_ones_written_down() {
    let answers = answers();
    let mut files = std::collections::BTreeMap::new();
    for size in [1, 256, 300, 600] {
        files.extend(Log::new(size).files);
    }
    for case in list(&answers["tiles"]).iter().chain(list(&answers["bundles"])) {
        let path: TilePath = text(case, "path").parse().unwrap();
        assert_eq!(files.get(&path).map(|bytes| sha256(bytes)), Some(text(case, "sha256").to_owned()), "{path}");
    }
}

#[test]
fn keys_are_the_ones_written_down() {
    let answers = answers();
    let log = &answers["log"];
    let signer = Signer::from_seed(ORIGIN, &array(log, "seed")).unwrap();
    assert_eq!(signer.verifier_key().to_string(), text(log, "vkey"));
    assert_eq!(signer.expose_skey().as_str(), text(log, "skey"));
    for witness in list(&answers["witnesses"]) {
        let cosigner: Cosigner = text(witness, "skey").parse().unwrap();
        assert_eq!(cosigner.verifier_key().to_string(), text(witness, "vkey"));
        let again = Cosigner::from_seed(cosigner.verifier_key().name(), &array(witness, "seed")).unwrap();
        assert_eq!(again.expose_skey().as_str(), text(witness, "skey"));
    }
}

#[test]
fn checkpoints_are_the_ones_written_down() {
    let answers = answers();
    let signer: Signer = text(&answers["log"], "skey").parse().unwrap();
    let mut writer = TileWriter::new();
    for case in list(&answers["checkpoints"]) {
        let size = number(case, "size");
        writer.grow((writer.size()..size).map(|index| Hash::leaf(&entry(index))));
        let signed = Checkpoint::new(ORIGIN, size, writer.root()).unwrap().sign(&signer).unwrap();
        assert_eq!(signed.to_string(), text(case, "note"));
    }
}

#[test]
fn cosignatures_are_the_ones_written_down() {
    let answers = answers();
    let log: VerifierKey = text(&answers["log"], "vkey").parse().unwrap();
    let case = &answers["cosignatures"];
    let note = Note::parse(text(case, "note").as_bytes()).unwrap();
    assert_eq!(note.signatures().len(), 4);
    let mut signed = Checkpoint::parse(note.text()).unwrap().sign(&text(&answers["log"], "skey").parse().unwrap()).unwrap();
    let mut keys = Vec::new();
    for ((witness, line), time) in list(&answers["witnesses"]).iter().zip(list(&case["lines"])).zip(list(&case["times"])) {
        let cosigner: Cosigner = text(witness, "skey").parse().unwrap();
        let (cosignature, time) = (cosigner.cosign(&signed, time.as_u64().unwrap()).unwrap(), time.as_u64().unwrap());
        assert_eq!(cosignature.to_string(), line.as_str().unwrap());
        assert_eq!(signed.add_cosignature(cosignature, cosigner.verifier_key()), Ok(time));
        keys.push(cosigner.verifier_key().clone());
    }
    assert_eq!(signed.to_string(), text(case, "note"));
    let policy = WitnessPolicy::new(3, keys).unwrap();
    let opened = SignedCheckpoint::open(text(case, "note").as_bytes(), &[log]).unwrap();
    let times: Vec<Value> = policy.check(&opened).unwrap().iter().map(|cosignature| cosignature.time.unwrap().into()).collect();
    assert_eq!(times, list(&case["times"]));
}

#[test]
fn log_proofs_are_the_ones_written_down() {
    let answers = answers();
    let log = [text(&answers["log"], "vkey").parse().unwrap()];
    let witnesses = list(&answers["witnesses"]).iter().map(|witness| text(witness, "vkey").parse().unwrap()).collect();
    let policy = WitnessPolicy::new(3, witnesses).unwrap();
    let case = &answers["log_proofs"];
    let (index, leaf) = (number(case, "index"), Hash::leaf(&entry(number(case, "index"))));
    let proof = Log::new(300).make(&ProofPlan::inclusion(index, 300).unwrap());
    let signed = SignedCheckpoint::open(text(&answers["cosignatures"], "note").as_bytes(), &log).unwrap();
    let made = LogProof::new(&leaf, index, proof, &signed).unwrap();
    assert_eq!(made.to_string(), text(case, "plain"));
    assert_eq!(made.with_extra(bytes(text(case, "extra"))).to_string(), text(case, "with_extra"));

    let read = LogProof::parse(text(case, "with_extra").as_bytes()).unwrap();
    assert_eq!((read.index(), read.extra()), (index, bytes(text(case, "extra")).as_slice()));
    assert_eq!(read.verify(&leaf, &log, &policy).unwrap(), signed);
    let single = LogProof::parse(text(case, "single").as_bytes()).unwrap();
    assert!(single.hashes().is_empty());
    assert!(single.verify(&Hash::leaf(&entry(0)), &log, &WitnessPolicy::none()).is_ok());
}

#[test]
fn leaves_are_the_ones_written_down() {
    let answers = answers();
    let case = &answers["leaf"];
    let leaf = Leaf { id: array(case, "id"), commit: array(case, "commit") };
    assert_eq!(leaf.encode(), text(case, "json").as_bytes());
    assert_eq!(leaf.hash(), hash(&case["hash"]));
    let mut bundle = Bundle::new();
    bundle.push(&leaf.encode()).unwrap();
    assert_eq!(bundle.entries().map(Leaf::decode).collect::<Vec<_>>(), [Ok(leaf)]);
}
