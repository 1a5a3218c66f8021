//! `upnext eval priority`: the order of urgency, project by project.
//!
//! `split` learns once from the rows marked train and valid. `rolling` learns again every [`AGAIN`] rows from all earlier
//! ones and knows the priorities given to them, as a running service does. Only what is there when a task is created is
//! used: votes, watches, comments and flags are not read, nor a label that a robot sets once work has begun.

use super::rows::{Predictions, Row, Table};
use crate::cli::{Eval, Mode};
use judge::learn::classify::Document;
use judge::learn::priority::{Order, Ranked, Settings, Urgency, momentum};
use std::collections::BTreeMap;

/// Rows after which `rolling` learns again: about as often as a service that learns nightly.
const AGAIN: usize = 50;
/// Set when a change is offered, so after the fact.
const ROBOTS_LABEL: &str = "pull-request-available";

/// A task as the model sees it.
struct Task<'a> {
    row: &'a Row,
    facts: Vec<String>,
    rank: usize,
}

impl Task<'_> {
    fn document(&self) -> Document<'_> {
        Document { title: self.row.text("title"), body: self.row.text("description"), facts: &self.facts }
    }
}

/// `suite,id,score,label` for every test row.
pub(super) fn predictions(tables: &[Table], args: &Eval) -> Predictions {
    let rows = tables.iter().flat_map(|table| project(table, args)).collect();
    Predictions { columns: vec!["suite", "id", "score", "label"], rows }
}

fn project(table: &Table, args: &Eval) -> Vec<Vec<String>> {
    // History comes first in either case; the rows are in the order of time within it.
    let (test, history): (Vec<&Row>, Vec<&Row>) =
        table.rows.iter().partition(|row| row.text("split") == "test");
    let known = history.len();
    let tasks: Vec<Task<'_>> = history.into_iter().chain(test).map(task).collect();
    let ranks: Vec<usize> = tasks.iter().map(|task| task.rank).collect();
    let mut order = Order::default();
    let mut out = Vec::new();
    for at in known..tasks.len() {
        let earlier = if args.mode == Mode::Rolling { at } else { known };
        if at == known || (args.mode == Mode::Rolling && (at - known).is_multiple_of(AGAIN)) {
            order = learn(&tasks[..earlier], args.seed);
        }
        let urgency = order.urgency(&tasks[at].document());
        let score = urgency.score + momentum(&ranks[..earlier]);
        let label = label(&tasks[..earlier], &urgency);
        out.push(vec![table.folder.clone(), tasks[at].row.text("id").to_owned(), score.to_string(), label]);
    }
    out
}

fn learn(earlier: &[Task<'_>], seed: u64) -> Order {
    let history: Vec<Ranked<'_>> =
        earlier.iter().map(|task| Ranked { document: task.document(), rank: task.rank }).collect();
    Order::fit(&history, &Settings::default(), seed)
}

fn task(row: &Row) -> Task<'_> {
    let mut facts = vec![format!("type: {}", row.text("type"))];
    for (column, name) in [("components", "component"), ("component", "component"), ("labels", "label")] {
        let parts = row.text(column).split([';', ',', '|']).map(str::trim);
        facts.extend(
            parts
                .filter(|part| !part.is_empty() && *part != ROBOTS_LABEL)
                .map(|part| format!("{name}: {part}")),
        );
    }
    Task { row, facts, rank: row.number("priority_rank").unwrap_or(0.0).max(0.0) as usize }
}

/// The earlier rows' name of the most probable rank.
fn label(earlier: &[Task<'_>], urgency: &Urgency) -> String {
    let names: BTreeMap<usize, &str> =
        earlier.iter().map(|task| (task.rank, task.row.text("priority"))).collect();
    let likely = urgency.ranks.iter().enumerate().filter(|(rank, _)| names.contains_key(rank));
    let best = likely.max_by(|a, b| a.1.total_cmp(b.1));
    best.and_then(|(rank, _)| names.get(&rank)).map_or_else(String::new, |name| (*name).to_owned())
}
