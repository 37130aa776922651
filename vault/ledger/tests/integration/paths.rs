use coffret_ledger::{MAX_TREE_SIZE, PathError, TileKind, TilePath, changed_bundles, changed_hash_tiles};
use proptest::prelude::*;

fn path(kind: TileKind, index: u64, width: u16) -> String {
    TilePath::new(kind, index, width).unwrap().to_string()
}

#[test]
fn paths_are_written_as_the_specification_says() {
    use TileKind::{Entries, Hashes};
    for (expected, made) in [
        ("tile/0/000", path(Hashes(0), 0, 256)),
        ("tile/0/000.p/1", path(Hashes(0), 0, 1)),
        ("tile/entries/000.p/255", path(Entries, 0, 255)),
        ("tile/0/999", path(Hashes(0), 999, 256)),
        ("tile/0/x001/000", path(Hashes(0), 1000, 256)),
        ("tile/1/x001/x234/067", path(Hashes(1), 1_234_067, 256)),
        ("tile/entries/x001/x234/067.p/8", path(Entries, 1_234_067, 8)),
        ("tile/0/x001/x000/000", path(Hashes(0), 1_000_000, 256)),
        ("tile/7/000.p/127", path(Hashes(7), 0, 127)),
        ("tile/0/x036/x028/x797/x018/x963/967.p/255", path(Hashes(0), (1 << 55) - 1, 255)),
    ] {
        assert_eq!(made, expected);
        assert_eq!(expected.parse::<TilePath>().unwrap().to_string(), expected);
    }
}

#[test]
fn every_other_spelling_is_refused() {
    for wrong in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0//000",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tiles/0/000",
        "tile/00/000",
        "tile/01/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/ 0/000",
        "tile/data/000",
        "tile/entry/000",
        "tile/Entries/000",
        "tile/8/0/000",
        "tile/8/000",
        "tile/63/000",
        "tile/64/000",
        "tile/256/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/x000/001",
        "tile/0/000/000",
        "tile/0/001/x000",
        "tile/0/x001/x000",
        "tile/0/x001/00",
        "tile/0/X001/000",
        "tile/0/xx01/000",
        "tile/0/x1/000",
        "tile/0/+01",
        "tile/0/-01",
        "tile/0/ 01",
        "tile/0/٠٠٠",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
        "tile/0/000.p/65537",
        "tile/0/000.q/1",
        "tile/0/x001.p/1/000",
        "tile/0/000.p/1 ",
        "tile/0/000\n",
        "tile/0/../000",
        // Trees that large there are none.
        "tile/7/000",
        "tile/7/000.p/128",
        "tile/7/001.p/1",
        "tile/0/x036/x028/x797/x018/x963/968.p/1",
        "tile/0/x036/x028/x797/x018/x963/967",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(wrong.parse::<TilePath>(), Err(PathError), "{wrong:?}");
    }
}

#[test]
fn no_tile_is_empty_or_wider_than_256() {
    for width in [0, 257, u16::MAX] {
        assert_eq!(TilePath::new(TileKind::Entries, 0, width), Err(PathError));
    }
    assert_eq!(TilePath::new(TileKind::Hashes(8), 0, 1), Err(PathError));
    assert_eq!(TilePath::new(TileKind::Hashes(255), 0, 1), Err(PathError));
    for (level, index) in [(0, u64::MAX), (0, 1 << 55), (6, 128), (7, 1), (7, 1 << 56), (7, u64::MAX)] {
        assert_eq!(TilePath::new(TileKind::Hashes(level), index, 1), Err(PathError), "{level}/{index}");
        assert_eq!(TilePath::new(TileKind::Hashes(level), index, 256), Err(PathError), "{level}/{index}");
    }
    for (kind, index, size) in
        [(TileKind::Hashes(0), 0, 0), (TileKind::Hashes(0), 1, 256), (TileKind::Hashes(1), 0, 255), (TileKind::Entries, u64::MAX, 9)]
    {
        assert_eq!(TilePath::in_tree(kind, index, size), None);
    }
}

#[test]
fn a_tree_of_70_000_leaves_has_the_tiles_of_the_specification() {
    let tiles: Vec<TilePath> = changed_hash_tiles(0, 70_000).collect();
    let count = |level, full| tiles.iter().filter(|path| path.kind() == TileKind::Hashes(level) && path.is_full() == full).count();
    assert_eq!((count(0, true), count(0, false), count(1, true), count(1, false), count(2, false)), (273, 1, 1, 1, 1));
    assert_eq!(tiles.len(), 277);
    let partial: Vec<String> = tiles.iter().filter(|path| !path.is_full()).map(ToString::to_string).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert_eq!(changed_bundles(0, 70_000).count(), 274);
}

#[test]
fn growing_names_the_tiles_that_are_new_or_wider() {
    let names = |from, to| changed_hash_tiles(from, to).map(|path| path.to_string()).collect::<Vec<_>>();
    assert_eq!(names(0, 0), [""; 0]);
    assert_eq!(names(5, 5), [""; 0]);
    assert_eq!(names(6, 5), [""; 0]);
    assert_eq!(names(0, 3), ["tile/0/000.p/3"]);
    assert_eq!(names(3, 256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(names(256, 257), ["tile/0/001.p/1"]);
    assert_eq!(names(257, 600), ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"]);
    let bundles = |from, to| changed_bundles(from, to).map(|path| path.to_string()).collect::<Vec<_>>();
    assert_eq!(bundles(257, 600), ["tile/entries/001", "tile/entries/002.p/88"]);
    assert_eq!(bundles(512, 512), [""; 0]);
    assert_eq!(changed_hash_tiles(MAX_TREE_SIZE - 1, MAX_TREE_SIZE).map(TilePath::width).collect::<Vec<_>>(), [255]);
}

/// Found by fuzzing: it went on for ever.
#[test]
fn a_tree_that_there_is_not_has_no_new_tiles() {
    for (from, to) in [(0, u64::MAX), (0, MAX_TREE_SIZE + 1), (0x0080_0000_a400_00ff, 0xff00_0000_0000_0000), (MAX_TREE_SIZE, u64::MAX)] {
        assert_eq!((changed_bundles(from, to).count(), changed_hash_tiles(from, to).count()), (0, 0), "from {from} to {to}");
    }
    assert_eq!(changed_bundles(MAX_TREE_SIZE - 1, MAX_TREE_SIZE).count(), 1);
    assert_eq!(changed_hash_tiles(MAX_TREE_SIZE - 1, MAX_TREE_SIZE).count(), 1);
}

fn kind() -> impl Strategy<Value = TileKind> {
    prop_oneof![Just(TileKind::Entries), (0u8..=8).prop_map(TileKind::Hashes)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_path_comes_back(kind in kind(), index in any::<u64>(), shift in 0u32..64, width in 0u16..300) {
        if let Ok(path) = TilePath::new(kind, index >> shift, width) {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
            prop_assert_eq!((path.kind(), path.index(), path.width()), (kind, index >> shift, width));
        }
    }

    #[test]
    fn whatever_is_read_is_what_would_be_written(text in "tile/([0-9]{1,2}|entries)(/x?[0-9]{2,4}){1,4}([.]p/[0-9]{1,3})?") {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,60}") {
        prop_assert!(text.parse::<TilePath>().is_err() || text.starts_with("tile/"));
    }
}
