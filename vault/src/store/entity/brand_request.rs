//! A brand's own list of what it asked. Unknown customers have rows here too.

use sea_orm::entity::prelude::*;

/// A brand's own list of what it asked. Unknown customers have rows here too.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brand_request")]
pub(crate) struct Model {
    /// The brand.
    #[sea_orm(primary_key, auto_increment = false)]
    pub brand_id: Uuid,
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// The brand's handle for whom it asked.
    pub handle: Vec<u8>,
    /// Whom, where known.
    pub customer_id: Option<Uuid>,
    /// The purpose's code.
    pub purpose: String,
    /// What the brand may know: 1 pending, 2 approved, 3 countered, 4 closed by the brand itself.
    pub state: i16,
    /// The grant that came of it.
    pub grant_id: Option<Uuid>,
    /// Microseconds since 1970.
    pub asked_at: i64,
    /// The canonical terms as asked (JSON).
    pub terms: String,
}

/// No relations: rows of one customer are found by its id.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
