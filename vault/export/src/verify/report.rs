//! What a check found: pass, fail or not checked, and why.

use std::collections::BTreeMap;
use std::fmt;

use coffret_ledger::SignedCheckpoint;
use serde::Serialize;
use uuid::Uuid;

use super::Question;

/// What is checked, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// Nothing but plain files and folders.
    Folder,
    /// The manifest is signed by the key, of this checkpoint, and counts what there is.
    Manifest,
    /// Every file is listed with its size and SHA-256, and every listed file is there.
    Files,
    /// The checkpoint is signed by the key, which is the one that the folder claims.
    Checkpoint,
    /// Enough witnesses have cosigned the checkpoint.
    Witnesses,
    /// The log has grown from an older checkpoint.
    Since,
    /// Every hash tile leads to the root of the checkpoint.
    Tiles,
    /// Every entry hashes to its place in its tile.
    Bundles,
    /// Every opening opens the commitment of its entry.
    Openings,
    /// Every line of the events says what its entry and its opening say.
    Events,
    /// Every row of the table does.
    Table,
    /// Every row of the columns (Parquet) does.
    Columns,
    /// Every stream counts from 1 without a gap.
    Streams,
    /// Every answered read was under a grant live at its place in the stream.
    Reads,
    /// Every answered read was before the end of its grant, by its time.
    Expiry,
    /// Every inclusion proof in the folder proves its entry.
    Proofs,
    /// Every receipt is signed, and says what its entry says.
    Receipts,
}

impl CheckName {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Folder,
        Self::Manifest,
        Self::Files,
        Self::Checkpoint,
        Self::Witnesses,
        Self::Since,
        Self::Tiles,
        Self::Bundles,
        Self::Openings,
        Self::Events,
        Self::Table,
        Self::Columns,
        Self::Streams,
        Self::Reads,
        Self::Expiry,
        Self::Proofs,
        Self::Receipts,
    ];

    /// The stable name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Manifest => "manifest",
            Self::Files => "files",
            Self::Checkpoint => "checkpoint",
            Self::Witnesses => "witnesses",
            Self::Since => "since",
            Self::Tiles => "tiles",
            Self::Bundles => "bundles",
            Self::Openings => "openings",
            Self::Events => "events",
            Self::Table => "table",
            Self::Columns => "columns",
            Self::Streams => "streams",
            Self::Reads => "reads",
            Self::Expiry => "expiry",
            Self::Proofs => "proofs",
            Self::Receipts => "receipts",
        }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All is well.
    Pass,
    /// Something is wrong.
    Fail,
    /// Nothing can be said.
    NotChecked,
}

/// An entry, as far as it is known which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The leaf index, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<Uuid>,
    /// The position in the stream, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
}

impl Place {
    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        if let Some(index) = self.index {
            write!(f, "leaf {index}")?;
            between = ", ";
        }
        if let Some(stream) = self.stream {
            write!(f, "{between}stream {stream}")?;
            between = ", ";
        }
        self.sequence.map_or(Ok(()), |sequence| write!(f, "{between}sequence {sequence}"))
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    pub check: CheckName,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in words. Of several faults the first.
    pub detail: String,
    /// The first bad entry, where one is.
    #[serde(skip_serializing_if = "Place::is_unknown")]
    pub entry: Place,
    /// How many faults were found; a check may stop at the first.
    pub faults: u64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The log.
    pub origin: String,
    /// The entries of the checkpoint, if its signature is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The root of the checkpoint, if its signature is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The checks, each once.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether no check failed.
    pub fn is_good(&self) -> bool {
        self.checks.iter().all(|check| check.outcome != Outcome::Fail)
    }

    /// One check.
    pub fn check(&self, name: CheckName) -> &Check {
        self.checks.iter().find(|check| check.check == name).expect("a report has every check")
    }
}

/// A report in the making. A check that failed stays so, and its first fault is the one that is told; what was not checked does
/// not pass any more.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    checks: BTreeMap<CheckName, Check>,
}

impl Sheet {
    pub(super) fn pass(&mut self, check: CheckName, detail: impl Into<String>) {
        self.put(Check { check, outcome: Outcome::Pass, detail: detail.into(), entry: Place::default(), faults: 0 });
    }

    pub(super) fn not_checked(&mut self, check: CheckName, why: impl Into<String>) {
        self.put(Check { check, outcome: Outcome::NotChecked, detail: why.into(), entry: Place::default(), faults: 0 });
    }

    pub(super) fn fail(&mut self, check: CheckName, detail: impl Into<String>, entry: Place) {
        self.put(Check { check, outcome: Outcome::Fail, detail: detail.into(), entry, faults: 1 });
    }

    fn put(&mut self, check: Check) {
        match self.checks.get_mut(&check.check) {
            Some(known) if known.outcome == Outcome::Fail => known.faults += check.faults,
            Some(known) if known.outcome == Outcome::NotChecked && check.outcome == Outcome::Pass => {}
            _ => {
                self.checks.insert(check.check, check);
            }
        }
    }

    pub(super) fn failed(&self, check: CheckName) -> bool {
        self.checks.get(&check).is_some_and(|check| check.outcome == Outcome::Fail)
    }

    pub(super) fn join(&mut self, other: Self) {
        other.checks.into_values().for_each(|check| self.put(check));
    }

    /// What nothing was said of was not checked, because of `why`.
    pub(super) fn finish(mut self, why: &str, question: &Question, checkpoint: Option<&SignedCheckpoint>) -> Report {
        for check in CheckName::ALL {
            if !self.checks.contains_key(&check) {
                self.not_checked(check, why);
            }
        }
        let stated = checkpoint.map(SignedCheckpoint::checkpoint);
        Report {
            origin: question.key.name().to_owned(),
            size: stated.map(coffret_ledger::Checkpoint::size),
            root: stated.map(|stated| stated.root().to_string()),
            checks: self.checks.into_values().collect(),
        }
    }
}
