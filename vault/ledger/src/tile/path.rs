//! Where a tile or a bundle lies: `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]` (C2SP tlog-tiles).

use std::fmt;
use std::str::FromStr;

use crate::encoding::parse_decimal;
use crate::error::PathError;
use crate::{MAX_TREE_SIZE, TILE_WIDTH};

/// The levels of tiles that a tree of at most [`MAX_TREE_SIZE`] leaves can have.
pub(crate) const LEVELS: u8 = 8;

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of this level, 0 to 7: each is the root of a full tile of the level below; at level 0, of a leaf.
    Hashes(u8),
    /// Entries.
    Entries,
}

impl TileKind {
    const fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }

    /// How many hashes or entries a tree of this size has of this kind.
    pub(crate) const fn count(self, size: u64) -> u64 {
        match size.checked_shr(8 * self.level() as u32) {
            Some(count) => count,
            None => 0,
        }
    }
}

/// The place of a tile or a bundle. Every value is one that some tree of at most [`MAX_TREE_SIZE`] leaves has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

impl TilePath {
    /// The tile `index` (from 0) of a kind, with `width` hashes or entries, 1 to 256.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, PathError> {
        if width == 0 || width > TILE_WIDTH || kind.level() >= LEVELS {
            return Err(PathError);
        }
        let end = index.checked_mul(TILE_WIDTH.into()).and_then(|start| start.checked_add(width.into())).ok_or(PathError)?;
        if end > kind.count(MAX_TREE_SIZE) {
            return Err(PathError);
        }
        Ok(Self { kind, index, width })
    }

    /// The tile `index` of a kind as it is in a tree of `size` leaves; `None` where that tree has none.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let rest = kind.count(size).checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        Self::new(kind, index, rest.min(u64::from(TILE_WIDTH)) as u16).ok()
    }

    /// What lies there.
    pub const fn kind(self) -> TileKind {
        self.kind
    }

    /// Which tile of its kind, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether the tile has all 256 and never changes again.
    pub const fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }
}

/// The hash tiles that a tree of `to` leaves has and one of `from` leaves has not, level by level: new ones, and grown ones
/// under their new width. None where `to` is not greater, or greater than [`MAX_TREE_SIZE`].
pub fn changed_hash_tiles(from: u64, to: u64) -> impl Iterator<Item = TilePath> {
    (0..LEVELS).flat_map(move |level| changed(TileKind::Hashes(level), from, to))
}

/// The bundles that a tree of `to` leaves has and one of `from` leaves has not. None where `to` is not greater, or greater than
/// [`MAX_TREE_SIZE`].
pub fn changed_bundles(from: u64, to: u64) -> impl Iterator<Item = TilePath> {
    changed(TileKind::Entries, from, to)
}

fn changed(kind: TileKind, from: u64, to: u64) -> impl Iterator<Item = TilePath> {
    let (old, new) = (kind.count(from), kind.count(to));
    let width = u64::from(TILE_WIDTH);
    // There is no tree beyond, and looking for its tiles would not end.
    let indexes = if old < new && to <= MAX_TREE_SIZE { old / width..new.div_ceil(width) } else { 0..0 };
    indexes.filter_map(move |index| TilePath::in_tree(kind, index, to))
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut unit = 1;
        while self.index / unit >= 1000 {
            unit *= 1000;
        }
        while unit > 1 {
            write!(f, "x{:03}/", self.index / unit % 1000)?;
            unit /= 1000;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// Reads what `Display` writes, and nothing else.
impl FromStr for TilePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let (kind, rest) = text.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(PathError)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(parse_decimal(level).and_then(|level| level.try_into().ok()).ok_or(PathError)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, parse_decimal(width).and_then(|width| width.try_into().ok()).ok_or(PathError)?),
            None => (rest, TILE_WIDTH),
        };
        let mut index: u64 = 0;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let group: u16 = digits.parse().map_err(|_| PathError)?;
            index = index.checked_mul(1000).and_then(|index| index.checked_add(group.into())).ok_or(PathError)?;
        }
        let path = Self::new(kind, index, width)?;
        // One place has one spelling; whatever the above let through is found here.
        if path.to_string() == text { Ok(path) } else { Err(PathError) }
    }
}
