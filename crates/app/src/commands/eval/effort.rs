//! `upnext eval effort`: story points of tasks from their texts.
//!
//! One table a project, rows in the order of creation. Deliberately not here: when points were set; a row counts as history
//! for every later row, as the published comparisons have it.

use super::rows::{Predictions, Row, Table};
use crate::cli::{Eval, Mode};
use anyhow::Context as _;
use judge::learn::effort::{EffortModel, Finished, Question, Settings};

/// Estimates every test row of every project.
pub(super) fn run(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let mut rows = Vec::new();
    for table in tables {
        rows.extend(project(table, args)?);
    }
    Ok(Predictions { columns: vec!["suite", "project", "issuekey", "pred", "lo", "hi"], rows })
}

fn project(table: &Table, args: &Eval) -> anyhow::Result<Vec<Vec<String>>> {
    let mut model = EffortModel::new(Settings { seed: args.seed, ..Settings::default() });
    let mut out = Vec::new();
    for row in &table.rows {
        let test = row.text("split") == "test";
        let labels = labels(row);
        let task = question(row, &labels);
        if let (true, Ok(estimate)) = (test, model.estimate(&task)) {
            let numbers = [estimate.effort, estimate.low, estimate.high].map(|number| number.to_string());
            out.push(
                [table.folder.clone(), table.name.clone(), row.text("issuekey").to_owned()]
                    .into_iter()
                    .chain(numbers)
                    .collect(),
            );
        }
        if let (true, Some(effort)) = (!test || args.mode == Mode::Rolling, row.number("storypoint")) {
            let id = row.text("issuekey");
            let observed = model.observe(&Finished { id, task, effort });
            observed.with_context(|| format!("{}, row {id}, column storypoint", table.name))?;
        }
    }
    Ok(out)
}

/// A row's components.
pub(super) fn labels(row: &Row) -> Vec<&str> {
    row.text("components").split(';').map(str::trim).filter(|label| !label.is_empty()).collect()
}

/// A row as it was when it was written.
pub(super) fn question<'a>(row: &'a Row, labels: &'a [&'a str]) -> Question<'a> {
    let kind = Some(row.text("type")).filter(|kind| !kind.is_empty());
    Question { title: row.text("title"), description: row.text("description"), kind, labels, size: None }
}
