//! The triage plan: only empty fields, only where the policy says so, and never a person's.

use crate::backlog::{now, task};
use crate::plan::{edit, gid, rules, set_up};
use decide::{Label, Policy, check, plan_triage};
use domain::{
    Action, Consent, FieldValue, OptionGid, Phase, Plan, Refused, Role, Snapshot, TaskGid, Written,
};

fn label(task: &str, role: Role, option: &str) -> Label {
    Label { task: TaskGid::new(task), role, option: option.into(), because: format!("{option} it is") }
}

fn triaged(snapshot: &Snapshot, labels: &[Label], policy: &Policy) -> Plan {
    let asked: Vec<TaskGid> = snapshot.tasks.iter().map(|task| task.gid.clone()).collect();
    let plan = plan_triage(snapshot, &asked, labels, (policy, &rules()), now());
    assert_eq!(check(&plan, snapshot, policy), []);
    plan
}

/// Consent and number of fields of every action.
fn told(plan: &Plan) -> Vec<(Consent, usize)> {
    let fields = |action: &Action| match action {
        Action::SetFields { changes, .. } => changes.len(),
        other => panic!("no triage does this: {other:?}"),
    };
    plan.actions.iter().map(|planned| (planned.consent, fields(&planned.action))).collect()
}

fn filling(roles: &[Role]) -> Policy {
    let mut policy = Policy::default();
    policy.triage.fill = roles.to_vec();
    policy
}

#[test]
fn what_the_policy_does_not_name_waits_for_a_person() {
    let snapshot = set_up(vec![task("1")]);
    let labels = [label("1", Role::Category, "Bug"), label("1", Role::Complexity, "Low")];
    assert_eq!(told(&triaged(&snapshot, &labels, &Policy::default())), [(Consent::Waiting, 2)]);
    let named = triaged(&snapshot, &labels, &filling(&[Role::Category]));
    assert_eq!(told(&named), [(Consent::Given, 1), (Consent::Waiting, 1)]);
    assert_eq!(named.actions[0].reason, "Bug it is");
    let auto = Policy { phase: Phase::Auto, ..Policy::default() };
    assert_eq!(told(&triaged(&snapshot, &labels, &auto)), [(Consent::Given, 2)]);
    let shadow = Policy { phase: Phase::Shadow, ..filling(&[Role::Category]) };
    assert_eq!(told(&triaged(&snapshot, &labels, &shadow)), []);
}

#[test]
fn a_field_that_is_or_was_somebodys_is_left() {
    let mut snapshot = set_up(vec![task("1"), task("2"), task("3"), task("4")]);
    let bug = || FieldValue::Enum { gid: OptionGid::new("x"), name: "Bug".into() };
    edit(&mut snapshot, "1", Role::Category, Some(bug()));
    // Ours, and cleared by a person since.
    let state = crate::plan::of(&mut snapshot, "2").fields.entry(gid(Role::Category)).or_default();
    state.ours = Some(Written { value: Some(bug()), at: now().at });
    // Kept away by an override.
    let keep = FieldValue::Enum { gid: OptionGid::new("y"), name: "Override".into() };
    edit(&mut snapshot, "3", Role::ManualOverride, Some(keep));
    let labels: Vec<Label> =
        ["1", "2", "3", "4"].iter().map(|task| label(task, Role::Category, "Feature")).collect();
    let plan = triaged(&snapshot, &labels, &filling(&[Role::Category]));
    let written: Vec<&str> =
        plan.actions.iter().map(|planned| planned.action.task().unwrap().as_str()).collect();
    assert_eq!(written, ["4"]);
    assert_eq!(plan.skipped.len(), 1);
}

#[test]
fn a_label_that_was_turned_down_is_only_asked_about() {
    let mut snapshot = set_up(vec![task("1"), task("2")]);
    let field = Some(gid(Role::Category));
    snapshot.refused =
        vec![Refused { task: TaskGid::new("1"), field, what: String::new(), value: "Bug".into() }];
    let auto = Policy { phase: Phase::Auto, ..Policy::default() };
    for policy in [filling(&[Role::Category]), auto] {
        let bug = [label("1", Role::Category, "Bug"), label("2", Role::Category, "Bug")];
        assert_eq!(told(&triaged(&snapshot, &bug, &policy)), [(Consent::Waiting, 1), (Consent::Given, 1)]);
        let other = [label("1", Role::Category, "Feature")];
        assert_eq!(told(&triaged(&snapshot, &other, &policy)), [(Consent::Given, 1)]);
    }
}

#[test]
fn an_option_the_field_does_not_have_is_noted() {
    let snapshot = set_up(vec![task("1")]);
    let plan = triaged(&snapshot, &[label("1", Role::Category, "Riddle")], &filling(&[Role::Category]));
    assert_eq!(told(&plan), []);
    assert!(plan.notes.iter().any(|note| note.contains("Riddle")), "{:?}", plan.notes);
}

#[test]
fn the_cap_holds() {
    let tasks: Vec<domain::Task> = (1..=5).map(|nth| task(&nth.to_string())).collect();
    let snapshot = set_up(tasks);
    let labels: Vec<Label> = (1..=5).map(|nth| label(&nth.to_string(), Role::Category, "Bug")).collect();
    let plan = triaged(&snapshot, &labels, &Policy { max_writes: 3, ..filling(&[Role::Category]) });
    assert_eq!(plan.actions.len(), 3);
    assert!(plan.notes.iter().any(|note| note.contains("2 writes are over the cap")));
}
