//! U3: checks one by one. Here the live log, against what the auditor brings; on the page of files, in the browser alone.

use axum::response::Response;
use coffret_ledger::{Hash, LogProof, Policy, SignedCheckpoint, VerifierKey, WitnessPolicy, verify_consistency};
use coffret_proto::v1;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::json;

use super::{Auditor, CHECK_PATH, scope};
use crate::fault::Fault;
use crate::frame::{self, hidden};
use crate::look::{Look, Visit};
use crate::sent::Sent;
use crate::texts::say;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Pass,
    Fail,
    NotChecked,
}

/// One check: its name, what came of it, and why.
struct Check(&'static str, Outcome, String);

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotChecked => "unchecked",
        }
    }
}

/// What an auditor brings to the live log.
#[derive(Default)]
struct Brought {
    key: String,
    since: String,
    policy: String,
    index: String,
    proof: String,
}

pub(super) async fn show(auditor: Auditor) -> Result<Response, Fault> {
    let brought = Brought::default();
    let checks = checks(&auditor, &brought).await?;
    Ok(page(&auditor, &brought, &checks))
}

/// The same with what was pasted. It changes nothing, so its answer is a page.
pub(super) async fn check(auditor: Auditor, sent: Sent) -> Result<Response, Fault> {
    // Browsers send line ends of their own; what was signed has plain ones.
    let text = |name: &str| sent.get(name).replace("\r\n", "\n");
    let brought = Brought { key: text("key"), since: text("since"), policy: text("policy"), index: text("index"), proof: text("proof") };
    let checks = checks(&auditor, &brought).await?;
    Ok(page(&auditor, &brought, &checks))
}

fn page(auditor: &Auditor, brought: &Brought, checks: &[Check]) -> Response {
    let look = &auditor.look;
    let area = |name: &str, label: String, value: &str, rows: u8| {
        html! { div.field { label for=(name) { (label) } textarea id=(name) name=(name) rows=(rows) spellcheck="false" dir="ltr" { (value) } } }
    };
    let content = html! {
        p.lead { (say!(look, "verify-lead")) }
        p.row { a.button href="/verify/files" { (say!(look, "verify-files-title")) } }
        h2 id="live" { (say!(look, "verify-live")) }
        (results(look, checks))
        h2 { (say!(look, "verify-bring")) }
        p { (say!(look, "verify-bring-words")) }
        form method="post" {
            (hidden(auditor))
            div.field {
                label for="key" { (say!(look, "verify-key")) }
                input id="key" name="key" value=(brought.key) maxlength="500" autocomplete="off" spellcheck="false" dir="ltr";
            }
            (area("since", say!(look, "verify-since"), &brought.since, 5))
            div.field {
                label for="index" { (say!(look, "verify-index")) }
                input.short id="index" name="index" value=(brought.index) inputmode="numeric" maxlength="19" autocomplete="off" dir="ltr";
            }
            (area("proof", say!(look, "verify-proof"), &brought.proof, 5))
            (area("policy", say!(look, "verify-policy"), &brought.policy, 3))
            p.row { button { (say!(look, "verify-button")) } }
        }
        h2 { (say!(look, "verify-command")) }
        p { (say!(look, "verify-command-words")) }
        pre.example dir="ltr" tabindex="0" { "coffret export ledger --server https://… --ca ca.pem --token-file token --to audit --reason '…'\ncoffret verify --key log-key.txt --since checkpoint audit" }
    };
    frame::page(auditor, StatusCode::OK, &say!(look, "verify-title"), &content)
}

fn results(look: &Look, checks: &[Check]) -> Markup {
    let failed = checks.iter().filter(|check| check.1 == Outcome::Fail).count();
    let passed = checks.iter().filter(|check| check.1 == Outcome::Pass).count();
    html! {
        p role="status" class=(if failed > 0 { "fault" } else { "outcome" }) {
            @if failed > 0 { (say!(look, "verify-failed", count = failed)) } @else { (say!(look, "verify-passed", count = passed)) }
        }
        ul.lines.checks {
            @for Check(name, outcome, why) in checks {
                li class=(outcome.word()) {
                    span.verdict { (look.language.say(&format!("outcome-{}", outcome.word()))) }
                    strong { (look.language.say(&format!("check-{name}"))) }
                    br;
                    (why)
                }
            }
        }
    }
}

