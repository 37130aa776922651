use coffret_envelope::testing::{BrokenEntropy, SeededEntropy, StuckEntropy};
use coffret_envelope::{
    Context, EntropyError, Expected, Guarded, HEADER_LEN, Header, Key, KeyId, Kind, OVERHEAD, OpenError, SealError, Sealing, open, seal,
    unwrap_key, wrap_key,
};

use crate::{BLOB, CONTEXT, SEALING, blob, expected, key, sealed};

const CHUNK: usize = 16 * 1024;
const SEALED_CHUNK: usize = CHUNK + 16;

fn opens(expected: Expected, context: &Context<'_>, envelope: &[u8]) -> bool {
    open(&key(), expected, context, envelope).is_ok()
}

#[test]
fn an_envelope_cut_at_any_length_does_not_open() {
    let envelope = sealed(SEALING, &[1; 100]);
    for length in 0..envelope.len() {
        assert!(!opens(expected(), &CONTEXT, &envelope[..length]), "{length} bytes opened");
    }
    assert!(opens(expected(), &CONTEXT, &envelope));
}

#[test]
fn a_blob_cut_near_any_boundary_or_anywhere_between_does_not_open() {
    let envelope = sealed(BLOB, &blob(2 * CHUNK + 100));
    let boundaries = [HEADER_LEN, HEADER_LEN + SEALED_CHUNK, HEADER_LEN + 2 * SEALED_CHUNK, envelope.len()];
    let near = boundaries.iter().flat_map(|b| b.saturating_sub(20)..(b + 20).min(envelope.len()));
    for length in near.chain((0..envelope.len()).step_by(211)) {
        assert!(!opens(BLOB.into(), &CONTEXT, &envelope[..length]), "{length} bytes opened");
    }
    assert!(opens(BLOB.into(), &CONTEXT, &envelope));
}

#[test]
fn any_flipped_bit_keeps_an_envelope_closed() {
    let envelope = sealed(SEALING, b"38.5");
    for bit in 0..envelope.len() * 8 {
        let mut changed = envelope.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!opens(expected(), &CONTEXT, &changed), "bit {bit}");
    }
}

#[test]
fn chunks_exchanged_repeated_dropped_or_added_do_not_open() {
    let envelope = sealed(BLOB, &blob(2 * CHUNK + 100));
    let (header, body) = envelope.split_at(HEADER_LEN);
    let (first, rest) = body.split_at(SEALED_CHUNK);
    let (second, last) = rest.split_at(SEALED_CHUNK);
    let joined = |chunks: &[&[u8]]| [&[header], chunks].concat().concat();
    assert!(opens(BLOB.into(), &CONTEXT, &joined(&[first, second, last])));
    for (case, chunks) in [
        ("exchanged", vec![second, first, last]),
        ("first repeated", vec![first, first, last]),
        ("one more of the second", vec![first, second, second, last]),
        ("first dropped", vec![second, last]),
        ("second dropped", vec![first, last]),
        ("last dropped", vec![first, second]),
        ("last repeated", vec![first, second, last, last]),
        ("last first", vec![last, first, second]),
        ("a byte after the end", vec![first, second, last, &[0]]),
        ("a tag after the end", vec![first, second, last, &[0; 16]]),
        ("an empty chunk instead of the last", vec![first, second, &[0; 16]]),
    ] {
        assert!(!opens(BLOB.into(), &CONTEXT, &joined(&chunks)), "{case}");
    }
}

#[test]
fn chunks_of_another_message_under_the_same_key_do_not_open() {
    let entropy = SeededEntropy::new(5);
    let make = |value: &[u8]| seal(&entropy, &key(), BLOB, &CONTEXT, value).unwrap();
    let (a, b) = (make(&blob(CHUNK + 10)), make(&blob(CHUNK + 10)));
    let swapped = [&a[..HEADER_LEN + SEALED_CHUNK], &b[HEADER_LEN + SEALED_CHUNK..]].concat();
    assert!(!opens(BLOB.into(), &CONTEXT, &swapped));
    assert!(!opens(BLOB.into(), &CONTEXT, &[&a[..HEADER_LEN], &b[HEADER_LEN..]].concat()));
}

