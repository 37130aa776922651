//! The most that may be asked for a purpose code.

use sea_orm::entity::prelude::*;

/// The most that may be asked for a purpose code.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ceiling")]
pub(crate) struct Model {
    /// The purpose code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The ceiling (JSON).
    pub body: String,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
