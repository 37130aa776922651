//! Receipts held against keys and a log: the good one passes, and nothing that was changed does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffret_envelope::testing::SeededEntropy;
use coffret_envelope::{Key, commit};
use coffret_ledger::{Checkpoint, Hash, JwsSigner, Leaf, LogProof, MAX_JWS_LEN, ProofPlan, Signer, TileWriter, TiledTree};
use serde_json::{Value, json};
use uuid::Uuid;

use super::key_set::{KeySet, SigningKeys};
use super::statement::{KIND, Statement};
use super::verify::{CHECKS, Evidence, Outcome, Report, check};
use super::{Receipt, terms_hash};
use crate::attribute::Catalogue;
use crate::consent::{Contact, Fetch, Item, Mode, PurposeRef, Terms, View};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::{Details, EntryKey, Who};
use crate::testing::START;

const SEED: [u8; 32] = [5; 32];
const ORIGIN: &str = "vault.example/ledger/2026";

/// A yes to one item. The commitment is what the ledger would have made.
fn receipt() -> Receipt {
    let terms = Terms {
        purpose: PurposeRef { code: "advice".to_owned(), version: 2 },
        items: vec![Item {
            attribute: "body.shoe_size".to_owned(),
            view: View::Raw,
            needed: true,
            reason: "Zum Anpassen – à la main.".to_owned(),
        }],
        mode: Mode::View,
        data_range: None,
        not_before: None,
        expires_at: START.plus_days(30),
        fetch: Fetch::Periodic,
        uses: None,
        frequency: None,
        data_life_days: None,
        onward: Vec::new(),
        predictions: false,
        contact: Contact::None,
        reward: None,
    };
    let terms = terms.canonical(Catalogue::builtin(), START).expect("sound terms");
    let entry = Details {
        expires: None,
        until: None,
        advisor: None,
        attributes: vec!["body.shoe_size:raw".to_owned()],
        brand: Some(BrandId(Uuid::from_u128(1))),
        grant: Some(GrantId(Uuid::from_u128(2))),
        notice: Some(format!("{} en@2", "ab".repeat(32))),
        purpose: Some("advice@2".to_owned()),
        reason: None,
        records: Vec::new(),
        request: Some(RequestId(Uuid::from_u128(3))),
        result: "ok".to_owned(),
        sequence: 7,
        signed: None,
        stream: Uuid::from_u128(4),
        terms_sha256: Some(terms_hash(&terms).expect("a hash")),
        time: START,
        kind: "request.approved".to_owned(),
        who: Who::Customer,
    };
    let key = Key::generate(&SeededEntropy::new(9)).expect("random bytes");
    let commitment = commit(&key, &serde_jcs::to_vec(&entry).expect("serializes"));
    let key: EntryKey = serde_json::from_value(json!(crate::ledger::hex(key.expose()))).expect("32 bytes");
    Receipt { sequence: 7, event: Uuid::from_u128(5), commitment, key, entry, terms: Some(terms) }
}

fn statement(receipt: &Receipt) -> Statement {
    Statement::of([6; 16], CustomerId(Uuid::from_u128(8)), receipt)
}

fn signed(receipt: &Receipt) -> String {
    keys().sign(KIND, &statement(receipt).to_payload().expect("serializes"))
}

fn keys() -> SigningKeys {
    SigningKeys::new([&SEED]).expect("a key")
}

/// Changes a payload.
type Change = fn(&mut Value);

/// The log's files: the receipt's leaf among others; gives proof and vkey.
fn evidence(leaf: &Leaf, size: u64, index: u64) -> (String, String) {
    let signer = Signer::from_seed(ORIGIN, &[7; 32]).expect("a key");
    let entry = |at: u64| if at == index { leaf.encode() } else { format!("entry {at}").into_bytes() };
    let mut writer = TileWriter::new();
    let mut files = std::collections::HashMap::new();
    for (path, tile) in writer.grow((0..size).map(|at| Hash::leaf(&entry(at)))) {
        files.insert(path, tile.to_bytes());
    }
    let checkpoint = Checkpoint::new(ORIGIN, writer.size(), writer.root()).expect("a checkpoint").sign(&signer).expect("signs");
    let mut tree = TiledTree::new(size, |path| files.get(&path).cloned().ok_or(path));
    let hashes = ProofPlan::inclusion(index, size).expect("in the tree").make(&mut tree).expect("the tiles are there");
    let proof = LogProof::new(&Hash::leaf(&leaf.encode()), index, hashes, &checkpoint).expect("a proof");
    (proof.to_string(), signer.verifier_key().to_string())
}

fn leaf(receipt: &Receipt) -> Leaf {
    Leaf { id: *receipt.event.as_bytes(), commit: receipt.commitment }
}

