use proptest::prelude::*;

use super::*;

fn key() -> Key {
    Key::from_bytes([7; 32])
}

fn entry<'a>(record: &'a [u8], version: u64, envelope_hash: &'a [u8; 32]) -> HeadEntry<'a> {
    HeadEntry { record, version, envelope_hash }
}

const A: [u8; 32] = [1; 32];
const B: [u8; 32] = [2; 32];

#[test]
fn the_order_of_changes_does_not_matter() {
    let key = key();
    let (x, y, z) = (entry(b"x", 1, &A), entry(b"y", 1, &A), entry(b"z", 1, &B));
    let forward = HeadDigest::of(&key, [x, y, z]).seal(5);
    assert_eq!(forward, HeadDigest::of(&key, [z, x, y]).seal(5));
    let mut changed = HeadDigest::of(&key, [z]);
    changed.add(x);
    changed.add(entry(b"gone", 3, &B));
    changed.add(y);
    changed.remove(entry(b"gone", 3, &B));
    assert_eq!(forward, changed.seal(5));
}

#[test]
fn an_old_record_put_back_does_not_match() {
    let key = key();
    let mut head = HeadDigest::of(&key, [entry(b"x", 1, &A), entry(b"y", 1, &A)]);
    head.remove(entry(b"x", 1, &A));
    head.add(entry(b"x", 2, &B));
    let seal = head.seal(2);
    let check = |entries: &[HeadEntry<'_>]| HeadDigest::of(&key, entries.iter().copied()).verify(2, &seal);
    let y = entry(b"y", 1, &A);
    assert_eq!(check(&[entry(b"x", 2, &B), y]), Ok(()));
    for (case, entries) in [
        ("the old record", vec![entry(b"x", 1, &A), y]),
        ("the old envelope as the new version", vec![entry(b"x", 2, &A), y]),
        ("the new envelope as the old version", vec![entry(b"x", 1, &B), y]),
        ("a record missing", vec![y]),
        ("a record twice", vec![entry(b"x", 2, &B), y, y]),
        ("both versions", vec![entry(b"x", 1, &A), entry(b"x", 2, &B), y]),
        ("another id", vec![entry(b"w", 2, &B), y]),
        ("envelopes exchanged", vec![entry(b"x", 2, &A), entry(b"y", 1, &B)]),
        ("nothing", vec![]),
    ] {
        assert_eq!(check(&entries), Err(HeadMismatch), "{case}");
    }
}

#[test]
fn a_pair_that_an_xor_would_cancel_is_seen() {
    let key = key();
    let twice = HeadDigest::of(&key, [entry(b"x", 1, &A), entry(b"x", 1, &A)]);
    assert_ne!(twice.sum, [0; 4]);
    assert_eq!(HeadDigest::new(&key).verify(1, &twice.seal(1)), Err(HeadMismatch));
}

#[test]
fn sequence_and_key_count() {
    let (key, other) = (key(), Key::from_bytes([8; 32]));
    let seal = HeadDigest::of(&key, [entry(b"x", 1, &A)]).seal(4);
    assert_eq!(HeadDigest::of(&key, [entry(b"x", 1, &A)]).verify(3, &seal), Err(HeadMismatch));
    assert_eq!(HeadDigest::of(&key, [entry(b"x", 1, &A)]).verify(5, &seal), Err(HeadMismatch));
    assert_eq!(HeadDigest::of(&other, [entry(b"x", 1, &A)]).verify(4, &seal), Err(HeadMismatch));
}

#[test]
fn a_changed_seal_does_not_match() {
    let key = key();
    let head = HeadDigest::of(&key, [entry(b"x", 1, &A)]);
    for bit in 0..256 {
        let mut seal = head.seal(1);
        seal[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(head.verify(1, &seal), Err(HeadMismatch), "bit {bit}");
    }
}

#[test]
fn a_stored_head_continues_where_it_stopped() {
    let key = key();
    let stored = HeadDigest::of(&key, [entry(b"x", 1, &A), entry(b"y", 1, &B)]).store(1);
    let mut head = HeadDigest::load(&key, 1, &stored).unwrap();
    head.remove(entry(b"x", 1, &A));
    head.add(entry(b"x", 2, &B));
    let whole = HeadDigest::of(&key, [entry(b"x", 2, &B), entry(b"y", 1, &B)]);
    assert_eq!(head.store(2), whole.store(2));
    assert_eq!(whole.verify(2, head.store(2).first_chunk().unwrap()), Ok(()), "the seal comes first");
}

#[test]
fn a_stored_head_changed_anywhere_is_refused() {
    let key = key();
    let stored = HeadDigest::of(&key, [entry(b"x", 1, &A)]).store(1);
    let load = |key, sequence, stored: &[u8]| HeadDigest::load(key, sequence, stored).map(|_| ());
    assert_eq!(load(&key, 1, &stored), Ok(()));
    for bit in 0..STORED_HEAD_LEN * 8 {
        let mut changed = stored;
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(load(&key, 1, &changed), Err(HeadMismatch), "bit {bit}");
    }
    for length in 0..STORED_HEAD_LEN {
        assert_eq!(load(&key, 1, &stored[..length]), Err(HeadMismatch), "{length} bytes");
    }
    assert_eq!(load(&key, 1, &[&stored[..], &[0]].concat()), Err(HeadMismatch));
    assert_eq!(load(&key, 2, &stored), Err(HeadMismatch), "another sequence");
    assert_eq!(load(&Key::from_bytes([8; 32]), 1, &stored), Err(HeadMismatch), "another key");
}

/// With bare sums, S{x1,y2} = S{x1,y1} - S{x2,y1} + S{x2,y2}: three states that were, one that
/// never was. What is stored must not let anyone outside compute that.
#[test]
fn stored_heads_of_real_states_do_not_combine_into_one_that_never_was() {
    let key = key();
    let state = |x: u64, y: u64| HeadDigest::of(&key, [entry(b"x", x, &A), entry(b"y", y, &A)]);
    let combine = |seen: [[u8; 32]; 3]| -> [u8; 32] {
        let number = |bytes: [u8; 32]| bytes.map(i32::from);
        let [a, b, c] = seen.map(number);
        let mut carry = 0;
        let mut out = [0; 32];
        for i in (0..32).rev() {
            let sum = a[i] - b[i] + c[i] + carry;
            out[i] = sum.rem_euclid(256) as u8;
            carry = sum.div_euclid(256);
        }
        out
    };
    let sum = |head: HeadDigest<'_>| *head.state().first_chunk::<32>().unwrap();
    let masked = |head: HeadDigest<'_>| *head.store(9)[SEAL..].first_chunk::<32>().unwrap();
    let was = || [state(1, 1), state(2, 1), state(2, 2)];
    assert_eq!(combine(was().map(sum)), sum(state(1, 2)), "the attack works on bare sums");
    assert_ne!(combine(was().map(masked)), masked(state(1, 2)));
    let [first, second, _] = was().map(masked);
    let [bare_first, bare_second, _] = was().map(sum);
    let difference = |a: [u8; 32], b: [u8; 32]| -> [u8; 32] { std::array::from_fn(|i| a[i] ^ b[i]) };
    assert_ne!(difference(first, second), difference(bare_first, bare_second), "two states shared a mask");
}

#[test]
fn sums_carry_across_all_limbs() {
    let key = key();
    let x = entry(b"x", 1, &A);
    let mut head = HeadDigest { key: &key, sum: [u64::MAX; 4], count: 0 };
    let before = head.sum;
    let term = head.term(x);
    head.add(x);
    // 2^256 - 1 + t = t - 1
    let mut less = HeadDigest { key: &key, sum: term, count: 0 };
    less.sum[0] = less.sum[0].checked_sub(1).unwrap();
    assert_eq!(head.sum, less.sum);
    head.remove(x);
    assert_eq!(head.sum, before);
}

proptest! {
    #[test]
    fn removing_undoes_adding(
        start in prop::array::uniform4(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]),
        record in prop::collection::vec(any::<u8>(), 0..40),
        version: u64,
        hash: [u8; 32],
    ) {
        let key = key();
        let mut head = HeadDigest { key: &key, sum: start, count: 3 };
        head.add(entry(&record, version, &hash));
        prop_assert_ne!(head.sum, start);
        head.remove(entry(&record, version, &hash));
        prop_assert_eq!((head.sum, head.count), (start, 3));
    }
}
