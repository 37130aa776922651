//! A change that a brand must hear of.

use sea_orm::entity::prelude::*;

/// A change that a brand must hear of.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    /// The brand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    /// From 1 in each brand, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// What happened (the contract's ChangeKind).
    pub kind: i16,
    /// The request.
    pub request_id: Option<Uuid>,
    /// The grant.
    pub grant_id: Option<Uuid>,
    /// The brand's own name for the customer.
    pub subject: Option<Vec<u8>>,
    /// Microseconds since 1970.
    pub at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
