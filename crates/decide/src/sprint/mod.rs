//! Which tasks a sprint takes, and who does them: the most value that people's hours, skills and dependencies allow.
//!
//! An integer programme. A Lagrangean relaxation gives a bound no plan can exceed; greedy insertion, ruin and recreate (Schrimpf et
//! al. 2000), single steps and hours left over brought together give the plan; small programmes are solved exactly, larger ones with
//! the feature `highs`. What is left between plan and bound is told, never hidden. A scenario is the same function with other inputs.
//! Deliberately not here: what people's hours are (`judge::capacity`), what tasks are worth (`judge`), and any write.
//! Known limits: work can be interrupted; a task has one assignee; the effort of a task does not depend on who does it.

mod bound;
mod check;
mod exact;
mod explain;
mod model;
mod place;
mod polish;
mod preview;
mod repack;
mod search;
mod timeline;
mod velocity;
mod write;

pub use check::{check_sprint, check_sprint_of};
pub use explain::{Binding, Left, Why, difference};
pub use place::{Place, SPRINT_PROJECT, places};
pub(crate) use place::{new_project, project_of};
pub use preview::{PREVIEW_MARKER, plan_sprint_preview, preview_text};
pub use velocity::{PastSprint, Planned, SPANS, Velocity, is_numbered, past_sprints, velocity};
pub use write::{Filled, FilledTask, plan_filled_sprint};

use domain::{Person, TaskGid};
use judge::risk::Spread;
use model::Model;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Single steps for each round of improvement, and at most for each candidate: a small backlog has few plans to walk among.
const STEPS: (usize, usize) = (100, 20_000);
/// Rounds of improvement for each in which hours left over are brought together; the most of these for each candidate, after which hardly
/// one finds anything; and the most over people, each of whom takes some 25 µs of it: two seconds in all.
const REPACKED: (usize, usize, usize) = (10, 20, 72_000);

/// A task that may be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The task.
    pub task: TaskGid,
    /// Its name, for people.
    pub name: String,
    /// What it is worth, 0 or more: its score.
    pub value: f64,
    /// The hours it takes.
    pub effort: Spread,
    /// The section it is in, for limits.
    pub section: Option<String>,
    /// Skills it asks for; empty asks for none.
    pub skills: BTreeSet<String>,
    /// Candidates it waits for, by place.
    pub waits_for: Vec<usize>,
    /// Names of open tasks it waits for that are no candidates.
    pub blocked_by: Vec<String>,
    /// Whether it must be taken.
    pub must: bool,
    /// Who has it now, by place among the people.
    pub owner: Option<usize>,
    /// Whether it stays with whoever has it, where they have the hours: what a sprint holds already.
    pub held: bool,
    /// Who an open question would give it to, by place among the people: what is held is planned for them until it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<usize>,
    /// Whether the last sprint held it.
    pub carried: bool,
}

/// Somebody who can be given tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seat {
    /// Who.
    pub person: Person,
    /// Free hours on every day of the sprint.
    pub hours: Vec<f64>,
    /// What they can do; none when nothing says so, which keeps nothing from them.
    pub skills: Option<BTreeSet<String>>,
    /// Whether they keep what they have and are given nothing else: they do not belong to the project.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_own: bool,
}

/// What a sprint is planned from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    /// The tasks that may be taken.
    pub candidates: Vec<Candidate>,
    /// The people.
    pub people: Vec<Seat>,
    /// The most tasks of a section, by its name.
    pub section_limits: BTreeMap<String, usize>,
    /// The most hours together, as the team's velocity allows; none when no history says so.
    pub velocity: Option<f64>,
    /// The probability with which each person is to finish what they are given, 0.5 to 0.999.
    pub finishing: f64,
    /// What it adds to a task's value, as a share of it, that whoever has it keeps it.
    pub continuity: f64,
    /// What it adds to a task's value, as a share of it, that the last sprint held it.
    pub carry_over: f64,
    /// Rounds of improvement: each removes part of the plan and fills it anew.
    pub rounds: usize,
    /// What chance in these rounds follows from.
    pub seed: u64,
}

