//! Named conversions of how people write measures and amounts.

use serde::Deserialize;
use serde_json::{Number, Value};

/// A conversion. Each takes the column as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Convert {
    /// Lower-case letters.
    Lower,
    /// Capital letters.
    Upper,
    /// `12.34` or `1,234.50` to whole hundredths: 1234, 123450. More than two decimals only if the rest are zeros.
    MinorUnits,
    /// `137`, `137 lb`, `137lbs` to 137.
    Pounds,
    /// As `pounds`, in kilograms with one decimal.
    PoundsToKilograms,
    /// `5' 8"`, `5'8`, `5 ft 8 in`, or inches alone, to inches: 68.
    FeetInches,
    /// As `feet_inches`, in centimetres with one decimal.
    FeetInchesToCentimetres,
    /// `34`, `34"`, `34 in` to centimetres with one decimal.
    InchesToCentimetres,
}

/// Exact by international agreement (1959).
const KILOGRAMS_IN_A_POUND: f64 = 0.453_592_37;
const CENTIMETRES_IN_AN_INCH: f64 = 2.54;

impl Convert {
    /// What the text must look like, in words.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Lower | Self::Upper => "a text",
            Self::MinorUnits => "an amount like 12.34, not negative, with at most two decimals",
            Self::Pounds | Self::PoundsToKilograms => "a weight in pounds like 137 or 137lbs",
            Self::FeetInches | Self::FeetInchesToCentimetres => "a length like 5' 8\", or a number of inches",
            Self::InchesToCentimetres => "a number of inches",
        }
    }

    /// The converted value; none where the text is not as [`Self::expected`] says.
    pub(super) fn apply(self, text: &str) -> Option<Value> {
        match self {
            Self::Lower => Some(text.to_lowercase().into()),
            Self::Upper => Some(text.to_uppercase().into()),
            Self::MinorUnits => minor_units(text).map(Value::from),
            Self::Pounds => number(pounds(text)?),
            Self::PoundsToKilograms => number(tenths(pounds(text)? * KILOGRAMS_IN_A_POUND)),
            Self::FeetInches => number(feet_inches(text)?),
            Self::FeetInchesToCentimetres => number(tenths(feet_inches(text)? * CENTIMETRES_IN_AN_INCH)),
            Self::InchesToCentimetres => number(tenths(inches(text)? * CENTIMETRES_IN_AN_INCH)),
        }
    }
}

/// A JSON number, whole where it is.
pub(super) fn number(number: f64) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Digits with a decimal point; neither sign, exponent, infinity nor the like.
fn plain(text: &str) -> Option<f64> {
    let good = text.len() <= 20
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if good { text.parse().ok() } else { None }
}

fn without_unit<'a>(text: &'a str, units: &[&str]) -> &'a str {
    let found = units.iter().find_map(|unit| {
        let (rest, end) = text.split_at_checked(text.len().checked_sub(unit.len())?)?;
        end.eq_ignore_ascii_case(unit).then_some(rest)
    });
    found.unwrap_or(text).trim_end()
}

fn pounds(text: &str) -> Option<f64> {
    plain(without_unit(text.trim(), &["lbs.", "lbs", "lb.", "lb", "pounds"]))
}

fn inches(text: &str) -> Option<f64> {
    plain(without_unit(text.trim(), &["inches", "in.", "in", "\"", "\u{2033}", "\u{201D}", "''"]))
}

fn feet_inches(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = ["feet", "ft.", "ft", "'", "\u{2032}", "\u{2019}"].iter().find_map(|unit| {
        let (feet, rest) = text.split_once(unit)?;
        // Two of them are inches.
        (!rest.starts_with('\'')).then_some((feet, rest))
    });
    let Some((feet, rest)) = split else { return inches(text) };
    let feet: u8 = feet.trim().parse().ok()?;
    let rest = rest.trim();
    let more = if rest.is_empty() { 0.0 } else { inches(rest)? };
    (more < 12.0).then(|| f64::from(feet) * 12.0 + more)
}

