//! **What it measures** What the task inherits from the open tasks that wait for it, directly or through others: damped
//! by half at each link, to a depth of five, growing with how many and how urgent they are.
//! **Why it matters** Finishing a blocker frees everything behind it.
//! **Example** Blocking one task of strength 0.6 reads 0.3; blocking three of them reads 0.66.
//! **When it misleads** Links that are not real dependencies; work outside the project is not seen. Tasks that wait for
//! each other inherit nothing from one another: the cycle is reported instead.

use super::Sight;
use crate::facts::{Context, Facts};
use domain::Reason;

/// Its name in rubrics.
pub const NAME: &str = "dependency_criticality";

/// A project has it as soon as any task waits for another.
pub(crate) fn in_use(cx: &Context) -> bool {
    cx.graph.has_links()
}

pub(crate) fn read(facts: &Facts) -> Sight {
    if facts.inherited > 0.0 { Sight::Strength(facts.inherited) } else { Sight::Absent }
}

pub(crate) fn reason(facts: &Facts) -> Option<Reason> {
    let tasks = &facts.cx.snapshot.tasks;
    let reach = facts.cx.graph.reach(facts.at);
    let names = reach.iter().take(3).map(|i| domain::fit(&tasks[*i].name, 60)).collect();
    (!reach.is_empty()).then_some(Reason::Blocks { count: reach.len(), names })
}
