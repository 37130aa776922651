//! One read against one grant, at the edges of time, count and view.

use super::fixtures::{NOW, ask, canonical, changed, grant, grant_of, id, item};
use crate::clock::Timestamp;
use crate::consent::{
    Actor, Ask, DataRange, Fetch, Frequency, Grant, Method, Mode, Period, Permit, Refusal, Suspension, Usage, View, check, public_refusal,
};

fn read(grant: &Grant, now: Timestamp) -> Result<Permit, Refusal> {
    check(grant, &Usage::default(), &ask(&[]), now)
}

fn micro(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(moment.micros() + by)
}

#[test]
fn start_is_inclusive_and_end_is_exclusive() {
    let (start, end) = (NOW.plus_days(2), NOW.plus_days(3));
    let grant = grant_of(canonical(&changed(|terms| (terms.not_before, terms.expires_at) = (Some(start), end))));
    assert_eq!(read(&grant, micro(start, -1)), Err(Refusal::GrantNotYetValid));
    assert!(read(&grant, start).is_ok());
    assert!(read(&grant, micro(end, -1)).is_ok());
    assert_eq!(read(&grant, end), Err(Refusal::GrantExpired));
}

#[test]
fn nothing_is_read_before_the_approval() {
    let grant = grant_of(canonical(&changed(|terms| terms.not_before = Some(NOW.plus_days(-9)))));
    assert_eq!(grant.starts_at(), NOW);
    assert!(read(&grant, NOW).is_ok());
    assert_eq!(read(&grant, micro(NOW, -1)), Err(Refusal::GrantNotYetValid));
}

#[test]
fn a_pause_ends_exactly_at_its_end() {
    let until = NOW.plus_days(1);
    let paused = grant().pause(Some(until), Actor::Customer, NOW).expect("live");
    assert_eq!(read(&paused, NOW), Err(Refusal::GrantPaused));
    assert_eq!(read(&paused, micro(until, -1)), Err(Refusal::GrantPaused));
    assert!(read(&paused, until).is_ok());
    let open = grant().pause(None, Actor::Customer, NOW).expect("live");
    assert_eq!(read(&open, NOW.plus_days(89)), Err(Refusal::GrantPaused));
}

#[test]
fn mode_gates_methods_one_by_one() {
    let in_mode = |mode| {
        grant_of(canonical(&changed(|terms| {
            terms.mode = mode;
            terms.data_life_days = Some(1);
            if mode == Mode::Query {
                terms.items.iter_mut().for_each(|item| item.view = View::Answer);
            }
        })))
    };
    let allowed = [(Mode::View, Method::Read), (Mode::Store, Method::Read), (Mode::Stream, Method::Stream), (Mode::Query, Method::Query)];
    for mode in [Mode::View, Mode::Store, Mode::Stream, Mode::Query] {
        for method in [Method::Read, Method::Stream, Method::Query] {
            let asked = Ask { method, ..ask(&[]) };
            let result = check(&in_mode(mode), &Usage::default(), &asked, NOW);
            if allowed.contains(&(mode, method)) {
                assert_eq!(result.expect("allowed").mode(), mode);
            } else {
                assert_eq!(result, Err(Refusal::ModeNotGranted), "{mode:?} {method:?}");
            }
        }
    }
}

#[test]
fn a_view_can_be_coarser_but_never_finer_than_granted() {
    let asked = |attributes: &[(&str, Option<View>)]| check(&grant(), &Usage::default(), &ask(attributes), NOW);
    let permit = asked(&[("purchase.watch", Some(View::Masked)), ("body.shoe_size", None)]).expect("covered");
    assert_eq!(permit.items(), [("body.shoe_size".to_owned(), View::Raw), ("purchase.watch".to_owned(), View::Masked)]);
    assert_eq!((permit.view_of("purchase.watch"), permit.view_of("profile.city")), (Some(View::Masked), None));
    let finer = Refusal::ViewNotGranted { attribute: "profile.city".to_owned() };
    assert_eq!(asked(&[("profile.city", Some(View::Raw))]), Err(finer));
    let answer = Refusal::ViewNotGranted { attribute: "body.shoe_size".to_owned() };
    assert_eq!(asked(&[("body.shoe_size", Some(View::Answer))]), Err(answer));
    for (attribute, twice) in [("purchase.jewel", [None, None]), ("purchase.*", [None, None]), ("", [None, None])] {
        let missing = Refusal::AttributeNotGranted { attribute: attribute.to_owned() };
        assert_eq!(asked(&[("body.shoe_size", None), (attribute, twice[0])]), Err(missing));
    }
    let twice = asked(&[("purchase.watch", Some(View::Masked)), ("purchase.watch", None)]).expect("covered");
    assert_eq!(twice.items(), [("purchase.watch".to_owned(), View::Masked)], "the coarser counts");
}

