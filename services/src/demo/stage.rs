//! Everybody who calls in the demo, connected.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::id::CustomerId;
use coffret_vault::ledger::Who;
use tonic::Status;
use zeroize::Zeroizing;

use super::Failure;
use super::folder::{Folder, State, write_private};
use super::line::Line;
use super::pki::Pki;
use crate::caller::scopes_of;

/// Who the demo's operator is in the ledger.
const OPERATOR: &str = "operators/demo";
/// The life of an operator's token: the longest that there is.
const OPERATOR_SECONDS: i64 = 86_400;
/// The life of a client's token: it is for trying out too.
const CLIENT_SECONDS: i64 = 30 * 86_400;
/// A token that ends sooner is not used at a further start.
const LEAST_SECONDS: i64 = 86_400;

/// A client's token.
#[derive(Clone)]
pub(super) struct ClientToken {
    pub(super) secret: String,
    pub(super) until: Timestamp,
}

/// Connections and names.
pub(super) struct Stage {
    pub(super) address: SocketAddr,
    /// Without certificate; people's tokens are added to it.
    people: Line,
    pub(super) operator: Line,
    operator_token: Zeroizing<String>,
    /// Each house by its certificate, by its key.
    brands: BTreeMap<String, Line>,
    /// Somebody whose certificate is good, and no house's.
    pub(super) stranger: Line,
    pub(super) state: State,
    folder: Folder,
    /// Of this start, by `customers/{customer}`.
    tokens: Mutex<BTreeMap<String, ClientToken>>,
    vault: Arc<Vault>,
}

impl Stage {
    /// Makes the operator's token and connects everybody.
    pub(super) async fn enter(folder: &Folder, pki: &Pki, vault: &Arc<Vault>, address: SocketAddr) -> Result<Self, Failure> {
        let secret = operator_token(folder, vault).await?;
        let people = Line::connect(address, pki, None).await?;
        let mut brands = BTreeMap::new();
        for house in &super::houses::Houses::load().house {
            brands.insert(house.key.clone(), Line::connect(address, pki, Some(&pki.pair(&house.key))).await?);
        }
        Ok(Self {
            address,
            operator: people.with_token(&secret),
            operator_token: secret,
            brands,
            stranger: Line::connect(address, pki, Some(&pki.pair("stranger"))).await?,
            state: folder.state()?.unwrap_or_default(),
            people,
            folder: folder.clone(),
            tokens: Mutex::default(),
            vault: Arc::clone(vault),
        })
    }

    /// What opens the operator's door.
    pub(super) fn operator_token(&self) -> &str {
        &self.operator_token
    }

    /// The server's present.
    pub(super) fn now(&self) -> Timestamp {
        self.vault.now()
    }

    /// A house, connected by its certificate.
    pub(super) fn brand(&self, key: &str) -> &Line {
        &self.brands[key]
    }

    /// A house's resource name.
    pub(super) fn brand_name(&self, key: &str) -> &str {
        &self.state.brands[key]
    }

    /// A client's token: the one that an earlier start left, while it is good for a day; else a new one, from the operator. So there is one
    /// for each client, however often the demo is started.
    pub(super) async fn customer_token(&self, customer: &str) -> Result<ClientToken, Status> {
        let known = self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(customer).cloned();
        if let Some(token) = known {
            return Ok(token);
        }
        let path = self.folder.client_token(customer);
        let token = match self.kept(&path, customer).await {
            Some(token) => token,
            None => self.issue(&path, customer).await?,
        };
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(customer.to_owned(), token.clone());
        Ok(token)
    }

    /// The token in this file, if it is this client's, may do everything that a client may, and does not end soon.
    async fn kept(&self, path: &Path, customer: &str) -> Option<ClientToken> {
        let secret = std::fs::read_to_string(path).ok()?;
        let who = self.people.with_token(&secret).identity().who_am_i(v1::WhoAmIRequest {}).await.ok()?.into_inner();
        let until = Timestamp::from_seconds(who.expire_time?.seconds);
        let good = who.name == customer && who.scopes == scopes_of(v1::Role::Customer) && until > self.now().plus_seconds(LEAST_SECONDS);
        good.then_some(ClientToken { secret, until })
    }

    async fn issue(&self, path: &Path, customer: &str) -> Result<ClientToken, Status> {
        let request = v1::IssueTokenRequest {
            role: v1::Role::Customer.into(),
            subject: customer.to_owned(),
            scopes: Vec::new(),
            lifetime: Some(prost_types::Duration { seconds: CLIENT_SECONDS, nanos: 0 }),
            request_id: String::new(),
        };
        let issued = self.operator.identity().issue_token(request).await?.into_inner();
        // Kept before it is used: a start that is broken off leaves it to the next.
        write_private(path, issued.secret.as_bytes()).map_err(|failure| Status::internal(failure.to_string()))?;
        let until = issued.token.and_then(|token| token.expire_time).map_or(0, |end| end.seconds);
        Ok(ClientToken { secret: issued.secret, until: Timestamp::from_seconds(until) })
    }

    /// When the token of a client ends that this start has used.
    pub(super) fn token_until(&self, customer: &str) -> Option<Timestamp> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(customer).map(|token| token.until)
    }

    /// Whether a client has a key of their own by now: the demo's token is for support then.
    pub(super) async fn is_enrolled(&self, customer: &str) -> bool {
        let Some(id) = customer.strip_prefix("customers/").and_then(CustomerId::parse) else { return false };
        self.vault.is_enrolled(id).await.unwrap_or(true)
    }

    /// A client, by their token.
    pub(super) async fn customer(&self, customer: &str) -> Result<Line, Status> {
        Ok(self.people.with_token(&self.customer_token(customer).await?.secret))
    }
}

/// A new token for the demo's operator, the longest that there is; the one of the start before is over with it.
async fn operator_token(folder: &Folder, vault: &Vault) -> Result<Zeroizing<String>, Failure> {
    let (path, who) = (folder.token("operator"), || Who::Operator("demo".to_owned()));
    let scopes = scopes_of(v1::Role::Operator).iter().map(|scope| (*scope).to_owned()).collect();
    let new =
        NewToken { role: Role::Operator, subject: OPERATOR.to_owned(), scopes, certificate: None, lifetime_seconds: OPERATOR_SECONDS };
    let (_, secret) = vault.issue_token(who(), new, None).await?;
    if let Ok(before) = std::fs::read_to_string(&path)
        && let Some(token) = vault.token_of(&before).await?
    {
        vault.revoke_token(who(), token.id, None).await?;
    }
    write_private(&path, secret.as_bytes())?;
    Ok(secret)
}
