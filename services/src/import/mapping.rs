//! The mapping file: which column of the source becomes which field of which attribute type. Checked as a whole before anything is read.
//!
//! ```toml
//! [source]
//! format = "csv"                        # csv, json_lines or parquet
//!
//! [customer]
//! id = { column = "number" }            # the brand's own number of the customer
//! language = "en"                       # of those who get a vault
//! time_zone = "Europe/Paris"
//!
//! [[record]]
//! attribute = "body.height"
//! skip_if_missing = ["height"]          # no such record where one of these columns is empty
//! [record.value]
//! value = { column = "height", convert = "feet_inches" }
//! unit = { const = "in" }
//! measured_on = { column = "day", type = "date", format = "%B %d, %Y", optional = true }
//! ```
//!
//! A group of fields (`item.id = { .. }`) is left out where none of its columns holds anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use coffret_vault::Profile;
use coffret_vault::attribute::{AttributeType, Catalogue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::cell::Cell;
use super::fault::Fault;
use super::field::{Column, Field, FieldSpec};
use super::source::SourceSpec;

/// What is wrong with a mapping file. Names file, table and key.
#[derive(Debug, thiserror::Error)]
#[error("{}, {place}: {what}", file.display())]
pub struct MappingError {
    /// The mapping file.
    pub file: PathBuf,
    /// Table and key: `[[record]] 2 (body.height), value.unit`.
    pub place: String,
    /// What is wrong, in a sentence.
    pub what: String,
}

/// A column that the mapping uses, with the place in the mapping that named it first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) place: String,
}

/// A mapping, checked.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) file: PathBuf,
    pub(super) source: SourceSpec,
    pub(super) columns: Vec<Wanted>,
    pub(super) profile: Profile,
    id: Column,
    records: Vec<Template>,
    /// SHA-256 over what the file says; comments and order do not count.
    pub(super) digest: [u8; 32],
}

/// How a line becomes one record.
#[derive(Debug)]
struct Template {
    kind: &'static AttributeType,
    skip_if_missing: Vec<usize>,
    value: Node,
}

#[derive(Debug)]
enum Node {
    Field(Field),
    Group(Vec<(String, Node)>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerSpec {
    id: FieldSpec,
    #[serde(default = "english")]
    language: String,
    #[serde(default = "utc")]
    time_zone: String,
}

fn english() -> String {
    "en".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordSpec {
    attribute: String,
    #[serde(default)]
    skip_if_missing: Vec<String>,
    value: Value,
}

/// A file being read.
struct Reading<'a> {
    file: &'a Path,
    columns: Vec<Wanted>,
}

impl Mapping {
    /// Reads and checks a mapping file.
    pub(super) fn load(file: &Path) -> Result<Self, MappingError> {
        let wrong = |place: &str, what: String| MappingError { file: file.to_owned(), place: place.to_owned(), what };
        let text = std::fs::read_to_string(file).map_err(|cause| wrong("the file", format!("it cannot be read: {cause}.")))?;
        Self::read(file, &text)
    }

    pub(super) fn read(file: &Path, text: &str) -> Result<Self, MappingError> {
        let mut reading = Reading { file, columns: Vec::new() };
        let mut tables: BTreeMap<String, Value> = toml::from_str(text).map_err(|error| {
            let line = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default().matches('\n').count() + 1;
            reading.wrong(format!("line {line}"), error.message().to_owned())
        })?;
        let digest = Sha256::digest(serde_json::to_vec(&tables).unwrap_or_default()).into();
        let source: SourceSpec = reading.table(&mut tables, "source")?;
        source.check().map_err(|what| reading.wrong("[source]", what))?;
        let customer: CustomerSpec = reading.table(&mut tables, "customer")?;
        let id = match reading.field(customer.id, "[customer], id")? {
            Field::Column(column) if !column.optional => column,
            _ => return Err(reading.wrong("[customer], id", "it is a column, and not optional.")),
        };
        let specs: Vec<Value> = reading.table(&mut tables, "record")?;
        if let Some(table) = tables.keys().next() {
            return Err(reading.wrong(format!("[{table}]"), "there is no such table; a mapping has [source], [customer] and [[record]]."));
        }
        if specs.is_empty() {
            return Err(reading.wrong("[[record]]", "at least one is needed."));
        }
        let records = specs.into_iter().enumerate().map(|(position, spec)| reading.record(position + 1, spec)).collect::<Result<_, _>>()?;
        let profile = Profile { language: customer.language, time_zone: customer.time_zone };
        Ok(Self { file: file.to_owned(), source, columns: reading.columns, profile, id, records, digest })
    }

    /// Whose line it is.
    pub(super) fn customer(&self, row: &[Cell]) -> Result<String, Fault> {
        let found = self.id.value(row)?.map(|value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        });
        found.ok_or_else(|| Fault::line("REQUIRED", "There is no customer."))
    }

    /// The values of a line, each with its type; all that is wrong where something is.
    pub(super) fn values(&self, row: &[Cell]) -> Result<Vec<(&'static AttributeType, Value)>, Vec<Fault>> {
        let (mut values, mut faults) = (Vec::with_capacity(self.records.len()), Vec::new());
        for template in &self.records {
            if template.skip_if_missing.iter().any(|slot| row.get(*slot).is_none_or(|cell| *cell == Cell::Missing)) {
                continue;
            }
            values.extend(template.value.make(row, &mut faults).map(|value| (template.kind, value)));
        }
        if faults.is_empty() { Ok(values) } else { Err(faults) }
    }
}

impl Reading<'_> {
    fn wrong(&self, place: impl Into<String>, what: impl Into<String>) -> MappingError {
        MappingError { file: self.file.to_owned(), place: place.into(), what: what.into() }
    }

