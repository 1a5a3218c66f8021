//! The checker finds in a spoiled plan what the planner would never do.

use crate::backlog::{With, task};
use crate::plan::{applied, edit, gid, groomed, of, set_up};
use decide::{Policy, Severity, check};
use domain::{
    Action, ActionId, Consent, FieldValue, Phase, PhaseRule, Plan, PlannedAction, Role, SectionGid, Snapshot,
    StoryGid, TaskGid, TaskRef,
};

fn project() -> Snapshot {
    set_up(vec![task("1").value(9.0).due(1), task("2").value(3.0)])
}

/// The plan of `project` spoiled by `spoil`, and what the checker says of it.
fn spoiled(spoil: impl Fn(&mut Plan, &mut Snapshot)) -> Vec<String> {
    let mut snapshot = project();
    let mut plan = groomed(&snapshot, &Policy::default());
    spoil(&mut plan, &mut snapshot);
    found(&plan, &snapshot, &Policy::default())
}

fn found(plan: &Plan, snapshot: &Snapshot, policy: &Policy) -> Vec<String> {
    let findings = check(plan, snapshot, policy);
    assert!(findings.iter().all(|f| f.severity == Severity::Error));
    findings.into_iter().map(|f| f.problem).collect()
}

fn only(problems: Vec<String>, words: &str) {
    assert!(!problems.is_empty(), "nothing found instead of: {words}");
    assert!(problems.iter().all(|p| p.contains(words)), "`{words}` expected: {problems:?}");
}

/// The change of a role's field of the first task.
fn change(plan: &mut Plan, role: Role) -> &mut domain::FieldChange {
    let set = plan.actions.iter_mut().find_map(|p| match &mut p.action {
        Action::SetFields { task, changes, .. } if task.as_str() == "1" => Some(changes),
        _ => None,
    });
    set.unwrap().iter_mut().find(|c| c.field == gid(role)).unwrap()
}

fn given(action: Action) -> PlannedAction {
    PlannedAction { id: ActionId::new("act_x"), action, reason: String::new(), consent: Consent::Given }
}

#[test]
fn a_value_that_was_not_read_so() {
    only(
        spoiled(|plan, _| change(plan, Role::AiRationale).expected = Some(FieldValue::Text("?".into()))),
        "AI Rationale: the expected value is not the one that was read",
    );
}

#[test]
fn values_the_field_cannot_hold() {
    let number = |n| Some(FieldValue::Number(n));
    only(spoiled(|plan, _| change(plan, Role::AiPriorityScore).new = number(12.34)), "not rounded");
    only(spoiled(|plan, _| change(plan, Role::AiRationale).new = number(1.0)), "does not fit a text field");
    let long = || Some(FieldValue::Text("😀".repeat(513)));
    only(spoiled(|plan, _| change(plan, Role::AiRationale).new = long()), "longer than 1024");
    let foreign = || Some(FieldValue::Enum { gid: domain::OptionGid::new("5"), name: "P0".into() });
    only(spoiled(|plan, _| change(plan, Role::SuggestedPriority).new = foreign()), "not an enabled option");
    only(spoiled(|plan, _| change(plan, Role::AiRationale).new = None), "the new value is the old one");
}

#[test]
fn what_a_person_owns() {
    let mut snapshot = project();
    let plan = groomed(&snapshot, &Policy::default());
    let mut after = applied(&snapshot, &plan);
    of(&mut after, "2").due_on = Some(crate::backlog::day(-9));
    let again = groomed(&after, &Policy::default());
    // Theirs, though it holds what the plan expects.
    for state in of(&mut after, "2").fields.values_mut() {
        state.ours = None;
    }
    only(found(&again, &after, &Policy::default()), "belongs to a person");
    edit(&mut snapshot, "1", Role::ManualOverride, Some(FieldValue::Text("hands off".into())));
    only(found(&plan, &snapshot, &Policy::default()), "manual override");
}

#[test]
fn what_is_not_there_or_read_only() {
    only(spoiled(|_, s| s.tasks.retain(|t| t.gid.as_str() != "1")), "task 1 is not in the snapshot");
    only(
        spoiled(|_, s| s.fields.retain(|f| f.gid != gid(Role::AiRationale))),
        "the field is not on the project",
    );
    only(
        spoiled(|_, s| {
            s.fields.iter_mut().filter(|f| f.gid == gid(Role::AiRationale)).for_each(|f| f.read_only = true)
        }),
        "read-only",
    );
}

#[test]
fn what_the_phase_does_not_let_through() {
    let mut snapshot = project();
    for at in 0..2 {
        snapshot.tasks[at].fields.remove(&domain::FieldGid::new(crate::backlog::PRIORITY));
    }
    let auto = Policy { phase: Phase::Auto, ..Policy::default() };
    let mut plan = groomed(&snapshot, &auto);
    plan.phase = Phase::Suggest;
    only(found(&plan, &snapshot, &Policy::default()), "phase suggest does not let it be written");
    plan.phase = Phase::Shadow;
    let problems = found(&plan, &snapshot, &Policy::default());
    assert!(problems.iter().any(|p| p == "a shadow plan must not write"), "{problems:?}");
}

