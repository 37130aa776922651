//! Ceremonies: what began here, proved by a handle that lives five minutes and counts once. Nothing is kept until one is finished.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Result};

/// Seconds within which a ceremony is finished.
pub const CEREMONY_SECONDS: i64 = 300;
/// Purpose, end, nonce and subject.
const BODY: usize = 1 + 8 + 16 + 32;
const MAC: usize = 16;

/// A ceremony that began: the handle goes back to the server, the options to the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Sent back when the ceremony is finished.
    pub handle: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` (Web Authentication, section 5.1.8 and 5.1.9).
    pub options_json: String,
}

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Purpose {
    /// The first passkey, or one after a recovery; the subject is the code's digest.
    Enrolment = 1,
    /// Coming in; nobody is the subject.
    SignIn = 2,
    /// Another passkey; the subject is the customer.
    Addition = 3,
    /// A yes; the subject is the digest of what is agreed to.
    Yes = 4,
}

/// A ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ceremony {
    pub(super) subject: [u8; 32],
    pub(super) nonce: [u8; 16],
    pub(super) handle: String,
    ends_at: Timestamp,
}

impl Ceremony {
    /// What the authenticator signs.
    pub(super) fn challenge(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"coffret/ceremony/1\0");
        hash.update(&self.handle);
        hash.finalize().into()
    }
}

impl Ceremony {
    /// What the authenticator signs for a yes: from what is agreed to, so that it can be told without us.
    pub(super) fn yes(&self) -> [u8; 32] {
        crate::ledger::challenge(&self.nonce, &self.subject)
    }
}

/// The handle is not ours, is of something else, has ended or was used.
pub(super) fn ended() -> Error {
    Error::invalid("handle", "CEREMONY_ENDED", "This was not begun here, took longer than five minutes, or is done already. Begin again.")
}

impl Vault {
    fn mac(&self, body: &[u8]) -> [u8; MAC] {
        coffret_envelope::pairwise(&self.ceremonies, "handle", &[body])
    }

    pub(super) fn begin_ceremony(&self, purpose: Purpose, subject: [u8; 32]) -> Result<Ceremony> {
        let mut nonce = [0_u8; 16];
        self.entropy.fill(&mut nonce)?;
        let ends_at = self.now().plus_seconds(CEREMONY_SECONDS);
        let mut bytes = Vec::with_capacity(BODY + MAC);
        bytes.push(purpose as u8);
        bytes.extend_from_slice(&ends_at.micros().to_be_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&subject);
        let mac = self.mac(&bytes);
        bytes.extend_from_slice(&mac);
        Ok(Ceremony { subject, nonce, handle: URL_SAFE_NO_PAD.encode(bytes), ends_at })
    }

    /// The ceremony with this handle, if it began here for this purpose and has not ended.
    pub(super) fn ceremony_of(&self, purpose: Purpose, handle: &str) -> Result<Ceremony> {
        // The decoder takes one spelling only, so that a handle cannot be used again in another one.
        let bytes = URL_SAFE_NO_PAD.decode(handle).map_err(|_| ended())?;
        let (body, mac) = bytes.split_at_checked(BODY).filter(|(_, mac)| mac.len() == MAC).ok_or_else(ended)?;
        if !bool::from(self.mac(body).ct_eq(mac)) || body[0] != purpose as u8 {
            return Err(ended());
        }
        let (micros, rest) = body[1..].split_first_chunk::<8>().ok_or_else(ended)?;
        let ends_at = Timestamp::from_micros(i64::from_be_bytes(*micros));
        let (nonce, subject) =
            rest.split_first_chunk::<16>().and_then(|(nonce, rest)| Some((nonce, rest.first_chunk::<32>()?))).ok_or_else(ended)?;
        if self.now() >= ends_at {
            return Err(ended());
        }
        Ok(Ceremony { subject: *subject, nonce: *nonce, handle: handle.to_owned(), ends_at })
    }

    /// Uses a ceremony up, on whichever server; to be called when everything else holds.
    pub(super) async fn use_up_ceremony(&self, ceremony: &Ceremony) -> Result<()> {
        if self.use_assertion("passkey ceremony", &ceremony.handle, ceremony.ends_at).await? { Ok(()) } else { Err(ended()) }
    }
}
