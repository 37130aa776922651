use std::collections::BTreeSet;

use coffret_ledger::{
    Frontier, FrontierError, Hash, HashSource, MAX_TREE_SIZE, Node, ResumeError, SourceError, TILE_WIDTH, Tile, TileError, TileKind,
    TilePath, TileWriter, TiledTree, changed_hash_tiles,
};
use proptest::prelude::*;

use crate::log::Log;
use crate::reference::Reference;

#[test]
fn the_frontier_has_the_root_of_the_definition_at_every_size() {
    let reference = Reference::new(320);
    let mut frontier = Frontier::new();
    for size in 0..320 {
        assert_eq!((frontier.size(), frontier.root()), (size, reference.root(size)));
        assert_eq!(frontier.peaks().len(), size.count_ones() as usize);
        assert_eq!(Frontier::resume(size, frontier.peaks().to_vec()).unwrap(), frontier);
        frontier.append(reference.leaf(size));
    }
}

#[test]
fn a_frontier_of_the_wrong_length_is_refused() {
    let hash = Hash::EMPTY_ROOT;
    for (size, peaks) in [(0, 1), (1, 0), (1, 2), (5, 1), (5, 3), (255, 7), (MAX_TREE_SIZE, 62)] {
        assert_eq!(Frontier::resume(size, vec![hash; peaks]), Err(FrontierError::PeakCount), "{size} leaves, {peaks} hashes");
    }
    assert_eq!(Frontier::resume(MAX_TREE_SIZE + 1, vec![hash]), Err(FrontierError::TreeTooLarge));
    assert_eq!(Frontier::resume(u64::MAX, vec![hash; 64]), Err(FrontierError::TreeTooLarge));
}

/// The bytes of a tile from the definition in C2SP tlog-tiles.
fn defined(reference: &Reference, path: TilePath) -> Vec<u8> {
    let TileKind::Hashes(level) = path.kind() else { panic!("not a hash tile") };
    let span = 256_u64.pow(level.into());
    let hash = |i| {
        let start = (path.index() * 256 + i) * span;
        reference.mth(start, start + span)
    };
    (0..u64::from(path.width())).flat_map(|i| *hash(i).as_bytes()).collect()
}

#[test]
fn tiles_are_the_ones_of_the_definition_at_every_size() {
    let reference = Reference::new(530);
    let mut writer = TileWriter::new();
    for size in 1..=530 {
        let tiles = writer.grow([reference.leaf(size - 1)]);
        let mut paths: Vec<TilePath> = tiles.iter().map(|(path, _)| *path).collect();
        paths.sort();
        assert!(changed_hash_tiles(size - 1, size).eq(paths), "{size} leaves");
        for (path, tile) in tiles {
            assert!(tile.to_bytes() == defined(&reference, path), "{path} of {size} leaves");
            assert_eq!(Tile::parse(path.width(), &tile.to_bytes()), Ok(tile));
        }
        assert_eq!(writer.root(), reference.root(size));
    }
}

#[test]
fn a_log_of_three_levels_has_the_tiles_of_the_definition() {
    let log = Log::new(70_000);
    let hash_tiles: Vec<_> = log.files.iter().filter(|(path, _)| path.kind() != TileKind::Entries).collect();
    assert_eq!(hash_tiles.len(), 277);
    for (path, bytes) in hash_tiles {
        assert!(*bytes == defined(&log.reference, *path), "{path}");
    }
    assert_eq!(log.writer.root(), log.root());
    assert_eq!(TiledTree::new(70_000, |path| log.read(path)).root().unwrap(), log.root());
}

#[test]
fn a_writer_goes_on_from_its_edge_as_if_it_had_never_stopped() {
    let sizes = [0, 1, 2, 5, 17, 100, 255, 256, 257, 300, 511, 512, 513, 600, 700];
    for (position, from) in sizes.into_iter().enumerate() {
        let log = Log::new(from);
        let edge = TileWriter::edge_tiles(from).map(|path| Tile::parse(path.width(), &log.files[&path]).unwrap());
        let resumed = TileWriter::resume(from, &log.root(), edge).unwrap();
        assert_eq!(resumed, log.writer);
        assert_eq!(resumed.frontier().root(), log.root());
        for to in &sizes[position..] {
            let whole = Log::new(*to);
            let grown = resumed.clone().grow(whole.reference.leaves(from, *to));
            let paths: BTreeSet<TilePath> = grown.iter().map(|(path, _)| *path).collect();
            assert_eq!((grown.len(), &paths), (paths.len(), &changed_hash_tiles(from, *to).collect()), "{from} to {to}");
            for (path, tile) in grown {
                assert!(tile.to_bytes() == whole.files[&path], "{path} from {from} to {to}");
            }
        }
    }
}

