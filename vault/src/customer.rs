//! Customers' accounts: opening a vault, identifiers, erasure.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use coffret_envelope::{Identifier as Normalised, IdentifierError};

use crate::clock::Timestamp;
use crate::error::{Error, Kind, Result};
use crate::id::{BrandId, CustomerId, GrantId, make_uuid_v4};
use crate::ledger::{Note, Who};
use crate::once::Once;
use crate::page::{Page, PageRequest};
use crate::store::draft::{ChangeKind, Draft, Write, new_view};
use crate::store::entity::{customer, identifier, ledger_entry};
use crate::store::view::{ERASED, View};
use crate::{Profile, Vault};

/// Identifiers of one account at most.
const MOST_IDENTIFIERS: usize = 20;

/// An identifier by which brands can ask for a customer. The value is hashed under a key and not kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Identifier {
    /// An e-mail address.
    Email(String),
    /// A telephone number with its country code.
    Phone(String),
    /// The number that a brand knows the customer by.
    External(BrandId, String),
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Email(_) => "Email(..)",
            Self::Phone(_) => "Phone(..)",
            Self::External(..) => "External(..)",
        })
    }
}

/// What an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The number that this brand knows the customer by.
    External(BrandId),
}

/// A customer's account; nothing of their data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The id.
    pub id: CustomerId,
    /// Language and time zone.
    pub profile: Option<Profile>,
    /// When the vault was opened.
    pub created_at: Timestamp,
    /// Whether the account is erased.
    pub erased: bool,
    /// Moves with each change.
    pub version: i64,
    /// The kinds of identifier that the account has.
    pub identifiers: Vec<IdentifierKind>,
}

/// What a new account begins with.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// The language in which the customer is addressed (BCP 47).
    pub language: String,
    /// The customer's time zone (IANA).
    pub time_zone: String,
    /// Identifiers by which brands can ask for them.
    pub identifiers: Vec<Identifier>,
}

/// The account that a call has made. No more is kept of it under the deployment's key, which an erasure leaves.
#[derive(Serialize, Deserialize)]
struct Opened {
    id: CustomerId,
}

pub(crate) fn check_language(language: &str) -> Result<()> {
    let good = (2..=35).contains(&language.len())
        && language.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && language.as_bytes()[..2].iter().all(u8::is_ascii_alphabetic);
    if good {
        Ok(())
    } else {
        Err(Error::invalid("customer.language", "LANGUAGE_INVALID", "A language is written like en or zh-Hans (BCP 47)."))
    }
}

pub(crate) fn check_time_zone(zone: &str) -> Result<()> {
    match jiff::tz::TimeZone::get(zone) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::invalid("customer.time_zone", "TIME_ZONE_UNKNOWN", "A time zone is written like Europe/Paris (IANA).")),
    }
}

impl Vault {
    /// The index token of an identifier.
    pub(crate) fn index_token(&self, identifier: &Identifier, field: &str) -> Result<([u8; 16], i16, Option<BrandId>)> {
        let wrong = |cause: IdentifierError| {
            let description = match cause {
                IdentifierError::Email => "An e-mail address is written like name@example.org.",
                IdentifierError::Phone => "A telephone number begins with + and its country code.",
                IdentifierError::ExternalId => "An external number has 1 to 200 characters.",
            };
            Error::invalid(field, "IDENTIFIER_INVALID", description)
        };
        let (normalised, kind, brand) = match identifier {
            Identifier::Email(text) => (Normalised::email(text).map_err(wrong)?, 1, None),
            Identifier::Phone(text) => (Normalised::phone(text).map_err(wrong)?, 2, None),
            Identifier::External(brand, text) => (Normalised::external_id(&brand.to_string(), text).map_err(wrong)?, 3, Some(*brand)),
        };
        Ok((self.keyring.index()?.token(&normalised), kind, brand))
    }

