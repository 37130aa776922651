//! Certificates and client keys of brands.

use coffret_proto::v1;
use coffret_vault::clock::Timestamp;
use coffret_vault::credential::{Credential, CredentialKind};
use coffret_vault::error::{Error, Result};
use jsonwebtoken::Algorithm;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::IdentityService;
use crate::caller::Caller;
use crate::names;
use crate::once::once;
use crate::terms::hex;
use crate::tls::fingerprint;

/// Bytes of a certificate or key in PEM at most.
const MOST_PEM: usize = 16 * 1024;
const SMALLEST_RSA: usize = 2048;
/// A larger modulus only makes each check of a signature slower.
const LARGEST_RSA: usize = 8192;

fn credential_to_wire(credential: &Credential) -> v1::Credential {
    let kind = match credential.kind {
        CredentialKind::Certificate => v1::CredentialKind::Certificate,
        CredentialKind::ClientKey => v1::CredentialKind::ClientKey,
    };
    v1::Credential {
        name: names::credential_name(credential.brand, credential.id),
        kind: kind.into(),
        fingerprint: hex(&credential.fingerprint),
        create_time: Some(names::timestamp(credential.created_at)),
        expire_time: Some(names::timestamp(credential.expires_at)),
        revoke_time: credential.revoked_at.map(names::timestamp),
    }
}

/// The one certificate in a PEM text: its SHA-256 and its end.
fn read_certificate(pem: &str) -> Result<([u8; 32], Timestamp)> {
    let wrong = || Error::invalid("certificate_pem", "CERTIFICATE_INVALID", "This is one certificate in PEM, without a key.");
    if pem.len() > MOST_PEM || pem.contains("PRIVATE KEY") {
        return Err(wrong());
    }
    let mut found = CertificateDer::pem_slice_iter(pem.as_bytes());
    let (Some(Ok(der)), None) = (found.next(), found.next()) else { return Err(wrong()) };
    let (rest, certificate) = x509_parser::parse_x509_certificate(&der).map_err(|_| wrong())?;
    if !rest.is_empty() {
        return Err(wrong());
    }
    let ends = Timestamp::from_seconds(certificate.validity().not_after.timestamp());
    Ok((fingerprint(&der), ends))
}

/// How a public key signs assertions, if it may: Ed25519, P-256, or RSA of 2048 bits and more.
pub(super) fn algorithm_of(spki: &[u8]) -> Option<Algorithm> {
    let (rest, key) = SubjectPublicKeyInfo::from_der(spki).ok()?;
    if !rest.is_empty() {
        return None;
    }
    match key.algorithm.algorithm.to_id_string().as_str() {
        // RFC 8410; RFC 5480 with secp256r1; RFC 3279.
        "1.3.101.112" => (key.subject_public_key.data.len() == 32).then_some(Algorithm::EdDSA),
        "1.2.840.10045.2.1" => {
            let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string();
            let point = &key.subject_public_key.data;
            (curve == "1.2.840.10045.3.1.7" && point.len() == 65 && point.first() == Some(&4)).then_some(Algorithm::ES256)
        }
        "1.2.840.113549.1.1.1" => match key.parsed().ok()? {
            PublicKey::RSA(rsa) => {
                let bits = significant_bits(rsa.modulus);
                let odd = rsa.exponent.last().is_some_and(|byte| byte & 1 == 1);
                let sound = (SMALLEST_RSA..=LARGEST_RSA).contains(&bits) && odd && (17..=33).contains(&significant_bits(rsa.exponent));
                sound.then_some(Algorithm::RS256)
            }
            _ => None,
        },
        _ => None,
    }
}

fn significant_bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros).map_or(0, |first| (number.len() - zeros) * 8 - first.leading_zeros() as usize)
}

/// The one public key in a PEM text (SubjectPublicKeyInfo, DER).
pub(super) fn read_public_key(pem: &str) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let mut found = SubjectPublicKeyInfoDer::pem_slice_iter(pem.as_bytes());
    match (found.next(), found.next()) {
        (Some(Ok(key)), None) => Some(key),
        _ => None,
    }
}

impl IdentityService {
    pub(super) async fn bind_certificate(
        &self,
        caller: &Caller,
        asked: &v1::RegisterCertificateRequest,
    ) -> Result<v1::RegisterCertificateResponse> {
        let once = once(caller, "RegisterCertificate", &asked.request_id, asked)?;
        let brand = names::brand(&asked.brand, "brand", caller)?;
        let (fingerprint, ends) = read_certificate(&asked.certificate_pem)?;
        let credential = self.vault.register_certificate(caller.who(), brand, fingerprint, ends, once.as_ref()).await?;
        Ok(v1::RegisterCertificateResponse { credential: Some(credential_to_wire(&credential)) })
    }

