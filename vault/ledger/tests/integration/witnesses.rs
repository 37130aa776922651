use coffret_ledger::{NoteSignature, Policy, SignatureType, SignedCheckpoint, VerifierKey, WitnessError, WitnessPolicy};

use crate::log::{Log, signer, witness};

fn key(number: u8) -> VerifierKey {
    witness(number).verifier_key().clone()
}

fn policy(threshold: usize, numbers: &[u8]) -> Result<WitnessPolicy, WitnessError> {
    WitnessPolicy::new(threshold, numbers.iter().map(|number| key(*number)).collect())
}

fn cosigned(numbers: &[u8]) -> SignedCheckpoint {
    let mut signed = Log::new(3).checkpoint();
    for number in numbers {
        let cosignature = witness(*number).cosign(&signed, 1000 + u64::from(*number)).unwrap();
        signed.add_cosignature(cosignature, &key(*number)).unwrap();
    }
    signed
}

/// The checkpoint with signature lines written by hand.
fn with_lines(signed: &SignedCheckpoint, lines: &[NoteSignature]) -> SignedCheckpoint {
    let text = lines.iter().fold(signed.to_string(), |text, line| text + &line.to_string());
    SignedCheckpoint::open(text.as_bytes(), &[signer().verifier_key().clone()]).unwrap()
}

#[test]
fn as_many_witnesses_as_asked_for_are_enough() {
    for threshold in 0..=3 {
        let policy = policy(threshold, &[0, 1, 2]).unwrap();
        for present in 0..=3 {
            let numbers = &[2, 0, 1][..present];
            let outcome = policy.check(&cosigned(numbers)).map(|seen| seen.iter().map(|one| one.time).collect());
            let times: Vec<_> = numbers.iter().map(|number| Some(1000 + u64::from(*number))).collect();
            assert_eq!(outcome, if present >= threshold { Ok(times) } else { Err(WitnessError::Quorum) });
        }
    }
    assert_eq!(WitnessPolicy::none().check(&cosigned(&[0])), Ok(vec![]));
}

#[test]
fn strangers_and_the_log_itself_do_not_count() {
    let policy = policy(2, &[0, 1]).unwrap();
    assert_eq!(policy.check(&cosigned(&[0, 2, 3, 4])), Err(WitnessError::Quorum));
    assert!(policy.check(&cosigned(&[0, 1, 2])).is_ok());
}

#[test]
fn a_witness_counts_once_however_often_it_has_signed() {
    let signed = cosigned(&[]);
    let lines: Vec<NoteSignature> = [30, 50, 40].iter().map(|time| witness(0).cosign(&signed, *time).unwrap()).collect();
    let signed = with_lines(&signed, &lines);
    assert_eq!(policy(2, &[0, 1]).unwrap().check(&signed), Err(WitnessError::Quorum));
    let policy = policy(1, &[0, 1]).unwrap();
    let seen = policy.check(&signed).unwrap();
    assert_eq!(seen.iter().map(|one| (one.key.name(), one.time)).collect::<Vec<_>>(), [("witness.example/w0", Some(50))]);
}

#[test]
fn a_false_cosignature_of_a_named_witness_is_refused_though_the_others_are_enough() {
    let signed = cosigned(&[0, 1]);
    let elsewhere = witness(2).cosign(&Log::new(4).checkpoint(), 5).unwrap();
    let signed = with_lines(&signed, &[elsewhere]);
    assert_eq!(policy(2, &[0, 1, 2]).unwrap().check(&signed), Err(WitnessError::InvalidCosignature));
    assert!(policy(2, &[0, 1]).unwrap().check(&signed).is_ok());
}

#[test]
fn a_policy_names_each_witness_once_and_nobody_else() {
    assert_eq!(policy(3, &[0, 1]), Err(WitnessError::Threshold));
    assert_eq!(policy(1, &[]), Err(WitnessError::Threshold));
    assert_eq!(policy(1, &[0, 1, 0]), Err(WitnessError::Duplicate));
    let renamed = VerifierKey::new("another.example", SignatureType::CosignatureV1, key(0).public_key()).unwrap();
    assert_eq!(WitnessPolicy::new(2, vec![key(0), renamed]), Err(WitnessError::Duplicate));
    assert_eq!(WitnessPolicy::new(1, vec![signer().verifier_key().clone()]), Err(WitnessError::Type));
    assert_eq!(policy(2, &[0, 1]).map(|policy| (policy.threshold(), policy.witnesses().len())), Ok((2, 2)));
}

#[test]
fn the_longest_policy_is_read_when_it_was_written_for_a_log() {
    let groups = (1..1000).map(|number| format!("group g{number} any {}{}\n", if number == 1 { "w" } else { "g" }, number - 1));
    let text = format!("witness w0 {}\n{}quorum g999\n", witness(1).verifier_key(), groups.collect::<String>());
    let read = Policy::parse(&text).unwrap();
    let written = read.write_for(signer().verifier_key());
    assert_eq!(Policy::parse(&written).unwrap().write_for(signer().verifier_key()), written);
    assert!(Policy::parse(&text.replace("quorum", "group g1000 any g999\nquorum")).is_err());
}
