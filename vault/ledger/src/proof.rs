//! Inclusion and consistency proofs (RFC 6962, sections 2.1.1 and 2.1.2; verified as in RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::error::ProofError;
use crate::node::{Node, Range, fold_from_right};
use crate::tile::{HashSource, locate};
use crate::{Hash, MAX_TREE_SIZE, TilePath};

/// The most hashes of a proof as text: what C2SP tlog-witness allows, enough for 2^62 leaves.
pub const MAX_PROOF_LEN: usize = 63;

/// Which hashes a proof is made of. It touches no storage: fetch [`ProofPlan::tiles`] in whatever way, then
/// [`ProofPlan::make`] the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofPlan {
    size: u64,
    ranges: Vec<Range>,
}

impl ProofPlan {
    /// That leaf `index` is in the tree of `size` leaves.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, ProofError> {
        check_size(size)?;
        if index >= size {
            return Err(ProofError::IndexOutOfRange);
        }
        let mut ranges = Vec::new();
        let mut range = Range { start: 0, end: size };
        while range.len() > 1 {
            let (left, right) = range.split();
            let beside;
            (range, beside) = if index < left.end { (left, right) } else { (right, left) };
            ranges.push(beside);
        }
        ranges.reverse();
        Ok(Self { size, ranges })
    }

    /// That the first `old` leaves of the tree of `new` leaves are those of the older tree. Without hashes when the trees are
    /// equal or the older is empty.
    pub fn consistency(old: u64, new: u64) -> Result<Self, ProofError> {
        check_size(new)?;
        if old > new {
            return Err(ProofError::SizesReversed);
        }
        let mut ranges = Vec::new();
        if 0 < old && old < new {
            let mut range = Range { start: 0, end: new };
            while range.end != old {
                let (left, right) = range.split();
                let beside;
                (range, beside) = if old <= left.end { (left, right) } else { (right, left) };
                ranges.push(beside);
            }
            // A subtree that is the whole of the older tree needs no hash: its verifier knows the older root.
            if range.start > 0 {
                ranges.push(range);
            }
        }
        ranges.reverse();
        Ok(Self { size: new, ranges })
    }

    /// The tiles that hold what the proof needs.
    pub fn tiles(&self) -> BTreeSet<TilePath> {
        let nodes = self.ranges.iter().flat_map(|range| range.nodes());
        nodes.filter_map(|node| locate(node, self.size)).map(|(path, _)| path).collect()
    }

    /// The hashes of the proof, in the order of RFC 6962.
    pub fn make<S: HashSource>(&self, source: &mut S) -> Result<Vec<Hash>, S::Error> {
        let mut hash = |range: &Range| {
            let nodes: Vec<Node> = range.nodes().rev().collect();
            let hashes: Result<Vec<Hash>, _> = nodes.into_iter().map(|node| source.hash(node)).collect();
            Ok(fold_from_right(hashes?).expect("a part of a split range is not empty"))
        };
        self.ranges.iter().map(&mut hash).collect()
    }
}

/// Checks that the leaf with this hash is leaf `index` of the tree with this size and root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutOfRange);
    }
    let mut edge = Edge { node: index, last: size - 1 };
    let mut hash = *leaf;
    for beside in proof {
        hash = match edge.step()? {
            Side::Left => Hash::node(beside, &hash),
            Side::Right => Hash::node(&hash, beside),
        };
    }
    edge.finish()?;
    if hash == *root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// Checks that the tree of `old` leaves with `old_root` is the beginning of the tree of `new` leaves with `new_root`.
///
/// Trees of one size must have one root and no proof. Every tree begins with the empty one; this needs no proof either
/// (C2SP tlog-witness), but `old_root` must be [`Hash::EMPTY_ROOT`].
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::SizesReversed);
    }
    if (old == 0 && *old_root != Hash::EMPTY_ROOT) || (old == new && old_root != new_root) {
        return Err(ProofError::RootMismatch);
    }
    if old == 0 || old == new {
        return if proof.is_empty() { Ok(()) } else { Err(ProofError::Length) };
    }
    let mut edge = Edge { node: old - 1, last: new - 1 };
    let complete = edge.node.trailing_ones();
    edge = Edge { node: edge.node >> complete, last: edge.last >> complete };
    // The subtree that the proof starts from; where that is the whole older tree, its root is not repeated.
    let (start, proof) = if old.is_power_of_two() { (old_root, proof) } else { proof.split_first().ok_or(ProofError::Length)? };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for beside in proof {
        match edge.step()? {
            Side::Left => {
                old_hash = Hash::node(beside, &old_hash);
                new_hash = Hash::node(beside, &new_hash);
            }
            Side::Right => new_hash = Hash::node(&new_hash, beside),
        }
    }
    edge.finish()?;
    if (old_hash, new_hash) == (*old_root, *new_root) { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// Which side of the climbing node the next hash of a proof is on.
enum Side {
    Left,
    Right,
}

/// A climb from a node to the root: its index and that of the last node of its level.
struct Edge {
    node: u64,
    last: u64,
}

impl Edge {
    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // A last node without a sibling is the same node on the levels above, up to the one where it has a left sibling.
            // It is not node 0, which would be the root.
            let levels = self.node.trailing_zeros();
            self.node >>= levels;
            self.last >>= levels;
            Side::Left
        } else {
            Side::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Ok(side)
    }

    const fn finish(&self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::Length) }
    }
}

const fn check_size(size: u64) -> Result<(), ProofError> {
    if size <= MAX_TREE_SIZE { Ok(()) } else { Err(ProofError::TreeTooLarge) }
}

/// A proof as text: each hash in base64 on a line of its own, as witnesses take it (C2SP tlog-witness).
pub fn proof_to_lines(proof: &[Hash]) -> String {
    proof.iter().fold(String::new(), |mut text, hash| {
        writeln!(text, "{hash}").expect("writing to a String");
        text
    })
}

/// Reads what [`proof_to_lines`] writes, and nothing else; at most [`MAX_PROOF_LEN`] lines.
pub fn proof_from_lines(text: &str) -> Result<Vec<Hash>, ProofError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let lines = text.strip_suffix('\n').ok_or(ProofError::Malformed)?;
    let hashes: Vec<Hash> =
        lines.split('\n').take(MAX_PROOF_LEN + 1).map(str::parse).collect::<Result<_, _>>().map_err(|_| ProofError::Malformed)?;
    if hashes.len() > MAX_PROOF_LEN { Err(ProofError::Malformed) } else { Ok(hashes) }
}
