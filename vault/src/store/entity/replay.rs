//! What a request id was answered with.

use sea_orm::entity::prelude::*;

/// What a request id was answered with.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "replay")]
pub(crate) struct Model {
    /// Whose stream the act is in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// A digest of who called, and which verb.
    #[sea_orm(primary_key, auto_increment = false)]
    pub caller: Vec<u8>,
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// A keyed digest of what was asked.
    pub fingerprint: Vec<u8>,
    /// What came of it, sealed.
    pub answer: Vec<u8>,
    /// Microseconds since 1970.
    pub at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
