//! The entries of one commit that wait for their places in the transparency log.

use sea_orm::entity::prelude::*;

/// The entries of one commit that wait for their places in the transparency log.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log_pending")]
pub(crate) struct Model {
    /// The commit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch: Uuid,
    /// The leaves, one after the other.
    pub leaves: Vec<u8>,
}

/// No relations: the entries name their commit.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
