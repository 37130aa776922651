//! Requests: every state and verb, what a brand can and cannot see.

use super::fixtures::{NOW, canonical, changed, delegate, id, issue, item, notice, request_for, terms};
use crate::clock::Timestamp;
use crate::consent::{
    Actor, BrandView, CanonicalTerms, NewRequest, NoticeSeen, Outcome, Rejected, Request, RequestState, Terms, TransitionError, View,
};

fn micro(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(moment.micros() + by)
}

fn asked() -> Request {
    request_for(canonical(&terms()), None)
}

/// Without the optional items.
fn less() -> CanonicalTerms {
    canonical(&changed(|terms| terms.items.truncate(1)))
}

/// Without the needed item.
fn least() -> CanonicalTerms {
    canonical(&changed(|terms| drop(terms.items.remove(0))))
}

fn approve(request: Request, terms: CanonicalTerms, now: Timestamp) -> Result<(Request, Outcome), Rejected<Request>> {
    request.approve(terms, notice(), issue(10), Actor::Customer, now)
}

fn countered() -> Request {
    approve(asked(), least(), NOW).expect("narrows").0
}

type Verb = (&'static str, Actor, fn(Request, Actor, Timestamp) -> Result<Request, Rejected<Request>>);

fn verbs() -> Vec<Verb> {
    vec![
        ("approve", Actor::Customer, |request, by, now| request.approve(less(), notice(), issue(10), by, now).map(|(next, _)| next)),
        ("counter", Actor::Customer, |request, by, now| request.counter(less(), notice(), issue(10), by, now).map(|(next, _)| next)),
        ("decline", Actor::Customer, Request::decline),
        ("accept", Actor::Brand, |request, by, now| request.accept_counter(issue(10), by, now).map(|(next, _)| next)),
        ("reject", Actor::Brand, Request::reject_counter),
        ("withdraw", Actor::Brand, Request::withdraw),
        ("lapse", Actor::Clock, Request::lapse),
    ]
}

#[test]
fn every_state_meets_every_verb_and_a_refused_verb_changes_nothing() {
    use RequestState::{Approved, Countered, Declined, Lapsed, Pending, RejectedByBrand, Withdrawn};
    let (early, late) = (NOW.plus_days(1), NOW.plus_days(14));
    let customer = Actor::Customer;
    let decided = "REQUEST_ALREADY_DECIDED";
    let (open, closed, none) = ("REQUEST_STILL_OPEN", "REQUEST_CLOSED", "REQUEST_NOT_COUNTERED");
    let (lapsed, waits, gone) = ("REQUEST_LAPSED", "REQUEST_COUNTERED", "REQUEST_WITHDRAWN");
    let declined = || asked().decline(customer.clone(), NOW).expect("pending");
    let approved = || approve(asked(), less(), NOW).expect("pending").0;
    let withdrawn = || asked().withdraw(Actor::Brand, NOW).expect("pending");
    let rejected = || countered().reject_counter(Actor::Brand, NOW).expect("countered");
    let written_lapse = || asked().lapse(Actor::Clock, late).expect("late");
    let ok = |state: RequestState| Ok::<_, &str>(state);
    // Columns: approve, counter, decline | accept, reject, withdraw | lapse.
    #[rustfmt::skip]
    let table = [
        (asked(), early, [ok(Approved), ok(Countered), ok(Declined), Err(none), Err(none), ok(Withdrawn), Err(open)]),
        (asked(), late, [Err(lapsed), Err(lapsed), Err(lapsed), Err(closed), Err(closed), Err(closed), ok(Lapsed)]),
        (approved(), early, [Err(decided); 7]),
        (approved(), late, [Err(decided); 7]),
        (declined(), early, [Err(decided), Err(decided), Err(decided), Err(none), Err(none), ok(Declined), Err(decided)]),
        (declined(), late, [Err(decided), Err(decided), Err(decided), Err(closed), Err(closed), Err(closed), Err(decided)]),
        (countered(), early, [Err(waits), Err(waits), Err(waits), ok(Approved), ok(RejectedByBrand), Err(waits), Err(open)]),
        (countered(), late, [Err(lapsed), Err(lapsed), Err(lapsed), Err(closed), Err(closed), Err(closed), ok(Lapsed)]),
        (withdrawn(), early, [Err(gone), Err(gone), Err(gone), Err(closed), Err(closed), Err(closed), Err(gone)]),
        (rejected(), early, [Err(decided), Err(decided), Err(decided), Err(closed), Err(closed), Err(closed), Err(decided)]),
        (written_lapse(), late, [Err(lapsed), Err(lapsed), Err(lapsed), Err(closed), Err(closed), Err(closed), Err(lapsed)]),
    ];
    let seen: std::collections::HashSet<_> = table.iter().map(|(request, ..)| request.state()).collect();
    assert_eq!(seen.len(), 7, "every state is in the table");
    for (request, now, expected) in table {
        assert_ne!(Pending, request.effective_state(late));
        for ((name, by, verb), expected) in verbs().into_iter().zip(expected) {
            let context = format!("{name} in {:?} at {now}", request.state());
            match (verb(request.clone(), by.clone(), now), expected) {
                (Ok(next), Ok(state)) => {
                    assert_eq!(next.state(), state, "{context}");
                    assert_eq!(next.changed(), (now, &by), "{context}");
                }
                (Err(rejected), Err(reason)) => {
                    assert_eq!(rejected.error.reason(), reason, "{context}");
                    assert_eq!(*rejected.unchanged, request, "{context}");
                }
                (result, expected) => panic!("{context}: {result:?}, expected {expected:?}"),
            }
        }
    }
}

#[test]
fn only_the_right_actor_decides() {
    let actors = [Actor::Customer, delegate(), Actor::Clock, Actor::Brand, Actor::Operator];
    for (name, right, verb) in verbs() {
        let (request, now) = match name {
            "accept" | "reject" => (countered(), NOW),
            "lapse" => (asked(), NOW.plus_days(14)),
            _ => (asked(), NOW),
        };
        for actor in &actors {
            let result = verb(request.clone(), actor.clone(), now);
            if actor == &right || (right == Actor::Customer && actor == &delegate()) {
                assert!(result.is_ok(), "{name} by {actor:?}");
            } else {
                let rejected = result.expect_err("another actor");
                assert_eq!(rejected.error.reason(), "ACTOR_NOT_ALLOWED", "{name} by {actor:?}");
                assert_eq!(*rejected.unchanged, request);
            }
        }
    }
}

#[test]
fn a_grant_that_does_not_narrow_its_request_cannot_be_built() {
    let wider: [fn(&mut Terms); 6] = [
        |terms| terms.items[1].view = View::Raw,
        |terms| terms.items.push(item("purchase.jewel", View::Raw, false)),
        |terms| terms.expires_at = NOW.plus_days(91),
        |terms| terms.predictions = true,
        |terms| terms.onward.push("Atelier".to_owned()),
        |terms| terms.purpose.version = 4,
    ];
    for change in wider {
        let terms = canonical(&changed(change));
        let rejected = approve(asked(), terms.clone(), NOW).expect_err("wider");
        assert_eq!((rejected.error.reason(), rejected.error.violations().len()), ("TERMS_NOT_NARROWER", 1));
        assert_eq!(*rejected.unchanged, asked());
        let countered = asked().counter(terms, notice(), issue(10), Actor::Customer, NOW).expect_err("wider");
        assert_eq!(countered.error.reason(), "TERMS_NOT_NARROWER");
    }
}

#[test]
fn less_is_granted_and_less_than_needed_is_a_counter_offer() {
    let (request, outcome) = approve(asked(), less(), NOW).expect("narrows");
    let Outcome::Granted(grant) = outcome else { panic!("not granted") };
    assert_eq!((grant.terms(), grant.request(), grant.brand(), grant.id()), (&less(), id(1), id(2), id(10)));
    assert_eq!((request.grant(), request.counter_offer()), (Some(id(10)), None));

    let (request, outcome) = approve(asked(), least(), NOW).expect("narrows");
    assert_eq!((outcome, request.grant()), (Outcome::Countered, None), "nothing flows");
    let now = NOW.plus_days(3);
    let (request, grant) = request.accept_counter(issue(11), Actor::Brand, now).expect("countered");
    assert_eq!((grant.terms(), grant.approved_at(), grant.decided_by()), (&least(), now, &Actor::Customer));
    assert_eq!((request.state(), request.grant()), (RequestState::Approved, Some(id(11))));
}

#[test]
fn a_coarser_needed_item_is_a_counter_offer_too() {
    let coarser = canonical(&changed(|terms| terms.items[0].view = View::Masked));
    assert_eq!(approve(asked(), coarser, NOW).expect("narrows").1, Outcome::Countered);
    let optional = canonical(&changed(|terms| terms.items[2].view = View::Masked));
    assert!(matches!(approve(asked(), optional, NOW).expect("narrows").1, Outcome::Granted(_)));
}

#[test]
fn a_counter_offer_of_the_same_terms_is_refused() {
    let rejected = asked().counter(canonical(&terms()), notice(), issue(10), Actor::Customer, NOW).expect_err("the same");
    assert_eq!(rejected.error, TransitionError::TermsUnchanged);
}

#[test]
fn the_brands_rule_takes_an_offer_at_once_and_only_down_to_its_least() {
    let shorter = |days, keep: usize| {
        canonical(&changed(|terms| {
            terms.items.remove(0);
            terms.items.truncate(keep);
            terms.expires_at = NOW.plus_days(days);
        }))
    };
    let request = || request_for(canonical(&terms()), Some(shorter(30, 1)));
    for enough in [shorter(30, 1), shorter(60, 2)] {
        let outcome = approve(request(), enough.clone(), NOW).expect("narrows").1;
        assert!(matches!(outcome, Outcome::Granted(grant) if grant.terms() == &enough));
        let (_, outcome) = request().counter(enough, notice(), issue(10), Actor::Customer, NOW).expect("narrows");
        assert!(matches!(outcome, Outcome::Granted(_)));
    }
    assert_eq!(approve(request(), shorter(29, 2), NOW).expect("narrows").1, Outcome::Countered);
    let new = NewRequest { id: id(1), handle: "r-1".to_owned(), brand: id(2), terms: less(), auto_accept: Some(canonical(&terms())) };
    let violations = Request::ask(new, NOW).expect_err("more than is asked");
    assert_eq!(violations[0].field, "auto_accept.items[1].attribute");
}

#[test]
fn a_counter_offer_whose_term_is_over_makes_no_grant() {
    let short = canonical(&changed(|terms| {
        terms.items.remove(0);
        terms.expires_at = NOW.plus_days(2);
    }));
    let (request, _) = approve(asked(), short, NOW).expect("narrows");
    assert!(request.clone().accept_counter(issue(10), Actor::Brand, micro(NOW.plus_days(2), -1)).is_ok());
    let rejected = request.clone().accept_counter(issue(10), Actor::Brand, NOW.plus_days(2)).expect_err("over");
    assert_eq!((rejected.error, *rejected.unchanged), (TransitionError::TermsExpired, request));
}

#[test]
fn the_notice_belongs_to_the_version_asked() {
    let other = NoticeSeen { version: 2, ..notice() };
    for terms in [less(), least()] {
        let rejected = asked().approve(terms, other.clone(), issue(10), Actor::Customer, NOW).expect_err("another version");
        assert_eq!(rejected.error, TransitionError::NoticeMismatch);
    }
}

#[test]
fn declined_and_unanswered_look_alike_to_the_brand_at_every_moment_and_to_every_call() {
    let unanswered = asked();
    let declined = asked().decline(Actor::Customer, NOW).expect("pending");
    let lapsed = asked().lapse(Actor::Clock, NOW.plus_days(14)).expect("late");
    let boundary = NOW.plus_days(14);
    for now in [NOW, micro(boundary, -1), boundary, NOW.plus_days(100)] {
        let expected = if now < boundary { BrandView::Pending } else { BrandView::Closed };
        let mut alike = vec![&unanswered, &declined];
        if now >= boundary {
            alike.push(&lapsed);
        }
        for request in alike {
            assert_eq!(request.brand_view(now), expected);
            assert_eq!(request.may_ask_again_at(), NOW.plus_days(90));
            for (name, by, verb) in verbs().into_iter().filter(|(_, by, _)| *by == Actor::Brand) {
                let face = |request: &Request| match verb(request.clone(), by.clone(), now) {
                    Ok(next) => Ok((next.brand_view(now), next.brand_view(NOW.plus_days(100)), next.may_ask_again_at())),
                    Err(rejected) => Err(rejected.error.reason()),
                };
                assert_eq!(face(request), face(&unanswered), "{name} at {now}");
            }
        }
    }
}

#[test]
fn withdrawing_a_declined_request_keeps_the_customers_no() {
    let declined = asked().decline(delegate(), NOW).expect("pending");
    let withdrawn = declined.withdraw(Actor::Brand, NOW).expect("looks pending");
    assert_eq!((withdrawn.state(), withdrawn.withdrawn_at()), (RequestState::Declined, Some(NOW)));
    assert_eq!(withdrawn.brand_view(NOW), BrandView::Closed);
    let again = withdrawn.withdraw(Actor::Brand, NOW).expect_err("closed");
    assert_eq!(again.error, TransitionError::RequestClosed);
}

#[test]
fn approved_countered_and_rejected_are_shown_to_the_brand() {
    let approved = approve(asked(), less(), NOW).expect("pending").0;
    assert_eq!(approved.brand_view(NOW.plus_days(50)), BrandView::Approved);
    assert_eq!(countered().brand_view(NOW), BrandView::Countered);
    assert_eq!(countered().brand_view(NOW.plus_days(14)), BrandView::Closed);
    let rejected = countered().reject_counter(Actor::Brand, NOW).expect("countered");
    assert_eq!(rejected.brand_view(NOW), BrandView::Closed);
    assert_eq!(asked().withdraw(Actor::Brand, NOW).expect("pending").brand_view(NOW), BrandView::Closed);
}

#[test]
fn a_request_is_read_back_as_it_was_stored() {
    let decided = countered();
    let json = serde_json::to_string(&decided).expect("serialises");
    assert_eq!(serde_json::from_str::<Request>(&json).expect("own JSON"), decided);
    assert!(json.contains(r#""state":"countered""#));
    assert!(serde_json::from_str::<Request>(&json.replacen('{', r#"{"extra":1,"#, 1)).is_err());
}
