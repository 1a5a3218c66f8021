//! Approvals: what a plan asks people, what becomes of questions asked before, and the plan of what they said yes to.
//!
//! Pure: questions known before go in, steps come out. Deliberately not here: keeping questions (`store`), and carrying
//! anything out (`engine`).

mod place;
mod silence;
mod stale;

pub use silence::silent_yes_at;

use crate::asked::{ASSIGNEE, DATES, PROJECT, SECTION, SPRINT, current, label, parts, worded};
use crate::check::{Severity, check};
use crate::groom::Rules;
use crate::official::answer_in_asana;
use crate::policy::Policy;
use domain::{
    Action, ActionId, Approval, ApprovalId, ApprovalState, Ask, Band, Consent, Digest, Judgement, Moment,
    Owner, Person, Phase, Plan, PlanId, PlanKind, PlannedAction, Role, SkipReason, Skipped, Snapshot, Task,
    TaskGid,
};
use place::{in_its_place, in_its_project, without_idle_places};
use stale::changed_since;
use std::collections::{BTreeMap, HashMap};

/// Who ends a question when no person did.
pub const UPNEXT: &str = "Upnext";
/// Who is said to have answered on a task: a person, or a rule of the team's.
pub const IN_ASANA: &str = "somebody in Asana";

/// The questions of a plan: one a task and kind of value that waits for a person.
#[must_use]
pub fn asks(plan: &Plan, snapshot: &Snapshot, judgements: &[Judgement], policy: &Policy) -> Vec<Ask> {
    let judged: HashMap<&TaskGid, &Judgement> = judgements.iter().map(|j| (&j.task, j)).collect();
    let waiting = plan.actions.iter().filter(|planned| planned.consent == Consent::Waiting);
    let mut asks = vec![];
    for planned in waiting {
        for (what, change) in parts(&plan.kind, &planned.action, snapshot) {
            let (Some(task), Some((name, old, new))) =
                (planned.action.task(), worded(&planned.action, change, snapshot))
            else {
                continue;
            };
            // A label is not a judgement: what it rests on stands in its reason.
            let judgement = judged.get(task).filter(|_| plan.kind != PlanKind::Triage);
            asks.push(Ask {
                task: task.clone(),
                name,
                moves: moves(policy, &what, old.as_deref(), &new),
                field: change.map(|change| change.field.clone()),
                label: change.map_or_else(|| label(&what).to_owned(), |change| change.name.clone()),
                what,
                old,
                new,
                band: judgement.map(|j| j.band),
                confidence: judgement.map(|j| j.confidence.percent),
                reason: planned.reason.clone(),
                plan: plan.id.clone(),
                action: planned.id.clone(),
            });
        }
    }
    asks
}

/// How many bands a priority moves.
fn moves(policy: &Policy, what: &str, old: Option<&str>, new: &str) -> Option<u8> {
    let place = |option: &str| {
        let band = policy.priority_options.iter().find(|(_, o)| o.eq_ignore_ascii_case(option))?.0;
        Band::ALL.iter().position(|b| b == band)
    };
    if what != Role::Priority.key() {
        return None;
    }
    u8::try_from(place(old?)?.abs_diff(place(new)?)).ok()
}

/// What to do about one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask it.
    Ask(Ask),
    /// It is asked still, by a newer plan.
    Renew(ApprovalId, Ask),
    /// It ended.
    End {
        /// Which.
        id: ApprovalId,
        /// How.
        state: ApprovalState,
        /// By whom.
        by: String,
        /// Why.
        why: String,
    },
}

/// What was asked before.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What is pending in the project.
    pub pending: &'a [Approval],
    /// What last ended, one a task and kind of value.
    pub ended: &'a [Approval],
}

/// What a plan does to the questions of its project. `well` tells of an action whether it has been carried out well.
#[must_use]
pub fn reconcile(
    (plan, snapshot, policy): (&Plan, &Snapshot, &Policy),
    asks: Vec<Ask>,
    asked: Asked,
    well: impl Fn(&ActionId) -> bool,
) -> Vec<Step> {
    let mut wanted: BTreeMap<(TaskGid, String), Ask> =
        asks.into_iter().map(|ask| ((ask.task.clone(), ask.what.clone()), ask)).collect();
    let mut steps = vec![];
    for pending in asked.pending {
        let place = (pending.ask.task.clone(), pending.ask.what.clone());
        match wanted.remove(&place) {
            Some(ask) if ask.new == pending.ask.new && ask.old == pending.ask.old => {
                steps.push(Step::Renew(pending.id.clone(), ask));
            }
            Some(ask) => {
                let why = format!("plan {} asks for {} instead", plan.id, ask.new);
                steps.push(end(pending, ApprovalState::Superseded, UPNEXT, why));
                wanted.insert(place, ask);
            }
            None => steps.extend(over((plan, snapshot, policy), pending, &well)),
        }
    }
    let refused = |ask: &Ask| {
        let last = asked.ended.iter().find(|ended| ended.ask.place() == ask.place());
        last.is_some_and(|last| {
            matches!(last.state, ApprovalState::Rejected | ApprovalState::Expired) && last.ask.new == ask.new
        })
    };
    steps.extend(wanted.into_values().filter(|ask| !refused(ask)).map(Step::Ask));
    steps
}

