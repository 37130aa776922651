//! Grants: every state and verb.

use super::fixtures::{NOW, canonical, changed, delegate, grant, grant_of, id, terms};
use crate::clock::Timestamp;
use crate::consent::{
    Actor, CanonicalTerms, Fetch, Grant, GrantState, Narrowing, Pause, Rejected, Suspension, Terms, TransitionError, Usage, View,
};

const SPENT: Usage = Usage { used: 9, recent: Vec::new() };

fn micro(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(moment.micros() + by)
}

fn nine() -> Terms {
    changed(|terms| terms.uses = Some(9))
}

fn active() -> Grant {
    grant_of(canonical(&nine()))
}

fn shorter() -> CanonicalTerms {
    canonical(&Terms { expires_at: NOW.plus_days(80), ..nine() })
}

fn until() -> Timestamp {
    NOW.plus_days(5)
}

fn paused() -> Grant {
    active().pause(Some(until()), Actor::Customer, NOW).expect("live")
}

fn suspended(reason: Suspension) -> Grant {
    active().suspend(reason, Actor::Operator, NOW).expect("live")
}

type Verb = (&'static str, &'static [Actor], fn(Grant, Actor, Timestamp) -> Result<Grant, Rejected<Grant>>);

fn verbs() -> Vec<Verb> {
    const CUSTOMER: &[Actor] = &[Actor::Customer];
    vec![
        ("pause", &[Actor::Customer, Actor::Operator], |grant, by, now| grant.pause(Some(NOW.plus_days(200)), by, now)),
        ("resume", CUSTOMER, Grant::resume),
        ("revoke", &[Actor::Customer, Actor::Brand, Actor::Operator], Grant::revoke),
        ("expire", &[Actor::Clock], Grant::expire),
        ("exhaust", &[Actor::Clock, Actor::Brand], |grant, by, now| grant.exhaust(&SPENT, by, now)),
        ("supersede", CUSTOMER, |grant, by, now| grant.supersede(id(11), by, now)),
        ("suspend", &[Actor::Clock, Actor::Brand, Actor::Operator], |grant, by, now| grant.suspend(Suspension::BrandSuspended, by, now)),
        ("reinstate", &[Actor::Operator], Grant::reinstate),
        ("amend", CUSTOMER, |grant, by, now| grant.amend(shorter(), id(11), &SPENT, by, now).map(|amended| amended.superseded)),
    ]
}

#[test]
fn every_state_meets_every_verb_and_a_refused_verb_changes_nothing() {
    use GrantState::{Active, Exhausted, Expired, Paused, Revoked, Superseded, Suspended};
    let (early, end) = (NOW.plus_days(1), NOW.plus_days(90));
    let revoked = active().revoke(Actor::Customer, NOW).expect("live");
    let expired = active().expire(Actor::Clock, end).expect("over");
    let exhausted = active().exhaust(&SPENT, Actor::Clock, NOW).expect("spent");
    let superseded = active().supersede(id(12), Actor::Customer, NOW).expect("live");
    let (by_brand, by_purpose) = (suspended(Suspension::BrandSuspended), suspended(Suspension::PurposeChanged));
    let ok = |state: GrantState| Ok::<_, &str>(state);
    let not_expired = Err("GRANT_NOT_EXPIRED");
    let held = Err("GRANT_SUSPENDED");
    let over = |reason| [Err(reason); 9];
    let unwritten = [Err("GRANT_EXPIRED"); 9].map(|cell: Result<GrantState, &str>| cell);
    let unwritten = {
        let mut row = unwritten;
        row[3] = ok(Expired);
        row
    };
    // Columns: pause, resume, revoke | expire, exhaust | supersede, suspend, reinstate | amend.
    #[rustfmt::skip]
    let table = [
        (active(), early, [ok(Paused), Err("GRANT_NOT_PAUSED"), ok(Revoked), not_expired, ok(Exhausted),
            ok(Superseded), ok(Suspended), Err("GRANT_NOT_SUSPENDED"), ok(Superseded)]),
        (active(), end, unwritten),
        (paused(), early, [ok(Paused), ok(Active), ok(Revoked), not_expired, Err("GRANT_PAUSED"),
            ok(Superseded), ok(Suspended), Err("GRANT_NOT_SUSPENDED"), ok(Superseded)]),
        // The pause ran out.
        (paused(), NOW.plus_days(5), [ok(Paused), Err("GRANT_NOT_PAUSED"), ok(Revoked), not_expired, ok(Exhausted),
            ok(Superseded), ok(Suspended), Err("GRANT_NOT_SUSPENDED"), ok(Superseded)]),
        (paused(), end, unwritten),
        (by_brand.clone(), early, [held, held, ok(Revoked), not_expired, held, ok(Superseded), held, ok(Active), held]),
        (by_purpose, early, [held, held, ok(Revoked), not_expired, held, ok(Superseded), ok(Suspended), Err("PURPOSE_CHANGED"), held]),
        (by_brand, end, unwritten),
        (revoked, early, over("GRANT_REVOKED")),
        (expired, end, over("GRANT_EXPIRED")),
        (exhausted.clone(), early, over("GRANT_EXHAUSTED")),
        (exhausted, end, over("GRANT_EXHAUSTED")),
        (superseded, early, over("GRANT_SUPERSEDED")),
    ];
    let seen: std::collections::HashSet<_> = table.iter().map(|(grant, ..)| grant.state()).collect();
    assert_eq!(seen.len(), 7, "every state is in the table");
    for (grant, now, expected) in table {
        for ((name, by, verb), expected) in verbs().into_iter().zip(expected) {
            let context = format!("{name} in {:?} at {now}", grant.state());
            match (verb(grant.clone(), by[0].clone(), now), expected) {
                (Ok(next), Ok(state)) => {
                    assert_eq!((next.state(), next.effective_state(now)), (state, state), "{context}");
                    assert_eq!(next.changed(), (now, &by[0]), "{context}");
                    assert_eq!(next.terms(), grant.terms(), "{context}");
                }
                (Err(rejected), Err(reason)) => {
                    assert_eq!(rejected.error.reason(), reason, "{context}");
                    assert_eq!(*rejected.unchanged, grant, "{context}");
                }
                (result, expected) => panic!("{context}: {result:?}, expected {expected:?}"),
            }
        }
    }
}

