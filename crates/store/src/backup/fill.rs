//! Filling a store whose schema is the backup's: all rows, or none.
//!
//! Deliberately not here: which store, and what becomes of the one that was there.

use super::file::{Item, Reader};
use super::make::columns;
use super::{Backup, Cell, Column, TABLES, Table, Told};
use crate::conn::{Arg, Tx, args};
use crate::{Store, StoreError};
use sqlx::AssertSqlSafe;
use std::path::Path;

/// Rows kept before they are put into the database, and the bytes of their line after which they go at once.
const ROWS: usize = 200;
const BYTES: usize = 4 * 1024 * 1024;

/// Puts a backup into an empty store, in one transaction.
pub(super) async fn fill(
    store: &Store,
    file: &Path,
    todo: &str,
    told: Told<'_>,
) -> Result<Backup, StoreError> {
    let mut reader = Reader::open(file)?;
    let mut tx = store.write().await?;
    if tx.is_postgres() {
        lock_tables(&mut tx).await?;
    }
    if holds_something(&mut tx).await? {
        return Err(StoreError::NotEmpty { place: tx.place.to_string(), todo: todo.into() });
    }
    let mut rows: Option<Rows> = None;
    while let Some(item) = reader.next()? {
        match (item, &mut rows) {
            (Item::Table(table), before) => {
                if let Some(before) = before.take() {
                    before.done(&mut tx).await?;
                }
                rows = Some(Rows::of(&mut tx, &reader, table).await?);
            }
            (Item::Row(row), Some(rows)) => rows.take(&mut tx, &reader, row, told).await?,
            (Item::Row(_), None) => return Err(reader.damaged("a row belongs to no table")),
        }
    }
    if let Some(last) = rows {
        last.done(&mut tx).await?;
    }
    let backup = reader.told()?;
    tx.commit().await?;
    Ok(backup)
}

/// Nobody else may begin anything in a database that is being filled.
async fn lock_tables(tx: &mut Tx) -> Result<(), StoreError> {
    let mut there = vec![];
    for &(name, _) in TABLES {
        if !columns(tx, name).await?.is_empty() {
            there.push(name);
        }
    }
    tx.exec("SET LOCAL lock_timeout = '10s'", vec![]).await?;
    let sql = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", there.join(", "));
    tx.exec(AssertSqlSafe(sql), vec![]).await?;
    Ok(())
}

/// Whether a store has any row that did not come with its schema.
pub(super) async fn holds_something(tx: &mut Tx) -> Result<bool, StoreError> {
    for &(name, _) in TABLES {
        if columns(tx, name).await?.is_empty() {
            continue;
        }
        let only = if name == "audit_head" { " WHERE entries > 0" } else { "" };
        let sql = AssertSqlSafe(format!("SELECT CAST(1 AS BIGINT) FROM {name}{only} LIMIT 1"));
        if !tx.rows(sql, vec![]).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows of one table on their way in.
struct Rows {
    table: Table,
    insert: String,
    waiting: Vec<Vec<Arg>>,
    bytes: usize,
    taken: u64,
}

impl Rows {
    async fn of(tx: &mut Tx, reader: &Reader, table: Table) -> Result<Rows, StoreError> {
        let sorted = |columns: &[Column]| {
            let mut columns = columns.to_vec();
            columns.sort();
            columns
        };
        let known = TABLES.iter().any(|&(name, _)| name == table.name);
        if !known || sorted(&columns(tx, &table.name).await?) != sorted(&table.columns) {
            return Err(reader.damaged(&format!("its table {} is not one of this schema", table.name)));
        }
        let list = table.columns.iter().map(|c| format!("\"{}\"", c.name)).collect::<Vec<_>>().join(", ");
        let own = if tx.is_postgres() { " OVERRIDING SYSTEM VALUE" } else { "" };
        let insert = format!("INSERT INTO {} ({list}){own}", table.name);
        Ok(Rows { table, insert, waiting: vec![], bytes: 0, taken: 0 })
    }

    async fn take(
        &mut self,
        tx: &mut Tx,
        reader: &Reader,
        row: Vec<Cell>,
        told: Told<'_>,
    ) -> Result<(), StoreError> {
        if row.len() != self.table.columns.len() {
            return Err(reader.damaged("a row has too few or too many values"));
        }
        if self.table.name == "audit_head" {
            tx.exec("DELETE FROM audit_head", vec![]).await?;
        }
        self.bytes += row.iter().map(size).sum::<usize>();
        let fits = row.into_iter().zip(&self.table.columns).map(|(cell, column)| cell.argument(column.kind));
        let fits = fits.collect::<Option<Vec<Arg>>>();
        self.waiting.push(fits.ok_or_else(|| reader.damaged("a value is not of its column's kind"))?);
        self.taken += 1;
        told(&self.table.name, self.taken);
        if self.waiting.len() >= ROWS || self.bytes >= BYTES {
            self.put(tx).await?;
        }
        Ok(())
    }

    async fn put(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.bytes = 0;
        tx.insert_rows(&self.insert, std::mem::take(&mut self.waiting), "").await?;
        Ok(())
    }

    /// The last rows, and the number the next one gets.
    async fn done(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.put(tx).await?;
        let Some(last) = self.table.last else { return Ok(()) };
        let name = self.table.name.as_str();
        if tx.is_postgres() {
            tx.rows("SELECT setval(pg_get_serial_sequence($1, 'seq'), $2)", args![name, last]).await?;
        } else {
            tx.exec("DELETE FROM sqlite_sequence WHERE name = $1", args![name]).await?;
            tx.exec("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", args![name, last]).await?;
        }
        Ok(())
    }
}

fn size(cell: &Cell) -> usize {
    match cell {
        Cell::Null | Cell::Int(_) => 8,
        Cell::Text(text) | Cell::Bytes { base64: text } => text.len(),
    }
}
