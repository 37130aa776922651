//! Writes an export while its entries stream by, in constant memory, and goes on after a kill.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use coffret_ledger::{
    Bundle, Hash, Leaf, LogProof, ProofPlan, SignedCheckpoint, Signer, TILE_WIDTH, TileKind, TilePath, TileWriter, TiledTree, VerifierKey,
};
use sha2::{Digest, Sha256};

use crate::encoding::hex;
use crate::event::EventLines;
use crate::folder::Folder;
use crate::journal::{self, Journal};
use crate::manifest::{self, FORMAT, Listed};
use crate::scope::Limits;
use crate::{Counts, Details, ExportError, FolderError, Header, MAX_DETAILS_LEN, Opening, Policy, Scope, name, table};

/// Entries between two moments to which a killed writer can go back.
pub const JOURNAL_EVERY: u64 = 4096;
/// The most inclusion proofs that a plan asks for.
pub const MAX_PROOFS: usize = 10_000;
/// Bytes gathered before they are written.
const GATHER: usize = 1 << 18;
/// The longest tile in bytes.
const TILE_LEN: usize = TILE_WIDTH as usize * Hash::LEN;

/// What to export. Two writers with the same plan and the same entries make the same folder, byte for byte.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the log has signed: the export holds exactly its entries.
    pub checkpoint: SignedCheckpoint,
    /// The log's key.
    pub log_key: VerifierKey,
    /// Which witnesses the log goes by.
    pub witnesses: Policy,
    /// What is opened.
    pub scope: Scope,
    /// Leaf indexes for which a `.tlog-proof` is written, at most [`MAX_PROOFS`].
    pub proofs: Vec<u64>,
    /// When the export is made.
    pub made: jiff::Timestamp,
}

/// An entry of the log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What the log hashed.
    pub leaf: Leaf,
    /// What it was made of; nothing where it was erased or may not be seen.
    pub opening: Option<Opening<'a>>,
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
    digest: String,
    limits: Limits,
    lines: EventLines,
    tree: TileWriter,
    bundle: Bundle,
    counts: Counts,
    /// Events, table, openings.
    texts: [Text; 3],
}

/// A file that grows, with what is not written yet.
#[derive(Debug)]
struct Text {
    path: PathBuf,
    file: File,
    gathered: String,
    length: u64,
}

