//! `upnext eval`: what the learned judgement makes of data whose answers are known.
//!
//! One file per suite: it turns rows into what `judge` learns from, row by row in the order of time, and writes one
//! prediction a row. Deliberately not here: scoring the predictions, which is done by whoever holds the answers.

mod assignee;
mod detector;
mod effort;
mod injection;
mod kind;
mod priority;
mod rows;
mod sentiment;
mod similar;
mod steering;
mod time;
mod velocity;

use crate::cli::{Eval, Suite};
use crate::exit::{Exit, UsageError};
use rows::write;

/// Runs a suite and writes its predictions.
///
/// # Errors
/// Data that cannot be read or lacks a column, or a file that cannot be written.
pub(super) fn run(json: bool, args: &Eval) -> anyhow::Result<Exit> {
    let tables = rows::read(&args.data)?;
    let predictions: rows::Predictions = match args.suite {
        Suite::Assignee => assignee::predict(&tables, args.mode),
        Suite::Detector => detector::weights(&tables, args)?,
        Suite::Unseen => detector::unseen(&tables, args)?,
        Suite::Injection => injection::predict(&tables),
        Suite::Similar => similar::predictions(&tables, args)?,
        Suite::Velocity => velocity::predict(&tables, args.mode, args.seed),
        Suite::Type => kind::predictions(&tables, args),
        Suite::Sentiment => sentiment::predictions(&tables, args)?,
        Suite::Priority => priority::predictions(&tables, args),
        Suite::Steering => steering::predictions(&tables, args)?,
        Suite::Effort => effort::run(&tables, args)?,
        Suite::Time => time::run(&tables, args)?,
    };
    if predictions.rows.is_empty() {
        let read: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        let problem = format!(
            "nothing to predict in {} ({}): the tables lack the columns of this suite, or hold no row that is tested; \
             `upnext eval --help` tells what each suite reads",
            args.data.display(),
            if read.is_empty() { "no table".to_owned() } else { read.join(", ") }
        );
        return Err(UsageError(problem).into());
    }
    write(&args.out, &predictions)?;
    if json {
        let read: Vec<String> =
            tables.iter().map(|table| format!("{}/{}", table.folder, table.name)).collect();
        say!(
            "{}",
            serde_json::json!({
                "suite": args.suite, "tables": read, "predictions": predictions.rows.len(), "out": args.out
            })
        );
    } else {
        say!("{} predictions in {}", predictions.rows.len(), args.out.display());
    }
    Ok(Exit::Ok)
}
