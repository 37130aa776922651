use super::*;
use proptest::prelude::*;

fn somebody() -> impl Strategy<Value = Who> {
    prop_oneof![
        Just(Who::Customer),
        Just(Who::Clock),
        any::<String>().prop_map(Who::Delegate),
        any::<String>().prop_map(Who::Operator),
        any::<String>().prop_map(Who::Auditor),
        any::<u128>().prop_map(|id| Who::Brand(BrandId(Uuid::from_u128(id)))),
    ]
}

/// Whatever stands in it, and either kind of key.
fn signed_by(texts: &[String]) -> Signed {
    let key = if texts[0].len().is_multiple_of(2) {
        PublicKey::Ec { crv: texts[1].clone(), x: texts[2].clone(), y: texts[3].clone() }
    } else {
        PublicKey::Rsa { e: texts[1].clone(), n: texts[2].clone() }
    };
    let text = |place: usize| texts[place].clone();
    Signed { authenticator_data: text(0), client_data: text(1), credential: text(2), key, nonce: text(3), signature: text(4) }
}

prop_compose! {
    fn details()(
        who in somebody(),
        texts in proptest::collection::vec(any::<String>(), 6),
        lists in (proptest::collection::vec(any::<String>(), 0..3), proptest::collection::vec(any::<String>(), 0..3)),
        ids in proptest::collection::vec(proptest::option::of(any::<u128>()), 3),
        some in any::<[bool; 7]>(),
        moments in (proptest::option::of(0..4_000_000_000_000_000_i64), proptest::option::of(0..4_000_000_000_000_000_i64)),
        sequence in 0..1_i64 << 53,
        micros in 0..4_000_000_000_000_000_i64,
    ) -> Details {
        let text = |place: usize| some[place].then(|| texts[place].clone());
        let id = |place: usize| ids[place].map(Uuid::from_u128);
        Details {
            advisor: text(0),
            attributes: lists.0.clone(),
            brand: id(0).map(BrandId),
            expires: moments.0.map(Timestamp::from_micros),
            grant: id(1).map(GrantId),
            notice: text(1),
            purpose: text(2),
            reason: text(3),
            records: lists.1.clone(),
            request: id(2).map(RequestId),
            result: texts[4].clone(),
            signed: some[6].then(|| signed_by(&texts)),
            sequence,
            stream: Uuid::from_u128(7),
            terms_sha256: text(5),
            time: Timestamp::from_micros(micros),
            kind: texts[5].clone(),
            until: moments.1.map(Timestamp::from_micros),
            who,
        }
    }
}

#[test]
fn hexadecimal_has_one_spelling_and_a_key_is_not_shown() {
    let key = EntryKey([0xab; 32]);
    let text = serde_json::to_string(&key).expect("serializes");
    assert_eq!(text, format!("\"{}\"", "ab".repeat(32)));
    assert_eq!(serde_json::from_str::<EntryKey>(&text).expect("reads back"), key);
    assert_eq!(format!("{key:?}"), "EntryKey");
    for wrong in ["AB".repeat(32), "ab".repeat(31), "ab".repeat(33), "+b".repeat(32), "é".repeat(32)] {
        assert!(serde_json::from_str::<Commitment>(&format!("\"{wrong}\"")).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn plain_json_of_the_details_is_jcs_and_reads_back(details in details()) {
        let plain = serde_json::to_vec(&details).expect("serializes");
        prop_assert_eq!(&plain, &serde_jcs::to_vec(&details).expect("serializes"));
        prop_assert_eq!(serde_json::from_slice::<Details>(&plain).expect("reads back"), details);
    }
}
