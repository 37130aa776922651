//! The order of terms: its laws over generated terms, each field alone, and that less never reads more.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::fixtures::{Catalogue, NOW, ask, canonical, changed, issue, item, notice, request_for};
use crate::clock::Timestamp;
use crate::consent::{
    Actor, Ask, CanonicalTerms, Contact, DataRange, Fetch, Frequency, Grant, Method, Mode, Narrowing, Outcome, Period, Terms, Usage, View,
    check, is_at_most, narrows,
};

const FIELDS: usize = 15;
/// How many settings each field has; a lower one is mostly less.
const SETTINGS: [u8; FIELDS] = [3, 3, 3, 4, 6, 4, 4, 5, 8, 4, 4, 2, 3, 8, 8];
type Knobs = [u8; FIELDS];

fn frequency(count: u32, per: Period) -> Frequency {
    Frequency { count, per }
}

/// Terms from settings; `None` where nothing is left to ask for.
fn build(knobs: &Knobs) -> Option<CanonicalTerms> {
    let mode = [Mode::View, Mode::Store, Mode::Query, Mode::Stream][usize::from(knobs[3])];
    let names = [("body.shoe_size", true), ("purchase.watch", false), ("profile.city", false)];
    let items = names.iter().zip(knobs).filter(|(_, knob)| **knob > 0).map(|((name, needed), knob)| {
        let view = if mode == Mode::Query { View::Answer } else { [View::Masked, View::Raw][usize::from(*knob - 1)] };
        let mut item = item(name, view, *needed != (knobs[13] == 7));
        if knobs[14] == 7 {
            item.reason = "For another reason.".to_owned();
        }
        item
    });
    let days = |count| NOW.plus_days(count);
    let range = [
        Some(DataRange::FromTo { from: days(-10), to: NOW }),
        Some(DataRange::LastMonths(1)),
        Some(DataRange::LastMonths(3)),
        Some(DataRange::FromTo { from: days(-100), to: days(330) }),
        Some(DataRange::LastMonths(24)),
        None,
    ];
    let (fetch, uses) =
        [(Fetch::Once, None), (Fetch::Periodic, Some(1)), (Fetch::Periodic, Some(3)), (Fetch::Periodic, Some(10)), (Fetch::Periodic, None)]
            [usize::from(knobs[7])];
    let rates = [
        Some(frequency(1, Period::Month)),
        Some(frequency(1, Period::Day)),
        Some(frequency(2, Period::Day)),
        Some(frequency(30, Period::Month)),
        Some(frequency(1, Period::Hour)),
        Some(frequency(24, Period::Day)),
        Some(frequency(720, Period::Month)),
        None,
    ];
    let life = [Some(1), Some(30), Some(90), if mode == Mode::Store { Some(400) } else { None }];
    let processors = [&[][..], &["a"], &["b"], &["a", "b"]][usize::from(knobs[10])];
    let mut terms = Terms {
        items: items.collect(),
        mode,
        data_range: range[usize::from(knobs[4])],
        not_before: [Some(days(40)), Some(days(1)), Some(NOW), None][usize::from(knobs[5])],
        expires_at: [days(41), days(60), days(90), days(300)][usize::from(knobs[6])],
        fetch,
        uses,
        frequency: rates[usize::from(knobs[8])],
        data_life_days: life[usize::from(knobs[9])],
        onward: processors.iter().map(|name| (*name).to_owned()).collect(),
        predictions: knobs[11] == 1,
        contact: [Contact::None, Contact::Drafts, Contact::Yes][usize::from(knobs[12])],
        ..super::fixtures::terms()
    };
    if knobs[13] == 6 {
        terms.reward = Some("a bag charm".to_owned());
    }
    if knobs[14] == 6 {
        terms.purpose.code = "gifting".to_owned();
    }
    (!terms.items.is_empty()).then(|| canonical(&terms))
}

fn any_knobs() -> impl Strategy<Value = Knobs> {
    // The last setting of a field more often, so that there is something to take away; rare ones stay rare.
    any::<[u8; FIELDS]>().prop_map(|random| {
        std::array::from_fn(|field| {
            let setting = random[field] % SETTINGS[field];
            if field < 13 && random[field] > 180 { SETTINGS[field] - 1 } else { setting }
        })
    })
}

