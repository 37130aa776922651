use coffret_envelope::testing::SeededEntropy;
use coffret_envelope::{Context, Expected, Header, Key, KeyId, Kind, Opener, Sealing, open, seal};
use proptest::prelude::*;

use crate::{CONTEXT, SEALING, blob, expected, key, sealed};

const CHUNK: usize = 16 * 1024;

#[test]
fn values_of_every_length_around_a_chunk_come_back() {
    for padded in [false, true] {
        let sealing = Sealing { padded, ..SEALING };
        let lengths = [0, 1, 63, 64, 65, CHUNK - 5, CHUNK - 4, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 4];
        for length in lengths {
            let value = blob(length);
            let opened = open(&key(), expected(), &CONTEXT, &sealed(sealing, &value)).unwrap();
            assert_eq!(*opened, value, "{length} bytes, padded {padded}");
        }
    }
}

#[test]
fn an_empty_context_field_is_a_field() {
    let empty = Context { deployment: b"", customer: b"", class: "", record: b"", attribute: "", version: 0, schema: "" };
    let envelope = seal(&SeededEntropy::new(1), &key(), SEALING, &empty, b"x").unwrap();
    assert_eq!(*open(&key(), expected(), &empty, &envelope).unwrap(), b"x");
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_sealed_opens(
        seed: u64,
        kind in kind(),
        generation: u32,
        key_id: [u8; 16],
        padded: bool,
        value in prop::collection::vec(any::<u8>(), 0..100 * 1024),
        customer in prop::collection::vec(any::<u8>(), 0..64),
        attribute in ".{0,30}",
        version: u64,
    ) {
        let entropy = SeededEntropy::new(seed);
        let key = Key::generate(&entropy).unwrap();
        let sealing = Sealing { kind, key_id: KeyId(key_id), generation, padded };
        let context = Context { customer: &customer, attribute: &attribute, version, ..CONTEXT };
        let envelope = seal(&entropy, &key, sealing, &context, &value).unwrap();
        let header = Header::parse(&envelope).unwrap();
        prop_assert_eq!((header.kind, header.generation, header.key_id, header.padded), (kind, generation, KeyId(key_id), padded));
        prop_assert_eq!(&*open(&key, sealing.into(), &context, &envelope).unwrap(), &value);
        let elsewhere = Context { version: version ^ 1, ..context };
        prop_assert!(open(&key, sealing.into(), &elsewhere, &envelope).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn open_never_panics_on_arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(open(&key(), expected(), &CONTEXT, &bytes).is_err());
        if let Some(header) = bytes.first_chunk() {
            prop_assert!(Opener::new(&key(), expected(), &CONTEXT, header).is_err());
        }
    }

    #[test]
    fn open_never_panics_on_bytes_behind_a_header_that_is_expected(
        start in prop::sample::select(vec![[1_u8, 1, 1, 0], [1, 1, 1, 1]]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let Expected { generation, key_id, .. } = expected();
        let envelope = [&start[..], &generation.to_be_bytes(), &key_id.0, &bytes].concat();
        prop_assert!(open(&key(), expected(), &CONTEXT, &envelope).is_err());
    }

    #[test]
    fn open_never_panics_on_an_envelope_with_anything_replaced(
        place in 0_usize..160,
        with in prop::collection::vec(any::<u8>(), 0..40),
        cut in 0_usize..200,
    ) {
        let envelope = sealed(SEALING, b"38.5");
        let mut changed = envelope.clone();
        changed.splice(place.min(envelope.len())..(place + cut).min(envelope.len()), with);
        let opened = open(&key(), expected(), &CONTEXT, &changed);
        prop_assert_eq!(opened.is_ok(), changed == envelope);
    }
}
