//! A passkey of a customer, sealed.

use sea_orm::entity::prelude::*;

/// A passkey of a customer, sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The passkey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub passkey_id: Uuid,
    /// The credential id that a browser names it by, keyed: without the deployment's key it leads no browser to a customer.
    pub credential: Vec<u8>,
    /// From 1; moves with each use.
    pub version: i64,
    /// Public key, counter and times, sealed.
    pub sealed: Vec<u8>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
