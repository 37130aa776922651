//! A certificate or public key of a brand.

use sea_orm::entity::prelude::*;

/// A certificate or public key of a brand.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub(crate) struct Model {
    /// The credential.
    #[sea_orm(primary_key, auto_increment = false)]
    pub credential_id: Uuid,
    /// The brand.
    pub brand_id: Uuid,
    /// 1 certificate, 2 client key.
    pub kind: i16,
    /// SHA-256 of the certificate or key.
    pub fingerprint: Vec<u8>,
    /// For a client key, PEM.
    pub public_key: Option<String>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// Microseconds since 1970.
    pub expires_at: i64,
    /// Microseconds since 1970.
    pub revoked_at: Option<i64>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