const TEXTS: [&str; 3] = [name::EVENTS, name::TABLE, name::OPENINGS];

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
    /// Begins an export in an empty folder, which is made where it is missing; or goes on with the one of the same plan that a
    /// killed writer left there. [`ExportWriter::next_index`] says with which entry.
    pub fn create_or_resume(folder: impl Into<PathBuf>, plan: Plan) -> Result<Self, ExportError> {
        let folder = Folder::new(folder.into());
        let limits = plan.check()?;
        let digest = plan.digest();
        let machine = |cause| ExportError::from(FolderError::Machine(folder.root().to_owned(), cause));
        std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700).create(folder.root()).map_err(machine)?;
        // A file in the making is all that a writer leaves which was killed before its journal.
        let begun = std::fs::read_dir(folder.root())
            .map_err(machine)?
            .any(|found| found.map_or(true, |found| found.file_name() != name::UNFINISHED));
        let damaged = || ExportError::Damaged(folder.root().to_owned());
        let journal = if begun {
            if folder.path(name::JOURNAL).symlink_metadata().is_err() {
                return Err(ExportError::NotEmpty(folder.root().to_owned()));
            }
            let journal = Journal::parse(&folder.read(name::JOURNAL, journal::MAX_LEN)?).ok_or_else(damaged)?;
            if journal.plan != digest {
                return Err(ExportError::OtherPlan(folder.root().to_owned()));
            }
            journal
        } else {
            Journal::new(&digest, &TileWriter::new(), [0; 3], Counts::default())
        };
        let tree = journal.tree().filter(|tree| tree.size().is_multiple_of(JOURNAL_EVERY)).ok_or_else(damaged)?;
        if !begun {
            folder.write(name::JOURNAL, &journal.write())?;
        }
        let text = |place: usize| -> Result<Text, ExportError> {
            let (name, length) = (TEXTS[place], journal.lengths[place]);
            Ok(Text { path: folder.path(name), file: folder.append(name, length)?, gathered: String::new(), length })
        };
        let mut texts = [text(0)?, text(1)?, text(2)?];
        if journal.lengths[1] == 0 {
            texts[1].gathered.push_str(table::HEADER);
        }
        let lines = EventLines::new(plan.checkpoint.checkpoint().origin());
        let (counts, bundle) = (journal.counts, Bundle::new());
        Ok(Self { folder, plan, digest, limits, lines, tree, bundle, counts, texts })
    }

    /// The entry to push next.
    pub const fn next_index(&self) -> u64 {
        self.tree.size()
    }

    /// Writes the next entry. One whose opening does not open it is refused, and nothing is written of it.
    pub fn push(&mut self, entry: &Entry<'_>) -> Result<(), ExportError> {
        let index = self.next_index();
        if index >= self.size() {
            return Err(ExportError::TooMany(index));
        }
        let opened = self.open(index, entry)?;
        let details = opened.as_ref().map(|(details, _)| details);
        if self.limits.list(details) {
            let [events, rows, openings] = &mut self.texts;
            self.lines.push(&mut events.gathered, index, &entry.leaf, opened.as_ref().map(|(details, text)| (details, *text)));
            table::push_row(&mut rows.gathered, index, &entry.leaf, details);
            self.counts.events += 1;
            if let (Some(opening), Some(_)) = (&entry.opening, details) {
                opening.push_line(&mut openings.gathered, index);
                self.counts.opened += 1;
            }
            self.texts.iter_mut().try_for_each(|text| text.write(GATHER))?;
        }
        self.append(&entry.leaf)?;
        if self.tree.size().is_multiple_of(JOURNAL_EVERY) { self.keep() } else { Ok(()) }
    }

    /// The details that go into the export, with the text that they were read from.
    fn open<'a>(&self, index: u64, entry: &Entry<'a>) -> Result<Option<(Details<'a>, &'a str)>, ExportError> {
        let Some(opening) = entry.opening else { return Ok(None) };
        if !opening.opens(&entry.leaf.commit) {
            return Err(ExportError::Opening(index));
        }
        if opening.details.len() > MAX_DETAILS_LEN {
            return Err(ExportError::Details(index));
        }
        let details = Details::parse(opening.details).map_err(|_| ExportError::Details(index))?;
        Ok(self.limits.open(&details).then_some((details, opening.details)))
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
        let mut lengths = [0; 3];
        for (length, text) in lengths.iter_mut().zip(&mut self.texts) {
            *length = text.sync()?;
        }
        self.folder.write(name::JOURNAL, &Journal::new(&self.digest, &self.tree, lengths, self.counts).write())?;
        Ok(self.folder.sync()?)
    }

    fn size(&self) -> u64 {
        self.plan.checkpoint.checkpoint().size()
    }

    /// Writes what remains, reads everything back, and signs the manifest with the log's key.
    ///
    /// Refused, and nothing signed, unless the entries lead to the root of the checkpoint, and the files read back as they should.
    pub fn finish(mut self, signer: &Signer) -> Result<Finished, ExportError> {
        let stated = self.plan.checkpoint.checkpoint().clone();
        if signer.verifier_key() != &self.plan.log_key {
            return Err(ExportError::Key);
        }
        if self.next_index() < self.size() {
            return Err(ExportError::TooFew { given: self.next_index(), size: self.size() });
        }
        if self.tree.root() != *stated.root() {
            return Err(ExportError::Root);
        }
        for text in &mut self.texts {
            text.sync()?;
        }
        for (path, tile) in self.tree.partial_tiles(0) {
            self.folder.write(&path.to_string(), &tile.to_bytes())?;
        }
        self.folder.write(name::CHECKPOINT, self.plan.checkpoint.to_string().as_bytes())?;
        self.folder.write(name::LOG_KEY, format!("{}\n", self.plan.log_key).as_bytes())?;
        self.folder.write(name::POLICY, self.plan.witnesses.write_for(&self.plan.log_key).as_bytes())?;
        self.folder.write(name::README, readme(&self.plan).as_bytes())?;
        self.write_proofs()?;
        self.read_back()?;
        let header = Header {
            format: FORMAT.to_owned(),
            origin: stated.origin().to_owned(),
            size: stated.size(),
            root: stated.root().to_string(),
            made: self.plan.made.to_string(),
            scope: self.plan.scope.clone(),
            counts: self.counts,
        };
        self.sign(header, signer)
    }

    /// A proof is verified before it is written.
    fn write_proofs(&mut self) -> Result<(), ExportError> {
        for &index in &self.plan.proofs {
            let damaged = || ExportError::ReadBack(proof_name(index));
            let mut tree = TiledTree::new(self.size(), |path| self.folder.read(&path.to_string(), TILE_LEN));
            let plan = ProofPlan::inclusion(index, self.size()).map_err(|_| ExportError::TooMany(index))?;
            let hashes = plan.make(&mut tree).map_err(|_| damaged())?;
            let leaf = self.leaf_hash(index)?;
            let proof = LogProof::new(&leaf, index, hashes, &self.plan.checkpoint).map_err(|_| damaged())?;
            self.folder.write(&proof_name(index), proof.to_string().as_bytes())?;
            self.counts.proofs += 1;
        }
        Ok(())
    }

    fn leaf_hash(&self, index: u64) -> Result<Hash, ExportError> {
        let width = u64::from(TILE_WIDTH);
        let path = TilePath::in_tree(TileKind::Entries, index / width, self.size()).ok_or(ExportError::TooMany(index))?;
        let bytes = self.folder.read(&path.to_string(), MAX_BUNDLE_LEN)?;
        let bundle = Bundle::parse(path.width(), bytes).map_err(|_| ExportError::ReadBack(path.to_string()))?;
        let entry = bundle.entries().nth((index % width) as usize).map(Hash::leaf);
        entry.ok_or_else(|| ExportError::ReadBack(path.to_string()))
    }

    /// Tiles and bundles are held against the checkpoint as they lie on the disk: a machine that failed may have lost some.
    fn read_back(&self) -> Result<(), ExportError> {
        let stated = self.plan.checkpoint.checkpoint();
        let mut tree = TileWriter::new();
        for index in 0..stated.size().div_ceil(u64::from(TILE_WIDTH)) {
            let path = TilePath::in_tree(TileKind::Entries, index, stated.size()).ok_or(ExportError::TooMany(index))?;
            let bad = |path: TilePath| move || ExportError::ReadBack(path.to_string());
            let bundle = Bundle::parse(path.width(), self.folder.read(&path.to_string(), MAX_BUNDLE_LEN)?);
            let bundle = bundle.map_err(|_| bad(path)())?;
            for (path, tile) in tree.grow(bundle.entries().map(Hash::leaf)) {
                // A partial tile of a smaller tree is not part of the export.
                let wanted = path.is_full() || tree.size() == stated.size();
                if wanted && self.folder.read(&path.to_string(), TILE_LEN)? != tile.to_bytes() {
                    return Err(bad(path)());
                }
            }
        }
        if tree.root() == *stated.root() { Ok(()) } else { Err(ExportError::Root) }
    }

    fn sign(self, header: Header, signer: &Signer) -> Result<Finished, ExportError> {
        let (mut files, mut bytes) = (0, 0);
        for name in [name::UNFINISHED, name::MANIFEST_SIGNATURE, name::MANIFEST] {
            self.folder.remove(name)?;
        }
        let mut manifest = Text {
            path: self.folder.path(name::MANIFEST),
            file: self.folder.append(name::MANIFEST, 0)?,
            gathered: header.write(),
            length: 0,
        };
        let mut first = true;
        self.folder.walk(&mut |name: &str| {
            if [name::JOURNAL, name::MANIFEST].contains(&name) {
                return Ok(());
            }
            let (size, sha256) = self.folder.hash(name)?;
            (files, bytes) = (files + 1, bytes + size);
            if !std::mem::take(&mut first) {
                manifest.gathered.push_str(",\n");
            }
            manifest.gathered.push_str(&Listed { path: name.to_owned(), bytes: size, sha256 }.write());
            manifest.write(GATHER)
        })?;
        manifest.gathered.push('\n');
        manifest.gathered.push_str(manifest::END);
        manifest.sync()?;
        let (_, sha256) = self.folder.hash(name::MANIFEST)?;
        self.folder.write(name::MANIFEST_SIGNATURE, manifest::sign(signer, &sha256).as_bytes())?;
        self.folder.remove(name::JOURNAL)?;
        self.folder.sync()?;
        Ok(Finished { header, files, bytes })
    }
}

