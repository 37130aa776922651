//! A receipt held against public keys and the log, by anybody and without us.

use coffret_envelope::verify_commitment;
use coffret_ledger::{Hash, Jws, Leaf, LogProof, LogProofError, VerifierKey, WitnessPolicy};
use serde::Serialize;

use super::key_set::KeySet;
use super::statement::{Consent, KIND, Statement, notice_seen};
use super::terms_are_those_of;
use crate::id::CustomerId;
use crate::ledger::Agreement;

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It was not looked at.
    NotChecked,
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which check; see [`CHECKS`].
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, in one sentence.
    pub why: String,
}

/// The checks, in their order: each rests on those before it.
pub const CHECKS: [(&str, &str); 9] = [
    ("form", "a compact JWS of this kind, in its one spelling; no algorithm but EdDSA"),
    ("key", "signed with a key of the set, by its thumbprint"),
    ("signature", "nothing was changed since it was signed"),
    ("content", "a receipt of version 1 in JCS, whose consent record says what its entry says"),
    ("commitment", "the entry's details, under the key in the receipt, give the leaf's commitment"),
    ("terms", "the terms are those whose hash the entry has"),
    ("passkey", "a passkey signed this yes: this text, in this language, and these terms"),
    ("checkpoint", "a checkpoint signed with the log's key"),
    ("inclusion", "the leaf is in the tree of that checkpoint"),
];

/// What the checks found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// All of [`CHECKS`].
    pub checks: Vec<Check>,
    /// The position of the leaf in the log, where it was proved.
    pub leaf_index: Option<u64>,
    /// What the receipt says, if its signature is good.
    #[serde(skip)]
    pub statement: Option<Statement>,
}

impl Report {
    /// Whether no check failed. What was not checked does not fail.
    pub fn is_sound(&self) -> bool {
        self.checks.iter().all(|check| check.outcome != Outcome::Fail)
    }

    fn add(&mut self, result: std::result::Result<impl Into<String>, impl Into<String>>) -> bool {
        let (outcome, why) = match result {
            Ok(why) => (Outcome::Pass, why.into()),
            Err(why) => (Outcome::Fail, why.into()),
        };
        self.checks.push(Check { name: CHECKS[self.checks.len()].0, outcome, why });
        outcome == Outcome::Pass
    }

    fn pass_over(&mut self, why: &str) {
        self.checks.push(Check { name: CHECKS[self.checks.len()].0, outcome: Outcome::NotChecked, why: why.to_owned() });
    }

    /// What stands behind a failure was not looked at.
    fn stop(mut self) -> Self {
        while self.checks.len() < CHECKS.len() {
            self.pass_over("A check before this one failed.");
        }
        self
    }
}

/// That the leaf is in the log: a `.tlog-proof` file (C2SP tlog-proof), and the log's public key as a vkey.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The file.
    pub proof: &'a [u8],
    /// The vkey.
    pub log_key: &'a str,
}

/// Checks a receipt: one compact JWS without anything around it.
pub fn check(receipt: &str, keys: &KeySet, evidence: Option<Evidence<'_>>) -> Report {
    let mut report = Report { checks: Vec::with_capacity(CHECKS.len()), leaf_index: None, statement: None };
    let read = Jws::parse(receipt, KIND);
    if !report.add(read.as_ref().map(|_| "It has the one form of a receipt.").map_err(ToString::to_string)) {
        return report.stop();
    }
    let Ok(jws) = read else { return report.stop() };
    let key = keys.get(jws.key_id());
    if !report.add(key.map(|key| format!("Key {} is in the set.", key.id())).ok_or("Its key is not in the set.")) {
        return report.stop();
    }
    let Some(Ok(payload)) = key.map(|key| jws.verify(key)) else {
        report.add(Err::<&str, _>("The signature is not of this key and this content."));
        return report.stop();
    };
    report.add(Ok::<_, &str>("The signature is good."));
    let statement = Statement::from_payload(payload);
    if !report.add(statement.as_ref().ok_or("It is not a receipt of version 1 in JCS.").and_then(agrees)) {
        return report.stop();
    }
    let Some(statement) = statement else { return report.stop() };
    let leaf = open(&mut report, &statement);
    let signed = leaf.is_none() || signed(&mut report, &statement);
    report.statement = Some(statement);
    let Some(leaf) = leaf.filter(|_| signed) else { return report.stop() };
    place(&mut report, &leaf, evidence);
    report
}

