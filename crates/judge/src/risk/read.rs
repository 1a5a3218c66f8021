//! The network of a snapshot.
//!
//! Efforts are a person's number with the default spread, else what was learned with its interval; nobody's number of either
//! kind leaves a task without. Days become hours at eight a working day, as everywhere.
//! Deliberately not here: people's hours, which the caller reckons (`capacity`).

use super::{Network, Node, Spread, Worker};
use crate::facts::{Context, Facts, MINUTES_PER_WORKING_DAY};
use crate::rubric::Rubric;
use domain::{Moment, Snapshot, TaskGid, UserGid};
use std::collections::{BTreeMap, HashMap};

/// Hours by task.
pub type Efforts = BTreeMap<TaskGid, Spread>;

/// What each open task takes, as far as a person or a learned model says so.
#[must_use]
pub fn efforts(snapshot: &Snapshot, rubric: &Rubric, now: Moment) -> Efforts {
    let cx = Context::new(snapshot, rubric, now);
    let open = snapshot.tasks.iter().enumerate().filter(|(_, task)| !task.completed);
    let known = open.filter_map(|(at, task)| {
        let facts = Facts { cx: &cx, task, at, overlay: None, inherited: 0.0, texts: true };
        let hours = facts.effort_days()? * MINUTES_PER_WORKING_DAY / 60.0;
        let spread = match facts.learned_effort() {
            Some(found) if found.effort > 0.0 => {
                let unit = hours / found.effort;
                Spread::of(hours, (found.low * unit, found.high * unit), found.coverage)
            }
            _ => Spread::usual(hours),
        };
        Some((task.gid.clone(), spread?))
    });
    known.collect()
}

/// The open tasks of a snapshot. `nobody` are the hours of whoever takes a task that nobody has, and of owners who are not among
/// `people`.
#[must_use]
pub fn network(
    snapshot: &Snapshot,
    efforts: &Efforts,
    now: Moment,
    mut people: Vec<Worker>,
    nobody: Vec<f64>,
) -> Network {
    let open: Vec<&domain::Task> = snapshot.tasks.iter().filter(|task| !task.completed).collect();
    let at: HashMap<&TaskGid, usize> = open.iter().enumerate().map(|(at, task)| (&task.gid, at)).collect();
    let strangers = open.iter().filter_map(|task| task.assignee.as_ref());
    for owner in strangers {
        if !people.iter().any(|known| known.person.gid == owner.gid) {
            people.push(Worker { person: owner.clone(), hours: nobody.clone() });
        }
    }
    let owners: HashMap<&UserGid, usize> =
        people.iter().enumerate().map(|(at, worker)| (&worker.person.gid, at)).collect();
    let mut tasks: Vec<Node> = open
        .iter()
        .map(|task| Node {
            task: task.gid.clone(),
            name: task.name.clone(),
            owner: task.assignee.as_ref().and_then(|person| owners.get(&person.gid)).copied(),
            effort: efforts.get(&task.gid).copied(),
            starts: task.start_on,
            due: task.due_on,
            waits_for: task.dependencies.iter().filter_map(|d| at.get(&d.gid)).copied().collect(),
            outside: task
                .dependencies
                .iter()
                .filter(|d| d.completed == Some(false) && !at.contains_key(&d.gid))
                .map(|d| d.gid.clone())
                .collect(),
        })
        .collect();
    for (blocker, task) in open.iter().enumerate() {
        for dependent in task.dependents.iter().filter_map(|gid| at.get(gid)) {
            tasks[*dependent].waits_for.push(blocker);
        }
    }
    Network { today: now.today, tasks, people, nobody }
}
