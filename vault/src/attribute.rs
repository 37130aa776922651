//! The attribute catalogue: which types of personal data the vault can hold, and what each of them means.
//!
//! A type is one `[[attribute]]` entry in its family's file beside this one. The entry declares the name, the value's
//! JSON Schema (2020-12), the unit, the Data Privacy Vocabulary term, the sensitivity, how the value is coarsened for a
//! `masked` view, where the record's own time stands, an example, and its title and description in every language.
//! Adding a type is adding an entry: the wire, the store and the pages read the catalogue. [`Catalogue::load`] refuses
//! an entry that is incomplete, loose (a text without a length, an object open to any field) or contradicts itself.
//!
//! In an entry's schema a property given as a word is a reference to the shared definition of that name
//! (`definitions.toml`), and an object that does not say otherwise takes no other fields.

mod catalogue;
mod entry;
mod mask;
mod schema;
#[cfg(test)]
mod tests;
mod validation;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Timestamp;

pub use catalogue::{Catalogue, CatalogueError};
pub use entry::Fault;
pub use mask::{Mask, MaskRule};
pub use validation::FieldViolation;

/// The languages that every title and description is written in (BCP 47).
pub const LANGUAGES: [&str; 5] = ["en", "fr", "zh-Hans", "it", "ar"];

/// The largest photo, in bytes (20 MiB). A blob's record value is its description; the bytes travel beside it.
pub const BLOB_LIMIT: u64 = 20 * 1024 * 1024;

/// How carefully a type must be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Personal data without more.
    Ordinary,
    /// Intimate, or about a third person or a child.
    Sensitive,
    /// A special category (GDPR Art. 9): health, biometrics, ..
    Special,
}

/// How many current records of a type a customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// One: a put makes a new version of it.
    Single,
    /// Any number: a put makes a new record, unless it names one.
    Many,
}

/// What people read about a type, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[String; 2]", into = "[String; 2]")]
pub struct Text {
    /// The plain name, two or three words.
    pub title: String,
    /// One sentence that says what the record holds.
    pub description: String,
}

impl From<[String; 2]> for Text {
    fn from([title, description]: [String; 2]) -> Self {
        Self { title, description }
    }
}

impl From<Text> for [String; 2] {
    fn from(text: Text) -> Self {
        [text.title, text.description]
    }
}

/// One type of personal data, ready to use. Made only by [`Catalogue::load`].
#[derive(Debug)]
pub struct AttributeType {
    name: String,
    family: String,
    cardinality: Cardinality,
    blob: bool,
    sensitivity: Sensitivity,
    dpv: String,
    unit: Option<String>,
    schema: Value,
    schema_id: String,
    validator: jsonschema::Validator,
    mask: Mask,
    time: Option<String>,
    example: Value,
    /// In the order of [`LANGUAGES`].
    texts: [Text; LANGUAGES.len()],
}

impl AttributeType {
    /// The name that grants and records use: `body.shoe_size`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The part of the name before the dot: `body`.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// One current record per customer, or any number.
    pub const fn cardinality(&self) -> Cardinality {
        self.cardinality
    }

    /// Whether bytes (at most [`BLOB_LIMIT`]) travel beside the value, which then only describes them.
    pub const fn is_blob(&self) -> bool {
        self.blob
    }

    /// How carefully it must be treated.
    pub const fn sensitivity(&self) -> Sensitivity {
        self.sensitivity
    }

    /// The IRI of its category in the Data Privacy Vocabulary 2.3: `https://w3id.org/dpv/pd#Height`.
    pub fn dpv(&self) -> &str {
        &self.dpv
    }

    /// The unit of its number, in words, where it has one: `cm or in`.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// The JSON Schema (2020-12) of the value, complete with its definitions.
    pub const fn schema(&self) -> &Value {
        &self.schema
    }

    /// Name and version of the schema, as records store it: `body.shoe_size@1`.
    pub fn schema_id(&self) -> &str {
        &self.schema_id
    }

    /// The plain name in a language; English where the language is not among [`LANGUAGES`].
    pub fn title(&self, language: &str) -> &str {
        &self.text(language).title
    }

    /// One sentence on what it holds, in a language; English where the language is not among [`LANGUAGES`].
    pub fn description(&self, language: &str) -> &str {
        &self.text(language).description
    }

    /// Every language with its text, in the order of [`LANGUAGES`].
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        LANGUAGES.into_iter().zip(&self.texts)
    }

    /// How a `masked` view of it is made, and whether one is offered at all.
    pub const fn mask_rule(&self) -> &Mask {
        &self.mask
    }

    /// Where the record's own time stands in the value (JSON pointer, RFC 6901); none means the time of writing counts.
    pub fn time_pointer(&self) -> Option<&str> {
        self.time.as_deref()
    }

    /// An invented value that is valid, for pages and tests.
    pub const fn example(&self) -> &Value {
        &self.example
    }

    /// Checks a value; the violations name fields and rules, never what the value holds.
    pub fn validate(&self, value: &Value) -> Result<(), Vec<FieldViolation>> {
        validation::check(&self.validator, value)
    }

    /// The coarsened value. Total and deterministic: what cannot be coarsened becomes `{"present": true}`, never itself.
    /// [`Mask`] describes the shape of what comes out.
    pub fn mask(&self, value: &Value) -> Value {
        self.mask.apply(value)
    }

    /// The record's own time; none where the type has no time field or this value leaves it out.
    pub fn time(&self, value: &Value) -> Option<Timestamp> {
        value.pointer(self.time.as_deref()?)?.as_str()?.parse().ok()
    }

    /// Matches a full tag first, then a Chinese tag of any region to simplified Chinese, then the language alone.
    fn text(&self, language: &str) -> &Text {
        let tag = language.to_ascii_lowercase();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let place = LANGUAGES.iter().position(|known| {
            let known = known.to_ascii_lowercase();
            known == tag || known.split('-').next() == Some(primary)
        });
        &self.texts[place.unwrap_or(0)]
    }
}
