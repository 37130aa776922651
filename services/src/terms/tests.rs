use coffret_vault::attribute::Catalogue;
use coffret_vault::clock::Timestamp;
use coffret_vault::consent::Ceiling;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const BRAND: BrandId = BrandId(Uuid::from_u128(0x0189_0000_0000_7000_8000_0000_0000_0001));

fn texts(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..most).prop_map(|text| text.into_iter().collect())
}

fn moments() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.micros()..=Timestamp::MAX.micros()).prop_map(Timestamp::from_micros)
}

fn counts() -> impl Strategy<Value = u32> {
    1..=i32::MAX as u32
}

fn views() -> impl Strategy<Value = View> {
    prop_oneof![Just(View::Raw), Just(View::Masked), Just(View::Answer)]
}

fn frequencies() -> impl Strategy<Value = Frequency> {
    (counts(), prop_oneof![Just(Period::Hour), Just(Period::Day), Just(Period::Month)]).prop_map(|(count, per)| Frequency { count, per })
}

fn ranges() -> impl Strategy<Value = DataRange> {
    prop_oneof![(moments(), moments()).prop_map(|(from, to)| DataRange::FromTo { from, to }), counts().prop_map(DataRange::LastMonths),]
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let item = ("[a-z]{1,10}[.][a-z*]{1,10}", views(), any::<bool>(), texts(40));
    let item = item.prop_map(|(attribute, view, needed, reason)| Item { attribute, view, needed, reason });
    proptest::collection::vec(item, 0..8)
}

prop_compose! {
    fn every_terms()(
        code in "[a-z][a-z0-9_]{0,49}",
        version in counts(),
        items in items(),
        (mode, fetch, contact) in (
            prop_oneof![Just(Mode::View), Just(Mode::Store), Just(Mode::Query), Just(Mode::Stream)],
            prop_oneof![Just(Fetch::Once), Just(Fetch::Periodic)],
            prop_oneof![Just(Contact::None), Just(Contact::Drafts), Just(Contact::Yes)],
        ),
        data_range in option::of(ranges()),
        not_before in option::of(moments()),
        expires_at in moments(),
        uses in option::of(counts()),
        frequency in option::of(frequencies()),
        data_life_days in option::of(0..=3_650_000_u32),
        (onward, predictions, reward) in (proptest::collection::vec(texts(20), 0..4), any::<bool>(), option::of(texts(40))),
    ) -> Terms {
        Terms {
            purpose: PurposeRef { code, version },
            items, mode, data_range, not_before, expires_at, fetch, uses, frequency, data_life_days, onward, predictions, contact, reward,
        }
    }
}

proptest! {
    #[test]
    fn terms_go_over_the_wire_and_come_back_the_same(terms in every_terms()) {
        let wire = terms_to_wire(&terms, BRAND);
        let bytes = prost::Message::encode_to_vec(&wire);
        let received = <v1::Terms as prost::Message>::decode(bytes.as_slice()).expect("decodes");
        prop_assert_eq!(terms_to_vault(Some(received), "terms", BRAND).expect("reads"), terms);
    }

    #[test]
    fn whatever_the_numbers_the_wire_never_breaks_the_reader(
        numbers in proptest::collection::vec(any::<i32>(), 8),
        seconds in proptest::collection::vec(any::<i64>(), 4),
    ) {
        let moment = |seconds| Some(prost_types::Timestamp { seconds, nanos: numbers[0] });
        let wire = v1::Terms {
            purpose: names::purpose_name(BRAND, "care"),
            purpose_version: numbers[1],
            items: vec![v1::Item { view: numbers[2], ..v1::Item::default() }],
            mode: numbers[3],
            data_range: Some(v1::DataRange { from_time: moment(seconds[0]), to_time: None, last_months: numbers[4] }),
            not_before: moment(seconds[1]),
            expire_time: moment(seconds[2]),
            fetch: numbers[5],
            uses: numbers[6],
            frequency: Some(v1::Frequency { count: numbers[7], period: numbers[0] }),
            data_life: Some(prost_types::Duration { seconds: seconds[3], nanos: numbers[1] }),
            ..v1::Terms::default()
        };
        if let Err(error) = terms_to_vault(Some(wire), "terms", BRAND) {
            prop_assert_eq!(error.kind(), Kind::InvalidArgument);
            prop_assert!(error.field_violations().iter().all(|violation| violation.field.starts_with("terms.")));
        }
    }
}