    fn table<T: DeserializeOwned>(&self, tables: &mut BTreeMap<String, Value>, name: &str) -> Result<T, MappingError> {
        let brackets = if name == "record" { "[[record]]".to_owned() } else { format!("[{name}]") };
        let table = tables.remove(name).ok_or_else(|| self.wrong(&brackets, "this table is needed."))?;
        serde_json::from_value(table).map_err(|error| self.wrong(&brackets, format!("{error}.")))
    }

    fn slot(&mut self, name: &str, place: &str) -> usize {
        let known = self.columns.iter().position(|column| column.name == name);
        known.unwrap_or_else(|| {
            self.columns.push(Wanted { name: name.to_owned(), place: place.to_owned() });
            self.columns.len() - 1
        })
    }

    fn field(&mut self, spec: FieldSpec, place: &str) -> Result<Field, MappingError> {
        let checked = spec.check(|name| self.slot(name, place));
        checked.map_err(|what| self.wrong(place, what))
    }

    fn record(&mut self, number: usize, spec: Value) -> Result<Template, MappingError> {
        let name = spec.get("attribute").and_then(Value::as_str).unwrap_or("?").to_owned();
        let place = format!("[[record]] {number} ({name})");
        let spec: RecordSpec = serde_json::from_value(spec).map_err(|error| self.wrong(&place, format!("{error}.")))?;
        let kind = Catalogue::builtin().get(&spec.attribute);
        let kind = kind.ok_or_else(|| self.wrong(format!("{place}, attribute"), "there is no such attribute type."))?;
        if kind.is_blob() {
            return Err(self.wrong(format!("{place}, attribute"), "a photo is uploaded, not imported."));
        }
        let value = self.node(spec.value, kind.schema(), kind.schema(), &format!("{place}, value"))?;
        if matches!(value, Node::Field(_)) {
            return Err(self.wrong(format!("{place}, value"), "it is a table of fields."));
        }
        let skip = format!("{place}, skip_if_missing");
        let skip_if_missing = spec.skip_if_missing.iter().map(|name| self.slot(name, &skip)).collect();
        Ok(Template { kind, skip_if_missing, value })
    }

