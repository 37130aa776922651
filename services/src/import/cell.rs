//! What stands in one column of one line.

use jiff::Timestamp;
use jiff::civil::Date;

/// One value of the source, as the source types it.
#[derive(Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing: an empty text, null, not a number, or one of the mapping's words for it.
    Missing,
    Text(String),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Date(Date),
    Moment(Timestamp),
    /// A list or a group of fields, which no field of a mapping takes.
    Nested,
}

impl Cell {
    /// A trimmed text, or nothing where it is one of the words for nothing.
    pub(super) fn text(text: &str, missing: &[String]) -> Self {
        let text = text.trim();
        if missing.iter().any(|word| word == text) { Self::Missing } else { Self::Text(text.to_owned()) }
    }

    /// A number; what is not one (pandas writes a missing number so) is nothing.
    pub(super) fn number(number: f64) -> Self {
        if number.is_nan() { Self::Missing } else { Self::Number(number) }
    }

    /// As text: numbers in the shortest form that reads back the same, days and moments as in RFC 3339.
    pub(super) fn as_text(&self) -> Option<String> {
        Some(match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Moment(moment) => moment.to_string(),
            Self::Missing | Self::Nested => return None,
        })
    }
}
