//! The head of a customer's records, as it is stored.

use coffret_envelope::{HeadDigest, HeadEntry, Key};

use crate::input::{Input, with_a_bit_turned};

/// A record: its id, its version, the hash of its envelope.
type Record = (Vec<u8>, u64, [u8; 32]);

/// Any bytes as a stored head; any records as what one is of.
pub fn check(bytes: &[u8]) {
    let key = Key::from_bytes([9; 32]);
    let mut input = Input(bytes);
    let sequence = input.long();
    if let Ok(head) = HeadDigest::load(&key, sequence, input.0) {
        assert_eq!(&head.store(sequence)[..], input.0, "what is stored has one spelling");
        assert!(seeds().iter().any(|seed| seed == bytes), "what is loaded was stored");
    }
    let mut records: Vec<Record> = Vec::new();
    while !input.is_empty() && records.len() < 100 {
        let length = usize::from(input.byte() % 40);
        records.push((input.take(length).to_vec(), u64::from(input.byte()), input.array()));
    }
    let head = HeadDigest::of(&key, records.iter().map(entry));
    let stored = head.store(sequence);
    let mut loaded = HeadDigest::load(&key, sequence, &stored).expect("what was stored is loaded");
    assert_eq!(loaded.seal(sequence), HeadDigest::of(&key, records.iter().rev().map(entry)).seal(sequence), "the order does not matter");
    assert!(HeadDigest::load(&key, sequence.wrapping_add(1), &stored).is_err(), "a head is of one moment");
    assert!(HeadDigest::load(&key, sequence, &with_a_bit_turned(&stored, bytes.len() * 31)).is_err(), "a changed head is none");
    for record in &records {
        loaded.remove(entry(record));
        let gone = loaded.seal(sequence) != stored[..32];
        assert!(gone, "a missing record is noticed");
    }
    assert_eq!(loaded.seal(sequence), HeadDigest::new(&key).seal(sequence), "what was added can be taken out");
}

fn entry((record, version, envelope_hash): &Record) -> HeadEntry<'_> {
    HeadEntry { record, version: *version, envelope_hash }
}

/// Stored heads, and records.
pub fn seeds() -> Vec<Vec<u8>> {
    let key = Key::from_bytes([9; 32]);
    let records: [Record; 2] = [(b"record-1".to_vec(), 1, [1; 32]), (b"record-2".to_vec(), 3, [2; 32])];
    let stored = |sequence: u64, records: &[Record]| {
        let head = HeadDigest::of(&key, records.iter().map(entry));
        [&sequence.to_be_bytes()[..], &head.store(sequence)].concat()
    };
    vec![stored(0, &[]), stored(7, &records)]
}
