//! What witnesses have cosigned, and logs that were given up after a loss.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

use super::{full, table};

/// Creates both tables.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "log_cosignature",
            3,
            vec![
                full("log", big_integer),
                full("size", big_integer),
                // The witness's key (C2SP signed-note vkey), and its signature line.
                full("witness", text),
                full("line", text),
                full("cosigned_at", big_integer),
            ],
        ),
        table(
            "log_loss",
            1,
            // The log that is given up, and the checkpoint of it that the database cannot account for.
            vec![full("origin", text), full("size", big_integer), full("note", text), full("accepted_at", big_integer)],
        ),
    ]
}

#[expect(elided_lifetimes_in_paths, reason = "the trait is declared without, and async_trait tells the two apart")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, in both databases: a program that is killed begins again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in tables() {
            manager.create_table(statement).await?;
        }
        Ok(())
    }
}
