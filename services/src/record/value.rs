//! Values from outside: JSON text read strictly, before anything is made of it.

use std::fmt;

use coffret_vault::error::{Error, Result};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Bytes of one value at most.
pub(crate) const MOST_BYTES: usize = 32 * 1024;
/// Objects and lists inside each other at most.
const MOST_DEPTH: usize = 16;

/// Said by the visitor, so that these two are told apart from broken syntax.
const TWICE: &str = "a name stands twice in one object";
const DEEP: &str = "too many levels";

/// Reads a value (RFC 8259): at most 32 KiB, at most 16 levels, no name twice in one object, nothing after the value.
///
/// # Errors
/// A violation of `field` that names the rule and, for broken syntax, the position; never what was sent.
pub(crate) fn read(text: &str, field: &str) -> Result<Value> {
    if text.len() > MOST_BYTES {
        return Err(Error::invalid(field, "VALUE_TOO_LONG", "A value has at most 32 KiB."));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Level(MOST_DEPTH).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|cause| {
        let words = cause.to_string();
        if words.starts_with(TWICE) {
            Error::invalid(field, "VALUE_NAME_TWICE", "An object of the value has the same name twice.")
        } else if words.starts_with(DEEP) {
            Error::invalid(field, "VALUE_TOO_DEEP", "A value has at most 16 levels.")
        } else {
            let place = format!("The value is not JSON: see line {}, column {}.", cause.line(), cause.column());
            Error::invalid(field, "VALUE_NOT_JSON", place)
        }
    })
}

/// One value with so many levels left below it.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn below<E: serde::de::Error>(self) -> std::result::Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom(DEEP))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> std::result::Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> std::result::Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Map::new();
        while let Some(name) = object.next_key_seed(std::marker::PhantomData::<String>)? {
            let value = object.next_value_seed(below)?;
            if values.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> &'static str {
        let error = read(text, "record.value_json").expect_err("refused");
        assert_eq!(error.field_violations()[0].field, "record.value_json");
        error.reason()
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in ["null", "true", "-12", "1.5", "18446744073709551615", r#""a\n\u00e9""#, "[]", r#"{"a":[1,{"b":null}],"c":""}"#] {
            let expected: Value = serde_json::from_str(text).expect("valid");
            assert_eq!(read(text, "f").expect("reads"), expected, "{text}");
        }
    }

    #[test]
    fn a_name_twice_is_refused_at_every_level() {
        assert_eq!(reason(r#"{"a":1,"a":1}"#), "VALUE_NAME_TWICE");
        assert_eq!(reason(r#"[{"x":{"a":1,"b":2,"\u0061":3}}]"#), "VALUE_NAME_TWICE");
    }

    #[test]
    fn sixteen_levels_pass_and_seventeen_do_not() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(16), "f").is_ok());
        assert_eq!(reason(&nested(17)), "VALUE_TOO_DEEP");
        assert_eq!(reason(&nested(10_000)), "VALUE_TOO_DEEP");
        assert_eq!(reason(&format!("{}1{}", r#"{"a":"#.repeat(17), "}".repeat(17))), "VALUE_TOO_DEEP");
    }

    #[test]
    fn the_size_counts_before_the_syntax() {
        let text = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
        assert!(read(&text(MOST_BYTES), "f").is_ok());
        assert_eq!(reason(&text(MOST_BYTES + 1)), "VALUE_TOO_LONG");
        assert_eq!(reason(&"[".repeat(MOST_BYTES + 1)), "VALUE_TOO_LONG");
    }

    #[test]
    fn broken_text_is_refused_without_repeating_it() {
        for text in ["", " ", "{", "secret", r#"{"secret":}"#, "[1,]", "1 2", "NaN", r#""\ud800""#, "'a'", "01", "1e999", "\"a\u{0}b\""] {
            assert_eq!(reason(text), "VALUE_NOT_JSON", "{text}");
            let error = read(text, "f").expect_err("refused");
            assert!(!error.sentence().contains("secret") && !format!("{error:?}").contains("secret"), "{error:?}");
        }
    }
}
