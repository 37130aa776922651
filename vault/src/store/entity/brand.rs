//! A brand.

use sea_orm::entity::prelude::*;

/// A brand.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brand")]
pub(crate) struct Model {
    /// The brand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    /// The name for people.
    pub title: String,
    /// The legal name.
    pub legal_name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// How customers reach it.
    pub contact: String,
    /// 1 active, 2 suspended.
    pub state: i16,
    /// The position of the newest change.
    pub outbox_seq: i64,
    /// The newest acknowledged change.
    pub outbox_acked: i64,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