    /// Whose identifier this is.
    pub(crate) async fn find_customer(&self, token: &[u8; 16]) -> Result<Option<CustomerId>> {
        let row = identifier::Entity::find_by_id(token.to_vec()).one(self.store.reader()).await?;
        Ok(row.map(|row| CustomerId(row.customer_id)))
    }

    /// Opens a vault for a new customer. A repeated call gives the account that the first has made, as it is now.
    pub async fn create_customer(&self, who: Who, new: NewCustomer, once: Option<&Once>) -> Result<Customer> {
        check_language(&new.language)?;
        check_time_zone(&new.time_zone)?;
        if new.identifiers.len() > MOST_IDENTIFIERS {
            return Err(Error::invalid("customer.identifiers", "TOO_MANY_IDENTIFIERS", "An account has at most 20 identifiers."));
        }
        let mut tokens = Vec::new();
        for (position, identifier) in new.identifiers.iter().enumerate() {
            tokens.push(self.index_token(identifier, &format!("customer.identifiers[{position}].value"))?);
        }
        // Looked up under the deployment, since a repeated call does not know whom the first has made; written in the account's own commit.
        let opened: Opened = self
            .once(CustomerId::DEPLOYMENT, once, || async {
                let id = CustomerId::make(self.entropy.as_ref(), self.now())?;
                self.open_account(id, who, new, tokens, once).await?;
                Ok(Opened { id })
            })
            .await?;
        self.customer(opened.id).await
    }

    async fn open_account(
        &self,
        id: CustomerId,
        who: Who,
        new: NewCustomer,
        tokens: Vec<([u8; 16], i16, Option<BrandId>)>,
        once: Option<&Once>,
    ) -> Result<()> {
        let deployment = self.session(CustomerId::DEPLOYMENT).await?.keys;
        let call = once.cloned();
        let (wrapped, keys) = self.keyring.make(self.entropy.as_ref(), id)?;
        let profile = Profile { language: new.language, time_zone: new.time_zone };
        let view = new_view(id, make_uuid_v4(self.entropy.as_ref())?, profile.clone(), wrapped.clone(), self.now());
        let made = self
            .appender
            .change(view, keys, true, move |draft| {
                draft.put_profile(profile.clone())?;
                draft.put_key(&wrapped);
                for (token, kind, brand) in &tokens {
                    draft.put_identifier(*token, *kind, *brand);
                }
                draft.note(Note::new("customer.created", who.clone()))?;
                draft.remember_under(&deployment, call.as_ref(), &Opened { id })
            })
            .await;
        match made {
            Err(error) if error.kind() == Kind::AlreadyExists => Err(Error::new(
                Kind::AlreadyExists,
                "IDENTIFIER_TAKEN",
                "One of these identifiers belongs to another vault. Nothing was changed.",
            )),
            other => other,
        }
    }

    /// A customer's account.
    pub async fn customer(&self, id: CustomerId) -> Result<Customer> {
        let view = self.appender.fresh_view(id).await?.filter(|view| view.id != CustomerId::DEPLOYMENT);
        self.describe(&view.ok_or_else(|| Error::not_found("customer"))?).await
    }

    async fn describe(&self, view: &View) -> Result<Customer> {
        let rows = identifier::Entity::find()
            .filter(identifier::Column::CustomerId.eq(view.id.0))
            .order_by_asc(identifier::Column::CreatedAt)
            .all(self.store.reader())
            .await?;
        let identifiers = rows
            .into_iter()
            .map(|row| match (row.kind, row.brand_id) {
                (1, _) => Ok(IdentifierKind::Email),
                (2, _) => Ok(IdentifierKind::Phone),
                (3, Some(brand)) => Ok(IdentifierKind::External(BrandId(brand))),
                _ => Err(Error::inconsistent("identifier", "kind", view.id)),
            })
            .collect::<Result<_>>()?;
        Ok(Customer {
            id: view.id,
            profile: view.is_active().then(|| (*view.profile).clone()),
            created_at: view.created_at,
            erased: view.state == ERASED,
            version: view.version,
            identifiers,
        })
    }

