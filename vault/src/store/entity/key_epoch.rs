//! An epoch's key-encryption key, wrapped by the root key.

use sea_orm::entity::prelude::*;

/// An epoch's key-encryption key, wrapped by the root key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "key_epoch")]
pub(crate) struct Model {
    /// The epoch, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// The key's random id.
    pub key_id: Vec<u8>,
    /// The root key's version that wraps it.
    pub root_version: i64,
    /// The key as an envelope of kind 04.
    pub wrapped: Vec<u8>,
    /// The blind-index root's random id.
    pub index_key_id: Vec<u8>,
    /// The blind-index root as an envelope of kind 09.
    pub index_wrapped: Vec<u8>,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
