//! Entry bundles and the entries in them.

use coffret_ledger::{Bundle, Hash, Leaf, Tile};

use crate::input::Input;

/// Any bytes as a bundle of some width, and as a leaf.
pub fn check(bytes: &[u8]) {
    leaf(bytes);
    let mut input = Input(bytes);
    let width = input.short() % 300;
    let Ok(bundle) = Bundle::parse(width, input.0.to_vec()) else { return };
    assert_eq!((bundle.as_bytes(), bundle.width()), (input.0, width), "a bundle has one spelling");
    assert_eq!(bundle.entries().count(), usize::from(width));
    let mut again = Bundle::new();
    bundle.entries().for_each(|entry| again.push(entry).expect("there are not more than before"));
    assert_eq!(again, bundle, "a bundle is its entries");
    let hashes: Vec<Hash> = bundle.entries().map(Hash::leaf).collect();
    let tile = Tile::new(hashes.clone()).expect("a bundle has as many entries as a tile hashes");
    assert_eq!(bundle.check(&tile), Ok(()), "entries hash to their places");
    let other = Tile::new(hashes.iter().rev().copied().collect()).expect("as many");
    assert!(other == tile || bundle.check(&other).is_err(), "and to no others");
    bundle.entries().for_each(leaf);
}

fn leaf(entry: &[u8]) {
    if let Ok(leaf) = Leaf::decode(entry) {
        assert_eq!(leaf.encode(), entry, "a leaf has one spelling");
        assert_eq!(leaf.hash(), Hash::leaf(entry));
    }
}

/// Bundles of leaves, and of anything.
pub fn seeds() -> Vec<Vec<u8>> {
    let leaf = Leaf { id: [1; 16], commit: [2; 32] }.encode();
    let seed = |entries: &[&[u8]]| {
        let mut bundle = Bundle::new();
        for entry in entries {
            bundle.push(entry).expect("few entries");
        }
        [&bundle.width().to_be_bytes()[..], bundle.as_bytes()].concat()
    };
    vec![leaf.clone(), seed(&[&leaf]), seed(&[&leaf, b"", b"any", &leaf]), seed(&[&b""[..]; 256])]
}