/// Terms that read.
fn good() -> v1::Terms {
    let moment = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    v1::Terms {
        purpose: names::purpose_name(BRAND, "care"),
        items: vec![
            v1::Item { attribute: "body.height".to_owned(), view: 1, needed: true, reason: "To fit.".to_owned() },
            v1::Item { attribute: "body.shoe_size".to_owned(), view: 2, needed: false, reason: "To fit.".to_owned() },
        ],
        mode: v1::Mode::Store.into(),
        data_range: Some(v1::DataRange { from_time: moment(0), to_time: moment(86_400), last_months: 0 }),
        expire_time: moment(1_800_000_000),
        fetch: v1::Fetch::Periodic.into(),
        frequency: Some(v1::Frequency { count: 3, period: v1::Period::Day.into() }),
        data_life: Some(prost_types::Duration { seconds: 30 * 86_400, nanos: 0 }),
        automated_contact: v1::AutomatedContact::None.into(),
        ..v1::Terms::default()
    }
}

fn fields(wire: v1::Terms, prefix: &str) -> Vec<(String, &'static str)> {
    let error = terms_to_vault(Some(wire), prefix, BRAND).expect_err("refused");
    error.field_violations().iter().map(|violation| (violation.field.clone(), violation.reason)).collect()
}

#[test]
fn every_wrong_field_is_named_by_its_path() {
    type Break = fn(&mut v1::Terms);
    let out_of_range = prost_types::Timestamp { seconds: i64::MAX, nanos: 0 };
    assert!(names::moment(&out_of_range, "t").is_err());
    let cases: [(Break, &str, &str); 30] = [
        (|terms| terms.purpose.clear(), "terms.purpose", "NAME_INVALID"),
        (|terms| terms.purpose = "care".to_owned(), "terms.purpose", "NAME_INVALID"),
        (|terms| terms.purpose = names::purpose_name(BrandId(Uuid::from_u128(9)), "care"), "terms.purpose", "PURPOSE_FOREIGN"),
        (|terms| terms.purpose_version = -1, "terms.purpose_version", "NUMBER_NEGATIVE"),
        (|terms| terms.items[1].view = 0, "terms.items[1].view", "VIEW_MISSING"),
        (|terms| terms.items[1].view = 9, "terms.items[1].view", "VIEW_UNKNOWN"),
        (|terms| terms.items[1].reason = "a".repeat(301), "terms.items[1].reason", "TEXT_TOO_LONG"),
        (|terms| terms.items[0].attribute = "a".repeat(101), "terms.items[0].attribute", "TEXT_TOO_LONG"),
        (|terms| terms.items = vec![v1::Item::default(); 10_000], "terms.items", "TOO_MANY_ITEMS"),
        (|terms| terms.mode = 0, "terms.mode", "MODE_MISSING"),
        (|terms| terms.mode = -1, "terms.mode", "MODE_MISSING"),
        (|terms| terms.data_range = Some(v1::DataRange::default()), "terms.data_range", "RANGE_MISSING"),
        (|terms| terms.data_range.as_mut().expect("there").last_months = 3, "terms.data_range.last_months", "RANGE_TWICE"),
        (|terms| terms.data_range.as_mut().expect("there").to_time = None, "terms.data_range.to_time", "TIME_MISSING"),
        (|terms| terms.data_range.as_mut().expect("there").from_time = None, "terms.data_range.from_time", "TIME_MISSING"),
        (
            |terms| terms.data_range = Some(v1::DataRange { last_months: -3, ..v1::DataRange::default() }),
            "terms.data_range.last_months",
            "NUMBER_NEGATIVE",
        ),
        (
            |terms| terms.data_range.as_mut().expect("there").to_time.as_mut().expect("there").nanos = -1,
            "terms.data_range.to_time",
            "TIME_INVALID",
        ),
        (|terms| terms.not_before = Some(prost_types::Timestamp { seconds: i64::MIN, nanos: 0 }), "terms.not_before", "TIME_INVALID"),
        (|terms| terms.expire_time = None, "terms.expire_time", "TIME_MISSING"),
        (|terms| terms.expire_time.as_mut().expect("there").seconds = i64::MAX, "terms.expire_time", "TIME_INVALID"),
        (|terms| terms.fetch = 0, "terms.fetch", "FETCH_MISSING"),
        (|terms| terms.uses = -1, "terms.uses", "NUMBER_NEGATIVE"),
        (|terms| terms.frequency.as_mut().expect("there").count = -1, "terms.frequency.count", "NUMBER_NEGATIVE"),
        (|terms| terms.frequency.as_mut().expect("there").period = 0, "terms.frequency.period", "PERIOD_MISSING"),
        (|terms| terms.data_life.as_mut().expect("there").seconds = 86_401, "terms.data_life", "DURATION_NOT_IN_DAYS"),
        (|terms| terms.data_life.as_mut().expect("there").nanos = 1, "terms.data_life", "DURATION_INVALID"),
        (|terms| terms.data_life.as_mut().expect("there").seconds = -86_400, "terms.data_life", "DURATION_INVALID"),
        (|terms| terms.onward = vec!["a".to_owned(), "b".repeat(101)], "terms.onward[1]", "TEXT_TOO_LONG"),
        (|terms| terms.onward = vec![String::new(); 51], "terms.onward", "TOO_MANY_PROCESSORS"),
        (|terms| terms.automated_contact = 7, "terms.automated_contact", "CONTACT_UNKNOWN"),
    ];
    assert!(terms_to_vault(Some(good()), "terms", BRAND).is_ok());
    for (spoil, field, reason) in cases {
        let mut wire = good();
        spoil(&mut wire);
        assert_eq!(fields(wire, "terms"), [(field.to_owned(), reason)]);
    }
}

