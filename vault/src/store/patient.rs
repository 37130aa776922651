//! Connections to a database that may stop answering: nobody waits for it for ever.
//!
//! PostgreSQL ends by itself what takes too long ([`super::postgres`]), but one that has vanished ends nothing, and the driver does not know
//! TCP keepalives. So every statement has an end on this side as well. A connection that was given up is asked once more whether it is in
//! order, and comes back when it is: after a stall everything goes on, and what has vanished is found out by the kernel.

use std::ops::Deref;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

/// How long a statement, or a whole commit, is waited for: longer than PostgreSQL lets it run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

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
            Err(_) => Err(DbErr::Conn(RuntimeErr::Internal("the database did not answer in time".to_owned())).into()),
        }
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
