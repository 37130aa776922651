//! Files that are encrypted to an auditor, and the files of an auditor's keys.

use std::sync::LazyLock;

use coffret_export::Identities;
use coffret_export::fuzzing::decrypt;

/// A key that is public, so that nothing which is encrypted to it is secret.
const IDENTITY: &str = include_str!("../seeds/identity.txt");
/// A file that was once encrypted to it, and what it holds.
const ENCRYPTED: &[u8] = include_bytes!("../seeds/sealed/three-lines.age");
const PLAIN: &[u8] = b"one\ntwo\nthree\n";

static IDENTITIES: LazyLock<Identities> = LazyLock::new(|| Identities::parse(IDENTITY).expect("it is a file of identities"));

/// Any bytes as an encrypted file; any text as a file of keys.
pub fn check(bytes: &[u8]) {
    if let Some((plain, whole)) = decrypt(bytes, &IDENTITIES) {
        // Whoever has the public key can encrypt: a fuzzer has no key agreement, so it has what is known.
        assert!(PLAIN.starts_with(&plain), "what was not encrypted is not passed on");
        assert_eq!(whole, plain == PLAIN, "a file that is cut off is not whole");
    }
    if let Some(keys) = str::from_utf8(bytes).ok().and_then(|text| Identities::parse(text).ok()) {
        let opens = decrypt(ENCRYPTED, &keys).is_some();
        assert!(!opens || str::from_utf8(bytes).is_ok_and(|text| text.to_uppercase().contains(secret())), "no other key opens it");
    }
}

fn secret() -> &'static str {
    IDENTITY.lines().find(|line| !line.starts_with('#')).expect("a file of identities has one").trim()
}

/// The encrypted file and the key.
pub fn seeds() -> Vec<Vec<u8>> {
    vec![ENCRYPTED.to_vec(), IDENTITY.as_bytes().to_vec()]
}
