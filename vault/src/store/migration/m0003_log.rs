//! The transparency log: one tree a year, its entries, tiles and signed checkpoints, and the row that all who write it compete for.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, small_integer, text, uuid};
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use super::{full, table};

/// Creates the tables of the log.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "log_head",
            1,
            vec![
                full("id", small_integer),
                full("holder", uuid),
                full("epoch", big_integer),
                full("expires_at", big_integer),
                full("log", big_integer),
                full("size", big_integer),
                full("root", blob),
            ],
        ),
        table(
            "log_origin",
            1,
            vec![full("log", big_integer), full("name", text), full("year", big_integer), full("opened_at", big_integer)],
        ),
        table("log_batch", 2, vec![full("log", big_integer), full("first_index", big_integer), full("batch", uuid), full("entries", blob)]),
        table("log_bundle", 2, vec![full("log", big_integer), full("n", big_integer), full("leaves", blob)]),
        table("log_tile", 3, vec![full("log", big_integer), full("level", small_integer), full("n", big_integer), full("hashes", blob)]),
        table(
            "log_checkpoint",
            2,
            vec![
                full("log", big_integer),
                full("size", big_integer),
                full("root", blob),
                full("note", text),
                full("signed_at", big_integer),
            ],
        ),
    ]
}

const INDEXES: [(&str, &str, &str); 2] = [("log_origin_by_name", "log_origin", "name"), ("log_batch_by_batch", "log_batch", "batch")];

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
        if manager.get_database_backend() == DbBackend::Postgres {
            // Hashes do not compress; trying it at each change costs more than everything else.
            for (table, column) in [("log_bundle", "leaves"), ("log_tile", "hashes")] {
                let sql = format!("ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL");
                manager.get_connection().execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }
}
