//! The plan of an assignment: suggestions in the field for the recommended assignee, and the assignee itself where the policy wants it.
//!
//! A suggestion is refreshed when it changes and cleared when nobody can have the task any more; what a person wrote there stays, and
//! such a task is given to nobody. The assignee is set in `auto`, asked about in `conditional`, and only where the task is nobody's.
//! Deliberately not here: choosing.

use super::Assignment;
use crate::groom::{Draft, Rules};
use crate::official::answer_in_asana;
use crate::policy::Policy;
use crate::skip::skip_reason;
use domain::{
    Action, ActionId, Consent, FieldChange, FieldDef, FieldKind, FieldValue, Moment, Owner, Phase, Plan,
    PlanKind, PlannedAction, Role, SkipReason, Snapshot, Task,
};

/// Makes the plan that suggests people for tasks, and gives the tasks to them where it may.
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
    let field = field.filter(|field| field.kind == FieldKind::People);
    if field.is_none() {
        draft.note(format!(
            "the project has no people field for the recommended assignee, so no suggestion is written: run `upnext setup \
             --project {}`",
            snapshot.project.gid
        ));
    }
    for assignment in assignments {
        let Some(task) = snapshot.task(&assignment.task) else { continue };
        if let Some(reason) = skip_reason(task, snapshot, policy) {
            draft.leave(task, reason);
            continue;
        }
        let phase = policy.task_phase(snapshot, task);
        if phase == Phase::Shadow {
            continue;
        }
        if let Some(field) = field
            && !draft.suggest_person(task, field, assignment)
        {
            continue;
        }
        if policy.assign.set {
            draft.give_out(task, assignment, phase);
        }
    }
    draft.cap();
    draft.plan(PlanKind::Assign, rules, now)
}

impl Draft<'_> {
    /// Plans the suggestion; tells whether the field is Upnext's to write.
    fn suggest_person(&mut self, task: &Task, field: &FieldDef, assignment: &Assignment) -> bool {
        let state = self.snapshot.roles.state(Role::RecommendedAssignee, task);
        let new =
            assignment.chosen.as_ref().map(|chosen| FieldValue::People(vec![chosen.person.gid.clone()]));
        if state.value == new {
            return true;
        }
        if state.owner() == Owner::Person {
            let value = state.value.map(|value| value.to_string()).unwrap_or_default();
            self.leave(task, SkipReason::SetByPerson { field: field.name.clone(), value });
            return false;
        }
        let change =
            FieldChange { field: field.gid.clone(), name: field.name.clone(), expected: state.value, new };
        self.actions.push(PlannedAction {
            id: ActionId::new(format!("act_assign_{}", task.gid)),
            action: Action::SetFields {
                task: task.gid.clone(),
                name: task.name.clone(),
                changes: vec![change],
            },
            reason: domain::fit(&assignment.sentence(), 300),
            consent: Consent::Given,
        });
        true
    }

    /// Plans the assignee of a task that nobody has.
    fn give_out(&mut self, task: &Task, assignment: &Assignment, phase: Phase) {
        let answer = answer_in_asana(self.policy, self.snapshot, task);
        let consent = match (phase, answer.map(|answer| answer.yes)) {
            (_, Some(false)) | (Phase::Shadow | Phase::Suggest, None) => return,
            (_, Some(true)) | (Phase::Auto, None) => Consent::Given,
            (Phase::Conditional, None) => Consent::Waiting,
        };
        if let Some(chosen) = assignment.chosen.as_ref().filter(|_| task.assignee.is_none()) {
            let reason = domain::fit(&assignment.sentence(), 300);
            self.assign(task, &chosen.person, (reason, consent));
        }
    }
}
