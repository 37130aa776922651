//! A code that leads to a passkey: only its hash.

use sea_orm::entity::prelude::*;

/// A code that leads to a passkey: only its hash.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "code")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// SHA-256 of the code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: Vec<u8>,
    /// 1 an invitation, 2 a recovery code, 3 what a recovery code was exchanged for.
    pub kind: i16,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// Microseconds since 1970: the first moment at which it no longer counts.
    pub expires_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
