//! Reading the family files into one catalogue, once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::AttributeType;
use super::entry::{self, Fault};
use super::mask::Charts;
use super::schema::Definitions;

/// The families, each with its file.
const FAMILIES: [(&str, &str); 15] = [
    ("address", include_str!("address.toml")),
    ("body", include_str!("body.toml")),
    ("browsing", include_str!("browsing.toml")),
    ("contact", include_str!("contact.toml")),
    ("delivery", include_str!("delivery.toml")),
    ("feedback", include_str!("feedback.toml")),
    ("household", include_str!("household.toml")),
    ("identity", include_str!("identity.toml")),
    ("location", include_str!("location.toml")),
    ("occasion", include_str!("occasion.toml")),
    ("photo", include_str!("photo.toml")),
    ("purchase", include_str!("purchase.toml")),
    ("rules", include_str!("rules.toml")),
    ("style", include_str!("style.toml")),
    ("sustainability", include_str!("sustainability.toml")),
];
const DEFINITIONS: &str = include_str!("definitions.toml");
const CHARTS: &str = include_str!("size_charts.toml");

static BUILTIN: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::load().expect("the embedded catalogue loads: a test and every start check it"));

/// All attribute types, by name.
#[derive(Debug)]
pub struct Catalogue {
    types: BTreeMap<String, AttributeType>,
    version: String,
}

/// An entry of the catalogue cannot be used. Names the file and the entry, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("attribute catalogue, {file}, {entry}: {fault}")]
pub struct CatalogueError {
    /// The file, without its folder: `body.toml`.
    pub file: String,
    /// The entry's name, or its place in the file while it has none.
    pub entry: String,
    /// What is wrong.
    pub fault: Fault,
}

impl Catalogue {
    /// The catalogue of this build, read once. [`Catalogue::load`] at the start tells what would be wrong with it.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Reads the files that were built in, and checks every entry.
    pub fn load() -> Result<Self, CatalogueError> {
        Self::read(DEFINITIONS, CHARTS, &FAMILIES)
    }

    /// Reads a catalogue from texts: the shared definitions, the size charts, and the families with their entries.
    pub(super) fn read(definitions: &str, charts: &str, families: &[(&str, &str)]) -> Result<Self, CatalogueError> {
        let whole = |file: &str, fault| CatalogueError { file: file.to_owned(), entry: "the file".to_owned(), fault };
        let definitions_value = parse(definitions).map_err(|fault| whole("definitions.toml", fault))?;
        let charts_value = parse(charts).map_err(|fault| whole("size_charts.toml", fault))?;
        let definitions = Definitions::new(&definitions_value).map_err(|fault| whole("definitions.toml", fault))?;
        let charts: Charts = serde_json::from_value(charts_value.clone())
            .map_err(|error| whole("size_charts.toml", Fault::Unreadable(error.to_string())))?;

        let mut types = BTreeMap::new();
        let mut canonical = BTreeMap::new();
        for (family, text) in families {
            let file = format!("{family}.toml");
            let content = parse(text).map_err(|fault| whole(&file, fault))?;
            let entries = content.get("attribute").and_then(Value::as_array);
            let entries = entries.ok_or_else(|| whole(&file, Fault::NoEntries))?;
            for (place, data) in entries.iter().enumerate() {
                let name = data.get("name").and_then(Value::as_str);
                let label = name.map_or_else(|| format!("entry {}", place + 1), str::to_owned);
                let error = |fault| CatalogueError { file: file.clone(), entry: label.clone(), fault };
                let made = entry::build(family, data, &definitions, &charts).map_err(error)?;
                canonical.insert(made.name().to_owned(), data.clone());
                if types.insert(made.name().to_owned(), made).is_some() {
                    return Err(error(Fault::NameTwice));
                }
            }
        }
        let data = json!({ "definitions": definitions_value, "size_charts": charts_value, "attributes": canonical });
        let bytes = serde_jcs::to_vec(&data).map_err(|error| whole("the catalogue", Fault::Unreadable(error.to_string())))?;
        Ok(Self { types, version: hex(&Sha256::digest(bytes)) })
    }

    /// The type of this name.
    pub fn get(&self, name: &str) -> Option<&AttributeType> {
        self.types.get(name)
    }

    /// Every type, in the order of names.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &AttributeType> {
        self.types.values()
    }

    /// Every family that has a type, in the order of names.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        self.types.values().map(AttributeType::family).filter(move |family| last.replace(*family) != Some(*family))
    }

    /// What a pattern of a grant means: a plain name is that type, `purchase.*` is every type of the family in the order
    /// of names. None where it names nothing; no other pattern exists (`*` alone names nothing).
    pub fn expand(&self, pattern: &str) -> Option<Vec<&AttributeType>> {
        let Some(family) = pattern.strip_suffix(".*") else { return self.get(pattern).map(|found| vec![found]) };
        let members: Vec<_> = self.all().filter(|attribute| attribute.family() == family).collect();
        (!members.is_empty()).then_some(members)
    }

    /// SHA-256 (hex) over the canonical data (RFC 8785): two catalogues with the same version mean the same.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// TOML into the JSON data model. The data hold no TOML dates: JSON has none, and the schemas speak of texts.
fn parse(text: &str) -> Result<Value, Fault> {
    toml::from_str(text).map_err(|error| Fault::Unreadable(error.message().to_owned()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}
