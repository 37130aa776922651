//! One field of a mapping: which column, and how its text becomes a value.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};
use serde::Deserialize;
use serde_json::Value;

use super::cell::Cell;
use super::convert::{Convert, number};
use super::fault::Fault;

/// What a column becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Type {
    #[default]
    String,
    Integer,
    Number,
    Boolean,
    /// A day: `2016-04-20`.
    Date,
    /// A moment in UTC: `2016-04-20T14:30:00Z`.
    Moment,
    /// One of the words in `map`.
    Enum,
}

/// A field as the mapping file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldSpec {
    column: Option<String>,
    #[serde(rename = "const")]
    constant: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<Type>,
    format: Option<String>,
    map: Option<BTreeMap<String, Value>>,
    convert: Option<Convert>,
    split: Option<String>,
    #[serde(default)]
    optional: bool,
}

/// A field, checked.
#[derive(Debug)]
pub(super) enum Field {
    Constant(Value),
    Column(Column),
}

/// A field that is taken from a column.
#[derive(Debug)]
pub(super) struct Column {
    name: String,
    /// Where the column stands in a row.
    slot: usize,
    make: Make,
    split: Option<String>,
    pub(super) optional: bool,
}

#[derive(Debug)]
enum Make {
    String,
    Integer,
    Number,
    Boolean,
    Date(Option<String>),
    Moment(Option<String>),
    Map(BTreeMap<String, Value>),
    Convert(Convert),
}

impl FieldSpec {
    /// Checks that the keys go together. `slot` gives a column its place. What is wrong is said with the key's name first.
    pub(super) fn check(self, slot: impl FnOnce(&str) -> usize) -> Result<Field, String> {
        let Self { column, constant, kind, format, map, convert, split, optional } = self;
        let column = match (column, constant) {
            (Some(column), None) => column,
            (None, Some(constant)) => {
                let alone = kind.is_none() && format.is_none() && map.is_none() && convert.is_none() && split.is_none() && !optional;
                return if alone { Ok(Field::Constant(constant)) } else { Err("const: it stands alone.".to_owned()) };
            }
            _ => return Err("column: a field has either a column or a const.".to_owned()),
        };
        if convert.is_some() && (kind.is_some() || map.is_some()) {
            return Err("convert: it already says what comes out. Leave out type and map.".to_owned());
        }
        let dated = matches!(kind, Some(Type::Date | Type::Moment));
        if format.is_some() && !dated {
            return Err("format: only a date or a moment has one.".to_owned());
        }
        if map.is_some() != (kind == Some(Type::Enum)) {
            return Err("map: type = \"enum\" and a map go together.".to_owned());
        }
        if map.as_ref().is_some_and(|map| map.is_empty() || map.values().any(|value| value.is_object() || value.is_array())) {
            return Err("map: it gives words for words, at least one.".to_owned());
        }
        if split.as_ref().is_some_and(String::is_empty) {
            return Err("split: it is the text between two entries of a list.".to_owned());
        }
        let make = match (convert, kind.unwrap_or_default()) {
            (Some(convert), _) => Make::Convert(convert),
            (None, Type::String) => Make::String,
            (None, Type::Integer) => Make::Integer,
            (None, Type::Number) => Make::Number,
            (None, Type::Boolean) => Make::Boolean,
            (None, Type::Date) => Make::Date(checked_format(format, false)?),
            (None, Type::Moment) => Make::Moment(checked_format(format, true)?),
            (None, Type::Enum) => Make::Map(map.unwrap_or_default()),
        };
        Ok(Field::Column(Column { slot: slot(&column), name: column, make, split, optional }))
    }
}

/// A format must read back a day that it wrote.
fn checked_format(format: Option<String>, moment: bool) -> Result<Option<String>, String> {
    let Some(format) = format.filter(|format| !moment || format != "rfc3339") else { return Ok(None) };
    let sample = Date::constant(2016, 4, 23).at(14, 35, 7, 0);
    let zoned = sample.to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
    let written = strtime::format(&format, &zoned).map_err(|_| unreadable(&format))?;
    let read = if moment { read_moment(&format, &written).map(|_| ()) } else { Date::strptime(&format, &written).ok().map(|_| ()) };
    read.map(|()| Some(format.clone())).ok_or_else(|| unreadable(&format))
}

fn unreadable(format: &str) -> String {
    format!("format: {format:?} is not a format like %Y-%m-%d or %B %d, %Y, or leaves out part of the day.")
}

fn read_moment(format: &str, text: &str) -> Option<Timestamp> {
    let parsed = strtime::parse(format, text).ok()?;
    if let Ok(moment) = parsed.to_timestamp() {
        return Some(moment);
    }
    in_utc(parsed.to_datetime().ok()?)
}

