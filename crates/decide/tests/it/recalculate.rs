//! The plan of a recalculation: who may be written, and what owners are told once.

use crate::backlog::{With, now, task};
use crate::plan::{applied, gid, groomed, judged, of, rules, set_up, writes};
use decide::{Policy, Recalculation, check, plan_groom, plan_recalculate};
use domain::{
    Action, Band, Notice, Owner, Person, Phase, Plan, PlanKind, Points, Role, Snapshot, StoryGid, TaskGid,
    TaskRef, UserGid,
};
use judge::Memory;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn tasks(gids: &[&str]) -> BTreeSet<TaskGid> {
    gids.iter().map(|gid| TaskGid::new(*gid)).collect()
}

/// A chain of three and one by itself, all owned.
fn four() -> Snapshot {
    let mut snapshot = set_up(vec![
        task("1").value(9.0).effort(1.0).priority("P0").due(1),
        task("2").value(8.0).effort(3.0).priority("P1").waits_for(&["1"]),
        task("3").value(1.0).effort(30.0).priority("P3").waits_for(&["2"]),
        task("4").value(5.0).effort(2.0).priority("P2"),
    ]);
    for task in &mut snapshot.tasks {
        task.assignee = Some(Person { gid: UserGid::new("55"), name: "Owner".into() });
    }
    snapshot
}

fn recalculated(snapshot: &Snapshot, may: &[&str], was: &Memory, policy: &Policy) -> Plan {
    let (judgements, tasks) = (judged(snapshot), tasks(may));
    let changed = Recalculation { judgements: &judgements, memory: was, tasks: &tasks };
    let plan = plan_recalculate(snapshot, changed, policy, &rules(), now());
    assert_eq!(check(&plan, snapshot, policy), []);
    assert_eq!(plan.kind, PlanKind::Recalculate { tasks });
    writes(plan)
}

/// All were in the lowest band.
fn low(snapshot: &Snapshot) -> Memory {
    snapshot.tasks.iter().map(|t| (t.gid.clone(), (Points::ZERO, Band::P3))).collect()
}

fn notices(plan: &Plan) -> Vec<(&str, &str)> {
    let told = plan.actions.iter().filter_map(|planned| match &planned.action {
        Action::PutComment { task: TaskRef::Existing(task), text, mention: Some(owner), .. } => {
            assert_eq!(owner.as_str(), "55");
            Some((task.as_str(), text.as_str()))
        }
        _ => None,
    });
    told.collect()
}

fn told(snapshot: &mut Snapshot, plan: &Plan) {
    let all: Vec<(String, String)> =
        notices(plan).iter().map(|(task, text)| ((*task).to_owned(), (*text).to_owned())).collect();
    for (task, text) in all {
        let story = Some(StoryGid::new("900"));
        snapshot.anchors.notices.insert(TaskGid::new(task), Notice { story, text });
    }
}

#[test]
fn only_the_tasks_that_may_be_are_written_with_the_values_of_a_groom() {
    let snapshot = four();
    let plan = recalculated(&snapshot, &["1", "3"], &Memory::new(), &Policy::default());
    let whole = groomed(&snapshot, &Policy::default());
    let wanted: Vec<_> = whole
        .actions
        .iter()
        .filter(|p| p.action.task().is_some_and(|t| ["1", "3"].contains(&t.as_str())))
        .filter(|p| matches!(p.action, Action::SetFields { .. }))
        .collect();
    assert_eq!(plan.actions.iter().collect::<Vec<_>>(), wanted);
    assert_eq!(wanted.len(), 2);
}

#[test]
fn an_owner_is_told_of_a_rise_once() {
    let mut snapshot = four();
    let policy = Policy::default();
    let was = low(&snapshot);
    let top = judged(&snapshot)[0].clone();
    assert_eq!((top.task.as_str(), top.band), ("1", Band::P0));
    let plan = recalculated(&snapshot, &["1", "4"], &was, &policy);
    let [(task, text)] = notices(&plan)[..] else { panic!("{:?}", notices(&plan)) };
    assert!(task == "1" && text.contains("Now P0 (was P3): "), "{text}");
    // Known since; and a band that was reached before is no news.
    told(&mut snapshot, &plan);
    assert_eq!(notices(&recalculated(&snapshot, &["1"], &was, &policy)), []);
    let mut quiet = four();
    quiet.tasks[0].assignee = None;
    assert_eq!(notices(&recalculated(&quiet, &["1"], &was, &policy)), [], "nobody to tell");
    let same = [(TaskGid::new("1"), (Points::ZERO, Band::P0))].into();
    assert_eq!(notices(&recalculated(&four(), &["1"], &same, &policy)), []);
    let shadow = Policy { phase: Phase::Shadow, ..Policy::default() };
    assert!(recalculated(&four(), &["1"], &was, &shadow).actions.is_empty());
}

