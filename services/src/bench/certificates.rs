//! A certification authority of the benchmark's own, with one certificate for the servers and one for the brand.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use sha2::{Digest, Sha256};

use super::Failure;

/// Days for which the certificates are good.
pub(super) const GOOD_DAYS: i64 = 365;

/// Certificates in a folder: `ca.pem`, `server.pem`, `server.key`; the brand's in memory.
pub(super) struct Certificates {
    pub(super) folder: PathBuf,
    pub(super) ca: String,
    pub(super) brand: String,
    pub(super) brand_key: String,
    /// SHA-256 of the brand's certificate (DER).
    pub(super) fingerprint: [u8; 32],
}

impl Certificates {
    /// Makes them, and writes what the servers read.
    pub(super) fn make(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder)?;
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority.distinguished_name.push(DnType::CommonName, "Coffret benchmark");
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let server_key = KeyPair::generate()?;
        let mut server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let server = server.signed_by(&server_key, &authority)?;

        let brand_key = KeyPair::generate()?;
        let mut brand = CertificateParams::new(vec!["brand.localhost".to_owned()])?;
        brand.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        brand.distinguished_name.push(DnType::CommonName, "brand");
        let brand = brand.signed_by(&brand_key, &authority)?;

        fs::write(folder.join("ca.pem"), authority.pem())?;
        fs::write(folder.join("server.pem"), server.pem())?;
        let key = folder.join("server.key");
        fs::write(&key, server_key.serialize_pem())?;
        #[cfg(unix)]
        fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok(Self {
            folder: folder.to_owned(),
            ca: authority.pem(),
            brand: brand.pem(),
            brand_key: brand_key.serialize_pem(),
            fingerprint: Sha256::digest(brand.der()).into(),
        })
    }
}