#[test]
fn what_is_written_in_shadow_where_other_parts_have_another_phase() {
    let snapshot = project();
    let plan = groomed(&snapshot, &Policy::default());
    let rule = |section: Option<&str>, phase| PhaseRule {
        project: None,
        portfolio: None,
        field: None,
        value: None,
        section: section.map(str::to_owned),
        phase,
    };
    let words = "nothing may be written there in phase shadow";
    // The tasks are in shadow, what tells of the project is not.
    let parts = Policy { phase_for: vec![rule(Some("Inbox"), Phase::Shadow)], ..Policy::default() };
    let of_tasks = plan.actions.iter().filter(|planned| planned.action.task().is_some()).count();
    let problems = found(&plan, &snapshot, &parts);
    assert_eq!((problems.len(), of_tasks > 0), (of_tasks, true), "{problems:?}");
    only(problems, words);
    // The other way round: the comment, the host task and the subtask.
    let rules = vec![rule(None, Phase::Shadow), rule(Some("Inbox"), Phase::Suggest)];
    let parts = Policy { phase_for: rules, ..Policy::default() };
    let problems = found(&plan, &snapshot, &parts);
    assert_eq!(problems.len(), plan.actions.len() - of_tasks, "{problems:?}");
    only(problems, words);
    // A rule of the team's that is started on a task in shadow.
    let notices = decide::NoticePolicy { rule_trigger: "told".into(), ..decide::NoticePolicy::default() };
    let parts = Policy { phase_for: vec![rule(Some("Inbox"), Phase::Shadow)], notices, ..Policy::default() };
    let (task, name) = (TaskGid::new("1"), "Task 1".to_owned());
    let run = Action::RunRule { task, name, trigger: "told".into(), text: String::new() };
    only(found(&Plan { actions: vec![given(run)], ..plan }, &snapshot, &parts), words);
}

#[test]
fn things_done_twice_or_too_often() {
    only(
        spoiled(|plan, _| {
            let mut again = plan.actions[0].clone();
            again.id = ActionId::new("act_again");
            plan.actions.push(again);
        }),
        "is written twice",
    );
    only(spoiled(|plan, _| plan.actions[1].id = plan.actions[0].id.clone()), "id is used twice");
    let snapshot = set_up((1..9).map(|n| task(&n.to_string()).value(5.0)).collect());
    let plan = groomed(&snapshot, &Policy::default());
    let capped = Policy { max_writes: 5, ..Policy::default() };
    only(found(&plan, &snapshot, &capped), "8 writes are over the cap of 5");
}

#[test]
fn an_action_before_the_one_it_needs() {
    only(
        spoiled(|plan, _| {
            let host =
                plan.actions.iter().position(|p| matches!(p.action, Action::EnsureTask { .. })).unwrap();
            let host = plan.actions.remove(host);
            plan.actions.push(host);
        }),
        "act_host, which does not come before it",
    );
}

#[test]
fn moves_from_or_to_the_wrong_section() {
    let moving = |expected: &str, to: &str, consent: Consent| {
        let action = Action::MoveToSection {
            task: TaskGid::new("1"),
            name: "Task 1".into(),
            expected: Some(SectionGid::new(expected)),
            to: domain::SectionRef::Existing(SectionGid::new(to)),
            spot: None,
            to_name: "Ready".into(),
        };
        PlannedAction { consent, ..given(action) }
    };
    let asked = Consent::Waiting;
    only(spoiled(|plan, _| plan.actions.push(moving("33", "32", asked))), "the expected section");
    only(spoiled(|plan, _| plan.actions.push(moving("31", "99", asked))), "the target section");
    let unasked = spoiled(|plan, _| plan.actions.push(moving("31", "32", Consent::Given)));
    only(unasked, "the phase does not let it be moved without approval");
}

#[test]
fn assignees_days_and_sections_that_nobody_let_a_groom_set() {
    let person = |gid: &str| domain::Person { gid: domain::UserGid::new(gid), name: "Ana".into() };
    let (task, name) = (|| TaskGid::new("1"), || "Task 1".to_owned());
    let assign = Action::Assign { task: task(), name: name(), expected: None, new: Some(person("7")) };
    let found = spoiled(|plan, _| plan.actions.push(given(assign.clone())));
    assert!(found.iter().any(|problem| problem.contains("does not let assignees be set")), "{found:?}");
    let due = domain::Dates { start_on: None, due_on: Some(crate::backlog::day(1)) };
    let days = |new: domain::Dates| Action::SetDates { task: task(), name: name(), expected: due, new };
    let moved = domain::Dates { due_on: Some(crate::backlog::day(9)), ..due };
    let found = spoiled(|plan, _| plan.actions.push(given(days(moved))));
    assert!(found.iter().any(|problem| problem.contains("the days belong to a person")), "{found:?}");
    let open = domain::Dates { start_on: due.due_on, due_on: None };
    let found = spoiled(|plan, _| plan.actions.push(given(days(open))));
    assert!(found.iter().any(|problem| problem.contains("no start without a due day")), "{found:?}");
    let section = Action::EnsureSection { name: "Sprint 2026-06-15".into() };
    only(spoiled(|plan, _| plan.actions.push(given(section.clone()))), "the policy asks for no such section");
}

#[test]
fn a_groom_that_deletes() {
    let story = || StoryGid::new("7");
    let deletes = [
        Action::DeleteTask { task: TaskGid::new("1"), name: "Task 1".into() },
        Action::DeleteComment { story: story(), expected: String::new() },
        Action::RestoreComment { story: story(), expected: String::new(), text: String::new() },
    ];
    for action in deletes {
        only(spoiled(|plan, _| plan.actions.push(given(action.clone()))), "only an undo may delete");
    }
}

#[test]
fn a_write_without_a_change() {
    only(
        spoiled(|plan, _| {
            if let Action::SetFields { changes, .. } = &mut plan.actions[0].action {
                changes.clear();
            }
        }),
        "it changes nothing",
    );
}

#[test]
fn a_comment_on_a_task_nothing_makes() {
    only(
        spoiled(|plan, _| {
            plan.actions.iter_mut().for_each(|p| {
                if let Action::PutComment { task, .. } = &mut p.action {
                    *task = TaskRef::MadeBy(ActionId::new("act_nothing"));
                }
            });
        }),
        "act_nothing",
    );
}
