//! The setup plan: which fields to make or attach so that a project can show what Upnext has to say.
//!
//! Reuses what exists by name and type; what stands in the way is noted, never changed. Deliberately not here:
//! options of fields that exist (a team's list is the team's).

use crate::fields::{FieldNames, lacking, wanted_field};
use crate::groom::Rules;
use crate::policy::Policy;
use domain::{
    Action, ActionId, Consent, Digest, FieldDef, FieldRef, Moment, NewField, Phase, Plan, PlanId, PlanKind,
    PlannedAction, Project, Role,
};

/// What setup needs to know of a project.
#[derive(Clone, Debug)]
pub struct ProjectFields {
    /// The project.
    pub project: Project,
    /// Fields on it.
    pub on_project: Vec<FieldDef>,
    /// Fields of the workspace, on it or not.
    pub in_workspace: Vec<FieldDef>,
}

/// Makes the plan of a setup. Running it again on the result gives a plan without actions.
pub fn plan_setup(
    fields: &ProjectFields,
    (names, policy): (&FieldNames, &Policy),
    rules: &Rules,
    now: Moment,
) -> Plan {
    let mut actions = vec![];
    let mut notes = vec![];
    for role in Role::of_every_project().chain(policy.risk.flag.then_some(Role::AiRisk)) {
        let wanted = wanted_field(role, names);
        let named =
            |list: &'_ [FieldDef]| list.iter().find(|f| f.name.eq_ignore_ascii_case(&wanted.name)).cloned();
        let on_project = named(&fields.on_project);
        let existing = on_project.clone().or_else(|| named(&fields.in_workspace));
        if let Some(problem) = existing.as_ref().and_then(|field| conflict(role, field, &wanted)) {
            notes.push(problem);
        }
        match (on_project, existing) {
            (Some(_), _) => {}
            (None, Some(field)) if field.kind == wanted.kind => {
                actions.push(attach(FieldRef::Existing(field.gid), &wanted.name, role));
            }
            (None, Some(_)) => {}
            (None, None) => actions.extend(make(wanted, role)),
        }
    }
    let snapshot = Digest::of(&(&fields.project, &fields.on_project, &fields.in_workspace));
    let id = Digest::of(&("setup", &snapshot, &rules.digest, now));
    Plan {
        id: PlanId::new(format!("plan_{}", &id.as_str()[..16])),
        kind: PlanKind::Setup,
        project: fields.project.clone(),
        now,
        phase: Phase::Suggest,
        rubric: rules.rubric.clone(),
        snapshot,
        actions,
        skipped: vec![],
        kept: vec![],
        notes,
    }
}

/// What keeps a field that exists from playing its role, in words.
fn conflict(role: Role, field: &FieldDef, wanted: &NewField) -> Option<String> {
    if field.kind != wanted.kind {
        return Some(format!(
            "{} exists as a {} field, but a {} field is needed: rename it, or give another name under [fields] {}",
            field.name,
            field.kind.asana_name(),
            wanted.kind.asana_name(),
            role.key()
        ));
    }
    if field.read_only {
        return Some(format!(
            "{} is read-only in Asana (a formula?): Upnext reads it and cannot write it",
            field.name
        ));
    }
    let lacks = lacking(field, wanted);
    if lacks.is_empty() {
        return None;
    }
    // Fields that people own are read as they are; only those Upnext writes need its options.
    let owned = Role::AI.contains(&role) || role == Role::AiRisk;
    let consequence =
        if owned { "Upnext cannot write it until you add them" } else { "Upnext reads it as it is" };
    Some(format!("{} exists without the options {}: {consequence}", field.name, lacks.join(", ")))
}

fn make(wanted: NewField, role: Role) -> [PlannedAction; 2] {
    let name = wanted.name.clone();
    let id = ActionId::new(format!("act_field_{}", role.key()));
    let made = FieldRef::MadeBy(id.clone());
    let action = Action::EnsureField { field: wanted };
    let make = PlannedAction { id, action, reason: format!("plays {}", role.key()), consent: Consent::Given };
    [make, attach(made, &name, role)]
}

fn attach(field: FieldRef, name: &str, role: Role) -> PlannedAction {
    PlannedAction {
        id: ActionId::new(format!("act_attach_{}", role.key())),
        action: Action::AttachField { field, name: name.to_owned() },
        reason: format!("plays {}", role.key()),
        consent: Consent::Given,
    }
}