#[test]
fn only_the_right_actors_act() {
    for (name, right, verb) in verbs() {
        let (grant, now) = match name {
            "resume" => (paused(), NOW),
            "expire" => (active(), NOW.plus_days(90)),
            "reinstate" => (suspended(Suspension::BrandSuspended), NOW),
            _ => (active(), NOW),
        };
        for actor in [Actor::Customer, delegate(), Actor::Clock, Actor::Brand, Actor::Operator] {
            let result = verb(grant.clone(), actor.clone(), now);
            // Whatever a customer may do, a delegate may do for them.
            if right.contains(&actor) || (actor == delegate() && right.contains(&Actor::Customer)) {
                assert!(result.is_ok(), "{name} by {actor:?}");
            } else {
                let rejected = result.expect_err("another actor");
                assert_eq!(rejected.error.reason(), "ACTOR_NOT_ALLOWED", "{name} by {actor:?}");
                assert_eq!(*rejected.unchanged, grant);
            }
        }
    }
}

#[test]
fn the_state_that_holds_follows_the_clock_exactly() {
    let end = NOW.plus_days(90);
    assert_eq!(active().effective_state(micro(end, -1)), GrantState::Active);
    assert_eq!(active().effective_state(end), GrantState::Expired);
    assert_eq!((active().ended_at(micro(end, -1)), active().ended_at(end)), (None, Some(end)));
    let back = NOW.plus_days(5);
    assert_eq!(paused().effective_state(micro(back, -1)), GrantState::Paused);
    assert_eq!((paused().paused_until(NOW), paused().paused_until(back)), (Some(until()), None));
    assert_eq!(paused().effective_state(back), GrantState::Active);
    let open = active().pause(None, Actor::Customer, NOW).expect("live");
    assert_eq!(open.effective_state(micro(end, -1)), GrantState::Paused);
    assert_eq!(open.effective_state(end), GrantState::Expired);
    assert_eq!(suspended(Suspension::PurposeChanged).effective_state(end), GrantState::Expired);
    let late = active().expire(Actor::Clock, NOW.plus_days(100)).expect("over");
    assert_eq!(late.ended_at(NOW.plus_days(100)), Some(end), "however late it is written");
}

#[test]
fn a_pause_ends_in_the_future_and_can_be_moved_without_a_gap() {
    for until in [NOW, micro(NOW, -1)] {
        let rejected = active().pause(Some(until), Actor::Customer, NOW).expect_err("past");
        assert_eq!(rejected.error, TransitionError::PauseEndsInPast);
    }
    let again = paused().pause(Some(until()), Actor::Customer, NOW).expect_err("the same");
    assert_eq!(again.error, TransitionError::GrantAlreadyPaused);
    let longer = paused().pause(None, Actor::Customer, NOW).expect("paused");
    assert_eq!(longer.pause_set(), Some(Pause { until: None }));
    assert_eq!(longer.effective_state(NOW.plus_days(50)), GrantState::Paused);
}

#[test]
fn an_operator_cannot_open_what_a_customer_closed() {
    assert_eq!(paused().resume(Actor::Operator, NOW).expect_err("operator").error, TransitionError::ActorNotAllowed);
    let held = paused().suspend(Suspension::BrandSuspended, Actor::Operator, NOW).expect("live");
    let lifted = held.clone().reinstate(Actor::Operator, NOW).expect("suspended");
    assert_eq!(lifted.effective_state(NOW), GrantState::Paused, "the customer's pause outlives the suspension");
    let later = held.reinstate(Actor::Operator, NOW.plus_days(5)).expect("suspended");
    assert_eq!(later.effective_state(NOW.plus_days(5)), GrantState::Active);
}

