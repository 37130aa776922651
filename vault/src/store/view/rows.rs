//! The rows that views are made of.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use sea_orm::sqlx::{self, AssertSqlSafe, Either, Executor};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QueryTrait, Statement};
use uuid::Uuid;

use crate::error::Result;
use crate::id::CustomerId;
use crate::ledger::Row;
use crate::store::Store;
use crate::store::entity::{access_grant, customer, customer_key, ledger_entry};
use crate::store::statement::{failed, filled, lot, placeholders};

/// The rows of some customers.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) customers: Vec<customer::Model>,
    /// Each customer's newest key.
    pub(super) keys: HashMap<Uuid, customer_key::Model>,
    grants: HashMap<Uuid, Vec<access_grant::Model>>,
    /// The entries that the customer's row does not tell of yet, in order.
    tails: HashMap<Uuid, Vec<Row>>,
}

impl Rows {
    pub(super) fn grants_of(&self, id: CustomerId) -> &[access_grant::Model] {
        self.grants.get(&id.0).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn tail_of(&self, id: CustomerId) -> &[Row] {
        self.tails.get(&id.0).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What is asked of the database, in this order. The tails come before the customers: a change that comes in between moves the row, and the
/// row's position then hides the tail's.
const PARTS: usize = 4;

impl Store {
    pub(super) async fn view_rows(&self, ids: &[Uuid]) -> Result<Rows> {
        let statements = self.view_statements(ids);
        let [tails, customers, keys, grants] =
            if self.is_postgres() { self.ask_apart(statements).await? } else { self.ask_together(ids, statements).await? };
        let mut rows = Rows { customers: models::<customer::Model>(&customers)?, ..Rows::default() };
        // Of several generations the newest comes last, and stays.
        rows.keys.extend(models::<customer_key::Model>(&keys)?.into_iter().map(|key| (key.customer_id, key)));
        for grant in models::<access_grant::Model>(&grants)? {
            rows.grants.entry(grant.customer_id).or_default().push(grant);
        }
        for mut entry in models::<ledger_entry::Model>(&tails)? {
            // One of another length matches nothing, and must not hide the rest of the customer.
            entry.commitment.resize(32, 0);
            let entry = Row::try_from(entry)?;
            rows.tails.entry(entry.customer.0).or_default().push(entry);
        }
        Ok(rows)
    }

    fn view_statements(&self, ids: &[Uuid]) -> [Statement; PARTS] {
        let backend = self.backend();
        let some = || filled(ids.iter().copied());
        // CROSS JOIN keeps SQLite to this order: each id looks up its row, and the row its entries.
        let tails = format!(
            "SELECT e.customer_id, e.seq, e.stream, e.event_id, e.at, e.commitment, e.opening, e.batch \
             FROM (VALUES {}) AS v CROSS JOIN customer AS c CROSS JOIN ledger_entry AS e \
             WHERE c.customer_id = v.column1 AND e.customer_id = c.customer_id AND e.seq > c.seq ORDER BY e.customer_id, e.seq",
            placeholders(backend, &mut 1, lot(ids.len()), 1)
        );
        [
            self.statement(tails, some().map(Into::into).collect()),
            customer::Entity::find().filter(customer::Column::CustomerId.is_in(some())).build(backend),
            customer_key::Entity::find()
                .filter(customer_key::Column::CustomerId.is_in(some()))
                .order_by_asc(customer_key::Column::Generation)
                .build(backend),
            access_grant::Entity::find().filter(access_grant::Column::CustomerId.is_in(some())).build(backend),
        ]
    }

    async fn ask_apart(&self, [tails, customers, keys, grants]: [Statement; PARTS]) -> Result<[Vec<QueryResult>; PARTS]> {
        let tails = self.reader().query_all_raw(tails).await?;
        let ask = |statement| self.reader().query_all_raw(statement);
        let (customers, keys, grants) = tokio::try_join!(ask(customers), ask(keys), ask(grants))?;
        Ok([tails, customers, keys, grants])
    }

    /// The embedded database runs in threads of its own, and a hand-over to one costs more than a row: all goes in one.
    async fn ask_together(&self, ids: &[Uuid], statements: [Statement; PARTS]) -> Result<[Vec<QueryResult>; PARTS]> {
        let sql = statements.map(|statement| statement.sql).join("; ");
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for _ in 0..PARTS {
            for id in filled(ids.iter().copied()) {
                query = query.bind(id);
            }
        }
        let mut found: [Vec<QueryResult>; PARTS] = Default::default();
        let mut part = 0;
        let mut answers = self.reader().get_sqlite_connection_pool().fetch_many(query);
        while let Some(answer) = answers.try_next().await.map_err(failed)? {
            match answer {
                Either::Left(_) => part += 1,
                Either::Right(row) => found[part].push(row.into()),
            }
        }
        Ok(found)
    }
}

fn models<M: FromQueryResult>(rows: &[QueryResult]) -> Result<Vec<M>> {
    rows.iter().map(|row| Ok(M::from_query_result(row, "")?)).collect()
}