/// The longest bundle of leaves in bytes.
pub(crate) const MAX_BUNDLE_LEN: usize = TILE_WIDTH as usize * (2 + coffret_ledger::MAX_LEAF_LEN);

pub(crate) fn proof_name(index: u64) -> String {
    format!("{}/{index}.tlog-proof", name::PROOFS)
}

impl Plan {
    fn check(&self) -> Result<Limits, ExportError> {
        let stated = self.checkpoint.checkpoint();
        let unsigned = self.checkpoint.note().verify(std::slice::from_ref(&self.log_key)).is_err();
        if unsigned || self.log_key.name() != stated.origin() {
            return Err(ExportError::Plan("the key has not signed the checkpoint"));
        }
        if self.proofs.len() > MAX_PROOFS || self.proofs.iter().any(|index| *index >= stated.size()) {
            return Err(ExportError::Plan("a proof is asked for that the log does not have, or too many"));
        }
        let mut once = self.proofs.clone();
        once.sort_unstable();
        once.dedup();
        if once.len() != self.proofs.len() {
            return Err(ExportError::Plan("a proof is asked for twice"));
        }
        if self.scope.streams.len() > MAX_STREAMS {
            return Err(ExportError::Plan("more streams are named than a manifest can list"));
        }
        self.scope.limits().map_err(|_| ExportError::Plan("a limit of the scope is not one"))
    }

    /// What makes two plans the same.
    fn digest(&self) -> String {
        let policy = self.witnesses.write_for(&self.log_key);
        let scope = serde_json::to_string(&self.scope).expect("a scope is made of texts");
        let proofs: Vec<String> = self.proofs.iter().map(u64::to_string).collect();
        let parts = [self.checkpoint.to_string(), policy, scope, proofs.join(","), self.made.to_string()];
        let mut sha256 = Sha256::new();
        for part in parts {
            sha256.update((part.len() as u64).to_be_bytes());
            sha256.update(part);
        }
        hex(&sha256.finalize())
    }
}

/// Streams that a scope names at most.
const MAX_STREAMS: usize = 10_000;

fn readme(plan: &Plan) -> String {
    include_str!("folder-readme.md").replace("{origin}", plan.checkpoint.checkpoint().origin()).replace("{key}", &plan.log_key.to_string())
}