#[test]
fn a_value_opens_in_its_own_place_only() {
    let envelope = sealed(SEALING, b"38.5");
    for (case, context) in [
        ("deployment", Context { deployment: b"deployment-2", ..CONTEXT }),
        ("customer", Context { customer: b"customer-2", ..CONTEXT }),
        ("class", Context { class: "photo", ..CONTEXT }),
        ("record", Context { record: b"record-2", ..CONTEXT }),
        ("attribute", Context { attribute: "ring_size", ..CONTEXT }),
        ("version before", Context { version: 2, ..CONTEXT }),
        ("version after", Context { version: 4, ..CONTEXT }),
        ("schema", Context { schema: "coffret/shoe_size/2", ..CONTEXT }),
        ("customer and record exchanged", Context { customer: b"record-1", record: b"customer-1", ..CONTEXT }),
        ("a byte moved", Context { class: "attributer", record: b"ecord-1", ..CONTEXT }),
        ("deployment empty", Context { deployment: b"", ..CONTEXT }),
    ] {
        assert!(!opens(expected(), &context, &envelope), "{case}");
    }
    assert!(opens(expected(), &CONTEXT, &envelope));
}

#[test]
fn a_context_too_long_to_be_written_is_refused_on_both_sides() {
    let long = "x".repeat(65_536);
    let context = Context { schema: &long, ..CONTEXT };
    let refused = seal(&SeededEntropy::new(1), &key(), SEALING, &context, b"38.5");
    assert_eq!(refused, Err(SealError::ContextTooLong));
    assert!(!opens(expected(), &context, &sealed(SEALING, b"38.5")));
}

#[test]
fn an_envelope_of_another_kind_generation_or_key_id_is_refused() {
    let envelope = sealed(SEALING, b"38.5");
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Attribute) {
        assert!(!opens(Expected { kind, ..expected() }, &CONTEXT, &envelope), "{kind:?}");
    }
    for generation in [0, 6, 8, u32::MAX] {
        assert!(!opens(Expected { generation, ..expected() }, &CONTEXT, &envelope), "{generation}");
    }
    assert!(!opens(Expected { key_id: KeyId([5; 16]), ..expected() }, &CONTEXT, &envelope));
}

/// A header rewritten to what the reader expects is bound into the key derivation.
#[test]
fn a_header_rewritten_to_what_is_expected_does_not_open() {
    let envelope = sealed(SEALING, b"38.5");
    for (place, byte) in [(2, Kind::LedgerOpening as u8), (3, 0), (7, 8), (8, 5)] {
        let mut changed = envelope.clone();
        assert_ne!(changed[place], byte);
        changed[place] = byte;
        let Header { kind, generation, key_id, .. } = Header::parse(&changed).unwrap();
        assert!(!opens(Expected { kind, key_id, generation }, &CONTEXT, &changed), "byte {place}");
    }
}

#[test]
fn unknown_version_suite_kind_or_flag_is_an_error_without_fallback() {
    let envelope = sealed(SEALING, b"38.5");
    for (place, bytes) in [(0, vec![0, 2, 255]), (1, vec![0, 2, 255]), (2, vec![0, 10, 255]), (3, vec![2, 3, 0x80, 255])] {
        for byte in bytes {
            let mut changed = envelope.clone();
            changed[place] = byte;
            assert_eq!(Header::parse(&changed), Err(OpenError), "byte {place} = {byte}");
            assert!(!opens(expected(), &CONTEXT, &changed), "byte {place} = {byte}");
        }
    }
}

#[test]
fn another_customers_key_does_not_open() {
    let envelope = sealed(SEALING, b"38.5");
    for bit in 0..256 {
        let mut bytes = *key().expose();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let refused = open(&Key::from_bytes(bytes), expected(), &CONTEXT, &envelope);
        assert_eq!(refused.unwrap_err(), OpenError, "bit {bit}");
    }
}

#[test]
fn the_version_before_put_back_does_not_open_as_the_present_one() {
    let entropy = SeededEntropy::new(3);
    let old = seal(&entropy, &key(), SEALING, &Context { version: 2, ..CONTEXT }, b"38").unwrap();
    assert!(!opens(expected(), &CONTEXT, &old));
}

