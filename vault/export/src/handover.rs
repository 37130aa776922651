//! What a log hands over of itself to somebody who holds no key of the log: entries one after the other, within a scope, and the log's
//! signature over what was handed over so far.
//!
//! The signature is a note, `coffret-handover/1`: which checkpoint, when it was begun, under which scope, how many entries, how many of
//! them are listed and opened, and a digest over the openings, each in its line. Nothing else that the log signs can be taken for it: a
//! checkpoint's second line is a number. The last one takes the place of the manifest's signature in a folder that was received; any of
//! them says where to go on.

use coffret_ledger::{Checkpoint, Note, SignedCheckpoint, Signer, VerifierKey};
use sha2::{Digest, Sha256};

use crate::encoding::{hex, parse_hex};
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
    pub(crate) openings: Chain,
}

/// A digest over lines that can be carried on from where it stands: each link is SHA-256(link before || line), the first 32 zero bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain(pub(crate) [u8; 32]);

impl Chain {
    /// Takes the next line; with its newline.
    pub(crate) fn take(&mut self, line: &str) {
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
        let digests = [hex(&self.scope), hex(&passed.openings.0)].join("\n");
        format!("{FORMAT}\n{}\n{}\n{}\n{}\n{counts}\n{digests}\n", stated.origin(), stated.size(), stated.root(), self.made)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let [FORMAT, origin, size, root, made, counts, scope, openings] = lines.as_slice() else { return None };
        let counts: Vec<u64> = counts.split(' ').map(|count| count.parse().ok()).collect::<Option<_>>()?;
        let [entries, events, opened] = counts.as_slice() else { return None };
        let checkpoint = Checkpoint::new(origin, size.parse().ok()?, root.parse().ok()?).ok()?;
        let passed = Passed { entries: *entries, events: *events, opened: *opened, openings: Chain(parse_hex(openings)?) };
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
    line: String,
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
        Ok(Self { limits, handover, line: String::new() })
    }

    /// What was handed over so far.
    pub fn handover(&self) -> &Handover {
        &self.handover
    }

    /// Takes the next entry; says whether its opening is handed over with it. An opening that does not open its entry is refused.
    pub fn take(&mut self, entry: &Entry<'_>) -> Result<bool, ExportError> {
        let passed = &mut self.handover.passed;
        if passed.entries >= self.handover.checkpoint.size() {
            return Err(ExportError::TooMany(passed.entries));
        }
        let opened = open(&self.limits, passed.entries, entry)?;
        self.line.clear();
        if let (Some(opening), true) = (&entry.opening, opened.is_some()) {
            opening.push_line(&mut self.line, passed.entries);
        }
        passed.take(self.limits.list(opened.as_ref().map(|(details, _)| details)), &self.line);
        Ok(opened.is_some())
    }
}

impl Passed {
    /// Takes the next entry: whether it is listed, and the line of its opening, empty where it has none.
    pub(crate) fn take(&mut self, listed: bool, line: &str) {
        self.entries += 1;
        self.events += u64::from(listed);
        if !line.is_empty() {
            self.opened += 1;
            self.openings.take(line);
        }
    }
}

/// The details that an export shows of an entry, with the text that they were read from.
pub(crate) fn open<'a>(limits: &Limits, index: u64, entry: &Entry<'a>) -> Result<Option<(Details<'a>, &'a str)>, ExportError> {
    let Some(opening) = entry.opening else { return Ok(None) };
    if !opening.opens(&entry.leaf.commit) {
        return Err(ExportError::Opening(index));
    }
    if opening.details.len() > MAX_DETAILS_LEN {
        return Err(ExportError::Details(index));
    }
    let details = Details::parse(opening.details).map_err(|_| ExportError::Details(index))?;
    Ok(limits.open(&details).then_some((details, opening.details)))
}
