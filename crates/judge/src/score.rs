//! Judging a snapshot: scores, ranks, bands and everything said about them.
//!
//! Two passes: every task by itself, then what blockers inherit. Deliberately not here: what is written.

use crate::counterfactual::counterfactuals;
use crate::facts::{Context, Facts, Overlay};
use crate::rubric::Rubric;
use crate::signals::dependency_criticality;
use crate::{confidence, criterion, recommend};
use domain::{Band, Judgement, Moment, Points, RecommendedAction, Snapshot, Sprint, Task, TaskGid};
use std::collections::BTreeMap;

/// Score and band of the last judgement, by task: what hysteresis remembers.
pub type Memory = BTreeMap<TaskGid, (Points, Band)>;

/// Judges every open task of the snapshot; the result is in rank order.
pub fn judge(snapshot: &Snapshot, rubric: &Rubric, now: Moment, memory: &Memory) -> Vec<Judgement> {
    let cx = Context::new(snapshot, rubric, now);
    let inherited = inherited(&cx);
    let open = snapshot.tasks.iter().enumerate().filter(|(_, task)| !task.completed);
    let mut judgements: Vec<Judged> = open
        .map(|(at, task)| {
            let facts = Facts { cx: &cx, task, at, overlay: None, inherited: inherited[at], texts: true };
            judge_task(&facts, memory.get(&task.gid).map(|(_, band)| *band))
        })
        .collect();
    judgements.sort_by(|a, b| order(&snapshot.tasks, a, b));
    for (at, judged) in judgements.iter_mut().enumerate() {
        judged.judgement.rank = at + 1;
    }
    recommend::recommend(&mut judgements, snapshot, now.at, rubric.sprint().next_tasks);
    judgements.into_iter().map(|judged| judged.judgement).collect()
}

/// What each task inherits from what it blocks, 0–1.
pub(crate) fn inherited(cx: &Context) -> Vec<f64> {
    let tasks = cx.snapshot.tasks.iter().enumerate();
    let own: Vec<f64> = tasks.map(|(at, task)| own_strength(cx, at, task)).collect();
    cx.graph.inherit(&own)
}

/// A judgement on its way to its rank.
pub(crate) struct Judged {
    pub judgement: Judgement,
    /// Position of the task in the snapshot.
    pub at: usize,
    /// How much is known of the task, 0–1.
    pub known: f64,
}

/// The score of a task under some facts.
pub(crate) fn total(facts: &Facts) -> Points {
    facts.cx.criteria.iter().map(|c| criterion::points(c, facts)).sum()
}

/// Strength of a task by itself, 0–1: its score over the most it could have without inheriting.
fn own_strength(cx: &Context, at: usize, task: &Task) -> f64 {
    // What somebody writes into one task must not move another through a dependency.
    let facts = Facts { cx, task, at, overlay: None, inherited: 0.0, texts: false };
    let inherits: f64 = cx.criteria.iter().filter(|c| only_inherits(c)).map(|c| c.weight).sum();
    let sum: f64 = cx.criteria.iter().map(|c| c.weight * criterion::strength(c, &facts)).sum();
    if inherits < 1.0 { sum / (1.0 - inherits) } else { 0.0 }
}

fn only_inherits(criterion: &crate::Criterion) -> bool {
    match &criterion.source {
        crate::Source::Signals { shares, .. } => {
            shares.iter().all(|(s, _)| s.name == dependency_criticality::NAME)
        }
        crate::Source::Formula { .. } => false,
    }
}

fn judge_task(facts: &Facts, had: Option<Band>) -> Judged {
    let rubric = facts.cx.rubric;
    let tasks = &facts.cx.snapshot.tasks;
    let contributions: Vec<_> = facts.cx.criteria.iter().map(|c| criterion::contribution(c, facts)).collect();
    let score: Points = contributions.iter().map(|c| c.points).sum();
    let band = rubric.bands().with_memory(score, had);
    let (missing, coverage) = coverage(facts);
    let known = confidence::known(facts, coverage);
    let gid = |i: &usize| tasks[*i].gid.clone();
    let judgement = Judgement {
        task: facts.task.gid.clone(),
        name: facts.task.name.clone(),
        rank: 0,
        score,
        band,
        confidence: confidence::confidence(facts, known, score.to_f64() / 100.0),
        sprint: Sprint::Backlog,
        action: RecommendedAction::Keep,
        contributions,
        missing,
        waits_for: waits_for(facts),
        cycle: facts.cx.graph.cycle(facts.at).iter().map(gid).collect(),
        counterfactuals: counterfactuals(facts, score, band),
        findings: facts.cx.snapshot.evidence.tasks.get(&facts.task.gid).cloned().unwrap_or_default(),
    };
    Judged { judgement, at: facts.at, known }
}

/// Open tasks it waits for: those of the project, and outside ones that Asana says are open.
fn waits_for(facts: &Facts) -> Vec<TaskGid> {
    let tasks = &facts.cx.snapshot.tasks;
    let mut gids: Vec<TaskGid> =
        facts.cx.graph.blockers(facts.at).iter().map(|i| tasks[*i].gid.clone()).collect();
    let outside =
        facts.task.dependencies.iter().filter(|d| d.completed == Some(false) && !gids.contains(&d.gid));
    let outside: Vec<TaskGid> = outside.map(|d| d.gid.clone()).collect();
    gids.extend(outside);
    gids
}

fn coverage(facts: &Facts) -> (Vec<domain::Missing>, f64) {
    let mut missing = vec![];
    let mut known = 0.0;
    for c in facts.cx.rubric.criteria() {
        let (absent, covered) = criterion::coverage(c, facts);
        missing.extend(absent);
        known += c.weight * covered;
    }
    (missing, known)
}

/// Higher score, then surer, then older, then the smaller gid: a total order, the same on every machine.
fn order(tasks: &[Task], a: &Judged, b: &Judged) -> std::cmp::Ordering {
    let (task_a, task_b) = (&tasks[a.at], &tasks[b.at]);
    (b.judgement.score.cmp(&a.judgement.score))
        .then(b.judgement.confidence.percent.cmp(&a.judgement.confidence.percent))
        .then(task_a.created_at.cmp(&task_b.created_at))
        .then(task_a.gid.numeric_key().cmp(&task_b.gid.numeric_key()))
}

/// The score of a task with one thing imagined to be different.
pub(crate) fn imagined(facts: &Facts, overlay: &Overlay) -> Points {
    total(&Facts { overlay: Some(overlay), ..*facts })
}