#[test]
fn an_owner_is_told_of_a_date_that_will_not_keep() {
    let mut snapshot = four();
    let policy = Policy::default();
    let today = now().today;
    of(&mut snapshot, "2").due_on = Some(today.saturating_add(jiff::ToSpan::days(3)));
    of(&mut snapshot, "1").due_on = Some(today.saturating_add(jiff::ToSpan::days(9)));
    let plan = recalculated(&snapshot, &["2"], &Memory::new(), &policy);
    let [(task, text)] = notices(&plan)[..] else { panic!("{:?}", notices(&plan)) };
    assert!(task == "2" && text.contains("Date at risk: due ") && text.contains("which is due "), "{text}");
    // Days that pass say nothing new.
    told(&mut snapshot, &plan);
    assert_eq!(notices(&recalculated(&snapshot, &["2"], &Memory::new(), &policy)), []);
    of(&mut snapshot, "1").due_on = Some(today.saturating_sub(jiff::ToSpan::days(1)));
    let plan = recalculated(&snapshot, &["2"], &Memory::new(), &policy);
    assert!(notices(&plan)[0].1.contains("which was due "), "{:?}", notices(&plan));
    // Nothing waits any more, or the date has passed itself: nothing to save.
    of(&mut snapshot, "1").completed = true;
    assert_eq!(notices(&recalculated(&snapshot, &["2"], &Memory::new(), &policy)), []);
}

#[test]
fn a_rule_of_the_teams_is_started_instead() {
    let snapshot = four();
    let mut policy = Policy::default();
    policy.notices.rule_trigger = "777".into();
    let plan = recalculated(&snapshot, &["1"], &low(&snapshot), &policy);
    let started: Vec<_> = plan
        .actions
        .iter()
        .filter(|p| matches!(&p.action, Action::RunRule { trigger, .. } if trigger == "777"))
        .collect();
    assert_eq!((started.len(), notices(&plan).len()), (1, 0));
    // The checker lets no other rule through.
    let elsewhere = check(&plan, &snapshot, &Policy::default());
    assert!(elsewhere.iter().any(|f| f.problem.contains("another rule")), "{elsewhere:?}");
}

proptest! {
    /// Whatever may be written: nothing else is, a person's values stay, and doing it again does nothing.
    #[test]
    fn a_recalculation_keeps_to_its_tasks(may in prop::collection::btree_set(0usize..4, 0..4), mine in 0usize..4) {
        let mut snapshot = four();
        let values = &mut snapshot.tasks[mine].fields;
        values.entry(gid(Role::AiRationale)).or_default().value = Some(domain::FieldValue::Text("mine".into()));
        let gids: Vec<String> = may.iter().map(|n| (n + 1).to_string()).collect();
        let gids: Vec<&str> = gids.iter().map(String::as_str).collect();
        let policy = Policy { notices: decide::NoticePolicy { bands: vec![], date_at_risk: false, rule_trigger: String::new() }, ..Policy::default() };
        let plan = recalculated(&snapshot, &gids, &low(&snapshot), &policy);
        for planned in &plan.actions {
            prop_assert!(planned.action.task().is_some_and(|task| gids.contains(&task.as_str())));
        }
        let after = applied(&snapshot, &plan);
        let kept = &after.tasks[mine].fields[&gid(Role::AiRationale)];
        prop_assert_eq!(kept.owner(), Owner::Person);
        prop_assert!(recalculated(&after, &gids, &low(&after), &policy).actions.is_empty());
        // A groom over the same leaves the same.
        let groom = writes(plan_groom(&after, &judged(&after), &policy, &rules(), now()));
        let again: Vec<_> = groom.actions.iter().filter_map(|p| p.action.task()).collect();
        prop_assert!(again.iter().all(|task| !gids.contains(&task.as_str())));
    }
}
