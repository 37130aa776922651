//! The spellings that the formats share, each with exactly one way to write a value.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// RFC 4648, section 4, with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// `None` for anything that [`base64`] would not have written: no padding, bits behind the last byte, spaces.
pub(crate) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// ASCII decimal without sign or leading zeros, at most 2^64 - 1.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { text.parse().ok() } else { None }
}

/// Exactly `N` bytes in lower-case hexadecimal.
pub(crate) fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: &[u8] = text.as_bytes();
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Writes bytes in lower-case hexadecimal.
pub(crate) struct Hex<'b>(pub(crate) &'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_one_spelling() {
        for (text, number) in [("0", 0), ("7", 7), ("120", 120), ("18446744073709551615", u64::MAX)] {
            assert_eq!(parse_decimal(text), Some(number));
        }
        for wrong in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "1e3", "١", "18446744073709551616"] {
            assert_eq!(parse_decimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn hexadecimal_is_lower_case_and_of_one_length() {
        assert_eq!(parse_hex("00ff"), Some([0, 255]));
        for wrong in ["", "0", "00f", "00fF", "00FF", "00ff0", "00ff00", "0xff", "é0"] {
            assert_eq!(parse_hex::<2>(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(parse_base64("AA=="), Some(vec![0]));
        for wrong in ["AA", "AA=", "AB==", "AA==\n", " AA==", "AA===", "A-==", "A_=="] {
            assert_eq!(parse_base64(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn what_is_read_is_what_would_be_written(text in "[0-9a-fA-F+=/ ]{0,12}") {
            if let Some(number) = parse_decimal(&text) {
                prop_assert_eq!(number.to_string(), text.clone());
            }
            if let Some(bytes) = parse_base64(&text) {
                prop_assert_eq!(base64(&bytes), text.clone());
            }
            if let Some(bytes) = parse_hex::<4>(&text) {
                prop_assert_eq!(Hex(&bytes).to_string(), text);
            }
        }
    }
}
