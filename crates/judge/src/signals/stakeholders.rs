//! **What it measures** The weightiest named stakeholder who commented: their weight from the rubric, halved every 30 days.
//! **Why it matters** Some voices stand for a customer, a contract or a department.
//! **Example** A stakeholder of weight 1 who wrote a month ago reads 0.5.
//! **When it misleads** Names that changed; people who comment on everything. Without named stakeholders the signal is off.

use super::Sight;
use crate::facts::Facts;
use domain::{Comment, Reason};

/// Its name in rubrics.
pub const NAME: &str = "stakeholders";

const HALF_LIFE_DAYS: f64 = 30.0;

fn strongest<'a>(facts: &Facts<'a>) -> Option<(&'a Comment, f64)> {
    let task: &'a domain::Task = facts.task;
    let rated = task.comments.iter().filter_map(|comment| {
        let author = comment.author.as_ref()?;
        let weight = facts.cx.rubric.stakeholder(&author.name, author.gid.as_str()).clamp(0.0, 1.0);
        let fresh = 0.5f64.powf(facts.days_since(comment.at) as f64 / HALF_LIFE_DAYS);
        (weight > 0.0).then_some((comment, weight * fresh))
    });
    rated.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

pub(crate) fn read(facts: &Facts) -> Sight {
    strongest(facts).map_or(Sight::Absent, |(_, strength)| Sight::Strength(strength))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let (comment, _) = strongest(facts)?;
    let name = comment.author.as_ref()?.name.clone();
    Some(Reason::Stakeholder { name, days: facts.days_since(comment.at) })
}
