//! `upnext eval type`: what a request asks for, one classifier a pair of `X_train` and `X_test` tables.
//!
//! Learns from the pair's training rows only, as triage does. A test table without its training table gets no labels.

use super::rows::{Predictions, Row, Table};
use crate::cli::Eval;
use judge::learn::classify::{Classifier, Document, Example};
use judge::learn::triage;

/// `id,label,probability` for every row of the test tables; the probability is the one stated of the label.
pub(super) fn predictions(tables: &[Table], args: &Eval) -> Predictions {
    let mut out = Predictions { columns: vec!["id", "label", "probability"], rows: Vec::new() };
    for test in tables {
        let Some(stem) = test.name.strip_suffix("_test") else { continue };
        let Some(train) = tables.iter().find(|table| table.name.strip_suffix("_train") == Some(stem)) else {
            continue;
        };
        let model = Classifier::fit(&examples(train), &triage::recipe(train.rows.len()), args.seed);
        out.rows.extend(test.rows.iter().map(|row| {
            let guess = model.guess(&document(row));
            let (label, probability) = guess.best().unwrap_or_default();
            vec![row.text("id").to_owned(), label.to_owned(), probability.to_string()]
        }));
    }
    out
}

fn examples(table: &Table) -> Vec<Example<'_>> {
    let example =
        |row| Example { document: document(row), label: Row::text(row, "label"), weight: 1.0, own: true };
    table.rows.iter().map(example).collect()
}

fn document(row: &Row) -> Document<'_> {
    Document { title: row.text("title"), body: row.text("body"), facts: &[] }
}
