//! The pass over all entries: batches are read here, looked at on all threads, and put together here in their order.

use std::io::{BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use coffret_ledger::{Hash, SignedCheckpoint, TILE_WIDTH, TileKind, TilePath, TileWriter};

use super::batch::{self, BUNDLES, Bundles, Examiner, Found, Job, Mark};
use super::report::{CheckName, Place, Sheet};
use super::stream::{MOST_KEPT, Streams};
use super::{Question, is_at_end, unread};
use crate::event::EventLines;
use crate::handover::{Chain, Handover};
use crate::line::read_line;
use crate::opening::{OpeningLine, index_of};
use crate::rows::MAX_LINE;
use crate::seal::{Closed, Reading};
use crate::{Details, Header, name, table};

/// Checks tiles, bundles, openings, events, table, streams, reads, and the growth since an older checkpoint.
pub(super) fn check(
    reading: &Reading<'_>,
    question: &Question,
    checkpoint: &SignedCheckpoint,
    header: Option<&Header>,
    handed: Option<&Handover>,
    sheet: &mut Sheet,
    progress: &mut dyn FnMut(u64, u64),
) {
    let size = checkpoint.checkpoint().size();
    let (openings, closed) = Openings::open(reading);
    // Without the openings it is not known what the events should say.
    let limits = header.and_then(|header| header.scope.limits().ok()).filter(|_| closed.is_none());
    let lines = EventLines::new(checkpoint.checkpoint().origin());
    let examiner = Examiner { limits: limits.as_ref(), lines: &lines };
    let batches = size.div_ceil(u64::from(TILE_WIDTH)).div_ceil(BUNDLES);
    let threads = question.threads.clamp(1, 64);
    let mut source = Source { bundles: Bundles::new(reading.folder, size), openings };
    let mut together = Together::new(reading, closed, question, checkpoint, header, sheet);
    std::thread::scope(|scope| {
        let mut workers: Vec<(SyncSender<Job>, Receiver<Found>)> = Vec::new();
        for _ in 0..threads {
            let (send_job, jobs) = sync_channel::<Job>(2);
            let (send_found, found) = sync_channel(2);
            scope.spawn(move || {
                for job in jobs {
                    // Nobody takes it when the pass has ended.
                    if send_found.send(examiner.examine(job)).is_err() {
                        return;
                    }
                }
            });
            workers.push((send_job, found));
        }
        let mut sent = 0;
        for taken in 0..batches {
            // No more than two for each worker are under way, so that memory is bounded and nobody waits for another.
            while sent < batches && sent < taken + 2 * threads as u64 {
                let job = source.read(sent);
                workers[(sent % threads as u64) as usize].0.send(job).expect("a worker takes jobs until there are no more");
                sent += 1;
            }
            let found = workers[(taken % threads as u64) as usize].1.recv().expect("a worker answers every job");
            together.take(found);
            progress(together.tree.size().min(size), size);
        }
    });
    together.finish(source.openings, handed);
}

struct Source<'a> {
    bundles: Bundles<'a>,
    openings: Openings,
}

impl Source<'_> {
    fn read(&mut self, batch: u64) -> Job {
        let bundles = self.bundles.read(batch * BUNDLES);
        let end = (batch + 1) * BUNDLES * u64::from(TILE_WIDTH);
        Job { bundles, openings: self.openings.before(end) }
    }
}

/// The lines of the openings.
struct Openings {
    source: Option<Box<dyn BufRead + Send>>,
    /// A line that was read and belongs to a later batch.
    next: Option<(u64, String)>,
    last: Option<u64>,
    /// The digest of the lines so far.
    chain: Chain,
    fault: Option<(String, Place)>,
}

impl Openings {
    /// The openings, and why they stay closed.
    fn open(reading: &Reading<'_>) -> (Self, Option<&'static str>) {
        let mut openings = Self { source: None, next: None, last: None, chain: Chain::default(), fault: None };
        match reading.open(name::OPENINGS) {
            Ok(source) => openings.source = Some(source),
            Err(Closed::Encrypted(why)) => return (openings, Some(why)),
            Err(Closed::Bad(what)) => openings.fault = Some((what, Place::default())),
        }
        (openings, None)
    }

