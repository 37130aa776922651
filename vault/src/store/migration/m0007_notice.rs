//! What customers are told, how they want to be told, and what they complain of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, integer, small_integer, uuid};

use super::{full, maybe, table};

/// Creates the tables of notices and complaints.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table(
            "notice",
            2,
            vec![
                full("customer_id", uuid),
                full("notice_id", uuid),
                full("kind", small_integer),
                full("at", big_integer),
                maybe("entry", big_integer),
                maybe("about", uuid),
                maybe("seen_at", big_integer),
                maybe("mail_at", big_integer),
                full("tries", integer),
                maybe("mailed_at", big_integer),
            ],
        ),
        table("notice_settings", 1, vec![full("customer_id", uuid), full("version", big_integer), full("sealed", blob)]),
        table(
            "complaint",
            2,
            vec![
                full("customer_id", uuid),
                full("complaint_id", uuid),
                full("state", small_integer),
                full("kind", small_integer),
                full("at", big_integer),
                full("version", big_integer),
                full("sealed", blob),
            ],
        ),
    ]
}

/// What mail is due, and which complaints are open, is looked for without a customer.
const INDEXES: [(&str, &str, &[&str]); 2] =
    [("notice_by_mail", "notice", &["mail_at"]), ("complaint_by_state", "complaint", &["state", "complaint_id"])];

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
        for (name, table, columns) in INDEXES {
            let mut index = Index::create();
            index.name(name).table(Alias::new(table));
            for column in columns {
                index.col(Alias::new(*column));
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
