//! The `masked` view: coarsening a value by the rules that its entry declares.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::entry::Fault;
use super::schema;
use crate::clock::Timestamp;

/// Numbers up to here are whole numbers without doubt in a 64-bit float.
const MAX_BANDED: f64 = 9_007_199_254_740_991.0;

/// One way to coarsen. Fields are JSON pointers into the value (RFC 6901).
///
/// Each rule adds its own fields to the masked value, or nothing where it cannot be applied:
///
/// | rule | adds |
/// |---|---|
/// | `year_of` | `{"year": 1984}` |
/// | `month_of` | `{"month": "2026-11"}`; of a day without a year `{"month": "--11"}` |
/// | `city_only` | `{"city": .., "country": ..}` as they are |
/// | `country_only` | `{"country": ..}` as it is |
/// | `band` | `{"band": "160-169", "unit": "cm"}`: from 160 to below 170; at the ends `"<140"` and `">=200"` |
/// | `size_band` | `{"size_band": "S"}`, or `M` or `L` |
/// | `prefix` | `{"prefix": "75"}` |
/// | `keep` | the listed fields as they are, by their last name |
/// | `domain_only` | `{"domain": "example.com"}` |
/// | `count_only` | `{"count": 3}` |
/// | `initials` | `{"initials": "A.R."}` |
/// | `presence`, `none_allowed` | nothing, so that `{"present": true}` is left |
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum MaskRule {
    /// The year of a date.
    YearOf {
        /// The date.
        field: String,
    },
    /// The month of a date, of a moment (in UTC), or of a month and day.
    MonthOf {
        /// The date.
        field: String,
    },
    /// City and country of an address.
    CityOnly {},
    /// Country of an address.
    CountryOnly {},
    /// The band that a number lies in.
    Band {
        /// The number. Its unit or currency is its sibling field `unit` or `currency`.
        field: String,
        /// The width of a band, in `unit`.
        size: u32,
        /// What the bands are in: `cm` and `kg` (inches and pounds are converted), `years`, or `minor` (minor units of the currency).
        unit: BandUnit,
        /// Everything below is one band.
        lowest: u32,
        /// Everything from here up is one band.
        highest: u32,
    },
    /// The letter for the fields `system`, `size` and, where there is one, `cut`, by a chart of `size_charts.toml`.
    SizeBand {
        /// The name of the chart.
        chart: String,
    },
    /// The first characters of a text that is longer.
    Prefix {
        /// The text.
        field: String,
        /// How many characters.
        length: usize,
    },
    /// Fields that are passed on as they are: only what the schema allows there.
    Keep {
        /// The fields.
        fields: Vec<String>,
    },
    /// The part of an e-mail address behind the @.
    DomainOnly {
        /// The address.
        field: String,
    },
    /// How many entries a list has.
    CountOnly {
        /// The list.
        field: String,
    },
    /// The first letters of names of two letters or more.
    Initials {
        /// The names, in order.
        fields: Vec<String>,
    },
    /// Only that there is a record.
    Presence {},
    /// No masked view is offered; if one is made all the same it says only that there is a record.
    NoneAllowed {},
}

/// What the bands of a number are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandUnit {
    /// Centimetres.
    Cm,
    /// Kilograms.
    Kg,
    /// Years.
    Years,
    /// Minor units of the amount's currency; the masked value names the currency: `"EUR minor"`.
    Minor,
}

/// The size charts: chart, then system (`EU`, or `EU men` for one cut), then the last sizes of S and of M.
pub(super) type Charts = BTreeMap<String, Chart>;
type Chart = BTreeMap<String, Limits>;

/// Coarse on purpose: three letters over a whole system. No conversion between systems can be read from it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    small: f64,
    medium: f64,
}

/// How a type is masked: its rules, ready to use.
///
/// The masked value is an object with the fields that the rules add (see [`MaskRule`]), or `{"present": true}` where
/// they add none. It has a shape of its own and is not valid under the type's schema.
#[derive(Debug)]
pub struct Mask {
    rules: Vec<MaskRule>,
    /// For each field that is passed on: its pointer, its name in the masked value, and what is allowed there.
    kept: Vec<(String, String, jsonschema::Validator)>,
    chart: Chart,
}

impl Mask {
    /// What is left where nothing can be said.
    pub fn present() -> Value {
        json!({ "present": true })
    }

    /// The rules, as the entry declares them.
    pub fn rules(&self) -> &[MaskRule] {
        &self.rules
    }

    /// Whether a brand can ask for a masked view of this type.
    pub fn is_offered(&self) -> bool {
        !self.rules.iter().any(|rule| matches!(rule, MaskRule::NoneAllowed {}))
    }

    pub(super) fn tells_more_than_presence(&self) -> bool {
        !self.rules.iter().any(MaskRule::stands_alone)
    }

