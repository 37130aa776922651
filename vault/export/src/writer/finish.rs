//! The end of an export: what remains is written, everything is read back, and the manifest is signed.

use coffret_ledger::{Bundle, Hash, Leaf, LogProof, ProofPlan, Signer, TILE_WIDTH, TileKind, TilePath, TileWriter, TiledTree};

use super::plan::readme;
use super::{ExportWriter, Finished, GATHER, MAX_BUNDLE_LEN, TEXTS, TILE_LEN, Text, proof_name};
use crate::columns::ColumnsWriter;
use crate::folder::Folder;
use crate::journal::Journal;
use crate::manifest::{self, FORMAT, Listed};
use crate::rows::{self, Broken};
use crate::seal::Recipients;
use crate::{Details, ExportError, Header, layout, name};

/// What stands for the export.
enum Seal<'a> {
    /// The log signs the manifest.
    Signer(&'a Signer),
    /// The log has signed what it handed over.
    Handover(String),
}

impl ExportWriter {
    /// Writes what remains, reads everything back, and signs the manifest with the log's key.
    ///
    /// Refused, and nothing signed, unless the entries lead to the root of the checkpoint, and the files read back as they should.
    pub fn finish(self, signer: &Signer) -> Result<Finished, ExportError> {
        if signer.verifier_key() != &self.plan.log_key {
            return Err(ExportError::Key);
        }
        self.end(Seal::Signer(signer))
    }

    /// As [`Self::finish`], for a receiver who has no key of the log: in the place of the manifest's signature stands the one over all
    /// that was handed over.
    pub fn finish_handed(self) -> Result<Finished, ExportError> {
        let handover = self.handover.clone().ok_or(ExportError::Handover(self.next_index()))?;
        self.end(Seal::Handover(handover))
    }

    fn end(mut self, seal: Seal<'_>) -> Result<Finished, ExportError> {
        let stated = self.plan.checkpoint.checkpoint().clone();
        if self.next_index() < self.size() {
            return Err(ExportError::TooFew { given: self.next_index(), size: self.size() });
        }
        if self.tree.root() != *stated.root() {
            return Err(ExportError::Root);
        }
        for text in &mut self.texts {
            text.sync()?;
        }
        if self.limits.has_receipts() {
            self.folder.write(name::RECEIPT_KEYS, self.plan.receipt_keys.as_bytes())?;
        } else {
            self.folder.remove(name::RECEIPTS)?;
            self.folder.remove(name::RECORDS)?;
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
        let recipients = Recipients::parse(&self.plan.recipients).ok_or(ExportError::Plan("a recipient is not one of age"))?;
        self.write_columns(&recipients)?;
        self.encrypt(&recipients)?;
        let header = Header {
            format: FORMAT.to_owned(),
            origin: stated.origin().to_owned(),
            size: stated.size(),
            root: stated.root().to_string(),
            made: self.plan.made.to_string(),
            scope: self.plan.scope.clone(),
            openings_expire: self.begun.openings_expire.clone(),
            encrypted: !recipients.is_empty(),
            parquet: self.plan.parquet,
            counts: self.counts,
        };
        self.seal(header, seal)
    }

    fn write_columns(&self, recipients: &Recipients) -> Result<(), ExportError> {
        if !self.plan.parquet {
            return Ok(());
        }
        let damaged = || std::io::Error::other("the entries do not read back as they were written");
        recipients.write(&self.folder, name::PARQUET, &mut |out| {
            let mut columns = ColumnsWriter::new(out).map_err(std::io::Error::other)?;
            let openings = self.folder.reader(name::OPENINGS).map_err(std::io::Error::other)?;
            let mut push =
                |index, leaf: &Leaf, details: Option<(&Details<'_>, &str)>| columns.push(index, leaf, details.map(|(details, _)| details));
            rows::each(&self.folder, self.size(), &self.limits, openings, &mut push).map_err(|broken| match broken {
                Broken::Folder => damaged(),
                Broken::Visitor(cause) => std::io::Error::other(cause),
            })?;
            columns.finish().map_err(std::io::Error::other)
        })
    }

    /// The files that have grown in plain text, under their other names. They are removed when the manifest is signed.
    fn encrypt(&self, recipients: &Recipients) -> Result<(), ExportError> {
        if recipients.is_empty() {
            return Ok(());
        }
        for name in TEXTS.into_iter().filter(|name| self.folder.path(name).symlink_metadata().is_ok()) {
            recipients.write(&self.folder, name, &mut |out| {
                let mut plain = self.folder.open(name).map_err(std::io::Error::other)?;
                std::io::copy(&mut plain, out).map(drop)
            })?;
        }
        Ok(())
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

    /// Removes what is no part of a whole export.
    pub(super) fn leave(folder: &Folder, encrypted: bool) -> Result<(), ExportError> {
        for name in TEXTS.into_iter().filter(|_| encrypted) {
            folder.remove(name)?;
        }
        folder.sync()?;
        folder.remove(name::JOURNAL)?;
        Ok(folder.sync()?)
    }

    fn seal(self, header: Header, seal: Seal<'_>) -> Result<Finished, ExportError> {
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
            if [name::JOURNAL, name::MANIFEST].contains(&name) || (header.encrypted && TEXTS.contains(&name)) {
                return Ok(());
            }
            if !layout::has(&header, name) {
                return Err(ExportError::Stray(self.folder.path(name)));
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
        // Whatever the manifest lists is durable before it is signed.
        self.folder.sync()?;
        let signature = match seal {
            Seal::Signer(signer) => manifest::sign(signer, &self.folder.hash(name::MANIFEST)?.1),
            Seal::Handover(note) => note,
        };
        self.folder.write(name::MANIFEST_SIGNATURE, signature.as_bytes())?;
        self.folder.sync()?;
        if header.encrypted {
            let mut journal = Journal::new(self.begun.clone(), &TileWriter::new(), [0; 5], self.counts, &self.digests);
            journal.sealed = true;
            self.folder.write(name::JOURNAL, &journal.write())?;
            self.folder.sync()?;
        }
        // With the journal the export is unfinished, without it whole: there is nothing in between.
        Self::leave(&self.folder, header.encrypted)?;
        Ok(Finished { header, files, bytes })
    }
}
