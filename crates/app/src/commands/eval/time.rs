//! `upnext eval time`: minutes in progress, from story points and texts.
//!
//! A row is history for a question only once it is resolved before the question was created. Rows of under five minutes
//! teach nothing: they were moved through the board at once, not worked on.
//! Known limit: projects whose history is too short for an estimate have rows without predictions.

use super::effort::{labels, question};
use super::rows::{Predictions, Row, Table};
use crate::cli::{Eval, Mode};
use judge::learn::effort::{EffortModel, Finished, Question, Scale, Settings};

/// Fewest minutes that were work.
const FEWEST_MINUTES: f64 = 5.0;

/// Estimates every test row of every project.
pub(super) fn run(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let mut rows = Vec::new();
    for table in tables {
        rows.extend(project(table, args)?);
    }
    Ok(Predictions { columns: vec!["project", "issuekey", "pred_min", "lo_min", "hi_min"], rows })
}

fn project(table: &Table, args: &Eval) -> anyhow::Result<Vec<Vec<String>>> {
    let settings = Settings { scale: Scale::Ratio, seed: args.seed, ..Settings::default() };
    let mut model = EffortModel::new(settings);
    let mut resolved = history(table, args.mode).into_iter().peekable();
    let mut questions: Vec<&Row> = table.rows.iter().filter(|row| row.text("split") == "test").collect();
    questions.sort_by_key(|row| row.text("created"));
    let mut out = Vec::new();
    for row in questions {
        while let Some((done, effort)) =
            resolved.next_if(|(done, _)| done.text("resolved") < row.text("created"))
        {
            let labels = labels(done);
            model.observe(&Finished { id: done.text("issuekey"), task: sized(done, &labels), effort })?;
        }
        if let Ok(estimate) = model.estimate(&sized(row, &labels(row))) {
            let numbers = [estimate.effort, estimate.low, estimate.high].map(|number| number.to_string());
            let names = [table.name.clone(), row.text("issuekey").to_owned()];
            out.push(names.into_iter().chain(numbers).collect());
        }
    }
    Ok(out)
}

/// Rows that may teach, with their minutes, in the order they were resolved; times sort as text.
fn history(table: &Table, mode: Mode) -> Vec<(&Row, f64)> {
    let teaches = |row: &&Row| {
        !row.text("resolved").is_empty() && (mode == Mode::Rolling || row.text("split") != "test")
    };
    let minutes = |row: &Row| row.number("in_progress_min").filter(|minutes| *minutes >= FEWEST_MINUTES);
    let worked = table.rows.iter().filter(teaches).filter_map(|row| Some((row, minutes(row)?)));
    let mut rows: Vec<(&Row, f64)> = worked.collect();
    rows.sort_by_key(|(row, _)| row.text("resolved"));
    rows
}

fn sized<'a>(row: &'a Row, labels: &'a [&'a str]) -> Question<'a> {
    Question { size: row.number("storypoint"), ..question(row, labels) }
}
