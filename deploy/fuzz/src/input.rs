//! Values out of the bytes of a fuzzer, from the front on. At the end there are zeros and nothing more.

/// What is left of an input.
#[derive(Clone, Copy, Debug)]
pub struct Input<'b>(pub &'b [u8]);

impl<'b> Input<'b> {
    /// Up to so many bytes.
    pub fn take(&mut self, most: usize) -> &'b [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// As many bytes, with zeros where there are too few.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let taken = self.take(N);
        bytes[..taken.len()].copy_from_slice(taken);
        bytes
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    /// The next two bytes.
    pub fn short(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    /// The next eight bytes.
    pub fn long(&mut self) -> u64 {
        u64::from_be_bytes(self.array())
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Another text or none: with one bit turned, which one the input says. A text stays UTF-8 or is none.
pub fn with_a_bit_turned(bytes: &[u8], which: usize) -> Vec<u8> {
    let mut turned = bytes.to_vec();
    let bits = 8 * turned.len();
    if let Some(place) = which.checked_rem(bits) {
        turned[place / 8] ^= 1 << (place % 8);
    }
    turned
}