    fn advance(&mut self) {
        let Some(source) = &mut self.source else { return };
        let mut line = String::new();
        let index = match read_line(source, &mut line, MAX_LINE) {
            Ok(false) => None,
            Ok(true) => match index_of(&line) {
                Ok(index) if self.last.is_none_or(|last| last < index) => Some(index),
                _ => return self.stop("a line is not that of an opening, or not in the order of the log"),
            },
            Err(_) => return self.stop("a line is too long, cut off, or not UTF-8"),
        };
        self.last = index.or(self.last);
        if index.is_some() {
            line.push('\n');
            self.chain.take(&line);
            line.pop();
        }
        self.next = index.map(|index| (index, line));
        if index.is_none() {
            self.source = None;
        }
    }

    fn stop(&mut self, what: &str) {
        self.source = None;
        let after = self.last.map_or_else(|| "at its beginning".to_owned(), |last| format!("behind that of leaf {last}"));
        let place = Place { index: self.last, ..Place::default() };
        self.fault = Some((format!("{}: {what}, {after}", name::OPENINGS), place));
    }

    fn before(&mut self, end: u64) -> Vec<(u64, String)> {
        let mut lines = Vec::new();
        loop {
            if self.next.is_none() {
                self.advance();
            }
            match self.next.take_if(|(index, _)| *index < end) {
                Some(line) => lines.push(line),
                None => return lines,
            }
        }
    }
}

/// A text of the folder that must be what was made from entries and openings.
struct Compared {
    check: CheckName,
    name: &'static str,
    source: Option<Box<dyn BufRead + Send>>,
}

impl Compared {
    fn open(reading: &Reading<'_>, check: CheckName, name: &'static str, beginning: &str, sheet: &mut Sheet) -> Self {
        let mut compared = Self { check, name, source: None };
        match reading.open(name) {
            Ok(source) => compared.source = Some(source),
            Err(closed) => unread(check, closed, sheet),
        }
        compared.hold(beginning, &[], |_| 0, sheet);
        compared
    }

    /// Holds the next bytes of the file against what they must be.
    fn hold(&mut self, wanted: &str, marks: &[Mark], end: impl Fn(&Mark) -> usize, sheet: &mut Sheet) {
        let Some(source) = &mut self.source else { return };
        let mut found = Vec::new();
        let read = source.by_ref().take(wanted.len() as u64).read_to_end(&mut found);
        if read.is_ok() && found == wanted.as_bytes() {
            return;
        }
        let same = found.iter().zip(wanted.as_bytes()).take_while(|(found, wanted)| found == wanted).count();
        let place = marks.iter().find(|mark| end(mark) > same).map(|mark| mark.place).unwrap_or_default();
        sheet.fail(self.check, format!("{}: not what the entries and their openings say", self.name), place);
        self.source = None;
    }
}

/// What the batches make together.
struct Together<'a, 'f> {
    question: &'a Question,
    reading: &'a Reading<'f>,
    /// Why the openings stay closed.
    closed: Option<&'static str>,
    checkpoint: &'a SignedCheckpoint,
    header: Option<&'a Header>,
    sheet: &'a mut Sheet,
    bundles: Bundles<'f>,
    tree: TileWriter,
    /// The root at the size of the older checkpoint.
    since: Option<Hash>,
    events: Compared,
    table: Compared,
    /// Whether entries and openings were good so far: beyond a bad one it is not known what the events should say.
    known: bool,
    listed: u64,
    opened: u64,
    streams: Streams,
}

impl<'a, 'f> Together<'a, 'f> {
    fn new(
        reading: &'a Reading<'f>,
        closed: Option<&'static str>,
        question: &'a Question,
        checkpoint: &'a SignedCheckpoint,
        header: Option<&'a Header>,
        sheet: &'a mut Sheet,
    ) -> Self {
        Self {
            events: Compared::open(reading, CheckName::Events, name::EVENTS, "", sheet),
            table: Compared::open(reading, CheckName::Table, name::TABLE, table::HEADER, sheet),
            bundles: Bundles::new(reading.folder, checkpoint.checkpoint().size()),
            tree: TileWriter::new(),
            since: question.since.as_ref().filter(|old| old.checkpoint().size() == 0).map(|_| Hash::EMPTY_ROOT),
            known: header.is_some() && closed.is_none(),
            listed: 0,
            opened: 0,
            streams: Streams::new(MOST_KEPT),
            question,
            reading,
            closed,
            checkpoint,
            header,
            sheet,
        }
    }

