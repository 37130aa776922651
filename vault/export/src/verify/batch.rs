//! A thousand entries at a time: what can be said of them alone, on any thread.

use coffret_ledger::{Bundle, Hash, Leaf, TILE_WIDTH, Tile, TileKind, TilePath};
use uuid::Uuid;

use super::report::Place;
use super::stream::{Act, Deed};
use crate::details::Details;
use crate::event::EventLines;
use crate::folder::Folder;
use crate::opening::OpeningLine;
use crate::scope::Limits;
use crate::table;
use crate::writer::MAX_BUNDLE_LEN;

/// Bundles in a batch.
pub(super) const BUNDLES: u64 = 4;
/// The longest tile in bytes.
const TILE_LEN: usize = TILE_WIDTH as usize * Hash::LEN;

/// A bundle's path and bytes, and the bytes of its tile; nothing where it cannot be read.
pub(super) type Read = (TilePath, Option<Vec<u8>>, Option<Vec<u8>>);

/// What was read of a batch.
pub(super) struct Job {
    pub(super) bundles: Vec<Read>,
    /// The openings of the entries in the bundles, with their indexes.
    pub(super) openings: Vec<(u64, String)>,
}

/// A fault, and where.
pub(super) type Fault = (String, Place);

/// Where the lines of an entry end in what was made of a batch.
pub(super) struct Mark {
    pub(super) place: Place,
    pub(super) events: usize,
    pub(super) table: usize,
}

/// What came of a batch.
#[derive(Default)]
pub(super) struct Found {
    /// The hashes of the level-0 tiles; those of the entries where a tile cannot be read.
    pub(super) hashes: Vec<Hash>,
    pub(super) tiles: Option<Fault>,
    pub(super) bundles: Option<Fault>,
    pub(super) openings: Option<Fault>,
    /// What `events.jsonl` and `events.csv` must hold of the batch.
    pub(super) events: String,
    pub(super) table: String,
    pub(super) marks: Vec<Mark>,
    /// Whether all of it could be made: a bad entry or opening ends it.
    pub(super) whole: bool,
    pub(super) opened: u64,
    pub(super) acts: Vec<Act>,
    /// Whether the first entry of the log binds it to the one before it: its id is zero.
    pub(super) follows: bool,
}

/// Looks at batches.
#[derive(Clone, Copy)]
pub(super) struct Examiner<'a> {
    /// Nothing where it is not known what the export opens.
    pub(super) limits: Option<&'a Limits>,
    pub(super) lines: &'a EventLines,
}

impl Examiner<'_> {
    pub(super) fn examine(&self, job: Job) -> Found {
        let mut found = Found { whole: self.limits.is_some(), ..Found::default() };
        let mut openings = job.openings.iter().peekable();
        for (path, bundle, tile) in job.bundles {
            let first = path.index() * u64::from(TILE_WIDTH);
            let tile_path = TilePath::new(TileKind::Hashes(0), path.index(), path.width()).expect("a bundle has a tile");
            let tile = tile.and_then(|bytes| Tile::parse(path.width(), &bytes).ok());
            if tile.is_none() {
                let what = format!("{tile_path}: it cannot be read, or is not a tile");
                found.tiles.get_or_insert((what, Place { index: Some(first), ..Place::default() }));
            }
            let Some(bundle) = bundle.and_then(|bytes| Bundle::parse(path.width(), bytes).ok()) else {
                let what = format!("{path}: it cannot be read, or is not a bundle");
                found.bundles.get_or_insert((what, Place { index: Some(first), ..Place::default() }));
                found.whole = false;
                found.hashes.extend(tile.iter().flat_map(Tile::hashes));
                continue;
            };
            for (place, entry) in bundle.entries().enumerate() {
                let index = first + place as u64;
                let hash = Hash::leaf(entry);
                let stated = tile.as_ref().map(|tile| tile.hashes()[place]);
                let line = openings.next_if(|(of, _)| *of == index).map(|(_, line)| line.as_str());
                let moved = stated.is_some_and(|stated| stated != hash);
                let moved = moved.then(|| format!("{path}: the entry does not hash to its place in {tile_path}"));
                self.entry(index, entry, line, moved, &mut found);
                found.hashes.push(stated.unwrap_or(hash));
            }
        }
        found
    }

    /// Looks at an entry and its opening; `moved` says what is wrong with its place in the tree.
    fn entry(&self, index: u64, entry: &[u8], line: Option<&str>, moved: Option<String>, found: &mut Found) {
        let mut place = Place { index: Some(index), ..Place::default() };
        let leaf = Leaf::decode(entry);
        let opened = line.map(OpeningLine::parse);
        let details = match &opened {
            Some(Ok(opening)) => Some(Details::parse(&opening.details)),
            _ => None,
        };
        if let Some(Ok(details)) = &details {
            place = Place { stream: Some(details.stream), sequence: Some(details.sequence), ..place };
        }
        if let Some(moved) = moved {
            found.bundles.get_or_insert((moved, place));
        }
        let Ok(leaf) = leaf else {
            found.bundles.get_or_insert(("the entry is not in the form of this log".to_owned(), place));
            found.whole = false;
            return;
        };
        found.follows |= index == 0 && leaf.id == [0; 16];
        let wrong = match (&opened, &details) {
            (None, _) => None,
            (Some(Ok(opening)), Some(details)) if opening.opening().opens(&leaf.commit) => match details {
                Err(_) => Some("the opening is not in the form of an entry"),
                Ok(details) if self.limits.is_some_and(|limits| !limits.open(details)) => Some("the opening lies outside of the scope"),
                Ok(details) => {
                    found.opened += 1;
                    found.acts.push(act_of(index, details));
                    None
                }
            },
            (Some(Ok(_)), _) => Some("the opening does not open the commitment of its entry"),
            (Some(Err(_)), _) => Some("the line is not that of an opening"),
        };
        if let Some(wrong) = wrong {
            found.openings.get_or_insert((wrong.to_owned(), place));
            found.whole = false;
            return;
        }
        let details = details.as_ref().and_then(|details| details.as_ref().ok());
        if found.whole && self.limits.is_some_and(|limits| limits.list(details)) {
            let text = opened.as_ref().and_then(|opened| opened.as_ref().ok()).map(|opening| opening.details.as_ref());
            self.lines.push(&mut found.events, index, &leaf, details.zip(text));
            table::push_row(&mut found.table, index, &leaf, details);
            found.marks.push(Mark { place, events: found.events.len(), table: found.table.len() });
        }
    }
}

