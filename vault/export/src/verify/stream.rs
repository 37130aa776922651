//! Streams: every position once, and every read under a grant that was live at its place.
//!
//! In a log that follows another, streams go on from where they were in that one: from the first position that is here on, every one
//! must be; and a read under a grant that began before is not judged.
//!
//! Entries may lie in the log in another order than in their stream: what comes early waits. When more is kept than memory should
//! hold, half of the streams (by their random ids) are put off to a further reading of the openings.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::report::Place;

/// Streams, grants and waiting entries that are kept at once.
pub(super) const MOST_KEPT: usize = 1_000_000;
/// Beyond, a single stream is what does not fit: ids are random.
const MOST_HALVINGS: u32 = 32;
/// Entries of one stream that wait for one before them. Beyond, that one is missing.
const MOST_WAITING: usize = 4096;

/// Entries of one stream of a log that follows another among which its first is: they come nearly in order.
const FIRST_AMONG: usize = 16;

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
    /// Positions that were seen, from the first on without a gap.
    seen: u64,
    /// Positions that lie in the log before.
    before: u64,
    /// Whether the first position is known.
    begun: bool,
    /// Grants that ended here; kept where others may have begun before.
    ended: Vec<u128>,
    /// Reads under grants that began before.
    elsewhere: u64,
    /// Live grants: few.
    grants: Vec<(u128, Grant)>,
    waiting: BTreeMap<u64, Act>,
    /// Counted here until the reading ends: a stream that is put off is counted in a further one.
    reads: u64,
    undated: u64,
    faults: Option<Box<StreamFaults>>,
}

#[derive(Debug, Default)]
struct StreamFaults {
    gaps: Faults,
    unlawful: Faults,
    late: Faults,
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

    fn join(&mut self, other: Self) {
        self.count += other.count;
        if let Some((what, place)) = other.first
            && self.first.as_ref().is_none_or(|(_, known)| known.index > place.index)
        {
            self.first = Some((what, place));
        }
    }
}

/// What the streams of an export show.
#[derive(Debug)]
pub(super) struct Streams {
    most_kept: usize,
    /// Whether the log follows another.
    follows: bool,
    part: Part,
    kept: HashMap<u128, Stream>,
    /// Grants and waiting entries.
    beside: usize,
    put_off: Vec<Part>,
    pub(super) gaps: Faults,
    pub(super) unlawful: Faults,
    pub(super) late: Faults,
    pub(super) followed: u64,
    pub(super) entries: u64,
    pub(super) reads: u64,
    /// Reads under a grant whose entry does not state its end.
    pub(super) undated: u64,
    /// Reads under a grant that began in the log before.
    pub(super) elsewhere: u64,
    /// Streams that began there.
    pub(super) continued: u64,
    /// Whether memory did not do for a stream.
    pub(super) overflowed: bool,
}

impl Streams {
    pub(super) fn new(most_kept: usize) -> Self {
        Self {
            most_kept,
            follows: false,
            part: Part::default(),
            kept: HashMap::new(),
            beside: 0,
            put_off: Vec::new(),
            gaps: Faults::default(),
            unlawful: Faults::default(),
            late: Faults::default(),
            followed: 0,
            entries: 0,
            reads: 0,
            undated: 0,
            elsewhere: 0,
            continued: 0,
            overflowed: false,
        }
    }

    /// The log follows another. To be said before the first entry.
    pub(super) fn follow(&mut self) {
        self.follows = true;
    }

    /// Whether it does.
    pub(super) const fn follows(&self) -> bool {
        self.follows
    }

