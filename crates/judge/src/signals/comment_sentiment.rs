//! **What it measures** The comment that presses hardest: work stands still 1, a customer or the management asks 0.9, time
//! is short 0.7, asked before 0.6, harsh words 0.4; times 0.6 for anybody and up to 1 for a named stakeholder by their
//! weight; halved every 21 days.
//! **Why it matters** How something is said tells pressure that the number of comments does not.
//! **Example** “Any update? We need this ASAP” from somebody yesterday reads 0.41; from a stakeholder of weight 1 it reads 0.68.
//! **When it misleads** Irony, quotes of others, languages other than English. Words can be written to press, so the share
//! in a rubric should stay small.

use super::Sight;
use crate::facts::{Context, Facts};
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "comment_sentiment";

/// A project has it as soon as anybody comments, whatever is said: no text brings weights into use.
pub(crate) fn in_use(cx: &Context) -> bool {
    cx.snapshot.tasks.iter().any(|task| !task.completed && !task.comments.is_empty())
}

pub(crate) fn read(facts: &Facts) -> Sight {
    facts.tone().map_or(Sight::Absent, |tone| Sight::Strength(tone.strength))
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let tone = facts.tone()?;
    Some(Reason::Pressure {
        urging: tone.urging,
        quote: tone.quote.clone(),
        name: tone.name.clone(),
        days: tone.days,
    })
}