#[test]
fn lifting_a_brands_suspension_does_not_revive_a_changed_purpose() {
    for (first, second) in
        [(Suspension::BrandSuspended, Suspension::PurposeChanged), (Suspension::PurposeChanged, Suspension::BrandSuspended)]
    {
        let both = suspended(first).suspend(second, Actor::Clock, NOW).expect("another reason");
        assert_eq!(both.suspended_for(), [Suspension::PurposeChanged, Suspension::BrandSuspended]);
        let lifted = both.reinstate(Actor::Operator, NOW).expect("suspended");
        assert_eq!((lifted.state(), lifted.suspended_for()), (GrantState::Suspended, &[Suspension::PurposeChanged][..]));
    }
    let ended = suspended(Suspension::PurposeChanged).revoke(Actor::Customer, NOW).expect("live");
    assert_eq!(ended.suspended_for(), [Suspension::PurposeChanged], "the reason is kept");
}

#[test]
fn a_grant_with_uses_left_is_not_exhausted() {
    let eight = Usage { used: 8, recent: Vec::new() };
    assert_eq!(active().exhaust(&eight, Actor::Clock, NOW).expect_err("one left").error, TransitionError::GrantNotExhausted);
    assert_eq!(grant().exhaust(&SPENT, Actor::Clock, NOW).expect_err("unlimited").error, TransitionError::GrantNotExhausted);
}

#[test]
fn an_amendment_replaces_the_grant_by_less_and_goes_on_counting() {
    let usage = Usage { used: 4, recent: vec![NOW] };
    let now = NOW.plus_days(1);
    let amended = active().amend(shorter(), id(11), &usage, delegate(), now).expect("narrower");
    let (old, new) = (&amended.superseded, &amended.grant);
    assert_eq!((old.state(), old.superseded_by(), old.ended_at(now)), (GrantState::Superseded, Some(id(11)), Some(now)));
    assert_eq!((new.state(), new.supersedes(), new.id(), new.terms()), (GrantState::Active, Some(id(10)), id(11), &shorter()));
    assert_eq!((new.request(), new.brand(), new.notice(), new.approved_at()), (old.request(), old.brand(), old.notice(), now));
    assert_eq!((new.decided_by(), &amended.usage, amended.narrowing), (&delegate(), &usage, Narrowing::Less));
}

#[test]
fn an_amendment_never_gives_more_nor_ends_a_pause() {
    let refused = |terms: &Terms| active().amend(canonical(terms), id(11), &SPENT, Actor::Customer, NOW).expect_err("refused");
    for wider in [terms(), Terms { uses: Some(10), ..nine() }, Terms { predictions: true, ..nine() }] {
        let rejected = refused(&wider);
        assert_eq!((rejected.error.reason(), *rejected.unchanged), ("TERMS_NOT_NARROWER", active()));
    }
    assert_eq!(refused(&nine()).error, TransitionError::TermsUnchanged);
    let rejected = active().amend(shorter(), id(11), &SPENT, Actor::Customer, NOW.plus_days(80)).expect_err("over");
    assert_eq!(rejected.error, TransitionError::TermsExpired);
    let held = paused().amend(shorter(), id(11), &SPENT, Actor::Customer, NOW).expect("narrower");
    assert_eq!((held.grant.effective_state(NOW), held.grant.pause_set()), (GrantState::Paused, Some(Pause { until: Some(until()) })));
    let over = paused().amend(shorter(), id(11), &SPENT, Actor::Customer, NOW.plus_days(5)).expect("narrower");
    assert_eq!((over.grant.state(), over.grant.pause_set()), (GrantState::Active, None));
}

#[test]
fn a_customer_may_share_less_of_a_needed_item_at_any_time() {
    let mut less = nine();
    less.items[0].view = View::Masked;
    let amended = active().amend(canonical(&less), id(11), &SPENT, Actor::Customer, NOW).expect("narrower");
    assert_eq!(amended.narrowing, Narrowing::Counter);
    let once = Terms { fetch: Fetch::Once, uses: None, ..nine() };
    assert!(active().amend(canonical(&once), id(11), &SPENT, Actor::Customer, NOW).is_ok());
}

#[test]
fn a_grant_is_read_back_as_it_was_stored_and_hides_a_delegates_name_in_debug() {
    let held = paused().suspend(Suspension::BrandSuspended, Actor::Operator, NOW).expect("live");
    let revoked = held.revoke(delegate(), NOW).expect("live");
    let json = serde_json::to_string(&revoked).expect("serialises");
    assert_eq!(serde_json::from_str::<Grant>(&json).expect("own JSON"), revoked);
    assert!(json.contains(r#""state":"revoked""#) && json.contains(r#""suspended_for":["brand_suspended"]"#));
    assert!(serde_json::from_str::<Grant>(&json.replacen('{', r#"{"extra":1,"#, 1)).is_err());
    assert!(!format!("{revoked:?}").contains("Ada"));
}
