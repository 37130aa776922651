//! Finds out who calls: by token, else by client certificate, else nobody.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coffret_vault::Vault;
use coffret_vault::credential::{Role as TokenRole, Token};
use coffret_vault::error::{Kind, Result as VaultResult};
use coffret_vault::id::{BrandId, CustomerId};
use http::{HeaderMap, HeaderValue, header};
use lru::LruCache;
use tokio::time::Instant;
use tonic::Status;

use super::{Caller, Credential, Identity, is_for_support, scopes_of};
use crate::status::{self, unauthenticated};

/// The other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    /// Where it is.
    pub(crate) address: IpAddr,
    /// SHA-256 of its certificate (DER), which was verified against the configured authorities; not yet known to be a brand's.
    pub(crate) certificate: Option<[u8; 32]>,
}

/// A caller, and whether their brand is suspended.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) caller: Arc<Caller>,
    pub(crate) suspended: bool,
}

/// How long an account's state is believed without asking again. The vault's own checks, which no state of ours can pass, come after.
const BELIEVED: Duration = Duration::from_secs(1);
const KEPT: NonZeroUsize = NonZeroUsize::new(16_384).expect("not zero");

/// What was found out within the last second.
struct Recent<K: Hash + Eq, V>(Mutex<LruCache<K, (Instant, V)>>);

impl<K: Hash + Eq, V: Copy> Recent<K, V> {
    fn new() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }

    fn get(&self, key: &K) -> Option<V> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(since, _)| since.elapsed() < BELIEVED).map(|(_, value)| *value)
    }

    fn put(&self, key: K, value: V) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, (Instant::now(), value));
    }
}

/// Finds callers in the vault.
pub(crate) struct Finder {
    vault: Arc<Vault>,
    customers: Recent<CustomerId, bool>,
    brands: Recent<BrandId, bool>,
}

/// The token in the header; `Err` for any other content, since a caller who sends a credential means to be known by it.
fn bearer(value: &HeaderValue) -> Result<&str, Status> {
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") && token.starts_with("cft_") && token.len() == 47 { Ok(token) } else { Err(unauthenticated()) }
}

/// The one `authorization` header of a call, if there is one.
pub(crate) fn authorization(headers: &HeaderMap) -> Result<Option<HeaderValue>, Status> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(unauthenticated()),
        (one, None) => Ok(one.cloned()),
    }
}

impl Finder {
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self { vault, customers: Recent::new(), brands: Recent::new() }
    }

    /// Who calls with this `authorization` over this connection. A token that is not valid is refused even where the connection has a
    /// certificate that is.
    pub(crate) async fn find(&self, peer: &Peer, authorization: Option<&HeaderValue>) -> Result<Found, Status> {
        if let Some(value) = authorization {
            let secret = bearer(value)?;
            let token = self.vault.token_of(secret).await.map_err(status::status)?.ok_or_else(unauthenticated)?;
            return self.by_token(peer, token).await;
        }
        let Some(certificate) = peer.certificate else { return Ok(nobody(peer)) };
        let Some((brand, credential)) = self.vault.brand_of_certificate(&certificate).await.map_err(status::status)? else {
            return Ok(nobody(peer));
        };
        let scopes = scopes_of(coffret_proto::v1::Role::Brand).iter().map(|scope| (*scope).to_owned()).collect();
        let caller = Caller {
            certificate: Some(certificate),
            expires_at: Some(credential.expires_at),
            credential: Some(Credential::Certificate(brand.id, credential.id)),
            ..Caller::new(Identity::Brand(brand.id), scopes)
        };
        Ok(Found { caller: Arc::new(caller), suspended: brand.suspended })
    }

    async fn by_token(&self, peer: &Peer, token: Token) -> Result<Found, Status> {
        if token.certificate.is_some_and(|bound| peer.certificate != Some(bound)) {
            return Err(unauthenticated());
        }
        let mut suspended = false;
        let identity = match token.role {
            TokenRole::Auditor => Identity::Auditor(token.subject),
            TokenRole::Operator => Identity::Operator(token.subject),
            TokenRole::Customer => {
                let id = CustomerId::parse(&token.subject).ok_or_else(unauthenticated)?;
                if !self.is_open(id).await.map_err(status::status)? {
                    return Err(unauthenticated());
                }
                Identity::Customer(id)
            }
            TokenRole::Brand => {
                let id = BrandId::parse(&token.subject).ok_or_else(unauthenticated)?;
                suspended = self.is_suspended(id).await.map_err(status::status)?.ok_or_else(unauthenticated)?;
                Identity::Brand(id)
            }
        };
        let mut scopes = token.scopes;
        if token.supports {
            scopes.retain(|scope| is_for_support(scope));
        }
        let caller = Caller {
            certificate: peer.certificate,
            expires_at: Some(token.expires_at),
            credential: Some(Credential::Token(token.id)),
            ..Caller::new(identity, scopes)
        };
        Ok(Found { caller: Arc::new(caller), suspended })
    }

    /// Whether the customer's account is open. Of an account that was erased within the last second the vault's verbs know nothing.
    async fn is_open(&self, id: CustomerId) -> VaultResult<bool> {
        if let Some(open) = self.customers.get(&id) {
            return Ok(open);
        }
        let open = match self.vault.customer(id).await {
            Ok(customer) => !customer.erased,
            Err(error) if error.kind() == Kind::NotFound => false,
            Err(error) => return Err(error),
        };
        self.customers.put(id, open);
        Ok(open)
    }

    /// Whether the brand is suspended; nothing for a brand that is not there.
    async fn is_suspended(&self, id: BrandId) -> VaultResult<Option<bool>> {
        if let Some(suspended) = self.brands.get(&id) {
            return Ok(Some(suspended));
        }
        match self.vault.brand(id).await {
            Ok(brand) => {
                self.brands.put(id, brand.suspended);
                Ok(Some(brand.suspended))
            }
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn nobody(peer: &Peer) -> Found {
    Found { caller: Arc::new(Caller::anyone(peer.certificate)), suspended: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_kind_of_token_is_looked_up() {
        let good = format!("Bearer cft_{}", "a".repeat(43));
        assert!(bearer(&good.parse().expect("a header")).is_ok());
        assert!(bearer(&good.replace("Bearer", "bearer").parse().expect("a header")).is_ok());
        for bad in
            ["", "Bearer", "Bearer ", "Basic Y2ZmOng=", "cft_x", "Bearer cft_short", &good.replace("cft_", "cfx_"), &format!("{good}a")]
        {
            assert!(bearer(&bad.parse().expect("a header")).is_err(), "{bad}");
        }
    }

    #[test]
    fn two_credentials_are_none() {
        let mut headers = HeaderMap::new();
        assert!(authorization(&headers).expect("none").is_none());
        headers.append(header::AUTHORIZATION, "Bearer a".parse().expect("a header"));
        assert!(authorization(&headers).expect("one").is_some());
        headers.append(header::AUTHORIZATION, "Bearer b".parse().expect("a header"));
        assert!(authorization(&headers).is_err());
    }
}
