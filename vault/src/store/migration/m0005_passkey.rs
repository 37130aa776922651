//! Passkeys of customers, and the codes that lead to them: invitations and recovery codes, as hashes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, small_integer, uuid};

use super::{full, table};

/// Creates the tables of passkeys and codes.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "passkey",
            2,
            vec![
                full("customer_id", uuid),
                full("passkey_id", uuid),
                full("credential", blob),
                full("version", big_integer),
                full("sealed", blob),
            ],
        ),
        table(
            "code",
            2,
            vec![
                full("customer_id", uuid),
                full("digest", blob),
                full("kind", small_integer),
                full("created_at", big_integer),
                full("expires_at", big_integer),
            ],
        ),
    ]
}

/// Whoever comes is looked up by these.
const INDEXES: [(&str, &str, &str); 2] = [("passkey_by_credential", "passkey", "credential"), ("code_by_digest", "code", "digest")];

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
        for (name, table, column) in INDEXES {
            manager.create_index(Index::create().name(name).table(Alias::new(table)).col(Alias::new(column)).unique().take()).await?;
        }
        Ok(())
    }
}
