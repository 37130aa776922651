//! Fills a vault before its server starts: customers with one record each, and a grant that covers it. Through the vault's own verbs, so
//! that what is measured afterwards is what the product itself writes.

mod history;

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

use super::certificates::{Certificates, GOOD_DAYS};
use super::{Failure, Plan};
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
    /// The customer with a long history, with their token.
    pub(super) busy: Option<(CustomerId, String)>,
}

/// What a vault is filled with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// Customers with one record and one grant each.
    pub(super) customers: usize,
    /// How many of them have a token.
    pub(super) tokens: usize,
    /// One customer more, with a long history.
    pub(super) busy: Option<Busy>,
}

impl Wish {
    /// As many customers as planned; `tokens` of them have a token.
    pub(super) fn of(plan: &Plan, tokens: usize) -> Self {
        Self { customers: plan.customers, tokens, busy: None }
    }
}

/// A long history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Busy {
    /// Grants, of several brands.
    pub(super) grants: usize,
    /// Reads under them, in turn; every twentieth asks for what was not granted.
    pub(super) reads: usize,
}

/// The value that is stored and read: 1 KiB (1024 bytes) of JSON.
pub(super) fn value() -> serde_json::Value {
    let mut value = serde_json::json!({ "given_on": "2026-11-21", "about": "advice", "language": "en", "wants_answer": false, "note": "" });
    let rest = 1024 - value.to_string().len();
    value["note"] = "The advisor listened well. ".chars().cycle().take(rest).collect::<String>().into();
    value
}

/// Fills the vault at this place, in a runtime of its own: when that ends, nothing holds the database any more.
pub(super) fn fill(location: Location, keys: &Path, wish: Wish, certificates: &Certificates) -> std::result::Result<Seeded, Failure> {
    let fingerprint = certificates.fingerprint;
    let keys = keys.to_owned();
    let seeding = move || -> std::result::Result<Seeded, Failure> {
        let runtime = tokio::runtime::Runtime::new()?;
        let seeded = runtime.block_on(async {
            let entropy = Arc::new(SystemEntropy);
            let root = Arc::new(FileRoot::open(&keys, entropy.as_ref(), true)?);
            let vault = Vault::open(Settings { location, root, clock: Arc::new(SystemClock::default()), entropy }).await?;
            fill_vault(&vault, wish, fingerprint).await
        });
        runtime.shutdown_timeout(std::time::Duration::from_secs(10));
        Ok(seeded?)
    };
    std::thread::spawn(seeding).join().unwrap_or_else(|_| Err(Failure::new("the seeding thread ended")))
}

async fn fill_vault(vault: &Arc<Vault>, wish: Wish, fingerprint: [u8; 32]) -> Result<Seeded> {
    let Wish { customers, tokens, busy } = wish;
    let brand = make_brand(vault, "Maison Exemple".to_owned()).await?;
    let notice = &publish(vault, brand, PURPOSE).await?;
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
        issued.push((*customer, issue_token(vault, *customer).await?));
    }
    let busy = match busy {
        Some(busy) => Some(history::make(vault, busy).await?),
        None => None,
    };
    Ok(Seeded { brand, grants, tokens: issued, busy })
}

fn operator() -> Who {
    Who::Operator("bench".to_owned())
}

async fn make_brand(vault: &Vault, title: String) -> Result<BrandId> {
    let new =
        NewBrand { legal_name: format!("{title} SA"), title, country: "FR".to_owned(), contact: "privacy@exemple.example".to_owned() };
    Ok(vault.create_brand(operator(), new, None).await?.id)
}

/// Publishes a purpose; gives its notice's hash.
async fn publish(vault: &Vault, brand: BrandId, purpose: &str) -> Result<String> {
    let notices = BTreeMap::from([("en".to_owned(), "We read what you wrote, to answer you.".to_owned())]);
    let term = "https://w3id.org/dpv#ServicePersonalisation".to_owned();
    let (purpose, ..) = vault.publish_purpose(operator(), brand, purpose.to_owned(), term, notices, None).await?;
    Ok(purpose.notices["en"].sha256.clone())
}

async fn issue_token(vault: &Vault, customer: CustomerId) -> Result<String> {
    let new = NewToken {
        role: Role::Customer,
        subject: customer.to_string(),
        scopes: scopes_of(v1::Role::Customer).iter().map(|scope| (*scope).to_owned()).collect(),
        certificate: None,
        lifetime_seconds: TOKEN_SECONDS,
    };
    let (_, secret) = vault.issue_token(operator(), new, None).await?;
    Ok(secret.to_string())
}

async fn account(vault: &Vault, brand: BrandId, number: usize, notice: &str) -> Result<(CustomerId, GrantId)> {
    let identifier = Identifier::External(brand, format!("c{number}"));
    let customer = enrol(vault, identifier.clone()).await?;
    Ok((customer, grant(vault, brand, PURPOSE, identifier, customer, notice).await?))
}

/// A customer with one record.
async fn enrol(vault: &Vault, identifier: Identifier) -> Result<CustomerId> {
    let new = NewCustomer { language: "en".to_owned(), time_zone: "Europe/Paris".to_owned(), identifiers: vec![identifier] };
    let customer = vault.create_customer(operator(), new, None).await?.id;
    let record = NewRecord { id: None, attribute: ATTRIBUTE.to_owned(), value: value(), expected_version: None };
    vault.put_records(customer, Who::Customer, Source::Customer, vec![record], None).await?;
    Ok(customer)
}

async fn grant(
    vault: &Vault,
    brand: BrandId,
    purpose: &str,
    identifier: Identifier,
    customer: CustomerId,
    notice: &str,
) -> Result<GrantId> {
    let ask = NewAsk { identifier, terms: terms(vault, purpose), accept_at_once: None };
    let request = vault.ask(brand, ask, None).await?;
    let decision = vault.approve(customer, Who::Customer, request.id, None, Some((notice.to_owned(), "en".to_owned())), None).await?;
    let grant = decision.grant.ok_or_else(|| coffret_vault::error::Error::unavailable("no grant came of an approval"))?;
    Ok(GrantId(grant.grant.id()))
}

fn terms(vault: &Vault, purpose: &str) -> Terms {
    Terms {
        purpose: PurposeRef { code: purpose.to_owned(), version: 1 },
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