#[test]
fn an_empty_list_is_all_that_is_granted_and_no_more() {
    let permit = read(&grant(), NOW).expect("covered");
    let expected = [("body.shoe_size", View::Raw), ("profile.city", View::Masked), ("purchase.watch", View::Raw)];
    assert_eq!(permit.items(), expected.map(|(name, view)| (name.to_owned(), view)));
    assert_eq!((permit.grant_id(), permit.brand(), permit.expires_at()), (id(10), id(2), NOW.plus_days(90)));
    assert_eq!(permit.purpose().code, "fitting");
}

#[test]
fn a_second_read_of_a_one_time_grant_is_refused() {
    let grant = grant_of(canonical(&changed(|terms| terms.fetch = Fetch::Once)));
    let mut usage = Usage::default();
    assert!(check(&grant, &usage, &ask(&[]), NOW).is_ok());
    usage.record(NOW);
    assert_eq!(check(&grant, &usage, &ask(&[]), NOW), Err(Refusal::GrantExhausted));
    usage.used = u32::MAX;
    usage.record(NOW);
    assert_eq!(usage.used, u32::MAX, "counting never starts over");
}

#[test]
fn frequency_is_a_sliding_window_that_opens_exactly_one_period_later() {
    let twice = Frequency { count: 2, per: Period::Hour };
    let grant = grant_of(canonical(&changed(|terms| terms.frequency = Some(twice))));
    let mut usage = Usage::default();
    usage.record(NOW);
    assert_eq!(usage.retry_after(twice, NOW), None);
    usage.record(NOW);
    let refused = |now| check(&grant, &usage, &ask(&[]), now).expect_err("too often");
    assert_eq!(refused(NOW), Refusal::FrequencyExceeded { retry_after_seconds: 3_600 });
    assert_eq!(refused(micro(NOW, 1)), Refusal::FrequencyExceeded { retry_after_seconds: 3_600 });
    let last = micro(NOW.plus_seconds(3_600), -1);
    assert_eq!(refused(last), Refusal::FrequencyExceeded { retry_after_seconds: 1 });
    assert!(check(&grant, &usage, &ask(&[]), NOW.plus_seconds(3_600)).is_ok());
}

#[test]
fn the_wait_is_for_the_read_that_makes_room() {
    let recent = [0, 600, 1_200].map(|seconds| NOW.plus_seconds(seconds));
    let usage = Usage { used: 3, recent: vec![recent[2], recent[0], recent[1]] };
    let now = NOW.plus_seconds(1_800);
    assert_eq!(usage.retry_after(Frequency { count: 3, per: Period::Hour }, now), Some(1_800));
    // A slower frequency after an amendment: two reads have to leave the window.
    assert_eq!(usage.retry_after(Frequency { count: 2, per: Period::Hour }, now), Some(2_400));
    assert_eq!(usage.retry_after(Frequency { count: 4, per: Period::Hour }, now), None);
    // A clock that was set back does not make room.
    assert_eq!(usage.retry_after(Frequency { count: 3, per: Period::Hour }, NOW.plus_seconds(-10)), Some(3_610));
}

#[test]
fn usage_forgets_only_what_no_window_reaches() {
    let mut usage = Usage::default();
    usage.record(NOW);
    usage.record(micro(NOW, 1));
    usage.record(NOW.plus_days(30));
    assert_eq!((usage.used, usage.recent.len()), (3, 2));
}

#[test]
fn a_data_range_covers_records_by_their_own_time() {
    let permit = |range| read(&grant_of(canonical(&changed(|terms| terms.data_range = range))), NOW).expect("covered");
    let all = permit(None);
    assert!(all.covers_time(None) && all.covers_time(Some(Timestamp::MAX)));
    let fixed = permit(Some(DataRange::FromTo { from: NOW.plus_days(-9), to: NOW.plus_days(-1) }));
    assert!(fixed.covers_time(Some(NOW.plus_days(-9))));
    assert!(!fixed.covers_time(Some(NOW.plus_days(-1))), "the end is exclusive");
    assert!(!fixed.covers_time(Some(micro(NOW.plus_days(-9), -1))));
    assert!(!fixed.covers_time(None), "a record without a time is outside every range");
    let rolling = permit(Some(DataRange::LastMonths(1)));
    assert_eq!(rolling.range(), Some((NOW.plus_months(-1), micro(NOW, 1))));
    assert!(rolling.covers_time(Some(NOW)) && rolling.covers_time(Some(NOW.plus_months(-1))));
    assert!(!rolling.covers_time(Some(micro(NOW, 1))), "the future is not in the last month");
}