#[test]
fn every_failure_looks_the_same() {
    let envelope = sealed(SEALING, b"38.5");
    let last = envelope.len() - 1;
    let changed_at = |place: usize| {
        let mut changed = envelope.clone();
        changed[place] ^= 1;
        changed
    };
    for changed in [vec![], changed_at(0), changed_at(8), changed_at(30), changed_at(60), changed_at(last)] {
        let error = open(&key(), expected(), &CONTEXT, &changed).unwrap_err();
        assert_eq!(format!("{error} / {error:?}"), "The ciphertext could not be opened. / OpenError");
        assert_eq!(error.reason(), "CIPHERTEXT_NOT_OPENED");
    }
}

#[test]
fn a_stuck_source_seals_nothing() {
    let zeros = Guarded::new(StuckEntropy::repeating(vec![0]));
    let refused = seal(&zeros, &key(), SEALING, &CONTEXT, b"38.5");
    assert_eq!(refused, Err(SealError::Entropy(EntropyError::Stuck)));

    let repeats = Guarded::new(StuckEntropy::repeating((1..100).collect()));
    seal(&repeats, &key(), SEALING, &CONTEXT, b"38.5").unwrap();
    let refused = seal(&repeats, &key(), SEALING, &CONTEXT, b"38.5");
    assert_eq!(refused, Err(SealError::Entropy(EntropyError::Stuck)));

    let refused = seal(&BrokenEntropy, &key(), SEALING, &CONTEXT, b"38.5");
    assert_eq!(refused, Err(SealError::Entropy(EntropyError::Unavailable)));
}

#[test]
fn one_value_sealed_twice_shares_no_salt_commitment_or_chunk() {
    let entropy = SeededEntropy::new(1);
    let make = || seal(&entropy, &key(), SEALING, &CONTEXT, b"38.5").unwrap();
    let (a, b) = (make(), make());
    assert_eq!(a[..24], b[..24]);
    for range in [24..48, 48..80, 80..a.len()] {
        assert_ne!(a[range.clone()], b[range]);
    }
}

#[test]
fn a_size_or_a_yes_or_no_cannot_be_read_off_the_length() {
    let lengths = |value: &[u8]| sealed(SEALING, value).len();
    assert_eq!(lengths(b"no"), lengths(b"yes"));
    assert_eq!(lengths(b""), lengths(&[1; 60]));
    assert_eq!(lengths(b"no"), OVERHEAD + 64);
    assert_eq!(OVERHEAD, 96);
}

#[test]
fn a_wrapped_key_comes_back_and_no_other_kind_holds_one() {
    let entropy = SeededEntropy::new(2);
    let inner = Key::generate(&entropy).unwrap();
    for kind in Kind::ALL {
        let sealing = Sealing { kind, padded: false, ..SEALING };
        let wrapped = wrap_key(&entropy, &key(), sealing, &CONTEXT, &inner);
        let holds = [Kind::CustomerKeyWrap, Kind::EpochKeyWrap, Kind::DataKeyWrap, Kind::IndexRootWrap];
        if holds.contains(&kind) {
            let wrapped = wrapped.unwrap();
            assert_eq!(wrapped.len(), 128);
            assert_eq!(unwrap_key(&key(), sealing.into(), &CONTEXT, &wrapped).unwrap(), inner);
            let other = unwrap_key(&inner, sealing.into(), &CONTEXT, &wrapped);
            assert_eq!(other.unwrap_err(), OpenError);
        } else {
            assert_eq!(wrapped, Err(SealError::NotAKeyKind), "{kind:?}");
            let value = sealed(sealing, inner.expose());
            assert_eq!(unwrap_key(&key(), sealing.into(), &CONTEXT, &value).unwrap_err(), OpenError, "{kind:?}");
        }
    }
}

#[test]
fn a_wrap_of_another_length_is_no_key() {
    let sealing = Sealing { kind: Kind::CustomerKeyWrap, padded: false, ..SEALING };
    for length in [0, 31, 33, 64] {
        let wrapped = sealed(sealing, &vec![1; length]);
        assert_eq!(unwrap_key(&key(), sealing.into(), &CONTEXT, &wrapped).unwrap_err(), OpenError, "{length}");
    }
}
