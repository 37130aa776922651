//! Complete subtrees, and the ranges of leaves that they make up.

use crate::Hash;

/// The greatest tree size: 2^63 - 1 leaves, what a signed 64-bit column holds.
pub const MAX_TREE_SIZE: u64 = i64::MAX as u64;

/// The root of a complete subtree, over the leaves from `index << level` up to and without `(index + 1) << level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The height above the leaves, from 0.
    pub level: u8,
    /// The position among the nodes of this level, from 0.
    pub index: u64,
}

/// Leaves from `start` up to and without `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Range {
    pub(crate) const fn len(self) -> u64 {
        self.end - self.start
    }

    /// Both parts of a range of two or more leaves: RFC 6962 splits at the largest power of two below its length.
    pub(crate) const fn split(self) -> (Self, Self) {
        let middle = self.start + (1 << (self.len() - 1).ilog2());
        (Self { start: self.start, end: middle }, Self { start: middle, end: self.end })
    }

    /// The complete subtrees that make up the range, from left to right; `start` is a multiple of the largest of them.
    pub(crate) fn nodes(self) -> impl DoubleEndedIterator<Item = Node> {
        (0..u64::BITS).rev().filter(move |level| self.len() >> level & 1 == 1).map(move |level| {
            let before = (self.len() >> level) - 1;
            Node { level: level as u8, index: (self.start >> level) + before }
        })
    }
}

/// The hash of a range from those of its [`Range::nodes`], given from right to left; `None` when there are none.
pub(crate) fn fold_from_right(hashes: impl IntoIterator<Item = Hash>) -> Option<Hash> {
    hashes.into_iter().reduce(|right, left| Hash::node(&left, &right))
}
