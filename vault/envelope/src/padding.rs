//! Padding, so that a size or a yes/no cannot be read off the length of its ciphertext:
//! length as u32, big endian || value || zeros to a multiple of 64 bytes.

use zeroize::Zeroizing;

use crate::{OpenError, SealError};

const BLOCK: usize = 64;
const PREFIX: usize = 4;

pub(crate) fn pad(value: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let length = u32::try_from(value.len()).map_err(|_| SealError::ValueTooLong)?;
    let padded = padded_len(value.len()).ok_or(SealError::ValueTooLong)?;
    let mut out = Zeroizing::new(Vec::with_capacity(padded));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
    out.resize(padded, 0);
    Ok(out)
}

/// Takes the padding off in place. There is one padding for each value; every other is refused.
pub(crate) fn unpad(padded: &mut Vec<u8>) -> Result<(), OpenError> {
    let length = u32::from_be_bytes(*padded.first_chunk().ok_or(OpenError)?) as usize;
    if padded_len(length) != Some(padded.len()) {
        return Err(OpenError);
    }
    if padded[PREFIX + length..].iter().any(|byte| *byte != 0) {
        return Err(OpenError);
    }
    padded.truncate(PREFIX + length);
    padded.drain(..PREFIX);
    Ok(())
}

fn padded_len(value: usize) -> Option<usize> {
    value.checked_add(PREFIX)?.checked_next_multiple_of(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_nearby_length_have_one_padded_length() {
        let lengths: Vec<usize> = [0, 1, 60, 61, 124, 125].iter().map(|n| pad(&vec![1; *n]).unwrap().len()).collect();
        assert_eq!(lengths, [64, 64, 64, 128, 128, 192]);
    }

    #[test]
    fn padding_comes_off_exactly() {
        for length in 0..300 {
            let value: Vec<u8> = (0..length).map(|i| i as u8 | 1).collect();
            let mut padded = pad(&value).unwrap();
            unpad(&mut padded).unwrap();
            assert_eq!(*padded, value);
        }
    }

    #[test]
    fn a_length_that_does_not_fit_is_refused() {
        for length in [61_u32, 64, 1_000, u32::MAX] {
            let mut padded = vec![0; 64];
            padded[..4].copy_from_slice(&length.to_be_bytes());
            assert_eq!(unpad(&mut padded), Err(OpenError), "{length}");
        }
    }

    #[test]
    fn a_block_too_many_or_too_few_is_refused() {
        assert_eq!(unpad(&mut Vec::new()), Err(OpenError));
        assert_eq!(unpad(&mut vec![0; 3]), Err(OpenError));
        assert_eq!(unpad(&mut vec![0; 63]), Err(OpenError));
        assert_eq!(unpad(&mut vec![0; 65]), Err(OpenError));
        assert_eq!(unpad(&mut vec![0; 128]), Err(OpenError));
        assert_eq!(unpad(&mut vec![0; 64]), Ok(()));
    }

    #[test]
    fn bytes_hidden_in_the_zeros_are_refused() {
        for place in 7..64 {
            let mut padded = pad(b"abc").unwrap();
            padded[place] = 1;
            assert_eq!(unpad(&mut padded), Err(OpenError), "byte {place}");
        }
    }
}
