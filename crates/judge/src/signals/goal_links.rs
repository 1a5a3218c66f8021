//! **What it measures** The strongest open goal the task supports: 1 for a goal off track, 0.9 at risk, 0.8 on track,
//! 0.7 without a status; 0.6 of that when only the project, not the task itself, supports it.
//! **Why it matters** Work that moves a goal is what the organisation has already agreed to want.
//! **Example** A task linked to “Cut churn” (at risk) reads 0.9; another task of the same project reads 0.54.
//! **When it misleads** Goals nobody keeps up to date; tasks whose link was never made.

use super::Sight;
use crate::facts::Facts;
use domain::{Goal, GoalStatus, Reason};

/// Its name in rubrics.
pub const NAME: &str = "goal_links";

/// Share that remains when the whole project, rather than the task, supports the goal: a project's support says less
/// about one task than a link of its own, and a task with its own link must stand above its neighbours.
const THROUGH_PROJECT: f64 = 0.6;

fn strength(goal: &Goal, own: bool) -> f64 {
    let status = match goal.status {
        GoalStatus::Red => 1.0,
        GoalStatus::Yellow => 0.9,
        GoalStatus::Green => 0.8,
        GoalStatus::Unknown => 0.7,
        GoalStatus::Achieved | GoalStatus::Partial | GoalStatus::Missed | GoalStatus::Dropped => 0.0,
    };
    if own { status } else { status * THROUGH_PROJECT }
}

fn strongest<'a>(facts: &Facts<'a>) -> Option<(&'a Goal, bool, f64)> {
    let open = facts.goals().filter(|(goal, _)| goal.status.is_open());
    let rated = open.map(|(goal, own)| (goal, own, strength(goal, own)));
    rated.reduce(|best, next| if next.2 > best.2 { next } else { best })
}

pub(crate) fn read(facts: &Facts) -> Sight {
    match strongest(facts) {
        Some((_, _, strength)) => Sight::Strength(strength),
        None if facts.cx.snapshot.goals_read => Sight::Absent,
        None => Sight::Unknown,
    }
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let (goal, own, _) = strongest(facts)?;
    Some(Reason::Goal { name: goal.name.clone(), status: goal.status, through_project: !own })
}
