//! Invented logs, for tests and to try verifiers out: the same numbers give the same bytes.
//!
//! The keys are public, so nothing that they sign means anything.

use std::collections::BTreeMap;

use coffret_ledger::{Checkpoint, Cosigner, Frontier, Leaf, SignedCheckpoint, Signer, WitnessPolicy};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Entry, ExportError, ExportWriter, Finished, Opening, Plan, Scope};

/// The log's name.
pub const ORIGIN: &str = "vault.example/ledger/2026";
/// 2026-11-22T12:00:00Z, when the log begins; in seconds since 1970.
const START: i64 = 1_795_348_800;
/// Of so many streams one was erased.
const ERASED: u64 = 17;

/// A log of so many entries.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    size: u64,
    streams: u64,
}

/// An invented entry.
#[derive(Clone, Debug)]
pub struct SampleEntry {
    /// What the log hashed.
    pub leaf: Leaf,
    /// What the commitment was made of.
    pub key: [u8; 32],
    /// What the entry says.
    pub details: String,
    /// Whether its customer was erased.
    pub erased: bool,
}

impl SampleEntry {
    /// As it is exported.
    pub fn entry(&self) -> Entry<'_> {
        let opening = Opening { key: &self.key, details: &self.details };
        Entry { leaf: self.leaf, opening: (!self.erased).then_some(opening), receipt: None, record: None }
    }

    /// With other details than before, and the commitment that goes with them: what a dishonest operator would log.
    #[must_use]
    pub fn with_details(mut self, details: String) -> Self {
        self.details = details;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(self.details.as_bytes());
        self.leaf.commit = mac.finalize().into_bytes().into();
        self
    }
}

/// 32 bytes that look random.
fn bytes(what: &str, number: u64) -> [u8; 32] {
    Sha256::new().chain_update(what).chain_update(number.to_be_bytes()).finalize().into()
}

fn id(what: &str, number: u64) -> Uuid {
    let bytes = bytes(what, number);
    Uuid::from_slice(&bytes[..16]).expect("16 bytes")
}

/// The log's key.
pub fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &bytes("signer", 0)).expect("the name is one of a key")
}

/// Witnesses.
pub fn witnesses() -> [Cosigner; 3] {
    let witness = |number: u64| Cosigner::from_seed(&format!("witness-{number}.example"), &bytes("witness", number));
    [1, 2, 3].map(|number| witness(number).expect("the name is one of a key"))
}

/// Two of the three witnesses.
pub fn policy() -> WitnessPolicy {
    let witnesses = witnesses().iter().map(|witness| witness.verifier_key().clone()).collect();
    WitnessPolicy::new(2, witnesses).expect("three witnesses have three keys")
}

impl Sample {
    /// A log of `size` entries, about twenty-four for each customer.
    pub const fn new(size: u64) -> Self {
        Self { size, streams: size / 24 + 2 }
    }

    /// The number of entries.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The stream of a number, from 0 (the deployment's own).
    pub fn stream(&self, number: u64) -> Uuid {
        id("stream", number)
    }

    /// The brand of a stream's grants.
    pub fn brand(&self, stream: u64) -> Uuid {
        id("brand", stream % 5)
    }

    /// The entry at a leaf index.
    pub fn entry(&self, index: u64) -> SampleEntry {
        let (stream, sequence) = (index % self.streams, index / self.streams + 1);
        let made = SampleEntry {
            leaf: Leaf { id: *id("event", index).as_bytes(), commit: [0; 32] },
            key: bytes("key", index),
            details: String::new(),
            erased: stream % ERASED == ERASED - 1,
        };
        made.with_details(self.details(index, stream, sequence))
    }