    fn take(&mut self, found: Found) {
        for (check, fault) in [(CheckName::Tiles, found.tiles), (CheckName::Bundles, found.bundles), (CheckName::Openings, found.openings)]
        {
            if let Some((what, place)) = fault {
                self.sheet.fail(check, what, place);
            }
        }
        let old = self.question.since.as_ref().map(|old| old.checkpoint().size());
        for hash in found.hashes {
            let mut full = Vec::new();
            self.tree.append(hash, |path, tile| full.push((path, tile)));
            // Those of level 0 are where the hashes come from.
            for (path, tile) in full.into_iter().filter(|(path, _)| path.kind() != TileKind::Hashes(0)) {
                self.hold_tile(path, &tile.to_bytes());
            }
            if old == Some(self.tree.size()) {
                self.since = Some(self.tree.root());
            }
        }
        if self.known {
            self.events.hold(&found.events, &found.marks, |mark| mark.events, self.sheet);
            self.table.hold(&found.table, &found.marks, |mark| mark.table, self.sheet);
            self.listed += found.marks.len() as u64;
        }
        self.known &= found.whole;
        self.opened += found.opened;
        if found.follows {
            self.streams.follow();
        }
        found.acts.into_iter().for_each(|act| self.streams.take(act));
    }

    /// Holds a tile above level 0 against the tiles below it.
    fn hold_tile(&mut self, path: TilePath, wanted: &[u8]) {
        let found = self.bundles.tile(path.kind(), path.index()).unwrap_or_default();
        if found == wanted {
            return;
        }
        let place = wanted.chunks(Hash::LEN).zip(found.chunks(Hash::LEN)).position(|(wanted, found)| wanted != found);
        let TileKind::Hashes(level) = path.kind() else { return };
        let what = match place.filter(|_| found.len() == wanted.len()) {
            Some(place) => {
                let below = path.index() * u64::from(TILE_WIDTH) + place as u64;
                let below = TilePath::new(TileKind::Hashes(level - 1), below, TILE_WIDTH);
                let below = below.map(|below| below.to_string()).unwrap_or_default();
                format!("{path} and {below} contradict each other")
            }
            None => format!("{path}: it cannot be read, or is not a tile"),
        };
        self.sheet.fail(CheckName::Tiles, what, Place::default());
    }

    fn finish(mut self, openings: Openings, handed: Option<&Handover>) {
        let stated = self.checkpoint.checkpoint();
        let partial: Vec<_> = self.tree.partial_tiles(0).filter(|(path, _)| path.kind() != TileKind::Hashes(0)).collect();
        for (path, tile) in partial {
            self.hold_tile(path, &tile.to_bytes());
        }
        let whole = self.tree.size() == stated.size();
        if !whole || self.tree.root() != *stated.root() {
            self.sheet.fail(CheckName::Tiles, "the tiles do not lead to the root of the checkpoint", Place::default());
        }
        self.sheet.pass(CheckName::Tiles, "all lead to the root of the checkpoint");
        self.sheet.pass(CheckName::Bundles, format!("{} entries hash to their places", stated.size()));
        self.check_since();
        self.check_openings(openings, handed);
        self.check_texts();
        self.check_streams();
    }

    fn check_since(&mut self) {
        let check = CheckName::Since;
        let Some(old) = &self.question.since else {
            return self.sheet.not_checked(check, "no older checkpoint was given: keep this one for the next time");
        };
        let (old, new) = (old.checkpoint(), self.checkpoint.checkpoint());
        let grown = format!("from {} entries to {}", old.size(), new.size());
        if old.size() > new.size() {
            self.sheet.fail(check, format!("the log has shrunk, {grown}: entries were taken away"), Place::default());
        } else if self.since == Some(*old.root()) {
            self.sheet.pass(check, format!("the log has only grown, {grown}"));
        } else if self.sheet.failed(CheckName::Tiles) || self.tree.size() < old.size() {
            self.sheet.not_checked(check, "the tiles are bad, so they show nothing of the older log");
        } else {
            let what = "the log is not the one of the older checkpoint: the key has signed two histories";
            self.sheet.fail(check, what, Place { index: old.size().checked_sub(1), ..Place::default() });
        }
    }