fn in_utc(at: DateTime) -> Option<Timestamp> {
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

impl Column {
    /// Whether the row has nothing there.
    pub(super) fn is_missing(&self, row: &[Cell]) -> bool {
        row.get(self.slot).is_none_or(|cell| *cell == Cell::Missing)
    }

    /// The value; none where the column is empty and may be.
    pub(super) fn value(&self, row: &[Cell]) -> Result<Option<Value>, Fault> {
        let wrong = |expected: &str| Fault::new("WRONG_FORMAT", self.name.as_str(), format!("This must be {expected}."));
        let cell = match row.get(self.slot) {
            None | Some(Cell::Missing) if self.optional => return Ok(None),
            None | Some(Cell::Missing) => return Err(Fault::new("REQUIRED", self.name.as_str(), "This column is needed and empty.")),
            Some(Cell::Nested) => return Err(wrong("one value, not a list or a group")),
            Some(cell) => cell,
        };
        let made = match &self.split {
            None => self.make.apply(cell),
            Some(between) => {
                let text = cell.as_text().unwrap_or_default();
                let parts = text.split(between.as_str()).map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| self.make.apply(&Cell::Text(part.to_owned()))).collect::<Option<Vec<_>>>().map(Value::Array)
            }
        };
        made.map(Some).ok_or_else(|| match &self.make {
            Make::Map(_) => Fault::new("NOT_IN_MAP", self.name.as_str(), "This is not one of the words in the mapping's map."),
            other => wrong(other.expected()),
        })
    }
}

impl Make {
    fn expected(&self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Date(_) => "a date as the mapping's format says",
            Self::Moment(_) => "a moment as the mapping's format says",
            Self::Map(_) => "one of the words in the mapping's map",
            Self::Convert(convert) => convert.expected(),
        }
    }

    fn apply(&self, cell: &Cell) -> Option<Value> {
        match self {
            Self::String => cell.as_text().map(Value::String),
            Self::Integer => integer(cell).map(Value::from),
            Self::Number => match cell {
                Cell::Integer(whole) => Some(Value::from(*whole)),
                Cell::Number(real) => number(*real),
                Cell::Text(text) => text.parse::<f64>().ok().filter(|real| real.is_finite()).and_then(number),
                _ => None,
            },
            Self::Boolean => boolean(cell).map(Value::Bool),
            Self::Date(format) => date(cell, format.as_deref()).map(|date| Value::String(date.to_string())),
            Self::Moment(format) => moment(cell, format.as_deref()).map(|moment| Value::String(moment.to_string())),
            Self::Map(map) => map.get(&cell.as_text()?).cloned(),
            Self::Convert(convert) => convert.apply(&cell.as_text()?),
        }
    }
}

