use serde_json::{Value, json};

use super::*;

/// Rules of somebody in Rome: e-mail about orders and news, quiet from 20 to 10 on weekdays and all weekend.
fn rules(change: impl FnOnce(&mut Value)) -> Rules {
    let mut value = json!({
        "channels": [
            { "channel": "email", "purpose": "orders", "allowed": true },
            { "channel": "email", "purpose": "news", "allowed": true },
            { "channel": "email", "purpose": "events", "allowed": false },
            { "channel": "phone", "purpose": "news", "allowed": false },
        ],
        "quiet_hours": [
            { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "20:00", "to": "10:00" },
            { "days": ["sat", "sun"], "from": "00:00", "to": "23:59" },
        ],
        "time_zone": "Europe/Rome",
        "automated": "no",
        "always": ["order_ready"],
        "not_mention": ["birthday"],
        "advisor": { "name": "Giulia" },
    });
    change(&mut value);
    serde_json::from_value(value).expect("rules")
}

/// By e-mail about orders, written by a person, on a Thursday at noon in Rome.
fn attempt() -> Attempt {
    Attempt {
        channel: Channel::Email,
        purpose: Purpose::Orders,
        at: at("2026-11-26T11:00:00Z"),
        occasion: None,
        author: Author::Person,
        made_this_month: 0,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn quiet(hour: i8, minute: i8) -> Verdict {
    Err(vec![Block::QuietTime(Time::constant(hour, minute, 0, 0))])
}

#[test]
fn what_is_allowed_passes_and_what_nobody_said_does_not() {
    let own = rules(|_| {});
    assert_eq!(check(Some(&own), Some(Granted::None), &attempt()), Ok(Allowance::Way));
    for (what, contact) in [
        ("said no", Attempt { purpose: Purpose::Events, ..attempt() }),
        ("said no to another purpose", Attempt { channel: Channel::Phone, ..attempt() }),
        ("never said", Attempt { channel: Channel::Wechat, ..attempt() }),
        ("never said for this", Attempt { purpose: Purpose::Advice, ..attempt() }),
    ] {
        assert_eq!(check(Some(&own), Some(Granted::None), &contact), Err(vec![Block::WayNotAllowed]), "{what}");
    }
    assert_eq!(check(None, Some(Granted::Yes), &attempt()), Err(vec![Block::NoRules]));
    assert_eq!(check(Some(&own), None, &attempt()), Err(vec![Block::NoAccess]), "a brand that sees nothing reaches nobody");
    // Said yes and no: no.
    let both = rules(|value| value["channels"][2]["purpose"] = json!("orders"));
    assert_eq!(check(Some(&both), Some(Granted::None), &attempt()), Err(vec![Block::WayNotAllowed]));
}

#[test]
fn quiet_hours_hold_over_midnight_and_in_the_customers_own_time() {
    for (moment, expected) in [
        // Thursday and Friday, local time an hour ahead.
        ("2026-11-26T18:59:59Z", Ok(Allowance::Way)),
        ("2026-11-26T19:00:00Z", quiet(10, 0)),
        ("2026-11-26T22:59:59Z", quiet(10, 0)),
        ("2026-11-26T23:00:00Z", quiet(10, 0)),
        ("2026-11-27T08:59:59Z", quiet(10, 0)),
        ("2026-11-27T09:00:00Z", Ok(Allowance::Way)),
        // Friday's night goes on into Saturday, which is quiet to its last minute, and so is Sunday.
        ("2026-11-28T08:59:59Z", quiet(10, 0)),
        ("2026-11-28T12:00:00Z", quiet(23, 59)),
        ("2026-11-28T22:59:59Z", quiet(23, 59)),
        ("2026-11-29T22:59:30Z", quiet(23, 59)),
        // Sunday has no night of its own: Monday begins free at midnight.
        ("2026-11-29T23:00:00Z", Ok(Allowance::Way)),
        ("2026-11-30T08:00:00Z", Ok(Allowance::Way)),
    ] {
        let contact = Attempt { at: at(moment), ..attempt() };
        assert_eq!(check(Some(&rules(|_| {})), Some(Granted::None), &contact), expected, "{moment}");
    }
}

#[test]
fn summer_time_moves_the_hours_with_the_clock_on_the_wall() {
    for (moment, expected) in [
        // Two hours ahead in summer.
        ("2026-07-02T17:59:59Z", Ok(Allowance::Way)),
        ("2026-07-02T18:00:00Z", quiet(10, 0)),
        ("2026-07-03T07:59:59Z", quiet(10, 0)),
        ("2026-07-03T08:00:00Z", Ok(Allowance::Way)),
    ] {
        let contact = Attempt { at: at(moment), ..attempt() };
        assert_eq!(check(Some(&rules(|_| {})), Some(Granted::None), &contact), expected, "{moment}");
    }
    // The night in which 2:30 comes twice: quiet both times; and the one in which it does not come.
    let night = rules(|value| value["quiet_hours"] = json!([{ "days": ["sun"], "from": "02:00", "to": "03:00" }]));
    for (moment, is_quiet) in [
        ("2026-10-24T23:59:59Z", false),
        ("2026-10-25T00:30:00Z", true),
        ("2026-10-25T01:30:00Z", true),
        ("2026-10-25T02:00:00Z", false),
        ("2026-03-29T00:59:59Z", false),
        ("2026-03-29T01:00:00Z", false),
    ] {
        let verdict = check(Some(&night), Some(Granted::None), &Attempt { at: at(moment), ..attempt() });
        assert_eq!(verdict.is_err(), is_quiet, "{moment}: {verdict:?}");
    }
}

#[test]
fn the_time_zone_is_the_rules_own() {
    let shanghai = rules(|value| value["time_zone"] = json!("Asia/Shanghai"));
    // Thursday noon in Rome is seven in the evening there; an hour later it is quiet.
    assert_eq!(check(Some(&shanghai), Some(Granted::None), &attempt()), Ok(Allowance::Way));
    let later = Attempt { at: at("2026-11-26T12:00:00Z"), ..attempt() };
    assert_eq!(check(Some(&shanghai), Some(Granted::None), &later), quiet(10, 0));
    let nowhere = rules(|value| value["time_zone"] = json!("Mars/Base"));
    assert_eq!(check(Some(&nowhere), Some(Granted::None), &attempt()), Err(vec![Block::RulesUnreadable]));
}

#[test]
fn the_same_time_twice_is_a_whole_day_and_odd_hours_block_everything() {
    let whole = rules(|value| value["quiet_hours"] = json!([{ "days": ["thu"], "from": "09:00", "to": "09:00" }]));
    for (moment, is_quiet) in
        [("2026-11-26T07:59:59Z", false), ("2026-11-26T08:00:00Z", true), ("2026-11-27T07:59:59Z", true), ("2026-11-27T08:00:00Z", false)]
    {
        let verdict = check(Some(&whole), Some(Granted::None), &Attempt { at: at(moment), ..attempt() });
        assert_eq!(verdict.is_err(), is_quiet, "{moment}");
    }
    for odd in [
        json!([{ "days": ["thu"], "from": "25:00", "to": "09:00" }]),
        json!([{ "days": ["thu"], "from": "9", "to": "10:00" }]),
        json!([{ "days": ["someday"], "from": "08:00", "to": "09:00" }]),
    ] {
        let odd = rules(|value| value["quiet_hours"] = odd);
        assert_eq!(check(Some(&odd), Some(Granted::None), &attempt()), Err(vec![Block::RulesUnreadable]));
    }
}

#[test]
fn leave_me_alone_ends_with_the_day_before_in_the_customers_own_time() {
    let left = rules(|value| value["not_before"] = json!("2026-12-01"));
    let day = Date::constant(2026, 12, 1);
    for (moment, expected) in [
        ("2026-11-30T15:00:00Z", Err(vec![Block::LeftAlone(day)])),
        ("2026-11-30T22:59:59Z", Err(vec![Block::LeftAlone(day), Block::QuietTime(Time::constant(10, 0, 0, 0))])),
        ("2026-11-30T23:00:00Z", quiet(10, 0)),
        ("2026-12-01T11:00:00Z", Ok(Allowance::Way)),
    ] {
        assert_eq!(check(Some(&left), Some(Granted::None), &Attempt { at: at(moment), ..attempt() }), expected, "{moment}");
    }
    let odd = rules(|value| value["not_before"] = json!("soon"));
    assert_eq!(check(Some(&odd), Some(Granted::None), &attempt()), Err(vec![Block::RulesUnreadable]));
}

#[test]
fn a_month_holds_so_many_and_none_where_it_is_none() {
    for (most, made, expected) in [
        (json!(2), 0, Ok(Allowance::Way)),
        (json!(2), 1, Ok(Allowance::Way)),
        (json!(2), 2, Err(vec![Block::MonthFull(2)])),
        (json!(2), 60, Err(vec![Block::MonthFull(2)])),
        (json!(0), 0, Err(vec![Block::MonthFull(0)])),
        (json!(null), 1000, Ok(Allowance::Way)),
    ] {
        let own = rules(|value| value["max_per_month"] = most.clone());
        let contact = Attempt { made_this_month: made, ..attempt() };
        assert_eq!(check(Some(&own), Some(Granted::None), &contact), expected, "{most} {made}");
    }
}

#[test]
fn what_is_always_allowed_passes_the_clock_and_no_more() {
    let own = rules(|value| {
        value["not_before"] = json!("2027-01-01");
        value["max_per_month"] = json!(0);
    });
    let ready = Attempt { occasion: Some(Occasion::OrderReady), at: at("2026-11-28T22:00:00Z"), ..attempt() };
    assert_eq!(check(Some(&own), Some(Granted::None), &ready), Ok(Allowance::Always(Occasion::OrderReady)));
    // A way that is open for something, whatever the purpose is called.
    let called_events = Attempt { purpose: Purpose::Events, ..ready };
    assert_eq!(check(Some(&own), Some(Granted::None), &called_events), Ok(Allowance::Always(Occasion::OrderReady)));
    for (what, contact, expected) in [
        ("another way", Attempt { channel: Channel::Phone, ..ready }, vec![Block::WayNotAllowed]),
        ("a machine", Attempt { author: Author::Machine, ..ready }, vec![Block::PersonOnly]),
    ] {
        assert_eq!(check(Some(&own), Some(Granted::None), &contact), Err(expected), "{what}");
    }
    let other = Attempt { occasion: Some(Occasion::Appointment), ..attempt() };
    let blocks = check(Some(&own), Some(Granted::None), &other).expect_err("not excepted");
    assert_eq!(blocks, [Block::LeftAlone(Date::constant(2027, 1, 1)), Block::MonthFull(0)]);
}

#[test]
fn a_machine_writes_only_where_the_rules_and_the_access_both_let_it() {
    let of = |automated: &str| rules(|value| value["automated"] = json!(automated));
    for (automated, granted, author, expected) in [
        ("no", Granted::Yes, Author::Person, None),
        ("no", Granted::Yes, Author::Draft, Some(Block::PersonOnly)),
        ("no", Granted::Yes, Author::Machine, Some(Block::PersonOnly)),
        ("drafts", Granted::Yes, Author::Draft, None),
        ("drafts", Granted::Yes, Author::Machine, Some(Block::PersonSends)),
        ("yes", Granted::Yes, Author::Machine, None),
        ("yes", Granted::Drafts, Author::Machine, Some(Block::PersonSends)),
        ("yes", Granted::Drafts, Author::Draft, None),
        ("yes", Granted::None, Author::Draft, Some(Block::PersonOnly)),
        ("yes", Granted::None, Author::Person, None),
    ] {
        let verdict = check(Some(&of(automated)), Some(granted), &Attempt { author, ..attempt() });
        assert_eq!(verdict, expected.map_or(Ok(Allowance::Way), |block| Err(vec![block])), "{automated} {granted:?} {author:?}");
    }
}

#[test]
fn all_that_speaks_against_it_is_said() {
    let own = rules(|value| {
        value["not_before"] = json!("2027-01-01");
        value["max_per_month"] = json!(1);
    });
    let worst = Attempt {
        channel: Channel::Phone,
        purpose: Purpose::News,
        at: at("2026-11-28T12:00:00Z"),
        occasion: Some(Occasion::Security),
        author: Author::Machine,
        made_this_month: 1,
    };
    let blocks = check(Some(&own), Some(Granted::Yes), &worst).expect_err("blocked");
    let (day, time) = (Date::constant(2027, 1, 1), Time::constant(23, 59, 0, 0));
    let all = [Block::WayNotAllowed, Block::PersonOnly, Block::LeftAlone(day), Block::QuietTime(time), Block::MonthFull(1)];
    assert_eq!(blocks, all);
}

#[test]
fn the_words_are_those_of_the_catalogue() {
    let schema = crate::attribute::Catalogue::builtin().get(ATTRIBUTE).expect("a known type").schema().clone();
    let words = |pointer: &str| -> Vec<String> {
        let list = schema.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer} in {schema}"));
        list.iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
    };
    let way = "/properties/channels/items/properties";
    assert_eq!(words(&format!("{way}/channel/enum")), Channel::ALL.iter().map(|own| own.word()).collect::<Vec<_>>());
    assert_eq!(words(&format!("{way}/purpose/enum")), Purpose::ALL.iter().map(|own| own.word()).collect::<Vec<_>>());
    assert_eq!(words("/properties/always/items/enum"), Occasion::ALL.iter().map(|own| own.word()).collect::<Vec<_>>());
    // The catalogue's own example is one that the check understands.
    let example = crate::attribute::Catalogue::builtin().get(ATTRIBUTE).expect("a known type").example().clone();
    serde_json::from_value::<Rules>(example).expect("rules");
    assert_eq!((Channel::of_word("pigeon"), Author::of_word("machine")), (None, Some(Author::Machine)));
}
