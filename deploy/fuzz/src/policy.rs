//! Witness policies: what is written of a policy asks for the same witnesses.

use std::sync::LazyLock;

use coffret_export::sample::{Sample, policy, signer, witnesses};
use coffret_ledger::{Policy, SignedCheckpoint, VerifierKey};

static CHECKPOINT: LazyLock<SignedCheckpoint> = LazyLock::new(|| Sample::new(3).checkpoint(3));
static LOG: LazyLock<VerifierKey> = LazyLock::new(|| signer().verifier_key().clone());

/// Any text as a policy.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(read) = Policy::parse(text) else { return };
    let written = read.write_for(&LOG);
    let again = Policy::parse(&written).expect("what is written of a policy is one");
    assert_eq!(again.write_for(&LOG), written, "a policy has one spelling of ours");
    assert_eq!(again.logs(), std::slice::from_ref(&*LOG));
    assert!(again.witnesses().eq(read.witnesses()) && again.asks() == read.asks());
    assert_eq!(again.check(&CHECKPOINT), read.check(&CHECKPOINT), "it asks for the same");
    if read.asks() {
        let seen = read.check(&CHECKPOINT);
        let cosigned = &witnesses()[..2];
        let is_one = |key: &&VerifierKey| cosigned.iter().any(|witness| witness.verifier_key() == *key);
        assert!(seen.iter().flatten().all(is_one), "whoever counts has cosigned");
    }
}

/// Policies of groups within groups.
pub fn seeds() -> Vec<Vec<u8>> {
    let keys = witnesses().map(|witness| witness.verifier_key().clone());
    let [a, b, c] = &keys;
    let of_ours = Policy::write(&LOG, &policy());
    let grouped = format!(
        "# ours\nlog {log} https://log.example\nwitness a {a} https://a.example\n\nwitness\tb {b}\nwitness c {c}\ngroup g any a b\ngroup h all g c\n\
         quorum h\n",
        log = *LOG
    );
    let counted = format!("witness a {a}\nwitness b {b}\nwitness c {c}\ngroup g 2 a b c\nquorum g\n");
    let single = format!("witness a {c}\nquorum a\n");
    [of_ours, grouped, counted, single, "quorum none\n".to_owned()].map(String::into_bytes).into()
}
