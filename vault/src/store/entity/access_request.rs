//! What a brand asked a customer, sealed.

use sea_orm::entity::prelude::*;

/// What a brand asked a customer, sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_request")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// The brand.
    pub brand_id: Uuid,
    /// Whether it still waits for somebody.
    pub open: bool,
    /// Microseconds since 1970.
    pub asked_at: i64,
    /// Moves with each change.
    pub version: i64,
    /// The request.
    pub sealed: Vec<u8>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
