//! Keys as texts: those that verify notes, those that sign them, those of receipts.

use coffret_export::sample::{signer, witnesses};
use coffret_ledger::{Cosigner, JwsKey, JwsSigner, Signer, VerifierKey};

/// Any text as each kind of key.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text, "a key has one spelling");
        let again = VerifierKey::new(key.name(), key.kind(), key.public_key());
        assert_eq!(again.as_ref(), Ok(&key), "a key is its name, kind and bytes");
    }
    if let Ok(key) = text.parse::<Signer>() {
        assert_eq!(key.expose_skey().as_str(), text, "a secret key has one spelling");
        assert_eq!(key.verifier_key().to_string().parse().as_ref(), Ok(key.verifier_key()));
        assert!(text.parse::<Cosigner>().is_err(), "a key signs one kind of thing");
    }
    if let Ok(key) = text.parse::<Cosigner>() {
        assert_eq!(key.expose_skey().as_str(), text, "a secret key has one spelling");
    }
    if let Ok(key) = JwsKey::from_x(text) {
        assert_eq!(key.x(), text, "a key has one spelling");
    }
}

/// Keys of each kind, and the secret keys of the samples, which are public.
pub fn seeds() -> Vec<Vec<u8>> {
    let [witness, ..] = witnesses();
    let receipts = JwsSigner::from_seed(&[5; 32]).expect("a sound key");
    let keys = [signer().verifier_key().to_string(), witness.verifier_key().to_string(), receipts.public().x()];
    let secrets = [signer().expose_skey().to_string(), witness.expose_skey().to_string()];
    keys.into_iter().chain(secrets).map(String::into_bytes).collect()
}