fn minor_units(text: &str) -> Option<i64> {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len());
    if first.is_empty() || !grouped || !digits(first) || !rest.iter().all(|group| group.len() == 3 && digits(group)) || !digits(decimals) {
        return None;
    }
    let (cents, zeros) = decimals.split_at(decimals.len().min(2));
    if zeros.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let whole: i64 = format!("{first}{}", rest.concat()).parse().ok()?;
    whole.checked_mul(100)?.checked_add(format!("{cents:0<2}").parse().ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ALL: [Convert; 8] = [
        Convert::Lower,
        Convert::Upper,
        Convert::MinorUnits,
        Convert::Pounds,
        Convert::PoundsToKilograms,
        Convert::FeetInches,
        Convert::FeetInchesToCentimetres,
        Convert::InchesToCentimetres,
    ];

    #[test]
    fn measures_as_people_write_them() {
        for (convert, text, expected) in [
            (Convert::Pounds, "137lbs", json!(137)),
            (Convert::Pounds, "137.5 lb", json!(137.5)),
            (Convert::PoundsToKilograms, "137", json!(62.1)),
            (Convert::FeetInches, "5' 8\"", json!(68)),
            (Convert::FeetInches, "5'8", json!(68)),
            (Convert::FeetInches, "5 ft 8 in", json!(68)),
            (Convert::FeetInches, "6'", json!(72)),
            (Convert::FeetInches, "68\"", json!(68)),
            (Convert::FeetInches, "68''", json!(68)),
            (Convert::FeetInches, "68", json!(68)),
            (Convert::FeetInchesToCentimetres, "5\u{2019} 8\u{201D}", json!(172.7)),
            (Convert::InchesToCentimetres, "34 in", json!(86.4)),
            (Convert::MinorUnits, "11.77", json!(1177)),
            (Convert::MinorUnits, "12", json!(1200)),
            (Convert::MinorUnits, "0.5", json!(50)),
            (Convert::MinorUnits, "1,234.500", json!(123_450)),
            (Convert::Upper, "dd", json!("DD")),
        ] {
            assert_eq!(convert.apply(text), Some(expected), "{convert:?} {text}");
        }
    }

    #[test]
    fn what_is_not_a_measure_is_refused() {
        for (convert, texts) in [
            (Convert::Pounds, &["", "lbs", "-1", "1e3", "inf", "NaN", "10 kg", "1.2.3", "137lbslbs"][..]),
            (Convert::FeetInches, &["", "'", "5' 12\"", "-5'", "5' x", "300' 1\"", "5' -1\""]),
            (Convert::InchesToCentimetres, &["", "in", "34cm"]),
            (
                Convert::MinorUnits,
                &["", ".", "-1", "1.234", "1,23", "1,2345", ",123", "1.2.3", "12 EUR", "99999999999999999999", "1234,567"],
            ),
        ] {
            for text in texts {
                assert_eq!(convert.apply(text), None, "{convert:?} {text}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_conversion(text in any::<String>(), near in "[0-9'\". ,ftinlbs\u{2032}\u{2019}]{0,16}") {
            for convert in ALL {
                let _ = convert.apply(&text);
                let _ = convert.apply(&near);
            }
        }

        #[test]
        fn every_amount_reads_back(cents in 0_i64..1_000_000_000_000) {
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            prop_assert_eq!(minor_units(&text), Some(cents));
        }

        #[test]
        fn every_height_reads_back(feet in 0_u8..9, inches in 0_u8..12) {
            let expected = f64::from(feet) * 12.0 + f64::from(inches);
            prop_assert_eq!(feet_inches(&format!("{feet}' {inches}\"")), Some(expected));
            prop_assert_eq!(feet_inches(&format!("{feet}ft{inches}in")), Some(expected));
        }
    }
}
