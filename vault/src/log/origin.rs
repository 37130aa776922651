//! Names and keys of logs.

use coffret_ledger::{Checkpoint, Note, SignedCheckpoint, Signer, VerifierKey};

use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::keys::Place;
use crate::{Vault, envelope::Key, id::CustomerId, keep_meta};

/// The year of a moment (UTC).
pub(super) fn year_of(moment: Timestamp) -> i64 {
    i64::from(moment.month_bucket().div_euclid(12))
}

/// The name of a year's log.
pub(super) fn name_of(name: &str, year: i64) -> String {
    format!("{name}/ledger/{year}")
}

/// Where a log lies in a publication: its name without what comes before `ledger/`.
pub(super) fn prefix_of(origin: &str) -> &str {
    origin.rfind("/ledger/").map_or(origin, |at| &origin[at + 1..])
}

/// Refuses a name that no log can have.
pub(super) fn check_name(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'/');
    let good = (1..=200).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('/') && !name.ends_with('/');
    if good && !name.contains("//") {
        return Ok(());
    }
    Err(Error::precondition("LOG_NAME", "The log's name is a URL without its scheme, such as vault.example. Nothing was changed."))
}

/// A checkpoint that our key for the origin that it names has signed.
pub(super) fn open_checkpoint(key: &Key, note: &[u8]) -> Option<SignedCheckpoint> {
    let origin = Checkpoint::parse(Note::parse(note).ok()?.text()).ok()?.origin().to_owned();
    let signer = Signer::from_seed(&origin, key.expose()).ok()?;
    SignedCheckpoint::open(note, std::slice::from_ref(signer.verifier_key())).ok()
}

impl Vault {
    /// The log's signing key, made at the first start and sealed under the deployment's key.
    pub(super) async fn log_key(&self) -> Result<&Key> {
        self.log.key.get_or_try_init(|| self.make_log_key()).await
    }

    async fn make_log_key(&self) -> Result<Key> {
        let session = self.session(CustomerId::DEPLOYMENT).await?;
        let place = Place { class: "log", record: &[], attribute: "", version: 1, schema: "" };
        let sealed = session.keys.seal(self.entropy.as_ref(), &place, Key::generate(self.entropy.as_ref())?.expose())?;
        let kept = keep_meta(&self.store, "log_key", sealed).await?;
        let opened = session.keys.open(&place, &kept)?;
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| Error::inconsistent("meta", "value", "log_key"))?;
        Ok(Key::from_bytes(bytes))
    }

    /// Signs for the log of this name.
    pub(super) async fn log_signer(&self, name: &str) -> Result<Signer> {
        Signer::from_seed(name, self.log_key().await?.expose())
            .map_err(|cause| Error::new(Kind::Internal, "LOG_NAME", "The log has a name that no key can have.").because(cause))
    }

    /// The public key of the log of this name, as auditors pin it: `<name>+<id>+<base64>` (C2SP signed-note).
    pub async fn log_verifier_key(&self, name: &str) -> Result<VerifierKey> {
        Ok(self.log_signer(name).await?.verifier_key().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_named_after_its_year() {
        assert_eq!(year_of(crate::testing::START), 2026);
        assert_eq!(year_of("2026-12-31T23:59:59.999999Z".parse().expect("a moment")), 2026);
        assert_eq!(year_of("2027-01-01T00:00:00Z".parse().expect("a moment")), 2027);
        assert_eq!(name_of("vault.example", 2026), "vault.example/ledger/2026");
        assert_eq!(prefix_of("vault.example/ledger/2026"), "ledger/2026");
        assert_eq!(prefix_of("vault.example/ledger/ledger/2026"), "ledger/2026");
    }

    #[test]
    fn a_name_is_a_url_without_its_scheme() {
        for good in ["vault.example", "localhost:8443", "vault.example/of/all"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "/x", "x/", "https://x", "a b", "a+b", "a\nb", &"x".repeat(201)] {
            assert_eq!(check_name(bad).expect_err(bad).reason(), "LOG_NAME");
        }
    }
}
