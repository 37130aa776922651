//! Checks an export folder offline, with a key that the auditor brings: nothing in the folder is believed that the key has not signed,
//! or that does not lead to what it has signed.
//!
//! In bounded memory, whatever the folder holds: entries pass by in batches, streams are kept a million grants and positions at a time.

mod batch;
mod columns;
mod consents;
mod files;
mod pass;
mod report;
mod stream;

use std::io::BufRead;
use std::path::PathBuf;

use coffret_ledger::{LogProof, MAX_POLICY_LEN, Policy, SignedCheckpoint, VerifierKey, WitnessPolicy};

pub use report::{Check, CheckName, Outcome, Place, Report};

use crate::folder::Folder;
use crate::handover::{self, Handover};
use crate::manifest::{self, ManifestReader};
use crate::seal::{Closed, Reading};
use crate::{FolderError, Header, Identities, name};
use report::Sheet;

/// The longest note in bytes.
const MAX_NOTE: usize = coffret_ledger::MAX_NOTE_LEN;
/// The longest proof in bytes.
const MAX_PROOF: usize = 2_000_000;

/// What to check, and against what.
#[derive(Clone, Debug)]
pub struct Question {
    /// The export.
    pub folder: PathBuf,
    /// The log's key, from elsewhere than the folder.
    pub key: VerifierKey,
    /// Which witnesses must have cosigned; the folder's own policy when absent.
    pub policy: Option<Policy>,
    /// What reads the parts that are encrypted; without it they stay closed.
    pub identities: Option<Identities>,
    /// The public keys of receipts (JWK set), from elsewhere than the folder; the folder's own when absent.
    pub receipt_keys: Option<String>,
    /// The moment that it is, to say whether what the export opens should be deleted by now.
    pub now: jiff::Timestamp,
    /// An older checkpoint of the log: the one of the export must have grown from it.
    pub since: Option<SignedCheckpoint>,
    /// Threads to work with, at least 1.
    pub threads: usize,
}

impl Question {
    /// Checks an export at this moment with the log's key, and with nothing else.
    pub fn new(folder: impl Into<PathBuf>, key: VerifierKey, now: jiff::Timestamp) -> Self {
        Self { folder: folder.into(), key, policy: None, identities: None, receipt_keys: None, now, since: None, threads: 1 }
    }
}

/// Checks an export. Fails only where there is no folder to look into; whatever is wrong in it stands in the report.
///
/// `progress` is told now and then how many entries were looked at, and of how many.
pub fn verify(question: &Question, progress: &mut dyn FnMut(u64, u64)) -> Result<Report, FolderError> {
    let folder = Folder::new(question.folder.clone());
    let found = std::fs::metadata(folder.root()).and_then(|_| std::fs::read_dir(folder.root()));
    found.map_err(|cause| FolderError::Machine(folder.root().to_owned(), cause))?;
    let mut sheet = Sheet::default();
    let mut files = 0_u64;
    let walked: Result<(), FolderError> = folder.walk(&mut |_| {
        files += 1;
        Ok(())
    });
    if let Err(error) = walked {
        sheet.fail(CheckName::Folder, error.to_string(), Place::default());
        return Ok(sheet.finish("the folder holds more than plain files, so nothing else in it was opened", question, None));
    }
    sheet.pass(CheckName::Folder, format!("{files} plain files, no links"));
    let Stated { header, handed } = check_manifest(&folder, question, &mut sheet);
    let checkpoint = check_checkpoint(&folder, question, &mut sheet);
    let Some(checkpoint) = checkpoint else {
        files::check(&folder, &mut sheet);
        return Ok(sheet.finish("there is no checkpoint that the key has signed", question, None));
    };
    if let Some(header) = &header {
        let stated = checkpoint.checkpoint();
        if header.origin != stated.origin() || header.size != stated.size() || header.root != stated.root().to_string() {
            sheet.fail(CheckName::Manifest, "it is of another checkpoint than the one beside it", Place::default());
        }
    }
    check_witnesses(&folder, question, &checkpoint, &mut sheet);
    let mut hashed = Sheet::default();
    std::thread::scope(|scope| {
        let listing = scope.spawn(|| {
            let mut sheet = Sheet::default();
            files::check(&folder, &mut sheet);
            sheet
        });
        let encrypted = header.as_ref().is_some_and(|header| header.encrypted);
        let reading = Reading { folder: &folder, encrypted, identities: question.identities.as_ref() };
        pass::check(&reading, question, &checkpoint, header.as_ref(), handed.as_ref(), &mut sheet, progress);
        hashed = listing.join().expect("the thread that hashes files does not panic");
        check_beside(&reading, question, &checkpoint, header.as_ref(), (handed.as_ref(), hashed.failed(CheckName::Files)), &mut sheet);
    });
    sheet.join(hashed);
    check_proofs(&folder, question, &checkpoint, header.as_ref(), &mut sheet);
    Ok(sheet.finish("", question, Some(&checkpoint)))
}