/// What an entry does to its stream.
pub(super) fn act_of(index: u64, details: &Details<'_>) -> Act {
    let micros = |text: &Option<String>| text.as_deref().and_then(|text| crate::details::micros(text).ok());
    let grant = details.grant.map(|grant| grant.as_u128());
    let brand = details.brand.map_or(0, |brand| brand.as_u128());
    let deed = match (details.kind.as_ref(), grant) {
        ("request.approved" | "request.counter_accepted", Some(grant)) => {
            Deed::Begin { grant, brand, expires: micros(&details.expires), replaces: None }
        }
        ("grant.amended", Some(grant)) => {
            let replaced = details.reason.as_deref().and_then(|reason| reason.strip_prefix("replaces grant "));
            let replaces = replaced.and_then(|id| Uuid::try_parse(id).ok()).map(|id| id.as_u128());
            Deed::Begin { grant, brand, expires: micros(&details.expires), replaces }
        }
        ("grant.revoked" | "grant.expired" | "grant.exhausted" | "grant.superseded", Some(grant)) => Deed::End { grant },
        ("grant.paused", Some(grant)) => Deed::Pause { grant, until: micros(&details.until) },
        ("grant.resumed", Some(grant)) => Deed::Resume { grant },
        ("grant.suspended", Some(grant)) => Deed::Suspend { grant, for_brand: details.reason.as_deref() == Some("the brand is suspended") },
        ("grant.reinstated", Some(grant)) => Deed::Reinstate { grant },
        ("read" | "read.page", grant) if details.result == "ok" => Deed::Read { grant, brand },
        _ => Deed::Other,
    };
    Act { index, stream: details.stream.as_u128(), sequence: details.sequence, at: details.micros(), deed }
}

/// The bundles of a folder.
pub(super) struct Bundles<'a> {
    folder: &'a Folder,
    size: u64,
    /// The one that was read last.
    known: Option<(u64, Bundle)>,
}

impl<'a> Bundles<'a> {
    pub(super) const fn new(folder: &'a Folder, size: u64) -> Self {
        Self { folder, size, known: None }
    }

    /// Reads a batch's bundles and tiles, from bundle `first` on.
    pub(super) fn read(&self, first: u64) -> Vec<Read> {
        let paths = (first..first + BUNDLES).map_while(|index| TilePath::in_tree(TileKind::Entries, index, self.size));
        paths.map(|path| (path, self.bytes(path), self.tile(TileKind::Hashes(0), path.index()))).collect()
    }

    fn bytes(&self, path: TilePath) -> Option<Vec<u8>> {
        self.folder.read(&path.to_string(), MAX_BUNDLE_LEN).ok()
    }

    /// The bytes of a hash tile.
    pub(super) fn tile(&self, kind: TileKind, index: u64) -> Option<Vec<u8>> {
        let path = TilePath::in_tree(kind, index, self.size)?;
        self.folder.read(&path.to_string(), TILE_LEN).ok()
    }

    /// The hash of an entry as it lies in its bundle.
    pub(super) fn leaf_hash(&mut self, index: u64) -> Option<Hash> {
        let width = u64::from(TILE_WIDTH);
        let path = TilePath::in_tree(TileKind::Entries, index / width, self.size)?;
        if self.known.as_ref().is_none_or(|(of, _)| *of != path.index()) {
            self.known = Some((path.index(), Bundle::parse(path.width(), self.bytes(path)?).ok()?));
        }
        let (_, bundle) = self.known.as_ref()?;
        bundle.entries().nth((index % width) as usize).map(Hash::leaf)
    }
}
