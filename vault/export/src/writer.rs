//! Writes an export while its entries stream by, in constant memory, and goes on after a kill.

mod finish;
mod plan;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use coffret_ledger::{Bundle, Hash, Leaf, TILE_WIDTH, TileKind, TilePath, TileWriter};

pub use plan::{MAX_PROOFS, Plan};

use crate::event::EventLines;
use crate::folder::Folder;
use crate::handover::{Chain, Handover, Passed, open};
use crate::journal::{Begun, Journal};
use crate::scope::Limits;
use crate::{Counts, ExportError, FolderError, Header, Opening, name, table};

/// Entries between two moments to which a killed writer can go back.
pub const JOURNAL_EVERY: u64 = 4096;
/// Bytes gathered before they are written.
const GATHER: usize = 1 << 18;
/// The longest tile in bytes.
const TILE_LEN: usize = TILE_WIDTH as usize * Hash::LEN;

/// An entry of the log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What the log hashed.
    pub leaf: Leaf,
    /// What it was made of; nothing where it was erased or may not be seen.
    pub opening: Option<Opening<'a>>,
    /// The receipt of a decision, a compact JWS; goes with the opening, where the scope has receipts.
    pub receipt: Option<&'a str>,
    /// The consent record of a grant that begins here, JSON on one line; the same.
    pub record: Option<&'a str>,
}

/// A whole export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// What it is of.
    pub header: Header,
    /// How many files it has, the manifest and its signature not counted.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// An export in the making. Takes entries in the order of the log; dropped at any moment, it can be taken up again.
#[derive(Debug)]
pub struct ExportWriter {
    folder: Folder,
    plan: Plan,
    begun: Begun,
    limits: Limits,
    lines: EventLines,
    tree: TileWriter,
    bundle: Bundle,
    counts: Counts,
    digests: [Chain; 3],
    /// What the log has signed of it, where the entries are handed over.
    handover: Option<String>,
    /// Those of [`TEXTS`].
    texts: [Text; 5],
}

/// A file that grows, with what is not written yet.
#[derive(Debug)]
struct Text {
    path: PathBuf,
    file: File,
    gathered: String,
    length: u64,
}

/// The files that grow with the entries.
const TEXTS: [&str; 5] = [name::EVENTS, name::TABLE, name::OPENINGS, name::RECEIPTS, name::RECORDS];

impl Text {
    fn failed(&self, cause: std::io::Error) -> ExportError {
        FolderError::Machine(self.path.clone(), cause).into()
    }