    /// A field, or a group of fields, checked against its part of the attribute type's schema.
    fn node(&mut self, value: Value, schema: &Value, root: &Value, place: &str) -> Result<Node, MappingError> {
        let Value::Object(fields) = value else {
            return Err(self.wrong(place, "a field is written { column = \"..\" } or { const = .. }."));
        };
        if fields.contains_key("column") || fields.contains_key("const") {
            let spec = serde_json::from_value(Value::Object(fields)).map_err(|error| self.wrong(place, format!("{error}.")))?;
            return self.field(spec, place).map(Node::Field);
        }
        let known = schema.get("properties").and_then(Value::as_object);
        let known = known.ok_or_else(|| self.wrong(place, "this field is no group, or column is missing."))?;
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        if let Some(absent) = required.into_iter().find(|name| !fields.contains_key(*name)) {
            return Err(self.wrong(place, format!("the attribute type needs the field {absent}.")));
        }
        let mut nodes = Vec::with_capacity(fields.len());
        for (name, field) in fields {
            let place = format!("{place}.{name}");
            let part = known.get(&name).and_then(|part| follow(part, root));
            let part = part.ok_or_else(|| self.wrong(&place, "the attribute type has no such field."))?;
            nodes.push((name, self.node(field, part, root, &place)?));
        }
        Ok(Node::Group(nodes))
    }
}

fn follow<'a>(part: &'a Value, root: &'a Value) -> Option<&'a Value> {
    match part.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.strip_prefix('#')?),
        None => Some(part),
    }
}

impl Node {
    fn make(&self, row: &[Cell], faults: &mut Vec<Fault>) -> Option<Value> {
        match self {
            Self::Field(Field::Constant(value)) => Some(value.clone()),
            Self::Field(Field::Column(column)) => column.value(row).unwrap_or_else(|fault| {
                faults.push(fault);
                None
            }),
            Self::Group(nodes) => {
                let made = nodes.iter().filter_map(|(name, node)| {
                    if !node.holds(row) {
                        return None;
                    }
                    Some((name.clone(), node.make(row, faults)?))
                });
                Some(Value::Object(made.collect()))
            }
        }
    }

