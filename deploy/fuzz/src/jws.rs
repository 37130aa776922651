//! Receipts: signed statements that travel alone.

use std::sync::LazyLock;

use coffret_ledger::{Jws, JwsSigner};

use crate::input::with_a_bit_turned;

const KIND: &str = "consent-receipt+jwt";
const PAYLOADS: [&str; 3] = ["", "{}", r#"{"entry":{"sequence":1},"v":1}"#];

static SIGNER: LazyLock<(JwsSigner, [String; 3])> = LazyLock::new(|| {
    let signer = JwsSigner::from_seed(&[5; 32]).expect("a sound key");
    let signed = PAYLOADS.map(|payload| signer.sign(KIND, payload.as_bytes()));
    (signer, signed)
});

/// Any text as a statement; any bytes as what one says.
pub fn check(bytes: &[u8]) {
    let (signer, signed) = &*SIGNER;
    if let Some(read) = str::from_utf8(bytes).ok().and_then(|text| Jws::parse(text, KIND).ok()) {
        if let Ok(payload) = read.verify(signer.public()) {
            assert!(signed.iter().any(|known| known.as_bytes() == bytes), "what verifies was signed");
            assert_eq!(payload, read.unverified_payload());
        }
        if read.key_id() == signer.public().id() {
            // Signed by us, the same payload has the same text up to the signature.
            let again = signer.sign(KIND, read.unverified_payload());
            let head = |text: &[u8]| text.iter().rposition(|byte| *byte == b'.').map(|dot| text[..dot].to_vec());
            assert_eq!(head(again.as_bytes()), head(bytes), "a statement has one spelling");
        }
    }
    let text = signer.sign(KIND, bytes);
    let read = Jws::parse(&text, KIND).expect("what is signed is read");
    assert_eq!(read.verify(signer.public()), Ok(bytes), "what was signed verifies");
    assert!(Jws::parse(&text, "another+jwt").is_err(), "a statement is of one kind");
    let which = bytes.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    if let Ok(turned) = String::from_utf8(with_a_bit_turned(text.as_bytes(), which)) {
        let verified = Jws::parse(&turned, KIND).is_ok_and(|read| read.verify(signer.public()).is_ok());
        assert!(!verified, "a changed statement does not verify");
    }
}

/// Statements.
pub fn seeds() -> Vec<Vec<u8>> {
    SIGNER.1.iter().map(|text| text.as_bytes().to_vec()).collect()
}