    fn write(&mut self, at_least: usize) -> Result<(), ExportError> {
        if self.gathered.len() >= at_least {
            let written = self.file.write_all(self.gathered.as_bytes());
            written.map_err(|cause| self.failed(cause))?;
            self.length += self.gathered.len() as u64;
            self.gathered.clear();
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<u64, ExportError> {
        self.write(0)?;
        self.file.sync_data().map_err(|cause| self.failed(cause))?;
        Ok(self.length)
    }
}

impl ExportWriter {
    /// What an unfinished export in this folder is of; nothing where the folder is empty or not there yet.
    ///
    /// # Errors
    /// `Whole`: the folder holds an export already. `NotEmpty`: it holds something else.
    pub fn begun(folder: impl AsRef<Path>) -> Result<Option<Begun>, ExportError> {
        let folder = Folder::new(folder.as_ref().to_owned());
        Ok(Self::journal(&folder)?.map(|journal| journal.begun))
    }

    /// How many entries of an unfinished export in this folder are kept; nothing where there is none.
    pub fn kept(folder: impl AsRef<Path>) -> Result<Option<u64>, ExportError> {
        Ok(Self::journal(&Folder::new(folder.as_ref().to_owned()))?.map(|journal| journal.entries))
    }

    /// What the log has signed of an unfinished export in this folder: with it the log goes on behind what is kept.
    pub fn kept_handover(folder: impl AsRef<Path>) -> Result<Option<String>, ExportError> {
        Ok(Self::journal(&Folder::new(folder.as_ref().to_owned()))?.and_then(|journal| journal.handover))
    }

    fn journal(folder: &Folder) -> Result<Option<Journal>, ExportError> {
        let found = match std::fs::read_dir(folder.root()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            found => found.map_err(|cause| FolderError::Machine(folder.root().to_owned(), cause))?,
        };
        // A file in the making is all that a writer leaves which was killed before its journal.
        let mut others = found.filter(|found| found.as_ref().map_or(true, |found| found.file_name() != name::UNFINISHED));
        if others.next().is_none() {
            return Ok(None);
        }
        let is_there = |name: &str| folder.path(name).symlink_metadata().is_ok();
        if !is_there(name::JOURNAL) {
            let root = folder.root().to_owned();
            return Err(if is_there(name::MANIFEST_SIGNATURE) { ExportError::Whole(root) } else { ExportError::NotEmpty(root) });
        }
        let journal = Journal::parse(&folder.read(name::JOURNAL, crate::journal::MAX_LEN)?);
        let journal = journal.ok_or_else(|| ExportError::Damaged(folder.root().to_owned()))?;
        // Somebody was killed before there was anything to go on with: before the first entry, and before the log had signed for it.
        if journal.entries == 0 && journal.handover.is_none() && !journal.sealed && !is_there(name::TILES) {
            return Ok(None);
        }
        if journal.sealed {
            Self::leave(folder, true)?;
            return Err(ExportError::Whole(folder.root().to_owned()));
        }
        Ok(Some(journal))
    }

    /// Begins an export in an empty folder, which is made where it is missing; or goes on with the one of the same plan that a
    /// killed writer left there. [`ExportWriter::next_index`] says with which entry.
    pub fn create_or_resume(folder: impl Into<PathBuf>, plan: Plan) -> Result<Self, ExportError> {
        let folder = Folder::new(folder.into());
        let limits = plan.check()?;
        let machine = |cause| ExportError::from(FolderError::Machine(folder.root().to_owned(), cause));
        std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700).create(folder.root()).map_err(machine)?;
        let damaged = || ExportError::Damaged(folder.root().to_owned());
        let begun = plan.begun();
        let journal = if let Some(journal) = Self::journal(&folder)? {
            if journal.begun != begun {
                return Err(ExportError::OtherPlan(folder.root().to_owned()));
            }
            journal
        } else {
            let journal = Journal::new(begun.clone(), &TileWriter::new(), [0; 5], Counts::default(), &[Chain::default(); 3]);
            folder.write(name::JOURNAL, &journal.write())?;
            folder.sync()?;
            journal
        };
        let tree = journal.tree().filter(|tree| tree.size().is_multiple_of(JOURNAL_EVERY)).ok_or_else(damaged)?;
        let text = |place: usize| -> Result<Text, ExportError> {
            let (name, length) = (TEXTS[place], journal.lengths[place]);
            Ok(Text { path: folder.path(name), file: folder.append(name, length)?, gathered: String::new(), length })
        };
        let mut texts = [text(0)?, text(1)?, text(2)?, text(3)?, text(4)?];
        if journal.lengths[1] == 0 {
            texts[1].gathered.push_str(table::HEADER);
        }
        let lines = EventLines::new(plan.checkpoint.checkpoint().origin());
        let digests = journal.digests().ok_or_else(damaged)?;
        let (counts, bundle, handover) = (journal.counts, Bundle::new(), journal.handover);
        Ok(Self { folder, plan, begun, limits, lines, tree, bundle, counts, digests, handover, texts })
    }

    /// The entry to push next.
    pub const fn next_index(&self) -> u64 {
        self.tree.size()
    }

    /// What the log has signed of what is kept, where its entries are handed over: with it the log goes on at [`Self::next_index`].
    pub fn handover(&self) -> Option<&str> {
        self.handover.as_deref()
    }

    /// Whether the opening of the next entry lies within the scope. One that does not open its entry is refused.
    pub fn opens(&self, entry: &Entry<'_>) -> Result<bool, ExportError> {
        Ok(open(&self.limits, self.next_index(), entry)?.is_some())
    }

    /// Writes the next entry. One whose opening does not open it is refused, and nothing is written of it.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        self.add(entry)?;
        if self.tree.size().is_multiple_of(JOURNAL_EVERY) { self.keep() } else { Ok(()) }
    }

