//! `upnext eval injection`: which texts speak to the machine instead of to people.
//!
//! Rows are texts (`id`, `text`) or tasks (`id`, `title`, `description`). Nothing is learned here.

use super::rows::{Predictions, Row, Table};
use judge::learn::injection::inspect;

/// Inspects every row.
pub(super) fn predict(tables: &[Table]) -> Predictions {
    let rows = tables.iter().flat_map(|table| &table.rows).map(|row| {
        let found = inspect(&text(row));
        let flag = u8::from(found.flagged);
        vec![row.text("id").to_owned(), format!("{:.4}", found.score), flag.to_string()]
    });
    Predictions { columns: vec!["id", "score", "flag"], rows: rows.collect() }
}

fn text(row: &Row) -> String {
    match row.text("text") {
        "" => format!("{}\n{}", row.text("title"), row.text("description")),
        text => text.to_owned(),
    }
}
