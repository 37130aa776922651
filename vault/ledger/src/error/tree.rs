use thiserror::Error;

/// Not 32 bytes, or not the one base64 spelling of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("This is not a SHA-256 hash.")]
pub struct HashError;

impl HashError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        "HASH_INVALID"
    }
}

/// Not the path of a tile or bundle, or not its one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("This is not the path of a tile.")]
pub struct PathError;

impl PathError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        "TILE_PATH_INVALID"
    }
}

/// A tile was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TileError {
    /// Not the stated number of hashes, 1 to 256.
    #[error("The tile does not have the length that its place asks for.")]
    Length,
}

impl TileError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Length => "TILE_LENGTH",
        }
    }
}

/// An entry bundle was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// Longer than 65,535 bytes.
    #[error("The entry is too long for the log.")]
    EntryTooLong,
    /// Not the stated number of entries, 1 to 256; or a full bundle was to take one more.
    #[error("The bundle does not have the number of entries that its place asks for.")]
    Width,
    /// The last entry is shorter than its length says.
    #[error("The bundle ends in the middle of an entry.")]
    Truncated,
    /// An entry is not the one that the tile was made from.
    #[error("The bundle does not match its tile.")]
    HashMismatch,
}

impl BundleError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::EntryTooLong => "ENTRY_TOO_LONG",
            Self::Width => "BUNDLE_WIDTH",
            Self::Truncated => "BUNDLE_TRUNCATED",
            Self::HashMismatch => "BUNDLE_MISMATCH",
        }
    }
}

/// A frontier was not taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrontierError {
    /// More leaves than [`MAX_TREE_SIZE`](crate::MAX_TREE_SIZE).
    #[error("The tree is larger than a log can be.")]
    TreeTooLarge,
    /// Not one hash for each bit of the size.
    #[error("The number of hashes does not fit the size of the tree.")]
    PeakCount,
}

impl FrontierError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TreeTooLarge => "TREE_TOO_LARGE",
            Self::PeakCount => "FRONTIER_LENGTH",
        }
    }
}

/// The writing of tiles was not taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ResumeError {
    /// More leaves than [`MAX_TREE_SIZE`](crate::MAX_TREE_SIZE).
    #[error("The tree is larger than a log can be.")]
    TreeTooLarge,
    /// Not the partial tiles of a tree of this size.
    #[error("The tiles do not fit the size of the tree.")]
    Tiles,
    /// The tiles hash to another root.
    #[error("The tiles do not match the root of the tree.")]
    Root,
}

impl ResumeError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TreeTooLarge => "TREE_TOO_LARGE",
            Self::Tiles => "EDGE_TILES",
            Self::Root => "ROOT_MISMATCH",
        }
    }
}

/// A hash could not be had from tiles. `E` is why a tile could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SourceError<E> {
    /// The tile could not be read.
    #[error("A tile of the log could not be read.")]
    Read(#[source] E),
    /// The tile that was read is not one.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// No such subtree is complete in a tree of this size.
    #[error("The tree has no such node.")]
    NoSuchNode,
}

impl<E> SourceError<E> {
    /// The stable name of this error.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Read(_) => "TILE_UNREADABLE",
            Self::Tile(error) => error.reason(),
            Self::NoSuchNode => "NO_SUCH_NODE",
        }
    }
}

/// A proof was not made, not read, or did not convince.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// More leaves than [`MAX_TREE_SIZE`](crate::MAX_TREE_SIZE).
    #[error("The tree is larger than a log can be.")]
    TreeTooLarge,
    /// The tree has no leaf of this index.
    #[error("The tree has no entry at this position.")]
    IndexOutOfRange,
    /// The older tree is larger than the newer.
    #[error("The older tree is larger than the newer one.")]
    SizesReversed,
    /// Not base64 lines of 32 bytes each, or too many.
    #[error("The proof is not readable.")]
    Malformed,
    /// More or fewer hashes than a tree of this size needs.
    #[error("The proof does not have the length that the tree asks for.")]
    Length,
    /// The proof leads to another root.
    #[error("The proof does not lead to the root of the tree.")]
    RootMismatch,
}

impl ProofError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TreeTooLarge => "TREE_TOO_LARGE",
            Self::IndexOutOfRange => "INDEX_OUT_OF_RANGE",
            Self::SizesReversed => "SIZES_REVERSED",
            Self::Malformed => "PROOF_MALFORMED",
            Self::Length => "PROOF_LENGTH",
            Self::RootMismatch => "ROOT_MISMATCH",
        }
    }
}

/// A leaf was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LeafError {
    /// Longer than 2 KiB.
    #[error("The entry is too long to be one of this log.")]
    TooLong,
    /// Not the one spelling of an entry of version 1.
    #[error("This is not an entry of this log.")]
    Malformed,
}

impl LeafError {
    /// The stable name of this error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "LEAF_TOO_LONG",
            Self::Malformed => "LEAF_MALFORMED",
        }
    }
}