fn end(approval: &Approval, state: ApprovalState, by: &str, why: String) -> Step {
    Step::End { id: approval.id.clone(), state, by: by.to_owned(), why }
}

/// The end of a question that the plan does not ask any more; none where the plan says nothing about it.
fn over(
    (plan, snapshot, policy): (&Plan, &Snapshot, &Policy),
    pending: &Approval,
    well: impl Fn(&ActionId) -> bool,
) -> Option<Step> {
    let void = |why: String| Some(end(pending, ApprovalState::Invalidated, UPNEXT, why));
    let ask = &pending.ask;
    let Some(task) = snapshot.task(&ask.task) else {
        return void("the task is completed, or no longer in the project".into());
    };
    let now = current(task, ask, snapshot);
    if now.as_deref() == Some(&ask.new) && now != ask.old {
        let taken = written(plan, snapshot, ask).is_some_and(|planned| well(&planned.id));
        return if taken { given(pending, policy, snapshot, task) } else { void("it is so already".into()) };
    }
    if now != ask.old {
        let now = now.unwrap_or_else(|| "nothing".into());
        return void(format!("{} was changed to {now} since it was asked", ask.label));
    }
    let official = ask.what == SECTION || ask.what == Role::Priority.key();
    let reached = match &plan.kind {
        PlanKind::Groom => official,
        PlanKind::Recalculate { tasks } => official && tasks.contains(&ask.task),
        PlanKind::Assign => ask.what == ASSIGNEE && ask.old.is_none(),
        PlanKind::Sprint { .. } => [SPRINT, PROJECT, ASSIGNEE, DATES].contains(&ask.what.as_str()),
        _ => false,
    };
    if !reached {
        return None;
    }
    if let Some(no) = answer_in_asana(policy, snapshot, task).filter(|answer| !answer.yes) {
        return Some(end(pending, ApprovalState::Rejected, IN_ASANA, no.said));
    }
    if let Some(planned) = written(plan, snapshot, ask) {
        return if well(&planned.id) { given(pending, policy, snapshot, task) } else { None };
    }
    let left = plan.skipped.iter().find(|skipped| skipped.task == ask.task);
    void(left.map_or_else(|| "the judgement no longer asks for it".into(), |left| left.reason.to_string()))
}

/// The action of the plan that writes what was asked about without asking.
fn written<'p>(plan: &'p Plan, snapshot: &Snapshot, ask: &Ask) -> Option<&'p PlannedAction> {
    plan.actions.iter().find(|planned| {
        planned.consent == Consent::Given
            && planned.action.task() == Some(&ask.task)
            && parts(&plan.kind, &planned.action, snapshot).iter().any(|(what, _)| *what == ask.what)
    })
}

/// What was asked about has been written: because of an answer in Asana, or because the phase allows it by now.
fn given(pending: &Approval, policy: &Policy, snapshot: &Snapshot, task: &Task) -> Option<Step> {
    Some(match answer_in_asana(policy, snapshot, task).filter(|answer| answer.yes) {
        Some(yes) => end(pending, ApprovalState::Approved, IN_ASANA, yes.said),
        None => {
            let why = "the phase lets it be written without being asked".to_owned();
            end(pending, ApprovalState::Invalidated, UPNEXT, why)
        }
    })
}

/// What was approved, with the action of the saved plan that waits for it.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The question.
    pub approval: Approval,
    /// The action.
    pub planned: PlannedAction,
    /// What that plan is.
    pub kind: PlanKind,
    /// The task as that plan judged it; none where its snapshot is no longer kept, and then nothing is compared with it.
    pub judged: Option<Task>,
    /// Why it cannot be done any more for what is not of the task itself: whoever would get it has no hours left.
    pub hindrance: Option<String>,
}

/// A question that is void by now, and why.
pub type Void = (ApprovalId, String);

/// The action that carries out an approval.
#[must_use]
pub fn action_of(approval: &Approval) -> ActionId {
    ActionId::new(format!("act_{}_{}", approval.ask.what.replace(' ', "_"), approval.ask.task))
}

