//! C2SP chunked encryption, Cobblestone-256 (<https://c2sp.org/chunked-encryption>, v1):
//! HKDF-Expand-SHA-512 gives a key, a base nonce and a commitment for each message; AES-256-GCM
//! seals chunks of 16 KiB, of which the last is always shorter and so marks the end.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};

use crate::derive::hkdf_expand;
use crate::{Key, OpenError, SealError};

/// Plaintext bytes in every chunk but the last.
pub(crate) const CHUNK: usize = 16 * 1024;
/// Bytes that one chunk adds.
pub(crate) const TAG: usize = 16;
/// A full chunk as sealed.
pub(crate) const SEALED_CHUNK: usize = CHUNK + TAG;
/// Random bytes per message.
pub(crate) const SALT: usize = 24;
/// Bytes that bind a message to its key and context.
pub(crate) const COMMITMENT: usize = 32;

const KEY: usize = 32;
const NONCE: usize = 12;
/// The format ends here (4 PiB), far below what the nonces and AES allow.
const MAX_CHUNKS: u64 = 1 << 38;
const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";

/// The chunks of one message, sealed or opened in order.
pub(crate) struct Chunks {
    cipher: Aes256Gcm,
    base_nonce: [u8; NONCE],
    next: u64,
}

/// The message's chunks and the commitment that its ciphertext must carry.
pub(crate) fn derive(key: &Key, salt: &[u8; SALT], context: &[u8]) -> (Chunks, [u8; COMMITMENT]) {
    let okm = hkdf_expand::<{ KEY + NONCE + COMMITMENT }>(key.expose(), &[INFO, salt, context]);
    let (aead_key, rest) = okm.split_at(KEY);
    let (base_nonce, commitment) = rest.split_at(NONCE);
    let chunks = Chunks {
        cipher: Aes256Gcm::new_from_slice(aead_key).expect("an AES-256 key has 32 bytes"),
        base_nonce: base_nonce.try_into().expect("12 bytes were split off"),
        next: 0,
    };
    (chunks, commitment.try_into().expect("32 bytes are left"))
}

impl Chunks {
    fn next_nonce(&mut self) -> Option<[u8; NONCE]> {
        if self.next >= MAX_CHUNKS {
            return None;
        }
        let mut nonce = self.base_nonce;
        for (byte, counter) in nonce[NONCE - 8..].iter_mut().zip(self.next.to_be_bytes()) {
            *byte ^= counter;
        }
        self.next += 1;
        Some(nonce)
    }

    /// Appends the next chunk, sealed, to `out`.
    pub(crate) fn seal_chunk(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        debug_assert!(chunk.len() <= CHUNK, "a chunk is at most 16 KiB");
        let nonce = self.next_nonce().ok_or(SealError::ValueTooLong)?;
        let start = out.len();
        out.extend_from_slice(chunk);
        let sealed = self.cipher.encrypt_inout_detached(&nonce.into(), &[], (&mut out[start..]).into());
        out.extend_from_slice(&sealed.expect("a chunk is far below what GCM can seal"));
        Ok(())
    }

    /// Appends the plaintext of the next chunk to `out`, after its tag was checked. On error `out`
    /// is as it was.
    pub(crate) fn open_chunk(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), OpenError> {
        let nonce = self.next_nonce().ok_or(OpenError)?;
        let (body, tag) = sealed.split_last_chunk::<TAG>().ok_or(OpenError)?;
        let start = out.len();
        out.extend_from_slice(body);
        let opened = self.cipher.decrypt_inout_detached(&nonce.into(), &[], (&mut out[start..]).into(), tag.into());
        opened.map_err(|_| {
            out.truncate(start);
            OpenError
        })
    }

    /// Appends a whole message, sealed, to `out`.
    pub(crate) fn seal_message(mut self, message: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        let (full, last) = message.as_chunks::<CHUNK>();
        full.iter().try_for_each(|chunk| self.seal_chunk(chunk, out))?;
        self.seal_chunk(last, out)
    }

    /// Appends the plaintext of a whole message to `out`.
    pub(crate) fn open_message(mut self, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), OpenError> {
        let (full, last) = sealed.as_chunks::<SEALED_CHUNK>();
        full.iter().try_for_each(|chunk| self.open_chunk(chunk, out))?;
        self.open_chunk(last, out)
    }

    /// Raw mode, for test vectors: chunks under a given key and base nonce, without commitment.
    #[cfg(test)]
    pub(crate) fn raw(aead_key: &[u8], base_nonce: &[u8]) -> Self {
        Self { cipher: Aes256Gcm::new_from_slice(aead_key).unwrap(), base_nonce: base_nonce.try_into().unwrap(), next: 0 }
    }
}

/// The length of the chunks of a message of `message` bytes; `None` where `usize` ends.
pub(crate) fn sealed_len(message: usize) -> Option<usize> {
    (message / CHUNK + 1).checked_mul(TAG)?.checked_add(message)
}

/// The length of the message inside chunks of `sealed` bytes; `None` where no message has this
/// length, so that nothing is allocated or opened for it.
pub(crate) fn opened_len(sealed: usize) -> Option<usize> {
    let last = (sealed % SEALED_CHUNK).checked_sub(TAG)?;
    Some(sealed / SEALED_CHUNK * CHUNK + last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks() -> Chunks {
        Chunks::raw(&[1; 32], &[0xFF; 12])
    }

    #[test]
    fn the_nonce_is_the_base_xor_the_counter_in_big_endian() {
        let mut chunks = chunks();
        assert_eq!(chunks.next_nonce().unwrap(), [0xFF; 12]);
        assert_eq!(chunks.next_nonce().unwrap()[11], 0xFE);
        chunks.next = 0x01_0203;
        assert_eq!(chunks.next_nonce().unwrap()[8..], [0xFF, 0xFE, 0xFD, 0xFC]);
    }

    #[test]
    fn the_format_ends_at_its_last_chunk() {
        let mut out = Vec::new();
        let mut sealing = chunks();
        sealing.next = MAX_CHUNKS - 1;
        sealing.seal_chunk(b"last", &mut out).unwrap();
        let length = out.len();
        assert_eq!(sealing.seal_chunk(b"one more", &mut out), Err(SealError::ValueTooLong));
        assert_eq!(out.len(), length, "a refused chunk left bytes");

        let mut opening = chunks();
        opening.next = MAX_CHUNKS;
        assert_eq!(opening.open_chunk(&out, &mut Vec::new()), Err(OpenError));
    }

    #[test]
    fn a_chunk_that_fails_releases_no_byte() {
        let mut sealed = Vec::new();
        chunks().seal_chunk(b"a secret", &mut sealed).unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        let mut out = b"before".to_vec();
        assert_eq!(chunks().open_chunk(&sealed, &mut out), Err(OpenError));
        assert_eq!(out, b"before");
    }

    #[test]
    fn lengths_map_both_ways_and_impossible_lengths_have_no_message() {
        for message in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 77] {
            assert_eq!(opened_len(sealed_len(message).unwrap()), Some(message), "{message}");
        }
        for sealed in [0, 1, TAG - 1, SEALED_CHUNK, SEALED_CHUNK + TAG - 1, 2 * SEALED_CHUNK] {
            assert_eq!(opened_len(sealed), None, "{sealed}");
        }
        assert_eq!(sealed_len(usize::MAX), None);
    }
}