#[test]
fn a_writer_does_not_go_on_from_other_tiles_than_its_edge() {
    let log = Log::new(600);
    let edge: Vec<Tile> = TileWriter::edge_tiles(600).map(|path| Tile::parse(path.width(), &log.files[&path]).unwrap()).collect();
    assert_eq!(edge.len(), 2);
    let resume = |size, tiles: Vec<Tile>| TileWriter::resume(size, &log.root(), tiles).unwrap_err();
    assert_eq!(resume(600, edge[..1].to_vec()), ResumeError::Tiles);
    assert_eq!(resume(600, vec![]), ResumeError::Tiles);
    assert_eq!(resume(600, vec![edge[1].clone(), edge[0].clone()]), ResumeError::Tiles);
    assert_eq!(resume(600, [&edge[..], &edge[..1]].concat()), ResumeError::Tiles);
    assert_eq!(resume(599, edge.clone()), ResumeError::Tiles);
    assert_eq!(resume(MAX_TREE_SIZE + 1, edge.clone()), ResumeError::TreeTooLarge);
    assert_eq!(TileWriter::resume(600, &Log::new(599).root(), edge), Err(ResumeError::Root));
    assert_eq!(TileWriter::resume(0, &log.root(), []), Err(ResumeError::Root));
    assert_eq!(TileWriter::resume(0, &Hash::EMPTY_ROOT, []), Ok(TileWriter::new()));
}

#[test]
fn a_tile_has_exactly_the_length_of_its_width() {
    for width in [1, 2, 255, 256] {
        let bytes = vec![3; width * Hash::LEN];
        let width = width as u16;
        assert_eq!(Tile::parse(width, &bytes).unwrap().width(), width);
        for wrong in [width - 1, width + 1, u16::MAX] {
            assert_eq!(Tile::parse(wrong, &bytes), Err(TileError::Length));
        }
        for cut in [1, 31, 32] {
            assert_eq!(Tile::parse(width, &bytes[cut..]), Err(TileError::Length));
        }
        assert_eq!(Tile::parse(width, &[&bytes[..], &[3]].concat()), Err(TileError::Length));
    }
    assert_eq!(Tile::parse(0, &[]), Err(TileError::Length));
    assert_eq!(Tile::parse(257, &[0; 257 * Hash::LEN]), Err(TileError::Length));
    assert_eq!(Tile::new(vec![]), Err(TileError::Length));
    assert_eq!(Tile::new(vec![Hash::EMPTY_ROOT; 257]), Err(TileError::Length));
}

#[test]
fn the_root_of_a_tile_is_that_of_its_hashes() {
    let reference = Reference::new(256);
    for width in 1..=256 {
        assert_eq!(Tile::new(reference.leaves(0, width)).unwrap().root(), reference.root(width));
    }
}

#[test]
fn every_complete_subtree_is_read_from_tiles_and_no_other() {
    let log = Log::new(600);
    let mut tree = TiledTree::new(600, |path| log.read(path));
    for level in 0..64 {
        for index in (0..=601).chain([u64::MAX >> level, u64::MAX]) {
            let end = (u128::from(index) + 1) << level;
            let hash = tree.hash(Node { level, index });
            if end <= 600 {
                assert_eq!(hash, Ok(log.reference.mth(index << level, (index + 1) << level)), "node {index} of level {level}");
            } else {
                assert_eq!(hash, Err(SourceError::NoSuchNode), "node {index} of level {level}");
            }
        }
    }
    let past_the_last_level = Node { level: u8::MAX, index: 0 };
    assert_eq!(tree.hash(past_the_last_level), Err(SourceError::NoSuchNode));
}

#[test]
fn a_tile_is_read_once_and_its_absence_or_wrong_length_is_told() {
    let log = Log::new(300);
    let mut reads = Vec::new();
    let mut tree = TiledTree::new(300, |path| {
        reads.push(path);
        log.read(path)
    });
    for index in 0..300 {
        tree.hash(Node { level: 0, index }).unwrap();
    }
    assert_eq!(reads.iter().map(ToString::to_string).collect::<Vec<_>>(), ["tile/0/000", "tile/0/001.p/44"]);

    let node = Node { level: 0, index: 299 };
    let lost = TiledTree::new(300, |_| Err::<Vec<u8>, _>("lost")).hash(node);
    assert_eq!(lost, Err(SourceError::Read("lost")));
    let short = TiledTree::new(300, |path| log.read(path).map(|bytes| bytes[1..].to_vec())).hash(node);
    assert_eq!(short, Err(SourceError::Tile(TileError::Length)));
    let wider = TiledTree::new(300, |_| Ok::<_, ()>(vec![0; usize::from(TILE_WIDTH) * Hash::LEN])).hash(node);
    assert_eq!(wider, Err(SourceError::Tile(TileError::Length)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batches_of_any_size_give_the_files_of_one_batch(batches in prop::collection::vec(0u64..400, 1..6)) {
        let size: u64 = batches.iter().sum();
        let log = Log::new(size);
        let (mut writer, mut files) = (TileWriter::new(), std::collections::BTreeMap::new());
        for batch in batches {
            let from = writer.size();
            files.extend(writer.grow(log.reference.leaves(from, from + batch)));
        }
        for path in changed_hash_tiles(0, size) {
            prop_assert!(files[&path].to_bytes() == log.files[&path], "{}", path);
        }
        prop_assert_eq!(writer, log.writer);
    }

    #[test]
    fn hashes_have_one_spelling(bytes in any::<[u8; 32]>(), text in "[0-9a-zA-Z+/]{42,43}={0,2}") {
        let hash = Hash::from_bytes(bytes);
        prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        if let Ok(hash) = text.parse::<Hash>() {
            prop_assert_eq!(hash.to_string(), text);
        }
    }
}
