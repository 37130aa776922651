//! An authenticator with a browser around it, in software: P-256, CBOR by hand, and every part can be made to lie.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const ORIGIN: &str = "https://my.example.org";
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const ATTESTED: u8 = 64;

/// One device with one passkey.
#[derive(Clone)]
pub(crate) struct Authenticator {
    key: SigningKey,
    pub(crate) id: Vec<u8>,
    /// What it was told about its person when it was made.
    pub(crate) user: Vec<u8>,
    pub(crate) counter: u32,
    /// Whether it counts at all: passkeys that are on several devices do not.
    pub(crate) counts: bool,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    /// Whether the person was verified.
    pub(crate) verified: bool,
    pub(crate) present: bool,
    pub(crate) kind: Option<&'static str>,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Authenticator {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).expect("a key"),
            id: vec![seed; 20],
            user: Vec::new(),
            counter: 0,
            counts: true,
            origin: ORIGIN.to_owned(),
            rp_id: "my.example.org".to_owned(),
            verified: true,
            present: true,
            kind: None,
        }
    }

    /// One that does not count, as those do not that are on several devices.
    pub(crate) fn counterless(self) -> Self {
        Self { counts: false, ..self }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let kind = self.kind.unwrap_or(kind);
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string().into_bytes()
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let mut data = sha256(self.rp_id.as_bytes());
        data.push(if self.present { PRESENT } else { 0 } | if self.verified { VERIFIED } else { 0 } | more);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    /// Makes a passkey: `navigator.credentials.create` and `toJSON`.
    pub(crate) fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        self.user = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().expect("a user")).expect("base64url");
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let mut data = self.data(ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend_from_slice(&self.id);
        let point = self.key.verifying_key().to_sec1_point(false);
        // RFC 9053: {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}.
        data.extend_from_slice(&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend_from_slice(&point.as_bytes()[1..33]);
        data.extend_from_slice(&[0x22, 0x58, 0x20]);
        data.extend_from_slice(&point.as_bytes()[33..]);
        let mut object = vec![0xa3, 0x63];
        object.extend_from_slice(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend_from_slice(&data);
        json!({
            "id": encoded(&self.id), "rawId": encoded(&self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": { "credProps": { "rk": true }, "prf": { "enabled": true } },
            "response": {
                "clientDataJSON": encoded(&client_data), "attestationObject": encoded(&object),
                "transports": ["internal", "something-new"], "publicKeyAlgorithm": -7,
            },
        })
        .to_string()
    }

    /// Signs: `navigator.credentials.get` and `toJSON`. The counter moves before.
    pub(crate) fn get(&mut self, options: &str) -> String {
        self.counter += u32::from(self.counts);
        let options: Value = serde_json::from_str(options).expect("options");
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.data(0);
        let mut signed = data.clone();
        signed.extend_from_slice(&sha256(&client_data));
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": encoded(&self.id), "rawId": encoded(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&client_data), "authenticatorData": encoded(&data),
                "signature": encoded(signature.to_der().as_bytes()), "userHandle": encoded(&self.user),
            },
        })
        .to_string()
    }
}
