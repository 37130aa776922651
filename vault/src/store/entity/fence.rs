//! A server is asked to finish the answers that it has begun.

use sea_orm::entity::prelude::*;

/// A server is asked to finish the answers that it has begun.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fence")]
pub(crate) struct Model {
    /// The demand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fence_id: Uuid,
    /// Who is asked.
    pub node_id: Uuid,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
