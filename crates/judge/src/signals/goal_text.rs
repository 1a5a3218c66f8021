//! **What it measures** The open goal the task's text speaks of: the share of the goal's words that the task has, from a
//! third on, times what a link to that goal would read.
//! **Why it matters** Links to goals are rarely made; what a task is for often stands in its text.
//! **Example** “Exit survey for churn” beside the goal “Cut churn in Europe” (at risk): one of three words, reads 0.30 or, by
//! the default rubric's share of a quarter, 0.08.
//! **When it misleads** Goals of one common word; texts that name a goal only to say that they are not for it. Text can be
//! written to please, so the share in a rubric should stay small.

use super::Sight;
use super::goal_links;
use crate::facts::{Context, Facts};
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "goal_text";

/// A project has it when there are open goals, whatever the texts say: no text brings weights into use.
pub(crate) fn in_use(cx: &Context) -> bool {
    cx.snapshot.goals.iter().any(|goal| goal.status.is_open())
}

pub(crate) fn read(facts: &Facts) -> Sight {
    if !facts.cx.snapshot.goals_read {
        return Sight::Absent;
    }
    facts.alignment().map_or(Sight::Absent, |found| {
        let goal = &facts.cx.snapshot.goals[found.goal];
        Sight::Strength(found.likeness * goal_links::worth(goal, facts.cx.now.today))
    })
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let found = facts.alignment()?;
    let goal = &facts.cx.snapshot.goals[found.goal];
    Some(Reason::GoalText { name: goal.name.clone(), status: goal.status, words: found.words.clone() })
}
