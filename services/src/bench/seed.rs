//! Fills a vault before its server starts: customers with one record each, and a grant that covers it. Through the vault's own verbs, so
//! that what is measured afterwards is what the product itself writes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use coffret_proto::v1;
use coffret_vault::clock::SystemClock;
use coffret_vault::consent::{Contact, Fetch, Item, Mode, PurposeRef, Terms, View};
use coffret_vault::credential::{NewToken, Role};
use coffret_vault::customer::{Identifier, NewCustomer};
use coffret_vault::envelope::SystemEntropy;
use coffret_vault::error::Result;
use coffret_vault::id::{BrandId, CustomerId, GrantId};
use coffret_vault::keys::file::FileRoot;
use coffret_vault::ledger::Who;
use coffret_vault::operation::NewBrand;
use coffret_vault::record::{NewRecord, Source};
use coffret_vault::request::NewAsk;
use coffret_vault::{Location, Settings, Vault};
use tokio::sync::Mutex;

use super::Failure;
use super::certificates::{Certificates, GOOD_DAYS};
use crate::caller::scopes_of;

/// Accounts in the making at the same time: enough that each durable commit serves many of them.
const AT_ONCE: usize = 384;
/// The attribute type that is read and written.
pub(super) const ATTRIBUTE: &str = "feedback.note";
const PURPOSE: &str = "aftercare";
/// Seconds for which the customers' tokens are good.
const TOKEN_SECONDS: i64 = 12 * 3_600;

/// What the callers need to know of a filled vault.
pub(super) struct Seeded {
    pub(super) brand: BrandId,
    /// Each customer with their grant.
    pub(super) grants: Vec<(CustomerId, GrantId)>,
    /// The first customers, each with a token of theirs.
    pub(super) tokens: Vec<(CustomerId, String)>,
}

/// The value that is stored and read: 1 KiB (1024 bytes) of JSON.
pub(super) fn value() -> serde_json::Value {
    let mut value = serde_json::json!({ "given_on": "2026-11-21", "about": "advice", "language": "en", "wants_answer": false, "note": "" });
    let rest = 1024 - value.to_string().len();
    value["note"] = "The advisor listened well. ".chars().cycle().take(rest).collect::<String>().into();
    value
}

/// Fills the vault at this place, in a runtime of its own: when that ends, nothing holds the database any more.
pub(super) fn fill(
    location: Location,
    keys: &Path,
    customers: usize,
    tokens: usize,
    certificates: &Certificates,
) -> std::result::Result<Seeded, Failure> {
    let fingerprint = certificates.fingerprint;
    let keys = keys.to_owned();
    let seeding = move || -> std::result::Result<Seeded, Failure> {
        let runtime = tokio::runtime::Runtime::new()?;
        let seeded = runtime.block_on(async {
            let entropy = Arc::new(SystemEntropy);
            let root = Arc::new(FileRoot::open(&keys, entropy.as_ref(), true)?);
            let vault = Vault::open(Settings { location, root, clock: Arc::new(SystemClock::default()), entropy }).await?;
            fill_vault(&vault, customers, tokens, fingerprint).await
        });
        runtime.shutdown_timeout(std::time::Duration::from_secs(10));
        Ok(seeded?)
    };
    std::thread::spawn(seeding).join().unwrap_or_else(|_| Err(Failure::new("the seeding thread ended")))
}

