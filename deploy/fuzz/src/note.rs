//! Signed notes: what is read is written, and what verifies was signed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use coffret_export::sample::{Sample, signer, witnesses};
use coffret_ledger::{Note, NoteSignature, VerifierKey};

use crate::input::with_a_bit_turned;

/// All that the keys of the sample have signed in any seed.
static SIGNED: LazyLock<BTreeSet<String>> = LazyLock::new(|| SIZES.map(|size| checkpoint(size).note().text().to_owned()).into());
static KEYS: LazyLock<Vec<VerifierKey>> = LazyLock::new(|| {
    let log = signer().verifier_key().clone();
    witnesses().iter().map(|witness| witness.verifier_key().clone()).chain([log]).collect()
});
const SIZES: [u64; 4] = [0, 1, 3, 300];

fn checkpoint(size: u64) -> coffret_ledger::SignedCheckpoint {
    Sample::new(size).checkpoint(size)
}

/// Whether a text is one that a key of the sample has signed in a seed.
pub fn is_signed(text: &str) -> bool {
    SIGNED.contains(text)
}

/// Any bytes as a note.
pub fn check(bytes: &[u8]) {
    let Ok(mut note) = Note::parse(bytes) else { return };
    assert_eq!(note.to_string().as_bytes(), bytes, "a note has one spelling");
    let lines: String = note.signatures().iter().map(NoteSignature::to_string).collect();
    assert_eq!(NoteSignature::parse_lines(&lines).as_deref(), Ok(note.signatures()), "signatures are read alone as in the note");
    if let Ok(verified) = note.verify(&KEYS) {
        assert!(!verified.is_empty() && is_signed(note.text()), "what verifies was signed");
    }
    let log = signer();
    let own = std::slice::from_ref(log.verifier_key());
    if note.add(log.sign(&note)).is_ok() {
        assert_eq!(note.verify(own).map(|verified| verified.len()), Ok(1), "what was signed verifies");
        let signature = note.signatures().last().expect("one was added").clone();
        let other = with_a_bit_turned(note.text().as_bytes(), bytes.len() * 31);
        let other = String::from_utf8(other).ok().and_then(|text| Note::new(&text).ok());
        if let Some(mut other) = other {
            other.add(signature).expect("one signature is not too many");
            assert!(other.verify(own).is_err(), "a signature is of one text");
        }
    }
}

/// Checkpoints of the sample, and a note that nobody knows the key of.
pub fn seeds() -> Vec<Vec<u8>> {
    let unknown = "any text\n\nwith an empty line\n\n\u{2014} unknown.example AAAAAAA=\n".to_owned();
    SIZES.map(|size| checkpoint(size).to_string()).into_iter().chain([unknown]).map(String::into_bytes).collect()
}
