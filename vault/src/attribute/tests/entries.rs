//! What every entry must have.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{attribute, shared};
use crate::attribute::{BLOB_LIMIT, Cardinality, Catalogue, LANGUAGES, Sensitivity};

#[test]
fn the_embedded_catalogue_loads() {
    let catalogue = Catalogue::load().unwrap_or_else(|error| panic!("{error}"));
    assert!(catalogue.all().len() >= 45, "{}", catalogue.all().len());
    assert_eq!(catalogue.version(), Catalogue::builtin().version());
}

#[test]
fn every_entry_is_complete_and_its_example_passes() {
    for attribute in Catalogue::builtin().all() {
        let name = attribute.name();
        assert_eq!(attribute.texts().map(|(language, _)| language).collect::<Vec<_>>(), LANGUAGES, "{name}");
        assert_eq!(attribute.validate(attribute.example()), Ok(()), "{name}");
        assert_eq!(attribute.time_pointer().is_some(), attribute.time(attribute.example()).is_some(), "{name}: time");
        assert!(attribute.schema_id().starts_with(&format!("{name}@")), "{name}");
        assert_eq!(attribute.schema()["$id"], format!("urn:coffret:attribute:{}", attribute.schema_id()), "{name}");
        assert_eq!(attribute.schema()["additionalProperties"], false, "{name}");
        jsonschema::meta::validate(attribute.schema()).unwrap_or_else(|_| panic!("{name} is not a 2020-12 schema"));
    }
}

/// The portal's rules for words: at most 20 words a sentence, none of the vague ones, no title twice.
#[test]
fn texts_are_plain_and_told_apart() {
    for (place, language) in LANGUAGES.into_iter().enumerate() {
        let mut titles = BTreeSet::new();
        for attribute in Catalogue::builtin().all() {
            let (title, description) = (attribute.title(language), attribute.description(language));
            let name = attribute.name();
            assert!(titles.insert(title), "{name}: {language} title is there twice");
            assert!(title.chars().count() <= 40 && description.chars().count() <= 120, "{name}: {language} is long");
            assert!(description.split_whitespace().count() <= 20, "{name}: {language} sentence is long");
            assert_eq!(description.matches(['.', '。']).count(), 1, "{name}: {language} is one sentence");
            let own_script = |from: char, to: char| description.chars().any(|letter| (from..=to).contains(&letter));
            match language {
                "zh-Hans" => assert!(own_script('\u{4E00}', '\u{9FFF}'), "{name}"),
                "ar" => assert!(own_script('\u{0600}', '\u{06FF}'), "{name}"),
                _ => {}
            }
            if place > 0 {
                assert_ne!(description, attribute.description("en"), "{name}: {language} is not translated");
            }
        }
    }
    for attribute in Catalogue::builtin().all() {
        let text = format!(" {} ", attribute.description("en").to_lowercase());
        for vague in [" may ", "such as", "improve your experience", "partners", "!"] {
            assert!(!text.contains(vague), "{}: {vague}", attribute.name());
        }
    }
}

#[test]
fn every_dpv_term_exists() {
    let Some(text) = shared("conformance/dpv-2.3-terms.json", "the check of DPV terms") else { return };
    let lists: Value = serde_json::from_str(&text).expect("JSON");
    let known: BTreeSet<String> = lists
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, list)| {
            let prefix = list["prefix"].as_str().unwrap_or_default().to_owned();
            list["terms"].as_array().into_iter().flatten().filter_map(Value::as_str).map(move |term| format!("{prefix}{term}"))
        })
        .collect();
    assert!(known.contains("https://w3id.org/dpv/pd#Height"));
    for attribute in Catalogue::builtin().all() {
        assert!(known.contains(attribute.dpv()), "{}: {}", attribute.name(), attribute.dpv());
    }
}

#[test]
fn a_type_is_found_by_its_name_alone() {
    let catalogue = Catalogue::builtin();
    let shoe = attribute("body.shoe_size");
    assert_eq!((shoe.family(), shoe.schema_id(), shoe.cardinality()), ("body", "body.shoe_size@1", Cardinality::Single));
    assert!(!shoe.is_blob() && attribute("photo.look").is_blob());
    assert_eq!(attribute("photo.look").schema()["properties"]["bytes"]["maximum"], json!(BLOB_LIMIT));
    assert_eq!(attribute("body.height").unit(), Some("cm or in"));
    assert_eq!(attribute("style.allergies").sensitivity(), Sensitivity::Sensitive);
    assert_eq!(attribute("photo.face").sensitivity(), Sensitivity::Special);
    for unknown in ["", "body", "body.", "BODY.SHOE_SIZE", "body.shoe_size@1", " body.shoe_size", "body.shoe_size\0"] {
        assert!(catalogue.get(unknown).is_none(), "{unknown:?}");
    }
}

#[test]
fn names_come_in_order_and_families_once() {
    let catalogue = Catalogue::builtin();
    let names: Vec<_> = catalogue.all().map(super::AttributeType::name).collect();
    assert!(names.is_sorted());
    let families: Vec<_> = catalogue.families().collect();
    let distinct: BTreeSet<_> = catalogue.all().map(super::AttributeType::family).collect();
    assert_eq!(families, distinct.into_iter().collect::<Vec<_>>());
    assert_eq!(families.len(), 15);
}

#[test]
fn a_family_pattern_means_every_type_of_it_and_nothing_else_is_a_pattern() {
    let catalogue = Catalogue::builtin();
    let named =
        |pattern: &str| -> Option<Vec<&str>> { Some(catalogue.expand(pattern)?.into_iter().map(super::AttributeType::name).collect()) };
    assert_eq!(named("purchase.*"), Some(vec!["purchase.basket", "purchase.fit", "purchase.item", "purchase.return"]));
    assert_eq!(named("body.height"), Some(vec!["body.height"]));
    for none in ["*", ".*", "purchase", "purchase.", "purch*", "purchase.i*", "nothing.*", "*.item", "purchase.**", "body.size"] {
        assert_eq!(named(none), None, "{none}");
    }
}

#[test]
fn a_text_is_found_for_every_way_to_write_a_language() {
    let height = attribute("body.height");
    for (asked, same_as) in [
        ("fr-CH", "fr"),
        ("ZH-hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("ar-AE", "ar"),
        ("de", "en"),
        ("", "en"),
        ("fra", "en"),
    ] {
        assert_eq!(height.title(asked), height.title(same_as), "{asked}");
    }
    assert_eq!(height.title("fr"), "Taille (hauteur)");
    assert_eq!(height.description("zh-Hans"), "您有多高。");
}
