//! The portfolio: which projects and goals need attention first, taken apart into exact contributions.
//!
//! `priority = Σ points of the criteria`: the worth of a project's first tasks, and what puts it at risk (its date, other projects, its
//! budget, its goals). Points are integers of a tenth and never exceed a criterion's weight, whose tenths sum to 1,000: so the
//! priority is 0–100 and is the sum of what is shown. A criterion that is not known gives its weight to the others, and is named.
//! Deliberately not here: reading (`engine`), what is written (`decide`). Known limits: weights are set, not fitted; a project without
//! an open task has no priority.

mod criteria;
mod goals;
mod hours;

pub use criteria::{Budget, Criterion, Lateness, Waits};
pub use goals::{RankedGoal, rank_goals};
pub use hours::{Crew, DueTask, Offer, Shortage, shortages};

use domain::{Goal, Points, Project, ProjectGid, TaskGid};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// An open task with its score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// The task.
    pub task: TaskGid,
    /// Its name.
    pub name: String,
    /// 0–100.
    pub score: Points,
}

/// What is known of a project; `None` is "could not be read or told".
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectFacts {
    /// The project.
    pub project: Project,
    /// Its open tasks.
    pub tasks: Vec<Scored>,
    /// Its date and when its open tasks will be done.
    pub lateness: Option<Lateness>,
    /// Its tasks that wait for open tasks of other projects.
    pub waits: Option<Vec<Waits>>,
    /// Its budget.
    pub budget: Option<Budget>,
    /// The open goals it supports.
    pub goals: Option<Vec<Goal>>,
}

/// What a criterion adds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// The criterion.
    pub criterion: Criterion,
    /// Points, at most its weight.
    pub points: Points,
    /// The most it may add here.
    pub most: Points,
    /// Why, in a sentence.
    pub because: String,
    /// The tasks it rests on.
    pub tasks: Vec<TaskGid>,
}

/// What the priority would be if one thing were otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Without {
    /// The criterion whose points would be gone.
    pub criterion: Criterion,
    /// The priority then.
    pub priority: Points,
    /// The place then.
    pub place: usize,
}

/// A project's priority.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// The project.
    pub project: Project,
    /// Place, 1 is first.
    pub place: usize,
    /// 0–100.
    pub priority: Points,
    /// What it is the sum of, in the order of the criteria.
    pub contributions: Vec<Contribution>,
    /// Criteria that are not known, and why they count nothing.
    pub unknown: Vec<Criterion>,
    /// What it would be without each of the risks it has.
    pub without: Vec<Without>,
    /// The project right before it, and the points it lacks to stand level.
    pub behind: Option<(ProjectGid, Points)>,
    /// Days it is expected to end late; none without a date.
    pub late_days: Option<f64>,
    /// Open tasks.
    pub open: usize,
}

/// A task of any project, in one order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopTask {
    /// The task.
    #[serde(flatten)]
    pub scored: Scored,
    /// Its project, the first of the portfolio's order where it is in several.
    pub project: Project,
}

/// Ranks projects by the attention they need, highest first; level ones by gid.
#[must_use]
pub fn rank(projects: &[ProjectFacts], today: Date) -> Vec<Ranked> {
    let mut known: BTreeMap<&ProjectGid, &ProjectFacts> = BTreeMap::new();
    for facts in projects {
        known.entry(&facts.project.gid).or_insert(facts);
    }
    let mut ranked: Vec<Ranked> = known.into_values().map(|facts| one(facts, today)).collect();
    ranked.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.project.gid.cmp(&b.project.gid)));
    let order: Vec<(ProjectGid, Points)> =
        ranked.iter().map(|r| (r.project.gid.clone(), r.priority)).collect();
    for (at, project) in ranked.iter_mut().enumerate() {
        project.place = at + 1;
        project.behind = placed(&order, at, &mut project.without);
    }
    ranked
}

/// What is right before a place of an order and how far; the places without each risk are filled in.
fn placed<G: Ord + Clone>(order: &[(G, Points)], at: usize, without: &mut [Without]) -> Option<(G, Points)> {
    let (own, priority) = &order[at];
    for without in without {
        let others = order.iter().enumerate().filter(|(other, _)| *other != at);
        // Level ones keep their order by gid.
        let before = others.filter(|(_, (gid, points))| {
            (*points, std::cmp::Reverse(gid)) > (without.priority, std::cmp::Reverse(own))
        });
        without.place = before.count() + 1;
    }
    let (gid, points) = &order[at.checked_sub(1)?];
    Some((gid.clone(), *points - *priority))
}

