use coffret_ledger::{
    CheckpointError, Hash, LogProof, LogProofError, NoteError, ProofError, ProofPlan, VerifierKey, WitnessError, WitnessPolicy,
};

use crate::log::{Log, signer, witness};

fn keys() -> [VerifierKey; 1] {
    [signer().verifier_key().clone()]
}

fn proof(log: &Log, index: u64) -> LogProof {
    let hashes = log.make(&ProofPlan::inclusion(index, log.size()).unwrap());
    LogProof::new(&log.reference.leaf(index), index, hashes, &log.checkpoint()).unwrap()
}

#[test]
fn a_proof_convinces_without_the_log_and_comes_back() {
    for size in [1, 2, 3, 300] {
        let log = Log::new(size);
        for index in [0, size / 2, size - 1] {
            let made = proof(&log, index);
            let read = LogProof::parse(made.to_string().as_bytes()).unwrap();
            assert_eq!(read, made);
            let checkpoint = read.verify(&log.reference.leaf(index), &keys(), &WitnessPolicy::none()).unwrap();
            assert_eq!(checkpoint, log.checkpoint());
            let with_extra = made.with_extra(vec![0, 255, 10]);
            let read = LogProof::parse(with_extra.to_string().as_bytes()).unwrap();
            assert_eq!((read.extra(), &read), ([0, 255, 10].as_slice(), &with_extra));
        }
    }
}

#[test]
fn a_proof_is_refused_for_another_leaf_log_or_quorum() {
    let log = Log::new(300);
    let (made, leaf) = (proof(&log, 7), log.reference.leaf(7));
    let none = WitnessPolicy::none();
    assert_eq!(made.verify(&log.reference.leaf(8), &keys(), &none), Err(LogProofError::Proof(ProofError::RootMismatch)));
    assert_eq!(made.verify(&leaf, &[], &none), Err(LogProofError::Checkpoint(CheckpointError::Note(NoteError::Unsigned))));
    let two = WitnessPolicy::new(2, vec![witness(0).verifier_key().clone(), witness(1).verifier_key().clone()]).unwrap();
    assert_eq!(made.verify(&leaf, &keys(), &two), Err(LogProofError::Witness(WitnessError::Quorum)));

    let mut seen = log.checkpoint();
    for number in 0..2 {
        seen.add_cosignature(witness(number).cosign(&seen, 5).unwrap(), witness(number).verifier_key()).unwrap();
    }
    let seen = LogProof::new(&leaf, 7, made.hashes().to_vec(), &seen).unwrap();
    assert!(seen.verify(&leaf, &keys(), &two).is_ok());
}

#[test]
fn a_proof_that_does_not_hold_is_not_made() {
    let log = Log::new(300);
    let (leaf, checkpoint) = (log.reference.leaf(7), log.checkpoint());
    let hashes = log.make(&ProofPlan::inclusion(7, 300).unwrap());
    let mut damaged = hashes.clone();
    damaged[0] = Hash::EMPTY_ROOT;
    assert_eq!(LogProof::new(&leaf, 7, damaged, &checkpoint), Err(ProofError::RootMismatch));
    assert_eq!(LogProof::new(&leaf, 300, hashes.clone(), &checkpoint), Err(ProofError::IndexOutOfRange));
    assert_eq!(LogProof::new(&leaf, 7, hashes[1..].to_vec(), &checkpoint), Err(ProofError::Length));
    assert!(LogProof::new(&leaf, 7, hashes, &checkpoint).is_ok());
}

#[test]
fn a_file_has_one_spelling() {
    let log = Log::new(5);
    let good = proof(&log, 2).to_string();
    let (head, note) = good.split_once("\n\n").unwrap();
    let (header, rest) = head.split_once('\n').unwrap();
    let (index, hashes) = rest.split_once('\n').unwrap();
    let join = |header: &str, rest: &str| format!("{header}\n{rest}\n{hashes}\n\n{note}");
    assert_eq!(join(header, index), good);
    for wrong in [
        String::new(),
        good.replacen("@v1", "@v2", 1),
        good.replacen('\n', "\r\n", 1),
        good.replacen('\n', "\n\n", 1),
        format!(" {good}"),
        format!("{good}\n"),
        good[..good.len() - 1].to_owned(),
        format!("{head}\n\n"),
        format!("{head}\n{note}"),
        format!("{head}\n\n\n{note}"),
        format!("{header}\n{hashes}\n\n{note}"),
        join(header, "index 02"),
        join(header, "index +2"),
        join(header, "index -2"),
        join(header, "index  2"),
        join(header, "index 2 "),
        join(header, "Index 2"),
        join(header, "index"),
        join(header, "index 18446744073709551616"),
        join(header, "index 2\nindex 2"),
        join(header, "index 2\nextra AAAA"),
        join(header, "extra\nindex 2"),
        join(header, "extra \nindex 2"),
        join(header, "extra AA\nindex 2"),
        join(header, "extra AB==\nindex 2"),
        join(header, "extra  AAAA\nindex 2"),
        join(header, "extra AAAA\nextra AAAA\nindex 2"),
        format!("{header}\n{index}\n{}\n\n{note}", hashes.trim_end_matches('=')),
        format!("{header}\n{index}\n{hashes} \n\n{note}"),
        format!("{header}\n{index}\n{}\n\n{note}", [hashes; 40].join("\n")),
    ] {
        assert_eq!(LogProof::parse(wrong.as_bytes()), Err(LogProofError::Malformed), "{wrong:?}");
    }
    assert_eq!(LogProof::parse(&[good.as_bytes(), &[0xff]].concat()), Err(LogProofError::Malformed));
    assert_eq!(LogProof::parse(&vec![b'c'; 2_000_001]), Err(LogProofError::TooLong));
}
