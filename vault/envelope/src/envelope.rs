//! Sealing and opening a whole value.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cobblestone::{self, Chunks, SALT, opened_len, sealed_len};
use crate::header::HEADER_LEN;
use crate::padding::{pad, unpad};
use crate::{Context, Entropy, Header, Key, KeyId, Kind, OpenError, SealError};

/// What a new envelope says of itself in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// What it will hold.
    pub kind: Kind,
    /// The id of the key that seals it.
    pub key_id: KeyId,
    /// The generation of that key.
    pub generation: u32,
    /// Whether to hide the length of the value up to the next multiple of 64 bytes.
    pub padded: bool,
}

/// What a reader knows about an envelope before it looks at it: from its own tables, not from the
/// envelope's header. An envelope that says otherwise does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What it must hold.
    pub kind: Kind,
    /// The id of the key at hand.
    pub key_id: KeyId,
    /// The generation of that key.
    pub generation: u32,
}

impl From<Sealing> for Expected {
    fn from(Sealing { kind, key_id, generation, padded: _ }: Sealing) -> Self {
        Self { kind, key_id, generation }
    }
}

/// Seals a value for one place under one key.
///
/// The envelope is [`OVERHEAD`](crate::OVERHEAD) bytes longer than the (padded) value, and 16
/// more for each full 16 KiB. One key seals up to 2^80 values (C2SP chunked encryption, security
/// analysis).
pub fn seal(entropy: &dyn Entropy, key: &Key, sealing: Sealing, context: &Context<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    if sealing.padded {
        seal_message(entropy, key, sealing, context, &pad(plaintext)?)
    } else {
        seal_message(entropy, key, sealing, context, plaintext)
    }
}

fn seal_message(entropy: &dyn Entropy, key: &Key, sealing: Sealing, context: &Context<'_>, message: &[u8]) -> Result<Vec<u8>, SealError> {
    let length = sealed_len(message.len()).and_then(|chunks| chunks.checked_add(HEADER_LEN));
    let length = length.ok_or(SealError::ValueTooLong)?;
    let (header, chunks) = begin_sealing(entropy, key, sealing, context)?;
    let mut out = Vec::with_capacity(length);
    out.extend_from_slice(&header);
    chunks.seal_message(message, &mut out)?;
    Ok(out)
}

/// Opens an envelope with the one key that it must have been sealed with.
///
/// Nothing is decrypted before the commitment to key and context has matched, and nothing is
/// returned before every chunk has.
pub fn open(key: &Key, expected: Expected, context: &Context<'_>, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (header, chunks) = envelope.split_first_chunk::<HEADER_LEN>().ok_or(OpenError)?;
    let length = opened_len(chunks.len()).ok_or(OpenError)?;
    let (header, opening) = begin_opening(key, expected, context, header)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(length));
    opening.open_message(chunks, &mut plaintext)?;
    if header.padded {
        unpad(&mut plaintext)?;
    }
    Ok(plaintext)
}

/// The header of a new message and the chunks to follow it.
pub(crate) fn begin_sealing(
    entropy: &dyn Entropy,
    key: &Key,
    Sealing { kind, key_id, generation, padded }: Sealing,
    context: &Context<'_>,
) -> Result<([u8; HEADER_LEN], Chunks), SealError> {
    let mut salt = [0; SALT];
    entropy.fill(&mut salt)?;
    let mut header = Header { kind, padded, generation, key_id, salt, commitment: [0; 32] };
    let context = context.encode(&header.bound())?;
    let (chunks, commitment) = cobblestone::derive(key, &salt, &context);
    header.commitment = commitment;
    Ok((header.to_bytes(), chunks))
}

/// Checks all that can be checked before the first chunk: format, expectation, commitment.
pub(crate) fn begin_opening(
    key: &Key,
    expected: Expected,
    context: &Context<'_>,
    header: &[u8; HEADER_LEN],
) -> Result<(Header, Chunks), OpenError> {
    let header = Header::parse(header)?;
    let Header { kind, key_id, generation, .. } = header;
    if (Expected { kind, key_id, generation }) != expected {
        return Err(OpenError);
    }
    let context = context.encode(&header.bound()).map_err(|_| OpenError)?;
    let (chunks, commitment) = cobblestone::derive(key, &header.salt, &context);
    if bool::from(commitment.ct_eq(&header.commitment)) { Ok((header, chunks)) } else { Err(OpenError) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    const PLACE: Context<'_> =
        Context { deployment: b"d", customer: b"c", class: "attribute", record: b"r", attribute: "a", version: 1, schema: "s" };

    /// Made by someone who has the key and writes the plaintext by hand.
    #[test]
    fn false_padding_does_not_open_though_every_chunk_does() {
        let key = Key::from_bytes([1; 32]);
        let sealing = Sealing { kind: Kind::Attribute, key_id: KeyId([2; 16]), generation: 1, padded: true };
        let made = |message: &[u8]| seal_message(&SeededEntropy::new(1), &key, sealing, &PLACE, message).unwrap();
        let opens = |message: &[u8]| open(&key, sealing.into(), &PLACE, &made(message)).is_ok();
        let mut message = pad(b"38.5").unwrap();
        assert!(opens(&message));
        assert!(!opens(&message[..63]), "not a multiple of 64");
        message[63] = 1;
        assert!(!opens(&message), "not zeros");
        message[63] = 0;
        message[0] = 0xFF;
        assert!(!opens(&message), "a length of 4 GiB in 64 bytes");
        assert!(!opens(b""), "no length at all");
    }
}
