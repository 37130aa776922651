//! Passkeys: how customers enrol, sign in and come back after losing them (Web Authentication, level 3).
//!
//! A passkey is a row of its customer, sealed under their key; an erasure takes it along. A browser's credential id leads to the row by a
//! keyed hash. Codes (invitations, recovery codes) are kept as hashes and count once. Nothing is written before a ceremony is finished:
//! what began here is proved by its handle, and a handle counts once on whichever server.

mod ceremony;
mod code;
mod enrolment;
mod recovery;
mod relying_party;
mod sign_in;
mod step_up;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey as Credential;
use zeroize::Zeroizing;

pub use ceremony::{Begun, CEREMONY_SECONDS};
pub use code::{INVITATION_DAYS, REENTRY_SECONDS, normal_code};
pub use enrolment::{Added, Enrolled, Invitation};
pub use relying_party::RelyingParty;
pub use step_up::Fresh;

use crate::Vault;
use crate::clock::Timestamp;
use crate::credential::{NewToken, Role, Token};
use crate::error::{Error, Result};
use crate::id::{CustomerId, PasskeyId};
use crate::keys::{CustomerKeys, Place};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::store::draft::{Draft, Write};
use crate::store::entity::passkey;

/// Passkeys of one customer at most.
const MOST_PASSKEYS: usize = 20;
/// How long somebody who came with a passkey stays signed in, in seconds: half a day.
pub const SESSION_SECONDS: i64 = 43_200;

/// A passkey, as its customer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The id.
    pub id: PasskeyId,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was used last, if it was.
    pub used_at: Option<Timestamp>,
}

/// The ways into a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrances {
    /// The passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// When the recovery code that still counts was made.
    pub recovery_code_since: Option<Timestamp>,
}

/// A session that began.
pub struct Entered {
    /// Who came.
    pub customer: CustomerId,
    /// The session's token.
    pub token: Token,
    /// Its secret, given here and never again.
    pub secret: Zeroizing<String>,
}

/// What is sealed of a passkey.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    credential: Credential,
    created_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// A passkey with its row.
struct Held {
    row: passkey::Model,
    kept: Kept,
}

fn place(id: &Uuid, version: i64) -> Place<'_> {
    Place { class: "passkey", record: id.as_bytes(), attribute: "", version, schema: "" }
}

impl Held {
    fn open(keys: &CustomerKeys, row: passkey::Model) -> Result<Self> {
        let plain = keys.open(&place(&row.passkey_id, row.version), &row.sealed)?;
        let kept = serde_json::from_slice(&plain)?;
        Ok(Self { row, kept })
    }

    fn describe(&self) -> Passkey {
        Passkey { id: PasskeyId(self.row.passkey_id), created_at: self.kept.created_at, used_at: self.kept.used_at }
    }
}

impl Draft<'_> {
    /// Stores a passkey, new or in its next version.
    fn put_passkey(&mut self, id: PasskeyId, hash: [u8; 16], before: i64, kept: &Kept) -> Result<Passkey> {
        self.moving();
        let version = before + 1;
        let plain = Zeroizing::new(serde_json::to_vec(kept)?);
        let sealed = self.keys.seal(self.entropy, &place(&id.0, version), &plain)?;
        let row = passkey::Model { customer_id: self.view.id.0, passkey_id: id.0, credential: hash.to_vec(), version, sealed };
        self.writes.push(Write::Passkey(row));
        Ok(Passkey { id, created_at: kept.created_at, used_at: kept.used_at })
    }
}

fn session_token(customer: CustomerId, scopes: &[String]) -> NewToken {
    let (role, subject) = (Role::Customer, customer.to_string());
    NewToken { role, subject, scopes: scopes.to_vec(), certificate: None, lifetime_seconds: SESSION_SECONDS }
}

impl Vault {
    /// What authenticators know a customer by: says nothing without the deployment's key.
    fn user_of(&self, customer: CustomerId) -> Uuid {
        Uuid::from_bytes(coffret_envelope::pairwise(&self.ceremonies, "user", &[customer.bytes()]))
    }

    /// What a credential id is looked up by.
    fn credential_hash(&self, credential: &[u8]) -> [u8; 16] {
        coffret_envelope::pairwise(&self.ceremonies, "credential", &[credential])
    }

    async fn held(&self, keys: &CustomerKeys) -> Result<Vec<Held>> {
        let rows = passkey::Entity::find()
            .filter(passkey::Column::CustomerId.eq(keys.customer().0))
            .order_by_asc(passkey::Column::PasskeyId)
            .all(self.store.reader())
            .await?;
        rows.into_iter().map(|row| Held::open(keys, row)).collect()
    }

    /// Whether a customer has a key of their own: a passkey, or a recovery code that leads to one. From then on nobody else opens their
    /// vault, and a yes is signed.
    pub async fn is_enrolled(&self, customer: CustomerId) -> Result<bool> {
        let passkey = passkey::Entity::find().filter(passkey::Column::CustomerId.eq(customer.0)).one(self.store.reader()).await?;
        Ok(passkey.is_some() || self.recovery_code_since(customer).await?.is_some())
    }

    /// The customer's passkeys, and whether a recovery code counts.
    pub async fn entrances(&self, customer: CustomerId) -> Result<Entrances> {
        let session = self.fresh_session(customer).await?;
        let passkeys = self.held(&session.keys).await?.iter().map(Held::describe).collect();
        Ok(Entrances { passkeys, recovery_code_since: self.recovery_code_since(customer).await? })
    }

    /// Removes a passkey: it opens nothing any more. Sessions that it began go on until they end or are ended.
    ///
    /// # Errors
    /// There is no such passkey; or it is the last one and no recovery code counts (`LAST_PASSKEY`).
    pub async fn remove_passkey(&self, customer: CustomerId, who: Who, id: PasskeyId, once: Option<&Once>) -> Result<Passkey> {
        self.once(customer, once, || {
            self.settled_afresh(|fresh| {
                let (who, call) = (who.clone(), once.cloned());
                async move {
                    let session = self.session_of(customer, fresh).await?;
                    let held = self.held(&session.keys).await?;
                    let gone = held.iter().find(|held| held.row.passkey_id == id.0).ok_or_else(|| Error::not_found("passkey"))?.describe();
                    if held.len() == 1 && self.recovery_code_since(customer).await?.is_none() {
                        return Err(Error::precondition(
                            "LAST_PASSKEY",
                            "This is the last passkey, and there is no recovery code. Add another passkey or make a recovery code first. Nothing was changed.",
                        ));
                    }
                    let version = session.view.version;
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        draft.moving();
                        draft.writes.push(Write::PasskeyGone(id.0));
                        draft.note(Note::new("passkey.removed", who.clone()).reason(format!("passkey {id}")))?;
                        draft.remember(call.as_ref(), &gone)?;
                        Ok(gone)
                    })
                    .await
                }
            })
        })
        .await
    }
}