/// Every check of the live log. What the auditor did not bring is not checked, and said so.
async fn checks(auditor: &Auditor, brought: &Brought) -> Result<Vec<Check>, Fault> {
    let look = &auditor.look;
    let newest = scope::newest(auditor).await?;
    let stated = newest.checkpoint.clone().ok_or(Fault::Missing)?;
    let mut checks = Vec::new();
    let key = match brought.key.parse::<VerifierKey>() {
        _ if brought.key.is_empty() => {
            checks.push(Check("key", Outcome::NotChecked, say!(look, "verify-key-none")));
            stated.verifier_key.parse().ok()
        }
        Ok(key) if key.to_string() == stated.verifier_key => {
            checks.push(Check("key", Outcome::Pass, say!(look, "verify-key-same")));
            Some(key)
        }
        Ok(key) => {
            checks.push(Check("key", Outcome::Fail, say!(look, "verify-key-other")));
            Some(key)
        }
        Err(_) => {
            checks.push(Check("key", Outcome::Fail, say!(look, "verify-key-broken")));
            None
        }
    };
    let key: Vec<VerifierKey> = key.into_iter().collect();
    let signed = SignedCheckpoint::open(stated.note.as_bytes(), &key).ok();
    checks.push(match &signed {
        Some(signed) => Check("checkpoint", Outcome::Pass, say!(look, "verify-signed", count = signed.checkpoint().size())),
        None => Check("checkpoint", Outcome::Fail, say!(look, "verify-not-signed")),
    });
    let Some(signed) = signed else {
        checks.extend(["witnesses", "growth", "entry", "proof"].map(|name| Check(name, Outcome::NotChecked, say!(look, "verify-stopped"))));
        return Ok(checks);
    };
    checks.push(witnesses(look, &newest, &key, &brought.policy));
    checks.push(growth(auditor, &signed, &key, &brought.since).await?);
    checks.push(entry(auditor, &key, &brought.index).await?);
    checks.push(proof(auditor, &key, &brought.proof).await?);
    Ok(checks)
}

fn witnesses(look: &Look, newest: &v1::GetCheckpointResponse, key: &[VerifierKey], policy: &str) -> Check {
    let name = "witnesses";
    if !newest.disagreeing_witnesses.is_empty() {
        let names = newest.disagreeing_witnesses.join(&say!(look, "list-comma"));
        return Check(name, Outcome::Fail, say!(look, "scope-disagree", names = names));
    }
    if policy.is_empty() {
        let key = if newest.witnessed_size > 0 { "verify-policy-none" } else { "scope-witnessed-none" };
        return Check(name, Outcome::NotChecked, say!(look, key));
    }
    // A policy ends its last line, which a form does not.
    let Ok(policy) = Policy::parse(&format!("{policy}\n")) else { return Check(name, Outcome::Fail, say!(look, "verify-policy-broken")) };
    let note = newest.witnessed.as_ref().or(newest.checkpoint.as_ref()).map_or("", |checkpoint| checkpoint.note.as_str());
    let cosigned = SignedCheckpoint::open(note.as_bytes(), key).ok().filter(|signed| policy.check(signed).is_ok());
    match cosigned {
        Some(signed) => Check(name, Outcome::Pass, say!(look, "verify-cosigned", count = signed.checkpoint().size())),
        None => Check(name, Outcome::Fail, say!(look, "verify-not-cosigned")),
    }
}

