//! What is said to a witness, and what it answers (C2SP tlog-witness v1.0.0).

use std::io;

use async_trait::async_trait;
use coffret_ledger::{Hash, NoteSignature, SignedCheckpoint, VerifierKey, proof_to_lines};

/// The longest answer that is read, in bytes.
pub const MAX_ANSWER_LEN: usize = 64 * 1024;
/// How far a cosignature's time may be from ours, in seconds: clocks differ, and what is stale says nothing of now.
const SKEW_SECONDS: u64 = 600;

/// How a witness is reached.
///
/// Either call may take as long as it likes: it is given up after ten seconds. An error is everything that is no answer.
#[async_trait]
pub trait Witness: Send + Sync + 'static {
    /// `POST add-checkpoint` with this body; the status and the body of the answer, at most [`MAX_ANSWER_LEN`] bytes of it.
    async fn add_checkpoint(&self, body: String) -> io::Result<(u16, Vec<u8>)>;
    /// The newest checkpoint of a log that the witness has cosigned and shows to anybody (`<sha256(origin)>/checkpoint`); nothing where
    /// it shows none.
    async fn latest(&self, origin: &str) -> io::Result<Option<Vec<u8>>>;
}

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Signature lines. Not verified yet.
    Cosigned(Vec<NoteSignature>),
    /// The size that it has cosigned last is another one.
    Conflict(u64),
    /// It was given a proof that proves nothing to it.
    Unprocessable,
    /// It does not want to.
    Refused(u16),
    /// Nothing that can be understood.
    Garbage,
}

/// The body of `add-checkpoint`.
pub(super) fn request(old: u64, proof: &[Hash], note: &str) -> String {
    format!("old {old}\n{}\n{note}", proof_to_lines(proof))
}

/// Reads an answer.
pub(super) fn answer(status: u16, body: &[u8]) -> Answer {
    if body.len() > MAX_ANSWER_LEN {
        return Answer::Garbage;
    }
    let text = std::str::from_utf8(body).ok();
    match status {
        200 => text.and_then(|text| NoteSignature::parse_lines(text).ok()).map_or(Answer::Garbage, Answer::Cosigned),
        409 => text.and_then(size).map_or(Answer::Garbage, Answer::Conflict),
        422 => Answer::Unprocessable,
        status => Answer::Refused(status),
    }
}

/// A size, as a 409 states it: decimal, with a newline.
fn size(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('\n')?;
    let canonical = digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { digits.parse().ok() } else { None }
}

/// The cosignature that this witness has made of this checkpoint about now, with its line and its time in seconds since 1970. Lines of
/// other keys are passed over; nothing when its own is not there, or not valid.
pub(super) fn cosignature(
    checkpoint: &SignedCheckpoint,
    lines: Vec<NoteSignature>,
    witness: &VerifierKey,
    now: i64,
) -> Option<(NoteSignature, u64)> {
    let line = lines.into_iter().find(|line| line.name() == witness.name() && line.id() == witness.id())?;
    let time = checkpoint.clone().add_cosignature(line.clone(), witness).ok()?;
    let near = u64::try_from(now).is_ok_and(|now| now.abs_diff(time) <= SKEW_SECONDS);
    near.then_some((line, time))
}

#[cfg(test)]
mod tests {
    use coffret_ledger::{Checkpoint, Cosigner, Signer};
    use proptest::prelude::*;

    use super::*;

    fn signed(size: u64) -> SignedCheckpoint {
        let signer = Signer::from_seed("vault.example/ledger/2026", &[1; 32]).expect("a key");
        let root = Hash::leaf(&size.to_be_bytes());
        Checkpoint::new("vault.example/ledger/2026", size, root).and_then(|checkpoint| checkpoint.sign(&signer)).expect("signed")
    }

    fn cosigner(seed: u8) -> Cosigner {
        Cosigner::from_seed("witness.example/w1", &[seed; 32]).expect("a key")
    }

