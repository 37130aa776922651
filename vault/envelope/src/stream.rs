//! Sealing and opening a blob piece by piece, in constant memory.

use zeroize::Zeroizing;

use crate::cobblestone::{CHUNK, Chunks, SEALED_CHUNK, TAG};
use crate::envelope::{begin_opening, begin_sealing};
use crate::header::HEADER_LEN;
use crate::{Context, Entropy, Expected, Key, OpenError, SealError, Sealing};

/// Seals a blob whose pieces come one after the other.
///
/// The envelope is what every [`push`](Self::push) and the last [`finish`](Self::finish) return,
/// joined. It is the same envelope that [`seal`](crate::seal) makes, unpadded. Holds back less than
/// 16 KiB; without `finish` the envelope is truncated, and does not open.
pub struct Sealer {
    chunks: Chunks,
    /// Not yet returned; empty after the first piece.
    header: Vec<u8>,
    plaintext: Blocks<CHUNK>,
}

impl Sealer {
    /// Begins a new envelope. Padding is refused, as it needs the length first.
    pub fn new(entropy: &dyn Entropy, key: &Key, sealing: Sealing, context: &Context<'_>) -> Result<Self, SealError> {
        if sealing.padded {
            return Err(SealError::PaddedStream);
        }
        let (header, chunks) = begin_sealing(entropy, key, sealing, context)?;
        Ok(Self { chunks, header: header.to_vec(), plaintext: Blocks::new() })
    }

    /// Takes the next piece of the plaintext, of any length; returns the next piece of the
    /// envelope, which may be empty.
    pub fn push(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let Self { chunks, header, plaintext: blocks } = self;
        let mut out = Vec::with_capacity(header.len() + blocks.completed_by(plaintext) * SEALED_CHUNK);
        out.append(header);
        blocks.push(plaintext, |chunk| chunks.seal_chunk(chunk, &mut out))?;
        Ok(out)
    }

    /// The last piece of the envelope.
    pub fn finish(mut self) -> Result<Vec<u8>, SealError> {
        let mut out = std::mem::take(&mut self.header);
        self.chunks.seal_chunk(self.plaintext.rest(), &mut out)?;
        Ok(out)
    }
}

/// Opens a blob whose pieces come one after the other.
///
/// Every byte returned has been authenticated, at its place in the blob. That the blob is whole is
/// known only when [`finish`](Self::finish) has succeeded: until then the caller keeps what it got
/// to itself, or can take it back. After an error every later call fails.
///
/// Padded envelopes are refused; [`open`](crate::open) opens those.
pub struct Opener {
    chunks: Chunks,
    sealed: Blocks<SEALED_CHUNK>,
    failed: bool,
}

impl Opener {
    /// Begins with the first [`HEADER_LEN`] bytes of the envelope; fails here when key, context or
    /// expectation are not those it was sealed with.
    pub fn new(key: &Key, expected: Expected, context: &Context<'_>, header: &[u8; HEADER_LEN]) -> Result<Self, OpenError> {
        let (header, chunks) = begin_opening(key, expected, context, header)?;
        if header.padded {
            return Err(OpenError);
        }
        Ok(Self { chunks, sealed: Blocks::new(), failed: false })
    }

    /// Takes the next piece of the envelope after the header, of any length; returns the plaintext
    /// of all chunks completed by it, which may be none.
    pub fn push(&mut self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if self.failed {
            return Err(OpenError);
        }
        let Self { chunks, sealed: blocks, .. } = self;
        let mut out = Zeroizing::new(Vec::with_capacity(blocks.completed_by(sealed) * CHUNK));
        let opened = blocks.push(sealed, |chunk| chunks.open_chunk(chunk, &mut out));
        self.failed = opened.is_err();
        opened.map(|()| out)
    }

    /// The last piece of the plaintext. Fails when the envelope was cut short.
    pub fn finish(mut self) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if self.failed {
            return Err(OpenError);
        }
        let last = self.sealed.rest();
        let mut out = Zeroizing::new(Vec::with_capacity(last.len().saturating_sub(TAG)));
        self.chunks.open_chunk(last, &mut out)?;
        Ok(out)
    }
}

/// Cuts pieces of any length into blocks of `N` bytes. A full block is passed on at once, so that
/// what is left is always shorter.
struct Blocks<const N: usize> {
    /// Never reallocated, so that plaintext in it is wiped in one place.
    buffer: Zeroizing<Vec<u8>>,
}

impl<const N: usize> Blocks<N> {
    fn new() -> Self {
        Self { buffer: Zeroizing::new(Vec::with_capacity(N)) }
    }

    /// How many blocks the next `push` of `piece` passes on.
    fn completed_by(&self, piece: &[u8]) -> usize {
        (self.buffer.len() + piece.len()) / N
    }

    fn push<E>(&mut self, mut piece: &[u8], mut each: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if !self.buffer.is_empty() {
            let (head, tail) = piece.split_at(piece.len().min(N - self.buffer.len()));
            self.buffer.extend_from_slice(head);
            piece = tail;
            if self.buffer.len() < N {
                return Ok(());
            }
            each(&self.buffer)?;
            self.buffer.clear();
        }
        let (full, rest) = piece.as_chunks::<N>();
        full.iter().try_for_each(|block| each(block))?;
        self.buffer.extend_from_slice(rest);
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        &self.buffer
    }
}

#[cfg(test)]
impl Opener {
    /// An opener of bare chunks, for test vectors.
    pub(crate) fn bare(chunks: Chunks) -> Self {
        Self { chunks, sealed: Blocks::new(), failed: false }
    }
}
