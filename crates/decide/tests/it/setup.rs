//! The setup plan: makes what is missing, reuses what fits, says what stands in the way.

use crate::backlog::{field, list, now, project};
use crate::plan::{rules, set_up};
use decide::{FieldNames, Policy, ProjectFields, plan_setup};
use domain::{Action, FieldDef, FieldKind, Plan, Role};

fn plan(on_project: Vec<FieldDef>, in_workspace: Vec<FieldDef>) -> Plan {
    let fields = ProjectFields { project: project(vec![]).project, on_project, in_workspace };
    plan_setup(&fields, (&FieldNames::default(), &Policy::default()), &rules(), now())
}

fn made(plan: &Plan) -> Vec<&str> {
    let names = plan.actions.iter().filter_map(|p| match &p.action {
        Action::EnsureField { field } => Some(field.name.as_str()),
        _ => None,
    });
    names.collect()
}

fn attached(plan: &Plan) -> Vec<&str> {
    let names = plan.actions.iter().filter_map(|p| match &p.action {
        Action::AttachField { name, .. } => Some(name.as_str()),
        _ => None,
    });
    names.collect()
}

#[test]
fn an_empty_project_gets_every_field() {
    let plan = plan(vec![], vec![]);
    insta::assert_snapshot!("fields_setup_makes", {
        let fields = plan.actions.iter().filter_map(|p| match &p.action {
            Action::EnsureField { field } => Some(serde_json::to_string(field).unwrap()),
            _ => None,
        });
        fields.collect::<Vec<_>>().join("\n")
    });
    assert_eq!(made(&plan), attached(&plan));
    assert_eq!(made(&plan).len(), Role::of_every_project().count());
    assert!(plan.notes.is_empty());
}

#[test]
fn a_project_that_is_set_up_gets_none() {
    let ready = set_up(vec![]);
    let plan = plan(ready.fields, vec![]);
    assert!(plan.actions.is_empty());
    assert!(plan.notes.is_empty(), "{:?}", plan.notes);
}

#[test]
fn a_field_of_the_workspace_is_attached_not_made_again() {
    let plan = plan(vec![], vec![field("5", "business value", FieldKind::Number)]);
    assert!(!made(&plan).contains(&"Business Value"));
    assert!(attached(&plan).contains(&"Business Value"));
}

#[test]
fn a_field_of_another_type_is_a_conflict_and_stays() {
    let plan = plan(vec![], vec![field("5", "Category", FieldKind::Text)]);
    assert!(!made(&plan).contains(&"Category") && !attached(&plan).contains(&"Category"));
    let note = &plan.notes[0];
    assert!(note.contains("Category exists as a text field, but a enum field is needed"), "{note}");
    assert!(note.contains("[fields] category"), "{note}");
}

#[test]
fn lacking_options_and_read_only_fields_are_told() {
    let mut score = field("6", "AI Priority Score", FieldKind::Number);
    score.read_only = true;
    let plan = plan(
        vec![score, list("7", "Suggested Priority", &["P0", "P1"]), list("8", "Priority", &["High", "Low"])],
        vec![],
    );
    assert_eq!(
        plan.notes,
        [
            "AI Priority Score is read-only in Asana (a formula?): Upnext reads it and cannot write it",
            "Suggested Priority exists without the options P2, P3: Upnext cannot write it until you add them",
            "Priority exists without the options P0, P1, P2, P3: Upnext reads it as it is"
        ]
    );
}