/// What stands beside events and openings.
fn check_beside(
    reading: &Reading<'_>,
    question: &Question,
    checkpoint: &SignedCheckpoint,
    header: Option<&Header>,
    (handed, changed): (Option<&Handover>, bool),
    sheet: &mut Sheet,
) {
    let known = header.and_then(|header| Some((header, header.scope.limits().ok()?)));
    let broken = [CheckName::Openings, CheckName::Bundles, CheckName::Tiles].into_iter().any(|check| sheet.failed(check));
    match known.filter(|_| !broken) {
        Some((header, limits)) => {
            let size = checkpoint.checkpoint().size();
            if changed && header.parquet {
                sheet.not_checked(CheckName::Columns, "files are not those that the manifest lists");
            } else {
                columns::check(reading, header, size, &limits, sheet);
            }
            consents::check(reading, question, size, &limits, handed, sheet);
        }
        None => {
            for check in [CheckName::Columns, CheckName::Receipts] {
                sheet.not_checked(check, "entries, openings or manifest are bad, so it is not known what it should say");
            }
        }
    }
}

/// A file that was not read: what is closed is not checked, what is bad fails.
fn unread(check: CheckName, closed: Closed, sheet: &mut Sheet) {
    match closed {
        Closed::Encrypted(why) => sheet.not_checked(check, why),
        Closed::Bad(what) => sheet.fail(check, what, Place::default()),
    }
}

/// What the export says of itself.
struct Stated {
    header: Option<Header>,
    /// What the log has signed in the place of the manifest, where the export was handed over.
    handed: Option<Handover>,
}

/// Whether the key has signed the manifest; or, in its place, what it handed over, which must be what the manifest says.
fn check_seal(signature: &[u8], key: &VerifierKey, sha256: &[u8; 32], header: Option<&Header>, sheet: &mut Sheet) -> Option<Handover> {
    let mut fail = |wrong: &str| sheet.fail(CheckName::Manifest, format!("{}: {wrong}", name::MANIFEST_SIGNATURE), Place::default());
    if !signature.starts_with(handover::FORMAT.as_bytes()) {
        if let Err(wrong) = manifest::verify(signature, key, sha256) {
            fail(wrong);
        }
        return None;
    }
    let Ok(handed) = Handover::open(signature, key) else {
        fail("the key has not signed it");
        return None;
    };
    let of = |header: &Header| {
        let (stated, passed) = (handed.checkpoint(), &handed.passed);
        let same = header.origin == stated.origin() && header.size == stated.size() && header.root == stated.root().to_string();
        let counted = (passed.events, passed.opened) == (header.counts.events, header.counts.opened);
        same && counted && passed.entries == stated.size() && header.made == handed.made().to_string() && handed.is_of(&header.scope)
    };
    if header.is_some_and(|header| !of(header)) {
        fail("the log has handed over something else than the manifest says");
    }
    Some(handed)
}

fn check_manifest(folder: &Folder, question: &Question, sheet: &mut Sheet) -> Stated {
    let key = &question.key;
    let mut handed = None;
    let fail = |sheet: &mut Sheet, what: String| sheet.fail(CheckName::Manifest, what, Place::default());
    let signature = match folder.read(name::MANIFEST_SIGNATURE, MAX_NOTE) {
        Ok(signature) => Some(signature),
        Err(error) => {
            fail(sheet, error.to_string());
            None
        }
    };
    let header = match folder.hash(name::MANIFEST) {
        Ok((_, sha256)) => {
            let header = folder.reader(name::MANIFEST).ok().and_then(|source| ManifestReader::open(source).ok()).map(|(header, _)| header);
            handed = signature.and_then(|signature| check_seal(&signature, key, &sha256, header.as_ref(), sheet));
            header
        }
        Err(error) => {
            fail(sheet, error.to_string());
            return Stated { header: None, handed };
        }
    };
    match &header {
        None => fail(sheet, format!("{}: it is not in the form of an export", name::MANIFEST)),
        Some(header) => {
            let by =
                if handed.is_some() { "the key has signed what it handed over, the receiver made the list" } else { "signed by the key" };
            let end = header.openings_expire.as_ref().map_or_else(String::new, |end| {
                let over = end.parse::<jiff::Timestamp>().is_ok_and(|end| end <= question.now);
                let over = if over { "; THIS DAY HAS PASSED: delete the export" } else { "" };
                format!("; what it opens is to be deleted by {end}{over}")
            });
            sheet.pass(CheckName::Manifest, format!("{by}; made at {}{end}", header.made));
        }
    }
    Stated { header, handed }
}

