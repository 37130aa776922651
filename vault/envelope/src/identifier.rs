//! Identifiers in the one form in which they are indexed.

use std::fmt;

use zeroize::Zeroizing;

use crate::IdentifierError;

/// An identifier by which a customer can be found, brought to one form: two spellings of the same
/// address are one identifier. Wiped when dropped; `Debug` shows only which sort it is.
pub struct Identifier {
    pub(crate) field: Field,
    pub(crate) value: Zeroizing<Vec<u8>>,
}

/// The sorts of identifier; each is indexed under its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Email,
    Phone,
    ExternalId,
}

impl Identifier {
    /// An e-mail address: trimmed, both parts in lower case.
    ///
    /// RFC 5321 lets a server tell `A@x` from `a@x`; none that matters does, and people do not.
    /// An internationalised domain and its `xn--` form are two identifiers.
    pub fn email(text: &str) -> Result<Self, IdentifierError> {
        let address = Zeroizing::new(text.trim().to_lowercase());
        let (local, domain) = address.rsplit_once('@').ok_or(IdentifierError::Email)?;
        let foreign = |c: char| c.is_whitespace() || c.is_control();
        // RFC 5321, section 4.5.3.1.3: a path of 256 bytes, of which the brackets are two.
        if local.is_empty() || domain.is_empty() || address.len() > 254 || address.contains(foreign) {
            return Err(IdentifierError::Email);
        }
        Ok(Self::new(Field::Email, address.as_bytes()))
    }

    /// A phone number: the digits of its international form (ITU-T E.164), country code first.
    ///
    /// It must be written with `+` or `00`: a national number says nothing about its country.
    /// Spaces, dots, dashes, slashes, brackets and the trunk `(0)` are dropped.
    pub fn phone(text: &str) -> Result<Self, IdentifierError> {
        let text = text.trim();
        let number = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
        let number = Zeroizing::new(number.ok_or(IdentifierError::Phone)?.replace("(0)", ""));
        let mut digits = Zeroizing::new(Vec::with_capacity(number.len()));
        for c in number.chars() {
            match c {
                '0'..='9' => digits.push(c as u8),
                ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '/' | '(' | ')' => {}
                _ => return Err(IdentifierError::Phone),
            }
        }
        if !(7..=15).contains(&digits.len()) || digits.first() == Some(&b'0') {
            return Err(IdentifierError::Phone);
        }
        Ok(Self::new(Field::Phone, &digits))
    }

    /// The id that a brand gave to a customer: trimmed, otherwise as it is, and of this brand only.
    pub fn external_id(brand: &str, id: &str) -> Result<Self, IdentifierError> {
        let (brand, id) = (brand.trim(), id.trim());
        let bad = |text: &str| text.is_empty() || text.len() > 1_024 || text.contains(char::is_control);
        if bad(brand) || bad(id) {
            return Err(IdentifierError::ExternalId);
        }
        // The zero byte ends the brand, which holds no control character.
        Ok(Self::new(Field::ExternalId, &Zeroizing::new([brand.as_bytes(), &[0], id.as_bytes()].concat())))
    }

    fn new(field: Field, value: &[u8]) -> Self {
        Self { field, value: Zeroizing::new(value.to_vec()) }
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({:?}, ..)", self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(identifier: Result<Identifier, IdentifierError>) -> String {
        String::from_utf8(identifier.unwrap().value.to_vec()).unwrap()
    }

    #[test]
    fn spellings_of_one_email_are_one_identifier() {
        for text in ["ana.silva@example.org", "  Ana.Silva@Example.ORG \n"] {
            assert_eq!(value(Identifier::email(text)), "ana.silva@example.org");
        }
        assert_eq!(value(Identifier::email("Zoë@EXEMPLE.fr")), "zoë@exemple.fr");
    }

    #[test]
    fn what_is_not_an_email_is_refused() {
        let long = format!("{}@x", "a".repeat(253));
        for text in ["", "@", "a@", "@b", "ab", "a b@c", "a@b\tc", "a@b\0", &long] {
            assert_eq!(Identifier::email(text).unwrap_err(), IdentifierError::Email, "{text:?}");
        }
        assert!(Identifier::email(&long[1..]).is_ok());
    }

    #[test]
    fn spellings_of_one_phone_number_are_one_identifier() {
        for text in ["+442079460018", "0044 20 7946 0018", "+44 (0)20-7946.0018", " +44/20/79460018 "] {
            assert_eq!(value(Identifier::phone(text)), "442079460018", "{text}");
        }
    }

    #[test]
    fn what_is_not_an_international_number_is_refused() {
        for text in
            ["", "+", "020 7946 0018", "442079460018", "+123456", "+1234567890123456", "+0123456789", "+44x2079460018", "++442079460018"]
        {
            assert_eq!(Identifier::phone(text).unwrap_err(), IdentifierError::Phone, "{text:?}");
        }
    }

    #[test]
    fn an_external_id_belongs_to_one_brand() {
        let id = |brand, id| value(Identifier::external_id(brand, id));
        assert_eq!(id("maison", " A-1 "), "maison\0A-1");
        assert_ne!(id("maison", "1A"), id("maison1", "A"));
        assert_ne!(id("maison", "a"), id("maison", "A"), "a brand's ids may differ by case");
    }

    #[test]
    fn what_is_not_an_external_id_is_refused() {
        let long = "x".repeat(1_025);
        for (brand, id) in [("", "1"), ("b", ""), ("b", "  "), ("b\0c", "1"), ("b", "1\0"), ("b", long.as_str()), (long.as_str(), "1")] {
            assert_eq!(Identifier::external_id(brand, id).unwrap_err(), IdentifierError::ExternalId);
        }
    }

    #[test]
    fn debug_shows_no_identifier() {
        let shown = format!("{:?}", Identifier::email("ana@example.org").unwrap());
        assert_eq!(shown, "Identifier(Email, ..)");
    }
}
