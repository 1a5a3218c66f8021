//! **What it measures** The strongest open goal the task supports: 1 for a goal off track, 0.9 at risk, 0.8 on track,
//! 0.7 without a status; 0.6 of that when only the project, not the task itself, supports it; half of it before the goal's
//! time has begun and 0.7 of it after its end; down to 0.7 of it by the weight of the contribution.
//! **Why it matters** Work that moves a goal is what the organisation has already agreed to want, for a time.
//! **Example** A task linked to “Cut churn” (at risk, this quarter) reads 0.9; another task of the same project reads 0.54;
//! one linked to a goal of next quarter reads 0.45.
//! **When it misleads** Goals nobody keeps up to date; tasks whose link was never made (see `goal_text`).

use super::Sight;
use crate::facts::Facts;
use domain::{Goal, GoalStatus, Reason};
use jiff::civil::Date;

/// Its name in rubrics.
pub const NAME: &str = "goal_links";

/// Share that remains when the whole project, rather than the task, supports the goal: a project's support says less
/// about one task than a link of its own, and a task with its own link must stand above its neighbours.
const THROUGH_PROJECT: f64 = 0.6;
/// Share that remains before the goal's time: it is wanted, but not now.
const NOT_BEGUN: f64 = 0.5;
/// Share that remains after its end while nobody has closed it: likelier forgotten than wanted.
const OVER: f64 = 0.7;
/// Share that remains of a contribution of the least weight. Asana leaves the weight at 0 where progress is not counted
/// from contributions: 0 says nothing.
const LEAST_WEIGHT: f64 = 0.7;

/// What supporting a goal is worth on a day, 0–1: by its status and its time.
pub(crate) fn worth(goal: &Goal, today: Date) -> f64 {
    let status = match goal.status {
        GoalStatus::Red => 1.0,
        GoalStatus::Yellow => 0.9,
        GoalStatus::Green => 0.8,
        GoalStatus::Unknown => 0.7,
        GoalStatus::Achieved | GoalStatus::Partial | GoalStatus::Missed | GoalStatus::Dropped => 0.0,
    };
    let time = match (goal.start_on, goal.due_on) {
        (Some(start), _) if start > today => NOT_BEGUN,
        (_, Some(end)) if end < today => OVER,
        _ => 1.0,
    };
    status * time
}

fn strength((goal, weight, own): (&Goal, f64, bool), today: Date) -> f64 {
    let weight = if weight > 0.0 { LEAST_WEIGHT + (1.0 - LEAST_WEIGHT) * weight.min(1.0) } else { 1.0 };
    worth(goal, today) * weight * if own { 1.0 } else { THROUGH_PROJECT }
}

fn strongest<'a>(facts: &Facts<'a>) -> Option<(&'a Goal, bool, f64)> {
    let open = facts.goals().filter(|(goal, ..)| goal.status.is_open());
    let rated = open.map(|link| (link.0, link.2, strength(link, facts.cx.now.today)));
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
