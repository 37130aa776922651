//! `private_key_jwt`: a brand's signed assertion (RFC 7523) for a short-lived token.

use coffret_proto::v1;
use coffret_vault::clock::Timestamp;
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::id::BrandId;
use coffret_vault::ledger::Who;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use tonic::{Code, Status};

use super::IdentityService;
use super::credential::{algorithm_of, read_public_key};
use super::token::scopes;
use crate::caller::{Caller, Identity};
use crate::names;
use crate::status::{refusal, status, suspended};

/// How long a brand's token lives, in seconds.
const LIFETIME: i64 = 600;
/// How far ahead an assertion may end, in seconds.
const FARTHEST_END: i64 = 300;
/// How far the brand's clock may be ahead, in seconds.
const SKEW: i64 = 60;
/// Bytes of an assertion at most.
const MOST: usize = 8192;
/// Characters of a `jti` at most.
const MOST_JTI: usize = 256;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
}

/// RFC 7519, section 4.1.3: one value or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Whether the assertion was made for this deployment and for nobody else.
    fn is_only(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => matches!(several.as_slice(), [one] if one == audience),
        }
    }
}

impl Claims {
    fn hold(&self, brand: &str, audience: &str, now: Timestamp) -> bool {
        let now = now.seconds();
        self.iss == brand
            && self.sub == brand
            && self.aud.is_only(audience)
            && now < self.exp
            && self.exp <= now + FARTHEST_END
            && self.iat <= now + SKEW
            && self.iat < self.exp
            && self.nbf.is_none_or(|nbf| nbf <= now + SKEW)
            && (1..=MOST_JTI).contains(&self.jti.len())
    }
}

/// One answer for everything that can be wrong with an assertion: what exactly, its maker can find out from their own.
fn refused() -> Status {
    refusal(Code::Unauthenticated, "ASSERTION_INVALID", "The assertion is not valid, not by a key that is bound, or was used before.")
}

/// The claims, if the signature is by this key in the key's own way.
fn verify(assertion: &str, stated: Algorithm, pem: &str) -> Option<Claims> {
    let algorithm = algorithm_of(&read_public_key(pem)?)?;
    // The header does not choose how it is checked.
    if stated != algorithm {
        return None;
    }
    let key = match algorithm {
        Algorithm::EdDSA => DecodingKey::from_ed_pem(pem.as_bytes()),
        Algorithm::ES256 => DecodingKey::from_ec_pem(pem.as_bytes()),
        _ => DecodingKey::from_rsa_pem(pem.as_bytes()),
    };
    let mut validation = Validation::new(algorithm);
    // Claims are held against the vault's clock, in `Claims::hold`.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Claims>(assertion, &key.ok()?, &validation).ok().map(|data| data.claims)
}

impl IdentityService {
    pub(super) async fn exchange(
        &self,
        caller: &Caller,
        asked: &v1::ExchangeAssertionRequest,
    ) -> Result<v1::ExchangeAssertionResponse, Status> {
        if asked.assertion.len() > MOST {
            return Err(refused());
        }
        let scopes = scopes(&asked.scopes, v1::Role::Brand).map_err(status)?;
        let header = jsonwebtoken::decode_header(&asked.assertion).map_err(|_| refused())?;
        let (named, id) = header.kid.as_deref().and_then(|kid| names::credential(kid, "kid").ok()).ok_or_else(refused)?;
        let (brand, pem) = self.vault.client_key(id).await.map_err(status)?.filter(|(brand, _)| brand.id == named).ok_or_else(refused)?;
        // A brand's certificate does not carry another brand's token.
        if matches!(caller.identity, Identity::Brand(other) if other != brand.id) {
            return Err(refused());
        }
        let name = names::brand_name(brand.id);
        let claims = verify(&asked.assertion, header.alg, &pem).filter(|claims| claims.hold(&name, &self.audience, self.vault.now()));
        let claims = claims.ok_or_else(refused)?;
        // Last, so that only a valid assertion is used up.
        let first = self.vault.use_assertion(&name, &claims.jti, Timestamp::from_seconds(claims.exp)).await.map_err(status)?;
        if !first {
            return Err(refused());
        }
        if brand.suspended {
            return Err(suspended());
        }
        self.issue_to_brand(brand.id, scopes, caller.certificate).await
    }

    async fn issue_to_brand(
        &self,
        brand: BrandId,
        scopes: Vec<String>,
        certificate: Option<[u8; 32]>,
    ) -> Result<v1::ExchangeAssertionResponse, Status> {
        let new = NewToken { role: Role::Brand, subject: brand.to_string(), scopes, certificate, lifetime_seconds: LIFETIME };
        let (_, secret) = self.vault.issue_token(Who::Brand(brand), new, None).await.map_err(status)?;
        Ok(v1::ExchangeAssertionResponse { access_token: secret.as_str().to_owned(), expires_in: Some(names::duration(LIFETIME)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);
    const AT: i64 = 1_795_348_800;

    fn claims() -> Claims {
        Claims {
            iss: "brands/b".to_owned(),
            sub: "brands/b".to_owned(),
            aud: Audience::One("us".to_owned()),
            exp: AT + 300,
            iat: AT,
            nbf: None,
            jti: "1".to_owned(),
        }
    }

    fn holds(change: impl FnOnce(&mut Claims)) -> bool {
        let mut claims = claims();
        change(&mut claims);
        claims.hold("brands/b", "us", NOW)
    }

    #[test]
    fn every_claim_counts() {
        assert!(holds(|_| {}));
        assert!(holds(|claims| claims.aud = Audience::Several(vec!["us".to_owned()])));
        assert!(holds(|claims| claims.iat = AT + SKEW));
        let broken: [fn(&mut Claims); 13] = [
            |claims| claims.iss = "brands/c".to_owned(),
            |claims| claims.sub = "brands/c".to_owned(),
            |claims| claims.aud = Audience::One("them".to_owned()),
            |claims| claims.aud = Audience::Several(vec!["us".to_owned(), "them".to_owned()]),
            |claims| claims.aud = Audience::Several(Vec::new()),
            |claims| claims.exp = AT,
            |claims| claims.exp = AT + 301,
            |claims| claims.exp = i64::MAX,
            |claims| claims.iat = AT + SKEW + 1,
            |claims| claims.iat = AT + 300,
            |claims| claims.nbf = Some(AT + SKEW + 1),
            |claims| claims.jti = String::new(),
            |claims| claims.jti = "j".repeat(MOST_JTI + 1),
        ];
        for (place, change) in broken.into_iter().enumerate() {
            assert!(!holds(change), "case {place}");
        }
    }
}
