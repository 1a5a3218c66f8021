//! Where an approved task goes: the section or project that it names, which is made before where it is not there yet.
//!
//! Deliberately not here: whether it may go there (`check`).

use crate::policy::Policy;
use crate::sprint::{new_project, project_of};
use domain::{Action, ActionId, Consent, Plan, PlannedAction, ProjectRef, SectionRef, Snapshot};

/// The action, after the making of its place where that is to be made.
pub(super) fn in_its_place(
    action: Action,
    snapshot: &Snapshot,
    (actions, reason): (&mut Vec<PlannedAction>, &str),
) -> Action {
    let mut made_before = |id: &ActionId, action: Action| {
        if !actions.iter().any(|planned| planned.id == *id) {
            let (id, reason) = (id.clone(), reason.to_owned());
            actions.push(PlannedAction { id, action, reason, consent: Consent::Given });
        }
    };
    match action {
        Action::MoveToSection { task, name, expected, to: SectionRef::MadeBy { made_by }, to_name, spot } => {
            let known = snapshot.sections.iter().find(|section| section.name.eq_ignore_ascii_case(&to_name));
            let to = match known {
                Some(section) => SectionRef::Existing(section.gid.clone()),
                None => {
                    made_before(&made_by, Action::EnsureSection { name: to_name.clone() });
                    SectionRef::MadeBy { made_by }
                }
            };
            Action::MoveToSection { task, name, expected, to, to_name, spot }
        }
        Action::AddToProject { to: ProjectRef::MadeBy { ref made_by }, ref to_name, .. } => {
            made_before(made_by, Action::EnsureProject { project: new_project(snapshot, to_name) });
            action
        }
        action => action,
    }
}

/// The putting of a task into a sprint's project, as that is now.
///
/// # Errors
/// Why no task is put into it, in a sentence.
pub(super) fn in_its_project(
    action: &Action,
    snapshot: &Snapshot,
    policy: &Policy,
) -> Result<Action, String> {
    let Action::AddToProject { task, name, to_name, .. } = action else {
        return Err("the plan has no such action".into());
    };
    if !policy.sprint.in_projects() {
        return Err("the policy does not keep sprints in projects any more".into());
    }
    let to = project_of(snapshot, to_name)?;
    Ok(Action::AddToProject { task: task.clone(), name: name.clone(), to, to_name: to_name.clone() })
}

/// Takes the making of places out of a plan that puts nothing into them.
pub(super) fn without_idle_places(plan: &mut Plan) {
    let needed: Vec<ActionId> = plan
        .actions
        .iter()
        .filter_map(|planned| match &planned.action {
            Action::MoveToSection { to: SectionRef::MadeBy { made_by }, .. }
            | Action::AddToProject { to: ProjectRef::MadeBy { made_by }, .. } => Some(made_by.clone()),
            _ => None,
        })
        .collect();
    let makes =
        |action: &Action| matches!(action, Action::EnsureSection { .. } | Action::EnsureProject { .. });
    plan.actions.retain(|planned| !makes(&planned.action) || needed.contains(&planned.id));
}
