//! Round trips: our record, the form, and our record without what the form says it loses.

use std::cell::RefCell;

use proptest::prelude::*;
use serde_json::Value;

use super::arbitrary::record;
use super::{has, minus, readers};
use crate::error::Kind;
use crate::standard::{Form, depa, iso27560, kantara};

fn config() -> ProptestConfig {
    ProptestConfig::with_cases(256)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn iso_27560_holds_all_but_what_it_says(record in record()) {
        prop_assert_eq!(readers::iso27560(&iso27560::write(&record)), minus(&record, &iso27560::LOSSES));
    }

    #[test]
    fn kantara_holds_all_but_what_it_says(record in record()) {
        prop_assert_eq!(readers::kantara(&kantara::write(&record)), minus(&record, &kantara::LOSSES));
    }

    #[test]
    fn depa_holds_all_but_what_it_says(record in record()) {
        let detail = RefCell::new(Vec::new());
        let form = depa::write(&record, |bytes| {
            bytes.clone_into(&mut detail.borrow_mut());
            "signed".to_owned()
        });
        let given = !matches!(record.latest().decision.as_str(), "decline" | "counter");
        prop_assert_eq!(form.is_some(), given);
        if let Some(form) = form {
            let detail: Value = serde_json::from_slice(&detail.borrow()).expect("JSON");
            prop_assert_eq!(&form["signedConsent"], "signed");
            prop_assert_eq!(readers::depa(&form, &detail), minus(&record, &depa::LOSSES));
        }
    }

    #[test]
    fn a_form_is_the_same_each_time(record in record()) {
        for form in Form::ALL {
            prop_assert_eq!(super::write(form, &record), super::write(form, &record));
        }
    }
}

#[test]
fn what_is_said_to_be_lost_is_something_that_a_record_has() {
    let mut missing: Vec<_> = Form::ALL.into_iter().flat_map(|form| form.losses().iter().map(move |loss| (form, loss.field))).collect();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..64 {
        let tree = record().new_tree(&mut runner).expect("a record");
        let ours = serde_json::to_value(proptest::strategy::ValueTree::current(&tree)).expect("serializes");
        missing.retain(|(_, field)| !has(&ours, &field.split('.').collect::<Vec<_>>()));
    }
    assert!(missing.is_empty(), "{missing:?}");
    for form in Form::ALL {
        let mut fields: Vec<_> = form.losses().iter().map(|loss| loss.field).collect();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields.len(), form.losses().len(), "{form:?} names a field twice");
        assert!(form.losses().iter().all(|loss| loss.why.ends_with('.')), "{form:?}");
    }
}

#[test]
fn a_refusal_has_no_depa_form() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut record = proptest::strategy::ValueTree::current(&record().new_tree(&mut runner).expect("a record"));
    record.events.last_mut().expect("an event").decision = "decline".to_owned();
    let refused = Form::Depa.write(&record, |_| panic!("nothing is signed")).expect_err("no form");
    assert_eq!((refused.kind(), refused.reason()), (Kind::FailedPrecondition, "FORM_HAS_NO_REFUSAL"));
    assert_eq!(
        Form::Iso27560.write(&record, |_| String::new()).expect("a form")["dpv:hasConsentStatus"].as_array().map(Vec::is_empty),
        Some(false)
    );
}
