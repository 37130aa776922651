//! An entry of the log in words: of which family it is, and what it says beside.

use coffret_proto::v1;
use serde::Deserialize;
use serde_json::Value;

use crate::look::Look;

/// Families of kinds of entry, in the order in which they are told: what the kind begins with, and which family that is.
const FAMILIES: [(&str, &str); 22] = [
    ("read.refused", "refused"),
    ("read", "read"),
    ("request", "request"),
    ("grant", "grant"),
    ("record", "record"),
    ("deletion", "record"),
    ("customer", "account"),
    ("identifier", "account"),
    ("passkey", "account"),
    ("recovery_code", "account"),
    ("ledger", "log"),
    ("brand", "running"),
    ("ceiling", "running"),
    ("purpose", "running"),
    ("credential", "running"),
    ("deployment", "running"),
    ("token", "running"),
    ("operator", "running"),
    ("key", "running"),
    ("node", "running"),
    ("note", "record"),
    ("import", "record"),
];

/// Every family once, in the order in which they are told. What fits none is `other`.
pub(super) const ALL: [&str; 9] = ["read", "refused", "request", "grant", "record", "account", "log", "running", "other"];

/// The family of a kind of entry.
pub(super) fn family(kind: &str) -> &'static str {
    let covers = |start: &str| kind.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    FAMILIES.iter().find(|(start, _)| covers(start)).map_or("other", |(_, family)| family)
}

/// A family in words.
pub(super) fn title(look: &Look, family: &str) -> String {
    look.language.say(&format!("event-{family}"))
}

/// What an entry says beside its kind and time.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    pub(super) attributes: Vec<String>,
    pub(super) brand: Option<String>,
    pub(super) grant: Option<String>,
    pub(super) request: Option<String>,
    pub(super) notice: Option<String>,
    pub(super) purpose: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) result: String,
    pub(super) terms_sha256: Option<String>,
    pub(super) who: Who,
}

/// Who did it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Who {
    pub(super) role: String,
    /// Of brands their id.
    pub(super) name: Value,
}

impl Details {
    pub(super) fn of(entry: &v1::LogEntry) -> Self {
        serde_json::from_str(&entry.details_json).unwrap_or_default()
    }

    /// Who did it, in words; the name of whoever has one.
    pub(super) fn who(&self, look: &Look) -> (String, String) {
        let role = match self.who.role.as_str() {
            role @ ("customer" | "delegate" | "brand" | "operator" | "auditor" | "clock") => look.language.say(&format!("who-{role}")),
            other => other.to_owned(),
        };
        (role, self.who.name.as_str().unwrap_or_default().to_owned())
    }
}

/// The beginning of an id, for a table; all of it stands on the entry's own page.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// The end of an id whose beginning is a time.
pub(super) fn short_end(id: &str) -> &str {
    id.len().checked_sub(8).and_then(|from| id.get(from..)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_family() {
        for (kind, expected) in [
            ("read", "read"),
            ("read.page", "read"),
            ("read.refused", "refused"),
            ("request.approved", "request"),
            ("readers", "other"),
            ("ledger.inspected", "log"),
            ("", "other"),
        ] {
            assert_eq!(family(kind), expected, "{kind}");
            assert!(ALL.contains(&family(kind)));
        }
    }
}
