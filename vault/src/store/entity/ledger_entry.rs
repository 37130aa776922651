//! One row of the ledger.

use sea_orm::entity::prelude::*;

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub(crate) struct Model {
    /// Whose stream.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The position in the stream, from 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The stream's random id.
    pub stream: Uuid,
    /// 128 random bits.
    pub event_id: Uuid,
    /// Microseconds since 1970.
    pub at: i64,
    /// HMAC-SHA-256 of the details under the opening's key.
    pub commitment: Vec<u8>,
    /// The HMAC key and the details, sealed under the customer's key.
    pub opening: Vec<u8>,
    /// The commit that it came with, which leads to its place in the transparency log.
    pub batch: Option<Uuid>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
