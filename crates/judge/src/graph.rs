//! The dependency graph of the open tasks: who blocks whom, cycles, and what a blocker inherits.
//!
//! A task inherits from what it blocks: `1 − Π (1 − DAMPING · strength)` over its direct dependents, where a dependent's
//! strength is its own or what it inherits itself, whichever is larger, to a depth of `DEPTH`. More and more urgent
//! dependents raise it, no number of trifles brings it to 1. Edges inside a cycle carry nothing: the cycle is reported.
//! Deliberately not here: dates (slack over a chain comes with risk).

use domain::{Task, TaskGid};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeSet, HashMap};

/// Share of a dependent's strength that reaches its blocker. One half: a blocker of one P0 is worth about a P2 by that
/// alone, of three P0s about a P1.
const DAMPING: f64 = 0.5;

/// Links followed. Five halvings leave 3 % of the strength: further ones could not be seen in a tenth of a point.
const DEPTH: usize = 5;

/// The graph by task position in the snapshot.
pub(crate) struct Graph {
    /// Tasks that wait for the task, direct, inside the project, outside its own cycle.
    dependents: Vec<Vec<usize>>,
    /// Open tasks of the project the task waits for.
    blockers: Vec<Vec<usize>>,
    /// The tasks of the cycle the task is in, itself included; empty when in none.
    cycles: Vec<Vec<usize>>,
}

impl Graph {
    pub fn of(tasks: &[Task]) -> Graph {
        let at: HashMap<&TaskGid, usize> = tasks.iter().enumerate().map(|(i, t)| (&t.gid, i)).collect();
        let mut edges: BTreeSet<(usize, usize)> = BTreeSet::new(); // (blocker, dependent)
        for (i, task) in tasks.iter().enumerate() {
            edges.extend(task.dependencies.iter().filter_map(|d| at.get(&d.gid)).map(|b| (*b, i)));
            edges.extend(task.dependents.iter().filter_map(|d| at.get(d)).map(|d| (i, *d)));
        }
        edges.retain(|(a, b)| !tasks[*a].completed && !tasks[*b].completed);
        let cycles = cycles(tasks.len(), &edges);
        let mut graph =
            Graph { dependents: vec![vec![]; tasks.len()], blockers: vec![vec![]; tasks.len()], cycles };
        for (blocker, dependent) in edges {
            if !graph.cycles[blocker].contains(&dependent) {
                graph.dependents[blocker].push(dependent);
            }
            graph.blockers[dependent].push(blocker);
        }
        graph
    }

    /// Whether any task inherits from another.
    pub fn has_links(&self) -> bool {
        self.dependents.iter().any(|d| !d.is_empty())
    }

    /// Open tasks of the project that this one waits for.
    pub fn blockers(&self, task: usize) -> &[usize] {
        &self.blockers[task]
    }

    /// The cycle the task is in.
    pub fn cycle(&self, task: usize) -> &[usize] {
        &self.cycles[task]
    }

    /// What every task inherits, 0–1, given each task's own strength, 0–1.
    pub fn inherit(&self, own: &[f64]) -> Vec<f64> {
        let mut inherited = vec![0.0; own.len()];
        for _ in 0..DEPTH {
            inherited = (0..own.len()).map(|task| self.inherited_by(task, own, &inherited)).collect();
        }
        inherited
    }

    fn inherited_by(&self, task: usize, own: &[f64], inherited: &[f64]) -> f64 {
        let left = self.dependents[task].iter().map(|d| 1.0 - DAMPING * own[*d].max(inherited[*d]));
        1.0 - left.product::<f64>()
    }

    /// Every task that waits for this one, direct or not, to `DEPTH`.
    pub fn reach(&self, task: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut edge: Vec<usize> = vec![task];
        for _ in 0..DEPTH {
            let next: BTreeSet<usize> =
                edge.iter().flat_map(|t| self.dependents[*t].iter().copied()).collect();
            edge = next.into_iter().filter(|t| reached.insert(*t)).collect();
        }
        reached
    }
}

/// For every task the members of its cycle (strongly connected component), empty when it is in none.
fn cycles(count: usize, edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, edges.len());
    for _ in 0..count {
        graph.add_node(());
    }
    for (from, to) in edges {
        graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), ());
    }
    let mut cycles = vec![vec![]; count];
    for component in petgraph::algo::tarjan_scc(&graph) {
        let mut members: Vec<usize> = component.iter().map(|n| n.index()).collect();
        members.sort_unstable();
        if members.len() > 1 || edges.contains(&(members[0], members[0])) {
            for member in &members {
                cycles[*member] = members.clone();
            }
        }
    }
    cycles
}
