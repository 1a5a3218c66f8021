//! The plan of a recalculation: the writes of the tasks that changed and of their neighbourhood, and what their owners are told.
//!
//! The same judgements and the same rules as a groom's; only fewer tasks may be written. The summary and the review are a
//! groom's. What the last note says and is true no more is taken back once, in the same comment. Deliberately not here: which tasks
//! changed. Known limits: a date at risk is seen from the dates of the tasks waited for, not from how long they will take; what a rule
//! of the team's told is not taken back.

use crate::groom::{Draft, Rules};
use crate::notice::{News, said};
use crate::policy::Policy;
use crate::words::NOTICE_MARKER;
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
    let news = news(snapshot, policy, (task, judgement, was), today);
    if news == News::default() {
        return None;
    }
    let text = news.text(judgement);
    let before = snapshot.anchors.notices.get(&task.gid).map(|notice| notice.text.clone());
    if before.as_ref() == Some(&text) {
        return None;
    }
    let note = (NOTICE_MARKER, before, text);
    // The end of what was told is no reason to start a rule.
    let action = if news.is_fresh() {
        note_to_owner(policy, (task, &owner.gid), note)
    } else {
        put_note((task, &owner.gid), note)
    };
    let reason = match news {
        News { rose: Some(_), .. } => "its band rose",
        News { risk: Some(_), .. } => "its date is at risk",
        News { passed: true, .. } => "its date is no longer at risk",
        _ => "its band fell again",
    };
    Some(PlannedAction {
        id: ActionId::new(format!("act_notice_{}", task.gid)),
        action,
        reason: reason.to_owned(),
        consent: Consent::Given,
    })
}

/// What there is to tell of a task, and what of its last note is true no more.
fn news(
    snapshot: &Snapshot,
    policy: &Policy,
    (task, judgement, was): (&Task, &Judgement, Option<Band>),
    today: Date,
) -> News {
    // Bands are in order, the most urgent first.
    let rose = was.filter(|was| judgement.band < *was && policy.notices.bands.contains(&judgement.band));
    let at_risk = date_at_risk(snapshot, task, today);
    let by_rule = rose.is_some() && !policy.notices.rule_trigger.is_empty();
    // What a rule told is in no comment of ours, and what it tells now takes nothing back.
    let last = snapshot.anchors.notices.get(&task.gid).filter(|last| last.story.is_some() && !by_rule);
    let (band, told_risk) = last.map(|last| said(&last.text)).unwrap_or_default();
    // A date that was missed was at risk to the end.
    let missed = task.due_on.is_some_and(|due| due < today);
    let passed = told_risk && policy.notices.date_at_risk && at_risk.is_none() && !missed;
    News {
        rose,
        risk: at_risk.filter(|_| policy.notices.date_at_risk),
        fell: band.filter(|told| judgement.band > *told),
        passed,
    }
}

/// The one note of its kind on a task that mentions its owner, put in the place of what it says now; or the team's own rule, where there is one.
pub(crate) fn note_to_owner(
    policy: &Policy,
    (task, owner): (&Task, &UserGid),
    (marker, before, text): (&str, Option<String>, String),
) -> Action {
    let trigger = &policy.notices.rule_trigger;
    if trigger.is_empty() {
        return put_note((task, owner), (marker, before, text));
    }
    Action::RunRule { task: task.gid.clone(), name: task.name.clone(), trigger: trigger.clone(), text }
}

/// The same as a comment, whatever rule there is.
fn put_note(
    (task, owner): (&Task, &UserGid),
    (marker, before, text): (&str, Option<String>, String),
) -> Action {
    Action::PutComment {
        task: TaskRef::Existing(task.gid.clone()),
        marker: marker.to_owned(),
        expected: before,
        text,
        mention: Some(owner.clone()),
    }
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
