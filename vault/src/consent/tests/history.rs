//! Random histories: every decision is compared with the naive [`Reference`].

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::fixtures::{Catalogue, NOW, delegate, id, item, notice};
use super::reference::{DAY, Fact, HOUR, Level, Plain, Reference};
use crate::clock::Timestamp;
use crate::consent::{
    Actor, Ask, CanonicalTerms, Frequency, Grant, Issue, Method, NewRequest, Outcome, Period, Rejected, Request, Suspension, Terms, Usage,
    View, check, public_refusal,
};

const CITY: &str = "profile.city";
const SIZE: &str = "body.shoe_size";
const WATCH: &str = "purchase.watch";

/// What a customer takes away (or, to be refused, adds).
#[derive(Clone, Debug, Default)]
struct Cut {
    drop_optional: bool,
    drop_needed: bool,
    coarsen: Option<usize>,
    hours: i64,
    later: bool,
    uses: Option<u32>,
    hourly: Option<u32>,
    add: bool,
}

impl Cut {
    fn of(&self, offer: &Plain, now: i64) -> Plain {
        let mut terms = offer.clone();
        terms.items.retain(|item| if item.2 { !self.drop_needed } else { !self.drop_optional });
        if let Some(item) = self.coarsen.and_then(|place| terms.items.get_mut(place)) {
            item.1 = 1;
        }
        if self.add {
            terms.items.push((WATCH, 2, false));
        }
        terms.end -= self.hours * HOUR;
        if self.later {
            terms.start = Some(terms.start.unwrap_or(now).max(now) + HOUR);
        }
        terms.uses = self.uses.or(terms.uses);
        terms.hourly = self.hourly.or(terms.hourly);
        terms
    }
}

/// A moment that matters, for the clock to stop at, just before or just after.
#[derive(Clone, Copy, Debug)]
enum Mark {
    Start,
    End,
    PauseEnd,
    Lapse,
    WindowOpens,
    Forgotten,
}

#[derive(Clone, Debug)]
enum Step {
    Ask { days: i64, start: Option<i64>, uses: Option<u32>, hourly: Option<u32>, raw: bool, least: Option<Cut> },
    Approve(Cut),
    Counter(Cut),
    Accept,
    Reject,
    Decline,
    Withdraw,
    Lapse,
    Pause(Option<i64>),
    Resume,
    Revoke,
    Expire,
    Exhaust,
    Amend(Cut),
    Suspend(bool),
    Reinstate,
    Advance(i64),
    AdvanceTo(Mark, i64),
    Read { names: Vec<(&'static str, Level)>, is_stream: bool },
}

/// One number as a row of small choices: far cheaper to generate than nested strategies, and it shrinks towards the mildest step.
struct Dice(u128);

impl Dice {
    fn roll(&mut self, sides: u8) -> u8 {
        let sides = u128::from(sides);
        let face = self.0 % sides;
        self.0 /= sides;
        u8::try_from(face).expect("below the number of sides")
    }

    fn one_in(&mut self, sides: u8) -> bool {
        self.roll(sides) == 1
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.roll(u8::try_from(from.len()).expect("few")))]
    }

    /// Mostly nothing, else 1 to `most`.
    fn count(&mut self, most: u8) -> Option<u32> {
        let face = self.roll(most * 3);
        (1..=most).contains(&face).then_some(u32::from(face))
    }

    fn cut(&mut self) -> Cut {
        Cut {
            drop_optional: self.one_in(7),
            drop_needed: self.one_in(7),
            coarsen: self.pick(&[None, Some(0), Some(1), None, None, None, None]),
            hours: self.pick(&[0, 1, 29, -1, 0, 7, 0]),
            later: self.one_in(7),
            uses: self.count(3),
            hourly: self.count(3),
            add: self.one_in(20),
        }
    }

    fn asking(&mut self) -> Step {
        Step::Ask {
            days: 2 + i64::from(self.roll(38)),
            start: self.pick(&[None, Some(0), Some(1), Some(2), None, None, None]),
            uses: self.count(5),
            hourly: self.count(3),
            raw: self.one_in(2),
            least: self.one_in(3).then(|| {
                let cut = self.cut();
                Cut { add: false, hours: cut.hours.abs(), ..cut }
            }),
        }
    }

