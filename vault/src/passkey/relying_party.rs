//! The relying party: whose passkeys these are, and the checks of what browsers send, by `webauthn-rs`.
//!
//! Challenges are ours (see `ceremony`): those that the library makes are replaced before they leave, so that no state is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{AuthenticationResult, CredentialID, PublicKeyCredential, RegisterPublicKeyCredential};
use webauthn_rs::prelude::{Passkey as Credential, Webauthn, WebauthnBuilder, WebauthnError};

use crate::error::{Error, Kind, Result};

/// Bytes of what a browser sends at most.
const MOST_SENT: usize = 16 * 1024;

/// Whose passkeys these are: browsers and authenticators hold them to its origin.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    webauthn: Webauthn,
    origin: String,
}

/// An assertion that was read, not yet checked.
pub(super) struct Assertion(PublicKeyCredential);

impl Assertion {
    pub(super) fn credential(&self) -> &[u8] {
        &self.0.raw_id
    }

    /// What was signed, and the signature: `authenticatorData`, `clientDataJSON`, `signature`.
    pub(super) fn parts(&self) -> [&[u8]; 3] {
        let response = &self.0.response;
        [&response.authenticator_data, &response.client_data_json, &response.signature]
    }

    /// Whom the authenticator names.
    pub(super) fn user(&self) -> Option<&[u8]> {
        self.0.response.user_handle.as_deref()
    }
}

/// What was sent is no credential, or does not hold.
pub(super) fn refused() -> Error {
    Error::invalid("credential_json", "PASSKEY_REFUSED", "The passkey does not hold here. Try again, or use another one.")
}

/// What a browser sent, and whether it says that the authenticator stores the passkey. Only those parts are read that count: others may
/// hold secrets (`prf`), or words that the library does not know.
fn read<T: DeserializeOwned>(sent: &str) -> Result<(T, Option<bool>)> {
    if sent.len() > MOST_SENT {
        return Err(refused());
    }
    let mut value: Value = serde_json::from_str(sent).map_err(|_| refused())?;
    let fields = value.as_object_mut().ok_or_else(refused)?;
    let results = fields.remove("clientExtensionResults").unwrap_or_default();
    let stored = results.get("credProps").and_then(|props| props.get("rk")).and_then(Value::as_bool);
    fields.retain(|name, _| matches!(name.as_str(), "id" | "rawId" | "type" | "response"));
    if fields.get("type").and_then(Value::as_str) != Some("public-key") {
        return Err(refused());
    }
    if let Some(response) = fields.get_mut("response").and_then(Value::as_object_mut) {
        response.retain(|name, _| {
            matches!(name.as_str(), "attestationObject" | "clientDataJSON" | "authenticatorData" | "signature" | "userHandle")
        });
    }
    Ok((serde_json::from_value(value).map_err(|_| refused())?, stored))
}

/// The library's state of a ceremony, with our challenge.
fn with_challenge<T: Serialize + DeserializeOwned>(state: &T, part: &str, challenge: &[u8; 32]) -> Result<T> {
    let mut value = serde_json::to_value(state)?;
    let place =
        value.get_mut(part).and_then(|part| part.get_mut("challenge")).ok_or_else(|| Error::internal("a ceremony has no challenge"))?;
    *place = Value::String(URL_SAFE_NO_PAD.encode(challenge));
    Ok(serde_json::from_value(value)?)
}

impl RelyingParty {
    /// The relying party behind this origin (`https://my.example.org`). Its id is the host's name, or a domain above it: passkeys are bound
    /// to it for good.
    ///
    /// # Errors
    /// The origin has no domain name, or the id does not lie above it (`RELYING_PARTY_INVALID`).
    pub fn new(origin: &str, id: Option<&str>) -> Result<Self> {
        let wrong = || {
            let sentence = "Passkeys need an address with a name, such as https://my.example.org, and an id that is its end.";
            Error::precondition("RELYING_PARTY_INVALID", sentence)
        };
        let url = Url::parse(origin).map_err(|_| wrong())?;
        let id = id.or_else(|| url.domain()).ok_or_else(wrong)?;
        let webauthn = WebauthnBuilder::new(id, &url).and_then(|builder| builder.rp_name("Coffret").build());
        Ok(Self { webauthn: webauthn.map_err(|_| wrong())?, origin: url.origin().ascii_serialization() })
    }

    /// The address of the pages.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Options for making a passkey; `known` are not made again on the same authenticator.
    pub(super) fn creation(&self, user: Uuid, known: Vec<CredentialID>, challenge: &[u8; 32]) -> Result<String> {
        // People see it where they choose among passkeys. It tells two vaults on one device apart, and nothing else.
        let name = format!("Coffret {:02X}{:02X}", user.as_bytes()[0], user.as_bytes()[1]);
        let (options, _) = self.webauthn.start_passkey_registration(user, &name, &name, Some(known)).map_err(internal)?;
        let mut options = serde_json::to_value(options.public_key)?;
        options["challenge"] = Value::String(URL_SAFE_NO_PAD.encode(challenge));
        // Found without a name: nothing has to tell whether somebody has an account.
        options["authenticatorSelection"] =
            json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" });
        options["extensions"] = json!({ "credProps": true });
        Ok(serde_json::to_string(&options)?)
    }