    /// What happens, in the order of a customer's life; from position 5 on it begins again with another grant.
    fn details(&self, index: u64, stream: u64, sequence: u64) -> String {
        let micros = (START + index as i64) * 1_000_000;
        let time = |micros: i64| jiff::Timestamp::from_microsecond(micros).map(|time| format!("{time:.6}")).expect("not far from now");
        let brand = self.brand(stream);
        let round = sequence.saturating_sub(5) / 20;
        let grant = |part: u64| id("grant", (stream << 32) + round * 2 + part);
        let month = time(micros + 2_592_000_000_000);
        // Keys in order, as JCS has them, whatever order the objects of serde_json are in.
        let mut details = BTreeMap::new();
        let by_brand = json!({"name": brand, "role": "brand"});
        let read = json!({
            "type": "read", "who": by_brand, "brand": brand, "purpose": "made_to_measure@1", "attributes": ["body.shoe_size:raw"],
            "records": [format!("{}@1", id("record", stream))], "reason": reason(index),
        });
        let of_grant = |kind: &str, part: u64| json!({"type": kind, "brand": brand, "grant": grant(part), "purpose": "made_to_measure@1"});
        let mut say = |said: serde_json::Value| {
            details.extend(said.as_object().expect("an object").clone());
        };
        say(
            json!({"result": "ok", "sequence": sequence, "stream": self.stream(stream), "time": time(micros), "who": {"role": "customer"}}),
        );
        match (stream, sequence) {
            (0, _) => say(json!({"type": "brand.updated", "who": {"name": "operators/jane", "role": "operator"}, "brand": brand})),
            (_, 1) => say(json!({"type": "customer.created"})),
            (_, 2) => {
                let record = format!("{}@1", id("record", stream));
                say(json!({"type": "record.put", "attributes": ["body.shoe_size"], "records": [record]}));
            }
            (_, 3 | 4) => say(json!({"type": "customer.updated"})),
            _ => match (sequence - 5) % 20 {
                0 => say(
                    json!({"type": "request.asked", "who": by_brand, "brand": brand, "request": id("request", grant(0).as_u128() as u64)}),
                ),
                1 => {
                    say(of_grant(if round.is_multiple_of(2) { "request.approved" } else { "request.counter_accepted" }, 0));
                    say(json!({"expires": month, "terms_sha256": crate::encoding::hex(&bytes("terms", index))}));
                }
                2..=4 => {
                    say(read);
                    say(json!({"grant": grant(0)}));
                }
                5 => say(of_grant("grant.paused", 0)),
                6 => {
                    say(read);
                    say(json!({"type": "read.refused", "grant": grant(0), "result": "GRANT_PAUSED", "records": []}));
                }
                7 => say(of_grant("grant.resumed", 0)),
                8 => {
                    say(of_grant("grant.suspended", 0));
                    say(json!({"reason": "the brand is suspended"}));
                }
                9 => say(of_grant("grant.reinstated", 0)),
                10 => {
                    say(of_grant("grant.amended", 1));
                    say(json!({"reason": format!("replaces grant {}", grant(0)), "expires": month}));
                }
                11 => {
                    say(of_grant("grant.paused", 1));
                    // Over before the stream's next entry.
                    say(json!({"until": time(micros + 1)}));
                }
                12..=16 => {
                    say(read);
                    say(json!({"grant": grant(1), "advisor": "Zoë, \"the\" tailor"}));
                }
                17 => {
                    say(read);
                    say(json!({"type": "read.page", "grant": grant(1)}));
                }
                18 => {
                    let end = ["grant.revoked", "grant.exhausted", "grant.superseded", "grant.expired"][(round % 4) as usize];
                    say(of_grant(end, 1));
                }
                _ => say(json!({"type": "deletion.attested", "who": by_brand, "brand": brand, "grant": grant(1)})),
            },
        }
        serde_json::to_string(&details).expect("texts and numbers")
    }

    /// What the log has signed when it had `size` entries, and two witnesses cosigned.
    pub fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        let mut tree = Frontier::new();
        tree.extend((0..size).map(|index| self.entry(index).leaf.hash()));
        sign(&tree)
    }

    /// A plan for an export.
    pub fn plan(&self, scope: Scope, proofs: Vec<u64>) -> Plan {
        plan(self.checkpoint(self.size), scope, proofs)
    }

    /// Writes an export, or goes on with one.
    pub fn write(&self, folder: &std::path::Path, scope: Scope, proofs: Vec<u64>) -> Result<Finished, ExportError> {
        let mut writer = ExportWriter::create_or_resume(folder, self.plan(scope, proofs))?;
        for index in writer.next_index()..self.size {
            writer.push(&self.entry(index).entry())?;
        }
        writer.finish(&signer())
    }
}

/// Signs a tree, and has two witnesses cosign it.
pub fn sign(tree: &Frontier) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(ORIGIN, tree.size(), tree.root()).expect("the origin is the name of a key");
    let mut signed = checkpoint.sign(&signer()).expect("the key is the log's");
    for witness in &witnesses()[..2] {
        let cosignature = witness.cosign(&signed, START as u64).expect("the time is one");
        signed.add_cosignature(cosignature, witness.verifier_key()).expect("the cosignature was just made");
    }
    signed
}

/// The moment at which exports of samples are made.
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(START + 86_400 * 30).expect("not far from now")
}

/// A plan of today's.
pub fn plan(checkpoint: SignedCheckpoint, scope: Scope, proofs: Vec<u64>) -> Plan {
    Plan {
        checkpoint,
        log_key: signer().verifier_key().clone(),
        witnesses: policy().into(),
        scope,
        proofs,
        made: now(),
        receipt_keys: String::new(),
        parquet: false,
        recipients: Vec::new(),
        openings_expire: None,
    }
}

/// Writes an export of these entries, signed over as they are.
pub fn write_entries(folder: &std::path::Path, entries: &[SampleEntry], scope: Scope) -> Result<Finished, ExportError> {
    let mut tree = Frontier::new();
    tree.extend(entries.iter().map(|entry| entry.leaf.hash()));
    let mut writer = ExportWriter::create_or_resume(folder, plan(sign(&tree), scope, Vec::new()))?;
    entries.iter().try_for_each(|entry| writer.push(&entry.entry()))?;
    writer.finish(&signer())
}

/// Reasons as people write them, and as attackers do.
fn reason(index: u64) -> &'static str {
    ["For the fitting on Friday.", "=HYPERLINK(\"http://evil.example\",\"click\")", "Größe, \"wie besprochen\"", "Two\nlines, one reason."]
        [(index % 4) as usize]
}
