//! `upnext eval velocity`: what sprints deliver beyond their commitment, asked at 0, 30, 50 and 80 % of their time.
//!
//! A table named `PROJECT_iteration_T` holds one row a board and sprint; a sprint listed under several boards counts once, by
//! the board that began with most tasks. Sprints come in the order of their numbers; the last three tenths are predicted,
//! each from all before it. Deliberately unread: the tables of the sprints' issues, because they list issues that joined after
//! the moment of asking.

use super::rows::{Predictions, Row, Table};
use crate::cli::Mode;
use judge::learn::velocity::{History, Load, Sprint};
use std::collections::BTreeMap;

/// Share of the sprints that is only learned from, in hundredths.
const LEARNED: usize = 70;
/// Sprints between two fits: a fit for each would take five times as long.
const REFIT: usize = 5;

/// Predicts the last sprints of every table of sprints.
pub(super) fn predict(tables: &[Table], mode: Mode, seed: u64) -> Predictions {
    let named = tables.iter().filter_map(|table| {
        let (project, at) = table.name.split_once("_iteration_")?;
        Some((table, project, at))
    });
    let rows = named.flat_map(|(table, project, at)| {
        let sprint = move |(id, pred): (String, f64)| {
            vec![project.to_owned(), at.to_owned(), id, format!("{pred:.4}")]
        };
        of_table(table, mode, seed).into_iter().map(sprint)
    });
    Predictions { columns: vec!["project", "t", "sprintid", "pred"], rows: rows.collect() }
}

fn of_table(table: &Table, mode: Mode, seed: u64) -> Vec<(String, f64)> {
    let mut sprints: BTreeMap<i64, &Row> = BTreeMap::new();
    for row in table.rows.iter().filter(|row| row.number("vel_diff").is_some()) {
        let kept = sprints.entry(number(row, "sprintid") as i64).or_insert(row);
        if number(row, "no_issue_starttime") > number(kept, "no_issue_starttime") {
            *kept = row;
        }
    }
    let first = sprints.len() * LEARNED / 100;
    let mut history = History::default();
    let mut fitted = history.fit(seed);
    let mut out = Vec::new();
    for (nth, row) in sprints.values().enumerate() {
        let sprint = sprint(row);
        if nth >= first {
            if nth == first || (mode == Mode::Rolling && (nth - first).is_multiple_of(REFIT)) {
                fitted = history.fit(seed);
            }
            let forecast = history.forecast(&fitted, &sprint);
            out.push((row.text("sprintid").to_owned(), forecast.difference));
        }
        if nth < first || mode == Mode::Rolling {
            history.add(sprint, number(row, "vel_diff"));
        }
    }
    out
}

fn sprint(row: &Row) -> Sprint {
    let load = |tasks: &str, points: &str| Load { tasks: number(row, tasks), points: number(row, points) };
    Sprint {
        team: row.text("boardid").to_owned(),
        days: number(row, "planday"),
        committed: load("no_issue_starttime", "vel_starttime"),
        added: load("no_issue_added", "vel_added"),
        removed: load("no_issue_removed", "vel_removed"),
        open: load("no_issuetodo", "vel_todo"),
        doing: load("no_issueinprogress", "vel_inprogress"),
        done: load("no_issuedone", "vel_done"),
        admins: number(row, "no_admin"),
        people: number(row, "no_teammember"),
    }
}

fn number(row: &Row, column: &str) -> f64 {
    row.number(column).unwrap_or_default()
}
