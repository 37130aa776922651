//! What witnesses answer: lines of cosignatures, added to a checkpoint.

use std::sync::LazyLock;

use coffret_export::sample::{Sample, witnesses};
use coffret_ledger::{Cosigner, NoteError, NoteSignature, SignedCheckpoint};

use crate::input::{Input, with_a_bit_turned};

/// A checkpoint that two of the three witnesses have cosigned; and all that any of them has, line by line.
static ASKED: LazyLock<(SignedCheckpoint, [Cosigner; 3], [String; 2])> = LazyLock::new(|| {
    let (signed, witnesses) = (Sample::new(3).checkpoint(3), witnesses());
    let lines = signed.note().signatures()[1..].iter().map(NoteSignature::to_string).collect();
    let third = witnesses[2].cosign(&signed, TIME).expect("the time is one").to_string();
    (signed, witnesses, [lines, third])
});
const TIME: u64 = 1_795_348_800;

/// Any text as an answer of a witness; and the answer of a witness at any time, with any bit turned.
pub fn check(bytes: &[u8]) {
    let (signed, witnesses, known) = &*ASKED;
    if let Ok(lines) = str::from_utf8(bytes).map_err(|_| NoteError::Malformed).and_then(NoteSignature::parse_lines) {
        let written: String = lines.iter().map(NoteSignature::to_string).collect();
        assert_eq!(written.as_bytes(), bytes, "a signature line has one spelling");
        for line in lines {
            for witness in witnesses {
                let mut signed = signed.clone();
                if signed.add_cosignature(line.clone(), witness.verifier_key()).is_ok() {
                    assert!(known.concat().contains(&line.to_string()), "what verifies was cosigned");
                }
            }
        }
    }
    let mut input = Input(bytes);
    let (time, bit) = (input.long(), usize::from(input.short()));
    let witness = &witnesses[2];
    let Ok(cosignature) = witness.cosign(signed, time) else {
        return assert!(i64::try_from(time).is_err(), "a time that can be said is cosigned");
    };
    let mut with = signed.clone();
    assert_eq!(with.add_cosignature(cosignature.clone(), witness.verifier_key()), Ok(time), "what was cosigned verifies");
    let turned = with_a_bit_turned(cosignature.to_string().as_bytes(), bit);
    let turned = String::from_utf8(turned).ok().and_then(|line| NoteSignature::parse_lines(&line).ok());
    for line in turned.into_iter().flatten() {
        assert!(with.add_cosignature(line, witness.verifier_key()).is_err(), "a changed cosignature is none");
    }
}

/// Answers of witnesses.
pub fn seeds() -> Vec<Vec<u8>> {
    let times = [0_u64, TIME, u64::MAX].map(|time| [&time.to_be_bytes()[..], &[0, 200]].concat());
    ASKED.2.clone().map(String::into_bytes).into_iter().chain(times).collect()
}
