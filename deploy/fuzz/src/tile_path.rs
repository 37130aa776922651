//! Paths of tiles and bundles: each place has one spelling.

use coffret_ledger::{TILE_WIDTH, TileKind, TilePath, changed_bundles};

use crate::input::Input;

/// Any text as a path; any numbers as a place.
pub fn check(bytes: &[u8]) {
    if let Ok(path) = str::from_utf8(bytes).unwrap_or_default().parse::<TilePath>() {
        assert_eq!(path.to_string().as_bytes(), bytes, "a place has one spelling");
        assert!(!path.to_string().contains(".."), "a path stays below its folder");
    }
    let mut input = Input(bytes);
    let kind = match input.byte() {
        0xff => TileKind::Entries,
        level => TileKind::Hashes(level % 16),
    };
    let (index, width, size) = (input.long(), input.short() % 300, input.long());
    if let Ok(path) = TilePath::new(kind, index, width) {
        assert_eq!(path.to_string().parse(), Ok(path), "a place is read as it is written");
        assert_eq!((path.kind(), path.index(), path.width()), (kind, index, width));
    }
    if let Some(path) = TilePath::in_tree(kind, index, size) {
        assert_eq!(path.to_string().parse(), Ok(path), "a place is read as it is written");
    }
    let some = changed_bundles(index, size).take(3);
    assert!(some.into_iter().all(|path| path.index() >= index / u64::from(TILE_WIDTH)), "what lies before has not changed");
}

/// Places at the edges.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = ["tile/0/000", "tile/0/001.p/44", "tile/entries/x001/x234/067.p/255", "tile/7/000.p/127", "tile/entries/999"];
    let numbers = |kind: u8, index: u64, width: u16, size: u64| {
        [&[kind][..], &index.to_be_bytes(), &width.to_be_bytes(), &size.to_be_bytes()].concat()
    };
    let edges = [numbers(0, 1, 44, 300), numbers(0xff, 1_234_067, 255, 1 << 40), numbers(7, 0, 127, i64::MAX as u64)];
    texts.map(|text| text.as_bytes().to_vec()).into_iter().chain(edges).collect()
}