/// The first check that failed, with all before it passed or passed over.
fn failed(report: &Report) -> Option<&'static str> {
    assert_eq!(report.checks.iter().map(|check| check.name).collect::<Vec<_>>(), CHECKS.map(|(name, _)| name));
    let failures: Vec<_> = report.checks.iter().filter(|check| check.outcome == Outcome::Fail).collect();
    assert!(failures.len() <= 1, "{failures:?}");
    assert_eq!(report.is_sound(), failures.is_empty());
    failures.first().map(|check| check.name)
}

fn outcome(report: &Report, name: &str) -> Outcome {
    report.checks.iter().find(|check| check.name == name).expect("a check").outcome
}

/// The payload as JSON, changed, and signed with the right key all the same: what a dishonest keeper could do.
fn resigned(change: impl FnOnce(&mut Value)) -> String {
    let mut payload: Value = serde_json::from_slice(&statement(&receipt()).to_payload().expect("serializes")).expect("JSON");
    change(&mut payload);
    keys().sign(KIND, &serde_jcs::to_vec(&payload).expect("serializes"))
}

#[test]
fn a_receipt_passes_and_what_was_not_given_is_not_checked() {
    let report = check(&signed(&receipt()), &keys().public(), None);
    assert_eq!(failed(&report), None, "{report:?}");
    for name in ["form", "key", "signature", "content", "commitment", "terms"] {
        assert_eq!(outcome(&report, name), Outcome::Pass, "{name}");
    }
    for name in ["checkpoint", "inclusion"] {
        assert_eq!(outcome(&report, name), Outcome::NotChecked, "{name}");
    }
    let statement = report.statement.expect("a statement");
    assert_eq!((statement.consent.decision.as_str(), statement.entry.sequence), ("approve", 7));
    assert_eq!(signed(&receipt()), signed(&receipt()));
}

#[test]
fn an_older_key_still_verifies_and_a_missing_one_does_not() {
    let both = SigningKeys::new([&SEED, &[6; 32]]).expect("keys").public();
    assert_eq!(failed(&check(&signed(&receipt()), &both, None)), None);
    let other = SigningKeys::new([&[6; 32]]).expect("keys").public();
    assert_eq!(failed(&check(&signed(&receipt()), &other, None)), Some("key"));
}

#[test]
fn a_receipt_is_proved_against_the_log() {
    let receipt = receipt();
    for (size, index) in [(1, 0), (300, 42), (300, 299)] {
        let (proof, log_key) = evidence(&leaf(&receipt), size, index);
        let report = check(&signed(&receipt), &keys().public(), Some(Evidence { proof: proof.as_bytes(), log_key: &log_key }));
        assert_eq!((failed(&report), report.leaf_index), (None, Some(index)), "{report:?}");
        // Nothing has to be signed with a passkey.
        assert!(report.checks.iter().all(|check| check.outcome == Outcome::Pass || check.name == "passkey"));
    }
}

#[test]
fn a_proof_of_another_entry_or_log_fails() {
    let receipt = receipt();
    let with = |proof: &[u8], log_key: &str| check(&signed(&receipt), &keys().public(), Some(Evidence { proof, log_key }));
    let (other, log_key) = evidence(&Leaf { id: [0; 16], ..leaf(&receipt) }, 10, 3);
    assert_eq!(failed(&with(other.as_bytes(), &log_key)), Some("inclusion"));
    let (proof, _) = evidence(&leaf(&receipt), 10, 3);
    let moved = proof.replace("\nindex 3\n", "\nindex 4\n");
    assert_ne!(moved, proof);
    assert_eq!(failed(&with(moved.as_bytes(), &log_key)), Some("inclusion"));
    let stranger = Signer::from_seed(ORIGIN, &[8; 32]).expect("a key").verifier_key().to_string();
    assert_eq!(failed(&with(proof.as_bytes(), &stranger)), Some("checkpoint"));
    assert_eq!(failed(&with(proof.as_bytes(), "a key")), Some("checkpoint"));
    for broken in [b"".as_slice(), b"c2sp.org/tlog-proof@v1\n", &proof.as_bytes()[..proof.len() - 1], &vec![b'a'; 3_000_000]] {
        assert_eq!(failed(&with(broken, &log_key)), Some("checkpoint"));
    }
}