    /// Checks the rules against the completed schema and gets them ready.
    pub(super) fn new(rules: Vec<MaskRule>, schema: &Value, charts: &Charts) -> Result<Self, Fault> {
        let alone = rules.iter().any(MaskRule::stands_alone);
        if rules.is_empty() || (alone && rules.len() > 1) {
            return Err(Fault::MaskRules);
        }
        let mut written = BTreeSet::new();
        let mut kept = Vec::new();
        let mut chart = Chart::new();
        for rule in &rules {
            rule.check_settings()?;
            for pointer in rule.fields() {
                if schema::field(schema, &pointer).is_none() {
                    return Err(Fault::NoField(pointer));
                }
            }
            if let MaskRule::SizeBand { chart: name } = rule {
                chart = charts.get(name).cloned().ok_or(Fault::MaskSettings("no such size chart"))?;
            }
            for name in rule.writes() {
                if !written.insert(name) {
                    return Err(Fault::MaskRules);
                }
            }
            if rule.keeps() {
                for pointer in rule.fields() {
                    let allowed = schema::field_alone(schema, &pointer).ok_or_else(|| Fault::NoField(pointer.clone()))?;
                    let name = last_name(&pointer).to_owned();
                    kept.push((pointer, name, schema::compile(&allowed)?));
                }
            }
        }
        Ok(Self { rules, kept, chart })
    }

    /// Applies every rule. Never fails: a rule that does not fit the value adds nothing.
    pub(super) fn apply(&self, value: &Value) -> Value {
        let mut masked = Map::new();
        for (pointer, name, allowed) in &self.kept {
            if let Some(field) = value.pointer(pointer).filter(|field| allowed.is_valid(field)) {
                masked.insert(name.clone(), field.clone());
            }
        }
        for rule in &self.rules {
            if let Some(Value::Object(part)) = rule.part(value, &self.chart) {
                masked.extend(part);
            }
        }
        if masked.is_empty() { Self::present() } else { Value::Object(masked) }
    }
}

impl MaskRule {
    const fn stands_alone(&self) -> bool {
        matches!(self, Self::Presence {} | Self::NoneAllowed {})
    }

    pub(super) const fn keeps(&self) -> bool {
        matches!(self, Self::Keep { .. } | Self::CityOnly {} | Self::CountryOnly {})
    }

    /// The fields that the rule looks at; the schema must have them.
    pub(super) fn fields(&self) -> Vec<String> {
        match self {
            Self::YearOf { field }
            | Self::MonthOf { field }
            | Self::Prefix { field, .. }
            | Self::DomainOnly { field }
            | Self::CountOnly { field } => vec![field.clone()],
            Self::Band { field, unit, .. } => match unit {
                BandUnit::Cm | BandUnit::Kg => vec![field.clone(), sibling(field, "unit")],
                BandUnit::Minor => vec![field.clone(), sibling(field, "currency")],
                BandUnit::Years => vec![field.clone()],
            },
            Self::SizeBand { .. } => vec!["/system".to_owned(), "/size".to_owned()],
            Self::Keep { fields } | Self::Initials { fields } => fields.clone(),
            Self::CityOnly {} => vec!["/city".to_owned(), "/country".to_owned()],
            Self::CountryOnly {} => vec!["/country".to_owned()],
            Self::Presence {} | Self::NoneAllowed {} => Vec::new(),
        }
    }

    /// The names that the rule adds to the masked value.
    fn writes(&self) -> Vec<String> {
        let fixed: &[&str] = match self {
            Self::YearOf { .. } => &["year"],
            Self::MonthOf { .. } => &["month"],
            Self::Band { .. } => &["band", "unit"],
            Self::SizeBand { .. } => &["size_band"],
            Self::Prefix { .. } => &["prefix"],
            Self::DomainOnly { .. } => &["domain"],
            Self::CountOnly { .. } => &["count"],
            Self::Initials { .. } => &["initials"],
            Self::Keep { .. } | Self::CityOnly {} | Self::CountryOnly {} => {
                return self.fields().iter().map(|pointer| last_name(pointer).to_owned()).collect();
            }
            Self::Presence {} | Self::NoneAllowed {} => &[],
        };
        fixed.iter().map(|name| (*name).to_owned()).collect()
    }

    fn check_settings(&self) -> Result<(), Fault> {
        let bad = match self {
            Self::Band { size, lowest, highest, .. } if *size < 2 || lowest % size != 0 || highest % size != 0 => {
                Some("bands are two wide or more and begin at multiples of their width")
            }
            Self::Band { lowest, highest, .. } if lowest >= highest => Some("the highest band is above the lowest"),
            Self::Prefix { length: 0, .. } => Some("a prefix has at least one character"),
            Self::Keep { fields } | Self::Initials { fields } if fields.is_empty() => Some("no fields"),
            _ => None,
        };
        bad.map_or(Ok(()), |why| Err(Fault::MaskSettings(why)))
    }