    /// The accounts of this deployment, oldest first.
    pub async fn customers(&self, page: &PageRequest) -> Result<Page<Customer>> {
        let after = page.after(CustomerId::parse)?.unwrap_or(CustomerId::DEPLOYMENT);
        let ids: Vec<uuid::Uuid> = customer::Entity::find()
            .select_only()
            .column(customer::Column::CustomerId)
            .filter(customer::Column::CustomerId.gt(after.0))
            .order_by_asc(customer::Column::CustomerId)
            .limit(page.size() as u64 + 1)
            .into_tuple()
            .all(self.store.reader())
            .await?;
        let cut = Page::cut(ids, page, |id| CustomerId(*id).to_string());
        let mut items = Vec::with_capacity(cut.items.len());
        for id in cut.items {
            if let Some(view) = self.appender.fresh_view(CustomerId(id)).await? {
                items.push(self.describe(&view).await?);
            }
        }
        Ok(Page { items, next: cut.next })
    }

    /// Changes language or time zone, where given; with a version only if it is still that one.
    pub async fn update_customer(
        &self,
        id: CustomerId,
        who: Who,
        language: Option<String>,
        time_zone: Option<String>,
        version: Option<i64>,
        once: Option<&Once>,
    ) -> Result<Customer> {
        language.as_deref().map_or(Ok(()), check_language)?;
        time_zone.as_deref().map_or(Ok(()), check_time_zone)?;
        self.once(id, once, || async {
            let session = self.fresh_session(id).await?;
            let call = once.cloned();
            let view = self
                .commit(&session, move |draft| {
                    if version.is_some_and(|version| version != draft.view.version) {
                        return Err(Error::new(
                            Kind::Aborted,
                            "ETAG_MISMATCH",
                            "The account has changed since you read it. Nothing was changed.",
                        ));
                    }
                    let mut profile = (*draft.view.profile).clone();
                    if let Some(language) = &language {
                        profile.language.clone_from(language);
                    }
                    if let Some(zone) = &time_zone {
                        profile.time_zone.clone_from(zone);
                    }
                    draft.put_profile(profile)?;
                    draft.note(Note::new("customer.updated", who.clone()))?;
                    let answer = plain(&draft.view);
                    draft.remember(call.as_ref(), &answer)?;
                    Ok(draft.view.clone())
                })
                .await?;
            self.describe(&view).await
        })
        .await
    }

    /// Adds an identifier. One that another vault has is refused in the same words as one that is wrong.
    pub async fn add_identifier(&self, id: CustomerId, who: Who, identifier: &Identifier, once: Option<&Once>) -> Result<Customer> {
        let (token, kind, brand) = self.index_token(identifier, "identifier.value")?;
        self.once(id, once, || async {
            let session = self.fresh_session(id).await?;
            match self.find_customer(&token).await? {
                Some(owner) if owner == id => return self.describe(&session.view).await,
                Some(_) => {
                    return Err(Error::new(
                        Kind::AlreadyExists,
                        "IDENTIFIER_TAKEN",
                        "This identifier belongs to another vault. Nothing was changed.",
                    ));
                }
                None => {}
            }
            if self.describe(&session.view).await?.identifiers.len() >= MOST_IDENTIFIERS {
                return Err(Error::invalid("identifier", "TOO_MANY_IDENTIFIERS", "An account has at most 20 identifiers."));
            }
            let call = once.cloned();
            let view = self
                .commit(&session, move |draft| {
                    draft.moving();
                    draft.put_identifier(token, kind, brand);
                    draft.note(Note::new("identifier.added", who.clone()))?;
                    let answer = plain(&draft.view);
                    draft.remember(call.as_ref(), &answer)?;
                    Ok(draft.view.clone())
                })
                .await?;
            self.describe(&view).await
        })
        .await
    }

