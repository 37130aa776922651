//! What is wrong with terms, field by field, in words that a brand may read.

use std::fmt;

use serde::Serialize;

/// One field that breaks one rule. Never holds what was sent, only where it is and which rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Path in the wire contract, such as `terms.items[2].view`.
    pub field: String,
    /// Stable reason in capitals, such as `VIEW_NOT_OFFERED`.
    pub reason: &'static str,
    /// One plain public sentence, with the limit where there is one.
    pub description: String,
}

impl Violation {
    pub(super) fn new(field: impl Into<String>, reason: &'static str, description: impl Into<String>) -> Self {
        Self { field: field.into(), reason, description: description.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.description)
    }
}
