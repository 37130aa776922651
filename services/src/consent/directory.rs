//! What requests and grants show of brands and purposes: names and notices, looked up once and kept for a while.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use coffret_proto::v1;
use coffret_vault::Vault;
use coffret_vault::clock::Timestamp;
use coffret_vault::consent::{Purpose, PurposeRef};
use coffret_vault::error::{Kind, Result};
use coffret_vault::id::BrandId;

use crate::terms::notice_to_wire;

/// Entries of each kind that are kept at most; then all are forgotten.
const MOST: usize = 4096;
/// Seconds after which a brand's name is looked up again.
const TITLE_SECONDS: i64 = 60;

type PurposeKey = (BrandId, PurposeRef);

/// Names of brands, and versions of purposes.
#[derive(Debug)]
pub(crate) struct Directory {
    vault: Arc<Vault>,
    titles: Mutex<HashMap<BrandId, (String, Timestamp)>>,
    /// A published version never changes.
    purposes: Mutex<HashMap<PurposeKey, Arc<Purpose>>>,
}

impl Directory {
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self { vault, titles: Mutex::default(), purposes: Mutex::default() }
    }

    /// A brand's name for people.
    pub(crate) async fn title(&self, brand: BrandId) -> Result<String> {
        let now = self.vault.now();
        if let Some((title, since)) = found(&self.titles, &brand)
            && (since..since.plus_seconds(TITLE_SECONDS)).contains(&now)
        {
            return Ok(title);
        }
        let title = self.vault.brand(brand).await?.title;
        keep(&self.titles, brand, (title.clone(), now));
        Ok(title)
    }

    /// The notice of a purpose in a language; nothing where the purpose is not known any more.
    pub(crate) async fn notice(&self, brand: BrandId, purpose: &PurposeRef, language: &str) -> Result<Option<v1::Notice>> {
        let key = (brand, purpose.clone());
        let published = if let Some(published) = found(&self.purposes, &key) {
            published
        } else {
            match self.vault.purpose_version(brand, &purpose.code, purpose.version).await {
                Ok(published) => {
                    let published = Arc::new(published);
                    keep(&self.purposes, key, Arc::clone(&published));
                    published
                }
                Err(error) if error.kind() == Kind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
        };
        Ok(notice_to_wire(&published, language))
    }
}

fn found<K: Eq + Hash, V: Clone>(kept: &Mutex<HashMap<K, V>>, key: &K) -> Option<V> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn keep<K: Eq + Hash, V>(kept: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MOST {
        kept.clear();
    }
    kept.insert(key, value);
}
