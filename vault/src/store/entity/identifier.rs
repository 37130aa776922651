//! An identifier by which a customer can be found: a keyed hash, never the value.

use sea_orm::entity::prelude::*;

/// An identifier by which a customer can be found: a keyed hash, never the value.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identifier")]
pub(crate) struct Model {
    /// The blind index.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: Vec<u8>,
    /// The customer.
    pub customer_id: Uuid,
    /// 1 e-mail, 2 phone, 3 external number.
    pub kind: i16,
    /// For an external number, the brand that uses it.
    pub brand_id: Option<Uuid>,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