fn integer(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Integer(whole) => Some(*whole),
        Cell::Number(real) => number(*real)?.as_i64(),
        Cell::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn boolean(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Boolean(value) => Some(*value),
        Cell::Integer(0) => Some(false),
        Cell::Integer(1) => Some(true),
        Cell::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn date(cell: &Cell, format: Option<&str>) -> Option<Date> {
    match (cell, format) {
        (Cell::Date(date), _) => Some(*date),
        (Cell::Moment(moment), _) => Some(moment.to_zoned(TimeZone::UTC).date()),
        (Cell::Text(text), None) => text.parse().ok(),
        (Cell::Text(text), Some(format)) => Date::strptime(format, text).ok(),
        // Days are often written as numbers: 20160420.
        (Cell::Integer(_), Some(format)) => Date::strptime(format, cell.as_text()?).ok(),
        _ => None,
    }
}

fn moment(cell: &Cell, format: Option<&str>) -> Option<Timestamp> {
    match (cell, format) {
        (Cell::Moment(moment), _) => Some(*moment),
        (Cell::Date(date), _) => in_utc(date.at(0, 0, 0, 0)),
        (Cell::Text(text), None) => text.parse().ok(),
        (Cell::Text(text), Some(format)) => read_moment(format, text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn field(toml: &str) -> Result<Field, String> {
        let spec: FieldSpec = toml::from_str(toml).map_err(|error| error.message().to_owned())?;
        spec.check(|_| 0)
    }

    fn value(toml: &str, cell: Cell) -> Result<Option<Value>, Fault> {
        match field(toml).unwrap() {
            Field::Column(column) => column.value(&[cell]),
            Field::Constant(constant) => Ok(Some(constant)),
        }
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn columns_become_what_the_mapping_says() {
        let moment: Timestamp = "2016-04-20T23:30:00Z".parse().unwrap();
        for (field, cell, expected) in [
            ("column = 'a'", text("x"), json!("x")),
            ("column = 'a'", Cell::Integer(7), json!("7")),
            ("column = 'a'\ntype = 'integer'", text("-12"), json!(-12)),
            ("column = 'a'\ntype = 'integer'", Cell::Number(137.0), json!(137)),
            ("column = 'a'\ntype = 'number'", text("1.5"), json!(1.5)),
            ("column = 'a'\ntype = 'number'", Cell::Number(68.0), json!(68)),
            ("column = 'a'\ntype = 'boolean'", text("Yes"), json!(true)),
            ("column = 'a'\ntype = 'boolean'", Cell::Integer(0), json!(false)),
            ("column = 'a'\ntype = 'date'", text("2016-04-20"), json!("2016-04-20")),
            ("column = 'a'\ntype = 'date'\nformat = '%Y%m%d'", text("19970112"), json!("1997-01-12")),
            ("column = 'a'\ntype = 'date'\nformat = '%Y%m%d'", Cell::Integer(19_970_112), json!("1997-01-12")),
            ("column = 'a'\ntype = 'date'\nformat = '%B %d, %Y'", text("April 20, 2016"), json!("2016-04-20")),
            ("column = 'a'\ntype = 'date'", Cell::Moment(moment), json!("2016-04-20")),
            ("column = 'a'\ntype = 'moment'", text("2016-04-21T01:30:00+02:00"), json!("2016-04-20T23:30:00Z")),
            ("column = 'a'\ntype = 'moment'\nformat = 'rfc3339'", text("2016-04-20T23:30:00Z"), json!("2016-04-20T23:30:00Z")),
            ("column = 'a'\ntype = 'moment'\nformat = '%d/%m/%Y %H:%M'", text("20/04/2016 23:30"), json!("2016-04-20T23:30:00Z")),
            ("column = 'a'\ntype = 'enum'\nmap = { s = 'small' }", text("s"), json!("small")),
            ("column = 'a'\nconvert = 'upper'\nsplit = ';'", text("a; b;"), json!(["A", "B"])),
            ("const = 3", Cell::Missing, json!(3)),
        ] {
            assert_eq!(value(field, cell).unwrap(), Some(expected), "{field}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_by_column_and_rule_without_quoting_it() {
        for (field, cell, reason) in [
            ("column = 'a'", Cell::Missing, "REQUIRED"),
            ("column = 'a'", Cell::Nested, "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'integer'", text("12.5 secret"), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'integer'", Cell::Number(1.5), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'number'", text("inf"), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'boolean'", Cell::Integer(2), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'date'", text("secret"), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'date'\nformat = '%Y%m%d'", text("19970231"), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'moment'", text("2016-04-20"), "WRONG_FORMAT"),
            ("column = 'a'\ntype = 'enum'\nmap = { s = 'small' }", text("secret"), "NOT_IN_MAP"),
            ("column = 'a'\nconvert = 'pounds'", text("secret"), "WRONG_FORMAT"),
        ] {
            let fault = value(field, cell).unwrap_err();
            assert_eq!((fault.reason, fault.field.as_str()), (reason, "a"), "{field}");
            assert!(!fault.sentence.contains("secret"), "{field}");
        }
        assert_eq!(value("column = 'a'\noptional = true", Cell::Missing).unwrap(), None);
    }

    #[test]
    fn keys_that_do_not_go_together_are_refused_by_name() {
        for (toml, key) in [
            ("type = 'integer'", "column:"),
            ("column = 'a'\nconst = 1", "column:"),
            ("const = 1\noptional = true", "const:"),
            ("column = 'a'\ntype = 'integer'\nformat = '%Y'", "format:"),
            ("column = 'a'\ntype = 'date'\nformat = '%Y-%m'", "format:"),
            ("column = 'a'\ntype = 'date'\nformat = 'YYYY-MM-DD'", "format:"),
            ("column = 'a'\ntype = 'date'\nformat = '%'", "format:"),
            ("column = 'a'\ntype = 'moment'\nformat = '%H:%M'", "format:"),
            ("column = 'a'\ntype = 'enum'", "map:"),
            ("column = 'a'\nmap = { a = 'b' }", "map:"),
            ("column = 'a'\ntype = 'enum'\nmap = {}", "map:"),
            ("column = 'a'\ntype = 'integer'\nconvert = 'upper'", "convert:"),
            ("column = 'a'\nsplit = ''", "split:"),
            ("column = 'a'\nconvert = 'furlongs'", "unknown variant"),
            ("column = 'a'\ncolour = 'red'", "unknown field"),
        ] {
            let error = field(toml).unwrap_err();
            assert!(error.starts_with(key), "{toml}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_field(any in any::<String>()) {
            for toml in [
                "column = 'a'", "column = 'a'\ntype = 'integer'", "column = 'a'\ntype = 'number'", "column = 'a'\ntype = 'boolean'",
                "column = 'a'\ntype = 'date'", "column = 'a'\ntype = 'date'\nformat = '%B %d, %Y'", "column = 'a'\ntype = 'moment'",
                "column = 'a'\ntype = 'moment'\nformat = '%d/%m/%Y %H:%M'", "column = 'a'\nsplit = ','",
            ] {
                let _ = value(toml, text(&any));
            }
        }

        #[test]
        fn every_day_reads_back(days in 0_i32..100_000) {
            let day = Date::constant(1850, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let written = day.strftime("%B %d, %Y").to_string();
            let read = value("column = 'a'\ntype = 'date'\nformat = '%B %d, %Y'", text(&written)).unwrap();
            prop_assert_eq!(read, Some(json!(day.to_string())));
        }
    }
}
