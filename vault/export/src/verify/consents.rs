//! Receipts and consent records against the entries that they are of.

use std::io::BufRead;

use coffret_ledger::{Jws, JwsKey, Leaf};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::report::{CheckName, Place, Sheet};
use super::{Question, unread};
use crate::encoding::hex;
use crate::handover::{Chain, Handover};
use crate::line::read_line;
use crate::opening::index_of;
use crate::rows::{self, Broken, MAX_LINE};
use crate::scope::Limits;
use crate::seal::Reading;
use crate::{Details, name};

/// The `typ` of a receipt.
const KIND: &str = "consent-receipt+jwt";
/// The longest set of keys in bytes.
const MAX_KEYS: usize = 1 << 20;

/// Where a receipt says that its entry stands, and what it says that it says.
#[derive(Deserialize)]
struct Entry {
    stream: Uuid,
    sequence: u64,
    event: Uuid,
    commitment: String,
    details: Value,
}

#[derive(Deserialize)]
struct Statement {
    entry: Entry,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    receipt: Option<String>,
    #[serde(default)]
    record: Option<Value>,
}

/// Lines that stand beside entries, in the order of the log.
struct Beside {
    source: Box<dyn BufRead + Send>,
    next: Option<(u64, String)>,
    chain: Chain,
    lines: u64,
}

impl Beside {
    fn open(source: Box<dyn BufRead + Send>) -> Result<Self, &'static str> {
        let mut beside = Self { source, next: None, chain: Chain::default(), lines: 0 };
        beside.advance().map(|()| beside)
    }

    fn advance(&mut self) -> Result<(), &'static str> {
        let mut line = String::new();
        let wrong = "a line is too long, not in its form, or not in the order of the log";
        if !read_line(&mut self.source, &mut line, MAX_LINE).map_err(|_| wrong)? {
            self.next = None;
            return Ok(());
        }
        let index = index_of(&line).map_err(|_| wrong)?;
        if self.next.as_ref().is_some_and(|(last, _)| *last >= index) {
            return Err(wrong);
        }
        line.push('\n');
        self.chain.take(&line);
        self.lines += 1;
        self.next = Some((index, line));
        Ok(())
    }

    /// The line of an entry, if it has one.
    fn of(&mut self, index: u64) -> Result<Option<Line>, &'static str> {
        let Some((_, line)) = self.next.as_ref().filter(|(next, _)| *next == index) else { return Ok(None) };
        let read = serde_json::from_str(line).map_err(|_| "a line is not in its form")?;
        self.advance().map(|()| Some(read))
    }
}

/// Checks every receipt and consent record; all entries and openings were good.
pub(super) fn check(reading: &Reading<'_>, question: &Question, size: u64, limits: &Limits, handed: Option<&Handover>, sheet: &mut Sheet) {
    let check = CheckName::Receipts;
    if !limits.has_receipts() {
        return sheet.not_checked(check, "the export holds no receipts");
    }
    let opened = [name::OPENINGS, name::RECEIPTS, name::RECORDS].map(|name| reading.open(name));
    let [openings, receipts, records] = match opened {
        [Ok(openings), Ok(receipts), Ok(records)] => [openings, receipts, records],
        failed => {
            for closed in failed.into_iter().filter_map(Result::err) {
                unread(check, closed, sheet);
            }
            return;
        }
    };
    let (keys, whose) = if let Some(keys) = &question.receipt_keys {
        (keys_of(keys), "the given keys")
    } else {
        let read = reading.folder.read(name::RECEIPT_KEYS, MAX_KEYS).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        (read.map(|text| keys_of(&text)).unwrap_or_default(), "the folder's own keys")
    };
    let (Ok(mut receipts), Ok(mut records)) = (Beside::open(receipts), Beside::open(records)) else {
        return sheet.fail(check, "a line of receipts or consent records is not in its form", Place::default());
    };
    let mut visit = |index: u64, leaf: &Leaf, details: Option<(&Details<'_>, &str)>| -> Result<(), (&'static str, u64)> {
        let at = |what: &'static str| (what, index);
        let Some((details, text)) = details else { return Ok(()) };
        if let Some(line) = receipts.of(index).map_err(at)? {
            let receipt = line.receipt.ok_or(at("a line is not that of a receipt"))?;
            agrees(&receipt, &keys, leaf, details, text).map_err(at)?;
        }
        if let Some(line) = records.of(index).map_err(at)? {
            line.record.filter(Value::is_object).ok_or(at("a line is not that of a consent record"))?;
        }
        Ok(())
    };
    match rows::each(reading.folder, size, limits, openings, &mut visit) {
        Ok(()) => {}
        Err(Broken::Folder) => return sheet.not_checked(check, "entries or openings cannot be read"),
        Err(Broken::Visitor((what, index))) => {
            return sheet.fail(check, what, Place { index: Some(index), ..Place::default() });
        }
    }
    if let Some((index, _)) = receipts.next.as_ref().or(records.next.as_ref()) {
        let place = Place { index: Some(*index), ..Place::default() };
        return sheet.fail(check, "a receipt or consent record of an entry that is not opened", place);
    }
    if handed.is_some_and(|handed| handed.passed.digests[1..] != [receipts.chain, records.chain]) {
        return sheet.fail(check, "they are not those that the log has handed over", Place::default());
    }
    let told = format!("{} receipts, by {whose}, say what their entries say; {} consent records", receipts.lines, records.lines);
    sheet.pass(check, told);
}

/// The Ed25519 keys of a JWK set (RFC 7517); others are passed over.
fn keys_of(text: &str) -> Vec<JwsKey> {
    let set: Value = serde_json::from_str(text).unwrap_or_default();
    let listed = set.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    listed.iter().filter_map(|key| JwsKey::from_x(key.get("x")?.as_str()?).ok()).collect()
}

/// Whether a receipt is signed, and speaks of this entry as it is.
fn agrees(receipt: &str, keys: &[JwsKey], leaf: &Leaf, details: &Details<'_>, text: &str) -> Result<(), &'static str> {
    let jws = Jws::parse(receipt, KIND).map_err(|_| "a receipt is not in its form")?;
    let key = keys.iter().find(|key| key.id() == jws.key_id()).ok_or("a receipt is signed with a key that is not in the set")?;
    let payload = jws.verify(key).map_err(|_| "the signature of a receipt is not good")?;
    let Statement { entry } = serde_json::from_slice(payload).map_err(|_| "a receipt is not in its form")?;
    let said: Value = serde_json::from_str(text).map_err(|_| "the details are not JSON")?;
    let placed = entry.stream == details.stream && entry.sequence == details.sequence;
    let of_leaf = entry.event.as_bytes() == &leaf.id && entry.commitment == hex(&leaf.commit);
    if placed && of_leaf && entry.details == said { Ok(()) } else { Err("a receipt says something else than its entry") }
}
