//! Who may call: certificates and client keys of brands, tokens of people and brands, assertions that were used.
//!
//! No secret is stored: of certificates and keys there is the public part or its SHA-256, of tokens the SHA-256.

mod assertion;
mod lookup;
mod token;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

pub(crate) use lookup::Lookups;
pub use token::{NewToken, Role, Token};

use crate::Vault;
use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CredentialId, CustomerId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::operation::Brand;
use crate::store::draft::Write;
use crate::store::entity::credential;

/// Days for which a client key is bound at most: two years.
const MOST_KEY_DAYS: i64 = 731;
/// Bytes of a public key in PEM at most.
const MOST_PEM: usize = 8192;

/// What a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(i16)]
pub enum CredentialKind {
    /// A client certificate for mutual TLS.
    Certificate = 1,
    /// A public key for assertions (RFC 7523).
    ClientKey = 2,
}

/// A certificate or client key of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The id.
    pub id: CredentialId,
    /// The brand.
    pub brand: BrandId,
    /// What it is.
    pub kind: CredentialKind,
    /// SHA-256 of the certificate (DER) or of the key (SubjectPublicKeyInfo).
    pub fingerprint: [u8; 32],
    /// When it was bound.
    pub created_at: Timestamp,
    /// First moment at which it no longer counts.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl Credential {
    fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

fn credential_of(row: &credential::Model) -> Result<Credential> {
    let id = CredentialId(row.credential_id);
    Ok(Credential {
        id,
        brand: BrandId(row.brand_id),
        kind: match row.kind {
            1 => CredentialKind::Certificate,
            2 => CredentialKind::ClientKey,
            _ => return Err(Error::inconsistent("credential", "kind", id)),
        },
        fingerprint: row.fingerprint.as_slice().try_into().map_err(|_| Error::inconsistent("credential", "fingerprint", id))?,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        revoked_at: row.revoked_at.map(Timestamp::from_micros),
    })
}

/// What is bound to a brand.
#[derive(Clone)]
struct Binding {
    brand: BrandId,
    kind: CredentialKind,
    fingerprint: [u8; 32],
    public_key: Option<String>,
    expires_at: Timestamp,
}

fn taken(kind: CredentialKind) -> Error {
    match kind {
        CredentialKind::Certificate => {
            Error::new(Kind::AlreadyExists, "CERTIFICATE_TAKEN", "This certificate is bound to another brand. Nothing was changed.")
        }
        CredentialKind::ClientKey => {
            Error::new(Kind::AlreadyExists, "CLIENT_KEY_TAKEN", "This key is bound to another brand. Nothing was changed.")
        }
    }
}

impl Vault {
    /// Binds a client certificate to a brand, by the SHA-256 of its DER. One that this brand has already is given as it is; one that
    /// another brand has, or had, is refused, and so is one that was revoked.
    pub async fn register_certificate(
        &self,
        who: Who,
        brand: BrandId,
        fingerprint: [u8; 32],
        expires_at: Timestamp,
        once: Option<&Once>,
    ) -> Result<Credential> {
        let binding = Binding { brand, kind: CredentialKind::Certificate, fingerprint, public_key: None, expires_at };
        let check = |now| {
            if now < expires_at {
                return Ok(());
            }
            Err(Error::invalid("certificate_pem", "CERTIFICATE_EXPIRED", "This certificate has ended."))
        };
        self.bind(who, binding, check, once).await
    }

    /// Binds a public key to a brand, by the SHA-256 of its SubjectPublicKeyInfo, for at most two years. The caller has parsed it.
    pub async fn register_client_key(
        &self,
        who: Who,
        brand: BrandId,
        fingerprint: [u8; 32],
        public_key_pem: String,
        expires_at: Timestamp,
        once: Option<&Once>,
    ) -> Result<Credential> {
        let pem = public_key_pem.trim();
        // A brand that sends its private key by mistake must not find it stored.
        if pem.len() > MOST_PEM || !pem.starts_with("-----BEGIN PUBLIC KEY-----") || pem.contains("PRIVATE") {
            return Err(Error::invalid("public_key_pem", "PUBLIC_KEY_INVALID", "This is a public key in PEM (SubjectPublicKeyInfo)."));
        }
        let public_key = Some(pem.to_owned());
        let binding = Binding { brand, kind: CredentialKind::ClientKey, fingerprint, public_key, expires_at };
        let check = |now: Timestamp| {
            if now < expires_at && expires_at <= now.plus_days(MOST_KEY_DAYS) {
                return Ok(());
            }
            Err(Error::invalid("expire_time", "EXPIRE_TIME_OUT_OF_RANGE", "A key ends in the future, at most two years from now."))
        };
        self.bind(who, binding, check, once).await
    }

