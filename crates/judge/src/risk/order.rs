//! The middle case: in which order everybody works, what is critical in it, and how much slack each task has.
//!
//! A serial schedule (Kelley 1963): of the tasks whose predecessors are placed, the one that can begin first is placed next;
//! of several, the one that is due first, and then the one that must end first for what waits for it. Latest ends go back from due dates and from the end of the last task, as the
//! critical path method does (Kelley and Walker 1959). Links inside a cycle are left out and reported.
//! Deliberately not here: chance.

use super::axis::Axis;
use super::spread::Spread;
use super::{Network, Settings};
use petgraph::graph::{DiGraph, NodeIndex};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What draws and reports work with.
pub(super) struct Prepared {
    /// The tasks in an order in which predecessors and the owner's earlier tasks come first.
    pub order: Vec<usize>,
    /// Predecessors by task, without links inside a cycle.
    pub waits_for: Vec<Vec<usize>>,
    /// The task its owner does before it.
    pub after: Vec<Option<usize>>,
    /// The axis of each task, by place in `axes`.
    pub owner: Vec<usize>,
    /// The axes of the people; the last is nobody's, where tasks do not wait for each other.
    pub axes: Vec<Axis>,
    /// The spread of each task.
    pub spreads: Vec<Spread>,
    /// The day each task may begin.
    pub begins: Vec<f32>,
    /// The day each task is due, counted from today; infinite for none.
    pub due: Vec<f32>,
    /// Tasks that wait for each other, cycle by cycle.
    pub cycles: Vec<Vec<usize>>,
    /// The end of each task in the middle case, in days.
    pub ends: Vec<f32>,
    /// The latest end that makes nothing late, in days.
    pub latest: Vec<f32>,
    /// The tasks that carry the end of the middle case, first to last.
    pub critical: Vec<usize>,
    /// What was taken for granted, in sentences.
    pub notes: Vec<String>,
}

impl Prepared {
    pub fn of(network: &Network, settings: &Settings) -> Prepared {
        let mut notes = vec![];
        let spreads = spreads(network, settings, &mut notes);
        let (waits_for, cycles) = links(network);
        let mut axes: Vec<Axis> = network.people.iter().map(|worker| Axis::new(&worker.hours)).collect();
        axes.push(Axis::new(&network.nobody));
        let nobody = network.people.len();
        let owner: Vec<usize> =
            network.tasks.iter().map(|t| t.owner.filter(|o| *o < nobody).unwrap_or(nobody)).collect();
        let begins = network.tasks.iter().map(|t| t.starts.map_or(0.0, |on| days(network, on).max(0.0)));
        let count = network.tasks.len();
        let mut prepared = Prepared {
            order: vec![],
            waits_for,
            after: vec![None; count],
            owner,
            axes,
            spreads,
            begins: begins.collect(),
            due: network
                .tasks
                .iter()
                .map(|t| t.due.map_or(f32::INFINITY, |due| days(network, due)))
                .collect(),
            cycles,
            ends: vec![0.0; count],
            latest: vec![f32::INFINITY; count],
            critical: vec![],
            notes,
        };
        prepared.latest_ends(network);
        prepared.place();
        prepared.latest_from_end(network);
        prepared.critical = prepared.path();
        prepared
    }

    fn dependents(&self) -> Vec<Vec<usize>> {
        let mut dependents = vec![vec![]; self.waits_for.len()];
        for (task, blockers) in self.waits_for.iter().enumerate() {
            blockers.iter().for_each(|blocker| dependents[*blocker].push(task));
        }
        dependents
    }

    /// Latest ends by the due dates alone: what the order of work looks at.
    fn latest_ends(&mut self, network: &Network) {
        self.latest_before(network, f32::INFINITY);
    }

    /// Latest ends by the due dates and the end of the middle case.
    fn latest_from_end(&mut self, network: &Network) {
        let end = self.ends.iter().copied().fold(0.0, f32::max);
        self.latest_before(network, end);
    }

    /// Goes through the tasks from the last to the first: a task must end before the latest begin of what waits for it.
    fn latest_before(&mut self, network: &Network, end: f32) {
        let dependents = self.dependents();
        for task in topological(&self.waits_for).into_iter().rev() {
            let own = network.tasks[task].due.map_or(end, |due| (days(network, due) + 1.0).max(0.0));
            let begins = dependents[task].iter().map(|next| {
                let axis = &self.axes[self.owner[*next]];
                let latest = self.latest[*next];
                if latest.is_infinite() {
                    return latest;
                }
                axis.moment(axis.hours(latest) - self.spreads[*next].middle as f32)
            });
            self.latest[task] = begins.fold(own, f32::min);
        }
    }