/// Mostly less than `from`, in few fields; seldom something else.
fn near(from: Knobs) -> impl Strategy<Value = Knobs> {
    (any::<[u8; FIELDS]>(), any::<u8>(), 0..FIELDS).prop_map(move |(random, other, place)| {
        let mut knobs = from;
        for field in 0..FIELDS {
            if random[field] < 40 && field < 13 {
                knobs[field] = knobs[field].saturating_sub(1 + random[field] % 2);
            }
        }
        if other < 40 {
            knobs[place] = other % SETTINGS[place];
        }
        knobs
    })
}

fn three() -> impl Strategy<Value = [CanonicalTerms; 3]> {
    any_knobs()
        .prop_flat_map(|first| (Just(first), near(first)))
        .prop_flat_map(|(first, second)| (Just(first), Just(second), near(second)))
        .prop_filter_map("nothing is asked for", |(a, b, c)| Some([build(&a)?, build(&b)?, build(&c)?]))
}

/// One pair from anywhere: also terms that have nothing to do with each other.
fn two() -> impl Strategy<Value = [CanonicalTerms; 2]> {
    let far = (any_knobs(), any_knobs());
    let close = any_knobs().prop_flat_map(|first| (Just(first), near(first)));
    prop_oneof![1 => far.boxed(), 3 => close.boxed()].prop_filter_map("nothing is asked for", |(a, b)| Some([build(&a)?, build(&b)?]))
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

#[test]
fn the_generator_makes_comparable_terms_often() {
    let mut runner = TestRunner::deterministic();
    let (mut below, mut chains, mut counters) = (0, 0, 0);
    for _ in 0..1_000 {
        let [a, b, c] = three().new_tree(&mut runner).expect("generates").current();
        below += u32::from(a != b && is_at_most(&b, &a));
        chains += u32::from(a != b && b != c && is_at_most(&b, &a) && is_at_most(&c, &b));
        counters += u32::from(narrows(&a, &b) == Ok(Narrowing::Counter));
    }
    assert!(below > 200 && chains > 50 && counters > 20, "{below} {chains} {counters}");
}

proptest! {
    #![proptest_config(config(4_000))]

    #[test]
    fn the_order_is_reflexive_antisymmetric_and_transitive([a, b, c] in three()) {
        prop_assert!(is_at_most(&a, &a));
        for (x, y) in [(&a, &b), (&b, &c), (&a, &c)] {
            prop_assert_eq!(is_at_most(x, y) && is_at_most(y, x), x == y);
        }
        for (x, y, z) in [(&a, &b, &c), (&a, &c, &b), (&b, &a, &c), (&b, &c, &a), (&c, &a, &b), (&c, &b, &a)] {
            if is_at_most(x, y) && is_at_most(y, z) {
                prop_assert!(is_at_most(x, z));
            }
        }
    }

    #[test]
    fn narrowing_is_the_order_with_needs([offered, granted] in two()) {
        let lost = offered.items().iter().any(|item| {
            item.needed && granted.items().iter().all(|given| given.attribute != item.attribute || given.view < item.view)
        });
        match narrows(&offered, &granted) {
            Err(violations) => {
                prop_assert!(!violations.is_empty() && !is_at_most(&granted, &offered));
            }
            Ok(narrowing) => {
                prop_assert!(is_at_most(&granted, &offered));
                let expected = if offered == granted { Narrowing::Same } else if lost { Narrowing::Counter } else { Narrowing::Less };
                prop_assert_eq!(narrowing, expected);
            }
        }
    }

    #[test]
    fn what_narrows_never_admits_a_read_that_the_offer_would_refuse(
        [offered, granted] in two().prop_filter("not less", |[offered, granted]| is_at_most(granted, offered)),
        steps in prop::collection::vec((0..9_usize, 0..4_usize, 0..3_usize), 1..40),
    ) {
        let (wide, narrow) = (granted_as(&offered, &offered), granted_as(&offered, &granted));
        let mut usage = Usage::default();
        let mut now = NOW;
        for (gap, what, how) in steps {
            let gaps = [0, 1, 1_800, 3_600, 86_399, 86_400, 3 * 86_400, 20 * 86_400, 30 * 86_400];
            now = now.plus_seconds(gaps[gap]);
            let names = ["body.shoe_size", "profile.city", "purchase.watch"];
            let mut asked = if what == 0 { ask(&[]) } else { ask(&[(names[what - 1], None)]) };
            asked.method = [Method::Read, Method::Stream, Method::Query][how];
            let Ok(permit) = check(&narrow, &usage, &asked, now) else { continue };
            // The same reads were made; the same release is asked of the offer.
            let attributes = permit.items().iter().map(|(name, view)| (name.clone(), Some(*view))).collect();
            let explicit = Ask { attributes, ..asked };
            let other = check(&wide, &usage, &explicit, now);
            prop_assert!(other.is_ok(), "{other:?}");
            let other = other.expect("checked");
            prop_assert_eq!(permit.items(), other.items());
            if let Some((first, last)) = other.range() {
                let (from, to) = permit.range().expect("within a range");
                prop_assert!(first <= from && to <= last);
            }
            prop_assert!(permit.expires_at() <= other.expires_at());
            usage.record(now);
        }
    }
}

fn granted_as(offered: &CanonicalTerms, granted: &CanonicalTerms) -> Grant {
    let notice = notice();
    let (request, outcome) =
        request_for(offered.clone(), None).approve(granted.clone(), notice, issue(10), Actor::Customer, NOW).expect("narrows");
    match outcome {
        Outcome::Granted(grant) => *grant,
        Outcome::Countered => request.accept_counter(issue(10), Actor::Brand, NOW).expect("countered").1,
    }
}

/// Both ways at once: `less` is below and not the other way round, and the violation names the field.
fn lower(less: &Terms, more: &Terms, field: &str) {
    let (less, more) = (canonical(less), canonical(more));
    assert!(is_at_most(&less, &more), "{field}: {:?}", narrows(&more, &less));
    let violations = narrows(&less, &more).expect_err(field);
    assert!(violations.iter().any(|violation| violation.field == field), "{field}: {violations:?}");
}

fn incomparable(a: &Terms, b: &Terms, field: &str) {
    for (offered, granted) in [(a, b), (b, a)] {
        let violations = narrows(&canonical(offered), &canonical(granted)).expect_err(field);
        assert!(violations.iter().all(|violation| violation.field == field), "{violations:?}");
    }
}

#[test]
fn each_field_alone_is_ordered_and_named() {
    let base = super::fixtures::terms();
    lower(&changed(|terms| drop(terms.items.remove(2))), &base, "terms.items[2].attribute");
    lower(&changed(|terms| terms.items[2].view = View::Masked), &base, "terms.items[2].view");
    lower(&changed(|terms| terms.expires_at = NOW.plus_days(89)), &base, "terms.expire_time");
    lower(&changed(|terms| terms.not_before = Some(NOW)), &base, "terms.not_before");
    lower(&changed(|terms| terms.data_range = Some(DataRange::LastMonths(1_200))), &base, "terms.data_range");
    lower(&changed(|terms| terms.fetch = Fetch::Once), &base, "terms.fetch");
    lower(&changed(|terms| terms.uses = Some(1_000_000)), &base, "terms.uses");
    lower(&changed(|terms| terms.frequency = Some(frequency(1_000_000, Period::Hour))), &base, "terms.frequency");
    lower(&base, &changed(|terms| terms.onward = vec!["a".to_owned()]), "terms.onward");
    lower(&base, &changed(|terms| terms.predictions = true), "terms.predictions");
    lower(&base, &changed(|terms| terms.contact = Contact::Drafts), "terms.automated_contact");
    let contact = |contact| changed(|terms| terms.contact = contact);
    lower(&contact(Contact::Drafts), &contact(Contact::Yes), "terms.automated_contact");
    let life = |mode, days| changed(|terms| (terms.mode, terms.data_life_days) = (mode, days));
    lower(&life(Mode::Store, Some(29)), &life(Mode::Store, Some(30)), "terms.data_life");
    lower(&life(Mode::Stream, Some(3_650)), &life(Mode::Stream, None), "terms.data_life");
    lower(&life(Mode::View, None), &life(Mode::Store, Some(1)), "terms.mode");
    incomparable(&base, &changed(|terms| terms.reward = Some("a bag charm".to_owned())), "terms.reward");
    incomparable(&base, &changed(|terms| terms.purpose.version = 4), "terms.purpose");
    incomparable(&base, &changed(|terms| terms.items[1].needed = true), "terms.items[1].needed");
    incomparable(&base, &changed(|terms| terms.items[1].reason = "Because.".to_owned()), "terms.items[1].reason");
    incomparable(&life(Mode::View, None), &life(Mode::Stream, None), "terms.mode");
    incomparable(&life(Mode::Store, Some(1)), &life(Mode::Stream, Some(1)), "terms.mode");
}

#[test]
fn answers_are_not_less_than_records_because_they_are_asked_in_another_way() {
    let answers = changed(|terms| {
        terms.mode = Mode::Query;
        terms.items.iter_mut().for_each(|item| item.view = View::Answer);
    });
    let violations = narrows(&canonical(&super::fixtures::terms()), &canonical(&answers)).expect_err("another mode");
    assert_eq!(violations.iter().map(|violation| violation.field.as_str()).collect::<Vec<_>>(), ["terms.mode"]);
    assert!(View::Answer < View::Masked && View::Masked < View::Raw);
}

#[test]
fn rates_are_compared_by_what_any_window_can_hold() {
    let most = [
        (frequency(1, Period::Hour), frequency(24, Period::Day), true),
        (frequency(1, Period::Hour), frequency(23, Period::Day), false),
        (frequency(1, Period::Hour), frequency(720, Period::Month), true),
        (frequency(1, Period::Day), frequency(29, Period::Month), false),
        (frequency(1, Period::Day), frequency(30, Period::Month), true),
        (frequency(1, Period::Day), frequency(1, Period::Hour), true),
        (frequency(24, Period::Day), frequency(1, Period::Hour), false),
        (frequency(24, Period::Day), frequency(24, Period::Hour), true),
        (frequency(30, Period::Month), frequency(1, Period::Day), false),
        (frequency(u32::MAX, Period::Hour), frequency(u32::MAX, Period::Month), false),
    ];
    for (a, b, expected) in most {
        assert_eq!(a.is_at_most(b), expected, "{a:?} {b:?}");
    }
}

#[test]
fn rolling_and_fixed_ranges_compare_over_the_granted_term() {
    let over = |start, end, range| changed(|terms| (terms.not_before, terms.expires_at, terms.data_range) = (start, end, Some(range)));
    let (start, end) = (NOW.plus_days(1), NOW.plus_days(31));
    let rolling = over(Some(start), end, DataRange::LastMonths(1));
    let fixed = |from, to| over(Some(start), end, DataRange::FromTo { from, to });
    let less = |a: &Terms, b: &Terms| is_at_most(&canonical(a), &canonical(b));
    let micro = |moment: Timestamp, by: i64| Timestamp::from_micros(moment.micros() + by);
    assert!(less(&rolling, &fixed(start.plus_months(-1), end)));
    assert!(!less(&rolling, &fixed(micro(start.plus_months(-1), 1), end)));
    assert!(!less(&rolling, &fixed(start.plus_months(-1), micro(end, -1))));
    let tail = micro(end, -1).plus_months(-1);
    assert!(less(&fixed(tail, micro(start, 1)), &rolling));
    assert!(!less(&fixed(micro(tail, -1), micro(start, 1)), &rolling));
    assert!(!less(&fixed(tail, micro(start, 2)), &rolling));
    let open = over(None, end, DataRange::LastMonths(1));
    let wide = over(None, end, DataRange::FromTo { from: NOW.plus_days(-999), to: end });
    assert!(!less(&open, &wide), "with an open start nothing can be shown");
}

#[test]
fn an_attribute_that_was_not_asked_for_is_named_where_it_stands() {
    let more = changed(|terms| terms.items.push(item("purchase.jewel", View::Raw, false)));
    let violations = narrows(&canonical(&super::fixtures::terms()), &canonical(&more)).expect_err("more");
    assert_eq!((violations[0].field.as_str(), violations[0].reason), ("terms.items[2].attribute", "ATTRIBUTE_ADDED"));
    assert_eq!(violations.len(), 1);
    assert!(more.canonical(&Catalogue, NOW).is_ok());
}
