use coffret_envelope::testing::{BrokenEntropy, SeededEntropy};
use coffret_envelope::{Context, EntropyError, Expected, HEADER_LEN, OpenError, Opener, SealError, Sealer, Sealing, open};
use proptest::prelude::*;

use crate::{BLOB, CONTEXT, SEALING, blob, key, sealed};

const CHUNK: usize = 16 * 1024;
const SEALED_CHUNK: usize = CHUNK + 16;

fn sealer() -> Sealer {
    Sealer::new(&SeededEntropy::new(1), &key(), BLOB, &CONTEXT).unwrap()
}

fn opener(envelope: &[u8]) -> (Opener, &[u8]) {
    let (header, chunks) = envelope.split_first_chunk::<HEADER_LEN>().unwrap();
    (Opener::new(&key(), BLOB.into(), &CONTEXT, header).unwrap(), chunks)
}

fn open_in_pieces(envelope: &[u8], piece: usize) -> Result<Vec<u8>, OpenError> {
    let (mut opener, chunks) = opener(envelope);
    let mut out = Vec::new();
    for piece in chunks.chunks(piece) {
        out.extend_from_slice(&opener.push(piece)?);
    }
    out.extend_from_slice(&opener.finish()?);
    Ok(out)
}

#[test]
fn a_stream_and_one_call_make_the_same_envelope() {
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 70_000] {
        let value = blob(length);
        for piece in [1_000, CHUNK - 1, CHUNK, CHUNK + 1, 40_000] {
            let mut sealer = sealer();
            let mut envelope = Vec::new();
            for piece in value.chunks(piece) {
                envelope.extend_from_slice(&sealer.push(piece).unwrap());
            }
            envelope.extend_from_slice(&sealer.finish().unwrap());
            assert!(envelope == sealed(BLOB, &value), "{length} bytes in pieces of {piece}");
            assert!(open_in_pieces(&envelope, piece).unwrap() == value, "{length} bytes in pieces of {piece}");
        }
    }
}

#[test]
fn a_stream_holds_back_less_than_a_chunk() {
    let mut sealer = sealer();
    assert_eq!(sealer.push(&[0; CHUNK - 1]).unwrap().len(), HEADER_LEN);
    assert_eq!(sealer.push(&[0; 1]).unwrap().len(), SEALED_CHUNK);
    assert_eq!(sealer.push(&[]).unwrap().len(), 0);
    assert_eq!(sealer.push(&blob(3 * CHUNK + 5)).unwrap().len(), 3 * SEALED_CHUNK);
    assert_eq!(sealer.finish().unwrap().len(), 5 + 16);
}

#[test]
fn no_part_of_a_chunk_is_released_before_its_tag_has_come() {
    let envelope = sealed(BLOB, &blob(CHUNK + 10));
    let (mut opener, chunks) = opener(&envelope);
    assert_eq!(opener.push(&chunks[..SEALED_CHUNK - 1]).unwrap().len(), 0);
    assert_eq!(opener.push(&chunks[SEALED_CHUNK - 1..SEALED_CHUNK]).unwrap().len(), CHUNK);
}

#[test]
fn a_stream_cut_anywhere_does_not_finish() {
    let envelope = sealed(BLOB, &blob(2 * CHUNK + 40));
    let body = HEADER_LEN..envelope.len();
    let boundaries = [HEADER_LEN, HEADER_LEN + SEALED_CHUNK, HEADER_LEN + 2 * SEALED_CHUNK];
    let near = boundaries.iter().flat_map(|b| b - 20..b + 60).filter(|length| body.contains(length));
    for length in near.chain(body.clone().step_by(499)) {
        assert_eq!(open_in_pieces(&envelope[..length], 5_000), Err(OpenError), "{length} bytes");
    }
}

