//! The plan of a recalculation: the writes of the tasks that changed and of their neighbourhood, and what their owners are told.
//!
//! The same judgements and the same rules as a groom's; only fewer tasks may be written. The summary and the review are a
//! groom's. Deliberately not here: which tasks changed. Known limit: a date at risk is seen from the dates of the tasks
//! waited for, not from how long they will take.

use crate::groom::{Draft, Rules};
use crate::policy::Policy;
use crate::words::{NOTICE_MARKER, notice};
use domain::{
    Action, ActionId, Band, Consent, Judgement, Moment, Phase, Plan, PlanKind, PlannedAction, Snapshot, Task,
    TaskGid, TaskRef, UserGid,
};
use jiff::civil::Date;
use judge::Memory;
use std::collections::BTreeSet;

/// What changed, judged.
#[derive(Clone, Copy, Debug)]
pub struct Recalculation<'a> {
    /// The judgements of every open task, in rank order.
    pub judgements: &'a [Judgement],
    /// The bands they had before.
    pub memory: &'a Memory,
    /// The tasks that may be written.
    pub tasks: &'a BTreeSet<TaskGid>,
}

/// Makes the plan of a recalculation.
pub fn plan_recalculate(
    snapshot: &Snapshot,
    changed: Recalculation,
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut draft = Draft::new(snapshot, policy);
    let scored = draft.judged(changed.judgements, |task| changed.tasks.contains(task));
    let told = scored.iter().filter_map(|judgement| {
        let task = snapshot.task(&judgement.task)?;
        let was = changed.memory.get(&task.gid).map(|(_, band)| *band);
        tell(snapshot, policy, (task, judgement, was), now.today)
    });
    let told: Vec<PlannedAction> = told.collect();
    draft.actions.extend(told);
    draft.cap();
    draft.note_missing_fields();
    draft.plan(PlanKind::Recalculate { tasks: changed.tasks.clone() }, rules, now)
}

/// What to tell the owner of a task, if that is new. `was` is the band it had.
fn tell(
    snapshot: &Snapshot,
    policy: &Policy,
    (task, judgement, was): (&Task, &Judgement, Option<Band>),
    today: Date,
) -> Option<PlannedAction> {
    if policy.task_phase(snapshot, task) == Phase::Shadow {
        return None;
    }
    let owner = task.assignee.as_ref()?;
    // Bands are in order, the most urgent first.
    let rose = was.filter(|was| judgement.band < *was && policy.notices.bands.contains(&judgement.band));
    let risk = policy.notices.date_at_risk.then(|| date_at_risk(snapshot, task, today)).flatten();
    if rose.is_none() && risk.is_none() {
        return None;
    }
    let text = notice(judgement, rose, risk.as_deref());
    let before = snapshot.anchors.notices.get(&task.gid).map(|notice| notice.text.clone());
    if before.as_ref() == Some(&text) {
        return None;
    }
    let action = note_to_owner(policy, (task, &owner.gid), (NOTICE_MARKER, before, text));
    let reason = if rose.is_some() { "its band rose" } else { "its date is at risk" };
    Some(PlannedAction {
        id: ActionId::new(format!("act_notice_{}", task.gid)),
        action,
        reason: reason.to_owned(),
        consent: Consent::Given,
    })
}

/// The one note of its kind on a task that mentions its owner, put in the place of what it says now; or the team's own rule, where there is one.
pub(crate) fn note_to_owner(
    policy: &Policy,
    (task, owner): (&Task, &UserGid),
    (marker, before, text): (&str, Option<String>, String),
) -> Action {
    let trigger = &policy.notices.rule_trigger;
    if trigger.is_empty() {
        return Action::PutComment {
            task: TaskRef::Existing(task.gid.clone()),
            marker: marker.to_owned(),
            expected: before,
            text,
            mention: Some(owner.clone()),
        };
    }
    Action::RunRule { task: task.gid.clone(), name: task.name.clone(), trigger: trigger.clone(), text }
}

/// Why a task that is still to come cannot keep its due date: the first it waits for that was due before today, or that is due
/// after it.
fn date_at_risk(snapshot: &Snapshot, task: &Task, today: Date) -> Option<String> {
    let due = task.due_on.filter(|due| *due >= today)?;
    let open = task.dependencies.iter().filter_map(|d| snapshot.task(&d.gid)).filter(|t| !t.completed);
    open.filter_map(|blocker| {
        let theirs = blocker.due_on?;
        let name = domain::fit(&blocker.name, 80);
        if theirs < today {
            Some(format!("due {due}, but waits for “{name}”, which was due {theirs} and is open"))
        } else if theirs > due {
            Some(format!("due {due}, but waits for “{name}”, which is due {theirs}"))
        } else {
            None
        }
    })
    .next()
}
