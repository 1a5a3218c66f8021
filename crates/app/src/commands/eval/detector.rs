//! `upnext eval detector` and `upnext eval unseen`: the weights by which a sentence reads like a request to an assistant, fitted
//! anew; and what they find of kinds of attacks they were fitted without.
//!
//! The data are texts (`text`, `label`, `category`), of which those labelled `1` or `attack` are attacks; `--train` holds tasks
//! (`title`, `description`) that are none. Deliberately not here: measuring the weights in use (`injection`).

use super::rows::{self, Predictions, Row, Table};
use crate::cli::Eval;
use crate::exit::UsageError;
use judge::learn::injection::{Text, fit, found_unseen};

/// `feature,weight`, in the order of the features.
pub(super) fn weights(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let tasks = tasks(args)?;
    let fitted = fit(&texts(tables, &tasks), args.seed);
    let rows = fitted.weights().iter().map(|(feature, weight)| vec![feature.clone(), format!("{weight:.2}")]);
    Ok(Predictions { columns: vec!["feature", "weight"], rows: rows.collect() })
}

/// `kind,flagged,texts`, a row a kind of attack.
pub(super) fn unseen(tables: &[Table], args: &Eval) -> anyhow::Result<Predictions> {
    let tasks = tasks(args)?;
    let found = found_unseen(&texts(tables, &tasks), args.seed).into_iter();
    let rows = found.map(|(kind, flagged, all)| vec![kind.to_owned(), flagged.to_string(), all.to_string()]);
    Ok(Predictions { columns: vec!["kind", "flagged", "texts"], rows: rows.collect() })
}

/// The texts of tasks.
fn tasks(args: &Eval) -> anyhow::Result<Vec<String>> {
    let folder =
        args.train.as_ref().ok_or_else(|| UsageError("this needs --train DIR, with tasks".to_owned()))?;
    let tables = rows::read(folder)?;
    let rows = tables.iter().flat_map(|table| &table.rows);
    Ok(rows.map(|row| format!("{}\n{}", row.text("title"), row.text("description"))).collect())
}

fn texts<'a>(tables: &'a [Table], tasks: &'a [String]) -> Vec<Text<'a>> {
    let told = tables.iter().flat_map(|table| &table.rows).map(|row: &'a Row| Text {
        text: row.text("text"),
        is_attack: ["1", "attack"].contains(&row.text("label")),
        kind: row.text("category"),
    });
    told.chain(tasks.iter().map(|text| Text { text, is_attack: false, kind: "" })).collect()
}