#[test]
fn one_answer_names_all_that_is_wrong_below_the_field_of_the_call() {
    let wire = v1::Terms { uses: -1, mode: 0, reward: "r".repeat(301), ..good() };
    let named: Vec<String> = fields(wire, "accept_at_once").into_iter().map(|(field, _)| field).collect();
    assert_eq!(named, ["accept_at_once.mode", "accept_at_once.uses", "accept_at_once.reward"]);
    assert_eq!(terms_to_vault(None, "terms", BRAND).expect_err("missing").field_violations()[0].field, "terms");
}

#[test]
fn absent_fields_mean_what_the_contract_says() {
    let wire = v1::Terms { data_range: None, frequency: None, data_life: None, automated_contact: 0, ..good() };
    let terms = terms_to_vault(Some(wire), "terms", BRAND).expect("reads");
    assert_eq!((terms.uses, terms.frequency, terms.data_life_days, terms.data_range), (None, None, None, None));
    assert_eq!((terms.contact, terms.not_before, terms.reward, terms.purpose.version), (Contact::None, None, None, 1));
}

#[test]
fn an_answer_keeps_the_purpose_that_was_asked_for() {
    let asked = PurposeRef { code: "care".to_owned(), version: 4 };
    let answer = |wire| answer_to_vault(wire, "terms", BRAND, &asked).map(|terms| terms.purpose);
    assert_eq!(answer(good()).expect("reads"), asked);
    assert_eq!(answer(v1::Terms { purpose_version: 4, ..good() }).expect("reads"), asked);
    for (wire, field) in [
        (v1::Terms { purpose_version: 3, ..good() }, "terms.purpose_version"),
        (v1::Terms { purpose: names::purpose_name(BRAND, "gifts"), ..good() }, "terms.purpose"),
    ] {
        let error = answer(wire).expect_err("refused");
        assert_eq!((error.field_violations()[0].field.as_str(), error.reason()), (field, "PURPOSE_DIFFERS"));
    }
}