    fn check_openings(&mut self, openings: Openings, handed: Option<&Handover>) {
        let check = CheckName::Openings;
        if let Some(why) = self.closed {
            return self.sheet.not_checked(check, why);
        }
        if let Some((what, place)) = openings.fault {
            self.known = false;
            self.sheet.fail(check, what, place);
        } else if let Some((index, _)) = openings.next {
            let place = Place { index: Some(index), ..Place::default() };
            self.sheet.fail(check, "an opening of an entry that the log does not have", place);
        } else if handed.is_some_and(|handed| handed.passed.digests[0] != openings.chain) {
            self.sheet.fail(check, "they are not those that the log has handed over", Place::default());
        }
        let size = self.checkpoint.checkpoint().size();
        if self.header.is_some_and(|header| header.scope.sealed) {
            self.sheet.not_checked(check, "the export opens nothing");
        } else {
            self.sheet.pass(check, format!("{} entries opened, {} sealed", self.opened, size.saturating_sub(self.opened)));
        }
        let counted = self.header.map(|header| (header.counts.opened, header.counts.events));
        if self.known && counted.is_some_and(|counted| counted != (self.opened, self.listed)) {
            self.sheet.fail(CheckName::Manifest, "it counts other numbers of entries than there are", Place::default());
        }
    }

    fn check_texts(&mut self) {
        for compared in [&mut self.events, &mut self.table] {
            if let Some(why) = self.closed {
                self.sheet.not_checked(compared.check, why);
            } else if !self.known {
                self.sheet.not_checked(compared.check, "entries, openings or manifest are bad, so it is not known what it should say");
            } else if compared.source.as_mut().is_some_and(|source| !is_at_end(source)) {
                self.sheet.fail(compared.check, format!("{}: it says more than there are entries", compared.name), Place::default());
            }
            self.sheet.pass(compared.check, format!("{} entries", self.listed));
        }
    }

    fn check_streams(&mut self) {
        let scope = self.header.map(|header| &header.scope);
        let not = match scope {
            _ if self.closed.is_some() => self.closed,
            None => Some("it is not known what the export opens"),
            Some(scope) if scope.sealed => Some("the export opens nothing"),
            Some(scope) if !scope.has_whole_streams() => Some("the export is filtered, so its streams have holes"),
            Some(_) if self.sheet.failed(CheckName::Openings) || self.sheet.failed(CheckName::Bundles) => {
                Some("entries or openings are bad, so the streams cannot be followed")
            }
            Some(_) => None,
        };
        if let Some(why) = not {
            for check in [CheckName::Streams, CheckName::Reads, CheckName::Expiry] {
                self.sheet.not_checked(check, why);
            }
            return;
        }
        while self.streams.next_reading() {
            self.read_again();
        }
        let streams = &mut self.streams;
        let checks = [
            (CheckName::Streams, std::mem::take(&mut streams.gaps)),
            (CheckName::Reads, std::mem::take(&mut streams.unlawful)),
            (CheckName::Expiry, std::mem::take(&mut streams.late)),
        ];
        for (check, faults) in checks {
            let others = if faults.count > 1 { format!(", and {} more", faults.count - 1) } else { String::new() };
            if let Some((what, place)) = faults.first {
                self.sheet.fail(check, what + &others, place);
            } else if streams.overflowed {
                self.sheet.not_checked(check, "one stream is larger than this program follows");
            }
        }
        let sealed = self.checkpoint.checkpoint().size().saturating_sub(self.opened);
        let before = if streams.follows() {
            format!("; the log follows another, in which {} of the streams began", streams.continued)
        } else {
            String::new()
        };
        let counted = format!("{} streams, {} entries; {sealed} sealed entries are in none{before}", streams.followed, streams.entries);
        self.sheet.pass(CheckName::Streams, counted);
        if streams.elsewhere > 0 {
            let why = format!("{} of {} answered reads are under grants that began in the log before", streams.elsewhere, streams.reads);
            self.sheet.not_checked(CheckName::Reads, why.clone());
            self.sheet.not_checked(CheckName::Expiry, why);
        }
        self.sheet.pass(CheckName::Reads, format!("{} answered reads, each under a live grant", streams.reads));
        if streams.undated > 0 {
            let why = format!("the grants of {} answered reads do not state their end in the log", streams.undated);
            self.sheet.not_checked(CheckName::Expiry, why);
        } else {
            self.sheet.pass(CheckName::Expiry, format!("{} answered reads, each before the end of its grant", streams.reads));
        }
    }

    /// The openings once more, for the streams that were put off. All were good.
    fn read_again(&mut self) {
        let (mut openings, _) = Openings::open(self.reading);
        loop {
            openings.advance();
            let Some((index, line)) = openings.next.take() else { return };
            let opening = OpeningLine::parse(&line);
            if let Ok(details) = opening.as_ref().map_err(|_| ()).and_then(|opening| Details::parse(&opening.details).map_err(|_| ())) {
                self.streams.take(batch::act_of(index, &details));
            }
        }
    }
}
