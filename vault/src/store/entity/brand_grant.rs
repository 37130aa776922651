//! A brand's own list of what it holds; the way from a grant to its customer.

use sea_orm::entity::prelude::*;

/// A brand's own list of what it holds; the way from a grant to its customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brand_grant")]
pub(crate) struct Model {
    /// The brand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    /// The grant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub grant_id: Uuid,
    /// The customer.
    pub customer_id: Uuid,
    /// The brand's own name for the customer.
    pub subject: Vec<u8>,
    /// The purpose's code.
    pub purpose: String,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