/// Whether the log has only grown from a checkpoint that the auditor kept.
async fn growth(visit: &Visit, newest: &SignedCheckpoint, key: &[VerifierKey], since: &str) -> Result<Check, Fault> {
    let look = &visit.look;
    let name = "growth";
    if since.is_empty() {
        return Ok(Check(name, Outcome::NotChecked, say!(look, "verify-since-none")));
    }
    let Ok(since) = SignedCheckpoint::open(format!("{since}\n").as_bytes(), key) else {
        return Ok(Check(name, Outcome::Fail, say!(look, "verify-since-broken")));
    };
    let (old, new) = (since.checkpoint(), newest.checkpoint());
    if old.size() > new.size() {
        return Ok(Check(name, Outcome::Fail, say!(look, "verify-shrunk", old = old.size(), new = new.size())));
    }
    let asked = v1::GetConsistencyProofRequest {
        origin: new.origin().to_owned(),
        old_size: i64::try_from(old.size()).unwrap_or(i64::MAX),
        new_size: i64::try_from(new.size()).unwrap_or(i64::MAX),
    };
    let proof = visit.gateway.ledger().get_consistency_proof(visit.gateway.ask(asked)).await?.into_inner();
    let hashes: Option<Vec<Hash>> = proof.hashes.iter().map(|hash| Hash::from_slice(hash).ok()).collect();
    let grown = hashes.is_some_and(|hashes| verify_consistency(old.size(), old.root(), new.size(), new.root(), &hashes).is_ok());
    Ok(if grown {
        Check(name, Outcome::Pass, say!(look, "verify-grown", old = old.size(), new = new.size()))
    } else {
        Check(name, Outcome::Fail, say!(look, "verify-not-grown", old = old.size(), new = new.size()))
    })
}