#[test]
fn what_was_changed_on_the_way_fails() {
    let text = signed(&receipt());
    let parts: Vec<&str> = text.split('.').collect();
    let public = keys().public();
    let check_text = |text: &str| failed(&check(text, &public, None));
    let header = |json: &str| format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(json), parts[1], parts[2]);
    let id = public.ids().next().expect("a key").to_owned();
    for wrong in [
        header(&format!(r#"{{"alg":"none","kid":"{id}","typ":"{KIND}"}}"#)),
        header(&format!(r#"{{"alg":"HS256","kid":"{id}","typ":"{KIND}"}}"#)),
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), parts[1]),
        format!(" {text}"),
        format!("{text}\n"),
        format!("{}. {}.{}", parts[0], parts[1], parts[2]),
        String::new(),
        "a".repeat(MAX_JWS_LEN + 1),
        keys().sign("depa-consent-detail+json", &statement(&receipt()).to_payload().expect("serializes")),
    ] {
        assert_eq!(check_text(&wrong), Some("form"), "{}", &wrong[..wrong.len().min(200)]);
    }
    // Another key's id in the header, and another key's signature under this id.
    let other = JwsSigner::from_seed(&[9; 32]).expect("a key");
    let renamed = header(&format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{KIND}"}}"#, other.public().id()));
    assert_eq!(check_text(&renamed), Some("key"));
    let forged = other.sign(KIND, &statement(&receipt()).to_payload().expect("serializes"));
    assert_eq!(check_text(&forged), Some("key"));
    let forged = format!("{}.{}.{}", parts[0], parts[1], forged.rsplit('.').next().expect("a signature"));
    assert_eq!(check_text(&forged), Some("signature"));
    // The payload of another receipt.
    let mut another = receipt();
    another.entry.kind = "request.declined".to_owned();
    let another = signed(&another);
    let swapped = format!("{}.{}.{}", parts[0], another.split('.').nth(1).expect("a payload"), parts[2]);
    assert_eq!(check_text(&swapped), Some("signature"));
}

#[test]
fn a_receipt_that_says_something_else_than_its_entry_fails_even_if_it_is_signed() {
    let public = keys().public();
    let cases: [(&str, Change); 15] = [
        ("content", |payload| payload["v"] = json!(2)),
        ("content", |payload| payload["more"] = json!(1)),
        ("content", |payload| payload["iat"] = json!(0)),
        ("content", |payload| payload["jti"] = json!("urn:uuid:00000000-0000-0000-0000-000000000001")),
        ("content", |payload| payload["sub"] = json!("customers/me")),
        ("content", |payload| payload["consent"]["decision"] = json!("decline")),
        ("content", |payload| payload["consent"]["brand"] = json!("brands/00000000-0000-0000-0000-000000000009")),
        ("content", |payload| payload["consent"]["notice"]["sha256"] = json!("cd".repeat(32))),
        ("content", |payload| payload["consent"]["purpose"]["version"] = json!(3)),
        ("content", |payload| payload["entry"]["sequence"] = json!(8)),
        ("content", |payload| payload["entry"]["details"]["type"] = json!("request.declined")),
        ("commitment", |payload| {
            payload["entry"]["details"]["type"] = json!("request.declined");
            payload["consent"]["decision"] = json!("decline");
        }),
        ("commitment", |payload| payload["entry"]["key"] = json!("00".repeat(32))),
        ("commitment", |payload| payload["entry"]["commitment"] = json!("00".repeat(32))),
        ("terms", |payload| payload["consent"]["terms"]["predictions"] = json!(true)),
    ];
    for (position, (name, change)) in cases.into_iter().enumerate() {
        assert_eq!(failed(&check(&resigned(change), &public, None)), Some(name), "case {position}");
    }
    // The same content in another spelling.
    let payload = serde_json::to_string_pretty(&statement(&receipt())).expect("serializes");
    assert_eq!(failed(&check(&keys().sign(KIND, payload.as_bytes()), &public, None)), Some("content"));
    assert_eq!(failed(&check(&keys().sign(KIND, b"[]"), &public, None)), Some("content"));
}

#[test]
fn terms_that_are_not_kept_or_not_bound_are_told() {
    let public = keys().public();
    let without = Receipt { terms: None, ..receipt() };
    let report = check(&signed(&without), &public, None);
    assert_eq!((failed(&report), outcome(&report, "terms")), (None, Outcome::NotChecked));
    let mut pause = receipt();
    pause.entry.kind = "grant.paused".to_owned();
    pause.entry.terms_sha256 = None;
    pause.commitment = commit(&pause.key.key(), &serde_jcs::to_vec(&pause.entry).expect("serializes"));
    let report = check(&signed(&pause), &public, None);
    assert_eq!((failed(&report), outcome(&report, "terms")), (None, Outcome::NotChecked));
}

#[test]
fn no_secret_is_shown_by_debug() {
    let receipt = receipt();
    let shown = format!("{receipt:?} {:?} {:?}", statement(&receipt), keys());
    let key = serde_json::to_value(&receipt.key).expect("serializes");
    assert!(!shown.contains(key.as_str().expect("text")) && !shown.contains("5, 5, 5"));
    assert_eq!(KeySet::parse(&keys().public().to_json()).expect("reads").ids().count(), 1);
}
