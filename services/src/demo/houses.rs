//! The two houses of the demo, as declared in `houses.toml`.

use std::collections::BTreeMap;

use coffret_proto::v1;
use serde::Deserialize;

const SOURCE: &str = include_str!("houses.toml");
const DAY: i64 = 86_400;

/// Houses and ceilings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Houses {
    pub(super) house: Vec<House>,
    ceiling: Vec<Ceiling>,
}

/// One house.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct House {
    /// Names its files.
    pub(super) key: String,
    pub(super) title: String,
    legal_name: String,
    country: String,
    contact: String,
    pub(super) purpose: Vec<Purpose>,
    pub(super) article: Vec<Article>,
}

/// What a house wants data for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purpose {
    pub(super) code: String,
    dpv: String,
    /// Text by language.
    pub(super) notices: BTreeMap<String, String>,
}

/// What a house sells.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Article {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) colour: String,
    /// In euro cents.
    pub(super) price: u64,
}

/// The most that may be asked for a purpose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ceiling {
    purpose: String,
    term_days: i32,
    data_life_days: i64,
    per_day: Option<i32>,
    range_months: i32,
    items: i32,
    finest: String,
    attributes: Vec<String>,
}

impl Houses {
    /// The houses as declared.
    pub(super) fn load() -> Self {
        toml::from_str(SOURCE).expect("a test reads the embedded houses")
    }

    /// The house that sells an article, with it.
    pub(super) fn article(&self, id: &str) -> Option<(&House, &Article)> {
        self.house.iter().find_map(|house| Some((house, house.article.iter().find(|article| article.id == id)?)))
    }

    /// The ceilings on the wire.
    pub(super) fn ceilings(&self) -> impl Iterator<Item = v1::Ceiling> {
        self.ceiling.iter().map(|ceiling| v1::Ceiling {
            purpose_code: ceiling.purpose.clone(),
            max_term_days: ceiling.term_days,
            max_data_life: Some(prost_types::Duration { seconds: ceiling.data_life_days * DAY, nanos: 0 }),
            max_frequency: ceiling.per_day.map(|count| v1::Frequency { count, period: v1::Period::Day.into() }),
            max_range_months: ceiling.range_months,
            max_items: ceiling.items,
            attributes: ceiling.attributes.clone(),
            finest_view: if ceiling.finest == "raw" { v1::View::Raw } else { v1::View::Masked }.into(),
        })
    }
}

impl House {
    /// The house on the wire, before it has a name there.
    pub(super) fn brand(&self) -> v1::Brand {
        v1::Brand {
            title: self.title.clone(),
            legal_name: self.legal_name.clone(),
            country: self.country.clone(),
            contact: self.contact.clone(),
            ..v1::Brand::default()
        }
    }

    /// The house's purposes on the wire; `brand` is its resource name.
    pub(super) fn purposes(&self, brand: &str) -> impl Iterator<Item = v1::Purpose> {
        self.purpose.iter().map(move |purpose| v1::Purpose {
            name: format!("{brand}/purposes/{}", purpose.code),
            dpv: purpose.dpv.clone(),
            notices: purpose
                .notices
                .iter()
                .map(|(language, text)| v1::Notice { language: language.clone(), text: text.clone(), ..v1::Notice::default() })
                .collect(),
            ..v1::Purpose::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use coffret_vault::attribute::{Catalogue, LANGUAGES};

    use super::*;

    #[test]
    fn each_house_tells_its_purposes_in_every_language() {
        let houses = Houses::load();
        assert_eq!(houses.house.len(), 2);
        for purpose in houses.house.iter().flat_map(|house| &house.purpose) {
            let languages: Vec<&str> = purpose.notices.keys().map(String::as_str).collect();
            let mut wanted = LANGUAGES;
            wanted.sort_unstable();
            assert_eq!(languages, wanted, "{}", purpose.code);
            for (language, text) in &purpose.notices {
                assert!((20..=2000).contains(&text.chars().count()), "{} {language}", purpose.code);
                assert!(language == "en" || *text != purpose.notices["en"], "{} {language}", purpose.code);
            }
        }
    }

    /// The portal's rules for words: at most 20 words a sentence, none of the vague ones.
    #[test]
    fn notices_are_plain() {
        for purpose in Houses::load().house.iter().flat_map(|house| &house.purpose) {
            let text = &purpose.notices["en"];
            for sentence in text.split_inclusive(['.', ';']) {
                assert!(sentence.split_whitespace().count() <= 20, "{}: {sentence}", purpose.code);
            }
            for vague in [" may ", "such as", "improve your experience", "partners"] {
                assert!(!text.contains(vague), "{}: {vague}", purpose.code);
            }
        }
    }

    #[test]
    fn every_purpose_has_a_ceiling_over_attributes_that_exist() {
        let houses = Houses::load();
        for purpose in houses.house.iter().flat_map(|house| &house.purpose) {
            assert!(houses.ceiling.iter().any(|ceiling| ceiling.purpose == purpose.code), "{}", purpose.code);
        }
        for ceiling in &houses.ceiling {
            assert!(["raw", "masked"].contains(&ceiling.finest.as_str()));
            for attribute in &ceiling.attributes {
                assert!(Catalogue::builtin().expand(attribute).is_some(), "{attribute}");
            }
        }
    }
}