/// An entry of the log as it is now.
async fn live(auditor: &Auditor, index: u64) -> Result<Option<(v1::LogEntry, v1::InclusionProof)>, Fault> {
    if !auditor.opens() {
        return Ok(None);
    }
    let Ok(index) = i64::try_from(index) else { return Ok(None) };
    let asked = v1::GetLogEntryRequest { index, ..v1::GetLogEntryRequest::default() };
    match auditor.gateway.ledger().get_log_entry(auditor.gateway.ask(asked)).await {
        Ok(found) => {
            let found = found.into_inner();
            Ok(found.entry.zip(found.proof))
        }
        Err(status) if status.code() == tonic::Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}

async fn entry(auditor: &Auditor, key: &[VerifierKey], index: &str) -> Result<Check, Fault> {
    let look = &auditor.look;
    let name = "entry";
    if index.is_empty() {
        return Ok(Check(name, Outcome::NotChecked, say!(look, "verify-index-none")));
    }
    let Ok(index) = index.parse::<u64>() else { return Ok(Check(name, Outcome::Fail, say!(look, "verify-index-broken"))) };
    let Some((entry, proof)) = live(auditor, index).await? else {
        return Ok(Check(name, Outcome::Fail, say!(look, "verify-index-absent")));
    };
    let proved = LogProof::parse(proof.tlog_proof.as_bytes())
        .and_then(|proof| proof.verify(&Hash::leaf(&entry.leaf), key, &WitnessPolicy::none()).map(|_| proof.index()));
    Ok(match proved {
        Ok(proved) if proved == index => Check(name, Outcome::Pass, say!(look, "verify-in-log", number = index)),
        _ => Check(name, Outcome::Fail, say!(look, "verify-not-in-log", number = index)),
    })
}

/// A proof that the auditor has: of the leaf that travels with it, else of the entry that the log has at its place now.
async fn proof(auditor: &Auditor, key: &[VerifierKey], text: &str) -> Result<Check, Fault> {
    let look = &auditor.look;
    let name = "proof";
    if text.is_empty() {
        return Ok(Check(name, Outcome::NotChecked, say!(look, "verify-proof-none")));
    }
    let Ok(proof) = LogProof::parse(format!("{text}\n").as_bytes()) else {
        return Ok(Check(name, Outcome::Fail, say!(look, "verify-proof-broken")));
    };
    let leaf = match proof.extra() {
        [] => live(auditor, proof.index()).await?.map(|(entry, _)| Hash::leaf(&entry.leaf)),
        extra => Some(Hash::leaf(extra)),
    };
    let Some(leaf) = leaf else { return Ok(Check(name, Outcome::Fail, say!(look, "verify-index-absent"))) };
    Ok(if proof.verify(&leaf, key, &WitnessPolicy::none()).is_ok() {
        Check(name, Outcome::Pass, say!(look, "verify-in-log", number = proof.index()))
    } else {
        Check(name, Outcome::Fail, say!(look, "verify-not-in-log", number = proof.index()))
    })
}

/// What the script says, by the names that it goes by.
const SAID: [&str; 46] = [
    "outcome-pass",
    "outcome-fail",
    "outcome-unchecked",
    "check-key",
    "check-checkpoint",
    "check-growth",
    "check-proof",
    "check-receipt",
    "check-manifest",
    "check-files",
    "check-tiles",
    "check-openings",
    "check-proofs",
    "check-receipts",
    "check-rest",
    "check-file",
    "js-key-good",
    "js-key-broken",
    "js-signed",
    "js-not-signed",
    "js-form",
    "js-grown",
    "js-not-grown",
    "js-needs-folder",
    "js-in-log",
    "js-not-in-log",
    "js-no-leaf",
    "js-receipt-good",
    "js-receipt-wrong",
    "js-no-keys",
    "js-manifest-signed",
    "js-manifest-handed",
    "js-manifest-wrong",
    "js-files-good",
    "js-file-differs",
    "js-tiles-good",
    "js-tiles-wrong",
    "js-openings-good",
    "js-opening-wrong",
    "js-none",
    "js-encrypted",
    "js-too-large",
    "js-stopped",
    "js-rest",
    "js-unknown-file",
    "js-working",
];

/// Checks files in the browser: they are read there, and nothing is sent. The page's policy lets the script reach nobody.
pub(super) async fn files(auditor: Auditor) -> Result<Response, Fault> {
    let look = &auditor.look;
    let newest = scope::newest(&auditor).await.ok().and_then(|newest| newest.checkpoint);
    let served = newest.map(|checkpoint| checkpoint.verifier_key).unwrap_or_default();
    // Numbers and names are put in by the script.
    let texts: serde_json::Map<String, serde_json::Value> =
        SAID.into_iter().map(|key| (key.to_owned(), json!(say_marked(look, key)))).collect();
    let content = html! {
        p.lead { (say!(look, "files-lead")) }
        noscript { p.note { (say!(look, "files-no-script")) } }
        p.note data-without hidden { (say!(look, "files-no-support")) }
        form.card id="check" data-texts=(serde_json::Value::Object(texts)) data-passed=(say_marked(look, "js-passed")) data-failed=(say_marked(look, "js-failed")) hidden {
            div.field {
                label for="key" { (say!(look, "verify-key")) }
                input id="key" name="key" required maxlength="500" autocomplete="off" spellcheck="false" dir="ltr";
            }
            p.soft { (say!(look, "files-key-words")) @if !served.is_empty() { " " code dir="ltr" { (served) } } }
            div.field {
                label for="files" { (say!(look, "files-files")) }
                input id="files" name="files" type="file" multiple;
            }
            div.field {
                label for="folder" { (say!(look, "files-folder")) }
                input id="folder" name="folder" type="file" webkitdirectory;
            }
            p.row { button { (say!(look, "verify-button")) } }
        }
        section aria-live="polite" {
            p id="verdict" tabindex="-1" hidden {}
            ul.lines.checks id="results" {}
        }
        h2 { (say!(look, "files-what")) }
        ul {
            @for key in ["files-proof", "files-checkpoint", "files-receipt", "files-export"] { li { (look.language.say(key)) } }
        }
        h2 { (say!(look, "verify-command")) }
        p { (say!(look, "files-command-words")) }
        pre.example dir="ltr" tabindex="0" { "coffret verify --key '" @if served.is_empty() { "…" } @else { (served) } "' export.tar\ncoffret verify receipt receipt.jws --keys keys.json --proof proof.tlog-proof --log-key '…'" }
    };
    Ok(frame::page_with_silent_script(&auditor, StatusCode::OK, &say!(look, "verify-files-title"), &content, CHECK_PATH))
}

/// A text whose numbers are left to the script: `{a}` and `{b}`.
fn say_marked(look: &Look, key: &str) -> String {
    say!(look, key, a = "{a}", b = "{b}")
}
