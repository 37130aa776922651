//! What a log hands over of itself to somebody who holds no key of the log: entries one after the other, within a scope, and the log's
//! signature over what was handed over so far.
//!
//! The signature is a note, `coffret-handover/1`: which checkpoint, when it was begun, under which scope, how many entries, how many of
//! them are listed and opened, and digests over openings, receipts and consent records, each in its line. Nothing else that the log signs can be taken for it: a
//! checkpoint's second line is a number. The last one takes the place of the manifest's signature in a folder that was received; any of
//! them says where to go on.

use coffret_ledger::{Checkpoint, Note, SignedCheckpoint, Signer, VerifierKey};
use sha2::{Digest, Sha256};

use crate::encoding::{hex, parse_hex};
use crate::opening::push_json;
use crate::scope::Limits;
use crate::{Details, Entry, ExportError, MAX_DETAILS_LEN, Scope, Unreadable};

/// The first line of what is signed.
pub(crate) const FORMAT: &str = "coffret-handover/1";

/// How much was handed over, and what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// Entries so far.
    pub(crate) entries: u64,
    /// Of these, entries that have a line in the events.
    pub(crate) events: u64,
    /// Of these, entries that were opened.
    pub(crate) opened: u64,
    /// Over openings, receipts and consent records.
    pub(crate) digests: [Chain; 3],
}

/// A digest over lines that can be carried on from where it stands: each link is SHA-256(link before || line), the first 32 zero bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain(pub(crate) [u8; 32]);

impl Chain {
    /// Takes the next line, with its newline; nothing where there is none.
    pub(crate) fn take(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        self.0 = Sha256::new().chain_update(self.0).chain_update(line).finalize().into();
    }
}

/// What the log signs of a handover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    checkpoint: Checkpoint,
    made: jiff::Timestamp,
    /// SHA-256 of the scope's JSON.
    scope: [u8; 32],
    pub(crate) passed: Passed,
}

impl Handover {
    /// The beginning: nothing is handed over yet.
    pub(crate) fn begin(checkpoint: &SignedCheckpoint, made: jiff::Timestamp, scope: &Scope) -> Self {
        Self { checkpoint: checkpoint.checkpoint().clone(), made, scope: scope.digest(), passed: Passed::default() }
    }

    /// Reads what this key, the log's, has signed.
    pub fn open(note: &[u8], key: &VerifierKey) -> Result<Self, Unreadable> {
        let note = Note::parse(note).map_err(|_| Unreadable)?;
        note.verify(std::slice::from_ref(key)).map_err(|_| Unreadable)?;
        let handover = Self::parse(note.text()).ok_or(Unreadable)?;
        let same = handover.text() == note.text() && handover.checkpoint.origin() == key.name();
        if same { Ok(handover) } else { Err(Unreadable) }
    }

    /// Signs it, as the log.
    pub fn sign(&self, signer: &Signer) -> String {
        let mut note = Note::new(&self.text()).expect("an origin has no control characters");
        note.add(signer.sign(&note)).expect("one signature is not too many");
        note.to_string()
    }

    fn text(&self) -> String {
        let (stated, passed) = (&self.checkpoint, &self.passed);
        let counts = format!("{} {} {}", passed.entries, passed.events, passed.opened);
        let digests = [self.scope, passed.digests[0].0, passed.digests[1].0, passed.digests[2].0].map(|digest| hex(&digest)).join("\n");
        format!("{FORMAT}\n{}\n{}\n{}\n{}\n{counts}\n{digests}\n", stated.origin(), stated.size(), stated.root(), self.made)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let [FORMAT, origin, size, root, made, counts, scope, openings, receipts, records] = lines.as_slice() else { return None };
        let counts: Vec<u64> = counts.split(' ').map(|count| count.parse().ok()).collect::<Option<_>>()?;
        let [entries, events, opened] = counts.as_slice() else { return None };
        let checkpoint = Checkpoint::new(origin, size.parse().ok()?, root.parse().ok()?).ok()?;
        let digests = [Chain(parse_hex(openings)?), Chain(parse_hex(receipts)?), Chain(parse_hex(records)?)];
        let passed = Passed { entries: *entries, events: *events, opened: *opened, digests };
        Some(Self { checkpoint, made: made.parse().ok()?, scope: parse_hex(scope)?, passed })
    }

    /// The checkpoint whose entries are handed over.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// When the handover was begun.
    pub fn made(&self) -> jiff::Timestamp {
        self.made
    }