async fn fill_vault(vault: &Arc<Vault>, customers: usize, tokens: usize, fingerprint: [u8; 32]) -> Result<Seeded> {
    let operator = || Who::Operator("bench".to_owned());
    let new = NewBrand {
        title: "Maison Exemple".to_owned(),
        legal_name: "Maison Exemple SA".to_owned(),
        country: "FR".to_owned(),
        contact: "privacy@exemple.example".to_owned(),
    };
    let brand = vault.create_brand(operator(), new, None).await?.id;
    let notices = BTreeMap::from([("en".to_owned(), "We read what you wrote, to answer you.".to_owned())]);
    let (purpose, ..) = vault
        .publish_purpose(operator(), brand, PURPOSE.to_owned(), "https://w3id.org/dpv#ServicePersonalisation".to_owned(), notices, None)
        .await?;
    let notice = &purpose.notices["en"].sha256;
    vault.register_certificate(operator(), brand, fingerprint, vault.now().plus_days(GOOD_DAYS), None).await?;

    let next = Arc::new(AtomicUsize::new(0));
    let grants = Arc::new(Mutex::new(Vec::with_capacity(customers)));
    let workers: Vec<_> = (0..AT_ONCE.min(customers.max(1)))
        .map(|_| {
            let (vault, next, grants, notice) = (Arc::clone(vault), Arc::clone(&next), Arc::clone(&grants), notice.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= customers {
                        return Ok::<(), coffret_vault::error::Error>(());
                    }
                    let made = account(&vault, brand, number, &notice).await?;
                    grants.lock().await.push(made);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.map_err(|_| coffret_vault::error::Error::unavailable("a seeding task ended"))??;
    }
    let grants = std::mem::take(&mut *grants.lock().await);
    let mut issued = Vec::with_capacity(tokens.min(customers));
    for (customer, _) in grants.iter().take(tokens) {
        let new = NewToken {
            role: Role::Customer,
            subject: customer.to_string(),
            scopes: scopes_of(v1::Role::Customer).iter().map(|scope| (*scope).to_owned()).collect(),
            certificate: None,
            lifetime_seconds: TOKEN_SECONDS,
        };
        let (_, secret) = vault.issue_token(operator(), new, None).await?;
        issued.push((*customer, secret.to_string()));
    }
    Ok(Seeded { brand, grants, tokens: issued })
}

async fn account(vault: &Vault, brand: BrandId, number: usize, notice: &str) -> Result<(CustomerId, GrantId)> {
    let identifier = Identifier::External(brand, format!("c{number}"));
    let new = NewCustomer { language: "en".to_owned(), time_zone: "Europe/Paris".to_owned(), identifiers: vec![identifier.clone()] };
    let customer = vault.create_customer(Who::Operator("bench".to_owned()), new, None).await?.id;
    let record = NewRecord { id: None, attribute: ATTRIBUTE.to_owned(), value: value(), expected_version: None };
    vault.put_records(customer, Who::Customer, Source::Customer, vec![record], None).await?;
    let ask = NewAsk { identifier, terms: terms(vault), accept_at_once: None };
    let request = vault.ask(brand, ask, None).await?;
    let decision = vault.approve(customer, Who::Customer, request.id, None, Some((notice.to_owned(), "en".to_owned())), None).await?;
    let grant = decision.grant.ok_or_else(|| coffret_vault::error::Error::unavailable("no grant came of an approval"))?;
    Ok((customer, GrantId(grant.grant.id())))
}

fn terms(vault: &Vault) -> Terms {
    Terms {
        purpose: PurposeRef { code: PURPOSE.to_owned(), version: 1 },
        items: vec![Item {
            attribute: ATTRIBUTE.to_owned(),
            view: View::Raw,
            needed: true,
            reason: "To answer what you wrote.".to_owned(),
        }],
        mode: Mode::Store,
        data_range: None,
        not_before: None,
        expires_at: vault.now().plus_days(GOOD_DAYS - 1),
        fetch: Fetch::Periodic,
        uses: None,
        frequency: None,
        data_life_days: Some(30),
        onward: Vec::new(),
        predictions: false,
        contact: Contact::None,
        reward: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_valid_and_has_1024_bytes() {
        let value = value();
        assert_eq!(value.to_string().len(), 1024);
        let kind = coffret_vault::attribute::Catalogue::builtin().get(ATTRIBUTE).expect("known");
        kind.validate(&value).expect("valid");
    }
}
