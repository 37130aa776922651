//! What a customer complains of, sealed.

use sea_orm::entity::prelude::*;

/// What a customer complains of, sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaint")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The complaint; ids are in the order of time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub complaint_id: Uuid,
    /// 1 open, 2 closed.
    pub state: i16,
    /// What it asks (the contract's ComplaintKind).
    pub kind: i16,
    /// Microseconds since 1970.
    pub at: i64,
    /// Moves with each change.
    pub version: i64,
    /// What it is about, and the customer's own words.
    pub sealed: Vec<u8>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