    /// Writes the next entries, which were handed over with the log's signature over all that came so far. What the signature does not
    /// cover is not kept.
    pub fn push_handed(&mut self, entries: &[Entry<'_>], handover: &str) -> Result<(), ExportError> {
        entries.iter().try_for_each(|entry| self.add(entry))?;
        let signed = Handover::open(handover.as_bytes(), &self.plan.log_key).map_err(|_| ExportError::Handover(self.next_index()))?;
        let mut here = Handover::begin(&self.plan.checkpoint, self.plan.made, &self.plan.scope);
        here.passed = self.passed();
        if signed != here {
            return Err(ExportError::Handover(self.next_index()));
        }
        self.handover = Some(handover.to_owned());
        if self.tree.size().is_multiple_of(JOURNAL_EVERY) { self.keep() } else { Ok(()) }
    }

    /// Keeps the log's signature over the beginning, before anything was handed over.
    pub fn keep_handed(&mut self, handover: &str) -> Result<(), ExportError> {
        self.push_handed(&[], handover)
    }

    fn passed(&self) -> Passed {
        Passed { entries: self.tree.size(), events: self.counts.events, opened: self.counts.opened, digests: self.digests }
    }

    fn add(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        let index = self.next_index();
        if index >= self.size() {
            return Err(ExportError::TooMany(index));
        }
        let opened = open(&self.limits, index, entry)?;
        let details = opened.as_ref().map(|(details, _)| details);
        if self.limits.list(details) {
            let [events, rows, lines @ ..] = &mut self.texts;
            self.lines.push(&mut events.gathered, index, &entry.leaf, opened.as_ref().map(|(details, text)| (details, *text)));
            table::push_row(&mut rows.gathered, index, &entry.leaf, details);
            self.counts.events += 1;
            if details.is_some() {
                let shown = entry.within(&self.limits);
                let before = lines.each_ref().map(|text| text.gathered.len());
                shown.push_lines(index, lines.each_mut().map(|text| &mut text.gathered));
                for ((digest, text), before) in self.digests.iter_mut().zip(lines).zip(before) {
                    digest.take(&text.gathered[before..]);
                }
                self.counts.opened += 1;
            }
            self.texts.iter_mut().try_for_each(|text| text.write(GATHER))?;
        }
        self.append(&entry.leaf)
    }

    fn append(&mut self, leaf: &Leaf) -> Result<(), ExportError> {
        let bytes = leaf.encode();
        self.bundle.push(&bytes).expect("a leaf is short, and a full bundle is written at once");
        let mut full = Vec::new();
        self.tree.append(Hash::leaf(&bytes), |path, tile| full.push((path, tile)));
        if self.bundle.width() == TILE_WIDTH || self.tree.size() == self.size() {
            let path = TilePath::in_tree(TileKind::Entries, (self.tree.size() - 1) / u64::from(TILE_WIDTH), self.tree.size());
            let path = path.expect("the entry is in the tree");
            self.folder.write(&path.to_string(), self.bundle.as_bytes())?;
            self.bundle = Bundle::new();
        }
        full.iter().try_for_each(|(path, tile)| self.folder.write(&path.to_string(), &tile.to_bytes()))?;
        Ok(())
    }

    /// Makes durable how far it has come.
    fn keep(&mut self) -> Result<(), ExportError> {
        let mut lengths = [0; 5];
        for (length, text) in lengths.iter_mut().zip(&mut self.texts) {
            *length = text.sync()?;
        }
        let mut journal = Journal::new(self.begun.clone(), &self.tree, lengths, self.counts, &self.digests);
        journal.handover.clone_from(&self.handover);
        // The journal names what is durable already: tiles and bundles, and the folders that they lie in.
        self.folder.sync()?;
        self.folder.write(name::JOURNAL, &journal.write())?;
        Ok(self.folder.sync()?)
    }

    fn size(&self) -> u64 {
        self.plan.checkpoint.checkpoint().size()
    }
}

/// The longest bundle of leaves in bytes.
pub(crate) const MAX_BUNDLE_LEN: usize = TILE_WIDTH as usize * (2 + coffret_ledger::MAX_LEAF_LEN);

pub(crate) fn proof_name(index: u64) -> String {
    format!("{}/{index}.tlog-proof", name::PROOFS)
}