    /// A passkey that was made, if everything about it holds: challenge, origin, relying party, presence and verification of the person.
    pub(super) fn made(&self, user: Uuid, challenge: &[u8; 32], sent: &str) -> Result<Credential> {
        let (sent, stored): (RegisterPublicKeyCredential, _) = read(sent)?;
        if stored == Some(false) {
            return Err(Error::new(
                Kind::FailedPrecondition,
                "PASSKEY_NOT_STORED",
                "This device keeps no passkey that is found without a name. Use another device or a password manager.",
            ));
        }
        let (_, state) = self.webauthn.start_passkey_registration(user, "-", "-", None).map_err(internal)?;
        let state = with_challenge(&state, "rs", challenge)?;
        self.webauthn.finish_passkey_registration(&sent, &state).map_err(|cause| refused().because(cause))
    }

    /// Options for coming in with any passkey: nobody is named.
    pub(super) fn request(&self, challenge: &[u8; 32]) -> Result<String> {
        let (options, _) = self.webauthn.start_discoverable_authentication().map_err(internal)?;
        let mut options = serde_json::to_value(options.public_key)?;
        options["challenge"] = Value::String(URL_SAFE_NO_PAD.encode(challenge));
        options.as_object_mut().map(|fields| fields.remove("extensions"));
        Ok(serde_json::to_string(&options)?)
    }

    /// Options for a signature by one of these credentials.
    pub(super) fn request_of(&self, challenge: &[u8; 32], known: &[CredentialID]) -> Result<String> {
        let mut options: Value = serde_json::from_str(&self.request(challenge)?)?;
        let named = |id: &CredentialID| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id) });
        options["allowCredentials"] = known.iter().map(named).collect();
        Ok(serde_json::to_string(&options)?)
    }

    pub(super) fn read_assertion(sent: &str) -> Result<Assertion> {
        read(sent).map(|(sent, _)| Assertion(sent))
    }

    /// Checks an assertion by this credential: signature, challenge, origin, relying party, presence and verification of the person, counter.
    pub(super) fn check(&self, challenge: &[u8; 32], assertion: &Assertion, credential: &Credential) -> Result<AuthenticationResult> {
        let (_, state) = self.webauthn.start_discoverable_authentication().map_err(internal)?;
        let state = with_challenge(&state, "ast", challenge)?;
        let done = self.webauthn.finish_discoverable_authentication_v2(&assertion.0, state, credential);
        let done = done.map_err(|cause| {
            if matches!(cause, WebauthnError::CredentialPossibleCompromise) {
                // Whose is not for this log. Two devices that hold one key count apart (Web Authentication, section 6.1.1).
                tracing::warn!("a passkey's counter went back: it may have been copied; it was refused");
            }
            refused().because(cause)
        })?;
        if done.user_verified() { Ok(done) } else { Err(refused()) }
    }
}

fn internal(cause: webauthn_rs::prelude::WebauthnError) -> Error {
    Error::internal(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_a_name_and_the_id_is_its_end() {
        for (origin, id) in
            [("https://my.example.org", None), ("https://my.example.org", Some("example.org")), ("http://localhost:8080", None)]
        {
            assert!(RelyingParty::new(origin, id).is_ok(), "{origin}");
        }
        for (origin, id) in
            [("https://127.0.0.1", None), ("https://[::1]:1", None), ("nonsense", None), ("https://my.example.org", Some("example.com"))]
        {
            assert_eq!(RelyingParty::new(origin, id).expect_err("refused").reason(), "RELYING_PARTY_INVALID", "{origin}");
        }
    }

    #[test]
    fn options_ask_for_what_we_hold_to() {
        let party = RelyingParty::new("https://my.example.org", None).expect("fits");
        let made: Value = serde_json::from_str(&party.creation(Uuid::from_u128(7), Vec::new(), &[1; 32]).expect("options")).expect("JSON");
        let challenge = URL_SAFE_NO_PAD.encode([1; 32]);
        assert_eq!((made["challenge"].as_str(), made["attestation"].as_str()), (Some(challenge.as_str()), Some("none")));
        assert_eq!(made["rp"]["id"], "my.example.org");
        assert_eq!(made["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(made["authenticatorSelection"]["userVerification"], "required");
        let asked: Value = serde_json::from_str(&party.request(&[1; 32]).expect("options")).expect("JSON");
        assert_eq!(asked["challenge"], challenge.as_str());
        assert_eq!((asked["userVerification"].as_str(), asked["allowCredentials"].as_array().map(Vec::len)), (Some("required"), Some(0)));
    }
}