    /// Removes an identifier.
    pub async fn remove_identifier(&self, id: CustomerId, who: Who, identifier: &Identifier, once: Option<&Once>) -> Result<Customer> {
        let (token, ..) = self.index_token(identifier, "identifier.value")?;
        self.once(id, once, || async {
            if self.find_customer(&token).await? != Some(id) {
                return Err(Error::not_found("identifier"));
            }
            let session = self.fresh_session(id).await?;
            let call = once.cloned();
            let view = self
                .commit(&session, move |draft| {
                    draft.moving();
                    draft.writes.push(Write::IdentifierGone(token.to_vec()));
                    draft.note(Note::new("identifier.removed", who.clone()))?;
                    let answer = plain(&draft.view);
                    draft.remember(call.as_ref(), &answer)?;
                    Ok(draft.view.clone())
                })
                .await?;
            self.describe(&view).await
        })
        .await
    }

    /// Erases the customer: the key is destroyed, and with it everything that was sealed under it. The ledger keeps its commitments.
    /// When this returns, no server answers a read of this customer. Repeating it tells when it happened.
    pub async fn erase_customer(&self, id: CustomerId, who: Who) -> Result<Timestamp> {
        if id == CustomerId::DEPLOYMENT {
            return Err(Error::not_found("customer"));
        }
        let erased = self
            .settled(|fresh| {
                let who = who.clone();
                async move {
                    let session = self.session_of(id, fresh).await?;
                    let brands: Vec<(BrandId, GrantId)> =
                        session.view.grants.values().map(|grant| (BrandId(grant.brand()), GrantId(grant.id()))).collect();
                    let subjects: Vec<_> = brands.iter().map(|(brand, grant)| (*brand, *grant, self.subject_of(*brand, id))).collect();
                    let version = session.view.version;
                    self.commit(&session, move |draft| {
                        draft.require_version(version)?;
                        for (brand, grant, subject) in &subjects {
                            draft.tell(*brand, ChangeKind::Erased, None, Some(*grant), Some(*subject));
                        }
                        draft.note(Note::new("customer.erased", who.clone()))?;
                        draft.erase();
                        Ok(draft.now)
                    })
                    .await
                }
            })
            .await;
        let erased_at = match erased {
            Err(error) if error.kind() == Kind::NotFound => self.when_erased(id).await?.ok_or(error)?,
            other => other?,
        };
        // Also of one erased before: a server that could not be waited for then is waited for now.
        self.kept_records.forget(id);
        self.lookups.forget();
        self.fence(id).await?;
        self.changed.notify_waiters();
        Ok(erased_at)
    }

    /// When a customer was erased; nothing for one who was not.
    async fn when_erased(&self, id: CustomerId) -> Result<Option<Timestamp>> {
        let Some(view) = self.appender.fresh_view(id).await?.filter(|view| view.state == ERASED) else { return Ok(None) };
        let last = ledger_entry::Entity::find_by_id((id.0, view.seq)).one(self.store.reader()).await?;
        Ok(last.map(|row| Timestamp::from_micros(row.at)))
    }
}

/// An account without its identifiers, as remembered for a repeated call.
fn plain(view: &View) -> Customer {
    Customer {
        id: view.id,
        profile: Some((*view.profile).clone()),
        created_at: view.created_at,
        erased: false,
        version: view.version,
        identifiers: Vec::new(),
    }
}

impl Draft<'_> {
    pub(crate) fn put_identifier(&mut self, token: [u8; 16], kind: i16, brand: Option<BrandId>) {
        self.writes.push(Write::Identifier(identifier::Model {
            token: token.to_vec(),
            customer_id: self.view.id.0,
            kind,
            brand_id: brand.map(|brand| brand.0),
            created_at: self.now.micros(),
        }));
    }
}
