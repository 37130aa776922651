//! What waits for its place in the transparency log: each commit leaves the leaves that it wrote in one row.
//!
//! Entries that were written before this version are left waiting as well.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{blob, uuid};
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::{full, maybe, table};
use crate::store::pending::Leaf;

/// Adds the table, and to each entry the commit that it came with.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// Entries that are left waiting together.
const TOGETHER: usize = 4096;

#[expect(elided_lifetimes_in_paths, reason = "the trait is declared without, and async_trait tells the two apart")]
#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Whole or not at all, in both databases: a program that is killed begins again.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table("log_pending", 1, vec![full("batch", uuid), full("leaves", blob)])).await?;
        let (_, mut batch) = maybe("batch", uuid);
        let entries = || Table::alter().table(Alias::new("ledger_entry")).to_owned();
        manager.alter_table(entries().add_column(&mut batch).to_owned()).await?;
        manager.alter_table(entries().drop_column(Alias::new("leaf_index")).to_owned()).await?;
        leave_waiting(manager).await
    }
}

/// Leaves the entries of earlier versions waiting, in the order of customers. Their commits are numbered from 1, before all later ones.
async fn leave_waiting(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let on = manager.get_connection();
    let statement = |sql: &str, values: Vec<Value>| Statement::from_sql_and_values(manager.get_database_backend(), sql, values);
    let mut after: (Uuid, i64) = (Uuid::nil(), 0);
    for number in 1.. {
        let sql = format!(
            "SELECT customer_id, seq, event_id, commitment FROM ledger_entry WHERE (customer_id, seq) > ($1, $2) \
             ORDER BY customer_id, seq LIMIT {TOGETHER}"
        );
        let rows = on.query_all_raw(statement(&sql, vec![after.0.into(), after.1.into()])).await?;
        let mut leaves = Vec::with_capacity(rows.len() * Leaf::LEN);
        let first = after;
        for row in &rows {
            let commitment: Vec<u8> = row.try_get_by_index(3)?;
            let commitment = commitment.try_into().map_err(|_| DbErr::Custom("an entry has no commitment".to_owned()))?;
            let leaf = Leaf {
                customer: row.try_get_by_index(0)?,
                sequence: row.try_get_by_index(1)?,
                event: row.try_get_by_index(2)?,
                commitment,
            };
            after = (leaf.customer, leaf.sequence);
            leaves.extend_from_slice(&leaf.to_bytes());
        }
        if rows.is_empty() {
            break;
        }
        let batch = Uuid::from_u128(number);
        on.execute_raw(statement("INSERT INTO log_pending (batch, leaves) VALUES ($1, $2)", vec![batch.into(), leaves.into()])).await?;
        let sql = "UPDATE ledger_entry SET batch = $1 WHERE (customer_id, seq) > ($2, $3) AND (customer_id, seq) <= ($4, $5)";
        let values = vec![batch.into(), first.0.into(), first.1.into(), after.0.into(), after.1.into()];
        on.execute_raw(statement(sql, values)).await?;
    }
    Ok(())
}