impl Default for Wanted {
    /// Nobody and nothing; eighty percent, a tenth for continuity and for what is carried over, 60,000 rounds.
    fn default() -> Self {
        Self {
            candidates: vec![],
            people: vec![],
            section_limits: BTreeMap::new(),
            velocity: None,
            finishing: 0.8,
            continuity: 0.1,
            carry_over: 0.1,
            rounds: 60_000,
            seed: 1,
        }
    }
}

/// A task taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Taken {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// Its place among the candidates.
    #[serde(skip)]
    pub candidate: usize,
    /// Who does it, by place among the people.
    #[serde(skip)]
    pub seat: usize,
    /// Who does it.
    pub person: Person,
    /// Its value.
    pub value: f64,
    /// Hours it is expected to take.
    pub hours: f64,
    /// When it begins, in days of the sprint: 0 is the first morning.
    pub begins: f64,
    /// When it ends, in the same count.
    pub ends: f64,
}

/// How a plan was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// No plan is better.
    Optimal,
    /// No plan is better by more than the gap.
    Bounded,
}

/// A planned sprint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SprintPlan {
    /// The tasks taken, by person and begin.
    pub taken: Vec<Taken>,
    /// The value of the tasks taken, with what continuity and carrying over add.
    pub value: f64,
    /// What no plan exceeds.
    pub bound: f64,
    /// How far the plan may be from the best: `(bound − value) / bound`, 0–1.
    pub gap: f64,
    /// Whether the plan is known to be the best.
    pub proof: Proof,
    /// The value of the greedy plan it began with.
    pub greedy: f64,
    /// What holds the plan back, the dearest first.
    pub binding: Vec<Binding>,
    /// The tasks left out, the most valuable first, with why.
    pub left: Vec<Left>,
    /// What was taken for granted, in sentences.
    pub notes: Vec<String>,
}

/// Plans a sprint. The same wishes give the same plan.
#[must_use]
pub fn plan_sprint(wanted: &Wanted) -> SprintPlan {
    let mut model = Model::of(wanted);
    let greedy = search::greedy(&mut model);
    let relaxed = bound::bound(&model, greedy.value);
    let found = search::improve(&model, &relaxed.prices, &greedy, (wanted.rounds, wanted.seed));
    let steps = (STEPS.0 * wanted.rounds).min(STEPS.1 * model.len());
    let mut best = if close(found.value, relaxed.bound) {
        found
    } else {
        let found = polish::polish(&model, found, (steps, wanted.seed));
        let (each, most, over_people) = REPACKED;
        let rounds =
            (wanted.rounds / each).min(most * model.len()).min(over_people / model.hours.len().max(1));
        repack::repack(&model, &relaxed.prices, found, (rounds, wanted.seed))
    };
    let mut bound = relaxed.bound;
    let mut proof = Proof::Bounded;
    if !close(best.value, bound)
        && let Some(exact) = exact::solve(&model, &relaxed.prices, &best)
    {
        bound = bound.min(exact.bound);
        if exact.plan.value > best.value {
            best = exact.plan;
        }
    }
    // A solver that ran out of time may leave room as well as chance may.
    search::complete(&model, &mut best);
    if close(best.value, bound) {
        proof = Proof::Optimal;
    }
    bound = bound.max(best.value);
    let gap = if bound > 0.0 { (bound - best.value) / bound } else { 0.0 };
    SprintPlan {
        taken: timeline::taken(&model, &best),
        value: best.value,
        bound,
        gap,
        proof,
        greedy: greedy.value,
        binding: explain::binding(&model, &best, &relaxed.prices),
        left: explain::left(&model, &best),
        notes: model.notes,
    }
}

/// Whether nothing is left between a plan and a bound but rounding.
fn close(value: f64, bound: f64) -> bool {
    bound - value <= 1e-6 * (1.0 + bound.abs())
}