/// Whether the consent record and the claims say what the entry says.
fn agrees(statement: &Statement) -> std::result::Result<&'static str, &'static str> {
    let entry = &statement.entry;
    let customer = statement.sub.strip_prefix("customers/").and_then(CustomerId::parse).ok_or("It names no customer.")?;
    let consent = Consent::of(customer, &entry.details, statement.consent.terms.clone());
    let placed = entry.details.stream == entry.stream && entry.details.sequence == entry.sequence;
    let claimed = statement.iat == entry.details.time.seconds() && statement.jti == entry.event.urn().to_string();
    if consent == statement.consent && placed && claimed {
        Ok("The consent record says what the entry says.")
    } else {
        Err("The consent record says something else than the entry.")
    }
}

/// Opens the commitment with the key in the receipt; gives the leaf.
fn open(report: &mut Report, statement: &Statement) -> Option<Leaf> {
    let entry = &statement.entry;
    let details = serde_jcs::to_vec(&entry.details).ok();
    let opens = details.is_some_and(|details| verify_commitment(&entry.key.key(), &details, &entry.commitment.0));
    let opened = if opens { Ok("The details open the commitment.") } else { Err("The details do not open the commitment.") };
    if !report.add(opened) {
        return None;
    }
    match (&statement.consent.terms, &entry.details.terms_sha256) {
        (None, None) => report.pass_over("The decision has no terms of its own."),
        (Some(_), None) => report.pass_over("The entry has no hash of the terms: they rest on the signature alone."),
        (None, Some(_)) => report.pass_over("The terms are no longer kept; the entry has their hash."),
        (Some(terms), Some(_)) => {
            let same = terms_are_those_of(terms, &entry.details);
            if !report.add(if same { Ok("The terms have the entry's hash.") } else { Err("The terms are not those of the entry.") }) {
                return None;
            }
        }
    }
    Some(Leaf { id: *entry.event.as_bytes(), commit: entry.commitment.0 })
}

/// Holds the passkey's signature against what the entry says was agreed to.
fn signed(report: &mut Report, statement: &Statement) -> bool {
    let details = &statement.entry.details;
    let Some(signed) = &details.signed else {
        report.pass_over("The decision was not signed with a passkey.");
        return true;
    };
    let agreement = || {
        let customer = statement.sub.strip_prefix("customers/").and_then(CustomerId::parse)?;
        let notice = details.notice.as_deref().and_then(notice_seen)?;
        Some(Agreement::new(customer, details.request?, notice, details.terms_sha256.clone()?))
    };
    let checked = agreement().ok_or("The entry does not say to what the passkey said yes.").and_then(|agreed| signed.check(&agreed));
    report.add(checked.map(|origin| format!("The person's passkey signed this text and these terms, on {origin}.")))
}

/// Holds the leaf against the log.
fn place(report: &mut Report, leaf: &Leaf, evidence: Option<Evidence<'_>>) {
    let Some(evidence) = evidence else {
        report.pass_over("No proof and log key were given.");
        return report.pass_over("No proof and log key were given.");
    };
    let Ok(key) = evidence.log_key.parse::<VerifierKey>() else {
        report.add(Err::<&str, _>("The log key is not a vkey."));
        return report.pass_over("A check before this one failed.");
    };
    let proved = LogProof::parse(evidence.proof)
        .and_then(|proof| proof.verify(&Hash::leaf(&leaf.encode()), &[key], &WitnessPolicy::none()).map(|signed| (proof.index(), signed)));
    match proved {
        Ok((index, signed)) => {
            let checkpoint = signed.checkpoint();
            report.add(Ok::<_, &str>(format!("The log {} signed its size {}.", checkpoint.origin(), checkpoint.size())));
            report.add(Ok::<_, &str>(format!("The leaf is number {index} of the log, counted from 0.")));
            report.leaf_index = Some(index);
        }
        Err(LogProofError::Proof(error)) => {
            report.add(Ok::<_, &str>("The log signed the checkpoint."));
            report.add(Err::<&str, _>(error.to_string()));
        }
        Err(error) => {
            report.add(Err::<&str, _>(error.to_string()));
            report.pass_over("A check before this one failed.");
        }
    }
}