    /// Entries handed over so far: the index of the next one.
    pub fn next_index(&self) -> u64 {
        self.passed.entries
    }

    /// Whether it is one of this scope.
    pub fn is_of(&self, scope: &Scope) -> bool {
        self.scope == scope.digest()
    }
}

/// The side that hands over: of each entry, what the scope lets through.
#[derive(Debug)]
pub struct Giver {
    limits: Limits,
    handover: Handover,
}

impl Giver {
    /// Begins to hand over the entries of a checkpoint.
    pub fn begin(checkpoint: &SignedCheckpoint, made: jiff::Timestamp, scope: &Scope) -> Result<Self, ExportError> {
        Self::go_on(Handover::begin(checkpoint, made, scope), scope)
    }

    /// Goes on behind what was handed over.
    pub fn go_on(handover: Handover, scope: &Scope) -> Result<Self, ExportError> {
        let limits = scope.limits().map_err(|_| ExportError::Plan("a limit of the scope is not one"))?;
        if !handover.is_of(scope) {
            return Err(ExportError::Plan("it was begun with another scope"));
        }
        Ok(Self { limits, handover })
    }

    /// What was handed over so far.
    pub fn handover(&self) -> &Handover {
        &self.handover
    }

    /// Whether the opening of the next entry lies within the scope. One that does not open its entry is refused.
    pub fn opens(&self, entry: &Entry<'_>) -> Result<bool, ExportError> {
        Ok(open(&self.limits, self.handover.passed.entries, entry)?.is_some())
    }

    /// Takes the next entry, and gives what is handed over of it.
    pub fn take<'a>(&mut self, entry: &Entry<'a>) -> Result<Entry<'a>, ExportError> {
        let index = self.handover.passed.entries;
        if index >= self.handover.checkpoint.size() {
            return Err(ExportError::TooMany(index));
        }
        let opened = open(&self.limits, index, entry)?;
        let shown =
            if opened.is_none() { Entry { opening: None, receipt: None, record: None, ..*entry } } else { entry.within(&self.limits) };
        let mut lines = [const { String::new() }; 3];
        let [openings, receipts, records] = &mut lines;
        shown.push_lines(index, [openings, receipts, records]);
        let passed = &mut self.handover.passed;
        passed.entries += 1;
        passed.events += u64::from(self.limits.list(opened.as_ref().map(|(details, _)| details)));
        passed.opened += u64::from(opened.is_some());
        passed.digests.iter_mut().zip(&lines).for_each(|(digest, line)| digest.take(line));
        Ok(shown)
    }
}

impl Entry<'_> {
    /// What goes beside an opened entry within these limits.
    pub(crate) fn within(&self, limits: &Limits) -> Self {
        Self { receipt: self.receipt.filter(|_| limits.has_receipts()), record: self.record.filter(|_| limits.has_records()), ..*self }
    }

    /// Writes the lines of opening, receipt and consent record, of what there is.
    pub(crate) fn push_lines(&self, index: u64, [openings, receipts, records]: [&mut String; 3]) {
        if let Some(opening) = &self.opening {
            opening.push_line(openings, index);
        }
        if let Some(receipt) = self.receipt {
            push_beside(receipts, index, "receipt", |line| push_json(line, receipt));
        }
        if let Some(record) = self.record {
            push_beside(records, index, "record", |line| line.push_str(record));
        }
    }
}

fn push_beside(line: &mut String, index: u64, what: &str, push: impl FnOnce(&mut String)) {
    line.push_str("{\"index\":");
    line.push_str(&index.to_string());
    line.push_str(",\"");
    line.push_str(what);
    line.push_str("\":");
    push(line);
    line.push_str("}\n");
}

/// The details that an export shows of an entry, with the text that they were read from.
pub(crate) fn open<'a>(limits: &Limits, index: u64, entry: &Entry<'a>) -> Result<Option<(Details<'a>, &'a str)>, ExportError> {
    let Some(opening) = entry.opening else { return Ok(None) };
    if !opening.opens(&entry.leaf.commit) {
        return Err(ExportError::Opening(index));
    }
    // A record is put into a line as it is.
    let broken = |text: &str| text.len() > MAX_DETAILS_LEN || text.contains(['\n', '\r']);
    if opening.details.len() > MAX_DETAILS_LEN || entry.receipt.is_some_and(broken) || entry.record.is_some_and(broken) {
        return Err(ExportError::Details(index));
    }
    let details = Details::parse(opening.details).map_err(|_| ExportError::Details(index))?;
    Ok(limits.open(&details).then_some((details, opening.details)))
}
