//! Finding a customer by an identifier without storing the identifier.

use crate::Key;
use crate::derive::{hmac_sha256, subkey};
use crate::identifier::{Field, Identifier};

/// What stands in the index for an identifier. Of two tokens all that can be seen without the key
/// is whether they are the same.
pub type IndexToken = [u8; 16];

/// The blind indexes of one epoch.
///
/// token = HMAC-SHA-256(field key, normalised value)[..16], with field key =
/// HKDF-Expand-SHA-512(index root, "coffret/index/1" || 0x00 || field), field one of `email`,
/// `phone`, `external-id`. Only for identifiers that must be found, never for sizes or
/// preferences: whoever holds the root can test guesses, and there are few shoe sizes.
#[derive(Debug)]
pub struct BlindIndex {
    email: Key,
    phone: Key,
    external_id: Key,
}

impl BlindIndex {
    /// The indexes under one index root.
    pub fn new(root: &Key) -> Self {
        let derive = |field| subkey(root, "coffret/index/1", field);
        Self { email: derive("email"), phone: derive("phone"), external_id: derive("external-id") }
    }

    /// The token under which the owner of an identifier is found.
    pub fn token(&self, identifier: &Identifier) -> IndexToken {
        let key = match identifier.field {
            Field::Email => &self.email,
            Field::Phone => &self.phone,
            Field::ExternalId => &self.external_id,
        };
        let mac = hmac_sha256(key.expose(), &[&identifier.value]);
        *mac.first_chunk().expect("an HMAC-SHA-256 has 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn one_identifier_has_one_token_however_it_is_spelled() {
        let index = BlindIndex::new(&Key::from_bytes([1; 32]));
        let token = |text| index.token(&Identifier::email(text).unwrap());
        assert_eq!(token("ana@example.org"), token(" Ana@Example.org"));
        assert_ne!(token("ana@example.org"), token("ann@example.org"));
    }

    #[test]
    fn the_same_bytes_in_another_field_have_another_token() {
        let index = BlindIndex::new(&Key::from_bytes([1; 32]));
        let token = |field| index.token(&Identifier { field, value: Zeroizing::new(b"442079460018".to_vec()) });
        assert_ne!(token(Field::Email), token(Field::Phone));
        assert_ne!(token(Field::Phone), token(Field::ExternalId));
        assert_ne!(token(Field::Email), token(Field::ExternalId));
    }

    #[test]
    fn a_new_root_gives_new_tokens() {
        let token = |byte| BlindIndex::new(&Key::from_bytes([byte; 32])).token(&Identifier::phone("+442079460018").unwrap());
        assert_ne!(token(1), token(2));
    }
}