    /// Takes the next entry of the log.
    pub(super) fn take(&mut self, act: Act) {
        if !self.part.has(act.stream) {
            return;
        }
        let stream = self.kept.entry(act.stream).or_default();
        let before = stream.beside();
        stream.take(act, self.follows);
        self.beside = self.beside + stream.beside() - before;
        while self.kept.len() + self.beside > self.most_kept {
            if self.part.mask.count_ones() == MOST_HALVINGS {
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
        self.beside = self.kept.values().map(Stream::beside).sum();
    }

    /// Ends a reading; true if a further one is needed, of all openings from the first on.
    pub(super) fn next_reading(&mut self) -> bool {
        for (_, mut stream) in self.kept.drain() {
            if !stream.begun {
                stream.begin();
            }
            self.followed += 1;
            self.entries += stream.seen - stream.before;
            self.reads += stream.reads;
            self.undated += stream.undated;
            self.elsewhere += stream.elsewhere;
            self.continued += u64::from(stream.before > 0);
            if let Some((_, stranded)) = stream.waiting.pop_first() {
                stream.faults().gaps.add(MISSING, &stranded);
            }
            if let Some(faults) = stream.faults {
                self.gaps.join(faults.gaps);
                self.unlawful.join(faults.unlawful);
                self.late.join(faults.late);
            }
        }
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

const MISSING: &str = "an entry before this one is missing from its stream";

impl Stream {
    fn faults(&mut self) -> &mut StreamFaults {
        self.faults.get_or_insert_default()
    }

    /// What is kept of it beside itself.
    fn beside(&self) -> usize {
        self.grants.len() + self.waiting.len() + self.ended.len()
    }

    fn take(&mut self, act: Act, follows: bool) {
        if act.sequence <= self.seen || self.waiting.contains_key(&act.sequence) {
            return self.faults().gaps.add("the position is in its stream already", &act);
        }
        self.waiting.insert(act.sequence, act);
        if follows && !self.begun {
            if self.waiting.len() == FIRST_AMONG {
                self.begin();
            }
            return;
        }
        self.begun = true;
        if self.waiting.len() > MOST_WAITING
            && let Some((next, stranded)) = self.waiting.first_key_value().map(|(next, stranded)| (*next, *stranded))
        {
            self.faults().gaps.add(MISSING, &stranded);
            self.seen = next - 1;
        }
        self.go_on();
    }

    /// What has come first is what is first.
    fn begin(&mut self) {
        self.begun = true;
        if let Some((first, _)) = self.waiting.first_key_value() {
            self.before = first.saturating_sub(1);
            self.seen = self.before;
        }
        self.go_on();
    }

    fn go_on(&mut self) {
        while let Some(next) = self.waiting.remove(&(self.seen + 1)) {
            self.seen += 1;
            self.step(&next);
        }
    }

    fn grant(&mut self, id: u128) -> Option<&mut Grant> {
        self.grants.iter_mut().find(|(of, _)| *of == id).map(|(_, grant)| grant)
    }

    fn end(&mut self, id: u128) -> Option<Grant> {
        let place = self.grants.iter().position(|(of, _)| *of == id);
        if self.before > 0 && !self.ended.contains(&id) {
            self.ended.push(id);
        }
        let place = place?;
        Some(self.grants.swap_remove(place).1)
    }

    fn step(&mut self, act: &Act) {
        match act.deed {
            Deed::Begin { grant, brand, expires, replaces } => {
                let replaced = replaces.and_then(|id| self.end(id)).unwrap_or_default();
                self.end(grant);
                self.ended.retain(|ended| *ended != grant);
                let begun = Grant { brand, expires, paused: replaced.paused, until: replaced.until, ..Grant::default() };
                self.grants.push((grant, begun));
            }
            Deed::End { grant } => {
                self.end(grant);
            }
            Deed::Read { grant, brand } => self.read(act, grant, brand),
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

    fn read(&mut self, act: &Act, grant: Option<u128>, brand: u128) {
        self.reads += 1;
        let began_before = self.before > 0 && grant.is_some_and(|id| !self.ended.contains(&id));
        let Some(grant) = grant.and_then(|id| self.grant(id)) else {
            if began_before {
                self.elsewhere += 1;
                return;
            }
            return self.faults().unlawful.add("a read under no grant that is live here", act);
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
                Some(end) if act.at >= end => self.faults().late.add("a read after the end of its grant", act),
                Some(_) => {}
                None => self.undated += 1,
            }
            return;
        };
        self.faults().unlawful.add(wrong, act);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(acts: &[Act], most_kept: usize) -> Streams {
        let mut streams = Streams::new(most_kept);
        take_all(&mut streams, acts);
        while streams.next_reading() {
            assert!(streams.kept.len() + streams.beside <= most_kept);
            take_all(&mut streams, acts);
        }
        streams
    }

    fn take_all(streams: &mut Streams, acts: &[Act]) {
        for act in acts {
            streams.take(*act);
        }
    }

    type Told<'a> = (bool, Vec<(Option<&'a (String, Place)>, u64)>, [u64; 4]);

    fn told(streams: &Streams) -> Told<'_> {
        let faults = [&streams.gaps, &streams.unlawful, &streams.late];
        let counts = [streams.followed, streams.entries, streams.reads, streams.undated];
        (streams.overflowed, faults.map(|faults| (faults.first.as_ref(), faults.count)).to_vec(), counts)
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let grant = 0_u128..3;
        prop_oneof![
            (grant.clone(), 0_u128..2, proptest::option::of(0_i64..60), proptest::option::of(0_u128..3))
                .prop_map(|(grant, brand, expires, replaces)| Deed::Begin { grant, brand, expires, replaces }),
            grant.clone().prop_map(|grant| Deed::End { grant }),
            (grant.clone(), proptest::option::of(0_i64..60)).prop_map(|(grant, until)| Deed::Pause { grant, until }),
            grant.clone().prop_map(|grant| Deed::Resume { grant }),
            (grant.clone(), any::<bool>()).prop_map(|(grant, for_brand)| Deed::Suspend { grant, for_brand }),
            grant.clone().prop_map(|grant| Deed::Reinstate { grant }),
            (proptest::option::of(grant), 0_u128..2).prop_map(|(grant, brand)| Deed::Read { grant, brand }),
            Just(Deed::Other),
        ]
    }

    proptest! {
        #[test]
        fn little_memory_finds_the_same(deeds in proptest::collection::vec((0_u128..24, 1_u64..12, 0_i64..60, deed()), 0..120)) {
            let acts: Vec<Act> = (0..)
                .zip(deeds)
                .map(|(index, (stream, sequence, at, deed))| Act { index, stream: stream * 0x9e37_79b9, sequence, at, deed })
                .collect();
            let (plenty, little) = (run(&acts, usize::MAX), run(&acts, 20));
            prop_assert_eq!(told(&plenty), told(&little));
        }
    }

    #[test]
    fn in_a_log_that_follows_another_streams_go_on_and_their_gaps_still_show() {
        let act = |index: u64, sequence: u64, deed: Deed| Act { index, stream: 5, sequence, at: 0, deed };
        let read = |grant: u128| Deed::Read { grant: Some(grant), brand: 0 };
        let begin = Deed::Begin { grant: 2, brand: 0, expires: Some(9), replaces: None };
        let following = |acts: &[Act]| {
            let mut streams = Streams::new(MOST_KEPT);
            streams.follow();
            take_all(&mut streams, acts);
            assert!(!streams.next_reading());
            streams
        };
        // Out of order at the beginning; a grant of before, one of here, and one that ended here.
        let deeds = [(9, read(1)), (8, Deed::Other), (10, begin), (11, read(2)), (12, Deed::End { grant: 1 }), (13, read(1))];
        let acts: Vec<Act> = (0..).zip(deeds).map(|(index, (sequence, deed))| act(index, sequence, deed)).collect();
        let streams = following(&acts);
        assert_eq!((streams.gaps.count, streams.entries, streams.continued, streams.elsewhere), (0, 6, 1, 1));
        assert_eq!(streams.unlawful.first.map(|(_, place)| place.sequence), Some(Some(13)), "it had ended");
        let with_hole: Vec<Act> = (0..40).filter(|index| *index != 20).map(|index| act(index, index + 8, Deed::Other)).collect();
        let streams = following(&with_hole);
        assert_eq!(streams.gaps.first.map(|(_, place)| place.sequence), Some(Some(29)));
        let twice = [act(0, 8, Deed::Other), act(1, 8, Deed::Other)];
        assert_eq!(following(&twice).gaps.count, 1);
        // A stream that begins here is judged in full.
        let streams = following(&[act(0, 1, Deed::Other), act(1, 2, read(1))]);
        assert_eq!((streams.unlawful.count, streams.continued, streams.elsewhere), (1, 0, 0));
        // Elsewhere a stream begins with 1.
        assert_eq!(run(&[act(0, 8, Deed::Other)], MOST_KEPT).gaps.count, 1);
    }

    #[test]
    fn one_stream_with_more_than_memory_holds_is_said_to_be_too_large() {
        let begin = |index: u64| Deed::Begin { grant: u128::from(index), brand: 0, expires: None, replaces: None };
        let acts: Vec<Act> = (0..30).map(|index| Act { index, stream: 0, sequence: index + 1, at: 0, deed: begin(index) }).collect();
        let mut streams = Streams::new(20);
        take_all(&mut streams, &acts);
        assert!(streams.overflowed);
    }

    #[test]
    fn an_entry_for_which_too_many_wait_is_missing() {
        let act = |sequence: u64| Act { index: sequence, stream: 5, sequence, at: 0, deed: Deed::Other };
        let acts: Vec<Act> = (2..10_000).map(act).collect();
        let streams = run(&acts, MOST_KEPT);
        assert_eq!((streams.gaps.count, streams.entries), (1, 9_999));
        assert_eq!(streams.gaps.first.map(|(_, place)| place.index), Some(Some(2)));
    }
}
