//! The plan of an assignment: suggestions in the field for the recommended assignee.
//!
//! A suggestion is refreshed when it changes and cleared when nobody can have the task any more; what a person wrote there stays.
//! Deliberately not here: choosing. Known limit: it suggests; the assignee itself is a person's to set, or a rule's that follows
//! the field.

use super::Assignment;
use crate::groom::{Draft, Rules};
use crate::policy::Policy;
use crate::skip::skip_reason;
use domain::{
    Action, ActionId, Consent, FieldChange, FieldKind, FieldValue, Moment, Owner, Phase, Plan, PlanKind,
    PlannedAction, Role, SkipReason, Snapshot,
};

/// Makes the plan that suggests people for tasks.
#[must_use]
pub fn plan_assign(
    snapshot: &Snapshot,
    assignments: &[Assignment],
    policy: &Policy,
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut draft = Draft::new(snapshot, policy);
    let field = snapshot.roles.field(Role::RecommendedAssignee).and_then(|gid| snapshot.field(gid));
    let Some(field) = field.filter(|field| field.kind == FieldKind::People) else {
        draft.note(format!(
            "the project has no people field for the recommended assignee, so nothing is written: run `upnext setup \
             --project {}`",
            snapshot.project.gid
        ));
        return draft.plan(PlanKind::Assign, rules, now);
    };
    for assignment in assignments {
        let Some(task) = snapshot.task(&assignment.task) else { continue };
        if let Some(reason) = skip_reason(task, snapshot, policy) {
            draft.leave(task, reason);
            continue;
        }
        let state = snapshot.roles.state(Role::RecommendedAssignee, task);
        let new =
            assignment.chosen.as_ref().map(|chosen| FieldValue::People(vec![chosen.person.gid.clone()]));
        if policy.task_phase(snapshot, task) == Phase::Shadow || state.value == new {
            continue;
        }
        if state.owner() == Owner::Person {
            let value = state.value.map(|value| value.to_string()).unwrap_or_default();
            draft.leave(task, SkipReason::SetByPerson { field: field.name.clone(), value });
            continue;
        }
        let change =
            FieldChange { field: field.gid.clone(), name: field.name.clone(), expected: state.value, new };
        draft.actions.push(PlannedAction {
            id: ActionId::new(format!("act_assign_{}", task.gid)),
            action: Action::SetFields {
                task: task.gid.clone(),
                name: task.name.clone(),
                changes: vec![change],
            },
            reason: domain::fit(&assignment.sentence(), 300),
            consent: Consent::Given,
        });
    }
    draft.cap();
    draft.plan(PlanKind::Assign, rules, now)
}
