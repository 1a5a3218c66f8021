//! Which tasks are left alone as a whole, and why.
//!
//! Nothing is skipped silently: every judged task either reaches the plan or gets one of these reasons.
//! Deliberately not here: single fields (a person's value in one field leaves the others writable).

use crate::home::home_elsewhere;
use crate::policy::Policy;
use domain::{Owner, Role, SkipReason, Snapshot, Task};

/// The reason to leave a task alone, if there is one.
pub(crate) fn skip_reason(task: &Task, snapshot: &Snapshot, policy: &Policy) -> Option<SkipReason> {
    left_alone(task, snapshot, policy).or_else(|| written_elsewhere(task, snapshot, policy))
}

/// The same wherever its home is.
pub(crate) fn left_alone(task: &Task, snapshot: &Snapshot, policy: &Policy) -> Option<SkipReason> {
    is_own(task, snapshot, policy)
        .or_else(|| separator(task))
        .or_else(|| manual_override(task, snapshot, policy))
        .or_else(|| score_set_by_person(task, snapshot))
        .or_else(|| out_of_scope(task, snapshot, policy))
}

fn is_own(task: &Task, snapshot: &Snapshot, policy: &Policy) -> Option<SkipReason> {
    let anchors = &snapshot.anchors;
    let ours =
        anchors.host_task.as_ref() == Some(&task.gid) || anchors.review_subtask.as_ref() == Some(&task.gid);
    let named = |name: &str| !name.is_empty() && task.name.trim().eq_ignore_ascii_case(name);
    (ours || named(&policy.host_task) || named(&policy.retro_task)).then_some(SkipReason::OwnTask)
}

/// Old projects keep section lines as tasks whose name ends in a colon.
fn separator(task: &Task) -> Option<SkipReason> {
    (task.subtype == "section").then_some(SkipReason::Separator)
}

pub(crate) fn written_elsewhere(task: &Task, snapshot: &Snapshot, policy: &Policy) -> Option<SkipReason> {
    let home = home_elsewhere(task, snapshot, policy)?;
    Some(SkipReason::WrittenElsewhere { project: home.project.name.clone() })
}

fn manual_override(task: &Task, snapshot: &Snapshot, policy: &Policy) -> Option<SkipReason> {
    let state = snapshot.roles.state(Role::ManualOverride, task);
    let value = state.value.filter(|v| policy.is_override(v))?;
    Some(SkipReason::ManualOverride { value: value.to_string() })
}

/// A person's score is the judgement: writing a rationale for another one beside it would contradict them.
fn score_set_by_person(task: &Task, snapshot: &Snapshot) -> Option<SkipReason> {
    let state = snapshot.roles.state(Role::AiPriorityScore, task);
    let field = snapshot.roles.field(Role::AiPriorityScore).and_then(|gid| snapshot.field(gid))?;
    (state.owner() == Owner::Person).then(|| SkipReason::SetByPerson {
        field: field.name.clone(),
        value: state.value.map(|v| v.to_string()).unwrap_or_default(),
    })
}

fn out_of_scope(task: &Task, snapshot: &Snapshot, policy: &Policy) -> Option<SkipReason> {
    let section = snapshot.sections.iter().find(|s| Some(&s.gid) == task.section.as_ref());
    let name = section.map_or("(none)", |s| s.name.as_str());
    if !policy.scope.takes_section(name) {
        return Some(SkipReason::OutOfScope { why: format!("section {name}") });
    }
    if let Some(status) = snapshot.roles.state(Role::PrioritizationStatus, task).value
        && !policy.scope.takes_status(&status.to_string())
    {
        return Some(SkipReason::OutOfScope { why: format!("status {status}") });
    }
    None
}