#[test]
fn a_violation_takes_the_name_of_the_callers_field_and_no_other_changes() {
    let violation = |field: &str| Violation { field: field.to_owned(), reason: "R", description: "D.".to_owned() };
    let error =
        Error::violations(["auto_accept.uses", "auto_accept[1]", "auto_accept", "auto_accepted", "terms.uses"].map(violation).into());
    let renamed: Vec<String> =
        super::renamed(error, "auto_accept", "accept_at_once").field_violations().iter().map(|one| one.field.clone()).collect();
    assert_eq!(renamed, ["accept_at_once.uses", "accept_at_once[1]", "accept_at_once", "auto_accepted", "terms.uses"]);
    assert_eq!(super::renamed(Error::no_access(), "a", "b").reason(), "NO_ACCESS");
}

fn ceiling() -> v1::Ceiling {
    v1::Ceiling {
        purpose_code: "care".to_owned(),
        max_term_days: 90,
        max_data_life: Some(prost_types::Duration { seconds: 30 * 86_400, nanos: 0 }),
        max_frequency: Some(v1::Frequency { count: 5, period: v1::Period::Hour.into() }),
        max_range_months: 24,
        max_items: 10,
        attributes: vec!["body.*".to_owned(), "identity.birth_date".to_owned()],
        finest_view: v1::View::Masked.into(),
    }
}

fn read_ceiling(wire: v1::Ceiling) -> Result<Ceiling> {
    ceiling_to_vault(Some(wire), "ceiling", Catalogue::builtin())
}

#[test]
fn a_ceiling_goes_over_the_wire_and_comes_back_the_same() {
    let catalogue = Catalogue::builtin();
    let known: Vec<String> = catalogue.all().take(2).map(|kind| kind.name().to_owned()).collect();
    let unlimited = v1::Ceiling { purpose_code: "*".to_owned(), finest_view: v1::View::Raw.into(), ..v1::Ceiling::default() };
    for wire in [v1::Ceiling { attributes: known, ..ceiling() }, unlimited, v1::Ceiling { attributes: Vec::new(), ..ceiling() }] {
        assert_eq!(ceiling_to_wire(&read_ceiling(wire.clone()).expect("reads"), catalogue), wire);
    }
}

#[test]
fn a_ceiling_without_attributes_covers_every_type_of_the_catalogue() {
    let read = read_ceiling(v1::Ceiling { attributes: Vec::new(), ..ceiling() }).expect("reads");
    for kind in Catalogue::builtin().all() {
        assert!(read.allowed.iter().any(|allowed| allowed.pattern == format!("{}.*", kind.family())), "{}", kind.name());
    }
    assert!(read.allowed.iter().all(|allowed| allowed.views == [View::Answer, View::Masked]));
}

#[test]
fn every_wrong_field_of_a_ceiling_is_named() {
    type Break = fn(&mut v1::Ceiling);
    let cases: [(Break, &str); 10] = [
        (|ceiling| ceiling.purpose_code.clear(), "ceiling.purpose_code"),
        (|ceiling| ceiling.max_term_days = -1, "ceiling.max_term_days"),
        (|ceiling| ceiling.max_range_months = -1, "ceiling.max_range_months"),
        (|ceiling| ceiling.max_items = -1, "ceiling.max_items"),
        (|ceiling| ceiling.max_data_life.as_mut().expect("there").seconds = 1, "ceiling.max_data_life"),
        (|ceiling| ceiling.max_frequency.as_mut().expect("there").period = 0, "ceiling.max_frequency.period"),
        (|ceiling| ceiling.max_frequency.as_mut().expect("there").count = 0, "ceiling.max_frequency.count"),
        (|ceiling| ceiling.finest_view = 9, "ceiling.finest_view"),
        (|ceiling| ceiling.attributes = vec!["body.*".to_owned(), "nothing.*".to_owned()], "ceiling.attributes[1]"),
        (|ceiling| ceiling.attributes = vec!["body.*".to_owned(); 201], "ceiling.attributes"),
    ];
    for (spoil, field) in cases {
        let mut wire = v1::Ceiling { attributes: Vec::new(), ..ceiling() };
        spoil(&mut wire);
        let error = read_ceiling(wire).expect_err("refused");
        let named: Vec<&str> = error.field_violations().iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(named, [field]);
    }
    assert_eq!(ceiling_to_vault(None, "ceiling", Catalogue::builtin()).expect_err("missing").field_violations()[0].field, "ceiling");
}
