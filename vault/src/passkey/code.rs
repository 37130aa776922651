//! Codes that people copy from paper or a letter: 140 random bits in Crockford's base 32, kept as hashes, each for one use.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::id::CustomerId;
use crate::store::draft::{Draft, Write};
use crate::store::entity::code;

/// Days for which an invitation counts.
pub const INVITATION_DAYS: i64 = 14;
/// Seconds for which what a recovery code was exchanged for counts. The recovery code itself counts until the new passkey is made.
pub const REENTRY_SECONDS: i64 = 3600;

/// Without I, L, O and U, which are taken for others or make words.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Digits of a code, in groups.
const LENGTH: usize = 28;
const GROUP: usize = 4;

/// What a code is; numbers as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i16)]
pub(super) enum CodeKind {
    /// From an operator, for the first passkey.
    Invitation = 1,
    /// Written down by the customer, for when every passkey is lost.
    Recovery = 2,
    /// What a recovery code was exchanged for: leads to a new passkey.
    Reentry = 3,
}

/// Those that lead to a new passkey at once.
pub(super) const ENROLLING: &[i16] = &[CodeKind::Invitation as i16, CodeKind::Reentry as i16];
pub(super) const INVITATIONS: &[i16] = &[CodeKind::Invitation as i16];
pub(super) const RECOVERY: &[i16] = &[CodeKind::Recovery as i16];
const ALL: &[i16] = &[CodeKind::Invitation as i16, CodeKind::Recovery as i16, CodeKind::Reentry as i16];

/// A code in its one spelling, from how people write it: small letters, blanks, dashes, O for 0, I or L for 1. None where it is no code.
pub fn normal_code(written: &str) -> Option<Zeroizing<String>> {
    let mut normal = Zeroizing::new(String::with_capacity(LENGTH));
    for character in written.chars().filter(|character| !character.is_whitespace() && *character != '-') {
        let digit = match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !digit.is_ascii() || !DIGITS.contains(&(digit as u8)) || normal.len() == LENGTH {
            return None;
        }
        normal.push(digit);
    }
    (normal.len() == LENGTH).then_some(normal)
}

/// As people copy it: groups of four.
fn grouped(normal: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
    for (place, digit) in normal.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

fn digest(normal: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"coffret/code/1\0");
    hash.update(normal);
    hash.finalize().into()
}

impl Vault {
    /// A new code as people copy it, and its digest.
    pub(super) fn make_code(&self) -> Result<(Zeroizing<String>, [u8; 32])> {
        let mut random = Zeroizing::new([0_u8; LENGTH]);
        self.entropy.fill(random.as_mut_slice())?;
        // 256 is a multiple of 32: every digit is as likely.
        let normal: Zeroizing<String> = Zeroizing::new(random.iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect());
        Ok((grouped(&normal), digest(&normal)))
    }

    /// The code that was written, if it counts and is of one of these kinds.
    pub(super) async fn find_code(&self, written: &str, kinds: &[i16]) -> Result<Option<code::Model>> {
        match normal_code(written) {
            Some(normal) => self.find_digest(&digest(&normal), kinds).await,
            None => Ok(None),
        }
    }

    pub(super) async fn find_digest(&self, digest: &[u8; 32], kinds: &[i16]) -> Result<Option<code::Model>> {
        // Looked up by its hash: how long that takes tells nothing about the code.
        let row = code::Entity::find().filter(code::Column::Digest.eq(digest.to_vec())).one(self.store.reader()).await?;
        Ok(row.filter(|row| kinds.contains(&row.kind) && self.now() < Timestamp::from_micros(row.expires_at)))
    }

    /// When the recovery code that still counts was made.
    pub(super) async fn recovery_code_since(&self, customer: CustomerId) -> Result<Option<Timestamp>> {
        let found = code::Entity::find()
            .filter(code::Column::CustomerId.eq(customer.0))
            .filter(code::Column::Kind.eq(CodeKind::Recovery as i16))
            .one(self.store.reader())
            .await?;
        Ok(found.map(|row| Timestamp::from_micros(row.created_at)))
    }
}

impl Draft<'_> {
    /// Stores a code in place of those that it ends: a new way back ends every other code; what it is exchanged for leaves it as it is.
    pub(super) fn put_code(&mut self, kind: CodeKind, digest: [u8; 32], expires_at: Option<Timestamp>) {
        self.moving();
        self.writes.push(Write::CodesGone(match kind {
            CodeKind::Invitation => INVITATIONS,
            CodeKind::Recovery => ALL,
            CodeKind::Reentry => ENROLLING,
        }));
        self.writes.push(Write::Code(code::Model {
            customer_id: self.view.id.0,
            digest: digest.to_vec(),
            kind: kind as i16,
            created_at: self.now.micros(),
            expires_at: expires_at.map_or(i64::MAX, Timestamp::micros),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345";
        let normal = normal_code(code).expect("a code");
        assert_eq!(*normal, "ABCDEFGHJKMNPQRSTVWXYZ012345");
        assert_eq!(*grouped(&normal), code);
        for written in ["abcd efgh jkmn pqrs tvwx yzoi 2345", " ABCDEFGHJKMNPQRSTVWXYZOL2345\n", "a-b-c-dEFGHJKMNPQRSTVWXYZ012345"] {
            assert_eq!(normal_code(written).as_deref().map(String::as_str), Some("ABCDEFGHJKMNPQRSTVWXYZ012345"), "{written}");
        }
        for wrong in
            ["", "ABCD", &code[1..], &format!("{code}6"), &code.replace('A', "U"), &code.replace('A', "é"), &code.replace('A', "_")]
        {
            assert!(normal_code(wrong).is_none(), "{wrong}");
        }
    }
}
