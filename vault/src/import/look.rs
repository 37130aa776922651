//! What is stored of a batch's customers, found with few statements.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::Vault;
use crate::attribute::AttributeType;
use crate::error::{Error, Result};
use crate::id::{BrandId, CustomerId};
use crate::once::Once;
use crate::store::entity::{identifier, record, replay};
use crate::store::view::View;

/// An identifier's blind index, its kind, and the brand that uses it.
pub(super) type Token = ([u8; 16], i16, Option<BrandId>);

/// Customers in one statement.
const SOME: usize = 256;

/// What a customer's part of a batch must know.
pub(super) struct Sought<'a> {
    pub(super) owner: CustomerId,
    pub(super) once: &'a Once,
    /// The types in it that a customer has once.
    pub(super) singles: Vec<&'static str>,
}

/// What was found. May be old by the time of the commit, which then fails.
pub(super) struct Look {
    views: HashMap<CustomerId, View>,
    current: HashMap<(CustomerId, String), record::Model>,
    answers: HashMap<CustomerId, Vec<replay::Model>>,
}

impl Look {
    pub(super) fn has(&self, customer: CustomerId) -> bool {
        self.views.contains_key(&customer)
    }

    pub(super) fn view(&self, customer: CustomerId) -> Result<View> {
        self.views.get(&customer).cloned().ok_or_else(|| Error::not_found("customer"))
    }

    /// The stored value of a type that a customer has once.
    pub(super) fn current(&self, customer: CustomerId, kind: &AttributeType) -> Option<&record::Model> {
        self.current.get(&(customer, kind.name().to_owned()))
    }

    pub(super) fn answer(&self, customer: CustomerId, once: &Once) -> Option<&replay::Model> {
        self.answers.get(&customer)?.iter().find(|row| once.is_of(customer, row))
    }
}

impl Vault {
    /// Whose these identifiers are.
    pub(super) async fn owners(&self, tokens: impl Iterator<Item = [u8; 16]>) -> Result<HashMap<[u8; 16], CustomerId>> {
        let tokens: Vec<[u8; 16]> = tokens.collect();
        let mut owners = HashMap::new();
        for some in tokens.chunks(SOME) {
            let query = identifier::Entity::find().filter(identifier::Column::Token.is_in(some.iter().map(|token| token.to_vec())));
            for row in query.all(self.store.reader()).await? {
                let token = row.token.as_slice().try_into().map_err(|_| Error::inconsistent("identifier", "token", row.customer_id))?;
                owners.insert(token, CustomerId(row.customer_id));
            }
        }
        Ok(owners)
    }

    /// Looks customers up, with what they have of the types in question, and with answers to the same batch.
    pub(super) async fn look(&self, sought: &[Sought<'_>], fresh: bool) -> Result<Look> {
        let owners: Vec<CustomerId> = sought.iter().map(|one| one.owner).collect::<HashSet<_>>().into_iter().collect();
        // The views before the rows: a row that is newer than its view then makes the commit fail, and the other way round cannot be.
        let views = self.appender.views(&owners, fresh).await?;
        let mut look = Look { views, current: HashMap::new(), answers: HashMap::new() };
        let calls: Vec<(CustomerId, &Once)> = sought.iter().map(|one| (one.owner, one.once)).collect();
        for row in self.answered(&calls).await? {
            look.answers.entry(CustomerId(row.customer_id)).or_default().push(row);
        }
        let holds = |one: &&Sought<'_>| {
            one.singles.iter().any(|name| look.views.get(&one.owner).is_some_and(|view| view.heads.contains_key(*name)))
        };
        let with_singles: Vec<&Sought<'_>> = sought.iter().filter(holds).collect();
        for some in with_singles.chunks(SOME) {
            let names: HashSet<&str> = some.iter().flat_map(|one| one.singles.iter().copied()).collect();
            let query = record::Entity::find()
                .filter(record::Column::CustomerId.is_in(some.iter().map(|one| one.owner.0)))
                .filter(record::Column::Attribute.is_in(names))
                .filter(record::Column::Current.eq(true));
            for row in query.all(self.store.reader()).await? {
                look.current.insert((CustomerId(row.customer_id), row.attribute.clone()), row);
            }
        }
        Ok(look)
    }
}
