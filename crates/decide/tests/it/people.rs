//! What belongs to people stays theirs, whatever the phase.

use crate::backlog::{With, task};
use crate::plan::{applied, changes, edit, groomed, of, set_up, written};
use decide::{Policy, Scope, TargetSections};
use domain::{FieldValue, Phase, Plan, Role, SectionGid, SkipReason, Snapshot, TaskGid};
use proptest::prelude::*;

fn two() -> Snapshot {
    set_up(vec![task("1").value(9.0).due(1), task("2").value(3.0)])
}

/// `two` after a groom was applied, and then an urgent change to the second task.
fn groomed_and_changed() -> Snapshot {
    let mut after = applied(&two(), &groomed(&two(), &Policy::default()));
    *of(&mut after, "2") = of(&mut after, "2").clone().value(10.0).due(0);
    after
}

fn reason<'a>(plan: &'a Plan, task: &str) -> Option<&'a SkipReason> {
    plan.skipped.iter().find(|s| s.task.as_str() == task).map(|s| &s.reason)
}

fn label(text: &str) -> Option<FieldValue> {
    Some(FieldValue::Enum { gid: domain::OptionGid::new("9"), name: text.into() })
}

#[test]
fn any_override_but_no_keeps_away() {
    for (value, kept) in [("Override", true), ("yes", true), ("No", false), ("off ", false), ("NONE", false)]
    {
        let mut snapshot = two();
        edit(&mut snapshot, "1", Role::ManualOverride, label(value));
        let plan = groomed(&snapshot, &Policy::default());
        assert_eq!(changes(&plan, "1").is_empty(), kept, "{value}");
        assert_eq!(reason(&plan, "1").is_some(), kept, "{value}");
    }
}

#[test]
fn a_persons_score_keeps_the_whole_task() {
    let mut snapshot = groomed_and_changed();
    edit(&mut snapshot, "2", Role::AiPriorityScore, Some(FieldValue::Number(12.0)));
    let plan = groomed(&snapshot, &Policy::default());
    assert!(changes(&plan, "2").is_empty());
    assert_eq!(
        reason(&plan, "2").unwrap().to_string(),
        "a person set AI Priority Score to 12; it stays theirs"
    );
}

#[test]
fn a_score_that_a_person_cleared_stays_empty() {
    let mut snapshot = groomed_and_changed();
    edit(&mut snapshot, "2", Role::AiPriorityScore, None);
    let plan = groomed(&snapshot, &Policy::default());
    assert!(changes(&plan, "2").is_empty());
    assert!(reason(&plan, "2").unwrap().to_string().contains("cleared"));
}

#[test]
fn another_field_a_person_set_stays_and_the_rest_is_written() {
    let mut snapshot = groomed_and_changed();
    edit(&mut snapshot, "2", Role::SuggestedPriority, label("P3"));
    let plan = groomed(&snapshot, &Policy::default());
    assert!(written(&plan, "2", Role::AiPriorityScore).is_some());
    assert!(written(&plan, "2", Role::SuggestedPriority).is_none());
    assert_eq!(plan.kept.len(), 1);
    assert_eq!(plan.kept[0].task.as_str(), "2");
}

#[test]
fn a_value_that_was_there_before_upnext_is_a_persons() {
    let mut snapshot = two();
    edit(&mut snapshot, "1", Role::AiRationale, Some(FieldValue::Text("because I say so".into())));
    let plan = groomed(&snapshot, &Policy::default());
    assert!(written(&plan, "1", Role::AiRationale).is_none());
    assert!(written(&plan, "1", Role::AiPriorityScore).is_some());
}

#[test]
fn a_task_a_person_moved_back_is_not_moved_again() {
    let sections = TargetSections { next: "Ready".into(), ..TargetSections::default() };
    let policy = Policy { phase: Phase::Auto, sections, ..Policy::default() };
    let mut after = applied(&two(), &groomed(&two(), &policy));
    assert_eq!(of(&mut after, "1").section, Some(SectionGid::new("32")));
    of(&mut after, "1").section = Some(SectionGid::new("31"));
    assert!(groomed(&after, &policy).actions.is_empty());
}

#[test]
fn own_tasks_separators_and_other_sections_are_left_with_a_reason() {
    let mut snapshot = two();
    let mut host = task("3").value(5.0);
    host.name = "prioritize backlog".into();
    let mut line = task("4");
    line.subtype = "section".into();
    let mut elsewhere = task("5");
    elsewhere.section = Some(SectionGid::new("33"));
    let mut nowhere = task("6");
    nowhere.section = None;
    let mut finished = task("7");
    finished.fields.insert(
        crate::plan::gid(Role::PrioritizationStatus),
        domain::FieldState { value: label("Prioritized"), ours: None },
    );
    snapshot.tasks.extend([host, line, elsewhere, nowhere, finished]);
    let scope = Scope { sections: vec!["inbox".into()], statuses: vec!["Pending".into()] };
    let plan = groomed(&snapshot, &Policy { scope, ..Policy::default() });
    let told: Vec<String> =
        ["3", "4", "5", "6", "7"].map(|gid| reason(&plan, gid).unwrap().to_string()).into();
    assert_eq!(
        told,
        [
            "Upnext's own task",
            "a separator, not a task",
            "out of scope: section Later",
            "out of scope: section (none)",
            "out of scope: status Prioritized"
        ]
    );
    assert!(!changes(&plan, "1").is_empty());
}

#[derive(Clone, Debug)]
enum Edit {
    Set(usize, Role),
    Clear(usize, Role),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (0..4usize, prop::sample::select(Role::AI.to_vec()), any::<bool>());
    let edit = edit.prop_map(|(at, role, set)| if set { Edit::Set(at, role) } else { Edit::Clear(at, role) });
    prop::collection::vec(edit, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_plan_ever_writes_what_a_person_touched(
        edits in edits(), phase in prop::sample::select(vec![Phase::Suggest, Phase::Conditional, Phase::Auto]),
    ) {
        let policy = Policy { phase, min_change: domain::Points::ZERO, ..Policy::default() };
        let tasks = (1..=4).map(|n| task(&n.to_string()).value(f64::from(n)).due(i64::from(n))).collect();
        let fresh = set_up(tasks);
        let mut snapshot = applied(&fresh, &groomed(&fresh, &policy));
        let mut touched = vec![];
        for edit in &edits {
            let (Edit::Set(at, role) | Edit::Clear(at, role)) = edit;
            let value = matches!(edit, Edit::Set(..)).then(|| FieldValue::Text("a person's".into()));
            let gid = TaskGid::new((at + 1).to_string());
            crate::plan::edit(&mut snapshot, gid.as_str(), *role, value);
            touched.push((gid, crate::plan::gid(*role)));
        }
        for task in &mut snapshot.tasks {
            *task = task.clone().value(10.0).due(-3);
        }
        let plan = groomed(&snapshot, &policy);
        for (task, field) in &touched {
            prop_assert!(changes(&plan, task.as_str()).iter().all(|c| c.field != *field));
        }
    }
}