    #[test]
    fn a_request_is_as_the_specification_has_it() {
        let note = signed(3).to_string();
        let hash = Hash::leaf(b"x");
        assert_eq!(request(0, &[], &note), format!("old 0\n\n{note}"));
        assert_eq!(request(2, &[hash, hash], &note), format!("old 2\n{hash}\n{hash}\n\n{note}"));
    }

    #[test]
    fn an_answer_has_one_reading() {
        let line = cosigner(2).cosign(&signed(3), 7).expect("cosigned");
        assert_eq!(answer(200, line.to_string().as_bytes()), Answer::Cosigned(vec![line.clone()]));
        for garbage in ["", "\n", "x", "— w\n", "<html>", &line.to_string()[..20]] {
            assert_eq!(answer(200, garbage.as_bytes()), Answer::Garbage, "{garbage:?}");
        }
        assert_eq!(answer(200, &vec![b'\n'; MAX_ANSWER_LEN + 1]), Answer::Garbage);
        assert_eq!((answer(409, b"0\n"), answer(409, b"17\n")), (Answer::Conflict(0), Answer::Conflict(17)));
        for garbage in ["", "\n", "17", "017\n", "+17\n", "-1\n", "17\n\n", " 17\n", "17 \n", "18446744073709551616\n", "x\n"] {
            assert_eq!(answer(409, garbage.as_bytes()), Answer::Garbage, "{garbage:?}");
        }
        assert_eq!(
            (answer(422, b""), answer(404, b"?"), answer(500, &[0xff])),
            (Answer::Unprocessable, Answer::Refused(404), Answer::Refused(500))
        );
        // Redirects are not followed.
        assert_eq!((answer(301, b""), answer(204, b"")), (Answer::Refused(301), Answer::Refused(204)));
    }

    #[test]
    fn a_cosignature_is_of_this_checkpoint_by_this_key_and_of_now() {
        let (checkpoint, own) = (signed(3), cosigner(2));
        let of = |cosigner: &Cosigner, size: u64, time: u64| cosigner.cosign(&signed(size), time).expect("cosigned");
        let take = |lines: Vec<NoteSignature>| cosignature(&checkpoint, lines, own.verifier_key(), 1000);
        let good = of(&own, 3, 990);
        assert_eq!(take(vec![of(&cosigner(3), 3, 990), good.clone()]), Some((good, 990)));
        for (what, lines) in [
            ("none", vec![]),
            ("another key of that name", vec![of(&cosigner(3), 3, 990)]),
            ("another checkpoint", vec![of(&own, 4, 990)]),
            ("long ago", vec![of(&own, 3, 399)]),
            ("not yet", vec![of(&own, 3, 1601)]),
            ("never", vec![of(&own, 3, i64::MAX as u64)]),
        ] {
            assert_eq!(take(lines), None, "{what}");
        }
        assert_eq!(cosignature(&checkpoint, vec![of(&own, 3, 1)], own.verifier_key(), -1), None);
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reader(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = answer(status, &body);
        }

        #[test]
        fn sizes_are_read_as_they_are_written(number in any::<u64>(), noise in "[ -~\n]{0,4}") {
            prop_assert_eq!(answer(409, format!("{number}\n").as_bytes()), Answer::Conflict(number));
            let noisy = format!("{number}{noise}");
            if let Answer::Conflict(read) = answer(409, noisy.as_bytes()) {
                prop_assert_eq!(format!("{read}\n"), noisy);
            }
        }

        #[test]
        fn a_cosignature_with_a_flipped_bit_is_none(bit in 0_usize..72 * 8, time in 900_u64..1100) {
            let (checkpoint, own) = (signed(3), cosigner(2));
            let line = own.cosign(&checkpoint, time).expect("cosigned").to_string();
            let encoded = line.rsplit(' ').next().expect("base64").trim();
            let mut bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).expect("base64");
            bytes[4 + bit / 8] ^= 1 << (bit % 8);
            let flipped = line.replace(encoded, &base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes));
            let Answer::Cosigned(lines) = answer(200, flipped.as_bytes()) else { panic!("lines") };
            prop_assert_eq!(cosignature(&checkpoint, lines, own.verifier_key(), 1000), None);
        }
    }
}
