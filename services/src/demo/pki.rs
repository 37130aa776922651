//! The demo's own certification authority, and the certificates that it gives out.

use std::path::{Path, PathBuf};

use coffret_vault::clock::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use super::Failure;
use super::folder::write_private;
use crate::tls::Tls;

/// Days that a certificate is good for.
const GOOD_DAYS: i64 = 730;
/// Days before its end at which everything is made anew.
const SPARE_DAYS: i64 = 30;

/// Certificates in a folder.
#[derive(Clone, Debug)]
pub(super) struct Pki(PathBuf);

/// A certificate and its key.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Pki {
    /// Uses what is there, or makes authority, server, each house and a stranger whom no house knows.
    pub(super) fn open(folder: &Path, houses: &[&str], now: Timestamp) -> Result<Self, Failure> {
        let pki = Self(folder.to_owned());
        let names: Vec<&str> = houses.iter().copied().chain(["stranger"]).collect();
        if !pki.is_good(&names, now) {
            pki.make(&names, now)?;
        }
        Ok(pki)
    }

    /// The authority's certificate.
    pub(super) fn authority(&self) -> PathBuf {
        self.0.join("ca.pem")
    }

    /// A certificate by its holder: `server`, a house's key or `stranger`.
    pub(super) fn pair(&self, holder: &str) -> Pair {
        Pair { certificate: self.0.join(format!("{holder}.pem")), key: self.0.join(format!("{holder}.key")) }
    }

    /// What the server presents, and whose clients it admits.
    pub(super) fn tls(&self) -> Tls {
        let Pair { certificate, key } = self.pair("server");
        Tls { certificate, key, client_authorities: vec![self.authority()] }
    }

    fn is_good(&self, names: &[&str], now: Timestamp) -> bool {
        let complete = names.iter().chain(&["server"]).all(|name| {
            let pair = self.pair(name);
            pair.certificate.is_file() && pair.key.is_file()
        });
        // All are made at once, so the authority's end is everybody's.
        complete && self.expires_at().is_some_and(|end| now.plus_days(SPARE_DAYS) < end)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        let pem = std::fs::read(self.authority()).ok()?;
        let (_, pem) = x509_parser::pem::parse_x509_pem(&pem).ok()?;
        Some(Timestamp::from_seconds(pem.parse_x509().ok()?.validity().not_after.timestamp()))
    }

    fn make(&self, names: &[&str], now: Timestamp) -> Result<(), Failure> {
        let mut params = params("Coffret demo authority", Vec::new(), now)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // The authority's key is used here and kept nowhere.
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        self.write("server", ExtendedKeyUsagePurpose::ServerAuth, &authority, now)?;
        for name in names {
            self.write(name, ExtendedKeyUsagePurpose::ClientAuth, &authority, now)?;
        }
        // Last, so that half a first set is seen as none.
        write_private(&self.authority(), authority.pem().as_bytes())
    }

    fn write(
        &self,
        name: &str,
        usage: ExtendedKeyUsagePurpose,
        authority: &CertifiedIssuer<'_, KeyPair>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let hosts = match usage {
            ExtendedKeyUsagePurpose::ServerAuth => vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()],
            _ => vec![format!("{name}.client.example")],
        };
        let mut params = params(name, hosts, now)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, authority)?;
        let pair = self.pair(name);
        write_private(&pair.key, key.serialize_pem().as_bytes())?;
        write_private(&pair.certificate, certificate.pem().as_bytes())
    }
}

fn params(name: &str, hosts: Vec<String>, now: Timestamp) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let (year, month, day) = date(now.plus_days(-1));
    params.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = date(now.plus_days(GOOD_DAYS));
    params.not_after = date_time_ymd(year, month, day);
    Ok(params)
}

fn date(moment: Timestamp) -> (i32, u8, u8) {
    let date = jiff::Timestamp::from_microsecond(moment.micros()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
    (i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).expect("readable")
    }

    #[test]
    fn certificates_are_kept_until_they_are_about_to_end() {
        let place = tempfile::tempdir().expect("a folder");
        let open = |now| read(&Pki::open(place.path(), &["alba"], now).expect("opens").authority());
        let first = open(NOW);
        assert_eq!(first, open(NOW.plus_days(600)));
        assert_ne!(first, open(NOW.plus_days(GOOD_DAYS - 10)));
    }

    #[test]
    fn a_set_with_a_hole_is_made_anew() {
        let place = tempfile::tempdir().expect("a folder");
        let pki = Pki::open(place.path(), &["alba"], NOW).expect("opens");
        let first = read(&pki.authority());
        std::fs::remove_file(pki.pair("alba").key).expect("removed");
        let pki = Pki::open(place.path(), &["alba"], NOW).expect("opens");
        assert_ne!(first, read(&pki.authority()));
        assert!(pki.pair("alba").key.is_file());
    }

    #[test]
    fn the_server_takes_what_was_made() {
        let place = tempfile::tempdir().expect("a folder");
        let pki = Pki::open(place.path(), &["alba"], NOW).expect("opens");
        crate::tls::Settings::load(pki.tls()).expect("usable");
    }
}
