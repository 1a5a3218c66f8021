//! `upnext eval assignee`: who took each task, ranked before it is known.
//!
//! Tasks come in order; who took the earlier ones is known. With `--mode split` only the rows marked train and valid teach.

use super::rows::{Predictions, Row, Table};
use crate::cli::Mode;
use judge::learn::assignee::{History, Task};

/// People named for each task.
const MOST: usize = 20;

/// Ranks the people for every row marked test.
pub(super) fn predict(tables: &[Table], mode: Mode) -> Predictions {
    Predictions {
        columns: vec!["id", "ranking"],
        rows: tables.iter().flat_map(|table| of_project(table, mode)).collect(),
    }
}

fn of_project(table: &Table, mode: Mode) -> Vec<Vec<String>> {
    let mut history = History::default();
    let mut out = Vec::new();
    for row in &table.rows {
        let (components, labels) = (listed(row, "components"), listed(row, "labels"));
        let task = Task {
            id: row.text("id"),
            title: row.text("title"),
            body: row.text("description"),
            kind: row.text("type"),
            components: &components,
            labels: &labels,
        };
        let test = row.text("split") == "test";
        if test {
            let ranked = history.rank(&task, MOST);
            let people: Vec<&str> = ranked.iter().map(|of| of.person.as_str()).collect();
            out.push(vec![task.id.to_owned(), people.join(";")]);
        }
        if !test || mode == Mode::Rolling {
            history.learn(&task, row.text("assignee"));
        }
    }
    out
}

/// A column's parts. `pull-request-available` is left out: a robot sets it once the work is done.
fn listed<'a>(row: &'a Row, column: &str) -> Vec<&'a str> {
    let parts = row.text(column).split(';').map(str::trim);
    parts.filter(|part| !part.is_empty() && *part != "pull-request-available").collect()
}
