//! Exports: everything of a customer's, and one entry that says so before any of it is given.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Record;
use crate::Vault;
use crate::error::Result;
use crate::id::CustomerId;
use crate::ledger::{Note, Who};
use crate::page::{Page, PageRequest};
use crate::store::entity::record;

/// An export that stands in the customer's ledger. Made by [`Vault::begin_export`] alone, so no page is given without its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    customer: CustomerId,
    attributes: Vec<String>,
}

impl Vault {
    /// Begins an export. When this returns, the entry `record.exported` is durable: who, and the attribute types that the vault holds.
    ///
    /// # Errors
    /// The customer is not found; or the entry could not be written, and then there is no export.
    pub async fn begin_export(&self, customer: CustomerId, who: Who) -> Result<Export> {
        self.settled(|fresh| {
            let who = who.clone();
            async move {
                let session = self.session_of(customer, fresh).await?;
                let attributes = self.held_types(customer).await?;
                let (version, export) = (session.view.version, Export { customer, attributes });
                self.commit(&session, move |draft| {
                    // A type that came in meanwhile would be exported without being named.
                    draft.require_version(version)?;
                    draft.note(Note::new("record.exported", who.clone()).attributes(export.attributes.clone()))?;
                    Ok(export.clone())
                })
                .await
            }
        })
        .await
    }

    /// Current records of an export, newest first, a page at a time; of the types that its entry names and of no other.
    pub async fn exported(&self, export: &Export, page: &PageRequest) -> Result<Page<Record>> {
        self.record_page(export.customer, Some(&export.attributes), page).await
    }

    /// The attribute types of a customer's current records, sorted.
    async fn held_types(&self, customer: CustomerId) -> Result<Vec<String>> {
        let held = record::Entity::find()
            .select_only()
            .column(record::Column::Attribute)
            .distinct()
            .filter(record::Column::CustomerId.eq(customer.0))
            .filter(record::Column::Current.eq(true))
            .order_by_asc(record::Column::Attribute);
        Ok(held.into_tuple().all(self.store.reader()).await?)
    }
}
