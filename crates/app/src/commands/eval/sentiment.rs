//! `upnext eval sentiment`: the mood of texts, learned from the tables of `--train`.
//!
//! A table learns from the training table with the same stem (`X_test` from `X_train`) as its own texts and from all others
//! as borrowed ones; a table whose stem no training table has learns from all of them pooled. The label is the one for
//! macro-F1, where every label counts alike.

use super::rows::{self, Predictions, Row, Table};
use crate::cli::Eval;
use crate::exit::UsageError;
use judge::learn::sentiment::{Said, Sentiment};

/// `id,label` for every row that is not of a training table.
pub(super) fn predictions(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let folder = args.train.as_ref().ok_or_else(|| UsageError("sentiment needs --train DIR".to_owned()))?;
    let mut training = rows::read(folder)?;
    training.retain(|table| table.name.ends_with("_train"));
    let mut out = Predictions { columns: vec!["id", "label"], rows: Vec::new() };
    for table in tables.iter().filter(|table| !table.name.ends_with("_train")) {
        let (own, borrowed): (Vec<&Table>, Vec<&Table>) =
            training.iter().partition(|one| stem(&one.name) == stem(&table.name));
        let model = Sentiment::fit(&said(&own), &said(&borrowed), args.seed);
        out.rows.extend(
            table.rows.iter().map(|row| vec![row.text("id").to_owned(), model.even_label(row.text("text"))]),
        );
    }
    Ok(out)
}

fn stem(name: &str) -> &str {
    name.trim_end_matches("_train").trim_end_matches("_test")
}

fn said<'a>(tables: &[&'a Table]) -> Vec<Said<'a>> {
    let rows = tables.iter().flat_map(|table| &table.rows);
    rows.map(|row: &Row| Said { text: row.text("text"), label: row.text("label") }).collect()
}
