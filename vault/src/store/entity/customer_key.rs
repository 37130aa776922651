//! A customer's key, wrapped by an epoch's key. Its row is what an erasure destroys.

use sea_orm::entity::prelude::*;

/// A customer's key, wrapped by an epoch's key. Its row is what an erasure destroys.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_key")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The key's generation, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: i64,
    /// The epoch whose key wraps it.
    pub epoch: i64,
    /// The key's random id.
    pub key_id: Vec<u8>,
    /// The key as an envelope of kind 03.
    pub wrapped: Vec<u8>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
