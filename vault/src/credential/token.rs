//! Tokens: opaque, shown once, stored as SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Vault;
use crate::clock::Timestamp;
use crate::consent::violation::Violation;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, PasskeyId, TokenId};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::store::draft::{Draft, Write};
use crate::store::entity::token;
use crate::text::is_line;

/// What every secret begins with, so that one that went astray is recognised.
const PREFIX: &str = "cft_";
/// `cft_` and 32 bytes in base64url.
const SECRET_LENGTH: usize = 47;
const DAY: i64 = 86_400;
/// Days for which a token is listed after its end.
const LISTED_DAYS: i64 = 90;

/// What a token lets its bearer be; numbers as in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(i16)]
pub enum Role {
    /// A customer.
    Customer = 2,
    /// A brand's system.
    Brand = 3,
    /// An auditor.
    Auditor = 4,
    /// An operator.
    Operator = 5,
}

impl Role {
    /// The longest life of its tokens in seconds: 90 days for people, a day for operators, an hour for brands' systems.
    pub const fn most_seconds(self) -> i64 {
        match self {
            Self::Customer | Self::Auditor => 90 * DAY,
            Self::Operator => DAY,
            Self::Brand => 3600,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Brand => "brand",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The id.
    pub id: TokenId,
    /// What its bearer is.
    pub role: Role,
    /// Whom it stands for: the id of a customer or brand, the name of an auditor or operator.
    pub subject: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// SHA-256 of the certificate (DER) that it counts with alone (RFC 8705).
    pub certificate: Option<[u8; 32]>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// First moment at which it no longer counts.
    pub expires_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// The passkey that the session began with; none where the token was issued.
    #[serde(default)]
    pub passkey: Option<PasskeyId>,
    /// Whether it was issued for a customer who has a key of their own by now ([`Vault::is_enrolled`]): it stands for support, no longer
    /// for them. Known of a token that was found by its secret.
    #[serde(default)]
    pub supports: bool,
}

/// A token to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its bearer is.
    pub role: Role,
    /// Whom it stands for: the id of a customer or brand that exists, the name of an auditor or operator (1 to 100 characters).
    pub subject: String,
    /// What it may do, such as `record.read`; at most 50.
    pub scopes: Vec<String>,
    /// SHA-256 of the certificate (DER) that it counts with alone (RFC 8705).
    pub certificate: Option<[u8; 32]>,
    /// How long it lives, at most [`Role::most_seconds`].
    pub lifetime_seconds: i64,
}

fn token_of(row: &token::Model) -> Result<Token> {
    let id = TokenId(row.token_id);
    let certificate = row.certificate.as_deref().map(<[u8; 32]>::try_from).transpose();
    Ok(Token {
        id,
        role: [Role::Customer, Role::Brand, Role::Auditor, Role::Operator]
            .into_iter()
            .find(|role| *role as i16 == row.role)
            .ok_or_else(|| Error::inconsistent("token", "role", id))?,
        subject: row.subject.clone(),
        scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        certificate: certificate.map_err(|_| Error::inconsistent("token", "certificate", id))?,
        created_at: Timestamp::from_micros(row.created_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        revoked_at: row.revoked_at.map(Timestamp::from_micros),
        passkey: row.passkey_id.map(PasskeyId),
        supports: false,
    })
}

fn is_scope(scope: &str) -> bool {
    (1..=50).contains(&scope.len()) && scope.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.' || byte == b'_')
}

fn check(new: &NewToken) -> Result<()> {
    let mut violations = Vec::new();
    let mut wrong = |field: &str, reason, description: String| violations.push(Violation { field: field.to_owned(), reason, description });
    let most = new.role.most_seconds();
    if !(1..=most).contains(&new.lifetime_seconds) {
        let description = format!("A token of this role lives between 1 and {most} seconds.");
        wrong("lifetime", "LIFETIME_OUT_OF_RANGE", description);
    }
    if new.scopes.len() > 50 || !new.scopes.iter().all(|scope| is_scope(scope)) {
        wrong("scopes", "SCOPE_INVALID", "A scope is written like record.read; a token has at most 50.".to_owned());
    }
    if !is_line(&new.subject, 100) {
        wrong("subject", "SUBJECT_INVALID", "A subject has 1 to 100 characters on one line, and no control characters.".to_owned());
    }
    if violations.is_empty() { Ok(()) } else { Err(Error::violations(violations)) }
}

impl Vault {
    /// Issues a token. Its secret is given here and never again, so a repeated call is refused; that is kept in the token's own commit.
    /// A customer who has a key of their own reads in their own entries that it was issued, by whom and for what.
    ///
    /// # Errors
    /// The token would break a rule of its role; there is nobody by its subject; or this call issued a token already
    /// (`TOKEN_ALREADY_ISSUED`), or another call had its request id (`REQUEST_ID_REUSED`).
    pub async fn issue_token(&self, who: Who, new: NewToken, once: Option<&Once>) -> Result<(Token, Zeroizing<String>)> {
        check(&new)?;
        self.refuse_repeated(once).await?;
        self.check_subject(&new).await?;
        match self.make_token(who, new, once).await {
            // The same call at the same time: the other one was first.
            Err(error) if error.kind() == Kind::AlreadyExists => {
                self.refuse_repeated(once).await?;
                Err(error)
            }
            other => other,
        }
    }

    async fn refuse_repeated(&self, once: Option<&Once>) -> Result<()> {
        let Some(call) = once else { return Ok(()) };
        match self.replayed::<TokenId>(CustomerId::DEPLOYMENT, call).await? {
            Some(_) => Err(Error::new(
                Kind::AlreadyExists,
                "TOKEN_ALREADY_ISSUED",
                "A token was issued under this request id, and its secret is shown once. Use a new id, and revoke the first token if its secret did not reach you.",
            )),
            None => Ok(()),
        }
    }

    async fn make_token(&self, who: Who, new: NewToken, once: Option<&Once>) -> Result<(Token, Zeroizing<String>)> {
        let (secret, hash) = self.make_secret()?;
        let (id, call) = (TokenId::make(self.entropy.as_ref(), self.now())?, once.cloned());
        self.tell_customer(&who, id, &new).await?;
        let token = self
            .administer(move |draft| {
                let token = draft.put_token(id, &hash, &new, None)?;
                draft.note(note("token.issued", who.clone(), &token))?;
                // The id alone: whose token it is would outlive an erasure here.
                draft.remember(call.as_ref(), &id)?;
                Ok(token)
            })
            .await?;
        Ok((token, secret))
    }

    /// Tells an enrolled customer of a token that is about to be issued in their name: before it counts, or it is not issued.
    async fn tell_customer(&self, who: &Who, id: TokenId, new: &NewToken) -> Result<()> {
        let Some(customer) = CustomerId::parse(&new.subject).filter(|_| new.role == Role::Customer) else { return Ok(()) };
        if !self.is_enrolled(customer).await? {
            return Ok(());
        }
        let session = self.session(customer).await?;
        let (who, scopes) = (who.clone(), new.scopes.join(" "));
        self.commit(&session, move |draft| {
            draft.note(Note::new("token.issued", who.clone()).reason(format!("token {id}: {scopes}"))).map(|_| ())
        })
        .await
    }

    /// A new secret, and its hash.
    pub(crate) fn make_secret(&self) -> Result<(Zeroizing<String>, Vec<u8>)> {
        let mut random = Zeroizing::new([0_u8; 32]);
        self.entropy.fill(random.as_mut_slice())?;
        let mut secret = Zeroizing::new(String::with_capacity(SECRET_LENGTH));
        secret.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(random.as_slice(), &mut secret);
        let hash = Sha256::digest(secret.as_bytes()).to_vec();
        Ok((secret, hash))
    }

    /// A token of a customer or brand stands for one that exists.
    async fn check_subject(&self, new: &NewToken) -> Result<()> {
        let unknown = || Error::invalid("subject", "SUBJECT_UNKNOWN", "There is nobody by this id.");
        let found = match new.role {
            Role::Customer => {
                // The deployment is no customer, and nobody's token may act as it.
                let id = CustomerId::parse(&new.subject).filter(|id| *id != CustomerId::DEPLOYMENT).ok_or_else(unknown)?;
                self.fresh_session(id).await.map(|_| ())
            }
            Role::Brand => self.brand(BrandId::parse(&new.subject).ok_or_else(unknown)?).await.map(|_| ()),
            Role::Auditor | Role::Operator => Ok(()),
        };
        found.map_err(|error| if error.kind() == Kind::NotFound { unknown() } else { error })
    }

    /// The token with this secret; none where it is unknown, revoked or has ended. What is known is at most one second old, and not old
    /// at all where this process changed it.
    pub async fn token_of(&self, secret: &str) -> Result<Option<Token>> {
        if secret.len() != SECRET_LENGTH || !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        // Looked up by its hash: how long that takes tells nothing about the secret.
        let hash: [u8; 32] = Sha256::digest(secret).into();
        let load = async {
            let row = token::Entity::find().filter(token::Column::Hash.eq(hash.to_vec())).one(self.store.reader()).await?;
            let Some(mut token) = row.as_ref().map(token_of).transpose()? else { return Ok(None) };
            if let Some(customer) = CustomerId::parse(&token.subject).filter(|_| token.role == Role::Customer && token.passkey.is_none()) {
                token.supports = self.is_enrolled(customer).await?;
            }
            Ok(Some(token))
        };
        let found = self.lookups.tokens.find(hash, self.now(), load).await?;
        Ok(found.filter(|token| token.revoked_at.is_none() && self.now() < token.expires_at))
    }

    /// Tokens, newest first, with those that are revoked or have ended; of one subject where given.
    pub async fn tokens(&self, subject: Option<&str>, page: &PageRequest) -> Result<Page<Token>> {
        let mut query = token::Entity::find();
        if let Some(subject) = subject {
            query = query.filter(token::Column::Subject.eq(subject));
        }
        if let Some(after) = page.after(TokenId::parse)? {
            query = query.filter(token::Column::TokenId.lt(after.0));
        }
        let rows = query.order_by_desc(token::Column::TokenId).limit(page.size() as u64 + 1).all(self.store.reader()).await?;
        let cut = Page::cut(rows, page, |row| TokenId(row.token_id).to_string());
        let items = cut.items.iter().map(token_of).collect::<Result<_>>()?;
        Ok(Page { items, next: cut.next })
    }

    /// A token, without its secret.
    pub async fn token(&self, id: TokenId) -> Result<Token> {
        let row = token::Entity::find_by_id(id.0).one(self.store.reader()).await?;
        token_of(&row.ok_or_else(|| Error::not_found("token"))?)
    }

    /// Ends a token: at once here, within a second on other servers. Ending it again changes nothing.
    pub async fn revoke_token(&self, who: Who, id: TokenId, once: Option<&Once>) -> Result<Token> {
        let revoked = self
            .once(CustomerId::DEPLOYMENT, once, || {
                self.settled(|fresh| {
                    let (who, call) = (who.clone(), once.cloned());
                    async move {
                        let session = self.session_of(CustomerId::DEPLOYMENT, fresh).await?;
                        let before = self.token(id).await?;
                        if before.revoked_at.is_some() {
                            return Ok(before);
                        }
                        self.administer_on(&session, move |draft| {
                            let revoked = Token { revoked_at: Some(draft.now), ..before.clone() };
                            draft.writes.push(Write::TokenRevoked(id.0, draft.now.micros()));
                            draft.note(note("token.revoked", who.clone(), &revoked))?;
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
}

impl Vault {
    /// Forgets tokens that ended more than 90 days ago; tells how many.
    pub async fn forget_tokens(&self) -> Result<u64> {
        let oldest = self.now().plus_days(-LISTED_DAYS).micros();
        self.store
            .transaction("housekeeping", |transaction| {
                Box::pin(async move {
                    let gone = token::Entity::delete_many().filter(token::Column::ExpiresAt.lt(oldest)).exec(transaction).await?;
                    Ok(gone.rows_affected)
                })
            })
            .await
    }
}

impl Draft<'_> {
    /// Stores a new token, of a session that began with this passkey. What it is to be was checked before.
    pub(crate) fn put_token(&mut self, id: TokenId, hash: &[u8], new: &NewToken, passkey: Option<PasskeyId>) -> Result<Token> {
        let row = token::Model {
            token_id: id.0,
            hash: hash.to_vec(),
            role: new.role as i16,
            subject: new.subject.clone(),
            scopes: new.scopes.join(" "),
            certificate: new.certificate.map(|digest| digest.to_vec()),
            passkey_id: passkey.map(|id| id.0),
            created_at: self.now.micros(),
            expires_at: self.now.plus_seconds(new.lifetime_seconds).micros(),
            revoked_at: None,
        };
        let token = token_of(&row)?;
        self.writes.push(Write::Token(row));
        Ok(token)
    }
}

/// Names the token; of a customer's not whose it is, since the deployment's stream outlives an erasure.
fn note(kind: &'static str, who: Who, token: &Token) -> Note {
    let (id, role) = (token.id, token.role.word());
    Note::new(kind, who).reason(match token.role {
        Role::Customer => format!("token {id} of a customer"),
        Role::Brand | Role::Auditor | Role::Operator => format!("token {id} of {role} {}", token.subject),
    })
}
