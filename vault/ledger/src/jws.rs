//! Signed statements that travel alone: compact JWS (RFC 7515) with Ed25519 keys (RFC 8037), named by thumbprint (RFC 7638).
//!
//! A statement has one spelling. The header is `{"alg":"EdDSA","kid":"<thumbprint>","typ":"<kind>"}` and nothing else, so that no
//! header chooses how it is checked.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::error::{JwsError, KeyError};

/// The longest statement in bytes: terms of 200 items with long reasons stay below a tenth of it.
pub const MAX_JWS_LEN: usize = 1_000_000;

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `None` for anything that [`base64url`] would not have written.
fn parse_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A public key that verifies statements.
#[derive(Clone, PartialEq, Eq)]
pub struct JwsKey {
    id: String,
    key: VerifyingKey,
}

impl JwsKey {
    /// A key of 32 bytes (RFC 8032), refused unless it is a sound one.
    pub fn new(key: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::Bytes)?;
        if key.is_weak() {
            return Err(KeyError::Bytes);
        }
        Ok(Self { id: thumbprint(&key), key })
    }

    /// A key as a JWK writes it in `x` (RFC 8037, section 2): base64url without padding.
    pub fn from_x(x: &str) -> Result<Self, KeyError> {
        let bytes = parse_base64url(x).ok_or(KeyError::Malformed)?;
        Self::new(bytes.as_slice().try_into().map_err(|_| KeyError::Malformed)?)
    }

    /// The key as a JWK writes it in `x`.
    pub fn x(&self) -> String {
        base64url(self.key.as_bytes())
    }

    /// The thumbprint (RFC 7638), the `kid` of statements.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for JwsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JwsKey").field(&self.id).finish()
    }
}

/// SHA-256 of the required members in the order of their names, in base64url.
fn thumbprint(key: &VerifyingKey) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(key.as_bytes()));
    base64url(&Sha256::digest(members))
}

/// A key that signs statements. The secret is wiped when dropped, and not shown in `Debug`.
pub struct JwsSigner {
    public: JwsKey,
    key: SigningKey,
}

impl JwsSigner {
    /// A key from its seed of 32 bytes (RFC 8032), which must be uniformly random.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { public: JwsKey::new(key.verifying_key().as_bytes())?, key })
    }

    /// The public part.
    pub const fn public(&self) -> &JwsKey {
        &self.public
    }

    /// The statement of this kind (`typ`, such as `consent-receipt+jwt`) with this payload. The same bytes each time.
    pub fn sign(&self, kind: &str, payload: &[u8]) -> String {
        let signed = format!("{}.{}", base64url(header(self.public.id(), kind).as_bytes()), base64url(payload));
        let signature = self.key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", base64url(&signature))
    }
}

impl fmt::Debug for JwsSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwsSigner").field("public", &self.public).finish_non_exhaustive()
    }
}

fn header(id: &str, kind: &str) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{id}","typ":"{kind}"}}"#)
}

/// A statement as it was read: verified by [`Jws::verify`], not before.
#[derive(Clone, Debug)]
pub struct Jws<'t> {
    signed: &'t str,
    key_id: String,
    payload: Vec<u8>,
    signature: [u8; 64],
}

impl<'t> Jws<'t> {
    /// Reads what [`JwsSigner::sign`] writes for this kind, and nothing else: no other algorithm, header member, padding or spacing.
    pub fn parse(text: &'t str, kind: &str) -> Result<Self, JwsError> {
        if text.len() > MAX_JWS_LEN {
            return Err(JwsError::TooLong);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (head, payload) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let [head, payload, signature] = [head, payload, signature].map(parse_base64url);
        let (Some(head), Some(payload), Some(signature)) = (head, payload, signature) else { return Err(JwsError::Malformed) };
        let key_id = key_id(&head, kind).ok_or(JwsError::Header)?;
        let signature = signature.as_slice().try_into().map_err(|_| JwsError::Malformed)?;
        Ok(Self { signed, key_id, payload, signature })
    }

    /// The thumbprint of the key that the statement claims to be signed with.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What the statement says, which is nothing until it is verified.
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// What the statement says, if this key signed it. Strict, so that all verifiers answer alike.
    pub fn verify(&self, key: &JwsKey) -> Result<&[u8], JwsError> {
        if key.id() != self.key_id {
            return Err(JwsError::OtherKey);
        }
        let signature = Signature::from_bytes(&self.signature);
        key.key.verify_strict(self.signed.as_bytes(), &signature).map_err(|_| JwsError::InvalidSignature)?;
        Ok(&self.payload)
    }
}

/// The key's id in a header of this kind; nothing in a header of any other form.
fn key_id(head: &[u8], kind: &str) -> Option<String> {
    let rest = str::from_utf8(head).ok()?.strip_prefix(r#"{"alg":"EdDSA","kid":""#)?;
    let (id, _) = rest.split_once('"')?;
    let thumbprint = parse_base64url(id).is_some_and(|bytes| bytes.len() == 32);
    (thumbprint && header(id, kind).as_bytes() == head).then(|| id.to_owned())
}
