//! What a customer granted, sealed.

use sea_orm::entity::prelude::*;

/// What a customer granted, sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_grant")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The grant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub grant_id: Uuid,
    /// The brand.
    pub brand_id: Uuid,
    /// Whether it may still change by itself (active, paused or suspended).
    pub live: bool,
    /// When the clock next has something to do with it.
    pub due_at: i64,
    /// Moves with each change.
    pub version: i64,
    /// The grant.
    pub sealed: Vec<u8>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
