//! The right edge of a tree: all that its root and its growth need.

use crate::error::FrontierError;
use crate::node::fold_from_right;
use crate::{Hash, MAX_TREE_SIZE};

/// A tree that keeps no leaves, only the roots of the complete subtrees along its right edge: at most 63 hashes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// From the largest subtree to the smallest: one for each bit of `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// A frontier kept elsewhere: what [`Frontier::size`] and [`Frontier::peaks`] gave.
    ///
    /// Nothing here says that the hashes are the right ones: compare [`Frontier::root`] with a root that is trusted.
    pub fn resume(size: u64, peaks: Vec<Hash>) -> Result<Self, FrontierError> {
        if size > MAX_TREE_SIZE {
            return Err(FrontierError::TreeTooLarge);
        }
        if peaks.len() != size.count_ones() as usize {
            return Err(FrontierError::PeakCount);
        }
        Ok(Self { size, peaks })
    }

    /// Adds a leaf by its hash ([`Hash::leaf`]).
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a subtree as large as the one being made.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("there is one peak for each bit of the size");
            node = Hash::node(&left, &node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, from the largest to the smallest.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        fold_from_right(self.peaks.iter().rev().copied()).unwrap_or(Hash::EMPTY_ROOT)
    }
}

impl Extend<Hash> for Frontier {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}
