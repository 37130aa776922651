//! Receipts through the API, and `coffret verify receipt` as a process of its own that has nothing but files.

use std::path::PathBuf;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffret_proto::v1;
use coffret_proto::v1::consent_service_client::ConsentServiceClient;
use serde_json::{Value, json};
use tonic::Code;

use crate::consent::{EMAIL, HEIGHT, SHOES, cast};
use crate::world::{DAY, House, Person, World, at, fields, me, refusal};

async fn approved(house: &mut House, person: &mut Person) -> v1::ApproveRequestResponse {
    house.ask(EMAIL, house.terms(&[(HEIGHT, v1::View::Raw, true), (SHOES, v1::View::Raw, false)])).await;
    person.approve(None).await.expect("approves")
}

async fn key_set(person: &Person) -> String {
    // Anybody may ask: no token goes along.
    let mut nobody = ConsentServiceClient::new(person.channel.clone());
    nobody.list_receipt_keys(v1::ListReceiptKeysRequest {}).await.expect("lists").into_inner().jwks_json
}

/// The payload, verified by another implementation of JWS than ours.
fn open(jws: &str, keys: &str) -> Value {
    let keys: Value = serde_json::from_str(keys).expect("JSON");
    let key = &keys["keys"][0];
    let header = jsonwebtoken::decode_header(jws).expect("a header");
    assert_eq!((header.kid.as_deref(), header.typ.as_deref()), (key["kid"].as_str(), Some("consent-receipt+jwt")));
    let decoding = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().expect("x")).expect("a key");
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(jws, &decoding, &validation).expect("another implementation verifies it").claims
}

#[tokio::test]
async fn every_decision_gives_a_signed_receipt_that_others_verify() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let approved = approved(&mut house, &mut person).await;
    let name = approved.grant.expect("a grant").name;
    let pause = v1::PauseGrantRequest { name: name.clone(), until_time: Some(at(DAY)), ..Default::default() };
    let paused = person.consent.pause_grant(pause).await.expect("pauses").into_inner();
    let resume = v1::ResumeGrantRequest { name: name.clone(), ..Default::default() };
    let resumed = person.consent.resume_grant(resume).await.expect("resumes").into_inner();
    let mut less = resumed.grant.expect("a grant").terms.expect("terms");
    less.uses = 5;
    let amend = v1::AmendGrantRequest { name, terms: Some(less), ..Default::default() };
    let amended = person.consent.amend_grant(amend).await.expect("amends").into_inner();
    let revoke = v1::RevokeGrantRequest { name: amended.grant.expect("a grant").name, ..Default::default() };
    let revoked = person.consent.revoke_grant(revoke).await.expect("stops").into_inner();
    let mut second = world.brand("House Two").await;
    second.ask(EMAIL, second.terms(&[(SHOES, v1::View::Raw, true)])).await;
    let decline = v1::DeclineRequestRequest { name: person.pending().await.name, ..Default::default() };
    let declined = person.consent.decline_request(decline).await.expect("declines").into_inner();

    let keys = key_set(&person).await;
    let given = [approved.receipt, paused.receipt, resumed.receipt, amended.receipt, revoked.receipt, declined.receipt];
    let words = ["approve", "pause", "resume", "amend", "revoke", "decline"];
    for (receipt, word) in given.into_iter().zip(words) {
        let receipt = receipt.expect("a receipt");
        let claims = open(&receipt.jws, &keys);
        assert_eq!((receipt.decision.as_str(), &claims["consent"]["decision"]), (word, &json!(word)));
        assert_eq!(claims["sub"], json!(format!("customers/{}", person.id)));
        assert_eq!(claims["entry"]["commitment"], json!(receipt.commitment));
        assert_eq!(receipt.tlog_proof, "", "the log has no place for it yet");
        let again = person.consent.get_receipt(v1::GetReceiptRequest { name: receipt.name.clone() }).await.expect("reads");
        assert_eq!(again.into_inner().receipt, Some(receipt));
    }
    let listed = person.consent.list_receipts(v1::ListReceiptsRequest { parent: me(), ..Default::default() }).await.expect("lists");
    let listed = listed.into_inner().receipts;
    assert_eq!(listed.len(), words.len());
    assert!(listed.iter().all(|receipt| receipt.jws.is_empty()));
    world.stop().await;
}