    fn step(&mut self) -> Step {
        const MARKS: [Mark; 7] =
            [Mark::Start, Mark::End, Mark::PauseEnd, Mark::Lapse, Mark::WindowOpens, Mark::WindowOpens, Mark::Forgotten];
        #[rustfmt::skip]
        const NAMES: [(&str, Level); 10] = [
            (SIZE, 0), (SIZE, 0), (SIZE, 0), (SIZE, 0), (CITY, 0), (CITY, 0), (SIZE, 1), (SIZE, 2), (CITY, 2), (WATCH, 0),
        ];
        match self.roll(66) {
            0..6 => Step::Advance(self.pick(&[0, 1, 1_000_000, HOUR / 2, HOUR - 1, HOUR, 7 * HOUR, DAY, 5 * DAY])),
            6..22 => {
                let names = (0..self.roll(3)).map(|_| self.pick(&NAMES)).collect();
                Step::Read { names, is_stream: self.one_in(20) }
            }
            22..28 => Step::AdvanceTo(self.pick(&MARKS), self.pick(&[0, -1, 1])),
            28..36 => Step::Approve(self.cut()),
            36..39 => self.asking(),
            39..41 => Step::Counter(self.cut()),
            41..43 => Step::Accept,
            43 => Step::Reject,
            44 => Step::Decline,
            45 => Step::Withdraw,
            46 => Step::Lapse,
            47..50 => Step::Pause(self.pick(&[None, Some(HOUR), Some(0), Some(1), Some(DAY)])),
            50..52 => Step::Resume,
            52 => Step::Revoke,
            53 => Step::Expire,
            54..57 => Step::Exhaust,
            57..61 => Step::Amend(self.cut()),
            61..63 => Step::Suspend(self.one_in(2)),
            _ => Step::Reinstate,
        }
    }
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    (any::<u128>(), prop::collection::vec(any::<u128>(), 62)).prop_map(|(first, rest)| {
        let first = Dice(first).asking();
        // Standing still is what every step shrinks to, and is left out.
        let rest = rest.into_iter().map(|number| Dice(number).step()).filter(|step| !matches!(step, Step::Advance(0)));
        std::iter::once(first).chain(rest).collect()
    })
}

fn moment(micros: i64) -> Timestamp {
    Timestamp::from_micros(NOW.micros() + micros)
}

/// The same terms in the domain's words; `None` where its bounds refuse them, which [`super::terms`] checks.
fn canonical(plain: &Plain, now: i64) -> Option<CanonicalTerms> {
    let view = |level: Level| if level == 1 { View::Masked } else { View::Raw };
    let terms = Terms {
        items: plain.items.iter().map(|(name, level, needed)| item(name, view(*level), *needed)).collect(),
        not_before: plain.start.map(moment),
        expires_at: moment(plain.end),
        uses: plain.uses,
        frequency: plain.hourly.map(|count| Frequency { count, per: Period::Hour }),
        ..super::fixtures::terms()
    };
    terms.canonical(&Catalogue, moment(now)).ok()
}

