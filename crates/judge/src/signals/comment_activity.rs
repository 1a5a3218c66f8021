//! **What it measures** How many different people have commented and how recently: each counts up to 0.35, halved every
//! 21 days since their last comment, combined so that nobody counts twice and the sum stays below 1.
//! **Why it matters** Several people asking lately is pressure; one person asking often is not several.
//! **Example** Two people yesterday read 0.56; the same two 45 days ago read 0.15.
//! **When it misleads** Threads about something else. Tone is another signal (`comment_sentiment`).

use super::Sight;
use crate::facts::Facts;
use domain::{Reason, UserGid};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Its name in rubrics.
pub const NAME: &str = "comment_activity";

/// What one person's fresh comment counts: three people are needed to pass 0.7.
const ONE_PERSON: f64 = 0.35;
/// Days after which a comment counts half: a sprint and a half.
const HALF_LIFE_DAYS: f64 = 21.0;

fn last_by_person<'a>(facts: &Facts<'a>) -> BTreeMap<Option<&'a UserGid>, Timestamp> {
    let mut last = BTreeMap::new();
    for comment in &facts.task.comments {
        let author = comment.author.as_ref().map(|a| &a.gid);
        let at = last.entry(author).or_insert(comment.at);
        *at = comment.at.max(*at);
    }
    last
}

pub(crate) fn read(facts: &Facts) -> Sight {
    if facts.task.comments.is_empty() {
        return Sight::Absent;
    }
    let fresh = |at: Timestamp| 0.5f64.powf(facts.days_since(at) as f64 / HALF_LIFE_DAYS);
    let quiet: f64 = last_by_person(facts).into_values().map(|at| 1.0 - ONE_PERSON * fresh(at)).product();
    Sight::Strength(1.0 - quiet)
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let last = facts.task.comments.iter().map(|c| c.at).max()?;
    Some(Reason::Comments {
        count: facts.task.comments.len(),
        people: last_by_person(facts).len(),
        days: facts.days_since(last),
    })
}
