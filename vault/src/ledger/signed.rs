//! A yes that a passkey signed: all that anybody needs to check later who said yes to what, without us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use webauthn_rs::prelude::{COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType, COSERSAKey, ECDSACurve};

use crate::consent::NoticeSeen;
use crate::error::{Error, Result};
use crate::id::{CustomerId, RequestId};

/// Length of the relying party's hash, the flags and the counter (Web Authentication, section 6.1).
const AUTHENTICATOR_DATA: usize = 37;
/// The person was there, and was verified.
const PRESENT_AND_VERIFIED: u8 = 0b101;

/// What a yes agrees to. Its digest is what a passkey signs: the exact text, in its version and language, and the exact terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// `customers/{customer}`.
    customer: String,
    notice: NoticeSeen,
    /// `customers/{customer}/requests/{request}`.
    request: String,
    /// SHA-256 (hexadecimal) of the terms in JCS.
    terms_sha256: String,
    /// 1.
    v: u32,
}

impl Agreement {
    /// A customer's yes to a request, under this notice and these terms (SHA-256 of their JCS, in hexadecimal).
    pub fn new(customer: CustomerId, request: RequestId, notice: NoticeSeen, terms_sha256: String) -> Self {
        let customer = format!("customers/{customer}");
        Self { request: format!("{customer}/requests/{request}"), customer, notice, terms_sha256, v: 1 }
    }

    /// SHA-256 of the agreement in JCS (RFC 8785).
    pub(crate) fn digest(&self) -> Result<[u8; 32]> {
        Ok(Sha256::digest(serde_jcs::to_vec(self)?).into())
    }
}

/// The challenge of a yes: SHA-256 of `coffret/yes/1`, a zero byte, 16 random bytes and the digest of the [`Agreement`].
pub(crate) fn challenge(nonce: &[u8; 16], digest: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"coffret/yes/1\0");
    hash.update(nonce);
    hash.update(digest);
    hash.finalize().into()
}

/// A passkey's signature over a yes (Web Authentication, section 6.3.3): over `authenticator_data` and the SHA-256 of `client_data`, which
/// names the challenge. Bytes are in base64url without padding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// `authenticatorData`: for which relying party, and that the person was there and was verified.
    pub authenticator_data: String,
    /// `clientDataJSON`: the challenge, and the origin that was on screen.
    pub client_data: String,
    /// The credential's id.
    pub credential: String,
    /// The credential's public key, as it was when the passkey was made.
    pub key: PublicKey,
    /// What makes the challenge another one each time.
    pub nonce: String,
    /// The signature: for ECDSA in DER.
    pub signature: String,
}

/// A passkey's public key, as a JWK (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kty", deny_unknown_fields)]
pub enum PublicKey {
    /// ECDSA: `P-256` with SHA-256, `P-384` with SHA-384.
    #[serde(rename = "EC")]
    Ec {
        /// The curve.
        crv: String,
        /// The point.
        x: String,
        /// The point.
        y: String,
    },
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RSA")]
    Rsa {
        /// The exponent.
        e: String,
        /// The modulus.
        n: String,
    },
}

impl Serialize for PublicKey {
    /// In the order of names, as JCS has it.
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("PublicKey", 4)?;
        match self {
            Self::Ec { crv, x, y } => {
                fields.serialize_field("crv", crv)?;
                fields.serialize_field("kty", "EC")?;
                fields.serialize_field("x", x)?;
                fields.serialize_field("y", y)?;
            }
            Self::Rsa { e, n } => {
                fields.serialize_field("e", e)?;
                fields.serialize_field("kty", "RSA")?;
                fields.serialize_field("n", n)?;
            }
        }
        fields.end()
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl PublicKey {
    fn of(key: &COSEKey) -> Result<Self> {
        match &key.key {
            COSEKeyType::EC_EC2(COSEEC2Key { curve, x, y }) => {
                let crv = match curve {
                    ECDSACurve::SECP256R1 => "P-256",
                    ECDSACurve::SECP384R1 => "P-384",
                    ECDSACurve::SECP521R1 => return Err(Error::internal("a passkey on P-521")),
                };
                Ok(Self::Ec { crv: crv.to_owned(), x: encoded(x), y: encoded(y) })
            }
            COSEKeyType::RSA(COSERSAKey { n, e }) => Ok(Self::Rsa { e: encoded(e), n: encoded(n) }),
            COSEKeyType::EC_OKP(_) => Err(Error::internal("a passkey on Ed25519")),
        }
    }

    fn to_cose(&self) -> Option<COSEKey> {
        let bytes = |text: &String| URL_SAFE_NO_PAD.decode(text).ok();
        match self {
            Self::Ec { crv, x, y } => {
                let (type_, curve) = match crv.as_str() {
                    "P-256" => (COSEAlgorithm::ES256, ECDSACurve::SECP256R1),
                    "P-384" => (COSEAlgorithm::ES384, ECDSACurve::SECP384R1),
                    _ => return None,
                };
                Some(COSEKey { type_, key: COSEKeyType::EC_EC2(COSEEC2Key { curve, x: bytes(x)?, y: bytes(y)? }) })
            }
            Self::Rsa { e, n } => {
                let key = COSERSAKey { n: bytes(n)?, e: bytes(e)?.try_into().ok()? };
                Some(COSEKey { type_: COSEAlgorithm::RS256, key: COSEKeyType::RSA(key) })
            }
        }
    }
}

impl Signed {
    /// What was signed under this nonce, and with what. It was checked before, in all its parts.
    pub(crate) fn new(credential: &[u8], key: &COSEKey, nonce: &[u8; 16], [data, client_data, signature]: [&[u8]; 3]) -> Result<Self> {
        Ok(Self {
            authenticator_data: encoded(data),
            client_data: encoded(client_data),
            credential: encoded(credential),
            key: PublicKey::of(key)?,
            nonce: encoded(nonce),
            signature: encoded(signature),
        })
    }

    /// Whether this key signed this agreement, by a person who was there and was verified. Gives the origin that was on screen.
    ///
    /// # Errors
    /// What does not hold, in one sentence.
    pub fn check(&self, agreement: &Agreement) -> std::result::Result<String, &'static str> {
        let bytes = |text: &String| URL_SAFE_NO_PAD.decode(text).map_err(|_| "A part of the passkey's signature is no base64url.");
        let (data, client_data, signature) = (bytes(&self.authenticator_data)?, bytes(&self.client_data)?, bytes(&self.signature)?);
        let nonce: [u8; 16] = bytes(&self.nonce)?.try_into().map_err(|_| "The nonce of the passkey's signature has not 16 bytes.")?;
        let digest = agreement.digest().map_err(|_| "What was agreed to cannot be written down.")?;
        let said: Value = serde_json::from_slice(&client_data).map_err(|_| "What the browser said beside the signature is no JSON.")?;
        if said["type"] != "webauthn.get" || said["challenge"] != encoded(&challenge(&nonce, &digest)) {
            return Err("The passkey signed something else than this yes, this text and these terms.");
        }
        if data.len() < AUTHENTICATOR_DATA || data[32] & PRESENT_AND_VERIFIED != PRESENT_AND_VERIFIED {
            return Err("The passkey did not verify a person.");
        }
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let key = self.key.to_cose().ok_or("The passkey's key is of no kind that is known.")?;
        match key.verify_signature(&signature, &signed) {
            Ok(true) => Ok(said["origin"].as_str().unwrap_or_default().to_owned()),
            _ => Err("The signature is not of this passkey."),
        }
    }
}
