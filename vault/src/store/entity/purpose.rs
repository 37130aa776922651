//! One version of a purpose.

use sea_orm::entity::prelude::*;

/// One version of a purpose.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purpose")]
pub(crate) struct Model {
    /// The brand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    /// The purpose code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The purpose with its notices (JSON).
    pub body: String,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
