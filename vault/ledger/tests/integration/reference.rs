//! The tree as RFC 6962 defines it: recursive, over all leaves, sharing no code with what is tested but the two hash rules,
//! which have known answers of their own.

use std::cell::RefCell;
use std::collections::HashMap;

use coffret_ledger::Hash;

/// Entry `index` of the logs that tests make.
pub(crate) fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// A list of leaves; every subtree is hashed once.
pub(crate) struct Reference {
    leaves: Vec<Hash>,
    known: RefCell<HashMap<(u64, u64), Hash>>,
}

impl Reference {
    pub(crate) fn new(size: u64) -> Self {
        Self { leaves: (0..size).map(|index| Hash::leaf(&entry(index))).collect(), known: RefCell::default() }
    }

    pub(crate) fn leaf(&self, index: u64) -> Hash {
        self.leaves[usize::try_from(index).unwrap()]
    }

    pub(crate) fn leaves(&self, from: u64, to: u64) -> Vec<Hash> {
        (from..to).map(|index| self.leaf(index)).collect()
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        self.mth(0, size)
    }

    /// MTH(D[start:end]).
    pub(crate) fn mth(&self, start: u64, end: u64) -> Hash {
        match end - start {
            0 => Hash::EMPTY_ROOT,
            1 => self.leaf(start),
            length => {
                if let Some(hash) = self.known.borrow().get(&(start, end)) {
                    return *hash;
                }
                let k = split(length);
                let hash = Hash::node(&self.mth(start, start + k), &self.mth(start + k, end));
                self.known.borrow_mut().insert((start, end), hash);
                hash
            }
        }
    }

    /// PATH(index, D[0:size]).
    pub(crate) fn path(&self, index: u64, size: u64) -> Vec<Hash> {
        self.path_in(index, 0, size)
    }

    fn path_in(&self, m: u64, start: u64, end: u64) -> Vec<Hash> {
        if end - start == 1 {
            return Vec::new();
        }
        let k = split(end - start);
        let (mut path, last) = if m < k {
            (self.path_in(m, start, start + k), self.mth(start + k, end))
        } else {
            (self.path_in(m - k, start + k, end), self.mth(start, start + k))
        };
        path.push(last);
        path
    }

    /// PROOF(old, D[0:new]), for 0 < old < new.
    pub(crate) fn proof(&self, old: u64, new: u64) -> Vec<Hash> {
        self.subproof(old, 0, new, true)
    }

    fn subproof(&self, m: u64, start: u64, end: u64, whole: bool) -> Vec<Hash> {
        if m == end - start {
            return if whole { Vec::new() } else { vec![self.mth(start, end)] };
        }
        let k = split(end - start);
        let (mut proof, last) = if m <= k {
            (self.subproof(m, start, start + k, whole), self.mth(start + k, end))
        } else {
            (self.subproof(m - k, start + k, end, false), self.mth(start, start + k))
        };
        proof.push(last);
        proof
    }
}

/// The largest power of two below `length`.
fn split(length: u64) -> u64 {
    let mut k = 1;
    while k * 2 < length {
        k *= 2;
    }
    k
}
