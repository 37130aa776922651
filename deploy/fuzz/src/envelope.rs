//! Envelopes, whole and in pieces: what opens was sealed, and both ways agree.

use coffret_envelope::testing::SeededEntropy;
use coffret_envelope::{Context, Expected, HEADER_LEN, Header, Key, KeyId, Kind, OpenError, Opener, Sealer, Sealing, open, seal};

use crate::input::{Input, with_a_bit_turned};

const PLACE: Context<'_> =
    Context { deployment: b"d", customer: b"c", class: "attribute", record: b"r", attribute: "a", version: 1, schema: "s" };

fn key() -> Key {
    Key::from_bytes([9; 32])
}

/// Any bytes as an envelope, and as a value that is sealed, changed and opened.
pub fn check(bytes: &[u8]) {
    if let Ok(header) = Header::parse(bytes) {
        assert_eq!((bytes[2], bytes[3], &bytes[8..24]), (header.kind as u8, u8::from(header.padded), &header.key_id.0[..]));
        assert_eq!(bytes[4..8], header.generation.to_be_bytes());
        let expected = Expected { kind: header.kind, key_id: header.key_id, generation: header.generation };
        let opened = open(&key(), expected, &PLACE, bytes);
        if let Ok(plain) = &opened {
            let sealing = Sealing { kind: header.kind, key_id: header.key_id, generation: header.generation, padded: header.padded };
            assert!(seeds().iter().any(|seed| seed == bytes) || sealed(sealing, plain) == bytes, "what opens was sealed");
        }
        if !header.padded {
            assert_eq!(in_pieces(expected, bytes, 1000).ok(), opened.ok().map(|plain| plain.to_vec()), "both ways answer alike");
        }
    }
    let mut input = Input(bytes);
    let (kind, padded, bit, piece) = (input.byte(), input.byte() & 1 == 1, input.short(), input.short());
    let sealing = Sealing { kind: Kind::ALL[usize::from(kind) % 9], key_id: KeyId([4; 16]), generation: 7, padded };
    // Some go over several chunks.
    let value = input.take(512).repeat(if kind >= 0xf0 { 100 } else { 1 });
    let envelope = sealed(sealing, &value);
    assert_eq!(open(&key(), sealing.into(), &PLACE, &envelope).expect("what was sealed opens").as_slice(), value);
    let piece = usize::from(piece).max(1);
    if !padded {
        let mut sealer = Sealer::new(&SeededEntropy::new(1), &key(), sealing, &PLACE).expect("an unpadded stream can be sealed");
        let mut pieces: Vec<Vec<u8>> = value.chunks(piece).map(|piece| sealer.push(piece).expect("a piece can be sealed")).collect();
        pieces.push(sealer.finish().expect("a stream ends"));
        assert!(pieces.concat() == envelope, "pieces make the same envelope");
        assert!(in_pieces(sealing.into(), &envelope, piece).as_deref() == Ok(value.as_slice()), "and open to the same value");
    }
    let which = usize::from(bit) * (1 + envelope.len() / 1000);
    let cut = usize::from(bit) % envelope.len();
    for changed in [with_a_bit_turned(&envelope, which), envelope[..cut].to_vec(), [envelope.as_slice(), &[0]].concat()] {
        assert!(open(&key(), sealing.into(), &PLACE, &changed).is_err(), "a changed envelope does not open");
        assert!(in_pieces(sealing.into(), &changed, piece).is_err(), "nor piece by piece");
    }
    let elsewhere = Context { version: 2, ..PLACE };
    assert!(open(&key(), sealing.into(), &elsewhere, &envelope).is_err(), "nor in another place");
}

fn sealed(sealing: Sealing, value: &[u8]) -> Vec<u8> {
    seal(&SeededEntropy::new(1), &key(), sealing, &PLACE, value).expect("a short value can be sealed")
}

fn in_pieces(expected: Expected, envelope: &[u8], piece: usize) -> Result<Vec<u8>, OpenError> {
    let (header, chunks) = envelope.split_first_chunk::<HEADER_LEN>().ok_or(OpenError)?;
    let mut opener = Opener::new(&key(), expected, &PLACE, header)?;
    let mut plain = Vec::new();
    for piece in chunks.chunks(piece) {
        plain.extend_from_slice(&opener.push(piece)?);
    }
    plain.extend_from_slice(&opener.finish()?);
    Ok(plain)
}

/// Envelopes, and values of lengths at the edges.
pub fn seeds() -> Vec<Vec<u8>> {
    let sealing = Sealing { kind: Kind::Attribute, key_id: KeyId([4; 16]), generation: 7, padded: true };
    let envelopes = [sealed(sealing, b"38.5"), sealed(Sealing { padded: false, kind: Kind::BlobBody, ..sealing }, &[7; 200])];
    let values = [(0, 0, 0), (0xf1, 0, 500), (0xf1, 1, 200), (0x20, 0, 300)].map(|(kind, padded, length)| {
        let value = (0..length).map(|place| (place % 251) as u8).collect::<Vec<u8>>();
        [&[kind, padded, 3, 232, 64, 16][..], &value].concat()
    });
    envelopes.into_iter().chain(values).collect()
}
