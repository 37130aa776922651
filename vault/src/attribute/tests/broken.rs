//! Each thing that can be wrong with an entry is refused, and the error names file, entry and fault.

use serde_json::json;

use crate::attribute::{Catalogue, Fault};

const DEFINITIONS: &str = "word = { type = \"string\", maxLength = 9 }\n";
const CHARTS: &str = "[shoe]\nEU = { small = 37, medium = 40 }\n";
const GOOD: &str = r#"
[[attribute]]
name = "test.thing"
dpv = "pd:Height"
sensitivity = "ordinary"
cardinality = "single"
mask = [{ rule = "keep", fields = ["/kind"] }]
time = "/on"
example = { kind = "a", on = "2026-01-01" }
[attribute.schema]
required = ["kind"]
[attribute.schema.properties]
kind = { enum = ["a", "b"] }
name = "word"
count = { type = "integer", minimum = 0, maximum = 9 }
on = { type = "string", format = "date", maxLength = 10 }
[attribute.texts]
en = ["Thing", "A thing."]
fr = ["Chose", "Une chose."]
zh-Hans = ["东西", "一样东西。"]
it = ["Cosa", "Una cosa."]
ar = ["شيء", "شيء ما."]
"#;

fn read(text: &str) -> Result<Catalogue, super::super::CatalogueError> {
    Catalogue::read(DEFINITIONS, CHARTS, &[("test", text)])
}

#[test]
fn the_good_entry_is_read() {
    let catalogue = read(GOOD).unwrap_or_else(|error| panic!("{error}"));
    let thing = catalogue.get("test.thing").expect("there");
    assert_eq!(thing.schema()["properties"]["name"], json!({ "$ref": "#/$defs/word" }));
    assert_eq!(thing.schema()["$defs"], json!({ "word": { "type": "string", "maxLength": 9 } }));
    assert_eq!(thing.dpv(), "https://w3id.org/dpv/pd#Height");
}

/// What is replaced in the good entry, by what, and the fault that must come of it.
type Case = (&'static str, &'static str, fn(&Fault) -> bool);

