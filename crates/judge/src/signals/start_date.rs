//! **What it measures** Whether the planned start has come: 1 once it has, rising to it from 0 over the week before.
//! **Why it matters** Somebody planned to be working on it by now.
//! **Example** A start date three days ago reads 1; one in three days reads 0.57.
//! **When it misleads** Plans that were never revised.

use super::Sight;
use crate::facts::{Facts, days_between};
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "start_date";

fn days_until(facts: &Facts) -> Option<i64> {
    facts.task.start_on.map(|start| days_between(facts.cx.now.today, start))
}

pub(crate) fn read(facts: &Facts) -> Sight {
    match days_until(facts) {
        Some(days) => Sight::Strength((1.0 - days as f64 / 7.0).clamp(0.0, 1.0)),
        None => Sight::Absent,
    }
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    days_until(facts).filter(|days| *days <= 0).map(|days| Reason::Started { days: -days })
}
