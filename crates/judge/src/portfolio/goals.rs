//! Goals by the attention they need: the criteria of projects, over the work that supports each.
//!
//! A goal is worth what the first of its open tasks are worth together, whatever projects they are in; it slips by the supporting
//! project that is expected to end last after the goal's own date; it waits where its tasks wait for other projects; and it stands as
//! its owner says. Budgets are a project's matter and no part of it. Deliberately not here: the weights, which are the projects'.
//! Known limits: a goal that no project given supports is not ranked; goals that support goals are not followed; Asana's weights of
//! contributions say how progress is measured, and do not count.

use super::criteria::{Criterion, Lateness, Strength, Waits, dependencies, slippage, standing, worth};
use super::{Contribution, ProjectFacts, Scored, TopTask, Without, composed, placed};
use domain::{Goal, GoalGid, GoalStatus, Points, Project, ProjectGid, Support, TaskGid};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What goals are ranked by.
const CRITERIA: [Criterion; 4] =
    [Criterion::Worth, Criterion::Slippage, Criterion::Dependencies, Criterion::Goals];

/// A goal's priority.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedGoal {
    /// The goal.
    pub gid: GoalGid,
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: GoalStatus,
    /// Its last day.
    pub due_on: Option<Date>,
    /// Place among the goals, 1 is first.
    pub place: usize,
    /// 0–100.
    pub priority: Points,
    /// What it is the sum of, in the order of the criteria.
    pub contributions: Vec<Contribution>,
    /// Criteria that are not known; their weight is shared out.
    pub unknown: Vec<Criterion>,
    /// What it would be without each of the risks it has.
    pub without: Vec<Without>,
    /// The goal right before it, and the points it lacks to stand level.
    pub behind: Option<(GoalGid, Points)>,
    /// The projects that support it, or hold tasks that do, by gid.
    pub projects: Vec<Project>,
    /// Open tasks that support it.
    pub open: usize,
    /// Them, the highest score first, each with a project it is in.
    pub tasks: Vec<TopTask>,
}

/// Ranks the open goals that projects support, highest first; level ones by gid.
#[must_use]
pub fn rank_goals(projects: &[ProjectFacts], today: Date) -> Vec<RankedGoal> {
    let mut goals: BTreeMap<&GoalGid, (&Goal, BTreeMap<&ProjectGid, &ProjectFacts>)> = BTreeMap::new();
    for facts in projects {
        for goal in facts.goals.iter().flatten().filter(|goal| goal.status.is_open()) {
            let (_, held) = goals.entry(&goal.gid).or_insert_with(|| (goal, BTreeMap::new()));
            held.entry(&facts.project.gid).or_insert(facts);
        }
    }
    let mut ranked: Vec<RankedGoal> =
        goals.into_values().map(|(goal, held)| one(goal, held.into_values().collect(), today)).collect();
    ranked.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.gid.cmp(&b.gid)));
    let order: Vec<(GoalGid, Points)> = ranked.iter().map(|one| (one.gid.clone(), one.priority)).collect();
    for (at, goal) in ranked.iter_mut().enumerate() {
        goal.place = at + 1;
        goal.behind = placed(&order, at, &mut goal.without);
    }
    ranked
}

fn one(goal: &Goal, projects: Vec<&ProjectFacts>, today: Date) -> RankedGoal {
    let whole: BTreeSet<&ProjectGid> = goal.supports.iter().filter_map(project).collect();
    let single: BTreeSet<&TaskGid> = goal.supports.iter().filter_map(task).collect();
    let serves =
        |facts: &ProjectFacts, task: &TaskGid| whole.contains(&facts.project.gid) || single.contains(task);
    // A task in several projects counts once.
    let mut tasks: BTreeMap<&TaskGid, (&Scored, &Project)> = BTreeMap::new();
    let mut waits: Option<BTreeMap<(&TaskGid, &TaskGid), &Waits>> = None;
    for facts in &projects {
        for scored in facts.tasks.iter().filter(|scored| serves(facts, &scored.task)) {
            let held = tasks.entry(&scored.task).or_insert((scored, &facts.project));
            if scored.score > held.0.score {
                *held = (scored, &facts.project);
            }
        }
        if let Some(known) = &facts.waits {
            let theirs = known.iter().filter(|one| serves(facts, &one.task));
            waits.get_or_insert_default().extend(theirs.map(|one| ((&one.task, &one.on), one)));
        }
    }
    let mut tasks: Vec<(&Scored, &Project)> = tasks.into_values().collect();
    tasks.sort_by(|(a, _), (b, _)| {
        b.score.cmp(&a.score).then_with(|| a.task.numeric_key().cmp(&b.task.numeric_key()))
    });
    let scored: Vec<&Scored> = tasks.iter().map(|(scored, _)| *scored).collect();
    let waits: Option<Vec<&Waits>> = waits.map(|found| found.into_values().collect());
    let entire = projects.iter().copied().filter(|facts| whole.contains(&facts.project.gid));
    let strength = |criterion| match criterion {
        Criterion::Worth => Some(worth(&scored)),
        Criterion::Slippage => latest(goal, entire.clone()),
        Criterion::Dependencies => waits.as_deref().map(|waits| dependencies(waits, today)),
        Criterion::Goals => {
            Some(Strength { value: standing(goal, today), because: stands(goal, today), tasks: vec![] })
        }
        Criterion::Budget => None,
    };
    let found = composed(CRITERIA.map(|criterion| (criterion, strength(criterion))).into());
    RankedGoal {
        gid: goal.gid.clone(),
        name: goal.name.clone(),
        status: goal.status,
        due_on: goal.due_on,
        place: 0,
        priority: found.priority,
        contributions: found.contributions,
        unknown: found.unknown,
        without: found.without,
        behind: None,
        projects: projects.iter().map(|facts| facts.project.clone()).collect(),
        open: tasks.len(),
        tasks: tasks
            .into_iter()
            .map(|(scored, project)| TopTask { scored: scored.clone(), project: project.clone() })
            .collect(),
    }
}

fn project(support: &Support) -> Option<&ProjectGid> {
    match support {
        Support::Project { gid, .. } => Some(gid),
        Support::Task { .. } => None,
    }
}

fn task(support: &Support) -> Option<&TaskGid> {
    match support {
        Support::Task { gid, .. } => Some(gid),
        Support::Project { .. } => None,
    }
}

/// The supporting project that is expected to end last after the goal's date; none without a date or a forecast.
fn latest<'a>(goal: &Goal, projects: impl Iterator<Item = &'a ProjectFacts>) -> Option<Strength> {
    let due = goal.due_on?;
    let of = |facts: &'a ProjectFacts| {
        let lateness = Lateness { due, ..facts.lateness.clone()? };
        Some((slippage(&lateness), &facts.project))
    };
    let worst = projects.filter_map(of).reduce(|worst, next| {
        if (next.0.value, &worst.1.gid) > (worst.0.value, &next.1.gid) { next } else { worst }
    });
    worst.map(|(strength, project)| Strength {
        because: format!(
            "“{}”: {}",
            domain::fit(&project.name, 60),
            strength.because.replace("its date", "the goal’s date")
        ),
        ..strength
    })
}

fn stands(goal: &Goal, today: Date) -> String {
    match goal.due_on {
        Some(due) if due < today => format!("{}, and its date {due} has passed", goal.status.words()),
        Some(due) => format!("{}, due {due}", goal.status.words()),
        None => format!("{}, without a date", goal.status.words()),
    }
}
