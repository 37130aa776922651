//! Records of every shape that the rules of consent allow.

use proptest::prelude::*;
use uuid::Uuid;

use crate::attribute::Catalogue;
use crate::clock::Timestamp;
use crate::consent::{Contact, DataRange, Families, Fetch, Frequency, Item, Mode, NoticeSeen, Period, PurposeRef, Terms, View};
use crate::id::{BrandId, CustomerId, GrantId, RequestId};
use crate::ledger::Who;
use crate::standard::record::{ConsentRecord, Event, Party, categories};
use crate::testing::START;

pub(super) const DECISIONS: [&str; 13] = [
    "approve",
    "accept_counter",
    "amend",
    "resume",
    "reinstate",
    "counter",
    "decline",
    "pause",
    "revoke",
    "supersede",
    "expire",
    "exhaust",
    "suspend",
];

const PURPOSES: [&str; 4] = ["ServicePersonalisation", "Personalisation", "Marketing", "CustomerCare"];

/// A sentence that is neither empty nor has control characters.
fn sentence() -> impl Strategy<Value = String> {
    "[A-Za-zÀ-ÿ'\"\\\\/;,:@{}<>0-9]{1,12}( [A-Za-zÀ-ÿ😀]{1,8}){0,3}"
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0_i64..30 * 86_400_000_000).prop_map(|micros| Timestamp::from_micros(START.micros() + micros))
}

prop_compose! {
    fn items(mode: Mode)(
        picks in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<bool>(), sentence()), 1..6),
    ) -> Vec<Item> {
        let catalogue = Catalogue::builtin();
        let types: Vec<_> = catalogue.all().collect();
        let mut items: Vec<Item> = picks
            .into_iter()
            .map(|(index, masked, needed, reason)| {
                let attribute = index.get(&types).name().to_owned();
                let masked = masked && Families::offers(catalogue, &attribute, View::Masked);
                let view = if mode == Mode::Query { View::Answer } else if masked { View::Masked } else { View::Raw };
                Item { attribute, view, needed, reason }
            })
            .collect();
        items.sort_by(|a, b| a.attribute.cmp(&b.attribute));
        items.dedup_by(|a, b| a.attribute == b.attribute);
        items
    }
}

prop_compose! {
    fn terms()(mode in prop_oneof![Just(Mode::View), Just(Mode::Store), Just(Mode::Query), Just(Mode::Stream)])(
        mode in Just(mode),
        items in items(mode),
        code in "[a-z][a-z0-9_]{0,20}",
        version in 1..50_u32,
        range in proptest::option::of(prop_oneof![
            (1..600_u32).prop_map(DataRange::LastMonths),
            (moment(), 1..5_000_i64).prop_map(|(from, days)| DataRange::FromTo { from, to: from.plus_days(days) }),
        ]),
        not_before in proptest::option::of(moment()),
        days in 31..300_i64,
        limits in (
            any::<bool>(),
            proptest::option::of(1..=1_000_000_u32),
            proptest::option::of((1..=1_000_000_u32, prop_oneof![Just(Period::Hour), Just(Period::Day), Just(Period::Month)])),
            proptest::option::of(1..=3_650_u32),
        ),
        onward in proptest::collection::vec(sentence(), 0..3),
        predictions in any::<bool>(),
        contact in prop_oneof![Just(Contact::None), Just(Contact::Drafts), Just(Contact::Yes)],
        reward in proptest::option::of(sentence()),
    ) -> Terms {
        let (once, uses, frequency, life) = limits;
        Terms {
            purpose: PurposeRef { code, version },
            items,
            mode,
            data_range: range,
            not_before,
            expires_at: START.plus_days(days),
            fetch: if once { Fetch::Once } else { Fetch::Periodic },
            uses: if once { None } else { uses },
            frequency: frequency.map(|(count, per)| Frequency { count, per }),
            data_life_days: life.or((mode == Mode::Store).then_some(30)),
            onward,
            predictions,
            contact,
            reward,
        }
    }
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        Just(Who::Customer),
        Just(Who::Clock),
        sentence().prop_map(Who::Delegate),
        sentence().prop_map(Who::Operator),
        any::<u128>().prop_map(|id| Who::Brand(BrandId(Uuid::from_u128(id)))),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    (prop::sample::select(&DECISIONS[..]), who(), moment()).prop_map(|(decision, by, at)| Event { decision: decision.to_owned(), by, at })
}

prop_compose! {
    /// A record. Ids that mean different things differ.
    pub(super) fn record()(
        ids in proptest::collection::btree_set(any::<u128>(), 7),
        some in any::<[bool; 4]>(),
        language in "(en|fr|zh-Hans)",
        texts in (sentence(), sentence(), prop_oneof![sentence(), Just("privacy@house.example".to_owned())]),
        country in "(FR|IT|JP|CH|AE)",
        purpose in prop::sample::select(&PURPOSES[..]),
        terms in terms(),
        notice in ("[0-9a-f]{64}", "(en|fr|zh-Hans)", 1..50_u32),
        events in proptest::collection::vec(event(), 1..4),
        used in prop_oneof![Just(0_u32), 1..1000_u32],
        last in moment(),
    ) -> ConsentRecord {
        let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from_u128).collect();
        let catalogue = Catalogue::builtin();
        let terms = terms.canonical(catalogue, START).expect("terms within every bound");
        ConsentRecord {
            id: ids[0],
            keeper: ids[1],
            customer: CustomerId(ids[2]),
            language,
            brand: Party { id: BrandId(ids[3]), title: texts.0, legal_name: texts.1, country, contact: texts.2 },
            request: some[0].then_some(RequestId(ids[4])),
            grant: some[1].then_some(GrantId(ids[5])),
            replaces: some[2].then_some(GrantId(ids[6])),
            dpv_purpose: format!("https://w3id.org/dpv#{purpose}"),
            categories: categories(&terms, catalogue),
            terms,
            notice: some[3].then_some(NoticeSeen { version: notice.2, language: notice.1, sha256: notice.0 }),
            events,
            used,
            last_read: (used > 0).then_some(last),
        }
    }
}
