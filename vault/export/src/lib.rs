#![doc = include_str!("../README.md")]

mod columns;
mod details;
mod encoding;
mod error;
mod event;
mod folder;
pub mod fuzzing;
mod handover;
mod journal;
mod layout;
mod line;
mod manifest;
mod opening;
mod rows;
pub mod sample;
mod scope;
mod seal;
mod table;
mod tarred;
pub mod verify;
mod writer;

pub use coffret_ledger::{Policy, PolicyError, SignedCheckpoint, Signer, VerifierKey, WitnessPolicy};
pub use details::Details;
pub use error::{ExportError, FolderError, Unreadable};
pub use handover::{Giver, Handover};
pub use journal::Begun;
pub use manifest::{Counts, Header};
pub use opening::{MAX_DETAILS_LEN, Opening};
pub use scope::Scope;
pub use seal::Identities;
pub use tarred::{pack, unpack};
pub use writer::{Entry, ExportWriter, Finished, JOURNAL_EVERY, MAX_PROOFS, Plan};

/// The names in the folder.
pub mod name {
    /// The signed checkpoint that everything leads to.
    pub const CHECKPOINT: &str = "checkpoint";
    /// The log's public key. For comparison alone: a verifier is given the key by somebody else.
    pub const LOG_KEY: &str = "log-key.txt";
    /// Which witnesses must have seen the checkpoint (C2SP tlog-policy).
    pub const POLICY: &str = "witness-policy.txt";
    /// One CloudEvent a line.
    pub const EVENTS: &str = "events.jsonl";
    /// The same as a table.
    pub const TABLE: &str = "events.csv";
    /// What the entries' commitments were made of, one a line.
    pub const OPENINGS: &str = "openings.jsonl";
    /// The receipts of decisions, one a line.
    pub const RECEIPTS: &str = "receipts.jsonl";
    /// The consent records of grants, one a line.
    pub const RECORDS: &str = "records.jsonl";
    /// The public keys of receipts (JWK set).
    pub const RECEIPT_KEYS: &str = "receipt-keys.json";
    /// The same as the events in columns.
    pub const PARQUET: &str = "events.parquet";
    /// What stands behind the name of a file that is encrypted.
    pub const ENCRYPTED: &str = ".age";
    /// How to check the folder.
    pub const README: &str = "README.md";
    /// Every other file but the signature, with its size and SHA-256.
    pub const MANIFEST: &str = "manifest.json";
    /// The log's signature over the manifest's hash.
    pub const MANIFEST_SIGNATURE: &str = "manifest.sig";
    /// The folder of tiles and bundles.
    pub const TILES: &str = "tile";
    /// The folder of inclusion proofs, `<leaf index>.tlog-proof`.
    pub const PROOFS: &str = "proofs";
    /// What a writer leaves to the one that goes on; gone when the export is whole.
    pub(crate) const JOURNAL: &str = "export.journal";
    /// A file in the making.
    pub(crate) const UNFINISHED: &str = "export.unfinished";
}
