//! Entry bundles: up to 256 entries, each after its length (C2SP tlog-tiles).

use crate::error::BundleError;
use crate::{Hash, TILE_WIDTH, Tile};

/// The length of the longest entry in bytes.
pub const MAX_ENTRY_LEN: usize = u16::MAX as usize;

/// Up to 256 entries, as bytes: for each its length (16 bits, big endian), then the entry.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Bundle {
    bytes: Vec<u8>,
    width: u16,
}

impl Bundle {
    /// A bundle to be filled. One without entries has no place in a log.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), width: 0 }
    }

    /// A bundle from its bytes: exactly `width` entries (1 to 256), as its path says, and nothing after them.
    pub fn parse(width: u16, bytes: Vec<u8>) -> Result<Self, BundleError> {
        if !(1..=TILE_WIDTH).contains(&width) {
            return Err(BundleError::Width);
        }
        let mut rest = bytes.as_slice();
        let mut found = 0;
        while !rest.is_empty() {
            (_, rest) = split_entry(rest).ok_or(BundleError::Truncated)?;
            found += 1;
            if found > width {
                return Err(BundleError::Width);
            }
        }
        if found == width { Ok(Self { bytes, width }) } else { Err(BundleError::Width) }
    }

    /// Adds an entry; refused when the bundle is full or the entry longer than [`MAX_ENTRY_LEN`].
    pub fn push(&mut self, entry: &[u8]) -> Result<(), BundleError> {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong)?;
        if self.width == TILE_WIDTH {
            return Err(BundleError::Width);
        }
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(entry);
        self.width += 1;
        Ok(())
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (entry, after) = split_entry(rest)?;
            rest = after;
            Some(entry)
        })
    }

    /// How many entries, 0 to 256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether each entry hashes to its place in the level-0 tile of the same index and width.
    pub fn check(&self, tile: &Tile) -> Result<(), BundleError> {
        if self.width == tile.width() && self.entries().zip(tile.hashes()).all(|(entry, hash)| Hash::leaf(entry) == *hash) {
            Ok(())
        } else {
            Err(BundleError::HashMismatch)
        }
    }
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}
