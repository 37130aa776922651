//! Secrets of the deployment: each made once, at the first start, and sealed under the deployment's key.

use std::sync::Arc;

use coffret_envelope::{Entropy, Key};
use sea_orm::EntityTrait;

use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::keep_meta;
use crate::keys::{CustomerKeys, Keyring, Place};
use crate::receipt::SigningKeys;
use crate::store::Store;
use crate::store::append::Appender;
use crate::store::entity::meta;

/// The secrets, while the vault opens.
pub(crate) struct Secrets<'a> {
    store: &'a Store,
    keys: Arc<CustomerKeys>,
    entropy: &'a dyn Entropy,
}

impl<'a> Secrets<'a> {
    /// With the deployment's own keys.
    pub(crate) async fn open(store: &'a Store, appender: &Appender, keyring: &Keyring, entropy: &'a dyn Entropy) -> Result<Self> {
        let view = appender.view(CustomerId::DEPLOYMENT).await?.ok_or_else(|| Error::internal("no deployment"))?;
        let stored = view.key.as_ref().ok_or_else(|| Error::internal("no deployment key"))?;
        Ok(Self { store, keys: keyring.unwrap(CustomerId::DEPLOYMENT, stored)?, entropy })
    }

    /// The secret of this name, made where there is none. `class` and `version` are bound into its seal.
    pub(crate) async fn keep(&self, name: &str, class: &'static str, version: i64) -> Result<Key> {
        let sealed = self.keys.seal(self.entropy, &place(class, version), Key::generate(self.entropy)?.expose())?;
        self.unseal(name, &place(class, version), &keep_meta(self.store, name, sealed).await?)
    }

    /// The secret of this name, if there is one.
    async fn find(&self, name: &str, class: &'static str, version: i64) -> Result<Option<Key>> {
        let Some(row) = meta::Entity::find_by_id(name.to_owned()).one(self.store.reader()).await? else { return Ok(None) };
        self.unseal(name, &place(class, version), &row.value).map(Some)
    }

    fn unseal(&self, name: &str, place: &Place<'_>, sealed: &[u8]) -> Result<Key> {
        let opened = self.keys.open(place, sealed)?;
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| Error::inconsistent("meta", "value", name))?;
        Ok(Key::from_bytes(bytes))
    }

    /// The keys of receipts: the first is made at the first start; later ones, if any, stand in rows numbered on from it. A server
    /// signs with the newest that it found when it started.
    pub(crate) async fn receipt_keys(&self) -> Result<SigningKeys> {
        let mut seeds = vec![self.keep("receipt_key/1", "receipt-key", 1).await?];
        for version in 2.. {
            let Some(seed) = self.find(&format!("receipt_key/{version}"), "receipt-key", version).await? else { break };
            seeds.push(seed);
        }
        SigningKeys::new(seeds.iter().map(Key::expose))
    }
}

fn place(class: &'static str, version: i64) -> Place<'static> {
    Place { class, record: &[], attribute: "", version, schema: "" }
}