    /// Places every task, and with it the order.
    fn place(&mut self) {
        let dependents = self.dependents();
        let mut open: Vec<usize> = self.waits_for.iter().map(Vec::len).collect();
        let mut ready: Vec<f32> = self.begins.clone();
        let mut free: Vec<f32> = vec![0.0; self.axes.len()];
        let mut last: Vec<Option<usize>> = vec![None; self.axes.len()];
        // Whoever is free takes up what is ready and due first; without due dates, what others wait for.
        let (due, latest) = (self.due.clone(), self.latest.clone());
        let key = |begin: f32, task: usize| Reverse((bits(begin), bits(due[task]), bits(latest[task]), task));
        let unblocked = (0..open.len()).filter(|task| open[*task] == 0);
        let mut queue: BinaryHeap<_> = unblocked.map(|task| key(ready[task], task)).collect();
        while let Some(Reverse((begin, _, _, task))) = queue.pop() {
            let at = self.owner[task];
            let queues = at + 1 < self.axes.len() && self.spreads[task].middle > 0.0;
            let begins = if queues { ready[task].max(free[at]) } else { ready[task] };
            if bits(begins) > begin {
                queue.push(key(begins, task));
                continue;
            }
            let axis = &self.axes[at];
            let hours = self.spreads[task].middle as f32;
            let ends = if hours > 0.0 { axis.moment(axis.hours(begins) + hours) } else { begins };
            if queues {
                self.after[task] = last[at].replace(task);
                free[at] = ends;
            }
            self.ends[task] = ends;
            self.order.push(task);
            for next in &dependents[task] {
                ready[*next] = ready[*next].max(ends);
                open[*next] -= 1;
                if open[*next] == 0 {
                    queue.push(key(ready[*next], *next));
                }
            }
        }
    }

    /// From the last end back over what each task waited for longest.
    fn path(&self) -> Vec<usize> {
        let last = (0..self.ends.len()).max_by(|a, b| self.ends[*a].total_cmp(&self.ends[*b]).then(b.cmp(a)));
        let mut path: Vec<usize> = vec![];
        let mut at = last;
        while let Some(task) = at {
            path.push(task);
            let before = self.waits_for[task].iter().copied().chain(self.after[task]);
            let latest = before.max_by(|a, b| self.ends[*a].total_cmp(&self.ends[*b]).then(b.cmp(a)));
            at = latest.filter(|before| self.ends[*before] > self.begins[task]);
        }
        path.reverse();
        path
    }
}

/// Days from today to a date; before it when negative.
pub(super) fn days(network: &Network, date: jiff::civil::Date) -> f32 {
    date.duration_since(network.today).as_hours() as f32 / 24.0
}

/// Numbers of 0 or more in their order.
fn bits(of: f32) -> u32 {
    of.max(0.0).to_bits()
}

/// Every task's spread; where none is known, that of the middle of those that are.
fn spreads(network: &Network, settings: &Settings, notes: &mut Vec<String>) -> Vec<Spread> {
    let known = network.tasks.iter().filter_map(|t| t.effort).map(|e| e.middle).filter(|m| *m > 0.0);
    let middle = crate::learn::metrics::median(&known.collect::<Vec<_>>());
    let assumed = middle.unwrap_or(settings.assumed_hours);
    let usual = Spread::usual(assumed).unwrap_or(Spread { middle: 0.0, below: 0.0, above: 0.0 });
    let without = network.tasks.iter().filter(|task| task.effort.is_none()).count();
    if without > 0 {
        let why = if middle.is_some() { "the middle of those that have one" } else { "the default" };
        let all = network.tasks.len();
        notes.push(format!(
            "{without} of {all} tasks have no effort and are reckoned with {assumed:.1} h, {why}, between half and twice \
             of it four times of five"
        ));
    }
    network.tasks.iter().map(|task| task.effort.unwrap_or(usual)).collect()
}

/// Predecessors without links inside a cycle, and the cycles.
fn links(network: &Network) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let count = network.tasks.len();
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, count);
    (0..count).for_each(|_| {
        graph.add_node(());
    });
    for (task, node) in network.tasks.iter().enumerate() {
        for blocker in node.waits_for.iter().filter(|b| **b < count) {
            graph.add_edge(NodeIndex::new(*blocker), NodeIndex::new(task), ());
        }
    }
    let mut component = vec![0; count];
    let mut cycles = vec![];
    for (at, members) in petgraph::algo::tarjan_scc(&graph).into_iter().enumerate() {
        let mut members: Vec<usize> = members.into_iter().map(NodeIndex::index).collect();
        members.sort_unstable();
        members.iter().for_each(|member| component[*member] = at);
        if members.len() > 1 || network.tasks[members[0]].waits_for.contains(&members[0]) {
            cycles.push(members);
        }
    }
    cycles.sort();
    let kept = |task: usize| -> Vec<usize> {
        let blockers = network.tasks[task].waits_for.iter().copied();
        let mut kept: Vec<usize> =
            blockers.filter(|b| *b < count && component[*b] != component[task]).collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    };
    ((0..count).map(kept).collect(), cycles)
}

/// An order in which predecessors come first; the links have no cycle.
fn topological(waits_for: &[Vec<usize>]) -> Vec<usize> {
    let mut dependents = vec![vec![]; waits_for.len()];
    let mut open: Vec<usize> = waits_for.iter().map(Vec::len).collect();
    for (task, blockers) in waits_for.iter().enumerate() {
        blockers.iter().for_each(|blocker| dependents[*blocker].push(task));
    }
    let mut order: Vec<usize> = (0..open.len()).filter(|task| open[*task] == 0).collect();
    let mut at = 0;
    while at < order.len() {
        for next in &dependents[order[at]] {
            open[*next] -= 1;
            if open[*next] == 0 {
                order.push(*next);
            }
        }
        at += 1;
    }
    order
}
