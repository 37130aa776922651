//! Checking a value: cheap limits first, then its schema. What comes out names fields and rules, never content.

use std::io;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde::Serialize;
use serde_json::Value;

use crate::text::is_plain;

/// The deepest nesting of lists and objects in a value.
const MAX_DEPTH: usize = 16;
/// The longest value, in bytes of JSON. A photo's bytes are not part of its value.
const MAX_BYTES: usize = 32 * 1024;
/// Whole numbers beyond this are not exact in every reader (RFC 8785, section 3.2.2.3): 2^53 - 1.
const MAX_EXACT: u64 = (1 << 53) - 1;
/// More violations than these help nobody.
const MAX_VIOLATIONS: usize = 32;

/// One thing that is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FieldViolation {
    /// The field, from the value down: `value.size`, `value.lines.2.amount`. Only names that the schema knows occur in it.
    pub field: String,
    /// One plain sentence. It never quotes the value.
    pub description: String,
    /// A stable code, like `TOO_LONG`.
    pub reason: &'static str,
}

pub(super) fn check(validator: &Validator, value: &Value) -> Result<(), Vec<FieldViolation>> {
    if let Err((reason, description)) = check_limits(value) {
        return Err(vec![FieldViolation { field: "value".to_owned(), description: description.to_owned(), reason }]);
    }
    let mut violations: Vec<_> = validator.iter_errors(value).take(MAX_VIOLATIONS).map(|error| violation(&error)).collect();
    violations.sort();
    violations.dedup();
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

type Refusal = (&'static str, &'static str);

/// Depth before size: writing a value out to measure it goes as deep as the value does.
fn check_limits(value: &Value) -> Result<(), Refusal> {
    check_parts(value, 0)?;
    serde_json::to_writer(Measure(0), value).map_err(|_| ("TOO_LARGE", "The value is larger than 32 KiB."))
}

fn check_parts(value: &Value, depth: usize) -> Result<(), Refusal> {
    match value {
        Value::Array(_) | Value::Object(_) if depth >= MAX_DEPTH => Err(("TOO_DEEP", "The value is nested more than 16 levels deep.")),
        Value::Array(items) => items.iter().try_for_each(|item| check_parts(item, depth + 1)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, field)| {
            check_text(name)?;
            check_parts(field, depth + 1)
        }),
        Value::String(text) => check_text(text),
        Value::Number(number) => {
            let exact = number.as_i64().map(i64::unsigned_abs).or(number.as_u64()).is_none_or(|whole| whole <= MAX_EXACT);
            let finite = number.as_f64().is_some_and(f64::is_finite);
            if exact && finite { Ok(()) } else { Err(("NUMBER_NOT_EXACT", "A number is too large to be kept exactly.")) }
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    if is_plain(text) { Ok(()) } else { Err(("TEXT_NOT_PLAIN", "A text holds control characters.")) }
}

/// Counts what is written, and fails past the limit.
struct Measure(usize);

impl io::Write for Measure {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        if self.0 > MAX_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn violation(error: &ValidationError<'_>) -> FieldViolation {
    let mut field = String::from("value");
    for segment in error.instance_path() {
        field.push('.');
        field.push_str(&segment.to_string());
    }
    if let ValidationErrorKind::Required { property } = error.kind() {
        field.push('.');
        field.push_str(property.as_str().unwrap_or_default());
    }
    let (reason, description) = explain(error.kind());
    FieldViolation { field, description, reason }
}

/// Only limits out of the schema are quoted.
fn explain(kind: &ValidationErrorKind) -> (&'static str, String) {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Required { .. } => ("REQUIRED", "This field is needed.".into()),
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } | Kind::PropertyNames { .. } => {
            ("UNKNOWN_FIELD", "A field here is not known to this attribute.".into())
        }
        Kind::Type { kind } => ("WRONG_TYPE", format!("This must be {}.", type_words(kind))),
        Kind::Enum { .. } | Kind::Constant { .. } => ("NOT_LISTED", "This is not one of the listed choices.".into()),
        Kind::MaxLength { limit } => ("TOO_LONG", format!("This text is longer than {limit} characters.")),
        Kind::MinLength { limit } => ("TOO_SHORT", format!("This text is shorter than {limit} characters.")),
        Kind::MaxItems { limit } => ("TOO_MANY", format!("This list has more than {limit} entries.")),
        Kind::MinItems { limit } => ("TOO_FEW", format!("This list has fewer than {limit} entries.")),
        Kind::MinProperties { limit } => ("TOO_FEW", format!("At least {limit} of the fields must be there.")),
        Kind::UniqueItems => ("REPEATED", "This list has the same entry twice.".into()),
        Kind::Maximum { limit } => ("OUT_OF_RANGE", format!("This number must be at most {limit}.")),
        Kind::Minimum { limit } => ("OUT_OF_RANGE", format!("This number must be at least {limit}.")),
        Kind::MultipleOf { .. } | Kind::ExclusiveMaximum { .. } | Kind::ExclusiveMinimum { .. } => {
            ("OUT_OF_RANGE", "This number is not among those allowed.".into())
        }
        Kind::Format { format } => ("WRONG_FORMAT", format!("This must be written as {}.", format_words(format))),
        Kind::Pattern { .. } => ("WRONG_FORMAT", "This is not written in the expected form.".into()),
        _ => ("NOT_VALID", "This does not fit the attribute.".into()),
    }
}

fn type_words(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Single(JsonType::String) => "a text",
        TypeKind::Single(JsonType::Integer) => "a whole number",
        TypeKind::Single(JsonType::Number) => "a number",
        TypeKind::Single(JsonType::Boolean) => "true or false",
        TypeKind::Single(JsonType::Array) => "a list",
        TypeKind::Single(JsonType::Object) => "a group of fields",
        TypeKind::Single(JsonType::Null) | TypeKind::Multiple(_) => "of another type",
    }
}

fn format_words(format: &str) -> &'static str {
    match format {
        "date" => "a date like 2026-11-22",
        "date-time" => "a moment like 2026-11-22T14:30:00Z",
        "email" => "an e-mail address",
        "month-day" => "a month and day like 11-22",
        "time-zone" => "a time zone like Europe/Rome",
        _ => "the attribute asks",
    }
}