    /// The expiry is checked only where the call is not a repeated one: its first answer stands whatever the time is now.
    async fn bind(&self, who: Who, binding: Binding, check: impl Fn(Timestamp) -> Result<()>, once: Option<&Once>) -> Result<Credential> {
        self.brand(binding.brand).await?;
        self.once(CustomerId::DEPLOYMENT, once, || async {
            check(self.now())?;
            if let Some(row) = self.credential_by_fingerprint(&binding.fingerprint).await? {
                let known = credential_of(&row)?;
                return match (known.brand == binding.brand && known.kind == binding.kind, known.revoked_at) {
                    (true, None) => Ok(known),
                    (true, Some(_)) => Err(Error::precondition(
                        "CREDENTIAL_REVOKED",
                        "This certificate or key was revoked and does not come back. Bind a new one.",
                    )),
                    (false, _) => Err(taken(binding.kind)),
                };
            }
            let (id, kind, call) = (CredentialId::make(self.entropy.as_ref(), self.now())?, binding.kind, once.cloned());
            let bound = self
                .administer(move |draft| {
                    let row = credential::Model {
                        credential_id: id.0,
                        brand_id: binding.brand.0,
                        kind: kind as i16,
                        fingerprint: binding.fingerprint.to_vec(),
                        public_key: binding.public_key.clone(),
                        created_at: draft.now.micros(),
                        expires_at: binding.expires_at.micros(),
                        revoked_at: None,
                    };
                    let bound = credential_of(&row)?;
                    draft.writes.push(Write::Credential(row));
                    draft.note(Note::new("credential.registered", who.clone()).brand(bound.brand).reason(format!("credential {id}")))?;
                    draft.remember(call.as_ref(), &bound)?;
                    Ok(bound)
                })
                .await;
            bound.map_err(|error| if error.kind() == Kind::AlreadyExists { taken(kind) } else { error })
        })
        .await
    }

    async fn credential_by_fingerprint(&self, fingerprint: &[u8; 32]) -> Result<Option<credential::Model>> {
        let found = credential::Entity::find().filter(credential::Column::Fingerprint.eq(fingerprint.to_vec()));
        Ok(found.one(self.store.reader()).await?)
    }

    /// The certificates and client keys of a brand, oldest first, with those that are revoked or have ended.
    pub async fn credentials(&self, brand: BrandId) -> Result<Vec<Credential>> {
        self.brand(brand).await?;
        let rows = credential::Entity::find()
            .filter(credential::Column::BrandId.eq(brand.0))
            .order_by_asc(credential::Column::CredentialId)
            .all(self.store.reader())
            .await?;
        rows.iter().map(credential_of).collect()
    }

    /// Ends a certificate or client key: at once here, within a second on other servers. Ending it again changes nothing.
    pub async fn revoke_credential(&self, who: Who, brand: BrandId, id: CredentialId, once: Option<&Once>) -> Result<Credential> {
        let revoked = self
            .once(CustomerId::DEPLOYMENT, once, || {
                self.settled(|fresh| {
                    let (who, call) = (who.clone(), once.cloned());
                    async move {
                        let session = self.session_of(CustomerId::DEPLOYMENT, fresh).await?;
                        let row = credential::Entity::find_by_id(id.0).one(self.store.reader()).await?;
                        let row = row.filter(|row| row.brand_id == brand.0).ok_or_else(|| Error::not_found("credential"))?;
                        let before = credential_of(&row)?;
                        if before.revoked_at.is_some() {
                            return Ok(before);
                        }
                        self.administer_on(&session, move |draft| {
                            let revoked = Credential { revoked_at: Some(draft.now), ..before.clone() };
                            draft.writes.push(Write::CredentialRevoked(id.0, draft.now.micros()));
                            draft.note(Note::new("credential.revoked", who.clone()).brand(brand).reason(format!("credential {id}")))?;
                            draft.remember(call.as_ref(), &revoked)?;
                            Ok(revoked)
                        })
                        .await
                    }
                })
            })
            .await;
        // Also after a failure: it may have been written all the same.
        self.lookups.forget();
        revoked
    }

    /// Whose certificate this is, by the SHA-256 of its DER; nobody's where it is unknown, revoked or has ended. A brand that is
    /// suspended is given too. What is known is at most one second old, and not old at all where this process changed it.
    pub async fn brand_of_certificate(&self, fingerprint: &[u8; 32]) -> Result<Option<(Brand, Credential)>> {
        let load = async {
            let row = self.credential_by_fingerprint(fingerprint).await?;
            let Some(row) = row.filter(|row| row.kind == CredentialKind::Certificate as i16) else { return Ok(None) };
            Ok(Some((self.brand(BrandId(row.brand_id)).await?, credential_of(&row)?)))
        };
        let found = self.lookups.certificates.find(*fingerprint, self.now(), load).await?;
        Ok(found.filter(|(_, credential)| credential.is_live(self.now())))
    }

    /// A client key in PEM, with its brand; none where it is unknown, revoked or has ended. A brand that is suspended is given too.
    pub async fn client_key(&self, id: CredentialId) -> Result<Option<(Brand, String)>> {
        let Some(row) = credential::Entity::find_by_id(id.0).one(self.store.reader()).await? else { return Ok(None) };
        let (brand, live) = (BrandId(row.brand_id), credential_of(&row)?.is_live(self.now()));
        let Some(pem) = row.public_key.filter(|_| live) else { return Ok(None) };
        Ok(Some((self.brand(brand).await?, pem)))
    }
}
