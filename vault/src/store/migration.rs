//! One migration set for SQLite and PostgreSQL. A database of an unknown schema is refused at start.

mod m0001_first;
mod m0002_log_pending;
mod m0003_log;
mod m0004_witness;
mod m0005_passkey;
mod m0006_session;

use sea_orm_migration::prelude::{Alias, ColumnDef, Index, Table, TableCreateStatement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// All migrations in order.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_log_pending::Migration),
            Box::new(m0003_log::Migration),
            Box::new(m0004_witness::Migration),
            Box::new(m0005_passkey::Migration),
            Box::new(m0006_session::Migration),
        ]
    }
}

/// A table: its name, its columns, and how many of the first columns are its primary key.
fn table(name: &'static str, key: usize, columns: Vec<(&'static str, ColumnDef)>) -> TableCreateStatement {
    let mut statement = Table::create();
    statement.table(Alias::new(name));
    let mut primary = Index::create();
    for (position, (column, definition)) in columns.into_iter().enumerate() {
        statement.col(definition);
        if position < key {
            primary.col(Alias::new(column));
        }
    }
    statement.primary_key(&mut primary);
    statement
}

/// A column that is never null.
fn full(name: &'static str, make: fn(Alias) -> ColumnDef) -> (&'static str, ColumnDef) {
    let mut definition = make(Alias::new(name));
    definition.not_null();
    (name, definition)
}

/// A column that may be null.
fn maybe(name: &'static str, make: fn(Alias) -> ColumnDef) -> (&'static str, ColumnDef) {
    let mut definition = make(Alias::new(name));
    definition.null();
    (name, definition)
}
