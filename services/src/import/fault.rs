//! What is wrong with a line. Names places and rules, never what stands there.

use coffret_vault::attribute::FieldViolation;
use serde::Serialize;

/// One thing that is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    /// A stable code in capitals.
    pub(super) reason: &'static str,
    /// The column, or attribute type and field (`purchase.fit: item.id`); empty for the line as a whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) field: String,
    /// One plain sentence.
    pub(super) sentence: String,
}

impl Fault {
    pub(super) fn new(reason: &'static str, field: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { reason, field: field.into(), sentence: sentence.into() }
    }

    pub(super) fn line(reason: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(reason, "", sentence)
    }

    pub(super) fn of_value(attribute: &str, violation: FieldViolation) -> Self {
        let field = violation.field.strip_prefix("value.").unwrap_or_default();
        let field = if field.is_empty() { attribute.to_owned() } else { format!("{attribute}: {field}") };
        Self::new(violation.reason, field, violation.description)
    }
}