    /// Whether there is something to make: a group of columns that are all empty and may be is left out, with its constants.
    fn holds(&self, row: &[Cell]) -> bool {
        match self {
            Self::Field(Field::Constant(_)) => true,
            Self::Field(Field::Column(column)) => !(column.optional && column.is_missing(row)),
            Self::Group(nodes) => {
                let mut columns = nodes.iter().filter(|(_, node)| !matches!(node, Self::Field(Field::Constant(_)))).peekable();
                columns.peek().is_none() || columns.any(|(_, node)| node.holds(row))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEAD: &str = "[source]\nformat = 'csv'\n[customer]\nid = { column = 'id' }\n";

    fn read(text: &str) -> Result<Mapping, MappingError> {
        Mapping::read(Path::new("a.toml"), text)
    }

    fn refused(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn fit() -> Mapping {
        let record = "[[record]]\nattribute = 'purchase.fit'\nskip_if_missing = ['fit']\n[record.value]\nfit = { column = 'fit' }\n\
                      item.id = { column = 'item' }\nsize.system = { const = 'vendor' }\nsize.size = { column = 'size', optional = true }\n";
        read(&format!("{HEAD}{record}")).unwrap()
    }

    #[test]
    fn a_line_becomes_the_values_of_its_templates() {
        let mapping = fit();
        let names: Vec<&str> = mapping.columns.iter().map(|column| column.name.as_str()).collect();
        let row = |fit: Cell, size: Cell| -> Vec<Cell> {
            let cells = [("id", text("7")), ("fit", fit), ("item", text("x1")), ("size", size)];
            names.iter().map(|name| cells.iter().find(|cell| cell.0 == *name).unwrap().1.clone()).collect()
        };
        let values = mapping.values(&row(text("small"), text("14"))).unwrap();
        assert_eq!(values[0].1, json!({ "fit": "small", "item": { "id": "x1" }, "size": { "system": "vendor", "size": "14" } }));
        // A group without its columns goes, and its constant with it.
        let values = mapping.values(&row(text("small"), Cell::Missing)).unwrap();
        assert_eq!(values[0].1, json!({ "fit": "small", "item": { "id": "x1" } }));
        assert!(mapping.values(&row(Cell::Missing, text("14"))).unwrap().is_empty());
        assert_eq!(mapping.customer(&row(Cell::Missing, Cell::Missing)).unwrap(), "7");
    }

    #[test]
    fn everything_wrong_with_a_line_is_told() {
        let mapping = fit();
        let row: Vec<Cell> =
            mapping.columns.iter().map(|column| if column.name == "fit" { text("small") } else { Cell::Missing }).collect();
        assert_eq!(mapping.values(&row).unwrap_err()[0].field, "item");
        assert_eq!(mapping.customer(&row).unwrap_err().reason, "REQUIRED");
    }

    #[test]
    fn an_error_names_file_table_and_key() {
        for (text, place) in [
            ("[source\n", "a.toml, line 1:"),
            ("", "a.toml, [source]:"),
            ("[source]\nformat = 'xml'\n", "a.toml, [source]:"),
            ("[source]\nformat = 'csv'\ncolour = 1\n", "a.toml, [source]:"),
            ("[source]\nformat = 'csv'\n", "a.toml, [customer]:"),
            ("[source]\nformat = 'csv'\n[customer]\nid = { const = 'x' }\n", "a.toml, [customer], id:"),
            (HEAD, "a.toml, [[record]]:"),
            (&format!("{HEAD}[[record]]\nattribute = 'body.wings'\nvalue = {{}}\n"), "a.toml, [[record]] 1 (body.wings), attribute:"),
            (&format!("{HEAD}[[record]]\nattribute = 'photo.look'\nvalue = {{}}\n"), "a.toml, [[record]] 1 (photo.look), attribute:"),
            (&format!("{HEAD}[[record]]\nattribute = 'body.height'\n"), "a.toml, [[record]] 1 (body.height): missing field `value`"),
            (
                &format!("{HEAD}[[record]]\nattribute = 'body.height'\n[record.value]\nvalue = {{ column = 'h' }}\n"),
                "a.toml, [[record]] 1 (body.height), value: the attribute type needs the field unit",
            ),
            (
                &format!(
                    "{HEAD}[[record]]\nattribute = 'body.height'\n[record.value]\nvalue = {{ column = 'h' }}\nunit = {{ const = 'in' }}\nx = {{ const = 1 }}\n"
                ),
                "a.toml, [[record]] 1 (body.height), value.x: the attribute type has no such field",
            ),
            (
                &format!(
                    "{HEAD}[[record]]\nattribute = 'body.height'\n[record.value]\nunit = {{ const = 'in' }}\nvalue = {{ column = 'h', type = 'date', format = '%Q' }}\n"
                ),
                "a.toml, [[record]] 1 (body.height), value.value: format:",
            ),
            (
                &format!("{HEAD}[[record]]\nattribute = 'body.height'\n[record.value]\nunit = 'in'\nvalue = {{ column = 'h' }}\n"),
                "a.toml, [[record]] 1 (body.height), value.unit: a field is written",
            ),
            (
                &format!(
                    "{HEAD}[[record]]\nattribute = 'purchase.fit'\n[record.value]\nfit = {{ column = 'f' }}\nitem.wings = {{ column = 'h' }}\n"
                ),
                "a.toml, [[record]] 1 (purchase.fit), value.item.wings: the attribute type has no such field",
            ),
            (&format!("{HEAD}[[record]]\nattribute = 'body.height'\nvalue = {{}}\n[table]\n"), "a.toml, [table]:"),
        ] {
            let error = refused(text);
            assert!(error.starts_with(place), "{error}\n{place}");
        }
    }

    #[test]
    fn comments_do_not_make_another_mapping_and_content_does() {
        let record = "[[record]]\nattribute = 'body.shape'\n[record.value]\nshape = { column = 'shape' }\n";
        let one = read(&format!("{HEAD}{record}")).unwrap().digest;
        assert_eq!(read(&format!("# a comment\n{HEAD}\n{record}")).unwrap().digest, one);
        assert_ne!(read(&format!("{HEAD}{}", record.replace("'shape' }", "'body' }"))).unwrap().digest, one);
    }
}
