use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;

/// Messages of a source by key, each with its lines.
fn messages(source: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((own, text)) = line.split_once(" = ").filter(|(own, _)| !own.is_empty() && !own.starts_with([' ', '}'])) {
            own.clone_into(&mut key);
            all.insert(key.clone(), text.to_owned());
        } else if let Some(text) = all.get_mut(&key) {
            text.push('\n');
            text.push_str(line);
        }
    }
    all
}

impl Source {
    /// What is said on pages.
    fn said(&self) -> String {
        [self.pages, self.audit].join("\n")
    }

    fn whole(&self) -> String {
        [self.pages, self.audit, self.data].join("\n")
    }
}

/// The variables that a message names.
fn variables(text: &str) -> BTreeSet<String> {
    text.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()).collect()
}

/// What every page says in English, piece by piece: variants of a selector are pieces of their own.
fn pieces(source: &str) -> Vec<String> {
    let all = messages(source).into_values().flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let mut pieces = Vec::new();
    for line in all {
        let line = line.trim().trim_start_matches('*');
        let line = line.split_once("] ").filter(|_| line.starts_with('[')).map_or(line, |(_, text)| text);
        // A variable stands for a word.
        let mut text = String::new();
        let mut depth = 0;
        for c in line.chars() {
            match c {
                '{' => {
                    depth += 1;
                    text.push_str("one");
                }
                '}' => depth -= 1,
                c if depth == 0 => text.push(c),
                _ => {}
            }
        }
        pieces.push(text);
    }
    pieces
}

#[test]
fn every_language_says_everything_with_the_same_names() {
    let whole = |source: &Source| messages(&source.whole());
    let sources: Vec<_> = SOURCES.iter().map(|source| (source.tag, whole(source))).collect();
    let (_, first) = &sources[0];
    for (tag, own) in &sources {
        let missing: Vec<_> = first.keys().filter(|key| !own.contains_key(*key)).collect();
        let extra: Vec<_> = own.keys().filter(|key| !first.contains_key(*key)).collect();
        assert!(missing.is_empty() && extra.is_empty(), "{tag}: missing {missing:?}, and nobody knows {extra:?}");
        for (key, text) in own {
            assert!(variables(text).is_subset(&variables(&first[key])), "{tag}: {key} names {:?}", variables(text));
        }
    }
}

#[test]
fn every_text_is_written_without_a_fault() {
    let any = |name: &str| {
        if ["count", "days", "hours", "minutes", "number", "version"].contains(&name) {
            FluentValue::from(3)
        } else {
            FluentValue::from("x")
        }
    };
    for language in Language::all() {
        let source = SOURCES.iter().find(|source| source.tag == language.tag).expect("its source");
        for (key, text) in messages(&source.whole()) {
            let names = variables(&text);
            let args: FluentArgs<'_> = names.iter().map(|name| (name.as_str(), any(name))).collect();
            let said = language.try_say(&key, &args).unwrap_or_else(|| panic!("{}: {key}", language.tag));
            assert!(!said.contains("{$") && !said.contains("???"), "{}: {key}: {said}", language.tag);
        }
    }
}

#[test]
fn every_text_that_a_page_names_is_there() {
    fn sources(folder: &std::path::Path, all: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources").flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                all.push(std::fs::read_to_string(path).expect("a source"));
            }
        }
    }
    let mut all = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let known = messages(&SOURCES[0].said());
    let mut named = 0;
    for source in &all {
        for rest in source.split("say!(").skip(1) {
            let Some(key) =
                rest.split('"').nth(1).filter(|_| rest.split([',', ')']).nth(1).is_some_and(|second| second.trim_start().starts_with('"')))
            else {
                continue;
            };
            named += 1;
            assert!(known.contains_key(key), "no text {key}");
        }
    }
    assert!(named > 100, "{named} texts are named in the sources");
}

#[test]
fn english_is_plain() {
    let (mut words, mut sentences, mut syllables) = (0_usize, 0_usize, 0_usize);
    for piece in pieces(&SOURCES[0].said()) {
        for banned in ["such as", "improve your experience", "partners", "may ", "please accept", "simply", "!"] {
            assert!(!piece.to_lowercase().contains(banned), "{banned:?} in {piece:?}");
        }
        for sentence in piece.split(['.', '?', ':']).filter(|sentence| sentence.split_whitespace().count() > 0) {
            let own: Vec<&str> = sentence.split_whitespace().collect();
            assert!(own.len() <= 20, "{} words: {sentence}", own.len());
            // Labels are no sentences.
            if own.len() > 4 {
                words += own.len();
                sentences += 1;
                syllables += own.iter().map(|word| syllables_of(word)).sum::<usize>();
            }
        }
    }
    // Flesch-Kincaid grade level (Kincaid et al. 1975).
    let grade = 0.39 * (words as f64 / sentences as f64) + 11.8 * (syllables as f64 / words as f64) - 15.59;
    assert!(grade <= 8.0, "grade {grade:.1} of {sentences} sentences");
}

/// Groups of vowels; a silent e at the end counts none.
fn syllables_of(word: &str) -> usize {
    let word: String = word.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let mut count = 0;
    let mut inside = false;
    for c in word.chars() {
        let vowel = "aeiouy".contains(c);
        count += usize::from(vowel && !inside);
        inside = vowel;
    }
    if word.ends_with('e') && !word.ends_with("le") && count > 1 { count - 1 } else { count.max(1) }
}

#[test]
fn dates_are_written_as_each_language_writes_them() {
    let at: Timestamp = "2027-03-01T22:30:00Z".parse().expect("a moment");
    let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
    let dates: Vec<String> = Language::all().iter().map(|language| language.date(at, &TimeZone::UTC)).collect();
    assert_eq!(dates[..4], ["March 1, 2027", "1 mars 2027", "2027年3月1日", "1 marzo 2027"]);
    assert!(dates[4].contains("مارس"), "{}", dates[4]);
    assert_eq!(Language::default().date(at, &tokyo), "March 2, 2027", "the day is the visitor's");
    assert!(Language::default().moment(at, &tokyo).contains("7:30"), "{}", Language::default().moment(at, &tokyo));
}

#[test]
fn the_best_language_is_taken_and_traditional_chinese_is_not_simplified() {
    for (header, expected) in [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de, it;q=0.5, en;q=0.4", "it"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW,en;q=0.5", "en"),
        ("zh-Hant-HK", "en"),
        ("ar-AE", "ar"),
        ("en;q=0, ar;q=0.1", "ar"),
        ("*", "en"),
        ("", "en"),
        (";;;q=,,,=", "en"),
    ] {
        assert_eq!(Language::accepted(header).tag, expected, "{header}");
    }
}
