//! A server with a lease on this database.

use sea_orm::entity::prelude::*;

/// A server with a lease on this database.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "node")]
pub(crate) struct Model {
    /// The server.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node_id: Uuid,
    /// Whether no other server may run.
    pub exclusive: bool,
    /// Microseconds since 1970.
    pub started_at: i64,
    /// Until when it may answer, unless it renews.
    pub expires_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
