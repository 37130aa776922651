//! Identifiers by which a customer is found: spellings of one are one, and what is read stays what it is.

use coffret_envelope::{BlindIndex, Identifier, IdentifierError, IndexToken, Key};

use crate::input::Input;

/// Any text as an address, a number, and a brand's own id.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let index = BlindIndex::new(&Key::from_bytes([1; 32]));
    let token = |identifier: Result<Identifier, IdentifierError>| -> Option<IndexToken> { Some(index.token(&identifier.ok()?)) };
    let spaced = format!("\t {text}\u{a0} ");
    if let Some(email) = token(Identifier::email(text)) {
        assert_eq!(token(Identifier::email(&spaced)), Some(email), "blanks around an address are none of it");
        assert_eq!(token(Identifier::email(&text.to_lowercase())), Some(email), "nor is its case");
        assert!(text.contains('@') && text.trim().len() > 2);
    }
    if let Some(phone) = token(Identifier::phone(text)) {
        let digits: String = text.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
        let digits = if text.trim().starts_with('+') { digits } else { digits[2..].to_owned() };
        assert!((7..=15).contains(&digits.len()) && !digits.starts_with('0'));
        assert_eq!(token(Identifier::phone(&format!("+{digits}"))), Some(phone), "a number is its digits");
        assert_eq!(token(Identifier::phone(&spaced)), Some(phone), "blanks around a number are none of it");
    }
    let mut input = Input(bytes);
    let length = usize::from(input.byte());
    let (brand, id) = (String::from_utf8_lossy(input.take(length)).into_owned(), String::from_utf8_lossy(input.0).into_owned());
    if let Some(found) = token(Identifier::external_id(&brand, &id)) {
        let moved = [brand.trim(), id.trim()].concat();
        for place in (0..=moved.len()).filter(|place| moved.is_char_boundary(*place)) {
            let (one, other) = moved.split_at(place);
            let same = (one.trim(), other.trim()) == (brand.trim(), id.trim());
            assert!(same || token(Identifier::external_id(one, other)) != Some(found), "what moves from brand to id is another");
        }
    }
}

/// Spellings.
pub fn seeds() -> Vec<Vec<u8>> {
    ["ana.silva@example.org", "Zo\u{eb}@EXEMPLE.fr", "+44 (0)20-7946.0018", "0044 20 7946 0018", "\u{6}maisonA-1"]
        .map(|text| text.as_bytes().to_vec())
        .into()
}
