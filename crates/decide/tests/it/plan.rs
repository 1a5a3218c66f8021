//! A project that has been set up, and its groom plan in one line.

use crate::backlog::{field, list, now, project};
use decide::{FieldNames, Policy, Rules, check, plan_groom, wanted_field};
use domain::{
    Action, Consent, Digest, FieldChange, FieldDef, FieldGid, FieldKind, FieldState, FieldValue, Judgement,
    Plan, Role, Snapshot, Task, TaskGid, Written,
};
use judge::{Memory, judge, preset};

/// The gid of a role's own field.
pub fn gid(role: Role) -> FieldGid {
    let at = Role::ALL.iter().position(|r| *r == role).unwrap();
    FieldGid::new((601 + at).to_string())
}

/// The fields `setup` makes, on a project with these tasks; business value, effort and priority keep their gids.
pub fn set_up(tasks: Vec<Task>) -> Snapshot {
    let mut snapshot = project(tasks);
    for role in Role::ALL {
        if snapshot.roles.field(*role).is_some() {
            continue;
        }
        let wanted = wanted_field(*role, &FieldNames::default());
        let options: Vec<&str> = wanted.options.iter().map(|(name, _)| name.as_str()).collect();
        let gid = gid(*role);
        let made = match wanted.kind {
            FieldKind::Enum => list(gid.as_str(), &wanted.name, &options),
            kind => field(gid.as_str(), &wanted.name, kind),
        };
        snapshot.fields.push(FieldDef { precision: wanted.precision, format: wanted.format, ..made });
        snapshot.roles.0.insert(*role, vec![gid]);
    }
    snapshot
}

pub fn judged(snapshot: &Snapshot) -> Vec<Judgement> {
    judge(snapshot, &preset("default").unwrap(), now(), &Memory::new())
}

/// How an action ended that Asana took.
pub fn carried_out(action: &domain::ActionId) -> domain::Outcome {
    domain::Outcome {
        action: action.clone(),
        kind: domain::OutcomeKind::Done,
        at: now().at,
        task: None,
        story: None,
        field: None,
        section: None,
        project: None,
        attachment: None,
        status_update: None,
        made: false,
        replaced: None,
        modified_at: None,
    }
}

pub fn rules() -> Rules {
    Rules { rubric: "default-3".into(), digest: Digest::of("rules") }
}

/// The groom plan without what it asks of people; every plan a test makes must pass the checker.
pub fn groomed(snapshot: &Snapshot, policy: &Policy) -> Plan {
    writes(asking(snapshot, policy))
}

/// The whole groom plan.
pub fn asking(snapshot: &Snapshot, policy: &Policy) -> Plan {
    let plan = plan_groom(snapshot, &judged(snapshot), policy, &rules(), now());
    assert_eq!(check(&plan, snapshot, policy), []);
    plan
}

/// What of a plan needs nobody's word.
pub fn writes(mut plan: Plan) -> Plan {
    plan.actions.retain(|planned| planned.consent == Consent::Given);
    plan
}

/// What the plan writes into a role's field of a task.
pub fn written<'a>(plan: &'a Plan, task: &str, role: Role) -> Option<&'a FieldChange> {
    changes(plan, task).into_iter().find(|change| change.field == gid(role))
}

/// All that the plan writes into a task's fields.
pub fn changes<'a>(plan: &'a Plan, of: &str) -> Vec<&'a FieldChange> {
    let sets = plan.actions.iter().filter_map(|planned| match &planned.action {
        Action::SetFields { task, changes, .. } if task.as_str() == of => Some(changes),
        _ => None,
    });
    sets.flatten().collect()
}

/// The snapshot after the plan was applied: its values are there, and known to be ours.
pub fn applied(snapshot: &Snapshot, plan: &Plan) -> Snapshot {
    let mut after = snapshot.clone();
    for planned in &plan.actions {
        match &planned.action {
            Action::SetFields { task, changes, .. } => {
                for change in changes {
                    let ours = Some(Written { value: change.new.clone(), at: now().at });
                    let state = FieldState { value: change.new.clone(), ours };
                    of(&mut after, task.as_str()).fields.insert(change.field.clone(), state);
                }
            }
            Action::MoveToSection { task, to, .. } => {
                let task = of(&mut after, task.as_str());
                (task.section, task.section_ours) = (to.gid().cloned(), to.gid().cloned());
            }
            Action::EnsureTask { .. } => after.anchors.host_task = Some(TaskGid::new("800")),
            Action::EnsureSubtask { .. } => {
                after.anchors.review_subtask = Some(TaskGid::new("801"));
                after.anchors.review_open = true;
            }
            Action::PutComment { text, .. } => after.anchors.summary_text = Some(text.clone()),
            other => panic!("a groom does not {}", other.summary()),
        }
    }
    after
}

pub fn of<'a>(snapshot: &'a mut Snapshot, task: &str) -> &'a mut Task {
    snapshot.tasks.iter_mut().find(|t| t.gid.as_str() == task).unwrap()
}

/// A person gives a role's field of a task this value, or clears it.
pub fn edit(snapshot: &mut Snapshot, task: &str, role: Role, value: Option<FieldValue>) {
    of(snapshot, task).fields.entry(gid(role)).or_default().value = value;
}
