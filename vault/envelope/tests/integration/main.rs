//! What this crate promises to the others, through its public interface only.
#![allow(clippy::unwrap_used, reason = "every function here is part of a test")]

mod known_answers;
mod misuse;
mod round_trip;
mod streams;

use coffret_envelope::testing::SeededEntropy;
use coffret_envelope::{Context, Expected, Key, KeyId, Kind, Sealing, seal};

const CONTEXT: Context<'_> = Context {
    deployment: b"deployment-1",
    customer: b"customer-1",
    class: "attribute",
    record: b"record-1",
    attribute: "shoe_size",
    version: 3,
    schema: "coffret/shoe_size/1",
};

const SEALING: Sealing = Sealing { kind: Kind::Attribute, key_id: KeyId([4; 16]), generation: 7, padded: true };

const BLOB: Sealing = Sealing { kind: Kind::BlobBody, padded: false, ..SEALING };

fn key() -> Key {
    Key::from_bytes([9; 32])
}

fn expected() -> Expected {
    SEALING.into()
}

fn sealed(sealing: Sealing, value: &[u8]) -> Vec<u8> {
    seal(&SeededEntropy::new(1), &key(), sealing, &CONTEXT, value).unwrap()
}

/// Bytes that no two chunks share.
fn blob(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i / 251) as u8 ^ (i % 251) as u8).collect()
}
