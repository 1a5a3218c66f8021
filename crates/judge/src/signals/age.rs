//! **What it measures** Days since creation, up to a year: 365 days or more read 1 (Taskwarrior's age factor).
//! **Why it matters** Old tasks should be decided on rather than forgotten; it breaks ties between equals.
//! **Example** Open for 73 days reads 0.2.
//! **When it misleads** Most old tasks are old because nobody wants them: keep its share small.

use super::Sight;
use crate::facts::Facts;
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "age";

pub(crate) fn read(facts: &Facts) -> Sight {
    Sight::Strength((facts.age_days() as f64 / 365.0).min(1.0))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    Some(Reason::Age { days: facts.age_days() })
}
