//! Texts of statements over many rows. A database keeps every text that it has prepared, so there should be few of them.

use std::fmt::Write as _;
use std::sync::Arc;

use sea_orm::{DbBackend, DbErr, RuntimeErr, sqlx};

/// `($1, $2), ($3, $4)`: placeholders for so many rows of so many columns, counted on from `next`. SQLite gets `(?, ?)`: there a
/// numbered one counts as a name, which the driver looks for among all others, so that many rows would cost the square of their number.
pub(crate) fn placeholders(backend: DbBackend, next: &mut usize, rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            sql.push_str(if column == 0 { "" } else { ", " });
            let _ = match backend {
                DbBackend::Postgres => write!(sql, "${next}"),
                _ => write!(sql, "?"),
            };
            *next += 1;
        }
        sql.push(')');
    }
    sql
}

/// How many a list of so many is filled up to: the next power of two.
pub(crate) fn lot(count: usize) -> usize {
    count.next_power_of_two()
}

/// A list filled up to its lot with what matches no row, so that lists of many lengths are few texts.
pub(crate) fn filled<T: Clone>(values: impl ExactSizeIterator<Item = T>) -> impl Iterator<Item = Option<T>> {
    let nobody = lot(values.len()) - values.len();
    values.map(Some).chain(std::iter::repeat_n(None, nobody))
}

/// A failure of the driver's own.
pub(crate) fn failed(cause: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_for_postgresql_alone() {
        let mut next = 3;
        assert_eq!(placeholders(DbBackend::Postgres, &mut next, 2, 2), "($3, $4), ($5, $6)");
        assert_eq!(next, 7);
        assert_eq!(placeholders(DbBackend::Sqlite, &mut next, 1, 3), "(?, ?, ?)");
    }

    #[test]
    fn a_list_is_filled_up_with_nobody() {
        for (count, expected) in [(1, 1), (2, 2), (3, 4), (5, 8), (256, 256), (257, 512)] {
            let list: Vec<_> = filled(0..count).collect();
            assert_eq!(list.len(), expected);
            assert_eq!(list.len(), lot(count));
            assert_eq!(list.into_iter().flatten().collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
        }
    }
}