fn written<T>(result: Result<T, Rejected<T>>, before: &T) -> (T, &'static str)
where
    T: PartialEq + std::fmt::Debug,
{
    match result {
        Ok(next) => (next, "OK"),
        Err(rejected) => {
            assert_eq!(&*rejected.unchanged, before, "a refused transition changes nothing");
            (*rejected.unchanged, rejected.error.reason())
        }
    }
}

/// The domain, driven as the vault drives it: one request, one grant and its usage at a time.
#[derive(Default)]
struct Subject {
    request: Option<Request>,
    grant: Option<Grant>,
    usage: Usage,
    issued: u128,
}

impl Subject {
    fn next_id(&mut self) -> Uuid {
        self.issued += 1;
        id(self.issued)
    }

    fn on_request(&mut self, verb: impl FnOnce(Request) -> Result<Request, Rejected<Request>>) -> &'static str {
        let Some(request) = self.request.take() else { return "NONE" };
        let (next, answer) = written(verb(request.clone()), &request);
        self.request = Some(next);
        answer
    }

    fn on_grant(&mut self, verb: impl FnOnce(Grant) -> Result<Grant, Rejected<Grant>>) -> &'static str {
        let Some(grant) = self.grant.take() else { return "NONE" };
        let (next, answer) = written(verb(grant.clone()), &grant);
        self.grant = Some(next);
        answer
    }

    /// Puts a new grant in the old one's place; whether the old one lived is for the old one to say.
    fn issue(&mut self, grant: Grant, now: Timestamp) {
        if let Some(old) = self.grant.take() {
            let live = old.ended_at(now).is_none();
            assert_eq!(old.supersede(grant.id(), Actor::Customer, now).is_ok(), live);
        }
        self.grant = Some(grant);
        self.usage = Usage::default();
    }

    fn answer(&mut self, terms: CanonicalTerms, explicit: bool, now: Timestamp) -> &'static str {
        let issue = Issue { grant: self.next_id(), supersedes: self.grant.as_ref().map(Grant::id) };
        let Some(request) = self.request.take() else { return "NONE" };
        let before = request.clone();
        let result = if explicit {
            request.counter(terms, notice(), issue, delegate(), now)
        } else {
            request.approve(terms, notice(), issue, Actor::Customer, now)
        };
        match result {
            Ok((request, outcome)) => {
                self.request = Some(request);
                match outcome {
                    Outcome::Countered => "COUNTERED",
                    Outcome::Granted(grant) => {
                        self.issue(*grant, now);
                        "GRANTED"
                    }
                }
            }
            Err(rejected) => {
                assert_eq!(*rejected.unchanged, before);
                self.request = Some(before);
                rejected.error.reason()
            }
        }
    }

    fn accept(&mut self, now: Timestamp) -> &'static str {
        let issue = Issue { grant: self.next_id(), supersedes: self.grant.as_ref().map(Grant::id) };
        let mut granted = None;
        let answer = self.on_request(|request| {
            let (request, grant) = request.accept_counter(issue, Actor::Brand, now)?;
            granted = Some(grant);
            Ok(request)
        });
        if let Some(grant) = granted {
            self.issue(grant, now);
        }
        answer
    }

    fn amend(&mut self, terms: CanonicalTerms, now: Timestamp) -> &'static str {
        let successor = self.next_id();
        let usage = self.usage.clone();
        let mut amended = None;
        let answer = self.on_grant(|grant| {
            let done = grant.amend(terms, successor, &usage, Actor::Customer, now)?;
            amended = Some((done.grant, done.usage));
            Ok(done.superseded)
        });
        if let Some((grant, usage)) = amended {
            let old = self.grant.replace(grant).expect("amended");
            assert_eq!(check(&old, &usage, &whole(), now).expect_err("replaced").reason(), "GRANT_SUPERSEDED");
            self.usage = usage;
        }
        answer
    }

    /// What is decided, and what the brand is told.
    fn read(&mut self, names: &[(&'static str, Level)], is_stream: bool, now: Timestamp) -> (String, String) {
        let Some(grant) = &self.grant else { return ("NONE".to_owned(), "NONE".to_owned()) };
        let view = |level: Level| [None, Some(View::Masked), Some(View::Raw)][usize::from(level)];
        let attributes = names.iter().map(|(name, level)| ((*name).to_owned(), view(*level))).collect();
        let method = if is_stream { Method::Stream } else { Method::Read };
        match check(grant, &self.usage, &Ask { method, attributes, ..whole() }, now) {
            Ok(permit) => {
                self.usage.record(now);
                let released: BTreeSet<_> =
                    permit.items().iter().map(|(name, view)| (name.as_str(), if *view == View::Masked { 1 } else { 2 })).collect();
                let word = format!("OK {released:?}");
                (word.clone(), word)
            }
            Err(refusal) => {
                use crate::consent::Refusal::{AttributeNotGranted, FrequencyExceeded, ViewNotGranted};
                let word = |refusal: &crate::consent::Refusal| match refusal {
                    AttributeNotGranted { attribute } | ViewNotGranted { attribute } => format!("{} {attribute}", refusal.reason()),
                    FrequencyExceeded { retry_after_seconds } => format!("{} {retry_after_seconds}", refusal.reason()),
                    _ => refusal.reason().to_owned(),
                };
                (word(&refusal), word(&public_refusal(&refusal, grant, now)))
            }
        }
    }
}

fn whole() -> Ask {
    super::fixtures::ask(&[])
}

/// Names in a read are told once each here: what two of one name mean is for [`super::reads`].
fn once_each(names: &[(&'static str, Level)]) -> Vec<(&'static str, Level)> {
    let mut seen = BTreeSet::new();
    names.iter().copied().filter(|(name, _)| seen.insert(*name)).collect()
}

fn mark(reference: &Reference, mark: Mark) -> Option<i64> {
    let asked_at = reference.facts.iter().rev().find(|(_, fact)| matches!(fact, Fact::Asked { .. })).map(|(at, _)| *at);
    let life = reference.life();
    match mark {
        Mark::Lapse => asked_at.map(|at| at + 14 * DAY),
        Mark::Start => life?.terms.start,
        Mark::End => Some(life?.terms.end),
        Mark::PauseEnd => life?.pause.filter(|until| *until < i64::MAX),
        Mark::WindowOpens => life?.reads.iter().rev().nth(1).map(|read| read + HOUR),
        Mark::Forgotten => Some(life?.terms.end + 30 * DAY),
    }
}

/// Runs one history and counts the answers; panics at the first difference.
fn run(steps: &[Step], seen: &mut BTreeMap<String, u64>) {
    let mut subject = Subject::default();
    let mut reference = Reference::default();
    let mut now = 0_i64;
    for step in steps {
        let then = moment(now);
        let (ours, theirs) = match step {
            Step::Advance(micros) => {
                now += micros;
                continue;
            }
            Step::AdvanceTo(at, offset) => {
                now = mark(&reference, *at).map_or(now, |at| now.max(at + offset));
                continue;
            }
            Step::Ask { days, start, uses, hourly, raw, least } => {
                let level = if *raw { 2 } else { 1 };
                let items = vec![(SIZE, 2, true), (CITY, level, false)];
                let start = start.map(|hours| now + hours * HOUR);
                let offer = Plain { items, start, end: now + days * DAY, uses: *uses, hourly: *hourly };
                let least = least.as_ref().map(|cut| cut.of(&offer, now)).filter(|least| least.is_less_or_same(&offer));
                let least = least.filter(|least| canonical(least, now).is_some());
                let new = NewRequest {
                    id: subject.next_id(),
                    handle: "r".to_owned(),
                    brand: id(2),
                    terms: canonical(&offer, now).expect("within every bound"),
                    auto_accept: least.as_ref().and_then(|least| canonical(least, now)),
                };
                subject.request = Some(Request::ask(new, then).expect("the rule narrows the offer"));
                ("OK".to_owned(), reference.say(Fact::Asked { offer, least }, now).to_owned())
            }
            Step::Approve(cut) | Step::Counter(cut) => {
                let explicit = matches!(step, Step::Counter(_));
                let offered = reference.facts.iter().rev().find_map(|(_, fact)| match fact {
                    Fact::Asked { offer, .. } => Some(offer),
                    _ => None,
                });
                let Some(terms) = offered.map(|offer| cut.of(offer, now)) else { continue };
                let Some(canonical) = canonical(&terms, now) else { continue };
                let fact = if explicit { Fact::Countered(terms) } else { Fact::Approved(terms) };
                (subject.answer(canonical, explicit, then).to_owned(), reference.say(fact, now).to_owned())
            }
            Step::Amend(cut) => {
                let Some(terms) = reference.life().map(|life| cut.of(&life.terms, now)) else { continue };
                let Some(canonical) = canonical(&terms, now) else { continue };
                (subject.amend(canonical, then).to_owned(), reference.say(Fact::Amended(terms), now).to_owned())
            }
            Step::Read { names, is_stream } => {
                let names = once_each(names);
                let (ours, theirs) = (subject.read(&names, *is_stream, then), reference.read(&names, *is_stream, now));
                assert_eq!(ours.1, theirs.1, "what the brand is told of {step:?} at {now}");
                (ours.0, theirs.0)
            }
            _ => {
                let (ours, fact) = plain(&mut subject, step, now);
                if ours == "NONE" {
                    continue;
                }
                (ours.to_owned(), reference.say(fact, now).to_owned())
            }
        };
        assert_eq!(ours, theirs, "{step:?} at {now}");
        *seen.entry(ours.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
        let request = word(subject.request.as_ref().map(|request| request.effective_state(then)));
        let view = word(subject.request.as_ref().map(|request| request.brand_view(then)));
        let grant = word(subject.grant.as_ref().map(|grant| grant.effective_state(then)));
        assert_eq!(
            (request.as_str(), view.as_str(), grant.as_str()),
            (reference.request_word(now), reference.brand_sees(now), reference.grant_word(now)),
            "after {step:?} at {now}"
        );
    }
}

/// A state by its stored word, in capitals.
fn word<T: serde::Serialize>(state: Option<T>) -> String {
    let json = state.map_or("none".to_owned(), |state| serde_json::to_string(&state).expect("serialises"));
    json.trim_matches('"').to_uppercase()
}

/// The steps that carry no terms.
fn plain(subject: &mut Subject, step: &Step, now: i64) -> (&'static str, Fact) {
    let then = moment(now);
    match step {
        Step::Accept => (subject.accept(then), Fact::Accepted),
        Step::Reject => (subject.on_request(|request| request.reject_counter(Actor::Brand, then)), Fact::Rejected),
        Step::Decline => (subject.on_request(|request| request.decline(Actor::Customer, then)), Fact::Declined),
        Step::Withdraw => (subject.on_request(|request| request.withdraw(Actor::Brand, then)), Fact::Withdrawn),
        Step::Lapse => (subject.on_request(|request| request.lapse(Actor::Clock, then)), Fact::Lapsed),
        Step::Pause(length) => {
            let until = length.map(|length| now + length);
            (subject.on_grant(|grant| grant.pause(until.map(moment), Actor::Customer, then)), Fact::Paused(until.unwrap_or(i64::MAX)))
        }
        Step::Resume => (subject.on_grant(|grant| grant.resume(Actor::Customer, then)), Fact::Resumed),
        Step::Revoke => (subject.on_grant(|grant| grant.revoke(Actor::Customer, then)), Fact::Revoked),
        Step::Expire => (subject.on_grant(|grant| grant.expire(Actor::Clock, then)), Fact::Expired),
        Step::Exhaust => {
            let usage = subject.usage.clone();
            (subject.on_grant(|grant| grant.exhaust(&usage, Actor::Clock, then)), Fact::Exhausted)
        }
        Step::Suspend(true) => {
            (subject.on_grant(|grant| grant.suspend(Suspension::BrandSuspended, Actor::Operator, then)), Fact::Suspended("BRAND"))
        }
        Step::Suspend(false) => {
            (subject.on_grant(|grant| grant.suspend(Suspension::PurposeChanged, Actor::Clock, then)), Fact::Suspended("PURPOSE"))
        }
        Step::Reinstate => (subject.on_grant(|grant| grant.reinstate(Actor::Operator, then)), Fact::Reinstated),
        other => unreachable!("{other:?} carries terms or moves the clock"),
    }
}

#[test]
fn every_decision_of_4_000_histories_is_that_of_the_naive_reference() {
    let seen = RefCell::new(BTreeMap::new());
    let config = Config { cases: 4_000, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    TestRunner::new(config)
        .run(&history(), |steps| {
            run(&steps, &mut seen.borrow_mut());
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    // The histories went everywhere: each answer came, and not by chance alone.
    let seen = seen.into_inner();
    #[rustfmt::skip]
    let expected = [
        "OK",
        "GRANTED",
        "COUNTERED",
        "REQUEST_ALREADY_DECIDED",
        "REQUEST_WITHDRAWN",
        "REQUEST_LAPSED",
        "REQUEST_COUNTERED",
        "REQUEST_NOT_COUNTERED",
        "REQUEST_CLOSED",
        "REQUEST_STILL_OPEN",
        "GRANT_REVOKED",
        "GRANT_EXPIRED",
        "GRANT_EXHAUSTED",
        "GRANT_SUSPENDED",
        "GRANT_PAUSED",
        "GRANT_ALREADY_PAUSED",
        "GRANT_NOT_PAUSED",
        "GRANT_NOT_EXPIRED",
        "GRANT_NOT_EXHAUSTED",
        "GRANT_NOT_SUSPENDED",
        "PURPOSE_CHANGED",
        "PAUSE_ENDS_IN_PAST",
        "TERMS_NOT_NARROWER",
        "TERMS_UNCHANGED",
        "GRANT_NOT_YET_VALID",
        "MODE_NOT_GRANTED",
        "ATTRIBUTE_NOT_GRANTED",
        "VIEW_NOT_GRANTED",
        "FREQUENCY_EXCEEDED",
    ];
    for answer in expected {
        assert!(seen.get(answer).is_some_and(|count| *count > 20), "{answer} came {:?} times", seen.get(answer));
    }
}
