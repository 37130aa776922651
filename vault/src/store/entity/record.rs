//! One version of one datum, sealed.

use sea_orm::entity::prelude::*;

/// One version of one datum, sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "record")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
    /// From 1; a version is never written twice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// The attribute type.
    pub attribute: String,
    /// Whether this is the newest version.
    pub current: bool,
    /// The version of the attribute type's schema that the value met.
    pub schema: i16,
    /// The month of the record's own time, as year x 12 + month - 1.
    pub month: i32,
    /// 1 the customer, 2 an import.
    pub source: i16,
    /// Microseconds since 1970.
    pub written_at: i64,
    /// For a photo, the size of its body.
    pub blob_size: Option<i64>,
    /// The value, sealed.
    pub envelope: Vec<u8>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
