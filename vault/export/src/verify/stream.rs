//! Streams: every position once, and every read under a grant that was live at its place.
//!
//! Entries may lie in the log in another order than in their stream: what comes early waits. When more is kept than memory should
//! hold, half of the streams (by their random ids) are put off to a further reading of the openings.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::report::Place;

/// Streams, grants and waiting entries that are kept at once.
pub(super) const MOST_KEPT: usize = 1_000_000;
/// Entries of one stream that wait for one before them. Beyond, that one is missing.
const MOST_WAITING: usize = 4096;

/// An entry, as far as it matters here. Ids are those of UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) index: u64,
    pub(super) stream: u128,
    pub(super) sequence: u64,
    /// Microseconds since 1970.
    pub(super) at: i64,
    pub(super) deed: Deed,
}

/// What an entry does to the grants of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// A grant begins; another that it replaces ends, and its pause goes on in the new one.
    Begin { grant: u128, brand: u128, expires: Option<i64>, replaces: Option<u128> },
    /// A grant ends.
    End { grant: u128 },
    /// A grant is held, until a moment or until resumed.
    Pause { grant: u128, until: Option<i64> },
    /// A pause ends.
    Resume { grant: u128 },
    /// A grant is suspended, because its brand is or because its purpose has changed.
    Suspend { grant: u128, for_brand: bool },
    /// The suspension of the brand is lifted.
    Reinstate { grant: u128 },
    /// Data were handed over.
    Read { grant: Option<u128>, brand: u128 },
    /// Nothing.
    Other,
}

#[derive(Clone, Copy, Debug, Default)]
struct Grant {
    brand: u128,
    expires: Option<i64>,
    paused: bool,
    /// End of the pause; until resumed when absent.
    until: Option<i64>,
    brand_suspended: bool,
    purpose_changed: bool,
}

#[derive(Debug, Default)]
struct Stream {
    /// Positions that were seen, from 1 on without a gap.
    seen: u64,
    /// Live grants: few.
    grants: Vec<(u128, Grant)>,
    waiting: BTreeMap<u64, Act>,
}

/// Which streams one reading looks at: those whose ids end in these bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    mask: u128,
    bits: u128,
}

impl Part {
    const fn has(self, stream: u128) -> bool {
        stream & self.mask == self.bits
    }
}

/// A first fault and how many there are.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) first: Option<(String, Place)>,
    pub(super) count: u64,
}

impl Faults {
    fn add(&mut self, what: &str, act: &Act) {
        self.count += 1;
        if self.first.as_ref().is_none_or(|(_, place)| place.index > Some(act.index)) {
            let place = Place { index: Some(act.index), stream: Some(Uuid::from_u128(act.stream)), sequence: Some(act.sequence) };
            self.first = Some((what.to_owned(), place));
        }
    }
}

/// What the streams of an export show.
#[derive(Debug)]
pub(super) struct Streams {
    most_kept: usize,
    part: Part,
    kept: HashMap<u128, Stream>,
    /// Grants and waiting entries.
    beside: usize,
    put_off: Vec<Part>,
    pub(super) gaps: Faults,
    pub(super) unlawful: Faults,
    pub(super) late: Faults,
    pub(super) streams: u64,
    pub(super) entries: u64,
    pub(super) reads: u64,
    /// Reads under a grant whose entry does not state its end.
    pub(super) undated: u64,
    /// Whether memory did not do for a stream.
    pub(super) overflowed: bool,
}

impl Streams {
    pub(super) fn new(most_kept: usize) -> Self {
        Self {
            most_kept,
            part: Part::default(),
            kept: HashMap::new(),
            beside: 0,
            put_off: Vec::new(),
            gaps: Faults::default(),
            unlawful: Faults::default(),
            late: Faults::default(),
            streams: 0,
            entries: 0,
            reads: 0,
            undated: 0,
            overflowed: false,
        }
    }

