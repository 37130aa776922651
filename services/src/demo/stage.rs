//! Everybody who calls in the demo, connected.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::ledger::Who;
use tonic::Status;

use super::Failure;
use super::folder::{Folder, State, write_private};
use super::line::Line;
use super::pki::Pki;
use crate::caller::scopes_of;

/// Who the demo's operator is in the ledger.
const OPERATOR: &str = "operators/demo";
/// The life of an operator's token: the longest that there is.
const OPERATOR_SECONDS: i64 = 86_400;
/// The life of a client's token that stays for trying out.
pub(super) const DAYS_TO_TRY: i64 = 30;

/// Connections and names.
pub(super) struct Stage {
    pub(super) address: SocketAddr,
    /// Without certificate; people's tokens are added to it.
    people: Line,
    pub(super) operator: Line,
    /// Each house by its certificate, by its key.
    brands: BTreeMap<String, Line>,
    /// Somebody whose certificate is good, and no house's.
    pub(super) stranger: Line,
    pub(super) state: State,
    vault: Arc<Vault>,
}

impl Stage {
    /// Makes the operator's token and connects everybody.
    pub(super) async fn enter(folder: &Folder, pki: &Pki, vault: &Arc<Vault>, address: SocketAddr) -> Result<Self, Failure> {
        let scopes = scopes_of(v1::Role::Operator).iter().map(|scope| (*scope).to_owned()).collect();
        let token =
            NewToken { role: Role::Operator, subject: OPERATOR.to_owned(), scopes, certificate: None, lifetime_seconds: OPERATOR_SECONDS };
        let (_, secret) = vault.issue_token(Who::Operator("demo".to_owned()), token, None).await?;
        write_private(&folder.token("operator"), secret.as_bytes())?;
        let people = Line::connect(address, pki, None).await?;
        let mut brands = BTreeMap::new();
        for house in &super::houses::Houses::load().house {
            brands.insert(house.key.clone(), Line::connect(address, pki, Some(&pki.pair(&house.key))).await?);
        }
        Ok(Self {
            address,
            operator: people.with_token(&secret),
            brands,
            stranger: Line::connect(address, pki, Some(&pki.pair("stranger"))).await?,
            state: folder.state()?.unwrap_or_default(),
            people,
            vault: Arc::clone(vault),
        })
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

    /// Has the operator issue a token for a client; tells its secret.
    pub(super) async fn customer_token(&self, customer: &str, days: i64) -> Result<String, Status> {
        let request = v1::IssueTokenRequest {
            role: v1::Role::Customer.into(),
            subject: customer.to_owned(),
            scopes: Vec::new(),
            lifetime: Some(prost_types::Duration { seconds: days * 86_400, nanos: 0 }),
            request_id: String::new(),
        };
        Ok(self.operator.identity().issue_token(request).await?.into_inner().secret)
    }

    /// A client, by a token that lives for a day.
    pub(super) async fn customer(&self, customer: &str) -> Result<Line, Status> {
        Ok(self.people.with_token(&self.customer_token(customer, 1).await?))
    }
}
