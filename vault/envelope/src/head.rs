//! The head of a customer's records: one number that changes with every record, so that an old
//! record put back, a missing one or a foreign one is noticed.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::derive::hmac_prefixed;
use crate::{HeadMismatch, Key};

/// The length of a stored head in bytes: seal, then sum and count under a mask.
pub const STORED_HEAD_LEN: usize = SEAL + STATE;

const SEAL: usize = 32;
const STATE: usize = 40;

/// One record as the head sees it.
#[derive(Clone, Copy, Debug)]
pub struct HeadEntry<'a> {
    /// The record id.
    pub record: &'a [u8],
    /// The record version.
    pub version: u64,
    /// [`envelope_hash`] of the record's envelope as it is stored now.
    pub envelope_hash: &'a [u8; 32],
}

/// SHA-256 of an envelope.
pub fn envelope_hash(envelope: &[u8]) -> [u8; 32] {
    Sha256::digest(envelope).into()
}

/// A keyed hash of a set of records that is updated in constant time per record.
///
/// MSet-Add-Hash (Clarke, Devadas, van Dijk, Gassend, Suh: Incremental Multiset Hash Functions and
/// Their Application to Memory Integrity Checking, ASIACRYPT 2003) under K_state:
/// the sum modulo 2^256 of HMAC-SHA-256(K_state, entry) over all entries, and their count. The
/// order does not matter. Why it is safe, and why the sum is never stored bare, is in the crate's
/// documentation.
///
/// The sequence belongs to the caller: one more at every change, in the same transaction.
#[derive(Clone)]
pub struct HeadDigest<'k> {
    key: &'k Key,
    /// Modulo 2^256, the lowest 64 bits first.
    sum: [u64; 4],
    count: u64,
}

impl<'k> HeadDigest<'k> {
    /// The head of no records. `key` is K_state ([`Subkeys::state`](crate::Subkeys)).
    pub fn new(key: &'k Key) -> Self {
        Self { key, sum: [0; 4], count: 0 }
    }

    /// The head of these records, each once.
    pub fn of<'a>(key: &'k Key, entries: impl IntoIterator<Item = HeadEntry<'a>>) -> Self {
        let mut head = Self::new(key);
        entries.into_iter().for_each(|entry| head.add(entry));
        head
    }

    /// Adds a record.
    pub fn add(&mut self, entry: HeadEntry<'_>) {
        let term = self.term(entry);
        let mut carry = false;
        for (limb, term) in self.sum.iter_mut().zip(term) {
            let (sum, over) = limb.overflowing_add(term);
            let (sum, over_carry) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, over || over_carry);
        }
        self.count = self.count.wrapping_add(1);
    }

    /// Takes out a record that was added. Taking out one that was not leaves a head that matches no
    /// set of records.
    pub fn remove(&mut self, entry: HeadEntry<'_>) {
        let term = self.term(entry);
        let mut borrow = false;
        for (limb, term) in self.sum.iter_mut().zip(term) {
            let (sum, under) = limb.overflowing_sub(term);
            let (sum, under_borrow) = sum.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (sum, under || under_borrow);
        }
        self.count = self.count.wrapping_sub(1);
    }

    /// The head at a sequence: HMAC-SHA-256(K_state, sum, count, sequence).
    pub fn seal(&self, sequence: u64) -> [u8; SEAL] {
        hmac_prefixed(self.key, "coffret/head/seal/1", &[&self.state(), &sequence.to_be_bytes()])
    }

    /// Whether these records are the ones sealed at this sequence; in constant time.
    pub fn verify(&self, sequence: u64, seal: &[u8; SEAL]) -> Result<(), HeadMismatch> {
        if bool::from(self.seal(sequence).ct_eq(seal)) { Ok(()) } else { Err(HeadMismatch) }
    }

    /// What to store beside the sequence, so that the next change needs no other record: the
    /// [`seal`](Self::seal), then sum and count XOR a mask that only K_state can make.
    pub fn store(&self, sequence: u64) -> [u8; STORED_HEAD_LEN] {
        let seal = self.seal(sequence);
        let mut stored = [0; STORED_HEAD_LEN];
        stored[..SEAL].copy_from_slice(&seal);
        stored[SEAL..].copy_from_slice(&xor(self.state(), self.mask(&seal)));
        stored
    }

    /// Reads back what [`store`](Self::store) made at this sequence under this key.
    pub fn load(key: &'k Key, sequence: u64, stored: &[u8]) -> Result<Self, HeadMismatch> {
        let (seal, masked) = stored.split_first_chunk::<SEAL>().ok_or(HeadMismatch)?;
        let masked: [u8; STATE] = masked.try_into().map_err(|_| HeadMismatch)?;
        let mut head = Self::new(key);
        let state = xor(masked, head.mask(seal));
        let (limbs, _) = state.as_chunks::<8>();
        for (limb, bytes) in head.sum.iter_mut().rev().zip(limbs) {
            *limb = u64::from_be_bytes(*bytes);
        }
        head.count = u64::from_be_bytes(limbs[4]);
        head.verify(sequence, seal)?;
        Ok(head)
    }

    fn term(&self, HeadEntry { record, version, envelope_hash }: HeadEntry<'_>) -> [u64; 4] {
        let parts: [&[u8]; 3] = [record, &version.to_be_bytes(), envelope_hash];
        let block = hmac_prefixed(self.key, "coffret/head/entry/1", &parts);
        let (limbs, _) = block.as_chunks::<8>();
        [limbs[3], limbs[2], limbs[1], limbs[0]].map(u64::from_be_bytes)
    }

    /// Sum and count, big endian.
    fn state(&self) -> [u8; STATE] {
        let [a, b, c, d] = self.sum;
        let mut out = [0; STATE];
        for (bytes, limb) in out.chunks_exact_mut(8).zip([d, c, b, a, self.count]) {
            bytes.copy_from_slice(&limb.to_be_bytes());
        }
        out
    }

    /// Depends on the seal, and with it on the state: two states never share a mask, even where a
    /// restored database counts the same sequence again.
    fn mask(&self, seal: &[u8; SEAL]) -> [u8; STATE] {
        let block = |half: u8| hmac_prefixed(self.key, "coffret/head/mask/1", &[seal, &[half]]);
        let mut mask = [0; STATE];
        mask[..32].copy_from_slice(&block(0));
        mask[32..].copy_from_slice(&block(1)[..8]);
        mask
    }
}

fn xor(a: [u8; STATE], b: [u8; STATE]) -> [u8; STATE] {
    std::array::from_fn(|i| a[i] ^ b[i])
}

#[cfg(test)]
mod tests;