    pub(super) async fn bind_client_key(
        &self,
        caller: &Caller,
        asked: &v1::RegisterClientKeyRequest,
    ) -> Result<v1::RegisterClientKeyResponse> {
        let once = once(caller, "RegisterClientKey", &asked.request_id, asked)?;
        let brand = names::brand(&asked.brand, "brand", caller)?;
        let wrong = || {
            let description = "This is a public key in PEM (SubjectPublicKeyInfo): Ed25519, P-256, or RSA of 2048 to 8192 bits.";
            Error::invalid("public_key_pem", "PUBLIC_KEY_INVALID", description)
        };
        let pem = &asked.public_key_pem;
        let key = Some(pem).filter(|pem| pem.len() <= MOST_PEM).and_then(|pem| read_public_key(pem)).ok_or_else(wrong)?;
        algorithm_of(&key).ok_or_else(wrong)?;
        let ends = asked.expire_time.as_ref().map(|ends| names::moment(ends, "expire_time")).transpose()?;
        let ends = ends.ok_or_else(|| Error::invalid("expire_time", "TIME_MISSING", "A key has an end, at most two years from now."))?;
        let credential = self.vault.register_client_key(caller.who(), brand, fingerprint(&key), pem.clone(), ends, once.as_ref()).await?;
        Ok(v1::RegisterClientKeyResponse { credential: Some(credential_to_wire(&credential)) })
    }

    pub(super) async fn credentials(&self, caller: &Caller, asked: &v1::ListCredentialsRequest) -> Result<v1::ListCredentialsResponse> {
        let brand = names::brand(&asked.brand, "brand", caller)?;
        let credentials = self.vault.credentials(brand).await?;
        Ok(v1::ListCredentialsResponse { credentials: credentials.iter().map(credential_to_wire).collect() })
    }

    pub(super) async fn end_credential(
        &self,
        caller: &Caller,
        asked: &v1::RevokeCredentialRequest,
    ) -> Result<v1::RevokeCredentialResponse> {
        let once = once(caller, "RevokeCredential", &asked.request_id, asked)?;
        let (brand, id) = names::credential(&asked.name, "name")?;
        let credential = self.vault.revoke_credential(caller.who(), brand, id, once.as_ref()).await?;
        Ok(v1::RevokeCredentialResponse { credential: Some(credential_to_wire(&credential)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{KeyPair, PublicKeyData, SignatureAlgorithm};

    fn spki(algorithm: &'static SignatureAlgorithm) -> Vec<u8> {
        KeyPair::generate_for(algorithm).expect("made").subject_public_key_info()
    }

    #[test]
    fn keys_sign_in_one_way_each_and_other_keys_in_none() {
        assert_eq!(algorithm_of(&spki(&rcgen::PKCS_ED25519)), Some(Algorithm::EdDSA));
        assert_eq!(algorithm_of(&spki(&rcgen::PKCS_ECDSA_P256_SHA256)), Some(Algorithm::ES256));
        assert_eq!(algorithm_of(&spki(&rcgen::PKCS_ECDSA_P384_SHA384)), None);
        let rsa = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).expect("made");
        assert_eq!(algorithm_of(&rsa.subject_public_key_info()), Some(Algorithm::RS256));
        let mut longer = spki(&rcgen::PKCS_ED25519);
        longer.push(0);
        assert_eq!(algorithm_of(&longer), None);
        assert_eq!(algorithm_of(&[]), None);
    }

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        assert_eq!(significant_bits(&[]), 0);
        assert_eq!(significant_bits(&[0, 0]), 0);
        assert_eq!(significant_bits(&[0, 1]), 1);
        assert_eq!(significant_bits(&[0x80, 0]), 16);
    }

    #[test]
    fn a_key_beside_the_certificate_is_refused_and_so_are_two_certificates() {
        let made = rcgen::generate_simple_self_signed(vec!["brand.example".to_owned()]).expect("made");
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        assert_eq!(read_certificate(&certificate).expect("one").0, fingerprint(made.cert.der()));
        for bad in [String::new(), key.clone(), format!("{certificate}{key}"), format!("{certificate}{certificate}"), "x".repeat(20_000)] {
            assert_eq!(read_certificate(&bad).expect_err("refused").field_violations()[0].field, "certificate_pem");
        }
    }
}