#[test]
fn a_broken_entry_is_refused_for_what_is_wrong_with_it() {
    let keep = r#"[{ rule = "keep", fields = ["/kind"] }]"#;
    let kind = r#"kind = { enum = ["a", "b"] }"#;
    let cases: &[Case] = &[
        (r#"name = "test.thing""#, r#"name = "other.thing""#, |fault| *fault == Fault::Name),
        (r#"name = "test.thing""#, r#"name = "test.Thing""#, |fault| *fault == Fault::Name),
        (r#"name = "test.thing""#, r#"name = "test.a_name_that_takes_more_than_sixty_four_characters_with_its_family_""#, |fault| {
            *fault == Fault::Name
        }),
        (r#"name = "test.thing""#, r#"name = "test.""#, |fault| *fault == Fault::Name),
        (r#"name = "test.thing""#, "name = \"test.thing\"\nversion = 0", |fault| *fault == Fault::Version),
        (r#"name = "test.thing""#, "name = \"test.thing\"\ncolour = 1", |fault| matches!(fault, Fault::Unreadable(_))),
        ("pd:Height", "Height", |fault| *fault == Fault::DpvTerm),
        ("pd:Height", "xx:Height", |fault| *fault == Fault::DpvTerm),
        (r#""ordinary""#, r#""secret""#, |fault| matches!(fault, Fault::Unreadable(_))),
        ("it = [\"Cosa\", \"Una cosa.\"]\n", "", |fault| *fault == Fault::Texts("it".into())),
        (r#""Une chose.""#, r#""Une chose""#, |fault| *fault == Fault::Texts("fr".into())),
        ("it = [", "de = [\"Ding\", \"Ein Ding.\"]\nit = [", |fault| *fault == Fault::Texts("de".into())),
        (r#"name = "word""#, r#"name = "sentence""#, |fault| *fault == Fault::NoDefinition("sentence".into())),
        (", maxLength = 10", "", |fault| matches!(fault, Fault::Loose(_))),
        (", maximum = 9", "", |fault| matches!(fault, Fault::Loose(_))),
        (kind, "kind = { type = \"array\", items = \"word\" }", |fault| matches!(fault, Fault::Loose(_))),
        (kind, "kind = { type = [\"string\", \"null\"], maxLength = 9 }", |fault| matches!(fault, Fault::Loose(_))),
        (kind, "kind = { type = \"array\", maxItems = 3, items = { type = \"string\" } }", |fault| matches!(fault, Fault::Loose(_))),
        (kind, "kind = {}", |fault| matches!(fault, Fault::Loose(_))),
        (kind, "kind = { type = \"object\", properties = {}, additionalProperties = true }", |fault| matches!(fault, Fault::Loose(_))),
        ("[attribute.schema]\n", "[attribute.schema]\nadditionalProperties = true\n", |fault| matches!(fault, Fault::Loose(_))),
        ("maximum = 9", "maximum = 9, multipleOf = 0", |fault| matches!(fault, Fault::Schema(_))),
        (r#"format = "date""#, r#"format = "day""#, |fault| matches!(fault, Fault::Schema(_))),
        (r#"time = "/on""#, r#"time = "/when""#, |fault| *fault == Fault::NoField("/when".into())),
        (r#"time = "/on""#, r#"time = "/kind""#, |fault| *fault == Fault::TimeField),
        ("[\"/kind\"] }", "[\"/sort\"] }", |fault| *fault == Fault::NoField("/sort".into())),
        (keep, "[]", |fault| *fault == Fault::MaskRules),
        (keep, r#"[{ rule = "presence" }, { rule = "none_allowed" }]"#, |fault| *fault == Fault::MaskRules),
        (keep, r#"[{ rule = "year_of", field = "/on" }, { rule = "year_of", field = "/on" }]"#, |fault| *fault == Fault::MaskRules),
        (keep, r#"[{ rule = "blur" }]"#, |fault| matches!(fault, Fault::Unreadable(_))),
        (keep, r#"[{ rule = "presence", fields = [] }]"#, |fault| matches!(fault, Fault::Unreadable(_))),
        (keep, r#"[{ rule = "keep", fields = [] }]"#, |fault| matches!(fault, Fault::MaskSettings(_))),
        (keep, r#"[{ rule = "prefix", field = "/name", length = 0 }]"#, |fault| matches!(fault, Fault::MaskSettings(_))),
        (keep, r#"[{ rule = "band", field = "/count", size = 1, unit = "years", lowest = 0, highest = 9 }]"#, |fault| {
            matches!(fault, Fault::MaskSettings(_))
        }),
        (keep, r#"[{ rule = "band", field = "/count", size = 5, unit = "years", lowest = 1, highest = 10 }]"#, |fault| {
            matches!(fault, Fault::MaskSettings(_))
        }),
        (keep, r#"[{ rule = "band", field = "/count", size = 5, unit = "years", lowest = 10, highest = 5 }]"#, |fault| {
            matches!(fault, Fault::MaskSettings(_))
        }),
        (keep, r#"[{ rule = "size_band", chart = "shoe" }]"#, |fault| *fault == Fault::NoField("/system".into())),
        (r#"kind = "a", on"#, r#"kind = "c", on"#, |fault| *fault == Fault::Example("value.kind".into())),
        (", on = \"2026-01-01\" }", " }", |fault| *fault == Fault::ExampleShows("time")),
        (keep, r#"[{ rule = "prefix", field = "/name", length = 2 }]"#, |fault| *fault == Fault::ExampleShows("mask")),
    ];
    for (from, to, expected) in cases {
        assert!(GOOD.contains(from), "the case no longer changes anything: {from}");
        let error = read(&GOOD.replacen(from, to, 1)).map(|_| ()).expect_err(to);
        assert!(expected(&error.fault), "{from} -> {to}: {error}");
        assert_eq!(error.file, "test.toml");
        assert!(error.entry == "test.thing" || *from == r#"name = "test.thing""#, "{error}");
        assert!(error.to_string().contains("test.toml") && error.to_string().contains(&error.entry), "{error}");
    }
}

#[test]
fn a_name_is_taken_once() {
    let error = read(&format!("{GOOD}{GOOD}")).map(|_| ()).expect_err("twice");
    assert_eq!((error.entry.as_str(), error.fault), ("test.thing", Fault::NameTwice));
}

#[test]
fn an_unknown_size_chart_is_refused() {
    let sized = GOOD
        .replace(r#"[{ rule = "keep", fields = ["/kind"] }]"#, r#"[{ rule = "size_band", chart = "boot" }]"#)
        .replace("[attribute.schema.properties]", "[attribute.schema.properties]\nsystem = \"word\"\nsize = \"word\"");
    let error = read(&sized).map(|_| ()).expect_err("no such chart");
    assert_eq!(error.fault, Fault::MaskSettings("no such size chart"));
}

#[test]
fn a_file_that_is_not_a_catalogue_is_refused_by_name() {
    for text in ["", "attribute = 1", "[[attribute]", "[other]"] {
        let error = read(text).map(|_| ()).expect_err(text);
        assert_eq!((error.file.as_str(), error.entry.as_str()), ("test.toml", "the file"), "{text}");
    }
    for definitions in ["loose = { type = \"string\" }", "= 1"] {
        let error = Catalogue::read(definitions, CHARTS, &[("test", GOOD)]).map(|_| ()).expect_err(definitions);
        assert_eq!(error.file, "definitions.toml", "{definitions}");
    }
    let error = Catalogue::read(DEFINITIONS, "[shoe]\nEU = 3", &[("test", GOOD)]).map(|_| ()).expect_err("chart");
    assert_eq!(error.file, "size_charts.toml");
}

#[test]
fn the_version_follows_the_meaning_and_not_the_spelling() {
    let version = |text: &str, charts: &str| {
        Catalogue::read(DEFINITIONS, charts, &[("test", text)]).unwrap_or_else(|error| panic!("{error}")).version().to_owned()
    };
    let good = version(GOOD, CHARTS);
    assert_eq!(good.len(), 64);
    assert_eq!(version(&GOOD.replace("\n[attribute.texts]", "\n# a remark\n\n[attribute.texts]"), CHARTS), good);
    assert_ne!(version(&GOOD.replace("A thing.", "The thing."), CHARTS), good, "texts count");
    assert_ne!(version(&GOOD.replace("maximum = 9", "maximum = 8"), CHARTS), good, "schemas count");
    assert_ne!(version(GOOD, &CHARTS.replace("37", "36")), good, "charts count");
}
