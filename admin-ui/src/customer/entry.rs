//! An entry of the ledger, as the customer reads it.

use coffret_proto::v1;
use serde::Deserialize;

use crate::catalogue::Catalogue;
use crate::look::Look;
use crate::texts::say;

/// The parts of an entry's details that pages show. Others may be there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    pub(super) attributes: Vec<String>,
    pub(super) brand: Option<String>,
    pub(super) grant: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) result: String,
    pub(super) advisor: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

impl Details {
    pub(super) fn of(entry: &v1::Entry) -> Self {
        serde_json::from_str(&entry.details_json).unwrap_or_default()
    }

    /// Whether data was given out.
    pub(super) fn was_answered(&self) -> bool {
        // Further pages of a read are entries of their own.
        matches!(self.kind.as_str(), "read" | "read.page")
    }

    /// The plain names of the data concerned.
    pub(super) fn data(&self, look: &Look, catalogue: &Catalogue) -> String {
        let mut titles: Vec<&str> = Vec::new();
        for one in &self.attributes {
            let title = catalogue.title(one.split(':').next().unwrap_or(one));
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        titles.join(say!(look, "list-comma").as_str())
    }

    /// What came of it, in words.
    pub(super) fn outcome(&self, look: &Look) -> String {
        if self.was_answered() {
            return say!(look, "read-shown");
        }
        let key = format!("refused-{}", self.result.to_ascii_lowercase().replace('_', "-"));
        look.language.try_say(&key, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| say!(look, "read-refused"))
    }
}
