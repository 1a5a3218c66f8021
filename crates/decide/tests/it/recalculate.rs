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
    // Nobody was told of it and nothing waits any more: nothing to say.
    snapshot.anchors.notices.clear();
    of(&mut snapshot, "1").completed = true;
    assert_eq!(notices(&recalculated(&snapshot, &["2"], &Memory::new(), &policy)), []);
}

/// Task 2 is due in three days and waits for 1, which is due in nine; its owner has been told.
fn told_of_a_risk() -> Snapshot {
    let mut snapshot = four();
    of(&mut snapshot, "2").due_on = Some(day(3));
    of(&mut snapshot, "1").due_on = Some(day(9));
    let plan = recalculated(&snapshot, &["2"], &Memory::new(), &Policy::default());
    told(&mut snapshot, &plan);
    assert!(snapshot.anchors.notices[&TaskGid::new("2")].text.contains("Date at risk: "));
    snapshot
}

fn day(from_today: i64) -> jiff::civil::Date {
    now().today.saturating_add(jiff::ToSpan::days(from_today))
}

#[test]
fn a_risk_that_is_gone_is_taken_back_once_in_the_same_comment() {
    type Change = fn(&mut Snapshot);
    let ends: [(&str, Change); 4] = [
        ("what it waited for is done", |s| of(s, "1").completed = true),
        ("what it waits for is due earlier", |s| of(s, "1").due_on = Some(day(2))),
        ("its own date moved", |s| of(s, "2").due_on = Some(day(20))),
        ("its own date is gone", |s| of(s, "2").due_on = None),
    ];
    let policy = Policy::default();
    for (what, end) in ends {
        let mut snapshot = told_of_a_risk();
        let before = snapshot.anchors.notices[&TaskGid::new("2")].text.clone();
        end(&mut snapshot);
        let plan = recalculated(&snapshot, &["2"], &Memory::new(), &policy);
        let [(task, text)] = notices(&plan)[..] else { panic!("{what}: {:?}", notices(&plan)) };
        assert!(task == "2" && text.ends_with("\nThe date is no longer at risk."), "{what}: {text}");
        assert!(decide::takes_back(text) && !decide::takes_back(&before), "{text}");
        let action = plan.actions.iter().find(|planned| planned.id.as_str() == "act_notice_2").unwrap();
        assert!(
            matches!(&action.action, Action::PutComment { expected, .. } if *expected == Some(before)),
            "{action:?}"
        );
        told(&mut snapshot, &plan);
        assert_eq!(notices(&recalculated(&snapshot, &["2"], &Memory::new(), &policy)), [], "{what}: again");
    }
}

#[test]
fn a_risk_that_came_true_or_that_a_rule_told_is_not_taken_back() {
    let quiet = |snapshot: &Snapshot, policy: &Policy| {
        let plan = recalculated(snapshot, &["2"], &Memory::new(), policy);
        !plan.actions.iter().any(|planned| planned.id.as_str() == "act_notice_2")
    };
    let (usual, mut by_rule) = (Policy::default(), Policy::default());
    by_rule.notices.rule_trigger = "777".into();
    // Its date has passed meanwhile: it was at risk to the end.
    let mut missed = told_of_a_risk();
    of(&mut missed, "2").due_on = Some(day(-1));
    assert!(quiet(&missed, &usual));
    let mut gone = told_of_a_risk();
    of(&mut gone, "1").completed = true;
    // A comment of before there was a rule is edited, and no rule is started for it.
    let plan = recalculated(&gone, &["2"], &Memory::new(), &by_rule);
    assert_eq!(notices(&plan).len(), 1, "{:?}", plan.actions);
    // A rule that told it has left no comment.
    gone.anchors.notices.values_mut().for_each(|notice| notice.story = None);
    assert!(quiet(&gone, &by_rule) && quiet(&gone, &usual));
    // A policy that does not let owners be told of dates is silent in this too.
    let mut silent = Policy::default();
    silent.notices.date_at_risk = false;
    let mut gone = told_of_a_risk();
    of(&mut gone, "1").completed = true;
    assert!(quiet(&gone, &silent));
}

#[test]
fn a_band_that_was_told_and_is_lost_again_is_taken_back_once() {
    let mut snapshot = four();
    let policy = Policy::default();
    let was = low(&snapshot);
    let plan = recalculated(&snapshot, &["1"], &was, &policy);
    told(&mut snapshot, &plan);
    // Nothing speaks for it any more.
    let task = of(&mut snapshot, "1");
    (task.due_on, task.fields) = (None, four().tasks[2].fields.clone());
    of(&mut snapshot, "2").dependencies.clear();
    let band = judged(&snapshot).iter().find(|j| j.task.as_str() == "1").unwrap().band;
    assert!(band > Band::P0);
    let plan = recalculated(&snapshot, &["1"], &Memory::new(), &policy);
    let [(task, text)] = notices(&plan)[..] else { panic!("{:?}", notices(&plan)) };
    assert!(task == "1" && text.ends_with(&format!("\nNo longer P0: {band} now.")), "{text}");
    told(&mut snapshot, &plan);
    assert_eq!(notices(&recalculated(&snapshot, &["1"], &Memory::new(), &policy)), []);
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

    /// Whatever dates move and whatever is done, day by day: a note never says of a date to come what is not so, each state is told
    /// once, and where nothing is at risk there is nothing but what takes a risk back.
    #[test]
    fn a_note_about_a_date_is_true_when_it_was_last_looked_at(
        days in prop::collection::vec((prop::option::of(-3i64..12), prop::option::of(-3i64..12), any::<bool>()), 1..8),
    ) {
        let mut snapshot = four();
        let mut policy = Policy::default();
        policy.notices.bands.clear();
        for (own, theirs, done) in days {
            of(&mut snapshot, "2").due_on = own.map(day);
            let blocker = of(&mut snapshot, "1");
            (blocker.due_on, blocker.completed) = (theirs.map(day), done);
            let plan = recalculated(&snapshot, &["2"], &Memory::new(), &policy);
            told(&mut snapshot, &plan);
            let again = recalculated(&snapshot, &["2"], &Memory::new(), &policy);
            prop_assert!(notices(&again).is_empty());
            let to_come = own.is_some_and(|own| own >= 0);
            let at_risk = to_come && !done && theirs.is_some_and(|theirs| theirs < 0 || Some(theirs) > own);
            let note = snapshot.anchors.notices.get(&TaskGid::new("2")).map_or("", |note| note.text.as_str());
            if to_come || own.is_none() {
                prop_assert_eq!(note.contains("Date at risk: "), at_risk, "{}", note);
            }
            prop_assert!(note.is_empty() || at_risk || own.is_some_and(|own| own < 0) || decide::takes_back(note));
        }
    }
}
