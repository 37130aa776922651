//! Values of records: shown in words, and entered in forms that are made from an attribute type's schema.

mod form;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use form::{fields, from_form};
pub(crate) use show::{in_short, in_words};

use crate::look::Look;

/// The word for a field of a value: our text where there is one, else the field's own name, made readable.
fn label(look: &Look, field: &str) -> String {
    let key = format!("field-{}", field.replace('_', "-"));
    look.language.try_say(&key, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| readable(field))
}

/// The word for one of a field's choices.
fn choice(look: &Look, field: &str, choice: &str) -> String {
    let empty = fluent_bundle::FluentArgs::new();
    let slug: String = choice.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let own = format!("choice-{}-{slug}", field.replace('_', "-"));
    let any = format!("choice-{slug}");
    look.language.try_say(&own, &empty).or_else(|| look.language.try_say(&any, &empty)).unwrap_or_else(|| readable(choice))
}

/// `measured_on` as `Measured on`; what is not written that way stays as it is.
fn readable(word: &str) -> String {
    if !word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return word.to_owned();
    }
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
