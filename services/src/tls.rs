//! TLS 1.3 and 1.2 on the one listener: the server's certificate, and the authorities that brands' client certificates come from.
//!
//! A client certificate is optional here: whoever sends none may still have a token. One that is sent must come from a configured
//! authority and be valid now, or there is no connection. Files are read again when they change, and at SIGHUP.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use coffret_vault::clock::Timestamp;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Where the certificates are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The server's certificate and its chain (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
    /// The authorities of client certificates (PEM, each file one or more). Without any, nobody can call with a certificate.
    #[serde(default)]
    pub client_authorities: Vec<PathBuf>,
}

/// How what is sent to a server of somebody's choice goes there. A token goes the first two ways alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over TLS.
    Tls,
    /// In the clear, within this machine.
    Home,
    /// In the clear, over a network.
    Open,
}

impl Way {
    pub(crate) fn to(server: &http::Uri) -> Self {
        if server.scheme_str() == Some("https") {
            return Self::Tls;
        }
        let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
        let at_home = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if at_home { Self::Home } else { Self::Open }
    }
}

/// Why TLS is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// A file does not hold what it should.
    #[error("{0} does not hold {1} in PEM.")]
    Content(PathBuf, &'static str),
    /// The parts do not go together.
    #[error("the server's certificate and key cannot be used: {0}")]
    Unusable(String),
}

/// The TLS settings in force.
#[derive(Debug)]
pub(crate) struct Settings {
    paths: Tls,
    current: ArcSwap<Current>,
    seen: Mutex<Stamp>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    expires_at: Timestamp,
}

/// What tells that a file has changed.
type Stamp = Vec<Option<(SystemTime, u64)>>;

impl Settings {
    /// Reads the files.
    pub(crate) fn load(paths: Tls) -> Result<Self, TlsError> {
        // The stamp comes first, so that a change while reading is seen as one.
        let seen = Mutex::new(stamp(&paths));
        let current = ArcSwap::from_pointee(read(&paths)?);
        Ok(Self { paths, current, seen })
    }

    /// The settings for a new connection.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.load().config)
    }

    /// When the server's certificate ends.
    pub(crate) fn expires_at(&self) -> Timestamp {
        self.current.load().expires_at
    }

    /// Reads the files again if one has changed, or if told to. What cannot be used is logged, and what is in force stays.
    pub(crate) fn reload(&self, always: bool) {
        let now = stamp(&self.paths);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == now && !always {
                return;
            }
            *seen = now;
        }
        match read(&self.paths) {
            Ok(read) => {
                tracing::info!(expires_at = %read.expires_at, "certificates read again");
                self.current.store(Arc::new(read));
            }
            // Half of a change may be there already; the other half comes with a stamp of its own.
            Err(error) => tracing::error!(%error, "the new certificates cannot be used; those in force stay"),
        }
    }
}

fn stamp(paths: &Tls) -> Stamp {
    let files = [&paths.certificate, &paths.key].into_iter().chain(&paths.client_authorities);
    let of = |path: &PathBuf| std::fs::metadata(path).ok().and_then(|data| Some((data.modified().ok()?, data.len())));
    files.map(of).collect()
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = std::fs::read(path).map_err(|cause| TlsError::Unreadable(path.to_owned(), cause))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or_else(|| TlsError::Content(path.to_owned(), "certificates"))
}

// By value, so that it fits `map_err`.
#[allow(clippy::needless_pass_by_value)]
fn unusable(cause: impl ToString) -> TlsError {
    TlsError::Unusable(cause.to_string())
}

fn read(paths: &Tls) -> Result<Current, TlsError> {
    let chain = certificates(&paths.certificate)?;
    let leaf = chain.first().ok_or_else(|| TlsError::Content(paths.certificate.clone(), "certificates"))?;
    let (_, parsed) = x509_parser::parse_x509_certificate(leaf).map_err(unusable)?;
    let expires_at = Timestamp::from_seconds(parsed.validity().not_after.timestamp());
    let pem = zeroize::Zeroizing::new(std::fs::read(&paths.key).map_err(|cause| TlsError::Unreadable(paths.key.clone(), cause))?);
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| TlsError::Content(paths.key.clone(), "a private key"))?;
    let mut authorities = RootCertStore::empty();
    for path in &paths.client_authorities {
        for certificate in certificates(path)? {
            authorities.add(certificate).map_err(|_| TlsError::Content(path.clone(), "certificates of authorities"))?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(unusable)?;
    let builder = if authorities.is_empty() {
        builder.with_no_client_auth()
    } else {
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider).allow_unauthenticated();
        builder.with_client_cert_verifier(verifier.build().map_err(unusable)?)
    };
    let mut config = builder.with_single_cert(chain, key).map_err(unusable)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // No early data, which could be replayed.
    config.max_early_data_size = 0;
    // Sessions are kept here and go with these settings: none outlives a change of the authorities.
    Ok(Current { config: Arc::new(config), expires_at })
}

/// SHA-256 of a certificate (DER).
pub fn fingerprint(certificate: &[u8]) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_tls_or_stays_on_this_machine() {
        for (address, way) in [
            ("https://vault.example:8443", Way::Tls),
            ("http://vault.example:8443", Way::Open),
            ("http://192.0.2.1:8443", Way::Open),
            ("http://localhost.example:8443", Way::Open),
            ("vault.example:8443", Way::Open),
            ("http://localhost:8443", Way::Home),
            ("http://127.0.0.1:8443", Way::Home),
            ("http://[::1]:8443", Way::Home),
        ] {
            assert_eq!(Way::to(&address.parse().expect("an address")), way, "{address}");
        }
    }

    fn write(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("made");
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
        std::fs::write(&certificate, made.cert.pem()).expect("written");
        std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
        (certificate, key)
    }

    #[test]
    fn a_half_changed_pair_leaves_what_is_in_force() {
        let folder = tempfile::tempdir().expect("a folder");
        let (certificate, key) = write(folder.path(), "one");
        let settings =
            Settings::load(Tls { certificate: certificate.clone(), key: key.clone(), client_authorities: Vec::new() }).expect("loads");
        let before = settings.config();
        let (other, other_key) = write(folder.path(), "two");
        std::fs::copy(&other, &certificate).expect("copied");
        settings.reload(true);
        assert!(Arc::ptr_eq(&before, &settings.config()), "the certificate does not go with the key");
        std::fs::copy(&other_key, &key).expect("copied");
        settings.reload(true);
        assert!(!Arc::ptr_eq(&before, &settings.config()));
    }

    #[test]
    fn files_that_did_not_change_are_not_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (certificate, key) = write(folder.path(), "one");
        let settings = Settings::load(Tls { certificate, key, client_authorities: Vec::new() }).expect("loads");
        let before = settings.config();
        settings.reload(false);
        assert!(Arc::ptr_eq(&before, &settings.config()));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (certificate, key) = write(folder.path(), "one");
        let missing = folder.path().join("missing.pem");
        let load = |certificate: &Path, key: &Path, authority: &[PathBuf]| {
            let tls = Tls { certificate: certificate.to_owned(), key: key.to_owned(), client_authorities: authority.to_vec() };
            Settings::load(tls).expect_err("refused").to_string()
        };
        assert!(load(&missing, &key, &[]).contains("missing.pem"));
        assert!(load(&key, &key, &[]).contains("does not hold certificates"));
        assert!(load(&certificate, &certificate, &[]).contains("does not hold a private key"));
        assert!(load(&certificate, &key, std::slice::from_ref(&missing)).contains("missing.pem"));
    }
}
