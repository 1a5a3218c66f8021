//! **What it measures** Days of slack: days until due less the effort (a working day counts 7/5). 1 from a week too late,
//! falling in a line to 0.2 at 14 days of slack (Taskwarrior's due factor, `Task::urgency_due`), then to 0 at 90.
//! **Why it matters** What is nearly too late can only be done now; effort moves the moment it becomes too late.
//! **Example** Due in 10 days with 5 working days of effort: 3 days of slack, reads 0.62.
//! **When it misleads** Due dates set to make a task look important; no date at all reads as no urgency.

use super::Sight;
use crate::facts::Facts;
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "due_slack";

const CALENDAR_PER_WORKING_DAY: f64 = 7.0 / 5.0;

fn slack(facts: &Facts) -> Option<f64> {
    let effort = facts.effort_days().unwrap_or(0.0) * CALENDAR_PER_WORKING_DAY;
    Some(facts.days_until_due()? as f64 - effort)
}

pub(crate) fn read(facts: &Facts) -> Sight {
    let Some(slack) = slack(facts) else { return Sight::Absent };
    let near = 0.2 + (14.0 - slack) * 0.8 / 21.0;
    let far = 0.2 * (90.0 - slack) / 76.0;
    Sight::Strength(if slack <= 14.0 { near } else { far }.clamp(0.0, 1.0))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let days = facts.days_until_due()?;
    if days < 0 {
        return Some(Reason::Overdue { days: -days });
    }
    let slack = facts.effort_days().and(slack(facts)).map(|s| s.floor() as i64);
    Some(Reason::Due { days, slack })
}
