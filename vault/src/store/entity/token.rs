//! A token of a person or brand: only its hash.

use sea_orm::entity::prelude::*;

/// A token of a person or brand: only its hash.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "token")]
pub(crate) struct Model {
    /// The token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_id: Uuid,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// The contract's Role.
    pub role: i16,
    /// Whom it stands for.
    pub subject: String,
    /// What it may do, separated by blanks.
    pub scopes: String,
    /// The certificate that it is bound to (RFC 8705).
    pub certificate: Option<Vec<u8>>,
    /// The passkey that the session began with; none where the token was issued.
    pub passkey_id: Option<Uuid>,
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