#[tokio::test]
async fn a_receipt_that_is_not_there_or_anothers_is_not_found() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let receipt = approved(&mut house, &mut person).await.receipt.expect("a receipt");
    let mut other = world.customer("eve@example.org").await;
    let before = world.snapshot(&person, &house).await;
    let number = receipt.name.rsplit('/').next().expect("a number").to_owned();
    for name in [receipt.name.clone(), format!("customers/me/receipts/{number}"), "customers/me/receipts/999".to_owned()] {
        let status = other.consent.get_receipt(v1::GetReceiptRequest { name }).await.expect_err("not theirs");
        assert_eq!(status.code(), Code::NotFound);
    }
    for name in ["customers/me/receipts/0", "customers/me/receipts/-1", "customers/me/receipts/01", "customers/me/entries/1", ""] {
        let status = person.consent.get_receipt(v1::GetReceiptRequest { name: name.to_owned() }).await.expect_err("no name");
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["name".to_owned()]), "{name}");
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

#[tokio::test]
async fn records_go_out_in_the_forms_of_others_and_say_what_they_lose() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let approved = approved(&mut house, &mut person).await;
    let names = [approved.grant.expect("a grant").name, approved.receipt.expect("a receipt").name];
    let mut other = world.customer("eve@example.org").await;
    let before = world.snapshot(&person, &house).await;
    for name in &names {
        for (form, media_type, part) in [
            (v1::ConsentRecordForm::Iso27560, "application/ld+json", "dpv:hasProcess"),
            (v1::ConsentRecordForm::Kantara11, "application/json", "piiControllers"),
            (v1::ConsentRecordForm::Depa20, "application/json", "signedConsent"),
        ] {
            let export = v1::ExportConsentRecordRequest { name: name.clone(), form: form.into() };
            let export = person.consent.export_consent_record(export).await.expect("exports").into_inner();
            let record: Value = serde_json::from_str(&export.record_json).expect("JSON");
            assert!(record.get(part).is_some() && !export.losses.is_empty(), "{record}");
            assert_eq!(export.media_type, media_type);
        }
        for form in [0, 99] {
            let export = v1::ExportConsentRecordRequest { name: name.clone(), form };
            let status = person.consent.export_consent_record(export).await.expect_err("no form");
            assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["form".to_owned()]));
        }
    }
    for name in names {
        let export = v1::ExportConsentRecordRequest { name, form: v1::ConsentRecordForm::Iso27560.into() };
        assert_eq!(refusal(&other.consent.export_consent_record(export).await.expect_err("another's")).0, Code::NotFound);
    }
    assert_eq!(before, world.snapshot(&person, &house).await);
    world.stop().await;
}

/// A folder with what a holder of a receipt has.
struct Holder(tempfile::TempDir);

