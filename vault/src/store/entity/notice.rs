//! Something that a customer is told: kinds, ids and times, nothing of their data.

use sea_orm::entity::prelude::*;

/// Something that a customer is told: kinds, ids and times, nothing of their data.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub(crate) struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    /// The notice; ids are in the order of time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: Uuid,
    /// What it tells (the contract's NoticeKind).
    pub kind: i16,
    /// Microseconds since 1970.
    pub at: i64,
    /// The position of the entry that it tells of, in the customer's stream.
    pub entry: Option<i64>,
    /// The grant, request, brand, token or complaint concerned.
    pub about: Option<Uuid>,
    /// When the customer saw it in the portal.
    pub seen_at: Option<i64>,
    /// When mail about it is to be tried next; the largest number where it was given up, nothing where none is due.
    pub mail_at: Option<i64>,
    /// How often mail about it was tried.
    pub tries: i32,
    /// When mail about it was handed over.
    pub mailed_at: Option<i64>,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
