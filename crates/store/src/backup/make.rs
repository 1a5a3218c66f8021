//! Making a backup: every table, from one state of the store, row after row.
//!
//! Deliberately not here: where backups are kept, and for how long.

use super::file::{Writer, check_backup, not_written};
use super::{Backup, Cell, Column, Kind, TABLES, Table, Told};
use crate::conn::{Row, Tx, args};
use crate::{Store, StoreError, migrations};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use std::path::{Path, PathBuf};

impl Store {
    /// Writes all the store holds into a new file, for this user only, and reads it back once. Others may write meanwhile:
    /// the backup is the store as it was at one moment.
    ///
    /// # Errors
    /// A file that is there already or cannot be written; a store that holds nothing.
    pub async fn backup(&self, file: &Path, at: Timestamp, told: Told<'_>) -> Result<Backup, StoreError> {
        let name = file.display().to_string();
        let wrong = |what: &str| StoreError::Backup { file: name.clone(), what: what.into() };
        if file.exists() {
            return Err(wrong("there is such a file already: name another"));
        }
        let part = beside(file, ".part");
        let made = self.write_backup(&part, at, told).await;
        let made = made.and_then(|()| check_backup(&part)).and_then(|backup| match backup.rows {
            0 => Err(wrong("the store holds nothing to back up: check which store is meant")),
            _ => Ok(backup),
        });
        let named = made.and_then(|backup| {
            std::fs::rename(&part, file).map(|()| backup).map_err(|e| not_written(&name, e))
        });
        if named.is_err()
            && let Err(error) = std::fs::remove_file(&part)
        {
            tracing::debug!(%error, "the unfinished backup could not be removed");
        }
        named
    }

    async fn write_backup(&self, file: &Path, at: Timestamp, told: Told<'_>) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let mut writer = Writer::create(file, migrations::newest(), at)?;
        for &(name, numbered) in TABLES {
            let columns = columns(&mut tx, name).await?;
            let last = if numbered { last_number(&mut tx, name).await? } else { None };
            let before = writer.rows;
            writer.table(Table { name: name.into(), columns: columns.clone(), last })?;
            let list = columns.iter().map(|c| format!("\"{}\"", c.name)).collect::<Vec<_>>().join(", ");
            // By the key, so that the same rows make the same file; no key has more than four columns.
            let keys = if numbered { 1 } else { columns.len().min(4) };
            let order = (1..=keys).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
            // The chain's note is there from the first migration on and says nothing by itself.
            let only = if name == "audit_head" { " WHERE entries > 0" } else { "" };
            let sql = AssertSqlSafe(format!("SELECT {list} FROM {name}{only} ORDER BY {order}"));
            tx.each(sql, |row| {
                writer.row(&cells(&row, &columns)?)?;
                told(name, writer.rows - before);
                Ok(())
            })
            .await?;
        }
        tx.commit().await?;
        writer.end()
    }
}

/// The path with something after its name.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn cells(row: &Row, columns: &[Column]) -> Result<Vec<Cell>, StoreError> {
    let cell = |(at, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Int => row.int_opt(at)?.map_or(Cell::Null, Cell::Int),
            Kind::Text => row.text_opt(at)?.map_or(Cell::Null, Cell::Text),
            Kind::Bytes => row.blob_opt(at)?.map_or(Cell::Null, |bytes| Cell::bytes(&bytes)),
        })
    };
    columns.iter().enumerate().map(cell).collect()
}

/// The columns a table has, in its own order; none when there is no such table.
pub(super) async fn columns(tx: &mut Tx, table: &str) -> Result<Vec<Column>, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT column_name::text, data_type::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
    } else {
        "SELECT name, type FROM pragma_table_info($1) ORDER BY cid"
    };
    let place = tx.place.clone();
    let column = |row: &Row| {
        let kind = match row.text(1)?.to_lowercase().as_str() {
            "integer" | "bigint" => Kind::Int,
            "text" => Kind::Text,
            "blob" | "bytea" => Kind::Bytes,
            other => return Err(StoreError::unreadable(&place, "a column's type", other)),
        };
        Ok(Column { name: row.text(0)?, kind })
    };
    tx.rows(sql, args![table]).await?.iter().map(column).collect()
}

/// The highest number a table has given out, also to rows that are gone.
async fn last_number(tx: &mut Tx, table: &str) -> Result<Option<i64>, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, 'seq')::regclass)"
    } else {
        "SELECT seq FROM sqlite_sequence WHERE name = $1"
    };
    tx.rows(sql, args![table]).await?.first().map_or(Ok(None), |row| row.int_opt(0))
}