#[test]
fn refusals_come_in_one_order() {
    let terms = changed(|terms| {
        terms.not_before = Some(NOW.plus_days(1));
        terms.uses = Some(1);
        terms.frequency = Some(Frequency { count: 1, per: Period::Day });
    });
    let grant = grant_of(canonical(&terms));
    let usage = Usage { used: 1, recent: vec![NOW.plus_days(1)] };
    let fresh = Usage { used: 0, recent: vec![NOW.plus_days(1)] };
    let wrong = Ask { method: Method::Stream, ..ask(&[("purchase.jewel", None)]) };
    let other = ask(&[("purchase.jewel", None)]);
    let then = NOW.plus_days(1);
    let paused = grant.clone().pause(None, Actor::Customer, NOW).expect("live");
    assert_eq!(check(&paused, &usage, &wrong, NOW).expect_err("refused").reason(), "GRANT_PAUSED");
    assert_eq!(check(&grant, &usage, &wrong, NOW).expect_err("refused").reason(), "GRANT_NOT_YET_VALID");
    assert_eq!(check(&grant, &usage, &wrong, then).expect_err("refused").reason(), "MODE_NOT_GRANTED");
    assert_eq!(check(&grant, &usage, &other, then).expect_err("refused").reason(), "ATTRIBUTE_NOT_GRANTED");
    assert_eq!(check(&grant, &usage, &ask(&[]), then).expect_err("refused").reason(), "GRANT_EXHAUSTED");
    assert_eq!(check(&grant, &fresh, &ask(&[]), then).expect_err("refused").reason(), "FREQUENCY_EXCEEDED");
}

#[test]
fn an_ended_grant_is_precise_for_30_days_and_then_there_is_no_access() {
    let revoked = grant().revoke(Actor::Customer, NOW.plus_days(1)).expect("live");
    let unwritten = grant();
    let written = grant().expire(Actor::Clock, NOW.plus_days(95)).expect("over");
    for (grant, end, precise) in [
        (&revoked, NOW.plus_days(1), Refusal::GrantRevoked),
        (&unwritten, NOW.plus_days(90), Refusal::GrantExpired),
        (&written, NOW.plus_days(90), Refusal::GrantExpired),
    ] {
        let seen = |now| public_refusal(&read(grant, now).expect_err("ended"), grant, now);
        assert_eq!(seen(end), precise);
        assert_eq!(seen(micro(end.plus_days(30), -1)), precise);
        assert_eq!(seen(end.plus_days(30)), Refusal::NoAccess);
    }
}

#[test]
fn a_live_grants_limits_stay_precise() {
    let suspended = grant().suspend(Suspension::BrandSuspended, Actor::Operator, NOW).expect("live");
    let late = NOW.plus_days(89);
    assert_eq!(public_refusal(&Refusal::GrantSuspended, &suspended, late), Refusal::GrantSuspended);
    let exceeded = Refusal::FrequencyExceeded { retry_after_seconds: 9 };
    assert_eq!(public_refusal(&exceeded, &grant(), late), exceeded);
}

#[test]
fn a_refusal_writes_its_reason_and_reads_it_back() {
    let all = [
        Refusal::GrantRevoked,
        Refusal::GrantExpired,
        Refusal::GrantExhausted,
        Refusal::GrantSuperseded,
        Refusal::GrantSuspended,
        Refusal::GrantPaused,
        Refusal::GrantNotYetValid,
        Refusal::ModeNotGranted,
        Refusal::AttributeNotGranted { attribute: "a.b".to_owned() },
        Refusal::ViewNotGranted { attribute: "a.b".to_owned() },
        Refusal::FrequencyExceeded { retry_after_seconds: 5 },
        Refusal::NoAccess,
    ];
    for refusal in all {
        let json = serde_json::to_value(&refusal).expect("serialises");
        assert_eq!(json["reason"], refusal.reason());
        assert_eq!(serde_json::from_value::<Refusal>(json).expect("own JSON"), refusal);
    }
}

#[test]
fn families_freeze_at_the_decision() {
    let terms = canonical(&changed(|terms| terms.items = vec![item("purchase.*", View::Raw, false)]));
    let grant = grant_of(terms);
    let later = Refusal::AttributeNotGranted { attribute: "purchase.perfume".to_owned() };
    assert_eq!(check(&grant, &Usage::default(), &ask(&[("purchase.perfume", None)]), NOW), Err(later));
}
