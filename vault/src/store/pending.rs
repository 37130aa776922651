//! What waits for its place in the transparency log.
//!
//! A commit leaves one row with the leaves of all entries that it wrote, instead of a mark at each entry: the log takes a few rows where
//! it would look for thousands, and a read costs nothing more. The commit's id stands in each entry, too, and leads to its place.

use uuid::Uuid;

/// One entry as the log needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Whose stream; the nil UUID for the deployment's.
    pub(crate) customer: Uuid,
    /// The position in the stream.
    pub(crate) sequence: i64,
    /// The entry's random id, `id` in the leaf.
    pub(crate) event: Uuid,
    /// The entry's commitment, `commit` in the leaf.
    pub(crate) commitment: [u8; 32],
}

impl Leaf {
    /// Bytes of one leaf.
    pub(crate) const LEN: usize = 72;

    /// Customer, sequence (big-endian), event, commitment.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..16].copy_from_slice(self.customer.as_bytes());
        bytes[16..24].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[24..40].copy_from_slice(self.event.as_bytes());
        bytes[40..].copy_from_slice(&self.commitment);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let (customer, rest) = bytes.split_first_chunk().expect("72 bytes");
        let (sequence, rest) = rest.split_first_chunk().expect("56 bytes");
        let (event, rest) = rest.split_first_chunk().expect("48 bytes");
        Self {
            customer: Uuid::from_bytes(*customer),
            sequence: i64::from_be_bytes(*sequence),
            event: Uuid::from_bytes(*event),
            commitment: *rest.first_chunk().expect("32 bytes"),
        }
    }

    /// The leaves of a row of `log_pending`, in the order in which they take their places; nothing where bytes are left over.
    pub(crate) fn all(bytes: &[u8]) -> Option<impl Iterator<Item = Self>> {
        let (leaves, rest) = bytes.as_chunks();
        rest.is_empty().then(|| leaves.iter().map(Self::from_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn leaves_are_read_as_they_were_written(parts in proptest::collection::vec(any::<(u128, i64, u128, [u8; 32])>(), 0..9)) {
            let leaves: Vec<Leaf> = parts
                .into_iter()
                .map(|(customer, sequence, event, commitment)| Leaf {
                    customer: Uuid::from_u128(customer),
                    sequence,
                    event: Uuid::from_u128(event),
                    commitment,
                })
                .collect();
            let bytes: Vec<u8> = leaves.iter().flat_map(|leaf| leaf.to_bytes()).collect();
            prop_assert_eq!(Leaf::all(&bytes).expect("whole leaves").collect::<Vec<_>>(), leaves);
            if !bytes.is_empty() {
                prop_assert!(Leaf::all(&bytes[1..]).is_none());
            }
        }
    }
}
