//! What a log signs of a handover.

use std::sync::LazyLock;

use coffret_export::sample::{Sample, now, signer};
use coffret_export::{Giver, Handover, Scope, Signer};
use coffret_ledger::Note;

static LOG: LazyLock<Signer> = LazyLock::new(signer);

/// Any bytes as a signed handover, and any text as one that the log has signed.
pub fn check(bytes: &[u8]) {
    let log = &*LOG;
    if let Ok(opened) = Handover::open(bytes, log.verifier_key()) {
        let known = seeds().into_iter().any(|seed| Handover::open(&seed, log.verifier_key()).is_ok_and(|known| known == opened));
        assert!(known, "what verifies was signed");
    }
    let Some(mut note) = str::from_utf8(bytes).ok().and_then(|text| Note::new(text).ok()) else { return };
    note.add(log.sign(&note)).expect("one signature is not too many");
    let Ok(opened) = Handover::open(note.to_string().as_bytes(), log.verifier_key()) else { return };
    assert_eq!(opened.sign(log), note.to_string(), "a handover has one spelling");
    assert_eq!(opened.checkpoint().origin(), log.verifier_key().name());
    if let Ok(giver) = Giver::go_on(opened.clone(), &Scope::default()) {
        assert!(opened.is_of(&Scope::default()) && giver.handover() == &opened);
    }
}

/// Handovers of three entries, signed and as texts.
pub fn seeds() -> Vec<Vec<u8>> {
    let sample = Sample::new(3);
    let mut giver = Giver::begin(&sample.checkpoint(3), now(), &Scope::default()).expect("the scope has no limits");
    let mut seeds = Vec::new();
    for index in 0..=3 {
        let note = giver.handover().sign(&LOG);
        let text = Note::parse(note.as_bytes()).expect("it was just signed").text().to_owned();
        seeds.extend([note, text].map(String::into_bytes));
        if index < 3 {
            giver.take(&sample.entry(index).entry()).expect("the entry is the log's");
        }
    }
    seeds
}