    /// What the rule adds; none where it does not fit. Kept fields are added by [`Mask::apply`].
    fn part(&self, value: &Value, chart: &Chart) -> Option<Value> {
        let text = |pointer: &str| value.pointer(pointer)?.as_str();
        match self {
            Self::YearOf { field } => {
                let moment: Timestamp = text(field)?.parse().ok()?;
                Some(json!({ "year": moment.month_bucket().div_euclid(12) }))
            }
            Self::MonthOf { field } => Some(json!({ "month": month_of(text(field)?)? })),
            Self::Band { field, size, unit, lowest, highest } => {
                let (number, unit) = in_unit(value, field, *unit)?;
                Some(json!({ "band": band(number, *size, *lowest, *highest)?, "unit": unit }))
            }
            Self::SizeBand { .. } => {
                let (system, size) = (text("/system")?, number_of(text("/size")?)?);
                let by_cut = text("/cut").and_then(|cut| chart.get(&format!("{system} {cut}")));
                let limits = by_cut.or_else(|| chart.get(system))?;
                let letter = if size <= limits.small {
                    "S"
                } else if size <= limits.medium {
                    "M"
                } else {
                    "L"
                };
                Some(json!({ "size_band": letter }))
            }
            Self::Prefix { field, length } => {
                let whole = text(field)?.trim();
                let prefix: String = whole.chars().take(*length).collect();
                (prefix.len() < whole.len()).then(|| json!({ "prefix": prefix }))
            }
            Self::DomainOnly { field } => {
                let (_, domain) = text(field)?.rsplit_once('@')?;
                (!domain.is_empty()).then(|| json!({ "domain": domain.to_lowercase() }))
            }
            Self::CountOnly { field } => Some(json!({ "count": value.pointer(field)?.as_array()?.len() })),
            Self::Initials { fields } => {
                let initials: String = fields.iter().filter_map(|field| initial(text(field)?)).collect();
                (!initials.is_empty()).then(|| json!({ "initials": initials }))
            }
            Self::Keep { .. } | Self::CityOnly {} | Self::CountryOnly {} | Self::Presence {} | Self::NoneAllowed {} => None,
        }
    }
}

fn month_of(text: &str) -> Option<String> {
    if let Some((month, day)) = text.split_once('-').filter(|_| text.len() == 5) {
        let known = month.parse().is_ok_and(|month: u8| (1..=12).contains(&month)) && day.parse::<u8>().is_ok();
        return known.then(|| format!("--{month}"));
    }
    let moment: Timestamp = text.parse().ok()?;
    let bucket = moment.month_bucket();
    Some(format!("{:04}-{:02}", bucket.div_euclid(12), bucket.rem_euclid(12) + 1))
}

/// The number in the unit of the bands, and how the masked value names that unit.
fn in_unit(value: &Value, field: &str, unit: BandUnit) -> Option<(f64, String)> {
    let number = value.pointer(field)?.as_f64()?;
    let beside = |name: &str| value.pointer(&sibling(field, name)).and_then(Value::as_str);
    let (factor, name) = match unit {
        BandUnit::Cm => (
            match beside("unit")? {
                "cm" => 1.0,
                "in" => 2.54,
                _ => return None,
            },
            "cm".to_owned(),
        ),
        BandUnit::Kg => (
            match beside("unit")? {
                "kg" => 1.0,
                "lb" => 0.453_592_37,
                _ => return None,
            },
            "kg".to_owned(),
        ),
        BandUnit::Years => (1.0, "years".to_owned()),
        BandUnit::Minor => {
            let currency = beside("currency").filter(|code| code.len() == 3)?;
            (1.0, format!("{currency} minor"))
        }
    };
    Some((number * factor, name))
}

fn band(number: f64, size: u32, lowest: u32, highest: u32) -> Option<String> {
    if !number.is_finite() || number.abs() > MAX_BANDED {
        return None;
    }
    if number < f64::from(lowest) {
        return Some(format!("<{lowest}"));
    }
    if number >= f64::from(highest) {
        return Some(format!(">={highest}"));
    }
    let from = (number / f64::from(size)).floor() as u32 * size; // 0 <= number < highest, which is a u32
    Some(format!("{from}-{}", from + size - 1))
}

/// A size as a number: `38`, `38.5`, `7 1/8`. Letters have no place in a chart: nothing is coarser than they are.
fn number_of(text: &str) -> Option<f64> {
    let (whole, part) = match text.split_once(' ') {
        Some((whole, fraction)) => {
            let (above, below) = fraction.split_once('/')?;
            let (above, below): (u8, u8) = (above.parse().ok()?, below.parse().ok()?);
            (whole, f64::from(above) / f64::from(below))
        }
        None => (text, 0.0),
    };
    let digits = whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = whole.parse::<f64>().ok().filter(|_| digits)? + part;
    number.is_finite().then_some(number)
}

/// `A.` of `amélie`. A name of one letter has no initial: the initial would be the name.
fn initial(name: &str) -> Option<String> {
    let mut letters = name.chars().filter(|letter| letter.is_alphabetic());
    let first = letters.next()?;
    letters.next()?;
    Some(first.to_uppercase().chain(['.']).collect())
}

fn sibling(pointer: &str, name: &str) -> String {
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    format!("{parent}/{name}")
}

fn last_name(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}
