use coffret_ledger::{Bundle, BundleError, Hash, MAX_ENTRY_LEN, TILE_WIDTH, Tile};
use proptest::prelude::*;

fn filled(entries: &[Vec<u8>]) -> Bundle {
    let mut bundle = Bundle::new();
    for entry in entries {
        bundle.push(entry).unwrap();
    }
    bundle
}

#[test]
fn the_longest_entry_fits_and_a_longer_one_is_refused() {
    let mut bundle = Bundle::new();
    assert_eq!(bundle.push(&vec![7; MAX_ENTRY_LEN + 1]), Err(BundleError::EntryTooLong));
    assert!(bundle.as_bytes().is_empty(), "a refused entry leaves nothing behind");
    bundle.push(&vec![7; MAX_ENTRY_LEN]).unwrap();
    assert_eq!(Bundle::parse(1, bundle.as_bytes().to_vec()), Ok(bundle));
}

#[test]
fn a_full_bundle_takes_no_more() {
    let mut bundle = filled(&vec![Vec::new(); usize::from(TILE_WIDTH)]);
    assert_eq!(bundle.push(b"x"), Err(BundleError::Width));
    assert_eq!((bundle.width(), bundle.as_bytes().len()), (TILE_WIDTH, 512));
    for empty_entries in [257, 65_536, 65_792] {
        for width in [256, 257, u16::MAX] {
            assert_eq!(Bundle::parse(width, vec![0; 2 * empty_entries]), Err(BundleError::Width), "{empty_entries}, {width}");
        }
    }
}

#[test]
fn a_bundle_has_exactly_the_stated_number_of_entries() {
    let bytes = filled(&[b"a".to_vec(), Vec::new(), b"ccc".to_vec()]).as_bytes().to_vec();
    for width in [0, 1, 2, 4, 256, u16::MAX] {
        assert_eq!(Bundle::parse(width, bytes.clone()), Err(BundleError::Width), "{width}");
    }
    let bundle = Bundle::parse(3, bytes).unwrap();
    assert_eq!(bundle.entries().collect::<Vec<_>>(), [b"a".as_slice(), b"", b"ccc"]);
    for width in [0, 1] {
        assert_eq!(Bundle::parse(width, Vec::new()), Err(BundleError::Width), "an empty bundle has no place");
    }
}

#[test]
fn a_bundle_cut_anywhere_or_made_longer_is_refused() {
    let bytes = filled(&[b"one".to_vec(), b"two".to_vec()]).as_bytes().to_vec();
    for length in 0..bytes.len() {
        assert!(Bundle::parse(2, bytes[..length].to_vec()).is_err(), "{length} bytes");
    }
    for rest in [&[0][..], &[0, 0], &[0, 5, 1]] {
        assert!(Bundle::parse(2, [&bytes, rest].concat()).is_err());
    }
}

#[test]
fn a_bundle_belongs_to_the_tile_of_its_entries_only() {
    let entries = [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()];
    let hashes: Vec<Hash> = entries.iter().map(|entry| Hash::leaf(entry)).collect();
    let tile = |hashes: &[Hash]| Tile::new(hashes.to_vec()).unwrap();
    let bundle = filled(&entries);
    assert_eq!(bundle.check(&tile(&hashes)), Ok(()));
    let swapped = [hashes[1], hashes[0], hashes[2]];
    let more = [&hashes[..], &hashes[..1]].concat();
    for wrong in [&swapped[..], &hashes[..2], &more] {
        assert_eq!(bundle.check(&tile(wrong)), Err(BundleError::HashMismatch));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn entries_come_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
        let bundle = filled(&entries);
        let read = Bundle::parse(entries.len() as u16, bundle.as_bytes().to_vec()).unwrap();
        prop_assert!(read.entries().eq(entries.iter().map(Vec::as_slice)));
        prop_assert_eq!(read, bundle);
    }

    #[test]
    fn whatever_is_read_is_what_would_be_written(
        // Small numbers, so that some of it is a bundle.
        bytes in prop::collection::vec(prop_oneof![4 => 0u8..3, 1 => any::<u8>()], 0..40),
        width in 0u16..20,
    ) {
        if let Ok(bundle) = Bundle::parse(width, bytes.clone()) {
            prop_assert_eq!(bundle.width(), width);
            let entries: Vec<Vec<u8>> = bundle.entries().map(<[u8]>::to_vec).collect();
            prop_assert!(filled(&entries).as_bytes() == bytes);
        }
    }
}
