//! **What it measures** Ease times known value: ease falls with the logarithm of the effort from 1 (no effort) to 0 (the
//! rubric's `large_days`), and counts in proportion to the stronger of business value and a person's priority.
//! **Why it matters** The same value for less work comes first; but an easy task of no known value is still not worth it.
//! **Example** Two days of 40 with a value of 0.8: ease 0.70, reads 0.56.
//! Without a number of the team's own, what was learned from its finished tasks counts (`upnext learn`).
//! **When it misleads** Estimates that are wishes; units that mean something else (see `days_per_unit`).

use super::Sight;
use crate::facts::Facts;
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "effort";

pub(crate) fn read(facts: &Facts) -> Sight {
    let Some(days) = facts.effort_days() else { return Sight::Unknown };
    let large = facts.cx.rubric.effort().large_days;
    let ease = (1.0 - (1.0 + days).ln() / (1.0 + large).ln()).clamp(0.0, 1.0);
    let value = facts.business_value().map_or(0.0, |(_, v)| v);
    let priority = facts.priority().map_or(0.0, |(_, v)| v);
    Sight::Strength(ease * value.max(priority))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    if let Some(learned) = facts.learned_effort() {
        return Some(Reason::LearnedEffort {
            effort: learned.effort,
            low: learned.low,
            high: learned.high,
            unit: learned.unit.clone(),
            percent: (100.0 * learned.coverage).round() as u8,
            like: learned.neighbours.first().map(|like| like.name.clone()),
            history: learned.history,
        });
    }
    let (gid, amount) = facts.role_number(domain::Role::EffortEstimate)?;
    let field = facts.cx.field(gid)?;
    let amount = match field.format {
        domain::NumberFormat::Duration => format!("{amount} minutes"),
        _ => amount.to_string(),
    };
    Some(Reason::Effort { field: field.name.clone(), amount })
}