impl Holder {
    fn put(&self, file: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(file);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn verify(&self, receipt: impl AsRef<[u8]>, keys: impl AsRef<[u8]>, more: &[&str]) -> Output {
        let (receipt, keys) = (self.put("receipt.jws", receipt), self.put("keys.json", keys));
        let mut command = Command::new(env!("CARGO_BIN_EXE_coffret"));
        command.args(["verify", "receipt"]).arg(receipt).arg("--keys").arg(keys).args(more).current_dir(self.0.path());
        command.output().expect("runs")
    }

    /// The exit code, and each check with its outcome.
    fn told(&self, receipt: impl AsRef<[u8]>, keys: impl AsRef<[u8]>, more: &[&str]) -> (Option<i32>, Vec<(String, String)>) {
        let output = self.verify(receipt, keys, &[&["--json"], more].concat());
        let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let text = |check: &Value, name: &str| check[name].as_str().expect("text").to_owned();
        let checks = told["checks"].as_array().into_iter().flatten().map(|check| (text(check, "name"), text(check, "outcome")));
        (output.status.code(), checks.collect())
    }

    fn failed(&self, receipt: impl AsRef<[u8]>, keys: impl AsRef<[u8]>, more: &[&str]) -> Option<String> {
        let (code, checks) = self.told(receipt, keys, more);
        let failed: Vec<String> = checks.iter().filter(|(_, outcome)| outcome == "fail").map(|(name, _)| name.clone()).collect();
        assert_eq!((code, failed.len()), (Some(1), 1), "{checks:?}");
        failed.into_iter().next()
    }
}

#[tokio::test]
async fn the_program_checks_a_receipt_without_the_server() {
    let world = World::start().await;
    let (mut house, mut person) = cast(&world).await;
    let jws = approved(&mut house, &mut person).await.receipt.expect("a receipt").jws;
    let keys = key_set(&person).await;
    world.stop().await;

    let holder = Holder(tempfile::tempdir().expect("a folder"));
    let output = holder.verify(&jws, &keys, &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert!(text.contains("approve on ") && text.contains("No check failed.") && text.contains("not checked"), "{text}");
    let expected = ["form", "key", "signature", "content", "commitment", "terms", "passkey", "checkpoint", "inclusion"].map(|name| {
        (name.to_owned(), if matches!(name, "passkey" | "checkpoint" | "inclusion") { "not_checked" } else { "pass" }.to_owned())
    });
    assert_eq!(holder.told(&jws, &keys, &[]), (Some(0), expected.to_vec()));
    // A line end after it is what an editor leaves; nothing else is let pass.
    assert_eq!(holder.told(format!("{jws}\n"), &keys, &[]).0, Some(0));
    assert_eq!(holder.told(format!("{jws}\r\n"), &keys, &[]).0, Some(0));

    let parts: Vec<&str> = jws.split('.').collect();
    let id = serde_json::from_str::<Value>(&keys).expect("JSON")["keys"][0]["kid"].as_str().expect("a kid").to_owned();
    let header = |alg: &str, id: &str| {
        let header = format!(r#"{{"alg":"{alg}","kid":"{id}","typ":"consent-receipt+jwt"}}"#);
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), parts[1], parts[2])
    };
    for spaced in [format!("{jws}\n\n"), format!(" {jws}"), format!("{jws} "), jws.replacen('.', ".\n", 1), String::new()] {
        assert_eq!(holder.failed(&spaced, &keys, &[]).as_deref(), Some("form"), "{spaced:?}");
    }
    assert_eq!(holder.failed(header("none", &id), &keys, &[]).as_deref(), Some("form"));
    assert_eq!(holder.failed(header("HS256", &id), &keys, &[]).as_deref(), Some("form"));
    assert_eq!(holder.failed(header("EdDSA", &URL_SAFE_NO_PAD.encode([7; 32])), &keys, &[]).as_deref(), Some("key"));
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).expect("base64url")).expect("text");
    let other = URL_SAFE_NO_PAD.encode(payload.replace("approve", "decline"));
    assert_eq!(holder.failed(format!("{}.{other}.{}", parts[0], parts[2]), &keys, &[]).as_deref(), Some("signature"));
    assert_eq!(holder.failed("a".repeat(1_500_000), &keys, &[]).as_deref(), Some("form"));
    let stranger = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    assert_eq!(holder.failed(&jws, stranger, &[]).as_deref(), Some("key"));
    let log = ["--proof", "proof", "--log-key", "vault.example/ledger+aaaaaaaa+AAAA"];
    holder.put("proof", "c2sp.org/tlog-proof@v1\n");
    assert_eq!(holder.failed(&jws, &keys, &log).as_deref(), Some("checkpoint"));
}

#[tokio::test]
async fn the_program_says_what_it_could_not_read() {
    let holder = Holder(tempfile::tempdir().expect("a folder"));
    let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let long = "a".repeat(2_000_001);
    let private = keys.replace("\"x\"", "\"d\":\"AA\",\"x\"");
    for (receipt, keys, more, said) in [
        ("a.b.c", "{}", [].as_slice(), "not a set of keys"),
        ("a.b.c", private.as_str(), &[], "private key"),
        ("a.b.c", long.as_str(), &[], "longer than"),
        (long.as_str(), keys, &[], "longer than"),
        ("a.b.c", keys, &["--proof", "missing", "--log-key", "k"], "missing"),
    ] {
        let output = holder.verify(receipt, keys, more);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(said) && text.contains("Nothing was checked.") && output.stdout.is_empty(), "{said}: {text}");
    }
    assert_eq!(holder.verify(b"\xff\xfe", keys, &[]).status.code(), Some(2));
    assert_eq!(holder.verify("a.b.c", keys, &["--proof", "missing"]).status.code(), Some(2));
    let help = Command::new(env!("CARGO_BIN_EXE_coffret")).args(["verify", "receipt", "--help"]).output().expect("runs");
    let help = String::from_utf8_lossy(&help.stdout);
    assert!(help.contains("Exit codes:") && help.contains("ListReceiptKeys"), "{help}");
}
