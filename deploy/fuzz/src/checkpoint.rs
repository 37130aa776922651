//! Checkpoints: their text, and who has signed it.

use std::sync::LazyLock;

use coffret_export::sample::{Sample, policy, signer};
use coffret_ledger::{Checkpoint, Policy, SignedCheckpoint, Signer, VerifierKey, WitnessPolicy};

use crate::note;

static KEYS: LazyLock<[VerifierKey; 1]> = LazyLock::new(|| [signer().verifier_key().clone()]);
static WITNESSES: LazyLock<(WitnessPolicy, Policy)> = LazyLock::new(|| (policy(), policy().into()));

/// Any bytes as the text of a checkpoint, and as a signed one.
pub fn check(bytes: &[u8]) {
    if let Ok(signed) = SignedCheckpoint::open(bytes, &KEYS[..]) {
        assert!(note::is_signed(signed.note().text()), "what verifies was signed");
        assert_eq!(signed.to_string().as_bytes(), bytes, "a checkpoint has one spelling");
        assert_eq!(signed.checkpoint().to_string(), signed.note().text(), "what is stated is what was signed");
        let (counted, asked) = &*WITNESSES;
        assert_eq!(counted.check(&signed).is_ok(), asked.check(&signed).is_ok(), "both forms of a policy answer alike");
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(stated) = Checkpoint::parse(text) else { return };
    assert_eq!(stated.to_string(), text, "a checkpoint has one spelling");
    let Ok(log) = Signer::from_seed(stated.origin(), &[7; 32]) else { return };
    if let Ok(signed) = stated.clone().sign(&log) {
        let keys = [log.verifier_key().clone()];
        let opened = SignedCheckpoint::open(signed.to_string().as_bytes(), &keys).expect("what a log has signed is its checkpoint");
        assert_eq!((opened.checkpoint(), &opened), (&stated, &signed));
        assert!(SignedCheckpoint::open(signed.to_string().as_bytes(), &KEYS[..]).is_err(), "another key has not signed it");
    }
}

/// Texts and signed checkpoints.
pub fn seeds() -> Vec<Vec<u8>> {
    let signed = [0, 1, 3].map(|size| Sample::new(size).checkpoint(size));
    let extended = format!("{}an extension line\n", signed[2].checkpoint());
    let texts = signed.iter().map(|signed| signed.checkpoint().to_string());
    signed.iter().map(SignedCheckpoint::to_string).chain(texts).chain([extended]).map(String::into_bytes).collect()
}
