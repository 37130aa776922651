//! From an entry's data to an attribute type: everything that can be wrong with an entry is found here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::mask::{Charts, Mask, MaskRule};
use super::schema::{self, Definitions};
use super::{AttributeType, Cardinality, LANGUAGES, Sensitivity, Text};

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Not TOML, or not the fields of an entry.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The file has no `[[attribute]]`.
    #[error("the file has no entries")]
    NoEntries,
    /// Names are `family.word_with_underscores`, and the family is the file's.
    #[error("the name is not its family, a dot, and a lower-case word")]
    Name,
    /// The name is there already.
    #[error("the name is used twice")]
    NameTwice,
    /// Versions begin at 1.
    #[error("the schema version must be 1 or more")]
    Version,
    /// The term must be written with one of the known prefixes.
    #[error("the DPV term must be written like pd:Height")]
    DpvTerm,
    /// A text is missing, empty, or in a language that is not ours.
    #[error("the texts must be one title and one sentence in each of the catalogue's languages: {0}")]
    Texts(String),
    /// The schema refers to a definition that is not there.
    #[error("no shared definition is called {0}")]
    NoDefinition(String),
    /// The schema lets something in without a bound.
    #[error("the schema is not strict: {0}")]
    Loose(String),
    /// The schema is not a JSON Schema.
    #[error("the schema does not compile: {0}")]
    Schema(String),
    /// The mask or the time points to a field that the schema does not have.
    #[error("the schema has no field {0}")]
    NoField(String),
    /// The time field must be a date or a moment.
    #[error("the time field is neither a date nor a moment")]
    TimeField,
    /// Two mask rules write the same field, or a rule that stands alone has company, or no rule is there.
    #[error("the mask rules do not go together")]
    MaskRules,
    /// A band or a prefix that would not coarsen, or a size chart that is not there.
    #[error("the mask rule has bad settings: {0}")]
    MaskSettings(&'static str),
    /// The example must be valid.
    #[error("the example is not valid at {0}")]
    Example(String),
    /// The mask must say something about the example, and the time must be found in it.
    #[error("the example does not show the {0}")]
    ExampleShows(&'static str),
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default = "first")]
    version: u32,
    dpv: String,
    unit: Option<String>,
    sensitivity: Sensitivity,
    cardinality: Cardinality,
    #[serde(default)]
    blob: bool,
    mask: Vec<MaskRule>,
    time: Option<String>,
    schema: Value,
    example: Value,
    texts: BTreeMap<String, Text>,
}

const fn first() -> u32 {
    1
}

/// Builds the type that `data` declares in the file of `family`.
pub(super) fn build(family: &str, data: &Value, definitions: &Definitions, charts: &Charts) -> Result<AttributeType, Fault> {
    let entry = Entry::deserialize(data).map_err(|error| Fault::Unreadable(error.to_string()))?;
    check_name(family, &entry.name)?;
    if entry.version == 0 {
        return Err(Fault::Version);
    }
    let schema_id = format!("{}@{}", entry.name, entry.version);
    let schema = definitions.complete(&entry.schema, &schema_id)?;
    let validator = schema::compile(&schema)?;
    let mask = Mask::new(entry.mask, &schema, charts)?;
    if let Some(pointer) = &entry.time {
        let field = schema::field(&schema, pointer).ok_or_else(|| Fault::NoField(pointer.clone()))?;
        if !matches!(field["format"].as_str(), Some("date" | "date-time")) {
            return Err(Fault::TimeField);
        }
    }
    let built = AttributeType {
        dpv: expand_term(&entry.dpv)?,
        texts: check_texts(entry.texts)?,
        family: family.to_owned(),
        name: entry.name,
        cardinality: entry.cardinality,
        blob: entry.blob,
        sensitivity: entry.sensitivity,
        unit: entry.unit,
        schema,
        schema_id,
        validator,
        mask,
        time: entry.time,
        example: entry.example,
    };
    check_example(&built)?;
    Ok(built)
}

fn check_name(family: &str, name: &str) -> Result<(), Fault> {
    let word = name.strip_prefix(family).and_then(|rest| rest.strip_prefix('.')).ok_or(Fault::Name)?;
    let lower = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let begins = word.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if begins && lower && name.len() <= 64 { Ok(()) } else { Err(Fault::Name) }
}

/// `pd:Height` into the IRI (namespaces of DPV 2.3).
fn expand_term(term: &str) -> Result<String, Fault> {
    let (prefix, word) = term.split_once(':').ok_or(Fault::DpvTerm)?;
    let namespace = match prefix {
        "dpv" => "https://w3id.org/dpv#",
        "pd" => "https://w3id.org/dpv/pd#",
        _ => return Err(Fault::DpvTerm),
    };
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Fault::DpvTerm);
    }
    Ok(format!("{namespace}{word}"))
}

fn check_texts(mut texts: BTreeMap<String, Text>) -> Result<[Text; LANGUAGES.len()], Fault> {
    let mut ordered = Vec::with_capacity(LANGUAGES.len());
    for language in LANGUAGES {
        let text = texts.remove(language).ok_or_else(|| Fault::Texts(language.to_owned()))?;
        let sentence = text.description.trim_end().ends_with(['.', '。']);
        if text.title.trim().is_empty() || !sentence {
            return Err(Fault::Texts(language.to_owned()));
        }
        ordered.push(text);
    }
    if let Some(extra) = texts.into_keys().next() {
        return Err(Fault::Texts(extra));
    }
    ordered.try_into().map_err(|_| Fault::Texts(String::new()))
}

fn check_example(built: &AttributeType) -> Result<(), Fault> {
    if let Err(violations) = built.validate(&built.example) {
        return Err(Fault::Example(violations.into_iter().next().map(|first| first.field).unwrap_or_default()));
    }
    if built.time.is_some() && built.time(&built.example).is_none() {
        return Err(Fault::ExampleShows("time"));
    }
    if built.mask.tells_more_than_presence() && built.mask(&built.example) == Mask::present() {
        return Err(Fault::ExampleShows("mask"));
    }
    Ok(())
}
