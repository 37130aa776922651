use coffret_ledger::{Hash, Leaf, LeafError, MAX_LEAF_LEN};
use proptest::prelude::*;

const LEAF: Leaf = Leaf { id: [0x0a; 16], commit: [0xb1; 32] };

#[test]
fn a_leaf_is_its_jcs_bytes() {
    let value = serde_json::json!({"v": 1, "id": "0a".repeat(16), "commit": "b1".repeat(32)});
    assert_eq!(LEAF.encode(), serde_jcs::to_vec(&value).unwrap());
    assert_eq!(LEAF.hash(), Hash::leaf(&LEAF.encode()));
    assert!(LEAF.encode().len() <= MAX_LEAF_LEN);
}

#[test]
fn every_other_spelling_of_a_leaf_is_refused() {
    let good = String::from_utf8(LEAF.encode()).unwrap();
    let (id, commit) = ("0a".repeat(16), "b1".repeat(32));
    for wrong in [
        String::new(),
        "{}".into(),
        "null".into(),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}{good}"),
        good.replace(':', ": "),
        good.replace("0a", "0A"),
        good.replace("b1", "B1"),
        good.replace("\"v\":1", "\"v\":2"),
        good.replace("\"v\":1", "\"v\":0"),
        good.replace("\"v\":1", "\"v\":01"),
        good.replace("\"v\":1", "\"v\":1.0"),
        good.replace("\"v\":1", "\"v\":\"1\""),
        good.replace("\"v\":1", "\"v\":1,\"w\":1"),
        good.replace("\"id\"", "\"\\u0069d\""),
        good.replacen("0a", "", 1),
        good.replacen("0a", "0a0a", 1),
        good.replacen("b1", "", 1),
        good.replacen("b1", "b1b1", 1),
        good.replacen("b1", "b", 1),
        good.replacen("0a", "zz", 1),
        good.replacen("0a", "é", 1),
        format!("{{\"commit\":\"{commit}\",\"v\":1}}"),
        format!("{{\"id\":\"{id}\",\"v\":1}}"),
        format!("{{\"v\":1,\"id\":\"{id}\",\"commit\":\"{commit}\"}}"),
        format!("{{\"id\":\"{id}\",\"commit\":\"{commit}\",\"v\":1}}"),
        format!("{{\"commit\":\"{commit}\",\"id\":\"{id}\",\"id\":\"{id}\",\"v\":1}}"),
        format!("[{good}]"),
    ] {
        assert_eq!(Leaf::decode(wrong.as_bytes()), Err(LeafError::Malformed), "{wrong}");
    }
    assert_eq!(Leaf::decode(&[good.as_bytes(), &[0xff]].concat()), Err(LeafError::Malformed));
    assert_eq!(Leaf::decode(&[b' '; MAX_LEAF_LEN]), Err(LeafError::Malformed));
    assert_eq!(Leaf::decode(&[b' '; MAX_LEAF_LEN + 1]), Err(LeafError::TooLong));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_leaf_comes_back(id: [u8; 16], commit: [u8; 32]) {
        let leaf = Leaf { id, commit };
        prop_assert_eq!(Leaf::decode(&leaf.encode()), Ok(leaf));
    }

    #[test]
    fn whatever_is_read_is_what_would_be_written(at in 0usize..133, byte: u8) {
        let mut bytes = LEAF.encode();
        let at = at.min(bytes.len() - 1);
        bytes[at] = byte;
        if let Ok(leaf) = Leaf::decode(&bytes) {
            prop_assert_eq!(leaf.encode(), bytes);
        }
    }
}
