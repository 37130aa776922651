//! Which passkey a session began with: a token without one was issued by an operator.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::uuid;

use super::maybe;

/// Adds the column. Sessions from before have none, and count as issued until they end, half a day later at most.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[expect(elided_lifetimes_in_paths, reason = "the trait is declared without, and async_trait tells the two apart")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, in both databases: a program that is killed begins again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (_, column) = maybe("passkey_id", uuid);
        manager.alter_table(Table::alter().table(Alias::new("token")).add_column(column).take()).await
    }
}
