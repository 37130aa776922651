//! A vault. The row with the nil id is the deployment itself, so that its acts have a stream too.

use sea_orm::entity::prelude::*;

/// A vault. The row with the nil id is the deployment itself, so that its acts have a stream too.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// 1 active, 2 erased.
    pub state: i16,
    /// Moves with each change but a read.
    pub version: i64,
    /// The position of the stream's last ledger entry: every commit that concerns the customer compares and swaps it.
    pub seq: i64,
    /// The stream's random id.
    pub stream: Uuid,
    /// Reads so far, per grant (see `consent::usage`).
    pub usage: Vec<u8>,
    /// Per attribute type, a digest of its current records.
    pub heads: Vec<u8>,
    /// HMAC over the heads and the version.
    pub heads_seal: Vec<u8>,
    /// Language and time zone, sealed.
    pub profile: Vec<u8>,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