fn one(facts: &ProjectFacts, today: Date) -> Ranked {
    let found =
        composed(Criterion::ALL.map(|criterion| (criterion, criterion.strength(facts, today))).into());
    Ranked {
        project: facts.project.clone(),
        place: 0,
        priority: found.priority,
        contributions: found.contributions,
        unknown: found.unknown,
        without: found.without,
        behind: None,
        late_days: facts.lateness.as_ref().and_then(Lateness::days),
        open: facts.tasks.len(),
    }
}

/// A priority with what it is the sum of.
struct Composed {
    priority: Points,
    contributions: Vec<Contribution>,
    unknown: Vec<Criterion>,
    without: Vec<Without>,
}

/// The sum of what each criterion adds; one that is not known gives its weight to the others.
fn composed(found: Vec<(Criterion, Option<criteria::Strength>)>) -> Composed {
    let known: Vec<Criterion> = found.iter().filter(|(_, s)| s.is_some()).map(|(c, _)| *c).collect();
    let weights = shared(&known);
    let mut contributions = vec![];
    for (criterion, strength) in &found {
        let (Some(strength), Some(most)) = (strength, weights.get(criterion)) else { continue };
        let points = (f64::from(*most) * strength.value.clamp(0.0, 1.0)).round() as i32;
        contributions.push(Contribution {
            criterion: *criterion,
            points: Points::from_tenths(points),
            most: Points::from_tenths(*most),
            because: strength.because.clone(),
            tasks: strength.tasks.clone(),
        });
    }
    let priority: Points = contributions.iter().map(|c| c.points).sum();
    let risks = contributions.iter().filter(|c| c.criterion != Criterion::Worth && c.points > Points::ZERO);
    let without =
        risks.map(|c| Without { criterion: c.criterion, priority: priority - c.points, place: 0 }).collect();
    let unknown = found.iter().filter(|(_, s)| s.is_none()).map(|(c, _)| *c).collect();
    Composed { priority, contributions, unknown, without }
}

/// The weights of the known criteria in tenths of a point, which sum to 1,000: what is not known is shared out by weight, the
/// largest remainders first (Hamilton's method).
fn shared(known: &[Criterion]) -> BTreeMap<Criterion, i32> {
    let sum: i32 = known.iter().map(|criterion| criterion.weight()).sum();
    if sum == 0 {
        return BTreeMap::new();
    }
    let mut parts: Vec<(Criterion, i32, i32)> = known
        .iter()
        .map(|criterion| {
            let whole = criterion.weight() * 1000;
            (*criterion, whole / sum, whole % sum)
        })
        .collect();
    let mut left = 1000 - parts.iter().map(|(_, part, _)| part).sum::<i32>();
    parts.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    for part in &mut parts {
        if left > 0 {
            part.1 += 1;
            left -= 1;
        }
    }
    parts.into_iter().map(|(criterion, part, _)| (criterion, part)).collect()
}

/// The first tasks of all projects in one order, each once.
#[must_use]
pub fn top(projects: &[ProjectFacts], most: usize) -> Vec<TopTask> {
    let mut found: BTreeMap<&TaskGid, TopTask> = BTreeMap::new();
    for facts in projects {
        for scored in &facts.tasks {
            let task = TopTask { scored: scored.clone(), project: facts.project.clone() };
            let held = found.entry(&scored.task).or_insert_with(|| task.clone());
            let is_better = (scored.score, std::cmp::Reverse(&facts.project.gid))
                > (held.scored.score, std::cmp::Reverse(&held.project.gid));
            if is_better {
                *held = task;
            }
        }
    }
    let mut top: Vec<TopTask> = found.into_values().collect();
    top.sort_by(|a, b| {
        b.scored
            .score
            .cmp(&a.scored.score)
            .then_with(|| a.scored.task.numeric_key().cmp(&b.scored.task.numeric_key()))
    });
    top.truncate(most);
    top
}