/// Makes the plan of what somebody approved. `snapshot` holds the current state of every task concerned that still exists. What
/// has changed since it was asked is not in the plan, and told.
#[must_use]
pub fn plan_approval(
    approved: &[Approved],
    by: &str,
    (snapshot, policy): (&Snapshot, &Policy),
    rules: &Rules,
    now: Moment,
) -> (Plan, Vec<Void>) {
    let (mut actions, mut void, mut skipped) = (vec![], vec![], vec![]);
    for one in approved {
        let (id, ask) = (&one.approval.id, &one.approval.ask);
        match sound(one, snapshot, policy)
            .and_then(|action| as_judged(one, snapshot, policy).map(|()| action))
        {
            Ok(action) => {
                let reason = format!("approved by {by}: {}", ask.reason);
                let action = in_its_place(action, snapshot, (&mut actions, &reason));
                actions.push(PlannedAction {
                    id: action_of(&one.approval),
                    action,
                    reason,
                    consent: Consent::Given,
                });
            }
            Err(why) => {
                skipped.push(Skipped {
                    task: ask.task.clone(),
                    name: ask.name.clone(),
                    reason: SkipReason::Void { why: why.clone() },
                });
                void.push((id.clone(), why));
            }
        }
    }
    let digest = snapshot.digest();
    let named: Vec<&ApprovalId> = approved.iter().map(|one| &one.approval.id).collect();
    let id = Digest::of(&("approve", by, &digest, &rules.digest, named, now));
    let mut plan = Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: PlanKind::Approval { by: by.to_owned() },
        project: snapshot.project.clone(),
        now,
        phase: policy.project_phase(&snapshot.project.gid),
        rubric: rules.rubric.clone(),
        snapshot: digest,
        actions,
        skipped,
        kept: vec![],
        notes: vec![],
    };
    void.extend(refused(approved, &mut plan, snapshot, policy));
    (plan, void)
}

/// Takes out of the plan what the checker refuses, so that one question does not hold up the others.
fn refused(approved: &[Approved], plan: &mut Plan, snapshot: &Snapshot, policy: &Policy) -> Vec<Void> {
    let mut void = vec![];
    for finding in check(plan, snapshot, policy) {
        let Some(action) = finding.action.filter(|_| finding.severity == Severity::Error) else { continue };
        if let Some(one) = approved.iter().find(|one| action_of(&one.approval) == action) {
            plan.actions.retain(|planned| planned.id != action);
            void.push((one.approval.id.clone(), finding.problem));
        }
    }
    without_idle_places(plan);
    void
}

/// Goes on when the task is as it was judged: another judgement might ask for something else.
fn as_judged(one: &Approved, snapshot: &Snapshot, policy: &Policy) -> Result<(), String> {
    let Some((judged, now)) = one.judged.as_ref().zip(snapshot.task(&one.approval.ask.task)) else {
        return Ok(());
    };
    let changed = changed_since(judged, now, (snapshot, policy));
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the task changed since it was asked ({}): it is judged anew by the next run",
        changed.join(", ")
    ))
}

/// The part of the saved action that was approved, if the task still is as it was when it was asked.
fn sound(one: &Approved, snapshot: &Snapshot, policy: &Policy) -> Result<Action, String> {
    let ask = &one.approval.ask;
    let task = snapshot.task(&ask.task).ok_or("the task is gone from Asana, or from the project")?;
    if task.completed {
        return Err("the task is completed".into());
    }
    let state = snapshot.roles.state(Role::ManualOverride, task);
    if let Some(value) = state.value.filter(|value| policy.is_override(value)) {
        return Err(format!("manual override ({value})"));
    }
    if policy.task_phase(snapshot, task) == Phase::Shadow {
        return Err("the phase is shadow by now: nothing is written".into());
    }
    if let Some(no) = answer_in_asana(policy, snapshot, task).filter(|answer| !answer.yes) {
        return Err(format!("turned down in Asana ({})", no.said));
    }
    let now = current(task, ask, snapshot);
    if now.as_deref() == Some(&ask.new) {
        return Err("it is so already".into());
    }
    let changed = || {
        let now = now.clone().unwrap_or_else(|| "nothing".into());
        format!("{} was changed to {now} since it was asked", ask.label)
    };
    match &one.planned.action {
        Action::SetFields { name, changes, .. } => {
            let change = changes.iter().find(|change| Some(&change.field) == ask.field.as_ref());
            let change = change.ok_or("the plan has no such action")?.clone();
            let state = task.fields.get(&change.field).cloned().unwrap_or_default();
            if state.value != change.expected || (state.owner() == Owner::Person && state.ours.is_some()) {
                return Err(changed());
            }
            Ok(Action::SetFields { task: ask.task.clone(), name: name.clone(), changes: vec![change] })
        }
        Action::MoveToSection { expected, .. } if task.section == *expected => Ok(one.planned.action.clone()),
        Action::Assign { expected, .. } => {
            let gid = |person: Option<&Person>| person.map(|person| person.gid.clone());
            if gid(task.assignee.as_ref()) != gid(expected.as_ref()) {
                return Err(changed());
            }
            one.hindrance.clone().map_or_else(|| Ok(one.planned.action.clone()), Err)
        }
        Action::AddToProject { .. } => in_its_project(&one.planned.action, snapshot, policy),
        Action::SetDates { expected, .. } if task.dates() == *expected => Ok(one.planned.action.clone()),
        Action::MoveToSection { .. } | Action::SetDates { .. } => Err(changed()),
        _ => Err("the plan has no such action".into()),
    }
}
