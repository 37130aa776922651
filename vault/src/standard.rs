//! Consent records in the forms of others. Each form is a pure function of a record, and says as data what it does not hold.
//!
//! The schemas and shapes that we publish for them lie in `proto/standards`.

pub mod depa;
mod gather;
pub mod iso27560;
pub mod kantara;
mod record;

use serde_json::Value;

pub use record::{Category, ConsentRecord, Event, Party};

use crate::error::{Error, Result};

/// What a form does not hold of our record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The field, such as `terms.items[].reason`.
    pub field: &'static str,
    /// What is left of it.
    pub left: Left,
    /// What becomes of it, in one sentence.
    pub why: &'static str,
}

/// What is left of a field that a form does not hold as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing that could be read back.
    Nothing,
    /// A moment without the parts of its second.
    Seconds,
    /// Of a list, its last entry.
    Last,
}

const fn lost(field: &'static str, why: &'static str) -> Loss {
    Loss { field, left: Left::Nothing, why }
}

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// ISO/IEC TS 27560, as JSON-LD with the Data Privacy Vocabulary 2.3.
    Iso27560,
    /// Kantara Consent Receipt 1.1.
    Kantara,
    /// DEPA: a ReBIT 2.0.0 consent artefact.
    Depa,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 3] = [Self::Iso27560, Self::Kantara, Self::Depa];

    /// The media type of what is written.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Iso27560 => "application/ld+json",
            Self::Kantara | Self::Depa => "application/json",
        }
    }

    /// What the form does not hold, the same for every record.
    pub const fn losses(self) -> &'static [Loss] {
        match self {
            Self::Iso27560 => &iso27560::LOSSES,
            Self::Kantara => &kantara::LOSSES,
            Self::Depa => &depa::LOSSES,
        }
    }

    /// Writes a record in this form; `sign` signs the part that the form wants signed.
    ///
    /// # Errors
    /// `FORM_HAS_NO_REFUSAL`: the form describes only consent that was given.
    pub fn write(self, record: &ConsentRecord, sign: impl FnOnce(&[u8]) -> String) -> Result<Value> {
        match self {
            Self::Iso27560 => Ok(iso27560::write(record)),
            Self::Kantara => Ok(kantara::write(record)),
            Self::Depa => depa::write(record, sign).ok_or_else(|| {
                Error::precondition(
                    "FORM_HAS_NO_REFUSAL",
                    "This form describes consent that was given, and there is none here. Nothing was written.",
                )
            }),
        }
    }
}

#[cfg(test)]
mod tests;