#[test]
fn a_stream_with_anything_after_its_end_does_not_finish() {
    let mut envelope = sealed(BLOB, &blob(CHUNK + 40));
    let whole = envelope.len();
    for more in [1, 15, 16, 17, SEALED_CHUNK - 56, SEALED_CHUNK, 2 * SEALED_CHUNK] {
        envelope.resize(whole + more, 0);
        assert_eq!(open_in_pieces(&envelope, 5_000), Err(OpenError), "{more} bytes more");
    }
}

#[test]
fn a_changed_chunk_releases_nothing_and_the_stream_stays_closed() {
    let envelope = sealed(BLOB, &blob(3 * CHUNK));
    let mut changed = envelope.clone();
    changed[HEADER_LEN + SEALED_CHUNK + 100] ^= 1;
    let (mut opener, chunks) = opener(&changed);
    assert_eq!(opener.push(&chunks[..SEALED_CHUNK]).unwrap().len(), CHUNK);
    assert_eq!(opener.push(&chunks[SEALED_CHUNK..2 * SEALED_CHUNK]), Err(OpenError));
    assert_eq!(opener.push(&[]), Err(OpenError));
    assert_eq!(opener.push(&envelope[HEADER_LEN + SEALED_CHUNK..]), Err(OpenError), "the true chunk came too late");
    assert_eq!(opener.finish().unwrap_err(), OpenError);
}

#[test]
fn chunks_exchanged_in_a_stream_release_nothing() {
    let envelope = sealed(BLOB, &blob(2 * CHUNK + 1));
    let (mut opener, chunks) = opener(&envelope);
    assert_eq!(opener.push(&chunks[SEALED_CHUNK..2 * SEALED_CHUNK]), Err(OpenError));
}

#[test]
fn a_stream_of_another_place_key_or_kind_does_not_begin() {
    let envelope = sealed(BLOB, b"photo");
    let header = envelope.first_chunk().unwrap();
    let begins = |expected: Expected, context: &Context<'_>| Opener::new(&key(), expected, context, header).is_ok();
    assert!(begins(BLOB.into(), &CONTEXT));
    assert!(!begins(BLOB.into(), &Context { record: b"record-2", ..CONTEXT }));
    assert!(!begins(Expected { generation: 8, ..BLOB.into() }, &CONTEXT));
    assert!(!begins(SEALING.into(), &CONTEXT));
    let other = coffret_envelope::Key::from_bytes([8; 32]);
    assert!(Opener::new(&other, BLOB.into(), &CONTEXT, header).is_err());
}

#[test]
fn a_padded_stream_is_neither_made_nor_read() {
    let padded = Sealing { padded: true, ..BLOB };
    let made = Sealer::new(&SeededEntropy::new(1), &key(), padded, &CONTEXT);
    assert_eq!(made.err(), Some(SealError::PaddedStream));
    let envelope = sealed(padded, b"photo");
    let read = Opener::new(&key(), padded.into(), &CONTEXT, envelope.first_chunk().unwrap());
    assert_eq!(read.err(), Some(OpenError));
}

#[test]
fn without_entropy_no_stream_begins() {
    let made = Sealer::new(&BrokenEntropy, &key(), BLOB, &CONTEXT);
    assert_eq!(made.err(), Some(SealError::Entropy(EntropyError::Unavailable)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_stream_in_any_pieces_comes_back(pieces in prop::collection::vec(0_usize..30_000, 0..6), cut in 1_usize..40_000) {
        let mut sealer = sealer();
        let mut envelope = Vec::new();
        let value = blob(pieces.iter().sum());
        let mut rest = value.as_slice();
        for piece in pieces {
            let (piece, after) = rest.split_at(piece);
            envelope.extend_from_slice(&sealer.push(piece).unwrap());
            rest = after;
        }
        envelope.extend_from_slice(&sealer.finish().unwrap());
        prop_assert_eq!(&*open(&key(), BLOB.into(), &CONTEXT, &envelope).unwrap(), &value);
        prop_assert_eq!(open_in_pieces(&envelope, cut).unwrap(), value);
    }
}