    /// Takes the next entry of the log.
    pub(super) fn take(&mut self, act: Act) {
        if !self.part.has(act.stream) {
            return;
        }
        let stream = self.kept.entry(act.stream).or_default();
        if act.sequence <= stream.seen || stream.waiting.contains_key(&act.sequence) {
            return self.gaps.add("the position is in its stream already", &act);
        }
        let before = stream.grants.len() + stream.waiting.len();
        stream.waiting.insert(act.sequence, act);
        if stream.waiting.len() > MOST_WAITING {
            self.gaps.add("an entry before this one is missing from its stream", stream.waiting.values().next().unwrap_or(&act));
            stream.seen = stream.waiting.keys().next().map_or(stream.seen, |next| next - 1);
        }
        let mut tally = Tally { unlawful: &mut self.unlawful, late: &mut self.late, reads: &mut self.reads, undated: &mut self.undated };
        while let Some(next) = stream.waiting.remove(&(stream.seen + 1)) {
            stream.seen += 1;
            stream.step(&next, &mut tally);
        }
        self.beside = self.beside + stream.grants.len() + stream.waiting.len() - before;
        while self.kept.len() + self.beside > self.most_kept {
            if self.part.mask.count_ones() == u128::BITS {
                self.overflowed = true;
                return;
            }
            self.halve();
        }
    }

    /// Puts half of the streams off.
    fn halve(&mut self) {
        let bit = self.part.mask + 1;
        self.put_off.push(Part { mask: self.part.mask | bit, bits: self.part.bits | bit });
        self.part.mask |= bit;
        let part = self.part;
        self.kept.retain(|stream, _| part.has(*stream));
        self.beside = self.kept.values().map(|stream| stream.grants.len() + stream.waiting.len()).sum();
    }

    /// Ends a reading; true if a further one is needed, of all openings from the first on.
    pub(super) fn next_reading(&mut self) -> bool {
        for stream in self.kept.values() {
            self.streams += 1;
            self.entries += stream.seen;
            if let Some(stranded) = stream.waiting.values().next() {
                self.gaps.add("an entry before this one is missing from its stream", stranded);
            }
        }
        self.kept.clear();
        self.beside = 0;
        match self.put_off.pop() {
            Some(part) if !self.overflowed => {
                self.part = part;
                true
            }
            _ => false,
        }
    }
}

struct Tally<'a> {
    unlawful: &'a mut Faults,
    late: &'a mut Faults,
    reads: &'a mut u64,
    undated: &'a mut u64,
}

impl Stream {
    fn grant(&mut self, id: u128) -> Option<&mut Grant> {
        self.grants.iter_mut().find(|(of, _)| *of == id).map(|(_, grant)| grant)
    }

    fn end(&mut self, id: u128) -> Option<Grant> {
        let place = self.grants.iter().position(|(of, _)| *of == id)?;
        Some(self.grants.swap_remove(place).1)
    }

    fn step(&mut self, act: &Act, tally: &mut Tally<'_>) {
        match act.deed {
            Deed::Begin { grant, brand, expires, replaces } => {
                let replaced = replaces.and_then(|id| self.end(id)).unwrap_or_default();
                self.end(grant);
                let begun = Grant { brand, expires, paused: replaced.paused, until: replaced.until, ..Grant::default() };
                self.grants.push((grant, begun));
            }
            Deed::End { grant } => {
                self.end(grant);
            }
            Deed::Read { grant, brand } => self.read(act, grant, brand, tally),
            Deed::Pause { grant, until } => self.change(grant, |held| (held.paused, held.until) = (true, until)),
            Deed::Resume { grant } => self.change(grant, |held| (held.paused, held.until) = (false, None)),
            Deed::Suspend { grant, for_brand: true } => self.change(grant, |held| held.brand_suspended = true),
            Deed::Suspend { grant, for_brand: false } => self.change(grant, |held| held.purpose_changed = true),
            Deed::Reinstate { grant } => self.change(grant, |held| held.brand_suspended = false),
            Deed::Other => {}
        }
    }

    fn change(&mut self, grant: u128, change: impl FnOnce(&mut Grant)) {
        if let Some(held) = self.grant(grant) {
            change(held);
        }
    }

    fn read(&mut self, act: &Act, grant: Option<u128>, brand: u128, tally: &mut Tally<'_>) {
        *tally.reads += 1;
        let Some(grant) = grant.and_then(|id| self.grant(id)) else {
            return tally.unlawful.add("a read under no grant that is live here", act);
        };
        let holds = grant.paused && grant.until.is_none_or(|until| act.at < until);
        let wrong = if grant.brand != brand {
            "a read by another brand than the grant's"
        } else if holds {
            "a read under a grant that is paused"
        } else if grant.brand_suspended || grant.purpose_changed {
            "a read under a grant that is suspended"
        } else {
            match grant.expires {
                Some(end) if act.at >= end => tally.late.add("a read after the end of its grant", act),
                Some(_) => {}
                None => *tally.undated += 1,
            }
            return;
        };
        tally.unlawful.add(wrong, act);
    }
}
