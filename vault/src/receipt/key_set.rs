//! The keys of receipts: those that this deployment signs with, and those that a holder verifies with (JWK set, RFC 7517).

use coffret_ledger::{JwsKey, JwsSigner};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// The deployment's signing keys, oldest first. The newest signs; all verify.
pub(crate) struct SigningKeys {
    older: Vec<JwsSigner>,
    newest: JwsSigner,
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys").field("newest", self.newest.public()).finish_non_exhaustive()
    }
}

impl SigningKeys {
    /// Keys from their seeds (RFC 8032), oldest first; at least one.
    pub(crate) fn new<'s>(seeds: impl IntoIterator<Item = &'s [u8; 32]>) -> Result<Self> {
        let signers = seeds.into_iter().map(|seed| JwsSigner::from_seed(seed).map_err(Error::internal));
        let mut older = signers.collect::<Result<Vec<_>>>()?;
        let newest = older.pop().ok_or_else(|| Error::internal("no receipt key"))?;
        Ok(Self { older, newest })
    }

    /// A statement of this kind with this payload.
    pub(super) fn sign(&self, kind: &str, payload: &[u8]) -> String {
        self.newest.sign(kind, payload)
    }

    /// The public keys, newest first.
    pub(super) fn public(&self) -> KeySet {
        let newest_first = std::iter::once(&self.newest).chain(self.older.iter().rev());
        KeySet { keys: newest_first.map(|signer| signer.public().clone()).collect() }
    }
}

/// The public keys of a deployment's receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<JwsKey>,
}

/// A key set was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Not a JWK set in JSON.
    #[error("This is not a set of keys (JWK set).")]
    Malformed,
    /// Longer than 1 MB.
    #[error("The set of keys is too long.")]
    TooLong,
    /// An Ed25519 key that is not sound, or goes by another name than its own thumbprint.
    #[error("A key of the set is not sound, or its kid is not its thumbprint.")]
    Key,
    /// A private key; whoever has it signs receipts.
    #[error("The set holds a private key. Keep it away from here.")]
    Private,
    /// No Ed25519 key in it.
    #[error("The set has no key for receipts.")]
    Empty,
}

/// The longest key set in bytes.
const MOST: usize = 1_000_000;

impl KeySet {
    /// Reads a JWK set. Keys of other types are passed over (RFC 7517, section 5).
    pub fn parse(text: &str) -> std::result::Result<Self, KeySetError> {
        if text.len() > MOST {
            return Err(KeySetError::TooLong);
        }
        let set: Value = serde_json::from_str(text).map_err(|_| KeySetError::Malformed)?;
        let listed = set.get("keys").and_then(Value::as_array).ok_or(KeySetError::Malformed)?;
        let mut keys = Vec::new();
        for jwk in listed {
            let member = |name: &str| jwk.get(name).and_then(Value::as_str);
            if member("kty") != Some("OKP") || member("crv") != Some("Ed25519") {
                continue;
            }
            if jwk.get("d").is_some() {
                return Err(KeySetError::Private);
            }
            let key = member("x").and_then(|x| JwsKey::from_x(x).ok()).ok_or(KeySetError::Key)?;
            if jwk.get("kid").is_some() && member("kid") != Some(key.id()) {
                return Err(KeySetError::Key);
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self { keys }) }
    }

    /// The JWK set.
    pub fn to_json(&self) -> String {
        let keys = self
            .keys
            .iter()
            .map(|key| json!({"alg": "EdDSA", "crv": "Ed25519", "kid": key.id(), "kty": "OKP", "use": "sig", "x": key.x()}));
        json!({ "keys": keys.collect::<Vec<_>>() }).to_string()
    }

    /// The ids of the keys (RFC 7638 thumbprints), newest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(JwsKey::id)
    }

    /// The key that goes by this id.
    pub(super) fn get(&self, id: &str) -> Option<&JwsKey> {
        self.keys.iter().find(|key| key.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const ID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

    #[test]
    fn a_key_set_reads_back_newest_first() {
        let keys = SigningKeys::new([&[1; 32], &[2; 32]]).expect("keys");
        let public = keys.public();
        assert_eq!(KeySet::parse(&public.to_json()), Ok(public.clone()));
        assert_eq!(public.ids().next(), Some(keys.newest.public().id()));
        assert_eq!(public.ids().count(), 2);
        assert!(SigningKeys::new([]).is_err());
    }

    #[test]
    fn what_is_not_a_sound_set_is_refused() {
        let set = |key: &str| format!(r#"{{"keys":[{key}]}}"#);
        let cases = [
            (String::new(), KeySetError::Malformed),
            ("[]".to_owned(), KeySetError::Malformed),
            (r#"{"keys":{}}"#.to_owned(), KeySetError::Malformed),
            (set(""), KeySetError::Empty),
            (set(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#), KeySetError::Empty),
            (set(&format!(r#"{{"kty":"OKP","crv":"X25519","x":"{X}"}}"#)), KeySetError::Empty),
            (set(r#"{"kty":"OKP","crv":"Ed25519"}"#), KeySetError::Key),
            (set(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}="}}"#)), KeySetError::Key),
            (set(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","kid":"mine"}}"#)), KeySetError::Key),
            (set(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","kid":7}}"#)), KeySetError::Key),
            (set(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","d":"AA"}}"#)), KeySetError::Private),
            (format!("{}{}", set(""), " ".repeat(MOST)), KeySetError::TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(KeySet::parse(&text).err(), Some(error), "{}", &text[..text.len().min(120)]);
        }
        let good = KeySet::parse(&set(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}","kid":"{ID}","more":1}}"#))).expect("reads");
        assert!(good.get(ID).is_some() && good.get("other").is_none());
    }
}
