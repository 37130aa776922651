//! Connections to a database that may stop answering: nobody waits for it for ever.
//!
//! PostgreSQL ends by itself what takes too long ([`super::postgres`]), but one that has vanished ends nothing, and the driver does not know
//! TCP keepalives. So every statement has an end on this side as well. A connection that was given up is asked once more whether it is in
//! order, and comes back when it is: after a stall everything goes on, and what has vanished is found out by the kernel.

use std::ops::Deref;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    TransactionOptions, TransactionTrait,
};

/// How long a statement, or a whole commit, is waited for: longer than PostgreSQL lets it run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

fn gone(what: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(what.to_owned()))
}

/// A database's connections. Statements through it end in time.
pub(crate) struct Patient {
    connections: DatabaseConnection,
    /// Of the embedded database nobody runs out of patience: it does not go away, and a statement of it cannot be given up.
    ends: bool,
}

impl Patient {
    pub(crate) fn new(connections: DatabaseConnection) -> Self {
        let ends = connections.get_database_backend() == DbBackend::Postgres;
        Self { connections, ends }
    }

    /// Waits for this work on the database, but not for ever. What is given up may still happen there.
    pub(crate) async fn in_time<T, E: From<DbErr>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        if !self.ends {
            return work.await;
        }
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(done) => done,
            Err(_) => Err(gone("the database did not answer in time").into()),
        }
    }

    /// Begins a transaction. It begins to its end even where nobody waits any more, and is taken back then: the driver forgets a `BEGIN` that
    /// is given up before its answer, and the next writes on that connection would be confirmed, and never committed.
    pub(crate) async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        let connections = self.connections.clone();
        let begun = tokio::spawn(async move { connections.begin_with_options(options).await });
        self.in_time(async { begun.await.unwrap_or_else(|_| Err(gone("the transaction's task ended"))) }).await
    }
}

impl Deref for Patient {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.connections
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Patient {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.in_time(self.connections.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.in_time(self.connections.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.in_time(self.connections.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.in_time(self.connections.query_all_raw(statement)).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    use crate::store::postgres::connect;
    use crate::store::postgres::tests::{server, skip};
    use crate::store::{Location, Store};
    use crate::testing::{create_database, drop_database};

    /// A caller who hangs up, or a time limit, may end the wait at any moment between the statement and its answer.
    #[tokio::test]
    async fn a_transaction_that_nobody_waits_for_leaves_its_connection_as_it_was() {
        let Some(server) = server() else { return skip("no PostgreSQL is named") };
        let name = format!("coffret_given_up_{}", std::process::id());
        let url = create_database(&server, &name).await.expect("made");
        let onlooker = connect(&url).await.expect("connects");
        let store = Store::open(&Location::Postgres(url)).await.expect("opens");
        drop(store.begin().await.expect("a connection is there"));
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        let open = async || {
            let row = onlooker.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("runs").expect("a row");
            row.try_get_by_index::<i64>(0).expect("a number")
        };
        let mut given_up = 0;
        for polls in 0..40 {
            {
                let mut begun = std::pin::pin!(store.begin());
                let mut ready = false;
                for _ in 0..=polls {
                    ready = std::future::poll_fn(|cx| std::task::Poll::Ready(begun.as_mut().poll(cx).is_ready())).await;
                    if ready {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                given_up += i32::from(!ready);
            }
            let mut looks = 0;
            while open().await > 0 {
                looks += 1;
                assert!(looks < 200, "a connection stays in a transaction that nobody knows of: writes on it are confirmed and lost");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        assert!(given_up > 0, "the first of them had begun, and were given up");
        drop_database(&server, &name).await.expect("dropped");
    }
}