fn check_checkpoint(folder: &Folder, question: &Question, sheet: &mut Sheet) -> Option<SignedCheckpoint> {
    let fail = |sheet: &mut Sheet, what: String| sheet.fail(CheckName::Checkpoint, what, Place::default());
    match folder.read(name::LOG_KEY, MAX_NOTE) {
        Ok(claimed) if claimed == format!("{}\n", question.key).into_bytes() => {}
        Ok(_) => fail(sheet, format!("{}: the folder claims another key than the one that was given", name::LOG_KEY)),
        Err(error) => fail(sheet, error.to_string()),
    }
    let bytes = match folder.read(name::CHECKPOINT, MAX_NOTE) {
        Ok(bytes) => bytes,
        Err(error) => {
            fail(sheet, error.to_string());
            return None;
        }
    };
    match SignedCheckpoint::open(&bytes, std::slice::from_ref(&question.key)) {
        Ok(checkpoint) => {
            sheet.pass(CheckName::Checkpoint, format!("signed by the key, {} entries", checkpoint.checkpoint().size()));
            Some(checkpoint)
        }
        Err(error) => {
            fail(sheet, error.to_string());
            None
        }
    }
}

fn check_witnesses(folder: &Folder, question: &Question, checkpoint: &SignedCheckpoint, sheet: &mut Sheet) {
    let check = CheckName::Witnesses;
    let own = folder.read(name::POLICY, MAX_POLICY_LEN).map_err(|error| error.to_string()).and_then(|bytes| {
        let text = String::from_utf8(bytes).map_err(|_| format!("{}: it is not UTF-8", name::POLICY))?;
        Policy::parse(&text).map_err(|error| format!("{}: {error}", name::POLICY))
    });
    let (policy, whose) = match (&question.policy, own) {
        (Some(policy), _) => (policy.clone(), "the given policy"),
        (None, Ok(policy)) => (policy, "the folder's own policy; give --witness-policy to bring one"),
        (None, Err(wrong)) => return sheet.fail(check, wrong, Place::default()),
    };
    if !policy.logs().is_empty() && !policy.logs().contains(&question.key) {
        return sheet.fail(check, format!("by {whose}: it is for another log"), Place::default());
    }
    match policy.check(checkpoint) {
        // A witness that did cosign was verified by name all the same.
        Ok(_) if !policy.asks() => sheet.not_checked(check, format!("by {whose}: it asks for no witness")),
        Ok(witnesses) => sheet.pass(check, format!("{} have cosigned, enough by {whose}", witnesses.len())),
        Err(witnesses) => {
            sheet.fail(check, format!("{} have validly cosigned, not enough by {whose}", witnesses.len()), Place::default());
        }
    }
}

/// Every proof that lies in the folder.
fn check_proofs(folder: &Folder, question: &Question, checkpoint: &SignedCheckpoint, header: Option<&Header>, sheet: &mut Sheet) {
    let check = CheckName::Proofs;
    let mut proofs = 0_u64;
    let mut bundles = batch::Bundles::new(folder, checkpoint.checkpoint().size());
    let walked: Result<(), FolderError> = folder.walk(&mut |found| {
        let Some(file) = found.strip_prefix(name::PROOFS).and_then(|rest| rest.strip_prefix('/')) else { return Ok(()) };
        proofs += 1;
        let index: Option<u64> = file.strip_suffix(".tlog-proof").and_then(|index| index.parse().ok());
        let verified = (|| {
            let index = index.filter(|index| found == crate::writer::proof_name(*index)).ok_or("its name is not that of a proof")?;
            let proof = LogProof::parse(&folder.read(found, MAX_PROOF).map_err(|_| "it cannot be read")?);
            let proof = proof.map_err(|_| "it is not in the form of a proof")?;
            let leaf = bundles.leaf_hash(index).ok_or("its entry cannot be read")?;
            let signed = proof.verify(&leaf, std::slice::from_ref(&question.key), &WitnessPolicy::none());
            let signed = signed.map_err(|_| "it does not prove its entry")?;
            if proof.index() != index {
                return Err("it is of another entry");
            }
            if signed.checkpoint() == checkpoint.checkpoint() { Ok(()) } else { Err("it is of another checkpoint") }
        })();
        if let Err(wrong) = verified {
            sheet.fail(check, format!("{found}: {wrong}"), Place { index, ..Place::default() });
        }
        Ok(())
    });
    if let Err(error) = walked {
        sheet.fail(check, error.to_string(), Place::default());
    }
    if header.is_some_and(|header| header.counts.proofs != proofs) {
        sheet.fail(CheckName::Manifest, "it counts another number of proofs", Place::default());
    }
    if proofs == 0 {
        sheet.not_checked(check, "the export holds none; the tree proves every entry");
    } else {
        sheet.pass(check, format!("{proofs} inclusion proofs"));
    }
}

/// Whether nothing comes any more.
fn is_at_end(source: &mut impl BufRead) -> bool {
    source.fill_buf().is_ok_and(<[u8]>::is_empty)
}
