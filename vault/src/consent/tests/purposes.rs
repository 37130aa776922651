//! Purposes and notices.

use std::collections::BTreeMap;

use crate::consent::{Notice, Purpose};

fn purpose() -> Purpose {
    let notice = |text: &str, digit: &str| Notice { text: text.to_owned(), sha256: digit.repeat(64) };
    Purpose {
        code: "fitting".to_owned(),
        version: 3,
        dpv_iri: "https://w3id.org/dpv#ServicePersonalisation".to_owned(),
        notices: BTreeMap::from([("en".to_owned(), notice("We use", "a")), ("fr".to_owned(), notice("Nous utilisons", "b"))]),
    }
}

#[test]
fn a_notice_has_changed_when_text_version_or_language_differ() {
    let seen = purpose().notice_seen("fr").expect("a French notice");
    assert!(!purpose().notice_changed(&seen));
    let mut other_text = purpose();
    other_text.notices.get_mut("fr").expect("French").sha256 = "c".repeat(64);
    assert!(other_text.notice_changed(&seen));
    assert!(Purpose { version: 4, ..purpose() }.notice_changed(&seen));
    let mut withdrawn = purpose();
    withdrawn.notices.remove("fr");
    assert!(withdrawn.notice_changed(&seen));
    assert_eq!(withdrawn.notice_seen("fr"), None);
}

#[test]
fn what_others_read_does_not_change_what_was_seen() {
    let seen = purpose().notice_seen("fr").expect("a French notice");
    let mut other = purpose();
    other.notices.remove("en");
    assert!(!other.notice_changed(&seen));
}

#[test]
fn changes_name_each_field_once_and_nothing_else() {
    assert!(purpose().changes(&purpose()).is_empty());
    let mut newer = Purpose { version: 4, dpv_iri: "https://w3id.org/dpv#Marketing".to_owned(), ..purpose() };
    newer.notices.get_mut("fr").expect("French").text.push('.');
    let english = newer.notices.remove("en").expect("English");
    newer.notices.insert("de".to_owned(), english);
    let expected = ["purpose.dpv_iri", "purpose.notices[de]", "purpose.notices[en]", "purpose.notices[fr]", "purpose.version"];
    assert_eq!(purpose().changes(&newer), expected);
}
