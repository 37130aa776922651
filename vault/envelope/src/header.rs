//! The public part of an envelope.

use crate::cobblestone::{COMMITMENT, SALT};
use crate::context::BOUND_HEADER;
use crate::{KeyId, OpenError};

/// The length of a header in bytes; the chunks follow.
pub const HEADER_LEN: usize = BOUND_HEADER + SALT + COMMITMENT;

const VERSION: u8 = 1;
/// Cobblestone-256.
const SUITE: u8 = 1;
const PADDED: u8 = 1;

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The value of an attribute.
    Attribute = 1,
    /// The body of a blob, such as a photo.
    BlobBody = 2,
    /// A customer key, wrapped by an epoch key.
    CustomerKeyWrap = 3,
    /// An epoch key, wrapped by a root key.
    EpochKeyWrap = 4,
    /// The server's own layer around a value that the customer sealed.
    SealedOuter = 5,
    /// A customer root key as one unlock method holds it.
    UnlockSlot = 6,
    /// The own key of a blob or attribute, wrapped by a subkey of the customer.
    DataKeyWrap = 7,
    /// The opening of a commitment in the ledger.
    LedgerOpening = 8,
    /// The root of the blind indexes, wrapped by an epoch key.
    IndexRootWrap = 9,
}

impl Kind {
    /// Every kind, in the order of its byte.
    pub const ALL: [Self; 9] = [
        Self::Attribute,
        Self::BlobBody,
        Self::CustomerKeyWrap,
        Self::EpochKeyWrap,
        Self::SealedOuter,
        Self::UnlockSlot,
        Self::DataKeyWrap,
        Self::LedgerOpening,
        Self::IndexRootWrap,
    ];

    /// Whether envelopes of this kind are made by [`wrap_key`](crate::wrap_key).
    pub const fn holds_key(self) -> bool {
        matches!(self, Self::CustomerKeyWrap | Self::EpochKeyWrap | Self::DataKeyWrap | Self::IndexRootWrap)
    }

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// The public part of an envelope: which key it needs, and nothing about its owner.
///
/// What a header says is a claim until the envelope has opened. It serves to fetch the one key;
/// what is expected of an envelope ([`Expected`](crate::Expected)) must come from elsewhere.
///
/// | bytes | field |
/// |---|---|
/// | 1 | version, 0x01 |
/// | 1 | suite, 0x01: Cobblestone-256 |
/// | 1 | kind |
/// | 1 | flags: bit 0 padded, the others zero |
/// | 4 | generation of the key, big endian |
/// | 16 | key id |
/// | 24 | salt |
/// | 32 | commitment |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the envelope holds.
    pub kind: Kind,
    /// Whether the plaintext is padded to a multiple of 64 bytes.
    pub padded: bool,
    /// The generation of the key.
    pub generation: u32,
    /// The key that opens it.
    pub key_id: KeyId,
    pub(crate) salt: [u8; SALT],
    pub(crate) commitment: [u8; COMMITMENT],
}

impl Header {
    /// Reads the header of an envelope from its first [`HEADER_LEN`] bytes; more may follow.
    /// An unknown version, suite, kind or flag is an error.
    pub fn parse(envelope: &[u8]) -> Result<Self, OpenError> {
        let bytes = envelope.first_chunk::<HEADER_LEN>().ok_or(OpenError)?;
        let [VERSION, SUITE, kind, flags, rest @ ..] = bytes else {
            return Err(OpenError);
        };
        if flags & !PADDED != 0 {
            return Err(OpenError);
        }
        let (generation, rest) = rest.split_first_chunk().expect("the header is long enough");
        let (key_id, rest) = rest.split_first_chunk().expect("the header is long enough");
        let (salt, rest) = rest.split_first_chunk().expect("the header is long enough");
        let commitment = rest.first_chunk().expect("the header is long enough");
        Ok(Self {
            kind: Kind::from_byte(*kind).ok_or(OpenError)?,
            padded: flags & PADDED != 0,
            generation: u32::from_be_bytes(*generation),
            key_id: KeyId(*key_id),
            salt: *salt,
            commitment: *commitment,
        })
    }

    pub(crate) fn bound(&self) -> [u8; BOUND_HEADER] {
        let mut bytes = [0; BOUND_HEADER];
        bytes[..4].copy_from_slice(&[VERSION, SUITE, self.kind as u8, u8::from(self.padded)]);
        bytes[4..8].copy_from_slice(&self.generation.to_be_bytes());
        bytes[8..].copy_from_slice(&self.key_id.0);
        bytes
    }

    pub(crate) fn to_bytes(self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[..BOUND_HEADER].copy_from_slice(&self.bound());
        bytes[BOUND_HEADER..BOUND_HEADER + SALT].copy_from_slice(&self.salt);
        bytes[BOUND_HEADER + SALT..].copy_from_slice(&self.commitment);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> [u8; HEADER_LEN] {
        let mut bytes = [0xAA; HEADER_LEN];
        bytes[..8].copy_from_slice(&[1, 1, 2, 1, 0, 0, 1, 2]);
        bytes[8..24].copy_from_slice(&[3; 16]);
        bytes
    }

    #[test]
    fn every_field_is_where_the_format_says() {
        let header = Header::parse(&sample()).unwrap();
        assert_eq!(header.kind, Kind::BlobBody);
        assert!(header.padded);
        assert_eq!(header.generation, 258);
        assert_eq!(header.key_id, KeyId([3; 16]));
        assert_eq!(header.salt, [0xAA; 24]);
        assert_eq!(header.commitment, [0xAA; 32]);
        assert_eq!(HEADER_LEN, 80);
    }

    #[test]
    fn only_the_known_version_suite_kinds_and_flags_are_read() {
        let accepted = |place: usize| -> Vec<u8> {
            (0..=u8::MAX)
                .filter(|byte| {
                    let mut bytes = sample();
                    bytes[place] = *byte;
                    Header::parse(&bytes).is_ok()
                })
                .collect()
        };
        assert_eq!(accepted(0), [1], "version");
        assert_eq!(accepted(1), [1], "suite");
        assert_eq!(accepted(2), [1, 2, 3, 4, 5, 6, 7, 8, 9], "kind");
        assert_eq!(accepted(3), [0, 1], "flags");
    }

    #[test]
    fn a_header_cut_anywhere_is_refused() {
        for length in 0..HEADER_LEN {
            assert_eq!(Header::parse(&sample()[..length]), Err(OpenError), "{length} bytes");
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics_and_what_it_reads_it_writes_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(header) = Header::parse(&bytes) {
                prop_assert_eq!(&header.to_bytes()[..], &bytes[..HEADER_LEN]);
            }
        }

        #[test]
        fn near_headers_round_trip(
            start in prop::array::uniform4(0_u8..12),
            rest in prop::collection::vec(any::<u8>(), 60..100),
        ) {
            let bytes = [&start[..], &rest].concat();
            let known = start[0] == 1 && start[1] == 1 && (1..=9).contains(&start[2]) && start[3] <= 1;
            match Header::parse(&bytes) {
                Ok(header) => {
                    prop_assert!(known && bytes.len() >= HEADER_LEN);
                    prop_assert_eq!(&header.to_bytes()[..], &bytes[..HEADER_LEN]);
                }
                Err(OpenError) => prop_assert!(!known || bytes.len() < HEADER_LEN),
            }
        }
    }
}
